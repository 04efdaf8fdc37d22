#include <pybind11/stl.h>

#include <cmath>
#include <memory>

#include "bindings/arrays.hpp"
#include "model/layers.hpp"
#include "runtime/dispatch.hpp"
#include "runtime/phases.hpp"
#include "runtime/random.hpp"
#include "runtime/thread_pool.hpp"

namespace steepest::bindings {
namespace {

py::list names(const char* const* items, int count) {
  py::list list;
  for (int i = 0; i < count; ++i) list.append(items[i]);
  return list;
}

py::dict rules() {
  const Kernels<float>& kernels = active_kernels().f32;
  py::dict activations, losses, metrics, optimizers, layers;
  for (const auto& rule : kernels.activations) {
    py::dict entry;
    entry["hyper"] = names(rule.info.hyper, rule.info.hyper_count);
    entry["needs_input"] = rule.needs_input;
    activations[rule.info.name] = entry;
  }
  for (const auto& rule : kernels.row_rules) {
    (rule.differentiable ? losses : metrics)[rule.info.name] = names(rule.info.hyper, rule.info.hyper_count);
  }
  for (const auto& rule : kernels.optimizers) {
    py::dict entry;
    entry["hyper"] = names(rule.info.hyper, rule.info.hyper_count);
    entry["state"] = names(rule.state, rule.state_count);
    optimizers[rule.info.name] = entry;
  }
  for (const auto& info : layer_infos())
    layers[info.name] = names(info.keys.data(), static_cast<int>(info.keys.size()));
  py::dict all;
  all["activations"] = activations;
  all["losses"] = losses;
  all["metrics"] = metrics;
  all["optimizers"] = optimizers;
  all["layers"] = layers;
  return all;
}

py::dict show_config() {
  py::dict config;
  config["version"] = STEEPEST_VERSION;
  config["compiler"] = STEEPEST_COMPILER;
  config["flags"] = STEEPEST_FLAGS;
  config["isas_compiled"] = compiled_isas();
  config["isas_supported"] = supported_isas();
  config["isa"] = active_kernels().isa;
  config["num_threads"] = fixed_threads();
  config["max_threads"] = allowed_threads();
  return config;
}

void set_num_threads(int count) {
  constexpr int most = 1024;
  if (count < 0 || count > most)
    invalid("num_threads must be from 0 (chosen by the work) to ", most, ". Received: ", count);
  fix_threads(count);
}

py::array_t<std::int64_t> make_permutation(std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
  if (count < 0) invalid("A permutation needs a count of at least 0. Received: ", count);
  py::array_t<std::int64_t> order(count);
  permutation(order.mutable_data(), count, seed, stream);
  return order;
}

py::dict stop(PhaseSampler& sampler) {
  const PhaseSampler::Counts& counts = sampler.stop();
  py::dict samples;
  for (std::size_t i = 0; i < counts.size(); ++i) samples[phase_names[i]] = counts[i];
  return samples;
}

}  // namespace

void bind_system(py::module_& m) {
  m.def("rules", rules);
  m.def("show_config", show_config);
  m.def("set_isa", set_active_isa, py::arg("name"));
  m.def("get_isa", [] { return active_kernels().isa; });
  m.def("set_num_threads", set_num_threads, py::arg("count"));
  m.def("get_num_threads", fixed_threads);
  m.def("max_threads", allowed_threads);
  py::class_<PhaseSampler>(m, "PhaseSampler")
      .def(py::init([](double seconds) {
             if (!(seconds > 0 && seconds <= 1))
               invalid("A sampler looks every so many seconds, more than 0 and at most 1. Received: ", seconds);
             return std::make_unique<PhaseSampler>(std::chrono::microseconds(std::llround(seconds * 1e6)));
           }),
           py::arg("seconds"))
      .def("stop", stop);
  m.def("permutation", make_permutation, py::arg("count"), py::arg("seed"), py::arg("stream"));
}

}  // namespace steepest::bindings

// For threadpoolctl, which finds libraries and their limits by symbols.
extern "C" {
PYBIND11_EXPORT int steepest_get_num_threads() { return steepest::allowed_threads(); }
PYBIND11_EXPORT void steepest_set_num_threads(int count) { steepest::limit_threads(count); }
}
