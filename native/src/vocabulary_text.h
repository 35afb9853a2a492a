#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llama.h"

namespace espalier {

// The bytes of a vocabulary's tokens, in an order in which those that begin alike are neighbours. Immutable.
class VocabularyText {
   public:
    explicit VocabularyText(const llama_vocab *vocab);
    // Of pieces; for tests.
    VocabularyText(const std::vector<std::string> &pieces, const std::vector<int> &ends_of_generation);

    int size() const { return static_cast<int>(begins_.size()) - 1; }
    const uint8_t *bytes(int token) const { return bytes_.data() + begins_[token]; }
    // 0 for control tokens, which are no text.
    int length(int token) const { return begins_[token + 1] - begins_[token]; }
    bool ends_generation(int token) const { return ends_generation_[token] != 0; }
    const std::vector<int> &ends_of_generation() const { return all_ends_; }

    // Tokens with text that do not end the generation, by their bytes.
    const std::vector<int> &sorted() const { return sorted_; }
    // For each of these how many of its first bytes are those of the one before it.
    const std::vector<int> &shared() const { return shared_; }

    // The token with this text, also if it is a control token; -1 if there is none.
    int named(const std::string &text) const;

   private:
    void add(const std::string &piece, bool ends_generation);
    void sort();

    const llama_vocab *vocab_ = nullptr;
    std::vector<uint8_t> bytes_;
    std::vector<int> begins_{0};
    std::vector<uint8_t> ends_generation_;
    std::vector<int> all_ends_;
    std::vector<int> sorted_;
    std::vector<int> shared_;
};

}  // namespace espalier
