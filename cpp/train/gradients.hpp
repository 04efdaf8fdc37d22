// The gradients of all weights, those of their penalties among them, tile by tile while a tile is in cache.
#pragma once

#include <algorithm>
#include <type_traits>

#include "train/penalties.hpp"

namespace steepest {

// Computes this thread's share of the tiles over the whole batch, into the thread's scratch memory, and calls
// visit(number of the layer, run, its gradient) for each run of a tile of the layers that train. A visitor that takes outer
// products is given those of a batch of one row, where nothing has to be added to them.
template <class T, class Visit>
void each_gradient(const Network<T>& network, const Penalties<T>& penalties, Workspace<T>& work, const Team& team,
                   const Pass<T>& pass, Visit visit) {
  T* gradient = work.scratch[static_cast<std::size_t>(team.thread)];
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    if (!work.trained[i]) continue;
    const Layer<T>& layer = network.layer(i);
    const std::ptrdiff_t tiles = layer.tiles(), end = team.end(tiles);
    for (std::ptrdiff_t tile = team.begin(tiles); tile < end; ++tile) {
      Run runs[max_runs];
      const int count = layer.runs(tile, runs);
      if constexpr (std::is_invocable_v<Visit, std::size_t, const Run&, const OuterProduct<T>&>) {
        OuterProduct<T> products[max_runs];
        const std::vector<std::size_t>& uses = network.uses_of(i);
        if (uses.size() == 1 && !penalties.has(i) &&
            layer.outer_products(pass, tile, work.steps[uses[0]].use, products)) {
          for (int r = 0; r < count; ++r) visit(i, runs[r], products[r]);
          continue;
        }
      }
      bool known = false;
      for (const std::size_t step : network.uses_of(i)) {
        const auto& use = work.steps[step].use;
        if (!use.d) continue;
        layer.gradient(pass, tile, use, known, gradient);
        known = true;
      }
      for (int r = 0; r < count; ++r) {
        if (!known) std::fill_n(gradient + runs[r].gradient, runs[r].count, T(0));  // no loss sees it, but its penalty
        if (penalties.has(i)) penalties.add(i, runs[r], gradient + runs[r].gradient);
        visit(i, runs[r], gradient + runs[r].gradient);
      }
    }
  }
}

}  // namespace steepest
