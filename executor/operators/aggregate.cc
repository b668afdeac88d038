// Aggregate: plain, hashed and sorted; whole, partial and final: the output side (aggregate_sink.h: the input side).
//
// A partial aggregate hands out its groups' states as addresses; a final one right above it, or above the Gather of it, has nothing to merge and only
// finalizes them.
#include <algorithm>
#include <atomic>

#include "executor/operators/aggregate_sink.h"

namespace gather::executor {

namespace {

using planner::AggregateNode;
using planner::AggregateSplit;
using planner::AggregateStrategy;

// Groups that one participant takes at once: of few a sixteenth, since much may be done with each above.
constexpr size_t kFewestMorselRows = 32, kMorselRows = 4 * kVectorSize, kMorsels = 16;

struct GroupsLocal : Local {
  explicit GroupsLocal(Participant& the_participant) : participant(the_participant) {}
  Participant& participant;
  size_t part = 0, at = 0, end = 0;
  // Groups made of rows put aside
  std::vector<GroupsToMake> parts;
  std::shared_ptr<Grouping> grouping;
  std::shared_ptr<const void> owner;                 // of its rows' strings
};

// Streams groups: keys, then values (or addresses of states, for a partial aggregate). Participants take morsels of parts.
class GroupsSource final : public Source {
 public:
  GroupsSource(const AggregateNode& node, AggregateSink& sink, std::shared_ptr<Groups> groups, bool parallel)
      : node_(node), sink_(sink), states_(sink.states()), groups_(std::move(groups)), parallel_(parallel) {}
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<GroupsLocal>(participant); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<GroupsLocal&>(base);
    if (sink_.by_partition()) return NextOfPartitions(local, out);
    while (local.at == local.end) {
      const size_t morsel = next_.fetch_add(1, std::memory_order_relaxed);
      if (!FindMorsel(morsel, local)) {
        out.set_rows(0);
        return Progress::kDone;
      }
    }
    const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, local.end - local.at));
    Write(groups_->parts[local.part]->data() + local.at, count, groups_, out);
    local.at += count;
    return Progress::kMoreOutput;
  }

  double Remaining() const override {
    if (sink_.by_partition()) return 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / RowPartitions::kPartitions);
    size_t all = 0;
    const size_t morsel_rows = MorselRows();
    for (const auto* part : groups_->parts) all += MorselsOf(*part, morsel_rows);
    return all == 0 ? 0 : 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / static_cast<double>(all));
  }

 private:
  size_t MorselRows() const {
    size_t groups = 0;
    for (const auto* part : groups_->parts) groups += part->size();
    return parallel_ ? std::clamp(groups / kMorsels, kFewestMorselRows, kMorselRows) : kMorselRows;
  }
  static size_t MorselsOf(const std::vector<uint8_t*>& part, size_t morsel_rows) { return (part.size() + morsel_rows - 1) / morsel_rows; }

  bool FindMorsel(size_t number, GroupsLocal& local) const {
    const size_t morsel_rows = MorselRows();
    for (size_t part = 0; part < groups_->parts.size(); ++part) {
      const size_t morsels = MorselsOf(*groups_->parts[part], morsel_rows);
      if (number >= morsels) {
        number -= morsels;
        continue;
      }
      local.part = part;
      local.at = number * morsel_rows;
      local.end = std::min(local.at + morsel_rows, groups_->parts[part]->size());
      return true;
    }
    return false;
  }

  Progress NextOfPartitions(GroupsLocal& local, Chunk& out) {
    for (;;) {
      if (local.grouping != nullptr) {
        const std::vector<uint8_t*>& rows = local.grouping->table->rows();
        if (local.at < rows.size()) {
          const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, rows.size() - local.at));
          Write(rows.data() + local.at, count, local.owner, out);
          // The states' addresses stay good until the final aggregate has seen them.
          if (node_.split == AggregateSplit::kPartial) {
            for (size_t i = 0; i < states_.size(); ++i) out[node_.keys.size() + i].KeepAlive(std::shared_ptr<const void>(local.grouping));
          }
          local.at += count;
          return Progress::kMoreOutput;
        }
        local.grouping.reset();
      }
      if (local.parts.empty()) {
        const size_t number = next_.fetch_add(1, std::memory_order_relaxed);
        if (number >= RowPartitions::kPartitions) {
          out.set_rows(0);
          return Progress::kDone;
        }
        local.parts.push_back(sink_.FirstOf(static_cast<uint32_t>(number)));
      }
      const GroupsToMake part = std::move(local.parts.back());
      local.parts.pop_back();
      local.grouping = sink_.Make(part, local.participant, local.parts);
      auto stores = std::make_shared<std::vector<std::shared_ptr<const void>>>(groups_->stores);
      stores->push_back(local.grouping->table->owner());
      local.owner = std::move(stores);
      local.at = 0;
    }
  }

  void Write(uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Chunk& out) const {
    const size_t keys = node_.keys.size();
    out.vectors().resize(keys + states_.size() + (node_.grouping_sets.empty() ? 0 : 1));
    for (size_t i = 0; i < keys; ++i) LoadColumn(groups_->layout.column(i), rows, count, owner, out[i]);
    for (size_t i = 0; i < states_.size(); ++i) {
      if (node_.split != AggregateSplit::kPartial) {
        states_.Finalize(i, rows, count, groups_->layout.tail(), out[keys + i]);
        continue;
      }
      PrepareResult(out[keys + i], type_oid::kInt8, PhysicalType::kInt64, count);
      auto* addresses = out[keys + i].data<int64_t>();
      for (uint32_t k = 0; k < count; ++k) addresses[k] = reinterpret_cast<int64_t>(rows[k] + groups_->layout.tail() + states_.offset(i));
    }
    if (!node_.grouping_sets.empty()) LoadColumn(groups_->layout.column(keys), rows, count, owner, out[keys + states_.size()]);
    out.set_rows(count);
  }

  const AggregateNode& node_;
  AggregateSink& sink_;
  const AggregateStates& states_;
  const std::shared_ptr<Groups> groups_;
  const bool parallel_;                              // participants share it
  std::atomic<size_t> next_{0};                      // morsel, or partition
};

// Whether every group comes up exactly once in `node`'s output: a partial aggregate merges its groups itself, also below one Gather.
const planner::PlanNode& PartialOf(const planner::PlanNode& node) { return node.kind == planner::NodeKind::kGather ? *node.children[0] : node; }
bool GroupsAreComplete(const planner::PlanNode& node) {
  const planner::PlanNode& child = PartialOf(node);
  if (child.kind != planner::NodeKind::kAggregate) return false;
  const auto& partial = static_cast<const AggregateNode&>(child);
  return partial.split == AggregateSplit::kPartial && partial.strategy != AggregateStrategy::kSorted;
}

// A final aggregate over groups that are complete already.
class FinalizeOnly final : public Transform {
 public:
  FinalizeOnly(const AggregateNode& node, ExecutionState& state) : node_(node), state_(state), states_(node, state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Drain(Local&, Chunk&) override {
    if (state_.instrumentation == nullptr) return Progress::kDone;
    // It works on the groups that the partial aggregate below the Gather has merged.
    uint64_t bytes = 0;
    state_.instrumentation->Update(PartialOf(*node_.children[0]).id, [&](const planner::NodeActuals& partial) { bytes = partial.merged_bytes; });
    state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) {
      actuals.hash_batches = 1;
      actuals.memory_bytes = bytes;
    });
    return Progress::kDone;
  }
  Progress Push(Local&, Chunk& in, Chunk& out) override {
    const size_t keys = node_.keys.size();
    out.vectors().resize(keys + states_.size() + (node_.grouping_sets.empty() ? 0 : 1));
    for (size_t i = 0; i < keys; ++i) out[i] = in[node_.keys[i]->index];
    if (!node_.grouping_sets.empty()) out[keys + states_.size()] = in[keys + states_.size()];
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
  if (!sink->shared()) input->parallel = false;
  builder.SetSource(pipeline, builder.state().Make<GroupsSource>(node, *sink, groups, builder.in_gather()), node, builder.in_gather());
}

}  // namespace gather::executor
