#pragma once

#include <cstddef>
#include <cstdint>

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

// What is looked for in a block: logits above one bound are summed, those from the other up to it are listed.
struct Search {
    // At least this is listed.
    float from;
    // More than this is summed.
    float above;
    // Weights are exp((logit - max) * inverse_temperature): of the tempered distribution, relative to the row's largest.
    float max;
    float inverse_temperature;
};

struct Found {
    // Logits above, and the sum of their weights.
    size_t above;
    double weight;
    // Logits listed.
    size_t listed;
};

// Looks through up to block_size logits, whose first is that of `token`, and writes what is to be listed, in the order of
// ids, to memory that has room for block_size more.
Found search_block(
    const float *logits, size_t count, const Search &search, int token, float *listed_logits, int *listed_tokens);

// weights[i] = exp((logits[i] - max) * inverse_temperature), the very numbers that search_block() sums.
void weigh(const float *logits, size_t count, float max, float inverse_temperature, float *weights);

// As many maxima of disjoint parts of a row, for each of its blocks: its sixteen lanes.
constexpr size_t parts_per_block = 16;

void part_maxima(const float *logits, size_t count, float *maxima);

// The exp that the pass uses, one value at a time: a rescan sees the very weights that were summed. 0 below -87.
float fast_exp(float x);

// The instruction set that this machine's pass is compiled for.
const char *row_pass_target();

}  // namespace espalier
