// y = f(x W + b).
#pragma once

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Dense final : public Layer<T> {
 public:
  Dense(std::ptrdiff_t inputs, std::ptrdiff_t units, bool use_bias, ActivationRule<T> activation,
        const Kernels<T>& kernels);

  void forward(const Pass<T>&, RowRange, const T* parameters, const T* x, T* y) const override;
  void backward(const Pass<T>&, RowRange, const T* parameters, const T* x, const T* y, T* d, T* dx,
                T* scratch) const override;
  std::ptrdiff_t scratch_size() const override;
  double flops() const override { return 2.0 * double(this->K) * double(this->N); }
  const ActivationRule<T>* output_activation() const override { return &activation_; }

  std::ptrdiff_t parameter_count() const override { return panels_.size(); }
  std::vector<std::vector<std::ptrdiff_t>> weight_shapes() const override;
  void read_weight(std::size_t which, const T* arena, T* array) const override;
  void write_weight(std::size_t which, T* arena, const T* array) const override;
  std::ptrdiff_t tiles() const override { return (panels_.count + tile_panels_ - 1) / tile_panels_ * tiles_down_; }
  void update(const Pass<T>&, std::ptrdiff_t tile, const T* x, const T* d, T* parameters, T* const* state,
              const StepRule<T>& rule, T* scratch) const override;

 private:
  void input_gradient(const Pass<T>&, RowRange, const T* parameters, const T* dz, T* dx, T* scratch) const;

  Panels panels_;
  bool use_bias_;
  ActivationRule<T> activation_;
  std::ptrdiff_t tile_rows_;    // rows of a panel that make a tile of dW; row K is the bias
  std::ptrdiff_t tiles_down_;   // tiles of a panel
  std::ptrdiff_t tile_panels_;  // panels of a tile
};

}  // namespace steepest
