#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "llama.h"

namespace espalier {

// llama.cpp splits a text with std::regex for about a third of the pre-tokenizers that it knows. That calls itself once
// for each character of a match: 352 bytes of stack with the prebuilt libraries, whatever the pattern.
constexpr size_t stack_bytes_per_character = 1024;

// The longest text that is tokenized, in bytes.
constexpr size_t longest_text = size_t{4} << 20;

// The longest stretch without a place at which every pattern ends a match, in characters: it bounds the memory that a
// stack takes to 23 MB.
constexpr size_t longest_stretch = 65536;

// The tokens of a text in UTF-8; special says whether the texts of control tokens become those tokens. Of a text that has
// far more than the most that the caller can use, the tokens of its beginning, which are more than those: llama.cpp takes
// the square of a text's length for some texts, and minutes for a megabyte.
//
// Returns what is wrong with the text, or empty. Throws if llama.cpp does, or if there is no room for a stack.
std::string tokenize(
    const llama_model *model,
    const std::string &text,
    bool special,
    size_t most,
    std::vector<llama_token> &tokens);

}  // namespace espalier
