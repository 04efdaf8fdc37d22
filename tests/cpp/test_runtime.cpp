// Threads, barriers and the choice of an instruction set.

#include <atomic>
#include <thread>

#include "check.hpp"
#include "runtime/arena.hpp"
#include "runtime/phases.hpp"
#include "runtime/thread_pool.hpp"

namespace steepest::testing {
namespace {

TEST(every_thread_runs_once_and_meets_the_others) {
  for (int round = 0; round < 200; ++round) {
    const int threads = 1 + round % 9;  // more than this machine has: they must not depend on running at once
    Barrier barrier(threads);
    std::vector<int> before(static_cast<std::size_t>(threads)), after(before.size());
    const int ran = run_on_threads(threads, [&](int thread, int count) {
      before[static_cast<std::size_t>(thread)] = count;
      barrier.wait();
      for (const int seen : before) after[static_cast<std::size_t>(thread)] += seen;
      barrier.wait();
    });
    CHECK(ran == threads);
    for (const int sum : after) CHECK(sum == threads * threads, sum);
  }
}

TEST(a_busy_pool_means_one_thread) {
  std::atomic<int> inner = 0;
  run_on_threads(2, [&](int thread, int) {
    if (thread == 0) inner = run_on_threads(2, [](int, int) {});
  });
  CHECK(inner == 1);
}

TEST(small_work_gets_one_thread) {
  CHECK(threads_for(1000) == 1);
  CHECK(threads_for(1e12) == allowed_threads());
  fix_threads(5);
  CHECK(threads_for(1000) == 5);
  fix_threads(0);
}

TEST(callers_share_what_is_allowed) {
  fix_threads(6);
  const auto alone = [] { return threads_for(1000); };
  CHECK(alone() == 6);
  run_on_threads(1, [&](int, int) {
    CHECK(threads_for(1000, true) == 6);
    CHECK(alone() == 3);
    std::thread([&] {
      run_on_threads(1, [&](int, int) {
        CHECK(threads_for(1000, true) == 3);
        CHECK(alone() == 2);
      });
    }).join();
    CHECK(alone() == 3);
  });
  CHECK(alone() == 6);
  limit_threads(2);
  CHECK(alone() == 2);
  CHECK(allowed_threads() == 2);
  limit_threads(6);  // what was allowed before
  fix_threads(8);
  CHECK(alone() == 8);
  fix_threads(0);
}

TEST(a_sampler_sees_what_the_first_thread_is_at) {
  enter(Phase::update, 0);
  enter(Phase::loss, 1);
  PhaseSampler sampler(std::chrono::microseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const PhaseSampler::Counts& counts = sampler.stop();
  for (std::size_t i = 0; i < counts.size(); ++i)
    CHECK((counts[i] > 0) == (i == static_cast<std::size_t>(Phase::update)), phase_names[i]);
  enter(Phase::outside, 0);
}

TEST(instruction_sets_are_found_by_name) {
  CHECK_THROWS(set_active_isa("mmx"), "Unknown or unsupported instruction set. Expected one of: ");
  for (const std::string& isa : supported_isas()) {
    const std::string before = active_kernels().isa;
    set_active_isa(isa);
    CHECK(active_kernels().isa == isa);
    set_active_isa(before);
  }
}

TEST(impossible_sizes_are_bad_alloc) {
  bool refused = false;
  try {
    Arena<float> arena;
    arena.reserve(static_cast<std::size_t>(1) << 61);
    arena.reserve(static_cast<std::size_t>(1) << 61);
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  CHECK(refused);
}

}  // namespace
}  // namespace steepest::testing
