// Compiled once for each instruction set, as the kernels are. The counts are multiples of eight vectors.
#include "probes.hpp"

#include "kernels/vec.hpp"

namespace steepest::STEEPEST_ISA {
namespace {

using V = Vec<float>;
constexpr int chains = 10, unrolled = 8;  // more links under way than latency times units

double fma_chains(ptrdiff_t rounds, float* sink) {
  V sum[chains];
  for (int i = 0; i < chains; ++i) sum[i] = broadcast(sink[i]);
  const V a = broadcast(sink[0]), b = broadcast(sink[1]);
  for (ptrdiff_t r = 0; r < rounds; ++r)
#pragma GCC unroll 16
    for (int i = 0; i < chains; ++i) sum[i] = fma(a, sum[i], b);
  for (int i = 1; i < chains; ++i) sum[0] = sum[0] + sum[i];
  store(sink, sum[0]);
  return 2.0 * chains * V::lanes * static_cast<double>(rounds);
}

void load_all(const float* from, ptrdiff_t count, float* sink) {
  V largest[unrolled];
  for (int i = 0; i < unrolled; ++i) largest[i] = broadcast(0.0f);
  for (ptrdiff_t k = 0; k < count; k += unrolled * V::lanes)
#pragma GCC unroll 8
    for (int i = 0; i < unrolled; ++i) largest[i] = max(load(from + k + i * V::lanes), largest[i]);
  for (int i = 1; i < unrolled; ++i) largest[0] = max(largest[0], largest[i]);
  store(sink, largest[0]);
}

void store_all(float* to, ptrdiff_t count) {
  const V one = broadcast(1.0f);
  for (ptrdiff_t k = 0; k < count; k += unrolled * V::lanes)
#pragma GCC unroll 8
    for (int i = 0; i < unrolled; ++i) store(to + k + i * V::lanes, one);
}

void copy_all(const float* from, float* to, ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k += unrolled * V::lanes)
#pragma GCC unroll 8
    for (int i = 0; i < unrolled; ++i) store(to + k + i * V::lanes, load(from + k + i * V::lanes));
}

}  // namespace

extern constinit const Probes probes = {fma_chains, load_all, store_all, copy_all};

}  // namespace steepest::STEEPEST_ISA
