// Buffers of one pass, and what is done with them: planned by the network before the first step, kept from then on.
#pragma once

#include <vector>

#include "model/layer.hpp"
#include "runtime/thread_pool.hpp"

namespace steepest {

// What a pass is for.
struct Wanted {
  bool training = false;
  std::vector<bool> gradients;  // of which outputs the loss gives a gradient
  std::vector<bool> logits;     // which outputs the loss takes before their activation
  std::vector<bool> frozen;     // which layers keep their weights; empty where none does
  bool activities = false;      // whether activities have a gradient
};

template <class T>
struct Workspace {
  std::ptrdiff_t M = 0;  // most samples
  int threads = 0;
  Arena<T> arena;
  std::vector<T*> buffers;         // the inputs, then what each step puts out
  std::vector<T*> gradients;       // of each buffer; null where none is wanted
  std::vector<std::size_t> begun;  // gradients that activities begin, from 0
  std::vector<T*> scratch;         // one a thread
  std::vector<bool> trained;       // of each layer: its weights move, for a loss sees them and they are not frozen

  // A gradient that has a sum to go into: its buffer has other consumers, which come first on the way back.
  struct Sum {
    std::size_t buffer;
    T* term;
  };
  struct Step {
    std::vector<const T*> x;
    std::vector<T*> dx;
    Use<T> use;
    bool batch;     // looks at the whole batch first
    bool backward;  // takes part in the way back
    std::vector<Sum> sums;
  };
  std::vector<Step> steps;
  bool meets = false;  // a step looks at the whole batch: all threads take part, also those without samples
};

}  // namespace steepest
