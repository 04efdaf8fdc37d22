// What a training does with single weights, which the network numbers layer after layer.
#pragma once

#include <utility>
#include <vector>

#include "model/network.hpp"

namespace steepest {

struct WeightRules {
  using OfWeights = std::vector<std::pair<std::size_t, Spec>>;  // (number of the weight, its rule)
  std::vector<bool> frozen;  // of each layer: it keeps its weights; empty where none does
  OfWeights regularizers, constraints;
};

inline std::size_t elements(const std::vector<std::ptrdiff_t>& shape) {
  std::size_t count = 1;
  for (const std::ptrdiff_t n : shape) count *= static_cast<std::size_t>(n);
  return count;
}

// The sum of a[i] b[i] in sixteen sums of type S, which are added up in order: the same on every machine.
template <class S, class T>
S dot(const T* a, const T* b, std::ptrdiff_t count) {
  S sums[pack] = {}, total = 0;
  std::ptrdiff_t i = 0;
  for (; i + pack <= count; i += pack)
    for (std::ptrdiff_t k = 0; k < pack; ++k) sums[k] += S(a[i + k]) * S(b[i + k]);
  for (; i < count; ++i) sums[i % pack] += S(a[i]) * S(b[i]);
  for (const S sum : sums) total += sum;
  return total;
}

// Where a weight is: its layer's number, its number there, and its shape.
struct WeightPlace {
  std::size_t layer, which;
  std::vector<std::ptrdiff_t> shape;
};

template <class T>
WeightPlace find_weight(const Network<T>& network, std::size_t number) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const auto shapes = network.layer(i).weight_shapes();
    if (number < before + shapes.size()) return {i, number - before, shapes[number - before]};
    before += shapes.size();
  }
  invalid("Weight ", number, " can't have a rule: it is not there.");
}

}  // namespace steepest
