// exp, log, erf and their kin on Vec or Pack. Polynomials are our own (coefficients.py prints them), the same operations in the
// same order on every instruction set, so that AVX2, AVX-512 and NEON agree to the bit.
//
//   function   largest error, in units in the last place (measured by tests/cpp over all floats)   range
//   exp        2      all; inf above 88.72 (709.78), 0 below -87.3 (-708.4)
//   log        3      all; -inf at 0, NaN below
//   log1p      3      arguments in [-0.5, 1]
//   expm1      3      arguments up to 0
//   softplus   4      all
//   tanh       3      all
//   sigmoid    3      all
//   erf        3      all
//
// NaN goes in, NaN comes out. The clamps put the argument second in min and max, which return it when it is NaN.
#pragma once

#include "kernel_table.hpp"
#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

template <class T>
struct MathConstants;

template <>
struct MathConstants<float> {
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // high: exact times any exponent
  static constexpr float exp_max = 89.0f, exp_min = -104.0f, tanh_max = 10.0f;
  static constexpr float tiny = 1.17549435e-38f, lift = 33554432.0f, lift_exponent = 25.0f;
  static constexpr float exp[] = {0.5f, 0.16666577f, 0.0416665546f, 0.00836317905f, 0.00139261836f};
  static constexpr float log[] = {0.666666666f, 0.400001218f, 0.285508208f, 0.233304672f};
  static constexpr float erf_max = 4.0f, erf_middle = 2.0f;
  static constexpr float erf_near[] = {0.128379166f,   -0.376126267f,    0.112835947f,  -0.026854212f,
                                       0.00518908742f, -0.000801686429f, 7.87587506e-5f};
  static constexpr float erf_far[] = {0.255395676f,   -0.427185848f,  0.241658211f,     -0.0789785233f,
                                      0.00373214135f, 0.00699485541f, -0.000836589974f, -0.000944159634f};
};

template <>
struct MathConstants<double> {
  static constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  static constexpr double exp_max = 710.0, exp_min = -746.0, tanh_max = 20.0;
  static constexpr double tiny = 2.2250738585072014e-308, lift = 18014398509481984.0, lift_exponent = 54.0;
  static constexpr double exp[] = {0.5000000000000001,    0.16666666666666667,   0.041666666666624128,
                                   0.0083333333333300618, 0.0013888888917213717, 0.00019841269863053617,
                                   2.4801521295954375e-5, 2.7557268459997065e-6, 2.7620088445409748e-7,
                                   2.5100385495510319e-8};
  static constexpr double log[] = {0.66666666666666666, 0.40000000000000877, 0.28571428570803612, 0.22222222391713917,
                                   0.18181795640132906, 0.15386239702814658, 0.13268773138656885, 0.13086626147840102};
  static constexpr double erf_max = 6.0, erf_middle = 2.5;
  static constexpr double erf_near[] = {0.12837916709551257,    -0.3761263890318354,   0.11283791670945006,
                                        -0.02686617064323777,   0.0052239776071164227, -0.00085483259753896921,
                                        0.00012055294904839708, -1.492473690741966e-5, 1.6447424703317362e-6,
                                        -1.6208483801871706e-7, 1.3720064546777686e-8, -7.7958988270021422e-10};
  static constexpr double erf_far[] = {
      0.21080636406114357,    -0.37173673394897324,    0.25171319321745601,    -0.12503305237885553,
      0.039922539074783798,   -0.0039937011641469868,  -0.0026423659277596579, 0.00087591540191688556,
      0.00022837955896605414, -0.00012887649615317199, -3.4172229273553034e-5, 1.8609712314617464e-5,
      7.4848011785262803e-6,  -2.2842173094341345e-6,  -1.5625258507743159e-6, 8.1343807092296342e-8};
};

template <class V>
using Constants = MathConstants<typename V::Scalar>;

// c[0] + c[1] x + c[2] x^2 + ... by Horner's rule.
template <class V, class S, int N>
inline V polynomial(V x, const S (&c)[N]) {
  V r = set<V>(c[N - 1]);
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; --i) r = fma(r, x, set<V>(c[i]));
  return r;
}

// exp(x) = 2^n (1 + p) with |p| < 0.42: what exp and tanh share. `x` is already clamped.
template <class V>
inline V reduced_expm1(V x, V& n) {
  using C = Constants<V>;
  using S = typename V::Scalar;
  n = round_even(x * set<V>(S(1.4426950408889634)));
  V r = fma(n, set<V>(-C::ln2_high), x);
  r = fma(n, set<V>(-C::ln2_low), r);
  return fma(r * r, polynomial(r, C::exp), r);
}

template <class V>
inline V exp(V x) {
  using C = Constants<V>;
  using S = typename V::Scalar;
  V n;
  const V p = reduced_expm1(min(set<V>(C::exp_max), max(set<V>(C::exp_min), x)), n);
  // 2^n in two factors: n reaches one past the largest exponent, and below the smallest.
  const V half = round_even(n * set<V>(S(0.5)));
  return (p + set<V>(S(1))) * power_of_two(half) * power_of_two(n - half);
}

template <class V>
inline V log(V x) {
  using C = Constants<V>;
  using S = typename V::Scalar;
  const auto denormal = x < set<V>(C::tiny);
  const V lifted = select(denormal, x * set<V>(C::lift), x);
  V m = mantissa(lifted);
  V e = exponent(lifted) - select(denormal, set<V>(C::lift_exponent), set<V>(S(0)));
  const auto upper = m > set<V>(S(1.4142135623730951));
  m = select(upper, m * set<V>(S(0.5)), m);
  e = select(upper, e + set<V>(S(1)), e);
  const V f = m - set<V>(S(1));
  const V s = f / (f + set<V>(S(2)));
  const V z = s * s;
  const V half_square = set<V>(S(0.5)) * f * f;
  const V tail = fma(s, half_square + z * polynomial(z, C::log), e * set<V>(C::ln2_low));
  V r = fma(e, set<V>(C::ln2_high), f - (half_square - tail));
  r = select(x == set<V>(S(0)), set<V>(-S(__builtin_huge_val())), r);
  r = select(x == set<V>(S(__builtin_huge_val())), x, r);
  return select(x >= set<V>(S(0)), r, set<V>(S(__builtin_nan(""))));
}

// log(1 + x) for -0.5 <= x <= 1: log of the rounded sum, plus what the rounding lost over the sum.
template <class V>
inline V log1p(V x) {
  const V one = set<V>(1);
  const V u = one + x;
  return log(u) + (x - (u - one)) / u;
}

// log(1 + exp(x)), without overflow.
template <class V>
inline V softplus(V x) {
  const V zero = set<V>(0);
  return max(zero, x) + log1p(exp(zero - abs(x)));
}

// x^a for x >= 0, by exp and log: good to a |log x| units in the last place.
template <class V>
inline V power(V x, typename V::Scalar a) {
  return a == 0 ? set<V>(1) : exp(set<V>(a) * log(x));
}

template <class V>
inline V sigmoid(V x) {
  const V one = set<V>(1);
  return one / (one + exp(set<V>(0) - x));
}

// exp(x) - 1 = 2^n p + (2^n - 1), which keeps its relative accuracy near 0. `x` is already clamped.
template <class V>
inline V clamped_expm1(V x) {
  V n;
  const V p = reduced_expm1(x, n);
  const V scale = power_of_two(n);
  return fma(scale, p, scale - set<V>(1));
}

// exp(x) - 1 for x <= 0.
template <class V>
inline V expm1(V x) {
  return clamped_expm1(max(set<V>(-2 * Constants<V>::tanh_max), x));
}

// tanh(x) = E / (E + 2) with E = exp(2 |x|) - 1.
template <class V>
inline V tanh(V x) {
  const V a = min(set<V>(Constants<V>::tanh_max), abs(x));
  const V e = clamped_expm1(a + a);
  return copy_sign(e / (e + set<V>(2)), x);
}

// erf(x) = x + x p(x^2) near 0, and 1 - exp(-x^2) q((x - k) / (x + k)) from 1 on.
template <class V>
inline V erf(V x) {
  using C = Constants<V>;
  const V one = set<V>(1), k = set<V>(C::erf_middle);
  const V a = min(set<V>(C::erf_max), abs(x)), square = a * a;
  const V near = fma(a, polynomial(square, C::erf_near), a);
  const V far = one - exp(set<V>(0) - square) * polynomial((a - k) / (a + k), C::erf_far);
  return copy_sign(select(a < one, near, far), x);
}

template <class T, auto function>
void over_array(ptrdiff_t count, const T* x, T* y) {
  ptrdiff_t i = 0;
  for (; i + Vec<T>::lanes <= count; i += Vec<T>::lanes) store(y + i, function(load(x + i)));
  if (i < count) store_partial(y + i, function(load_partial(x + i, count - i)), count - i);
}
template <class T, class V = Vec<T>>
constexpr MathFunction<T> math_items[] = {
    {"exp", over_array<T, exp<V>>},           {"log", over_array<T, log<V>>},
    {"log1p", over_array<T, log1p<V>>},       {"expm1", over_array<T, expm1<V>>},
    {"softplus", over_array<T, softplus<V>>}, {"sigmoid", over_array<T, sigmoid<V>>},
    {"tanh", over_array<T, tanh<V>>},         {"erf", over_array<T, erf<V>>}};

}  // namespace steepest::STEEPEST_ISA
