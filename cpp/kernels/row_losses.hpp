// Losses of whole rows, N classes or components: an element's share depends on the others.
#pragma once

#include "element_losses.hpp"
#include "row_activations.hpp"

namespace steepest::STEEPEST_ISA {

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

// sum t alpha (1 - q)^gamma (-log q) with q = p / sum p, or the softmax of logits, kept in [e, 1 - e]; t smoothed as above
struct CategoricalFocalCrossentropy {
  static constexpr const char* name = "categorical_focal_crossentropy";
  static constexpr const char* hyper[] = {"from_logits", "label_smoothing", "alpha", "gamma"};
  static constexpr int hyper_count = 4;

  // q of 16 classes, and its loss with the derivative by q.
  template <class T>
  struct Classes {
    Pack<T> q, loss, slope;
  };
  template <class T>
  static Classes<T> classes(const double* h, const Pack<T>& shares, const Pack<T>& total, const Pack<T>& t) {
    const Pack<T> zero = set<Pack<T>>(0), one = set<Pack<T>>(1), alpha = set<Pack<T>>(T(h[2]));
    const Pack<T> low = set<Pack<T>>(clip_epsilon<T>), high = set<Pack<T>>(T(1) - clip_epsilon<T>);
    const T gamma = T(h[3]);
    const Pack<T> q = shares / total, kept = min(high, max(low, q)), rest = one - kept, weight = power(rest, gamma);
    const Pack<T> log_q = log(kept), weighted = alpha * t;
    const Pack<T> slope = set<Pack<T>>(gamma) * power(rest, gamma - 1) * log_q - weight / kept;
    return {q, zero - weighted * weight * log_q, select<T>(q == kept, weighted * slope, zero)};
  }

  template <class T>
  static void row(const double* h, ptrdiff_t N, const T* y_true, const T* x, T scale, T* value, T* gradient) {
    const Pack<T> zero = set<Pack<T>>(0);
    const Target<false, T> target = {y_true, T(1) - T(h[1]), T(h[1]) / T(N)};
    const bool logits = h[0] != 0;
    const Pack<T> largest = set<Pack<T>>(logits ? row_maximum(N, x) : T(0));
    const auto shares = [&](ptrdiff_t n) { return logits ? exp(load_pack(x + n) - largest) : load_pack(x + n); };
    Pack<T> total = zero, losses = zero, along = zero;  // along: sum of q dL/dq, what normalising takes away
    for (ptrdiff_t n = 0; n < N; n += pack_size) total = total + keep_first(shares(n), N - n, zero);
    total = set<Pack<T>>(sum(total));
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Classes<T> c = classes(h, shares(n), total, target(n));
      losses = losses + keep_first(c.loss, N - n, zero);
      along = along + keep_first(c.q * c.slope, N - n, zero);
    }
    *value = sum(losses);
    if (!gradient) return;
    const Pack<T> mean = set<Pack<T>>(sum(along));
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Classes<T> c = classes(h, shares(n), total, target(n));
      const Pack<T> d = logits ? c.q * (c.slope - mean) : (c.slope - mean) / total;
      store_pack(gradient + n, keep_first(d * set<Pack<T>>(scale), N - n, zero));
    }
  }
};

// (1 - p_c^q) / q for the class number c = t
struct CategoricalGeneralizedCrossEntropy {
  static constexpr const char* name = "categorical_generalized_cross_entropy";
  static constexpr const char* hyper[] = {"q"};
  static constexpr int hyper_count = 1;
  template <class T>
  static void row(const double* h, ptrdiff_t N, const T* y_true, const T* p, T scale, T* value, T* gradient) {
    const Target<true, T> target = {y_true, T(1), T(0)};
    const Pack<T> zero = set<Pack<T>>(0);
    const T q = T(h[0]);
    Pack<T> chosen = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      chosen = chosen + keep_first(select<T>(target(n) > zero, load_pack(p + n), zero), N - n, zero);
    const Pack<T> right = set<Pack<T>>(sum(chosen));
    T powers[pack_size];
    store_pack(powers, power(right, q));
    *value = (1 - powers[0]) / q;
    if (!gradient) return;
    const Pack<T> slope = set<Pack<T>>(-scale) * power(right, q - 1);
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(gradient + n, keep_first(select<T>(target(n) > zero, slope, zero), N - n, zero));
  }
};

// max(max (1 - t) p - sum t p + 1, 0)
struct CategoricalHinge : NoHyper {
  static constexpr const char* name = "categorical_hinge";
  template <class T>
  static void row(const double*, ptrdiff_t N, const T* t, const T* p, T scale, T* value, T* gradient) {
    const Pack<T> zero = set<Pack<T>>(0), one = set<Pack<T>>(1), lowest = set<Pack<T>>(-T(__builtin_huge_val()));
    const auto others = [&](ptrdiff_t n) { return (one - load_pack(t + n)) * load_pack(p + n); };
    Pack<T> right = zero, wrong = lowest, ties = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      right = fma(load_pack(t + n), load_pack(p + n), right);
      wrong = max(wrong, keep_first(others(n), N - n, lowest));
    }
    const T largest = maximum(wrong), margin = largest - sum(right) + 1;
    *value = margin < 0 ? T(0) : margin;
    if (!gradient) return;
    const Pack<T> top = set<Pack<T>>(largest);
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      ties = ties + keep_first(select<T>(others(n) == top, one, zero), N - n, zero);
    const Pack<T> share = set<Pack<T>>(1 / sum(ties)), factor = set<Pack<T>>(margin < 0 ? T(0) : scale);
    for (ptrdiff_t n = 0; n < N; n += pack_size) {  // equal largest ones share their derivative
      const Pack<T> truth = load_pack(t + n), up = select<T>(others(n) == top, (one - truth) * share, zero);
      store_pack(gradient + n, keep_first(factor * (up - truth), N - n, zero));
    }
  }
};

// The cosine of the angle between t and p; as a loss its negative. A length below e counts as e.
template <bool loss>
struct CosineSimilarity : NoHyper {
  static constexpr const char* name = loss ? "cosine_similarity" : "cosine_proximity";
  template <class T>
  static void row(const double*, ptrdiff_t N, const T* t, const T* p, T scale, T* value, T* gradient) {
    Pack<T> tt = set<Pack<T>>(0), pp = tt, tp = tt;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> truth = load_pack(t + n), predicted = load_pack(p + n);
      tt = fma(truth, truth, tt);
      pp = fma(predicted, predicted, pp);
      tp = fma(truth, predicted, tp);
    }
    const Pack<T> most = set<Pack<T>>(1 / clip_epsilon<T>), one = set<Pack<T>>(1);
    const Pack<T> true_length = sqrt(set<Pack<T>>(sum(tt))), length = sqrt(set<Pack<T>>(sum(pp)));
    const Pack<T> a = min(most, one / true_length), b = min(most, one / length);
    const Pack<T> cosine = set<Pack<T>>(sum(tp)) * a * b;
    T lanes[pack_size];
    store_pack(lanes, cosine);
    *value = loss ? -lanes[0] : lanes[0];
    if (!gradient) return;
    const Pack<T> along = select<T>(b < most, cosine * b, set<Pack<T>>(0));  // a length of e does not change
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(gradient + n, set<Pack<T>>(-scale) * b * (load_pack(t + n) * a - load_pack(p + n) * along));
  }
};

// 1 - I / (I + alpha sum t (1 - p) + beta sum p (1 - t) + e), I = sum t p; Dice, with both 1 / 2, has e for half of it
template <bool dice>
struct Tversky {
  static constexpr const char* name = dice ? "dice" : "tversky";
  static constexpr const char* hyper[] = {"alpha", "beta"};
  static constexpr int hyper_count = dice ? 0 : 2;
  template <class T>
  static void row(const double* h, ptrdiff_t N, const T* t, const T* p, T scale, T* value, T* gradient) {
    const Pack<T> one = set<Pack<T>>(1), zero = set<Pack<T>>(0);
    const T a = dice ? T(0.5) : T(h[0]), b = dice ? T(0.5) : T(h[1]);
    Pack<T> both = zero, missed = zero, wrong = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> truth = load_pack(t + n), predicted = load_pack(p + n);
      both = fma(truth, predicted, both);
      missed = missed + truth * (one - predicted);
      wrong = wrong + predicted * (one - truth);
    }
    const T inside = sum(both), all = inside + a * sum(missed) + b * sum(wrong) + clip_epsilon<T> / (dice ? 2 : 1);
    *value = 1 - inside / all;
    if (!gradient) return;
    const Pack<T> up = set<Pack<T>>(scale / all), down = set<Pack<T>>(scale * inside / all / all);
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> truth = load_pack(t + n);
      const Pack<T> all_slope = truth * set<Pack<T>>(1 - a) + (one - truth) * set<Pack<T>>(b);
      store_pack(gradient + n, keep_first(down * all_slope - up * truth, N - n, zero));
    }
  }
};

template <class Rule, class T>
void each_row(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true, const T* y_pred,
              ptrdiff_t ld, const T* scale, T* values, T* gradient) {
  for (ptrdiff_t m = 0; m < rows; ++m)
    Rule::row(hyper, N, y_true + m * ld_true, y_pred + m * ld, gradient ? scale[m] : T(0), values + m,
              gradient ? gradient + m * ld : nullptr);
}

}  // namespace steepest::STEEPEST_ISA
