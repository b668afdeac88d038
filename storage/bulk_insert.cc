#include "storage/bulk_insert.h"

#include "storage/byte_io.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"
#include "storage/transaction_state.h"

namespace gather::storage {

namespace {
constexpr uint64_t kBulkRows = kRowGroupSize / 2;        // a command with more rows than this fills its own row groups
constexpr uint32_t kWorthSegments = kRowGroupSize / 2;   // rows of the last row group
constexpr uint64_t kFileBytes = uint64_t{64} << 20;      // segments that wait for their file
constexpr uint64_t kPendingStep = 1024;
}  // namespace

BulkInsert::~BulkInsert() {
  if (own_ != nullptr) own_->Close();                    // rolled back: nobody goes on with it
}

void BulkInsert::Insert(Transaction::State& transaction, std::span<const StoredColumn> columns, std::span<const ColumnSource> sources, uint32_t count,
                        RowId* ids) {
  rows_ += count;
  if (own_ == nullptr && rows_ <= kBulkRows) {
    InsertShared(transaction, columns, sources, count, ids);
    return;
  }
  const Stamp stamp = RunningStamp(transaction.id, transaction.command);
  for (uint32_t done = 0; done < count;) {
    if (own_ == nullptr || !own_->Holds(columns)) BeginOwnGroup(columns);
    uint32_t first = 0;
    const uint32_t appended = own_->AppendPrivate(sources, done, count - done, stamp, &first);
    transaction.Record(UndoEntry::Kind::kInsert, own_, first, appended);
    for (uint32_t i = 0; i < appended; ++i) ids[done + i] = RowId(own_->number(), first + i);
    done += appended;
    if (first + appended == kRowGroupSize) Encode(transaction);
  }
}

void BulkInsert::InsertShared(Transaction::State& transaction, std::span<const StoredColumn> columns, std::span<const ColumnSource> sources, uint32_t count,
                              RowId* ids) {
  const Stamp stamp = RunningStamp(transaction.id, transaction.command);
  const RowGroup* full = nullptr;
  for (uint32_t done = 0; done < count;) {
    const std::shared_ptr<RowGroup> group = table_.OpenGroup(columns, full);
    uint32_t first = 0;
    const uint32_t appended = group->Append(sources, done, count - done, stamp, &first);
    if (appended == 0) {
      full = group.get();
      continue;
    }
    if (first == 0 && rows_ == count) adoptable_ = group, adoptable_rows_ = 0;
    if (group == adoptable_) adoptable_rows_ += appended;
    transaction.Record(UndoEntry::Kind::kInsert, group, first, appended);
    for (uint32_t i = 0; i < appended; ++i) ids[done + i] = RowId(group->number(), first + i);
    done += appended;
    if (first + appended == kRowGroupSize) table_.storage.state().Nudge();
  }
}

void BulkInsert::BeginOwnGroup(std::span<const StoredColumn> columns) {
  if (own_ != nullptr) own_->Close();
  std::lock_guard lock(table_.latch);
  // The rows so far may go on in the same group if it is all ours; from here on nobody else gets it.
  if (adoptable_ != nullptr && table_.open == adoptable_ && adoptable_->Holds(columns) && adoptable_->MakePrivate(adoptable_rows_)) {
    own_ = std::move(adoptable_);
    table_.open.reset();
  } else {
    own_ = table_.NewGroup(columns);
    own_->MakePrivate(0);
  }
  adoptable_.reset();
}

void BulkInsert::Encode(Transaction::State& transaction) {
  if (writer_ == nullptr) writer_ = std::make_unique<GroupWriter>(table_.storage.state().segments);
  encoded_.emplace_back(own_, writer_->Encode(table_.id, own_->number(), own_->Pin(), {}));
  own_.reset();
  if (writer_->bytes() >= kFileBytes) FinishFile(transaction);
}

void BulkInsert::FinishFile(Transaction::State& transaction) {
  if (encoded_.empty()) return;
  Storage::State& storage = table_.storage.state();
  // PendingRecord: storage:8 | groups:4 | group numbers:8 each
  const uint64_t number = storage.next_pending.fetch_add(1);
  storage.ReserveCounter(storage.pending_limit, number, kPendingStep);
  ByteWriter pending;
  pending.Put(table_.id.value);
  pending.Put(static_cast<uint32_t>(encoded_.size()));
  for (const auto& [group, frozen] : encoded_) pending.Put(group->number());
  storage.kv->Put(Family::kTables, PendingKey(number), pending.bytes(), true);
  transaction.Writes().Delete(Family::kTables, PendingKey(number));
  PendingSegments written{number, transaction.undo.size(), table_.id, {}};
  for (const auto& [group, frozen] : encoded_) written.groups.push_back(group->number());
  transaction.pending.push_back(std::move(written));
  writer_->Finish();
  for (const auto& [group, frozen] : encoded_) {
    table_.counters->frozen_bytes.fetch_add(frozen->bytes(), std::memory_order_relaxed);
    group->ReplaceByFrozen(frozen);
  }
  encoded_.clear();
  writer_.reset();
}

void BulkInsert::EndCommand(Transaction::State& transaction) {
  if (own_ != nullptr) {
    if (own_->rows() >= kWorthSegments) {
      own_->Close();
      Encode(transaction);
    } else {
      std::lock_guard lock(table_.latch);
      if (table_.open != nullptr) table_.open->Close();
      own_->MakeShared();
      table_.open = std::move(own_);
      own_.reset();
    }
  }
  FinishFile(transaction);
}

}  // namespace gather::storage
