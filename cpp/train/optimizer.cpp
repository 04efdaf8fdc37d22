#include "train/optimizer.hpp"

#include <algorithm>

namespace steepest {

template <class T>
Optimizer<T>::Optimizer(Network<T>& network, Spec spec) : network_(network) {
  const auto start = spec.numbers.find("initial_accumulator_value");
  const double initial = start == spec.numbers.end() ? 0 : start->second;
  if (start != spec.numbers.end()) spec.numbers.erase(start);
  rule_ = find_rule(network.kernels().optimizers, std::move(spec), "optimizer");
  for (int i = 0; i < state_count(); ++i) {
    states_.push_back(network.arena_like_parameters());
    if (i == 0 && rule_->begins_as_weights) {
      std::copy_n(network.parameters().at(0), network.parameters().size(), states_.back().at(0));
    } else {
      std::fill_n(states_.back().at(0), states_.back().size(), static_cast<T>(initial));
    }
  }
}

template <class T>
StepRule<T> Optimizer<T>::prepare(double learning_rate, std::int64_t step) const {
  StepRule<T> rule = {rule_.kernel, {}};
  rule_->prepare(rule_.hyper.data(), learning_rate, step, rule.constants);
  return rule;
}

template <class T>
void Optimizer<T>::update(Workspace<T>& work, int thread, int threads, const Pass<T>& pass, const StepRule<T>& rule) {
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    const Layer<T>& layer = network_.layer(i);
    T* state[max_state];
    for (std::size_t k = 0; k < states_.size(); ++k) state[k] = network_.parameters_of(i, states_[k]);
    const std::ptrdiff_t tiles = layer.tiles(), end = tiles * (thread + 1) / threads;
    for (std::ptrdiff_t tile = tiles * thread / threads; tile < end; ++tile)
      layer.update(pass, tile, work.y[i], work.d[i + 1], network_.parameters_of(i, network_.parameters()), state, rule,
                   work.scratch[static_cast<std::size_t>(thread)]);
  }
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace steepest
