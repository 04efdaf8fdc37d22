// y = (x - shift) scale + offset, with fixed numbers for each column.
#pragma once

#include <utility>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Rescaling final : public Layer<T> {
 public:
  // As many numbers as there are columns.
  Rescaling(const std::vector<double>& shift, const std::vector<double>& scale, const std::vector<double>& offset)
      : Layer<T>(std::ssize(shift), std::ssize(shift)),
        shift_(shift.begin(), shift.end()),
        scale_(scale.begin(), scale.end()),
        offset_(offset.begin(), offset.end()) {}

  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    each(samples * use.positions,
         [&](std::ptrdiff_t at, std::size_t n) { use.y[at] = (use.x[0][at] - shift_[n]) * scale_[n] + offset_[n]; });
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    if (!use.dx[0]) return;
    each(samples * use.positions, [&](std::ptrdiff_t at, std::size_t n) { use.dx[0][at] = use.d[at] * scale_[n]; });
  }

 private:
  template <class Visit>
  void each(RowRange rows, Visit visit) const {
    const std::ptrdiff_t ld = leading_dimension<T>(this->N);
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
      for (std::ptrdiff_t n = 0; n < this->N; ++n) visit(m * ld + n, static_cast<std::size_t>(n));
  }
  std::vector<T> shift_, scale_, offset_;
};

}  // namespace steepest
