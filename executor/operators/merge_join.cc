// Merge Join: two inputs sorted by the join keys, walked side by side. Rows of equal keys on the inner side are a group; every outer row of that
// key meets the whole group. The result is in the order of the outer side.
// Parallel: participants share the outer side; the inner one is materialised once, and each walks it by itself.
#include <algorithm>
#include <deque>
#include <string>

#include "executor/chunk_store.h"
#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

using planner::JoinKind;
using planner::MergeJoinNode;

constexpr uint32_t kNone = ~0u;

// A sorted input, a chunk at a time, with the keys of its rows as bytes.
struct Side {
  std::function<bool(Chunk&)> next;
  const std::vector<uint32_t>* slots = nullptr;
  const std::vector<SortOrder>* orders = nullptr;
  Chunk chunk;
  std::vector<std::string> keys;
  std::vector<uint8_t> null;                 // a key column is: equal to nothing
  uint32_t row = 0;
  bool ended = false;

  bool AtEnd() const { return row == chunk.rows(); }
  const std::string& key() const { return keys[row]; }
  void Refill() {
    row = 0;
    do {
      if (ended || !next(chunk)) {
        ended = true;
        chunk.Clear();
        return;
      }
    } while (chunk.empty());
    const uint32_t rows = chunk.rows();
    if (keys.size() < rows) keys.resize(rows);
    for (uint32_t i = 0; i < rows; ++i) keys[i].clear();
    null.assign(rows, 0);
    for (size_t k = 0; k < slots->size(); ++k) {
      const Vector& column = chunk[(*slots)[k]];
      AppendSortKeys(column, rows, (*orders)[k], keys.data());
      if (!column.MayHaveNulls()) continue;
      const VectorView view = column.View();
      for (uint32_t i = 0; i < rows; ++i) null[i] |= static_cast<uint8_t>(!view.valid(i));
    }
  }
};

struct MergeJoinLocal : Local {
  Participant* participant = nullptr;
  std::unique_ptr<PipelineRunner> outer_runner, inner_runner;
  size_t store_chunk = 0;
  std::unique_ptr<ChunkStore::Reader> store_reader;
  Side outer, inner;
  EvaluatorPtr residual;
  std::vector<uint8_t> found;                // by outer row of the chunk: has a partner

  // The group at hand: rows [begin, end) of the inner chunk, or, where it goes on in the next chunk, `pieces`.
  bool in_group = false;
  std::string group_key;
  uint32_t begin = 0, end = 0;
  std::unique_ptr<ChunkStore> pieces;
  std::unique_ptr<ChunkStore::Reader> pieces_reader;
  std::vector<uint8_t> matched;              // by row of the group: RIGHT, FULL with a residual
  size_t piece = 0;                          // where the present outer row's pairs go on
  uint32_t piece_row = 0;
  uint32_t number = 0;                       // of that row in the group

  // What is to become rows: all entries refer to the outer chunk and one inner chunk.
  struct Entry {
    uint32_t outer, inner;                   // kNone: none. A pair; an outer row without partner (unless found); an inner row without one
    uint32_t number;                         // of a pair's inner row in the group
  };
  std::vector<Entry> entries;
  const Chunk* entries_inner = nullptr;
  std::deque<Chunk> ready;
  bool ended = false;
};

class MergeJoin final : public Source {
 public:
  MergeJoin(const MergeJoinNode& node, ExecutionState& state, const Pipeline* outer, const Pipeline* inner, std::shared_ptr<ChunkStore> store)
      : node_(node), state_(state), policy_(state, SpillPolicy::Use::kSort), outer_(outer), inner_(inner), store_(std::move(store)) {
    const JoinKind kind = node.join;
    keeps_outer_ = kind == JoinKind::kLeft || kind == JoinKind::kFull || kind == JoinKind::kAnti;
    keeps_inner_ = kind == JoinKind::kRight || kind == JoinKind::kFull;
    hides_inner_ = kind == JoinKind::kSemi || kind == JoinKind::kAnti;
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<MergeJoinLocal>();
    local->participant = &participant;
    if (node_.residual != nullptr) local->residual = Compile(node_.residual, participant);
    local->outer.slots = &node_.outer_keys;
    local->inner.slots = &node_.inner_keys;
    local->outer.orders = local->inner.orders = &node_.orders;
    Open(*local);
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<MergeJoinLocal&>(base);
    out.set_rows(0);
    for (;;) {
      if (!local.ready.empty()) {
        out = std::move(local.ready.front());
        local.ready.pop_front();
        return Progress::kMoreOutput;
      }
      if (local.ended) return Progress::kDone;
      local.participant->CheckInterrupt();
      Step(local);
    }
  }

  double Remaining() const override { return outer_->source->Remaining(); }
  bool HasAnotherRun() const override { return outer_->source->HasAnotherRun(); }

 private:
  static bool Pull(PipelineRunner& runner, Chunk& out) {
    Progress progress = Progress::kBlocked;
    while (progress == Progress::kBlocked) progress = runner.Next(out);
    return progress == Progress::kMoreOutput;
  }

  // Both sides from their first rows.
  void Open(MergeJoinLocal& local) const {
    local.outer_runner = std::make_unique<PipelineRunner>(*outer_, *local.participant);
    local.outer.next = [runner = local.outer_runner.get()](Chunk& out) { return Pull(*runner, out); };
    if (store_ != nullptr) {
      local.store_chunk = 0;
      local.store_reader = std::make_unique<ChunkStore::Reader>(*store_);
      local.inner.next = [this, &local](Chunk& out) {
        if (local.store_chunk == store_->size()) return false;
        out = local.store_reader->At(local.store_chunk++);
        return true;
      };
    } else {
      local.inner_runner = std::make_unique<PipelineRunner>(*inner_, *local.participant);
      local.inner.next = [runner = local.inner_runner.get()](Chunk& out) { return Pull(*runner, out); };
    }
    local.outer.ended = local.inner.ended = false;
    local.outer.chunk.Clear();
    local.outer.row = 0;
    local.inner.chunk.Clear();
    local.inner.row = 0;
  }

  void RefillOuter(MergeJoinLocal& local) const {
    Flush(local);
    local.outer.Refill();
    local.found.assign(local.outer.chunk.rows(), 0);
  }
  void RefillInner(MergeJoinLocal& local) const {
    Flush(local);
    local.inner.Refill();
  }

  void Add(MergeJoinLocal& local, uint32_t outer, uint32_t inner, uint32_t number, const Chunk* inner_chunk) const {
    if (inner_chunk != nullptr && local.entries_inner != inner_chunk) {
      if (local.entries_inner != nullptr) Flush(local);
      local.entries_inner = inner_chunk;
    }
    local.entries.push_back({outer, inner, number});
    if (local.entries.size() == kVectorSize) Flush(local);
  }

  void End(MergeJoinLocal& local) const {
    Flush(local);
    // There may be more sorted runs of the outer side than participants; where someone relies on the order, each has one only.
    if (store_ != nullptr && node_.order.empty() && HasAnotherRun() && !local.participant->stopped()) {
      Open(local);
      return;
    }
    local.ended = true;
  }

  // Goes on until there is something to hand out, or the end.
  void Step(MergeJoinLocal& local) const {
    while (local.ready.empty() && !local.ended) {
      if (local.in_group) {
        InGroup(local);
        continue;
      }
      if (local.outer.AtEnd() && !local.outer.ended) RefillOuter(local);
      if (local.inner.AtEnd() && !local.inner.ended) RefillInner(local);
      Side& outer = local.outer;
      Side& inner = local.inner;
      if (outer.ended && (inner.ended || !keeps_inner_)) {
        End(local);
      } else if (inner.ended && !outer.ended && !keeps_outer_) {
        // None of the other outer rows has a partner, nor is it kept: no need to look at them.
        End(local);
      } else if (outer.ended) {
        Add(local, kNone, inner.row++, 0, &inner.chunk);
      } else if (outer.null[outer.row] != 0 || inner.ended) {
        if (keeps_outer_) Add(local, outer.row, kNone, 0, nullptr);
        ++outer.row;
      } else if (inner.null[inner.row] != 0) {
        if (keeps_inner_) Add(local, kNone, inner.row, 0, &inner.chunk);
        ++inner.row;
      } else if (const int order = outer.key().compare(inner.key()); order < 0) {
        if (keeps_outer_) Add(local, outer.row, kNone, 0, nullptr);
        ++outer.row;
      } else if (order > 0) {
        if (keeps_inner_) Add(local, kNone, inner.row, 0, &inner.chunk);
        ++inner.row;
      } else {
        BeginGroup(local);
      }
    }
  }

  void BeginGroup(MergeJoinLocal& local) const {
    Side& inner = local.inner;
    local.in_group = true;
    local.group_key = inner.key();
    local.pieces.reset();
    local.begin = inner.row;
    const auto run_end = [&] {
      uint32_t end = inner.row;
      while (end < inner.chunk.rows() && inner.keys[end] == local.group_key) ++end;
      return end;
    };
    local.end = run_end();
    uint32_t rows = local.end - local.begin;
    if (local.end == inner.chunk.rows()) {
      // It may go on: what there is of it is kept aside.
      Flush(local);
      local.pieces = std::make_unique<ChunkStore>(state_.context.budget, policy_);
      for (;;) {
        const uint32_t end = run_end();
        if (end > inner.row) {
          Chunk part = inner.chunk;
          if (end - inner.row != part.rows()) {
            Selection picked;
            for (uint32_t i = inner.row; i < end; ++i) picked.Add(i);
            part.Slice(picked, end - inner.row);
          }
          local.pieces->Append(part);
        }
        inner.row = end;
        if (end < inner.chunk.rows()) break;
        inner.Refill();
        if (inner.ended) break;
      }
      rows = static_cast<uint32_t>(local.pieces->rows());
      local.pieces_reader = std::make_unique<ChunkStore::Reader>(*local.pieces);
    }
    if (keeps_inner_ && local.residual != nullptr) local.matched.assign(rows, 0);
    StartRow(local);
  }

  static void StartRow(MergeJoinLocal& local) {
    local.piece = 0;
    local.piece_row = local.pieces != nullptr ? 0 : local.begin;
    local.number = 0;
  }

  // Pairs the outer row at hand with the group, then goes to the next one.
  void InGroup(MergeJoinLocal& local) const {
    Side& outer = local.outer;
    const bool no_residual = local.residual == nullptr;
    bool done = false;
    if (hides_inner_ && no_residual) {
      if (node_.join == JoinKind::kSemi) Add(local, outer.row, 0, 0, local.pieces != nullptr ? &local.pieces_reader->At(0) : &local.inner.chunk);
      else local.found[outer.row] = 1;
      done = true;
    }
    while (!done) {
      const Chunk& chunk = local.pieces != nullptr ? local.pieces_reader->At(local.piece) : local.inner.chunk;
      const uint32_t end = local.pieces != nullptr ? chunk.rows() : local.end;
      while (local.piece_row < end && local.ready.empty()) Add(local, outer.row, local.piece_row++, local.number++, &chunk);
      if (local.piece_row < end) return;
      if (local.pieces != nullptr && ++local.piece < local.pieces->size()) {
        local.piece_row = 0;
        if (!local.ready.empty()) return;
        continue;
      }
      done = true;
    }
    if (keeps_outer_ && !no_residual) Add(local, outer.row, kNone, 0, nullptr);
    ++outer.row;
    if (outer.AtEnd()) RefillOuter(local);
    if (!outer.ended && outer.null[outer.row] == 0 && outer.key() == local.group_key) {
      StartRow(local);
      return;
    }
    EndGroup(local);
  }

  void EndGroup(MergeJoinLocal& local) const {
    if (keeps_inner_ && local.residual != nullptr) {
      Flush(local);
      uint32_t number = 0;
      const auto rest = [&](const Chunk& chunk, uint32_t begin, uint32_t end) {
        for (uint32_t row = begin; row < end; ++row) {
          if (local.matched[number++] == 0) Add(local, kNone, row, 0, &chunk);
        }
        Flush(local);
      };
      if (local.pieces == nullptr) {
        rest(local.inner.chunk, local.begin, local.end);
      } else {
        for (size_t i = 0; i < local.pieces->size(); ++i) rest(local.pieces_reader->At(i), 0, local.pieces->rows_of(i));
      }
    }
    if (local.pieces != nullptr) {
      Flush(local);                          // its entries refer to the pieces
      local.pieces.reset();
    } else {
      local.inner.row = local.end;
    }
    local.in_group = false;
  }

  // The entries so far as rows.
  void Flush(MergeJoinLocal& local) const {
    const std::vector<MergeJoinLocal::Entry>& entries = local.entries;
    if (entries.empty()) {
      local.entries_inner = nullptr;
      return;
    }
    std::vector<uint8_t> kept(entries.size(), 1);
    if (local.residual != nullptr) ApplyResidual(local, kept);
    std::vector<uint32_t> outer, inner;
    bool outer_nulls = false, inner_nulls = false;
    for (size_t i = 0; i < entries.size(); ++i) {
      const MergeJoinLocal::Entry& entry = entries[i];
      if (entry.outer != kNone && entry.inner != kNone) {
        if (kept[i] == 0) continue;
        uint8_t& found = local.found[entry.outer];
        const bool first = found == 0;
        found = 1;
        if (keeps_inner_ && local.residual != nullptr) local.matched[entry.number] = 1;
        if (node_.join == JoinKind::kAnti || (node_.join == JoinKind::kSemi && !first)) continue;
      } else if (entry.inner == kNone) {
        if (local.found[entry.outer] != 0) continue;
      }
      outer.push_back(entry.outer);
      inner.push_back(entry.inner);
      outer_nulls = outer_nulls || entry.outer == kNone;
      inner_nulls = inner_nulls || entry.inner == kNone;
    }
    if (!outer.empty()) {
      Chunk out;
      AddColumns(local.outer.chunk, *node_.children[0], outer, outer_nulls, out);
      if (!hides_inner_) AddColumns(local.entries_inner != nullptr ? *local.entries_inner : Chunk(), *node_.children[1], inner, inner_nulls, out);
      out.set_rows(static_cast<uint32_t>(outer.size()));
      local.ready.push_back(std::move(out));
    }
    local.entries.clear();
    local.entries_inner = nullptr;
  }

  void ApplyResidual(MergeJoinLocal& local, std::vector<uint8_t>& kept) const {
    std::vector<uint32_t> outer, inner, at;
    for (uint32_t i = 0; i < local.entries.size(); ++i) {
      if (local.entries[i].outer == kNone || local.entries[i].inner == kNone) continue;
      outer.push_back(local.entries[i].outer);
      inner.push_back(local.entries[i].inner);
      at.push_back(i);
    }
    if (at.empty()) return;
    Chunk pairs;
    AddColumns(local.outer.chunk, *node_.children[0], outer, false, pairs);
    AddColumns(*local.entries_inner, *node_.children[1], inner, false, pairs);
    pairs.set_rows(static_cast<uint32_t>(at.size()));
    EvaluationInput input;
    input.chunk = &pairs;
    input.rows = pairs.rows();
    Selection passed;
    local.residual->Select(input, passed);
    for (const uint32_t entry : at) kept[entry] = 0;
    for (uint32_t i = 0; i < passed.size(); ++i) kept[at[passed[i]]] = 1;
  }

  // Rows `rows` of `chunk`, kNone as nulls.
  static void AddColumns(const Chunk& chunk, const planner::PlanNode& node, const std::vector<uint32_t>& rows, bool nulls, Chunk& out) {
    const bool none = nulls && std::all_of(rows.begin(), rows.end(), [](uint32_t row) { return row == kNone; });
    if (none) {
      for (const planner::PlanColumn& column : node.output) out.Add(Vector::ConstantNull(column.type));
      return;
    }
    const auto count = static_cast<uint32_t>(rows.size());
    Selection picked;
    for (const uint32_t row : rows) picked.Add(row == kNone ? 0 : row);
    for (const Vector& vector : chunk.vectors()) {
      Vector column = vector.Sliced(picked, count);
      if (nulls) {
        column.Flatten(count);
        for (uint32_t i = 0; i < count; ++i) {
          if (rows[i] == kNone) column.SetNull(i);
        }
      }
      out.Add(std::move(column));
    }
  }

  const MergeJoinNode& node_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  const Pipeline* const outer_;
  const Pipeline* const inner_;              // null: `store_`
  const std::shared_ptr<ChunkStore> store_;
  bool keeps_outer_, keeps_inner_, hides_inner_;
};

}  // namespace

void BuildMergeJoin(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const MergeJoinNode&>(base);
  ExecutionState& state = builder.state();
  Pipeline* outer = state.MakePipeline();
  if (node.order.empty() || builder.in_runs()) builder.TakeRuns();
  builder.Build(*node.children[0], *outer);
  pipeline.dependencies.insert(pipeline.dependencies.end(), outer->dependencies.begin(), outer->dependencies.end());
  const bool shared = outer->parallel && builder.in_gather();
  Pipeline* inner = nullptr;
  std::shared_ptr<ChunkStore> store;
  if (shared) {
    store = std::make_shared<ChunkStore>(state.context.budget, SpillPolicy(state, SpillPolicy::Use::kSort));
    builder.BuildInput(*node.children[1], pipeline)->sink = state.Make<ChunkStoreSink>(store);
  } else {
    inner = state.MakePipeline();
    builder.Build(*node.children[1], *inner);
    pipeline.dependencies.insert(pipeline.dependencies.end(), inner->dependencies.begin(), inner->dependencies.end());
  }
  builder.SetSource(pipeline, state.Make<MergeJoin>(node, state, outer, inner, std::move(store)), node, shared);
}

}  // namespace gather::executor
