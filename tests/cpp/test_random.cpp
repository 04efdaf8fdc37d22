// Philox against its published test vectors; permutations are permutations, uniform, and functions of their seeds.

#include <algorithm>

#include "check.hpp"
#include "runtime/random.hpp"

namespace steepest::testing {
namespace {

TEST(philox_known_answers) {  // from the Random123 distribution, kat_vectors
  using Words = std::array<std::uint32_t, 4>;
  CHECK((philox({0, 0, 0, 0}, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  CHECK((philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff) ==
         Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822) ==
         Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(permutations) {
  std::vector<std::int64_t> a(1000), b(1000), c(1000);
  permutation(a.data(), 1000, 7, 0);
  permutation(b.data(), 1000, 7, 0);
  permutation(c.data(), 1000, 7, 1);
  CHECK(a == b);
  CHECK(a != c);
  std::sort(a.begin(), a.end());
  for (std::int64_t i = 0; i < 1000; ++i) CHECK(a[static_cast<std::size_t>(i)] == i);
  // Each of the 24 orders of four things, 24,000 times: chi-square with 23 degrees of freedom is below 60 but once in 30,000.
  std::vector<int> seen(256);
  for (std::uint64_t seed = 0; seed < 24000; ++seed) {
    std::int64_t order[4];
    permutation(order, 4, seed, 3);
    ++seen[static_cast<std::size_t>(order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3])];
  }
  double chi_square = 0;
  for (const int count : seen)
    if (count > 0) chi_square += (count - 1000) * (count - 1000) / 1000.0;
  CHECK(chi_square < 60, chi_square);
}

}  // namespace
}  // namespace steepest::testing
