#include "train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "runtime/phases.hpp"
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

// The samples of a batch of M that a thread takes, cut at whole packs.
RowRange share(std::ptrdiff_t M, const Team& team) {
  const std::ptrdiff_t packs = (M + pack - 1) / pack;
  return {std::min(M, team.begin(packs) * pack), std::min(M, team.end(packs) * pack)};
}

}  // namespace

template <class T>
Trainer<T>::Trainer(Network<T>& network, std::vector<std::optional<HeadSpec>> heads, std::vector<Observing> observing,
                    std::optional<Spec> optimizer, const std::vector<std::size_t>& undecayed, const WeightRules& rules)
    : network_(network),
      observing_(std::move(observing)),
      frozen_(rules.frozen),
      activities_(network),
      penalties_(network, rules.regularizers),
      constraints_(network, rules.constraints) {
  if (heads.size() != network.output_count())
    invalid("The network has ", network.output_count(), " outputs. Received heads: ", heads.size());
  observing_.resize(heads.size(), Observing::nothing);
  for (std::size_t o = 0; o < heads.size(); ++o) {
    if (!heads[o]) continue;
    if (observing_[o] == Observing::loss) invalid("Output ", o, " has a loss, and an observer that computes another.");
    heads[o]->observed = observing_[o] == Observing::predictions;
    outputs_.push_back(o);
    heads_.emplace_back(std::move(*heads[o]), network.output(o), network.output_activation(o), network.kernels());
  }
  if (optimizer) optimizer_.emplace(network, std::move(*optimizer), undecayed, frozen_, penalties_);
}

template <class T>
void Trainer<T>::check(const Data& data, const Plan& plan) const {
  const std::ptrdiff_t rows = data.rows();
  if (data.x.size() != network_.input_count())
    invalid("The network takes ", network_.input_count(), " inputs. Received: ", data.x.size());
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    if (data.x[i].width != network_.input(i).columns)
      invalid("x has ", data.x[i].width, " columns, but the network takes ", network_.input(i).columns, ".");
    if (data.x[i].rows != rows) invalid("The inputs have ", rows, " and ", data.x[i].rows, " rows.");
  }
  if (data.targets.size() != network_.output_count())
    invalid("The network has ", network_.output_count(), " outputs. Received targets: ", data.targets.size());
  for (std::size_t h = 0; h < heads_.size(); ++h) heads_[h].check(data.targets[outputs_[h]], rows);
  if (plan.batch_size < 1) invalid("batch_size must be at least 1. Received: ", plan.batch_size);
  const std::ptrdiff_t steps = (plan.rows + plan.batch_size - 1) / plan.batch_size;
  if (plan.begin < 0 || plan.end < plan.begin || plan.end > steps)
    invalid("Steps ", plan.begin, " to ", plan.end, " are not within the epoch's ", steps, ".");
  if (!plan.order && plan.rows > rows) invalid("The plan has more rows than the data.");
  const std::ptrdiff_t last = std::min(plan.rows, plan.first_row(plan.end));
  for (std::ptrdiff_t i = plan.first_row(plan.begin); plan.order && i < last; ++i)
    if (plan.order[i] < 0 || plan.order[i] >= rows)
      invalid("The plan names row ", plan.order[i], ", which is not there.");
  network_.check_indices(data.x, plan.order, plan.first_row(plan.begin), last - plan.first_row(plan.begin));
}

template <class T>
void Trainer<T>::train(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer) {
  if (!optimizer_) throw std::runtime_error("This trainer has no optimizer: it evaluates only.");
  check(data, plan);
  if (plan.learning_rate_count != 1 && plan.learning_rate_count != plan.end - plan.begin)
    invalid("learning_rates must hold one value, or one for each of the ", plan.end - plan.begin, " steps.");
  const Training guard(network_.guards());
  run(data, plan, poll, observer, true);
}

template <class T>
void Trainer<T>::evaluate(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer) {
  check(data, plan);
  const Reading reader(network_.guards());
  run(data, plan, poll, observer, false);
}

template <class T>
typename Trainer<T>::Step Trainer<T>::make_step(std::ptrdiff_t M, int threads, bool training) const {
  Wanted wanted = {training, std::vector<bool>(network_.output_count()), {}, frozen_, training};
  wanted.logits = wanted.gradients;
  Step step;
  for (std::size_t o = 0; o < observing_.size(); ++o)
    wanted.gradients[o] = training && observing_[o] == Observing::loss;
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    wanted.gradients[outputs_[h]] = training;
    wanted.logits[outputs_[h]] = heads_[h].fused();
    step.heads.push_back(heads_[h].make_buffers(M));
  }
  step.network = network_.make_workspace(M, threads, wanted);
  step.activities = activities_.make_costs(M);
  for (std::size_t i = 0; i < network_.layer_count(); ++i)
    if (penalties_.has(i)) step.network.trained[i] = true;  // also where no loss sees it
  return step;
}

template <class T>
std::vector<Observed<T>> Trainer<T>::observed(const Step& step) const {
  std::vector<Observed<T>> outputs;
  for (std::size_t o = 0; o < observing_.size(); ++o) {
    if (observing_[o] == Observing::nothing) continue;
    Observed<T> seen = {network_.output(o), network_.output_of(step.network, o), nullptr};
    if (observing_[o] == Observing::loss) seen.gradient = network_.gradient_of(step.network, o);
    for (std::size_t h = 0; h < heads_.size(); ++h)
      if (outputs_[h] == o && step.heads[h].probabilities) seen.y_pred = step.heads[h].probabilities;
    outputs.push_back(seen);
  }
  return outputs;
}

// Gather, forward, loss and metrics, and where the gradient begins.
template <class T>
void Trainer<T>::forward(Step& step, const Data& data, const Plan& plan, std::ptrdiff_t s, RowRange samples,
                         const Team& team, const Pass<T>& pass) const {
  Workspace<T>& work = step.network;
  const std::ptrdiff_t first = plan.first_row(s);
  enter(Phase::gather, team.thread);
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    const std::ptrdiff_t ld = leading_dimension<T>(data.x[i].width);
    gather(data.x[i], plan.order, first + samples.begin, samples.count(), work.buffers[i] + samples.begin * ld, ld);
  }
  for (std::size_t h = 0; h < heads_.size(); ++h)
    heads_[h].gather_targets(step.heads[h], data.targets[outputs_[h]], plan.order, first, pass.M, samples);
  enter(Phase::forward, team.thread);
  network_.forward(work, samples, team, pass);
  enter(Phase::loss, team.thread);
  for (std::size_t h = 0; h < heads_.size(); ++h)
    heads_[h].run(step.heads[h], samples, network_.output_of(work, outputs_[h]),
                  network_.gradient_of(work, outputs_[h]));
  activities_.measure(work, samples, step.activities);
  enter(Phase::metrics, team.thread);
  for (std::size_t h = 0; h < heads_.size(); ++h)
    heads_[h].measure(step.heads[h], samples, network_.output_of(work, outputs_[h]));
}

template <class T>
void Trainer<T>::run(const Data& data, const Plan& plan, const Poll& poll, const Observer<T>& observer, bool training) {
  if (plan.begin == plan.end) return;
  if (running_.exchange(true))
    throw std::runtime_error("This model's `fit` or `evaluate` is already running: its results can't be shared.");
  struct Done {
    std::atomic<bool>& running;
    ~Done() { running = false; }
  } const done = {running_};
  const std::ptrdiff_t most = std::min(plan.batch_size, plan.rows);
  const double flops = network_.flops() * static_cast<double>(most) * (training ? 3 : 1);
  std::optional<Step>& spare = spare_[training];
  std::optional<Step> step = std::move(spare);
  spare.reset();
  const KernelTable& table = network_.table();
  std::exception_ptr error;
  const std::int64_t taken = iterations;
  std::ptrdiff_t next = plan.begin;  // the step that comes next
  bool stop = false;  // written, as `regroup`, by thread 0 between two barriers, read by all after the second
  while (next < plan.end && !stop) {
    const int wanted = threads_for(flops);
    if (!step || step->network.M < most || step->network.threads < wanted) step = make_step(most, wanted, training);
    const std::vector<Observed<T>> outputs = observer ? observed(*step) : std::vector<Observed<T>>();
    double observed_loss = 0;
    bool regroup = false;  // the share of the threads has changed
    Barrier barrier(wanted);
    run_on_threads(wanted, [&, begin = next](int thread, int threads) {
      if (thread == 0) threads_ = threads;
      const unsigned saved = table.flush_denormals();
      const Team team = {thread, threads, threads == 1 ? nullptr : &barrier};
      // What is not the core's own may throw, and counts on numbers near zero.
      const auto call = [&](auto f) {
        enter(Phase::outside, thread);
        table.restore_denormals(saved);
        try {
          f();
        } catch (...) {
          error = std::current_exception();
          stop = true;
        }
        table.flush_denormals();
      };
      const auto meet = [&] {
        enter(Phase::waiting, thread);
        team.meet();
      };
      Pace pace;
      for (std::ptrdiff_t s = begin; s < plan.end && !stop && !regroup; ++s) {
        const std::ptrdiff_t M = plan.batch_rows(s);
        const std::int64_t number = taken + (s - plan.begin);
        const Pass<T> pass = {network_.kernels(), M, static_cast<std::uint64_t>(number)};
        if (!penalties_.empty() && (training || s == plan.begin)) penalties_.measure(team, plan.penalty_scale(s));
        const RowRange samples = share(M, team);
        const bool takes_part = samples.count() > 0 || step->network.meets;
        if (takes_part) forward(*step, data, plan, s, samples, team, pass);
        if (observer) {
          meet();
          if (thread == 0) call([&] { observed_loss = observer(plan.first_row(s), M, outputs); });
          meet();
          if (stop) break;
        }
        enter(Phase::backward, thread);
        if (training && takes_part) {
          activities_.add_gradients(step->network, samples, M);
          network_.backward(step->network, samples, team, pass);
        }
        meet();
        enter(Phase::update, thread);
        if (training) {
          const std::ptrdiff_t rate = plan.learning_rate_count == 1 ? 0 : s - plan.begin;
          optimizer_->step(step->network, team, pass, plan.learning_rates[rate], number);
          if (!constraints_.empty()) {
            team.meet();
            constraints_.apply(step->network, team);
          }
        }
        if (poll && plan.poll_each_step) meet();  // a hook may read the weights, and write the optimizer's state
        enter(Phase::metrics, thread);
        if (thread == 0) {
          double loss = observed_loss + penalties_.total() + activities_.total(step->activities, M);
          for (std::size_t h = 0; h < heads_.size(); ++h) loss += heads_[h].add(step->heads[h], M);
          loss_.add(loss, static_cast<double>(M));
          if (training) iterations = number + 1;
          next = s + 1;
          const bool due = poll && pace.due();
          if (poll && (plan.poll_each_step || due)) call([&] { stop = !poll(s + 1); });
          if (due) regroup = threads_for(flops, true) != wanted;
        }
        meet();
      }
      enter(Phase::outside, thread);
      table.restore_denormals(saved);
    });
  }
  spare = std::move(step);
  if (error) std::rethrow_exception(error);
}

template <class T>
void Trainer<T>::move_averages(Averages how) {
  const Writing writer(network_.guards());
  if (!optimizer_ || !optimizer_->move_averages(how)) throw std::runtime_error("This trainer keeps no averages.");
}

template <class T>
const Arena<T>& Trainer<T>::gradients() const {
  const Arena<T>* kept = optimizer_ ? optimizer_->gradients() : nullptr;
  if (!kept) throw std::runtime_error("This trainer keeps no gradients.");
  return *kept;
}

template <class T>
std::vector<double> Trainer<T>::results() const {
  std::vector<double> results = {loss_.result()};
  for (const Head<T>& head : heads_) head.append_results(results);
  return results;
}

template <class T>
std::vector<RunningMean*> Trainer<T>::means() {
  std::vector<RunningMean*> means = {&loss_};
  for (Head<T>& head : heads_) head.append_means(means);
  return means;
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace steepest
