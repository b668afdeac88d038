// Pipelines: what a plan is cut into. Rows flow in chunks from a source through transforms into a sink, or out to whoever pulls.
//
//   source → transform → transform → … → sink            (a breaker's input: hash build, aggregate, sort)
//   source → transform → transform → …                   (a stream that the leader or a Gather pulls)
//
// An operator object (Source, Transform, Sink) is one running operator of one execution: its members are the state all participants
// share; what belongs to one participant (leader or worker) lives in the Local that it makes. No operator knows how many participants there are.
// Methods with a Local argument may run at the same time on different Locals. They never block and never wait for another participant;
// a method that cannot go on returns kBlocked and is called again later, perhaps on another thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "types/chunk.h"

namespace gather::executor {

class Source;
class WorkerPool;
struct ExecutionState;

enum class Progress : uint8_t {
  kNeedInput,    // the input is used up; `out` may hold rows
  kMoreOutput,   // `out` may hold rows, and there may be more for the same input: call again
  kDone,         // wants no more input and makes no more output than what is in `out` now
  kBlocked,      // cannot go on now (a full queue); nothing was taken
};

// One participant of a pipeline: the leader or a worker.
struct Participant {
  ExecutionState& execution;
  bool leader = true;
  uint32_t number = 0;                       // among a run's participants; 0: the leader
  const std::atomic<bool>* stop = nullptr;   // set: nobody wants more rows; runners end at once
  WorkerPool* pool = nullptr;                // a worker's: whom it may have to make room for
  // The leader's, while there is something to decide: told after each chunk of a source; false: no more.
  std::function<bool(const Source&)> after_chunk;
  bool left = false;                         // has made room for another query at a morsel border: takes nothing more
  bool stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
  // Check at least once per chunk; throws when the statement was cancelled.
  void CheckInterrupt() const;
  // At a morsel border of a shared source: true when this worker is to leave the rest to the others, for another query waits for a worker.
  bool ShouldLeave();
};

// What an operator keeps for one participant. MakeLocal may return null when there is nothing to keep.
class Local {
 public:
  virtual ~Local() = default;
};
using LocalPtr = std::unique_ptr<Local>;
// What an operator that made none is given in its place.
Local& LocalOf(const LocalPtr& local);

// Owned by the ExecutionState.
class Operator {
 public:
  virtual ~Operator() = default;
};

class Source : public Operator {
 public:
  virtual LocalPtr MakeLocal(Participant& participant) = 0;
  // kMoreOutput: `out` holds the next rows (perhaps none); kDone: the end, `out` is empty; kBlocked.
  virtual Progress Next(Local& local, Chunk& out) = 0;
  // The part of the work that no participant has taken yet, 0 to 1; negative: not known. Thread-safe.
  virtual double Remaining() const { return -1; }
  // Of sorted runs, each Local streams one: there is one that nobody has taken yet. Thread-safe.
  virtual bool HasAnotherRun() const { return false; }
  // Nobody will ask any more: let go of workers.
  virtual void Stop() {}
};

class Transform : public Operator {
 public:
  virtual LocalPtr MakeLocal(Participant& participant) = 0;
  // kNeedInput, kMoreOutput, kDone. May take over vectors of `in`.
  virtual Progress Push(Local& local, Chunk& in, Chunk& out) = 0;
  // After the last input of this participant: rows held back. kMoreOutput or kDone.
  virtual Progress Drain(Local& /*local*/, Chunk& /*out*/) { return Progress::kDone; }
  // Wants no (further) input: asked before the source is (LIMIT 0, a limit that other participants have filled).
  virtual bool Satisfied() const { return false; }
};

class Sink : public Operator {
 public:
  virtual LocalPtr MakeLocal(Participant& participant) = 0;
  // kNeedInput, kDone (wants no more), kBlocked (chunk not taken). May take over vectors of `in`.
  virtual Progress Add(Local& local, Chunk& in) = 0;
  // Once per Local after its last Add.
  virtual void Merge(Local& local) = 0;
  // After all merges, on one thread: prepares and says in how many independent parts the rest of the work can be done.
  virtual uint32_t PrepareFinish() { return 0; }
  virtual void FinishPart(uint32_t /*part*/) {}
  // After all those parts, on one thread: a further round of parts; 0: there is none.
  virtual uint32_t NextRound() { return 0; }
  // After all rounds, on one thread.
  virtual void Finish() {}
};

// `node`: index of instrumentation (PlanNode::id) whose rows are counted after this step; kNoNode: none.
inline constexpr uint32_t kNoNode = ~0u;

struct Pipeline {
  Source* source = nullptr;
  uint32_t source_node = kNoNode;
  struct Step { Transform* transform; uint32_t node; };
  std::vector<Step> steps;
  Sink* sink = nullptr;
  uint32_t sink_node = kNoNode;
  std::vector<Pipeline*> dependencies;   // must have finished before this one starts
  bool parallel = false;                 // several participants may run it at once
  bool finished = false;                 // pipelines with a sink
  std::function<void()> prepare;         // called when its turn has come, before anything is asked of it: may fill it in, or say that it is finished
};

// One participant's run of one pipeline. Resumable at every kBlocked.
class PipelineRunner {
 public:
  PipelineRunner(const Pipeline& pipeline, Participant& participant);
  ~PipelineRunner();
  PipelineRunner(const PipelineRunner&) = delete;

  // Without sink: kMoreOutput with rows in `out`, kDone, or kBlocked. Dependencies must have finished.
  Progress Next(Chunk& out);
  // With sink: kDone after the last Add (Merge is then still to be called), or kBlocked.
  Progress Run();
  void Merge();

 private:
  struct Measured;
  Progress NextFromSource(Chunk& out);
  Progress DrainNext(Chunk& out, size_t* stage);

  const Pipeline& pipeline_;
  Participant& participant_;
  LocalPtr source_local_;
  std::vector<LocalPtr> step_locals_;
  LocalPtr sink_local_;
  std::vector<Chunk> chunks_;            // chunks_[i] is the input of step i
  std::vector<uint32_t> pending_;        // steps with more output for their present input, ascending
  Chunk unsplit_;                        // source rows not yet handed on, when chunks are smaller than vectors
  uint32_t split_at_ = 0;
  uint32_t drain_from_ = 0;              // first step that is still to be drained
  bool exhausted_ = false;               // no more input from the source
  bool done_ = false;
  bool held_ = false;                    // sink_input_ waits for a sink that was blocked
  Chunk sink_input_;
  std::unique_ptr<Measured> measured_;   // EXPLAIN ANALYZE only
};

// Runs `work`, which EXPLAIN ANALYZE counts as time in `node`.
void RunMeasured(const Participant& participant, uint32_t node, const std::function<void()>& work);
// Runs what `pipeline` depends on (each once), on the calling thread.
void RunDependencies(const Pipeline& pipeline, Participant& participant);
// Runs a pipeline with a sink to its end on the calling thread, dependencies first.
void RunToEnd(Pipeline& pipeline, Participant& participant);

}  // namespace gather::executor
