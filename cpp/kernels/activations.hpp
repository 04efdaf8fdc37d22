// Activations. An element-wise one is a struct: its name, its hyper-parameters, `value` and `slope` on a pack of elements;
// `needs_input` says that the slope reads x, otherwise it is a function of y alone, and no x has to be kept.
// Softmax works on whole rows and has functions of its own. The list is at the bottom.
#pragma once

#include "kernel_table.hpp"
#include "math.hpp"

namespace steepest::STEEPEST_ISA {

struct NoHyper {
  static constexpr const char* const* hyper = nullptr;
  static constexpr int hyper_count = 0;
};

// y = x
struct Linear : NoHyper {
  static constexpr const char* name = "linear";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return x;
  }
  template <class V, class T>
  static V slope(V, V, const T*) {
    return set<V>(1);
  }
};

// y = max(x, 0)
struct Relu : NoHyper {
  static constexpr const char* name = "relu";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return max(set<V>(0), x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), set<V>(1), set<V>(0));
  }
};

// y = min(x, max_value) above the threshold, negative_slope (x - threshold) elsewhere
struct ClippedRelu {
  static constexpr const char* name = "clipped_relu";
  static constexpr const char* hyper[] = {"negative_slope", "max_value", "threshold"};
  static constexpr int hyper_count = 3;
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T* h) {
    const V threshold = set<V>(h[2]);
    return select(x > threshold, min(set<V>(h[1]), x), set<V>(h[0]) * (x - threshold));
  }
  template <class V, class T>
  static V slope(V x, V, const T* h) {
    const V inside = select(x < set<V>(h[1]), set<V>(1), set<V>(0));
    return select(x > set<V>(h[2]), inside, set<V>(h[0]));
  }
};

// y = 1 / (1 + exp(-x))
struct Sigmoid : NoHyper {
  static constexpr const char* name = "sigmoid";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return sigmoid(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return y * (set<V>(1) - y);
  }
};

// y = tanh(x)
struct Tanh : NoHyper {
  static constexpr const char* name = "tanh";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return tanh(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return set<V>(1) - y * y;
  }
};

template <class T>
inline void round_hyper(const double* hyper, int count, T* rounded) {
  for (int i = 0; i < count; ++i) rounded[i] = T(hyper[i]);
}

// The drivers of element-wise rules: padding stays zero whatever f(0) is.
template <class Rule, class T>
void activate(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld) {
  T h[max_hyper];
  round_hyper(hyper, Rule::hyper_count, h);
  for (ptrdiff_t m = 0; m < rows; ++m)
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(y + m * ld + n, keep_first(Rule::value(load_pack(x + m * ld + n), h), N - n, set<Pack<T>>(0)));
}
template <class Rule, class T>
void activate_backward(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* x, const T* y, T* d, ptrdiff_t ld) {
  T h[max_hyper];
  round_hyper(hyper, Rule::hyper_count, h);
  for (ptrdiff_t m = 0; m < rows; ++m)
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const ptrdiff_t i = m * ld + n;
      const Pack<T> input = Rule::needs_input ? load_pack(x + i) : load_pack(y + i);
      const Pack<T> product = load_pack(d + i) * Rule::slope(input, load_pack(y + i), h);
      store_pack(d + i, keep_first(product, N - n, set<Pack<T>>(0)));
    }
}

// The largest element of a row; NaN where one of them is.
template <class T>
inline T row_maximum(ptrdiff_t N, const T* x) {
  const Pack<T> lowest = set<Pack<T>>(-T(__builtin_huge_val()));
  Pack<T> largest = lowest;
  for (ptrdiff_t n = 0; n < N; n += pack_size) largest = max(largest, keep_first(load_pack(x + n), N - n, lowest));
  return maximum(largest);
}

// y = exp(x - max x) / sum exp(x - max x)
template <class T>
void softmax(const double*, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld) {
  const Pack<T> zero = set<Pack<T>>(0);
  for (ptrdiff_t m = 0; m < rows; ++m, x += ld, y += ld) {
    const Pack<T> largest = set<Pack<T>>(row_maximum(N, x));
    Pack<T> total = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> e = keep_first(exp(load_pack(x + n) - largest), N - n, zero);
      store_pack(y + n, e);
      total = total + e;
    }
    const Pack<T> divisor = set<Pack<T>>(sum(total));
    for (ptrdiff_t n = 0; n < N; n += pack_size) store_pack(y + n, load_pack(y + n) / divisor);
  }
}
// dx = y (dy - sum dy y)
template <class T>
void softmax_backward(const double*, ptrdiff_t rows, ptrdiff_t N, const T*, const T* y, T* d, ptrdiff_t ld) {
  for (ptrdiff_t m = 0; m < rows; ++m, y += ld, d += ld) {
    Pack<T> products = set<Pack<T>>(0);
    for (ptrdiff_t n = 0; n < N; n += pack_size) products = fma(load_pack(d + n), load_pack(y + n), products);
    const Pack<T> mean = set<Pack<T>>(sum(products));
    for (ptrdiff_t n = 0; n < N; n += pack_size) store_pack(d + n, load_pack(y + n) * (load_pack(d + n) - mean));
  }
}

template <class Rule, class T>
constexpr ActivationKernel<T> element_wise = {{Rule::name, Rule::hyper, Rule::hyper_count},
                                              Rule::needs_input,
                                              false,
                                              activate<Rule, T>,
                                              activate_backward<Rule, T>};

template <class T>
constexpr ActivationKernel<T> activation_items[] = {
    element_wise<Linear, T>,      element_wise<Relu, T>,
    element_wise<ClippedRelu, T>, element_wise<Sigmoid, T>,
    element_wise<Tanh, T>,        {{"softmax", nullptr, 0}, false, true, softmax<T>, softmax_backward<T>},
};

}  // namespace steepest::STEEPEST_ISA
