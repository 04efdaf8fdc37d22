#include "runtime/dispatch.hpp"

#include <atomic>
#include <cstdlib>

#include "runtime/cpu_features.hpp"
#include "runtime/error.hpp"

namespace steepest {
namespace {

struct Candidate {
  const KernelTable* table;
  bool (*runs_here)();
};
bool always() { return true; }

constexpr Candidate candidates[] = {
#if defined(STEEPEST_HAS_avx512) && !defined(STEEPEST_EMULATE_AVX512)
    {&avx512::kernel_table, cpu_has_avx512},
#endif
#ifdef STEEPEST_HAS_avx2
    {&avx2::kernel_table, cpu_has_avx2},
#endif
#if defined(STEEPEST_HAS_avx512) && defined(STEEPEST_EMULATE_AVX512)
    {&avx512::kernel_table, cpu_has_avx2},
#endif
#ifdef STEEPEST_HAS_neon
    {&neon::kernel_table, always},
#endif
    {&scalar::kernel_table, always},
};

const KernelTable& find(const std::string& name) {
  for (const Candidate& candidate : candidates)
    if (name == candidate.table->isa && candidate.runs_here()) return *candidate.table;
  std::string possible;
  for (const std::string& isa : supported_isas()) possible += (possible.empty() ? "'" : ", '") + isa + "'";
  std::string hint;
  for (const std::string& isa : compiled_isas())
    if (isa == name) hint = " It is compiled into this build, but this CPU can't run it.";
  invalid("Unknown or unsupported instruction set.", hint, " Expected one of: ", possible, ". Received: '", name, "'");
}

const KernelTable& first_choice() {
  if (const char* forced = std::getenv("STEEPEST_ISA"); forced && *forced) return find(forced);
  for (const Candidate& candidate : candidates)
    if (candidate.runs_here()) return *candidate.table;
  return scalar::kernel_table;
}

std::atomic<const KernelTable*> active = nullptr;

}  // namespace

std::vector<std::string> compiled_isas() {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) names.emplace_back(candidate.table->isa);
  return names;
}

std::vector<std::string> supported_isas() {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates)
    if (candidate.runs_here()) names.emplace_back(candidate.table->isa);
  return names;
}

const KernelTable& active_kernels() {
  const KernelTable* table = active.load(std::memory_order_acquire);
  if (!table) active.store(table = &first_choice(), std::memory_order_release);
  return *table;
}

void set_active_isa(const std::string& name) { active.store(&find(name), std::memory_order_release); }

}  // namespace steepest
