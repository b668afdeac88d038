#include "executor/operators/aggregate_sink.h"

#include <algorithm>

#include "catalog/functions/counted_memory.h"

namespace gather::executor {

using planner::AggregateSplit;

namespace {
// Buffers are to be a small part of what the table may take.
constexpr uint64_t kShareOfBuffers = 8;

struct AggregateLocal : Local {
  AggregateLocal(const AggregateStates& states, Participant& the_participant) : participant(the_participant), grouping(states) {}
  Participant& participant;
  Grouping grouping;                                 // its table is taken over by the sink in Merge
};
}  // namespace

Grouping::~Grouping() {
  if (table == nullptr) return;
  uint64_t skip = adopted;
  for (const std::vector<uint8_t*>& rows : table->parts()) {
    const uint64_t first = std::min<uint64_t>(skip, rows.size());
    skip -= first;
    states.Destroy(rows.data() + first, rows.size() - first, table->layout().tail());
  }
}

AggregateSink::AggregateSink(const planner::AggregateNode& node, ExecutionState& state, std::shared_ptr<Groups> groups)
    : node_(node), state_(state), states_(node, state), groups_(std::move(groups)), policy_(state, SpillPolicy::Use::kHash) {
  for (const planner::ExprRef& key : node.keys) key_types_.push_back(key->type);
  if (!node.grouping_sets.empty()) key_types_.push_back(type_oid::kInt4);
  for (const planner::PlanColumn& column : node.children[0]->output) input_types_.push_back(column.type);
  // States that travel as addresses cannot be written down.
  can_spill_ = policy_.can_spill() && !key_types_.empty() && node.split != AggregateSplit::kFinal && !states_.combines();
  passes_rows_ = node.parallel_aware && states_.needs_one_stream() && !key_types_.empty();
  can_share_ = !key_types_.empty() && node.split != AggregateSplit::kFinal && !passes_rows_ && !states_.needs_one_stream() &&
               !states_.sorts() && !states_.combines() && policy_.limit() / kShareOfBuffers > sets() * PartBuffers::Bytes(input_types_, GroupTable::kParts);
  ordered_.resize(states_.size());
}

AggregateSink::~AggregateSink() {
  // Every state lies in a row of some participant's table, also those merged into others (gutted) and those adopted by a partition.
  for (const auto& table : locals_) {
    for (const std::vector<uint8_t*>& rows : table->parts()) states_.Destroy(rows.data(), rows.size(), table->layout().tail());
  }
  DestroyShared();
}

void AggregateSink::Prepare(Grouping& grouping, Participant& participant, GroupTable::Parts parts) const {
  grouping.table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget, parts);
  if (node_.split != AggregateSplit::kFinal) {
    grouping.input = std::make_unique<AggregateInput>(states_, participant, grouping.table->layout().tail());
  }
  grouping.keys = ExpressionList(node_.keys, participant);
  grouping.key_values.resize(node_.keys.size());
  grouping.rows.resize(kVectorSize);
}

std::shared_ptr<RowPartitions> AggregateSink::MakeAside(uint32_t level, uint64_t most_bytes) const {
  return std::make_shared<RowPartitions>(input_types_, level, most_bytes, policy_.can_spill() ? policy_.directory() : std::string(), state_.context.budget);
}

LocalPtr AggregateSink::MakeLocal(Participant& participant) {
  auto local = std::make_unique<AggregateLocal>(states_, participant);
  Prepare(local->grouping, participant, GroupTable::Parts::kByHash);
  if (passes_rows_) local->grouping.aside = MakeAside(0, policy_.limit());
  return local;
}

Progress AggregateSink::Add(Local& base, Chunk& in) {
  auto& grouping = static_cast<AggregateLocal&>(base).grouping;
  if (!passes_rows_) {
    AddRows(grouping, in);
    return Progress::kNeedInput;
  }
  EvaluateKeys(grouping, in);
  grouping.hashes.resize(kVectorSize);
  for (uint32_t set = 0; set < sets(); ++set) {
    const std::vector<Vector> keys = KeysOfSet(grouping.key_values, set);
    for (size_t k = 0; k < keys.size(); ++k) HashVector(keys[k], in.rows(), grouping.hashes.data(), k != 0);
    grouping.aside->Add(in, nullptr, in.rows(), grouping.hashes.data(), set);
  }
  for (Vector& value : grouping.key_values) value = Vector();
  return Progress::kNeedInput;
}

void AggregateSink::Merge(Local& base) {
  auto& local = static_cast<AggregateLocal&>(base);
  Grouping& grouping = local.grouping;
  for (const auto& buffers : grouping.to_parts) buffers->Flush();
  grouping.to_parts.clear();
  const bool one_group = key_types_.empty() && states_.sorts();
  std::vector<std::pair<size_t, OrderedRows>> ordered;
  if (grouping.input != nullptr && one_group) {
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_.sorts(i)) ordered.emplace_back(i, grouping.input->TakeOrdered(i));
    }
  } else if (grouping.input != nullptr) {
    grouping.input->FinishOrdered();
  }
  if (grouping.aside != nullptr) grouping.aside->Finish();
  if (state_.instrumentation != nullptr) {
    state_.instrumentation->UpdateSpace(node_.id, local.participant, [&](planner::SpaceActuals& space) {
      const uint64_t disk = grouping.aside != nullptr ? grouping.aside->disk_bytes() : 0;
      space.hash_batches = disk != 0 ? 1 + RowPartitions::kPartitions : 1;
      space.memory_bytes = grouping.bytes() + (local.participant.leader ? shared_bytes_.load(std::memory_order_relaxed) : 0) + (grouping.aside != nullptr ? grouping.aside->bytes() : 0);
      space.disk_bytes = disk;
    });
  }
  std::lock_guard lock(mutex_);
  for (auto& [i, rows] : ordered) ordered_[i].push_back(std::move(rows));
  locals_.push_back(std::move(grouping.table));
  if (grouping.aside != nullptr) aside_.push_back(std::move(grouping.aside));
}

std::shared_ptr<Grouping> AggregateSink::Make(const GroupsToMake& groups, Participant& participant, std::vector<GroupsToMake>& more) {
  auto grouping = std::make_shared<Grouping>(states_);
  Prepare(*grouping, participant, GroupTable::Parts::kOne);
  grouping->level = groups.level + 1;
  if (groups.level == 0) {
    for (const auto& rows : local_partitions_) MergeRows(rows[groups.partition], *grouping->table);
    grouping->adopted = grouping->table->groups();
  }
  Chunk chunk;
  for (const std::shared_ptr<RowPartitions>& rows : groups.rows) {
    RowPartitions::Reader reader(*rows, groups.partition);
    for (uint32_t set; reader.Next(chunk, &set);) {
      participant.CheckInterrupt();
      EvaluateKeys(*grouping, chunk);
      AddRowsOfSet(*grouping, chunk, set);
      for (Vector& value : grouping->key_values) value = Vector();
    }
  }
  if (grouping->input != nullptr) grouping->input->FinishOrdered();
  if (grouping->aside == nullptr) return grouping;
  grouping->aside->Finish();
  for (uint32_t partition = 0; partition < RowPartitions::kPartitions; ++partition) {
    if (grouping->aside->rows(partition) != 0) more.push_back({grouping->level, partition, {grouping->aside}});
  }
  return grouping;
}

uint32_t AggregateSink::PrepareFinish() {
  groups_->layout = locals_[0]->layout();
  AddEmptyGroups(*locals_[0]);
  if (by_partition()) {
    const auto divide = [&](const GroupTable& table) {
      local_partitions_.emplace_back(RowPartitions::kPartitions);
      for (const std::vector<uint8_t*>& rows : table.parts()) {
        for (uint8_t* row : rows) local_partitions_.back()[RowPartitions::PartitionOf(GroupTable::Hash(row), 0)].push_back(row);
      }
    };
    for (const auto& table : locals_) divide(*table);
    for (const SharedPart& part : shared_) divide(*part.table);
    return 0;
  }
  if (locals_.size() == 1 && shared_.empty()) return 0;
  // Tables in one part have few groups: where all are, one merge is enough.
  const bool divided = !shared_.empty() || std::any_of(locals_.begin(), locals_.end(), [](const auto& table) { return table->divided(); });
  if (divided) {
    for (const auto& table : locals_) table->DivideNow();
  }
  merged_.resize(divided ? GroupTable::kParts : 1);
  return static_cast<uint32_t>(merged_.size());
}

void AggregateSink::FinishPart(uint32_t part) {
  if (!shared_.empty()) {
    merged_[part] = std::move(shared_[part].table);
    for (const auto& local : locals_) MergeRows(local->parts()[part], *merged_[part]);
    return;
  }
  auto table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget);
  // The largest first: its rows need no comparison.
  std::vector<const std::vector<uint8_t*>*> rows;
  for (const auto& local : locals_) rows.push_back(&local->parts()[part]);
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->size() > b->size(); });
  table->Reserve(rows[0]->size() + rows[1]->size() / 2);
  table->AdoptNew(*rows[0]);
  for (size_t i = 1; i < rows.size(); ++i) MergeRows(*rows[i], *table);
  merged_[part] = std::move(table);
}

void AggregateSink::Finish() {
  for (const auto& table : locals_) groups_->stores.push_back(table->owner());
  for (const SharedPart& part : shared_) {
    if (part.table != nullptr) groups_->stores.push_back(part.table->owner());
  }
  for (const auto& table : merged_) {
    groups_->stores.push_back(table->owner());
    groups_->parts.push_back(&table->rows());
  }
  if (merged_.empty()) {
    for (const std::vector<uint8_t*>& rows : locals_[0]->parts()) groups_->parts.push_back(&rows);
  }
  if (key_types_.empty() && states_.sorts()) {
    AggregateInput input(states_, state_.leader, groups_->layout.tail());
    for (size_t i = 0; i < states_.size(); ++i) {
      if (!ordered_[i].empty()) input.Feed(i, ordered_[i], groups_->parts[0]->front());
      ordered_[i].clear();
    }
  }
  if (state_.instrumentation != nullptr && node_.split == AggregateSplit::kPartial) {
    uint64_t bytes = 0;
    for (const auto& table : locals_) bytes += table->store_bytes();
    for (const auto& table : merged_) bytes += table->bytes();
    state_.instrumentation->Update(node_.id, [&](planner::NodeActuals& actuals) { actuals.merged_bytes = bytes; });
  }
}

void AggregateSink::EvaluateKeys(Grouping& grouping, const Chunk& in) const {
  grouping.keys.NextChunk();
  for (size_t i = 0; i < grouping.key_values.size(); ++i) grouping.keys.Evaluate(i, in, grouping.key_values[i]);
}

void AggregateSink::AddRows(Grouping& grouping, const Chunk& in) {
  if (key_types_.empty()) {
    uint8_t* row = TheGroup(*grouping.table);
    if (grouping.input != nullptr) {
      grouping.input->UpdateOne(in, row);
      return;
    }
    std::fill(grouping.rows.begin(), grouping.rows.begin() + in.rows(), row);
    CombinePartial(grouping, in);
    return;
  }
  if (!grouping.to_parts.empty()) {
    AddToParts(grouping, in);
    return;
  }
  EvaluateKeys(grouping, in);
  for (uint32_t set = 0; set < sets(); ++set) AddRowsOfSet(grouping, in, set);
  if (can_share_) ConsiderSharing(grouping, in.rows());
  for (Vector& value : grouping.key_values) value = Vector();
}

void AggregateSink::AddRowsOfSet(Grouping& grouping, const Chunk& in, uint32_t set) const {
  if (can_spill_ && grouping.aside == nullptr && grouping.level <= RowPartitions::kDeepest && grouping.bytes() > policy_.limit()) {
    grouping.aside = MakeAside(grouping.level, 0);
  }
  const int64_t before = catalog::counted_state_bytes;
  if (node_.grouping_sets.empty()) {
    if (grouping.aside == nullptr) Group(grouping, *grouping.table, grouping.key_values, in); else GroupKnown(grouping, *grouping.table, grouping.key_values, in, 0);
  } else {
    const std::vector<Vector> keys = KeysOfSet(grouping.key_values, set);
    if (grouping.aside == nullptr) Group(grouping, *grouping.table, keys, in); else GroupKnown(grouping, *grouping.table, keys, in, set);
  }
  grouping.state_bytes += catalog::counted_state_bytes - before;
}

// `table` adopts groups of another one, and absorbs those it has already.
void AggregateSink::MergeRows(const std::vector<uint8_t*>& rows, GroupTable& table) const {
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

// A full table: rows of its groups are taken in, the others are put aside.
void AggregateSink::GroupKnown(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, const Chunk& in, uint32_t set) const {
  const uint32_t count = in.rows();
  table.Find(keys, count, grouping.rows.data());
  Selection known;
  std::vector<RowIndex> unknown;
  for (uint32_t i = 0; i < count; ++i) {
    if (grouping.rows[i] != nullptr) known.Add(i); else unknown.push_back(i);
  }
  if (!unknown.empty()) {
    grouping.hashes.resize(kVectorSize);
    for (size_t k = 0; k < keys.size(); ++k) HashVector(keys[k], count, grouping.hashes.data(), k != 0);
    grouping.aside->Add(in, unknown.data(), static_cast<uint32_t>(unknown.size()), grouping.hashes.data(), set);
  }
  if (known.size() == 0) return;
  if (unknown.empty()) {
    grouping.input->Update(in, grouping.rows.data());
    return;
  }
  for (uint32_t i = 0; i < known.size(); ++i) grouping.rows[i] = grouping.rows[known[i]];
  Chunk taken = in;
  taken.Slice(known, known.size());
  grouping.input->Update(taken, grouping.rows.data());
}

void AggregateSink::FindGroups(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, uint32_t rows) const {
  table.FindOrAdd(keys, rows, grouping.rows.data(), &grouping.added);
  const uint32_t tail = table.layout().tail();
  for (uint32_t i = 0; i < grouping.added.size(); ++i) states_.Initialize(grouping.rows[grouping.added[i]] + tail);
}

void AggregateSink::Group(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, const Chunk& in) const {
  FindGroups(grouping, table, keys, in.rows());
  if (grouping.input != nullptr) {
    grouping.input->Update(in, grouping.rows.data());
  } else {
    CombinePartial(grouping, in);
  }
}

// The keys of one grouping set: null where it does not group, and its number.
std::vector<Vector> AggregateSink::KeysOfSet(const std::vector<Vector>& keys, size_t set) const {
  if (node_.grouping_sets.empty()) return keys;
  std::vector<Vector> of_set;
  for (size_t i = 0; i < keys.size(); ++i) of_set.push_back(Vector::ConstantNull(key_types_[i]));
  for (const uint32_t key : node_.grouping_sets[set]) of_set[key] = keys[key];
  of_set.push_back(Vector::Constant(Datum::Int4(static_cast<int32_t>(set))));
  return of_set;
}

// Groups that exist without any input row: the one of a plain aggregate, and of every empty grouping set.
void AggregateSink::AddEmptyGroups(GroupTable& table) const {
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

uint8_t* AggregateSink::TheGroup(GroupTable& table) const {
  if (table.groups() == 0) {
    uint8_t* row;
    table.FindOrAdd({}, 1, &row, nullptr);
    states_.Initialize(row + table.layout().tail());
  }
  return table.rows()[0];
}

// Final: the input's aggregate columns are addresses of partial states.
void AggregateSink::CombinePartial(Grouping& grouping, const Chunk& in) const {
  std::vector<void*> from(in.rows()), to(in.rows());
  const uint32_t tail = grouping.table->layout().tail();
  for (size_t i = 0; i < states_.size(); ++i) {
    const VectorView addresses = in[states_.plan(i).arguments[0]->index].View();
    for (uint32_t k = 0; k < in.rows(); ++k) {
      from[k] = reinterpret_cast<void*>(addresses.get<int64_t>(k));
      to[k] = grouping.rows[k] + tail + states_.offset(i);
    }
    states_.CombineStates(i, from.data(), to.data(), in.rows());
  }
}

}  // namespace gather::executor
