#include <pybind11/stl.h>

#include <chrono>

#include "bindings/network.hpp"
#include "train/trainer.hpp"

namespace steepest::bindings {
namespace {

// The arrays are held as long as the views of them.
struct BoundData {
  std::vector<py::array> arrays;
  Data views;

  // For each output its targets, one array for each position, and its weights; empty lists where it has no loss.
  using Arrays = std::vector<py::array>;
  BoundData(const Arrays& x, const std::vector<Arrays>& y, const std::vector<Arrays>& sample_weight) {
    if (y.size() != sample_weight.size()) invalid("Data need as many targets as sample weights.");
    for (const py::array& array : x) views.x.push_back(view(array, "x"));
    for (std::size_t o = 0; o < y.size(); ++o) {
      Target& target = views.targets.emplace_back();
      for (const py::array& array : y[o]) target.y.push_back(view(array, "y"));
      for (const py::array& array : sample_weight[o]) target.sample_weight.push_back(view(array, "sample_weight"));
    }
  }

 private:
  RowView view(const py::array& array, const char* name) {
    arrays.push_back(array);
    return row_view(array, name);
  }
};

Reduction to_reduction(const std::string& name) {
  if (name == "sum_over_batch_size") return Reduction::mean;
  if (name == "sum") return Reduction::sum;
  if (name == "mean_with_sample_weight") return Reduction::weighted_mean;
  invalid("Unknown reduction: '", name, "'. Expected one of: sum_over_batch_size, sum, mean_with_sample_weight.");
}

// Signals are looked at each time, the callback at most 20 times a second; or it is called each time, and may end the loop.
Poll make_poll(const py::object& on_progress, bool each_step) {
  using Clock = std::chrono::steady_clock;
  if (each_step)
    return [on_progress](std::ptrdiff_t steps) {
      const py::gil_scoped_acquire acquired;
      return on_progress(steps).cast<bool>();
    };
  return [on_progress, last = Clock::now()](std::ptrdiff_t steps) mutable {
    const py::gil_scoped_acquire acquired;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (on_progress.is_none() || Clock::now() - last < std::chrono::milliseconds(50)) return true;
    on_progress(steps);
    last = Clock::now();
    return true;
  };
}

// {"loss": spec with "reduction", "weight": number, "metrics": [specs], "weighted_metrics": [specs]}, or None.
std::optional<HeadSpec> to_head(const py::object& object) {
  if (object.is_none()) return std::nullopt;
  const auto dict = py::dict(object);
  HeadSpec head;
  head.loss = to_spec(dict["loss"], "loss");
  const auto word = head.loss.words.find("reduction");
  head.reduction = to_reduction(word == head.loss.words.end() ? "sum_over_batch_size" : word->second);
  head.loss.words.erase("reduction");
  head.weight = dict["weight"].cast<double>();
  head.metrics = to_specs(dict["metrics"], "metric");
  head.weighted_metrics = to_specs(dict["weighted_metrics"], "metric");
  return head;
}

Observing to_observing(const std::string& name) {
  if (name.empty()) return Observing::nothing;
  if (name == "predictions") return Observing::predictions;
  if (name == "loss") return Observing::loss;
  invalid("Unknown: observing '", name, "'. Expected '', 'predictions' or 'loss'.");
}

// observe(first, M, predictions, gradients): copies of the predictions, and arrays that take the gradients, or None.
template <class T>
Observer<T> make_observer(const py::object& observe) {
  if (observe.is_none()) return nullptr;
  return [observe](std::ptrdiff_t first, std::ptrdiff_t M, const std::vector<Observed<T>>& outputs) {
    const py::gil_scoped_acquire acquired;
    py::list predictions, gradients;
    std::vector<const T*> written;
    for (const Observed<T>& seen : outputs) {
      const std::ptrdiff_t rows = M * seen.output.positions, N = seen.output.columns, ld = leading_dimension<T>(N);
      Contiguous<T> array({M, seen.output.positions * N});
      for (std::ptrdiff_t m = 0; m < rows; ++m) std::copy_n(seen.y_pred + m * ld, N, array.mutable_data() + m * N);
      predictions.append(std::move(array));
      py::object gradient = py::none();
      if (seen.gradient) gradient = Contiguous<T>({M, seen.output.positions * N});
      written.push_back(seen.gradient ? gradient.cast<Contiguous<T>>().data() : nullptr);
      gradients.append(std::move(gradient));
    }
    const auto loss = observe(first, M, predictions, gradients).template cast<double>();
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      const std::ptrdiff_t N = outputs[o].output.columns, ld = leading_dimension<T>(N);
      for (std::ptrdiff_t m = 0; written[o] && m < M * outputs[o].output.positions; ++m) {
        std::copy_n(written[o] + m * N, N, outputs[o].gradient + m * ld);
        std::fill_n(outputs[o].gradient + m * ld + N, ld - N, T(0));
      }
    }
    return loss;
  };
}

// {"frozen": [numbers of layers], "regularizers": {number of a weight: spec}, "constraints": the same}, each where there is
// one.
template <class T>
WeightRules to_weight_rules(const Network<T>& network, const py::dict& dict) {
  WeightRules rules;
  for (const auto& [key, value] : dict) {
    const auto name = py::cast<std::string>(key);
    if (name == "frozen") {
      rules.frozen = frozen_layers(network, py::cast<std::vector<std::size_t>>(value));
      continue;
    }
    if (name != "regularizers" && name != "constraints") invalid("Unknown rule of weights: '", name, "'.");
    auto& of_weights = name == "regularizers" ? rules.regularizers : rules.constraints;
    for (const auto& [number, spec] : py::cast<py::dict>(value))
      of_weights.emplace_back(py::cast<std::size_t>(number), to_spec(spec, name.c_str()));
  }
  return rules;
}

// visit(layer, its number, the weight's number in it) for each weight that is trained.
template <class T, class Visit>
void each_trained(const Trainer<T>& trainer, Visit visit) {
  const Network<T>& network = trainer.network();
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    for (std::size_t which = 0; which < trainer.trained_weights(i); ++which) visit(network.layer(i), i, which);
}

template <class T>
std::vector<Place<T>> trained_places(const Trainer<T>& trainer) {
  std::vector<Place<T>> places;
  each_trained(trainer, [&](Layer<T>& layer, std::size_t, std::size_t which) {
    places.push_back({&layer, which, layer.parameters().at(0)});
  });
  return places;
}

// Of each of them the gradient.
template <class T>
std::vector<Place<T>> gradient_places(const Trainer<T>& trainer) {
  std::vector<Place<T>> places;
  each_trained(trainer, [&](Layer<T>& layer, std::size_t i, std::size_t which) {
    places.push_back({&layer, which, trainer.network().state_of(i, trainer.gradients())});
  });
  return places;
}

// Of each of them what the optimizer keeps.
template <class T>
std::vector<Place<T>> state_places(const Trainer<T>& trainer) {
  std::vector<Place<T>> places;
  each_trained(trainer, [&](Layer<T>& layer, std::size_t i, std::size_t which) {
    for (int k = 0; k < trainer.state_count(); ++k)
      places.push_back({&layer, which, trainer.network().state_of(i, trainer.state(k))});
  });
  return places;
}

class BoundTrainer {
 public:
  BoundTrainer(py::object network, const std::vector<py::object>& heads, const py::object& optimizer,
               const std::vector<std::string>& observing, const std::vector<std::size_t>& undecayed,
               const py::dict& weight_rules)
      : network_(std::move(network)) {
    std::vector<std::optional<HeadSpec>> specs;
    std::vector<Observing> observers;
    for (const py::object& head : heads) specs.push_back(to_head(head));
    for (const std::string& name : observing) observers.push_back(to_observing(name));
    std::optional<Spec> rule;
    if (!optimizer.is_none()) rule = to_spec(optimizer, "optimizer");
    std::visit(
        [&]<class T>(std::unique_ptr<Network<T>>& own) {
          const WeightRules rules = to_weight_rules(*own, weight_rules);
          trainer_ = std::make_unique<Trainer<T>>(*own, specs, observers, rule, undecayed, rules);
        },
        network_.cast<AnyNetwork&>().of);
  }

  void train(const BoundData& data, const std::optional<py::array_t<std::int64_t, py::array::c_style>>& rows,
             std::ptrdiff_t batch_size, const py::array_t<double, py::array::c_style>& learning_rates,
             std::ptrdiff_t begin, std::ptrdiff_t end, const py::object& on_progress, const py::object& observe,
             bool each_step, const std::optional<py::array_t<double, py::array::c_style>>& penalty_scales) {
    if (penalty_scales && penalty_scales->size() != end - begin)
      invalid("penalty_scales must hold one value for each of the ", end - begin, " steps.");
    const Plan plan = {rows ? rows->data() : nullptr,
                       rows ? rows->size() : data.views.rows(),
                       batch_size,
                       begin,
                       end,
                       learning_rates.data(),
                       learning_rates.size(),
                       each_step,
                       penalty_scales ? penalty_scales->data() : nullptr};
    const Poll poll = make_poll(on_progress, each_step);
    visit([&]<class T>(Trainer<T>& trainer) {
      const Observer<T> observer = make_observer<T>(observe);
      without_gil([&] { trainer.train(data.views, plan, poll, observer); });
    });
  }

  void evaluate(const BoundData& data, std::ptrdiff_t batch_size, std::ptrdiff_t begin, std::ptrdiff_t end,
                const py::object& on_progress, const py::object& observe, bool each_step) {
    const Plan plan = {nullptr, data.views.rows(), batch_size, begin, end, nullptr, 0, each_step, nullptr};
    const Poll poll = make_poll(on_progress, each_step);
    visit([&]<class T>(Trainer<T>& trainer) {
      const Observer<T> observer = make_observer<T>(observe);
      without_gil([&] { trainer.evaluate(data.views, plan, poll, observer); });
    });
  }

  std::vector<double> results() {
    std::vector<double> values;
    visit([&](auto& trainer) { values = trainer.results(); });
    return values;
  }
  void reset_results() {
    visit([](auto& trainer) {
      for (RunningMean* mean : trainer.means()) *mean = {};
    });
  }
  std::vector<std::pair<double, double>> get_means() {
    std::vector<std::pair<double, double>> values;
    visit([&](auto& trainer) {
      for (const RunningMean* mean : trainer.means()) values.emplace_back(mean->total, mean->weight);
    });
    return values;
  }
  void set_means(const std::vector<std::pair<double, double>>& values) {
    visit([&](auto& trainer) {
      const auto means = trainer.means();
      if (values.size() != means.size()) invalid("There are ", means.size(), " means. Received: ", values.size());
      for (std::size_t i = 0; i < values.size(); ++i) *means[i] = {values[i].first, values[i].second};
    });
  }
  std::int64_t iterations() {
    std::int64_t count = 0;
    visit([&](auto& trainer) { count = trainer.iterations; });
    return count;
  }
  int threads() {
    int count = 0;
    visit([&](auto& trainer) { count = trainer.threads(); });
    return count;
  }
  void set_iterations(std::int64_t count) {
    if (count < 0) invalid("iterations must be at least 0. Received: ", count);
    visit([&](auto& trainer) { trainer.iterations = count; });
  }

  py::list get_state() {
    py::list state;
    visit([&](auto& trainer) { state = read_arrays(trainer.network().guards(), state_places(trainer)); });
    return state;
  }
  void set_state(const py::sequence& arrays) {
    visit([&](auto& trainer) { write_arrays(trainer.network().guards(), state_places(trainer), arrays, "set_state"); });
  }
  py::list get_weights() {
    py::list weights;
    visit([&](auto& trainer) { weights = read_arrays(trainer.network().guards(), trained_places(trainer)); });
    return weights;
  }
  void set_weights(const py::sequence& arrays) {
    visit([&](auto& trainer) {
      write_arrays(trainer.network().guards(), trained_places(trainer), arrays, "set_weights");
    });
  }
  py::list get_gradients() {
    py::list gradients;
    visit([&](auto& trainer) { gradients = read_arrays(trainer.network().guards(), gradient_places(trainer)); });
    return gradients;
  }
  void move_averages(const std::string& how) {
    const Averages move = how == "to_weights"    ? Averages::to_weights
                          : how == "to_averages" ? Averages::to_averages
                          : how == "swap"        ? Averages::swap
                                                 : throw py::value_error("Unknown move of averages: '" + how + "'.");
    visit([&](auto& trainer) { without_gil([&] { trainer.move_averages(move); }); });
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
      .def(py::init<const BoundData::Arrays&, const std::vector<BoundData::Arrays>&,
                    const std::vector<BoundData::Arrays>&>(),
           py::arg("x"), py::arg("y"), py::arg("sample_weight"))
      .def("__len__", [](const BoundData& data) { return data.views.rows(); });
  py::class_<BoundTrainer>(m, "Trainer")
      .def(py::init<py::object, const std::vector<py::object>&, py::object, const std::vector<std::string>&,
                    const std::vector<std::size_t>&, const py::dict&>(),
           py::arg("network"), py::arg("heads"), py::arg("optimizer"), py::arg("observing") = py::tuple(),
           py::arg("undecayed") = py::tuple(), py::arg("weight_rules") = py::dict())
      .def_property("iterations", &BoundTrainer::iterations, &BoundTrainer::set_iterations)
      .def_property_readonly("threads", &BoundTrainer::threads)
      .def("train", &BoundTrainer::train, py::arg("data"), py::arg("rows"), py::arg("batch_size"),
           py::arg("learning_rates"), py::arg("begin"), py::arg("end"), py::arg("on_progress") = py::none(),
           py::arg("observe") = py::none(), py::arg("each_step") = false, py::arg("penalty_scales") = py::none())
      .def("evaluate", &BoundTrainer::evaluate, py::arg("data"), py::arg("batch_size"), py::arg("begin"),
           py::arg("end"), py::arg("on_progress") = py::none(), py::arg("observe") = py::none(),
           py::arg("each_step") = false)
      .def("results", &BoundTrainer::results)
      .def("reset_results", &BoundTrainer::reset_results)
      .def("get_means", &BoundTrainer::get_means)
      .def("set_means", &BoundTrainer::set_means, py::arg("means"))
      .def("get_state", &BoundTrainer::get_state)
      .def("set_state", &BoundTrainer::set_state, py::arg("state"))
      .def("get_weights", &BoundTrainer::get_weights)
      .def("set_weights", &BoundTrainer::set_weights, py::arg("weights"))
      .def("get_gradients", &BoundTrainer::get_gradients)
      .def("move_averages", &BoundTrainer::move_averages, py::arg("how"));
}

}  // namespace steepest::bindings
