// The micro-kernel that every product comes from: some rows of A by some vectors of B, accumulated in registers.
// An output element has one accumulator and its terms are added in ascending order, so the result does not depend on
// the tile it was computed in, on the thread, or on the rows beside it.
#pragma once

#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// Sizes that fill the registers: R rows of P vectors need R * P accumulators, P vectors of B and a broadcast.
template <class T>
struct Tile {
  static constexpr int parts = Pack<T>::parts;
  static constexpr int registers = STEEPEST_VECTOR_REGISTERS;
  static constexpr int packs = registers >= 32 && parts == 1 ? 3 : registers >= 32 && parts == 2 ? 2 : 1;
  static constexpr int widest = packs * parts;  // vectors of a panel
  // Rows of a tile of `vectors`. More than 8 serve only tiles of one vector, which are short of accumulators otherwise.
  static constexpr int rows(int vectors) {
    const int most = vectors == 1 ? 12 : 8, rest = (registers - 1 - vectors) / vectors;
    return rest > most ? most : rest < 1 ? 1 : rest;
  }
  // Panels side by side for few rows, so that more than a dozen accumulators hide the latency of multiply-adds.
  static constexpr int panels(int height, int vectors) {
    const int rest = 12 / (height * vectors);
    return rest > 4 ? 4 : rest < 1 ? 1 : rest;
  }
};

// A[r][s] is a[r * a_row + s * a_step]; B[s] is P vectors at b + s * b_step, and those of further panels b_panel apart.
// The steps may come in blocks, for an A that stands in panels: block i of A begins at a + i * a_block, and B goes on.
template <class T>
struct Operands {
  ptrdiff_t blocks, a_block;
  ptrdiff_t steps;  // of a block
  const T* a;
  ptrdiff_t a_row, a_step;
  const T* b;
  ptrdiff_t b_step, b_panel;
  const T* initial;  // what the sum starts from: nullptr for zero
  ptrdiff_t initial_row, initial_panel;
  T* c;
  ptrdiff_t c_row, c_panel;
};

// R rows by Q panels of P vectors; with `ones` the rows of A are followed by one that is all ones.
template <class T, int R, int Q, int P, bool ones = false>
void multiply_tile(const Operands<T>& o) {
  constexpr int rows = R + ones;
  const auto at = [](int q, int p, ptrdiff_t panel) { return q * panel + p * Vec<T>::lanes; };
  Vec<T> sum[rows][Q][P];
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int q = 0; q < Q; ++q)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p)
        sum[r][q][p] = o.initial ? load(o.initial + r * o.initial_row + at(q, p, o.initial_panel)) : broadcast(T(0));
  const T* b = o.b;
  for (ptrdiff_t block = 0; block < o.blocks; ++block) {
    const T* a = o.a + block * o.a_block;
    for (ptrdiff_t s = 0; s < o.steps; ++s, a += o.a_step, b += o.b_step) {
      Vec<T> row[Q][P];
#pragma GCC unroll 4
      for (int q = 0; q < Q; ++q)
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) row[q][p] = load(b + at(q, p, o.b_panel));
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r) {
        const Vec<T> scalar = broadcast(a[r * o.a_row]);
#pragma GCC unroll 4
        for (int q = 0; q < Q; ++q)
#pragma GCC unroll 8
          for (int p = 0; p < P; ++p) sum[r][q][p] = fma(scalar, row[q][p], sum[r][q][p]);
      }
      if constexpr (ones) {
#pragma GCC unroll 4
        for (int q = 0; q < Q; ++q)
#pragma GCC unroll 8
          for (int p = 0; p < P; ++p) sum[R][q][p] = sum[R][q][p] + row[q][p];
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int q = 0; q < Q; ++q)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) store(o.c + r * o.c_row + at(q, p, o.c_panel), sum[r][q][p]);
}

// One tile of `rows`, the row of ones included.
template <class T, int R, int P, bool ones>
void multiply_rows(ptrdiff_t rows, const Operands<T>& o) {
  if constexpr (R > 0) {
    if (rows == R) {
      multiply_tile<T, R - ones, 1, P, ones>(o);
    } else {
      multiply_rows<T, R - 1, P, ones>(rows, o);
    }
  }
}

// All rows of A by P vectors, in tiles of nearly equal height: 20 rows are 7 + 7 + 6, not 8 + 8 + 4. With `ones` a row of
// ones comes last.
template <class T, int P, bool ones = false>
void multiply_column(ptrdiff_t rows, Operands<T> o) {
  constexpr int most = Tile<T>::rows(P);
  rows += ones;
  for (ptrdiff_t tiles = (rows + most - 1) / most; tiles > 0; --tiles) {
    const ptrdiff_t height = (rows + tiles - 1) / tiles;
    if (ones && tiles == 1) return multiply_rows<T, most, P, ones>(height, o);
    multiply_rows<T, most, P, false>(height, o);
    rows -= height;
    o.a += height * o.a_row;
    if (o.initial) o.initial += height * o.initial_row;
    o.c += height * o.c_row;
  }
}

// f.template operator()<P>() with P the vectors that hold `columns` of a panel.
template <class T, int P = Tile<T>::widest, class F>
void with_vectors(ptrdiff_t columns, F f) {
  if constexpr (P > 1) {
    if (columns <= (P - 1) * Vec<T>::lanes) return with_vectors<T, P - 1>(columns, f);
  }
  f.template operator()<P>();
}

}  // namespace steepest::STEEPEST_ISA
