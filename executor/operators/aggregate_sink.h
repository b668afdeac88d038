// AggregateSink: the input side of Aggregate: rows into groups.
//
// Hashed: every participant groups its rows in a table of its own. When all are done, groups are merged by hash part, the parts in parallel, so that
// afterwards each group exists once. Grouping sets: every set groups the same chunk, its number being one more key.
// A participant whose table has become large, and has few rows to a group, leaves it as it is: from then on it sorts its rows by hash part, and when it
// has many of a part takes them into that part's table, which all share, and which fits the cache. So groups that everybody meets exist once.
// A table that has outgrown its memory takes no new groups: the input rows of others are put aside by hash partition. The partitions are grouped one
// by one when the groups are read, with the groups in memory that belong to them.
// Passing rows on: where a call must see all rows of a group (DISTINCT, ORDER BY), participants put all their rows aside at once, and whoever takes a
// partition groups it. Without keys there is one group: the sorted runs of all participants are merged at the end.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "executor/operators/aggregate_calls.h"
#include "executor/plan_builder.h"
#include "executor/row/part_buffers.h"
#include "executor/spill/row_partitions.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

// The groups of one Aggregate, once its input has ended.
struct Groups {
  std::vector<const std::vector<uint8_t*>*> parts;   // rows, in the tables of the sink
  std::vector<std::shared_ptr<const void>> stores;   // own the rows
  RowLayout layout;
};

// A table that one participant fills.
struct Grouping {
  explicit Grouping(const AggregateStates& the_states) : states(the_states) {}
  Grouping(const Grouping&) = delete;
  ~Grouping();
  const AggregateStates& states;
  std::unique_ptr<GroupTable> table;
  uint64_t adopted = 0;                              // its first rows belong to other tables
  int64_t state_bytes = 0;                           // of what its states hold outside of it
  uint64_t bytes() const { return table->bytes() + static_cast<uint64_t>(std::max<int64_t>(state_bytes, 0)); }
  std::unique_ptr<AggregateInput> input;             // null for a final aggregate
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint8_t*> rows;
  Selection added;
  uint32_t level = 0;                                // of `aside`
  std::shared_ptr<RowPartitions> aside;              // once the table is full, or if rows are passed on
  std::vector<uint64_t> hashes;
  // Whether its rows are to go to the shared parts, and on their way there.
  uint64_t rows_seen = 0, groups_seen = 0, next_look = 0;
  std::vector<uint8_t> part_of_row;
  std::vector<std::unique_ptr<PartBuffers>> to_parts;  // by grouping set
};

// Groups still to be made of rows put aside and, at the first level, of those in memory.
struct GroupsToMake {
  uint32_t level = 0, partition = 0;
  std::vector<std::shared_ptr<RowPartitions>> rows;
};

class AggregateSink final : public Sink {
 public:
  AggregateSink(const planner::AggregateNode& node, ExecutionState& state, std::shared_ptr<Groups> groups);
  ~AggregateSink() override;
  const AggregateStates& states() const { return states_; }
  // Participants may add rows at the same time.
  bool shared() const { return !states_.needs_one_stream() || node_.parallel_aware; }

  LocalPtr MakeLocal(Participant& participant) override;
  Progress Add(Local& local, Chunk& in) override;
  void Merge(Local& local) override;
  uint32_t PrepareFinish() override;
  void FinishPart(uint32_t part) override;
  void Finish() override;

  // Rows were put aside: GroupsSource has the groups made partition by partition.
  bool by_partition() const { return !aside_.empty(); }
  GroupsToMake FirstOf(uint32_t partition) const { return {0, partition, aside_}; }
  // The groups of one partition; what does not fit is left in `more`.
  std::shared_ptr<Grouping> Make(const GroupsToMake& groups, Participant& participant, std::vector<GroupsToMake>& more);

 private:
  void Prepare(Grouping& grouping, Participant& participant, GroupTable::Parts parts) const;
  void AddRows(Grouping& grouping, const Chunk& in);
  void AddRowsOfSet(Grouping& grouping, const Chunk& in, uint32_t set) const;
  void Group(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, const Chunk& in) const;
  void FindGroups(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, uint32_t rows) const;
  void GroupKnown(Grouping& grouping, GroupTable& table, std::span<const Vector> keys, const Chunk& in, uint32_t set) const;
  // aggregate_parts.cc
  void ConsiderSharing(Grouping& grouping, uint32_t rows);
  void AddToParts(Grouping& grouping, const Chunk& in) const;
  void AddToPart(Grouping& grouping, uint32_t set, uint32_t part, Chunk& in);
  void DestroyShared() const;
  void CombinePartial(Grouping& grouping, const Chunk& in) const;
  void MergeRows(const std::vector<uint8_t*>& rows, GroupTable& table) const;
  void EvaluateKeys(Grouping& grouping, const Chunk& in) const;
  std::vector<Vector> KeysOfSet(const std::vector<Vector>& keys, size_t set) const;
  void AddEmptyGroups(GroupTable& table) const;
  uint8_t* TheGroup(GroupTable& table) const;
  std::shared_ptr<RowPartitions> MakeAside(uint32_t level, uint64_t most_bytes) const;
  uint32_t sets() const { return static_cast<uint32_t>(std::max<size_t>(node_.grouping_sets.size(), 1)); }

  const planner::AggregateNode& node_;
  ExecutionState& state_;
  const AggregateStates states_;
  const std::shared_ptr<Groups> groups_;
  const SpillPolicy policy_;
  bool can_spill_ = false, passes_rows_ = false, can_share_ = false;
  std::vector<SqlType> key_types_, input_types_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<GroupTable>> locals_;
  std::vector<std::unique_ptr<GroupTable>> merged_;
  // Shared parts, once somebody has asked for them.
  struct SharedPart {
    std::mutex mutex;
    std::unique_ptr<GroupTable> table;
    uint64_t groups = 0;                               // whose states are its own, once all are done: the first
  };
  std::once_flag sharing_;
  std::vector<SharedPart> shared_;
  std::atomic<uint64_t> shared_bytes_{0};
  std::vector<std::shared_ptr<RowPartitions>> aside_;
  std::vector<std::vector<std::vector<uint8_t*>>> local_partitions_;   // by local, by partition of aside_
  std::vector<std::vector<OrderedRows>> ordered_;    // without keys: by call, by participant
};

}  // namespace gather::executor
