// Which kernels are used: the best instruction set of this CPU, or the one that was asked for. Decided once a process.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernel_table.hpp"

namespace steepest {

std::vector<std::string> compiled_isas();   // best first
std::vector<std::string> supported_isas();  // those of them that this CPU runs
const KernelTable& active_kernels();        // honours STEEPEST_ISA at its first call
void set_active_isa(const std::string& name);

template <class T>
const Kernels<T>& kernels_of(const KernelTable& table) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return table.f32;
  } else {
    return table.f64;
  }
}

}  // namespace steepest
