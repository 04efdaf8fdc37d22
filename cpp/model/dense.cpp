#include "model/dense.hpp"

#include <algorithm>

namespace steepest {
namespace {

// A tile of dW is some rows of up to `most_panels` panels: 8 KB of floats a panel, so that a panel's part, its weights and
// its state stay in the first-level cache, and enough panels to use rows of X again; fewer where a layer would not have
// `least_tiles` to split over threads.
constexpr std::ptrdiff_t tile_elements = 2048, most_panels = max_runs, least_tiles = 16;

// Blocks that keep what is used again in the second-level cache (512 KB and more). A sum that is cut goes on from where it
// stood, so no bit depends on these numbers.
constexpr std::ptrdiff_t forward_rows = 192, forward_inputs = 256;  // of X: 192 KB of floats
constexpr std::ptrdiff_t gradient_rows = 128;                       // of dZ for a tile of dW: 8 KB a pack
constexpr std::ptrdiff_t input_rows = 256, input_units = 256;       // of dZ, transposed: 256 KB

}  // namespace

template <class T>
Dense<T>::Dense(std::ptrdiff_t inputs, std::ptrdiff_t units, bool use_bias, ActivationRule<T> activation,
                const Kernels<T>& kernels)
    : Layer<T>(inputs, units, Panels(inputs, units, kernels.panel_packs).size()),
      panels_(inputs, units, kernels.panel_packs),
      use_bias_(use_bias),
      activation_(activation),
      linear_(activation.is("linear")),
      tile_rows_(tile_elements / panels_.widest()),
      tiles_down_((inputs + use_bias + tile_rows_ - 1) / tile_rows_),
      tile_panels_(std::clamp(panels_.count * tiles_down_ / least_tiles, std::ptrdiff_t(1), most_panels)) {}

template <class T>
void Dense<T>::forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const {
  const RowRange rows = samples * use.positions;
  const T *parameters = this->parameters().at(0), *x = use.x[0];
  T* y = use.y;
  const std::ptrdiff_t ld_x = leading_dimension<T>(this->K), ld_y = leading_dimension<T>(this->N);
  for (std::ptrdiff_t m = rows.begin; m < rows.end; m += forward_rows) {
    const std::ptrdiff_t count = std::min(forward_rows, rows.end - m);
    for (std::ptrdiff_t k = 0; k < this->K; k += forward_inputs)
      panels_.each_run([&](const Panel& panel, std::ptrdiff_t columns) {
        const T* W = parameters + panel.offset;
        pass.kernels.forward(count, std::min(forward_inputs, this->K - k), columns, panel.width, panels_.stride(panel),
                             x + m * ld_x + k, ld_x, W + k * panel.width, k == 0 ? W + this->K * panel.width : nullptr,
                             y + m * ld_y + panel.first, ld_y);
      });
    if (!use.logits && !linear_)
      activation_->forward(activation_.hyper.data(), count, this->N, y + m * ld_y, y + m * ld_y, ld_y);
  }
}

template <class T>
void Dense<T>::backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T* scratch) const {
  const RowRange rows = samples * use.positions;
  const std::ptrdiff_t ld = leading_dimension<T>(this->N);
  if (!use.logits && !linear_)
    activation_->backward(activation_.hyper.data(), rows.count(), this->N, nullptr, use.y + rows.begin * ld,
                          use.d + rows.begin * ld, ld);
  if (use.dx[0]) input_gradient(pass, pass.M * use.positions, rows, use.d, use.dx[0], scratch);
}

// M is the rows of the whole batch.
template <class T>
void Dense<T>::input_gradient(const Pass<T>& pass, std::ptrdiff_t M, RowRange rows, const T* dz, T* dx,
                              T* scratch) const {
  const std::ptrdiff_t ld_z = leading_dimension<T>(this->N), ld_x = leading_dimension<T>(this->K);
  const T* parameters = this->parameters().at(0);
  if (M < pack) {
    pass.kernels.input_gradient_dot(rows.count(), this->K, panels_.count, panels_.width, panels_.wider, parameters,
                                    dz + rows.begin * ld_z, ld_z, dx + rows.begin * ld_x, ld_x);
    return;
  }
  // Rows of the batch as lanes: groups of sixteen, transposed in and out; the panels in runs of one width.
  const std::ptrdiff_t most = std::max(input_units / panels_.widest(), std::ptrdiff_t(1));
  const std::ptrdiff_t dz_group = most * panels_.widest() * pack, dx_group = this->K * pack;
  T *dz_lanes = scratch, *dx_lanes = scratch + input_rows / pack * dz_group;
  for (std::ptrdiff_t m = rows.begin; m < rows.end; m += input_rows) {
    const std::ptrdiff_t end = std::min(m + input_rows, rows.end), groups = (end - m + pack - 1) / pack;
    for (std::ptrdiff_t p = 0, count; p < panels_.count; p += count) {
      const Panel panel = panels_[p];
      count = std::min(most, (p < panels_.wider ? panels_.wider : panels_.count) - p);
      const std::ptrdiff_t columns = std::min(count * panel.width, this->N - panel.first);
      for (std::ptrdiff_t g = 0; g < groups; ++g) {
        const std::ptrdiff_t row = m + g * pack;
        pass.kernels.to_lanes(std::min(pack, end - row), columns, dz + row * ld_z + panel.first, ld_z,
                              dz_lanes + g * dz_group);
      }
      pass.kernels.input_gradient_lanes(groups, this->K, columns, panel.width, panels_.stride(panel),
                                        parameters + panel.offset, dz_lanes, dz_group, dx_lanes, dx_group, p > 0);
    }
    for (std::ptrdiff_t g = 0; g < groups; ++g) {
      const std::ptrdiff_t row = m + g * pack;
      pass.kernels.from_lanes(std::min(pack, end - row), this->K, dx_lanes + g * dx_group, dx + row * ld_x, ld_x);
    }
  }
}

template <class T>
std::ptrdiff_t Dense<T>::scratch_size() const {
  return std::max(most_panels * tile_elements, input_rows * (std::max(input_units, panels_.widest()) + this->K));
}

template <class T>
typename Layer<T>::Shapes Dense<T>::own_shapes() const {
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
typename Dense<T>::Tile Dense<T>::tile(std::ptrdiff_t index) const {
  const std::ptrdiff_t first = index / tiles_down_ * tile_panels_, begin = index % tiles_down_ * tile_rows_;
  return {first, std::min(first + tile_panels_, panels_.count), begin,
          std::min(begin + tile_rows_, this->K + use_bias_)};
}

template <class T>
std::vector<Strip> Dense<T>::strips() const {
  std::vector<Strip> strips;
  for (std::ptrdiff_t p = 0; p < panels_.count; ++p) {
    const Panel panel = panels_[p];
    for (std::ptrdiff_t column = 0; column < panel.width; column += pack)
      for (std::ptrdiff_t k = 0; k <= this->K; k += strip_packs)
        strips.push_back(
            {panel.offset + k * panel.width + column, std::min(strip_packs, this->K + 1 - k), panel.width});
  }
  return strips;
}

template <class T>
int Dense<T>::runs(std::ptrdiff_t index, Run* runs) const {
  const Tile t = tile(index);
  int count = 0;
  for (std::ptrdiff_t p = t.first; p < t.last; ++p) {
    const Panel panel = panels_[p];
    runs[count++] = {panel.offset + t.begin * panel.width, (t.end - t.begin) * panel.width,
                     (p - t.first) * tile_elements};
  }
  return count;
}

template <class T>
void Dense<T>::gradient(const Pass<T>& pass, std::ptrdiff_t index, const Use<T>& use, bool accumulate,
                        T* gradient) const {
  const Tile t = tile(index);
  const std::ptrdiff_t ld_x = leading_dimension<T>(this->K), ld_z = leading_dimension<T>(this->N);
  const std::ptrdiff_t M = pass.M * use.positions;
  const T *x = use.x[0], *dz = use.d;
  for (std::ptrdiff_t m = 0; m < M; m += gradient_rows)
    for (std::ptrdiff_t p = t.first; p < t.last; ++p) {
      const Panel panel = panels_[p];
      pass.kernels.weight_gradient(std::min(gradient_rows, M - m), std::min(t.end, this->K) - t.begin,
                                   std::min(panel.width, this->N - panel.first), panel.width, x + m * ld_x + t.begin,
                                   ld_x, dz + m * ld_z + panel.first, ld_z, gradient + (p - t.first) * tile_elements,
                                   t.end > this->K, accumulate || m > 0);
    }
}

template <class T>
bool Dense<T>::outer_products(const Pass<T>& pass, std::ptrdiff_t index, const Use<T>& use,
                              OuterProduct<T>* products) const {
  if (pass.M * use.positions > 1) return false;
  const Tile t = tile(index);
  for (std::ptrdiff_t p = t.first; p < t.last; ++p) {
    const Panel panel = panels_[p];
    *products++ = {use.x[0] + t.begin, use.d + panel.first, std::min(t.end, this->K) - t.begin, panel.width,
                   t.end > this->K};
  }
  return true;
}

template class Dense<float>;
template class Dense<double>;

}  // namespace steepest
