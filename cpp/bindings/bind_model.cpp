#include <pybind11/stl.h>

#include "bindings/network.hpp"
#include "runtime/dispatch.hpp"

namespace steepest::bindings {
namespace {

using Extents = std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>>;  // positions, columns
using Steps = std::vector<std::tuple<std::size_t, std::vector<std::size_t>, std::optional<bool>>>;
using ActivityFactors = std::vector<std::tuple<std::size_t, double, double>>;  // buffer, l1, l2

std::vector<Extent> to_extents(const Extents& inputs) {
  std::vector<Extent> extents;
  for (const auto& [positions, columns] : inputs) {
    if (positions < 1 || columns < 1) invalid("A layer takes at least one input. Received: ", positions * columns);
    extents.push_back({positions, columns});
  }
  return extents;
}

AnyLayer make_any_layer(const py::object& spec, const Extents& inputs, const std::string& dtype,
                        std::vector<std::vector<std::ptrdiff_t>> weight_shapes) {
  const std::vector<Extent> extents = to_extents(inputs);
  const KernelTable& table = active_kernels();
  const auto make = [&]<class T>(T) -> std::shared_ptr<Layer<T>> {
    auto layer = make_layer<T>(to_spec(spec, "layer"), extents, kernels_of<T>(table));
    if (!weight_shapes.empty()) layer->show_weights_as(std::move(weight_shapes));
    return layer;
  };
  if (is_double(dtype)) return {make(double()), &table};
  return {make(float()), &table};
}

template <class T>
AnyNetwork make_network(const std::vector<AnyLayer>& layers, const std::vector<std::ptrdiff_t>& inputs,
                        const Steps& steps, const std::vector<std::size_t>& outputs, const ActivityFactors& factors) {
  std::vector<std::shared_ptr<Layer<T>>> own;
  for (const AnyLayer& layer : layers) {
    const auto* of = std::get_if<std::shared_ptr<Layer<T>>>(&layer.of);
    if (!of) invalid("All layers of a network compute in one dtype.");
    if (layer.table != layers[0].table)
      invalid("All layers of a network use one instruction set. Received: ", layers[0].table->isa, " and ",
              layer.table->isa, ".");
    own.push_back(*of);
  }
  std::vector<typename Network<T>::Step> order;
  for (const auto& [layer, buffers, training] : steps) order.push_back({layer, buffers, training});
  std::vector<Activity> activities;
  for (const auto& [buffer, l1, l2] : factors) activities.push_back({buffer, l1, l2});
  return {std::make_unique<Network<T>>(std::move(own), inputs, std::move(order), outputs, *layers[0].table,
                                       std::move(activities))};
}

AnyNetwork make_any_network(const std::vector<AnyLayer>& layers, const std::vector<std::ptrdiff_t>& inputs,
                            const Steps& steps, const std::vector<std::size_t>& outputs,
                            const ActivityFactors& activities) {
  if (layers.empty() || inputs.empty() || outputs.empty())
    invalid("A network has at least one layer, one input and one output.");
  return layers[0].of.index() == 0 ? make_network<float>(layers, inputs, steps, outputs, activities)
                                   : make_network<double>(layers, inputs, steps, outputs, activities);
}

// The outputs, and run(views of x, where the outputs go).
template <class T, class Run>
py::list outputs_of(const Network<T>& network, const std::vector<py::array>& x, Run run) {
  if (x.size() != network.input_count())
    invalid("The network takes ", network.input_count(), " inputs. Received: ", x.size());
  std::vector<RowView> views;
  for (std::size_t i = 0; i < x.size(); ++i) {
    views.push_back(row_view(x[i], "x"));
    if (views[i].width != network.input(i).columns)
      invalid("x has ", views[i].width, " columns, but the network takes ", network.input(i).columns,
              ". Received shape: ", shape_text(x[i]));
    if (views[i].rows != views[0].rows) invalid("The inputs have ", views[0].rows, " and ", views[i].rows, " rows.");
  }
  py::list outputs;
  std::vector<T*> data;
  for (std::size_t o = 0; o < network.output_count(); ++o) {
    const Extent extent = network.output(o);
    Contiguous<T> out({views[0].rows, extent.positions * extent.columns});
    data.push_back(out.mutable_data());
    outputs.append(std::move(out));
  }
  without_gil([&] { run(views, data); });
  return outputs;
}

// Network.predict_array, by the C interface: to find the method and convert what goes in and out takes pybind11 longer than
// a small network takes for a row. The GIL stays held, so nothing here waits.
template <class T>
py::object predict_array(const Network<T>& network, const py::array& x) {
  if (network.input_count() != 1 || network.output_count() != 1 || x.ndim() != 2) return py::none();
  const std::optional<RowView> view = readable_rows(x);
  if (!view || view->rows == 0 || view->width != network.input(0).columns) return py::none();
  const auto& numpy = py::detail::npy_api::get();
  const Py_intptr_t shape[] = {view->rows, network.output(0).positions * network.output(0).columns};
  auto out = py::reinterpret_steal<py::array>(numpy.PyArray_NewFromDescr_(
      numpy.PyArray_Type_, py::dtype::of<T>().release().ptr(), 2, shape, nullptr, nullptr, 0, nullptr));
  if (!out) throw py::error_already_set();
  if (!network.predict_now(*view, static_cast<T*>(out.mutable_data()))) return py::none();
  return out;
}

PyObject* predict_any_array(PyObject* self, PyObject* x) {
  try {
    if (!reinterpret_cast<py::detail::instance*>(self)->get_value_and_holder().holder_constructed())
      throw std::runtime_error("This network was never made: its __init__ was not called.");
    if (Py_TYPE(x) != py::detail::npy_api::get().PyArray_Type_) return py::none().release().ptr();
    const auto array = py::reinterpret_borrow<py::array>(x);
    const auto predict = [&](const auto& network) { return predict_array(*network, array); };
    return std::visit(predict, py::cast<const AnyNetwork&>(py::handle(self)).of).release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

PyMethodDef predict_array_method = {"predict_array", predict_any_array, METH_O,
                                    "predict_array(self: Network, x: object) -> object"};

// A property that is the same call for both element types.
template <class F>
auto of_network(F f) {
  return [f](const AnyNetwork& any) { return std::visit([&](const auto& network) { return f(*network); }, any.of); };
}
template <class F>
auto of_layer(F f) {
  return [f](const AnyLayer& any) { return std::visit([&](const auto& layer) { return f(*layer); }, any.of); };
}
const char* dtype_name(std::size_t index) { return index == 0 ? "float32" : "float64"; }

}  // namespace

void bind_model(py::module_& m) {
  py::class_<AnyLayer>(m, "Layer")
      .def(py::init(&make_any_layer), py::arg("spec"), py::arg("inputs"), py::arg("dtype"),
           py::arg("weight_shapes") = std::vector<std::vector<std::ptrdiff_t>>())
      .def_property_readonly("dtype", [](const AnyLayer& any) { return dtype_name(any.of.index()); })
      .def_property_readonly("isa", [](const AnyLayer& any) { return any.table->isa; })
      .def(
          "output",
          [](const AnyLayer& any, const Extents& inputs) {
            const auto of = [&](const auto& layer) { return layer->output(to_extents(inputs)); };
            const Extent extent = std::visit(of, any.of);
            return std::pair(extent.positions, extent.columns);
          },
          py::arg("inputs"))
      .def_property_readonly("weight_shapes",
                             of_layer([](const auto& layer) { return shapes_of(weight_places(layer)); }))
      .def_property_readonly("trained_weights", of_layer([](const auto& layer) { return layer.trained_weights(); }))
      .def("get_weights",
           of_layer([](const auto& layer) { return read_arrays(Guards{layer.guard}, weight_places(layer)); }))
      .def(
          "set_weights",
          [](AnyLayer& any, const py::sequence& weights) {
            std::visit(
                [&](auto& layer) { write_arrays(Guards{layer->guard}, weight_places(*layer), weights, "set_weights"); },
                any.of);
          },
          py::arg("weights"));
  py::class_<AnyNetwork> network(m, "Network");
  network
      .def(py::init(&make_any_network), py::arg("layers"), py::arg("inputs"), py::arg("steps"), py::arg("outputs"),
           py::arg("activities") = ActivityFactors())
      .def_property_readonly("dtype", [](const AnyNetwork& any) { return dtype_name(any.of.index()); })
      .def_property_readonly("isa", of_network([](const auto& network) { return network.table().isa; }))
      .def_property_readonly("outputs", of_network([](const auto& network) {
                               Extents outputs;
                               for (std::size_t o = 0; o < network.output_count(); ++o)
                                 outputs.emplace_back(network.output(o).positions, network.output(o).columns);
                               return outputs;
                             }))
      .def_property_readonly("weight_shapes",
                             of_network([](const auto& network) { return shapes_of(weight_places(network)); }))
      .def("get_weights",
           of_network([](const auto& network) { return read_arrays(network.guards(), weight_places(network)); }))
      .def(
          "set_weights",
          [](AnyNetwork& any, const py::sequence& weights) {
            std::visit(
                [&](auto& network) {
                  write_arrays(network->guards(), weight_places(*network), weights, "set_weights");
                },
                any.of);
          },
          py::arg("weights"))
      .def(
          "predict",
          [](const AnyNetwork& any, const std::vector<py::array>& x, std::ptrdiff_t batch_size) {
            return std::visit(
                [&](const auto& network) {
                  return outputs_of(*network, x, [&](const auto& views, const auto& out) {
                    network->predict(views, batch_size, out);
                  });
                },
                any.of);
          },
          py::arg("x"), py::arg("batch_size") = 0)
      .def(
          "pass_in_training",
          [](AnyNetwork& any, const std::vector<py::array>& x, std::uint64_t step,
             const std::vector<std::size_t>& frozen) {
            return std::visit(
                [&](auto& network) {
                  return outputs_of(*network, x, [&](const auto& views, const auto& out) {
                    network->pass_in_training(views, step, frozen_layers(*network, frozen), out);
                  });
                },
                any.of);
          },
          py::arg("x"), py::arg("step"), py::arg("frozen") = py::tuple());
  network.attr("predict_array") = py::reinterpret_steal<py::object>(
      PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(network.ptr()), &predict_array_method));
}

}  // namespace steepest::bindings
