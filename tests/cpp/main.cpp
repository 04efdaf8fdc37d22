// steepest_tests [part of a test's name]; `steepest_tests exhaustive` runs the long ones instead.

#include <cstdio>
#include <cstring>

#include "check.hpp"

namespace steepest::testing {
std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

namespace {
int passed = 0, failed = 0;

void run(const Test& test, const char* where) {
  try {
    test.run();
    ++passed;
  } catch (const std::exception& error) {
    std::printf("FAILED %s on %s\n  %s\n", test.name, where, error.what());
    ++failed;
  }
}

void run_on_each_isa(const char* only) {
  for (const std::string& isa : supported_isas()) {
    int ran = 0;
    for (const Test& test : tests()) {
      if (test.exhaustive || std::string(test.name).find(only) == std::string::npos) continue;
      set_active_isa(isa);
      run(test, isa.c_str());
      if (active_kernels().isa != isa) {
        std::printf("FAILED %s on %s\n  ran on %s\n", test.name, isa.c_str(), active_kernels().isa);
        ++failed;
      }
      ++ran;
    }
    std::printf("%s: %d tests\n", isa.c_str(), ran);
    if (ran == 0) ++failed;
  }
}
}  // namespace
}  // namespace steepest::testing

int main(int argc, char** argv) {
  using namespace steepest::testing;
  if (argc > 1 && std::strcmp(argv[1], "exhaustive") == 0) {
    for (const Test& test : tests())
      if (test.exhaustive) run(test, "the instruction sets together");
  } else {
    run_on_each_isa(argc > 1 ? argv[1] : "");
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
