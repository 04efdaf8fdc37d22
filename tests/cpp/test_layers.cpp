// Layers inside of a network: gradients by differences, zeros in the padding, the same bits for any number of threads.

#include <cstring>

#include "networks.hpp"
#include "runtime/thread_pool.hpp"

namespace steepest::testing {
namespace {

// On rows of N columns.
std::vector<Spec> layers_of_rows() {
  const std::map<std::string, double> scaled = {{"scale", 1}, {"center", 1}, {"epsilon", 1e-3}};
  auto batch = scaled;
  batch["momentum"] = 0.9;
  auto plain = batch;
  plain["scale"] = plain["center"] = 0;
  return {
      {"batch_normalization", batch, {}, {}},
      {"batch_normalization", plain, {}, {}},
      {"layer_normalization", scaled, {}, {}},
      {"rms_normalization", scaled, {}, {}},
      {"unit_normalization", {{"scale", 1}, {"center", 1}}, {}, {}},
      {"scale", {{"scale", 1}, {"center", 1}}, {}, {}},
      {"prelu", {}, {}, {}},
      {"dropout", {{"rate", 0.3}, {"seed", 9}}, {}, {}},
      {"alpha_dropout", {{"rate", 0.3}, {"seed", 9}}, {}, {}},
      {"gaussian_dropout", {{"rate", 0.3}, {"seed", 9}}, {}, {}},
      {"gaussian_noise", {{"stddev", 0.3}, {"seed", 9}}, {}, {}},
  };
}

TEST(steps_of_layers_follow_the_gradient) {
  const std::ptrdiff_t K = 3, outputs = 2;
  for (const Spec& layer : layers_of_rows())
    for (const std::ptrdiff_t N : sizes) {
      const auto network = stack<double>({dense(double(N), "tanh"), layer, dense(outputs, "tanh")}, K);
      for (const std::ptrdiff_t M : {5, 21}) {
        if (N > 17 && M != 5) continue;
        const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * outputs, 32);
        check_step(*network, {{view(x, M, K)}, {{{view(y, M, outputs)}, {}}}}, {mse()});
      }
    }
}

// Axes permuted, the rows summed up to one and repeated, and all rescaled.
TEST(a_step_of_rearranged_rows_follows_the_gradient) {
  const std::ptrdiff_t M = 5, K = 24;
  const std::vector<Spec> specs = {dense(K, "tanh"),
                                   {"reshape", {{"columns", 4}}, {}, {}},
                                   {"permute", {}, {}, {}, {{"sizes", {2, 3, 4}}, {"order", {2, 0, 1}}}},
                                   {"reshape", {{"columns", 24}}, {}, {}},
                                   {"repeat", {{"times", 8}}, {}, {}},
                                   {"rescaling",
                                    {},
                                    {},
                                    {},
                                    {{"shift", std::vector<double>(K, 0.5)},
                                     {"scale", std::vector<double>(K, -2)},
                                     {"offset", std::vector<double>(K, 3)}}},
                                   dense(2, "tanh")};
  std::vector<std::shared_ptr<Layer<double>>> layers;
  std::vector<Network<double>::Step> steps;
  Extent extent = {1, K};
  for (const Spec& spec : specs) {
    steps.push_back({layers.size(), {layers.size()}});
    layers.push_back(make_layer<double>(spec, {extent}, kernels_of<double>(active_kernels())));
    extent = layers.back()->output({extent});
  }
  Network<double> network(layers, {K}, steps, {specs.size()}, active_kernels());
  CHECK((network.output(0) == Extent{8, 2}));
  const auto x = random_vector<double>(M * K, 31), y = random_vector<double>(M * 2, 32);
  const Target target = {std::vector<RowView>(8, view(y, M, 2)), {}};
  check_step(network, {{view(x, M, K)}, {target}}, {mse()});
}

// A table that two inputs take rows of, some of them twice, and the products of those rows with others.
TEST(a_step_of_embeddings_and_their_products_follows_the_gradient) {
  for (const std::ptrdiff_t V : sizes)
    for (const std::ptrdiff_t N : {1, 17}) {
      std::vector<std::shared_ptr<Layer<double>>> layers;
      const auto add = [&](const Spec& spec, const std::vector<Extent>& inputs) {
        layers.push_back(make_layer<double>(spec, inputs, kernels_of<double>(active_kernels())));
      };
      add({"reshape", {{"columns", 1}}, {}, {}}, {{1, 3}});
      add({"reshape", {{"columns", 1}}, {}, {}}, {{1, 2}});
      add({"embedding", {{"rows", double(V)}, {"units", double(N)}}, {}, {}}, {{3, 1}});
      add({"dot", {}, {}, {}}, {{3, N}, {2, N}});
      add(dense(2, "tanh"), {{1, 2}});
      // buffers 0, 1: inputs; 2, 3: their rows; 4, 5: of the table; 6: products; 7
      Network<double> network(layers, {3, 2}, {{0, {0}}, {1, {1}}, {2, {2}}, {2, {3}}, {3, {4, 5}}, {4, {6}}}, {7},
                              active_kernels());
      const std::ptrdiff_t M = 7;
      std::vector<std::int32_t> numbers(static_cast<std::size_t>(M * 5));
      for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<std::int32_t>(i * i) % static_cast<std::int32_t>(V);
      const auto column = [&](std::ptrdiff_t from, std::ptrdiff_t width) {
        return RowView{numbers.data() + from, Element::int32, M, 5 * 4, {{width, 4}}, width};
      };
      const auto y = random_vector<double>(M * 6, 32);
      const Target target = {std::vector<RowView>(3, view(y, M, 2)), {}};
      check_step(network, {{column(0, 3), column(3, 2)}, {target}}, {mse()});
      numbers[8] = static_cast<std::int32_t>(V);
      Trainer<double> trainer(network, {mse()}, {}, std::nullopt);
      const Data data = {{column(0, 3), column(3, 2)}, {target}};
      trainer.evaluate(data, {nullptr, M, 1, 2, 3, nullptr, 0}, nullptr);
      CHECK_THROWS(trainer.evaluate(data, {nullptr, M, 1, 1, 3, nullptr, 0}, nullptr), "whole numbers from 0 to");
      CHECK_THROWS(Network<double>(layers, {2}, {{4, {0}}, {1, {1}}, {2, {2}}}, {3}, active_kernels()),
                   "not what layers computed");
    }
}

template <class T>
std::vector<T> trained(const Spec& layer, std::ptrdiff_t N, std::ptrdiff_t batch_size, int threads) {
  const std::ptrdiff_t M = 203, K = 5;
  fix_threads(threads);
  const auto network = stack<T>({dense(double(N), "tanh"), layer, dense(3, "linear")}, K);
  randomize(*network, 1);
  auto trainer = trainer_of<T>(*network, rule("mean_squared_error"), {}, rule("sgd"));
  const auto x = random_vector<float>(M * K, 20), y = random_vector<float>(M * 3, 21);
  const double rate = 0.1;
  trainer.train({{view(x, M, K)}, {{{view(y, M, 3)}, {}}}},
                {nullptr, M, batch_size, 0, (M + batch_size - 1) / batch_size, &rate, 1}, nullptr);
  fix_threads(0);
  std::vector<T> all;
  for (std::size_t i = 0; i < network->layer_count(); ++i) {
    const auto& parameters = network->layer(i).parameters();
    all.insert(all.end(), parameters.at(0), parameters.at(parameters.size()));
  }
  return all;
}

TEST(threads_do_not_change_a_bit_of_a_layer) {
  for_both_types([]<class T>() {
    for (const Spec& layer : layers_of_rows())
      for (const std::ptrdiff_t batch_size : {7, 203}) {
        const auto alone = trained<T>(layer, 33, batch_size, 1);
        for (const int threads : {2, 3, 8}) {
          const auto together = trained<T>(layer, 33, batch_size, threads);
          CHECK(std::memcmp(alone.data(), together.data(), alone.size() * sizeof(T)) == 0, layer.name, " ", threads);
        }
      }
  });
}

// Statistics of rows far from zero are those of two passes, not of a difference of large squares.
TEST(moments_of_columns_far_from_zero) {
  for_both_types([]<class T>() {
    for (const std::ptrdiff_t M : sizes)
      for (const std::ptrdiff_t N : sizes) {
        const std::ptrdiff_t ld = leading_dimension<T>(N);
        const auto noise = random_vector<T>(M * N, 3);
        std::vector<T> x(static_cast<std::size_t>(M * ld)), mean(static_cast<std::size_t>(ld)), variance(mean);
        for (std::ptrdiff_t m = 0; m < M; ++m)
          for (std::ptrdiff_t n = 0; n < N; ++n)
            x[static_cast<std::size_t>(m * ld + n)] = 1000 + noise[static_cast<std::size_t>(m * N + n)];
        active<T>().normalization.column_moments(M, N, x.data(), ld, mean.data(), variance.data());
        for (std::ptrdiff_t n = 0; n < ld; ++n) {
          double exact = 0, squares = 0;
          for (std::ptrdiff_t m = 0; m < M; ++m) exact += double(x[static_cast<std::size_t>(m * ld + n)]) / double(M);
          for (std::ptrdiff_t m = 0; m < M; ++m)
            squares += std::pow(double(x[static_cast<std::size_t>(m * ld + n)]) - exact, 2) / double(M);
          const double rounding = sizeof(T) == 4 ? 1e-6 : 1e-14;
          CHECK_CLOSE(mean[static_cast<std::size_t>(n)], exact, rounding, M, " ", N);
          CHECK_CLOSE(variance[static_cast<std::size_t>(n)], squares, 1000 * rounding, M, " ", N);
          CHECK(n < N || (mean[static_cast<std::size_t>(n)] == 0 && variance[static_cast<std::size_t>(n)] == 0));
        }
      }
  });
}

}  // namespace
}  // namespace steepest::testing
