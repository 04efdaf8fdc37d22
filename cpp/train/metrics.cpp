#include "train/metrics.hpp"

#include <limits>

namespace steepest {

double RunningMean::result() const { return weight > 0 ? total / weight : std::numeric_limits<double>::quiet_NaN(); }

template <class T>
Metrics<T>::Metrics(std::vector<Spec> specs, std::vector<Spec> weighted, std::ptrdiff_t N, const RowKernel<T>& loss,
                    const Kernels<T>& kernels)
    : N_(N), plain_(specs.size()), means_(specs.size() + weighted.size()) {
  for (auto* list : {&specs, &weighted})
    for (Spec& spec : *list) rules_.push_back(find_rule(kernels.row_rules, std::move(spec), "metric"));
  for (const auto& rule : rules_)
    if (rule->sparse != loss.sparse && N != 1)
      invalid("The metric '", rule->info.name, "' and the loss '", loss.info.name,
              "' expect different targets: class numbers for one, a row of ", N, " for the other.");
}

template <class T>
void Metrics<T>::run(RowRange rows, const T* y_true, const T* y_pred, T* const* values) const {
  const std::ptrdiff_t ld = leading_dimension<T>(N_);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::ptrdiff_t ld_true = leading_dimension<T>(rules_[i]->sparse ? 1 : N_);
    rules_[i]->run(rules_[i].hyper.data(), rows.count(), N_, y_true + rows.begin * ld_true, ld_true,
                   y_pred + rows.begin * ld, ld, nullptr, values[i] + rows.begin, nullptr);
  }
}

template <class T>
void Metrics<T>::add(std::ptrdiff_t M, const T* const* values, const T* weights) {
  for (std::size_t i = 0; i < means_.size(); ++i) {
    double total = 0, weight = static_cast<double>(M);
    if (i < plain_) {
      for (std::ptrdiff_t m = 0; m < M; ++m) total += double(values[i][m]);
    } else {
      weight = 0;
      for (std::ptrdiff_t m = 0; m < M; ++m) {
        total += double(weights[m]) * double(values[i][m]);
        weight += double(weights[m]);
      }
    }
    means_[i].total += total;
    means_[i].weight += weight;
  }
}

template <class T>
double Metrics<T>::result(std::size_t i) const {
  return i >= plain_ && means_[i].weight == 0 ? 0 : means_[i].result();
}

template class Metrics<float>;
template class Metrics<double>;

}  // namespace steepest
