// steepest_tests [part of a test's name]; `steepest_tests exhaustive` runs the long ones too.

#include <cstdio>
#include <cstring>

#include "check.hpp"

namespace steepest::testing {
std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}
}  // namespace steepest::testing

int main(int argc, char** argv) {
  using namespace steepest;
  const bool exhaustive = argc > 1 && std::strcmp(argv[1], "exhaustive") == 0;
  const char* only = argc > 1 && !exhaustive ? argv[1] : "";
  int passed = 0, failed = 0;
  for (const std::string& isa : supported_isas()) {
    int ran = 0;
    for (const testing::Test& test : testing::tests()) {
      if (std::string(test.name).find(only) == std::string::npos || (test.exhaustive && !exhaustive)) continue;
      try {
        set_active_isa(isa);
        test.run();
        if (active_kernels().isa != isa) throw std::runtime_error(std::string("ran on ") + active_kernels().isa);
        ++passed;
      } catch (const std::exception& error) {
        std::printf("FAILED %s on %s\n  %s\n", test.name, isa.c_str(), error.what());
        ++failed;
      }
      ++ran;
    }
    std::printf("%s: %d tests\n", isa.c_str(), ran);
    if (ran == 0) ++failed;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
