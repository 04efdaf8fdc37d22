// The same numbers of a sample in other rows: `positions` of `columns`.
#pragma once

#include <algorithm>
#include <cstring>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Reshape final : public Layer<T> {
 public:
  Reshape(Extent from, std::ptrdiff_t columns)
      : Layer<T>(from.columns, columns), from_(from), to_{from.positions * from.columns / columns, columns} {}

  Extent output(const std::vector<Extent>& inputs) const override {
    if (inputs != std::vector{from_}) invalid("A reshape was made for other inputs.");
    return to_;
  }
  bool only_reshapes() const override { return true; }
  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    copy(samples, from_, use.x[0], to_, use.y);
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    if (use.dx[0]) copy(samples, to_, use.d, from_, use.dx[0]);
  }

 private:
  static void copy(RowRange samples, Extent a, const T* from, Extent b, T* to) {
    const std::ptrdiff_t ld_a = leading_dimension<T>(a.columns), ld_b = leading_dimension<T>(b.columns);
    for (std::ptrdiff_t m = samples.begin; m < samples.end; ++m) {
      const T* source = from + m * a.positions * ld_a;
      T* target = to + m * b.positions * ld_b;
      const std::ptrdiff_t size = a.positions * a.columns;
      for (std::ptrdiff_t i = 0, run; i < size; i += run) {  // up to the next end of a row, here or there
        const std::ptrdiff_t column_a = i % a.columns, column_b = i % b.columns;
        run = std::min(a.columns - column_a, b.columns - column_b);
        std::memcpy(target + i / b.columns * ld_b + column_b, source + i / a.columns * ld_a + column_a,
                    static_cast<std::size_t>(run) * sizeof(T));
      }
    }
  }
  Extent from_, to_;
};

}  // namespace steepest
