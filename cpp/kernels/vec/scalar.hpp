// The alphabet in plain C++: a vector is a small array, and the compiler's own vectoriser finds SSE2 or whatever the
// baseline has. It is the readable definition of every letter, and the one instruction set that each machine can run.
// Products round twice here (no fused multiply-add), so its last bits differ from those of the other instruction sets.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

namespace steepest::STEEPEST_ISA {

template <class T>
struct Bits;
template <>
struct Bits<float> {
  using Int = int32_t;
  static constexpr int mantissa = 23, bias = 127;
};
template <>
struct Bits<double> {
  using Int = int64_t;
  static constexpr int mantissa = 52, bias = 1023;
};

template <class T>
struct Vec {
  using Scalar = T;
  static constexpr int lanes = 16 / sizeof(T);
  struct Mask {
    bool lane[lanes];
  };
  T lane[lanes];
};

template <class T, class F>
inline Vec<T> each(F f) {
  Vec<T> r;
  for (int i = 0; i < Vec<T>::lanes; ++i) r.lane[i] = f(i);
  return r;
}
template <class T, class F>
inline typename Vec<T>::Mask each_mask(F f) {
  typename Vec<T>::Mask r;
  for (int i = 0; i < Vec<T>::lanes; ++i) r.lane[i] = f(i);
  return r;
}

template <class T>
inline Vec<T> load(const T* p) {
  Vec<T> r;
  memcpy(r.lane, p, sizeof r.lane);
  return r;
}
template <class T>
inline void store(T* p, Vec<T> a) {
  memcpy(p, a.lane, sizeof a.lane);
}
template <class T>
inline Vec<T> broadcast(T s) {
  return each<T>([&](int) { return s; });
}

template <class T>
inline Vec<T> operator+(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] + b.lane[i]; });
}
template <class T>
inline Vec<T> operator-(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] - b.lane[i]; });
}
template <class T>
inline Vec<T> operator*(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] * b.lane[i]; });
}
template <class T>
inline Vec<T> operator/(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] / b.lane[i]; });
}
template <class T>
inline Vec<T> fma(Vec<T> a, Vec<T> b, Vec<T> c) {
  return each<T>([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
}
template <class T>
inline Vec<T> min(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
template <class T>
inline Vec<T> max(Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline Vec<float> sqrt(Vec<float> a) {
  return each<float>([&](int i) { return ::sqrtf(a.lane[i]); });
}
inline Vec<double> sqrt(Vec<double> a) {
  return each<double>([&](int i) { return ::sqrt(a.lane[i]); });
}
// Adding and taking away 1.5 * 2^mantissa rounds what is smaller than a quarter of it; libm's nearbyint is a call a lane.
template <class T>
inline Vec<T> round_even(Vec<T> a) {
  constexpr T magic = T(3) * T(typename Bits<T>::Int(1) << (Bits<T>::mantissa - 1));
  return each<T>([&](int i) { return (a.lane[i] + magic) - magic; });
}
template <class T>
inline Vec<T> abs(Vec<T> a) {
  return each<T>([&](int i) { return a.lane[i] < 0 ? -a.lane[i] : a.lane[i] + T(0); });
}
template <class T>
inline Vec<T> copy_sign(Vec<T> magnitude, Vec<T> sign) {
  return each<T>([&](int i) { return T(::copysign(double(magnitude.lane[i]), double(sign.lane[i]))); });
}

template <class T>
inline auto operator<(Vec<T> a, Vec<T> b) {
  return each_mask<T>([&](int i) { return a.lane[i] < b.lane[i]; });
}
template <class T>
inline auto operator>(Vec<T> a, Vec<T> b) {
  return each_mask<T>([&](int i) { return a.lane[i] > b.lane[i]; });
}
template <class T>
inline auto operator>=(Vec<T> a, Vec<T> b) {
  return each_mask<T>([&](int i) { return a.lane[i] >= b.lane[i]; });
}
template <class T>
inline auto operator==(Vec<T> a, Vec<T> b) {
  return each_mask<T>([&](int i) { return a.lane[i] == b.lane[i]; });
}
template <class M, class T>
inline Vec<T> select(M mask, Vec<T> a, Vec<T> b) {
  return each<T>([&](int i) { return mask.lane[i] ? a.lane[i] : b.lane[i]; });
}

template <class T>
inline Vec<T> power_of_two(Vec<T> n) {
  return each<T>([&](int i) {
    typename Bits<T>::Int bits = (typename Bits<T>::Int(n.lane[i]) + Bits<T>::bias) << Bits<T>::mantissa;
    T r;
    memcpy(&r, &bits, sizeof r);
    return r;
  });
}
template <class T>
inline Vec<T> exponent(Vec<T> a) {
  return each<T>([&](int i) {
    typename Bits<T>::Int bits;
    memcpy(&bits, &a.lane[i], sizeof bits);
    return T((bits >> Bits<T>::mantissa) - Bits<T>::bias);
  });
}
template <class T>
inline Vec<T> mantissa(Vec<T> a) {
  return each<T>([&](int i) {
    using Int = typename Bits<T>::Int;
    Int bits;
    memcpy(&bits, &a.lane[i], sizeof bits);
    bits = (bits & ((Int(1) << Bits<T>::mantissa) - 1)) | (Int(Bits<T>::bias) << Bits<T>::mantissa);
    T r;
    memcpy(&r, &bits, sizeof r);
    return r;
  });
}

template <class T>
inline void transpose(Vec<T> (&rows)[Vec<T>::lanes]) {
  for (int r = 0; r < Vec<T>::lanes; ++r)
    for (int i = 0; i < r; ++i) {
      const T other = rows[i].lane[r];
      rows[i].lane[r] = rows[r].lane[i];
      rows[r].lane[i] = other;
    }
}

// Denormals as the hardware treats them: portable code leaves the floating-point environment alone.
inline unsigned flush_denormals() { return 0; }
inline void restore_denormals(unsigned) {}

}  // namespace steepest::STEEPEST_ISA
