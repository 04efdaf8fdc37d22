#include "runtime/thread_pool.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif
#ifndef _WIN32
#include <pthread.h>
#endif

namespace steepest {
namespace {

// Longer than the usual skew of a barrier, shorter than a time slice. By the clock, for a pause takes from 10 to 140 cycles.
constexpr std::chrono::microseconds spin_time(50);
constexpr int pauses_a_look = 64;  // at the clock

void pause() {
#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  asm volatile("yield");
#else
  std::this_thread::yield();
#endif
}

// Waits until `value` is no longer `old`: at first awake, if `spin`, then asleep.
template <class T>
void wait_for_change(const std::atomic<T>& value, T old, bool spin) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point end;
  for (int i = 1; spin; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
    if (i % pauses_a_look > 0) continue;
    const auto now = Clock::now();
    if (i == pauses_a_look) end = now + spin_time;
    spin = now < end;
  }
  value.wait(old, std::memory_order_acquire);
}

#ifdef __linux__
// Processors that the control group's quota is worth: version 2 has "quota period" in one file, version 1 in two.
double quota() {
  double allowed = 0, period = 0;
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    const int read = std::fscanf(file, "%lf %lf", &allowed, &period);
    std::fclose(file);
    if (read == 2 && period > 0) return allowed / period;
    return HUGE_VAL;
  }
  const auto number = [](const char* path) {
    double value = -1;
    if (std::FILE* file = std::fopen(path, "r")) {
      if (std::fscanf(file, "%lf", &value) != 1) value = -1;
      std::fclose(file);
    }
    return value;
  };
  allowed = number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  period = number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  return allowed > 0 && period > 0 ? allowed / period : HUGE_VAL;
}
#endif

class Pool {
 public:
  void run(int threads, const std::function<void(int, int)>& work) {
    while (static_cast<int>(threads_.size()) < threads - 1) {
      const int number = static_cast<int>(threads_.size()) + 1;
      threads_.emplace_back([this, number, seen = start_.load()] { serve(number, seen); });
    }
    work_ = &work;
    running_.store(threads - 1, std::memory_order_relaxed);
    start_.store(((start_.load(std::memory_order_relaxed) >> thread_bits) + 1) << thread_bits |
                     static_cast<std::uint64_t>(threads),
                 std::memory_order_release);
    start_.notify_all();
    work(0, threads);
    for (int left; (left = running_.load(std::memory_order_acquire)) != 0;) wait_for_change(running_, left, true);
  }

 private:
  static constexpr int thread_bits = 16;

  [[noreturn]] void serve(int number, std::uint64_t seen) {
    for (;;) {
      wait_for_change(start_, seen, true);
      seen = start_.load(std::memory_order_acquire);
      const int threads = static_cast<int>(seen & ((1u << thread_bits) - 1));
      if (number >= threads) continue;
      (*work_)(number, threads);
      if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
    }
  }

  std::vector<std::thread> threads_;
  // A count of runs with the number of threads of the latest: one word, so that a thread that is late for one run can't
  // take the next one's number for its own.
  alignas(128) std::atomic<std::uint64_t> start_ = 0;
  alignas(128) std::atomic<int> running_ = 0;
  const std::function<void(int, int)>* work_ = nullptr;
};

struct Shared {
  std::atomic<int> callers = 0;  // that are in run_on_threads
  std::mutex busy;
  std::unique_ptr<Pool> pool;
};

// Never destroyed: threads of the pool may outlive static destructors, and after a fork the child's copy describes
// threads that do not exist there, so it is left behind and a new one is made.
Shared* shared = nullptr;
std::once_flag made;

Shared& shared_pool() {
  std::call_once(made, [] {
    shared = new Shared;
#ifndef _WIN32
    pthread_atfork(nullptr, nullptr, [] { shared = new Shared; });
#endif
  });
  return *shared;
}

std::atomic<int> fixed = 0, limit = 0;  // 0 for none

// What OMP_NUM_THREADS says, of whose list the first number counts here; 0 if it says nothing.
int environment_threads() {
  const char* text = std::getenv("OMP_NUM_THREADS");
  return text ? static_cast<int>(std::clamp(std::strtol(text, nullptr, 10), 0L, 1024L)) : 0;
}

int read_processors() {
  int count = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) count = CPU_COUNT(&set);
  count = static_cast<int>(std::min(static_cast<double>(count), std::max(1.0, std::floor(quota()))));
#endif
  static const int environment = environment_threads();
  return std::max(1, environment ? std::min(count, environment) : count);
}

int processors() {
  // Reading takes some 50 microseconds of system calls: more than a whole step of a small network.
  using std::chrono::steady_clock;
  static std::atomic<int> count = 0;
  static std::atomic<steady_clock::rep> read_at = 0;
  const steady_clock::duration now = steady_clock::now().time_since_epoch();
  if (count == 0 || now - steady_clock::duration(read_at) > std::chrono::seconds(1)) {
    count = read_processors();
    read_at = now.count();
  }
  return count;
}

int unlimited_threads() {
  const int count = fixed_threads();
  return count ? count : processors();
}

}  // namespace

int allowed_threads() {
  const int count = unlimited_threads(), most = limit.load(std::memory_order_relaxed);
  return most ? std::min(count, most) : count;
}

void limit_threads(int count) {
  limit.store(count >= 1 && count < unlimited_threads() ? count : 0, std::memory_order_relaxed);
}

int fixed_threads() { return fixed.load(std::memory_order_relaxed); }
void fix_threads(int count) { fixed.store(count, std::memory_order_relaxed); }

int threads_for(double flops, bool running) {
  constexpr double flops_per_thread = 1e6;
  if (!fixed_threads()) {
    if (flops < 2 * flops_per_thread) return 1;  // small work never asks the operating system
  } else {
    flops = HUGE_VAL;
  }
  const int sharing = shared_pool().callers.load(std::memory_order_relaxed) + (running ? 0 : 1);
  return std::max(
      1, static_cast<int>(std::min(static_cast<double>(allowed_threads() / sharing), flops / flops_per_thread)));
}

Barrier::Barrier(int count) : count_(count), spin_(count > 1 && count <= processors()) {}

void Barrier::wait() {
  if (count_ == 1) return;
  const unsigned phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.store(phase + 1, std::memory_order_release);
    phase_.notify_all();
  } else {
    wait_for_change(phase_, phase, spin_);
  }
}

int run_on_threads(int threads, const std::function<void(int, int)>& work) {
  struct Caller {
    Shared& pool;
    explicit Caller(Shared& of) : pool(of) { pool.callers.fetch_add(1, std::memory_order_relaxed); }
    ~Caller() { pool.callers.fetch_sub(1, std::memory_order_relaxed); }
  } const caller(shared_pool());
  if (threads > 1) {
    Shared& pool = caller.pool;
    if (std::unique_lock lock(pool.busy, std::try_to_lock); lock) {
      if (!pool.pool) pool.pool = std::make_unique<Pool>();
      pool.pool->run(threads, work);
      return threads;
    }
  }
  work(0, 1);
  return 1;
}

}  // namespace steepest
