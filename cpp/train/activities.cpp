#include "train/activities.hpp"

#include <algorithm>

namespace steepest {
namespace {

// Factors for a whole pack.
template <class T>
struct Factors {
  explicit Factors(const Activity& activity, double divisor = 1) {
    std::fill_n(l1, pack, static_cast<T>(activity.l1 / divisor));
    std::fill_n(l2, pack, static_cast<T>(activity.l2 / divisor));
  }
  T l1[pack], l2[pack];
};

}  // namespace

template <class T>
typename Activities<T>::Costs Activities<T>::make_costs(std::ptrdiff_t M) const {
  return Costs(network_.activities().size(), std::vector<T>(static_cast<std::size_t>(M)));
}

template <class T>
void Activities<T>::measure(const Workspace<T>& work, RowRange samples, Costs& costs) const {
  for (std::size_t a = 0; a < costs.size(); ++a) {
    const Activity& activity = network_.activities()[a];
    const Factors<T> factors(activity);
    for (std::ptrdiff_t m = samples.begin; m < samples.end; ++m)
      costs[a][static_cast<std::size_t>(m)] = network_.kernels().penalty(
          size(a) / pack, pack, work.buffers[activity.buffer] + m * size(a), factors.l1, factors.l2, 0);
  }
}

template <class T>
double Activities<T>::total(const Costs& costs, std::ptrdiff_t M) const {
  double total = 0;
  for (const std::vector<T>& cost : costs)
    for (std::ptrdiff_t m = 0; m < M; ++m) total += cost[static_cast<std::size_t>(m)];
  return total / double(M);
}

template <class T>
void Activities<T>::add_gradients(const Workspace<T>& work, RowRange samples, std::ptrdiff_t M) const {
  for (std::size_t a = 0; a < network_.activities().size(); ++a) {
    const Activity& activity = network_.activities()[a];
    T* gradient = work.gradients[activity.buffer];
    if (!gradient) continue;
    const bool first = std::none_of(network_.activities().begin(), network_.activities().begin() + std::ptrdiff_t(a),
                                    [&](const Activity& other) { return other.buffer == activity.buffer; });
    const std::ptrdiff_t begin = samples.begin * size(a), count = samples.count() * size(a);
    if (first && std::find(work.begun.begin(), work.begun.end(), activity.buffer) != work.begun.end())
      std::fill_n(gradient + begin, count, T(0));
    const Factors<T> factors(activity, double(M));
    network_.kernels().penalty_gradient(count / pack, work.buffers[activity.buffer] + begin, factors.l1, factors.l2, 0,
                                        T(1), gradient + begin);
  }
}

template class Activities<float>;
template class Activities<double>;

}  // namespace steepest
