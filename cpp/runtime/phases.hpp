// Where the time of a training goes, by samples: the loop says what it is at by storing one byte, and a thread of the
// sampler's own looks at it every now and then. A step reads no clock, whether or not somebody looks.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace steepest {

enum class Phase : unsigned char { outside, gather, forward, loss, metrics, backward, update, waiting };
constexpr std::array phase_names = {"outside", "gather", "forward", "loss", "metrics", "backward", "update", "waiting"};

// Of the first thread of the training that said so last; on a line of its own, for a sampler takes it away.
struct alignas(128) CurrentPhase {
  std::atomic<Phase> value = Phase::outside;
};
inline CurrentPhase current_phase;

inline void enter(Phase phase, int thread) {
  if (thread == 0) current_phase.value.store(phase, std::memory_order_relaxed);
}

// Looks from its making until stop().
class PhaseSampler {
 public:
  using Counts = std::array<std::int64_t, phase_names.size()>;

  explicit PhaseSampler(std::chrono::microseconds interval)
      : thread_([this, interval] {
          while (!stop_.load(std::memory_order_relaxed)) {
            ++counts_[static_cast<std::size_t>(current_phase.value.load(std::memory_order_relaxed))];
            std::this_thread::sleep_for(interval);
          }
        }) {}
  ~PhaseSampler() { stop(); }
  PhaseSampler(const PhaseSampler&) = delete;
  PhaseSampler& operator=(const PhaseSampler&) = delete;

  // How often it saw each phase.
  const Counts& stop() {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
    return counts_;
  }

 private:
  std::atomic<bool> stop_ = false;
  Counts counts_ = {};
  std::thread thread_;  // last: it uses the others
};

}  // namespace steepest
