#include "model/layers.hpp"

#include <cmath>

#include "model/activation.hpp"
#include "model/concatenate.hpp"
#include "model/dense.hpp"
#include "model/dropout.hpp"
#include "model/merge.hpp"
#include "model/reshape.hpp"
#include "runtime/arena.hpp"

namespace steepest {
namespace {

// An integer from a double that Python passed on: shapes and seeds fit into 53 bits.
std::ptrdiff_t whole(const Spec& spec, const char* key, double value, double least) {
  if (!(value >= least) || value > 0x1p53 || value != std::floor(value))
    invalid("'", key, "' of '", spec.name, "' must be a whole number of at least ", least, ". Received: ", value);
  return static_cast<std::ptrdiff_t>(value);
}

// The columns of the only input.
std::ptrdiff_t columns(const std::vector<Extent>& inputs) {
  if (inputs.size() != 1 || inputs[0].columns < 1) invalid("Expected one input of at least one column.");
  return inputs[0].columns;
}

template <class T>
using Made = std::unique_ptr<Layer<T>>;

template <class T>
Made<T> make_dense(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>& kernels) {
  const std::ptrdiff_t units = whole(spec, "units", spec.take("units"), 1);
  checked_product(checked_product(columns(inputs) + 1, units + pack), 4 * sizeof(T));
  const bool use_bias = spec.take("use_bias") != 0;
  const auto activation = find_rule(kernels.activations, spec.take_spec("activation"), "activation");
  if (activation->needs_input)
    invalid("The activation '", activation->info.name, "' needs its input: make it a layer of its own.");
  return std::make_unique<Dense<T>>(columns(inputs), units, use_bias, activation, kernels);
}

template <class T>
Made<T> make_activation(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>& kernels) {
  return std::make_unique<Activation<T>>(columns(inputs),
                                         find_rule(kernels.activations, spec.take_spec("activation"), "activation"));
}

template <class T>
Made<T> make_dropout(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const double rate = spec.take("rate");
  if (!(rate >= 0 && rate <= 1)) invalid("'rate' of 'dropout' must be from 0 to 1. Received: ", rate);
  return std::make_unique<Dropout<T>>(columns(inputs), rate,
                                      static_cast<std::uint64_t>(whole(spec, "seed", spec.take("seed"), 0)));
}

template <class T>
Made<T> make_reshape(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const std::ptrdiff_t size = inputs.at(0).positions * columns(inputs),
                       width = whole(spec, "columns", spec.take("columns"), 1);
  if (size % width != 0)
    invalid("'columns' of 'reshape' must divide the inputs' ", size, " numbers. Received: ", width);
  return std::make_unique<Reshape<T>>(inputs[0], width);
}

const std::vector<Extent>& at_least_one(const std::vector<Extent>& inputs) {
  if (inputs.empty()) invalid("Expected at least one input.");
  return inputs;
}

template <class T>
Made<T> make_concatenate(Spec&, const std::vector<Extent>& inputs, const Kernels<T>&) {
  return std::make_unique<Concatenate<T>>(at_least_one(inputs));
}

template <class T, typename Merge<T>::Kind kind>
Made<T> make_merge(Spec&, const std::vector<Extent>& inputs, const Kernels<T>&) {
  return std::make_unique<Merge<T>>(kind, at_least_one(inputs));
}

template <class T>
struct Factory {
  LayerInfo info;
  Made<T> (*make)(Spec&, const std::vector<Extent>&, const Kernels<T>&);
};

// The list to add a layer to.
template <class T>
const std::vector<Factory<T>>& factories() {
  static const std::vector<Factory<T>> list = {
      {{"dense", {"units", "use_bias", "activation"}}, make_dense<T>},
      {{"activation", {"activation"}}, make_activation<T>},
      {{"dropout", {"rate", "seed"}}, make_dropout<T>},
      {{"reshape", {"columns"}}, make_reshape<T>},
      {{"concatenate", {}}, make_concatenate<T>},
      {{"add", {}}, make_merge<T, Merge<T>::Kind::add>},
      {{"subtract", {}}, make_merge<T, Merge<T>::Kind::subtract>},
      {{"multiply", {}}, make_merge<T, Merge<T>::Kind::multiply>},
      {{"average", {}}, make_merge<T, Merge<T>::Kind::average>},
      {{"maximum", {}}, make_merge<T, Merge<T>::Kind::maximum>},
      {{"minimum", {}}, make_merge<T, Merge<T>::Kind::minimum>},
  };
  return list;
}

}  // namespace

std::vector<LayerInfo> layer_infos() {
  std::vector<LayerInfo> infos;
  for (const auto& factory : factories<float>()) infos.push_back(factory.info);
  return infos;
}

template <class T>
std::unique_ptr<Layer<T>> make_layer(Spec spec, const std::vector<Extent>& inputs, const Kernels<T>& kernels) {
  for (const auto& factory : factories<T>()) {
    if (spec.name != factory.info.name) continue;
    auto layer = factory.make(spec, inputs, kernels);
    spec.refuse_rest();
    return layer;
  }
  invalid("Unknown layer: '", spec.name, "'.");
}

template std::unique_ptr<Layer<float>> make_layer(Spec, const std::vector<Extent>&, const Kernels<float>&);
template std::unique_ptr<Layer<double>> make_layer(Spec, const std::vector<Extent>&, const Kernels<double>&);

}  // namespace steepest
