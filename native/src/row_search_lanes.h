#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include <cmath>

#include "row_pass_lanes.h"

// Compiled once per instruction set, as row_pass_lanes.h is.

namespace espalier {

namespace {

// Logits that are looked at together: a bit of a word for each.
constexpr int group_size = 64;

// Bit i: logits[i] is not less than the bound, or is more. False for a NaN.
template <bool more>
inline uint64_t compare_group(const float *logits, float bound) {
    uint64_t bits = 0;
#if defined(__AVX512F__)
    const __m512 bounds = _mm512_set1_ps(bound);
    for (int i = 0; i < group_size; i += 16) {
        bits |= uint64_t{_mm512_cmp_ps_mask(_mm512_loadu_ps(logits + i), bounds, more ? _CMP_GT_OQ : _CMP_GE_OQ)} << i;
    }
#elif defined(__AVX2__)
    const __m256 bounds = _mm256_set1_ps(bound);
    for (int i = 0; i < group_size; i += 8) {
        const __m256 is = _mm256_cmp_ps(_mm256_loadu_ps(logits + i), bounds, more ? _CMP_GT_OQ : _CMP_GE_OQ);
        bits |= static_cast<uint64_t>(_mm256_movemask_ps(is)) << i;
    }
#elif defined(__x86_64__)
    const __m128 bounds = _mm_set1_ps(bound);
    for (int i = 0; i < group_size; i += 4) {
        const __m128 logit = _mm_loadu_ps(logits + i);
        const __m128 is = more ? _mm_cmpgt_ps(logit, bounds) : _mm_cmpge_ps(logit, bounds);
        bits |= static_cast<uint64_t>(_mm_movemask_ps(is)) << i;
    }
#elif defined(__aarch64__)
    const float32x4_t bounds = vdupq_n_f32(bound);
    const uint32x4_t lane = {1, 2, 4, 8};
    for (int i = 0; i < group_size; i += 4) {
        const float32x4_t logit = vld1q_f32(logits + i);
        const uint32x4_t is = more ? vcgtq_f32(logit, bounds) : vcgeq_f32(logit, bounds);
        bits |= uint64_t{vaddvq_u32(vandq_u32(is, lane))} << i;
    }
#else
    for (int i = 0; i < group_size; ++i) {
        bits |= uint64_t{more ? logits[i] > bound : logits[i] >= bound} << i;
    }
#endif
    return bits;
}

// Writes those of a group's logits whose bits are set, and their ids; returns how many they are. More is written to than
// that, but no more than a group.
inline size_t list_group(const float *logits, uint64_t bits, int token, float *to, int *to_tokens) {
    size_t listed = 0;
#if defined(__AVX512F__)
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (int i = 0; i < group_size; i += 16, bits >>= 16) {
        const auto some = static_cast<__mmask16>(bits);
        const __m512i tokens = _mm512_add_epi32(lane, _mm512_set1_epi32(token + i));
        // Compressing straight into memory is slow on some processors.
        _mm512_storeu_ps(to + listed, _mm512_maskz_compress_ps(some, _mm512_loadu_ps(logits + i)));
        _mm512_storeu_si512(to_tokens + listed, _mm512_maskz_compress_epi32(some, tokens));
        listed += static_cast<size_t>(__builtin_popcount(some));
    }
#else
    for (; bits != 0; bits &= bits - 1) {
        const int i = __builtin_ctzll(bits);
        to[listed] = logits[i];
        to_tokens[listed] = token + i;
        ++listed;
    }
#endif
    return listed;
}

template <int width>
inline typename VectorTypes<width>::Floats weights_of(
    typename VectorTypes<width>::Floats logits, float max, float inverse_temperature) {
    using Floats = typename VectorTypes<width>::Floats;
    using Ints = typename VectorTypes<width>::Ints;
    const Floats lowest = Floats{} + lowest_exponent;
    const Floats below = (logits - max) * inverse_temperature;
    const Floats x = below > lowest ? below : lowest;
    const Floats e = exp_in_range<Floats, Ints>(x);
    return below > lowest ? e : Floats{};
}

template <int width>
struct HalfTypes {
    typedef float Floats __attribute__((vector_size(width / 2 * sizeof(float))));
    typedef double Doubles __attribute__((vector_size(width / 2 * sizeof(double))));
};

// The sums of weights, lane by lane, in double precision.
template <int width>
struct LaneSums {
    using Half = typename HalfTypes<width>::Floats;
    using Doubles = typename HalfTypes<width>::Doubles;
    static constexpr int parts = lanes / width;

    Doubles sums[2 * parts] = {};

    void add(int part, typename VectorTypes<width>::Floats weights) {
        Half halves[2];
        std::memcpy(halves, &weights, sizeof halves);
        sums[2 * part] += __builtin_convertvector(halves[0], Doubles);
        sums[2 * part + 1] += __builtin_convertvector(halves[1], Doubles);
    }

    double total() const {
        double lane[lanes];
        std::memcpy(lane, sums, sizeof lane);
        double total = 0;
        for (double sum : lane) {
            total += sum;
        }
        return total;
    }
};

// in_range: whatever is above has an exponent of which exp is more than 0.
template <int width, bool in_range>
inline Found search_whole_block(
    const float *logits, const Search &search, int token, float *listed_logits, int *listed_tokens) {
    using Floats = typename VectorTypes<width>::Floats;
    // Copies: what is listed could lie in their place, for all the compiler knows.
    const float max = search.max;
    const float inverse_temperature = search.inverse_temperature;
    const float from = search.from;
    const Floats above = Floats{} + search.above;
    LaneSums<width> sums;
    size_t listed = 0;
    size_t summed_logits = 0;
    for (int i = 0; i < block_size; i += group_size) {
        const uint64_t summed = compare_group<true>(logits + i, above[0]);
        const uint64_t between = compare_group<false>(logits + i, from) & ~summed;
        if (between != 0) {
            listed += list_group(logits + i, between, token + i, listed_logits + listed, listed_tokens + listed);
        }
        if (summed == 0) {
            continue;
        }
        summed_logits += static_cast<size_t>(__builtin_popcountll(summed));
        for (int j = i; j < i + group_size; j += lanes) {
            for (int part = 0; part < LaneSums<width>::parts; ++part) {
                const Floats logit = load<Floats>(logits + j + part * width);
                Floats weight;
                if (in_range) {
                    weight = exp_in_range<Floats, typename VectorTypes<width>::Ints>(
                        (logit - max) * inverse_temperature);
                } else {
                    weight = weights_of<width>(logit, max, inverse_temperature);
                }
                sums.add(part, logit > above ? weight : Floats{});
            }
        }
    }
    return {summed_logits, sums.total(), listed};
}

template <int width>
Found search_in_lanes(
    const float *logits, size_t count, const Search &search, int token, float *listed_logits, int *listed_tokens) {
    const auto whole_block = (search.above - search.max) * search.inverse_temperature > lowest_exponent
        ? search_whole_block<width, true>
        : search_whole_block<width, false>;
    if (count >= block_size) {
        return whole_block(logits, search, token, listed_logits, listed_tokens);
    }
    const Tail tail(logits, static_cast<int>(count), -INFINITY);
    return whole_block(tail.logits, search, token, listed_logits, listed_tokens);
}

template <int width>
void weigh_in_lanes(const float *logits, size_t count, float max, float inverse_temperature, float *weights) {
    using Floats = typename VectorTypes<width>::Floats;
    size_t i = 0;
    for (; i + width <= count; i += width) {
        const Floats some = weights_of<width>(load<Floats>(logits + i), max, inverse_temperature);
        std::memcpy(weights + i, &some, sizeof some);
    }
    for (; i < count; ++i) {
        const float below = (logits[i] - max) * inverse_temperature;
        weights[i] = below > lowest_exponent ? exp_in_range<float, uint32_t>(below) : 0.0f;
    }
}

template <int width>
inline void block_maxima(const float *logits, float *maxima) {
    using Floats = typename VectorTypes<width>::Floats;
    for (int part = 0; part < lanes; part += width) {
        Floats largest = Floats{} - FLT_MAX;
        for (int i = 0; i < block_size; i += lanes) {
            const Floats logit = load<Floats>(logits + i + part);
            largest = logit > largest ? logit : largest;
        }
        std::memcpy(maxima + part, &largest, sizeof largest);
    }
}

template <int width>
void maxima_in_lanes(const float *logits, size_t count, float *maxima) {
    size_t i = 0;
    for (; i + block_size <= count; i += block_size, maxima += lanes) {
        block_maxima<width>(logits + i, maxima);
    }
    if (i < count) {
        const Tail tail(logits + i, static_cast<int>(count - i), -FLT_MAX);
        block_maxima<width>(tail.logits, maxima);
    }
}

}  // namespace

}  // namespace espalier
