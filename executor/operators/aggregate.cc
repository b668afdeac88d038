// Aggregate: plain, hashed and sorted; whole, partial and final.
//
// Hashed: every participant groups its rows in a table of its own. When all are done, groups are merged by hash partition, the partitions in
// parallel, so that afterwards each group exists once. Grouping sets: every set groups the same chunk, its number being one more key. A partial
// aggregate hands out its groups' states as addresses; a final one right above the Gather of such a partial has nothing to merge and only
// finalizes them.
// A table that has outgrown its memory takes no new groups: the input rows of others go to disk by hash partition. The partitions are grouped one by
// one when the groups are read, with the groups in memory that belong to them.
// Sorted: a stream of groups over sorted input.
#include <algorithm>
#include <atomic>

#include "executor/operators/aggregate_calls.h"
#include "executor/plan_builder.h"
#include "executor/spill/row_spill.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

using planner::AggregateNode;
using planner::AggregateSplit;
using planner::AggregateStrategy;

// Merging this many groups is not worth dividing.
constexpr uint64_t kGroupsPerPartition = 16384;
constexpr uint32_t kPartitions = 64;
// Groups that one participant takes at once.
constexpr size_t kMorselRows = 4 * kVectorSize;
// Of what does not fit into memory, by level.
constexpr uint32_t kSpillPartitions = 32;
constexpr uint32_t kDeepest = 3;
constexpr uint64_t kStageBytes = 256 << 10;
uint32_t PartitionOf(uint64_t hash, uint32_t level) { return static_cast<uint32_t>(hash >> (32 - 5 * level)) & (kSpillPartitions - 1); }

// The groups of one Aggregate, once its input has ended.
struct Groups {
  std::vector<const std::vector<uint8_t*>*> parts;   // rows, in the tables of the sink
  std::vector<std::shared_ptr<RowStore>> stores;     // own the rows
  RowLayout layout;
};

// ---- the input side

// A table that one participant fills.
struct Grouping {
  explicit Grouping(const AggregateStates& the_states) : states(the_states) {}
  Grouping(const Grouping&) = delete;
  ~Grouping() {
    if (table == nullptr) return;
    const std::vector<uint8_t*>& all = table->rows();
    states.Destroy(all.data() + adopted, all.size() - adopted, table->layout().tail());
  }
  const AggregateStates& states;
  std::unique_ptr<GroupTable> table;
  uint64_t adopted = 0;                              // its first rows belong to other tables
  std::unique_ptr<AggregateInput> input;             // null for a final aggregate
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint8_t*> rows;
  Selection added;
  // Once it is full
  uint32_t level = 0;                                // of `spill`
  std::shared_ptr<RowSpill> spill;
  std::unique_ptr<RowStore> stage;
  std::vector<uint64_t> hashes;
  std::vector<uint8_t*> staged;
};

struct AggregateLocal : Local {
  AggregateLocal(const AggregateStates& states, const Participant& the_participant) : participant(the_participant), grouping(states) {}
  const Participant& participant;
  Grouping grouping;                                 // its table is taken over by the sink in Merge
  std::vector<std::vector<uint8_t*>> partitions;
};

// Groups still to be made of rows on disk and, at the first level, of those in memory.
struct SpilledPart {
  uint32_t level = 0, number = 0;
  std::vector<std::shared_ptr<RowSpill>> spills;
};

class AggregateSink final : public Sink {
 public:
  AggregateSink(const AggregateNode& node, ExecutionState& state, std::shared_ptr<Groups> groups)
      : node_(node), state_(state), states_(node, state), groups_(std::move(groups)), policy_(state, SpillPolicy::Use::kHash) {
    for (const planner::ExprRef& key : node.keys) key_types_.push_back(key->type);
    if (!node.grouping_sets.empty()) key_types_.push_back(type_oid::kInt4);
    std::vector<SqlType> input_types;
    for (const planner::PlanColumn& column : node.children[0]->output) input_types.push_back(column.type);
    input_layout_ = RowLayout(input_types, sizeof(uint64_t));
    // States that travel as addresses cannot be written down.
    can_spill_ = policy_.can_spill() && !node.keys.empty() && node.grouping_sets.empty() && node.split != AggregateSplit::kFinal;
  }
  ~AggregateSink() override {
    // Every state lies in a row of some participant's table, also those merged into others (gutted) and those adopted by a partition.
    for (const auto& table : locals_) states_.Destroy(table->rows().data(), table->rows().size(), table->layout().tail());
  }
  const AggregateStates& states() const { return states_; }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<AggregateLocal>(states_, participant);
    Prepare(local->grouping, participant);
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    AddRows(static_cast<AggregateLocal&>(base).grouping, in);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<AggregateLocal&>(base);
    Grouping& grouping = local.grouping;
    if (grouping.input != nullptr) grouping.input->FinishOrdered();
    if (grouping.spill != nullptr) grouping.spill->Finish();
    // Divided here, by the participant itself, so that the partitions can be merged side by side.
    if (grouping.table->groups() > kGroupsPerPartition) Divide(grouping.table->rows(), local.partitions);
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, local.participant, [&](planner::SpaceActuals& space) {
        space.hash_batches = grouping.spill != nullptr ? 1 + kSpillPartitions : 1;
        space.memory_bytes = grouping.table->bytes();
        space.disk_bytes = grouping.spill != nullptr ? grouping.spill->bytes() : 0;
      });
    }
    std::lock_guard lock(mutex_);
    locals_.push_back(std::move(grouping.table));
    divided_.push_back(std::move(local.partitions));
    if (grouping.spill != nullptr) spills_.push_back(std::move(grouping.spill));
  }

  // Some groups are on disk: GroupsSource makes them part by part.
  bool spilled() const { return !spills_.empty(); }
  SpilledPart FirstPart(uint32_t number) const { return {0, number, spills_}; }

  // The groups of one part; what does not fit is left in `more`.
  std::shared_ptr<Grouping> MakePart(const SpilledPart& part, Participant& participant, std::vector<SpilledPart>& more) {
    auto grouping = std::make_shared<Grouping>(states_);
    Prepare(*grouping, participant);
    grouping->level = part.level + 1;
    if (part.level == 0) {
      for (size_t i = 0; i < locals_.size(); ++i) MergeRows(spill_divided_[i][part.number], *grouping->table);
      grouping->adopted = grouping->table->rows().size();
    }
    Chunk chunk;
    std::vector<uint8_t*> rows;
    for (const std::shared_ptr<RowSpill>& spill : part.spills) {
      RowSpill::Reader reader(*spill, part.number);
      for (;;) {
        participant.CheckInterrupt();
        const auto store = std::make_shared<RowStore>(input_layout_, state_.context.budget);
        const uint32_t count = reader.Next(*store, kVectorSize, rows);
        if (count == 0) break;
        chunk.Clear();
        for (size_t c = 0; c < input_layout_.columns(); ++c) {
          chunk.Add(Vector());
          LoadColumn(input_layout_.column(c), rows.data(), count, store, chunk[c]);
        }
        chunk.set_rows(count);
        AddRows(*grouping, chunk);
      }
    }
    if (grouping->input != nullptr) grouping->input->FinishOrdered();
    if (grouping->spill == nullptr) return grouping;
    grouping->spill->Finish();
    for (uint32_t number = 0; number < kSpillPartitions; ++number) more.push_back({grouping->level, number, {grouping->spill}});
    return grouping;
  }

  uint32_t PrepareFinish() override {
    groups_->layout = locals_[0]->layout();
    AddEmptyGroups(*locals_[0]);
    if (spilled()) {
      spill_divided_.resize(locals_.size());
      for (size_t i = 0; i < locals_.size(); ++i) {
        spill_divided_[i].resize(kSpillPartitions);
        for (uint8_t* row : locals_[i]->rows()) spill_divided_[i][PartitionOf(GroupTable::Hash(row), 0)].push_back(row);
      }
      return 0;
    }
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
    for (size_t i = 0; i < locals_.size(); ++i) MergeRows(merged_.size() == 1 ? locals_[i]->rows() : divided_[i][part], *table);
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
  void Prepare(Grouping& grouping, Participant& participant) const {
    grouping.table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget);
    if (node_.split != AggregateSplit::kFinal) {
      grouping.input = std::make_unique<AggregateInput>(states_, participant, grouping.table->layout().tail());
    }
    grouping.keys = ExpressionList(node_.keys, participant);
    grouping.key_values.resize(node_.keys.size());
    grouping.rows.resize(kVectorSize);
  }

  void AddRows(Grouping& local, const Chunk& in) const {
    if (key_types_.empty()) {
      uint8_t* row = TheGroup(*local.table);
      if (local.input != nullptr) {
        local.input->UpdateOne(in, row);
        return;
      }
      std::fill(local.rows.begin(), local.rows.begin() + in.rows(), row);
      CombinePartial(local, in);
      return;
    }
    local.keys.NextChunk();
    for (size_t i = 0; i < local.key_values.size(); ++i) local.keys.Evaluate(i, in, local.key_values[i]);
    if (node_.grouping_sets.empty()) {
      if (can_spill_ && local.spill == nullptr && local.level <= kDeepest && local.table->bytes() > policy_.limit()) {
        local.spill = std::make_shared<RowSpill>(input_layout_, kSpillPartitions, policy_.directory());
      }
      if (local.spill == nullptr) {
        Group(local, local.key_values, in);
      } else {
        GroupKnown(local, in);
      }
    } else {
      for (size_t set = 0; set < node_.grouping_sets.size(); ++set) Group(local, KeysOfSet(local.key_values, set), in);
    }
    for (Vector& value : local.key_values) value = Vector();
  }

  // `table` adopts groups of another one, and absorbs those it has already.
  void MergeRows(const std::vector<uint8_t*>& rows, GroupTable& table) const {
    std::vector<uint8_t*> targets(kVectorSize), from, to;
    for (size_t at = 0; at < rows.size(); at += kVectorSize) {
      const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, rows.size() - at));
      table.Adopt(rows.data() + at, count, targets.data());
      from.clear();
      to.clear();
      for (uint32_t k = 0; k < count; ++k) {
        if (targets[k] == rows[at + k]) continue;
        from.push_back(rows[at + k]);
        to.push_back(targets[k]);
      }
      states_.Combine(from.data(), to.data(), static_cast<uint32_t>(from.size()), table.layout().tail());
    }
  }

  // A full table: rows of its groups are taken in, the others go to disk.
  void GroupKnown(Grouping& local, const Chunk& in) const {
    const uint32_t count = in.rows();
    local.table->Find(local.key_values, count, local.rows.data());
    Selection known;
    std::vector<RowIndex> unknown;
    for (uint32_t i = 0; i < count; ++i) {
      if (local.rows[i] != nullptr) known.Add(i); else unknown.push_back(i);
    }
    if (!unknown.empty()) {
      local.hashes.resize(kVectorSize);
      for (size_t k = 0; k < local.key_values.size(); ++k) HashVector(local.key_values[k], count, local.hashes.data(), k != 0);
      if (local.stage == nullptr || local.stage->bytes() > kStageBytes) local.stage = std::make_unique<RowStore>(input_layout_, state_.context.budget);
      local.staged.resize(unknown.size());
      for (size_t i = 0; i < unknown.size(); ++i) {
        local.staged[i] = local.stage->NewRow();
        std::memcpy(local.staged[i], &local.hashes[unknown[i]], sizeof(uint64_t));
      }
      for (size_t c = 0; c < input_layout_.columns(); ++c) {
        StoreColumn(input_layout_.column(c), RowForm(in[c], count), unknown.data(), static_cast<uint32_t>(unknown.size()), local.staged.data(), local.stage->heap());
      }
      local.stage->ChargeHeap();
      for (size_t i = 0; i < unknown.size(); ++i) local.spill->Add(PartitionOf(local.hashes[unknown[i]], local.level), local.staged[i]);
    }
    if (known.size() == 0) return;
    if (unknown.empty()) {
      local.input->Update(in, local.rows.data());
      return;
    }
    for (uint32_t i = 0; i < known.size(); ++i) local.rows[i] = local.rows[known[i]];
    Chunk taken = in;
    taken.Slice(known, known.size());
    local.input->Update(taken, local.rows.data());
  }

  void Group(Grouping& local, std::span<const Vector> keys, const Chunk& in) const {
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
  void AddEmptyGroups(GroupTable& table) const {
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

  uint8_t* TheGroup(GroupTable& table) const {
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
  void CombinePartial(Grouping& local, const Chunk& in) const {
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
  const SpillPolicy policy_;
  bool can_spill_ = false;
  std::vector<SqlType> key_types_;
  RowLayout input_layout_;                           // of input rows on disk, behind their keys' hash
  std::mutex mutex_;
  std::vector<std::unique_ptr<GroupTable>> locals_;
  std::vector<std::vector<std::vector<uint8_t*>>> divided_;   // by local, by partition
  std::vector<std::unique_ptr<GroupTable>> merged_;
  std::vector<std::shared_ptr<RowSpill>> spills_;
  std::vector<std::vector<std::vector<uint8_t*>>> spill_divided_;
};

// ---- the output side

struct GroupsLocal : Local {
  explicit GroupsLocal(Participant& the_participant) : participant(the_participant) {}
  Participant& participant;
  size_t part = 0, at = 0, end = 0;
  // Groups made of what is on disk
  std::vector<SpilledPart> parts;                    // still to be made
  std::shared_ptr<Grouping> grouping;
  std::shared_ptr<const void> owner;                 // of its rows' strings
};

// Streams groups: keys, then values (or addresses of states, for a partial aggregate). Participants take morsels of parts.
class GroupsSource final : public Source {
 public:
  GroupsSource(const AggregateNode& node, AggregateSink& sink, std::shared_ptr<Groups> groups)
      : node_(node), sink_(sink), states_(sink.states()), groups_(std::move(groups)) {}
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<GroupsLocal>(participant); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<GroupsLocal&>(base);
    if (sink_.spilled()) return NextSpilled(local, out);
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
    if (sink_.spilled()) return 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / kSpillPartitions);
    size_t all = 0;
    for (const auto* part : groups_->parts) all += MorselsOf(*part);
    return all == 0 ? 0 : 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / static_cast<double>(all));
  }

 private:
  static size_t MorselsOf(const std::vector<uint8_t*>& part) { return (part.size() + kMorselRows - 1) / kMorselRows; }

  bool FindMorsel(size_t number, GroupsLocal& local) const {
    for (size_t part = 0; part < groups_->parts.size(); ++part) {
      const size_t morsels = MorselsOf(*groups_->parts[part]);
      if (number >= morsels) {
        number -= morsels;
        continue;
      }
      local.part = part;
      local.at = number * kMorselRows;
      local.end = std::min(local.at + kMorselRows, groups_->parts[part]->size());
      return true;
    }
    return false;
  }

  Progress NextSpilled(GroupsLocal& local, Chunk& out) {
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
        if (number >= kSpillPartitions) {
          out.set_rows(0);
          return Progress::kDone;
        }
        local.parts.push_back(sink_.FirstPart(static_cast<uint32_t>(number)));
      }
      const SpilledPart part = std::move(local.parts.back());
      local.parts.pop_back();
      local.grouping = sink_.MakePart(part, local.participant, local.parts);
      auto stores = std::make_shared<std::vector<std::shared_ptr<RowStore>>>(groups_->stores);
      stores->push_back(local.grouping->table->shared_store());
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
  std::atomic<size_t> next_{0};                      // morsel, or part on disk
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
  builder.SetSource(pipeline, builder.state().Make<GroupsSource>(node, *sink, groups), node, builder.in_gather());
}

}  // namespace gather::executor
