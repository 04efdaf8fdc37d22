#include "train/optimizer.hpp"

#include <algorithm>
#include <string_view>

namespace steepest {
namespace {

template <class T>
void copy_weights(const Network<T>& network, const Arena<T>& to) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const Arena<T>& weights = network.layer(i).parameters();
    std::copy_n(weights.at(0), weights.size(), network.state_of(i, to));
  }
}

}  // namespace

template <class T>
Optimizer<T>::Optimizer(Network<T>& network, Spec spec, const std::vector<std::size_t>& undecayed,
                        const std::vector<bool>& frozen, const Penalties<T>& penalties)
    : network_(network), penalties_(penalties) {
  const auto take = [&](const std::string& key, double missing = 0) {
    return spec.numbers.count(key) ? spec.take(key) : missing;
  };
  clip_ = take("clipvalue");
  decay_ = take("weight_decay");
  accumulation_ = static_cast<std::int64_t>(take("gradient_accumulation_steps", 1));
  overwriting_ = static_cast<std::int64_t>(take("ema_overwrite_frequency"));
  const NormLimits limits = {take("clipnorm"), take("global_clipnorm")};
  const bool averages = spec.numbers.count("ema_momentum") > 0;
  average_momentum_ = take("ema_momentum");
  const double initial = take("initial_accumulator_value");
  const bool none = spec.name == "none";
  if (!none) rule_ = find_rule(network.kernels().optimizers, std::move(spec), "optimizer");
  for (int i = 0; i < rule_states(); ++i) {
    const bool accumulator = std::string_view(rule_->state[i]) == "accumulator";
    Arena<T>& state = states_.emplace_back(network.make_state());
    std::fill_n(state.at(0), state.size(), static_cast<T>(accumulator ? initial : 0));
    if (i == 0 && rule_->begins_as_weights) copy_weights(network, state);
  }
  if (averages) copy_weights(network, states_.emplace_back(network.make_state()));
  if (none || averages || limits.any() || accumulation_ > 1 || !undecayed.empty()) {
    whole_.emplace(network, limits, frozen);
    decays_.assign(whole_->weight_count(), true);
  }
  for (const std::size_t weight : undecayed) decays_.at(weight) = false;
}

template <class T>
StepRule<T> Optimizer<T>::prepare(double learning_rate, std::int64_t update) const {
  StepRule<T> rule = {rule_.kernel, {}};
  rule_->prepare(rule_.hyper.data(), learning_rate, update, rule.constants);
  rule.constants[clip_constant] = static_cast<T>(clip_);
  rule.constants[decay_constant] = static_cast<T>(decay_ * learning_rate);
  return rule;
}

template <class T>
void Optimizer<T>::states(int count, std::size_t layer, std::ptrdiff_t offset, T** state) const {
  for (int k = 0; k < count; ++k) state[k] = network_.state_of(layer, states_[static_cast<std::size_t>(k)]) + offset;
}

template <class T>
void Optimizer<T>::apply(const StepRule<T>& rule, std::size_t layer, const Run& run, const T* gradient) const {
  T *state[max_state], *w = network_.layer(layer).parameters().at(0) + run.offset;
  states(rule.kernel->state_count, layer, run.offset, state);
  rule.kernel->update(rule.constants, run.count, w, gradient, state);
}

template <class T>
void Optimizer<T>::apply(const StepRule<T>& rule, std::size_t layer, const Run& run,
                         const OuterProduct<T>& gradient) const {
  T *state[max_state], *w = network_.layer(layer).parameters().at(0) + run.offset;
  states(rule.kernel->state_count, layer, run.offset, state);
  rule.kernel->update_outer(rule.constants, gradient, w, state);
}

template <class T>
void Optimizer<T>::step(Workspace<T>& work, const Team& team, const Pass<T>& pass, double learning_rate,
                        std::int64_t taken) {
  if (whole_) {
    whole_->collect(penalties_, work, team, pass, accumulation_ > 1);
    if (rule_.kernel) step_in_pieces(work, team, learning_rate, taken);
    return;
  }
  const StepRule<T> rule = prepare(learning_rate, taken + 1);
  each_gradient(network_, penalties_, work, team, pass,
                [&](std::size_t layer, const Run& run, const auto& gradient) { apply(rule, layer, run, gradient); });
}

template <class T>
void Optimizer<T>::step_in_pieces(const Workspace<T>& work, const Team& team, double learning_rate,
                                  std::int64_t taken) {
  const std::int64_t updates = taken / accumulation_;
  const bool update = (taken + 1) % accumulation_ == 0;
  if (update) {
    team.meet();  // pieces are shared in another way than tiles
    whole_->finish(team, accumulation_);
  }
  StepRule<T> rule = prepare(learning_rate, updates + 1);
  const T decay = rule.constants[decay_constant];
  const auto count = static_cast<std::ptrdiff_t>(whole_->pieces().size());
  for (std::ptrdiff_t p = team.begin(count); p < team.end(count); ++p) {
    const auto& piece = whole_->pieces()[static_cast<std::size_t>(p)];
    if (!work.trained[piece.layer]) continue;
    rule.constants[decay_constant] = decays_[piece.weight] ? decay : 0;
    if (update) apply(rule, piece.layer, {piece.offset, piece.count, 0}, piece.gradient);
    if (update && accumulation_ > 1) std::fill_n(piece.gradient, piece.count, T(0));
    average(piece.layer, piece.offset, piece.count, updates);
  }
}

// a = b a + (1 - b) w, where averages are kept; a begins as w. After `updates` others.
template <class T>
void Optimizer<T>::average(std::size_t layer, std::ptrdiff_t offset, std::ptrdiff_t count, std::int64_t updates) const {
  if (!averages()) return;
  const T kept = static_cast<T>(updates > 0 ? average_momentum_ : 0), rest = 1 - kept;
  T *a = network_.state_of(layer, states_.back()) + offset, *w = network_.layer(layer).parameters().at(0) + offset;
  for (std::ptrdiff_t i = 0; i < count; ++i) a[i] = kept * a[i] + rest * w[i];
  if (overwriting_ > 0 && (updates + 1) % overwriting_ == 0) std::copy_n(a, count, w);
}

template <class T>
bool Optimizer<T>::move_averages(Averages how) const {
  if (!averages()) return false;
  for (const auto& piece : whole_->pieces()) {
    T* a = network_.state_of(piece.layer, states_.back()) + piece.offset;
    T* w = network_.layer(piece.layer).parameters().at(0) + piece.offset;
    if (how == Averages::to_weights) std::copy_n(a, piece.count, w);
    if (how == Averages::to_averages) std::copy_n(w, piece.count, a);
    if (how == Averages::swap) std::swap_ranges(a, a + piece.count, w);
  }
  return true;
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace steepest
