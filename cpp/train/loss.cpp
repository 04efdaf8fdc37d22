#include "train/loss.hpp"

#include <algorithm>

namespace steepest {

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
void Loss<T>::scale(const Data& data, const std::int64_t* order, std::ptrdiff_t first, std::ptrdiff_t M, RowRange rows,
                    T* scales) const {
  double divisor = reduction_ == Reduction::sum ? 1 : static_cast<double>(M);
  if (data.sample_weight.data) {
    gather(data.sample_weight, order, first + rows.begin, rows.count(), scales + rows.begin, 1);
    if (reduction_ == Reduction::weighted_mean) {
      divisor = 0;  // every thread adds up the whole batch, in the same order
      for (std::ptrdiff_t m = 0; m < M; ++m) {
        T weight;
        gather(data.sample_weight, order, first + m, 1, &weight, 1);
        divisor += weight;
      }
    }
  } else {
    std::fill(scales + rows.begin, scales + rows.end, T(1));
  }
  for (std::ptrdiff_t m = rows.begin; m < rows.end; ++m)
    scales[m] = divisor == 0 ? T(0) : static_cast<T>(scales[m] / divisor);
}

template <class T>
void Loss<T>::run(RowRange rows, const T* y_true, const T* y_pred, const T* scales, T* values, T* gradient) const {
  const std::ptrdiff_t ld = leading_dimension<T>(N_), ld_true = leading_dimension<T>(target_width());
  rule_->run(rule_.hyper.data(), rows.count(), N_, y_true + rows.begin * ld_true, ld_true, y_pred + rows.begin * ld, ld,
             scales + rows.begin, values + rows.begin, gradient ? gradient + rows.begin * ld : nullptr);
}

template <class T>
void Loss<T>::add(std::ptrdiff_t M, const T* scales, const T* values) {
  double loss = 0;
  for (std::ptrdiff_t m = 0; m < M; ++m) loss += double(scales[m]) * double(values[m]);
  mean_.add(loss, static_cast<double>(M));
}

template class Loss<float>;
template class Loss<double>;

}  // namespace steepest
