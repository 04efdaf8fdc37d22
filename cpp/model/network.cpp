#include "model/network.hpp"

#include <algorithm>
#include <cstring>

namespace steepest {
namespace {

// Rows of a prediction that are computed together: enough to reuse each panel, few enough for the second-level cache.
constexpr std::ptrdiff_t predict_chunk = 128;
constexpr std::size_t spare_workspaces = 8;
constexpr double now_flops = 5e5;                                   // some ten microseconds
constexpr std::uint64_t first_prediction = std::uint64_t(1) << 41;  // far from the steps of training

// work(tile) for this thread's tiles, when all threads have come here, and before any goes on.
template <class Work>
void over_the_batch(const Team& team, std::ptrdiff_t tiles, Work work) {
  team.meet();
  for (std::ptrdiff_t tile = team.begin(tiles), end = team.end(tiles); tile < end; ++tile) work(tile);
  team.meet();
}

}  // namespace

template <class T>
Network<T>::Network(std::vector<std::shared_ptr<Layer<T>>> layers, const std::vector<std::ptrdiff_t>& inputs,
                    std::vector<Step> steps, std::vector<std::size_t> outputs, const KernelTable& table,
                    std::vector<Activity> activities)
    : table_(table),
      layers_(std::move(layers)),
      input_count_(inputs.size()),
      steps_(std::move(steps)),
      outputs_(std::move(outputs)),
      activities_(std::move(activities)),
      index_limits_(input_count_),
      uses_of_(layers_.size()) {
  for (const std::ptrdiff_t columns : inputs) {
    if (columns < 1) invalid("A network takes at least one input. Received: ", columns);
    extents_.push_back({1, columns});
  }
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    std::vector<Extent> received;
    if (steps_[s].layer >= layers_.size()) invalid("Step ", s, " names a layer that is not there.");
    for (const std::size_t buffer : steps_[s].inputs) {
      if (buffer >= extents_.size()) invalid("Step ", s, " takes buffer ", buffer, ", which is not there yet.");
      received.push_back(extents_[buffer]);
    }
    const Layer<T>& layer = *layers_[steps_[s].layer];
    extents_.push_back(layer.output(received));
    if (steps_[s].training.value_or(false) && layer.batch_tiles() > 0)
      invalid("Step ", s, " can't look at the whole batch in inference: there may be none.");
    random_ = random_ || steps_[s].training.value_or(false);
    if (const std::ptrdiff_t limit = layer.index_limit()) {
      std::size_t buffer = steps_[s].inputs[0];
      while (buffer >= input_count_ && layers_[steps_[buffer - input_count_].layer]->only_reshapes())
        buffer = steps_[buffer - input_count_].inputs[0];
      if (buffer >= input_count_) invalid("An embedding takes an input of the model, not what layers computed.");
      index_limits_[buffer] = index_limits_[buffer] == 0 ? limit : std::min(limit, index_limits_[buffer]);
    }
    flops_ += layer.flops() * static_cast<double>(extents_.back().positions);
    uses_of_[steps_[s].layer].push_back(s);
  }
  for (const std::size_t buffer : outputs_)
    if (buffer >= extents_.size()) invalid("Buffer ", buffer, " can't be an output: it is not there.");
  for (const Activity& activity : activities_)
    if (activity.buffer >= extents_.size()) invalid("Buffer ", activity.buffer, " has no activity: it is not there.");
  for (const auto& layer : layers_) {
    offsets_.push_back(state_size_);
    state_size_ += layer->parameters().size();
  }
  // Layers that no network has used yet come under the guard of the others.
  for (const auto& layer : layers_)
    if (layer->guard.use_count() > 1) guards_.push_back(layer->guard);
  if (guards_.empty()) guards_.push_back(std::make_shared<Guard>());
  std::sort(guards_.begin(), guards_.end());
  guards_.erase(std::unique(guards_.begin(), guards_.end()), guards_.end());
  for (const auto& layer : layers_)
    if (layer->guard.use_count() == 1) layer->guard = guards_.front();
}

template <class T>
void Network<T>::check_indices(const std::vector<RowView>& x, const std::int64_t* order, std::ptrdiff_t begin,
                               std::ptrdiff_t count) const {
  for (std::size_t i = 0; i < input_count_; ++i) {
    const std::ptrdiff_t limit = index_limits_[i];
    if (limit == 0) continue;
    std::vector<double> row(static_cast<std::size_t>(x[i].width));
    for (std::ptrdiff_t m = begin; m < begin + count; ++m) {
      gather(x[i], order, m, 1, row.data(), x[i].width);
      for (const double number : row)
        if (!(number > -1 && number < static_cast<double>(limit)))
          invalid("An embedding of ", limit, " rows takes whole numbers from 0 to ", limit - 1, ". Received: ", number);
    }
  }
}

template <class T>
Arena<T> Network<T>::make_state() const {
  Arena<T> arena;
  arena.reserve(state_size_);
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

template <class T>
const ActivationRule<T>* Network<T>::output_activation(std::size_t o) const {
  const std::size_t buffer = outputs_[o];
  if (buffer < input_count_ || std::count(outputs_.begin(), outputs_.end(), buffer) > 1) return nullptr;
  for (const Step& step : steps_)
    if (std::count(step.inputs.begin(), step.inputs.end(), buffer) > 0) return nullptr;
  for (const Activity& activity : activities_)
    if (activity.buffer == buffer) return nullptr;
  return layers_[steps_[buffer - input_count_].layer]->output_activation();
}

template <class T>
Workspace<T> Network<T>::make_workspace(std::ptrdiff_t M, int threads, const Wanted& wanted) const {
  Workspace<T> workspace;
  workspace.M = M;
  workspace.threads = threads;
  Arena<T>& arena = workspace.arena;
  const auto rows = [&](Extent extent) {
    return arena.reserve(static_cast<std::size_t>(
        checked_product(round_up(checked_product(M, extent.positions), pack), leading_dimension<T>(extent.columns))));
  };

  // Which gradients flow: down from the losses, as far as there is something to train.
  const auto frozen = [&](std::size_t layer) { return !wanted.frozen.empty() && wanted.frozen[layer]; };
  const auto trains = [&](std::size_t layer) { return layers_[layer]->tiles() > 0 && !frozen(layer); };
  // A frozen layer takes no statistics of the batch.
  const auto looks_at_batch = [&](const Step& step) {
    return step.training.value_or(wanted.training) && layers_[step.layer]->batch_tiles() > 0 && !frozen(step.layer);
  };
  std::vector<bool> reached(extents_.size()), trained(extents_.size());
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    bool any = trains(steps_[s].layer);
    for (const std::size_t buffer : steps_[s].inputs) any = any || trained[buffer];
    trained[input_count_ + s] = any;
  }
  for (std::size_t o = 0; wanted.training && o < outputs_.size(); ++o)
    if (wanted.gradients[o]) reached[outputs_[o]] = true;
  for (const Activity& activity : activities_)
    if (wanted.activities) reached[activity.buffer] = true;
  for (std::size_t s = steps_.size(); s-- > 0;)
    if (reached[input_count_ + s])
      for (const std::size_t buffer : steps_[s].inputs) reached[buffer] = true;

  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> buffers, gradients(extents_.size(), none), memory(steps_.size(), none), scratch;
  std::vector<std::vector<std::size_t>> terms(steps_.size());  // where each input's gradient is written
  for (const Extent extent : extents_) buffers.push_back(rows(extent));
  for (std::size_t b = 0; b < extents_.size(); ++b)
    if (reached[b] && trained[b]) gradients[b] = rows(extents_[b]);
  std::vector<bool> written(extents_.size());
  for (std::size_t o = 0; wanted.training && o < outputs_.size(); ++o)
    if (wanted.gradients[o]) written[outputs_[o]] = true;
  for (const Activity& activity : activities_)
    if (wanted.activities && gradients[activity.buffer] != none && !written[activity.buffer]) {
      written[activity.buffer] = true;
      workspace.begun.push_back(activity.buffer);
    }
  for (std::size_t s = steps_.size(); s-- > 0;)
    for (const std::size_t buffer : steps_[s].inputs) {
      const bool flows = gradients[input_count_ + s] != none && gradients[buffer] != none;
      terms[s].push_back(!flows ? none : written[buffer] ? rows(extents_[buffer]) : gradients[buffer]);
      if (flows) written[buffer] = true;
    }
  for (std::size_t s = 0; wanted.training && s < steps_.size(); ++s) {
    const Layer<T>& layer = *layers_[steps_[s].layer];
    if (layer.batch_tiles() > 0 && !looks_at_batch(steps_[s])) continue;  // as in inference
    if (const std::ptrdiff_t size = layer.memory_size(M, extents_[input_count_ + s]))
      memory[s] = arena.reserve(static_cast<std::size_t>(size));
  }
  std::ptrdiff_t scratch_size = 0;
  for (const auto& layer : layers_) scratch_size = std::max(scratch_size, layer->scratch_size());
  for (int i = 0; wanted.training && i < threads; ++i)
    scratch.push_back(arena.reserve(static_cast<std::size_t>(scratch_size)));
  arena.allocate();

  const auto at = [&](std::size_t offset) { return offset == none ? nullptr : arena.at(offset); };
  for (const std::size_t offset : buffers) workspace.buffers.push_back(at(offset));
  for (const std::size_t offset : gradients) workspace.gradients.push_back(at(offset));
  for (const std::size_t offset : scratch) workspace.scratch.push_back(at(offset));
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const std::size_t output = input_count_ + s;
    bool logits = false;
    for (std::size_t o = 0; o < wanted.logits.size(); ++o)
      logits = logits || (wanted.logits[o] && outputs_[o] == output);
    typename Workspace<T>::Step& step = workspace.steps.emplace_back();
    for (std::size_t i = 0; i < steps_[s].inputs.size(); ++i) {
      const std::size_t buffer = steps_[s].inputs[i];
      step.x.push_back(workspace.buffers[buffer]);
      step.dx.push_back(at(terms[s][i]));
      if (terms[s][i] != gradients[buffer]) step.sums.push_back({buffer, at(terms[s][i])});
    }
    step.use = {extents_[output].positions,
                step.x.data(),
                workspace.buffers[output],
                workspace.gradients[output],
                step.dx.data(),
                at(memory[s]),
                steps_[s].training.value_or(wanted.training),
                logits};
    step.batch = looks_at_batch(steps_[s]);
    workspace.meets = workspace.meets || step.batch;
    step.backward = gradients[output] != none;
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const auto seen = [&](std::size_t s) { return workspace.steps[s].backward; };
    workspace.trained.push_back(trains(i) && std::any_of(uses_of_[i].begin(), uses_of_[i].end(), seen));
  }
  return workspace;
}

template <class T>
void Network<T>::forward(Workspace<T>& workspace, RowRange samples, const Team& team, const Pass<T>& pass) const {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const auto& step = workspace.steps[s];
    Layer<T>& layer = *layers_[steps_[s].layer];
    if (step.batch)
      over_the_batch(team, layer.batch_tiles(), [&](std::ptrdiff_t t) { layer.forward_batch(pass, t, step.use); });
    layer.forward(pass, samples, step.use);
  }
}

template <class T>
void Network<T>::backward(Workspace<T>& workspace, RowRange samples, const Team& team, const Pass<T>& pass) const {
  T* scratch = workspace.scratch[static_cast<std::size_t>(team.thread)];
  for (std::size_t s = steps_.size(); s-- > 0;) {
    const auto& step = workspace.steps[s];
    if (!step.backward) continue;
    const Layer<T>& layer = *layers_[steps_[s].layer];
    if (step.batch)
      over_the_batch(team, layer.batch_tiles(), [&](std::ptrdiff_t t) { layer.backward_batch(pass, t, step.use); });
    layer.backward(pass, samples, step.use, scratch);
    for (const auto& sum : step.sums) {
      const Extent extent = extents_[sum.buffer];
      const std::ptrdiff_t row = extent.positions * leading_dimension<T>(extent.columns);
      T* total = workspace.gradients[sum.buffer];
      for (std::ptrdiff_t i = samples.begin * row; i < samples.end * row; ++i) total[i] += sum.term[i];
    }
  }
}

template <class T>
void Network<T>::predict_rows(Workspace<T>& workspace, const RowView* x, std::ptrdiff_t begin, const Pass<T>& pass,
                              T* const* out) const {
  for (std::size_t i = 0; i < input_count_; ++i)
    gather(x[i], nullptr, begin, pass.M, workspace.buffers[i], leading_dimension<T>(x[i].width));
  forward(workspace, {0, pass.M}, {}, pass);
  for (std::size_t o = 0; o < outputs_.size(); ++o) {
    const Extent extent = output(o);
    const std::ptrdiff_t N = extent.columns, ld = leading_dimension<T>(N);
    const T* y = output_of(workspace, o);
    T* to = out[o] + begin * extent.positions * N;
    for (std::ptrdiff_t m = 0; m < pass.M * extent.positions; ++m)
      std::memcpy(to + m * N, y + m * ld, static_cast<std::size_t>(N) * sizeof(T));
  }
}

template <class T>
void Network<T>::pass_in_training(const std::vector<RowView>& x, std::uint64_t step, const std::vector<bool>& frozen,
                                  const std::vector<T*>& out) {
  check_indices(x, nullptr, 0, x[0].rows);
  const Writing writer(guards_);
  const std::vector<bool> none(outputs_.size());
  Workspace<T> workspace = make_workspace(x[0].rows, 1, {true, none, none, frozen});
  const unsigned saved = table_.flush_denormals();
  predict_rows(workspace, x.data(), 0, {kernels(), x[0].rows, step}, out.data());
  table_.restore_denormals(saved);
}

template <class T>
bool Network<T>::predict_now(const RowView& x, T* out) const {
  if (random_ || flops_ * static_cast<double>(x.rows) > now_flops) return false;
  const std::unique_lock lock(spare_mutex_, std::try_to_lock);
  if (!lock || spare_.empty() || spare_.back()->M < x.rows) return false;
  const Reading reader(guards_, std::try_to_lock);
  if (!reader.all()) return false;
  Workspace<T>& workspace = *spare_.back();
  const unsigned saved = table_.flush_denormals();
  predict_rows(workspace, &x, 0, {kernels(), x.rows, 0}, &out);
  table_.restore_denormals(saved);
  return true;
}

template <class T>
void Network<T>::predict(const std::vector<RowView>& x, std::ptrdiff_t chunk, const std::vector<T*>& out) const {
  const std::ptrdiff_t count = x[0].rows;
  check_indices(x, nullptr, 0, count);
  const Reading reader(guards_);
  if (chunk <= 0 || chunk > predict_chunk) chunk = predict_chunk;
  chunk = std::min(chunk, count);
  const std::ptrdiff_t chunks = count == 0 ? 0 : (count + chunk - 1) / chunk;
  const int threads = static_cast<int>(
      std::min<std::ptrdiff_t>(threads_for(flops_ * static_cast<double>(count)), std::max<std::ptrdiff_t>(chunks, 1)));
  // Taken by the caller, so that what can throw throws here.
  std::vector<std::unique_ptr<Workspace<T>>> taken;
  {
    const std::lock_guard lock(spare_mutex_);
    for (; !spare_.empty() && static_cast<int>(taken.size()) < threads; spare_.pop_back())
      taken.push_back(std::move(spare_.back()));
  }
  taken.resize(static_cast<std::size_t>(threads));
  for (auto& workspace : taken)
    if (!workspace || workspace->M < chunk) workspace = std::make_unique<Workspace<T>>(make_workspace(chunk, 1, {}));

  const std::uint64_t step = random_ ? first_prediction + predictions_++ : 0;
  run_on_threads(threads, [&](int thread, int running) {
    Workspace<T>& workspace = *taken[static_cast<std::size_t>(thread)];
    const unsigned saved = table_.flush_denormals();
    for (std::ptrdiff_t c = thread; c < chunks; c += running) {
      const std::ptrdiff_t begin = c * chunk, rows = std::min(chunk, count - begin);
      predict_rows(workspace, x.data(), begin, {kernels(), rows, step, begin}, out.data());
    }
    table_.restore_denormals(saved);
  });

  const std::lock_guard lock(spare_mutex_);
  for (auto& workspace : taken)
    if (spare_.size() < spare_workspaces) spare_.push_back(std::move(workspace));
}

template class Network<float>;
template class Network<double>;

}  // namespace steepest
