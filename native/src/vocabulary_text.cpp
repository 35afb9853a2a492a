#include "vocabulary_text.h"

#include <algorithm>

namespace espalier {

VocabularyText::VocabularyText(const llama_vocab *vocab) : vocab_(vocab) {
    const int32_t size = llama_vocab_n_tokens(vocab);
    std::vector<char> piece(256);
    for (llama_token token = 0; token < size; ++token) {
        int32_t length = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
        if (length < 0) {
            piece.resize(static_cast<size_t>(-length));
            length = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, false);
        }
        add(std::string(piece.data(), static_cast<size_t>(std::max(0, length))), llama_vocab_is_eog(vocab, token));
    }
    sort();
}

VocabularyText::VocabularyText(const std::vector<std::string> &pieces, const std::vector<int> &ends_of_generation) {
    for (size_t i = 0; i < pieces.size(); ++i) {
        const auto end = std::find(ends_of_generation.begin(), ends_of_generation.end(), static_cast<int>(i));
        add(pieces[i], end != ends_of_generation.end());
    }
    sort();
}

void VocabularyText::add(const std::string &piece, bool ends_generation) {
    if (ends_generation) {
        all_ends_.push_back(size());
    }
    ends_generation_.push_back(ends_generation);
    bytes_.insert(bytes_.end(), piece.begin(), piece.end());
    begins_.push_back(static_cast<int>(bytes_.size()));
}

void VocabularyText::sort() {
    for (int token = 0; token < size(); ++token) {
        if (length(token) > 0 && !ends_generation(token)) {
            sorted_.push_back(token);
        }
    }
    std::sort(sorted_.begin(), sorted_.end(), [this](int a, int b) {
        return std::lexicographical_compare(bytes(a), bytes(a) + length(a), bytes(b), bytes(b) + length(b));
    });
    for (size_t i = 0; i < sorted_.size(); ++i) {
        int same = 0;
        if (i > 0) {
            const int most = std::min(length(sorted_[i]), length(sorted_[i - 1]));
            while (same < most && bytes(sorted_[i])[same] == bytes(sorted_[i - 1])[same]) {
                ++same;
            }
        }
        shared_.push_back(same);
    }
}

int VocabularyText::named(const std::string &text) const {
    if (vocab_ == nullptr) {
        return -1;
    }
    llama_token tokens[2];
    const int32_t count =
        llama_tokenize(vocab_, text.data(), static_cast<int32_t>(text.size()), tokens, 2, false, true);
    return count == 1 ? tokens[0] : -1;
}

}  // namespace espalier
