// Penalties: the sum of l1 |w| + l2 w^2, and its derivative. Numbers come in whole packs.
#pragma once

#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// The sum over packs `stride` elements apart, in sixteen lanes and a tree.
template <class T>
T penalty(ptrdiff_t packs, ptrdiff_t stride, const T* w, const T* l1, const T* l2, ptrdiff_t factor_stride) {
  Pack<T> total = set<Pack<T>>(0);
  for (ptrdiff_t p = 0; p < packs; ++p, w += stride, l1 += factor_stride, l2 += factor_stride) {
    const Pack<T> a = load_pack(w);
    total = fma(abs(a), load_pack(l1), fma(a * a, load_pack(l2), total));
  }
  return sum(total);
}

// g += scale (l1 sign(w) + 2 l2 w); the sign of 0 is 0, that of NaN NaN.
template <class T>
void penalty_gradient(ptrdiff_t packs, const T* w, const T* l1, const T* l2, ptrdiff_t factor_stride, T scale, T* g) {
  using V = Vec<T>;
  const V zero = set<V>(0), one = set<V>(1), factor = set<V>(scale);
  for (ptrdiff_t p = 0; p < packs; ++p, w += pack_size, g += pack_size, l1 += factor_stride, l2 += factor_stride)
    for (ptrdiff_t i = 0; i < pack_size; i += V::lanes) {
      const V weight = load(w + i), second = load(l2 + i);
      const V sign = select(weight > zero, one, select(weight < zero, zero - one, weight));
      store(g + i, fma(factor * load(l1 + i), sign, fma(factor * (second + second), weight, load(g + i))));
    }
}

}  // namespace steepest::STEEPEST_ISA
