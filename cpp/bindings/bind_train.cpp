#include <pybind11/stl.h>

#include <chrono>

#include "bindings/network.hpp"
#include "train/trainer.hpp"

namespace steepest::bindings {
namespace {

// The arrays are held as long as the views of them.
struct BoundData {
  py::array x, y;
  std::optional<py::array> sample_weight;
  Data views;

  BoundData(py::array x_rows, py::array y_rows, std::optional<py::array> weights)
      : x(std::move(x_rows)), y(std::move(y_rows)), sample_weight(std::move(weights)) {
    views.x = row_view(x, "x");
    views.y = row_view(y, "y");
    if (sample_weight) views.sample_weight = row_view(*sample_weight, "sample_weight");
  }
};

Reduction to_reduction(const std::string& name) {
  if (name == "sum_over_batch_size") return Reduction::mean;
  if (name == "sum") return Reduction::sum;
  if (name == "mean_with_sample_weight") return Reduction::weighted_mean;
  invalid("Unknown reduction: '", name, "'. Expected one of: sum_over_batch_size, sum, mean_with_sample_weight.");
}

// Signals are looked at each time, the callback at most 20 times a second.
Poll make_poll(const py::object& on_progress) {
  using Clock = std::chrono::steady_clock;
  return [on_progress, last = Clock::now()](std::ptrdiff_t steps) mutable {
    const py::gil_scoped_acquire acquired;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (on_progress.is_none() || Clock::now() - last < std::chrono::milliseconds(50)) return true;
    on_progress(steps);
    last = Clock::now();
    return true;
  };
}

class BoundTrainer {
 public:
  BoundTrainer(py::object network, const py::object& loss, const py::sequence& metrics, const py::object& optimizer)
      : network_(std::move(network)) {
    Spec loss_spec = to_spec(loss, "loss");
    const auto word = loss_spec.words.find("reduction");
    const Reduction reduction = to_reduction(word == loss_spec.words.end() ? "sum_over_batch_size" : word->second);
    loss_spec.words.erase("reduction");
    std::optional<Spec> rule;
    if (!optimizer.is_none()) rule = to_spec(optimizer, "optimizer");
    std::visit(
        [&]<class T>(std::unique_ptr<Network<T>>& network) {
          trainer_ = std::make_unique<Trainer<T>>(*network, loss_spec, reduction, to_specs(metrics, "metric"), rule);
        },
        network_.cast<AnyNetwork&>().of);
  }

  void train(const BoundData& data, const std::optional<py::array_t<std::int64_t, py::array::c_style>>& rows,
             std::ptrdiff_t batch_size, const py::array_t<double, py::array::c_style>& learning_rates,
             std::ptrdiff_t begin, std::ptrdiff_t end, const py::object& on_progress) {
    Plan plan = {rows ? rows->data() : nullptr,
                 rows ? rows->size() : data.views.rows(),
                 batch_size,
                 begin,
                 end,
                 learning_rates.data(),
                 learning_rates.size()};
    const Poll poll = make_poll(on_progress);
    visit([&](auto& trainer) { without_gil([&] { trainer.train(data.views, plan, poll); }); });
  }

  void evaluate(const BoundData& data, std::ptrdiff_t batch_size, std::ptrdiff_t begin, std::ptrdiff_t end,
                const py::object& on_progress) {
    const Plan plan = {nullptr, data.views.rows(), batch_size, begin, end, nullptr, 0};
    const Poll poll = make_poll(on_progress);
    visit([&](auto& trainer) { without_gil([&] { trainer.evaluate(data.views, plan, poll); }); });
  }

  std::vector<double> results() {
    std::vector<double> values;
    visit([&](auto& trainer) { values = trainer.results(); });
    return values;
  }
  void reset_results() {
    visit([](auto& trainer) { trainer.reset_results(); });
  }
  std::int64_t iterations() {
    std::int64_t count = 0;
    visit([&](auto& trainer) { count = trainer.iterations; });
    return count;
  }
  void set_iterations(std::int64_t count) {
    if (count < 0) invalid("iterations must be at least 0. Received: ", count);
    visit([&](auto& trainer) { trainer.iterations = count; });
  }

  py::list get_state() {
    py::list state;
    visit([&](auto& trainer) {
      for (std::size_t i = 0; i < trainer.network().weight_shapes().size(); ++i)
        for (int k = 0; k < trainer.state_count(); ++k)
          state.append(read_array(trainer.network(), i, trainer.state(k)));
    });
    return state;
  }
  void set_state(const py::sequence& arrays) {
    visit([&]<class T>(Trainer<T>& trainer) {
      std::vector<Arena<T>*> arenas;
      for (int k = 0; k < trainer.state_count(); ++k) arenas.push_back(&trainer.state(k));
      write_arrays(trainer.network(), arenas, arrays, "set_state");
    });
  }

 private:
  template <class F>
  void visit(F f) {
    std::visit([&](auto& trainer) { f(*trainer); }, trainer_);
  }

  py::object network_;  // the trainer refers to it
  std::variant<std::unique_ptr<Trainer<float>>, std::unique_ptr<Trainer<double>>> trainer_;
};

}  // namespace

void bind_train(py::module_& m) {
  py::class_<BoundData>(m, "Data")
      .def(py::init<py::array, py::array, std::optional<py::array>>(), py::arg("x"), py::arg("y"),
           py::arg("sample_weight") = py::none())
      .def("__len__", [](const BoundData& data) { return data.views.rows(); });
  py::class_<BoundTrainer>(m, "Trainer")
      .def(py::init<py::object, py::object, py::sequence, py::object>(), py::arg("network"), py::arg("loss"),
           py::arg("metrics"), py::arg("optimizer"))
      .def_property("iterations", &BoundTrainer::iterations, &BoundTrainer::set_iterations)
      .def("train", &BoundTrainer::train, py::arg("data"), py::arg("rows"), py::arg("batch_size"),
           py::arg("learning_rates"), py::arg("begin"), py::arg("end"), py::arg("on_progress") = py::none())
      .def("evaluate", &BoundTrainer::evaluate, py::arg("data"), py::arg("batch_size"), py::arg("begin"),
           py::arg("end"), py::arg("on_progress") = py::none())
      .def("results", &BoundTrainer::results)
      .def("reset_results", &BoundTrainer::reset_results)
      .def("get_state", &BoundTrainer::get_state)
      .def("set_state", &BoundTrainer::set_state, py::arg("state"));
}

}  // namespace steepest::bindings
