// Random numbers that are functions of their counters, so that no thread has to ask another.
#pragma once

#include <array>
#include <cstdint>

namespace steepest {

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four 32-bit words for a 128-bit
// counter and a 64-bit key.
inline std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::uint64_t key) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t(0xD2511F53u) * counter[0], b = std::uint64_t(0xCD9E8D57u) * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(a)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return counter;
}

// xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64 from (seed, stream).
class Xoshiro {
 public:
  Xoshiro(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t x = seed ^ (stream * 0xD1342543DE82EF95u + 0x2545F4914F6CDD1Du);
    for (std::uint64_t& word : state_) {
      x += 0x9E3779B97F4A7C15u;
      std::uint64_t z = x;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t operator()() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9, t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  // Uniform in [0, bound) for bound < 2^32, without bias (Lemire, 2019).
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = ((*this)() >> 32) * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = -bound % bound;
      while (static_cast<std::uint32_t>(product) < threshold) product = ((*this)() >> 32) * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) { return x << k | x >> (64 - k); }
  std::uint64_t state_[4];
};

// A uniform permutation of 0 .. count - 1 (Fisher and Yates), a function of (seed, stream) alone.
inline void permutation(std::int64_t* order, std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
  Xoshiro random(seed, stream);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t limit = i + 1;
    const std::int64_t j = limit <= 0xFFFFFFFF
                               ? random.below(static_cast<std::uint32_t>(limit))
                               : static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
    order[i] = order[j];
    order[j] = i;
  }
}

}  // namespace steepest
