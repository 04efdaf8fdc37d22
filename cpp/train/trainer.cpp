#include "train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "runtime/thread_pool.hpp"

namespace steepest {
namespace {

// Decides between steps whether it is time to poll. Clocks are read every few steps only: some 4 times a poll.
class Pace {
 public:
  bool due() {
    if (--left_ > 0) return false;
    using std::chrono::milliseconds;
    const auto now = Clock::now();
    const auto since_look = now - look_;
    look_ = now;
    if (since_look < milliseconds(4) && every_ < 1 << 20) every_ *= 2;
    if (since_look > milliseconds(12) && every_ > 1) every_ /= 2;
    left_ = every_;
    if (now - poll_ < milliseconds(25)) return false;
    poll_ = now;
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point look_ = Clock::now(), poll_ = look_;
  int every_ = 1, left_ = 1;
};

// The rows of a batch of M that thread `thread` of `threads` takes, cut at whole packs.
RowRange share(std::ptrdiff_t M, int thread, int threads) {
  const std::ptrdiff_t packs = (M + pack - 1) / pack;
  return {std::min(M, packs * thread / threads * pack), std::min(M, packs * (thread + 1) / threads * pack)};
}

}  // namespace

template <class T>
Trainer<T>::Trainer(Network<T>& network, Spec loss, Reduction reduction, std::vector<Spec> metrics,
                    std::optional<Spec> optimizer)
    : network_(network),
      loss_(std::move(loss), reduction, network.outputs(), network.output_activation(), network.kernels()),
      metrics_(std::move(metrics), network.outputs(), loss_.kernel(), network.kernels()) {
  if (optimizer) optimizer_.emplace(network, std::move(*optimizer));
}

template <class T>
void Trainer<T>::check(const Data& data, const Plan& plan) const {
  const std::ptrdiff_t targets = loss_.target_width();
  if (data.x.width != network_.inputs())
    invalid("x has ", data.x.width, " columns, but the network takes ", network_.inputs(), ".");
  if (data.y.width != targets) invalid("y has ", data.y.width, " columns, but the loss takes ", targets, ".");
  if (data.y.rows != data.x.rows) invalid("x has ", data.x.rows, " rows, but y has ", data.y.rows, ".");
  if (data.sample_weight.data && (data.sample_weight.rows != data.x.rows || data.sample_weight.width != 1))
    invalid("sample_weight must hold one number for each of the ", data.x.rows, " rows.");
  if (plan.batch_size < 1) invalid("batch_size must be at least 1. Received: ", plan.batch_size);
  const std::ptrdiff_t steps = (plan.rows + plan.batch_size - 1) / plan.batch_size;
  if (plan.begin < 0 || plan.end < plan.begin || plan.end > steps)
    invalid("Steps ", plan.begin, " to ", plan.end, " are not within the epoch's ", steps, ".");
  if (!plan.order && plan.rows > data.rows()) invalid("The plan has more rows than the data.");
  const std::ptrdiff_t last = std::min(plan.rows, plan.first_row(plan.end));
  for (std::ptrdiff_t i = plan.first_row(plan.begin); plan.order && i < last; ++i)
    if (plan.order[i] < 0 || plan.order[i] >= data.rows())
      invalid("The plan names row ", plan.order[i], ", which is not there.");
}

template <class T>
void Trainer<T>::train(const Data& data, const Plan& plan, const Poll& poll) {
  if (!optimizer_) throw std::runtime_error("This trainer has no optimizer: it evaluates only.");
  check(data, plan);
  if (plan.learning_rate_count != 1 && plan.learning_rate_count != plan.end - plan.begin)
    invalid("learning_rates must hold one value, or one for each of the ", plan.end - plan.begin, " steps.");
  const typename Network<T>::Training guard(network_);
  run(data, plan, poll, true);
}

template <class T>
void Trainer<T>::evaluate(const Data& data, const Plan& plan, const Poll& poll) {
  check(data, plan);
  const auto reader = network_.reading();
  run(data, plan, poll, false);
}

template <class T>
typename Trainer<T>::Step Trainer<T>::make_step(std::ptrdiff_t M, int threads, bool training) const {
  Step step;
  step.network = network_.make_workspace(M, threads, training);
  const auto column = [&] { return step.arena.reserve(static_cast<std::size_t>(M)); };
  const auto matrix = [&](std::ptrdiff_t N) {
    return step.arena.reserve(static_cast<std::size_t>(checked_product(M, leading_dimension<T>(N))));
  };
  const bool both = loss_.fused() && !metrics_.empty();  // logits for the loss, probabilities for the metrics
  const std::size_t y_true = matrix(loss_.target_width()), probabilities = both ? matrix(network_.outputs()) : 0;
  const std::size_t scales = column();
  std::vector<std::size_t> values;
  for (std::size_t i = 0; i < 1 + metrics_.count(); ++i) values.push_back(column());
  step.arena.allocate();
  step.y_true = step.arena.at(y_true);
  step.probabilities = both ? step.arena.at(probabilities) : nullptr;
  step.scales = step.arena.at(scales);
  for (const std::size_t offset : values) step.values.push_back(step.arena.at(offset));
  return step;
}

// Everything of a step that goes row by row: gather, forward, loss and metrics, backward down to the first layer's dz.
template <class T>
void Trainer<T>::rows_of_step(Step& step, const Data& data, const Plan& plan, std::ptrdiff_t s, RowRange rows,
                              int thread, const Pass<T>& pass) const {
  if (rows.count() <= 0) return;
  Workspace<T>& work = step.network;
  const std::ptrdiff_t first = plan.first_row(s) + rows.begin, N = network_.outputs();
  const std::ptrdiff_t ld_x = leading_dimension<T>(network_.inputs()), ld = leading_dimension<T>(N);
  const std::ptrdiff_t ld_true = leading_dimension<T>(data.y.width);
  gather(data.x, plan.order, first, rows.count(), work.y[0] + rows.begin * ld_x, ld_x);
  gather(data.y, plan.order, first, rows.count(), step.y_true + rows.begin * ld_true, ld_true);

  loss_.scale(data, plan.order, plan.first_row(s), pass.M, rows, step.scales);

  network_.forward(work, rows, pass);
  const T* predictions = work.y.back();
  loss_.run(rows, step.y_true, predictions, step.scales, step.values[0], pass.training ? work.d.back() : nullptr);
  if (step.probabilities) {
    const auto& last = *network_.output_activation();
    last->forward(last.hyper.data(), rows.count(), N, predictions + rows.begin * ld,
                  step.probabilities + rows.begin * ld, ld);
    predictions = step.probabilities;
  }
  metrics_.run(rows, step.y_true, predictions, step.values.data() + 1);
  if (pass.training) network_.backward(work, rows, thread, pass);
}

template <class T>
void Trainer<T>::run(const Data& data, const Plan& plan, const Poll& poll, bool training) {
  if (plan.begin == plan.end) return;
  if (running_.exchange(true))
    throw std::runtime_error("This model's `fit` or `evaluate` is already running: its results can't be shared.");
  struct Done {
    std::atomic<bool>& running;
    ~Done() { running = false; }
  } const done = {running_};
  const std::ptrdiff_t most = std::min(plan.batch_size, plan.rows);
  const int wanted = threads_for(network_.flops() * static_cast<double>(most) * (training ? 3 : 1));
  std::optional<Step>& spare = spare_[training];
  std::optional<Step> step = std::move(spare);
  spare.reset();
  if (!step || step->network.M < most || step->network.threads < wanted) step = make_step(most, wanted, training);

  const KernelTable& table = network_.table();
  Barrier barrier(wanted);
  std::exception_ptr error;
  const std::int64_t taken = iterations;
  bool stop = false;  // written by thread 0 between the barriers, read by all after the second
  run_on_threads(wanted, [&](int thread, int threads) {
    const unsigned saved = table.flush_denormals();
    const bool alone = threads == 1;
    Pace pace;
    for (std::ptrdiff_t s = plan.begin; s < plan.end && !stop; ++s) {
      const std::ptrdiff_t M = plan.batch_rows(s);
      const std::int64_t number = taken + (s - plan.begin);
      const Pass<T> pass = {network_.kernels(), M, training, static_cast<std::uint64_t>(number), loss_.fused()};
      rows_of_step(*step, data, plan, s, share(M, thread, threads), thread, pass);
      if (!alone) barrier.wait();
      if (training) {
        const std::ptrdiff_t rate = plan.learning_rate_count == 1 ? 0 : s - plan.begin;
        const StepRule<T> rule = optimizer_->prepare(plan.learning_rates[rate], number + 1);
        optimizer_->update(step->network, thread, threads, pass, rule);
      }
      if (thread == 0) {
        loss_.add(M, step->scales, step->values[0]);
        metrics_.add(M, step->values.data() + 1);
        if (training) iterations = number + 1;
        if (poll && pace.due()) {
          table.restore_denormals(saved);
          try {
            stop = !poll(s + 1);
          } catch (...) {
            error = std::current_exception();
            stop = true;
          }
          table.flush_denormals();
        }
      }
      if (!alone) barrier.wait();
    }
    table.restore_denormals(saved);
  });
  spare = std::move(step);
  if (error) std::rethrow_exception(error);
}

template <class T>
std::vector<double> Trainer<T>::results() const {
  std::vector<double> results = {loss_.result()};
  for (const RunningMean& mean : metrics_.means()) results.push_back(mean.result());
  return results;
}

template <class T>
void Trainer<T>::reset_results() {
  loss_.reset();
  metrics_.reset();
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace steepest
