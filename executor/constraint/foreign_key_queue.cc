#include "executor/constraint/foreign_key_queue.h"

#include <algorithm>

#include "executor/constraint/referenced_rows.h"
#include "executor/constraint/referential_action.h"
#include "executor/session/session.h"

namespace gather::executor {

using catalog::ForeignKey;

namespace {
constexpr size_t kKeysAtOnce = 65536;

// The same for equal datums, and for no others.
void AppendText(const std::vector<Datum>& values, std::string& out) {
  for (const Datum& value : values) {
    out += value.is_null ? '0' : '1';
    if (value.is_null) continue;
    out.append(reinterpret_cast<const char*>(value.raw), sizeof(value.raw));
    const auto size = static_cast<uint32_t>(value.bytes.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof(size));
    out += value.bytes;
  }
}

bool HasNull(const ForeignKeyBatch::Key& key) {
  return std::any_of(key.values.begin(), key.values.end(), [](const Datum& value) { return value.is_null; });
}
}  // namespace

ForeignKeyBatch& ForeignKeyQueue::BatchOf(ForeignKeyEvent event, const catalog::RelationRef& table, const ForeignKey& key, const catalog::RelationRef& referenced) {
  for (const std::unique_ptr<ForeignKeyBatch>& batch : batches_) {
    if (batch->event == event && batch->key->oid == key.oid) return *batch;
  }
  auto batch = std::make_unique<ForeignKeyBatch>();
  batch->event = event;
  batch->table = table;
  batch->key = &key;
  batch->referenced = referenced;
  batch->look_at = kKeysAtOnce;
  batches_.push_back(std::move(batch));
  return *batches_.back();
}

void ForeignKeyQueue::Add(ForeignKeyBatch& batch, std::vector<Datum> values, std::vector<Datum> replacement, RowId row) {
  std::string text;
  AppendText(values, text);
  AppendText(replacement, text);
  const auto [found, added] = batch.by_text.try_emplace(std::move(text), batch.keys.size());
  if (added) batch.keys.push_back({std::move(values), std::move(replacement), {}});
  if (batch.event != ForeignKeyEvent::kReferencing) return;
  batch.keys[found->second].rows.push_back(row);
  if (batch.keys.size() >= batch.look_at && !IsDeferred(*batch.key)) LookAhead(batch);
}

// Keys that are found now, and locked, need no look at the statement's end.
void ForeignKeyQueue::LookAhead(ForeignKeyBatch& batch) {
  ReferencedRows rows(session_, batch);
  std::erase_if(batch.keys, [&](const ForeignKeyBatch::Key& key) { return !HasNull(key) && rows.Lock(key.values); });
  batch.by_text.clear();
  for (size_t i = 0; i < batch.keys.size(); ++i) {
    std::string text;
    AppendText(batch.keys[i].values, text);
    batch.by_text.emplace(std::move(text), i);
  }
  batch.look_at = batch.keys.size() * 2 + kKeysAtOnce;
}

bool ForeignKeyQueue::IsDeferred(const ForeignKey& key) const {
  if (!key.deferrable) return false;
  if (const auto found = modes_.find(key.oid); found != modes_.end()) return found->second;
  return all_ >= 0 ? all_ == 1 : key.initially_deferred;
}

bool ForeignKeyQueue::IsAnyLive(const ForeignKeyBatch& batch, const ForeignKeyBatch::Key& key) const {
  TransactionId holder;
  return std::any_of(key.rows.begin(), key.rows.end(), [&](RowId row) {
    return batch.table->table->CheckLiveness(*session_.transaction(), row, &holder) == storage::TableStore::Liveness::kLive;
  });
}

void ForeignKeyQueue::CheckReferencing(ForeignKeyBatch& batch) {
  ReferencedRows rows(session_, batch);
  for (const ForeignKeyBatch::Key& key : batch.keys) {
    session_.interrupt().Check();
    if (HasNull(key)) {
      if (IsAnyLive(batch, key)) ThrowMixedNulls(session_, *batch.table, *batch.key);
    } else if (!rows.Lock(key.values) && IsAnyLive(batch, key)) {
      ThrowNotPresent(session_, *batch.table, *batch.key, *batch.referenced, key.values);
    }
  }
}

void ForeignKeyQueue::Process(ForeignKeyBatch& batch) {
  if (batch.event == ForeignKeyEvent::kReferencing) {
    CheckReferencing(batch);
  } else {
    RunReferentialAction(session_, batch);
  }
}

void ForeignKeyQueue::CheckStatement() {
  while (!batches_.empty()) {
    session_.transaction()->NextCommand();                     // checks and actions see what the statement has written
    for (std::unique_ptr<ForeignKeyBatch>& batch : std::exchange(batches_, {})) {
      const bool refuses = batch->event == ForeignKeyEvent::kReferencing ||
                           (batch->event == ForeignKeyEvent::kDeleted ? batch->key->on_delete : batch->key->on_update) == 'a';
      if (refuses && IsDeferred(*batch->key)) {
        deferred_.push_back(std::move(batch));
      } else {
        Process(*batch);
      }
    }
  }
}

void ForeignKeyQueue::CheckDeferred() {
  CheckDeferredIf([](const ForeignKey&) { return true; });
}

// What fails stays: after ROLLBACK TO it is still to be checked.
void ForeignKeyQueue::CheckDeferredIf(const std::function<bool(const ForeignKey&)>& is_due) {
  if (deferred_.empty()) return;
  session_.transaction()->NextCommand();
  for (const std::unique_ptr<ForeignKeyBatch>& batch : deferred_) {
    for (bool again = is_due(*batch->key); again;) {
      again = false;
      try {
        Process(*batch);
      } catch (const StatementRetry&) {                        // these only read: a fresh snapshot is all they need
        again = true;
      }
    }
  }
  std::erase_if(deferred_, [&](const auto& batch) { return is_due(*batch->key); });
}

void ForeignKeyQueue::SetAllDeferred(bool deferred) {
  modes_.clear();
  all_ = deferred ? 1 : 0;
  if (!deferred) CheckDeferred();
}

void ForeignKeyQueue::SetDeferred(const std::vector<Oid>& constraints, bool deferred) {
  for (const Oid oid : constraints) modes_[oid] = deferred;
  if (!deferred) CheckDeferredIf([&](const ForeignKey& key) { return !IsDeferred(key); });
}

void ForeignKeyQueue::EndTransaction() {
  batches_.clear();
  deferred_.clear();
  modes_.clear();
  all_ = -1;
}

bool ForeignKeyQueue::IsPending(Oid table) const {
  return std::any_of(deferred_.begin(), deferred_.end(), [&](const auto& batch) { return batch->table->oid == table || batch->referenced->oid == table; });
}

}  // namespace gather::executor
