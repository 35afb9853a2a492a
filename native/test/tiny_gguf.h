#pragma once

#include <string>

namespace espalier {

enum class TinyModel {
    // Attention: sequences can be cut anywhere.
    llama,
    // The same in half precision, and its output head is its embedding.
    llama_tied,
    // Another order of rotations, biases on queries, keys and values, and an output head of its own.
    qwen2,
    // The same with its embedding for an output head.
    qwen2_tied,
    // Heads of 128 numbers, normalised queries and keys.
    qwen3,
    // Attention of other kinds: soft caps and a window over the latest tokens; heads of 256 numbers, which all queries
    // share, and a window; scales; sinks, a window and experts.
    gemma2,
    gemma3,
    granite,
    gpt_oss,
    // A recurrent state: sequences are copied whole and never rolled back.
    mamba,
    // A layer with such a state, of a short convolution, below one of attention.
    lfm2,
};

// Tokens of all: the unknown token, the beginning and end of a text, ChatML's two, one for each byte, a space, and "Yes"
// and "No" with the "Ye" that a "Yes" is merged from.
constexpr int tiny_end = 2;
constexpr int tiny_im_start = 3;
constexpr int tiny_im_end = 4;
constexpr int tiny_first_byte = 5;
constexpr int tiny_space = tiny_first_byte + 256;
constexpr int tiny_vocabulary = tiny_space + 4;
constexpr int tiny_context = 2048;

// Writes a model of 2 layers with random weights, always the same ones, as a GGUF of half a megabyte to a few.
// not_a_number: a token whose embedding is none; -1 for no token.
bool write_tiny_gguf(TinyModel kind, const std::string &path, int not_a_number = -1);

}  // namespace espalier
