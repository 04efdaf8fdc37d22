// y = f(x), as a layer of its own.
#pragma once

#include <cstring>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Activation final : public Layer<T> {
 public:
  Activation(std::ptrdiff_t inputs, ActivationRule<T> rule) : Layer<T>(inputs, inputs), rule_(rule) {}

  void forward(const Pass<T>& pass, RowRange rows, const T*, const T* x, T* y) const override {
    const std::ptrdiff_t ld = leading_dimension<T>(this->N), offset = rows.begin * ld;
    if (pass.logits) {
      copy(x + offset, y + offset, rows.count() * ld);
    } else {
      rule_->forward(rule_.hyper.data(), rows.count(), this->N, x + offset, y + offset, ld);
    }
  }
  void backward(const Pass<T>& pass, RowRange rows, const T*, const T* x, const T* y, T* d, T* dx, T*) const override {
    if (!dx) return;
    const std::ptrdiff_t ld = leading_dimension<T>(this->N), offset = rows.begin * ld;
    copy(d + offset, dx + offset, rows.count() * ld);
    if (!pass.logits)
      rule_->backward(rule_.hyper.data(), rows.count(), this->N, x + offset, y + offset, dx + offset, ld);
  }
  const ActivationRule<T>* output_activation() const override { return &rule_; }

 private:
  static void copy(const T* from, T* to, std::ptrdiff_t count) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
  }
  ActivationRule<T> rule_;
};

}  // namespace steepest
