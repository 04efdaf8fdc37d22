// Layers used in an order: step by step over planned buffers, one buffer for each input and each step's output. A stack of
// layers is the simplest case. Layers may be used several times, and by several networks.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "model/layers.hpp"
#include "model/rows.hpp"
#include "model/workspace.hpp"
#include "runtime/dispatch.hpp"

namespace steepest {

// A loss of its own that a buffer has: sum l1 |y| + l2 y^2 over the numbers of a batch, divided by its samples.
struct Activity {
  std::size_t buffer;
  double l1, l2;
};

template <class T>
class Network {
 public:
  // Buffers are numbered: the inputs, then what each step puts out.
  struct Step {
    std::size_t layer;
    std::vector<std::size_t> inputs;
    std::optional<bool> training = {};  // whether it computes as in training; nothing: as the pass does
  };
  // `inputs` are columns: a sample's input is one row. `outputs` are buffers.
  Network(std::vector<std::shared_ptr<Layer<T>>> layers, const std::vector<std::ptrdiff_t>& inputs,
          std::vector<Step> steps, std::vector<std::size_t> outputs, const KernelTable& table,
          std::vector<Activity> activities = {});

  const KernelTable& table() const { return table_; }
  const Kernels<T>& kernels() const { return kernels_of<T>(table_); }
  std::size_t input_count() const { return input_count_; }
  std::size_t output_count() const { return outputs_.size(); }
  Extent input(std::size_t i) const { return extents_[i]; }
  Extent output(std::size_t o) const { return extents_[outputs_[o]]; }
  std::size_t layer_count() const { return layers_.size(); }
  Layer<T>& layer(std::size_t i) const { return *layers_[i]; }
  const std::vector<std::size_t>& uses_of(std::size_t layer) const { return uses_of_[layer]; }  // steps
  double flops() const { return flops_; }  // of a sample's forward pass
  const std::vector<Activity>& activities() const { return activities_; }
  Extent activity(std::size_t a) const { return extents_[activities_[a].buffer]; }
  // The activation that ends an output, or nullptr where there is none that its loss alone could undo.
  const ActivationRule<T>* output_activation(std::size_t o) const;

  // Weights as Keras shows them, layer after layer. An arena of `make_state` has the layout of the parameters.
  std::vector<std::vector<std::ptrdiff_t>> weight_shapes() const;
  Arena<T> make_state() const;
  T* state_of(std::size_t layer, const Arena<T>& state) const { return state.at(offsets_[layer]); }
  const Guards& guards() const { return guards_; }

  // Refuses rows begin .. begin + count - 1 of `order` (or themselves without one) with numbers that an embedding has no
  // row for.
  void check_indices(const std::vector<RowView>& x, const std::int64_t* order, std::ptrdiff_t begin,
                     std::ptrdiff_t count) const;

  // Room for a pass of at most M samples.
  Workspace<T> make_workspace(std::ptrdiff_t M, int threads, const Wanted& wanted) const;
  T* output_of(const Workspace<T>& workspace, std::size_t o) const { return workspace.buffers[outputs_[o]]; }
  // Null where no gradient of the output is wanted.
  T* gradient_of(const Workspace<T>& workspace, std::size_t o) const { return workspace.gradients[outputs_[o]]; }

  // All steps, for the samples that are this thread's; where a step looks at the whole batch, each thread has to call.
  void forward(Workspace<T>& workspace, RowRange samples, const Team& team, const Pass<T>& pass) const;
  // From the gradients of the outputs down to the first steps.
  void backward(Workspace<T>& workspace, RowRange samples, const Team& team, const Pass<T>& pass) const;

  // out[o] [rows][positions * columns], dense; the views have equally many rows. `chunk` samples are computed at a time
  // (0: as many as suit the caches).
  void predict(const std::vector<RowView>& x, std::ptrdiff_t chunk, const std::vector<T*>& out) const;
  // The same for a few rows of one input and one output: on this thread, without waiting and without allocating. False
  // where that can't be: for more work than some microseconds, where a lock is taken, for the first rows, and for a network
  // that is random.
  bool predict_now(const RowView& x, T* out) const;
  // The same for one batch as a step of training computes it: with noise, and statistics moved, but no gradients.
  void pass_in_training(const std::vector<RowView>& x, std::uint64_t step, const std::vector<bool>& frozen,
                        const std::vector<T*>& out);

 private:
  // Rows from `begin` on, pass.M of them, through the workspace into `out`.
  void predict_rows(Workspace<T>& workspace, const RowView* x, std::ptrdiff_t begin, const Pass<T>& pass,
                    T* const* out) const;

  const KernelTable& table_;
  std::vector<std::shared_ptr<Layer<T>>> layers_;
  std::size_t input_count_;
  std::vector<Extent> extents_;  // of each buffer
  std::vector<Step> steps_;
  std::vector<std::size_t> outputs_;
  std::vector<Activity> activities_;
  std::vector<std::ptrdiff_t> index_limits_;  // of each input, 0 where it has none
  std::vector<std::vector<std::size_t>> uses_of_;
  std::vector<std::size_t> offsets_;  // of each layer in an arena like the parameters
  std::size_t state_size_ = 0;
  double flops_ = 0;
  bool random_ = false;                                 // in inference, too: a step computes as in training
  mutable std::atomic<std::uint64_t> predictions_ = 0;  // so far, if random
  Guards guards_;

  // Workspaces of earlier predictions: a call in a loop allocates nothing.
  mutable std::mutex spare_mutex_;
  mutable std::vector<std::unique_ptr<Workspace<T>>> spare_;
};

}  // namespace steepest
