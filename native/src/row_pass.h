#pragma once

#include <cstddef>

namespace espalier {

// Logits a block holds. A block's logits stay in the first-level cache between the two loops over it, and drawing a
// token rescans one block only.
constexpr int block_size = 512;

// Sums over one block of a row, relative to the block's own largest logit so that nothing overflows. Logits that are
// not a number count as minus infinity.
struct Block {
    // Largest logit of the block; -FLT_MAX if it has no finite one, and then all sums are 0.
    float max;
    // Sum of exp(logit - max).
    float sum;
    // Sum of exp(logit - max) * (logit - max).
    float weighted;
    // Sum of exp((logit - max) / temperature); equals sum at temperature 1.
    float tempered;
};

// Fills one Block per block_size logits. inverse_temperature 1 or 0 leaves out the tempered sum (it is then a copy).
void pass_over_row(const float *logits, size_t count, float inverse_temperature, Block *blocks);

// The exp that the pass uses, one value at a time: a rescan sees the very weights that were summed. 0 below -87.
float fast_exp(float x);

// The instruction set that this machine's pass is compiled for.
const char *row_pass_target();

}  // namespace espalier
