// Gradients in memory, with the layout of the parameters: for what has to see all of a weight's gradient before the weight
// moves, or the gradients of several steps. They are cut into pieces that threads share. Norms are summed in the order of
// the weights' own elements, which no number of threads and no instruction set's layout changes.
#pragma once

#include <vector>

#include "train/gradients.hpp"

namespace steepest {

// The largest norm of a weight's gradient, and of all together; 0 where there is no limit.
struct NormLimits {
  double each = 0, global = 0;
  bool any() const { return each > 0 || global > 0; }
};

template <class T>
class WholeGradients {
 public:
  // Elements of one weight that stand together.
  struct Piece {
    std::size_t layer, weight;     // the weight's number among all that are trained
    std::ptrdiff_t offset, count;  // in the layer's parameters
    T* gradient;
  };

  // Layers that are `frozen` have no pieces.
  WholeGradients(const Network<T>& network, NormLimits limits, const std::vector<bool>& frozen);

  std::size_t weight_count() const { return weights_.size(); }
  const std::vector<Piece>& pieces() const { return pieces_; }
  const Arena<T>& arena() const { return arena_; }

  // This thread's share of the tiles; with `add` added to what is there.
  void collect(const Penalties<T>& penalties, Workspace<T>& work, const Team& team, const Pass<T>& pass, bool add);
  // Makes this thread's share of the pieces gradients / divisor, within the limits. Threads meet where there are any.
  void finish(const Team& team, std::ptrdiff_t divisor);

 private:
  struct Weight {
    WeightPlace place;
    std::vector<T> gradient;  // in row-major order; only where there are limits
  };
  double limited(std::size_t weight) const;

  const Network<T>& network_;
  NormLimits limits_;
  Arena<T> arena_;
  std::vector<Piece> pieces_;
  std::vector<Weight> weights_;
  std::vector<double> squares_;  // the sum of each weight's
};

}  // namespace steepest
