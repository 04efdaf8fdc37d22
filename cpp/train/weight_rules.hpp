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

// Where a weight is: its layer's number, its number there, and its shape.
struct WeightPlace {
  std::size_t layer, which;
  std::vector<std::ptrdiff_t> shape;
  std::ptrdiff_t size() const {
    std::ptrdiff_t size = 1;
    for (const std::ptrdiff_t n : shape) size *= n;
    return size;
  }
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
