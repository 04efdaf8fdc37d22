// What the activities of a network cost, and the gradients that they begin or add to.
#pragma once

#include <vector>

#include "model/network.hpp"

namespace steepest {

template <class T>
class Activities {
 public:
  explicit Activities(const Network<T>& network) : network_(network) {}

  // Of each activity what each of at most M samples costs, before it is divided by their number.
  using Costs = std::vector<std::vector<T>>;
  Costs make_costs(std::ptrdiff_t M) const;
  void measure(const Workspace<T>& work, RowRange samples, Costs& costs) const;
  double total(const Costs& costs, std::ptrdiff_t M) const;
  // Before the way back: to the gradients of some samples of a batch of M.
  void add_gradients(const Workspace<T>& work, RowRange samples, std::ptrdiff_t M) const;

 private:
  // Numbers of a sample, its padding among them.
  std::ptrdiff_t size(std::size_t a) const {
    return network_.activity(a).positions * leading_dimension<T>(network_.activity(a).columns);
  }
  const Network<T>& network_;
};

}  // namespace steepest
