#include "model/dense.hpp"

#include <algorithm>

namespace steepest {
namespace {

// Elements of a tile of dW: 8 KB of floats, so that the tile, its weights and its state stay in the first-level cache.
constexpr std::ptrdiff_t tile_elements = 2048;

}  // namespace

template <class T>
Dense<T>::Dense(std::ptrdiff_t inputs, std::ptrdiff_t units, bool use_bias, ActivationRule<T> activation,
                const Kernels<T>& kernels)
    : Layer<T>(inputs, units),
      panels_(inputs, units, kernels.panel_packs),
      use_bias_(use_bias),
      activation_(activation),
      tile_rows_(tile_elements / panels_.widest()),
      tiles_per_panel_((inputs + use_bias + tile_rows_ - 1) / tile_rows_) {}

template <class T>
void Dense<T>::forward(const Pass<T>& pass, RowRange rows, const T* parameters, const T* x, T* y) const {
  const std::ptrdiff_t ld_x = leading_dimension<T>(this->K), ld_y = leading_dimension<T>(this->N);
  x += rows.begin * ld_x;
  y += rows.begin * ld_y;
  for (std::ptrdiff_t p = 0; p < panels_.count; ++p) {
    const Panel panel = panels_[p];
    pass.kernels.forward(rows.count(), this->K, panel.width, x, ld_x, parameters + panel.offset, y + panel.first, ld_y);
  }
  if (!pass.logits && !activation_.is("linear"))
    activation_->forward(activation_.hyper.data(), rows.count(), this->N, y, y, ld_y);
}

template <class T>
void Dense<T>::backward(const Pass<T>& pass, RowRange rows, const T* parameters, const T*, const T* y, T* d, T* dx,
                        T* scratch) const {
  const std::ptrdiff_t ld = leading_dimension<T>(this->N);
  if (!pass.logits && !activation_.is("linear"))
    activation_->backward(activation_.hyper.data(), rows.count(), this->N, nullptr, y + rows.begin * ld,
                          d + rows.begin * ld, ld);
  if (dx) input_gradient(pass, rows, parameters, d, dx, scratch);
}

template <class T>
void Dense<T>::input_gradient(const Pass<T>& pass, RowRange rows, const T* parameters, const T* dz, T* dx,
                              T* scratch) const {
  const std::ptrdiff_t ld_z = leading_dimension<T>(this->N), ld_x = leading_dimension<T>(this->K);
  if (pass.M < pack) {
    pass.kernels.input_gradient_dot(rows.count(), this->K, panels_.count, panels_.width, panels_.wider, parameters,
                                    dz + rows.begin * ld_z, ld_z, dx + rows.begin * ld_x, ld_x);
    return;
  }
  T *dz_lanes = scratch, *dx_lanes = scratch + round_up(this->N, pack) * pack;
  for (std::ptrdiff_t m = rows.begin; m < rows.end; m += pack) {
    const std::ptrdiff_t count = std::min(pack, rows.end - m);
    pass.kernels.to_lanes(count, round_up(this->N, pack), dz + m * ld_z, ld_z, dz_lanes);
    for (std::ptrdiff_t p = 0; p < panels_.count; ++p) {
      const Panel panel = panels_[p];
      pass.kernels.input_gradient_lanes(this->K, panel.width, parameters + panel.offset, dz_lanes + panel.first * pack,
                                        dx_lanes, p > 0);
    }
    pass.kernels.from_lanes(count, this->K, dx_lanes, dx + m * ld_x, ld_x);
  }
}

template <class T>
std::ptrdiff_t Dense<T>::scratch_size() const {
  return std::max(tile_elements, pack * (round_up(this->N, pack) + this->K));
}

template <class T>
std::vector<std::vector<std::ptrdiff_t>> Dense<T>::weight_shapes() const {
  if (use_bias_) return {{this->K, this->N}, {this->N}};
  return {{this->K, this->N}};
}

template <class T>
void Dense<T>::read_weight(std::size_t which, const T* arena, T* array) const {
  panels_.each_element(arena, [&](std::ptrdiff_t k, std::ptrdiff_t n, const T& element) {
    if ((k == this->K) == (which == 1)) array[which == 1 ? n : k * this->N + n] = element;
  });
}

template <class T>
void Dense<T>::write_weight(std::size_t which, T* arena, const T* array) const {
  panels_.each_element(arena, [&](std::ptrdiff_t k, std::ptrdiff_t n, T& element) {
    if ((k == this->K) == (which == 1)) element = array[which == 1 ? n : k * this->N + n];
  });
}

template <class T>
void Dense<T>::update(const Pass<T>& pass, std::ptrdiff_t index, const T* x, const T* dz, T* parameters,
                      T* const* state, const StepRule<T>& rule, T* gradient) const {
  const Panel panel = panels_[index / tiles_per_panel_];
  const std::ptrdiff_t begin = index % tiles_per_panel_ * tile_rows_;
  const std::ptrdiff_t end = std::min(begin + tile_rows_, this->K + use_bias_);
  const std::ptrdiff_t ld_x = leading_dimension<T>(this->K), ld_z = leading_dimension<T>(this->N);
  dz += panel.first;
  pass.kernels.weight_gradient(pass.M, std::min(end, this->K) - begin, panel.width, x + begin, ld_x, dz, ld_z, gradient);
  if (end > this->K)
    pass.kernels.bias_gradient(pass.M, panel.width, dz, ld_z, gradient + (this->K - begin) * panel.width);
  const std::ptrdiff_t offset = panel.offset + begin * panel.width;
  T* tile_state[max_state];
  for (int i = 0; i < rule.kernel->state_count; ++i) tile_state[i] = state[i] + offset;
  rule.kernel->update(rule.constants, (end - begin) * panel.width, parameters + offset, gradient, tile_state);
}

template class Dense<float>;
template class Dense<double>;

}  // namespace steepest
