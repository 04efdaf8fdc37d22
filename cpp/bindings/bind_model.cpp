#include <pybind11/stl.h>

#include "bindings/network.hpp"
#include "runtime/dispatch.hpp"

namespace steepest::bindings {
namespace {

AnyNetwork make_network(const py::sequence& layers, std::ptrdiff_t inputs, const std::string& dtype) {
  if (inputs < 1) invalid("A network takes at least one input. Received: ", inputs);
  const std::vector<Spec> specs = to_specs(layers, "layer");
  if (is_double(dtype)) return {std::make_unique<Network<double>>(specs, inputs, active_kernels())};
  return {std::make_unique<Network<float>>(specs, inputs, active_kernels())};
}

template <class T>
py::array predict(const Network<T>& network, const py::array& x, std::ptrdiff_t batch_size) {
  const RowView view = row_view(x, "x");
  if (view.width != network.inputs())
    invalid("x has ", view.width, " columns, but the network takes ", network.inputs(),
            ". Received shape: ", shape_text(x));
  Contiguous<T> out({view.rows, network.outputs()});
  T* data = out.mutable_data();
  without_gil([&] { network.predict(view, batch_size, data); });
  return out;
}

// A property that is the same call for both element types.
template <class F>
auto of_network(F f) {
  return [f](const AnyNetwork& any) { return std::visit([&](const auto& network) { return f(*network); }, any.of); };
}

}  // namespace

void bind_model(py::module_& m) {
  py::class_<AnyNetwork>(m, "Network")
      .def(py::init(&make_network), py::arg("layers"), py::arg("inputs"), py::arg("dtype"))
      .def_property_readonly("dtype", [](const AnyNetwork& any) { return any.of.index() == 0 ? "float32" : "float64"; })
      .def_property_readonly("isa", of_network([](const auto& network) { return network.table().isa; }))
      .def_property_readonly("inputs", of_network([](const auto& network) { return network.inputs(); }))
      .def_property_readonly("outputs", of_network([](const auto& network) { return network.outputs(); }))
      .def_property_readonly("weight_shapes", of_network([](const auto& network) {
                               py::list shapes;
                               for (const auto& shape : network.weight_shapes())
                                 shapes.append(py::tuple(py::cast(shape)));
                               return shapes;
                             }))
      .def("get_weights", of_network([](const auto& network) {
             py::list weights;
             for (std::size_t i = 0; i < network.weight_shapes().size(); ++i)
               weights.append(read_array(network, i, network.parameters()));
             return weights;
           }))
      .def(
          "set_weights",
          [](AnyNetwork& any, const py::sequence& weights) {
            std::visit([&](auto& network) { write_arrays(*network, {&network->parameters()}, weights, "set_weights"); },
                       any.of);
          },
          py::arg("weights"))
      .def(
          "predict",
          [](const AnyNetwork& any, const py::array& x, std::ptrdiff_t batch_size) {
            return std::visit([&](const auto& network) { return predict(*network, x, batch_size); }, any.of);
          },
          py::arg("x"), py::arg("batch_size") = 0);
}

}  // namespace steepest::bindings
