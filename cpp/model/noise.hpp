// y = a x + b with random a and b for each element in training, y = x in inference. The numbers are a function of (seed,
// step, row in the batch, column): the backward pass computes them again, and threads do not matter.
#pragma once

#include <cmath>
#include <cstring>

#include "model/layer.hpp"
#include "runtime/random.hpp"

namespace steepest {

using Words = std::array<std::uint32_t, 4>;

// a = 1 / (1 - rate) where a uniform number is at least `rate`, else 0.
struct Dropped {
  explicit Dropped(double rate) : below(static_cast<std::uint64_t>(rate * 0x1p32)), kept(1 / (1 - rate)) {}
  std::uint64_t below;
  double kept;
  template <class T>
  void draw(const Words& words, T* a, T*) const {
    for (std::size_t i = 0; i < 4; ++i) a[i] = words[i] < below ? T(0) : T(kept);
  }
};

// What is dropped becomes selu's lower limit instead of 0; a and b then bring mean and variance back to 0 and 1.
struct AlphaDropped {
  static constexpr double limit = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717;
  explicit AlphaDropped(double rate)
      : below(static_cast<std::uint64_t>(rate * 0x1p32)),
        kept(1 / std::sqrt((1 - rate) * (1 + rate * limit * limit))),
        offset(-kept * limit * rate) {}
  std::uint64_t below;
  double kept, offset;
  template <class T>
  void draw(const Words& words, T* a, T* b) const {
    for (std::size_t i = 0; i < 4; ++i) {
      const bool drops = words[i] < below;
      a[i] = drops ? T(0) : T(kept);
      b[i] = drops ? T(kept * limit + offset) : T(offset);
    }
  }
};

// Four normal numbers of four uniform ones (Box and Muller, 1958).
inline std::array<double, 4> normals(const Words& words) {
  std::array<double, 4> numbers;
  for (std::size_t i = 0; i < 4; i += 2) {
    const double radius = std::sqrt(-2 * std::log((words[i] + 1.0) * 0x1p-32)),
                 angle = 6.283185307179586 * 0x1p-32 * words[i + 1];
    numbers[i] = radius * std::cos(angle);
    numbers[i + 1] = radius * std::sin(angle);
  }
  return numbers;
}

// a normal, with mean 1 and the deviation that dropout has.
struct Multiplied {
  explicit Multiplied(double rate) : deviation(std::sqrt(rate / (1 - rate))) {}
  double deviation;
  template <class T>
  void draw(const Words& words, T* a, T*) const {
    const auto numbers = normals(words);
    for (std::size_t i = 0; i < 4; ++i) a[i] = T(1 + deviation * numbers[i]);
  }
};

// b normal, with mean 0.
struct Added {
  explicit Added(double stddev) : deviation(stddev) {}
  double deviation;
  template <class T>
  void draw(const Words& words, T*, T* b) const {
    const auto numbers = normals(words);
    for (std::size_t i = 0; i < 4; ++i) b[i] = T(deviation * numbers[i]);
  }
};

template <class T, class Rule>
class Noise final : public Layer<T> {
 public:
  // `amount`: rate or deviation.
  Noise(std::ptrdiff_t inputs, double amount, std::uint64_t seed)
      : Layer<T>(inputs, inputs), rule_(amount), seed_(seed) {}

  void forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const override {
    apply(pass, samples * use.positions, use, use.x[0], use.y, T(1));
  }
  void backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T*) const override {
    if (use.dx[0]) apply(pass, samples * use.positions, use, use.d, use.dx[0], T(0));
  }

 private:
  // to = a from + share b
  void apply(const Pass<T>& pass, RowRange rows, const Use<T>& use, const T* from, T* to, T share) const {
    const std::ptrdiff_t ld = leading_dimension<T>(this->N), before = pass.before * use.positions;
    if (!use.training) {
      std::memcpy(to + rows.begin * ld, from + rows.begin * ld,
                  static_cast<std::size_t>(rows.count() * ld) * sizeof(T));
      return;
    }
    for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
      for (std::ptrdiff_t n = 0; n < this->N; n += 4) {
        T a[4] = {1, 1, 1, 1}, b[4] = {};
        rule_.draw(philox({static_cast<std::uint32_t>(pass.step), static_cast<std::uint32_t>(pass.step >> 32),
                           static_cast<std::uint32_t>(before + m), static_cast<std::uint32_t>(n)},
                          seed_),
                   a, b);
        for (std::ptrdiff_t i = 0; i < 4 && n + i < this->N; ++i) {
          const std::ptrdiff_t at = m * ld + n + i;
          to[at] = (a[i] == 0 ? T(0) : a[i] * from[at]) + share * b[i];  // what is dropped is gone, also a NaN
        }
      }
  }
  Rule rule_;
  std::uint64_t seed_;
};

}  // namespace steepest
