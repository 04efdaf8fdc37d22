#include "model/network.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/thread_pool.hpp"

namespace steepest {
namespace {

// Rows of a prediction that are computed together: enough to reuse each panel, few enough for the second-level cache.
constexpr std::ptrdiff_t predict_chunk = 128;
constexpr std::size_t spare_workspaces = 8;

}  // namespace

template <class T>
Network<T>::Network(const std::vector<Spec>& layers, std::ptrdiff_t inputs, const KernelTable& table)
    : table_(table), inputs_(inputs), outputs_(inputs) {
  for (const Spec& spec : layers) {
    layers_.push_back(make_layer<T>(spec, outputs_, kernels()));
    outputs_ = layers_.back()->N;
    flops_ += layers_.back()->flops();
    offsets_.push_back(parameters_.reserve(static_cast<std::size_t>(layers_.back()->parameter_count())));
  }
  parameters_.allocate();
}

template <class T>
Arena<T> Network<T>::arena_like_parameters() const {
  Arena<T> arena;
  arena.reserve(parameters_.size());
  arena.allocate();
  return arena;
}

template <class T>
std::vector<std::vector<std::ptrdiff_t>> Network<T>::weight_shapes() const {
  std::vector<std::vector<std::ptrdiff_t>> shapes;
  for (const auto& layer : layers_)
    for (const auto& shape : layer->weight_shapes()) shapes.push_back(shape);
  return shapes;
}

// The layer that weight `index` belongs to; `index` becomes its number within that layer.
template <class T>
std::size_t Network<T>::weight_layer(std::size_t& index) const {
  std::size_t layer = 0;
  for (std::size_t count; index >= (count = layers_[layer]->weight_shapes().size()); ++layer) index -= count;
  return layer;
}

template <class T>
void Network<T>::read_weight(std::size_t index, const Arena<T>& arena, T* array) const {
  const std::size_t layer = weight_layer(index);
  layers_[layer]->read_weight(index, parameters_of(layer, arena), array);
}

template <class T>
void Network<T>::write_weight(std::size_t index, Arena<T>& arena, const T* array) const {
  const std::size_t layer = weight_layer(index);
  layers_[layer]->write_weight(index, parameters_of(layer, arena), array);
}

template <class T>
Workspace<T> Network<T>::make_workspace(std::ptrdiff_t M, int threads, bool training) const {
  Workspace<T> workspace;
  workspace.M = M;
  workspace.threads = threads;
  Arena<T>& arena = workspace.arena;
  const auto rows = [&](std::ptrdiff_t N) {
    return arena.reserve(static_cast<std::size_t>(checked_product(round_up(M, pack), leading_dimension<T>(N))));
  };
  std::vector<std::size_t> y = {rows(inputs_)}, d, scratch;
  std::ptrdiff_t scratch_size = 0;
  if (training) d.push_back(0);
  for (const auto& layer : layers_) {
    y.push_back(rows(layer->N));
    if (training) d.push_back(rows(layer->N));
    scratch_size = std::max(scratch_size, layer->scratch_size());
  }
  for (int i = 0; training && i < threads; ++i)
    scratch.push_back(arena.reserve(static_cast<std::size_t>(scratch_size)));
  arena.allocate();
  for (const std::size_t offset : y) workspace.y.push_back(arena.at(offset));
  for (const std::size_t offset : d) workspace.d.push_back(arena.at(offset));
  for (const std::size_t offset : scratch) workspace.scratch.push_back(arena.at(offset));
  return workspace;
}

template <class T>
void Network<T>::forward(Workspace<T>& workspace, RowRange rows, Pass<T> pass) const {
  const bool logits = pass.logits;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    pass.logits = logits && i + 1 == layers_.size();
    layers_[i]->forward(pass, rows, parameters_of(i, parameters_), workspace.y[i], workspace.y[i + 1]);
  }
}

template <class T>
void Network<T>::backward(Workspace<T>& workspace, RowRange rows, int thread, Pass<T> pass) const {
  for (std::size_t i = layers_.size(); i-- > 0; pass.logits = false)
    layers_[i]->backward(pass, rows, parameters_of(i, parameters_), workspace.y[i], workspace.y[i + 1],
                         workspace.d[i + 1], i > 0 ? workspace.d[i] : nullptr,
                         workspace.scratch[static_cast<std::size_t>(thread)]);
}

template <class T>
void Network<T>::predict(const RowView& x, std::ptrdiff_t chunk, T* out) const {
  const auto reader = reading();
  if (chunk <= 0 || chunk > predict_chunk) chunk = predict_chunk;
  chunk = std::min(chunk, x.rows);
  const std::ptrdiff_t chunks = x.rows == 0 ? 0 : (x.rows + chunk - 1) / chunk;
  const int threads = static_cast<int>(
      std::min<std::ptrdiff_t>(threads_for(flops_ * static_cast<double>(x.rows)), std::max<std::ptrdiff_t>(chunks, 1)));
  // Taken by the caller, so that what can throw throws here.
  std::vector<std::unique_ptr<Workspace<T>>> taken;
  {
    const std::lock_guard lock(spare_mutex_);
    for (; !spare_.empty() && static_cast<int>(taken.size()) < threads; spare_.pop_back())
      taken.push_back(std::move(spare_.back()));
  }
  taken.resize(static_cast<std::size_t>(threads));
  for (auto& workspace : taken)
    if (!workspace || workspace->M < chunk) workspace = std::make_unique<Workspace<T>>(make_workspace(chunk, 1, false));

  const std::ptrdiff_t ld_in = leading_dimension<T>(inputs_), ld_out = leading_dimension<T>(outputs_);
  run_on_threads(threads, [&](int thread, int count) {
    Workspace<T>& workspace = *taken[static_cast<std::size_t>(thread)];
    const unsigned saved = table_.flush_denormals();
    for (std::ptrdiff_t c = thread; c < chunks; c += count) {
      const std::ptrdiff_t begin = c * chunk, rows = std::min(chunk, x.rows - begin);
      gather(x, nullptr, begin, rows, workspace.y[0], ld_in);
      forward(workspace, {0, rows}, {kernels(), rows, false, 0, false});
      for (std::ptrdiff_t m = 0; m < rows; ++m)
        std::memcpy(out + (begin + m) * outputs_, workspace.y.back() + m * ld_out,
                    static_cast<std::size_t>(outputs_) * sizeof(T));
    }
    table_.restore_denormals(saved);
  });

  const std::lock_guard lock(spare_mutex_);
  for (auto& workspace : taken)
    if (spare_.size() < spare_workspaces) spare_.push_back(std::move(workspace));
}

template <class T>
Network<T>::Training::Training(Network& network) : network_(network) {
  if (network.training_.exchange(true))
    throw std::runtime_error(
        "This model is already being trained by another thread (or by the call whose callback runs now). "
        "A model trains in one place at a time: wait for that `fit`, or train a copy.");
  lock_ = std::unique_lock(network.mutex_);
  network.trainer_ = std::this_thread::get_id();
}

template <class T>
Network<T>::Training::~Training() {
  network_.trainer_ = std::thread::id();
  lock_.unlock();
  network_.training_ = false;
}

template <class T>
std::shared_lock<std::shared_mutex> Network<T>::reading() const {
  if (trainer_.load() == std::this_thread::get_id()) return {};
  return std::shared_lock(mutex_);
}

template <class T>
std::unique_lock<std::shared_mutex> Network<T>::writing() const {
  if (trainer_.load() == std::this_thread::get_id()) return {};
  return std::unique_lock(mutex_);
}

template class Network<float>;
template class Network<double>;

}  // namespace steepest
