#include "bindings/arrays.hpp"

namespace steepest::bindings {

std::string shape_text(const py::array& array) { return py::str(array.attr("shape")); }

namespace {

std::optional<Element> element_of(const py::dtype& dtype) {
  const char kind = dtype.kind(), order = dtype.byteorder();
  const auto size = dtype.itemsize();
  if (order != '=' && order != '|') return {};  // not the machine's own
  if (kind == 'b') return Element::boolean;
  if (kind == 'i')
    return size == 1 ? Element::int8 : size == 2 ? Element::int16 : size == 4 ? Element::int32 : Element::int64;
  if (kind == 'u')
    return size == 1 ? Element::uint8 : size == 2 ? Element::uint16 : size == 4 ? Element::uint32 : Element::uint64;
  if (kind == 'f' && size == 2) return Element::float16;
  if (kind == 'f' && size == 4) return Element::float32;
  if (kind == 'f' && size == 8) return Element::float64;
  return {};
}

}  // namespace

std::optional<RowView> readable_rows(const py::array& array) {
  const std::optional<Element> element = element_of(array.dtype());
  if (!element || array.ndim() < 1) return {};
  RowView view;
  view.data = array.data();
  view.element = *element;
  view.rows = array.shape(0);
  view.row_stride = array.strides(0);
  for (py::ssize_t i = 1; i < array.ndim(); ++i) {
    const RowView::Dimension dimension = {array.shape(i), array.strides(i)};
    view.width *= dimension.size;
    if (dimension.size == 1) continue;
    if (!view.inner.empty() && view.inner.back().stride == dimension.size * dimension.stride) {
      view.inner.back().size *= dimension.size;
      view.inner.back().stride = dimension.stride;
    } else {
      view.inner.push_back(dimension);
    }
  }
  return view;
}

RowView row_view(const py::array& array, const char* name) {
  if (array.ndim() < 1) invalid(name, " must have at least one dimension. Received a scalar.");
  if (auto view = readable_rows(array)) return *std::move(view);
  invalid(name,
          " must hold real numbers (bool, integers, float16, float32 or float64) in the machine's own byte order. ",
          "Received dtype: ", py::str(array.dtype()).cast<std::string>());
}

Spec to_spec(const py::handle& object, const char* kind) {
  Spec spec;
  const auto dict = py::dict(py::reinterpret_borrow<py::object>(object));
  if (!dict.contains("name")) invalid("The ", kind, " has no 'name'.");
  for (const auto& [key, value] : dict) {
    const auto name = key.cast<std::string>();
    if (name == "name") {
      spec.name = value.cast<std::string>();
    } else if (py::isinstance<py::str>(value)) {
      spec.words[name] = value.cast<std::string>();
    } else if (py::hasattr(value, "keys")) {
      spec.specs[name] = to_spec(value, name.c_str());
    } else if (py::isinstance<py::list>(value)) {
      for (const auto& item : value) spec.lists[name].push_back(item.cast<double>());
    } else {
      spec.numbers[name] = value.cast<double>();
    }
  }
  return spec;
}

std::vector<Spec> to_specs(const py::sequence& objects, const char* kind) {
  std::vector<Spec> specs;
  for (const auto& object : objects) specs.push_back(to_spec(object, kind));
  return specs;
}

bool is_double(const std::string& dtype) {
  if (dtype != "float32" && dtype != "float64")
    invalid("dtype must be 'float32' or 'float64'. Received: '", dtype, "'");
  return dtype == "float64";
}
bool is_double(const py::array& array, const char* name) {
  if (py::isinstance<py::array_t<double>>(array)) return true;
  if (py::isinstance<py::array_t<float>>(array)) return false;
  invalid(name, " must be float32 or float64. Received dtype: ", py::str(array.dtype()).cast<std::string>());
}

}  // namespace steepest::bindings
