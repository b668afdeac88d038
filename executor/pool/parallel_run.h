// ParallelRun: the part of a plan below one Gather or Gather Merge, run by the leader and whatever workers are free.
//
// A few phases, one after the other, each a pipeline that ends in a sink (hash build, aggregate, sort); then, for streams, a last pipeline
// whose rows go to the leader through a bounded exchange. A participant is a place in the run: its locals, its output. Participant 0 is the leader.
//
//            ┌────────── Start ──────────┐          queue full          the leader has taken half
//   idle ────┤                           ├─→ running ──────────→ parked ─────────────────────────→ running
//            └─ (never: no worker free) ─┘      │ end of its rows                └─ taken over by the leader, when it would have to wait
//                                               ↓
//                                            finished
//
// The leader begins alone. When its rate says that what is left is worth a worker, it asks the pool for as many as that pays, and asks again
// while it has fewer; with `at_once` it asks for all at the start. Workers may join and leave between any two morsels.
//
// Workers never wait: a full queue parks the participant and frees the worker, so that a suspended portal holds none. The leader waits only while
// some worker is running. The first error wins: it stops everyone, and the leader rethrows it.
// Used on the leader's thread; worker tasks touch it under mutex_ only, but for the operators' own state.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "executor/execution_state.h"
#include "executor/pipeline.h"

namespace gather::executor {

class ParallelRun {
 public:
  // `stream` may be null: only phases. `separate`: one queue per participant (Gather Merge) instead of a common one.
  ParallelRun(std::vector<Pipeline*> phases, Pipeline* stream, ExecutionState& state, const planner::GatherBase& plan, bool separate);
  ~ParallelRun();                          // stops the workers and waits for them
  ParallelRun(const ParallelRun&) = delete;

  // All phases, on leader and workers. Once, before the first Next.
  void RunPhases();
  // Rows from anybody; false at the end.
  bool Next(Chunk& out);
  // Rows of participant `number` in its order; false at its end (separate queues only).
  bool NextOf(size_t number, Chunk& out);
  size_t participants() const { return places_.size(); }
  // Workers that have really run something.
  int workers_launched() const;
  // Time spent in here, and what it would have been with the leader alone (0: not known), in nanoseconds.
  uint64_t nanos() const { return nanos_; }
  uint64_t serial_nanos() const { return serial_known_ ? serial_nanos_ + parts_nanos_.load(std::memory_order_relaxed) : 0; }
  void Stop();

 private:
  enum class PlaceState { kIdle, kRunning, kParked, kFinished };
  struct Place {
    Place(ExecutionState& state, uint32_t number, const std::atomic<bool>* stop)
        : participant{.execution = state, .leader = number == 0, .number = number, .stop = stop, .pool = number == 0 ? nullptr : state.context.pool} {}
    Participant participant;
    std::unique_ptr<PipelineRunner> runner;
    PlaceState state = PlaceState::kIdle;
    std::deque<Chunk> queue;               // separate queues
    bool launched = false;
  };
  // What a task holds on to: it may start after the run is gone.
  struct Control {
    std::mutex mutex;
    std::condition_variable changed;
    ParallelRun* run = nullptr;            // null: too late
    uint64_t phase = 0;                    // tasks of earlier phases do nothing
    int running = 0;
    int enqueued = 0;                      // tasks that have not started
  };

  using Work = std::function<void(Place&)>;
  // Returns how many were granted.
  int Launch(int wanted, const Work& work);
  // Launches workers for what `source` drives, at once or later.
  void Invite(const Source* source, Work work);
  bool Consider(const Source& source);     // the leader has had another chunk; false: decided
  void LeaveSolo();
  void RunPhase(Pipeline& pipeline);
  void RunParts(const Pipeline& pipeline, uint32_t parts, bool parallel);
  void WaitForWorkers(std::unique_lock<std::mutex>& lock);
  void StreamOf(Place& place);             // a worker's turn
  void StartStream();
  void Resume();                           // parked places get workers again, when there is room
  bool Full(const Place& place) const;
  void Fail(std::exception_ptr error);
  void Rethrow();

  const std::vector<Pipeline*> phases_;
  Pipeline* const stream_;
  ExecutionState& state_;
  const bool at_once_, separate_;
  std::vector<std::unique_ptr<Place>> places_;
  const std::shared_ptr<Control> control_;
  // Under control_->mutex.
  std::deque<Chunk> queue_;
  std::exception_ptr error_;
  std::atomic<bool> stop_{false};          // also read by the participants
  bool streaming_ = false;

  // The leader's own.
  struct Solo {
    const Source* source = nullptr;        // null: nothing to decide
    Work work;
    uint64_t since = 0;                    // when the leader's present turn began
    uint64_t nanos = 0;                    // of its turns before
    uint64_t next_look = 0;
    int wanted = 0;                        // workers still to be had
    bool measured = false, asking = false;
  };
  Solo solo_;
  uint64_t nanos_ = 0, serial_nanos_ = 0;
  std::atomic<uint64_t> parts_nanos_{0};   // that participants spent on independent parts, and on separate streams
  bool serial_known_ = true;
};

}  // namespace gather::executor
