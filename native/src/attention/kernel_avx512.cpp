#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace espalier::attention {
namespace {

using Lanes = __m512;
constexpr int lanes = 16;
constexpr int wide_columns = 4;

inline Lanes zero() { return _mm512_setzero_ps(); }
inline Lanes all(float x) { return _mm512_set1_ps(x); }
inline Lanes load(const float *p) { return _mm512_loadu_ps(p); }
inline void store(float *p, Lanes x) { _mm512_storeu_ps(p, x); }
inline Lanes load_half(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
}
inline Lanes load_bytes(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))));
}
inline float half_to_float(uint16_t x) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(x))); }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
inline Lanes add(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
inline Lanes sub(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
inline Lanes mul(Lanes a, Lanes b) { return _mm512_mul_ps(a, b); }
inline Lanes div(Lanes a, Lanes b) { return _mm512_div_ps(a, b); }
inline Lanes max_of(Lanes a, Lanes b) { return _mm512_max_ps(a, b); }
inline Lanes min_of(Lanes a, Lanes b) { return _mm512_min_ps(a, b); }
inline float largest(Lanes x) { return _mm512_reduce_max_ps(x); }
inline float sum(Lanes x) { return _mm512_reduce_add_ps(x); }
inline Lanes keep(Lanes x, uint64_t bits, Lanes otherwise) {
    return _mm512_mask_blend_ps(static_cast<__mmask16>(bits), otherwise, x);
}

inline Lanes nearest(Lanes x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

inline Lanes times_power(Lanes p, Lanes whole) { return _mm512_scalef_ps(p, whole); }

inline Lanes add_pairs(Lanes a, Lanes b) { return add(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)); }

inline Lanes add_fours(Lanes a, Lanes b) {
    const __m512d x = _mm512_castps_pd(a);
    const __m512d y = _mm512_castps_pd(b);
    return add(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)), _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}

inline Lanes add_quarters(Lanes a, Lanes b) {
    return add(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xDD));
}

// The sums of 16 vectors, `stride` floats apart.
inline Lanes sums_of(const float *p, size_t stride) {
    Lanes t[4];
    for (int i = 0; i < 4; ++i) {
        const float *x = p + 4 * i * stride;
        t[i] = add_fours(add_pairs(load(x), load(x + stride)), add_pairs(load(x + 2 * stride), load(x + 3 * stride)));
    }
    return add_quarters(add_quarters(t[0], t[1]), add_quarters(t[2], t[3]));
}

inline void transpose(Lanes *r) {
    Lanes t[16];
    for (int i = 0; i < 8; ++i) {
        t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; ++i) {
        const __m512d a = _mm512_castps_pd(t[4 * i]);
        const __m512d b = _mm512_castps_pd(t[4 * i + 1]);
        const __m512d c = _mm512_castps_pd(t[4 * i + 2]);
        const __m512d d = _mm512_castps_pd(t[4 * i + 3]);
        r[4 * i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
        r[4 * i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
        r[4 * i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
        r[4 * i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
    }
    for (int i = 0; i < 4; ++i) {
        t[i] = _mm512_shuffle_f32x4(r[i], r[4 + i], 0x88);
        t[4 + i] = _mm512_shuffle_f32x4(r[i], r[4 + i], 0xDD);
        t[8 + i] = _mm512_shuffle_f32x4(r[8 + i], r[12 + i], 0x88);
        t[12 + i] = _mm512_shuffle_f32x4(r[8 + i], r[12 + i], 0xDD);
    }
    for (int i = 0; i < 4; ++i) {
        r[i] = _mm512_shuffle_f32x4(t[i], t[8 + i], 0x88);
        r[8 + i] = _mm512_shuffle_f32x4(t[i], t[8 + i], 0xDD);
        r[4 + i] = _mm512_shuffle_f32x4(t[4 + i], t[12 + i], 0x88);
        r[12 + i] = _mm512_shuffle_f32x4(t[4 + i], t[12 + i], 0xDD);
    }
}

}  // namespace
}  // namespace espalier::attention

#include "attention/kernel_lanes.h"

namespace espalier::attention {

const Kernel avx512_kernel{"avx512", attend_any};

}  // namespace espalier::attention
