// One output from several inputs of one shape: sum, difference, product, average, maximum or minimum, element by element.
// Where several inputs are the largest (or smallest), the first of them gets the gradient.
#pragma once

#include <algorithm>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Merge final : public Layer<T> {
 public:
  enum class Kind { add, subtract, multiply, average, maximum, minimum };

  Merge(Kind kind, std::vector<Extent> inputs)
      : Layer<T>(inputs[0].columns, inputs[0].columns), kind_(kind), inputs_(std::move(inputs)) {
    for (const Extent& input : inputs_)
      if (input != inputs_[0]) invalid("The inputs of a merge must have one shape.");
  }

  Extent output(const std::vector<Extent>& inputs) const override {
    if (inputs != inputs_) invalid("A merge was made for other inputs.");
    return inputs_[0];
  }
  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    const auto [begin, end] = elements(samples);
    const std::size_t count = inputs_.size();
    T* y = use.y;
    std::copy(use.x[0] + begin, use.x[0] + end, y + begin);
    for (std::size_t i = 1; i < count; ++i) {
      const T* x = use.x[i];
      switch (kind_) {
        case Kind::add:
        case Kind::average: each(begin, end, [&](std::ptrdiff_t j) { y[j] += x[j]; }); break;
        case Kind::subtract: each(begin, end, [&](std::ptrdiff_t j) { y[j] -= x[j]; }); break;
        case Kind::multiply: each(begin, end, [&](std::ptrdiff_t j) { y[j] *= x[j]; }); break;
        case Kind::maximum:
          each(begin, end, [&](std::ptrdiff_t j) { y[j] = x[j] > y[j] || x[j] != x[j] ? x[j] : y[j]; });
          break;
        case Kind::minimum:
          each(begin, end, [&](std::ptrdiff_t j) { y[j] = x[j] < y[j] || x[j] != x[j] ? x[j] : y[j]; });
          break;
      }
    }
    if (kind_ == Kind::average) each(begin, end, [&](std::ptrdiff_t j) { y[j] /= static_cast<T>(count); });
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    const auto [begin, end] = elements(samples);
    const std::size_t count = inputs_.size();
    const T* d = use.d;
    for (std::size_t i = 0; i < count; ++i) {
      T* dx = use.dx[i];
      if (!dx) continue;
      switch (kind_) {
        case Kind::add: std::copy(d + begin, d + end, dx + begin); break;
        case Kind::average: each(begin, end, [&](std::ptrdiff_t j) { dx[j] = d[j] / static_cast<T>(count); }); break;
        case Kind::subtract: each(begin, end, [&](std::ptrdiff_t j) { dx[j] = i == 0 ? d[j] : -d[j]; }); break;
        case Kind::multiply:
          each(begin, end, [&](std::ptrdiff_t j) {
            T product = d[j];
            for (std::size_t k = 0; k < count; ++k)
              if (k != i) product *= use.x[k][j];
            dx[j] = product;
          });
          break;
        case Kind::maximum:
        case Kind::minimum:
          each(begin, end, [&](std::ptrdiff_t j) {
            bool mine = use.x[i][j] == use.y[j];
            for (std::size_t k = 0; k < i; ++k) mine = mine && use.x[k][j] != use.y[j];
            dx[j] = mine ? d[j] : T(0);
          });
          break;
      }
    }
  }

 private:
  // Padding is zero in all inputs, and stays zero whatever the kind.
  RowRange elements(RowRange samples) const {
    return samples * (inputs_[0].positions * leading_dimension<T>(inputs_[0].columns));
  }
  template <class F>
  static void each(std::ptrdiff_t begin, std::ptrdiff_t end, F f) {
    for (std::ptrdiff_t j = begin; j < end; ++j) f(j);
  }
  Kind kind_;
  std::vector<Extent> inputs_;
};

}  // namespace steepest
