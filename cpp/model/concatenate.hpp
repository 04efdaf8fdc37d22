// The columns of several inputs beside each other.
#pragma once

#include <cstring>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Concatenate final : public Layer<T> {
 public:
  explicit Concatenate(std::vector<Extent> inputs)
      : Layer<T>(inputs[0].columns, total(inputs)), inputs_(std::move(inputs)) {
    for (const Extent& input : inputs_)
      if (input.positions != inputs_[0].positions) invalid("The inputs of a concatenation must have as many rows.");
  }

  Extent output(const std::vector<Extent>& inputs) const override {
    if (inputs != inputs_) invalid("A concatenation was made for other inputs.");
    return {inputs_[0].positions, this->N};
  }
  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    std::ptrdiff_t first = 0;
    for (std::size_t i = 0; i < inputs_.size(); first += inputs_[i++].columns)
      copy(samples * use.positions, inputs_[i].columns, use.x[i], leading_dimension<T>(inputs_[i].columns),
           use.y + first, leading_dimension<T>(this->N));
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    std::ptrdiff_t first = 0;
    for (std::size_t i = 0; i < inputs_.size(); first += inputs_[i++].columns)
      if (use.dx[i])
        copy(samples * use.positions, inputs_[i].columns, use.d + first, leading_dimension<T>(this->N), use.dx[i],
             leading_dimension<T>(inputs_[i].columns));
  }

 private:
  static std::ptrdiff_t total(const std::vector<Extent>& inputs) {
    std::ptrdiff_t columns = 0;
    for (const Extent& input : inputs) columns += input.columns;
    return columns;
  }
  static void copy(RowRange rows, std::ptrdiff_t N, const T* from, std::ptrdiff_t ld_from, T* to,
                   std::ptrdiff_t ld_to) {
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
      std::memcpy(to + m * ld_to, from + m * ld_from, static_cast<std::size_t>(N) * sizeof(T));
  }
  std::vector<Extent> inputs_;
};

}  // namespace steepest
