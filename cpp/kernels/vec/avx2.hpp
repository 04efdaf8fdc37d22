// The alphabet for AVX2 with FMA: 8 floats or 4 doubles, 16 registers.
#pragma once

#include <immintrin.h>

namespace steepest::STEEPEST_ISA {

template <class T>
struct Vec;

template <>
struct Vec<float> {
  using Scalar = float;
  static constexpr int lanes = 8;
  struct Mask {
    __m256 v;
  };
  __m256 v;
};

template <>
struct Vec<double> {
  using Scalar = double;
  static constexpr int lanes = 4;
  struct Mask {
    __m256d v;
  };
  __m256d v;
};

using F = Vec<float>;
using D = Vec<double>;

inline F load(const float* p) { return {_mm256_loadu_ps(p)}; }
inline D load(const double* p) { return {_mm256_loadu_pd(p)}; }
inline void store(float* p, F a) { _mm256_storeu_ps(p, a.v); }
inline void store(double* p, D a) { _mm256_storeu_pd(p, a.v); }
inline F broadcast(float s) { return {_mm256_set1_ps(s)}; }
inline D broadcast(double s) { return {_mm256_set1_pd(s)}; }

inline F operator+(F a, F b) { return {_mm256_add_ps(a.v, b.v)}; }
inline D operator+(D a, D b) { return {_mm256_add_pd(a.v, b.v)}; }
inline F operator-(F a, F b) { return {_mm256_sub_ps(a.v, b.v)}; }
inline D operator-(D a, D b) { return {_mm256_sub_pd(a.v, b.v)}; }
inline F operator*(F a, F b) { return {_mm256_mul_ps(a.v, b.v)}; }
inline D operator*(D a, D b) { return {_mm256_mul_pd(a.v, b.v)}; }
inline F operator/(F a, F b) { return {_mm256_div_ps(a.v, b.v)}; }
inline D operator/(D a, D b) { return {_mm256_div_pd(a.v, b.v)}; }
inline F fma(F a, F b, F c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
inline D fma(D a, D b, D c) { return {_mm256_fmadd_pd(a.v, b.v, c.v)}; }
inline F min(F a, F b) { return {_mm256_min_ps(a.v, b.v)}; }
inline D min(D a, D b) { return {_mm256_min_pd(a.v, b.v)}; }
inline F max(F a, F b) { return {_mm256_max_ps(a.v, b.v)}; }
inline D max(D a, D b) { return {_mm256_max_pd(a.v, b.v)}; }
inline F sqrt(F a) { return {_mm256_sqrt_ps(a.v)}; }
inline D sqrt(D a) { return {_mm256_sqrt_pd(a.v)}; }
inline F round_even(F a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
inline D round_even(D a) { return {_mm256_round_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
inline F abs(F a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }
inline D abs(D a) { return {_mm256_andnot_pd(_mm256_set1_pd(-0.0), a.v)}; }
inline F copy_sign(F magnitude, F sign) {
  const __m256 bit = _mm256_set1_ps(-0.0f);
  return {_mm256_or_ps(_mm256_andnot_ps(bit, magnitude.v), _mm256_and_ps(bit, sign.v))};
}
inline D copy_sign(D magnitude, D sign) {
  const __m256d bit = _mm256_set1_pd(-0.0);
  return {_mm256_or_pd(_mm256_andnot_pd(bit, magnitude.v), _mm256_and_pd(bit, sign.v))};
}

inline F::Mask operator<(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
inline D::Mask operator<(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)}; }
inline F::Mask operator>(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
inline D::Mask operator>(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_GT_OQ)}; }
inline F::Mask operator>=(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
inline D::Mask operator>=(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_GE_OQ)}; }
inline F::Mask operator==(F a, F b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
inline D::Mask operator==(D a, D b) { return {_mm256_cmp_pd(a.v, b.v, _CMP_EQ_OQ)}; }
inline F select(F::Mask m, F a, F b) { return {_mm256_blendv_ps(b.v, a.v, m.v)}; }
inline D select(D::Mask m, D a, D b) { return {_mm256_blendv_pd(b.v, a.v, m.v)}; }

// 1.5 * 2^23 (2^52 for doubles) added to a small integer leaves that integer in the low bits of the sum: no conversion,
// which these instruction sets do not have for 64-bit integers.
inline F power_of_two(F n) {
  const __m256i low = _mm256_castps_si256(_mm256_add_ps(n.v, _mm256_set1_ps(0x1.8p23f + 127)));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(low, 23))};
}
inline D power_of_two(D n) {
  const __m256i low = _mm256_castpd_si256(_mm256_add_pd(n.v, _mm256_set1_pd(0x1.8p52 + 1023)));
  return {_mm256_castsi256_pd(_mm256_slli_epi64(low, 52))};
}
inline F exponent(F a) {
  const __m256i biased = _mm256_srli_epi32(_mm256_castps_si256(a.v), 23);
  const __m256i as_float = _mm256_or_si256(biased, _mm256_castps_si256(_mm256_set1_ps(0x1p23f)));
  return {_mm256_sub_ps(_mm256_castsi256_ps(as_float), _mm256_set1_ps(0x1p23f + 127))};
}
inline D exponent(D a) {
  const __m256i biased = _mm256_srli_epi64(_mm256_castpd_si256(a.v), 52);
  const __m256i as_double = _mm256_or_si256(biased, _mm256_castpd_si256(_mm256_set1_pd(0x1p52)));
  return {_mm256_sub_pd(_mm256_castsi256_pd(as_double), _mm256_set1_pd(0x1p52 + 1023))};
}
inline F mantissa(F a) {
  const __m256 kept = _mm256_and_ps(a.v, _mm256_castsi256_ps(_mm256_set1_epi32(0x007fffff)));
  return {_mm256_or_ps(kept, _mm256_set1_ps(1.0f))};
}
inline D mantissa(D a) {
  const __m256d kept = _mm256_and_pd(a.v, _mm256_castsi256_pd(_mm256_set1_epi64x(0x000fffffffffffff)));
  return {_mm256_or_pd(kept, _mm256_set1_pd(1.0))};
}

inline void transpose(F (&rows)[8]) {
  __m256 pair[8], four[8];  // of rows 2i and 2i + 1; of rows 4i to 4i + 3
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(rows[i].v, rows[i + 1].v);
    pair[i + 1] = _mm256_unpackhi_ps(rows[i].v, rows[i + 1].v);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      four[i + 2 * j] = _mm256_shuffle_ps(pair[i + j], pair[i + 2 + j], 0x44);
      four[i + 2 * j + 1] = _mm256_shuffle_ps(pair[i + j], pair[i + 2 + j], 0xee);
    }
  for (int i = 0; i < 4; ++i) {
    rows[i].v = _mm256_permute2f128_ps(four[i], four[i + 4], 0x20);
    rows[i + 4].v = _mm256_permute2f128_ps(four[i], four[i + 4], 0x31);
  }
}
inline void transpose(D (&rows)[4]) {
  __m256d pair[4];
  for (int i = 0; i < 4; i += 2) {
    pair[i] = _mm256_unpacklo_pd(rows[i].v, rows[i + 1].v);
    pair[i + 1] = _mm256_unpackhi_pd(rows[i].v, rows[i + 1].v);
  }
  for (int i = 0; i < 2; ++i) {
    rows[i].v = _mm256_permute2f128_pd(pair[i], pair[i + 2], 0x20);
    rows[i + 2].v = _mm256_permute2f128_pd(pair[i], pair[i + 2], 0x31);
  }
}

// FTZ (bit 15) and DAZ (bit 6): the state of Adam decays through the denormals, which cost some 150 cycles each.
inline unsigned flush_denormals() {
  const unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | 0x8040u);
  return saved;
}
inline void restore_denormals(unsigned saved) { _mm_setcsr(saved); }

}  // namespace steepest::STEEPEST_ISA
