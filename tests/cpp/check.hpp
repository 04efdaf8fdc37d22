// A test is TEST(name) { ... } with CHECK and CHECK_CLOSE. It is run once for each instruction set that this machine
// has, with that one active, and the run fails if another was active in the end or none was tested. An EXHAUSTIVE_TEST
// is run once, when asked for, and goes through the instruction sets itself.
#pragma once

#include <cmath>
#include <functional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/dispatch.hpp"

namespace steepest::testing {

struct Test {
  const char* name;
  void (*run)();
  bool exhaustive;
};
std::vector<Test>& tests();
struct Register {
  Register(const char* name, void (*run)(), bool exhaustive = false) { tests().push_back({name, run, exhaustive}); }
};

#define TEST(name)                                                              \
  static void test_##name();                                                    \
  static const steepest::testing::Register register_##name(#name, test_##name); \
  static void test_##name()
#define EXHAUSTIVE_TEST(name)                                                         \
  static void test_##name();                                                          \
  static const steepest::testing::Register register_##name(#name, test_##name, true); \
  static void test_##name()

template <class... Parts>
[[noreturn]] void fail(const char* file, int line, const Parts&... parts) {
  std::ostringstream out;
  out.precision(17);
  out << file << ":" << line << ": ";
  (out << ... << parts);
  throw std::runtime_error(out.str());
}

#define CHECK(condition, ...)                                                                              \
  do {                                                                                                     \
    if (!(condition))                                                                                      \
      steepest::testing::fail(__FILE__, __LINE__, "not true: " #condition " " __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
// |actual - expected| <= tolerance * (1 + |expected|); two NaNs are equal.
#define CHECK_CLOSE(actual, expected, tolerance, ...)                                                                \
  do {                                                                                                               \
    const double a_ = static_cast<double>(actual), e_ = static_cast<double>(expected);                               \
    if (!(std::isnan(a_) && std::isnan(e_)) && !(std::abs(a_ - e_) <= (tolerance) * (1 + std::abs(e_))) && a_ != e_) \
      steepest::testing::fail(__FILE__, __LINE__, #actual " is ", a_, ", expected ", e_,                             \
                              " " __VA_OPT__(, ) __VA_ARGS__);                                                       \
  } while (false)
#define CHECK_THROWS(expression, text_in_message)                                                                     \
  do {                                                                                                                \
    std::string message_;                                                                                             \
    try {                                                                                                             \
      expression;                                                                                                     \
    } catch (const std::exception& error_) {                                                                          \
      message_ = error_.what();                                                                                       \
    }                                                                                                                 \
    if (message_.find(text_in_message) == std::string::npos)                                                          \
      steepest::testing::fail(__FILE__, __LINE__, #expression " threw '", message_, "', expected '", text_in_message, \
                              "'");                                                                                   \
  } while (false)

// Sizes that break tails.
inline constexpr std::ptrdiff_t sizes[] = {1, 2, 15, 16, 17, 33, 97};

template <class T>
struct Tolerance;
template <>
struct Tolerance<float> {
  static constexpr double sum = 2e-6, rule = 2e-6;
};
template <>
struct Tolerance<double> {
  static constexpr double sum = 1e-14, rule = 1e-14;
};

template <class T>
std::vector<T> random_vector(std::ptrdiff_t count, unsigned seed, double scale = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal(0, scale);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& value : values) value = static_cast<T>(normal(engine));
  return values;
}

// Runs f.template operator()<float>() and <double>().
template <class F>
void for_both_types(F f) {
  f.template operator()<float>();
  f.template operator()<double>();
}

template <class T>
const Kernels<T>& active() {
  return kernels_of<T>(active_kernels());
}

}  // namespace steepest::testing
