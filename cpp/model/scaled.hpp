// What normalizations share: y = u gamma + beta of what they normalized, with a gamma and a beta for each column.
#pragma once

#include <algorithm>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Scaled : public Layer<T> {
 public:
  // `kept`: so many numbers more for each column, which are weights but not trained. They and beta begin as 0, gamma as 1.
  Scaled(std::ptrdiff_t inputs, bool scale, bool center, std::ptrdiff_t kept = 0)
      : Layer<T>(inputs, inputs, checked_product(2 + kept, round_up(inputs, pack))), scale_(scale), center_(center) {
    if (scale) rows_.push_back(0);
    if (center) rows_.push_back(1);
    for (std::ptrdiff_t i = 0; i < kept; ++i) rows_.push_back(2 + i);
    std::fill_n(row(0), inputs, T(1));
  }

  std::ptrdiff_t scratch_size() const override { return 2 * tile_columns; }
  double flops() const override { return 10.0 * double(this->N); }

  std::size_t trained_weights() const override { return std::size_t(scale_) + std::size_t(center_); }
  void read_weight(std::size_t which, const T* arena, T* array) const override {
    std::copy_n(arena + rows_[which] * stride(), this->N, array);
  }
  void write_weight(std::size_t which, T* arena, const T* array) const override {
    std::copy_n(array, this->N, arena + rows_[which] * stride());
  }

  std::ptrdiff_t tiles() const override {
    return trained_weights() == 0 ? 0 : (stride() + tile_columns - 1) / tile_columns;
  }
  int runs(std::ptrdiff_t tile, Run* runs) const override {
    const std::ptrdiff_t begin = tile * tile_columns, count = std::min(tile_columns, stride() - begin);
    int number = 0;
    if (scale_) runs[number++] = {begin, count, 0};
    if (center_) runs[number++] = {stride() + begin, count, tile_columns};
    return number;
  }
  void gradient(const Pass<T>& pass, std::ptrdiff_t tile, const Use<T>& use, bool accumulate,
                T* gradient) const override {
    const std::ptrdiff_t begin = tile * tile_columns, count = std::min(tile_columns, this->N - begin);
    if (!accumulate) std::fill_n(gradient, 2 * tile_columns, T(0));
    add_gradients(pass, begin, count, use, gradient, gradient + tile_columns);
  }

 protected:
  typename Layer<T>::Shapes own_shapes() const override { return {rows_.size(), {this->N}}; }
  // To dgamma and dbeta of `count` columns from `first` on.
  virtual void add_gradients(const Pass<T>&, std::ptrdiff_t first, std::ptrdiff_t count, const Use<T>&, T* dgamma,
                             T* dbeta) const = 0;

  std::ptrdiff_t stride() const { return round_up(this->N, pack); }
  // gamma, beta, and what is kept: whole packs, zero behind column N.
  const T* row(std::ptrdiff_t i) const { return this->parameters().at(static_cast<std::size_t>(i * stride())); }
  T* row(std::ptrdiff_t i) { return this->parameters().at(static_cast<std::size_t>(i * stride())); }

 private:
  static constexpr std::ptrdiff_t tile_columns = 1024;
  bool scale_, center_;
  std::vector<std::ptrdiff_t> rows_;  // of each weight
};

}  // namespace steepest
