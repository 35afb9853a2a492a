#pragma once

#include <cfloat>
#include <cstdint>
#include <cstring>

#include "row_pass.h"

// Compiled once per instruction set, each time with that set's flags: everything here has internal linkage, so that the
// linker cannot pick the wrong copy.
//
// Vectors are written out, not left to the compiler: reductions would need -ffast-math, and sixteen fixed lanes give
// the same sums on every machine, whatever its vectors' width.

namespace espalier {

namespace {

constexpr int lanes = 16;
constexpr float lowest_exponent = -87.0f;

template <int width>
struct VectorTypes {
    typedef float Floats __attribute__((vector_size(width * sizeof(float))));
    typedef uint32_t Ints __attribute__((vector_size(width * sizeof(uint32_t))));
};

// exp(x) for lowest_exponent <= x <= 0: 2^n times a polynomial on [-ln2/2, ln2/2] (Cephes), error below 2 ulp.
template <typename Floats, typename Ints>
inline Floats exp_in_range(Floats x) {
    // Adding 1.5 * 2^23 rounds to an integer, which is then in the low bits of the sum.
    const float round = 12582912.0f;
    const Floats shifted = x * 1.44269504088896341f + round;
    const Floats n = shifted - round;
    const Floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    Ints exponent;
    std::memcpy(&exponent, &shifted, sizeof exponent);
    exponent = (exponent << 23) + (127u << 23);
    Floats scale;
    std::memcpy(&scale, &exponent, sizeof scale);
    return p * scale;
}

template <typename Floats>
inline Floats load(const float *at) {
    Floats value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// The tail of a row, padded to a whole block.
struct Tail {
    float logits[block_size];

    Tail(const float *from, int count, float padding) {
        for (int i = 0; i < block_size; ++i) {
            logits[i] = i < count ? from[i] : padding;
        }
    }
};

template <int width, bool tempered>
inline Block pass_over_block(const float *logits, float inverse_temperature) {
    using Floats = typename VectorTypes<width>::Floats;
    using Ints = typename VectorTypes<width>::Ints;
    constexpr int parts = lanes / width;

    Floats largest[parts];
    for (int k = 0; k < parts; ++k) {
        largest[k] = Floats{} - FLT_MAX;
    }
    for (int i = 0; i < block_size; i += lanes) {
        for (int k = 0; k < parts; ++k) {
            const Floats logit = load<Floats>(logits + i + k * width);
            largest[k] = logit > largest[k] ? logit : largest[k];
        }
    }
    float max = -FLT_MAX;
    for (int k = 0; k < parts; ++k) {
        float lane[width];
        std::memcpy(lane, &largest[k], sizeof lane);
        for (float value : lane) {
            max = value > max ? value : max;
        }
    }
    if (!(max > -FLT_MAX && max <= FLT_MAX)) {
        return {max, 0, 0, 0};
    }

    Floats sum[parts] = {};
    Floats weighted[parts] = {};
    Floats tempered_sum[parts] = {};
    const Floats lowest = Floats{} + lowest_exponent;
    for (int i = 0; i < block_size; i += lanes) {
        for (int k = 0; k < parts; ++k) {
            const Floats below = load<Floats>(logits + i + k * width) - max;
            // The comparison is false for a NaN, so that it weighs nothing.
            const Floats x = below > lowest ? below : lowest;
            const Floats e = exp_in_range<Floats, Ints>(x);
            const Floats weight = below > lowest ? e : Floats{};
            sum[k] += weight;
            weighted[k] += weight * x;
            if (tempered) {
                const Floats scaled = below * inverse_temperature;
                const Floats y = scaled > lowest ? scaled : lowest;
                const Floats t = exp_in_range<Floats, Ints>(y);
                tempered_sum[k] += scaled > lowest ? t : Floats{};
            }
        }
    }
    Block block{max, 0, 0, 0};
    for (int k = 0; k < parts; ++k) {
        float lane[3][width];
        std::memcpy(lane[0], &sum[k], sizeof lane[0]);
        std::memcpy(lane[1], &weighted[k], sizeof lane[1]);
        std::memcpy(lane[2], &tempered_sum[k], sizeof lane[2]);
        for (int j = 0; j < width; ++j) {
            block.sum += lane[0][j];
            block.weighted += lane[1][j];
            block.tempered += lane[2][j];
        }
    }
    if (!tempered) {
        block.tempered = block.sum;
    }
    return block;
}

template <int width, bool tempered>
inline void pass(const float *logits, size_t count, float inverse_temperature, Block *blocks) {
    size_t i = 0;
    for (; i + block_size <= count; i += block_size) {
        *blocks++ = pass_over_block<width, tempered>(logits + i, inverse_temperature);
    }
    if (i < count) {
        // It weighs nothing.
        const Tail tail(logits + i, static_cast<int>(count - i), -FLT_MAX);
        *blocks = pass_over_block<width, tempered>(tail.logits, inverse_temperature);
    }
}

template <int width>
inline void pass_in_lanes(const float *logits, size_t count, float inverse_temperature, Block *blocks) {
    if (inverse_temperature == 1 || inverse_temperature == 0) {
        pass<width, false>(logits, count, 1, blocks);
    } else {
        pass<width, true>(logits, count, inverse_temperature, blocks);
    }
}

}  // namespace

}  // namespace espalier
