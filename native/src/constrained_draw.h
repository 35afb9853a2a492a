#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "grammar.h"
#include "sampler.h"

namespace espalier {

// Draws tokens that a grammar allows. A token is drawn as if there were no grammar, and only it is looked up; a model that
// is asked for a form mostly keeps to it. What is refused is drawn anew, a few times; then all tokens that the grammar
// refuses are taken out of the row, and one is drawn of the rest.
//
// Without top-k, top-p and min-p the token is distributed as the model has it among the allowed ones: each draw that is
// accepted is. With them, that holds among the allowed tokens that they keep, but where all draws are refused they are
// applied to the allowed tokens, of which there may be none among those that they would have kept. llama.cpp's
// common_sampler does the same with a single draw.
//
// One thread at a time.
class ConstrainedDraw {
   public:
    struct Result {
        Drawn drawn;
        // Where the grammar is after the token; Grammar::refused if no token can be drawn.
        int state;
    };

    explicit ConstrainedDraw(size_t vocabulary) : vocabulary_(vocabulary) {}

    // sampler: has read the row with the temperature of params. Log-probability and entropy are of the row as it is.
    Result draw(
        Sampler &sampler, const SamplingParams &params, uint64_t seed, int64_t position, Grammar &grammar, int state);

   private:
    size_t vocabulary_;
    // Made for the first row that needs it.
    std::unique_ptr<Sampler> masked_;
    std::vector<float> row_;
};

}  // namespace espalier
