#include "train/constraints.hpp"

#include <algorithm>
#include <cmath>

namespace steepest {
namespace {

constexpr double epsilon = 1e-7;  // Keras's

// visit(first element, norm of the first element, elements, whether each has a norm of its own) for each row of the last
// axis. Norms are numbered as the elements of the axes that none is taken along.
template <class Visit>
void each_row(const std::vector<std::ptrdiff_t>& shape, const std::vector<bool>& along, Visit visit) {
  const std::size_t last = shape.size() - 1;
  const std::ptrdiff_t length = shape[last];
  std::vector<std::ptrdiff_t> index(shape.size());
  std::ptrdiff_t rows = 1;
  for (std::size_t a = 0; a < last; ++a) rows *= shape[a];
  for (std::ptrdiff_t row = 0; row < rows; ++row) {
    std::ptrdiff_t norm = 0, rest = row;
    for (std::size_t a = last; a-- > 0; rest /= shape[a]) index[a] = rest % shape[a];
    for (std::size_t a = 0; a < last; ++a)
      if (!along[a]) norm = norm * shape[a] + index[a];
    visit(row * length, along[last] ? norm : norm * length, length, !along[last]);
  }
}

}  // namespace

template <class T>
Constraints<T>::Constraints(const Network<T>& network, const WeightRules::OfWeights& constraints) : network_(network) {
  for (const auto& [number, given] : constraints) {
    Spec spec = given;
    Constrained one;
    one.place = find_weight(network, number);
    one.weight.resize(elements(one.place.shape));
    one.non_negative = spec.name == "non_negative";
    if (spec.name == "norm") {
      one.least = spec.take("least");
      one.most = spec.take("most");
      one.rate = spec.take("rate");
      const auto axes = static_cast<unsigned>(spec.take("axes"));
      std::ptrdiff_t norms = 1;
      for (std::size_t a = 0; a < one.place.shape.size(); ++a) {
        one.along.push_back((axes >> a & 1) != 0);
        if (!one.along[a]) norms *= one.place.shape[a];
      }
      one.scales.resize(static_cast<std::size_t>(norms));
    } else if (!one.non_negative) {
      invalid("Unknown constraint: '", spec.name, "'.");
    }
    spec.refuse_rest();
    constrained_.push_back(std::move(one));
  }
}

template <class T>
void Constraints<T>::apply(const Workspace<T>& work, const Team& team) {
  const auto count = static_cast<std::ptrdiff_t>(constrained_.size());
  for (std::ptrdiff_t c = team.begin(count); c < team.end(count); ++c) {
    Constrained& one = constrained_[static_cast<std::size_t>(c)];
    if (!work.trained[one.place.layer]) continue;
    Layer<T>& layer = network_.layer(one.place.layer);
    layer.read_weight(one.place.which, layer.parameters().at(0), one.weight.data());
    if (one.non_negative) {
      for (T& w : one.weight) w = w < 0 ? T(0) : w;  // NaN stays
    } else {
      limit_norms(one);
    }
    layer.write_weight(one.place.which, layer.parameters().at(0), one.weight.data());
  }
}

template <class T>
void Constraints<T>::limit_norms(Constrained& one) const {
  std::fill(one.scales.begin(), one.scales.end(), 0.0);
  using Index = std::ptrdiff_t;
  each_row(one.place.shape, one.along, [&](Index first, Index norm, Index count, bool own) {
    const T* w = one.weight.data() + first;
    double* squares = one.scales.data() + norm;
    for (Index i = 0; i < count; ++i) squares[own ? i : 0] += double(w[i]) * double(w[i]);
  });
  for (double& scale : one.scales) {
    const double norm = std::sqrt(scale), wanted = std::min(std::max(norm, one.least), one.most);
    scale = (one.rate * wanted + (1 - one.rate) * norm) / (epsilon + norm);
  }
  each_row(one.place.shape, one.along, [&](Index first, Index norm, Index count, bool own) {
    T* w = one.weight.data() + first;
    const double* scales = one.scales.data() + norm;
    for (Index i = 0; i < count; ++i) w[i] *= static_cast<T>(scales[own ? i : 0]);
  });
}

template class Constraints<float>;
template class Constraints<double>;

}  // namespace steepest
