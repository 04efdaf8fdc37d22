// What a layer is to the network. To add one: a class like dense.hpp or dropout.hpp, and a line in layers.cpp.
//
// M samples of a batch, K inputs, N units. A buffer holds a tensor of all samples as [M * positions][ld(columns)], with
// zeros in the padding: a row for each sample, or `positions` rows where a sample has more than one axis. d is a gradient
// of the loss by what its name says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "model/guard.hpp"
#include "model/matrix.hpp"
#include "model/spec.hpp"
#include "runtime/arena.hpp"

namespace steepest {

struct RowRange {
  std::ptrdiff_t begin, end;
  std::ptrdiff_t count() const { return end - begin; }
  RowRange operator*(std::ptrdiff_t positions) const { return {begin * positions, end * positions}; }
};

// A sample in a buffer.
struct Extent {
  std::ptrdiff_t positions, columns;
  bool operator==(const Extent&) const = default;
};

// One pass of a batch through the network, as a layer sees it.
template <class T>
struct Pass {
  const Kernels<T>& kernels;
  std::ptrdiff_t M;           // samples of the whole batch: paths are chosen by it, never by a thread's share of them
  std::uint64_t step;         // counts the steps of training: what dropout's numbers depend on,
  std::ptrdiff_t before = 0;  // and how many samples of the step other batches have
};

// One use of a layer by a network: its buffers.
template <class T>
struct Use {
  std::ptrdiff_t positions;  // rows of a sample in y
  const T* const* x;         // the inputs
  T* y;
  T* d;           // by y: dy, which `backward` may overwrite with what `gradient` needs; null where none is wanted
  T* const* dx;   // by each input; null where none is wanted
  T* memory;      // what a training's `forward` leaves for `backward` and `gradient`; null in inference
  bool training;  // whether to compute as in training
  bool logits;    // the loss undoes the activation at the layer's end itself: leave it out
};

template <class T>
using ActivationRule = Rule<ActivationKernel<T>>;

// Whole packs of a layer's parameters that stand together, and where their gradient stands in a tile's.
struct Run {
  std::ptrdiff_t offset, count, gradient;
};
constexpr int max_runs = 8;

// Packs of a layer's parameters, `stride` elements apart.
struct Strip {
  std::ptrdiff_t offset, packs, stride;
};
constexpr std::ptrdiff_t strip_packs = 1024;

template <class T>
class Layer {
 public:
  Layer(std::ptrdiff_t inputs, std::ptrdiff_t units, std::ptrdiff_t parameter_count = 0) : K(inputs), N(units) {
    parameters_.reserve(static_cast<std::size_t>(parameter_count));
    parameters_.allocate();
  }
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const std::ptrdiff_t K, N;  // columns of the first input and of the output

  // The output for such inputs; throws where they don't fit.
  virtual Extent output(const std::vector<Extent>& inputs) const {
    if (inputs.size() != 1 || inputs[0].columns != K) invalid("A layer of ", K, " inputs was given others.");
    return {inputs[0].positions, N};
  }

  // Not 0: the inputs are whole numbers below it, which have to come from an input of the network.
  virtual std::ptrdiff_t index_limit() const { return 0; }
  // Whether the output is the input's numbers in other rows.
  virtual bool only_reshapes() const { return false; }

  // y for some samples, and dx from d. `scratch` is the thread's.
  virtual void forward(const Pass<T>& pass, RowRange samples, const Use<T>& use) const = 0;
  virtual void backward(const Pass<T>& pass, RowRange samples, const Use<T>& use, T* scratch) const = 0;
  virtual std::ptrdiff_t scratch_size() const { return 0; }                                              // in elements
  virtual std::ptrdiff_t memory_size(std::ptrdiff_t /*samples*/, Extent /*output*/) const { return 0; }  // likewise
  virtual double flops() const { return 0; }  // of a row's forward pass

  // The activation at its end, or nullptr: a cross entropy may undo it.
  virtual const ActivationRule<T>* output_activation() const { return nullptr; }

  // A layer that looks at the whole batch in training does so in tiles, before the first row goes forward, and backward.
  virtual std::ptrdiff_t batch_tiles() const { return 0; }
  virtual void forward_batch(const Pass<T>&, std::ptrdiff_t /*tile*/, const Use<T>&) {}
  virtual void backward_batch(const Pass<T>&, std::ptrdiff_t /*tile*/, const Use<T>&) const {}

  // Parameters, in one arena; the optimizer's state has the same layout. The gradient is computed and applied tile by
  // tile, while the tile is in cache, as the sum over all uses of the layer.
  Arena<T>& parameters() { return parameters_; }
  const Arena<T>& parameters() const { return parameters_; }
  using Shapes = std::vector<std::vector<std::ptrdiff_t>>;
  Shapes weight_shapes() const { return shown_shapes_.empty() ? own_shapes() : shown_shapes_; }
  // Where Keras has more axes: of as many elements each, in the same order.
  void show_weights_as(Shapes shapes) {
    const auto sizes = [](const Shapes& all) {
      std::vector<std::ptrdiff_t> sizes;
      for (const auto& shape : all)
        sizes.push_back(std::accumulate(shape.begin(), shape.end(), std::ptrdiff_t(1), checked_product));
      return sizes;
    };
    if (sizes(shapes) != sizes(own_shapes())) invalid("Weights can't be shown in shapes of other sizes.");
    shown_shapes_ = std::move(shapes);
  }
  // So many of them are trained; the others are moved by passes forward.
  virtual std::size_t trained_weights() const { return weight_shapes().size(); }
  virtual void read_weight(std::size_t, const T* /*arena*/, T* /*array*/) const {}
  virtual void write_weight(std::size_t, T* /*arena*/, const T* /*array*/) const {}
  // All parameters in an order that no instruction set changes: what a sum over them is cut into.
  virtual std::vector<Strip> strips() const {
    std::vector<Strip> strips;
    const auto packs = static_cast<std::ptrdiff_t>(parameters_.size()) / pack;
    for (std::ptrdiff_t p = 0; p < packs; p += strip_packs)
      strips.push_back({p * pack, std::min(strip_packs, packs - p), pack});
    return strips;
  }
  virtual std::ptrdiff_t tiles() const { return 0; }
  virtual int runs(std::ptrdiff_t /*tile*/, Run* /*runs*/) const { return 0; }  // at most max_runs
  // The gradient of a tile over the whole batch; with `accumulate` added to what is there. It has the thread's scratch.
  virtual void gradient(const Pass<T>&, std::ptrdiff_t /*tile*/, const Use<T>&, bool /*accumulate*/,
                        T* /*gradient*/) const {}
  // For a batch of one row, where the layer can: the gradient of each run as an outer product, which nobody has to write
  // down; else false.
  virtual bool outer_products(const Pass<T>&, std::ptrdiff_t /*tile*/, const Use<T>&, OuterProduct<T>*) const {
    return false;
  }

  std::shared_ptr<Guard> guard = std::make_shared<Guard>();  // of the parameters; networks share it

 protected:
  virtual Shapes own_shapes() const { return {}; }

 private:
  Arena<T> parameters_;
  Shapes shown_shapes_;
};

}  // namespace steepest
