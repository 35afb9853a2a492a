#include "row_pass.h"

#include "row_pass_lanes.h"
#include "row_passes.h"
#include "row_search_lanes.h"

namespace espalier {

namespace {

const RowPasses narrow{"128 bit", pass_in_lanes<4>, search_in_lanes<4>, weigh_in_lanes<4>, maxima_in_lanes<4>};

const RowPasses &choose() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw")) {
        return row_passes_avx512;
    }
    if (__builtin_cpu_supports("avx2")) {
        return row_passes_avx2;
    }
#endif
    return narrow;
}

const RowPasses &passes() {
    static const RowPasses &chosen = choose();
    return chosen;
}

}  // namespace

void pass_over_row(const float *logits, size_t count, float inverse_temperature, Block *blocks) {
    passes().pass(logits, count, inverse_temperature, blocks);
}

Found search_block(
    const float *logits, size_t count, const Search &search, int token, float *listed_logits, int *listed_tokens) {
    return passes().search(logits, count, search, token, listed_logits, listed_tokens);
}

void weigh(const float *logits, size_t count, float max, float inverse_temperature, float *weights) {
    passes().weigh(logits, count, max, inverse_temperature, weights);
}

void part_maxima(const float *logits, size_t count, float *maxima) { passes().maxima(logits, count, maxima); }

float fast_exp(float x) { return x > lowest_exponent ? exp_in_range<float, uint32_t>(x) : 0.0f; }

const char *row_pass_target() { return passes().name; }

}  // namespace espalier
