// Activations, losses and optimizers, reached through the lists of the active table: derivatives against differences of
// the values in double, update rules between whole vectors and their tails, padding.

#include <algorithm>
#include <cstring>

#include "check.hpp"
#include "model/matrix.hpp"
#include "model/spec.hpp"

namespace steepest::testing {
namespace {

// Values for every hyper-parameter that a rule may have.
double hyper_value(const std::string& name) {
  if (name == "negative_slope") return 0.3;
  if (name == "max_value") return 1.2;
  if (name == "threshold") return 0.25;
  if (name == "default_value") return -0.5;
  if (name == "alpha") return 0.8;
  if (name == "b") return 3;
  if (name == "delta" || name == "q" || name == "beta") return 0.7;
  if (name == "gamma") return 2.5;
  if (name == "k") return 2;
  if (name == "label_smoothing") return 0.1;
  if (name == "epsilon") return 1e-7;
  if (name == "momentum") return 0.7;
  if (name == "rho" || name == "beta_1") return 0.9;
  if (name == "beta_2") return 0.99;
  if (name == "learning_rate_power") return -0.4;
  if (name == "l1_regularization_strength") return 0.01;
  if (name == "l2_regularization_strength") return 0.02;
  if (name == "l2_shrinkage_regularization_strength") return 0.03;
  if (name == "beta") return 0.1;
  if (name == "warmup_steps") return 5;
  if (name == "from_logits") return 0;
  fail(__FILE__, __LINE__, "no value for the hyper-parameter ", name);
}
template <class Kernel>
std::array<double, max_hyper> hypers(const Kernel& kernel) {
  std::array<double, max_hyper> values = {};
  for (int i = 0; i < kernel.info.hyper_count; ++i)
    values[static_cast<std::size_t>(i)] = hyper_value(kernel.info.hyper[i]);
  return values;
}

TEST(activation_derivatives_match_differences) {
  for (const auto& rule : active<double>().activations) {
    const auto hyper = hypers(rule);
    for (const std::ptrdiff_t N : sizes) {
      const std::ptrdiff_t ld = leading_dimension<double>(N), rows = 3;
      std::vector<double> x(static_cast<std::size_t>(rows * ld)), y = x, d = x, weight = x;
      const auto values = random_vector<double>(rows * N, 5), weights = random_vector<double>(rows * N, 6);
      for (std::ptrdiff_t m = 0; m < rows; ++m)
        for (std::ptrdiff_t n = 0; n < N; ++n) {
          const auto i = static_cast<std::size_t>(m * ld + n), j = static_cast<std::size_t>(m * N + n);
          x[i] = values[j];
          weight[i] = d[i] = weights[j];
        }
      const auto objective = [&](const std::vector<double>& input) {
        std::vector<double> output(input.size());
        rule.forward(hyper.data(), rows, N, input.data(), output.data(), ld);
        double sum = 0;
        for (std::size_t i = 0; i < output.size(); ++i) sum += output[i] * weight[i];
        return sum;
      };
      rule.forward(hyper.data(), rows, N, x.data(), y.data(), ld);
      rule.backward(hyper.data(), rows, N, x.data(), y.data(), d.data(), ld);
      for (std::ptrdiff_t i = 0; i < rows * ld; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (i % ld >= N) {
          CHECK(y[at] == 0 && d[at] == 0, rule.info.name, " wrote the padding");
          continue;
        }
        auto up = x, down = x;
        up[at] += 1e-5;
        down[at] -= 1e-5;
        CHECK_CLOSE(d[at], (objective(up) - objective(down)) / 2e-5, 1e-7, rule.info.name);
      }
    }
  }
}

// Targets and predictions that fit any loss: rows that are distributions, and a class number in column 0 where sparse.
template <class T>
struct Case {
  std::ptrdiff_t rows, N, ld, ld_true;
  std::vector<T> truth, predicted;
  Case(std::ptrdiff_t row_count, std::ptrdiff_t columns, bool sparse, bool logits)
      : rows(row_count),
        N(columns),
        ld(leading_dimension<T>(columns)),
        ld_true(leading_dimension<T>(sparse ? 1 : columns)) {
    truth.resize(static_cast<std::size_t>(rows * ld_true));
    predicted.resize(static_cast<std::size_t>(rows * ld));
    const auto values = random_vector<double>(rows * N, 8), targets = random_vector<double>(rows * N, 9);
    for (std::ptrdiff_t m = 0; m < rows; ++m)
      for (std::ptrdiff_t n = 0; n < N; ++n) {
        const double v = values[static_cast<std::size_t>(m * N + n)], t = targets[static_cast<std::size_t>(m * N + n)];
        predicted[static_cast<std::size_t>(m * ld + n)] = static_cast<T>(logits ? 3 * v : 0.5 + 0.45 * std::tanh(v));
        if (!sparse) truth[static_cast<std::size_t>(m * ld_true + n)] = static_cast<T>(0.5 + 0.5 * std::tanh(t));
      }
    for (std::ptrdiff_t m = 0; sparse && m < rows; ++m)
      truth[static_cast<std::size_t>(m * ld_true)] = static_cast<T>(m % N);
  }
};

TEST(loss_gradients_match_differences) {
  for (const auto& rule : active<double>().row_rules) {
    if (!rule.differentiable) continue;
    for (const bool logits : {false, true}) {
      auto hyper = hypers(rule);
      if (logits && !rule.logits_of) continue;
      if (rule.logits_of) hyper[0] = logits;
      for (const std::ptrdiff_t N : sizes) {
        Case<double> c(5, N, rule.sparse, logits);
        const std::vector<double> scale = {0.3, 1, -2, 0.7, 0};
        std::vector<double> values(5), gradient(c.predicted.size(), 99.0);
        rule.run(hyper.data(), 5, N, c.truth.data(), c.ld_true, c.predicted.data(), c.ld, scale.data(), values.data(),
                 gradient.data());
        const auto objective = [&](const std::vector<double>& p) {
          std::vector<double> v(5);
          rule.run(hyper.data(), 5, N, c.truth.data(), c.ld_true, p.data(), c.ld, nullptr, v.data(), nullptr);
          double sum = 0;
          for (std::size_t m = 0; m < 5; ++m) sum += scale[m] * v[m];
          return sum;
        };
        for (std::ptrdiff_t i = 0; i < 5 * c.ld; ++i) {
          const auto at = static_cast<std::size_t>(i);
          if (i % c.ld >= N) {
            CHECK(gradient[at] == 0, rule.info.name, " wrote the padding");
            continue;
          }
          auto up = c.predicted, down = c.predicted;
          up[at] += 1e-5;
          down[at] -= 1e-5;
          CHECK_CLOSE(gradient[at], (objective(up) - objective(down)) / 2e-5, 1e-7, rule.info.name, " N ", N);
        }
      }
    }
  }
}

TEST(float_rules_agree_with_double) {
  for (int r = 0; r < active<float>().row_rules.count; ++r) {
    const auto& single = active<float>().row_rules.items[r];
    const auto& wide = active<double>().row_rules.items[r];
    CHECK(std::strcmp(single.info.name, wide.info.name) == 0);
    const auto hyper = hypers(single);
    for (const std::ptrdiff_t N : sizes) {
      const Case<float> f(7, N, single.sparse, false);
      Case<double> d(7, N, single.sparse, false);
      for (std::ptrdiff_t m = 0; m < 7; ++m)  // the same numbers, already rounded
        for (std::ptrdiff_t n = 0; n < N; ++n) {
          d.predicted[static_cast<std::size_t>(m * d.ld + n)] = f.predicted[static_cast<std::size_t>(m * f.ld + n)];
          if (!single.sparse)
            d.truth[static_cast<std::size_t>(m * d.ld_true + n)] = f.truth[static_cast<std::size_t>(m * f.ld_true + n)];
        }
      std::vector<float> values(7);
      std::vector<double> exact(7);
      single.run(hyper.data(), 7, N, f.truth.data(), f.ld_true, f.predicted.data(), f.ld, nullptr, values.data(),
                 nullptr);
      wide.run(hyper.data(), 7, N, d.truth.data(), d.ld_true, d.predicted.data(), d.ld, nullptr, exact.data(), nullptr);
      for (std::size_t m = 0; m < 7; ++m) CHECK_CLOSE(values[m], exact[m], 5e-6, single.info.name, " N ", N);
    }
  }
}

TEST(losses_are_stable_for_large_logits) {
  for_both_types([]<class T>() {
    for (const auto& rule : active<T>().row_rules) {
      if (!rule.differentiable || !rule.logits_of) continue;
      const double hyper[max_hyper] = {1, 0, 2, 2};
      for (const T z : {T(1e4), T(-1e4)}) {
        T truth[16] = {1, 0}, logits[16] = {z, -z}, scale = 1, value, gradient[16];
        if (rule.sparse) truth[0] = 0;
        rule.run(hyper, 1, 2, truth, 16, logits, 16, &scale, &value, gradient);
        const double wrong = z > 0 ? 0 : std::strcmp(rule.logits_of, "softmax") == 0 ? 2e4 : 1e4;
        if (std::strstr(rule.info.name, "focal") == nullptr) {
          CHECK_CLOSE(value, wrong, 1e-6, rule.info.name);
        } else {
          CHECK(std::isfinite(value), rule.info.name);  // it clips, as in Keras
        }
        CHECK(std::isfinite(gradient[0]) && std::isfinite(gradient[1]), rule.info.name);
      }
    }
  });
}

// A weight's update does not depend on where it stands: whole vectors, tails, and one at a time give the same bits.
TEST(updates_do_not_depend_on_position) {
  for_both_types([]<class T>() {
    for (const auto& rule : active<T>().optimizers) {
      const auto hyper = hypers(rule);
      T constants[max_constants];
      rule.prepare(hyper.data(), 0.05, 3, constants);
      for (const std::ptrdiff_t count : sizes) {
        auto w = random_vector<T>(count, 1), single = w;
        const auto g = random_vector<T>(count, 2);
        std::vector<std::vector<T>> states, singles;
        T* state[max_state] = {};
        for (int k = 0; k < rule.state_count; ++k) {
          states.push_back(random_vector<T>(count, 3 + static_cast<unsigned>(k)));
          for (T& s : states.back()) s = std::abs(s) + 1;  // a variance that stays positive when centred
          if (std::strcmp(rule.state[k], "average_gradient") == 0)
            for (T& s : states.back()) s *= T(0.1);
        }
        singles = states;
        for (int k = 0; k < rule.state_count; ++k) state[k] = states[static_cast<std::size_t>(k)].data();
        rule.update(constants, count, w.data(), g.data(), state);
        for (std::ptrdiff_t i = 0; i < count; ++i) {
          for (int k = 0; k < rule.state_count; ++k) state[k] = singles[static_cast<std::size_t>(k)].data() + i;
          rule.update(constants, 1, single.data() + i, g.data() + i, state);
        }
        CHECK(std::memcmp(w.data(), single.data(), w.size() * sizeof(T)) == 0, rule.info.name, " count ", count);
        for (int k = 0; k < rule.state_count; ++k)
          CHECK(states[static_cast<std::size_t>(k)] == singles[static_cast<std::size_t>(k)], rule.info.name, " state ",
                k);
      }
    }
  });
}

TEST(an_outer_product_is_applied_as_if_it_were_written_down) {
  for_both_types([]<class T>() {
    for (const auto& rule : active<T>().optimizers)
      for (const std::ptrdiff_t rows : {1, 2, 33})
        for (const std::ptrdiff_t width : {16, 48})
          for (const bool shaped : {true, false}) {
            const auto hyper = hypers(rule);
            T constants[max_constants];
            rule.prepare(hyper.data(), 0.05, 3, constants);
            if (shaped) constants[clip_constant] = T(0.5), constants[decay_constant] = T(0.25);
            const auto x = random_vector<T>(rows, 1), dz = random_vector<T>(width, 2);
            auto w = random_vector<T>((rows + 1) * width, 3), expected = w, g = w;
            for (std::size_t i = 0; i < g.size(); ++i) {
              const std::size_t k = i / static_cast<std::size_t>(width);
              g[i] = (k < x.size() ? x[k] : 1) * dz[i % static_cast<std::size_t>(width)];
            }
            std::vector<std::vector<T>> states(max_state, std::vector<T>(w.size(), T(1))), written = states;
            T *state[max_state], *written_state[max_state];
            for (std::size_t k = 0; k < max_state; ++k) {
              state[k] = states[k].data();
              written_state[k] = written[k].data();
            }
            rule.update_outer(constants, {x.data(), dz.data(), rows, width, true}, w.data(), state);
            rule.update(constants, (rows + 1) * width, expected.data(), g.data(), written_state);
            CHECK(w == expected && states == written, rule.info.name, " ", rows, " x ", width);
            const auto before = w;
            rule.update_outer(constants, {x.data(), dz.data(), rows, width, false}, w.data(), state);
            CHECK(std::equal(w.end() - width, w.end(), before.end() - width), rule.info.name);  // no bias: it is left
          }
  });
}

// Limits on gradients and the decay of weights come before the rule.
TEST(shaped_updates_are_updates_of_what_was_shaped) {
  for_both_types([]<class T>() {
    for (const auto& rule : active<T>().optimizers) {
      const auto hyper = hypers(rule);
      T constants[max_constants];
      rule.prepare(hyper.data(), 0.05, 3, constants);
      for (const std::ptrdiff_t count : sizes) {
        auto w = random_vector<T>(count, 1), g = random_vector<T>(count, 2), shaped = w, shaped_g = g;
        for (T& each : w) each -= T(0.25) * each;
        for (T& each : g) each = std::clamp(each, T(-0.5), T(0.5));
        std::vector<std::vector<T>> states(max_state, std::vector<T>(w.size(), T(1))), shaped_states = states;
        T *state[max_state], *shaped_state[max_state];
        for (std::size_t k = 0; k < max_state; ++k) {
          state[k] = states[k].data();
          shaped_state[k] = shaped_states[k].data();
        }
        rule.update(constants, count, w.data(), g.data(), state);
        T options[max_constants];
        std::copy_n(constants, max_constants, options);
        options[clip_constant] = T(0.5);
        options[decay_constant] = T(0.25);
        rule.update(options, count, shaped.data(), shaped_g.data(), shaped_state);
        CHECK(std::memcmp(w.data(), shaped.data(), w.size() * sizeof(T)) == 0, rule.info.name, " count ", count);
        CHECK(states == shaped_states, rule.info.name);
      }
    }
  });
}

// Against sums in long double, of packs one behind the other and some apart, with factors for each weight and for all; a
// weight of 0 has no sign.
TEST(penalties_are_sums_and_their_derivatives) {
  for_both_types([]<class T>() {
    const auto& kernels = kernels_of<T>(active_kernels());
    const double tolerance = sizeof(T) == 4 ? 4e-6 : 4e-15;
    for (const std::ptrdiff_t packs : {1, 2, 7})
      for (const std::ptrdiff_t stride : {16, 48})
        for (const bool own : {true, false}) {
          const std::ptrdiff_t count = packs * stride;
          auto w = random_vector<T>(count, 1), g = random_vector<T>(count, 2);
          const auto l1 = random_vector<T>(count, 3), l2 = random_vector<T>(count, 4), before = g;
          w[0] = 0;
          long double total = 0;
          for (std::ptrdiff_t i = 0; i < packs * 16; ++i) {
            const auto at = static_cast<std::size_t>(i / 16 * stride + i % 16);
            const auto factor = own ? at : at % 16;
            total += static_cast<long double>(l1[factor]) * std::abs(w[at]) +
                     static_cast<long double>(l2[factor]) * w[at] * w[at];
          }
          CHECK_CLOSE(kernels.penalty(packs, stride, w.data(), l1.data(), l2.data(), own ? stride : 0), total,
                      tolerance, packs, " ", stride);
          kernels.penalty_gradient(count / 16, w.data(), l1.data(), l2.data(), own ? 16 : 0, T(0.5), g.data());
          for (std::size_t i = 0; i < w.size(); ++i) {
            const double sign = w[i] > 0 ? 1 : w[i] < 0 ? -1 : 0;
            const auto factor = own ? i : i % 16;
            CHECK_CLOSE(g[i], double(before[i]) + 0.5 * sign * double(l1[factor]) + double(l2[factor]) * double(w[i]),
                        tolerance, i);
          }
        }
  });
}

// What padding relies on: a weight of zero with a gradient of zero stays zero, also where all that is added to its divisor
// is 0.
TEST(padding_stays_zero) {
  for_both_types([]<class T>() {
    for (const auto& rule : active<T>().optimizers)
      for (const bool epsilon : {true, false}) {
        auto hyper = hypers(rule);
        for (int i = 0; !epsilon && i < rule.info.hyper_count; ++i)
          if (std::strcmp(rule.info.hyper[i], "epsilon") == 0) hyper[static_cast<std::size_t>(i)] = 0;
        T w[16] = {}, g[16] = {}, zeros[max_state][16] = {};
        T* state[max_state] = {zeros[0], zeros[1], zeros[2]};
        for (int step = 1; step < 4; ++step) {
          T constants[max_constants];
          rule.prepare(hyper.data(), 0.05, step, constants);
          rule.update(constants, 16, w, g, state);
          for (const T weight : w) CHECK(weight == 0, rule.info.name);
        }
      }
  });
}

TEST(wrong_specs_are_refused_by_name) {
  const auto& list = active<float>().optimizers;
  CHECK_THROWS(find_rule(list, {"adm", {}, {}, {}}, "optimizer"), "Unknown optimizer: 'adm'. Expected one of: sgd");
  CHECK_THROWS(find_rule(list, {"sgd", {{"speed", 1}}, {}, {}}, "optimizer"), "'sgd' has no argument 'speed'");
  CHECK_THROWS(find_rule(list, {"adagrad", {}, {}, {}}, "optimizer"), "'adagrad' needs 'epsilon'");
}

}  // namespace
}  // namespace steepest::testing
