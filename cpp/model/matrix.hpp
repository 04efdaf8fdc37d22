// The two layouts of the core: rows of activations, and parameters in panels.
#pragma once

#include <cstddef>

#include "kernels/kernel_table.hpp"

namespace steepest {

constexpr std::ptrdiff_t pack = 16;  // the unit of padding and of panels: pack_size of the kernels

constexpr std::ptrdiff_t round_up(std::ptrdiff_t value, std::ptrdiff_t unit) {
  return (value + unit - 1) / unit * unit;
}

// The leading dimension of rows of N elements: whole packs, and one more where rows would lie a multiple of 512 bytes apart.
// A product goes down a column of a hundred rows and more, of which the first-level cache could then keep few: 2 KB apart,
// all fall into two of its 64 sets.
template <class T>
constexpr std::ptrdiff_t leading_dimension(std::ptrdiff_t N) {
  const std::ptrdiff_t ld = round_up(N > 0 ? N : 1, pack);
  return ld * std::ptrdiff_t(sizeof(T)) % 512 == 0 ? ld + pack : ld;
}

// One panel: its first column, its width, and where it begins in the layer's arena.
struct Panel {
  std::ptrdiff_t first, width, offset;
};

// A kernel [K][N] and its bias [N] as panels W[K + 1][width], row K the bias. The widths are whole packs, as equal as can
// be and the wider ones first; columns from N on are zero and stay zero under every update rule.
struct Panels {
  std::ptrdiff_t K, N;
  std::ptrdiff_t count;  // panels
  std::ptrdiff_t width;  // of most of them
  std::ptrdiff_t wider;  // so many at the front have a pack more

  Panels(std::ptrdiff_t inputs, std::ptrdiff_t units, int most_packs) : K(inputs), N(units) {
    const std::ptrdiff_t packs = (units + pack - 1) / pack;
    count = (packs + most_packs - 1) / most_packs;
    width = packs / count * pack;
    wider = packs % count;
  }
  std::ptrdiff_t widest() const { return width + (wider > 0 ? pack : 0); }
  std::ptrdiff_t size() const { return (K + 1) * round_up(N, pack); }
  Panel operator[](std::ptrdiff_t p) const {
    const std::ptrdiff_t first = p * width + (p < wider ? p : wider) * pack;
    return {first, width + (p < wider ? pack : 0), first * (K + 1)};
  }
  // From a panel to the next of its width.
  std::ptrdiff_t stride(const Panel& panel) const { return (K + 1) * panel.width; }
  // visit(first panel, columns) for each run of panels of one width; the padding is no column.
  template <class Visit>
  void each_run(Visit visit) const {
    if (wider > 0) visit((*this)[0], wider * (width + pack));
    visit((*this)[wider], N - (*this)[wider].first);
  }
  // visit(k, n, element) for each element of the kernel and, with k == K, of the bias.
  template <class T, class Visit>
  void each_element(T* data, Visit visit) const {
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      const Panel panel = (*this)[p];
      for (std::ptrdiff_t k = 0; k <= K; ++k)
        for (std::ptrdiff_t i = 0; i < panel.width && panel.first + i < N; ++i)
          visit(k, panel.first + i, data[panel.offset + k * panel.width + i]);
    }
  }
};

}  // namespace steepest
