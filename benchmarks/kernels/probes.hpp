// What one core can do at most, in the alphabet of an instruction set: the ceilings that kernels are held against.
#pragma once

#include <stddef.h>

namespace steepest {

struct Probes {
  // Ten independent chains of multiply-adds, `rounds` links each; returns how many operations that is.
  double (*fma)(ptrdiff_t rounds, float* sink);
  void (*load)(const float* from, ptrdiff_t count, float* sink);
  void (*store)(float* to, ptrdiff_t count);
  void (*copy)(const float* from, float* to, ptrdiff_t count);
};

namespace scalar { extern const Probes probes; }
namespace avx2 { extern const Probes probes; }
namespace avx512 { extern const Probes probes; }
namespace neon { extern const Probes probes; }

}  // namespace steepest
