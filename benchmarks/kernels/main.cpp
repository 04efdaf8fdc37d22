// steepest_kernels [part of a kernel's name] [instruction set]: GFLOP/s and GB/s of each kernel on one core, beside the
// peaks measured in the same run. Each kernel is verified before it is timed; a wrong one ends the program with an error.
//
// A time is the least of many short runs, between which the peaks are measured again: what else the machine does makes
// some runs longer, and none shorter.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "cases.hpp"
#include "probes.hpp"
#include "runtime/arena.hpp"
#include "runtime/dispatch.hpp"

namespace steepest::benchmark {
namespace {

struct Ceiling {
  const KernelTable& kernels;
  const Probes& probes;
};
std::vector<Ceiling> ceilings() {
  return {
#ifdef STEEPEST_HAS_avx512
      {avx512::kernel_table, avx512::probes},
#endif
#ifdef STEEPEST_HAS_avx2
      {avx2::kernel_table, avx2::probes},
#endif
#ifdef STEEPEST_HAS_neon
      {neon::kernel_table, neon::probes},
#endif
      {scalar::kernel_table, scalar::probes},
  };
}

template <class F>
double seconds(F run) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

constexpr std::ptrdiff_t near = 2048, far = 16 << 20;  // floats: in the first-level cache, in memory
constexpr std::ptrdiff_t apart = 528;                  // so that what is copied does not go to the same cache sets
constexpr int repeats = 256;                           // of what is near: a time slice is far longer

// Rates per second, the highest seen.
class Peaks {
 public:
  explicit Peaks(const Probes& probes) : probes_(probes) {
    arena_.reserve(2 * far + apart);
    arena_.allocate();
    float* const from = arena_.at(0);
    for (int i = 0; i < 9; ++i) {
      measure_fma();
      rate(load_near, 4.0 * near * repeats, [&] { repeat([&] { probes_.load(from, near, sink_); }); });
      rate(store_near, 4.0 * near * repeats, [&] { repeat([&] { probes_.store(from, near); }); });
      rate(copy_near, 8.0 * near * repeats, [&] { repeat([&] { probes_.copy(from, from + near + apart, near); }); });
      rate(load_far, 4.0 * far, [&] { probes_.load(from, far, sink_); });
      rate(store_far, 4.0 * far, [&] { probes_.store(from, far); });
      measure_copy();
    }
  }
  void measure_fma() {
    double operations = 0;
    const double time = seconds([&] { operations = probes_.fma(20000, sink_); });
    fma = std::max(fma, operations / time);
  }
  void measure_copy() {
    rate(copy_far, 8.0 * far, [&] { probes_.copy(arena_.at(0), arena_.at(far + apart), far); });
  }
  double fma = 0, load_near = 0, store_near = 0, copy_near = 0, load_far = 0, store_far = 0, copy_far = 0;

 private:
  template <class F>
  void repeat(F run) {
    for (int i = 0; i < repeats; ++i) run();
  }
  template <class F>
  void rate(double& best, double amount, F run) {
    best = std::max(best, amount / seconds(run));
  }
  const Probes& probes_;
  Arena<float> arena_;
  float sink_[64] = {};
};

// The least seconds of a run, out of some 0.2 seconds of runs: at least 20, of at least 50 microseconds each.
double least(const Case& timed, Peaks& peaks) {
  int times = 1;
  const auto spend = [&] {
    return seconds([&] {
      for (int i = 0; i < times; ++i) timed.run();
    });
  };
  while (spend() < 5e-5) times *= 2;
  double best = 1e9, total = 0;
  for (int i = 0; i < 20 || total < 0.2; ++i) {
    const double spent = spend();
    best = std::min(best, spent / times);
    total += spent;
    peaks.measure_fma();
  }
  return best;
}

bool time_all(const Ceiling& ceiling, const char* only) {
  Peaks peaks(ceiling.probes);
  std::printf(
      "%s, one core: multiply-adds %.1f GFLOP/s; GB/s in the first-level cache: load %.0f, store %.0f, copy %.0f; "
      "in memory: load %.1f, store %.1f, copy %.1f\n\n",
      ceiling.kernels.isa, peaks.fma / 1e9, peaks.load_near / 1e9, peaks.store_near / 1e9, peaks.copy_near / 1e9,
      peaks.load_far / 1e9, peaks.store_far / 1e9, peaks.copy_far / 1e9);
  std::printf(
      "| kernel | shape | us | GFLOP/s | of peak | GB/s | of copying memory |\n|---|---|---:|---:|---:|---:|---:|\n");
  for (const Entry& entry : entries()) {
    if ((entry.name + " " + entry.shape).find(only) == std::string::npos) continue;
    const Case timed = entry.make(ceiling.kernels.f32);
    timed.run();
    if (const double off = timed.off(); !(off <= 1)) {
      std::printf("%s %s on %s is wrong: off by %g times what is allowed\n", entry.name.c_str(), entry.shape.c_str(),
                  ceiling.kernels.isa, off);
      return false;
    }
    const unsigned saved = ceiling.kernels.flush_denormals();
    const double time = least(timed, peaks);
    peaks.measure_copy();
    ceiling.kernels.restore_denormals(saved);
    std::printf("| %s | %s | %.2f |", entry.name.c_str(), entry.shape.c_str(), time * 1e6);
    if (timed.flops > 0) {
      std::printf(" %.1f | %.0f %% |", timed.flops / time / 1e9, 100 * timed.flops / time / peaks.fma);
    } else {
      std::printf(" | |");
    }
    std::printf(" %.1f | %.0f %% |\n", timed.bytes / time / 1e9, 100 * timed.bytes / time / peaks.copy_far);
  }
  std::printf("\n");
  return true;
}

}  // namespace
}  // namespace steepest::benchmark

int main(int argc, char** argv) {
  using namespace steepest;
  const std::vector<std::string> runs_here = supported_isas();
  for (const auto& ceiling : benchmark::ceilings()) {
    const std::string isa = ceiling.kernels.isa;
    if (std::find(runs_here.begin(), runs_here.end(), isa) == runs_here.end()) continue;
    if (argc > 2 && isa != argv[2]) continue;
    if (!benchmark::time_all(ceiling, argc > 1 ? argv[1] : "")) return 1;
  }
}
