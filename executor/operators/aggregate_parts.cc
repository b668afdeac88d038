// The parts of an aggregate's groups that all participants share (aggregate_sink.h).
#include "catalog/functions/counted_memory.h"
#include "executor/operators/aggregate_sink.h"
#include "types/compare.h"

namespace gather::executor {

namespace {
// Groups after which a participant looks whether it should go on alone: a table of a few megabytes. It does where it has had more rows than these for four
// groups: then there are not many more groups to come, or their rows lie together.
constexpr uint64_t kFirstLook = 65536, kRowsForFour = 5;
// Where the planner expects fewer groups than this, that is the first look: a part would have too few to be worth the way.
constexpr uint64_t kMany = 131072;
}  // namespace

void AggregateSink::ConsiderSharing(Grouping& grouping, uint32_t rows) {
  grouping.rows_seen += uint64_t{rows} * sets();
  const uint64_t groups = grouping.table->groups();
  const uint64_t first_look = node_.groups >= kMany ? kFirstLook : kMany;
  if (groups < std::max(grouping.next_look, first_look) || grouping.aside != nullptr) return;
  if (4 * grouping.rows_seen >= kRowsForFour * (groups - grouping.groups_seen)) {
    grouping.rows_seen = 0;
    grouping.groups_seen = groups;
    grouping.next_look = 2 * groups;
    return;
  }
  std::call_once(sharing_, [&] {
    std::vector<SharedPart> parts(GroupTable::kParts);
    for (SharedPart& part : parts) part.table = std::make_unique<GroupTable>(key_types_, states_.bytes(), state_.context.budget, GroupTable::Parts::kOfMany);
    shared_ = std::move(parts);
  });
  grouping.part_of_row.resize(kVectorSize);
  grouping.hashes.resize(kVectorSize);
  for (uint32_t set = 0; set < sets(); ++set) {
    grouping.to_parts.push_back(std::make_unique<PartBuffers>(
        input_types_, GroupTable::kParts, state_.context.budget,
        [this, &grouping, set](uint32_t part, Chunk& part_rows) { AddToPart(grouping, set, part, part_rows); }));
  }
}

void AggregateSink::AddToParts(Grouping& grouping, const Chunk& in) const {
  EvaluateKeys(grouping, in);
  std::vector<std::vector<Vector>> keys;               // by set: taking in what is full evaluates them anew
  for (uint32_t set = 0; set < sets(); ++set) keys.push_back(KeysOfSet(grouping.key_values, set));
  for (uint32_t set = 0; set < sets(); ++set) {
    for (size_t k = 0; k < keys[set].size(); ++k) HashVector(keys[set][k], in.rows(), grouping.hashes.data(), k != 0);
    for (uint32_t i = 0; i < in.rows(); ++i) grouping.part_of_row[i] = static_cast<uint8_t>(GroupTable::PartOf(grouping.hashes[i]));
    grouping.to_parts[set]->Add(in, in.rows(), grouping.part_of_row.data());
  }
}

void AggregateSink::AddToPart(Grouping& grouping, uint32_t set, uint32_t number, Chunk& in) {
  EvaluateKeys(grouping, in);
  const std::vector<Vector> keys = KeysOfSet(grouping.key_values, set);
  if (grouping.aside == nullptr && can_spill_ && shared_bytes_.load(std::memory_order_relaxed) + grouping.bytes() > policy_.limit()) {
    grouping.aside = MakeAside(0, 0);
  }
  SharedPart& part = shared_[number];
  {
    std::lock_guard lock(part.mutex);
    const int64_t states_before = catalog::counted_state_bytes;
    const uint64_t before = part.table->bytes();
    if (grouping.aside == nullptr) {
      FindGroups(grouping, *part.table, keys, in.rows());
      part.groups = part.table->groups();
      grouping.input->Update(in, grouping.rows.data());
    } else {
      GroupKnown(grouping, *part.table, keys, in, set);
    }
    const int64_t grown = catalog::counted_state_bytes - states_before;
    shared_bytes_.fetch_add(part.table->bytes() - before + static_cast<uint64_t>(grown), std::memory_order_relaxed);
  }
  for (Vector& value : grouping.key_values) value = Vector();
}

// Each part's own groups: those it has adopted belong to a participant's table.
void AggregateSink::DestroyShared() const {
  for (size_t i = 0; i < shared_.size(); ++i) {
    const GroupTable* table = shared_[i].table != nullptr ? shared_[i].table.get() : merged_[i].get();
    states_.Destroy(table->rows().data(), shared_[i].groups, table->layout().tail());
  }
}

}  // namespace gather::executor
