#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace espalier::attention {
namespace {

using Lanes = float32x4_t;
constexpr int lanes = 4;
constexpr int wide_columns = 4;

inline Lanes zero() { return vdupq_n_f32(0); }
inline Lanes all(float x) { return vdupq_n_f32(x); }
inline Lanes load(const float *p) { return vld1q_f32(p); }
inline void store(float *p, Lanes x) { vst1q_f32(p, x); }
inline Lanes load_half(const uint16_t *p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
inline Lanes load_bytes(const int8_t *p) {
    int32_t word;
    std::memcpy(&word, p, sizeof word);
    const int16x8_t wide = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(word)));
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide)));
}
inline float half_to_float(uint16_t x) { return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(x))), 0); }
inline Lanes fma(Lanes a, Lanes b, Lanes c) { return vfmaq_f32(c, a, b); }
inline Lanes add(Lanes a, Lanes b) { return vaddq_f32(a, b); }
inline Lanes sub(Lanes a, Lanes b) { return vsubq_f32(a, b); }
inline Lanes mul(Lanes a, Lanes b) { return vmulq_f32(a, b); }
inline Lanes div(Lanes a, Lanes b) { return vdivq_f32(a, b); }
inline Lanes max_of(Lanes a, Lanes b) { return vmaxq_f32(a, b); }
inline Lanes min_of(Lanes a, Lanes b) { return vminq_f32(a, b); }
inline float largest(Lanes x) { return vmaxvq_f32(x); }
inline float sum(Lanes x) { return vaddvq_f32(x); }

inline Lanes keep(Lanes x, uint64_t bits, Lanes otherwise) {
    const uint32x4_t lane = {1, 2, 4, 8};
    return vbslq_f32(vtstq_u32(vdupq_n_u32(static_cast<uint32_t>(bits & 0xF)), lane), x, otherwise);
}

inline Lanes nearest(Lanes x) { return vrndnq_f32(x); }

inline Lanes times_power(Lanes p, Lanes whole) {
    const int32x4_t exponent = vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(whole), vdupq_n_s32(127)), 23);
    return mul(p, vreinterpretq_f32_s32(exponent));
}

// The sums of 4 vectors, `stride` floats apart.
inline Lanes sums_of(const float *p, size_t stride) {
    const Lanes low = vpaddq_f32(load(p), load(p + stride));
    const Lanes high = vpaddq_f32(load(p + 2 * stride), load(p + 3 * stride));
    return vpaddq_f32(low, high);
}

inline void transpose(Lanes *r) {
    const float64x2_t a = vreinterpretq_f64_f32(vtrn1q_f32(r[0], r[1]));
    const float64x2_t b = vreinterpretq_f64_f32(vtrn2q_f32(r[0], r[1]));
    const float64x2_t c = vreinterpretq_f64_f32(vtrn1q_f32(r[2], r[3]));
    const float64x2_t d = vreinterpretq_f64_f32(vtrn2q_f32(r[2], r[3]));
    r[0] = vreinterpretq_f32_f64(vtrn1q_f64(a, c));
    r[1] = vreinterpretq_f32_f64(vtrn1q_f64(b, d));
    r[2] = vreinterpretq_f32_f64(vtrn2q_f64(a, c));
    r[3] = vreinterpretq_f32_f64(vtrn2q_f64(b, d));
}

}  // namespace
}  // namespace espalier::attention

#include "attention/kernel_lanes.h"

namespace espalier::attention {

const Kernel neon_kernel{"neon", attend_any};

}  // namespace espalier::attention
