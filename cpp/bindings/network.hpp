// A network of either element type, as Python holds it.
#pragma once

#include <memory>
#include <variant>

#include "bindings/arrays.hpp"
#include "model/network.hpp"

namespace steepest::bindings {

struct AnyNetwork {
  std::variant<std::unique_ptr<Network<float>>, std::unique_ptr<Network<double>>> of;
};

// Arrays in Keras's shapes from an arena that has the parameters' layout, and back; `name` is for messages.
template <class T>
py::array read_array(const Network<T>& network, std::size_t index, const Arena<T>& arena) {
  Contiguous<T> array(network.weight_shapes()[index]);
  T* data = array.mutable_data();
  without_gil([&] {
    const auto lock = network.reading();
    network.read_weight(index, arena, data);
  });
  return array;
}

// Checks every array before the first is written: a refused list leaves the network as it was.
template <class T>
void write_arrays(Network<T>& network, const std::vector<Arena<T>*>& arenas, const py::sequence& arrays,
                  const char* name) {
  const auto shapes = network.weight_shapes();
  if (arrays.size() != shapes.size() * arenas.size())
    invalid(name, " expects ", shapes.size() * arenas.size(), " arrays. Received: ", arrays.size());
  std::vector<Contiguous<T>> checked;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    auto array = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(arrays[i]);
    if (!array) throw py::error_already_set();
    const auto& shape = shapes[i / arenas.size()];
    if (!std::equal(shape.begin(), shape.end(), array.shape(), array.shape() + array.ndim()))
      invalid(name, ": array ", i, " must have shape ", std::string(py::str(py::tuple(py::cast(shape)))),
              ". Received shape: ", shape_text(array));
    checked.push_back(std::move(array));
  }
  std::vector<const T*> data;
  for (const auto& array : checked) data.push_back(array.data());
  without_gil([&] {
    const auto lock = network.writing();
    for (std::size_t i = 0; i < data.size(); ++i)
      network.write_weight(i / arenas.size(), *arenas[i % arenas.size()], data[i]);
  });
}

}  // namespace steepest::bindings
