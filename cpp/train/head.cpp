#include "train/head.hpp"

namespace steepest {

template <class T>
Head<T>::Head(HeadSpec spec, Extent output, const ActivationRule<T>* last, const Kernels<T>& kernels)
    : output_(output),
      last_(last),
      loss_(std::move(spec.loss), spec.reduction, output.columns, last, kernels),
      weight_(spec.weight),
      metrics_(std::move(spec.metrics), std::move(spec.weighted_metrics), output.columns, loss_.kernel(), kernels),
      observed_(spec.observed) {}

template <class T>
typename Head<T>::Buffers Head<T>::make_buffers(std::ptrdiff_t M) const {
  Buffers buffers;
  const std::ptrdiff_t rows = checked_product(M, output_.positions);
  const auto matrix = [&](std::ptrdiff_t N) {
    return buffers.arena.reserve(static_cast<std::size_t>(checked_product(rows, leading_dimension<T>(N))));
  };
  const auto column = [&] { return buffers.arena.reserve(static_cast<std::size_t>(rows)); };
  const bool both = loss_.fused() && (observed_ || !metrics_.empty());  // logits for the loss, probabilities for others
  const std::size_t y_true = matrix(loss_.target_width()), probabilities = both ? matrix(output_.columns) : 0;
  const std::size_t scales = column(), weighted = weight_ == 1 ? scales : column();
  const std::size_t weights = metrics_.any_weighted() ? column() : 0;
  std::vector<std::size_t> values;
  for (std::size_t i = 0; i < 1 + metrics_.count(); ++i) values.push_back(column());
  buffers.arena.allocate();
  buffers.y_true = buffers.arena.at(y_true);
  buffers.probabilities = both ? buffers.arena.at(probabilities) : nullptr;
  buffers.scales = buffers.arena.at(scales);
  buffers.weighted = buffers.arena.at(weighted);
  buffers.weights = metrics_.any_weighted() ? buffers.arena.at(weights) : nullptr;
  for (const std::size_t offset : values) buffers.values.push_back(buffers.arena.at(offset));
  return buffers;
}

template <class T>
void Head<T>::check(const Target& target, std::ptrdiff_t rows) const {
  if (static_cast<std::ptrdiff_t>(target.y.size()) != output_.positions)
    invalid("y has ", target.y.size(), " positions, but the output has ", output_.positions, ".");
  for (const RowView& y : target.y) {
    if (y.width != loss_.target_width())
      invalid("y has ", y.width, " columns, but the loss takes ", loss_.target_width(), ".");
    if (y.rows != rows) invalid("x has ", rows, " rows, but y has ", y.rows, ".");
  }
  const auto views = static_cast<std::ptrdiff_t>(target.sample_weight.size());
  if (views > 1 && views != output_.positions)
    invalid("sample_weight must hold one number for each sample, or one for each position.");
  for (const RowView& weight : target.sample_weight)
    if (weight.rows != rows || weight.width != 1)
      invalid("sample_weight must hold one number for each of the ", rows, " rows.");
}

template <class T>
void Head<T>::gather_targets(Buffers& buffers, const Target& target, const std::int64_t* order, std::ptrdiff_t first,
                             std::ptrdiff_t M, RowRange samples) const {
  const std::ptrdiff_t P = output_.positions, ld = leading_dimension<T>(loss_.target_width());
  for (std::ptrdiff_t p = 0; p < P; ++p)
    gather(target.y[static_cast<std::size_t>(p)], order, first + samples.begin, samples.count(),
           buffers.y_true + (samples.begin * P + p) * ld, P * ld);
  loss_.scale(target.sample_weight, order, first, M, P, samples, buffers.scales);
  if (buffers.weights) gather_weights(target.sample_weight, order, first, P, samples, buffers.weights);
  if (weight_ != 1)
    for (std::ptrdiff_t m = samples.begin * P; m < samples.end * P; ++m)
      buffers.weighted[m] = static_cast<T>(weight_ * buffers.scales[m]);
}

template <class T>
void Head<T>::run(Buffers& buffers, RowRange samples, const T* y_pred, T* gradient) const {
  loss_.run(samples * output_.positions, buffers.y_true, y_pred, buffers.weighted, buffers.values[0], gradient);
}

template <class T>
void Head<T>::measure(Buffers& buffers, RowRange samples, const T* y_pred) const {
  const RowRange rows = samples * output_.positions;
  const std::ptrdiff_t ld = leading_dimension<T>(output_.columns);
  if (buffers.probabilities) {
    (*last_)->forward(last_->hyper.data(), rows.count(), output_.columns, y_pred + rows.begin * ld,
                      buffers.probabilities + rows.begin * ld, ld);
    y_pred = buffers.probabilities;
  }
  metrics_.run(rows, buffers.y_true, y_pred, buffers.values.data() + 1);
}

template <class T>
double Head<T>::add(const Buffers& buffers, std::ptrdiff_t M) {
  const std::ptrdiff_t rows = M * output_.positions;
  const double loss = loss_.add(M, rows, buffers.scales, buffers.values[0]);
  metrics_.add(rows, buffers.values.data() + 1, buffers.weights);
  return weight_ * loss;
}

template <class T>
void Head<T>::append_results(std::vector<double>& results) const {
  results.push_back(loss_.result());
  for (std::size_t i = 0; i < metrics_.count(); ++i) results.push_back(metrics_.result(i));
}

template <class T>
void Head<T>::append_means(std::vector<RunningMean*>& means) {
  means.push_back(&loss_.mean());
  for (RunningMean& mean : metrics_.means()) means.push_back(&mean);
}

template class Head<float>;
template class Head<double>;

}  // namespace steepest
