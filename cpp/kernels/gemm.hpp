// The products of a dense layer, all from one micro-kernel: R rows of A by P packs of B, accumulated in registers.
// An output element has one accumulator and its terms are added in ascending order, so the result does not depend on
// the tile it was computed in, on the thread, or on the rows beside it.
#pragma once

#include "kernel_table.hpp"
#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// The tile that fills the registers: R rows of P packs need R * P * parts accumulators, P * parts loads and a broadcast.
template <class T>
struct Tile {
  static constexpr int parts = Pack<T>::parts;
  static constexpr int registers = STEEPEST_VECTOR_REGISTERS;
  static constexpr int packs = registers >= 32 && parts == 1 ? 3 : registers >= 32 && parts == 2 ? 2 : 1;
  static constexpr int rest = (registers - 1 - packs * parts) / (packs * parts);
  static constexpr int rows = rest > 8 ? 8 : rest < 1 ? 1 : rest;
};

// A[r][s] is a[r * a_row + s * a_step]; B[s] is P packs at b + s * b_step. The steps may come in blocks, for an A that
// stands in panels: block i of A begins at a + i * a_block, and B goes on.
template <class T>
struct Operands {
  ptrdiff_t blocks, a_block;
  ptrdiff_t steps;  // of a block
  const T* a;
  ptrdiff_t a_row, a_step;
  const T* b;
  ptrdiff_t b_step;
  const T* initial;  // what the sum starts from: nullptr for zero
  ptrdiff_t initial_row;
  T* c;
  ptrdiff_t c_row;
};

template <class T, int R, int P>
void multiply_tile(const Operands<T>& o) {
  Pack<T> sum[R][P];
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int p = 0; p < P; ++p)
      sum[r][p] = o.initial ? load_pack(o.initial + r * o.initial_row + p * pack_size) : set<Pack<T>>(0);
  const T* b = o.b;
  for (ptrdiff_t block = 0; block < o.blocks; ++block) {
    const T* a = o.a + block * o.a_block;
    for (ptrdiff_t s = 0; s < o.steps; ++s, a += o.a_step, b += o.b_step) {
      Pack<T> row[P];
#pragma GCC unroll 4
      for (int p = 0; p < P; ++p) row[p] = load_pack(b + p * pack_size);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        const Vec<T> scalar = broadcast(a[r * o.a_row]);
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p)
#pragma GCC unroll 8
          for (int i = 0; i < Pack<T>::parts; ++i) sum[r][p].part[i] = fma(scalar, row[p].part[i], sum[r][p].part[i]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int p = 0; p < P; ++p) store_pack(o.c + r * o.c_row + p * pack_size, sum[r][p]);
}

template <class T, int R, int P>
void multiply_rows(ptrdiff_t rows, Operands<T>& o) {
  if constexpr (R > 0) {
    if (rows == R) {
      multiply_tile<T, R, P>(o);
    } else {
      multiply_rows<T, R - 1, P>(rows, o);
    }
  }
}

// All rows of A, in tiles of nearly equal height: 20 rows are 7 + 7 + 6, not 8 + 8 + 4.
template <class T, int P>
void multiply_panel(ptrdiff_t rows, Operands<T> o) {
  for (ptrdiff_t tiles = (rows + Tile<T>::rows - 1) / Tile<T>::rows; tiles > 0; --tiles) {
    const ptrdiff_t height = (rows + tiles - 1) / tiles;
    multiply_rows<T, Tile<T>::rows, P>(height, o);
    o.a += height * o.a_row;
    if (o.initial) o.initial += height * o.initial_row;
    o.c += height * o.c_row;
    rows -= height;
  }
}

template <class T>
void multiply(ptrdiff_t rows, ptrdiff_t width, const Operands<T>& o) {
  if constexpr (Tile<T>::packs >= 3) {
    if (width == 3 * pack_size) return multiply_panel<T, 3>(rows, o);
  }
  if constexpr (Tile<T>::packs >= 2) {
    if (width == 2 * pack_size) return multiply_panel<T, 2>(rows, o);
  }
  multiply_panel<T, 1>(rows, o);
}

template <class T>
void forward(ptrdiff_t M, ptrdiff_t K, ptrdiff_t width, const T* X, ptrdiff_t ld_x, const T* W, const T* bias, T* Y,
             ptrdiff_t ld_y) {
  multiply<T>(M, width, {1, 0, K, X, ld_x, 1, W, width, bias ? bias : Y, bias ? 0 : ld_y, Y, ld_y});
}

template <class T>
void weight_gradient(ptrdiff_t M, ptrdiff_t rows, ptrdiff_t width, const T* X, ptrdiff_t ld_x, const T* dZ,
                     ptrdiff_t ld_z, T* G, bool accumulate) {
  multiply<T>(rows, width, {1, 0, M, X, 1, ld_x, dZ, ld_z, accumulate ? G : nullptr, width, G, width});
}

template <class T>
void bias_gradient(ptrdiff_t M, ptrdiff_t width, const T* dZ, ptrdiff_t ld_z, T* G) {
  static constexpr T one = 1;
  multiply<T>(1, width, {1, 0, M, &one, 0, 0, dZ, ld_z, nullptr, 0, G, width});
}

// Few rows of W at a time for all groups: they stay in the first-level cache while the groups pass by.
template <class T>
void input_gradient_lanes(ptrdiff_t groups, ptrdiff_t K, ptrdiff_t panels, ptrdiff_t width, ptrdiff_t panel_stride,
                          const T* W, const T* dZt, ptrdiff_t dz_group, T* dXt, ptrdiff_t dx_group, bool accumulate) {
  for (ptrdiff_t k = 0; k < K; k += Tile<T>::rows) {
    const ptrdiff_t rows = K - k < Tile<T>::rows ? K - k : Tile<T>::rows;
    for (ptrdiff_t g = 0; g < groups; ++g) {
      T* dx = dXt + g * dx_group + k * pack_size;
      multiply<T>(rows, pack_size,
                  {panels, panel_stride, width, W + k * width, width, 1, dZt + g * dz_group, pack_size,
                   accumulate ? dx : nullptr, pack_size, dx, pack_size});
    }
  }
}

template <class T>
void input_gradient_dot(ptrdiff_t M, ptrdiff_t K, ptrdiff_t panels, ptrdiff_t width, ptrdiff_t wider, const T* W,
                        const T* dZ, ptrdiff_t ld_z, T* dX, ptrdiff_t ld_x) {
  for (ptrdiff_t m = 0; m < M; ++m) {
    for (ptrdiff_t k = 0; k < K; ++k) {
      Pack<T> products = set<Pack<T>>(0);
      const T *panel = W, *z = dZ + m * ld_z;
      for (ptrdiff_t p = 0; p < panels; ++p) {
        const ptrdiff_t columns = width + (p < wider ? pack_size : 0);
        const T* row = panel + k * columns;
        for (ptrdiff_t n = 0; n < columns; n += pack_size)
          products = fma(load_pack(z + n), load_pack(row + n), products);
        panel += (K + 1) * columns;
        z += columns;
      }
      dX[m * ld_x + k] = sum(products);
    }
  }
}

template <class T>
void to_lanes(ptrdiff_t rows, ptrdiff_t N, const T* src, ptrdiff_t ld, T* dst) {
  if (rows < pack_size) memset(dst, 0, static_cast<size_t>(N * pack_size) * sizeof(T));
  for (ptrdiff_t n = 0; n < N; ++n)
    for (ptrdiff_t r = 0; r < rows; ++r) dst[n * pack_size + r] = src[r * ld + n];
}
template <class T>
void from_lanes(ptrdiff_t rows, ptrdiff_t N, const T* src, T* dst, ptrdiff_t ld) {
  for (ptrdiff_t r = 0; r < rows; ++r)
    for (ptrdiff_t n = 0; n < N; ++n) dst[r * ld + n] = src[n * pack_size + r];
}

}  // namespace steepest::STEEPEST_ISA
