// Update rules, Keras 3's formulas. A rule is a struct: its name, the names of its hyper-parameters and of its state
// vectors, `prepare` for what is the same for all weights of a step (in double), and `update` on one vector of weights.
// To add one: write the struct, put it into the list at the bottom; the arena, the driver and the binding follow from it.
//
// w weight, g gradient, a the learning rate, t the step counted from 1.
#pragma once

#include <math.h>

#include "kernel_table.hpp"
#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// w -= a g
struct SGD {
  static constexpr const char* name = "sgd";
  static constexpr const char* const* hyper = nullptr;
  static constexpr int hyper_count = 0;
  static constexpr const char* const* state = nullptr;
  static constexpr int state_count = 0;
  template <class T>
  static void prepare(const double*, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
  }
  template <class V, class T>
  static V update(V w, V g, V*, const T* c) {
    return w - set<V>(c[0]) * g;
  }
};

// m = b m - a g;  w += m, or with Nesterov's look ahead w += b m - a g
template <bool nesterov>
struct Momentum {
  static constexpr const char* name = nesterov ? "nesterov" : "momentum";
  static constexpr const char* hyper[] = {"momentum"};
  static constexpr int hyper_count = 1;
  static constexpr const char* state[] = {"momentum"};
  static constexpr int state_count = 1;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
    c[1] = T(h[0]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V step = set<V>(c[0]) * g;
    state[0] = set<V>(c[1]) * state[0] - step;
    if constexpr (nesterov) {
      return w + (set<V>(c[1]) * state[0] - step);
    } else {
      return w + state[0];
    }
  }
};

// s += g^2;  w -= a g / sqrt(s + e)
struct Adagrad {
  static constexpr const char* name = "adagrad";
  static constexpr const char* hyper[] = {"epsilon"};
  static constexpr int hyper_count = 1;
  static constexpr const char* state[] = {"accumulator"};
  static constexpr int state_count = 1;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
    c[1] = T(h[0]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    state[0] = fma(g, g, state[0]);
    return w - set<V>(c[0]) * g / sqrt(state[0] + set<V>(c[1]));
  }
};

// v = r v + (1 - r) g^2;  centered: d = r d + (1 - r) g, v - d^2 in place of v;  s = a g / sqrt(v + e);
// with momentum m = b m + s and w -= m, else w -= s
template <bool with_momentum, bool centered>
struct RMSprop {
  static constexpr const char* name = centered ? (with_momentum ? "rmsprop_centered_momentum" : "rmsprop_centered")
                                               : (with_momentum ? "rmsprop_momentum" : "rmsprop");
  static constexpr const char* hyper[] = {"rho", "epsilon", "momentum"};
  static constexpr int hyper_count = with_momentum ? 3 : 2;
  static constexpr const char* state[] = {"velocity", with_momentum ? "momentum" : "average_gradient",
                                          "average_gradient"};
  static constexpr int state_count = 1 + with_momentum + centered;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
    c[1] = T(h[0]);
    c[2] = T(1 - h[0]);
    c[3] = T(h[1]);
    c[4] = with_momentum ? T(h[2]) : T(0);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V rho = set<V>(c[1]), rest = set<V>(c[2]);
    state[0] = rho * state[0] + rest * (g * g);
    V variance = state[0];
    if constexpr (centered) {
      V& average = state[1 + with_momentum];
      average = rho * average + rest * g;
      variance = variance - average * average;
    }
    const V step = set<V>(c[0]) * g / sqrt(variance + set<V>(c[3]));
    if constexpr (with_momentum) {
      state[1] = set<V>(c[4]) * state[1] + step;
      return w - state[1];
    } else {
      return w - step;
    }
  }
};

// m += (1 - b1) (g - m);  v += (1 - b2) (g^2 - v);  amsgrad: h = max(h, v) in place of v;
// w -= a sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + e)
template <bool amsgrad>
struct Adam {
  static constexpr const char* name = amsgrad ? "adam_amsgrad" : "adam";
  static constexpr const char* hyper[] = {"beta_1", "beta_2", "epsilon"};
  static constexpr int hyper_count = 3;
  static constexpr const char* state[] = {"momentum", "velocity", "velocity_hat"};
  static constexpr int state_count = amsgrad ? 3 : 2;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t step, T* c) {
    const double t = static_cast<double>(step);
    c[0] = T(learning_rate * ::sqrt(1 - ::pow(h[1], t)) / (1 - ::pow(h[0], t)));
    c[1] = T(1 - h[0]);
    c[2] = T(1 - h[1]);
    c[3] = T(h[2]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    state[0] = fma(g - state[0], set<V>(c[1]), state[0]);
    state[1] = fma(g * g - state[1], set<V>(c[2]), state[1]);
    V v = state[1];
    if constexpr (amsgrad) v = state[2] = max(state[2], v);
    return w - state[0] * set<V>(c[0]) / (sqrt(v) + set<V>(c[3]));
  }
};

// The driver: a rule over `count` weights; the tail goes through the same code.
template <class Rule, class T>
void update(const T* constants, ptrdiff_t count, T* w, const T* g, T* const* state) {
  using V = Vec<T>;
  V s[max_state];
  ptrdiff_t i = 0;
  for (; i + V::lanes <= count; i += V::lanes) {
    for (int k = 0; k < Rule::state_count; ++k) s[k] = load(state[k] + i);
    store(w + i, Rule::template update<V>(load(w + i), load(g + i), s, constants));
    for (int k = 0; k < Rule::state_count; ++k) store(state[k] + i, s[k]);
  }
  if (const ptrdiff_t rest = count - i) {
    for (int k = 0; k < Rule::state_count; ++k) s[k] = load_partial(state[k] + i, rest);
    store_partial(w + i, Rule::template update<V>(load_partial(w + i, rest), load_partial(g + i, rest), s, constants),
                  rest);
    for (int k = 0; k < Rule::state_count; ++k) store_partial(state[k] + i, s[k], rest);
  }
}

template <class T, class... Rules>
struct OptimizerList {
  static constexpr OptimizerKernel<T> items[] = {{{Rules::name, Rules::hyper, Rules::hyper_count},
                                                  Rules::state,
                                                  Rules::state_count,
                                                  Rules::template prepare<T>,
                                                  update<Rules, T>}...};
  static constexpr List<OptimizerKernel<T>> list = {items, sizeof...(Rules)};
};

template <class T>
constexpr auto optimizers =
    OptimizerList<T, SGD, Momentum<false>, Momentum<true>, Adagrad, RMSprop<false, false>, RMSprop<true, false>,
                  RMSprop<false, true>, RMSprop<true, true>, Adam<false>, Adam<true>>::list;

}  // namespace steepest::STEEPEST_ISA
