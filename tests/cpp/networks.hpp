// Networks for tests: made of specs, filled with random weights, and held against differences of their loss.
#pragma once

#include <map>

#include "check.hpp"
#include "train/trainer.hpp"

namespace steepest::testing {

inline Spec rule(const char* name, std::map<std::string, double> numbers = {}) {
  return {name, std::move(numbers), {}, {}};
}
inline Spec dense(double units, const char* activation) {
  return {"dense", {{"units", units}, {"use_bias", 1}}, {}, {{"activation", rule(activation)}}};
}

template <class T>
RowView view(const std::vector<T>& data, std::ptrdiff_t rows, std::ptrdiff_t width) {
  const std::ptrdiff_t size = sizeof(T);
  return {data.data(), size == 4 ? Element::float32 : Element::float64, rows, width * size, {{width, size}}, width};
}

// Layers one on the other.
template <class T>
std::unique_ptr<Network<T>> stack(const std::vector<Spec>& specs, std::ptrdiff_t inputs) {
  std::vector<std::shared_ptr<Layer<T>>> layers;
  std::vector<typename Network<T>::Step> steps;
  for (const Spec& spec : specs) {
    const Extent extent = {1, layers.empty() ? inputs : layers.back()->N};
    steps.push_back({layers.size(), {layers.size()}});
    layers.push_back(make_layer<T>(spec, {extent}, kernels_of<T>(active_kernels())));
  }
  return std::make_unique<Network<T>>(layers, std::vector{inputs}, steps, std::vector{specs.size()}, active_kernels());
}

template <class T>
Trainer<T> trainer_of(Network<T>& network, Spec loss, std::vector<Spec> metrics, std::optional<Spec> optimizer,
                      const WeightRules& rules = {}) {
  return Trainer<T>(network, {HeadSpec{std::move(loss), Reduction::mean, 1, std::move(metrics), {}}}, {},
                    std::move(optimizer), {}, rules);
}

// visit(layer, which, size) for each weight that is trained.
template <class T, class Visit>
void each_weight(const Network<T>& network, Visit visit) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const auto shapes = network.layer(i).weight_shapes();
    for (std::size_t which = 0; which < network.layer(i).trained_weights(); ++which) {
      std::ptrdiff_t size = 1;
      for (const std::ptrdiff_t n : shapes[which]) size *= n;
      visit(network.layer(i), which, static_cast<std::size_t>(size));
    }
  }
}

template <class T>
void set_weights(const Network<T>& network, const std::vector<T>& all) {
  std::size_t at = 0;
  each_weight(network, [&](Layer<T>& layer, std::size_t which, std::size_t size) {
    layer.write_weight(which, layer.parameters().at(0), all.data() + at);
    at += size;
  });
}

template <class T>
std::vector<T> weights(const Network<T>& network) {
  std::vector<T> all;
  each_weight(network, [&](Layer<T>& layer, std::size_t which, std::size_t size) {
    all.resize(all.size() + size);
    layer.read_weight(which, layer.parameters().at(0), all.data() + all.size() - size);
  });
  return all;
}

template <class T>
void randomize(const Network<T>& network, unsigned seed) {
  set_weights(network, random_vector<T>(static_cast<std::ptrdiff_t>(weights(network).size()), seed, 0.3));
}

// One step of plain gradient descent moves each weight by minus the rate times the derivative of the loss.
inline void check_step(Network<double>& network, const Data& data, const std::vector<std::optional<HeadSpec>>& heads) {
  randomize(network, 4);
  const auto start = weights(network);
  const std::ptrdiff_t M = data.rows();
  const double rate = 1;
  {
    Trainer<double> trainer(network, heads, {}, rule("sgd"));
    trainer.train(data, {nullptr, M, M, 0, 1, &rate, 1}, nullptr);
  }
  const auto stepped = weights(network);
  const auto loss_with = [&](std::size_t index, double change) {
    auto moved = start;
    moved[index] += change;
    set_weights(network, moved);
    Trainer<double> trainer(network, heads, {}, rule("sgd"));  // in training, for the layers that are others then
    const double still = 0;
    trainer.train(data, {nullptr, M, M, 0, 1, &still, 1}, nullptr);
    return trainer.results()[0];
  };
  const auto slope = [&](std::size_t i, double h) { return (loss_with(i, h) - loss_with(i, -h)) / (2 * h); };
  for (std::size_t i = 0; i < start.size(); ++i)  // what is left of a slope's error is of the fourth order
    CHECK_CLOSE(start[i] - stepped[i], (4 * slope(i, 1e-5) - slope(i, 2e-5)) / 3, 1e-8, "M ", M, " weight ", i);
}

inline HeadSpec mse(double weight = 1) { return {rule("mean_squared_error"), Reduction::mean, weight, {}, {}}; }

}  // namespace steepest::testing
