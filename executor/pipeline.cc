#include "executor/pipeline.h"

#include <algorithm>
#include <chrono>

#include "executor/execution_state.h"
#include "executor/pool/worker_pool.h"

namespace gather::executor {

void Participant::CheckInterrupt() const {
  if (execution.context.interrupt != nullptr) execution.context.interrupt->Check();
}

bool Participant::ShouldLeave() {
  left = left || (pool != nullptr && pool->TryLeave());
  return left;
}

uint64_t NowNanos() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

Local& LocalOf(const LocalPtr& local) {
  static Local none;
  return local == nullptr ? none : *local;
}

// What EXPLAIN ANALYZE wants of this participant: time inside each step, rows out of it, time until its first row.
struct PipelineRunner::Measured {
  struct Step {
    uint64_t nanos = 0, first_nanos = 0, rows = 0;
    bool first = false;
  };
  std::vector<Step> steps;   // source, steps, sink
  uint64_t since = 0;
  void Start() { since = NowNanos(); }
  void Stop(size_t step, uint32_t rows) {
    Step& at = steps[step];
    at.nanos += NowNanos() - since;
    at.rows += rows;
    if (rows != 0 && !at.first) {
      at.first = true;
      at.first_nanos = at.nanos;
    }
  }
};

PipelineRunner::PipelineRunner(const Pipeline& pipeline, Participant& participant) : pipeline_(pipeline), participant_(participant) {
  source_local_ = pipeline.source->MakeLocal(participant);
  step_locals_.reserve(pipeline.steps.size());
  for (const Pipeline::Step& step : pipeline.steps) step_locals_.push_back(step.transform->MakeLocal(participant));
  if (pipeline.sink != nullptr) sink_local_ = pipeline.sink->MakeLocal(participant);
  chunks_.resize(pipeline.steps.size());
  if (participant.execution.instrumentation != nullptr) {
    measured_ = std::make_unique<Measured>();
    measured_->steps.resize(pipeline.steps.size() + 2);
  }
}

PipelineRunner::~PipelineRunner() {
  if (measured_ == nullptr) return;
  Instrumentation& all = *participant_.execution.instrumentation;
  const size_t last = measured_->steps.size() - 1;
  for (size_t i = 0; i <= last; ++i) {
    const uint32_t node = i == 0 ? pipeline_.source_node : i == last ? pipeline_.sink_node : pipeline_.steps[i - 1].node;
    if (node == kNoNode) continue;
    const Measured::Step& step = measured_->steps[i];
    // Only the last step of a node counts its rows; earlier ones (scan before its projection) add time.
    const uint32_t next = i + 1 < last ? pipeline_.steps[i].node : kNoNode;
    const bool counts = i != last && next != node;
    if (i == last) all.AddInputRun(node);
    all.Add(node, participant_, step.nanos, step.first ? step.first_nanos : step.nanos, counts ? step.rows : 0, counts);
  }
}

Progress PipelineRunner::NextFromSource(Chunk& out) {
  const uint32_t chunk_size = participant_.execution.context.chunk_size;
  for (;;) {
    if (split_at_ < unsplit_.rows()) {   // only with small chunks
      const uint32_t rows = std::min(chunk_size, unsplit_.rows() - split_at_);
      Selection part;
      for (uint32_t i = 0; i < rows; ++i) part.Add(split_at_ + i);
      out = unsplit_;
      out.Slice(part, rows);
      split_at_ += rows;
      return Progress::kMoreOutput;
    }
    participant_.CheckInterrupt();
    if (participant_.stopped()) return Progress::kDone;
    if (measured_ != nullptr) [[unlikely]] measured_->Start();
    const Progress progress = pipeline_.source->Next(LocalOf(source_local_), out);
    if (measured_ != nullptr) [[unlikely]] measured_->Stop(0, progress == Progress::kMoreOutput ? out.rows() : 0);
    if (progress != Progress::kMoreOutput) return progress;
    if (participant_.after_chunk && !participant_.after_chunk(*pipeline_.source)) participant_.after_chunk = nullptr;
    if (out.empty()) continue;
    if (out.rows() <= chunk_size) return progress;
    unsplit_ = std::move(out);
    split_at_ = 0;
  }
}

Progress PipelineRunner::Next(Chunk& out) {
  const size_t steps = pipeline_.steps.size();
  if (done_) return Progress::kDone;
  for (;;) {
    if (participant_.stopped()) return Progress::kDone;
    size_t stage;                        // chunks_[stage] is ready as input of step `stage`
    if (!pending_.empty()) {
      stage = pending_.back();
      pending_.pop_back();
    } else if (!exhausted_) {
      for (size_t step = 0; step < steps; ++step) {
        if (!pipeline_.steps[step].transform->Satisfied()) continue;
        exhausted_ = true;
        drain_from_ = static_cast<uint32_t>(std::max<size_t>(drain_from_, step + 1));
      }
      if (exhausted_) continue;
      Chunk& first = steps == 0 ? out : chunks_[0];
      const Progress progress = NextFromSource(first);
      if (progress == Progress::kBlocked) return progress;
      if (progress == Progress::kDone) {
        exhausted_ = true;
        continue;
      }
      stage = 0;
    } else if (drain_from_ < steps) {
      const size_t step = drain_from_;
      Chunk& drain = step + 1 == steps ? out : chunks_[step + 1];
      participant_.CheckInterrupt();
      if (measured_ != nullptr) [[unlikely]] measured_->Start();
      const Progress progress = pipeline_.steps[step].transform->Drain(LocalOf(step_locals_[step]), drain);
      const bool rows = progress == Progress::kMoreOutput && !drain.empty();
      if (measured_ != nullptr) [[unlikely]] measured_->Stop(step + 1, rows ? drain.rows() : 0);
      if (progress == Progress::kDone) ++drain_from_;
      if (!rows) continue;
      stage = step + 1;
    } else {
      done_ = true;
      pipeline_.source->Stop();
      return Progress::kDone;
    }
    for (; stage < steps; ++stage) {
      Chunk& produced = stage + 1 == steps ? out : chunks_[stage + 1];
      if (measured_ != nullptr) [[unlikely]] measured_->Start();
      const Progress progress = pipeline_.steps[stage].transform->Push(LocalOf(step_locals_[stage]), chunks_[stage], produced);
      if (measured_ != nullptr) [[unlikely]] measured_->Stop(stage + 1, produced.rows());
      if (progress == Progress::kMoreOutput) {
        pending_.push_back(static_cast<uint32_t>(stage));
      } else if (progress == Progress::kDone) {
        // Nothing before this step is asked again.
        pending_.clear();
        exhausted_ = true;
        drain_from_ = static_cast<uint32_t>(std::max<size_t>(drain_from_, stage + 1));
      }
      if (produced.empty()) break;
    }
    if (stage == steps) return Progress::kMoreOutput;
  }
}

Progress PipelineRunner::Run() {
  for (;;) {
    if (!held_) {
      const Progress progress = Next(sink_input_);
      if (progress != Progress::kMoreOutput) return progress;
    }
    held_ = false;
    if (measured_ != nullptr) [[unlikely]] measured_->Start();
    const Progress progress = pipeline_.sink->Add(LocalOf(sink_local_), sink_input_);
    if (measured_ != nullptr) [[unlikely]] measured_->Stop(measured_->steps.size() - 1, 0);
    if (progress == Progress::kBlocked) {
      held_ = true;
      return progress;
    }
    if (progress == Progress::kDone) {
      done_ = true;
      pipeline_.source->Stop();
      return progress;
    }
  }
}

void PipelineRunner::Merge() {
  if (measured_ != nullptr) [[unlikely]] measured_->Start();
  pipeline_.sink->Merge(LocalOf(sink_local_));
  if (measured_ != nullptr) [[unlikely]] measured_->Stop(measured_->steps.size() - 1, 0);
}

void RunMeasured(const Participant& participant, uint32_t node, const std::function<void()>& work) {
  Instrumentation* all = participant.execution.instrumentation.get();
  const uint64_t start = all != nullptr ? NowNanos() : 0;
  work();
  if (all != nullptr && node != kNoNode) all->AddTime(node, participant, NowNanos() - start);
}

void RunDependencies(const Pipeline& pipeline, Participant& participant) {
  for (Pipeline* dependency : pipeline.dependencies) {
    if (!dependency->finished) RunToEnd(*dependency, participant);
  }
}

void RunToEnd(Pipeline& pipeline, Participant& participant) {
  RunDependencies(pipeline, participant);
  if (pipeline.prepare) pipeline.prepare();
  if (pipeline.finished) return;
  PipelineRunner runner(pipeline, participant);
  while (runner.Run() == Progress::kBlocked) {
    // A source that blocks waits for workers by itself when the leader asks it; a sink of a serial pipeline has room.
  }
  runner.Merge();
  RunMeasured(participant, pipeline.sink_node, [&] {
    for (uint32_t parts = pipeline.sink->PrepareFinish(); parts != 0; parts = pipeline.sink->NextRound()) {
      for (uint32_t part = 0; part < parts; ++part) {
        participant.CheckInterrupt();
        pipeline.sink->FinishPart(part);
      }
    }
    pipeline.sink->Finish();
  });
  pipeline.finished = true;
}

}  // namespace gather::executor
