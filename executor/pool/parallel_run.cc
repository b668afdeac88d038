#include "executor/pool/parallel_run.h"

#include <algorithm>

#include "executor/pool/worker_pool.h"
#include "storage/io_counters.h"
#include "types/statement_scope.h"

namespace gather::executor {

namespace {
// Chunks waiting for the leader, per participant. Enough to ride out a pause, little enough to keep memory small.
constexpr size_t kQueuedChunks = 8;
// The leader's rate is taken after this long. A worker is at work some 20 to 60 µs after it was asked for; it must find several times that to do.
constexpr uint64_t kFirstLookNanos = 100'000, kNanosPerWorker = 200'000, kNextLookNanos = 1'000'000;

// Adds the time of a scope to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(uint64_t& sum) : sum_(sum), since_(NowNanos()) {}
  ~Stopwatch() { sum_ += NowNanos() - since_; }

 private:
  uint64_t& sum_;
  const uint64_t since_;
};
}  // namespace

ParallelRun::ParallelRun(std::vector<Pipeline*> phases, Pipeline* stream, ExecutionState& state, const planner::GatherBase& plan, bool separate)
    : phases_(std::move(phases)), stream_(stream), state_(state), at_once_(plan.at_once || !state.context.leader_participates), separate_(separate), control_(std::make_shared<Control>()) {
  const int workers = state.context.pool == nullptr ? 0 : std::min(plan.workers_planned, state.context.max_parallel_workers);
  for (int i = 0; i <= std::max(workers, 0); ++i) places_.push_back(std::make_unique<Place>(state, static_cast<uint32_t>(i), &stop_));
  control_->run = this;
}

ParallelRun::~ParallelRun() { Stop(); }

void ParallelRun::Stop() {
  stop_.store(true, std::memory_order_relaxed);
  LeaveSolo();
  {
    std::unique_lock lock(control_->mutex);
    WaitForWorkers(lock);
    control_->run = nullptr;
    ++control_->phase;
    queue_.clear();
  }
  // No task will touch the places any more. A runner's end delivers its measurements.
  for (const auto& place : places_) place->runner.reset();
}

int ParallelRun::workers_launched() const {
  std::lock_guard lock(control_->mutex);
  int launched = 0;
  for (size_t i = 1; i < places_.size(); ++i) launched += places_[i]->launched;
  return launched;
}

void ParallelRun::WaitForWorkers(std::unique_lock<std::mutex>& lock) {
  control_->changed.wait(lock, [&] { return control_->running == 0; });
}

void ParallelRun::Fail(std::exception_ptr error) {
  std::lock_guard lock(control_->mutex);
  if (error_ == nullptr) error_ = error;
  stop_.store(true, std::memory_order_relaxed);
}

void ParallelRun::Rethrow() {
  std::unique_lock lock(control_->mutex);
  if (error_ == nullptr) return;
  WaitForWorkers(lock);
  std::rethrow_exception(error_);
}

// Asks for up to `wanted` workers; each takes an idle or parked place and does `work` in it.
int ParallelRun::Launch(int wanted, const Work& work) {
  WorkerPool* pool = state_.context.pool;
  if (pool == nullptr || wanted <= 0) return 0;
  const int granted = pool->Reserve(wanted);
  if (granted == 0) return 0;
  uint64_t phase;
  {
    std::lock_guard lock(control_->mutex);
    phase = control_->phase;
    control_->enqueued += granted;
  }
  for (int i = 0; i < granted; ++i) {
    pool->Run([control = control_, phase, work] {
      std::unique_lock lock(control->mutex);
      --control->enqueued;
      ParallelRun* run = control->run;
      if (run == nullptr || control->phase != phase || run->stop_.load(std::memory_order_relaxed)) return;
      Place* mine = nullptr;
      for (size_t k = 1; k < run->places_.size() && mine == nullptr; ++k) {
        Place& place = *run->places_[k];
        if (place.state == PlaceState::kIdle || (place.state == PlaceState::kParked && !run->Full(place))) mine = &place;
      }
      if (mine == nullptr) return;
      mine->state = PlaceState::kRunning;
      mine->launched = true;
      mine->participant.left = false;
      ++control->running;
      lock.unlock();
      try {
        const StatementScope scope(run->state_.context.interrupt, run->state_.context.budget);
        const storage::IoCounters::Scope counts(run->state_.context.io_counters);
        work(*mine);
      } catch (...) {
        run->Fail(std::current_exception());
      }
      lock.lock();
      if (mine->state == PlaceState::kRunning) mine->state = PlaceState::kFinished;
      --control->running;
      control->changed.notify_all();
    });
  }
  return granted;
}

void ParallelRun::Invite(const Source* source, Work work) {
  solo_ = Solo();
  solo_.source = source;
  solo_.wanted = static_cast<int>(places_.size()) - 1;
  solo_.next_look = kFirstLookNanos;
  solo_.work = std::move(work);
  if (at_once_) {
    solo_.wanted -= Launch(solo_.wanted, solo_.work);
    solo_.measured = true;
    serial_known_ = false;
  }
  if (solo_.wanted > 0) places_[0]->participant.after_chunk = [this](const Source& of) { return Consider(of); };
}

bool ParallelRun::Consider(const Source& source) {
  if (&source != solo_.source) return true;
  const uint64_t nanos = solo_.nanos + (NowNanos() - solo_.since);
  if (nanos < solo_.next_look) return true;
  if (!solo_.measured) {
    solo_.measured = true;
    const double left = source.Remaining();
    if (left < 0) {
      serial_known_ = false;
    } else {
      const double all = static_cast<double>(nanos) / std::max(1 - left, 1e-6);
      serial_nanos_ += static_cast<uint64_t>(all);
      solo_.wanted = std::min(solo_.wanted, static_cast<int>(std::min(all * left / kNanosPerWorker, 1e6)));
      if (solo_.wanted == 0) return false;
    }
  }
  const int granted = Launch(solo_.wanted, solo_.work);
  solo_.wanted -= granted;
  // Only who has nobody may send for another query's worker.
  const bool alone = granted == 0 && solo_.wanted == static_cast<int>(places_.size()) - 1;
  if (alone != solo_.asking) alone ? state_.context.pool->Ask() : state_.context.pool->Withdraw();
  solo_.asking = alone;
  solo_.next_look = nanos + kNextLookNanos;
  return solo_.wanted > 0;
}

void ParallelRun::LeaveSolo() {
  if (solo_.asking) state_.context.pool->Withdraw();
  solo_ = Solo();
  if (!places_.empty()) places_[0]->participant.after_chunk = nullptr;
}

void ParallelRun::RunPhases() {
  const Stopwatch watch(nanos_);
  for (Pipeline* phase : phases_) {
    if (!phase->finished) RunPhase(*phase);
  }
}

void ParallelRun::RunPhase(Pipeline& pipeline) {
  if (pipeline.prepare) pipeline.prepare();
  if (pipeline.finished) return;
  const bool parallel = pipeline.parallel && places_.size() > 1;
  const auto work = [this, &pipeline](Place& place) {
    if (place.runner == nullptr) place.runner = std::make_unique<PipelineRunner>(pipeline, place.participant);
    while (!stop_.load(std::memory_order_relaxed) && place.runner->Run() == Progress::kBlocked) {
    }
    if (!stop_.load(std::memory_order_relaxed)) place.runner->Merge();
    place.runner.reset();
  };
  // The leader stays to the end: operators whose last participant does what is left must count it from the start.
  places_[0]->runner = std::make_unique<PipelineRunner>(pipeline, places_[0]->participant);
  if (parallel) Invite(pipeline.source, work);
  const uint64_t since = solo_.since = NowNanos();
  try {
    work(*places_[0]);
  } catch (...) {
    Fail(std::current_exception());
  }
  // Ended before anybody looked, or by nobody else: that was the serial time.
  if (!parallel || (!at_once_ && !solo_.measured)) serial_nanos_ += NowNanos() - since;
  LeaveSolo();
  {
    // Whoever has not begun by now is not needed any more: the leader has seen the end of the input.
    std::unique_lock lock(control_->mutex);
    ++control_->phase;
    WaitForWorkers(lock);
    for (const auto& place : places_) place->state = PlaceState::kIdle;
  }
  Rethrow();
  uint32_t parts = 0;
  RunMeasured(places_[0]->participant, pipeline.sink_node, [&] { parts = pipeline.sink->PrepareFinish(); });
  while (parts != 0) {
    RunParts(pipeline, parts, parallel);
    RunMeasured(places_[0]->participant, pipeline.sink_node, [&] { parts = pipeline.sink->NextRound(); });
  }
  RunMeasured(places_[0]->participant, pipeline.sink_node, [&] { pipeline.sink->Finish(); });
  pipeline.finished = true;
}

void ParallelRun::RunParts(const Pipeline& pipeline, uint32_t parts, bool parallel) {
  const auto next = std::make_shared<std::atomic<uint32_t>>(0);
  const auto work = [this, &pipeline, parts, next](Place& place) {
    const uint64_t since = NowNanos();
    RunMeasured(place.participant, pipeline.sink_node, [&] {
      for (uint32_t part; !stop_.load(std::memory_order_relaxed) && (part = next->fetch_add(1, std::memory_order_relaxed)) < parts;) {
        place.participant.CheckInterrupt();
        pipeline.sink->FinishPart(part);
      }
    });
    parts_nanos_.fetch_add(NowNanos() - since, std::memory_order_relaxed);
  };
  if (parallel && parts > 1) Launch(std::min(static_cast<int>(places_.size()) - 1, static_cast<int>(parts) - 1), work);
  try {
    work(*places_[0]);
  } catch (...) {
    Fail(std::current_exception());
  }
  {
    std::unique_lock lock(control_->mutex);
    ++control_->phase;
    WaitForWorkers(lock);
    for (const auto& place : places_) place->state = PlaceState::kIdle;
  }
  serial_nanos_ += parts_nanos_.exchange(0, std::memory_order_relaxed);
  Rethrow();
}

// ---- streams

bool ParallelRun::Full(const Place& place) const {
  return separate_ ? place.queue.size() >= kQueuedChunks : queue_.size() >= kQueuedChunks * places_.size();
}

void ParallelRun::StreamOf(Place& place) {
  if (place.runner == nullptr) place.runner = std::make_unique<PipelineRunner>(*stream_, place.participant);
  for (;;) {
    {
      std::lock_guard lock(control_->mutex);
      if (stop_.load(std::memory_order_relaxed)) return;
      if (Full(place)) {
        place.state = PlaceState::kParked;
        return;
      }
    }
    Chunk chunk;
    const uint64_t since = NowNanos();
    const Progress progress = place.runner->Next(chunk);
    if (separate_) parts_nanos_.fetch_add(NowNanos() - since, std::memory_order_relaxed);
    if (progress == Progress::kDone) return;
    if (progress == Progress::kBlocked) continue;
    std::lock_guard lock(control_->mutex);
    (separate_ ? place.queue : queue_).push_back(std::move(chunk));
    control_->changed.notify_all();
  }
}

void ParallelRun::StartStream() {
  streaming_ = true;
  if (!stream_->parallel || places_.size() == 1) return;
  places_[0]->runner = std::make_unique<PipelineRunner>(*stream_, places_[0]->participant);
  const auto work = [this](Place& place) { StreamOf(place); };
  if (separate_) {
    // The merge needs a row of everyone before it has its first.
    Launch(static_cast<int>(places_.size()) - 1, work);
  } else {
    Invite(stream_->source, work);
  }
}

void ParallelRun::Resume() {
  int parked = 0;
  {
    std::lock_guard lock(control_->mutex);
    if (!separate_ && queue_.size() > kQueuedChunks * places_.size() / 2) return;
    for (size_t i = 1; i < places_.size(); ++i) {
      const Place& place = *places_[i];
      parked += place.state == PlaceState::kParked && (!separate_ || place.queue.size() <= kQueuedChunks / 2);
    }
    parked -= control_->enqueued;
  }
  if (parked > 0) Launch(parked, [this](Place& place) { StreamOf(place); });
}

bool ParallelRun::Next(Chunk& out) {
  const Stopwatch watch(nanos_);
  if (!streaming_) StartStream();
  Place& leader = *places_[0];
  for (;;) {
    Rethrow();
    bool taken = false;
    Place* mine = nullptr;
    {
      std::unique_lock lock(control_->mutex);
      if (!queue_.empty()) {
        out = std::move(queue_.front());
        queue_.pop_front();
        taken = true;
      } else if (leader.state != PlaceState::kFinished && (state_.context.leader_participates || control_->running == 0)) {
        mine = &leader;
      } else {
        // Parked places hold rows that nobody else will bring.
        for (const auto& place : places_) {
          if (place->state == PlaceState::kParked) mine = place.get();
        }
        if (mine == nullptr && control_->running == 0) return false;
        if (mine == nullptr) {
          control_->changed.wait(lock, [&] { return !queue_.empty() || error_ != nullptr || control_->running == 0; });
          continue;
        }
      }
      if (mine != nullptr) mine->state = PlaceState::kRunning;
    }
    if (taken) {
      Resume();
      return true;
    }
    if (mine->runner == nullptr) mine->runner = std::make_unique<PipelineRunner>(*stream_, mine->participant);
    solo_.since = NowNanos();
    const Progress progress = mine->runner->Next(out);
    const uint64_t turn = NowNanos() - solo_.since;
    solo_.nanos += turn;
    if (!at_once_ && !solo_.measured) serial_nanos_ += progress == Progress::kDone ? solo_.nanos : 0;
    std::lock_guard lock(control_->mutex);
    mine->state = progress == Progress::kDone ? PlaceState::kFinished : mine == &leader ? PlaceState::kIdle : PlaceState::kParked;
    if (progress == Progress::kMoreOutput) return true;
  }
}

bool ParallelRun::NextOf(size_t number, Chunk& out) {
  const Stopwatch watch(nanos_);
  if (!streaming_) StartStream();
  Place& place = *places_[number];
  for (;;) {
    Rethrow();
    bool taken = false;
    {
      std::unique_lock lock(control_->mutex);
      if (!place.queue.empty()) {
        out = std::move(place.queue.front());
        place.queue.pop_front();
        taken = true;
      } else if (place.state == PlaceState::kFinished) {
        return false;
      } else if (place.state == PlaceState::kRunning) {
        control_->changed.wait(lock, [&] { return !place.queue.empty() || error_ != nullptr || place.state != PlaceState::kRunning; });
        continue;
      } else {
        place.state = PlaceState::kRunning;      // the leader runs it itself
      }
    }
    if (taken) {
      Resume();
      return true;
    }
    if (place.runner == nullptr) place.runner = std::make_unique<PipelineRunner>(*stream_, place.participant);
    Progress progress = Progress::kBlocked;
    const uint64_t since = NowNanos();
    while (progress == Progress::kBlocked) progress = place.runner->Next(out);
    parts_nanos_.fetch_add(NowNanos() - since, std::memory_order_relaxed);
    std::lock_guard lock(control_->mutex);
    place.state = progress == Progress::kDone ? PlaceState::kFinished : number == 0 ? PlaceState::kIdle : PlaceState::kParked;
    return progress == Progress::kMoreOutput;
  }
}

}  // namespace gather::executor
