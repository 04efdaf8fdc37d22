// y = x for x > 0, else alpha x, with an alpha for each column that is trained.
#pragma once

#include "model/scaled.hpp"

namespace steepest {

template <class T>
class PRelu final : public Scaled<T> {
 public:
  explicit PRelu(std::ptrdiff_t inputs) : Scaled<T>(inputs, true, false) {}

  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    const T *alpha = this->row(0), *x = use.x[0];
    each_row(samples * use.positions, [&](std::ptrdiff_t row) {
      for (std::ptrdiff_t n = 0; n < this->N; ++n) use.y[row + n] = x[row + n] > 0 ? x[row + n] : alpha[n] * x[row + n];
    });
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    T* dx = use.dx[0];
    if (!dx) return;
    const T *alpha = this->row(0), *x = use.x[0];
    each_row(samples * use.positions, [&](std::ptrdiff_t row) {
      for (std::ptrdiff_t n = 0; n < this->N; ++n) dx[row + n] = use.d[row + n] * (x[row + n] > 0 ? T(1) : alpha[n]);
    });
  }

 protected:
  void add_gradients(const Pass<T>& pass, std::ptrdiff_t first, std::ptrdiff_t count, const Use<T>& use, T* dalpha,
                     T*) const override {
    const T* x = use.x[0] + first;
    each_row({0, pass.M * use.positions}, [&](std::ptrdiff_t row) {
      for (std::ptrdiff_t n = 0; n < count; ++n)
        dalpha[n] += x[row + n] > 0 ? T(0) : use.d[row + first + n] * x[row + n];
    });
  }

 private:
  template <class Visit>
  void each_row(RowRange rows, Visit visit) const {
    const std::ptrdiff_t ld = leading_dimension<T>(this->N);
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m) visit(m * ld);
  }
};

}  // namespace steepest
