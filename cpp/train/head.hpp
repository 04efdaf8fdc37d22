// What is asked of one output: its targets, its loss and how much that counts, its metrics. An output whose samples have
// several rows (`positions`) is as many rows to its loss.
#pragma once

#include <vector>

#include "train/loss.hpp"
#include "train/metrics.hpp"

namespace steepest {

struct HeadSpec {
  Spec loss;
  Reduction reduction = Reduction::mean;
  double weight = 1;  // of the loss in the sum over all outputs
  std::vector<Spec> metrics, weighted_metrics;
  bool observed = false;  // somebody wants to see the predictions
};

template <class T>
class Head {
 public:
  // Of an output that the activation `last` ends, or nothing (nullptr).
  Head(HeadSpec spec, Extent output, const ActivationRule<T>* last, const Kernels<T>& kernels);

  // Room for a batch.
  struct Buffers {
    Arena<T> arena;
    T *y_true = nullptr, *scales = nullptr, *weighted = nullptr, *weights = nullptr, *probabilities = nullptr;
    std::vector<T*> values;  // the loss of each row, then each metric
  };
  Buffers make_buffers(std::ptrdiff_t M) const;

  bool fused() const { return loss_.fused(); }
  void check(const Target& target, std::ptrdiff_t rows) const;

  // Targets and weights of some samples of a batch of M, which begins at `first` in the order.
  void gather_targets(Buffers& buffers, const Target& target, const std::int64_t* order, std::ptrdiff_t first,
                      std::ptrdiff_t M, RowRange samples) const;
  // The loss of some samples, and where `gradient` is not null d loss / d y_pred times the loss's weight.
  void run(Buffers& buffers, RowRange samples, const T* y_pred, T* gradient) const;
  // Their metrics, and the probabilities that an observer sees.
  void measure(Buffers& buffers, RowRange samples, const T* y_pred) const;
  // Adds a batch of M samples to the results; returns its loss times the loss's weight.
  double add(const Buffers& buffers, std::ptrdiff_t M);

  void append_results(std::vector<double>& results) const;  // the loss, then the metrics
  void append_means(std::vector<RunningMean*>& means);      // what they follow from

 private:
  Extent output_;
  const ActivationRule<T>* last_;
  Loss<T> loss_;
  double weight_;
  Metrics<T> metrics_;
  bool observed_;
};

}  // namespace steepest
