// The alphabet for AVX-512 (F, DQ): 16 floats or 8 doubles, 32 registers.
#pragma once

#ifdef STEEPEST_EMULATE_AVX512
// The same intrinsics computed by AVX2: a CPU without AVX-512 can then test these kernels, bit for bit.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#endif
#include <immintrin.h>

namespace steepest::STEEPEST_ISA {

template <class T>
struct Vec;

template <>
struct Vec<float> {
  using Scalar = float;
  static constexpr int lanes = 16;
  struct Mask {
    __mmask16 v;
  };
  __m512 v;
};

template <>
struct Vec<double> {
  using Scalar = double;
  static constexpr int lanes = 8;
  struct Mask {
    __mmask8 v;
  };
  __m512d v;
};

using F = Vec<float>;
using D = Vec<double>;

inline F load(const float* p) { return {_mm512_loadu_ps(p)}; }
inline D load(const double* p) { return {_mm512_loadu_pd(p)}; }
inline void store(float* p, F a) { _mm512_storeu_ps(p, a.v); }
inline void store(double* p, D a) { _mm512_storeu_pd(p, a.v); }
inline F broadcast(float s) { return {_mm512_set1_ps(s)}; }
inline D broadcast(double s) { return {_mm512_set1_pd(s)}; }

inline F operator+(F a, F b) { return {_mm512_add_ps(a.v, b.v)}; }
inline D operator+(D a, D b) { return {_mm512_add_pd(a.v, b.v)}; }
inline F operator-(F a, F b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline D operator-(D a, D b) { return {_mm512_sub_pd(a.v, b.v)}; }
inline F operator*(F a, F b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline D operator*(D a, D b) { return {_mm512_mul_pd(a.v, b.v)}; }
inline F operator/(F a, F b) { return {_mm512_div_ps(a.v, b.v)}; }
inline D operator/(D a, D b) { return {_mm512_div_pd(a.v, b.v)}; }
inline F fma(F a, F b, F c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline D fma(D a, D b, D c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
inline F min(F a, F b) { return {_mm512_min_ps(a.v, b.v)}; }
inline D min(D a, D b) { return {_mm512_min_pd(a.v, b.v)}; }
inline F max(F a, F b) { return {_mm512_max_ps(a.v, b.v)}; }
inline D max(D a, D b) { return {_mm512_max_pd(a.v, b.v)}; }
inline F sqrt(F a) { return {_mm512_sqrt_ps(a.v)}; }
inline D sqrt(D a) { return {_mm512_sqrt_pd(a.v)}; }
inline F round_even(F a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
inline D round_even(D a) { return {_mm512_roundscale_pd(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
inline F abs(F a) { return {_mm512_andnot_ps(_mm512_set1_ps(-0.0f), a.v)}; }
inline D abs(D a) { return {_mm512_andnot_pd(_mm512_set1_pd(-0.0), a.v)}; }
inline F copy_sign(F magnitude, F sign) {
  const __m512 bit = _mm512_set1_ps(-0.0f);
  return {_mm512_or_ps(_mm512_andnot_ps(bit, magnitude.v), _mm512_and_ps(bit, sign.v))};
}
inline D copy_sign(D magnitude, D sign) {
  const __m512d bit = _mm512_set1_pd(-0.0);
  return {_mm512_or_pd(_mm512_andnot_pd(bit, magnitude.v), _mm512_and_pd(bit, sign.v))};
}

inline F::Mask operator<(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline D::Mask operator<(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline F::Mask operator>(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
inline D::Mask operator>(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_GT_OQ)}; }
inline F::Mask operator>=(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
inline D::Mask operator>=(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_GE_OQ)}; }
inline F::Mask operator==(F a, F b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
inline D::Mask operator==(D a, D b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_EQ_OQ)}; }
inline F select(F::Mask m, F a, F b) { return {_mm512_mask_blend_ps(m.v, b.v, a.v)}; }
inline D select(D::Mask m, D a, D b) { return {_mm512_mask_blend_pd(m.v, b.v, a.v)}; }

// 1.5 * 2^23 (2^52 for doubles) added to a small integer leaves that integer in the low bits of the sum: no conversion,
// which these instruction sets do not have for 64-bit integers.
inline F power_of_two(F n) {
  const __m512i low = _mm512_castps_si512(_mm512_add_ps(n.v, _mm512_set1_ps(0x1.8p23f + 127)));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(low, 23))};
}
inline D power_of_two(D n) {
  const __m512i low = _mm512_castpd_si512(_mm512_add_pd(n.v, _mm512_set1_pd(0x1.8p52 + 1023)));
  return {_mm512_castsi512_pd(_mm512_slli_epi64(low, 52))};
}
inline F exponent(F a) {
  const __m512i biased = _mm512_srli_epi32(_mm512_castps_si512(a.v), 23);
  const __m512i as_float = _mm512_or_si512(biased, _mm512_castps_si512(_mm512_set1_ps(0x1p23f)));
  return {_mm512_sub_ps(_mm512_castsi512_ps(as_float), _mm512_set1_ps(0x1p23f + 127))};
}
inline D exponent(D a) {
  const __m512i biased = _mm512_srli_epi64(_mm512_castpd_si512(a.v), 52);
  const __m512i as_double = _mm512_or_si512(biased, _mm512_castpd_si512(_mm512_set1_pd(0x1p52)));
  return {_mm512_sub_pd(_mm512_castsi512_pd(as_double), _mm512_set1_pd(0x1p52 + 1023))};
}
inline F mantissa(F a) {
  const __m512 kept = _mm512_and_ps(a.v, _mm512_castsi512_ps(_mm512_set1_epi32(0x007fffff)));
  return {_mm512_or_ps(kept, _mm512_set1_ps(1.0f))};
}
inline D mantissa(D a) {
  const __m512d kept = _mm512_and_pd(a.v, _mm512_castsi512_pd(_mm512_set1_epi64(0x000fffffffffffff)));
  return {_mm512_or_pd(kept, _mm512_set1_pd(1.0))};
}

// The even and the odd 128 bits of two vectors. permutex2var costs what shuffle_f32x4 does, and SIMDe has it.
inline __m512 even_quarters(__m512 a, __m512 b) {
  return _mm512_permutex2var_ps(a, _mm512_setr_epi32(0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27), b);
}
inline __m512 odd_quarters(__m512 a, __m512 b) {
  return _mm512_permutex2var_ps(a, _mm512_setr_epi32(4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31), b);
}
inline __m512d even_quarters(__m512d a, __m512d b) {
  return _mm512_permutex2var_pd(a, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), b);
}
inline __m512d odd_quarters(__m512d a, __m512d b) {
  return _mm512_permutex2var_pd(a, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15), b);
}
inline void transpose(F (&rows)[16]) {
  __m512 pair[16], four[16], eight[16];  // of two, four, eight rows
  for (int i = 0; i < 16; i += 2) {
    pair[i] = _mm512_unpacklo_ps(rows[i].v, rows[i + 1].v);
    pair[i + 1] = _mm512_unpackhi_ps(rows[i].v, rows[i + 1].v);
  }
  for (int i = 0; i < 16; i += 4)
    for (int j = 0; j < 2; ++j) {
      four[i + 2 * j] = _mm512_shuffle_ps(pair[i + j], pair[i + 2 + j], 0x44);
      four[i + 2 * j + 1] = _mm512_shuffle_ps(pair[i + j], pair[i + 2 + j], 0xee);
    }
  for (int i = 0; i < 16; i += 8)
    for (int j = 0; j < 4; ++j) {
      eight[i + j] = even_quarters(four[i + j], four[i + 4 + j]);
      eight[i + 4 + j] = odd_quarters(four[i + j], four[i + 4 + j]);
    }
  for (int j = 0; j < 8; ++j) {
    rows[j].v = even_quarters(eight[j], eight[8 + j]);
    rows[8 + j].v = odd_quarters(eight[j], eight[8 + j]);
  }
}
inline void transpose(D (&rows)[8]) {
  __m512d pair[8], four[8];
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm512_unpacklo_pd(rows[i].v, rows[i + 1].v);
    pair[i + 1] = _mm512_unpackhi_pd(rows[i].v, rows[i + 1].v);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      four[i + j] = even_quarters(pair[i + j], pair[i + 2 + j]);
      four[i + 2 + j] = odd_quarters(pair[i + j], pair[i + 2 + j]);
    }
  for (int j = 0; j < 4; ++j) {
    rows[j].v = even_quarters(four[j], four[4 + j]);
    rows[4 + j].v = odd_quarters(four[j], four[4 + j]);
  }
}

inline unsigned flush_denormals() {
  const unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | 0x8040u);
  return saved;
}
inline void restore_denormals(unsigned saved) { _mm_setcsr(saved); }

}  // namespace steepest::STEEPEST_ISA
