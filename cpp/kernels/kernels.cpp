// The only translation unit of the kernels, compiled once for each instruction set with its flags and its namespace.
// It exports one constant table, and nothing of it runs when the library is loaded.

#include "activations.hpp"
#include "gemm.hpp"
#include "losses.hpp"
#include "normalization.hpp"
#include "optimizers.hpp"
#include "penalties.hpp"

namespace steepest::STEEPEST_ISA {

template <class T, int N>
constexpr List<T> list_of(const T (&items)[N]) {
  return {items, N};
}

template <class T>
constexpr NormalizationKernels<T> normalization = {
    column_moments<T>, normalize_columns<T>,       column_gradients<T>, normalize_columns_backward<T>,
    normalize_rows<T>, normalize_rows_backward<T>, row_gradients<T>};

template <class T>
constexpr Kernels<T> kernels = {Tile<T>::packs,
                                forward<T>,
                                weight_gradient<T>,
                                input_gradient_lanes<T>,
                                input_gradient_dot<T>,
                                to_lanes<T>,
                                from_lanes<T>,
                                penalty<T>,
                                penalty_gradient<T>,
                                normalization<T>,
                                list_of(activation_items<T>),
                                list_of(row_items<T>),
                                optimizers<T>,
                                list_of(math_items<T>)};

#define STEEPEST_QUOTE(name) #name
#define STEEPEST_NAME(name) STEEPEST_QUOTE(name)
extern constinit const KernelTable kernel_table = {STEEPEST_NAME(STEEPEST_ISA), kernels<float>, kernels<double>,
                                                   flush_denormals, restore_denormals};

}  // namespace steepest::STEEPEST_ISA
