// One pool a process: its threads start when they are first needed, and all run one function together (SPMD).
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace steepest {

// How many processors this process may use: the smaller of its affinity and of its control group's quota, as they were
// at most a second ago.
int allowed_threads();

// The number that set_num_threads fixed, or 0 where the work decides.
int fixed_threads();
void fix_threads(int count);

// Threads for work of `flops` between two barriers: a thread pays for itself from about a million on.
int threads_for(double flops);

// All `count` threads meet here. Spins for some microseconds, then sleeps; sleeps at once where threads outnumber processors.
class Barrier {
 public:
  explicit Barrier(int count);
  void wait();

 private:
  const int count_;
  const bool spin_;
  std::atomic<int> arrived_ = 0;
  std::atomic<unsigned> phase_ = 0;
};

// One thread among those that run a function together.
struct Team {
  int thread = 0, threads = 1;
  Barrier* barrier = nullptr;  // null where the thread is alone
  void meet() const {
    if (barrier) barrier->wait();
  }
  std::ptrdiff_t begin(std::ptrdiff_t count) const {
    return count * thread / threads;
  }  // this thread's share of a count
  std::ptrdiff_t end(std::ptrdiff_t count) const { return count * (thread + 1) / threads; }
};

// Calls work(thread, threads) on `threads` threads, the caller being thread 0, and returns when all have ended; `work`
// must not throw. A busy pool means one thread, not a queue: `work` is then called as work(0, 1). Returns the number.
int run_on_threads(int threads, const std::function<void(int thread, int threads)>& work);

}  // namespace steepest
