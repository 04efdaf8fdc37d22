// NumPy arrays as the core's views, specs from dicts, and the one place where the GIL is released.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <vector>

#include "model/rows.hpp"
#include "model/spec.hpp"

namespace steepest::bindings {

namespace py = pybind11;

// A view of an array of any native real type and layout as rows (its first dimension) of everything else.
RowView row_view(const py::array& array, const char* name);
// The same, or nothing where the core can't read it.
std::optional<RowView> readable_rows(const py::array& array);

// {"name": ..., numbers, booleans, other specs} as a Spec.
Spec to_spec(const py::handle& object, const char* kind);
std::vector<Spec> to_specs(const py::sequence& objects, const char* kind);

// float32 or float64 of an array or of a name.
bool is_double(const py::array& array, const char* name);
bool is_double(const std::string& dtype);

std::string shape_text(const py::array& array);

// Runs f without the GIL: arrays have become views by now, and nothing of Python may be touched.
template <class F>
auto without_gil(F f) {
  const py::gil_scoped_release released;
  return f();
}

template <class T>
using Contiguous = py::array_t<T, py::array::c_style>;

}  // namespace steepest::bindings
