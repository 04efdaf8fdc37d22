// y = the row of a table that each number names. Its gradient goes to those rows, in the order of the batch.
#pragma once

#include <algorithm>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Embedding final : public Layer<T> {
 public:
  // A table of V rows of `units`. Numbers stand in rows of one.
  Embedding(std::ptrdiff_t V, std::ptrdiff_t units)
      : Layer<T>(1, units, checked_product(V, round_up(units, pack))),
        V_(V),
        tile_rows_(std::max(tile_elements / ld(), std::ptrdiff_t(1))) {}

  std::ptrdiff_t index_limit() const override { return V_; }

  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    const T* table = this->parameters().at(0);
    each_number(samples, use, [&](std::ptrdiff_t number, std::ptrdiff_t to) {
      const T* row = table + number * ld();
      std::copy(row, row + this->N, use.y + to * leading_dimension<T>(this->N));
    });
  }
  // A whole number has no gradient.
  void backward(const Pass<T>&, RowRange, const Use<T>&, T*) const override {}
  std::ptrdiff_t scratch_size() const override { return tile_rows_ * ld(); }

  void read_weight(std::size_t, const T* arena, T* array) const override {
    for (std::ptrdiff_t v = 0; v < V_; ++v) std::copy_n(arena + v * ld(), this->N, array + v * this->N);
  }
  void write_weight(std::size_t, T* arena, const T* array) const override {
    for (std::ptrdiff_t v = 0; v < V_; ++v) std::copy_n(array + v * this->N, this->N, arena + v * ld());
  }
  std::ptrdiff_t tiles() const override { return (V_ + tile_rows_ - 1) / tile_rows_; }
  int runs(std::ptrdiff_t tile, Run* runs) const override {
    const std::ptrdiff_t first = tile * tile_rows_;
    runs[0] = {first * ld(), std::min(tile_rows_, V_ - first) * ld(), 0};
    return 1;
  }
  void gradient(const Pass<T>& pass, std::ptrdiff_t tile, const Use<T>& use, bool accumulate,
                T* gradient) const override {
    const std::ptrdiff_t first = tile * tile_rows_, count = std::min(tile_rows_, V_ - first);
    if (!accumulate) std::fill_n(gradient, count * ld(), T(0));
    each_number({0, pass.M}, use, [&](std::ptrdiff_t number, std::ptrdiff_t from) {
      if (number < first || number >= first + count) return;
      const T* d = use.d + from * leading_dimension<T>(this->N);
      T* to = gradient + (number - first) * ld();
      for (std::ptrdiff_t n = 0; n < this->N; ++n) to[n] += d[n];
    });
  }

 protected:
  typename Layer<T>::Shapes own_shapes() const override { return {{V_, this->N}}; }

 private:
  static constexpr std::ptrdiff_t tile_elements =
      16384;  // 64 KB of floats: each tile looks at all numbers of the batch

  std::ptrdiff_t ld() const { return round_up(this->N, pack); }  // of the table
  // visit(number, its row) for each number of these samples, in order; the network has checked them.
  template <class Visit>
  void each_number(RowRange samples, const Use<T>& use, Visit visit) const {
    const RowRange rows = samples * use.positions;
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
      visit(static_cast<std::ptrdiff_t>(use.x[0][m * leading_dimension<T>(1)]), m);
  }
  std::ptrdiff_t V_, tile_rows_;
};

}  // namespace steepest
