#include "train/optimizer.hpp"

#include <algorithm>
#include <string_view>

namespace steepest {

template <class T>
Optimizer<T>::Optimizer(Network<T>& network, Spec spec) : network_(network) {
  const auto take = [&](const std::string& key) {
    const auto found = spec.numbers.find(key);
    const double value = found == spec.numbers.end() ? 0 : found->second;
    if (found != spec.numbers.end()) spec.numbers.erase(found);
    return value;
  };
  clip_ = take("clipvalue");
  decay_ = take("weight_decay");
  const double initial = take("initial_accumulator_value");
  rule_ = find_rule(network.kernels().optimizers, std::move(spec), "optimizer");
  for (int i = 0; i < state_count(); ++i) {
    const bool accumulator = std::string_view(rule_->state[i]) == "accumulator";
    Arena<T>& state = states_.emplace_back(network.make_state());
    std::fill_n(state.at(0), state.size(), static_cast<T>(accumulator ? initial : 0));
    for (std::size_t l = 0; i == 0 && rule_->begins_as_weights && l < network.layer_count(); ++l) {
      const Arena<T>& weights = network.layer(l).parameters();
      std::copy_n(weights.at(0), weights.size(), network.state_of(l, state));
    }
  }
}

template <class T>
StepRule<T> Optimizer<T>::prepare(double learning_rate, std::int64_t step) const {
  StepRule<T> rule = {rule_.kernel, {}};
  rule_->prepare(rule_.hyper.data(), learning_rate, step, rule.constants);
  rule.constants[clip_constant] = static_cast<T>(clip_);
  rule.constants[decay_constant] = static_cast<T>(decay_ * learning_rate);
  return rule;
}

template <class T>
void Optimizer<T>::update(Workspace<T>& work, const Team& team, const Pass<T>& pass, const StepRule<T>& rule) {
  T* gradient = work.scratch[static_cast<std::size_t>(team.thread)];
  for (std::size_t i = 0; i < network_.layer_count(); ++i) {
    Layer<T>& layer = network_.layer(i);
    const std::ptrdiff_t tiles = layer.tiles(), end = team.end(tiles);
    for (std::ptrdiff_t tile = team.begin(tiles); tile < end; ++tile) {
      bool known = false;
      for (const std::size_t step : network_.uses_of(i)) {
        const auto& use = work.steps[step].use;
        if (!use.d) continue;
        layer.gradient(pass, tile, use, known, gradient);
        known = true;
      }
      if (!known) break;  // nothing that a loss sees
      Run runs[max_runs];
      const int count = layer.runs(tile, runs);
      for (int r = 0; r < count; ++r) {
        T* state[max_state];
        for (std::size_t k = 0; k < states_.size(); ++k) state[k] = network_.state_of(i, states_[k]) + runs[r].offset;
        rule.kernel->update(rule.constants, runs[r].count, layer.parameters().at(0) + runs[r].offset,
                            gradient + runs[r].gradient, state);
      }
    }
  }
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace steepest
