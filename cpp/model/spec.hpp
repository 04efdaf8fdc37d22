// A rule's or a layer's specification as it comes from Python: a name, numbers, and for a layer its activation and lists.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "runtime/error.hpp"

namespace steepest {

struct Spec {
  std::string name;
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
  std::map<std::string, Spec> specs;
  std::map<std::string, std::vector<double>> lists = {};

  // The number under `key`, which is taken out: what is left in the end was not understood.
  double take(const std::string& key) { return take_from(numbers, key); }
  Spec take_spec(const std::string& key) { return take_from(specs, key); }
  std::vector<double> take_list(const std::string& key) { return take_from(lists, key); }
  void refuse_rest() const {
    const std::string* unknown = !numbers.empty() ? &numbers.begin()->first
                                 : !words.empty() ? &words.begin()->first
                                 : !specs.empty() ? &specs.begin()->first
                                 : !lists.empty() ? &lists.begin()->first
                                                  : nullptr;
    if (unknown) invalid("'", name, "' has no argument '", *unknown, "'.");
  }

 private:
  template <class Value>
  Value take_from(std::map<std::string, Value>& values, const std::string& key) {
    const auto found = values.find(key);
    if (found == values.end()) invalid("'", name, "' needs '", key, "', which was not given.");
    Value value = std::move(found->second);
    values.erase(found);
    return value;
  }
};

// A rule of the active table with the values of its hyper-parameters.
template <class Kernel>
struct Rule {
  const Kernel* kernel = nullptr;
  std::array<double, max_hyper> hyper = {};
  const Kernel* operator->() const { return kernel; }
  bool is(std::string_view name) const { return name == kernel->info.name; }
  // Sets the hyper-parameter `name` where the rule has it.
  void set(const std::string& name, double value) {
    for (int i = 0; i < kernel->info.hyper_count; ++i)
      if (name == kernel->info.hyper[i]) hyper[i] = value;
  }
};

// Looks the rule up; refuses unknown names and hyper-parameters, and missing ones.
template <class Kernel>
Rule<Kernel> find_rule(const List<Kernel>& list, Spec spec, const char* kind) {
  for (const Kernel& kernel : list) {
    if (spec.name != kernel.info.name) continue;
    Rule<Kernel> rule = {&kernel, {}};
    for (int i = 0; i < kernel.info.hyper_count; ++i) rule.hyper[i] = spec.take(kernel.info.hyper[i]);
    spec.refuse_rest();
    return rule;
  }
  std::string names;
  for (const Kernel& kernel : list) names += std::string(names.empty() ? "" : ", ") + kernel.info.name;
  invalid("Unknown ", kind, ": '", spec.name, "'. Expected one of: ", names, ".");
}

}  // namespace steepest
