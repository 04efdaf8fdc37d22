// A network with its loss, metrics and optimizer, and the loop over steps.
//
// A step with threads is SPMD with two barriers: each thread takes its rows through gather, forward, loss and backward;
// barrier; the tiles of all dW are computed over all rows and applied, split over the threads; barrier. Every sum runs in
// an order that does not depend on the number of threads, which may become another one between two steps, as other callers
// come and go. An observer is called by one thread before the way back, between two more barriers.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "model/network.hpp"
#include "train/activities.hpp"
#include "train/constraints.hpp"
#include "train/head.hpp"
#include "train/optimizer.hpp"

namespace steepest {

// Called between two steps, some 40 times a second or as the plan says after each, with the steps done; false ends the
// loop. May throw.
using Poll = std::function<bool(std::ptrdiff_t steps)>;

// What an observer sees of an output: rows of leading_dimension<T>(columns). `gradient` is null, or where d loss / d y_pred
// is to be written, by an observer that computes the loss.
template <class T>
struct Observed {
  Extent output;
  const T* y_pred;
  T* gradient;
};
enum class Observing { nothing, predictions, loss };

// Sees the M samples of a step, which lie from `first` on in the plan; returns the losses that it computes, as they count
// in the sum. If it throws, the step is not taken.
template <class T>
using Observer = std::function<double(std::ptrdiff_t first, std::ptrdiff_t M, const std::vector<Observed<T>>& outputs)>;

template <class T>
class Trainer {
 public:
  // `heads` are those of the outputs, in their order; none for an output whose loss the core does not compute. `observing`
  // says what an observer does with each output. `optimizer` and `undecayed` are those of `Optimizer`.
  Trainer(Network<T>& network, std::vector<std::optional<HeadSpec>> heads, std::vector<Observing> observing,
          std::optional<Spec> optimizer, const std::vector<std::size_t>& undecayed = {}, const WeightRules& rules = {});

  void train(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer = nullptr);
  void evaluate(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer = nullptr);

  std::vector<double> results() const;  // the loss, then the loss and the metrics of each output that has a head
  std::vector<RunningMean*> means();    // what they follow from: all that is known of the batches so far

  std::int64_t iterations = 0;
  Network<T>& network() const { return network_; }
  std::size_t trained_weights(std::size_t layer) const {
    return !frozen_.empty() && frozen_[layer] ? 0 : network_.layer(layer).trained_weights();
  }
  int state_count() const { return optimizer_ ? optimizer_->state_count() : 0; }
  const Arena<T>& state(int which) const { return optimizer_->state(which); }
  int threads() const { return threads_; }  // that took, or take, the latest steps
  void move_averages(Averages how);
  const Arena<T>& gradients() const;  // of the last step, where the optimizer keeps them

 private:
  // Buffers of a step: the network's, those of the heads, and what activities cost.
  struct Step {
    Workspace<T> network;
    std::vector<typename Head<T>::Buffers> heads;
    typename Activities<T>::Costs activities;
  };

  void check(const Data& data, const Plan& plan) const;
  void run(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer, bool training);
  Step make_step(std::ptrdiff_t M, int threads, bool training) const;
  std::vector<Observed<T>> observed(const Step& step) const;
  void forward(Step& step, const Data& data, const Plan& plan, std::ptrdiff_t s, RowRange samples, const Team& team,
               const Pass<T>& pass) const;

  Network<T>& network_;
  std::vector<Observing> observing_;  // of each output
  std::vector<std::size_t> outputs_;  // that have a head
  std::vector<Head<T>> heads_;
  RunningMean loss_;
  std::vector<bool> frozen_;  // of each layer
  Activities<T> activities_;
  Penalties<T> penalties_;
  Constraints<T> constraints_;
  std::optional<Optimizer<T>> optimizer_;
  std::atomic<bool> running_ = false;
  std::atomic<int> threads_ = 0;
  std::optional<Step> spare_[2];  // of evaluation and of training: kept from one call to the next
};

}  // namespace steepest
