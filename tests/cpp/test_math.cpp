// The elementary functions against the C library in higher precision, in units in the last place.

#include <bit>
#include <cstring>
#include <limits>
#include <thread>

#include "check.hpp"

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

template <class T>
using WideOf = std::conditional_t<sizeof(T) == 4, double, long double>;

// What math.hpp promises: name, exact value, bound in ulps, range.
template <class Wide>
struct Promise {
  const char* name;
  Wide (*exact)(Wide);
  double bound;
  double low = -HUGE_VAL, high = HUGE_VAL;
};
template <class Wide>
constexpr Promise<Wide> promises[] = {
    {"exp", [](Wide x) { return std::exp(x); }, 2},
    {"log", [](Wide x) { return std::log(x); }, 3},
    {"log1p", [](Wide x) { return std::log1p(x); }, 3, -0.5, 1},
    {"expm1", [](Wide x) { return std::expm1(x); }, 3, -HUGE_VAL, 0},
    {"softplus", [](Wide x) { return std::max(x, Wide(0)) + std::log1p(std::exp(-std::abs(x))); }, 4},
    {"sigmoid", [](Wide x) { return 1 / (1 + std::exp(-x)); }, 3},
    {"tanh", [](Wide x) { return std::tanh(x); }, 3},
    {"erf", [](Wide x) { return std::erf(x); }, 3},
};

template <class T>
std::vector<T> evaluate(const Kernels<T>& kernels, const char* name, const std::vector<T>& x) {
  for (const auto& function : kernels.functions) {
    if (std::strcmp(function.name, name) != 0) continue;
    std::vector<T> y(x.size());
    function.run(static_cast<std::ptrdiff_t>(x.size()), x.data(), y.data());
    return y;
  }
  fail(__FILE__, __LINE__, "no function ", name);
}

template <class T>
void check_ulps(const std::vector<const Kernels<T>*>& tables, const Promise<WideOf<T>>& promise, std::vector<T> x) {
  std::erase_if(x, [&](T value) { return value < promise.low || value > promise.high; });
  std::vector<WideOf<T>> expected;
  for (const T value : x) expected.push_back(promise.exact(value));
  for (const Kernels<T>* kernels : tables) {
    const std::vector<T> y = evaluate(*kernels, promise.name, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (y[i] == static_cast<T>(expected[i])) continue;  // spares most of the exhaustive test the next line
      const double error = ulps(y[i], expected[i]);
      CHECK(error <= promise.bound, promise.name, "(", static_cast<double>(x[i]), ") is ", static_cast<double>(y[i]),
            ", off by ", error);
    }
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

TEST(functions_are_within_their_bounds) {
  for_both_types([]<class T>() {
    for (const auto& promise : promises<WideOf<T>>) check_ulps<T>({&active<T>()}, promise, arguments<T>());
  });
}

TEST(tails_go_through_the_same_code) {
  for_both_types([]<class T>() {
    for (const auto& promise : promises<WideOf<T>>)
      for (const std::ptrdiff_t count : sizes) {
        auto x = random_vector<T>(count, 3);
        for (T& value : x) value = std::min(std::abs(value), T(1));
        const auto together = evaluate(active<T>(), promise.name, x);
        for (std::size_t i = 0; i < x.size(); ++i)
          CHECK(together[i] == evaluate(active<T>(), promise.name, std::vector<T>{x[i]})[0], promise.name, " count ",
                count);
      }
  });
}

TEST(special_values_pass_through) {
  for_both_types([]<class T>() {
    const T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> x = {infinity, -infinity, nan, T(1e30), T(-1e30), 0};
    const auto check = [&](const char* name, const std::vector<T>& expected) {
      const auto y = evaluate(active<T>(), name, x);
      for (std::size_t i = 0; i < x.size(); ++i) CHECK_CLOSE(y[i], expected[i], 0.0, name, " of ", double(x[i]));
    };
    check("exp", {infinity, 0, nan, infinity, 0, 1});
    check("sigmoid", {1, 0, nan, 1, 0, T(0.5)});
    check("tanh", {1, -1, nan, 1, -1, 0});
    check("erf", {1, -1, nan, 1, -1, 0});
    check("softplus", {infinity, 0, nan, T(1e30), 0, std::log(T(2))});
    check("log", {infinity, nan, nan, std::log(T(1e30)), nan, -infinity});
  });
}

// All 2^32 floats through each function on each instruction set, the upper half of the bits on one thread and the lower
// on another.
EXHAUSTIVE_TEST(all_floats) {
  constexpr std::uint32_t block = 1 << 16;
  std::vector<const Kernels<float>*> tables;
  for (const std::string& isa : supported_isas()) {
    set_active_isa(isa);
    tables.push_back(&active<float>());
  }
  std::string failures[2];
  const auto half = [&](std::uint32_t which) {
    try {
      std::vector<float> x(block);
      for (std::uint32_t high = which * (block / 2); high < (which + 1) * (block / 2); ++high) {
        for (std::uint32_t low = 0; low < block; ++low) x[low] = std::bit_cast<float>(high << 16 | low);
        for (const auto& promise : promises<double>) check_ulps<float>(tables, promise, x);
      }
    } catch (const std::exception& error) {
      failures[which] = error.what();
    }
  };
  std::thread other([&] { half(1); });
  half(0);
  other.join();
  for (const std::string& failure : failures) CHECK(failure.empty(), failure);
}

}  // namespace
}  // namespace steepest::testing
