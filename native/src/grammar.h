#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gbnf.h"
#include "vocabulary_text.h"

namespace espalier {

// A grammar over a vocabulary, as an automaton that is built while it is used: a state is where in the grammar a text has
// come to, and a number. Texts that are at the same place have the same state, so that what is found out about it, which
// byte leads where and which tokens are allowed, is found out once for all branches of all searches. A branch's place in
// the grammar is then a number too: it forks by being copied, and there is nothing to free. Safe for use by several
// threads.
//
// llama.cpp's own grammar sampler takes and refuses the same tokens (grammar_test compares); it has no memory of a place
// it was at before, copies the rules with each branch, asserts, and has no bounds. decisions/0018 has the figures.
class Grammar {
   public:
    // The beginning of every text.
    static constexpr int start = 0;
    static constexpr int refused = -1;

    // Null, with what is wrong in one line, if there is no such grammar.
    static std::unique_ptr<Grammar> parse(
        const std::string &text, std::shared_ptr<const VocabularyText> vocabulary, std::string &error);

    // The state after a token; refused if the grammar does not allow it. A token that ends the generation is allowed
    // where the text is complete, and leads to the state itself.
    int next(int state, int token);

    // Which tokens are allowed: a bit each. Empty if none is.
    std::shared_ptr<const std::vector<uint64_t>> allowed(int state);

    bool has(int state) const;

    // Why the automaton could not grow, which then refuses every token; empty if it could.
    std::string fault() const;

    static bool is_set(const std::vector<uint64_t> &bits, int token) {
        return (bits[static_cast<size_t>(token) / 64] >> (token % 64) & 1) != 0;
    }

   private:
    // A stack is its uppermost element and the stack below it, by their numbers; 0 is the empty stack.
    struct Node {
        uint32_t element;
        int below;
    };

    struct State {
        // What may come next: stacks whose uppermost elements are characters or tokens. The empty one first, if any.
        std::vector<int> stacks;
        // A character of which some bytes are there: their bits, and how many bytes are to come.
        uint32_t partial = 0;
        int missing = 0;
        std::unique_ptr<std::array<int, 256>> after_byte;
        std::shared_ptr<const std::vector<uint64_t>> allowed;

        bool complete() const { return missing == 0 && !stacks.empty() && stacks[0] == 0; }
    };

    Grammar(GrammarRules rules, std::shared_ptr<const VocabularyText> vocabulary);

    int after(int state, int token);
    int after_byte(int state, uint8_t byte);
    int computed_after_byte(int state, uint8_t byte);
    int after_character(const State &state, uint32_t character);
    int after_token(const State &state, int token, int by_text);
    void advance(int stack, std::vector<int> &stacks);
    int node(uint32_t element, int below);
    int interned(std::vector<int> stacks, uint32_t partial, int missing);
    std::vector<uint64_t> computed_allowed(int state);
    const GrammarElement &top(int stack) const { return rules_.elements[nodes_[static_cast<size_t>(stack)].element]; }
    int rest(int stack);

    const GrammarRules rules_;
    const std::shared_ptr<const VocabularyText> vocabulary_;
    mutable std::mutex mutex_;
    std::vector<Node> nodes_;
    std::unordered_map<uint64_t, int> node_ids_;
    std::vector<State> states_;
    std::unordered_map<std::string, int> state_ids_;
    std::vector<int> masked_;
    std::string fault_;
};

}  // namespace espalier
