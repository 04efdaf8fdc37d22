// exp, log, tanh and sigmoid against the C library in higher precision, in units in the last place. They are reached as
// users reach them, through the activations and losses that contain them; exp and log through a softmax and a cross entropy
// of one element each would say little, so the kernels' own functions are compared where an activation is the function.

#include <bit>
#include <cstring>
#include <limits>

#include "check.hpp"
#include "model/spec.hpp"

namespace steepest::testing {
namespace {

// Distance in units of the last place of the expected value, which is given in higher precision; denormal results may be
// flushed to zero.
template <class T, class Wide>
double ulps(T actual, Wide expected) {
  if (std::isnan(expected)) return std::isnan(actual) ? 0 : HUGE_VAL;
  const T rounded = static_cast<T>(expected);
  if (std::isinf(rounded)) return actual == rounded ? 0 : HUGE_VAL;
  const T least = std::numeric_limits<T>::min();
  if (std::abs(rounded) < least && std::abs(actual) <= least) return 0;
  int exponent;
  std::frexp(rounded, &exponent);
  return static_cast<double>(std::abs(static_cast<Wide>(actual) - expected) /
                             std::ldexp(Wide(1), exponent - std::numeric_limits<T>::digits));
}

template <class T>
using WideOf = std::conditional_t<sizeof(T) == 4, double, long double>;

template <class Wide>
Wide exact_sigmoid(Wide x) {
  return 1 / (1 + std::exp(-x));
}
template <class Wide>
Wide exact_tanh(Wide x) {
  return std::tanh(x);
}

template <class T>
std::vector<T> evaluate(const char* name, const std::vector<T>& x) {
  const auto rule = find_rule(active<T>().activations, {name, {}, {}, {}}, "activation");
  std::vector<T> y(x.size());
  const auto count = static_cast<std::ptrdiff_t>(x.size());
  rule->forward(rule.hyper.data(), 1, count, x.data(), y.data(), count);
  return y;
}

template <class T>
void check_ulps(const char* name, WideOf<T> (*exact)(WideOf<T>), const std::vector<T>& x, double bound) {
  const std::vector<T> y = evaluate(name, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = ulps(y[i], exact(static_cast<WideOf<T>>(x[i])));
    CHECK(error <= bound, name, "(", static_cast<double>(x[i]), ") is ", static_cast<double>(y[i]), ", off by ", error);
  }
}

// Dense where functions bend, and every binade elsewhere.
template <class T>
std::vector<T> arguments() {
  std::vector<T> x;
  for (int i = -160000; i <= 160000; ++i) x.push_back(static_cast<T>(i * 0.001));
  for (int e = -140; e < 12; ++e)
    for (double m = 1; m < 2; m += 0.037) {
      x.push_back(static_cast<T>(std::ldexp(m, e)));
      x.push_back(-x.back());
    }
  while (x.size() % 16 != 0) x.push_back(0);
  return x;
}

TEST(sigmoid_and_tanh_are_within_three_ulps) {
  for_both_types([]<class T>() {
    check_ulps<T>("sigmoid", exact_sigmoid<WideOf<T>>, arguments<T>(), 3);
    check_ulps<T>("tanh", exact_tanh<WideOf<T>>, arguments<T>(), 3);
  });
}

// The softmax of (x, 0) is exp(x) over a sum that is 1 to within an ulp for very negative x; log and log1p show in the
// binary cross entropy: of a probability it is -log p, of a logit log(1 + exp(-z)).
TEST(exp_and_log_are_within_their_bounds) {
  for_both_types([]<class T>() {
    const auto softmax = find_rule(active<T>().activations, {"softmax", {}, {}, {}}, "activation");
    for (double x = sizeof(T) == 4 ? -87 : -700; x < -40; x += 0.01) {
      T row[16] = {static_cast<T>(x)};
      softmax->forward(nullptr, 1, 2, row, row, 16);
      CHECK(ulps(row[0], std::exp(static_cast<WideOf<T>>(static_cast<T>(x)))) <= 3, x);
    }
    const auto loss = find_rule(active<T>().row_rules,
                                {"binary_crossentropy", {{"from_logits", 0}, {"label_smoothing", 0}}, {}, {}}, "loss");
    for (double p = 2e-7; p < 0.99; p *= 1.01) {
      T target[16] = {1}, row[16] = {static_cast<T>(p)}, value;
      loss->run(loss.hyper.data(), 1, 1, target, 16, row, 16, nullptr, &value, nullptr);
      CHECK(ulps(value, -std::log(static_cast<WideOf<T>>(row[0]))) <= 3, p);
    }
    const auto logits = find_rule(active<T>().row_rules,
                                  {"binary_crossentropy", {{"from_logits", 1}, {"label_smoothing", 0}}, {}, {}}, "loss");
    for (double z = 0; z < (sizeof(T) == 4 ? 80 : 700); z += 0.01) {
      T target[16] = {0}, row[16] = {static_cast<T>(-z)}, value;
      logits->run(logits.hyper.data(), 1, 1, target, 16, row, 16, nullptr, &value, nullptr);
      CHECK(ulps(value, std::log1p(std::exp(-static_cast<WideOf<T>>(static_cast<T>(z))))) <= 4, z);
    }
  });
}

TEST(special_values_pass_through) {
  for_both_types([]<class T>() {
    const T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    std::vector<T> x(16, T(0));
    x[0] = infinity, x[1] = -infinity, x[2] = nan, x[3] = T(1e30), x[4] = T(-1e30);
    const auto s = evaluate("sigmoid", x), t = evaluate("tanh", x), r = evaluate("relu", x);
    CHECK(s[0] == 1 && s[1] == 0 && std::isnan(s[2]) && s[3] == 1 && s[4] == 0 && s[5] == T(0.5));
    CHECK(t[0] == 1 && t[1] == -1 && std::isnan(t[2]) && t[3] == 1 && t[4] == -1 && t[5] == 0);
    CHECK(r[0] == infinity && r[1] == 0 && std::isnan(r[2]) && r[3] == T(1e30) && r[4] == 0);
  });
}

EXHAUSTIVE_TEST(all_floats) {
  constexpr std::uint32_t block = 1 << 16;
  std::vector<float> x(block);
  for (std::uint32_t high = 0; high < 1 << 16; ++high) {
    for (std::uint32_t low = 0; low < block; ++low) x[low] = std::bit_cast<float>(high << 16 | low);
    check_ulps<float>("sigmoid", exact_sigmoid<double>, x, 3);
    check_ulps<float>("tanh", exact_tanh<double>, x, 3);
  }
}

}  // namespace
}  // namespace steepest::testing
