// Chooses the alphabet of this object's instruction set, and adds what is the same for all: partial loads and `Pack`.
//
// The letters (each in vec/<isa>.hpp, defined readably in vec/scalar.hpp): load store broadcast + - * / fma min max sqrt
// round_even abs copy_sign < > >= == select power_of_two exponent mantissa transpose flush_denormals restore_denormals.
// transpose(rows) turns as many vectors as one has lanes into their columns.
// min and max return the second operand where either is NaN. power_of_two(n) is 2^n for an integral n in the exponent
// range of normal numbers; exponent and mantissa split a positive normal number into 2^e * m with 1 <= m < 2.
#pragma once

#include <stddef.h>
#include <string.h>

#include STEEPEST_VEC_HEADER

namespace steepest::STEEPEST_ISA {

template <class T>
inline Vec<T> load_partial(const T* p, ptrdiff_t count) {
  T buffer[Vec<T>::lanes] = {};
  memcpy(buffer, p, static_cast<size_t>(count) * sizeof(T));
  return load(buffer);
}
template <class T>
inline void store_partial(T* p, Vec<T> a, ptrdiff_t count) {
  T buffer[Vec<T>::lanes];
  store(buffer, a);
  memcpy(p, buffer, static_cast<size_t>(count) * sizeof(T));
}

// Sixteen elements whatever the instruction set: the unit in which rows are padded, panels are cut and reductions are
// ordered. A sum over a row always runs in 16 lanes that a fixed tree adds up, so every instruction set gives the same bits.
constexpr int pack_size = 16;

template <class T>
struct Pack {
  using Scalar = T;
  static constexpr int parts = pack_size / Vec<T>::lanes;
  struct Mask {
    typename Vec<T>::Mask part[parts];
  };
  Vec<T> part[parts];
};

template <class V>
inline V set(typename V::Scalar s) {
  if constexpr (requires(V v) { v.part; }) {
    V r;
    for (auto& part : r.part) part = broadcast(s);
    return r;
  } else {
    return broadcast(s);
  }
}

template <class T>
inline Pack<T> load_pack(const T* p) {
  Pack<T> r;
  for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = load(p + i * Vec<T>::lanes);
  return r;
}
template <class T>
inline void store_pack(T* p, const Pack<T>& a) {
  for (int i = 0; i < Pack<T>::parts; ++i) store(p + i * Vec<T>::lanes, a.part[i]);
}

#define STEEPEST_PACK_UNARY(name)                                         \
  template <class T>                                                      \
  inline Pack<T> name(const Pack<T>& a) {                                 \
    Pack<T> r;                                                            \
    for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = name(a.part[i]); \
    return r;                                                             \
  }
#define STEEPEST_PACK_BINARY(name, expression)                       \
  template <class T>                                                 \
  inline auto name(const Pack<T>& a, const Pack<T>& b) {             \
    Pack<T> r;                                                       \
    for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = expression; \
    return r;                                                        \
  }
#define STEEPEST_PACK_COMPARE(op)                                                \
  template <class T>                                                             \
  inline auto operator op(const Pack<T>& a, const Pack<T>& b) {                  \
    typename Pack<T>::Mask r;                                                    \
    for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = a.part[i] op b.part[i]; \
    return r;                                                                    \
  }
STEEPEST_PACK_UNARY(sqrt)
STEEPEST_PACK_UNARY(round_even)
STEEPEST_PACK_UNARY(abs)
STEEPEST_PACK_UNARY(power_of_two)
STEEPEST_PACK_UNARY(exponent)
STEEPEST_PACK_UNARY(mantissa)
STEEPEST_PACK_BINARY(operator+, a.part[i] + b.part[i])
STEEPEST_PACK_BINARY(operator-, a.part[i] - b.part[i])
STEEPEST_PACK_BINARY(operator*, a.part[i] * b.part[i])
STEEPEST_PACK_BINARY(operator/, a.part[i] / b.part[i])
STEEPEST_PACK_BINARY(min, min(a.part[i], b.part[i]))
STEEPEST_PACK_BINARY(max, max(a.part[i], b.part[i]))
STEEPEST_PACK_BINARY(copy_sign, copy_sign(a.part[i], b.part[i]))
STEEPEST_PACK_COMPARE(<)
STEEPEST_PACK_COMPARE(>)
STEEPEST_PACK_COMPARE(>=)
STEEPEST_PACK_COMPARE(==)
#undef STEEPEST_PACK_UNARY
#undef STEEPEST_PACK_BINARY
#undef STEEPEST_PACK_COMPARE

template <class T>
inline Pack<T> fma(const Pack<T>& a, const Pack<T>& b, const Pack<T>& c) {
  Pack<T> r;
  for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = fma(a.part[i], b.part[i], c.part[i]);
  return r;
}
template <class T>
inline Pack<T> select(const typename Pack<T>::Mask& m, const Pack<T>& a, const Pack<T>& b) {
  Pack<T> r;
  for (int i = 0; i < Pack<T>::parts; ++i) r.part[i] = select(m.part[i], a.part[i], b.part[i]);
  return r;
}

// 0, 1, ..., 15: lanes are told from padding by comparing with it.
template <class T>
inline Pack<T> lane_numbers() {
  static constexpr T numbers[pack_size] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return load_pack(numbers);
}
// The first `count` lanes of `a`, the others replaced by `other`.
template <class T>
inline Pack<T> keep_first(const Pack<T>& a, ptrdiff_t count, const Pack<T>& other) {
  if (count >= pack_size) return a;
  return select<T>(lane_numbers<T>() < set<Pack<T>>(T(count)), a, other);
}

// op over the 16 lanes as a tree: lane i with lane i + 8, then + 4, + 2, + 1.
template <class T, class Op>
inline T reduce(const Pack<T>& a, Op op) {
  T lane[pack_size];
  store_pack(lane, a);
  for (int half = pack_size / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lane[i] = op(lane[i], lane[i + half]);
  return lane[0];
}
// The same tree with +, by whole vectors as long as there are several.
template <class T>
inline T sum(Pack<T> a) {
  for (int half = Pack<T>::parts / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) a.part[i] = a.part[i] + a.part[i + half];
  T lane[Vec<T>::lanes];
  store(lane, a.part[0]);
  for (int half = Vec<T>::lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lane[i] = lane[i] + lane[i + half];
  return lane[0];
}
// NaN wins: a row with a NaN has a NaN for its maximum.
template <class T>
inline T maximum(const Pack<T>& a) {
  return reduce(a, [](T x, T y) { return x > y || x != x ? x : y; });
}

}  // namespace steepest::STEEPEST_ISA
