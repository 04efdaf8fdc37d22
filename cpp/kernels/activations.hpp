// Activations: the drivers of the element-wise ones, and the list of all.
#pragma once

#include "piecewise_activations.hpp"
#include "row_activations.hpp"
#include "smooth_activations.hpp"

namespace steepest::STEEPEST_ISA {

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

template <class Rule, class T>
constexpr ActivationKernel<T> element_wise = {{Rule::name, Rule::hyper, Rule::hyper_count},
                                              Rule::needs_input,
                                              false,
                                              activate<Rule, T>,
                                              activate_backward<Rule, T>};

template <class T>
constexpr ActivationKernel<T> activation_items[] = {
    element_wise<Linear, T>,
    element_wise<Relu, T>,
    element_wise<LeakyRelu, T>,
    element_wise<Relu6, T>,
    element_wise<ClippedRelu, T>,
    element_wise<Sigmoid, T>,
    element_wise<Tanh, T>,
    element_wise<TanhShrink, T>,
    element_wise<Exponential, T>,
    element_wise<Softplus, T>,
    element_wise<LogSigmoid, T>,
    element_wise<Elu, T>,
    element_wise<Selu, T>,
    element_wise<Celu, T>,
    element_wise<Silu, T>,
    element_wise<Mish, T>,
    element_wise<Gelu, T>,
    element_wise<GeluTanh, T>,
    element_wise<HardSigmoid, T>,
    element_wise<HardSilu, T>,
    element_wise<HardTanh, T>,
    element_wise<HardShrink, T>,
    element_wise<SoftShrink, T>,
    element_wise<Threshold, T>,
    element_wise<Softsign, T>,
    element_wise<Squareplus, T>,
    element_wise<SparsePlus, T>,
    element_wise<SparseSigmoid, T>,
    {{"softmax", nullptr, 0}, false, true, softmax<T>, softmax_backward<T>},
    {{"log_softmax", nullptr, 0}, false, true, log_softmax<T>, log_softmax_backward<T>},
    {{"sparsemax", nullptr, 0}, false, true, sparsemax<T>, sparsemax_backward<T>},
};

}  // namespace steepest::STEEPEST_ISA
