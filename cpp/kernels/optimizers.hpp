// Update rules, Keras 3's formulas. A rule is a struct: its name, the names of its hyper-parameters and of its state
// vectors, `prepare` for what is the same for all weights of a step (in double), and `update` on one vector of weights.
// To add one: write the struct, put it into the list at the bottom; the arena, the driver and the binding follow from it.
//
// w weight, g gradient, a the learning rate, t the step counted from 1.
#pragma once

#include <math.h>

#include "apply.hpp"
#include "math.hpp"

namespace steepest::STEEPEST_ISA {

// What is added to a divisor: never 0, so that a weight without a gradient stays where it is, and padding with it.
template <class T>
T positive(double epsilon) {
  return T(epsilon) > MathConstants<T>::tiny ? T(epsilon) : MathConstants<T>::tiny;
}

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
    c[1] = positive<T>(h[0]);
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
    c[3] = positive<T>(h[1]);
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
    c[3] = positive<T>(h[2]);
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

// s = r s + (1 - r) g^2;  d = sqrt(x + e) / sqrt(s + e) g;  x = r x + (1 - r) d^2;  w -= a d
struct Adadelta {
  static constexpr const char* name = "adadelta";
  static constexpr const char* hyper[] = {"rho", "epsilon"};
  static constexpr int hyper_count = 2;
  static constexpr const char* state[] = {"accumulated_grad", "accumulated_delta_var"};
  static constexpr int state_count = 2;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
    c[1] = T(h[0]);
    c[2] = T(1 - h[0]);
    c[3] = positive<T>(h[1]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V rho = set<V>(c[1]), rest = set<V>(c[2]), epsilon = set<V>(c[3]);
    state[0] = rho * state[0] + rest * (g * g);
    const V delta = sqrt(state[1] + epsilon) * g / sqrt(state[0] + epsilon);
    state[1] = rho * state[1] + rest * (delta * delta);
    return w - set<V>(c[0]) * delta;
  }
};

// m += (1 - b1) (g - m);  u = max(b2 u, |g|);  w -= a / (1 - b1^t) m / (u + e)
struct Adamax {
  static constexpr const char* name = "adamax";
  static constexpr const char* hyper[] = {"beta_1", "beta_2", "epsilon"};
  static constexpr int hyper_count = 3;
  static constexpr const char* state[] = {"momentum", "norm"};
  static constexpr int state_count = 2;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t step, T* c) {
    c[0] = T(learning_rate / (1 - ::pow(h[0], static_cast<double>(step))));
    c[1] = T(1 - h[0]);
    c[2] = T(h[1]);
    c[3] = positive<T>(h[2]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    state[0] = fma(g - state[0], set<V>(c[1]), state[0]);
    state[1] = max(set<V>(c[2]) * state[1], abs(g));
    return w - set<V>(c[0]) * state[0] / (state[1] + set<V>(c[3]));
  }
};

// u_t = b1 (1 - 0.96^t / 2), U_t = u_1 ... u_t;  m += (1 - b1) (g - m);  v += (1 - b2) (g^2 - v);
// w -= a (u_t+1 / (1 - U_t+1) m + (1 - u_t) / (1 - U_t) g) / (sqrt(v / (1 - b2^t)) + e)
struct Nadam {
  static constexpr const char* name = "nadam";
  static constexpr const char* hyper[] = {"beta_1", "beta_2", "epsilon"};
  static constexpr int hyper_count = 3;
  static constexpr const char* state[] = {"momentum", "velocity"};
  static constexpr int state_count = 2;
  // U_t. The factors behind b1 are 1 to the last bit from step 900 on, and 1 - U_t is 1 long before for usual b1.
  static double product(double beta_1, int64_t step) {
    double product = ::pow(beta_1, static_cast<double>(step)), decay = 1;
    for (int64_t i = 1; i <= step && i < 900 && product > 1e-17; ++i) product *= 1 - 0.5 * (decay *= 0.96);
    return product;
  }
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t step, T* c) {
    const double t = static_cast<double>(step);
    const double now = h[0] * (1 - 0.5 * ::pow(0.96, t)), next = h[0] * (1 - 0.5 * ::pow(0.96, t + 1));
    const double so_far = product(h[0], step);
    c[0] = T(learning_rate * next / (1 - so_far * next));
    c[1] = T(learning_rate * (1 - now) / (1 - so_far));
    c[2] = T(1 - h[0]);
    c[3] = T(1 - h[1]);
    c[4] = T(1 / (1 - ::pow(h[1], t)));
    c[5] = positive<T>(h[2]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    state[0] = fma(g - state[0], set<V>(c[2]), state[0]);
    state[1] = fma(g * g - state[1], set<V>(c[3]), state[1]);
    const V step = fma(set<V>(c[0]), state[0], set<V>(c[1]) * g);
    return w - step / (sqrt(state[1] * set<V>(c[4])) + set<V>(c[5]));
  }
};

// w -= a sign(b1 m + (1 - b1) g);  m = b2 m + (1 - b2) g
struct Lion {
  static constexpr const char* name = "lion";
  static constexpr const char* hyper[] = {"beta_1", "beta_2"};
  static constexpr int hyper_count = 2;
  static constexpr const char* state[] = {"momentum"};
  static constexpr int state_count = 1;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(learning_rate);
    c[1] = T(h[0]);
    c[2] = T(1 - h[0]);
    c[3] = T(h[1]);
    c[4] = T(1 - h[1]);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V zero = set<V>(0), one = set<V>(1);
    const V u = set<V>(c[1]) * state[0] + set<V>(c[2]) * g;
    const V sign = select(u > zero, one, select(u < zero, zero - one, u));  // of 0 it is 0, of NaN NaN
    state[0] = set<V>(c[3]) * state[0] + set<V>(c[4]) * g;
    return w - set<V>(c[0]) * sign;
  }
};

// s' = s + g^2;  z += g + 2 l w - (s'^p - s^p) / a w;  w = (clip(z, -l1, l1) - z) / (s'^p / a + 2 l2 + b / a)
// with p = -learning_rate_power and l the shrinkage
struct Ftrl {
  static constexpr const char* name = "ftrl";
  static constexpr const char* hyper[] = {"learning_rate_power", "l1_regularization_strength",
                                          "l2_regularization_strength", "l2_shrinkage_regularization_strength", "beta"};
  static constexpr int hyper_count = 5;
  static constexpr const char* state[] = {"accumulator", "linear"};
  static constexpr int state_count = 2;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t, T* c) {
    c[0] = T(-h[0]);
    c[1] = T(h[1]);
    c[2] = T(2 * h[3]);
    c[3] = T(1 / learning_rate);
    c[4] = T(2 * h[2] + h[4] / learning_rate);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V inverse = set<V>(c[3]), l1 = set<V>(c[1]);
    const V sum = fma(g, g, state[0]), to = power(sum, c[0]), from = power(state[0], c[0]);
    state[1] = state[1] + (g + set<V>(c[2]) * w - (to - from) * inverse * w);
    state[0] = sum;
    const V clipped = min(l1, max(set<V>(0) - l1, state[1]));
    return (clipped - state[1]) / max(set<V>(MathConstants<T>::tiny), to * inverse + set<V>(c[4]));
  }
  // x^p for x >= 0; the usual p needs no logarithm
  template <class V, class T>
  static V power(V x, T p) {
    if (p == T(0.5)) return sqrt(x);
    const V of_zero = set<V>(p == 0 ? T(1) : T(0));
    return select(x == set<V>(0), of_zero, exp(set<V>(p) * log(x)));
  }
};

// v += (1 - b2) (g^2 - v);  z' = z - a_t g / (sqrt(v / (1 - b2^t)) + e), a_t = a min(t / warmup, 1);
// x = (w - (1 - b1) z) / b1 moves by 1 / t towards z';  w = (1 - b1) z' + b1 x.  z begins as w.
struct ScheduleFreeAdamW {
  static constexpr const char* name = "schedule_free_adamw";
  static constexpr bool begins_as_weights = true;
  static constexpr const char* hyper[] = {"beta_1", "beta_2", "epsilon", "warmup_steps"};
  static constexpr int hyper_count = 4;
  static constexpr const char* state[] = {"momentum", "velocity"};
  static constexpr int state_count = 2;
  template <class T>
  static void prepare(const double* h, double learning_rate, int64_t step, T* c) {
    const double t = static_cast<double>(step), warmup = h[3] > t ? t / h[3] : 1;
    c[0] = T(learning_rate * warmup);
    c[1] = T(1 - h[0]);
    c[2] = T(1 / h[0]);
    c[3] = T(h[0]);
    c[4] = T(1 - h[1]);
    c[5] = T(1 / (1 - ::pow(h[1], t)));
    c[6] = positive<T>(h[2]);
    c[7] = T(1 / t);
  }
  template <class V, class T>
  static V update(V w, V g, V* state, const T* c) {
    const V rest = set<V>(c[1]), weight = set<V>(c[7]);
    state[1] = fma(g * g - state[1], set<V>(c[4]), state[1]);
    const V x = (w - rest * state[0]) * set<V>(c[2]);
    state[0] = state[0] - set<V>(c[0]) * g / (sqrt(state[1] * set<V>(c[5])) + set<V>(c[6]));
    return fma(rest, state[0], set<V>(c[3]) * fma(state[0] - x, weight, x));
  }
};

template <class T, class... Rules>
struct OptimizerList {
  static constexpr OptimizerKernel<T> items[] = {{{Rules::name, Rules::hyper, Rules::hyper_count}, Rules::state,
                                                  Rules::state_count, requires {Rules::begins_as_weights;
}, prepare<Rules, T>, update<Rules, T>, update_outer<Rules, T>
}  // namespace steepest::STEEPEST_ISA
...
}
;
static constexpr List<OptimizerKernel<T>> list = {items, sizeof...(Rules)};
}
;

template <class T>
constexpr auto optimizers = OptimizerList<T, SGD, Momentum<false>, Momentum<true>, Adagrad, RMSprop<false, false>,
                                          RMSprop<true, false>, RMSprop<false, true>, RMSprop<true, true>, Adam<false>,
                                          Adam<true>, Adadelta, Adamax, Nadam, Lion, Ftrl, ScheduleFreeAdamW>::list;

}  // namespace steepest::STEEPEST_ISA
