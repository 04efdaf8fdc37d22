// y = f(x W + b).
#pragma once

#include "model/layer.hpp"

namespace steepest {

template <class T>
class Dense final : public Layer<T> {
 public:
  Dense(std::ptrdiff_t inputs, std::ptrdiff_t units, bool use_bias, ActivationRule<T> activation,
        const Kernels<T>& kernels);

  void forward(const Pass<T>&, RowRange samples, const Use<T>&) const override;
  void backward(const Pass<T>&, RowRange samples, const Use<T>&, T* scratch) const override;
  std::ptrdiff_t scratch_size() const override;
  double flops() const override { return 2.0 * double(this->K) * double(this->N); }
  const ActivationRule<T>* output_activation() const override { return &activation_; }

  void read_weight(std::size_t which, const T* arena, T* array) const override;
  void write_weight(std::size_t which, T* arena, const T* array) const override;
  std::vector<Strip> strips() const override;  // down sixteen columns after the other, however wide a panel is
  std::ptrdiff_t tiles() const override { return (panels_.count + tile_panels_ - 1) / tile_panels_ * tiles_down_; }
  int runs(std::ptrdiff_t tile, Run* runs) const override;
  void gradient(const Pass<T>&, std::ptrdiff_t tile, const Use<T>&, bool accumulate, T* gradient) const override;
  bool outer_products(const Pass<T>&, std::ptrdiff_t tile, const Use<T>&, OuterProduct<T>*) const override;

 protected:
  typename Layer<T>::Shapes own_shapes() const override;

 private:
  // Of a tile: its panels, and its rows of each; row K is the bias.
  struct Tile {
    std::ptrdiff_t first, last, begin, end;
  };
  Tile tile(std::ptrdiff_t index) const;
  void input_gradient(const Pass<T>&, std::ptrdiff_t M, RowRange rows, const T* dz, T* dx, T* scratch) const;

  Panels panels_;
  bool use_bias_;
  ActivationRule<T> activation_;
  bool linear_;                 // activation_ does nothing
  std::ptrdiff_t tile_rows_;    // rows of a panel that make a tile of dW
  std::ptrdiff_t tiles_down_;   // tiles of a panel
  std::ptrdiff_t tile_panels_;  // panels of a tile
};

}  // namespace steepest
