// What a layer is to the network. To add one: a class like dense.hpp or dropout.hpp, and a line in layers.cpp.
//
// M rows of a batch, K inputs, N units. x [M][ld(K)] and y [M][ld(N)] are row-major with zeros in the padding; d is a
// gradient of the loss by what its name says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "model/matrix.hpp"
#include "model/spec.hpp"

namespace steepest {

struct RowRange {
  std::ptrdiff_t begin, end;
  std::ptrdiff_t count() const { return end - begin; }
};

// One pass of a batch through the network, as a layer sees it.
template <class T>
struct Pass {
  const Kernels<T>& kernels;
  std::ptrdiff_t M;  // rows of the whole batch: paths are chosen by it, never by a thread's share of the rows
  bool training;
  std::uint64_t step;  // counts the steps of training: what dropout's numbers depend on
  bool logits;         // the loss undoes the last activation itself: leave it out
};

template <class T>
using ActivationRule = Rule<ActivationKernel<T>>;

// The update rule with its constants for this step.
template <class T>
struct StepRule {
  const OptimizerKernel<T>* kernel;
  T constants[max_constants];
};

template <class T>
class Layer {
 public:
  Layer(std::ptrdiff_t inputs, std::ptrdiff_t units) : K(inputs), N(units) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const std::ptrdiff_t K, N;

  virtual void forward(const Pass<T>& pass, RowRange rows, const T* parameters, const T* x, T* y) const = 0;
  // d holds dy and is free to be overwritten (Dense leaves dz there for `update`); dx is null for the first layer.
  virtual void backward(const Pass<T>& pass, RowRange rows, const T* parameters, const T* x, const T* y, T* d, T* dx,
                        T* scratch) const = 0;
  virtual std::ptrdiff_t scratch_size() const { return 0; }  // a thread's, in elements
  virtual double flops() const { return 0; }                 // of a row's forward pass

  // The activation at its end, or nullptr: a cross entropy may undo it.
  virtual const ActivationRule<T>* output_activation() const { return nullptr; }

  // Parameters. The gradient is computed and applied tile by tile, while the tile is in cache.
  virtual std::ptrdiff_t parameter_count() const { return 0; }  // elements in an arena
  virtual std::vector<std::vector<std::ptrdiff_t>> weight_shapes() const { return {}; }
  virtual void read_weight(std::size_t, const T* /*arena*/, T* /*array*/) const {}
  virtual void write_weight(std::size_t, T* /*arena*/, const T* /*array*/) const {}
  virtual std::ptrdiff_t tiles() const { return 0; }
  virtual void update(const Pass<T>&, std::ptrdiff_t /*tile*/, const T* /*x*/, const T* /*d*/, T* /*parameters*/,
                      T* const* /*state*/, const StepRule<T>&, T* /*scratch*/) const {}
};

}  // namespace steepest
