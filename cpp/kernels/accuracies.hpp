// Accuracies of classes: whether a row's right class has the largest output, or one of the k largest.
#pragma once

#include "kernel_table.hpp"

namespace steepest::STEEPEST_ISA {

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

// 1 where fewer than k outputs are larger than that of the right class
template <bool sparse, class T>
void top_k_accuracy(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true,
                    const T* y_pred, ptrdiff_t ld, const T*, T* values, T*) {
  for (ptrdiff_t m = 0; m < rows; ++m, y_true += ld_true, y_pred += ld) {
    const T label = sparse ? y_true[0] : T(index_of_largest(N, y_true));
    const bool known = label >= 0 && label < T(N);
    const T right = known ? y_pred[ptrdiff_t(label)] : T(__builtin_nan(""));
    ptrdiff_t larger = 0;
    for (ptrdiff_t n = 0; n < N; ++n) larger += y_pred[n] > right;
    values[m] = T(right - right == 0 && double(larger) < hyper[0]);
  }
}
constexpr const char* top_k_hyper[] = {"k"};

}  // namespace steepest::STEEPEST_ISA
