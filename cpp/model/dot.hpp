// y[p][q] = sum_k a[p][k] b[q][k]: of each sample the products of the rows of two inputs.
#pragma once

#include <algorithm>

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Dot final : public Layer<T> {
 public:
  Dot(Extent a, Extent b) : Layer<T>(a.columns, b.positions), a_(a), b_(b) {
    if (a.columns != b.columns) invalid("The rows of a product must be of one length.");
  }

  Extent output(const std::vector<Extent>& inputs) const override {
    if (inputs != std::vector{a_, b_}) invalid("A product was made for other inputs.");
    return {a_.positions, b_.positions};
  }
  double flops() const override { return 2.0 * double(this->K) * double(this->N); }

  void forward(const Pass<T>&, RowRange samples, const Use<T>& use) const override {
    each_pair(samples, [&](std::ptrdiff_t y, std::ptrdiff_t p, std::ptrdiff_t q) {
      const T *a = use.x[0] + p, *b = use.x[1] + q;
      T sum = 0;
      for (std::ptrdiff_t k = 0; k < this->K; ++k) sum += a[k] * b[k];
      use.y[y] = sum;
    });
  }
  void backward(const Pass<T>&, RowRange samples, const Use<T>& use, T*) const override {
    T *da = use.dx[0], *db = use.dx[1];
    const std::ptrdiff_t ld = leading_dimension<T>(this->K);
    if (da) std::fill(da + samples.begin * a_.positions * ld, da + samples.end * a_.positions * ld, T(0));
    if (db) std::fill(db + samples.begin * b_.positions * ld, db + samples.end * b_.positions * ld, T(0));
    each_pair(samples, [&](std::ptrdiff_t y, std::ptrdiff_t p, std::ptrdiff_t q) {
      const T d = use.d[y];
      for (std::ptrdiff_t k = 0; da && k < this->K; ++k) da[p + k] += d * use.x[1][q + k];
      for (std::ptrdiff_t k = 0; db && k < this->K; ++k) db[q + k] += d * use.x[0][p + k];
    });
  }

 private:
  // visit(an element of y, the beginnings of its rows of a and of b)
  template <class Visit>
  void each_pair(RowRange samples, Visit visit) const {
    const std::ptrdiff_t ld = leading_dimension<T>(this->K), ld_y = leading_dimension<T>(this->N);
    for (std::ptrdiff_t m = samples.begin; m < samples.end; ++m)
      for (std::ptrdiff_t p = m * a_.positions; p < (m + 1) * a_.positions; ++p)
        for (std::ptrdiff_t q = 0; q < b_.positions; ++q) visit(p * ld_y + q, p * ld, (m * b_.positions + q) * ld);
  }
  Extent a_, b_;
};

}  // namespace steepest
