// The layers in order, their parameters in one arena, and inference.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "model/layers.hpp"
#include "model/rows.hpp"
#include "runtime/arena.hpp"
#include "runtime/dispatch.hpp"

namespace steepest {

// Buffers of one pass of at most M rows: each layer's output, in training its gradient, and scratch for each thread.
template <class T>
struct Workspace {
  std::ptrdiff_t M = 0;  // most rows
  int threads = 0;
  Arena<T> arena;
  std::vector<T*> y;        // y[0] is the input, y[i + 1] the output of layer i
  std::vector<T*> d;        // d[i + 1] is the gradient by y[i + 1]; empty in inference
  std::vector<T*> scratch;  // one a thread
};

template <class T>
class Network {
 public:
  Network(const std::vector<Spec>& layers, std::ptrdiff_t inputs, const KernelTable& table);

  std::ptrdiff_t inputs() const { return inputs_; }
  std::ptrdiff_t outputs() const { return outputs_; }
  const KernelTable& table() const { return table_; }
  const Kernels<T>& kernels() const { return kernels_of<T>(table_); }
  std::size_t layer_count() const { return layers_.size(); }
  const Layer<T>& layer(std::size_t i) const { return *layers_[i]; }
  double flops() const { return flops_; }  // of a row's forward pass
  // The activation that ends the network, or nullptr.
  const ActivationRule<T>* output_activation() const {
    return layers_.empty() ? nullptr : layers_.back()->output_activation();
  }

  // Weights as Keras shows them. `arena` is the parameters' or one with the same layout: the optimizer's state.
  std::vector<std::vector<std::ptrdiff_t>> weight_shapes() const;
  void read_weight(std::size_t index, const Arena<T>& arena, T* array) const;
  void write_weight(std::size_t index, Arena<T>& arena, const T* array) const;
  Arena<T>& parameters() { return parameters_; }
  const Arena<T>& parameters() const { return parameters_; }
  Arena<T> arena_like_parameters() const;
  T* parameters_of(std::size_t layer, const Arena<T>& arena) const { return arena.at(offsets_[layer]); }

  Workspace<T> make_workspace(std::ptrdiff_t M, int threads, bool training) const;

  // y[1..] for some rows of the batch; pass.logits leaves the last activation out.
  void forward(Workspace<T>& workspace, RowRange rows, Pass<T> pass) const;
  // From d of the last layer's output down to d of the first's.
  void backward(Workspace<T>& workspace, RowRange rows, int thread, Pass<T> pass) const;

  // out [rows][N], dense; n rows of x. `chunk` rows are computed at a time (0: as many as suit the caches).
  void predict(const RowView& x, std::ptrdiff_t chunk, T* out) const;

  // One trainer at a time: holds the network against other threads, which wait (readers) or are refused (trainers).
  class Training {
   public:
    explicit Training(Network& network);
    ~Training();

   private:
    Network& network_;
    std::unique_lock<std::shared_mutex> lock_;
  };
  // For whoever reads or writes the parameters. Free for the thread that trains: its callbacks run between two steps.
  std::shared_lock<std::shared_mutex> reading() const;
  std::unique_lock<std::shared_mutex> writing() const;

 private:
  std::size_t weight_layer(std::size_t& index) const;

  const KernelTable& table_;
  std::ptrdiff_t inputs_, outputs_;
  std::vector<std::unique_ptr<Layer<T>>> layers_;
  std::vector<std::size_t> offsets_;
  Arena<T> parameters_;
  double flops_ = 0;

  mutable std::shared_mutex mutex_;
  std::atomic<bool> training_ = false;
  std::atomic<std::thread::id> trainer_ = std::thread::id();

  // Workspaces of earlier predictions: a call in a loop allocates nothing.
  mutable std::mutex spare_mutex_;
  mutable std::vector<std::unique_ptr<Workspace<T>>> spare_;
};

}  // namespace steepest
