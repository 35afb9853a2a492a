#include "row_pass.h"

#include "row_pass_lanes.h"

namespace espalier {

#if defined(__x86_64__)
void pass_over_row_avx2(const float *logits, size_t count, float inverse_temperature, Block *blocks);
void pass_over_row_avx512(const float *logits, size_t count, float inverse_temperature, Block *blocks);
#endif

namespace {

struct Target {
    void (*pass)(const float *, size_t, float, Block *);
    const char *name;
};

Target choose() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw")) {
        return {pass_over_row_avx512, "avx512"};
    }
    if (__builtin_cpu_supports("avx2")) {
        return {pass_over_row_avx2, "avx2"};
    }
#endif
    return {pass_in_lanes<4>, "128 bit"};
}

const Target &target() {
    static const Target chosen = choose();
    return chosen;
}

}  // namespace

void pass_over_row(const float *logits, size_t count, float inverse_temperature, Block *blocks) {
    target().pass(logits, count, inverse_temperature, blocks);
}

float fast_exp(float x) { return x > lowest_exponent ? exp_in_range<float, uint32_t>(x) : 0.0f; }

const char *row_pass_target() { return target().name; }

}  // namespace espalier
