// Aggregate: plain, hashed and sorted; whole, partial and final.
//
// Hashed: every participant groups its rows in a table of its own. When all are done, groups are merged by hash partition, the partitions in
// parallel, so that afterwards each group exists once. Grouping sets: every set groups the same chunk, its number being one more key. A partial aggregate hands out its groups' states as addresses; a final one right above
// the Gather of such a partial has nothing to merge and only finalizes them.
// Sorted: a stream of groups over sorted input.
#include <algorithm>
#include <atomic>

#include "executor/operators/aggregate_calls.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

using planner::AggregateNode;
using planner::AggregateSplit;
using planner::AggregateStrategy;

// Merging this many groups is not worth dividing.
constexpr uint64_t kGroupsPerPartition = 16384;
constexpr uint32_t kPartitions = 64;

// The groups of one Aggregate, once its input has ended.
struct Groups {
  std::vector<const std::vector<uint8_t*>*> parts;   // rows, in the tables of the sink
  std::vector<std::shared_ptr<RowStore>> stores;     // own the rows
  RowLayout layout;
};

// ---- the input side

struct AggregateLocal : Local {
  AggregateLocal(const AggregateStates& the_states, const Participant& the_participant) : states(the_states), participant(the_participant) {}
  ~AggregateLocal() override {
    if (table != nullptr) states.Destroy(table->rows().data(), table->rows().size(), table->layout().tail());
  }
  const AggregateStates& states;
  const Participant& participant;
  std::unique_ptr<GroupTable> table;                 // taken over by the sink in Merge
  std::unique_ptr<AggregateInput> input;             // null for a final aggregate
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint8_t*> rows;
  Selection added;
  std::vector<std::vector<uint8_t*>> partitions;
};

class AggregateSink final : public Sink {
 public:
  AggregateSink(const AggregateNode& node, ExecutionState& state, std::shared_ptr<Groups> groups)
      : node_(node), state_(state), states_(node, state), groups_(std::move(groups)) {
    for (const planner::ExprRef& key : node.keys) key_types_.push_back(key->type);
    if (!node.grouping_sets.empty()) key_types_.push_back(type_oid::kInt4);
  }
  ~AggregateSink() override {
    // Every state lies in a row of some participant's table, also those merged into others (gutted) and those adopted by a partition.
    for (const auto& table : locals_) states_.Destroy(table->rows().data(), table->rows().size(), table->layout().tail());
  }
  const AggregateStates& states() const { return states_; }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<AggregateLocal>(states_, participant);
    local->table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget);
    if (node_.split != AggregateSplit::kFinal) {
      local->input = std::make_unique<AggregateInput>(states_, participant, local->table->layout().tail());
    }
    local->keys = ExpressionList(node_.keys, participant);
    local->key_values.resize(node_.keys.size());
    local->rows.resize(kVectorSize);
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<AggregateLocal&>(base);
    if (key_types_.empty()) {
      uint8_t* row = TheGroup(*local.table);
      if (local.input != nullptr) {
        local.input->UpdateOne(in, row);
        return Progress::kNeedInput;
      }
      std::fill(local.rows.begin(), local.rows.begin() + in.rows(), row);
      CombinePartial(local, in);
      return Progress::kNeedInput;
    }
    local.keys.NextChunk();
    for (size_t i = 0; i < local.key_values.size(); ++i) local.keys.Evaluate(i, in, local.key_values[i]);
    if (node_.grouping_sets.empty()) {
      Group(local, local.key_values, in);
    } else {
      for (size_t set = 0; set < node_.grouping_sets.size(); ++set) Group(local, KeysOfSet(local.key_values, set), in);
    }
    for (Vector& value : local.key_values) value = Vector();
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<AggregateLocal&>(base);
    if (local.input != nullptr) local.input->FinishOrdered();
    // Divided here, by the participant itself, so that the partitions can be merged side by side.
    if (local.table->groups() > kGroupsPerPartition) Divide(local.table->rows(), local.partitions);
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, local.participant, [&](planner::SpaceActuals& space) {
        space.hash_batches = 1;
        space.memory_bytes = local.table->bytes();
      });
    }
    std::lock_guard lock(mutex_);
    locals_.push_back(std::move(local.table));
    divided_.push_back(std::move(local.partitions));
  }

  uint32_t PrepareFinish() override {
    groups_->layout = locals_[0]->layout();
    AddEmptyGroups(*locals_[0]);
    uint64_t total = 0;
    for (const auto& table : locals_) total += table->groups();
    if (locals_.size() == 1) return 0;
    const uint32_t parts = total > kGroupsPerPartition ? kPartitions : 1;
    if (parts > 1) {
      for (size_t i = 0; i < locals_.size(); ++i) {
        if (divided_[i].empty()) Divide(locals_[i]->rows(), divided_[i]);
      }
    }
    merged_.resize(parts);
    return parts;
  }

  void FinishPart(uint32_t part) override {
    auto table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget);
    std::vector<uint8_t*> targets(kVectorSize), from, to;
    for (size_t i = 0; i < locals_.size(); ++i) {
      const std::vector<uint8_t*>& rows = merged_.size() == 1 ? locals_[i]->rows() : divided_[i][part];
      for (size_t at = 0; at < rows.size(); at += kVectorSize) {
        const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, rows.size() - at));
        table->Adopt(rows.data() + at, count, targets.data());
        from.clear();
        to.clear();
        for (uint32_t k = 0; k < count; ++k) {
          if (targets[k] == rows[at + k]) continue;
          from.push_back(rows[at + k]);
          to.push_back(targets[k]);
        }
        states_.Combine(from.data(), to.data(), static_cast<uint32_t>(from.size()), table->layout().tail());
      }
    }
    merged_[part] = std::move(table);
  }

  void Finish() override {
    for (const auto& table : locals_) groups_->stores.push_back(table->shared_store());
    for (const auto& table : merged_) groups_->parts.push_back(&table->rows());
    if (merged_.empty()) groups_->parts.push_back(&locals_[0]->rows());
    if (state_.instrumentation != nullptr && node_.split == AggregateSplit::kPartial) {
      uint64_t bytes = 0;
      for (const auto& table : locals_) bytes += table->store().bytes();
      for (const auto& table : merged_) bytes += table->directory_bytes();
      state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) { actuals.merged_bytes = bytes; });
    }
  }

 private:
  void Group(AggregateLocal& local, std::span<const Vector> keys, const Chunk& in) {
    local.table->FindOrAdd(keys, in.rows(), local.rows.data(), &local.added);
    const uint32_t tail = local.table->layout().tail();
    for (uint32_t i = 0; i < local.added.size(); ++i) states_.Initialize(local.rows[local.added[i]] + tail);
    if (local.input != nullptr) {
      local.input->Update(in, local.rows.data());
    } else {
      CombinePartial(local, in);
    }
  }

  // The keys of one grouping set: null where it does not group, and its number.
  std::vector<Vector> KeysOfSet(const std::vector<Vector>& keys, size_t set) const {
    std::vector<Vector> of_set;
    for (size_t i = 0; i < keys.size(); ++i) of_set.push_back(Vector::ConstantNull(key_types_[i]));
    for (const uint32_t key : node_.grouping_sets[set]) of_set[key] = keys[key];
    of_set.push_back(Vector::Constant(Datum::Int4(static_cast<int32_t>(set))));
    return of_set;
  }

  // Groups that exist without any input row: the one of a plain aggregate, and of every empty grouping set.
  void AddEmptyGroups(GroupTable& table) {
    uint8_t* row;
    if (node_.grouping_sets.empty()) {
      if (node_.keys.empty()) TheGroup(table);
      return;
    }
    Selection added;
    for (size_t set = 0; set < node_.grouping_sets.size(); ++set) {
      if (!node_.grouping_sets[set].empty()) continue;
      table.FindOrAdd(KeysOfSet(std::vector<Vector>(node_.keys.size()), set), 1, &row, &added);
      if (added.size() != 0) states_.Initialize(row + table.layout().tail());
    }
  }

  uint8_t* TheGroup(GroupTable& table) {
    if (table.groups() == 0) {
      uint8_t* row;
      table.FindOrAdd({}, 1, &row, nullptr);
      states_.Initialize(row + table.layout().tail());
    }
    return table.rows()[0];
  }

  void Divide(const std::vector<uint8_t*>& rows, std::vector<std::vector<uint8_t*>>& partitions) const {
    partitions.resize(kPartitions);
    for (auto& partition : partitions) partition.reserve(rows.size() / kPartitions + rows.size() / 1024 + 8);
    // Bits that neither the slot (low) nor the tag (high) of small tables uses up.
    for (uint8_t* row : rows) partitions[GroupTable::Hash(row) >> 40 & (kPartitions - 1)].push_back(row);
  }

  // Final: the input's aggregate columns are addresses of partial states.
  void CombinePartial(AggregateLocal& local, const Chunk& in) {
    std::vector<void*> from(in.rows()), to(in.rows());
    const uint32_t tail = local.table->layout().tail();
    for (size_t i = 0; i < states_.size(); ++i) {
      const VectorView addresses = in[states_.plan(i).arguments[0]->index].View();
      for (uint32_t k = 0; k < in.rows(); ++k) {
        from[k] = reinterpret_cast<void*>(addresses.get<int64_t>(k));
        to[k] = local.rows[k] + tail + states_.offset(i);
      }
      states_.CombineStates(i, from.data(), to.data(), in.rows());
    }
  }

  const AggregateNode& node_;
  ExecutionState& state_;
  const AggregateStates states_;
  const std::shared_ptr<Groups> groups_;
  std::vector<SqlType> key_types_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<GroupTable>> locals_;
  std::vector<std::vector<std::vector<uint8_t*>>> divided_;   // by local, by partition
  std::vector<std::unique_ptr<GroupTable>> merged_;
};

// ---- the output side

struct GroupsLocal : Local {
  size_t part = 0, at = 0;
  bool has_part = false;
};

// Streams groups: keys, then values (or addresses of states, for a partial aggregate). Participants take parts.
class GroupsSource final : public Source {
 public:
  GroupsSource(const AggregateNode& node, const AggregateStates& states, std::shared_ptr<Groups> groups)
      : node_(node), states_(states), groups_(std::move(groups)) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<GroupsLocal>(); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<GroupsLocal&>(base);
    for (;;) {
      if (!local.has_part) {
        local.part = next_part_.fetch_add(1, std::memory_order_relaxed);
        local.at = 0;
        local.has_part = true;
      }
      if (local.part >= groups_->parts.size()) {
        out.set_rows(0);
        return Progress::kDone;
      }
      const std::vector<uint8_t*>& rows = *groups_->parts[local.part];
      if (local.at < rows.size()) {
        const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, rows.size() - local.at));
        Write(rows.data() + local.at, count, out);
        local.at += count;
        return Progress::kMoreOutput;
      }
      local.has_part = false;
    }
  }

 private:
  void Write(uint8_t* const* rows, uint32_t count, Chunk& out) const {
    const size_t keys = node_.keys.size();
    out.vectors().resize(keys + states_.size() + (node_.grouping_sets.empty() ? 0 : 1));
    for (size_t i = 0; i < keys; ++i) LoadColumn(groups_->layout.column(i), rows, count, groups_, out[i]);
    for (size_t i = 0; i < states_.size(); ++i) {
      if (node_.split != AggregateSplit::kPartial) {
        states_.Finalize(i, rows, count, groups_->layout.tail(), out[keys + i]);
        continue;
      }
      PrepareResult(out[keys + i], type_oid::kInt8, PhysicalType::kInt64, count);
      auto* addresses = out[keys + i].data<int64_t>();
      for (uint32_t k = 0; k < count; ++k) addresses[k] = reinterpret_cast<int64_t>(rows[k] + groups_->layout.tail() + states_.offset(i));
    }
    if (!node_.grouping_sets.empty()) LoadColumn(groups_->layout.column(keys), rows, count, groups_, out[keys + states_.size()]);
    out.set_rows(count);
  }

  const AggregateNode& node_;
  const AggregateStates& states_;
  const std::shared_ptr<Groups> groups_;
  std::atomic<size_t> next_part_{0};
};

// A final aggregate over groups that are complete already.
class FinalizeOnly final : public Transform {
 public:
  FinalizeOnly(const AggregateNode& node, ExecutionState& state) : node_(node), state_(state), states_(node, state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Drain(Local&, Chunk&) override {
    if (state_.instrumentation == nullptr) return Progress::kDone;
    // It works on the groups that the partial aggregate below the Gather has merged.
    uint64_t bytes = 0;
    state_.instrumentation->Update(node_.children[0]->children[0]->id, [&](const planner::NodeActuals& partial) { bytes = partial.merged_bytes; });
    state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) {
      actuals.hash_batches = 1;
      actuals.memory_bytes = bytes;
    });
    return Progress::kDone;
  }
  Progress Push(Local&, Chunk& in, Chunk& out) override {
    const size_t keys = node_.keys.size();
    out.vectors().resize(keys + states_.size());
    for (size_t i = 0; i < keys; ++i) out[i] = in[node_.keys[i]->index];
    std::vector<void*> addresses(in.rows());
    for (size_t i = 0; i < states_.size(); ++i) {
      const VectorView view = in[states_.plan(i).arguments[0]->index].View();
      for (uint32_t k = 0; k < in.rows(); ++k) addresses[k] = reinterpret_cast<void*>(view.get<int64_t>(k));
      states_.FinalizeStates(i, addresses.data(), in.rows(), out[keys + i]);
    }
    out.set_rows(in.rows());
    return Progress::kNeedInput;
  }

 private:
  const AggregateNode& node_;
  ExecutionState& state_;
  const AggregateStates states_;
};

// Whether every group comes up exactly once in `node`'s output: a partial aggregate below one Gather merges its groups itself.
bool GroupsAreComplete(const planner::PlanNode& node) {
  if (node.kind != planner::NodeKind::kGather) return false;
  const planner::PlanNode& child = *node.children[0];
  if (child.kind != planner::NodeKind::kAggregate) return false;
  const auto& partial = static_cast<const AggregateNode&>(child);
  return partial.split == AggregateSplit::kPartial && partial.strategy != AggregateStrategy::kSorted;
}

}  // namespace

void BuildSortedAggregate(const AggregateNode& node, PlanBuilder& builder, Pipeline& pipeline);   // sorted_aggregate.cc

void BuildAggregate(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const AggregateNode&>(base);
  if (node.split == AggregateSplit::kFinal && GroupsAreComplete(*node.children[0])) {
    builder.Build(*node.children[0], pipeline);
    builder.AddStep(pipeline, builder.state().Make<FinalizeOnly>(node, builder.state()), node);
    return;
  }
  if (node.strategy == AggregateStrategy::kSorted && node.grouping_sets.empty() && !node.keys.empty()) {
    BuildSortedAggregate(node, builder, pipeline);
    return;
  }
  auto groups = std::make_shared<Groups>();
  auto* sink = builder.state().Make<AggregateSink>(node, builder.state(), groups);
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, sink, node);
  if (sink->states().needs_one_stream()) input->parallel = false;
  builder.SetSource(pipeline, builder.state().Make<GroupsSource>(node, sink->states(), groups), node, builder.in_gather());
}

}  // namespace gather::executor
