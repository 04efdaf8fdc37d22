// Normalization: of columns over the rows of a batch, and of rows over their columns. Padding stays zero.
#pragma once

#include "kernel_table.hpp"
#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// Adds to `total` what add(m, sums) adds for each of M rows, in ascending order: blocks of rows, then the blocks, so that
// rounding does not grow with the batch.
template <class T, int count, class Add>
inline void sum_rows(ptrdiff_t M, Pack<T> (&total)[count], Add add) {
  constexpr ptrdiff_t block = 64;
  for (ptrdiff_t begin = 0; begin < M; begin += block) {
    Pack<T> sums[count];
    for (auto& sum : sums) sum = set<Pack<T>>(0);
    for (ptrdiff_t m = begin; m < M && m < begin + block; ++m) add(m, sums);
    for (int i = 0; i < count; ++i) total[i] = total[i] + sums[i];
  }
}

// visit(first row, rows, first column) for blocks of rows that stay in cache, pack by pack of columns.
template <class Visit>
inline void each_block(ptrdiff_t rows, ptrdiff_t N, Visit visit) {
  constexpr ptrdiff_t block = 32;
  for (ptrdiff_t m = 0; m < rows; m += block)
    for (ptrdiff_t n = 0; n < N; n += pack_size) visit(m, rows - m < block ? rows - m : block, n);
}

template <class T>
inline Pack<T> inverse_deviation(const Pack<T>& variance, double epsilon) {
  return set<Pack<T>>(1) / sqrt(variance + set<Pack<T>>(T(epsilon)));
}

template <class T>
void column_moments(ptrdiff_t M, ptrdiff_t N, const T* x, ptrdiff_t ld, T* mean, T* variance) {
  const Pack<T> zero = set<Pack<T>>(0), count = set<Pack<T>>(T(M));
  for (ptrdiff_t n = 0; n < N; n += pack_size) {
    Pack<T> total[1] = {zero}, squares[1] = {zero};
    sum_rows(M, total, [&](ptrdiff_t m, auto& sums) { sums[0] = sums[0] + load_pack(x + m * ld + n); });
    const Pack<T> center = total[0] / count;
    sum_rows(M, squares, [&](ptrdiff_t m, auto& sums) {
      const Pack<T> difference = load_pack(x + m * ld + n) - center;
      sums[0] = fma(difference, difference, sums[0]);
    });
    store_pack(mean + n, center);
    store_pack(variance + n, squares[0] / count);
  }
}

template <class T>
void normalize_columns(const ColumnScales<T>& c, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld) {
  each_block(rows, N, [&](ptrdiff_t first, ptrdiff_t count, ptrdiff_t n) {
    const Pack<T> mean = load_pack(c.mean + n), offset = load_pack(c.beta + n),
                  scale = load_pack(c.gamma + n) * inverse_deviation(load_pack(c.variance + n), c.epsilon);
    for (ptrdiff_t i = first * ld + n; count > 0; --count, i += ld)
      store_pack(y + i, keep_first(fma(load_pack(x + i) - mean, scale, offset), N - n, set<Pack<T>>(0)));
  });
}

template <class T>
void column_gradients(const ColumnScales<T>& c, ptrdiff_t M, ptrdiff_t N, const T* x, const T* d, ptrdiff_t ld,
                      T* dgamma, T* dbeta) {
  const Pack<T> zero = set<Pack<T>>(0);
  for (ptrdiff_t n = 0; n < N; n += pack_size) {
    const Pack<T> mean = load_pack(c.mean + n);
    Pack<T> total[2] = {zero, zero};
    sum_rows(M, total, [&](ptrdiff_t m, auto& sums) {
      const Pack<T> dy = load_pack(d + m * ld + n);
      sums[0] = fma(dy, load_pack(x + m * ld + n) - mean, sums[0]);
      sums[1] = sums[1] + dy;
    });
    const Pack<T> inverse = inverse_deviation(load_pack(c.variance + n), c.epsilon);
    store_pack(dgamma + n, keep_first(total[0] * inverse, N - n, zero));
    store_pack(dbeta + n, total[1]);
  }
}

template <class T>
void normalize_columns_backward(const ColumnScales<T>& c, ptrdiff_t M, ptrdiff_t rows, ptrdiff_t N, const T* x,
                                const T* d, ptrdiff_t ld, const T* dgamma, const T* dbeta, T* dx) {
  const Pack<T> count = set<Pack<T>>(T(M));
  each_block(rows, N, [&](ptrdiff_t first, ptrdiff_t left, ptrdiff_t n) {
    const Pack<T> mean = load_pack(c.mean + n), inverse = inverse_deviation(load_pack(c.variance + n), c.epsilon),
                  scale = load_pack(c.gamma + n) * inverse, zero = set<Pack<T>>(0),
                  slope = dgamma ? load_pack(dgamma + n) / count * inverse : zero,
                  level = dbeta ? load_pack(dbeta + n) / count : zero;
    for (ptrdiff_t i = first * ld + n; left > 0; --left, i += ld) {
      const Pack<T> rest = load_pack(d + i) - level - (load_pack(x + i) - mean) * slope;
      store_pack(dx + i, keep_first(rest * scale, N - n, zero));
    }
  });
}

// The sum over a row of N columns of term(n), where padding counts as zero.
template <class T, class Term>
inline T sum_columns(ptrdiff_t N, Term term) {
  Pack<T> total = set<Pack<T>>(0);
  for (ptrdiff_t n = 0; n < N; n += pack_size) total = total + keep_first(term(n), N - n, set<Pack<T>>(0));
  return sum(total);
}

// What is taken away from a row, and what it is then multiplied by.
template <class T>
struct RowStatistics {
  T mean, inverse;
};

constexpr double longest_unit = 1e12;  // 1 / length of a row that is nearly zero, as in Keras

template <class T>
inline RowStatistics<T> row_statistics(const RowScales<T>& c, ptrdiff_t N, const T* x) {
  if (c.kind == RowScale::none) return {0, 1};
  T mean = 0;
  if (c.kind == RowScale::layer) mean = sum_columns<T>(N, [&](ptrdiff_t n) { return load_pack(x + n); }) / T(N);
  const Pack<T> center = set<Pack<T>>(mean);
  const T squares = sum_columns<T>(N, [&](ptrdiff_t n) {
    const Pack<T> difference = load_pack(x + n) - center;
    return difference * difference;
  });
  const bool unit = c.kind == RowScale::unit;
  const Pack<T> inverse = unit ? min(set<Pack<T>>(1) / sqrt(set<Pack<T>>(squares)), set<Pack<T>>(T(longest_unit)))
                               : inverse_deviation(set<Pack<T>>(squares / T(N)), c.epsilon);
  T lanes[pack_size];
  store_pack(lanes, inverse);
  return {mean, lanes[0]};
}

template <class T>
void normalize_rows(const RowScales<T>& c, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld, T* statistics) {
  for (ptrdiff_t m = 0; m < rows; ++m, x += ld, y += ld) {
    const RowStatistics<T> row = row_statistics(c, N, x);
    if (statistics) statistics[2 * m] = row.mean, statistics[2 * m + 1] = row.inverse;
    const Pack<T> mean = set<Pack<T>>(row.mean), inverse = set<Pack<T>>(row.inverse);
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> normal = (load_pack(x + n) - mean) * inverse;
      const Pack<T> scaled = fma(normal, load_pack(c.gamma + n), load_pack(c.beta + n));
      store_pack(y + n, keep_first(scaled, N - n, set<Pack<T>>(0)));
    }
  }
}

// With g = gamma dy and the normalized row u: dx = (g - mean g - u mean(g u)) / deviation, where the mean of g belongs to
// that of the row only, and a unit row has the sum in place of the second mean.
template <class T>
void normalize_rows_backward(const RowScales<T>& c, ptrdiff_t rows, ptrdiff_t N, const T* x, const T* d, ptrdiff_t ld,
                             const T* statistics, T* dx) {
  for (ptrdiff_t m = 0; m < rows; ++m, x += ld, d += ld, dx += ld) {
    const RowStatistics<T> row = {statistics[2 * m], statistics[2 * m + 1]};
    const Pack<T> mean = set<Pack<T>>(row.mean), inverse = set<Pack<T>>(row.inverse);
    const auto g = [&](ptrdiff_t n) { return load_pack(d + n) * load_pack(c.gamma + n); };
    const auto u = [&](ptrdiff_t n) { return (load_pack(x + n) - mean) * inverse; };
    T level = 0, slope = 0;
    if (c.kind == RowScale::layer) level = sum_columns<T>(N, g) / T(N);
    const bool fixed = c.kind == RowScale::none || (c.kind == RowScale::unit && row.inverse == T(longest_unit));
    if (!fixed)
      slope = sum_columns<T>(N, [&](ptrdiff_t n) { return g(n) * u(n); }) / (c.kind == RowScale::unit ? T(1) : T(N));
    for (ptrdiff_t n = 0; n < N; n += pack_size) {
      const Pack<T> rest = g(n) - set<Pack<T>>(level) - u(n) * set<Pack<T>>(slope);
      store_pack(dx + n, keep_first(rest * inverse, N - n, set<Pack<T>>(0)));
    }
  }
}

template <class T>
void row_gradients(ptrdiff_t M, ptrdiff_t columns, const T* x, const T* d, ptrdiff_t ld, const T* statistics, T* dgamma,
                   T* dbeta) {
  const Pack<T> zero = set<Pack<T>>(0);
  for (ptrdiff_t n = 0; n < columns; n += pack_size) {
    Pack<T> total[2] = {zero, zero};
    sum_rows(M, total, [&](ptrdiff_t m, auto& sums) {
      const Pack<T> dy = load_pack(d + m * ld + n), mean = set<Pack<T>>(statistics[2 * m]);
      const Pack<T> normal = (load_pack(x + m * ld + n) - mean) * set<Pack<T>>(statistics[2 * m + 1]);
      sums[0] = fma(dy, normal, sums[0]);
      sums[1] = sums[1] + dy;
    });
    store_pack(dgamma + n, load_pack(dgamma + n) + keep_first(total[0], columns - n, zero));
    store_pack(dbeta + n, load_pack(dbeta + n) + total[1]);
  }
}

}  // namespace steepest::STEEPEST_ISA
