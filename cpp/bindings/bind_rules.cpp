// Each rule by itself on NumPy arrays: for teaching, tests and custom training loops.

#include <pybind11/stl.h>

#include "bindings/arrays.hpp"
#include "model/matrix.hpp"
#include "runtime/arena.hpp"
#include "runtime/dispatch.hpp"

namespace steepest::bindings {
namespace {

// Rows in the core's layout: padded to whole packs with zeros.
template <class T>
struct Padded {
  std::ptrdiff_t rows, N, ld;
  Arena<T> arena;

  Padded(std::ptrdiff_t row_count, std::ptrdiff_t columns)
      : rows(row_count), N(columns), ld(leading_dimension<T>(columns)) {
    arena.reserve(static_cast<std::size_t>(checked_product(rows, ld)));
    arena.allocate();
  }
  explicit Padded(const RowView& view) : Padded(view.rows, view.width) { gather(view, nullptr, 0, rows, data(), ld); }
  T* data() const { return arena.at(0); }
  void copy_to(T* out) const {
    for (std::ptrdiff_t m = 0; m < rows; ++m) std::copy_n(data() + m * ld, N, out + m * N);
  }
};

// An array of any shape as rows of its last dimension.
template <class T>
RowView rows_of_last(const Contiguous<T>& array, const char* name) {
  if (array.ndim() < 1) invalid(name, " must have at least one dimension. Received a scalar.");
  const std::ptrdiff_t N = array.shape(array.ndim() - 1);
  RowView view = {array.data(),
                  sizeof(T) == 4 ? Element::float32 : Element::float64,
                  N == 0 ? 0 : array.size() / N,
                  N * std::ptrdiff_t(sizeof(T)),
                  {{N, sizeof(T)}},
                  N};
  return view;
}

template <class T>
Contiguous<T> like(const py::array& array) {
  return Contiguous<T>(std::vector<py::ssize_t>(array.shape(), array.shape() + array.ndim()));
}

template <class T>
Contiguous<T> matmul(const py::array& a, const py::array& b, bool transpose_a, bool transpose_b) {
  const auto A = Contiguous<T>::ensure(a), B = Contiguous<T>::ensure(b);
  if (A.ndim() != 2 || B.ndim() != 2)
    invalid("matmul takes two matrices. Received shapes: ", shape_text(a), " and ", shape_text(b));
  const std::ptrdiff_t M = A.shape(transpose_a), K = A.shape(!transpose_a), N = B.shape(!transpose_b);
  if (B.shape(transpose_b) != K)
    invalid("The inner dimensions differ: ", K, " columns and ", B.shape(transpose_b),
            " rows. Received shapes: ", shape_text(a), " and ", shape_text(b));
  Contiguous<T> out({M, N});
  if (out.size() == 0) return out;
  const Kernels<T>& kernels = kernels_of<T>(active_kernels());
  Padded<T> y(M, N);
  if (transpose_a) {  // the product of the weight gradients: rows of A are the rows of a batch
    const Padded<T> x(rows_of_last<T>(A, "a"));
    const RowView view = {B.data(),
                          rows_of_last<T>(B, "b").element,
                          K,
                          std::ptrdiff_t(sizeof(T)) * (transpose_b ? 1 : N),
                          {{N, std::ptrdiff_t(sizeof(T)) * (transpose_b ? K : 1)}},
                          N};
    const Padded<T> z(view);
    const Panels panels(M, N, kernels.panel_packs);
    Padded<T> block(M, pack * kernels.panel_packs);
    for (std::ptrdiff_t p = 0; p < panels.count; ++p) {
      const Panel panel = panels[p];
      kernels.weight_gradient(K, M, std::min(panel.width, N - panel.first), panel.width, x.data(), x.ld,
                              z.data() + panel.first, z.ld, block.data(), false, false);
      for (std::ptrdiff_t m = 0; m < M; ++m)
        std::copy_n(block.data() + m * panel.width, panel.width, y.data() + m * y.ld + panel.first);
    }
  } else {
    const Panels panels(K, N, kernels.panel_packs);
    Arena<T> packed;
    packed.reserve(static_cast<std::size_t>(panels.size()));
    packed.allocate();
    panels.each_element(packed.at(0), [&](std::ptrdiff_t k, std::ptrdiff_t n, T& element) {
      if (k < K) element = B.data()[transpose_b ? n * K + k : k * N + n];
    });
    const Padded<T> x(rows_of_last<T>(A, "a"));
    panels.each_run([&](const Panel& panel, std::ptrdiff_t columns) {
      const T* W = packed.at(0) + panel.offset;
      kernels.forward(M, K, columns, panel.width, panels.stride(panel), x.data(), x.ld, W, W + K * panel.width,
                      y.data() + panel.first, y.ld);
    });
  }
  y.copy_to(out.mutable_data());
  return out;
}

template <class T>
Contiguous<T> activation(const Spec& spec, const py::array& x) {
  const auto X = Contiguous<T>::ensure(x);
  const auto rule = find_rule(kernels_of<T>(active_kernels()).activations, spec, "activation");
  Padded<T> rows(rows_of_last<T>(X, "x"));
  rule->forward(rule.hyper.data(), rows.rows, rows.N, rows.data(), rows.data(), rows.ld);
  auto out = like<T>(x);
  rows.copy_to(out.mutable_data());
  return out;
}

template <class T>
Contiguous<T> activation_gradient(const Spec& spec, const py::array& x, const py::array& dy) {
  const auto X = Contiguous<T>::ensure(x), DY = Contiguous<T>::ensure(dy);
  if (!X.attr("shape").equal(DY.attr("shape")))
    invalid("x and dy must have the same shape. Received shapes: ", shape_text(x), " and ", shape_text(dy));
  const auto rule = find_rule(kernels_of<T>(active_kernels()).activations, spec, "activation");
  const Padded<T> input(rows_of_last<T>(X, "x"));
  Padded<T> output(input.rows, input.N), d(rows_of_last<T>(DY, "dy"));
  rule->forward(rule.hyper.data(), d.rows, d.N, input.data(), output.data(), d.ld);
  rule->backward(rule.hyper.data(), d.rows, d.N, input.data(), output.data(), d.data(), d.ld);
  auto out = like<T>(x);
  d.copy_to(out.mutable_data());
  return out;
}

// Rows of a loss or metric: values, and with `row_scale` the gradient.
template <class T>
py::array row_rule(const Spec& spec, const py::array& y_true, const py::array& y_pred, const py::array* row_scale) {
  const auto rule = find_rule(kernels_of<T>(active_kernels()).row_rules, spec, "loss or metric");
  if (row_scale && !rule->differentiable) invalid("'", spec.name, "' is a metric: it has no gradient.");
  const RowView truth = row_view(y_true, "y_true"), predicted = row_view(y_pred, "y_pred");
  if (truth.rows != predicted.rows || truth.width != (rule->sparse ? 1 : predicted.width))
    invalid("y_true and y_pred do not fit together for '", spec.name, "'. Received shapes: ", shape_text(y_true),
            " and ", shape_text(y_pred));
  const Padded<T> t(truth), p(predicted);
  Contiguous<T> values({p.rows});
  if (!row_scale) {
    rule->run(rule.hyper.data(), p.rows, p.N, t.data(), t.ld, p.data(), p.ld, nullptr, values.mutable_data(), nullptr);
    return values;
  }
  const auto scale = Contiguous<T>::ensure(*row_scale);
  if (scale.size() != p.rows)
    invalid("row_scale must hold one number for each of the ", p.rows,
            " rows. Received shape: ", shape_text(*row_scale));
  Padded<T> gradient(p.rows, p.N);
  rule->run(rule.hyper.data(), p.rows, p.N, t.data(), t.ld, p.data(), p.ld, scale.data(), values.mutable_data(),
            gradient.data());
  auto out = like<T>(y_pred);
  gradient.copy_to(out.mutable_data());
  return out;
}

template <class T>
T* in_place(const py::array& array, const char* name, std::ptrdiff_t size) {
  if (!py::isinstance<py::array_t<T>>(array) || !(array.flags() & py::array::c_style) || !array.writeable() ||
      array.size() != size)
    invalid(name, " must be a writable, C-contiguous array of ", size, " elements of dtype float", 8 * sizeof(T),
            ". Received: shape ", shape_text(array), ", dtype ", py::str(array.dtype()).cast<std::string>());
  return static_cast<T*>(const_cast<void*>(array.data()));
}

template <class T>
void optimizer_step(const Spec& spec, double learning_rate, std::int64_t step, const py::array& weights,
                    const py::array& gradients, const std::vector<py::array>& states) {
  Spec rest = spec;
  rest.numbers.erase("initial_accumulator_value");  // concerns the first state, which the caller made
  const auto rule = find_rule(kernels_of<T>(active_kernels()).optimizers, rest, "optimizer");
  if (step < 1) invalid("step counts from 1. Received: ", step);
  T* w = in_place<T>(weights, "weights", weights.size());
  const auto g = Contiguous<T>::ensure(gradients);
  if (g.size() != weights.size())
    invalid("gradients must have as many elements as weights. Received shapes: ", shape_text(gradients), " and ",
            shape_text(weights));
  if (static_cast<int>(states.size()) != rule->state_count)
    invalid("'", spec.name, "' needs ", rule->state_count, " states. Received: ", states.size());
  T* state[max_state];
  for (std::size_t i = 0; i < states.size(); ++i) state[i] = in_place<T>(states[i], "states", weights.size());
  T constants[max_constants];
  rule->prepare(rule.hyper.data(), learning_rate, step, constants);
  rule->update(constants, weights.size(), w, g.data(), state);
}

}  // namespace

void bind_rules(py::module_& m) {
  m.def(
      "matmul",
      [](const py::array& a, const py::array& b, bool transpose_a, bool transpose_b) -> py::array {
        const bool wide = is_double(a, "a");
        if (wide != is_double(b, "b")) invalid("matmul takes two matrices of one dtype.");
        return wide ? py::array(matmul<double>(a, b, transpose_a, transpose_b))
                    : py::array(matmul<float>(a, b, transpose_a, transpose_b));
      },
      py::arg("a"), py::arg("b"), py::arg("transpose_a") = false, py::arg("transpose_b") = false);
  m.def(
      "activation",
      [](const py::object& spec, const py::array& x) -> py::array {
        const Spec rule = to_spec(spec, "activation");
        return is_double(x, "x") ? py::array(activation<double>(rule, x)) : py::array(activation<float>(rule, x));
      },
      py::arg("spec"), py::arg("x"));
  m.def(
      "activation_gradient",
      [](const py::object& spec, const py::array& x, const py::array& dy) -> py::array {
        const Spec rule = to_spec(spec, "activation");
        return is_double(x, "x") ? py::array(activation_gradient<double>(rule, x, dy))
                                 : py::array(activation_gradient<float>(rule, x, dy));
      },
      py::arg("spec"), py::arg("x"), py::arg("dy"));
  const auto values = [](const py::object& spec, const py::array& y_true, const py::array& y_pred) {
    const Spec rule = to_spec(spec, "loss or metric");
    return is_double(y_pred, "y_pred") ? row_rule<double>(rule, y_true, y_pred, nullptr)
                                       : row_rule<float>(rule, y_true, y_pred, nullptr);
  };
  m.def("loss_values", values, py::arg("spec"), py::arg("y_true"), py::arg("y_pred"));
  m.def("metric_values", values, py::arg("spec"), py::arg("y_true"), py::arg("y_pred"));
  m.def(
      "loss_gradient",
      [](const py::object& spec, const py::array& y_true, const py::array& y_pred, const py::array& row_scale) {
        const Spec rule = to_spec(spec, "loss");
        return is_double(y_pred, "y_pred") ? row_rule<double>(rule, y_true, y_pred, &row_scale)
                                           : row_rule<float>(rule, y_true, y_pred, &row_scale);
      },
      py::arg("spec"), py::arg("y_true"), py::arg("y_pred"), py::arg("row_scale"));
  m.def(
      "optimizer_step",
      [](const py::object& spec, double learning_rate, std::int64_t step, const py::array& weights,
         const py::array& gradients, const std::vector<py::array>& states) {
        const Spec rule = to_spec(spec, "optimizer");
        if (is_double(weights, "weights")) {
          optimizer_step<double>(rule, learning_rate, step, weights, gradients, states);
        } else {
          optimizer_step<float>(rule, learning_rate, step, weights, gradients, states);
        }
      },
      py::arg("spec"), py::arg("learning_rate"), py::arg("step"), py::arg("weights"), py::arg("gradients"),
      py::arg("states"));
}

}  // namespace steepest::bindings
