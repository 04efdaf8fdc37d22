// The contract between the kernels and everything else: function pointers, block sizes, lists of rules. It is compiled
// with and without an instruction set's flags, so it holds plain data only: an inline function here could be merged by
// the linker into one that the CPU can't run.
//
// Shapes: M rows of a batch, K inputs, N units. A matrix of activations is row-major with a leading dimension `ld`, a
// multiple of pack_size, and zeros behind column N. Parameters stand in panels W[K + 1][width], width a multiple of
// pack_size; row K is the bias.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace steepest {

constexpr int max_hyper = 5;  // hyper-parameters of a rule
constexpr int max_state = 3;  // state vectors of an optimizer
constexpr int max_constants =
    10;                           // what an optimizer's `prepare` leaves for one step: eight numbers of the rule's, and
constexpr int clip_constant = 8;  // the largest |g|, 0 where it is not limited
constexpr int decay_constant = 9;  // the share of a weight that is taken away before the rule

struct RuleInfo {
  const char* name;
  const char* const* hyper;  // their names, in order
  int hyper_count;
};

template <class T>
struct ActivationKernel {
  RuleInfo info;
  bool needs_input;  // the derivative reads x; otherwise y alone
  bool row_wise;     // an element depends on its whole row
  // y = f(x) on `rows` rows of N columns; y may be x.
  void (*forward)(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld);
  // d *= f'(x), where d holds dy before and dx after.
  void (*backward)(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* x, const T* y, T* d, ptrdiff_t ld);
};

// A loss or a metric: one value a row.
template <class T>
struct RowKernel {
  RuleInfo info;
  bool sparse;            // y_true is one class number a row
  bool differentiable;    // a loss; a metric ignores `scale` and `gradient`
  const char* logits_of;  // the activation that from_logits undoes ("softmax", "sigmoid"), or nullptr
  // values[m] = loss of row m; where gradient is not null, gradient[m][:] = scale[m] * d values[m] / d y_pred[m][:],
  // with zeros in the padding.
  void (*run)(const double* hyper, ptrdiff_t rows, ptrdiff_t N, const T* y_true, ptrdiff_t ld_true, const T* y_pred,
              ptrdiff_t ld, const T* scale, T* values, T* gradient);
};

// The gradient of rows of a panel for one row of a batch: x[k] dz[0:width] for `rows` values of k, and with `bias` one row
// more, dz itself.
template <class T>
struct OuterProduct {
  const T *x, *dz;
  ptrdiff_t rows, width;
  bool bias;
};

template <class T>
struct OptimizerKernel {
  RuleInfo info;
  const char* const* state;  // names of the state vectors, in order
  int state_count;
  bool begins_as_weights;  // the first state vector does; the others begin as a constant
  // What is the same for all weights of step `step` (counted from 1), computed in double; with no limit and no decay.
  void (*prepare)(const double* hyper, double learning_rate, int64_t step, T* constants);
  void (*update)(const T* constants, ptrdiff_t count, T* w, const T* g, T* const* state);
  void (*update_outer)(const T* constants, const OuterProduct<T>& g, T* w, T* const* state);
};

// What normalization knows of each of N columns: arrays in whole packs, zero behind column N.
template <class T>
struct ColumnScales {
  const T *mean, *variance, *gamma, *beta;
  double epsilon;
};

// By what a row is divided: its deviation from its mean, its root mean square, its length, or nothing.
enum class RowScale { layer, rms, unit, none };
template <class T>
struct RowScales {
  RowScale kind;
  const T *gamma, *beta;  // as above
  double epsilon;
};

template <class T>
struct NormalizationKernels {
  // mean[n] = sum_m x[m][n] / M, variance[n] = sum_m (x[m][n] - mean[n])^2 / M, in an order of its own.
  void (*column_moments)(ptrdiff_t M, ptrdiff_t N, const T* x, ptrdiff_t ld, T* mean, T* variance);
  // y = (x - mean) / sqrt(variance + epsilon) gamma + beta
  void (*normalize_columns)(const ColumnScales<T>&, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld);
  // dgamma[n] = sum_m d[m][n] (x[m][n] - mean[n]) / sqrt(variance[n] + epsilon), dbeta[n] = sum_m d[m][n]
  void (*column_gradients)(const ColumnScales<T>&, ptrdiff_t M, ptrdiff_t N, const T* x, const T* d, ptrdiff_t ld,
                           T* dgamma, T* dbeta);
  // dx of `rows` of the M rows that these are the mean and the variance of; of any, where dgamma and dbeta are null.
  void (*normalize_columns_backward)(const ColumnScales<T>&, ptrdiff_t M, ptrdiff_t rows, ptrdiff_t N, const T* x,
                                     const T* d, ptrdiff_t ld, const T* dgamma, const T* dbeta, T* dx);
  // y[m] = (x[m] - mean_m) inverse_m gamma + beta; statistics[m][0:2] = mean_m, inverse_m, where it is not null.
  void (*normalize_rows)(const RowScales<T>&, ptrdiff_t rows, ptrdiff_t N, const T* x, T* y, ptrdiff_t ld,
                         T* statistics);
  void (*normalize_rows_backward)(const RowScales<T>&, ptrdiff_t rows, ptrdiff_t N, const T* x, const T* d,
                                  ptrdiff_t ld, const T* statistics, T* dx);
  // dgamma[n] += sum_m d[m][n] (x[m][n] - mean_m) inverse_m, dbeta[n] += sum_m d[m][n]
  void (*row_gradients)(ptrdiff_t M, ptrdiff_t columns, const T* x, const T* d, ptrdiff_t ld, const T* statistics,
                        T* dgamma, T* dbeta);
};

// An elementary function of math.hpp by itself: rules use them inline, tests reach them here.
template <class T>
struct MathFunction {
  const char* name;
  void (*run)(ptrdiff_t count, const T* x, T* y);
};

template <class T>
struct List {
  const T* items;
  int count;
  const T* begin() const { return items; }
  const T* end() const { return items + count; }
};

template <class T>
struct Kernels {
  int panel_packs;  // the widest panel, in packs

  // Y[m][0:columns] = bias + sum_k X[m][k] W[k][0:columns], k ascending; without a bias the sum goes on from what Y holds.
  // W and bias are in panels of `width`, `panel_stride` elements apart, of which the last may have fewer columns.
  void (*forward)(ptrdiff_t M, ptrdiff_t K, ptrdiff_t columns, ptrdiff_t width, ptrdiff_t panel_stride, const T* X,
                  ptrdiff_t ld_x, const T* W, const T* bias, T* Y, ptrdiff_t ld_y);
  // G[k][0:columns] = sum_m X[m][k] dZ[m][0:columns] for `rows` values of k, m ascending, and with `bias` one row more,
  // sum_m dZ[m][0:columns]. G has rows of `width`, zero behind `columns`. With `accumulate` the sum goes on from what G
  // holds.
  void (*weight_gradient)(ptrdiff_t M, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width, const T* X, ptrdiff_t ld_x,
                          const T* dZ, ptrdiff_t ld_z, T* G, bool bias, bool accumulate);
  // dXt[g][k][0:16] (+)= sum_n W[k][n] dZt[g][n][0:16], n ascending: sixteen rows of the batch as lanes, `groups` of them.
  // W stands in panels of `width`, `panel_stride` elements apart, of which the last may have fewer columns; dZt and dXt
  // of a group are `dz_group` and `dx_group` elements apart.
  void (*input_gradient_lanes)(ptrdiff_t groups, ptrdiff_t K, ptrdiff_t columns, ptrdiff_t width,
                               ptrdiff_t panel_stride, const T* W, const T* dZt, ptrdiff_t dz_group, T* dXt,
                               ptrdiff_t dx_group, bool accumulate);
  // The same for few rows: dX[m][k] = sum_n dZ[m][n] W[k][n] in sixteen lanes of n and a fixed tree, all panels at once,
  // of which the first `wider` have a pack more than `width`.
  void (*input_gradient_dot)(ptrdiff_t M, ptrdiff_t K, ptrdiff_t panels, ptrdiff_t width, ptrdiff_t wider, const T* W,
                             const T* dZ, ptrdiff_t ld_z, T* dX, ptrdiff_t ld_x);
  // dst[n][0:16] = src[0:16][n], rows from `rows` on taken as zero, for N columns rounded up to whole vectors; and back,
  // with zeros behind N up to a whole vector.
  void (*to_lanes)(ptrdiff_t rows, ptrdiff_t N, const T* src, ptrdiff_t ld, T* dst);
  void (*from_lanes)(ptrdiff_t rows, ptrdiff_t N, const T* src, T* dst, ptrdiff_t ld);
  // sum l1 |w| + l2 w^2 over packs of w `stride` elements apart, those of the factors `factor_stride` (0: the same for all);
  // and g += scale times its derivative, for packs one behind the other.
  T (*penalty)(ptrdiff_t packs, ptrdiff_t stride, const T* w, const T* l1, const T* l2, ptrdiff_t factor_stride);
  void (*penalty_gradient)(ptrdiff_t packs, const T* w, const T* l1, const T* l2, ptrdiff_t factor_stride, T scale,
                           T* g);

  NormalizationKernels<T> normalization;
  List<ActivationKernel<T>> activations;
  List<RowKernel<T>> row_rules;
  List<OptimizerKernel<T>> optimizers;
  List<MathFunction<T>> functions;
};

struct KernelTable {
  const char* isa;
  Kernels<float> f32;
  Kernels<double> f64;
  unsigned (*flush_denormals)();  // returns what restore_denormals wants
  void (*restore_denormals)(unsigned saved);
};

namespace scalar { extern const KernelTable kernel_table; }
namespace avx2 { extern const KernelTable kernel_table; }
namespace avx512 { extern const KernelTable kernel_table; }
namespace neon { extern const KernelTable kernel_table; }

}  // namespace steepest
