// The loss of one output: a value for each row, how a batch's rows become one number, and where the gradient begins.
#pragma once

#include "train/batches.hpp"
#include "train/metrics.hpp"

namespace steepest {

enum class Reduction { mean, sum, weighted_mean };  // of a batch: over its rows, none, over the sum of its weights

// The weights of some samples' rows, 1 where none are given; `positions` rows a sample, which lie from `first` on in the
// plan. `out` is that of the whole batch.
template <class T>
void gather_weights(const std::vector<RowView>& weights, const std::int64_t* order, std::ptrdiff_t first,
                    std::ptrdiff_t positions, RowRange samples, T* out);

template <class T>
class Loss {
 public:
  // Of an output with N columns that the activation `last` ends, or nothing (nullptr).
  Loss(Spec spec, Reduction reduction, std::ptrdiff_t N, const ActivationRule<T>* last, const Kernels<T>& kernels);

  const RowKernel<T>& kernel() const { return *rule_.kernel; }
  std::ptrdiff_t target_width() const { return rule_->sparse ? 1 : N_; }
  bool fused() const { return fused_; }  // it undoes the last activation: it wants the logits

  // scales[r]: what the value of row r is multiplied by in the batch's loss, its weight over the reduction's divisor. For
  // some samples of a batch of M, of `positions` rows each, that lie from `first` on in the plan.
  void scale(const std::vector<RowView>& weights, const std::int64_t* order, std::ptrdiff_t first, std::ptrdiff_t M,
             std::ptrdiff_t positions, RowRange samples, T* scales) const;
  // values[m], and where `gradient` is not null d loss / d y_pred. Matrices and columns are those of the whole batch.
  void run(RowRange rows, const T* y_true, const T* y_pred, const T* scales, T* values, T* gradient) const;

  // Adds the loss of a batch of M samples to the mean of the epoch, in double and in order; returns it.
  double add(std::ptrdiff_t M, std::ptrdiff_t rows, const T* scales, const T* values);
  double result() const { return mean_.result(); }
  RunningMean& mean() { return mean_; }

 private:
  std::ptrdiff_t N_;
  Rule<RowKernel<T>> rule_;
  Reduction reduction_;
  bool fused_ = false;
  RunningMean mean_;
};

}  // namespace steepest
