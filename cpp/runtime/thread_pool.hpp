// One pool a process: its threads start when they are first needed, and all run one function together (SPMD).
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace steepest {

// How many threads all callers may have together: the number that was fixed, or that of the processors of this process
// (its affinity, its control group's quota, as they were at most a second ago, and OMP_NUM_THREADS as it was at first);
// in any case no more than the limit.
int allowed_threads();

// The number that set_num_threads fixed, or 0 where the work decides.
int fixed_threads();
void fix_threads(int count);

// A limit from outside. One that would limit nothing is none: whoever puts back what allowed_threads said has lifted it.
void limit_threads(int count);

// Threads for work of `flops` between two barriers: a thread pays for itself from about a million on. Callers that run at
// the same time share what is allowed; `running` says that the caller is one of them already.
int threads_for(double flops, bool running = false);

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
