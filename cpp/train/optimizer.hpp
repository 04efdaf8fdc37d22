// The optimizer of a network: its rule, the state of the rule for every weight, and the update of the weights.
#pragma once

#include <vector>

#include "model/network.hpp"

namespace steepest {

// The update rule with its constants for one step.
template <class T>
struct StepRule {
  const OptimizerKernel<T>* kernel;
  T constants[max_constants];
};

template <class T>
class Optimizer {
 public:
  // `spec` names a rule of the network's table; "initial_accumulator_value" is what its accumulator starts from, "clipvalue"
  // the largest |g|, and rate * "weight_decay" the share of a weight that a step takes away before the rule.
  Optimizer(Network<T>& network, Spec spec);

  int state_count() const { return rule_->state_count; }
  Arena<T>& state(int which) { return states_[static_cast<std::size_t>(which)]; }

  // The rule with its constants for step `step`, counted from 1.
  StepRule<T> prepare(double learning_rate, std::int64_t step) const;
  // This thread's share of the tiles of all layers: each computed over the whole batch, and applied at once.
  void update(Workspace<T>& work, const Team& team, const Pass<T>& pass, const StepRule<T>& rule);

 private:
  Network<T>& network_;
  Rule<OptimizerKernel<T>> rule_;
  double clip_, decay_;
  std::vector<Arena<T>> states_;
};

}  // namespace steepest
