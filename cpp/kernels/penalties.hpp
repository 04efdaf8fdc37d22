// Penalties on weights: the sum of l1 |w| + l2 w^2, each weight with factors of its own, and its derivative.
#pragma once

#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// The sum over `count` weights, in sixteen lanes and a tree.
template <class T>
T penalty(ptrdiff_t count, const T* w, const T* l1, const T* l2) {
  Pack<T> total = set<Pack<T>>(0);
  const auto add = [&](const T* weight, const T* first, const T* second) {
    const Pack<T> a = load_pack(weight);
    total = fma(abs(a), load_pack(first), fma(a * a, load_pack(second), total));
  };
  ptrdiff_t i = 0;
  for (; i + pack_size <= count; i += pack_size) add(w + i, l1 + i, l2 + i);
  if (const auto rest = static_cast<size_t>(count - i) * sizeof(T)) {
    T last[3][pack_size] = {};
    memcpy(last[0], w + i, rest);
    memcpy(last[1], l1 + i, rest);
    memcpy(last[2], l2 + i, rest);
    add(last[0], last[1], last[2]);
  }
  return sum(total);
}

// g += l1 sign(w) + 2 l2 w; the sign of 0 is 0, that of NaN NaN.
template <class T>
void penalty_gradient(ptrdiff_t count, const T* w, const T* l1, const T* l2, T* g) {
  using V = Vec<T>;
  const V zero = set<V>(0), one = set<V>(1);
  const auto added = [&](V weight, V first, V second, V gradient) {
    const V sign = select(weight > zero, one, select(weight < zero, zero - one, weight));
    return fma(first, sign, fma(second + second, weight, gradient));
  };
  ptrdiff_t i = 0;
  for (; i + V::lanes <= count; i += V::lanes)
    store(g + i, added(load(w + i), load(l1 + i), load(l2 + i), load(g + i)));
  if (const ptrdiff_t rest = count - i)
    store_partial(g + i,
                  added(load_partial(w + i, rest), load_partial(l1 + i, rest), load_partial(l2 + i, rest),
                        load_partial(g + i, rest)),
                  rest);
}

}  // namespace steepest::STEEPEST_ISA
