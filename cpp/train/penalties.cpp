#include "train/penalties.hpp"

#include <algorithm>
#include <cmath>

namespace steepest {
namespace {

constexpr double least_norm = 1e-7;  // Keras's epsilon

}  // namespace

template <class T>
Penalties<T>::Penalties(const Network<T>& network, const WeightRules::OfWeights& regularizers) : network_(network) {
  if (regularizers.empty()) return;
  penalized_.resize(network.layer_count());
  for (const auto& [number, given] : regularizers) {
    Spec spec = given;
    const WeightPlace place = find_weight(network, number);
    if (spec.name == "orthogonal") {
      const double factor = spec.take("factor");
      add_matrix(place, factor, spec.take("columns") != 0);
    } else if (spec.name == "l1_l2") {
      if (layers_.empty()) {
        l1_ = network.make_state();
        l2_ = network.make_state();
      }
      if (layers_.empty() || layers_.back() != place.layer) layers_.push_back(place.layer);
      const auto fill = [&](const Arena<T>& factors, double factor) {
        const std::vector<T> all(elements(place.shape), static_cast<T>(factor));
        network.layer(place.layer).write_weight(place.which, network.state_of(place.layer, factors), all.data());
      };
      fill(l1_, spec.take("l1"));
      fill(l2_, spec.take("l2"));
    } else {
      invalid("Unknown regularizer: '", spec.name, "'.");
    }
    spec.refuse_rest();
    penalized_[place.layer] = true;
  }
  for (const std::size_t layer : layers_)
    for (const Strip& strip : network.layer(layer).strips()) strips_.emplace_back(layer, strip);
  sums_.resize(strips_.size());
  if (!matrices_.empty()) matrix_gradients_ = network.make_state();
}

template <class T>
void Penalties<T>::add_matrix(WeightPlace place, double factor, bool columns) {
  if (place.shape.size() != 2) invalid("The orthogonal penalty is one of matrices.");
  Matrix matrix = {place, columns, factor, place.shape[columns], place.shape[!columns], {}, {}, {}, {}, {}};
  for (auto* values : {&matrix.weight, &matrix.unit, &matrix.gradient}) values->resize(elements(place.shape));
  matrix.norms.resize(static_cast<std::size_t>(matrix.rows));
  matrix.products.resize(static_cast<std::size_t>(matrix.rows));
  matrices_.push_back(std::move(matrix));
}

template <class T>
void Penalties<T>::measure(const Team& team, double scale) {
  if (team.thread == 0) scale_ = scale;
  const auto all = static_cast<std::ptrdiff_t>(strips_.size());
  for (std::ptrdiff_t s = team.begin(all); s < team.end(all); ++s) {
    const auto& [layer, strip] = strips_[static_cast<std::size_t>(s)];
    sums_[static_cast<std::size_t>(s)] = network_.kernels().penalty(
        strip.packs, strip.stride, network_.layer(layer).parameters().at(0) + strip.offset,
        network_.state_of(layer, l1_) + strip.offset, network_.state_of(layer, l2_) + strip.offset, strip.stride);
  }
  if (matrices_.empty()) return;
  const auto count = static_cast<std::ptrdiff_t>(matrices_.size());
  for (auto m = team.begin(count); m < team.end(count); ++m) read(matrices_[static_cast<std::size_t>(m)]);
  team.meet();
  for (Matrix& matrix : matrices_)
    for (auto i = team.begin(matrix.rows); i < team.end(matrix.rows); ++i) products_of_row(matrix, i);
  team.meet();
  for (auto m = team.begin(count); m < team.end(count); ++m) write(matrices_[static_cast<std::size_t>(m)]);
}

template <class T>
double Penalties<T>::total() const {
  double total = 0;
  for (const double sum : sums_) total += sum;
  for (const Matrix& matrix : matrices_) {
    double products = 0;
    for (const double product : matrix.products) products += product;
    total += matrix.factor * products / (double(matrix.rows) * double(matrix.rows - 1));  // each pair is there twice
  }
  return scale_ * total;
}

template <class T>
void Penalties<T>::add(std::size_t layer, const Run& run, T* gradient) const {
  if (std::find(layers_.begin(), layers_.end(), layer) != layers_.end())
    network_.kernels().penalty_gradient(run.count / pack, network_.layer(layer).parameters().at(0) + run.offset,
                                        network_.state_of(layer, l1_) + run.offset,
                                        network_.state_of(layer, l2_) + run.offset, pack, static_cast<T>(scale_),
                                        gradient);
  if (matrices_.empty()) return;
  const T* added = network_.state_of(layer, matrix_gradients_) + run.offset;
  for (std::ptrdiff_t i = 0; i < run.count; ++i) gradient[i] += static_cast<T>(scale_) * added[i];
}

template <class T>
void Penalties<T>::read(Matrix& matrix) const {
  const Layer<T>& layer = network_.layer(matrix.place.layer);
  layer.read_weight(matrix.place.which, layer.parameters().at(0), matrix.weight.data());
  for (std::ptrdiff_t i = 0; i < matrix.rows; ++i) {
    T* unit = matrix.unit.data() + i * matrix.length;
    for (std::ptrdiff_t k = 0; k < matrix.length; ++k)
      unit[k] = matrix.weight[static_cast<std::size_t>(matrix.columns ? k * matrix.rows + i : i * matrix.length + k)];
    T& norm = matrix.norms[static_cast<std::size_t>(i)];
    norm = std::max(std::sqrt(dot<T>(unit, unit, matrix.length)), static_cast<T>(least_norm));
    for (std::ptrdiff_t k = 0; k < matrix.length; ++k) unit[k] /= norm;
  }
}

// The products of row i with the others, and the derivative of the penalty by the row:
// du_i = factor / pairs sum_j sign(u_i . u_j) u_j;  dw_i = (du_i - u_i (u_i . du_i)) / ||w_i||
template <class T>
void Penalties<T>::products_of_row(Matrix& matrix, std::ptrdiff_t i) const {
  const std::ptrdiff_t length = matrix.length;
  const T* own = matrix.unit.data() + i * length;
  T* gradient = matrix.gradient.data() + i * length;
  std::fill_n(gradient, length, T(0));
  double products = 0;
  for (std::ptrdiff_t j = 0; j < matrix.rows; ++j) {
    if (j == i) continue;
    const T* other = matrix.unit.data() + j * length;
    const T product = dot<T>(own, other, length);
    products += std::abs(double(product));
    const T sign = product > 0 ? T(1) : product < 0 ? T(-1) : product;
    for (std::ptrdiff_t k = 0; k < length; ++k) gradient[k] += sign * other[k];
  }
  matrix.products[static_cast<std::size_t>(i)] = products;
  const T along = dot<T>(own, gradient, length);
  const T scale = static_cast<T>(2 * matrix.factor / (double(matrix.rows) * double(matrix.rows - 1))) /
                  matrix.norms[static_cast<std::size_t>(i)];
  for (std::ptrdiff_t k = 0; k < length; ++k) gradient[k] = scale * (gradient[k] - along * own[k]);
}

template <class T>
void Penalties<T>::write(Matrix& matrix) const {
  for (std::ptrdiff_t i = 0; matrix.columns && i < matrix.rows; ++i)
    for (std::ptrdiff_t k = 0; k < matrix.length; ++k)
      matrix.weight[static_cast<std::size_t>(k * matrix.rows + i)] =
          matrix.gradient[static_cast<std::size_t>(i * matrix.length + k)];
  network_.layer(matrix.place.layer)
      .write_weight(matrix.place.which, network_.state_of(matrix.place.layer, matrix_gradients_),
                    (matrix.columns ? matrix.weight : matrix.gradient).data());
}

template class Penalties<float>;
template class Penalties<double>;

}  // namespace steepest
