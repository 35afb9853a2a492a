// The attention of a tile's rows over a part of its cells, for one head of the keys and values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "attention/plan.h"

namespace espalier::attention {

constexpr float log2_e = 1.44269504088896341f;

// How a cache stores its numbers.
enum class CellType { half, single, q8 };

// One attention operation: out = softmax(scale * q . k) . v, for all rows and heads.
struct Problem {
    // Numbers of a head lie side by side; the steps from one row, cell or head to the next are in bytes.
    const uint8_t *q;
    size_t q_row, q_head;
    const uint8_t *k;
    size_t k_cell, k_head;
    const uint8_t *v;
    size_t v_cell, v_head;
    CellType type;
    // [rows][heads][value_size]
    float *out;
    // A score for each head that takes its share of the softmax and gives no value; null for none.
    const float *sinks;
    int key_size, value_size;
    int heads, kv_heads;
    int rows;
    float scale;
    // Scores become softcap * tanh(score / softcap); 0 for as they are.
    float softcap;
};

// What rows of a tile have come to over a part of the cells, for each query (a row and a head of those that share keys).
struct Partial {
    // [queries][value_size]: values times weights, where the largest score has weight 1.
    float *values;
    // Largest score, in powers of 2, and the sum of the weights.
    float *max;
    float *sum;
};

struct Kernel {
    const char *name;
    // scratch: scratch_floats() of them, aligned to 64 bytes. Head sizes are multiples of 16, of q8 caches of 32.
    void (*attend)(const Problem &, const TilePlan &, int part, int kv_head, float *scratch, const Partial &out);
};

// Floats of scratch memory that a kernel needs for tiles of so many queries.
size_t scratch_floats(int queries, int key_size, int value_size);

extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
extern const Kernel neon_kernel;

// The fastest that this processor has; null if it has none.
const Kernel *best_kernel();

}  // namespace espalier::attention
