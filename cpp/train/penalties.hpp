// Regularizers: what weights add to the loss, and to their own gradients.
//
//   {"name": "l1_l2", "l1", "l2"}               sum l1 |w| + l2 w^2
//   {"name": "orthogonal", "factor", "columns"}  factor * mean over i < j of |u_i . u_j|, u_i = w_i / ||w_i|| the rows, or
//                                                columns, of a matrix
#pragma once

#include "train/weight_rules.hpp"

namespace steepest {

template <class T>
class Penalties {
 public:
  Penalties(const Network<T>& network, const WeightRules::OfWeights& regularizers);

  bool empty() const { return layers_.empty() && matrices_.empty(); }
  bool has(std::size_t layer) const { return !penalized_.empty() && penalized_[layer]; }

  // What the weights cost as they are, times `scale`, and what `add` needs; every thread takes its share. total() is right
  // once they have met.
  void measure(const Team& team, double scale);
  double total() const;
  // To the gradient of some parameters of a layer the derivative of their penalty.
  void add(std::size_t layer, const Run& run, T* gradient) const;

 private:
  // A weight with the orthogonal penalty: dense, each of the vectors that shall be orthogonal a row.
  struct Matrix {
    WeightPlace place;
    bool columns;
    double factor;
    std::ptrdiff_t rows, length;
    std::vector<T> weight, unit, gradient, norms;
    std::vector<double> products;  // of each row: the sum of |u . u'| over the others
  };
  void add_matrix(WeightPlace place, double factor, bool columns);
  void read(Matrix& matrix) const;
  void products_of_row(Matrix& matrix, std::ptrdiff_t i) const;
  void write(Matrix& matrix) const;

  const Network<T>& network_;
  double scale_ = 1;
  std::vector<bool> penalized_;                        // of each layer
  std::vector<std::size_t> layers_;                    // with an element-wise penalty
  Arena<T> l1_, l2_;                                   // the factors of each parameter
  std::vector<std::pair<std::size_t, Strip>> strips_;  // of each of these layers
  std::vector<double> sums_;                           // over each strip
  std::vector<Matrix> matrices_;
  Arena<T> matrix_gradients_;
};

}  // namespace steepest
