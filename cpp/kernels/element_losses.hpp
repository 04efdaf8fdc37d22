// Losses and metrics of an element: a struct with `element(t, p, h, slope)`, the loss of y_true t and y_pred p (z where it
// holds logits) with its derivative by p in `slope`. The value of a row is the mean of its elements.
#pragma once

#include "kernel_table.hpp"
#include "math.hpp"
#include "smooth_activations.hpp"

namespace steepest::STEEPEST_ISA {

// Keras's config.epsilon(): probabilities are clipped to [e, 1 - e] before their logarithm.
template <class T>
constexpr T clip_epsilon = T(1e-7);

// What most of them have: no hyper-parameters, a derivative, no activation that they undo.
struct PlainLoss : NoHyper {
  static constexpr const char* logits_of = nullptr;
  static constexpr bool differentiable = true;
};

template <class V>
inline V sign(V x) {
  return select(x == set<V>(0), x, copy_sign(set<V>(1), x));
}

// (p - t)^2
struct MeanSquaredError : PlainLoss {
  static constexpr const char* name = "mean_squared_error";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V d = p - t;
    slope = d + d;
    return d * d;
  }
};

// |p - t|
struct MeanAbsoluteError : PlainLoss {
  static constexpr const char* name = "mean_absolute_error";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    slope = sign(p - t);
    return abs(p - t);
  }
};

// 100 |p - t| / |t|, with |t| at least e
struct MeanAbsolutePercentageError : PlainLoss {
  static constexpr const char* name = "mean_absolute_percentage_error";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V scale = set<V>(100) / max(set<V>(clip_epsilon<T>), abs(t));
    slope = sign(p - t) * scale;
    return abs(p - t) * scale;
  }
};

// (log(1 + p) - log(1 + t))^2, with p and t at least e
struct MeanSquaredLogarithmicError : PlainLoss {
  static constexpr const char* name = "mean_squared_logarithmic_error";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V one = set<V>(1), least = set<V>(clip_epsilon<T>);
    const V raised = max(least, p), d = log(raised + one) - log(max(least, t) + one);
    slope = select(raised == p, (d + d) / (raised + one), set<V>(0));
    return d * d;
  }
};

// d^2 / 2 for |d| <= delta, else delta (|d| - delta / 2), with d = p - t
struct Huber {
  static constexpr const char *name = "huber", *logits_of = nullptr;
  static constexpr const char* hyper[] = {"delta"};
  static constexpr int hyper_count = 1;
  static constexpr bool differentiable = true;
  template <class V, class T>
  static V element(V t, V p, const T* h, V& slope) {
    const V d = p - t;
    slope = min(set<V>(h[0]), max(set<V>(-h[0]), d));
    return slope * (d - set<V>(T(0.5)) * slope);
  }
};

// log cosh d with d = p - t: -log(1 - tanh^2 d) / 2 near 0, |d| + log(1 + exp(-2 |d|)) - log 2 elsewhere; one logarithm
struct LogCosh : PlainLoss {
  static constexpr const char* name = "log_cosh";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V one = set<V>(1), half = set<V>(T(0.5)), a = abs(p - t);
    const V e = expm1(set<V>(-2) * a), tangent = (set<V>(0) - e) / (e + set<V>(2)), square = tangent * tangent;
    slope = copy_sign(tangent, p - t);
    const auto near = square < half;
    const V log_rest = log1p(select(near, set<V>(0) - square, e + one));
    return select(near, set<V>(0) - half * log_rest, a - set<V>(T(0.69314718055994531)) + log_rest);
  }
};

// p - t log(p + e)
struct Poisson : PlainLoss {
  static constexpr const char* name = "poisson";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V shifted = p + set<V>(clip_epsilon<T>);
    slope = set<V>(1) - t / shifted;
    return p - t * log(shifted);
  }
};

// t (log t - z) - t + exp(z): half the deviance of counts t from rates exp(z); t log t is 0 for t = 0
struct HalfPoissonDeviance : PlainLoss {
  static constexpr const char* name = "half_poisson_deviance";
  template <class V, class T>
  static V element(V t, V z, const T*, V& slope) {
    const V rate = exp(z);
    slope = rate - t;
    return t * (log(select(t == set<V>(0), set<V>(1), t)) - z) - t + rate;
  }
};

// The labels of a hinge are -1 and 1, and 0 stands for -1.
template <class V>
inline V hinge_label(V t) {
  return select(t == set<V>(0), set<V>(-1), t);
}

// max(1 - t p, 0)
struct Hinge : PlainLoss {
  static constexpr const char* name = "hinge";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V zero = set<V>(0), label = hinge_label(t), margin = max(zero, set<V>(1) - label * p);
    slope = select(margin > zero, zero - label, zero);
    return margin;
  }
};

// max(1 - t p, 0)^2
struct SquaredHinge : PlainLoss {
  static constexpr const char* name = "squared_hinge";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V zero = set<V>(0), label = hinge_label(t), margin = max(zero, set<V>(1) - label * p);
    slope = set<V>(-2) * label * margin;
    return margin * margin;
  }
};

// t log(t / p), with t and p kept in [e, 1]; summed over the row, not averaged
struct KlDivergence : PlainLoss {
  static constexpr const char* name = "kl_divergence";
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V least = set<V>(clip_epsilon<T>), one = set<V>(1);
    const V truth = min(one, max(least, t)), q = min(one, max(least, p));
    slope = select(q == p, (set<V>(0) - truth) / q, set<V>(0));
    return truth * log(truth / q);
  }
};

// -t log p - (1 - t) log(1 - p), or from logits max(z, 0) - z t + log(1 + exp(-|z|)),
// with t (1 - label_smoothing) + label_smoothing / 2 for t
struct BinaryCrossentropy {
  static constexpr const char *name = "binary_crossentropy", *logits_of = "sigmoid";
  static constexpr const char* hyper[] = {"from_logits", "label_smoothing"};
  static constexpr int hyper_count = 2;
  static constexpr bool differentiable = true;
  template <class V, class T>
  static V element(V t, V p, const T* h, V& slope) {
    const V zero = set<V>(0), one = set<V>(1);
    t = fma(t, set<V>(T(1) - h[1]), set<V>(h[1] / 2));
    if (h[0] != 0) {
      slope = sigmoid(p) - t;
      return max(zero, p) - p * t + log1p(exp(zero - abs(p)));
    }
    const V low = set<V>(clip_epsilon<T>), high = set<V>(T(1) - clip_epsilon<T>);
    const V q = min(high, max(low, p));
    slope = select(p == q, (one - t) / (one - q) - t / q, zero);
    return zero - (t * log(q) + (one - t) * log(one - q));
  }
};

// (1 - p_t)^gamma times the binary cross entropy, p_t = t p + (1 - t)(1 - p); where balanced, with alpha t + (1 - alpha)(1 - t)
template <bool balanced>
struct BinaryFocalCrossentropy {
  static constexpr const char* name = balanced ? "balanced_binary_focal_crossentropy" : "binary_focal_crossentropy";
  static constexpr const char* logits_of = "sigmoid";
  static constexpr const char* hyper[] = {"from_logits", "label_smoothing", "gamma", "alpha"};
  static constexpr int hyper_count = balanced ? 4 : 3;
  static constexpr bool differentiable = true;
  template <class V, class T>
  static V element(V t, V x, const T* h, V& slope) {
    const V zero = set<V>(0), one = set<V>(1);
    t = fma(t, set<V>(T(1) - h[1]), set<V>(h[1] / 2));
    const V p = h[0] != 0 ? sigmoid(x) : x;
    const V low = set<V>(clip_epsilon<T>), high = set<V>(T(1) - clip_epsilon<T>), q = min(high, max(low, p));
    const V entropy = zero - (t * log(q) + (one - t) * log(one - q));
    const V entropy_slope = select(p == q, (one - t) / (one - q) - t / q, zero);
    const V wrong = one - (t * p + (one - t) * (one - p));  // 1 - p_t, whose derivative is 1 - 2 t
    V weight = power(wrong, h[2]), weight_slope = set<V>(h[2]) * power(wrong, h[2] - 1) * (one - t - t);
    if (h[2] == 0) weight_slope = zero;
    if constexpr (balanced) {
      const V balance = t * set<V>(h[3]) + (one - t) * set<V>(T(1) - h[3]);
      weight = weight * balance;
      weight_slope = weight_slope * balance;
    }
    slope = weight * entropy_slope + weight_slope * entropy;
    if (h[0] != 0) slope = slope * p * (one - p);
    return weight * entropy;
  }
};

// 1 where p > threshold says the same as t
struct BinaryAccuracy {
  static constexpr const char *name = "binary_accuracy", *logits_of = nullptr;
  static constexpr const char* hyper[] = {"threshold"};
  static constexpr int hyper_count = 1;
  static constexpr bool differentiable = false;
  template <class V, class T>
  static V element(V t, V p, const T* h, V&) {
    const V zero = set<V>(0), one = set<V>(1);
    const V said = select(p > set<V>(h[0]), one, zero);
    return select(said == t, one, zero);
  }
};

// 1 where p is t
struct Accuracy : PlainLoss {
  static constexpr const char* name = "accuracy";
  static constexpr bool differentiable = false;
  template <class V, class T>
  static V element(V t, V p, const T*, V&) {
    return select(p == t, set<V>(1), set<V>(0));
  }
};

template <class Rule, class T, bool mean>
void element_rows(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true, const T* y_pred,
                  ptrdiff_t ld, const T* scale, T* values, T* gradient) {
  const Pack<T> zero = set<Pack<T>>(0);
  const T count = mean ? T(N) : T(1);
  T h[max_hyper];
  round_hyper(hyper, Rule::hyper_count, h);
  for (ptrdiff_t m = 0; m < rows; ++m, y_true += ld_true, y_pred += ld) {
    Pack<T> total = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      Pack<T> slope = zero;
      const Pack<T> value = Rule::element(load_pack(y_true + n), load_pack(y_pred + n), h, slope);
      total = total + keep_first(value, N - n, zero);
      if (Rule::differentiable && gradient)
        store_pack(gradient + m * ld + n, keep_first(slope * set<Pack<T>>(scale[m] / count), N - n, zero));
    }
    values[m] = sum(total) / count;
  }
}

}  // namespace steepest::STEEPEST_ISA
