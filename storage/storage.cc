#include "storage/storage.h"

#include <algorithm>

#include "storage/byte_io.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"
#include "types/error.h"

namespace gather::storage {

namespace {

constexpr uint64_t kStorageStep = 1024;
constexpr uint64_t kOidStep = 1024;
constexpr uint64_t kPendingStep = 1024;
constexpr uint64_t kFirstReserve = uint64_t{1} << 22;

// Counters: transaction:8 | timestamp:8 | storage:8 | oid:8 | pending:8
std::string EncodeCounters(const Counters& counters) {
  ByteWriter writer;
  for (const uint64_t number : {counters.transaction, counters.timestamp, counters.storage, counters.oid, counters.pending}) writer.Put(number);
  return writer.Take();
}

Counters DecodeCounters(std::string_view record) {
  ByteReader reader(record);
  Counters counters;
  for (uint64_t* number : {&counters.transaction, &counters.timestamp, &counters.storage, &counters.oid, &counters.pending}) {
    *number = reader.Get<uint64_t>();
  }
  return counters;
}

}  // namespace

// ---- Storage::State

void Storage::State::WriteCounters(const Counters& written) { kv->Put(Family::kMeta, kCountersKey, EncodeCounters(written), true); }

void Storage::State::RaiseCounter(std::atomic<uint64_t>& limit, uint64_t used, uint64_t step) {
  std::lock_guard lock(counters_latch);
  if (used + step / 2 < limit.load(std::memory_order_relaxed)) return;
  Counters raised{transaction_limit, timestamp_limit, storage_limit, oid_limit, pending_limit};
  const uint64_t next = std::max(limit.load(std::memory_order_relaxed), used) + step;
  if (&limit == &transaction_limit) raised.transaction = next;
  if (&limit == &timestamp_limit) raised.timestamp = next;
  if (&limit == &storage_limit) raised.storage = next;
  if (&limit == &oid_limit) raised.oid = next;
  if (&limit == &pending_limit) raised.pending = next;
  WriteCounters(raised);
  limit.store(next, std::memory_order_relaxed);
}

void Storage::State::ForgetTable(StorageId id) {
  std::unique_lock lock(tables_latch);
  tables.erase(id);
}

void Storage::State::PublishTables(Transaction::State& transaction) {
  for (const UndoEntry& entry : transaction.undo) {
    if (entry.kind != UndoEntry::Kind::kDropTable && entry.kind != UndoEntry::Kind::kCreateTable) continue;
    const std::shared_ptr<TableStore>& table = transaction.tables[entry.group];
    if (entry.kind == UndoEntry::Kind::kCreateTable) {
      table->state().committed.store(true);
      try {
        table->state().SaveAnalysis();
      } catch (const SqlError&) {
        // The commit stands, whatever becomes of statistics: the next ANALYZE makes them anew.
      }
      continue;
    }
    table->state().dropped.store(true);
    ForgetTable(table->id());
  }
}

void Storage::State::Recover(Storage& owner) {
  // Segments of bulk inserts that no commit published.
  kv->ForEach(Family::kTables, kPendingKeyPrefix, KeyAfterPrefix(kPendingKeyPrefix), [&](std::string_view key, std::string_view value) {
    ByteReader reader(value);
    const StorageId table(reader.Get<uint64_t>());
    std::vector<KvStore::KeyRange> ranges = {{Family::kTables, std::string(key), KeyAfterPrefix(key)}};
    for (auto groups = reader.Get<uint32_t>(); groups > 0; --groups) {
      const std::string prefix = RowsPrefix(table, reader.Get<uint64_t>());
      ranges.push_back({Family::kSegments, prefix, KeyAfterPrefix(prefix)});
    }
    kv->DeleteRanges(ranges);
    return true;
  });
  std::vector<StorageId> dropped;
  kv->ForEach(Family::kTables, kTableKeyPrefix, KeyAfterPrefix(kTableKeyPrefix), [&](std::string_view key, std::string_view value) {
    TableRecord record = TableRecord::Decode(value);
    const StorageId id = TableOfKey(key);
    std::shared_ptr<TableStore> table = MakeTable(owner, id, std::move(record.columns));
    table->state().next_group = record.next_group;
    table->state().committed.store(true);
    if (record.dropped) table->state().dropped.store(true);  // its destructor removes the rows
    else tables.emplace(id, std::move(table));
    return true;
  });
  for (const auto& [id, table] : tables) table->state().Load();
}

// ---- Storage

Storage::Storage(const StorageOptions& options) : state_(std::make_unique<State>(options)) {
  State& state = *state_;
  KvOptions kv;
  kv.block_cache_bytes = options.block_cache_bytes;
  kv.fsync = options.fsync;
  if (options.budget != nullptr) {
    state.kv_memory = MemoryReservation(*options.budget);
    state.kv_memory.Grow(kv.block_cache_bytes + kv.write_buffer_bytes);
  }
  state.kv = std::make_unique<KvStore>(state.directory.kv_path(), kv);
  state.cache = std::make_unique<ColumnCache>(options.budget, options.column_cache_bytes);
  state.segments = {state.kv.get(), state.cache.get(), nullptr};
  std::string record;
  if (state.kv->Get(Family::kMeta, kCountersKey, &record)) state.counters = DecodeCounters(record);
  const Counters& found = state.counters;
  state.next_storage = found.storage;
  state.next_oid = found.oid;
  state.next_pending = found.pending;
  const Counters raised{found.transaction + kFirstReserve, found.timestamp + kFirstReserve, found.storage + kStorageStep, found.oid + kOidStep,
                        found.pending + kPendingStep};
  state.WriteCounters(raised);
  state.transaction_limit = raised.transaction;
  state.timestamp_limit = raised.timestamp;
  state.storage_limit = raised.storage;
  state.oid_limit = raised.oid;
  state.pending_limit = raised.pending;
  state.was_created = true;
  state.kv->ForEach(Family::kCatalog, "", "", [&](std::string_view, std::string_view) {
    state.was_created = false;
    return false;
  });
  if (state.directory.is_new()) state.directory.MarkInitialized();
  state.locks = std::make_unique<LockManager>();
  state.transactions = std::make_unique<TransactionManager>(*this);
  state.Recover(*this);
}

Storage::~Storage() {
  State& state = *state_;
  try {
    // Exact counters: a clean shutdown leaves no gaps.
    const TransactionManager::State& transactions = state.transactions->state();
    state.WriteCounters({transactions.next_transaction.load(), transactions.commits.published() + 1, state.next_storage, state.next_oid,
                         state.next_pending});
    state.kv->Flush();
  } catch (const SqlError&) {
    // Everything committed is in the log already.
  }
  state.tables.clear();
}

bool Storage::was_created() const { return state_->was_created; }
TransactionManager& Storage::transactions() { return *state_->transactions; }
LockManager& Storage::locks() { return *state_->locks; }
KvStore& Storage::kv() { return *state_->kv; }

StorageId Storage::NewStorageId() {
  const uint64_t id = state_->next_storage.fetch_add(1);
  state_->ReserveCounter(state_->storage_limit, id, kStorageStep);
  return StorageId(id);
}

Oid Storage::NewOid() {
  const uint64_t oid = state_->next_oid.fetch_add(1);
  state_->ReserveCounter(state_->oid_limit, oid, kOidStep);
  return static_cast<Oid>(oid);
}

std::shared_ptr<TableStore> Storage::CreateTable(Transaction& transaction, StorageId id, std::vector<StoredColumn> columns) {
  Transaction::State& writer = transaction.state();
  std::shared_ptr<TableStore> table = MakeTable(*this, id, std::move(columns));
  {
    std::unique_lock lock(state_->tables_latch);
    if (!state_->tables.emplace(id, table).second) ThrowInternal(Format("storage %llu exists already", static_cast<unsigned long long>(id.value)));
  }
  writer.undo.push_back({UndoEntry::Kind::kCreateTable, static_cast<uint32_t>(writer.tables.size())});
  writer.tables.push_back(table);
  return table;
}

void Storage::DropTable(Transaction& transaction, StorageId id) {
  Transaction::State& writer = transaction.state();
  std::shared_ptr<TableStore> table = Table(id);
  writer.undo.push_back({UndoEntry::Kind::kDropTable, static_cast<uint32_t>(writer.tables.size())});
  writer.tables.push_back(std::move(table));
}

void Storage::AddColumn(StorageId id, const StoredColumn& column) {
  const std::shared_ptr<TableStore> table = Table(id);
  TableStore::State& state = table->state();
  std::lock_guard lock(state.latch);
  for (const StoredColumn& present : state.columns) {
    if (present.id == column.id) return;
  }
  state.columns.push_back(column);
  // An uncommitted table's record goes with its transaction.
  if (state.committed.load()) state_->kv->Put(Family::kTables, TableKey(id), TableRecord{false, state.next_group, state.columns}.Encode(), false);
  if (state.open != nullptr) {
    state.open->Close();
    state.open.reset();
  }
}

std::shared_ptr<TableStore> Storage::Table(StorageId id) const {
  std::shared_lock lock(state_->tables_latch);
  const auto entry = state_->tables.find(id);
  if (entry == state_->tables.end()) ThrowInternal(Format("storage %llu does not exist", static_cast<unsigned long long>(id.value)));
  return entry->second;
}

std::vector<std::shared_ptr<TableStore>> Storage::Tables() const {
  std::shared_lock lock(state_->tables_latch);
  std::vector<std::shared_ptr<TableStore>> all;
  for (const auto& [id, table] : state_->tables) all.push_back(table);
  return all;
}

void Storage::ForEachCatalogRecord(std::string_view prefix, const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  state_->kv->ForEach(Family::kCatalog, prefix, KeyAfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(key, value);
    return true;
  });
}

void Storage::SetTableNames(std::function<std::string(StorageId)> name) { state_->segments.table_name = std::move(name); }

void Storage::SetNudge(std::function<void()> nudge) {
  std::lock_guard lock(state_->nudge_latch);
  state_->nudge = std::move(nudge);
}

}  // namespace gather::storage
