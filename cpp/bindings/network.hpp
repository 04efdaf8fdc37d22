// Layers and networks of either element type, as Python holds them.
#pragma once

#include <memory>
#include <variant>

#include "bindings/arrays.hpp"
#include "model/network.hpp"

namespace steepest::bindings {

struct AnyLayer {
  std::variant<std::shared_ptr<Layer<float>>, std::shared_ptr<Layer<double>>> of;
  const KernelTable* table;
};

struct AnyNetwork {
  std::variant<std::unique_ptr<Network<float>>, std::unique_ptr<Network<double>>> of;
};

// A weight, or what an optimizer keeps for it: `arena` has the layout of the layer's parameters.
template <class T>
struct Place {
  const Layer<T>* layer;
  std::size_t which;
  T* arena;
  std::vector<std::ptrdiff_t> shape() const { return layer->weight_shapes()[which]; }
};

template <class T>
std::vector<Place<T>> weight_places(const Layer<T>& layer) {
  std::vector<Place<T>> places;
  for (std::size_t i = 0; i < layer.weight_shapes().size(); ++i)
    places.push_back({&layer, i, layer.parameters().at(0)});
  return places;
}

template <class T>
std::vector<Place<T>> weight_places(const Network<T>& network) {
  std::vector<Place<T>> places;
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    for (const Place<T>& place : weight_places(network.layer(i))) places.push_back(place);
  return places;
}

// Of each layer whether it is among the numbers.
template <class T>
std::vector<bool> frozen_layers(const Network<T>& network, const std::vector<std::size_t>& numbers) {
  std::vector<bool> frozen(network.layer_count());
  for (const std::size_t layer : numbers) {
    if (layer >= frozen.size()) invalid("Layer ", layer, " can't be frozen: it is not there.");
    frozen[layer] = true;
  }
  return frozen;
}

template <class T>
py::list shapes_of(const std::vector<Place<T>>& places) {
  py::list shapes;
  for (const auto& place : places) shapes.append(py::tuple(py::cast(place.shape())));
  return shapes;
}

// Arrays in Keras's shapes.
template <class T>
py::list read_arrays(const Guards& guards, const std::vector<Place<T>>& places) {
  py::list arrays;
  std::vector<T*> data;
  for (const auto& place : places) {
    Contiguous<T> array(place.shape());
    data.push_back(array.mutable_data());
    arrays.append(std::move(array));
  }
  without_gil([&] {
    const Reading reader(guards);
    for (std::size_t i = 0; i < places.size(); ++i)
      places[i].layer->read_weight(places[i].which, places[i].arena, data[i]);
  });
  return arrays;
}

// Checks every array before the first is written: a refused list changes nothing. `name` is for messages.
template <class T>
void write_arrays(const Guards& guards, const std::vector<Place<T>>& places, const py::sequence& arrays,
                  const char* name) {
  if (arrays.size() != places.size()) invalid(name, " expects ", places.size(), " arrays. Received: ", arrays.size());
  std::vector<Contiguous<T>> checked;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    auto array = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(arrays[i]);
    if (!array) throw py::error_already_set();
    const auto shape = places[i].shape();
    if (!std::equal(shape.begin(), shape.end(), array.shape(), array.shape() + array.ndim()))
      invalid(name, ": array ", i, " must have shape ", std::string(py::str(py::tuple(py::cast(shape)))),
              ". Received shape: ", shape_text(array));
    checked.push_back(std::move(array));
  }
  std::vector<const T*> data;
  for (const auto& array : checked) data.push_back(array.data());
  without_gil([&] {
    const Writing writer(guards);
    for (std::size_t i = 0; i < data.size(); ++i)
      places[i].layer->write_weight(places[i].which, places[i].arena, data[i]);
  });
}

}  // namespace steepest::bindings
