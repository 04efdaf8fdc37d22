// The products of a dense layer against the plain triple loop in long double, and bit by bit between instruction sets.

#include <cstring>

#include "check.hpp"
#include "model/matrix.hpp"

namespace steepest::testing {
namespace {

// A matrix in rows of the core's leading dimension.
template <class T>
struct Rows {
  std::ptrdiff_t M, N, ld;
  std::vector<T> data;
  Rows(std::ptrdiff_t rows, std::ptrdiff_t columns, unsigned seed = 0)
      : M(rows),
        N(columns),
        ld(leading_dimension<T>(columns)),
        data(static_cast<std::size_t>(round_up(rows, pack) * ld)) {
    if (seed) {
      const auto values = random_vector<T>(M * N, seed);
      for (std::ptrdiff_t m = 0; m < M; ++m)
        for (std::ptrdiff_t n = 0; n < N; ++n) (*this)(m, n) = values[static_cast<std::size_t>(m * N + n)];
    }
  }
  T& operator()(std::ptrdiff_t m, std::ptrdiff_t n) { return data[static_cast<std::size_t>(m * ld + n)]; }
};

template <class T>
std::vector<T> packed(const Panels& panels, Rows<T>& W, Rows<T>& bias) {
  std::vector<T> arena(static_cast<std::size_t>(panels.size()));
  panels.each_element(arena.data(), [&](std::ptrdiff_t k, std::ptrdiff_t n, T& element) {
    element = k < panels.K ? W(k, n) : bias(0, n);
  });
  return arena;
}

// Errors are relative to the sum of the magnitudes of the terms.
#define CHECK_SUM(actual, exact, magnitude)                                   \
  CHECK(std::abs(static_cast<double>(actual) - static_cast<double>(exact)) <= \
            Tolerance<T>::sum * (1 + static_cast<double>(magnitude)),         \
        "M ", M, " K ", K, " N ", N, ": ", static_cast<double>(actual), " for ", static_cast<double>(exact))

template <class F>
void for_all_shapes(F f) {
  for (const std::ptrdiff_t M : sizes)
    for (const std::ptrdiff_t K : sizes)
      for (const std::ptrdiff_t N : sizes) f(M, K, N);
}

TEST(forward_product) {
  for_both_types([]<class T>() {
    for_all_shapes([](std::ptrdiff_t M, std::ptrdiff_t K, std::ptrdiff_t N) {
      Rows<T> X(M, K, 1), W(K, N, 2), b(1, N, 3), Y(M, N);
      const Panels panels(K, N, active<T>().panel_packs);
      const auto arena = packed(panels, W, b);
      panels.each_run([&](const Panel& panel, std::ptrdiff_t columns) {  // the sum in two parts
        const T* panel_W = arena.data() + panel.offset;
        const std::ptrdiff_t half = (K + 1) / 2;
        active<T>().forward(M, half, columns, panel.width, panels.stride(panel), X.data.data(), X.ld, panel_W,
                            panel_W + K * panel.width, Y.data.data() + panel.first, Y.ld);
        active<T>().forward(M, K - half, columns, panel.width, panels.stride(panel), X.data.data() + half, X.ld,
                            panel_W + half * panel.width, nullptr, Y.data.data() + panel.first, Y.ld);
      });
      for (std::ptrdiff_t m = 0; m < M; ++m)
        for (std::ptrdiff_t n = 0; n < Y.ld; ++n) {
          if (n >= N) {
            CHECK(Y(m, n) == 0, "the padding was written");
            continue;
          }
          long double sum = b(0, n), magnitude = std::abs(b(0, n));
          for (std::ptrdiff_t k = 0; k < K; ++k) {
            sum += static_cast<long double>(X(m, k)) * W(k, n);
            magnitude += std::abs(static_cast<long double>(X(m, k)) * W(k, n));
          }
          CHECK_SUM(Y(m, n), sum, magnitude);
        }
    });
  });
}

TEST(weight_and_bias_gradients) {
  for_both_types([]<class T>() {
    for_all_shapes([](std::ptrdiff_t M, std::ptrdiff_t K, std::ptrdiff_t N) {
      Rows<T> X(M, K, 1), dZ(M, N, 2);
      const Panels panels(K, N, active<T>().panel_packs);
      for (std::ptrdiff_t p = 0; p < panels.count; ++p) {
        const Panel panel = panels[p];
        std::vector<T> G(static_cast<std::size_t>((K + 1) * panel.width));
        const std::ptrdiff_t half = (M + 1) / 2;
        std::fill(G.begin(), G.end(), T(7));  // what was there before does not count
        const std::ptrdiff_t columns = std::min(panel.width, N - panel.first);
        active<T>().weight_gradient(half, K, columns, panel.width, X.data.data(), X.ld, dZ.data.data() + panel.first,
                                    dZ.ld, G.data(), true, false);
        active<T>().weight_gradient(M - half, K, columns, panel.width, X.data.data() + half * X.ld, X.ld,
                                    dZ.data.data() + half * dZ.ld + panel.first, dZ.ld, G.data(), true, true);
        for (std::ptrdiff_t k = 0; k <= K; ++k)
          for (std::ptrdiff_t i = 0; i < panel.width; ++i) {
            const T element = G[static_cast<std::size_t>(k * panel.width + i)];
            const std::ptrdiff_t n = panel.first + i;
            long double sum = 0, magnitude = 0;
            for (std::ptrdiff_t m = 0; n < N && m < M; ++m) {
              const long double term = static_cast<long double>(k < K ? X(m, k) : T(1)) * dZ(m, n);
              sum += term;
              magnitude += std::abs(term);
            }
            CHECK_SUM(element, sum, magnitude);
          }
      }
    });
  });
}

TEST(input_gradient_both_ways) {
  for_both_types([]<class T>() {
    for_all_shapes([](std::ptrdiff_t M, std::ptrdiff_t K, std::ptrdiff_t N) {
      Rows<T> dZ(M, N, 1), W(K, N, 2), b(1, N, 3), dots(M, K), lanes(M, K);
      const Panels panels(K, N, active<T>().panel_packs);
      const auto arena = packed(panels, W, b);
      active<T>().input_gradient_dot(M, K, panels.count, panels.width, panels.wider, arena.data(), dZ.data.data(),
                                     dZ.ld, dots.data.data(), dots.ld);
      const std::ptrdiff_t groups = (M + pack - 1) / pack, dz_group = round_up(N, pack) * pack, dx_group = K * pack;
      std::vector<T> dZt(static_cast<std::size_t>(groups * dz_group)), dXt(static_cast<std::size_t>(groups * dx_group));
      for (std::ptrdiff_t g = 0; g < groups; ++g)
        active<T>().to_lanes(std::min(pack, M - g * pack), N, dZ.data.data() + g * pack * dZ.ld, dZ.ld,
                             dZt.data() + g * dz_group);
      panels.each_run([&](const Panel& panel, std::ptrdiff_t columns) {
        active<T>().input_gradient_lanes(groups, K, columns, panel.width, panels.stride(panel),
                                         arena.data() + panel.offset, dZt.data() + panel.first * pack, dz_group,
                                         dXt.data(), dx_group, panel.first > 0);
      });
      for (std::ptrdiff_t g = 0; g < groups; ++g)
        active<T>().from_lanes(std::min(pack, M - g * pack), K, dXt.data() + g * dx_group,
                               lanes.data.data() + g * pack * lanes.ld, lanes.ld);
      for (std::ptrdiff_t m = 0; m < M; ++m)
        for (std::ptrdiff_t k = 0; k < lanes.ld; ++k) {
          if (k >= K) {
            CHECK(dots(m, k) == 0 && lanes(m, k) == 0, "the padding was written");
            continue;
          }
          long double sum = 0, magnitude = 0;
          for (std::ptrdiff_t n = 0; n < N; ++n) {
            sum += static_cast<long double>(dZ(m, n)) * W(k, n);
            magnitude += std::abs(static_cast<long double>(dZ(m, n)) * W(k, n));
          }
          CHECK_SUM(dots(m, k), sum, magnitude);
          CHECK_SUM(lanes(m, k), sum, magnitude);
        }
    });
  });
}

}  // namespace
}  // namespace steepest::testing
