// What is watched while training: the metrics of one output, and the means over an epoch.
#pragma once

#include <vector>

#include "model/layer.hpp"

namespace steepest {

// A mean in double; the order of the terms is the order of the calls.
struct RunningMean {
  double total = 0, weight = 0;
  void add(double mean, double count) {
    total += mean * count;
    weight += count;
  }
  double result() const;  // NaN before the first term
};

template <class T>
class Metrics {
 public:
  // Of an output with N columns, beside a loss whose targets are class numbers (`sparse`) or rows of N. In the means of
  // `weighted` the rows have their weights.
  Metrics(std::vector<Spec> specs, std::vector<Spec> weighted, std::ptrdiff_t N, const RowKernel<T>& loss,
          const Kernels<T>& kernels);

  std::size_t count() const { return rules_.size(); }
  bool empty() const { return rules_.empty(); }
  bool any_weighted() const { return plain_ < rules_.size(); }

  // values[i] [m] = metric i of row m. Matrices and columns are those of the whole batch.
  void run(RowRange rows, const T* y_true, const T* y_pred, T* const* values) const;

  // Adds M rows to the means, in double and in order. `weights` are read where there are weighted metrics.
  void add(std::ptrdiff_t M, const T* const* values, const T* weights);
  double result(std::size_t i) const;
  std::vector<RunningMean>& means() { return means_; }

 private:
  std::ptrdiff_t N_;
  std::size_t plain_;  // how many are not weighted: these come first
  std::vector<Rule<RowKernel<T>>> rules_;
  std::vector<RunningMean> means_;
};

}  // namespace steepest
