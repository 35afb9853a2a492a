#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace espalier {

// A set of characters, as code points.
struct CharClass {
    bool negated = false;
    // Inclusive.
    std::vector<std::pair<uint32_t, uint32_t>> ranges;

    bool contains(uint32_t character) const;
    // Whether a character of low..high is in it; a negated class that excludes a part of them only may say so too.
    bool meets(uint32_t low, uint32_t high) const;
};

struct GrammarElement {
    enum Kind : uint8_t { end, rule, chars, token, not_token };
    Kind kind;
    // A rule, a class or a token by its number.
    uint32_t value;
};

// The rules of a grammar. A rule has alternates; each is a run of elements, up to the next end.
struct GrammarRules {
    std::vector<GrammarElement> elements;
    // By rule: where its alternates begin.
    std::vector<std::vector<uint32_t>> alternates;
    std::vector<CharClass> classes;
    uint32_t root = 0;
    // Whether an element is a token.
    bool names_tokens = false;
};

// Reads a grammar in llama.cpp's notation (GBNF, grammars/README.md there), within bounds of its own: what is too long,
// nested too deeply or repeated too often is refused, and so are rules that are not defined and left recursion.
//
// token: the token with this text, such as "<|tool|>"; -1 if the vocabulary has none.
// error: in one line, with the place; empty if it was read.
bool parse_grammar(
    const std::string &text,
    const std::function<int(const std::string &)> &token,
    GrammarRules &rules,
    std::string &error);

}  // namespace espalier
