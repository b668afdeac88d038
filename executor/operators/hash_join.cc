// Hash Join: the inner side builds one table shared by all participants, the outer side probes it. All join kinds.
//
// A probe keeps pairs (outer row, table row) whose chains are not walked to the end yet. Each round compares all pairs' keys at once and moves on
// to the chains' next rows; matches are gathered up to a full chunk. Outer columns are handed on through a selection, inner columns are loaded
// from rows; columns that nobody above reads are left out.
//
// A build side that outgrows its memory goes to disk by hash partition, and the outer rows after it. Whoever stops probing last then joins the
// partitions one by one, dividing further what is still too large.
#include <algorithm>
#include <atomic>

#include "executor/expression/evaluator.h"
#include "executor/operators/join_columns.h"
#include "executor/plan_builder.h"
#include "executor/row/join_table.h"
#include "executor/row/runtime_filter.h"
#include "executor/spill/row_spill.h"
#include "executor/spill/row_partitions.h"
#include "executor/spill/spill_policy.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

using planner::HashJoinNode;
using planner::JoinKind;

// Keys of both sides in a common type: integers and floats of different width meet in the widest.
sql::ExprRef Widened(const sql::ExprRef& key, SqlType other) {
  const PhysicalType mine = GetType(key->type.oid).physical, theirs = GetType(other.oid).physical;
  if (mine == theirs) return key;
  const auto rank = [](PhysicalType type) {
    switch (type) {
      case PhysicalType::kInt16: return 1;
      case PhysicalType::kInt32: return 2;
      case PhysicalType::kInt64: return 3;
      case PhysicalType::kFloat32: return 1;
      case PhysicalType::kFloat64: return 2;
      default: return 0;
    }
  };
  if (rank(mine) >= rank(theirs)) return key;
  auto cast = std::make_shared<sql::Expr>();
  cast->kind = sql::ExprKind::kIoCast;
  cast->type = other;
  cast->children = {key};
  return cast;
}

constexpr uint32_t kPartitions = RowPartitions::kPartitions, kDeepest = RowPartitions::kDeepest;
uint32_t PartitionOf(uint64_t hash, uint32_t level) { return RowPartitions::PartitionOf(hash, level); }

// Rows on disk: some streams of files.
using SpilledRows = std::vector<std::pair<std::shared_ptr<const RowSpill>, uint32_t>>;
uint64_t RowsOf(const SpilledRows& rows) {
  uint64_t count = 0;
  for (const auto& [spill, stream] : rows) count += spill->rows(stream);
  return count;
}

// Both sides of one partition.
struct JoinPartition {
  SpilledRows inner, outer;
  uint32_t level = 0;
};

// What both sides share.
struct JoinShared {
  JoinShared(const HashJoinNode& the_node, ExecutionState& the_state)
      : node(the_node), state(the_state), used(the_node), policy(the_state, SpillPolicy::Use::kHash) {
    const planner::PlanNode& inner = *node.children[1];
    outer_columns = node.children[0]->output.size();
    inner_columns = inner.output.size();
    // The table keeps the inner columns that are read later, then the keys that are not among them.
    std::vector<SqlType> types;
    for (size_t i = 0; i < inner_columns; ++i) {
      position.push_back(-1);
      if (!used.contains(outer_columns + i)) continue;
      position[i] = static_cast<int>(types.size());
      payload.push_back(static_cast<uint32_t>(i));
      types.push_back(inner.output[i].type);
    }
    for (size_t k = 0; k < node.inner_keys.size(); ++k) {
      inner_keys.push_back(Widened(node.inner_keys[k], node.outer_keys[k]->type));
      outer_keys.push_back(Widened(node.outer_keys[k], node.inner_keys[k]->type));
      const sql::Expr& key = *inner_keys.back();
      if (key.kind == sql::ExprKind::kSlot && position[key.index] >= 0 && types[static_cast<size_t>(position[key.index])].oid == key.type.oid) {
        key_column.push_back(static_cast<uint32_t>(position[key.index]));
        key_stored.push_back(false);
      } else {
        key_column.push_back(static_cast<uint32_t>(types.size()));
        key_stored.push_back(true);
        types.push_back(key.type);
      }
    }
    inner_types = types;
    table = MakeTable();
    std::vector<SqlType> outer_types;
    for (const planner::PlanColumn& column : node.children[0]->output) outer_types.push_back(column.type);
    outer_layout = RowLayout(outer_types, sizeof(uint64_t));
  }
  std::unique_ptr<JoinTable> MakeTable() const { return std::make_unique<JoinTable>(inner_types, state.context.budget); }
  // The join's one key is an integer: JoinTable may index by it.
  bool HasIntegerKey() const {
    if (inner_keys.size() != 1 || NullEquals(0)) return false;
    const RowColumn& column = table->layout().column(key_column[0]);
    return column.type.oid != type_oid::kNumeric &&
           (column.physical == PhysicalType::kInt16 || column.physical == PhysicalType::kInt32 || column.physical == PhysicalType::kInt64);
  }
  bool CanSpill() const { return policy.can_spill() && !inner_keys.empty(); }
  bool NullEquals(size_t key) const { return key < node.null_equals.size() && node.null_equals[key]; }

  const HashJoinNode& node;
  ExecutionState& state;
  const UsedColumns used;
  size_t outer_columns = 0, inner_columns = 0;
  std::vector<sql::ExprRef> outer_keys, inner_keys;
  std::vector<uint32_t> payload;             // inner columns kept, in table order
  std::vector<int> position;                 // of inner columns in the table; -1: not kept
  std::vector<uint32_t> key_column;          // of keys in the table
  std::vector<bool> key_stored;              // kept for the key's sake
  std::unique_ptr<JoinTable> table;
  std::atomic<bool> has_null_key{false};

  const SpillPolicy policy;
  std::vector<SqlType> inner_types;          // of the table's columns
  RowLayout outer_layout;                    // of outer rows on disk, behind their hash
  std::atomic<uint64_t> build_bytes{0};
  std::atomic<bool> spilled{false};
  uint64_t inner_rows = 0;                   // in all, once built
  std::mutex mutex;
  std::vector<std::shared_ptr<RowSpill>> inner_spills, outer_spills;
  std::vector<std::pair<uint32_t, std::shared_ptr<RuntimeFilter>>> runtime_filters;   // by key
};

// ---- build

struct BuildLocal : Local {
  std::unique_ptr<RowStore> store;
  std::shared_ptr<RowSpill> spill;
  uint64_t counted_bytes = 0;                // of the store, in JoinShared::build_bytes
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint64_t> hashes;
  std::vector<uint8_t*> rows;
  std::vector<uint8_t> inserted;
  int64_t least = INT64_MAX, greatest = INT64_MIN;   // of integer keys
};

int64_t IntegerAt(const VectorView& view, PhysicalType physical, uint32_t row) {
  switch (physical) {
    case PhysicalType::kInt16: return view.get<int16_t>(row);
    case PhysicalType::kInt32: return view.get<int32_t>(row);
    default: return view.get<int64_t>(row);
  }
}

class JoinBuild final : public Sink {
 public:
  explicit JoinBuild(std::shared_ptr<JoinShared> shared) : integer_key_(shared->HasIntegerKey()), shared_(std::move(shared)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BuildLocal>();
    local->store = shared_->table->MakeStore();
    local->keys = ExpressionList(shared_->inner_keys, participant);
    local->key_values.resize(shared_->inner_keys.size());
    local->hashes.resize(kVectorSize);
    local->rows.resize(kVectorSize);
    local->inserted.resize(kVectorSize);
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<BuildLocal&>(base);
    const uint32_t rows = in.rows();
    std::fill(local.inserted.begin(), local.inserted.begin() + rows, 1);
    if (local.key_values.empty()) std::fill(local.hashes.begin(), local.hashes.begin() + rows, kNullHash);
    local.keys.NextChunk();
    bool null_key = false;
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      Vector& key = local.key_values[k];
      local.keys.Evaluate(k, in, key);
      HashVector(key, rows, local.hashes.data(), k != 0);
      if (key.MayHaveNulls() && !shared_->NullEquals(k)) {
        const VectorView view = key.View();
        for (uint32_t i = 0; i < rows; ++i) {
          if (view.valid(i)) continue;
          local.inserted[i] = 0;
          null_key = true;
        }
      }
      key = RowForm(key, rows);
    }
    if (null_key) shared_->has_null_key.store(true, std::memory_order_relaxed);
    if (integer_key_) Range(local, rows);
    const RowLayout& layout = shared_->table->layout();
    for (uint32_t i = 0; i < rows; ++i) {
      local.rows[i] = local.store->NewRow();
      JoinTable::SetHeader(local.rows[i], local.hashes[i], local.inserted[i] != 0);
    }
    for (size_t c = 0; c < shared_->payload.size(); ++c) {
      StoreColumn(layout.column(c), RowForm(in[shared_->payload[c]], rows), nullptr, rows, local.rows.data(), local.store->heap());
    }
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      if (shared_->key_stored[k]) {
        StoreColumn(layout.column(shared_->key_column[k]), local.key_values[k], nullptr, rows, local.rows.data(), local.store->heap());
      }
      local.key_values[k] = Vector();
    }
    local.store->ChargeHeap();
    if (shared_->CanSpill()) Watch(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<BuildLocal&>(base);
    std::lock_guard lock(shared_->mutex);
    if (local.spill != nullptr) shared_->inner_spills.push_back(std::move(local.spill));
    least_ = std::min(least_, local.least);
    greatest_ = std::max(greatest_, local.greatest);
    stores_.push_back(std::move(local.store));
  }

  uint32_t PrepareFinish() override {
    for (const auto& store : stores_) shared_->inner_rows += store->rows();
    for (const auto& spill : shared_->inner_spills) {
      for (uint32_t partition = 0; partition < kPartitions; ++partition) shared_->inner_rows += spill->rows(partition);
    }
    const bool spilled = shared_->spilled.load(std::memory_order_relaxed);
    uint64_t most_bytes = 0;
    for (auto& store : stores_) {
      most_bytes += store->bytes();
      if (!spilled) {
        shared_->table->Take(std::move(store));
        continue;
      }
      shared_->inner_spills.push_back(std::make_shared<RowSpill>(shared_->table->layout(), kPartitions, shared_->policy.directory()));
      SpillStore(*store, *shared_->inner_spills.back());
      store.reset();
    }
    stores_.clear();
    uint64_t disk_bytes = 0;
    for (const auto& spill : shared_->inner_spills) {
      spill->Finish();
      disk_bytes += spill->bytes();
    }
    std::optional<JoinTable::KeyRange> range;
    if (integer_key_ && !spilled) range = JoinTable::KeyRange{shared_->key_column[0], least_, greatest_};
    const uint32_t parts = shared_->table->Prepare(range);
    if (!spilled) {
      for (const auto& [key, filter] : shared_->runtime_filters) {
        filter->Publish(*shared_->table, shared_->table->layout().column(shared_->key_column[key]), shared_->state.context.budget);
      }
    }
    if (shared_->state.instrumentation != nullptr) {
      shared_->state.instrumentation->Update(shared_->node.id, [&](planner::NodeActuals& actuals) {
        actuals.hash_buckets = shared_->table->slots();
        actuals.hash_batches = spilled ? kPartitions : 1;
        actuals.memory_bytes = spilled ? std::max(most_bytes, shared_->policy.limit()) : shared_->table->bytes();
        actuals.disk_bytes = disk_bytes;
      });
    }
    return parts;
  }
  void FinishPart(uint32_t part) override { shared_->table->Link(part); }

 private:
  static void SpillStore(const RowStore& store, RowSpill& spill) {
    store.ForEachBlock([&](const uint8_t* row, uint32_t rows, uint32_t size) {
      for (uint32_t i = 0; i < rows; ++i, row += size) spill.Add(PartitionOf(JoinTable::Hash(row), 0), row);
    });
  }

  static void Range(BuildLocal& local, uint32_t rows) {
    const Vector& key = local.key_values[0];
    const VectorView view = key.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (local.inserted[i] == 0) continue;
      const int64_t value = IntegerAt(view, key.physical(), i);
      local.least = std::min(local.least, value);
      local.greatest = std::max(local.greatest, value);
    }
  }

  // Once all participants' rows together are too many, everybody writes down what it has, and what follows.
  void Watch(BuildLocal& local) const {
    const uint64_t bytes = local.store->bytes() + local.store->rows() * sizeof(uint64_t);   // and the directory to come
    const uint64_t all = shared_->build_bytes.fetch_add(bytes - local.counted_bytes, std::memory_order_relaxed) + bytes - local.counted_bytes;
    local.counted_bytes = bytes;
    if (all > shared_->policy.limit()) shared_->spilled.store(true, std::memory_order_relaxed);
    if (!shared_->spilled.load(std::memory_order_relaxed)) return;
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(shared_->table->layout(), kPartitions, shared_->policy.directory());
    SpillStore(*local.store, *local.spill);
    local.store = shared_->table->MakeStore();
    shared_->build_bytes.fetch_sub(local.counted_bytes, std::memory_order_relaxed);
    local.counted_bytes = 0;
  }

  const bool integer_key_;
  std::vector<std::unique_ptr<RowStore>> stores_;
  int64_t least_ = INT64_MAX, greatest_ = INT64_MIN;
  const std::shared_ptr<JoinShared> shared_;
};

// ---- probe

struct ProbeLocal : Local {
  ExpressionList keys;
  std::vector<Vector> key_values;            // in row form
  std::unique_ptr<Filter> residual;
  std::vector<uint64_t> hashes;
  const Participant* participant = nullptr;
  const JoinTable* table = nullptr;          // the one probed now
  // Partitions: this participant's outer rows, and the partition it joins.
  std::shared_ptr<RowSpill> outer_spill;
  std::unique_ptr<RowStore> outer_store;
  std::vector<uint8_t*> row_pointers;
  std::vector<JoinPartition> partitions;     // still to be joined
  JoinPartition partition;
  std::unique_ptr<JoinTable> partition_table;
  std::unique_ptr<RowSpill::Reader> outer_reader;
  size_t outer_stream = 0;
  Chunk outer;
  bool bound = false;                        // an input chunk is being worked on
  // Pairs still to be compared, and their chains' rows.
  std::vector<RowIndex> open;
  std::vector<uint8_t*> open_rows;
  std::vector<uint8_t> equal;
  // Matches not yet handed on.
  std::vector<RowIndex> matched;
  std::vector<uint8_t*> matched_rows;
  std::vector<uint8_t> found, unknown;       // by outer row: has a match; (mark) has a null key
  Selection selection, outer_rows;
  Chunk candidates;
  uint64_t removed = 0;
  bool counted = false;                      // among the participants that still probe
  // Unmatched inner rows
  bool draining = false, drains = false;
  size_t store = 0, block = 0;
  uint32_t row = 0;
};

class JoinProbe final : public Transform {
 public:
  explicit JoinProbe(std::shared_ptr<JoinShared> shared) : shared_(std::move(shared)), kind_(shared_->node.join) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<ProbeLocal>();
    local->keys = ExpressionList(shared_->outer_keys, participant);
    local->key_values.resize(shared_->outer_keys.size());
    if (shared_->node.residual != nullptr) local->residual = std::make_unique<Filter>(shared_->node.residual, participant);
    local->hashes.resize(kVectorSize);
    local->participant = &participant;
    local->table = shared_->table.get();
    probing_.fetch_add(1);
    local->counted = true;
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<ProbeLocal&>(base);
    out.set_rows(0);
    if (shared_->spilled.load(std::memory_order_relaxed)) {
      SpillOuter(local, in);
      return Progress::kNeedInput;
    }
    return Probe(local, in, out);
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<ProbeLocal&>(base);
    out.set_rows(0);
    const bool spilled = shared_->spilled.load(std::memory_order_relaxed);
    if (kind_ != JoinKind::kRight && kind_ != JoinKind::kFull && !spilled) return Progress::kDone;
    if (!local.draining) {
      // Whoever stops probing last hands out the inner rows that nobody has found, or joins the partitions; all marks and rows are there by then.
      local.draining = true;
      local.counted = false;
      if (local.outer_spill != nullptr) {
        local.outer_spill->Finish();
        std::lock_guard lock(shared_->mutex);
        shared_->outer_spills.push_back(std::move(local.outer_spill));
      }
      local.drains = probing_.fetch_sub(1) == 1 && !drained_.exchange(true);
      if (local.drains && spilled) FirstPartitions(local);
    }
    if (!local.drains) return Progress::kDone;
    if (spilled) return NextOfPartitions(local, out) ? Progress::kMoreOutput : Progress::kDone;
    return EmitUnmatched(local, out) ? Progress::kMoreOutput : Progress::kDone;
  }

 private:
  // ---- partitions on disk

  void SpillOuter(ProbeLocal& local, const Chunk& in) const {
    const uint32_t rows = in.rows();
    if (local.outer_spill == nullptr) local.outer_spill = std::make_shared<RowSpill>(shared_->outer_layout, kPartitions, shared_->policy.directory());
    if (local.outer_store == nullptr || local.outer_store->bytes() > kOuterBytes) {
      local.outer_store = std::make_unique<RowStore>(shared_->outer_layout, shared_->state.context.budget);
    }
    HashKeys(local, in);
    local.row_pointers.resize(rows);
    for (uint32_t i = 0; i < rows; ++i) {
      local.row_pointers[i] = local.outer_store->NewRow();
      std::memcpy(local.row_pointers[i], &local.hashes[i], sizeof(uint64_t));
    }
    for (size_t c = 0; c < shared_->outer_columns; ++c) {
      StoreColumn(shared_->outer_layout.column(c), RowForm(in[c], rows), nullptr, rows, local.row_pointers.data(), local.outer_store->heap());
    }
    local.outer_store->ChargeHeap();
    for (uint32_t i = 0; i < rows; ++i) local.outer_spill->Add(PartitionOf(local.hashes[i], 0), local.row_pointers[i]);
  }

  void HashKeys(ProbeLocal& local, const Chunk& in) const {
    local.keys.NextChunk();
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      Vector key;
      local.keys.Evaluate(k, in, key);
      HashVector(key, in.rows(), local.hashes.data(), k != 0);
    }
  }

  void FirstPartitions(ProbeLocal& local) const {
    for (uint32_t number = kPartitions; number-- > 0;) {
      JoinPartition partition;
      for (const auto& spill : shared_->inner_spills) partition.inner.emplace_back(spill, number);
      for (const auto& spill : shared_->outer_spills) partition.outer.emplace_back(spill, number);
      local.partitions.push_back(std::move(partition));
    }
  }

  bool NextOfPartitions(ProbeLocal& local, Chunk& out) {
    for (;;) {
      local.participant->CheckInterrupt();
      if (local.participant->stopped()) return false;
      if (local.partition_table == nullptr) {
        if (local.partitions.empty()) return false;
        local.partition = std::move(local.partitions.back());
        local.partitions.pop_back();
        if (!OpenPartition(local)) continue;
      }
      out.set_rows(0);
      if (local.bound || NextOuter(local)) {
        Probe(local, local.outer, out);
        if (!out.empty()) return true;
        continue;
      }
      if ((kind_ == JoinKind::kRight || kind_ == JoinKind::kFull) && EmitUnmatched(local, out)) return true;
      local.partition_table.reset();
    }
  }

  // Loads the inner rows; false when there is nothing to do, or they were too many and have been divided.
  bool OpenPartition(ProbeLocal& local) const {
    JoinPartition& partition = local.partition;
    const bool needs_outer = kind_ != JoinKind::kRight && kind_ != JoinKind::kFull;
    if (needs_outer && RowsOf(partition.outer) == 0) return false;
    const bool needs_inner = kind_ == JoinKind::kInner || kind_ == JoinKind::kSemi || kind_ == JoinKind::kRight;
    if (needs_inner && RowsOf(partition.inner) == 0) return false;
    auto table = shared_->MakeTable();
    auto store = table->MakeStore();
    for (const auto& [spill, stream] : partition.inner) {
      RowSpill::Reader reader(*spill, stream);
      while (reader.Next(*store, kVectorSize, local.row_pointers) != 0) {
        local.participant->CheckInterrupt();
        if (partition.level < kDeepest && store->bytes() > shared_->policy.limit()) {
          store.reset();
          Divide(local);
          return false;
        }
      }
    }
    table->Take(std::move(store));
    const uint32_t parts = table->Prepare();
    for (uint32_t part = 0; part < parts; ++part) table->Link(part);
    local.partition_table = std::move(table);
    local.table = local.partition_table.get();
    local.outer_stream = 0;
    local.outer_reader.reset();
    local.store = local.block = 0;
    local.row = 0;
    return true;
  }

  void Divide(ProbeLocal& local) const {
    const uint32_t level = local.partition.level + 1;
    std::vector<JoinPartition> parts(kPartitions);
    for (JoinPartition& part : parts) part.level = level;
    const auto divide = [&](const SpilledRows& from, const RowLayout& layout, uint32_t hash_offset, SpilledRows JoinPartition::*side) {
      auto spill = std::make_shared<RowSpill>(layout, kPartitions, shared_->policy.directory());
      for (const auto& [file, stream] : from) {
        RowSpill::Reader reader(*file, stream);
        for (;;) {
          RowStore store(layout, shared_->state.context.budget);
          if (reader.Next(store, kVectorSize, local.row_pointers) == 0) break;
          local.participant->CheckInterrupt();
          for (const uint8_t* row : local.row_pointers) {
            uint64_t hash;
            std::memcpy(&hash, row + hash_offset, sizeof(hash));
            spill->Add(PartitionOf(hash, level), row);
          }
        }
      }
      spill->Finish();
      for (uint32_t number = 0; number < kPartitions; ++number) (parts[number].*side).emplace_back(spill, number);
    };
    divide(local.partition.inner, shared_->table->layout(), JoinTable::kHashOffset, &JoinPartition::inner);
    divide(local.partition.outer, shared_->outer_layout, 0, &JoinPartition::outer);
    for (JoinPartition& part : parts) local.partitions.push_back(std::move(part));
  }

  bool NextOuter(ProbeLocal& local) const {
    while (local.outer_stream < local.partition.outer.size()) {
      const auto& [spill, stream] = local.partition.outer[local.outer_stream];
      if (local.outer_reader == nullptr) local.outer_reader = std::make_unique<RowSpill::Reader>(*spill, stream);
      const auto store = std::make_shared<RowStore>(shared_->outer_layout, shared_->state.context.budget);
      const uint32_t rows = local.outer_reader->Next(*store, kVectorSize, local.row_pointers);
      if (rows != 0) {
        local.outer.vectors().resize(shared_->outer_columns);
        for (size_t c = 0; c < shared_->outer_columns; ++c) {
          local.outer[c] = Vector();
          LoadColumn(shared_->outer_layout.column(c), local.row_pointers.data(), rows, store, local.outer[c]);
        }
        local.outer.set_rows(rows);
        return true;
      }
      local.outer_reader.reset();
      ++local.outer_stream;
    }
    return false;
  }

  // ---- probing

  Progress Probe(ProbeLocal& local, Chunk& in, Chunk& out) {
    if (!local.bound) {
      Bind(local, in);
      local.bound = true;
    }
    const bool pairs = kind_ == JoinKind::kInner || kind_ == JoinKind::kLeft || kind_ == JoinKind::kRight || kind_ == JoinKind::kFull ||
                       kind_ == JoinKind::kSingle;
    while (!local.open.empty()) {
      local.participant->CheckInterrupt();
      Round(local, in);
      if (pairs && local.matched.size() >= kVectorSize) {
        EmitPairs(local, in, kVectorSize, out);
        return Progress::kMoreOutput;
      }
    }
    if (!local.matched.empty()) {
      EmitPairs(local, in, std::min<size_t>(local.matched.size(), kVectorSize), out);
      return Progress::kMoreOutput;
    }
    Conclude(local, in, out);
    local.bound = false;
    return Progress::kNeedInput;
  }

  void Bind(ProbeLocal& local, const Chunk& in) {
    const uint32_t rows = in.rows();
    const JoinTable& table = *local.table;
    local.found.assign(rows, 0);
    local.open.clear();
    local.open_rows.clear();
    const bool null_aware = kind_ == JoinKind::kMark && shared_->node.null_aware;
    if (null_aware) local.unknown.assign(rows, 0);
    if (local.key_values.empty()) std::fill(local.hashes.begin(), local.hashes.begin() + rows, kNullHash);
    local.keys.NextChunk();
    std::vector<uint8_t> null_key;
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      Vector& key = local.key_values[k];
      local.keys.Evaluate(k, in, key);
      if (!table.dense()) HashVector(key, rows, local.hashes.data(), k != 0);
      if (key.MayHaveNulls() && !shared_->NullEquals(k)) {
        null_key.resize(rows, 0);
        const VectorView view = key.View();
        for (uint32_t i = 0; i < rows; ++i) null_key[i] |= !view.valid(i);
      }
      key = RowForm(key, rows);
    }
    if (null_aware && !null_key.empty()) local.unknown = null_key;
    if (table.rows() == 0) return;
    if (table.dense()) {
      switch (local.key_values[0].physical()) {
        case PhysicalType::kInt16: FindKeys<int16_t>(local, rows, null_key); break;
        case PhysicalType::kInt32: FindKeys<int32_t>(local, rows, null_key); break;
        default: FindKeys<int64_t>(local, rows, null_key); break;
      }
      return;
    }
    for (uint32_t i = 0; i < rows; ++i) table.Prefetch(local.hashes[i]);
    OpenHeads(local, rows, null_key, [&](uint32_t i) { return table.Head(local.hashes[i]); });
  }

  // The chains of the rows that have one.
  template <class Head>
  static void OpenHeads(ProbeLocal& local, uint32_t rows, const std::vector<uint8_t>& null_key, const Head& head_of) {
    local.open.resize(rows);
    local.open_rows.resize(rows);
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows; ++i) {
      if (!null_key.empty() && null_key[i] != 0) continue;
      uint8_t* head = head_of(i);
      __builtin_prefetch(head);
      local.open[count] = i;
      local.open_rows[count] = head;
      count += head != nullptr;
    }
    local.open.resize(count);
    local.open_rows.resize(count);
  }

  template <class T>
  static void FindKeys(ProbeLocal& local, uint32_t rows, const std::vector<uint8_t>& null_key) {
    const JoinTable& table = *local.table;
    const VectorView view = local.key_values[0].View();
    for (uint32_t i = 0; i < rows; ++i) table.PrefetchKey(view.get<T>(i));
    OpenHeads(local, rows, null_key, [&](uint32_t i) { return table.HeadOfKey(view.get<T>(i)); });
  }

  // Compares all open pairs, keeps the matches, moves on along the chains.
  void Round(ProbeLocal& local, const Chunk& in) {
    const JoinTable& table = *local.table;
    const auto count = static_cast<uint32_t>(local.open.size());
    const size_t first = local.matched.size();
    const bool chains = !table.dense() || !table.unique();
    if (!chains && first == 0) {
      local.matched.swap(local.open);
      local.matched_rows.swap(local.open_rows);
    } else if (table.dense()) {
      local.matched.insert(local.matched.end(), local.open.begin(), local.open.end());
      local.matched_rows.insert(local.matched_rows.end(), local.open_rows.begin(), local.open_rows.end());
    } else {
      local.equal.resize(count);
      for (uint32_t i = 0; i < count; ++i) local.equal[i] = JoinTable::Hash(local.open_rows[i]) == local.hashes[local.open[i]];
      for (size_t k = 0; k < local.key_values.size(); ++k) {
        MatchColumn(table.layout().column(shared_->key_column[k]), local.key_values[k], local.open.data(), count, local.open_rows.data(),
                    shared_->NullEquals(k), local.equal.data());
      }
      for (uint32_t i = 0; i < count; ++i) {
        if (local.equal[i] == 0) continue;
        local.matched.push_back(local.open[i]);
        local.matched_rows.push_back(local.open_rows[i]);
      }
    }
    if (local.residual != nullptr && local.matched.size() != first) ApplyResidual(local, in, first);
    Note(local, first);
    // Semi-like joins need no second match.
    const bool once = kind_ == JoinKind::kSemi || kind_ == JoinKind::kAnti || kind_ == JoinKind::kMark;
    uint32_t left = 0;
    for (uint32_t i = 0; chains && i < count; ++i) {
      uint8_t* next = JoinTable::Next(local.open_rows[i]);
      if (next == nullptr || (once && local.found[local.open[i]] != 0)) continue;
      __builtin_prefetch(next);
      local.open[left] = local.open[i];
      local.open_rows[left++] = next;
    }
    local.open.resize(left);
    local.open_rows.resize(left);
  }

  void ApplyResidual(ProbeLocal& local, const Chunk& in, size_t first) {
    size_t kept = first;
    for (size_t at = first; at < local.matched.size(); at += kVectorSize) {
      const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, local.matched.size() - at));
      Combine(local, in, at, count, local.candidates);
      const bool all = local.residual->Select(local.candidates, local.selection);
      const uint32_t passed = all ? count : local.selection.size();
      local.removed += count - passed;
      for (uint32_t i = 0; i < passed; ++i) {
        const size_t from = at + (all ? i : local.selection[i]);
        local.matched[kept] = local.matched[from];
        local.matched_rows[kept++] = local.matched_rows[from];
      }
      local.candidates.Clear();
    }
    local.matched.resize(kept);
    local.matched_rows.resize(kept);
  }

  // Marks both sides of new matches.
  void Note(ProbeLocal& local, size_t first) {
    for (size_t i = first; i < local.matched.size(); ++i) {
      uint8_t& found = local.found[local.matched[i]];
      if (kind_ == JoinKind::kSingle && found != 0) {
        throw SqlError(sqlstate::kCardinalityViolation, "more than one row returned by a subquery used as an expression");
      }
      found = 1;
    }
    if (kind_ == JoinKind::kRight || kind_ == JoinKind::kFull) {
      for (size_t i = first; i < local.matched.size(); ++i) JoinTable::SetMatched(local.matched_rows[i]);
    } else if (kind_ == JoinKind::kSemi || kind_ == JoinKind::kAnti || kind_ == JoinKind::kMark) {
      local.matched.clear();
      local.matched_rows.clear();
    }
  }

  // Outer and inner columns of matches [at, at + count).
  void Combine(ProbeLocal& local, const Chunk& in, size_t at, uint32_t count, Chunk& out) {
    out.vectors().resize(shared_->outer_columns + shared_->inner_columns);
    local.outer_rows.Renew();
    for (uint32_t i = 0; i < count; ++i) local.outer_rows.Add(local.matched[at + i]);
    for (size_t c = 0; c < shared_->outer_columns; ++c) {
      if (shared_->used.contains(c)) {
        out[c] = in[c];
        out[c].Slice(local.outer_rows, count);
      } else {
        out[c] = Vector::ConstantNull(in[c].type());
      }
    }
    LoadInner(*local.table, local.matched_rows.data() + at, count, out);
    out.set_rows(count);
  }

  void LoadInner(const JoinTable& table, uint8_t* const* rows, uint32_t count, Chunk& out) const {
    const planner::PlanNode& inner = *shared_->node.children[1];
    for (size_t c = 0; c < shared_->inner_columns; ++c) {
      Vector& column = out[shared_->outer_columns + c];
      if (shared_->position[c] < 0) {
        column = Vector::ConstantNull(inner.output[c].type);
      } else {
        LoadColumn(table.layout().column(static_cast<size_t>(shared_->position[c])), rows, count, table.owner(), column);
      }
    }
  }

  void EmitPairs(ProbeLocal& local, const Chunk& in, size_t count, Chunk& out) {
    const size_t at = local.matched.size() - count;
    Combine(local, in, at, static_cast<uint32_t>(count), out);
    local.matched.resize(at);
    local.matched_rows.resize(at);
  }

  // After the last round of a chunk: outer rows that the join kind still owes.
  void Conclude(ProbeLocal& local, Chunk& in, Chunk& out) {
    if (kind_ == JoinKind::kInner || kind_ == JoinKind::kRight) return;
    if (kind_ == JoinKind::kMark) {
      out = in;
      out.Add(Mark(local, in.rows()));
      return;
    }
    const bool wanted = kind_ == JoinKind::kSemi;
    Selection rows;
    for (uint32_t i = 0; i < in.rows(); ++i) {
      if ((local.found[i] != 0) == wanted) rows.Add(i);
    }
    if (rows.size() == 0) return;
    out = in;
    if (rows.size() != in.rows()) out.Slice(rows, rows.size());
    if (kind_ == JoinKind::kSemi || kind_ == JoinKind::kAnti) return;
    for (const planner::PlanColumn& column : shared_->node.children[1]->output) out.Add(Vector::ConstantNull(column.type));
  }

  Vector Mark(ProbeLocal& local, uint32_t rows) const {
    Vector mark(type_oid::kBool);
    auto* values = mark.data<uint8_t>();
    const bool null_aware = shared_->node.null_aware && shared_->inner_rows != 0;
    const bool inner_null = shared_->has_null_key.load(std::memory_order_relaxed);
    for (uint32_t i = 0; i < rows; ++i) {
      values[i] = local.found[i];
      if (null_aware && local.found[i] == 0 && (inner_null || local.unknown[i] != 0)) mark.SetNull(i);
    }
    return mark;
  }

  bool EmitUnmatched(ProbeLocal& local, Chunk& out) {
    const std::vector<std::shared_ptr<RowStore>>& stores = local.table->stores();
    std::vector<uint8_t*> rows;
    while (local.store < stores.size() && rows.size() < kVectorSize) {
      const RowStore& store = *stores[local.store];
      if (local.block == store.blocks()) {
        ++local.store;
        local.block = 0;
        continue;
      }
      const uint32_t in_block = store.block_rows(local.block);
      for (; local.row < in_block && rows.size() < kVectorSize; ++local.row) {
        uint8_t* row = store.block(local.block) + static_cast<size_t>(local.row) * store.row_size();
        if (!JoinTable::Matched(row)) rows.push_back(row);
      }
      if (local.row == in_block) {
        ++local.block;
        local.row = 0;
      }
    }
    if (rows.empty()) return false;
    out.vectors().resize(shared_->outer_columns + shared_->inner_columns);
    for (size_t c = 0; c < shared_->outer_columns; ++c) out[c] = Vector::ConstantNull(shared_->node.children[0]->output[c].type);
    LoadInner(*local.table, rows.data(), static_cast<uint32_t>(rows.size()), out);
    out.set_rows(static_cast<uint32_t>(rows.size()));
    return true;
  }

  static constexpr uint64_t kOuterBytes = 256 << 10;   // of outer rows on their way to disk
  const std::shared_ptr<JoinShared> shared_;
  const JoinKind kind_;
  std::atomic<uint32_t> probing_{0};
  std::atomic<bool> drained_{false};
};

}  // namespace

void BuildHashJoin(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const HashJoinNode&>(base);
  auto shared = std::make_shared<JoinShared>(node, builder.state());
  for (const HashJoinNode::RuntimeFilter& wanted : node.runtime_filters) {
    builder.runtime_filter(wanted.number) = std::make_shared<RuntimeFilter>();
    shared->runtime_filters.emplace_back(wanted.key, builder.runtime_filter(wanted.number));
  }
  Pipeline* build = builder.BuildInput(*node.children[1], pipeline);
  builder.SetSink(*build, builder.state().Make<JoinBuild>(shared), node);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<JoinProbe>(shared), node);
}

}  // namespace gather::executor
