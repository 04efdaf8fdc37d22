// The alphabet for NEON on aarch64: 4 floats or 2 doubles, 32 registers.
#pragma once

#include <arm_neon.h>
#include <stdint.h>

namespace steepest::STEEPEST_ISA {

template <class T>
struct Vec;

template <>
struct Vec<float> {
  using Scalar = float;
  static constexpr int lanes = 4;
  struct Mask {
    uint32x4_t v;
  };
  float32x4_t v;
};

template <>
struct Vec<double> {
  using Scalar = double;
  static constexpr int lanes = 2;
  struct Mask {
    uint64x2_t v;
  };
  float64x2_t v;
};

using F = Vec<float>;
using D = Vec<double>;

inline F load(const float* p) { return {vld1q_f32(p)}; }
inline D load(const double* p) { return {vld1q_f64(p)}; }
inline void store(float* p, F a) { vst1q_f32(p, a.v); }
inline void store(double* p, D a) { vst1q_f64(p, a.v); }
inline F broadcast(float s) { return {vdupq_n_f32(s)}; }
inline D broadcast(double s) { return {vdupq_n_f64(s)}; }

inline F operator+(F a, F b) { return {vaddq_f32(a.v, b.v)}; }
inline D operator+(D a, D b) { return {vaddq_f64(a.v, b.v)}; }
inline F operator-(F a, F b) { return {vsubq_f32(a.v, b.v)}; }
inline D operator-(D a, D b) { return {vsubq_f64(a.v, b.v)}; }
inline F operator*(F a, F b) { return {vmulq_f32(a.v, b.v)}; }
inline D operator*(D a, D b) { return {vmulq_f64(a.v, b.v)}; }
inline F operator/(F a, F b) { return {vdivq_f32(a.v, b.v)}; }
inline D operator/(D a, D b) { return {vdivq_f64(a.v, b.v)}; }
inline F fma(F a, F b, F c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
inline D fma(D a, D b, D c) { return {vfmaq_f64(c.v, a.v, b.v)}; }
inline F sqrt(F a) { return {vsqrtq_f32(a.v)}; }
inline D sqrt(D a) { return {vsqrtq_f64(a.v)}; }
inline F round_even(F a) { return {vrndnq_f32(a.v)}; }
inline D round_even(D a) { return {vrndnq_f64(a.v)}; }
inline F abs(F a) { return {vabsq_f32(a.v)}; }
inline D abs(D a) { return {vabsq_f64(a.v)}; }
inline F copy_sign(F magnitude, F sign) { return {vbslq_f32(vdupq_n_u32(0x80000000u), sign.v, magnitude.v)}; }
inline D copy_sign(D magnitude, D sign) {
  return {vbslq_f64(vdupq_n_u64(UINT64_C(0x8000000000000000)), sign.v, magnitude.v)};
}

inline F::Mask operator<(F a, F b) { return {vcltq_f32(a.v, b.v)}; }
inline D::Mask operator<(D a, D b) { return {vcltq_f64(a.v, b.v)}; }
inline F::Mask operator>(F a, F b) { return {vcgtq_f32(a.v, b.v)}; }
inline D::Mask operator>(D a, D b) { return {vcgtq_f64(a.v, b.v)}; }
inline F::Mask operator>=(F a, F b) { return {vcgeq_f32(a.v, b.v)}; }
inline D::Mask operator>=(D a, D b) { return {vcgeq_f64(a.v, b.v)}; }
inline F::Mask operator==(F a, F b) { return {vceqq_f32(a.v, b.v)}; }
inline D::Mask operator==(D a, D b) { return {vceqq_f64(a.v, b.v)}; }
inline F select(F::Mask m, F a, F b) { return {vbslq_f32(m.v, a.v, b.v)}; }
inline D select(D::Mask m, D a, D b) { return {vbslq_f64(m.v, a.v, b.v)}; }
// As on x86, the second operand where either is NaN: vminq would return NaN whichever side it stands on.
inline F min(F a, F b) { return select(a < b, a, b); }
inline D min(D a, D b) { return select(a < b, a, b); }
inline F max(F a, F b) { return select(a > b, a, b); }
inline D max(D a, D b) { return select(a > b, a, b); }

inline F power_of_two(F n) {
  return {vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n.v), vdupq_n_s32(127)), 23))};
}
inline D power_of_two(D n) {
  return {vreinterpretq_f64_s64(vshlq_n_s64(vaddq_s64(vcvtq_s64_f64(n.v), vdupq_n_s64(1023)), 52))};
}
inline F exponent(F a) {
  const int32x4_t biased = vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_f32(a.v), 23));
  return {vcvtq_f32_s32(vsubq_s32(biased, vdupq_n_s32(127)))};
}
inline D exponent(D a) {
  const int64x2_t biased = vreinterpretq_s64_u64(vshrq_n_u64(vreinterpretq_u64_f64(a.v), 52));
  return {vcvtq_f64_s64(vsubq_s64(biased, vdupq_n_s64(1023)))};
}
inline F mantissa(F a) { return {vbslq_f32(vdupq_n_u32(0x007fffffu), a.v, vdupq_n_f32(1.0f))}; }
inline D mantissa(D a) { return {vbslq_f64(vdupq_n_u64(UINT64_C(0x000fffffffffffff)), a.v, vdupq_n_f64(1.0))}; }

// FZ (bit 24 of FPCR) flushes inputs and outputs.
inline void transpose(F (&rows)[4]) {
  float64x2_t pair[4];
  for (int i = 0; i < 4; i += 2) {
    pair[i] = vreinterpretq_f64_f32(vtrn1q_f32(rows[i].v, rows[i + 1].v));
    pair[i + 1] = vreinterpretq_f64_f32(vtrn2q_f32(rows[i].v, rows[i + 1].v));
  }
  for (int i = 0; i < 2; ++i) {
    rows[i].v = vreinterpretq_f32_f64(vzip1q_f64(pair[i], pair[i + 2]));
    rows[i + 2].v = vreinterpretq_f32_f64(vzip2q_f64(pair[i], pair[i + 2]));
  }
}
inline void transpose(D (&rows)[2]) {
  const float64x2_t low = vzip1q_f64(rows[0].v, rows[1].v);
  rows[1].v = vzip2q_f64(rows[0].v, rows[1].v);
  rows[0].v = low;
}

inline unsigned flush_denormals() {
  uint64_t saved;
  asm volatile("mrs %0, fpcr" : "=r"(saved));
  asm volatile("msr fpcr, %0" ::"r"(saved | (UINT64_C(1) << 24)));
  return static_cast<unsigned>(saved);
}
inline void restore_denormals(unsigned saved) { asm volatile("msr fpcr, %0" ::"r"(static_cast<uint64_t>(saved))); }

}  // namespace steepest::STEEPEST_ISA
