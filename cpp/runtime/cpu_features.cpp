#include "runtime/cpu_features.hpp"

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#ifdef _MSC_VER
#include <intrin.h>
#else
#include <cpuid.h>
#endif

namespace steepest {
namespace {

struct Registers {
  std::uint32_t eax, ebx, ecx, edx;
};

Registers cpuid(std::uint32_t leaf) {
#ifdef _MSC_VER
  int r[4];
  __cpuidex(r, static_cast<int>(leaf), 0);
  return {std::uint32_t(r[0]), std::uint32_t(r[1]), std::uint32_t(r[2]), std::uint32_t(r[3])};
#else
  Registers r = {};
  __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);  // zeros for a leaf that does not exist
  return r;
#endif
}

std::uint64_t enabled_state() {
  if (!(cpuid(1).ecx >> 27 & 1)) return 0;  // OSXSAVE
#ifdef _MSC_VER
  return _xgetbv(0);
#else
  std::uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t(high) << 32 | low;
#endif
}

bool bits(std::uint64_t value, std::uint64_t wanted) { return (value & wanted) == wanted; }

}  // namespace

bool cpu_has_avx2() {
  return bits(enabled_state(), 0x6) && bits(cpuid(1).ecx, 1u << 12 | 1u << 28) && bits(cpuid(7).ebx, 1u << 5);
}
bool cpu_has_avx512() {
  return cpu_has_avx2() && bits(enabled_state(), 0xe6) && bits(cpuid(7).ebx, 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31);
}

}  // namespace steepest

#else

namespace steepest {
bool cpu_has_avx2() { return false; }
bool cpu_has_avx512() { return false; }
}  // namespace steepest

#endif
