// Constraints: what a weight becomes after each update.
//
//   {"name": "non_negative"}                              max(w, 0)
//   {"name": "norm", "least", "most", "rate", "axes"}     w (rate clip(n, least, most) + (1 - rate) n) / (n + epsilon), n the
//                                                         norms along the axes: bit a of "axes" stands for axis a
#pragma once

#include "train/weight_rules.hpp"

namespace steepest {

template <class T>
class Constraints {
 public:
  Constraints(const Network<T>& network, const WeightRules::OfWeights& constraints);

  bool empty() const { return constrained_.empty(); }
  // To weights of layers that train; every thread takes its share. They have met since the update, and meet afterwards.
  void apply(const Workspace<T>& work, const Team& team);

 private:
  struct Constrained {
    WeightPlace place;
    bool non_negative = false;
    double least = 0, most = 0, rate = 1;
    std::vector<bool> along;  // of each axis
    std::vector<T> weight;    // dense
    std::vector<double> scales;
  };
  void limit_norms(Constrained& one) const;

  const Network<T>& network_;
  std::vector<Constrained> constrained_;
};

}  // namespace steepest
