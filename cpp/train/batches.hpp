// What Python plans and the core carries out: the data, and which rows make which step.
#pragma once

#include <cstdint>
#include <vector>

#include "model/rows.hpp"

namespace steepest {

// What belongs to one output: nothing where it has no loss.
struct Target {
  std::vector<RowView> y;              // one for each position of the output
  std::vector<RowView> sample_weight;  // of one column: none where all count the same, one, or one for each position
};

struct Data {
  std::vector<RowView> x;  // one for each input
  std::vector<Target> targets;
  std::ptrdiff_t rows() const { return x.empty() ? 0 : x.front().rows; }
};

// Step s takes the rows order[s * batch_size ...] (in order where there is none); the last may be smaller.
struct Plan {
  const std::int64_t* order = nullptr;
  std::ptrdiff_t rows = 0;  // how many the epoch has
  std::ptrdiff_t batch_size = 0;
  std::ptrdiff_t begin = 0, end = 0;       // the steps to take now
  const double* learning_rates = nullptr;  // one, or one for each of these steps
  std::ptrdiff_t learning_rate_count = 0;
  bool poll_each_step = false;
  const double* penalty_scales = nullptr;  // what penalties count in each of these steps; 1 where there are none

  double penalty_scale(std::ptrdiff_t step) const { return penalty_scales ? penalty_scales[step - begin] : 1; }
  std::ptrdiff_t first_row(std::ptrdiff_t step) const { return step * batch_size; }
  std::ptrdiff_t batch_rows(std::ptrdiff_t step) const {
    const std::ptrdiff_t left = rows - step * batch_size;
    return left < batch_size ? left : batch_size;
  }
};

}  // namespace steepest
