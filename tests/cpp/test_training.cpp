// The whole step: the same bits for every number of threads and between the instruction sets that promise it, the weights
// that gradients of the whole network by differences demand, and a loop that can be stopped.

#include <cstring>

#include "networks.hpp"
#include "runtime/phases.hpp"
#include "runtime/random.hpp"
#include "runtime/thread_pool.hpp"

namespace steepest::testing {
namespace {

constexpr std::ptrdiff_t samples = 203, inputs = 33, outputs = 5;

const Spec adam = rule("adam", {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-7}});

Spec with(Spec spec, const std::map<std::string, double>& options) {
  spec.numbers.insert(options.begin(), options.end());
  return spec;
}

// Adam, and Adam with what needs all of the gradients first.
const Spec optimizers[] = {
    adam,
    with(adam, {{"clipnorm", 0.01}, {"weight_decay", 0.1}}),
    with(adam, {{"global_clipnorm", 0.02}, {"gradient_accumulation_steps", 3}, {"ema_momentum", 0.9}}),
};

const Spec penalty = rule("l1_l2", {{"l1", 0.001}, {"l2", 0.002}});

// Weights, losses and metrics after three epochs of a network that has a bit of everything.
template <class T>
std::vector<T> train(std::ptrdiff_t batch_size, int threads, const Spec& optimizer = adam) {
  fix_threads(threads);
  const std::vector<Spec> layers = {dense(65, "tanh"),    {"dropout", {{"rate", 0.3}, {"seed", 9}}, {}, {}},
                                    dense(17, "sigmoid"), {"activation", {}, {}, {{"activation", rule("softmax")}}},
                                    dense(50, "relu"),    dense(outputs, "softmax")};
  const auto made = stack<T>(layers, inputs);
  Network<T>& network = *made;
  randomize(network, 1);
  const WeightRules rules = {{}, {{0, penalty}, {2, penalty}}, {}};
  auto trainer = trainer_of(network, rule("categorical_crossentropy", {{"from_logits", 0}, {"label_smoothing", 0.1}}),
                            {rule("categorical_accuracy")}, optimizer, rules);
  const auto x = random_vector<float>(samples * inputs, 20), weight = random_vector<float>(samples, 22);
  std::vector<float> y(static_cast<std::size_t>(samples * outputs));
  for (std::ptrdiff_t m = 0; m < samples; ++m) y[static_cast<std::size_t>(m * outputs + m % outputs)] = 1;
  const Data data = {{view(x, samples, inputs)}, {{{view(y, samples, outputs)}, {view(weight, samples, 1)}}}};
  const double rate = 0.01;
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples));
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    permutation(order.data(), samples, 1, epoch);
    const std::ptrdiff_t steps = (samples + batch_size - 1) / batch_size;
    trainer.train(data, {order.data(), samples, batch_size, 0, steps, &rate, 1}, nullptr);
  }
  fix_threads(0);
  auto all = weights(network);
  for (const double result : trainer.results()) all.push_back(static_cast<T>(result));
  return all;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST(threads_do_not_change_a_bit) {
  for_both_types([]<class T>() {
    for (const Spec& optimizer : optimizers)
      for (const std::ptrdiff_t batch_size : {1, 7, 32, 203}) {
        const auto alone = train<T>(batch_size, 1, optimizer);
        for (const T value : alone) CHECK(std::isfinite(value));
        for (const int threads : {2, 3, 8})
          CHECK(same_bits(train<T>(batch_size, threads, optimizer), alone), batch_size, " ", threads);
      }
  });
}

TEST(far_more_threads_than_processors) {
  const auto alone = train<float>(203, 1);
  for (const int threads : {4, 16, 64, 128}) CHECK(same_bits(train<float>(203, threads), alone), threads);
}

// AVX2, AVX-512 and NEON agree to the bit; the portable kernels round products twice and are close.
TEST(instruction_sets_agree) {
  for_both_types([]<class T>() {
    const std::string here = active_kernels().isa;
    for (const std::string& isa : supported_isas())
      for (const Spec& optimizer : optimizers) {
        const auto mine = train<T>(32, 1, optimizer);
        set_active_isa(isa);
        const auto other = train<T>(32, 1, optimizer);
        set_active_isa(here);
        if (isa != "scalar" && here != "scalar") CHECK(same_bits(other, mine), here, " and ", isa);
        for (std::size_t i = 0; i < mine.size(); ++i)
          CHECK_CLOSE(other[i], mine[i], sizeof(T) == 4 ? 2e-3 : 1e-10, isa);
      }
  });
}

TEST(a_step_follows_the_gradient) {
  const std::ptrdiff_t K = 6, N = 3;
  const auto network = stack<double>({dense(7, "tanh"), dense(4, "sigmoid"), dense(3, "linear")}, K);
  for (const std::ptrdiff_t M : {1, 5, 16, 37}) {
    const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * N, 32);
    check_step(*network, {{view(x, M, K)}, {{{view(y, M, N)}, {}}}}, {mse()});
  }
}

// Two inputs, layers that are used several times, buffers with several consumers, and losses of several weights, one of
// them over an output of two rows a sample.
TEST(a_step_of_a_graph_follows_the_gradient) {
  const std::ptrdiff_t K = 4, N = 6;
  std::vector<std::shared_ptr<Layer<double>>> layers;
  const auto add = [&](const Spec& spec, Extent input) {
    layers.push_back(make_layer<double>(spec, {input}, kernels_of<double>(active_kernels())));
  };
  add(dense(N, "tanh"), {1, K});
  add(dense(N, "sigmoid"), {1, N});
  add({"reshape", {{"columns", 3}}, {}, {}}, {1, N});
  add(dense(2, "tanh"), {1, 3});
  // buffers 0, 1: inputs; 2, 3: of the shared layer; 4, 5: of the next, one on its own output; 6: in two rows; 7
  const std::vector<Network<double>::Step> steps = {{0, {0}}, {0, {1}}, {1, {2}}, {1, {4}}, {2, {2}}, {3, {6}}};
  Network<double> network(layers, {K, K}, steps, {5, 3, 7, 2}, active_kernels());
  // Activities of an input, of an output with a loss, of one without that others take, twice, and in two rows.
  const std::vector<Activity> activities = {{0, 1, 1}, {5, 0.5, 0.25}, {2, 0, 0.5}, {2, 0.25, 0}, {6, 0.125, 0.5}};
  Network<double> costly(layers, {K, K}, steps, {5, 3, 7, 2}, active_kernels(), activities);
  for (const std::ptrdiff_t M : {1, 5, 37}) {
    const auto x = random_vector<double>(M * K * 2, 31), y = random_vector<double>(M * N * 4, 32);
    const auto column = [&](std::ptrdiff_t from, std::ptrdiff_t width) {
      return RowView{y.data() + from, Element::float64, M, N * 4 * 8, {{width, 8}}, width};
    };
    const Data data = {{view(x, M, K), RowView{x.data() + M * K, Element::float64, M, K * 8, {{K, 8}}, K}},
                       {{{column(0, N)}, {column(20, 1)}},
                        {{column(N, N)}, {}},
                        {{column(12, 2), column(14, 2)}, {column(21, 1), column(22, 1)}},
                        {}}};
    check_step(network, data, {mse(0.5), mse(), mse(2), std::nullopt});
    check_step(costly, data, {mse(0.5), mse(), mse(2), std::nullopt});
    check_step(costly, data, {mse(0.5), mse(), std::nullopt, std::nullopt});  // no loss sees buffer 6
  }
}

// It trains its gamma and beta, and takes the mean and the variance that it has kept.
TEST(normalization_as_in_inference_follows_the_gradient) {
  const std::ptrdiff_t K = 3, N = 20;  // two packs of columns
  std::vector<std::shared_ptr<Layer<double>>> layers;
  const auto add = [&](const Spec& spec, std::ptrdiff_t columns) {
    layers.push_back(make_layer<double>(spec, {{1, columns}}, kernels_of<double>(active_kernels())));
  };
  add(dense(N, "tanh"), K);
  add(rule("batch_normalization", {{"momentum", 0.5}, {"epsilon", 0.01}, {"scale", 1}, {"center", 1}}), N);
  add(dense(2, "tanh"), N);
  const auto mean = random_vector<double>(N, 5), variance = std::vector<double>(N, 0.5);
  layers[1]->write_weight(2, layers[1]->parameters().at(0), mean.data());
  layers[1]->write_weight(3, layers[1]->parameters().at(0), variance.data());
  Network<double> network(layers, {K}, {{0, {0}}, {1, {1}, false}, {2, {2}}}, {3}, active_kernels());
  for (const std::ptrdiff_t M : {1, 37}) {
    const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * 2, 32);
    check_step(network, {{view(x, M, K)}, {{{view(y, M, 2)}, {}}}}, {mse()});
  }
  std::vector<double> kept(N);
  layers[1]->read_weight(2, layers[1]->parameters().at(0), kept.data());
  CHECK(kept == mean);
  CHECK_THROWS(Network<double>(layers, {K}, {{0, {0}}, {1, {1}, true}, {2, {2}}}, {3}, active_kernels()),
               "can't look at the whole batch in inference");
}

TEST(predictions_do_not_depend_on_the_batch) {
  const auto made = stack<float>({dense(19, "tanh"), dense(3, "softmax")}, 5);
  Network<float>& network = *made;
  randomize(network, 2);
  const std::ptrdiff_t M = 300;
  const auto x = random_vector<float>(M * 5, 3);
  std::vector<float> all(static_cast<std::size_t>(M * 3)), part(all.size());
  network.predict({view(x, M, 5)}, 0, {all.data()});
  for (const std::ptrdiff_t chunk : {1, 7, 32, 300}) {
    network.predict({view(x, M, 5)}, chunk, {part.data()});
    CHECK(same_bits(all, part), chunk);
  }
}

// Of four layers the first and the third are frozen: the gradient passes through the third, and the first has none.
TEST(the_way_back_ends_where_nothing_trains) {
  const auto network = stack<double>({dense(4, "tanh"), dense(3, "tanh"), dense(3, "relu"), dense(2, "linear")}, 5);
  const auto workspace = network->make_workspace(16, 1, {true, {true}, {false}, {true, false, true, false}});
  CHECK(workspace.trained == std::vector({false, true, false, true}));
  for (std::size_t s = 0; s < 4; ++s) {
    CHECK(workspace.steps[s].backward == (s > 0), s);
    CHECK((workspace.steps[s].dx[0] != nullptr) == (s > 1), s);
  }
}

TEST(a_poll_can_end_the_loop_after_a_whole_step) {
  const auto made = stack<float>({dense(3, "linear")}, 2);
  Network<float>& network = *made;
  auto trainer = trainer_of<float>(network, rule("mean_squared_error"), {}, rule("sgd"));
  const std::ptrdiff_t M = 2000000;
  const std::vector<float> x(static_cast<std::size_t>(M * 2)), y(static_cast<std::size_t>(M * 3));
  const Data data = {{view(x, M, 2)}, {{{view(y, M, 3)}, {}}}};
  const double rate = 0.1;
  std::ptrdiff_t seen = 0;
  trainer.train(data, {nullptr, M, 1, 0, M, &rate, 1}, [&](std::ptrdiff_t steps) {
    seen = steps;
    CHECK(current_phase.value == Phase::outside);
    return false;
  });
  CHECK(seen > 0 && trainer.iterations == seen, seen, " ", trainer.iterations);
  CHECK_THROWS(trainer.train(data, {nullptr, M, 1, 0, M, &rate, 1},
                             [](std::ptrdiff_t) -> bool { throw std::runtime_error("halt"); }),
               "halt");
  trainer.train(data, {nullptr, M, 1, 0, 10, &rate, 1}, nullptr);  // still usable
}

// An observer that computes the loss and the gradient of the mean squared error trains as the core's loss does.
TEST(an_observer_can_compute_the_loss) {
  const std::ptrdiff_t M = 50, K = 4, N = 3, ld = leading_dimension<double>(N);
  const auto made = stack<double>({dense(7, "tanh"), dense(N, "softmax")}, K);
  Network<double>& network = *made;
  const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * N, 32);
  const Data data = {{view(x, M, K)}, {{{view(y, M, N)}, {}}}};
  const double rate = 0.5;
  const Plan plan = {nullptr, M, 20, 0, 3, &rate, 1};
  const Observer<double> observer = [&](std::ptrdiff_t first, std::ptrdiff_t rows,
                                        const std::vector<Observed<double>>& outputs) {
    CHECK(outputs.size() == 1 && outputs[0].gradient != nullptr);
    CHECK(current_phase.value == Phase::outside);
    double loss = 0;
    for (std::ptrdiff_t m = 0; m < rows; ++m)
      for (std::ptrdiff_t n = 0; n < N; ++n) {
        const double error = outputs[0].y_pred[m * ld + n] - y[static_cast<std::size_t>((first + m) * N + n)];
        outputs[0].gradient[m * ld + n] = 2 * error / static_cast<double>(N * rows);
        loss += error * error / static_cast<double>(N * rows);
      }
    return loss;
  };
  randomize(network, 1);
  auto core = trainer_of<double>(network, rule("mean_squared_error"), {}, rule("sgd"));
  core.train(data, plan, nullptr);
  const auto expected = weights(network);
  for (const int threads : {1, 3}) {
    fix_threads(threads);
    randomize(network, 1);
    Trainer<double> trainer(network, {std::nullopt}, {Observing::loss}, rule("sgd"));
    trainer.train(data, plan, nullptr, observer);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK_CLOSE(weights(network)[i], expected[i], 1e-13, threads);
    CHECK_CLOSE(trainer.results()[0], core.results()[0], 1e-13, threads);
    const auto before = weights(network);
    CHECK_THROWS(
        trainer.train(data, plan, nullptr, [](auto, auto, const auto&) -> double { throw std::runtime_error("halt"); }),
        "halt");
    CHECK(same_bits(weights(network), before) && trainer.iterations == 3);
  }
  fix_threads(0);
}

// The predictions that are handed out are those behind the activation, also where the loss takes the logits.
TEST(an_observer_sees_probabilities) {
  const std::ptrdiff_t M = 20, K = 4, N = 3;
  const auto made = stack<float>({dense(N, "softmax")}, K);
  randomize(*made, 1);
  const auto x = random_vector<float>(M * K, 31);
  const std::vector<float> y(static_cast<std::size_t>(M * N));
  std::vector<float> expected(y.size());
  made->predict({view(x, M, K)}, 0, {expected.data()});
  HeadSpec head = {
      rule("categorical_crossentropy", {{"from_logits", 0}, {"label_smoothing", 0}}), Reduction::mean, 1, {}, {}};
  Trainer<float> trainer(*made, {head}, {Observing::predictions}, std::nullopt);
  bool seen = false;
  trainer.evaluate({{view(x, M, K)}, {{{view(y, M, N)}, {}}}}, {nullptr, M, M, 0, 1, nullptr, 0}, nullptr,
                   [&](auto, auto, const std::vector<Observed<float>>& outputs) {
                     for (std::ptrdiff_t m = 0; m < M; ++m)
                       for (std::ptrdiff_t n = 0; n < N; ++n)
                         CHECK_CLOSE(outputs[0].y_pred[m * leading_dimension<float>(N) + n],
                                     expected[static_cast<std::size_t>(m * N + n)], 1e-6);
                     seen = true;
                     return 0.0;
                   });
  CHECK(seen);
}

TEST(weighted_metrics_are_means_by_the_weights) {
  const std::ptrdiff_t M = 33, K = 2, N = 3;
  const auto made = stack<double>({dense(N, "linear")}, K);
  randomize(*made, 1);
  const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * N, 32);
  auto weight = random_vector<double>(M, 33);
  for (double& w : weight) w = w * w;
  std::vector<double> p(y.size());
  made->predict({view(x, M, K)}, 0, {p.data()});
  double total = 0, count = 0;
  for (std::size_t m = 0; m < weight.size(); ++m) {
    count += weight[m];
    for (std::size_t n = 3 * m; n < 3 * m + 3; ++n) total += weight[m] * std::abs(p[n] - y[n]) / N;
  }
  const HeadSpec head = {rule("mean_squared_error"), Reduction::mean, 1, {}, {rule("mean_absolute_error")}};
  Trainer<double> trainer(*made, {head}, {}, std::nullopt);
  const auto evaluate = [&](const std::vector<double>& weights) {
    for (RunningMean* mean : trainer.means()) *mean = {};
    trainer.evaluate({{view(x, M, K)}, {{{view(y, M, N)}, {view(weights, M, 1)}}}}, {nullptr, M, 10, 0, 4, nullptr, 0},
                     nullptr);
    return trainer.results()[2];
  };
  CHECK_CLOSE(evaluate(weight), total / count, 1e-14);
  CHECK(evaluate(std::vector<double>(weight.size())) == 0);  // as Keras
}

TEST(plans_and_data_are_checked) {
  const auto made = stack<float>({dense(3, "linear")}, 2);
  Network<float>& network = *made;
  auto trainer = trainer_of<float>(network, rule("mean_squared_error"), {}, rule("sgd"));
  const std::vector<float> x(20), y(30);
  const double rate = 0.1;
  const Data good = {{view(x, 10, 2)}, {{{view(y, 10, 3)}, {}}}}, narrow = {{view(x, 20, 1)}, {{{view(y, 10, 3)}, {}}}},
             longer = {{view(x, 10, 2)}, {{{view(y, 9, 3)}, {}}}};
  const std::int64_t beyond[] = {0, 10};
  CHECK_THROWS(trainer.train(narrow, {nullptr, 10, 5, 0, 2, &rate, 1}, nullptr),
               "x has 1 columns, but the network takes 2");
  CHECK_THROWS(trainer.train(longer, {nullptr, 10, 5, 0, 2, &rate, 1}, nullptr), "x has 10 rows, but y has 9");
  CHECK_THROWS(trainer.train(good, {nullptr, 10, 0, 0, 2, &rate, 1}, nullptr), "batch_size must be at least 1");
  CHECK_THROWS(trainer.train(good, {nullptr, 10, 5, 0, 3, &rate, 1}, nullptr), "not within the epoch's 2");
  CHECK_THROWS(trainer.train(good, {beyond, 2, 1, 0, 2, &rate, 1}, nullptr), "names row 10");
}

}  // namespace
}  // namespace steepest::testing
