#include "model/layers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "model/activation.hpp"
#include "model/batch_normalization.hpp"
#include "model/concatenate.hpp"
#include "model/dense.hpp"
#include "model/dot.hpp"
#include "model/embedding.hpp"
#include "model/merge.hpp"
#include "model/noise.hpp"
#include "model/prelu.hpp"
#include "model/rearrange.hpp"
#include "model/rescaling.hpp"
#include "model/reshape.hpp"
#include "model/row_normalization.hpp"
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
Made<T> make_embedding(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const std::ptrdiff_t rows = whole(spec, "rows", spec.take("rows"), 1),
                       units = whole(spec, "units", spec.take("units"), 1);
  if (columns(inputs) != 1) invalid("'embedding' takes rows of one number.");
  if (sizeof(T) == 4 && rows > 1 << 24) invalid("An embedding of float32 has at most 2^24 rows. Received: ", rows);
  checked_product(checked_product(rows, units + pack), 4 * sizeof(T));
  return std::make_unique<Embedding<T>>(rows, units);
}

template <class T>
Made<T> make_dot(Spec&, const std::vector<Extent>& inputs, const Kernels<T>&) {
  if (inputs.size() != 2) invalid("'dot' takes two inputs.");
  return std::make_unique<Dot<T>>(inputs[0], inputs[1]);
}

template <class T, class Rule>
Made<T> make_noise(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const char* key = std::is_same_v<Rule, Added> ? "stddev" : "rate";
  const double amount = spec.take(key);
  if (!(amount >= 0 && amount <= 1))
    invalid("'", key, "' of '", spec.name, "' must be from 0 to 1. Received: ", amount);
  const std::ptrdiff_t seed = whole(spec, "seed", spec.take("seed"), 0);
  return std::make_unique<Noise<T, Rule>>(columns(inputs), amount, static_cast<std::uint64_t>(seed));
}

template <class T>
Made<T> make_prelu(Spec&, const std::vector<Extent>& inputs, const Kernels<T>&) {
  return std::make_unique<PRelu<T>>(columns(inputs));
}

template <class T>
Made<T> make_rescaling(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const auto shift = spec.take_list("shift"), scale = spec.take_list("scale"), offset = spec.take_list("offset");
  for (const auto* numbers : {&shift, &scale, &offset})
    if (std::ssize(*numbers) != columns(inputs)) invalid("'rescaling' takes a number for each of the inputs' columns.");
  return std::make_unique<Rescaling<T>>(shift, scale, offset);
}

template <class T>
Made<T> make_reshape(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const std::ptrdiff_t size = inputs.at(0).positions * columns(inputs),
                       width = whole(spec, "columns", spec.take("columns"), 1);
  if (size % width != 0)
    invalid("'columns' of 'reshape' must divide the inputs' ", size, " numbers. Received: ", width);
  return std::make_unique<Reshape<T>>(inputs[0], width);
}

// Each sample so many times, one below the other.
template <class T>
Made<T> make_repeat(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const std::ptrdiff_t times = whole(spec, "times", spec.take("times"), 1), size = columns(inputs);
  std::vector<std::ptrdiff_t> source(static_cast<std::size_t>(checked_product(times, size)));
  for (std::ptrdiff_t i = 0; i < times * size; ++i) source[static_cast<std::size_t>(i)] = i % size;
  if (inputs[0].positions != 1) invalid("'repeat' takes one row a sample.");
  return std::make_unique<Rearrange<T>>(inputs[0], Extent{times, size}, std::move(source));
}

// Axes of a sample of these sizes in another order: axis i of the output is axis order[i] of the input.
template <class T>
Made<T> make_permute(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  std::vector<std::ptrdiff_t> sizes, order;
  for (const double size : spec.take_list("sizes")) sizes.push_back(whole(spec, "sizes", size, 1));
  for (const double axis : spec.take_list("order")) order.push_back(whole(spec, "order", axis, 0));
  std::ptrdiff_t count = 1;
  for (const std::ptrdiff_t size : sizes) count = checked_product(count, size);
  if (sizes.empty() || count != inputs.at(0).positions * columns(inputs) || sizes.back() != inputs[0].columns)
    invalid("'sizes' of 'permute' must be those of the input.");
  std::vector<std::ptrdiff_t> sorted = order, numbers(sizes.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::sort(sorted.begin(), sorted.end());
  if (sorted != numbers) invalid("'order' of 'permute' must name each axis once.");
  std::vector<std::ptrdiff_t> source = {0};
  for (const std::ptrdiff_t axis : order) {
    std::ptrdiff_t stride = 1;
    for (auto behind = static_cast<std::size_t>(axis) + 1; behind < sizes.size(); ++behind) stride *= sizes[behind];
    std::vector<std::ptrdiff_t> finer;
    for (const std::ptrdiff_t place : source)
      for (std::ptrdiff_t i = 0; i < sizes[static_cast<std::size_t>(axis)]; ++i) finer.push_back(place + i * stride);
    source = std::move(finer);
  }
  const std::ptrdiff_t width = sizes[static_cast<std::size_t>(order.back())];
  return std::make_unique<Rearrange<T>>(inputs[0], Extent{count / width, width}, std::move(source));
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
Made<T> make_batch_normalization(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const double momentum = spec.take("momentum"), epsilon = spec.take("epsilon");
  const bool scale = spec.take("scale") != 0, center = spec.take("center") != 0;
  return std::make_unique<BatchNormalization<T>>(columns(inputs), momentum, epsilon, scale, center);
}

template <class T, RowScale kind>
Made<T> make_row_normalization(Spec& spec, const std::vector<Extent>& inputs, const Kernels<T>&) {
  const bool free_of_epsilon = kind == RowScale::unit || kind == RowScale::none;
  const double epsilon = free_of_epsilon ? 0 : spec.take("epsilon");
  const bool scale = spec.take("scale") != 0, center = spec.take("center") != 0;
  return std::make_unique<RowNormalization<T>>(columns(inputs), kind, epsilon, scale, center);
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
      {{"embedding", {"rows", "units"}}, make_embedding<T>},
      {{"dot", {}}, make_dot<T>},
      {{"prelu", {}}, make_prelu<T>},
      {{"rescaling", {"shift", "scale", "offset"}}, make_rescaling<T>},
      {{"dropout", {"rate", "seed"}}, make_noise<T, Dropped>},
      {{"alpha_dropout", {"rate", "seed"}}, make_noise<T, AlphaDropped>},
      {{"gaussian_dropout", {"rate", "seed"}}, make_noise<T, Multiplied>},
      {{"gaussian_noise", {"stddev", "seed"}}, make_noise<T, Added>},
      {{"reshape", {"columns"}}, make_reshape<T>},
      {{"permute", {"sizes", "order"}}, make_permute<T>},
      {{"repeat", {"times"}}, make_repeat<T>},
      {{"batch_normalization", {"momentum", "epsilon", "scale", "center"}}, make_batch_normalization<T>},
      {{"layer_normalization", {"epsilon", "scale", "center"}}, make_row_normalization<T, RowScale::layer>},
      {{"rms_normalization", {"epsilon", "scale", "center"}}, make_row_normalization<T, RowScale::rms>},
      {{"unit_normalization", {"scale", "center"}}, make_row_normalization<T, RowScale::unit>},
      {{"scale", {"scale", "center"}}, make_row_normalization<T, RowScale::none>},
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
