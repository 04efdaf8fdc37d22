// The numbers of a sample in other places: y[i] = x[source[i]]. Axes are permuted by it, and rows repeated.
#pragma once

#include <algorithm>
#include <utility>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Rearrange final : public Layer<T> {
 public:
  // `source` numbers the input's elements in row-major order, for each element of the output.
  Rearrange(Extent from, Extent to, std::vector<std::ptrdiff_t> source)
      : Layer<T>(from.columns, to.columns), from_(from), to_(to), source_(std::move(source)) {
    for (std::ptrdiff_t& place : source_) place = place / from.columns * ld_from() + place % from.columns;
  }

  Extent output(const std::vector<Extent>& inputs) const override {
    if (inputs != std::vector{from_}) invalid("An arrangement was made for other inputs.");
    return to_;
  }
  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    each_element(samples, [&](std::ptrdiff_t from, std::ptrdiff_t to) { use.y[to] = use.x[0][from]; });
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    T* dx = use.dx[0];
    if (!dx) return;
    const RowRange elements = samples * (from_.positions * ld_from());
    std::fill(dx + elements.begin, dx + elements.end, T(0));
    each_element(samples, [&](std::ptrdiff_t from, std::ptrdiff_t to) { dx[from] += use.d[to]; });
  }

 private:
  std::ptrdiff_t ld_from() const { return leading_dimension<T>(from_.columns); }
  template <class Visit>
  void each_element(RowRange samples, Visit visit) const {
    const std::ptrdiff_t ld = leading_dimension<T>(to_.columns);
    for (std::ptrdiff_t m = samples.begin; m < samples.end; ++m) {
      const std::ptrdiff_t from = m * from_.positions * ld_from(), to = m * to_.positions * ld;
      const std::ptrdiff_t* source = source_.data();
      for (std::ptrdiff_t p = 0; p < to_.positions; ++p)
        for (std::ptrdiff_t n = 0; n < to_.columns; ++n) visit(from + *source++, to + p * ld + n);
    }
  }
  Extent from_, to_;
  std::vector<std::ptrdiff_t> source_;
};

}  // namespace steepest
