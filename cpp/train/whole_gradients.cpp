#include "train/whole_gradients.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace steepest {
namespace {

constexpr std::ptrdiff_t piece_elements = 4096;

// Which weight each element of a layer's parameters belongs to, from 1 on: what writing the weights' numbers leaves there.
// Padding, 0 there, is given to the weight before it.
template <class T>
std::vector<std::size_t> owners(const Layer<T>& layer) {
  Arena<T> numbers;
  numbers.reserve(layer.parameters().size());
  numbers.allocate();
  const auto shapes = layer.weight_shapes();
  for (std::size_t which = 0; which < shapes.size(); ++which) {
    const std::vector<T> number(elements(shapes[which]), static_cast<T>(which + 1));
    layer.write_weight(which, numbers.at(0), number.data());
  }
  std::vector<std::size_t> owners(numbers.size());
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto number = static_cast<std::size_t>(*numbers.at(i));
    owners[i] = number == 0 && i > 0 ? owners[i - 1] : number;
  }
  return owners;
}

}  // namespace

template <class T>
WholeGradients<T>::WholeGradients(const Network<T>& network, NormLimits limits, const std::vector<bool>& frozen)
    : network_(network), limits_(limits), arena_(network.make_state()) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    if (!frozen.empty() && frozen[i]) continue;
    const Layer<T>& layer = network.layer(i);
    const auto owner = owners(layer);
    T* gradients = network.state_of(i, arena_);
    for (std::size_t weight = 1; weight <= layer.trained_weights(); ++weight) {
      for (auto begin = std::find(owner.begin(), owner.end(), weight); begin != owner.end();) {
        const auto end = std::find_if(
            begin, owner.begin() + std::min(begin - owner.begin() + piece_elements, std::ptrdiff_t(owner.size())),
            [&](std::size_t other) { return other != weight; });
        const std::ptrdiff_t offset = begin - owner.begin();
        pieces_.push_back({i, weights_.size(), offset, end - begin, gradients + offset});
        begin = std::find(end, owner.end(), weight);
      }
      const WeightPlace place = {i, weight - 1, layer.weight_shapes()[weight - 1]};
      weights_.push_back({place, std::vector<T>(limits.any() ? elements(place.shape) : 0)});
    }
  }
  squares_.resize(weights_.size());
}

template <class T>
void WholeGradients<T>::collect(const Penalties<T>& penalties, Workspace<T>& work, const Team& team,
                                const Pass<T>& pass, bool add) {
  each_gradient(network_, penalties, work, team, pass, [&](std::size_t layer, const Run& run, const T* gradient) {
    T* to = network_.state_of(layer, arena_) + run.offset;
    for (std::ptrdiff_t i = 0; i < run.count; ++i) to[i] = add ? to[i] + gradient[i] : gradient[i];
  });
}

template <class T>
void WholeGradients<T>::finish(const Team& team, std::ptrdiff_t divisor) {
  const auto count = static_cast<std::ptrdiff_t>(pieces_.size());
  const std::ptrdiff_t begin = team.begin(count), end = team.end(count);
  for (std::ptrdiff_t p = begin; p < end; ++p) {
    const Piece& piece = pieces_[static_cast<std::size_t>(p)];
    for (std::ptrdiff_t i = 0; divisor > 1 && i < piece.count; ++i) piece.gradient[i] /= static_cast<T>(divisor);
  }
  if (!limits_.any()) return;
  team.meet();
  const auto weights = static_cast<std::ptrdiff_t>(weights_.size());
  for (std::ptrdiff_t w = team.begin(weights); w < team.end(weights); ++w) {
    const auto& [layer, which, shape] = weights_[static_cast<std::size_t>(w)].place;
    std::vector<T>& gradient = weights_[static_cast<std::size_t>(w)].gradient;
    network_.layer(layer).read_weight(which, network_.state_of(layer, arena_), gradient.data());
    const auto count = static_cast<std::ptrdiff_t>(gradient.size());
    squares_[static_cast<std::size_t>(w)] = dot<double>(gradient.data(), gradient.data(), count);
  }
  team.meet();
  for (std::ptrdiff_t p = begin; p < end; ++p) {
    const Piece& piece = pieces_[static_cast<std::size_t>(p)];
    const T scale = static_cast<T>(limited(piece.weight));
    for (std::ptrdiff_t i = 0; scale != 1 && i < piece.count; ++i) piece.gradient[i] *= scale;
  }
}

// What a weight's gradient is multiplied by; NaN where a norm is not finite.
template <class T>
double WholeGradients<T>::limited(std::size_t weight) const {
  const bool each = limits_.each > 0;
  double total = each ? squares_[weight] : 0;
  for (std::size_t w = 0; !each && w < squares_.size(); ++w) total += squares_[w];
  const double norm = std::sqrt(total), limit = each ? limits_.each : limits_.global;
  if (!std::isfinite(norm)) return std::numeric_limits<double>::quiet_NaN();
  return norm > limit ? limit / norm : 1;
}

template class WholeGradients<float>;
template class WholeGradients<double>;

}  // namespace steepest
