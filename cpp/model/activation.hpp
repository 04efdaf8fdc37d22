// y = f(x), as a layer of its own.
#pragma once

#include <cstring>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Activation final : public Layer<T> {
 public:
  Activation(std::ptrdiff_t inputs, ActivationRule<T> rule) : Layer<T>(inputs, inputs), rule_(rule) {}

  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    const RowRange rows = samples * use.positions;
    const std::ptrdiff_t ld = leading_dimension<T>(this->N), offset = rows.begin * ld;
    if (use.logits) {
      copy(use.x[0] + offset, use.y + offset, rows.count() * ld);
    } else {
      rule_->forward(rule_.hyper.data(), rows.count(), this->N, use.x[0] + offset, use.y + offset, ld);
    }
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    T* dx = use.dx[0];
    if (!dx) return;
    const RowRange rows = samples * use.positions;
    const std::ptrdiff_t ld = leading_dimension<T>(this->N), offset = rows.begin * ld;
    copy(use.d + offset, dx + offset, rows.count() * ld);
    if (!use.logits)
      rule_->backward(rule_.hyper.data(), rows.count(), this->N, use.x[0] + offset, use.y + offset, dx + offset, ld);
  }
  const ActivationRule<T>* output_activation() const override { return &rule_; }

 private:
  static void copy(const T* from, T* to, std::ptrdiff_t count) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
  }
  ActivationRule<T> rule_;
};

}  // namespace steepest
