// Index Scan: rows by an ordered index, in its order. Index Only Scan: the columns come out of the entries' keys, and the table is only asked which
// rows are visible.
// Parallel: the range is cut into parts, which participants take in order, so that what one of them makes is in order too.
#include <algorithm>
#include <atomic>
#include <mutex>

#include "executor/operators/index_probe.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

// The first batch is small: a LIMIT or a point lookup wants few rows.
constexpr uint32_t kFirstBatch = 64;
// A part of a parallel scan: some ten thousand entries, which a participant can pass on without waiting for a Gather Merge.
constexpr uint64_t kPartBytes = 64 << 10;
constexpr uint64_t kFewestParts = 8, kMostParts = 512;

struct IndexScanLocal : Local {
  Participant* participant = nullptr;
  std::unique_ptr<IndexProbe> probe;                       // serial, unless index-only
  std::unique_ptr<index::OrderedIndex::Cursor> cursor;     // of the present part
  std::vector<RowId> ids;
  Selection position{1};
  Chunk fetched;
  std::unique_ptr<Filter> recheck;
  Selection kept;
  index::OrderedIndex::Keys keys;
  uint32_t batch = kFirstBatch;
  uint64_t heap_fetches = 0, parts = 0;
};

class IndexScan final : public Source {
 public:
  IndexScan(const planner::IndexScanNode& node, ExecutionState& state) : node_(node), state_(state), fetch_(node.columns, *node.table) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<IndexScanLocal>();
    local->participant = &participant;
    if (node_.recheck && node_.condition != nullptr) local->recheck = std::make_unique<Filter>(node_.condition, participant);
    if (node_.parallel_aware || node_.index_only) {
      std::call_once(opened_, [&] { Open(participant); });
    } else {
      local->probe = std::make_unique<IndexProbe>(node_, node_.backward, participant);
    }
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<IndexScanLocal&>(base);
    out.set_rows(0);
    if (local.ids.empty() && local.probe != nullptr) {
      EvaluationInput one;
      one.rows = 1;
      local.probe->Bind(one);
      local.probe->Start(0);
    }
    if (local.ids.size() < local.batch) {
      local.ids.resize(local.batch);
      local.position = Selection(local.batch);
    }
    local.keys.bytes.clear();
    local.keys.ends.clear();
    const uint32_t count = local.probe != nullptr ? local.probe->Next(local.ids.data(), local.batch) : NextOfParts(local);
    local.batch = kVectorSize;
    if (count == 0) {
      Report(local);
      return Progress::kDone;
    }
    const std::span<const RowId> ids(local.ids.data(), count);
    if (node_.index_only) {
      ReadKeys(local, ids, out);
      return Progress::kMoreOutput;
    }
    const uint32_t rows = fetch_.Fetch(state_.context.snapshot, ids, local.fetched, local.position, out);
    if (local.recheck != nullptr && rows != 0 && !local.recheck->Select(out, local.kept)) out.Slice(local.kept, local.kept.size());
    return Progress::kMoreOutput;
  }

  double Remaining() const override {
    if (!open_.load(std::memory_order_acquire)) return -1;
    const double taken = static_cast<double>(std::min(next_.load(std::memory_order_relaxed), parts_.size()));
    return parts_.empty() ? 0 : 1 - taken / static_cast<double>(parts_.size());
  }

 private:
  using Range = IndexProbe::Range;

  void Open(Participant& participant) {
    IndexProbe probe(node_, node_.backward, participant);
    index_ = &probe.index();
    for (Range& range : probe.Ranges()) {
      if (!node_.parallel_aware) {
        parts_.push_back(std::move(range));
        continue;
      }
      const uint64_t parts = std::clamp(index_->ApproximateBytes(range) / kPartBytes, kFewestParts, kMostParts);
      std::vector<Range> split = index_->Split(range, static_cast<uint32_t>(parts));
      if (node_.backward) std::reverse(split.begin(), split.end());
      for (Range& part : split) parts_.push_back(std::move(part));
    }
    open_.store(true, std::memory_order_release);
  }

  uint32_t NextOfParts(IndexScanLocal& local) {
    for (;;) {
      if (local.cursor == nullptr) {
        if (node_.parallel_aware && local.participant->ShouldLeave()) return 0;
        const size_t part = next_.fetch_add(1, std::memory_order_relaxed);
        if (part >= parts_.size()) return 0;
        local.cursor = index_->Scan(state_.context.transaction, parts_[part], node_.backward);
        ++local.parts;
      }
      const uint32_t count = node_.index_only ? local.cursor->Next(local.ids.data(), local.batch, &local.keys) : local.cursor->Next(local.ids.data(), local.batch);
      if (count != 0) return count;
      local.cursor.reset();
    }
  }

  void ReadKeys(IndexScanLocal& local, std::span<const RowId> ids, Chunk& out) const {
    local.heap_fetches += node_.table->table->FindVisible(state_.context.snapshot, ids, local.position);
    const uint32_t rows = local.position.size();
    const index::IndexDefinition& definition = index_->definition();
    out.Clear();
    std::vector<Vector*> wanted(definition.key_types.size());
    size_t last = 0;
    for (size_t i = 0; i < node_.columns.size(); ++i) out.Add(Vector(node_.columns[i].type, rows <= 64 ? 64 : kVectorSize));
    for (size_t i = 0; i < node_.columns.size(); ++i) {
      wanted[node_.key_columns[i]] = &out[i];
      last = std::max<size_t>(last, node_.key_columns[i] + 1);
    }
    if (node_.columns.empty()) last = 0;
    for (uint32_t row = 0; row < rows; ++row) {
      const uint32_t entry = local.position[row];
      const uint32_t begin = entry == 0 ? 0 : local.keys.ends[entry - 1];
      std::string_view key = std::string_view(local.keys.bytes).substr(begin, local.keys.ends[entry] - begin);
      for (size_t column = 0; column < last; ++column) {
        key.remove_prefix(ReadSortKey(key, definition.key_types[column], definition.orders[column], wanted[column], row));
      }
    }
    out.set_rows(rows);
  }

  void Report(IndexScanLocal& local) const {
    if (state_.instrumentation == nullptr) return;
    state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) { actuals.heap_fetches += local.heap_fetches; });
    if (node_.parallel_aware) state_.instrumentation->AddMorsels(node_.id, *local.participant, local.parts, 0);
    local.heap_fetches = local.parts = 0;
  }

  const planner::IndexScanNode& node_;
  ExecutionState& state_;
  const RowFetch fetch_;
  // By parts: parallel, or index-only.
  std::once_flag opened_;
  std::atomic<bool> open_{false};
  const index::OrderedIndex* index_ = nullptr;
  std::vector<Range> parts_;
  std::atomic<size_t> next_{0};
};

}  // namespace

void BuildIndexScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::IndexScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<IndexScan>(node, builder.state()), node, node.parallel_aware);
}

}  // namespace gather::executor
