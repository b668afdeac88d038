// Seq Scan: a table's rows, vector by vector. The filter's columns are read first, then those that runtime filters look at, the others only for
// the rows that pass.
// Parallel: participants take ranges of vectors from one dispenser.
#include "executor/expression/evaluator.h"
#include "executor/operators/scan_columns.h"
#include "executor/plan_builder.h"
#include "executor/pool/morsel_dispenser.h"
#include "executor/row/runtime_filter.h"
#include "executor/row/top_n_bound.h"
#include "storage/scan.h"

namespace gather::executor {

namespace {

// A morsel is some 64 thousand rows, 1-2 ms of an ordinary scan; the first ones are smaller, so that a LIMIT is served early and small
// tables spread.
constexpr uint32_t kMorselVectors = 32;
// A runtime filter that has let pass nearly all of this many rows is not asked again.
constexpr uint64_t kTrial = 64 << 10;

struct ScanFilter {
  uint32_t column;
  std::shared_ptr<RuntimeFilter> filter;
  const planner::SeqScanNode::RuntimeFilter* of_range = nullptr;   // made when the scan opens
};

struct SeqScanLocal : Local {
  explicit SeqScanLocal(const storage::TableScan& scan) : cursor(scan) {}
  ~SeqScanLocal() override {
    if (participant->execution.instrumentation == nullptr) return;
    participant->execution.instrumentation->Update(node, [&](planner::NodeActuals& actuals) {
      actuals.rows_removed_by_filter += removed;
      actuals.rows_removed_by_runtime_filter += removed_at_run_time;
      actuals.vectors_pruned += cursor.vectors_pruned();
    });
    participant->execution.instrumentation->AddMorsels(node, *participant, morsels, stolen);
  }
  storage::ScanCursor cursor;
  Participant* participant = nullptr;
  uint32_t node = 0;
  std::unique_ptr<Filter> filter;
  Selection selected;
  // Runtime filters
  struct Trial { uint64_t tested = 0, passed = 0; };
  std::vector<Trial> trials;
  Selection positions, narrowed;
  std::vector<uint8_t> loaded;               // columns read for a filter
  uint32_t lane = 0;
  uint32_t morsel_vectors = 1;
  MorselDispenser::Morsel morsel;
  uint64_t removed = 0, removed_at_run_time = 0, morsels = 0, stolen = 0;
};

class SeqScan final : public Source {
 public:
  SeqScan(const planner::SeqScanNode& node, ExecutionState& state, std::vector<ScanFilter> runtime_filters, std::shared_ptr<TopNBound> bound, uint32_t bound_column)
      : node_(node), state_(state), columns_(node.columns, *node.table), runtime_filters_(std::move(runtime_filters)), bound_(std::move(bound)), bound_column_(bound_column) {}

  LocalPtr MakeLocal(Participant& participant) override {
    std::call_once(opened_, [&] { Open(participant); });
    auto local = std::make_unique<SeqScanLocal>(*scan_);
    local->participant = &participant;
    local->node = node_.id;
    if (node_.filter != nullptr) local->filter = std::make_unique<Filter>(node_.filter, participant);
    local->trials.resize(runtime_filters_.size());
    local->loaded.resize(columns_.list().size());
    local->lane = dispenser_->Join();
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<SeqScanLocal&>(base);
    out.set_rows(0);
    for (;;) {
      if (local.morsel.begin == local.morsel.end) {
        if (node_.parallel_aware && local.participant->ShouldLeave()) return Progress::kDone;
        if (!dispenser_->Take(local.lane, local.morsel_vectors, &local.morsel)) return Progress::kDone;
        local.morsel_vectors = std::min(local.morsel_vectors * 2, kMorselVectors);
        ++local.morsels;
        local.stolen += local.morsel.stolen;
      }
      if (bound_ != nullptr) UseBound();
      const uint32_t visible = local.cursor.Open(local.morsel.begin++);
      if (visible == 0) continue;
      Read(local, visible, out);
      return Progress::kMoreOutput;        // perhaps no row: the runner looks at the interrupt flag and asks again
    }
  }

  double Remaining() const override {
    return scan_->vectors() == 0 ? 0 : static_cast<double>(dispenser_->Remaining()) / static_cast<double>(scan_->vectors());
  }

 private:
  void Open(Participant& participant) {
    std::vector<storage::ZoneFilter> zones;
    for (const planner::SeqScanNode::ZoneCondition& condition : node_.zone_conditions) {
      const ScanColumns::Column& column = columns_.list()[condition.column];
      if (column.stored < 0) continue;
      storage::ZoneFilter zone;
      zone.column = static_cast<uint32_t>(column.stored);
      zone.op = condition.op;
      if (condition.value != nullptr) {
        EvaluationInput one;
        one.rows = 1;
        Vector value;
        Compile(condition.value, participant)->Evaluate(one, value);
        if (value.IsNull(0)) continue;
        zone.value = value.Get(0);
        if (zone.value.type.oid != column.type.oid) continue;
      }
      zones.push_back(std::move(zone));
    }
    for (const ScanFilter& runtime : runtime_filters_) {
      if (runtime.of_range != nullptr) PublishRange(*runtime.of_range, *runtime.filter);
    }
    // Their joins' build sides come before the pipeline of this scan; where they do not, or are too large, the scan goes without.
    std::erase_if(runtime_filters_, [](const ScanFilter& runtime) { return !runtime.filter->ready(); });
    for (const ScanFilter& runtime : runtime_filters_) AddZones(runtime, zones);
    scan_ = std::make_unique<storage::TableScan>(node_.table->table, state_.context.snapshot, columns_.stored(), std::move(zones));
    dispenser_ = std::make_unique<MorselDispenser>(scan_->vectors());
  }

  // What a Top-N above has found since anybody looked last.
  void UseBound() {
    const uint64_t version = bound_->version();
    uint64_t known = bound_known_.load(std::memory_order_relaxed);
    if (version == known || !bound_known_.compare_exchange_strong(known, version, std::memory_order_relaxed)) return;
    scan_->AddFilter(bound_->Filter(static_cast<uint32_t>(columns_.list()[bound_column_].stored)));
  }

  // The values that the other side of the join can have.
  void PublishRange(const planner::SeqScanNode::RuntimeFilter& wanted, RuntimeFilter& filter) const {
    const ScanColumns columns({wanted.partner->columns[wanted.partner_column]}, *wanted.partner->table);
    const storage::TableScan partner(wanted.partner->table->table, state_.context.snapshot, columns.stored());
    const std::optional<storage::IntegerRange> range = partner.RangeOf(0);
    if (range.has_value()) filter.PublishRange(range->least, range->greatest);
  }

  void AddZones(const ScanFilter& runtime, std::vector<storage::ZoneFilter>& zones) const {
    const ScanColumns::Column& column = columns_.list()[runtime.column];
    if (column.stored < 0 || runtime.filter->empty()) return;
    const auto add = [&](storage::ZoneFilter::Op op, int64_t bound) {
      Vector value(column.type, 1);
      switch (value.physical()) {
        case PhysicalType::kInt16:
          if (bound != static_cast<int16_t>(bound)) return;
          *value.data<int16_t>() = static_cast<int16_t>(bound);
          break;
        case PhysicalType::kInt32:
          if (bound != static_cast<int32_t>(bound)) return;
          *value.data<int32_t>() = static_cast<int32_t>(bound);
          break;
        default: *value.data<int64_t>() = bound;
      }
      zones.push_back({static_cast<uint32_t>(column.stored), op, value.Get(0)});
    };
    add(storage::ZoneFilter::Op::kGreaterEqual, runtime.filter->least());
    add(storage::ZoneFilter::Op::kLessEqual, runtime.filter->greatest());
  }

  void Read(SeqScanLocal& local, uint32_t visible, Chunk& out) {
    const std::vector<ScanColumns::Column>& columns = columns_.list();
    out.vectors().resize(columns.size());
    const uint32_t first = local.filter != nullptr ? node_.filter_columns : !runtime_filters_.empty() ? 0 : static_cast<uint32_t>(columns.size());
    for (uint32_t i = 0; i < first; ++i) ReadColumn(local, columns[i], nullptr, out[i]);
    out.set_rows(visible);
    bool all = true;
    uint32_t kept = visible;
    if (local.filter != nullptr) {
      all = local.filter->Select(out, local.selected);
      kept = all ? visible : local.selected.size();
      local.removed += visible - kept;
      out.set_rows(kept);
      if (kept == 0) return;
      if (!all) {
        for (uint32_t i = 0; i < first; ++i) out[i].Slice(local.selected, kept);
      }
    }
    if (!runtime_filters_.empty() && !ApplyRuntimeFilters(local, first, all, kept, out)) return;
    for (size_t i = first; i < columns.size(); ++i) {
      if (local.loaded[i] == 0) ReadColumn(local, columns[i], all ? nullptr : &local.selected, out[i]);
    }
  }

  // Narrows local.selected (unless `all`) and the columns read so far; false when no row is left.
  bool ApplyRuntimeFilters(SeqScanLocal& local, uint32_t first, bool& all, uint32_t& kept, Chunk& out) {
    std::fill(local.loaded.begin(), local.loaded.end(), 0);
    for (size_t f = 0; f < runtime_filters_.size(); ++f) {
      SeqScanLocal::Trial& trial = local.trials[f];
      if (trial.tested > kTrial && trial.passed > trial.tested / 10 * 9) continue;
      const uint32_t column = runtime_filters_[f].column;
      if (column >= first && local.loaded[column] == 0) {
        ReadColumn(local, columns_.list()[column], all ? nullptr : &local.selected, out[column]);
        local.loaded[column] = 1;
      }
      runtime_filters_[f].filter->Select(out[column], kept, local.positions);
      const uint32_t passed = local.positions.size();
      trial.tested += kept;
      trial.passed += passed;
      local.removed_at_run_time += kept - passed;
      if (passed == kept) continue;
      out.set_rows(passed);
      if (passed == 0) return false;
      for (uint32_t i = 0; i < local.loaded.size(); ++i) {
        if (i < first || local.loaded[i] != 0) out[i].Slice(local.positions, passed);
      }
      local.narrowed.Renew();
      for (uint32_t i = 0; i < passed; ++i) local.narrowed.Add(all ? local.positions[i] : local.selected[local.positions[i]]);
      std::swap(local.selected, local.narrowed);
      all = false;
      kept = passed;
    }
    return true;
  }

  void ReadColumn(SeqScanLocal& local, const ScanColumns::Column& column, const Selection* rows, Vector& out) {
    if (column.stored >= 0) {
      if (rows == nullptr) {
        local.cursor.Read(static_cast<uint32_t>(column.stored), out);
      } else {
        local.cursor.Read(static_cast<uint32_t>(column.stored), *rows, out);
      }
    } else if (column.ctid) {
      local.cursor.ReadRowIds(out);
      if (rows != nullptr) out.Slice(*rows, rows->size());
    } else {
      out = columns_.table_oid();
    }
  }

  const planner::SeqScanNode& node_;
  ExecutionState& state_;
  const ScanColumns columns_;
  std::vector<ScanFilter> runtime_filters_;          // those that are ready, once opened
  const std::shared_ptr<TopNBound> bound_;           // null: no Top-N above
  const uint32_t bound_column_;
  std::atomic<uint64_t> bound_known_{0};             // its version that the scan has as a filter
  std::once_flag opened_;
  std::unique_ptr<storage::TableScan> scan_;
  std::unique_ptr<MorselDispenser> dispenser_;
};

// SELECT * FROM sequence: its one row, as the catalog has it now.
class SequenceScan final : public Source {
 public:
  SequenceScan(const planner::SeqScanNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    if (done_) return Progress::kDone;
    done_ = true;
    const catalog::Catalog::SequenceState now = state_.context.session->catalog().ReadSequence(*node_.table);
    out.Clear();
    for (const planner::ScanColumnRef& column : node_.columns) {
      Datum value = column.column.value == 1 ? Datum::Int8(now.last_value) : column.column.value == 2 ? Datum::Int8(0) : Datum::Bool(now.is_called);
      if (column.system == planner::ScanColumnRef::System::kCtid) value = Datum::Of(type_oid::kTid, RowId(0, 1));
      if (column.system == planner::ScanColumnRef::System::kTableOid) value = Datum::OfOid(node_.table->oid);
      out.Add(Vector::Constant(value));
    }
    out.set_rows(1);
    if (node_.filter == nullptr) return Progress::kMoreOutput;
    Selection selected;
    const bool all = Filter(node_.filter, state_.leader).Select(out, selected);
    return all || selected.size() == 1 ? Progress::kMoreOutput : Progress::kDone;
  }

 private:
  const planner::SeqScanNode& node_;
  ExecutionState& state_;
  bool done_ = false;
};

}  // namespace

void BuildSeqScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::SeqScanNode&>(base);
  if (node.table->kind == catalog::RelationKind::kSequence) {
    builder.SetSource(pipeline, builder.state().Make<SequenceScan>(node, builder.state()), node);
    return;
  }
  std::vector<ScanFilter> runtime_filters;
  for (const planner::SeqScanNode::RuntimeFilter& wanted : node.runtime_filters) {
    if (wanted.partner != nullptr) {
      runtime_filters.push_back({wanted.column, std::make_shared<RuntimeFilter>(), &wanted});
    } else if (builder.runtime_filter(wanted.number) != nullptr) {
      runtime_filters.push_back({wanted.column, builder.runtime_filter(wanted.number)});
    }
  }
  uint32_t bound_column = 0;
  std::shared_ptr<TopNBound> bound = builder.TopNBoundOf(node, &bound_column);
  builder.SetSource(pipeline, builder.state().Make<SeqScan>(node, builder.state(), std::move(runtime_filters), std::move(bound), bound_column), node, node.parallel_aware);
}

}  // namespace gather::executor
