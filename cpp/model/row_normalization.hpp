// y = (x - mean) / scale gamma + beta, row by row: layer, root-mean-square and unit normalization, and y = x gamma + beta.
#pragma once

#include "model/scaled.hpp"

namespace steepest {

template <class T>
class RowNormalization final : public Scaled<T> {
 public:
  RowNormalization(std::ptrdiff_t inputs, RowScale kind, double epsilon, bool scale, bool center)
      : Scaled<T>(inputs, scale, center), kind_(kind), epsilon_(epsilon) {}

  // Two statistics of each row.
  std::ptrdiff_t memory_size(std::ptrdiff_t samples, Extent output) const override {
    return checked_product(2 * samples, output.positions);
  }

  void forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const override {
    const RowRange rows = samples * use.positions;
    const std::ptrdiff_t offset = rows.begin * ld();
    pass.kernels.normalization.normalize_rows(scales(), rows.count(), this->N, use.x[0] + offset, use.y + offset, ld(),
                                              use.memory ? use.memory + 2 * rows.begin : nullptr);
  }
  void backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T*) const override {
    if (!use.dx[0]) return;
    const RowRange rows = samples * use.positions;
    const std::ptrdiff_t offset = rows.begin * ld();
    pass.kernels.normalization.normalize_rows_backward(scales(), rows.count(), this->N, use.x[0] + offset,
                                                       use.d + offset, ld(), use.memory + 2 * rows.begin,
                                                       use.dx[0] + offset);
  }

 protected:
  void add_gradients(const Pass<T>& pass, std::ptrdiff_t first, std::ptrdiff_t count, const Use<T>& use, T* dgamma,
                     T* dbeta) const override {
    pass.kernels.normalization.row_gradients(pass.M * use.positions, count, use.x[0] + first, use.d + first, ld(),
                                             use.memory, dgamma, dbeta);
  }

 private:
  std::ptrdiff_t ld() const { return leading_dimension<T>(this->N); }
  RowScales<T> scales() const { return {kind_, this->row(0), this->row(1), epsilon_}; }
  RowScale kind_;
  double epsilon_;
};

}  // namespace steepest
