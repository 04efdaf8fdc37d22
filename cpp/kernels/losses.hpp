// Losses and metrics: one value a row, Keras 3's formulas. t is y_true, p is y_pred (z where it holds logits), N the width.
//
// An element-wise rule is a struct with `element(t, p, h, slope)`: the loss of an element, and its derivative by p into
// `slope`; the row's value is the mean. The cross entropies of classes work on whole rows. The list is at the bottom.
#pragma once

#include "activations.hpp"
#include "kernel_table.hpp"
#include "math.hpp"

namespace steepest::STEEPEST_ISA {

// Keras's config.epsilon(): probabilities are clipped to [e, 1 - e] before their logarithm.
template <class T>
constexpr T clip_epsilon = T(1e-7);

// (p - t)^2
struct MeanSquaredError : NoHyper {
  static constexpr const char *name = "mean_squared_error", *logits_of = nullptr;
  static constexpr bool differentiable = true;
  template <class V, class T>
  static V element(V t, V p, const T*, V& slope) {
    const V d = p - t;
    slope = d + d;
    return d * d;
  }
};

// |p - t|
struct MeanAbsoluteError : NoHyper {
  static constexpr const char *name = "mean_absolute_error", *logits_of = nullptr;
  static constexpr bool differentiable = false;
  template <class V, class T>
  static V element(V t, V p, const T*, V&) {
    return abs(p - t);
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

template <class Rule, class T>
void element_rows(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true, const T* y_pred,
                  ptrdiff_t ld, const T* scale, T* values, T* gradient) {
  const Pack<T> zero = set<Pack<T>>(0);
  T h[max_hyper];
  round_hyper(hyper, Rule::hyper_count, h);
  for (ptrdiff_t m = 0; m < rows; ++m, y_true += ld_true, y_pred += ld) {
    Pack<T> total = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      Pack<T> slope = zero;
      const Pack<T> value = Rule::element(load_pack(y_true + n), load_pack(y_pred + n), h, slope);
      total = total + keep_first(value, N - n, zero);
      if (Rule::differentiable && gradient)
        store_pack(gradient + m * ld + n, keep_first(slope * set<Pack<T>>(scale[m] / T(N)), N - n, zero));
    }
    values[m] = sum(total) / T(N);
  }
}

// The classes of a row as a distribution: given as such, or by the number of the one class that is right.
template <bool sparse, class T>
struct Target {
  const T* y_true;
  T keep, share;  // of label smoothing
  Pack<T> operator()(ptrdiff_t n) const {
    if constexpr (sparse) {
      const Pack<T> classes = lane_numbers<T>() + set<Pack<T>>(T(n));
      return select<T>(classes == set<Pack<T>>(y_true[0]), set<Pack<T>>(1), set<Pack<T>>(0));
    } else {
      return fma(load_pack(y_true + n), set<Pack<T>>(keep), set<Pack<T>>(share));
    }
  }
};

// -sum t log q with q = p / sum p, or from logits sum t (log sum exp z - z),
// with t (1 - label_smoothing) + label_smoothing / N for t
template <bool sparse>
struct CategoricalCrossentropy {
  static constexpr const char* name = sparse ? "sparse_categorical_crossentropy" : "categorical_crossentropy";
  static constexpr const char* hyper[] = {"from_logits", "label_smoothing"};
  static constexpr int hyper_count = sparse ? 1 : 2;

  template <class T>
  static T from_logits(ptrdiff_t N, Target<sparse, T> target, const T* z, T scale, T* gradient) {
    const Pack<T> zero = set<Pack<T>>(0), largest = set<Pack<T>>(row_maximum(N, z));
    Pack<T> exps = zero, targets = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      exps = exps + keep_first(exp(load_pack(z + n) - largest), N - n, zero);
      targets = targets + keep_first(target(n), N - n, zero);
    }
    const Pack<T> total = set<Pack<T>>(sum(exps)), log_total = log(total);
    const Pack<T> mass = set<Pack<T>>(sum(targets));
    Pack<T> losses = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> shifted = load_pack(z + n) - largest, t = target(n);
      losses = losses + keep_first(t * (log_total - shifted), N - n, zero);
      if (gradient)
        store_pack(gradient + n, keep_first((exp(shifted) / total * mass - t) * set<Pack<T>>(scale), N - n, zero));
    }
    return sum(losses);
  }

  template <class T>
  static T from_probabilities(ptrdiff_t N, Target<sparse, T> target, const T* p, T scale, T* gradient) {
    const Pack<T> zero = set<Pack<T>>(0);
    const Pack<T> low = set<Pack<T>>(clip_epsilon<T>), high = set<Pack<T>>(T(1) - clip_epsilon<T>);
    Pack<T> total = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) total = total + keep_first(load_pack(p + n), N - n, zero);
    total = set<Pack<T>>(sum(total));
    Pack<T> losses = zero, along = zero;  // along: sum of q dL/dq, what normalising takes away
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> q = load_pack(p + n) / total, clipped = min(high, max(low, q)), t = target(n);
      losses = losses + keep_first(t * log(clipped), N - n, zero);
      along = along + keep_first(select<T>(q == clipped, t, zero), N - n, zero);
    }
    if (gradient) {
      const Pack<T> mean = set<Pack<T>>(sum(along));
      for (ptrdiff_t n = 0; n < N; n += pack_size) {
        const Pack<T> q = load_pack(p + n) / total, clipped = min(high, max(low, q));
        const Pack<T> ratio = select<T>(q == clipped, target(n) / clipped, zero);
        store_pack(gradient + n, keep_first((mean - ratio) / total * set<Pack<T>>(scale), N - n, zero));
      }
    }
    return -sum(losses);
  }

  template <class T>
  static void rows(const double* h, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true, const T* y_pred,
                   ptrdiff_t ld, const T* scale, T* values, T* gradient) {
    const T smoothing = sparse ? T(0) : T(h[1]);
    for (ptrdiff_t m = 0; m < rows; ++m) {
      const Target<sparse, T> target = {y_true + m * ld_true, T(1) - smoothing, smoothing / T(N)};
      T* row_gradient = gradient ? gradient + m * ld : nullptr;
      const T row_scale = gradient ? scale[m] : T(0);
      values[m] = h[0] != 0 ? from_logits(N, target, y_pred + m * ld, row_scale, row_gradient)
                            : from_probabilities(N, target, y_pred + m * ld, row_scale, row_gradient);
    }
  }
};

template <class T>
inline ptrdiff_t index_of_largest(ptrdiff_t N, const T* x) {
  ptrdiff_t best = 0;
  for (ptrdiff_t n = 1; n < N; ++n)
    if (x[n] > x[best]) best = n;
  return best;
}

// 1 where the largest output (the first of equals) is the right class
template <bool sparse, class T>
void categorical_accuracy(const double*, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true,
                          const T* y_pred, ptrdiff_t ld, const T*, T* values, T*) {
  for (ptrdiff_t m = 0; m < rows; ++m, y_true += ld_true, y_pred += ld) {
    const ptrdiff_t said = index_of_largest(N, y_pred);
    values[m] = sparse ? T(T(said) == y_true[0]) : T(said == index_of_largest(N, y_true));
  }
}

template <class Rule, class T>
constexpr RowKernel<T> element_rule = {
    {Rule::name, Rule::hyper, Rule::hyper_count}, false, Rule::differentiable, Rule::logits_of, element_rows<Rule, T>};
template <bool sparse, class T, class Rule = CategoricalCrossentropy<sparse>>
constexpr RowKernel<T> categorical_rule = {
    {Rule::name, Rule::hyper, Rule::hyper_count}, sparse, true, "softmax", Rule::template rows<T>};

template <class T>
constexpr RowKernel<T> row_items[] = {
    element_rule<MeanSquaredError, T>,
    element_rule<BinaryCrossentropy, T>,
    categorical_rule<false, T>,
    categorical_rule<true, T>,
    element_rule<MeanAbsoluteError, T>,
    element_rule<BinaryAccuracy, T>,
    {{"categorical_accuracy", nullptr, 0}, false, false, nullptr, categorical_accuracy<false, T>},
    {{"sparse_categorical_accuracy", nullptr, 0}, true, false, nullptr, categorical_accuracy<true, T>},
};

}  // namespace steepest::STEEPEST_ISA
