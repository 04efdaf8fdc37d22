// The kernels to time: what each computes, how much that is, and whether it is right.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/kernel_table.hpp"

namespace steepest::benchmark {

struct Case {
  double flops, bytes;  // of one run; bytes are those read and written at least
  std::function<void()> run;
  std::function<double()> off;  // after one run: the largest error, in units of what is allowed
};

// Made one after the other: what a case holds is freed before the next.
struct Entry {
  std::string name, shape;
  std::function<Case(const Kernels<float>&)> make;
};
std::vector<Entry> entries();

}  // namespace steepest::benchmark
