// y = (x - mean) / sqrt(variance + epsilon) gamma + beta, column by column: with the batch's own mean and variance in
// training, which also move the mean and the variance that inference, and a frozen layer, take. Each column is summed by one
// thread.
#pragma once

#include <cmath>

#include "model/scaled.hpp"

namespace steepest {

template <class T>
class BatchNormalization final : public Scaled<T> {
 public:
  BatchNormalization(std::ptrdiff_t inputs, double momentum, double epsilon, bool scale, bool center)
      : Scaled<T>(inputs, scale, center, 2), momentum_(momentum), epsilon_(epsilon) {
    std::fill_n(this->row(moving_variance), inputs, T(1));
  }

  // Of each column mean, variance, dgamma, dbeta.
  std::ptrdiff_t memory_size(std::ptrdiff_t, Extent) const override { return 4 * this->stride(); }
  std::ptrdiff_t batch_tiles() const override { return this->stride() / pack; }

  void forward_batch(const Pass<T>& pass, std::ptrdiff_t tile, const Use<T>& use) override {
    const std::ptrdiff_t first = tile * pack, N = std::min(pack, this->N - first);
    T *mean = use.memory + first, *variance = mean + this->stride();
    pass.kernels.normalization.column_moments(pass.M * use.positions, N, use.x[0] + first, ld(), mean, variance);
    move(this->row(moving_mean) + first, mean, N);
    move(this->row(moving_variance) + first, variance, N);
  }
  void forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const override {
    const RowRange rows = samples * use.positions;
    pass.kernels.normalization.normalize_columns(scales(use, 0), rows.count(), this->N, use.x[0] + rows.begin * ld(),
                                                 use.y + rows.begin * ld(), ld());
  }
  void backward_batch(const Pass<T>& pass, std::ptrdiff_t tile, const Use<T>& use) const override {
    const std::ptrdiff_t first = tile * pack, N = std::min(pack, this->N - first);
    pass.kernels.normalization.column_gradients(scales(use, first), pass.M * use.positions, N, use.x[0] + first,
                                                use.d + first, ld(), dgamma(use) + first, dbeta(use) + first);
  }
  void backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T* scratch) const override {
    if (!use.dx[0]) return;
    const RowRange rows = samples * use.positions;
    const std::ptrdiff_t offset = rows.begin * ld();
    if (!use.memory) return backward_in_inference(rows, use, scratch);
    pass.kernels.normalization.normalize_columns_backward(scales(use, 0), pass.M * use.positions, rows.count(), this->N,
                                                          use.x[0] + offset, use.d + offset, ld(), dgamma(use),
                                                          dbeta(use), use.dx[0] + offset);
  }

 protected:
  void add_gradients(const Pass<T>& pass, std::ptrdiff_t first, std::ptrdiff_t count, const Use<T>& use, T* to_gamma,
                     T* to_beta) const override {
    if (!use.memory) return add_gradients_in_inference(pass, first, count, use, to_gamma, to_beta);
    for (std::ptrdiff_t n = 0; n < count; ++n) {
      to_gamma[n] += dgamma(use)[first + n];
      to_beta[n] += dbeta(use)[first + n];
    }
  }

 private:
  static constexpr std::ptrdiff_t moving_mean = 2, moving_variance = 3;  // rows of the parameters

  void add_gradients_in_inference(const Pass<T>& pass, std::ptrdiff_t first, std::ptrdiff_t count, const Use<T>& use,
                                  T* to_gamma, T* to_beta) const {
    for (std::ptrdiff_t n = first; n < first + count; n += pack) {
      T gamma[pack], beta[pack];
      const std::ptrdiff_t columns = std::min(pack, first + count - n);
      pass.kernels.normalization.column_gradients(scales(use, n), pass.M * use.positions, columns, use.x[0] + n,
                                                  use.d + n, ld(), gamma, beta);
      for (std::ptrdiff_t i = 0; i < columns; ++i)
        to_gamma[n - first + i] += gamma[i], to_beta[n - first + i] += beta[i];
    }
  }
  // dx = dy gamma / sqrt(variance + epsilon): the moving mean and variance are constants.
  void backward_in_inference(RowRange rows, const Use<T>& use, T* slopes) const {
    const ColumnScales<T> s = scales(use, 0);
    for (std::ptrdiff_t first = 0; first < this->N; first += this->scratch_size()) {
      const std::ptrdiff_t end = std::min(first + this->scratch_size(), this->N);
      for (std::ptrdiff_t n = first; n < end; ++n)
        slopes[n - first] = s.gamma[n] / std::sqrt(s.variance[n] + static_cast<T>(epsilon_));
      for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
        for (std::ptrdiff_t n = first; n < end; ++n) use.dx[0][m * ld() + n] = use.d[m * ld() + n] * slopes[n - first];
    }
  }
  std::ptrdiff_t ld() const { return leading_dimension<T>(this->N); }
  // Null where the layer computes as in inference.
  T* dgamma(const Use<T>& use) const { return use.memory ? use.memory + 2 * this->stride() : nullptr; }
  T* dbeta(const Use<T>& use) const { return use.memory ? use.memory + 3 * this->stride() : nullptr; }
  // Of the columns from `first` on.
  ColumnScales<T> scales(const Use<T>& use, std::ptrdiff_t first) const {
    const T* mean = use.memory ? use.memory : this->row(moving_mean);
    return {mean + first, mean + this->stride() + first, this->row(0) + first, this->row(1) + first, epsilon_};
  }
  void move(T* moving, const T* value, std::ptrdiff_t N) const {
    for (std::ptrdiff_t n = 0; n < N; ++n) moving[n] = moving[n] * T(momentum_) + value[n] * T(1 - momentum_);
  }
  double momentum_, epsilon_;
};

}  // namespace steepest
