// y = x / (1 - rate) where a uniform number is at least `rate`, else 0; in inference y = x. The number is a function of
// (seed, step, row in the batch, column): the backward pass computes it again, and threads do not matter.
#pragma once

#include "model/layer.hpp"
#include "runtime/random.hpp"

namespace steepest {

template <class T>
class Dropout final : public Layer<T> {
 public:
  Dropout(std::ptrdiff_t inputs, double rate, std::uint64_t seed)
      : Layer<T>(inputs, inputs), rate_(rate), seed_(seed) {}

  void forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const override {
    mask(pass, samples * use.positions, use.x[0], use.y);
  }
  void backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T*) const override {
    if (use.dx[0]) mask(pass, samples * use.positions, use.d, use.dx[0]);
  }

 private:
  void mask(const Pass<T>& pass, RowRange rows, const T* from, T* to) const {
    const std::ptrdiff_t ld = leading_dimension<T>(this->N);
    const T scale = pass.training ? T(1 / (1 - rate_)) : T(1);
    const auto dropped_below = static_cast<std::uint64_t>(pass.training ? rate_ * 0x1p32 : 0);
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
      for (std::ptrdiff_t n = 0; n < this->N; n += 4) {
        const auto words = philox({static_cast<std::uint32_t>(pass.step), static_cast<std::uint32_t>(pass.step >> 32),
                                   static_cast<std::uint32_t>(m), static_cast<std::uint32_t>(n)},
                                  seed_);
        for (std::ptrdiff_t i = n; i < n + 4 && i < this->N; ++i)
          to[m * ld + i] = words[static_cast<std::size_t>(i - n)] < dropped_below ? T(0) : from[m * ld + i] * scale;
      }
  }
  double rate_;
  std::uint64_t seed_;
};

}  // namespace steepest
