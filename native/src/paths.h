#pragma once

#include <cstdint>
#include <vector>

#include "batch_words.h"

namespace espalier {

// The tokens that each sequence has in the cache, which llama.cpp does not tell: a branch's own, whatever it shares.
class Paths {
   public:
    explicit Paths(int sequences) : paths_(sequences) {}

    // As the cache was changed by an operation that was checked.
    void apply(const Operation &operation);
    // Tokens of a batch that were checked, and decoded.
    void append(const std::vector<Token> &tokens);
    void clear();
    // The sequence has so many tokens that are not known.
    void restored(int sequence, int length);

    const std::vector<int32_t> &of(int sequence) const { return paths_[sequence]; }

   private:
    std::vector<std::vector<int32_t>> paths_;
};

}  // namespace espalier
