// The optimizer of a network: its rule, what it keeps for every weight, and the update of the weights. Where a weight's
// update depends on its own gradient alone it happens tile by tile, while the gradient is in cache; else the gradients are
// written to memory first.
#pragma once

#include <optional>
#include <vector>

#include "train/whole_gradients.hpp"

namespace steepest {

// The update rule with its constants for one step.
template <class T>
struct StepRule {
  const OptimizerKernel<T>* kernel;
  T constants[max_constants];
};

// Weights become their averages, averages the weights, or each the other.
enum class Averages { to_weights, to_averages, swap };

template <class T>
class Optimizer {
 public:
  // `spec` names a rule of the network's table, with its hyper-parameters, and may hold
  // - "initial_accumulator_value", which the rule's accumulator starts from;
  // - "gradient_accumulation_steps": only every so many-th step is an update, with the mean gradient;
  // - "clipnorm", "global_clipnorm", "clipvalue": the largest norm of a weight's gradient, of all together, the largest |g|;
  // - "weight_decay": rate * weight_decay is the share of a weight that an update takes away before the rule;
  // - "ema_momentum": the share of a moving average of the weights that a step keeps;
  // - "ema_overwrite_frequency": the weights become their average every so many updates.
  // The name "none" stands for a rule that the core does not have: a step leaves gradients and moves nothing. `undecayed`
  // are the numbers of weights, among all that are trained, that do not decay; `frozen` says of each layer whether it keeps
  // its weights, which then are not among these. `penalties` are asked at each step.
  Optimizer(Network<T>& network, Spec spec, const std::vector<std::size_t>& undecayed, const std::vector<bool>& frozen,
            const Penalties<T>& penalties);

  // What is kept for each weight: the rule's state, its average, the sum of its gradients.
  int state_count() const { return static_cast<int>(states_.size()) + (accumulation_ > 1); }
  const Arena<T>& state(int which) const {
    return which < static_cast<int>(states_.size()) ? states_[static_cast<std::size_t>(which)] : whole_->arena();
  }

  // The step after `taken` others. Every thread calls it, and takes its share.
  void step(Workspace<T>& work, const Team& team, const Pass<T>& pass, double learning_rate, std::int64_t taken);
  bool move_averages(Averages how) const;  // false where there are none
  const Arena<T>* gradients() const { return whole_ ? &whole_->arena() : nullptr; }

 private:
  int rule_states() const { return rule_.kernel ? rule_->state_count : 0; }
  bool averages() const { return static_cast<int>(states_.size()) > rule_states(); }
  StepRule<T> prepare(double learning_rate, std::int64_t update) const;
  // The rule on elements of a layer's parameters.
  void apply(const StepRule<T>& rule, std::size_t layer, const Run& run, const T* gradient) const;
  void apply(const StepRule<T>& rule, std::size_t layer, const Run& run, const OuterProduct<T>& gradient) const;
  void states(int count, std::size_t layer, std::ptrdiff_t offset, T** state) const;
  void step_in_pieces(const Workspace<T>& work, const Team& team, double learning_rate, std::int64_t taken);
  void average(std::size_t layer, std::ptrdiff_t offset, std::ptrdiff_t count, std::int64_t updates) const;

  Network<T>& network_;
  const Penalties<T>& penalties_;
  Rule<OptimizerKernel<T>> rule_;
  double clip_, decay_, average_momentum_ = 0;
  std::int64_t accumulation_, overwriting_;
  std::vector<bool> decays_;      // of each weight that is trained
  std::vector<Arena<T>> states_;  // the rule's, and the average where there is one
  std::optional<WholeGradients<T>> whole_;
};

}  // namespace steepest
