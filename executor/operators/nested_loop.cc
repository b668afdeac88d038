// Nested Loop: pairs of outer and inner rows that satisfy a condition; all join kinds.
//
// Where inner rows come from is a PairSource (pair_source.h); condition and join kind are the same for all.
#include <algorithm>
#include <atomic>

#include "executor/chunk_store.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/index_probe.h"
#include "executor/operators/pair_source.h"
#include "executor/operators/set_rows.h"
#include "executor/plan_builder.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

using planner::JoinKind;
using planner::NestedLoopNode;

class MaterializedPairs final : public PairSource {
 public:
  explicit MaterializedPairs(const ChunkStore& store) : store_(store), reader_(store) {}
  void Start(const Chunk&) override {
    chunk_ = 0;
    outer_ = inner_ = 0;
  }
  bool Next(const Chunk& outer, Selection& outer_rows, Chunk& inner, std::vector<uint64_t>& numbers) override {
    while (chunk_ < store_.size() && outer_ == outer.rows()) {
      ++chunk_;
      outer_ = inner_ = 0;
    }
    if (chunk_ == store_.size() || outer.empty()) return false;
    const Chunk& rows = reader_.At(chunk_);
    const uint64_t first_number = store_.first_row(chunk_);
    Selection inner_rows;
    outer_rows.Renew();
    numbers.clear();
    while (outer_ < outer.rows() && outer_rows.size() < kVectorSize) {
      const uint32_t count = std::min(rows.rows() - inner_, kVectorSize - outer_rows.size());
      for (uint32_t i = 0; i < count; ++i) {
        outer_rows.Add(outer_);
        inner_rows.Add(inner_ + i);
        numbers.push_back(first_number + inner_ + i);
      }
      inner_ += count;
      if (inner_ == rows.rows()) {
        inner_ = 0;
        ++outer_;
      }
    }
    inner = rows;
    inner.Slice(inner_rows, inner_rows.size());
    return true;
  }

 private:
  const ChunkStore& store_;
  ChunkStore::Reader reader_;
  size_t chunk_ = 0;
  uint32_t outer_ = 0, inner_ = 0;
};

// The filter and projection of an inner node that runs per outer row.
class InnerOutput {
 public:
  InnerOutput(const planner::PlanNode& node, Participant& participant) : node_(node) {
    if (node.filter != nullptr) filter_ = std::make_unique<Filter>(node.filter, participant);
    projection_ = ExpressionList(node.projection, participant);
  }
  // Filters `raw` and its outer rows; the projection replaces it.
  void Apply(const Chunk& outer, Selection& outer_rows, Chunk& raw) {
    const bool computes = filter_ != nullptr || !node_.projection.empty();
    if (!computes || raw.empty()) return;
    Chunk aligned = outer;
    aligned.Slice(outer_rows, raw.rows());
    if (filter_ != nullptr && !filter_->Select(raw, kept_, &aligned)) {
      raw.Slice(kept_, kept_.size());
      aligned.Slice(kept_, kept_.size());
      Selection rows;
      for (uint32_t i = 0; i < kept_.size(); ++i) rows.Add(outer_rows[kept_[i]]);
      outer_rows = rows;
    }
    if (node_.projection.empty() || raw.empty()) return;
    Chunk projected;
    EvaluationInput input;
    input.chunk = &raw;
    input.outer = &aligned;
    input.rows = raw.rows();
    projection_.NextChunk();
    for (size_t i = 0; i < projection_.size(); ++i) {
      projected.Add(Vector());
      projection_.Evaluate(i, input, projected[i]);
    }
    projected.set_rows(raw.rows());
    raw = std::move(projected);
  }

 private:
  const planner::PlanNode& node_;
  std::unique_ptr<Filter> filter_;
  ExpressionList projection_;
  Selection kept_;
};

class IndexPairs final : public PairSource {
 public:
  IndexPairs(const planner::IndexScanNode& node, Participant& participant)
      : snapshot_(participant.execution.context.snapshot), probe_(node, node.backward, participant), fetch_(node.columns, *node.table), output_(node, participant) {
    if (node.recheck && node.condition != nullptr) recheck_ = std::make_unique<Filter>(node.condition, participant);
    ids_.resize(kVectorSize);
    owners_.resize(kVectorSize);
  }
  void Start(const Chunk& outer) override {
    EvaluationInput input;
    input.outer = &outer;
    input.rows = outer.rows();
    probe_.Bind(input);
    row_ = 0;
    started_ = false;
  }
  bool Next(const Chunk& outer, Selection& outer_rows, Chunk& inner, std::vector<uint64_t>& numbers) override {
    numbers.clear();
    for (;;) {
      uint32_t count = 0;
      while (row_ < outer.rows() && count < kVectorSize) {
        if (!started_) {
          probe_.Start(row_);
          started_ = true;
        }
        const uint32_t more = probe_.Next(ids_.data() + count, kVectorSize - count);
        if (more == 0) {
          ++row_;
          started_ = false;
          continue;
        }
        std::fill_n(owners_.begin() + count, more, row_);
        count += more;
      }
      if (count == 0) return false;
      const uint32_t rows = fetch_.Fetch(snapshot_, std::span<const RowId>(ids_.data(), count), fetched_, position_, inner);
      if (rows == 0) continue;
      outer_rows.Renew();
      for (uint32_t i = 0; i < rows; ++i) outer_rows.Add(owners_[position_[i]]);
      if (recheck_ != nullptr) {
        Chunk aligned = outer;
        aligned.Slice(outer_rows, rows);
        if (!recheck_->Select(inner, kept_, &aligned)) {
          inner.Slice(kept_, kept_.size());
          Selection rest;
          for (uint32_t i = 0; i < kept_.size(); ++i) rest.Add(outer_rows[kept_[i]]);
          outer_rows = rest;
        }
      }
      output_.Apply(outer, outer_rows, inner);
      if (inner.empty()) continue;
      return true;
    }
  }

 private:
  const storage::Snapshot& snapshot_;
  IndexProbe probe_;
  const RowFetch fetch_;
  InnerOutput output_;
  std::unique_ptr<Filter> recheck_;
  std::vector<RowId> ids_;
  std::vector<RowIndex> owners_;
  Selection position_, kept_;
  Chunk fetched_;
  uint32_t row_ = 0;
  bool started_ = false;
};

class FunctionPairs final : public PairSource {
 public:
  FunctionPairs(const planner::FunctionScanNode& node, Participant& participant) : node_(node), output_(node, participant) {
    std::vector<const sql::Expr*> calls;
    for (const planner::ExprRef& call : node.functions) calls.push_back(call.get());
    rows_ = std::make_unique<SetRows>(calls, participant);
  }
  void Start(const Chunk& outer) override {
    EvaluationInput input;
    input.outer = &outer;
    input.rows = outer.rows();
    rows_->Bind(input);
    row_ = 0;
    started_ = false;
  }
  bool Next(const Chunk& outer, Selection& outer_rows, Chunk& inner, std::vector<uint64_t>& numbers) override {
    numbers.clear();
    while (row_ < outer.rows()) {
      if (!started_) {
        rows_->Start(row_);
        started_ = true;
        ordinality_ = 0;
      }
      inner.Clear();
      const uint32_t rows = rows_->Next(inner.vectors());
      if (rows == 0) {
        ++row_;
        started_ = false;
        continue;
      }
      inner.set_rows(rows);
      if (node_.with_ordinality) {
        Vector number(type_oid::kInt8);
        for (uint32_t i = 0; i < rows; ++i) number.data<int64_t>()[i] = ++ordinality_;
        inner.Add(std::move(number));
      }
      outer_rows.Renew();
      for (uint32_t i = 0; i < rows; ++i) outer_rows.Add(row_);
      output_.Apply(outer, outer_rows, inner);
      if (inner.empty()) continue;
      return true;
    }
    return false;
  }

 private:
  const planner::FunctionScanNode& node_;
  InnerOutput output_;
  std::unique_ptr<SetRows> rows_;
  uint32_t row_ = 0;
  bool started_ = false;
  int64_t ordinality_ = 0;
};

struct LoopLocal : Local {
  explicit LoopLocal(const planner::PlanNode& the_inner) : inner_node(the_inner) {}
  ~LoopLocal() override {
    if (loops == 0) return;
    participant->execution.instrumentation->AddLoops(inner_node.id, *participant, nanos, inner_rows, loops);
  }
  const planner::PlanNode& inner_node;
  Participant* participant = nullptr;
  uint64_t nanos = 0, inner_rows = 0, loops = 0;   // EXPLAIN ANALYZE: of an inner side run per outer row
  std::unique_ptr<PairSource> pairs;
  EvaluatorPtr condition;
  bool bound = false;
  std::vector<uint8_t> found, unknown;       // by outer row
  Selection outer_rows, kept;
  Chunk inner, combined;
  std::vector<uint64_t> numbers;
  uint64_t drained = 0;
  bool draining = false, drains = false;
};

class NestedLoop final : public Transform {
 public:
  NestedLoop(const NestedLoopNode& node, std::shared_ptr<ChunkStore> inner) : node_(node), kind_(node.join), inner_(std::move(inner)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<LoopLocal>(*node_.children[1]);
    local->participant = &participant;
    if (node_.condition != nullptr) local->condition = Compile(node_.condition, participant);
    probing_.fetch_add(1);
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<LoopLocal&>(base);
    out.set_rows(0);
    if (!local.bound) {
      if (local.pairs == nullptr) local.pairs = MakePairs(*local.participant);
      local.pairs->Start(in);
      if (inner_ == nullptr && local.participant->execution.instrumentation != nullptr) local.loops += in.rows();
      local.found.assign(in.rows(), 0);
      local.unknown.assign(in.rows(), 0);
      local.bound = true;
    }
    while (NextPairs(local, in)) {
      local.participant->CheckInterrupt();
      if (Match(local, in, out)) return Progress::kMoreOutput;
    }
    Conclude(local, in, out);
    local.bound = false;
    return Progress::kNeedInput;
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<LoopLocal&>(base);
    out.set_rows(0);
    if (kind_ != JoinKind::kRight && kind_ != JoinKind::kFull) return Progress::kDone;
    if (!local.draining) {
      local.draining = true;
      local.drains = probing_.fetch_sub(1) == 1 && !drained_.exchange(true);
    }
    if (!local.drains || local.drained == inner_->size()) return Progress::kDone;
    EnsureMatched();
    // One materialised chunk at a time.
    const uint64_t number = inner_->first_row(local.drained);
    const Chunk rows = ChunkStore::Reader(*inner_).At(local.drained++);
    Selection unmatched;
    for (uint32_t i = 0; i < rows.rows(); ++i) {
      if (matched_[number + i].load(std::memory_order_relaxed) == 0) unmatched.Add(i);
    }
    if (unmatched.size() == 0) return Progress::kMoreOutput;
    Chunk inner = rows;
    inner.Slice(unmatched, unmatched.size());
    out.Clear();
    for (const planner::PlanColumn& column : node_.children[0]->output) out.Add(Vector::ConstantNull(column.type));
    for (Vector& vector : inner.vectors()) out.Add(std::move(vector));
    out.set_rows(unmatched.size());
    return Progress::kMoreOutput;
  }

 private:
  std::unique_ptr<PairSource> MakePairs(Participant& participant) {
    const planner::PlanNode& inner = *node_.children[1];
    if (inner_ != nullptr) return std::make_unique<MaterializedPairs>(*inner_);
    if (!node_.parameters.empty()) return MakeSubtreePairs(node_, participant);
    if (inner.kind == planner::NodeKind::kIndexScan) {
      return std::make_unique<IndexPairs>(static_cast<const planner::IndexScanNode&>(inner), participant);
    }
    return std::make_unique<FunctionPairs>(static_cast<const planner::FunctionScanNode&>(inner), participant);
  }

  bool NextPairs(LoopLocal& local, const Chunk& in) const {
    if (local.loops == 0) return local.pairs->Next(in, local.outer_rows, local.inner, local.numbers);
    const uint64_t start = NowNanos();
    const bool more = local.pairs->Next(in, local.outer_rows, local.inner, local.numbers);
    local.nanos += NowNanos() - start;
    if (more) local.inner_rows += local.inner.rows();
    return more;
  }

  void EnsureMatched() {
    std::call_once(matched_made_, [&] { matched_ = std::make_unique<std::atomic<uint8_t>[]>(inner_->rows()); });
  }

  // Applies the condition to the candidate pairs; true when `out` has rows.
  bool Match(LoopLocal& local, const Chunk& in, Chunk& out) {
    const uint32_t rows = local.inner.rows();
    local.combined.Clear();
    for (const Vector& vector : in.vectors()) local.combined.Add(vector.Sliced(local.outer_rows, rows));
    for (Vector& vector : local.inner.vectors()) local.combined.Add(std::move(vector));
    local.combined.set_rows(rows);
    bool all = true;
    if (local.condition != nullptr) {
      EvaluationInput input;
      input.chunk = &local.combined;
      input.rows = rows;
      if (kind_ == JoinKind::kMark && node_.null_aware) {
        NoteMarks(local, input);
        return false;
      }
      local.condition->Select(input, local.kept);
      all = local.kept.size() == rows;
    }
    const uint32_t matches = all ? rows : local.kept.size();
    for (uint32_t i = 0; i < matches; ++i) {
      const uint32_t pair = all ? i : local.kept[i];
      uint8_t& found = local.found[local.outer_rows[pair]];
      if (kind_ == JoinKind::kSingle && found != 0) {
        throw SqlError(sqlstate::kCardinalityViolation, "more than one row returned by a subquery used as an expression");
      }
      found = 1;
    }
    if (matches == 0 || kind_ == JoinKind::kSemi || kind_ == JoinKind::kAnti || kind_ == JoinKind::kMark) return false;
    if (kind_ == JoinKind::kRight || kind_ == JoinKind::kFull) {
      EnsureMatched();
      for (uint32_t i = 0; i < matches; ++i) matched_[local.numbers[all ? i : local.kept[i]]].store(1, std::memory_order_relaxed);
    }
    out = std::move(local.combined);
    if (!all) out.Slice(local.kept, matches);
    return true;
  }

  void NoteMarks(LoopLocal& local, const EvaluationInput& input) {
    Vector truth;
    local.condition->Evaluate(input, truth);
    const VectorView view = truth.View();
    for (uint32_t i = 0; i < input.rows; ++i) {
      const RowIndex outer = local.outer_rows[i];
      if (!view.valid(i)) {
        local.unknown[outer] = 1;
      } else if (view.get<uint8_t>(i) != 0) {
        local.found[outer] = 1;
      }
    }
  }

  void Conclude(LoopLocal& local, Chunk& in, Chunk& out) const {
    if (kind_ == JoinKind::kInner || kind_ == JoinKind::kRight) return;
    if (kind_ == JoinKind::kMark) {
      out = in;
      Vector mark(type_oid::kBool);
      for (uint32_t i = 0; i < in.rows(); ++i) {
        mark.data<uint8_t>()[i] = local.found[i];
        if (local.found[i] == 0 && local.unknown[i] != 0) mark.SetNull(i);
      }
      out.Add(std::move(mark));
      return;
    }
    Selection rows;
    for (uint32_t i = 0; i < in.rows(); ++i) {
      if ((local.found[i] != 0) == (kind_ == JoinKind::kSemi)) rows.Add(i);
    }
    if (rows.size() == 0) return;
    out = in;
    if (rows.size() != in.rows()) out.Slice(rows, rows.size());
    if (kind_ == JoinKind::kSemi || kind_ == JoinKind::kAnti) return;
    for (const planner::PlanColumn& column : node_.children[1]->output) out.Add(Vector::ConstantNull(column.type));
  }

  const NestedLoopNode& node_;
  const JoinKind kind_;
  const std::shared_ptr<ChunkStore> inner_;          // null: run per outer row
  std::once_flag matched_made_;
  std::unique_ptr<std::atomic<uint8_t>[]> matched_;  // by inner row number: RIGHT, FULL
  std::atomic<uint32_t> probing_{0};
  std::atomic<bool> drained_{false};
};

}  // namespace

void BuildNestedLoop(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const NestedLoopNode&>(base);
  const planner::PlanNode& inner = *node.children[1];
  std::shared_ptr<ChunkStore> store;
  const bool per_row = node.parameterized && (!node.parameters.empty() || inner.kind == planner::NodeKind::kIndexScan ||
                                              inner.kind == planner::NodeKind::kFunctionScan);
  if (node.parameterized && !per_row) ThrowInternal("the inner side of a parameterised nested loop must be an index or function scan, or have parameters");
  if (!per_row) {
    store = std::make_shared<ChunkStore>(builder.state().context.budget, SpillPolicy(builder.state(), SpillPolicy::Use::kSort));
    Pipeline* materialize = builder.BuildInput(inner, pipeline);
    materialize->sink = builder.state().Make<ChunkStoreSink>(store);
  }
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<NestedLoop>(node, std::move(store)), node);
}

}  // namespace gather::executor
