// Activations of whole rows: an element depends on all of them.
#pragma once

#include "kernel_table.hpp"
#include "math.hpp"

namespace steepest::STEEPEST_ISA {

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

// y = x - max x - log sum exp(x - max x)
template <class T>
void log_softmax(const double*, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld) {
  const Pack<T> zero = set<Pack<T>>(0);
  for (ptrdiff_t m = 0; m < rows; ++m, x += ld, y += ld) {
    const Pack<T> largest = set<Pack<T>>(row_maximum(N, x));
    Pack<T> total = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      total = total + keep_first(exp(load_pack(x + n) - largest), N - n, zero);
    const Pack<T> log_total = log(set<Pack<T>>(sum(total)));
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(y + n, keep_first(load_pack(x + n) - largest - log_total, N - n, zero));
  }
}
// dx = dy - exp(y) sum dy
template <class T>
void log_softmax_backward(const double*, ptrdiff_t rows, ptrdiff_t N, const T*, const T* y, T* d, ptrdiff_t ld) {
  for (ptrdiff_t m = 0; m < rows; ++m, y += ld, d += ld) {
    Pack<T> total = set<Pack<T>>(0);
    for (ptrdiff_t n = 0; n < N; n += pack_size) total = total + load_pack(d + n);
    const Pack<T> all = set<Pack<T>>(sum(total));
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(d + n, keep_first(load_pack(d + n) - exp(load_pack(y + n)) * all, N - n, set<Pack<T>>(0)));
  }
}

// y = max(x - tau, 0) with the tau that makes the sum 1: the projection onto the simplex (Martins & Astudillo 2016). tau is
// the mean excess of the elements above it; starting from all elements, those that fall below it drop out until none does.
template <class T>
void sparsemax(const double*, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld) {
  const Pack<T> zero = set<Pack<T>>(0), one = set<Pack<T>>(1);
  for (ptrdiff_t m = 0; m < rows; ++m, x += ld, y += ld) {
    const Pack<T> largest = set<Pack<T>>(row_maximum(N, x));
    T tau = -T(__builtin_huge_val());
    for (T count = 0, before = T(N) + 1;; before = count) {
      Pack<T> total = zero, counts = zero;
      for (ptrdiff_t n = 0; n < N; n += pack_size) {
        const Pack<T> shifted = load_pack(x + n) - largest;
        const auto above = shifted > set<Pack<T>>(tau);
        total = total + keep_first(select<T>(above, shifted, zero), N - n, zero);
        counts = counts + keep_first(select<T>(above, one, zero), N - n, zero);
      }
      count = sum(counts);
      if (!(count > 0 && count < before)) break;
      tau = (sum(total) - 1) / count;
    }
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> rest = load_pack(x + n) - largest - set<Pack<T>>(tau);
      store_pack(y + n, keep_first(max(zero, rest), N - n, zero));
    }
  }
}
// dx = dy - mean of dy over y > 0 there, else 0
template <class T>
void sparsemax_backward(const double*, ptrdiff_t rows, ptrdiff_t N, const T*, const T* y, T* d, ptrdiff_t ld) {
  const Pack<T> zero = set<Pack<T>>(0), one = set<Pack<T>>(1);
  for (ptrdiff_t m = 0; m < rows; ++m, y += ld, d += ld) {
    Pack<T> total = zero, counts = zero;
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const auto inside = load_pack(y + n) > zero;
      total = total + select<T>(inside, load_pack(d + n), zero);
      counts = counts + select<T>(inside, one, zero);
    }
    const Pack<T> mean = set<Pack<T>>(sum(total) / sum(counts));
    for (ptrdiff_t n = 0; n < N; n += pack_size)
      store_pack(d + n, select<T>(load_pack(y + n) > zero, load_pack(d + n) - mean, zero));
  }
}

}  // namespace steepest::STEEPEST_ISA
