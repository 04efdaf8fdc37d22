#include "train/loss.hpp"

#include <algorithm>

namespace steepest {

template <class T>
void gather_weights(const std::vector<RowView>& weights, const std::int64_t* order, std::ptrdiff_t first,
                    std::ptrdiff_t positions, RowRange samples, T* out) {
  const RowRange rows = samples * positions;
  if (weights.empty()) std::fill(out + rows.begin, out + rows.end, T(1));
  for (std::ptrdiff_t p = 0; p < positions && !weights.empty(); ++p)
    gather(weights[static_cast<std::size_t>(p) % weights.size()], order, first + samples.begin, samples.count(),
           out + rows.begin + p, positions);
}

template <class T>
Loss<T>::Loss(Spec spec, Reduction reduction, std::ptrdiff_t N, const ActivationRule<T>* last,
              const Kernels<T>& kernels)
    : N_(N), rule_(find_rule(kernels.row_rules, std::move(spec), "loss")), reduction_(reduction) {
  if (!rule_->differentiable) invalid("'", rule_->info.name, "' is a metric, not a loss: it has no gradient.");
  if (last && rule_->logits_of && last->is(rule_->logits_of) && rule_.hyper[0] == 0) {
    fused_ = true;
    rule_.set("from_logits", 1);
  }
}

template <class T>
void Loss<T>::scale(const std::vector<RowView>& weights, const std::int64_t* order, std::ptrdiff_t first,
                    std::ptrdiff_t M, std::ptrdiff_t positions, RowRange samples, T* scales) const {
  const RowRange rows = samples * positions;
  double divisor = reduction_ == Reduction::sum ? 1 : static_cast<double>(M * positions);
  gather_weights(weights, order, first, positions, samples, scales);
  if (!weights.empty() && reduction_ == Reduction::weighted_mean) {
    const std::ptrdiff_t count = static_cast<std::ptrdiff_t>(weights.size());
    divisor = 0;  // every thread adds up the whole batch, in the same order
    for (std::ptrdiff_t r = 0; r < M * positions; ++r) {
      T weight;
      gather(weights[static_cast<std::size_t>(r % positions % count)], order, first + r / positions, 1, &weight, 1);
      divisor += weight;
    }
  }
  for (std::ptrdiff_t r = rows.begin; r < rows.end; ++r)
    scales[r] = divisor == 0 ? T(0) : static_cast<T>(scales[r] / divisor);
}

template <class T>
void Loss<T>::run(RowRange rows, const T* y_true, const T* y_pred, const T* scales, T* values, T* gradient) const {
  const std::ptrdiff_t ld = leading_dimension<T>(N_), ld_true = leading_dimension<T>(target_width());
  rule_->run(rule_.hyper.data(), rows.count(), N_, y_true + rows.begin * ld_true, ld_true, y_pred + rows.begin * ld, ld,
             scales + rows.begin, values + rows.begin, gradient ? gradient + rows.begin * ld : nullptr);
}

template <class T>
double Loss<T>::add(std::ptrdiff_t M, std::ptrdiff_t rows, const T* scales, const T* values) {
  double loss = 0;
  for (std::ptrdiff_t r = 0; r < rows; ++r) loss += double(scales[r]) * double(values[r]);
  mean_.add(loss, static_cast<double>(M));
  return loss;
}

template void gather_weights(const std::vector<RowView>&, const std::int64_t*, std::ptrdiff_t, std::ptrdiff_t, RowRange,
                             float*);
template void gather_weights(const std::vector<RowView>&, const std::int64_t*, std::ptrdiff_t, std::ptrdiff_t, RowRange,
                             double*);
template class Loss<float>;
template class Loss<double>;

}  // namespace steepest
