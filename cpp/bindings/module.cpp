// The Python module `steepest._core`: a table of contents. python/steepest/_core.pyi describes each name.

#include <pybind11/pybind11.h>

namespace steepest::bindings {
void bind_system(pybind11::module_& m);  // what runs here: instruction sets, threads, rules
void bind_rules(pybind11::module_& m);   // each rule by itself, on arrays
void bind_model(pybind11::module_& m);   // Network
void bind_train(pybind11::module_& m);   // Data, Trainer
}  // namespace steepest::bindings

PYBIND11_MODULE(_core, m) {
  steepest::bindings::bind_system(m);
  steepest::bindings::bind_rules(m);
  steepest::bindings::bind_model(m);
  steepest::bindings::bind_train(m);
}
