#include "cases.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>

#include "model/dense.hpp"
#include "model/rows.hpp"
#include "runtime/arena.hpp"
#include "train/optimizer.hpp"

namespace steepest::benchmark {
namespace {

using Index = std::ptrdiff_t;

// Aligned as the core's own, filled with numbers from -1 to 1 (or 0 to 1).
struct Numbers {
  Arena<float> arena;
  explicit Numbers(Index count, double from = -1) {
    arena.reserve(static_cast<std::size_t>(count));
    arena.allocate();
    std::mt19937 engine(static_cast<unsigned>(count));
    std::uniform_real_distribution<float> uniform(static_cast<float>(from), 1.0f);
    for (Index i = 0; i < count; ++i) arena.at(0)[i] = uniform(engine);
  }
  float* data() const { return arena.at(0); }
  float& operator[](Index i) const { return arena.at(0)[i]; }
};

// [M][ld] with zeros behind column N.
struct Matrix {
  Index M, N, ld;
  Numbers numbers;
  Matrix(Index rows, Index columns, double from = -1)
      : M(rows), N(columns), ld(leading_dimension<float>(columns)), numbers(rows * ld, from) {
    for (Index m = 0; m < M; ++m) std::fill((*this)[m] + N, (*this)[m] + ld, 0.0f);
  }
  float* operator[](Index m) const { return numbers.data() + m * ld; }
};

// A dense layer with what a step of it needs.
struct Layer {
  Index M, K, N;
  const Kernels<float>& kernels;
  Dense<float> dense;
  Panels panels;
  Matrix x, y, d, dx;
  float* parameters;
  Numbers first, second, scratch;
  StepRule<float> rule;
  Pass<float> pass;
  const float* inputs_of_use[1];
  float* gradients_of_use[1];
  Use<float> use;

  Layer(Index rows, Index inputs, Index units, const char* optimizer, const Kernels<float>& table)
      : M(rows),
        K(inputs),
        N(units),
        kernels(table),
        dense(K, N, true, {&table.activations.items[0], {}}, table),
        panels(K, N, table.panel_packs),
        x(round_up(M, pack), K),
        y(round_up(M, pack), N),
        d(round_up(M, pack), N),
        dx(round_up(M, pack), K),
        parameters(dense.parameters().at(0)),
        first(panels.size(), 0),
        second(panels.size(), 0),
        scratch(dense.scratch_size()),
        rule{nullptr, {}},
        pass{table, M, 0},
        inputs_of_use{x[0]},
        gradients_of_use{dx[0]},
        use{1, inputs_of_use, y[0], d[0], gradients_of_use, nullptr, true, false} {
    const Numbers initial(panels.size());
    std::copy_n(initial.data(), panels.size(), parameters);
    for (const auto& kernel : table.optimizers)
      if (std::string(kernel.info.name) == optimizer) rule.kernel = &kernel;
    const double hyper[max_hyper] = {0.9, 0.999, 1e-7};
    rule.kernel->prepare(hyper, 1e-3, 1, rule.constants);
  }
  double operations() const { return 2.0 * double(M) * double(K) * double(N); }
  double size() const { return 4.0 * double(panels.size()); }
  float weight(Index k, Index n) const {
    Index p = 0;
    while (p + 1 < panels.count && panels[p + 1].first <= n) ++p;
    return parameters[panels[p].offset + k * panels[p].width + n - panels[p].first];
  }
  void forward() { dense.forward(pass, {0, M}, use); }
  void input_gradient() { dense.backward(pass, {0, M}, use, scratch.data()); }
  void update() {
    for (Index tile = 0; tile < dense.tiles(); ++tile) {
      dense.gradient(pass, tile, use, false, scratch.data());
      Run runs[max_runs];
      for (int r = 0, count = dense.runs(tile, runs); r < count; ++r) {
        float* const state[] = {first.data() + runs[r].offset, second.data() + runs[r].offset};
        rule.kernel->update(rule.constants, runs[r].count, parameters + runs[r].offset,
                            scratch.data() + runs[r].gradient, state);
      }
    }
  }
};

// |actual - sum of terms| over 2e-6 of 1 and their magnitudes, as the tests allow, for some elements of a matrix.
template <class Terms>
double off_by(Index rows, Index columns, Index length, Terms terms) {
  std::mt19937 engine(1);
  double worst = 0;
  for (int i = 0; i < 200; ++i) {
    const Index row = static_cast<Index>(engine()) % rows, column = static_cast<Index>(engine()) % columns;
    double sum = 0, magnitude = 1, actual = 0;
    for (Index j = -1; j < length; ++j) {
      const double term = terms(row, column, j, actual);
      sum += term;
      magnitude += std::abs(term);
    }
    worst = std::max(worst, std::abs(actual - sum) / (2e-6 * magnitude));
  }
  return worst;
}

Case forward(Index M, Index K, Index N, const Kernels<float>& table) {
  const auto layer = std::make_shared<Layer>(M, K, N, "sgd", table);
  return {layer->operations(), layer->size() + 4.0 * double(M) * double(K + N), [=] { layer->forward(); },
          [=] {
            return off_by(M, N, K, [&](Index m, Index n, Index k, double& actual) {
              actual = layer->y[m][n];
              return k < 0 ? double(layer->weight(K, n)) : double(layer->x[m][k]) * double(layer->weight(k, n));
            });
          }};
}

Case input_gradient(Index M, Index K, Index N, const Kernels<float>& table) {
  const auto layer = std::make_shared<Layer>(M, K, N, "sgd", table);
  return {layer->operations(), layer->size() + 4.0 * double(M) * double(K + N), [=] { layer->input_gradient(); },
          [=] {
            return off_by(M, K, N, [&](Index m, Index k, Index n, double& actual) {
              actual = layer->dx[m][k];
              return n < 0 ? 0.0 : double(layer->d[m][n]) * double(layer->weight(k, n));
            });
          }};
}

// The gradient of the weights with its optimizer. SGD with a rate of -1 from zeros leaves the gradient itself to check.
Case update(Index M, Index K, Index N, const char* optimizer, const Kernels<float>& table) {
  const auto layer = std::make_shared<Layer>(M, K, N, optimizer, table);
  const double bytes = layer->size() * 2 * (1 + layer->rule.kernel->state_count);
  return {layer->operations(), bytes, [=] { layer->update(); },
          [=] {
            Layer sgd(M, K, N, "sgd", layer->kernels);
            std::fill_n(sgd.parameters, sgd.panels.size(), 0.0f);
            sgd.rule.constants[0] = -1;
            sgd.update();
            return off_by(K + 1, N, M, [&](Index k, Index n, Index m, double& actual) {
              actual = sgd.weight(k, n);
              return m < 0 ? 0.0 : double(k < K ? sgd.x[m][k] : 1) * double(sgd.d[m][n]);
            });
          }};
}

// The largest difference of two arrays, in units of 1e-5 of 1 and their size.
double difference(Index count, const float* actual, const float* expected) {
  double worst = 0;
  for (Index i = 0; i < count; ++i)
    worst = std::max(worst, std::abs(double(actual[i]) - expected[i]) / (1e-5 * (1 + std::abs(double(expected[i])))));
  return worst;
}

// Rules by their place in the list, checked against the portable kernels.
constexpr double half[max_hyper] = {0.5, 0.5, 0.5, 0.5};

Case activation(int index, bool back, Index M, Index N, const Kernels<float>& table) {
  const auto x = std::make_shared<Matrix>(M, N), y = std::make_shared<Matrix>(M, N), d = std::make_shared<Matrix>(M, N);
  const auto run = [=](const Kernels<float>& kernels, float* to) {
    const auto& rule = kernels.activations.items[index];
    if (back) {
      rule.backward(half, M, N, (*x)[0], (*y)[0], to, x->ld);
    } else {
      rule.forward(half, M, N, (*x)[0], to, x->ld);
    }
  };
  return {0, 4.0 * double(M * N) * (back ? 3 : 2), [=, &table] { run(table, (*d)[0]); },
          [=, &table] {
            const Matrix actual(M, N), expected(M, N);
            run(table, actual[0]);
            run(scalar::kernel_table.f32, expected[0]);
            return difference(M * x->ld, actual[0], expected[0]);
          }};
}

Case loss(int index, Index M, Index N, const Kernels<float>& table) {
  const bool sparse = table.row_rules.items[index].sparse;
  const auto targets = std::make_shared<Matrix>(M, sparse ? 1 : N, 0), predictions = std::make_shared<Matrix>(M, N, 0),
             gradient = std::make_shared<Matrix>(M, N);
  const auto scale = std::make_shared<Numbers>(M), values = std::make_shared<Numbers>(M);
  if (sparse)
    for (Index m = 0; m < M; ++m) (*targets)[m][0] = static_cast<float>(m % N);
  const auto run = [=](const Kernels<float>& kernels, float* value, float* to) {
    const auto& rule = kernels.row_rules.items[index];
    rule.run(half, M, N, (*targets)[0], targets->ld, (*predictions)[0], predictions->ld, scale->data(), value,
             rule.differentiable ? to : nullptr);
  };
  return {0, 4.0 * double(M * N) * (sparse ? 2 : 3), [=, &table] { run(table, values->data(), (*gradient)[0]); },
          [=, &table] {
            const Matrix actual(M, N), expected(M, N);
            const Numbers value(M), right(M);
            run(table, value.data(), actual[0]);
            run(scalar::kernel_table.f32, right.data(), expected[0]);
            return std::max(difference(M, value.data(), right.data()),
                            difference(M * gradient->ld, actual[0], expected[0]));
          }};
}

Case optimizer(int index, Index count, const Kernels<float>& table) {
  struct Weights {
    Numbers w, g;
    std::vector<Numbers> state;
    Weights(Index size, int states) : w(size), g(size) {
      for (int i = 0; i < states; ++i) state.emplace_back(size, 0);
    }
    void step(const OptimizerKernel<float>& rule, Index size) {
      float constants[max_constants];
      rule.prepare(half, 1e-3, 1, constants);
      float* states[max_state];
      for (std::size_t i = 0; i < state.size(); ++i) states[i] = state[i].data();
      rule.update(constants, size, w.data(), g.data(), states);
    }
  };
  const auto& rule = table.optimizers.items[index];
  const auto weights = std::make_shared<Weights>(count, rule.state_count);
  return {0, 4.0 * double(count) * (3 + 2 * rule.state_count), [=, &rule] { weights->step(rule, count); },
          [=, &rule] {
            const Index some = std::min<Index>(count, 1000);
            Weights actual(some, rule.state_count), expected(some, rule.state_count);
            actual.step(rule, some);
            expected.step(scalar::kernel_table.f32.optimizers.items[index], some);
            return difference(some, actual.w.data(), expected.w.data());
          }};
}

// Rows in random order from data that are larger than the caches.
template <class Source>
Case gather_rows(Element element, Index M, Index N, const Kernels<float>&) {
  constexpr Index rows = 1 << 16;
  const auto data = std::make_shared<std::vector<Source>>(static_cast<std::size_t>(rows * N));
  for (std::size_t i = 0; i < data->size(); ++i) (*data)[i] = static_cast<Source>(i % 251);
  const auto order = std::make_shared<std::vector<std::int64_t>>(rows);
  std::mt19937 engine(1);
  for (auto& row : *order) row = static_cast<std::int64_t>(engine() % rows);
  const auto to = std::make_shared<Matrix>(M, N);
  const auto next = std::make_shared<Index>(0);
  const Index size = sizeof(Source);
  const RowView view = {data->data(), element, rows, N * size, {{N, size}}, N};
  return {0, double(M * N) * double(size + 4),
          [=] {
            gather(view, order->data(), *next, M, (*to)[0], to->ld);
            *next = (*next + M) % (rows - M);
          },
          [=] {
            gather(view, order->data(), 0, M, (*to)[0], to->ld);
            double worst = 0;
            for (Index m = 0; m < M; ++m)
              for (Index n = 0; n < N; ++n)
                worst += (*to)[m][n] != float((*data)[static_cast<std::size_t>((*order)[std::size_t(m)] * N + n)]);
            return 2 * worst;
          }};
}

template <class... Parts>
std::string joined(Index first, Parts... rest) {
  std::string all = std::to_string(first);
  ((all += " x " + std::to_string(rest)), ...);
  return all;
}

}  // namespace

std::vector<Entry> entries() {
  std::vector<Entry> all;
  // M, K, N: large; a batch of 32 with usual widths; small; ragged; few rows; few units.
  constexpr Index shapes[][3] = {{512, 512, 512}, {1024, 2048, 2048}, {256, 784, 512},  {128, 512, 512}, {32, 128, 128},
                                 {32, 256, 256},  {32, 784, 128},     {32, 1024, 1024}, {64, 64, 64},    {32, 64, 64},
                                 {32, 16, 16},    {70, 128, 32},      {100, 100, 100},  {33, 97, 17},    {7, 300, 300},
                                 {1, 64, 32},     {1, 512, 512},      {2, 512, 512},    {4, 512, 512},   {256, 256, 1},
                                 {128, 512, 10},  {10000, 784, 512}};
  using Table = Kernels<float>;
  for (const auto& [M, K, N] : shapes) {
    const std::string shape = joined(M, K, N);
    const auto add = [&, M = M, K = K, N = N](const char* name, auto make) {
      all.push_back({name, shape, [=](const Table& table) { return make(M, K, N, table); }});
    };
    add("forward", forward);
    add("dX", input_gradient);
    add("dW + sgd", [](Index m, Index k, Index n, const Table& table) { return update(m, k, n, "sgd", table); });
    add("dW + adam", [](Index m, Index k, Index n, const Table& table) { return update(m, k, n, "adam", table); });
  }
  for (const Index M : {1, 32})
    all.push_back({"dW + adam, 10 million", joined(M, 3136, 3136),
                   [=](const Table& table) { return update(M, 3136, 3136, "adam", table); }});
  const Table& rules = scalar::kernel_table.f32;
  for (int i = 0; i < rules.optimizers.count; ++i)
    for (const Index count : {2048, 10'000'000})
      all.push_back({rules.optimizers.items[i].info.name, joined(count),
                     [=](const Table& table) { return optimizer(i, count, table); }});
  for (int i = 0; i < rules.activations.count; ++i)
    for (const bool back : {false, true})
      all.push_back({std::string(rules.activations.items[i].info.name) + (back ? " backward" : ""), joined(32, 128),
                     [=](const Table& table) { return activation(i, back, 32, 128, table); }});
  for (int i = 0; i < rules.row_rules.count; ++i)
    all.push_back({rules.row_rules.items[i].info.name, joined(32, 10),
                   [=](const Table& table) { return loss(i, 32, 10, table); }});
  all.push_back({"gather float32", joined(32, 784),
                 [](const Table& table) { return gather_rows<float>(Element::float32, 32, 784, table); }});
  all.push_back({"gather uint8", joined(32, 784),
                 [](const Table& table) { return gather_rows<std::uint8_t>(Element::uint8, 32, 784, table); }});
  all.push_back({"gather float64", joined(32, 784),
                 [](const Table& table) { return gather_rows<double>(Element::float64, 32, 784, table); }});
  all.push_back({"gather int64", joined(32, 784),
                 [](const Table& table) { return gather_rows<std::int64_t>(Element::int64, 32, 784, table); }});
  all.push_back({"gather float32", joined(32, 8),
                 [](const Table& table) { return gather_rows<float>(Element::float32, 32, 8, table); }});
  return all;
}

}  // namespace steepest::benchmark
