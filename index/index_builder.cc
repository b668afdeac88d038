// Bulk build of an ordered index: entries are collected, sorted in runs, merged, and written as files past the log.
#include <algorithm>
#include <cstdio>
#include <queue>

#include "index/entry.h"
#include "index/ordered_index.h"
#include "storage/kv_store.h"
#include "storage/storage_state.h"
#include "types/error.h"

namespace gather::index {

using storage::TableStore;

namespace {

constexpr size_t kRunBytes = size_t{128} << 20;          // entries kept in memory before a run goes to disk
constexpr size_t kBudgetStep = size_t{8} << 20;
constexpr uint64_t kFileBytes = uint64_t{256} << 20;

// Where sorted entries come from: memory or a file.
struct Entry {
  std::string key;                                       // with the index prefix, without row id
  RowId row;
  bool listed = false;
};
bool Before(const Entry& a, const Entry& b) {
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.row < b.row;
}

[[noreturn]] void ThrowSpill() { throw SqlError(sqlstate::kDiskFull, "could not write a temporary file of an index build: No space left on device"); }

// A sorted run in an unlinked temporary file: per entry length:4, listed:1, row:8, key.
class RunFile {
 public:
  RunFile() : file_(std::tmpfile()) {
    if (file_ == nullptr) ThrowSpill();
  }
  ~RunFile() { std::fclose(file_); }
  RunFile(const RunFile&) = delete;
  void Write(std::string_view key, RowId row, bool listed) {
    const auto length = static_cast<uint32_t>(key.size());
    const bool ok = std::fwrite(&length, sizeof(length), 1, file_) == 1 && std::fputc(listed, file_) != EOF &&
                    std::fwrite(&row.value, sizeof(row.value), 1, file_) == 1 && std::fwrite(key.data(), 1, length, file_) == length;
    if (!ok) ThrowSpill();
  }
  void Rewind() {
    if (std::fflush(file_) != 0) ThrowSpill();
    std::rewind(file_);
  }
  bool Read(Entry* entry) {
    uint32_t length;
    if (std::fread(&length, sizeof(length), 1, file_) != 1) return false;
    entry->listed = std::fgetc(file_) == 1;
    entry->key.resize(length);
    if (std::fread(&entry->row.value, sizeof(entry->row.value), 1, file_) != 1 || std::fread(entry->key.data(), 1, length, file_) != length) {
      throw SqlError(sqlstate::kIoError, "could not read back a temporary file of an index build");
    }
    return true;
  }

 private:
  std::FILE* file_;
};

// The files of a build are not part of the transaction: takes the entries away when it, or the savepoint around it, is rolled back.
class UndoBuild final : public storage::CommitParticipant {
 public:
  explicit UndoBuild(OrderedIndex index) : index_(std::move(index)) {}
  void RolledBack() override { index_.Clear(); }
  uint64_t Mark() override { return 1; }
  void RollbackTo(uint64_t mark) override {
    if (mark == 0) index_.Clear();                       // the savepoint is older than the build
  }

 private:
  OrderedIndex index_;
};

}  // namespace

class IndexBuilder final : public OrderedIndex::Builder {
 public:
  IndexBuilder(const OrderedIndex& index, storage::Storage& storage, storage::Transaction& transaction, TableStore& table)
      : index_(index), storage_(storage), transaction_(transaction), table_(table) {
    if (MemoryBudget* budget = storage.state().options.budget) memory_ = MemoryReservation(*budget);
  }

  void Add(std::span<const Vector> keys, std::span<const RowId> rows) override {
    const auto count = static_cast<uint32_t>(rows.size());
    index_.MakeKeys(keys, count, &keys_, &has_null_);
    for (uint32_t i = 0; i < count; ++i) {
      const std::string& key = keys_[i];
      if (arena_.size() + key.size() > kRunBytes || !Charge(arena_.size() + key.size() + (refs_.size() + 1) * sizeof(Ref))) WriteRun();
      Ref ref;
      ref.offset = arena_.size();
      ref.length = static_cast<uint32_t>(key.size());
      ref.row = rows[i];
      ref.listed = index_.IsListed(has_null_[i] != 0);
      arena_.append(key);
      refs_.push_back(ref);
    }
  }

  void Finish(const std::function<void(RowId first, RowId second)>& duplicate) override {
    if (!runs_.empty() && !refs_.empty()) WriteRun();
    if (runs_.empty()) {
      Sort();
      for (const Ref& ref : refs_) Take(std::string_view(arena_).substr(ref.offset, ref.length), ref.row, ref.listed, duplicate);
    } else {
      Merge(duplicate);
    }
    FlushList(duplicate);
    if (writer_ != nullptr) writer_->Finish();
    writer_.reset();
  }

 private:
  struct Ref {
    uint64_t offset;
    RowId row;
    uint32_t length;
    bool listed;
  };

  bool Charge(size_t bytes) {
    while (memory_.bytes() < bytes) {
      if (!memory_.TryGrow(kBudgetStep)) return refs_.empty();  // one entry must always fit
    }
    return true;
  }

  void Sort() {
    const std::string_view arena(arena_);
    std::sort(refs_.begin(), refs_.end(), [arena](const Ref& a, const Ref& b) {
      const int order = arena.substr(a.offset, a.length).compare(arena.substr(b.offset, b.length));
      return order != 0 ? order < 0 : a.row < b.row;
    });
  }

  void WriteRun() {
    Sort();
    auto run = std::make_unique<RunFile>();
    for (const Ref& ref : refs_) run->Write(std::string_view(arena_).substr(ref.offset, ref.length), ref.row, ref.listed);
    runs_.push_back(std::move(run));
    arena_.clear();
    refs_.clear();
  }

  void Merge(const std::function<void(RowId, RowId)>& duplicate) {
    std::vector<Entry> heads(runs_.size());
    const auto later = [&](size_t a, size_t b) { return Before(heads[b], heads[a]); };
    std::priority_queue<size_t, std::vector<size_t>, decltype(later)> queue(later);
    for (size_t i = 0; i < runs_.size(); ++i) {
      runs_[i]->Rewind();
      if (runs_[i]->Read(&heads[i])) queue.push(i);
    }
    while (!queue.empty()) {
      const size_t first = queue.top();
      queue.pop();
      Take(heads[first].key, heads[first].row, heads[first].listed, duplicate);
      if (runs_[first]->Read(&heads[first])) queue.push(first);
    }
  }

  // Entries arrive here in order; rows of one listed key are gathered first.
  void Take(std::string_view key, RowId row, bool listed, const std::function<void(RowId, RowId)>& duplicate) {
    if (!listed) {
      FlushList(duplicate);
      entry_ = key;
      AppendRowId(entry_, row);
      Write(entry_, "");
      return;
    }
    if (list_.empty() || list_key_ != key) {
      FlushList(duplicate);
      list_key_ = key;
    }
    list_.push_back(row);
  }

  void FlushList(const std::function<void(RowId, RowId)>& duplicate) {
    if (list_.empty()) return;
    RowId live;
    bool any_live = false;
    for (const RowId row : list_) {
      TransactionId holder;
      if (list_.size() == 1 || table_.CheckLiveness(transaction_, row, &holder) == TableStore::Liveness::kDead) continue;
      if (any_live) duplicate(live, row);
      any_live = true;
      live = row;
    }
    entry_.clear();
    for (auto row = list_.rbegin(); row != list_.rend(); ++row) AppendRowId(entry_, *row);
    Write(list_key_, entry_);
    list_.clear();
  }

  void Write(std::string_view key, std::string_view value) {
    if (writer_ != nullptr && writer_->bytes() > kFileBytes) {
      writer_->Finish();
      writer_.reset();
    }
    if (writer_ == nullptr) {
      if (!undoable_) transaction_.AddParticipant(std::make_shared<UndoBuild>(index_));
      undoable_ = true;
      writer_ = storage_.kv().NewBulkWriter(storage::Family::kIndex);
    }
    writer_->Add(key, value);
  }

  const OrderedIndex& index_;
  storage::Storage& storage_;
  storage::Transaction& transaction_;
  TableStore& table_;

  std::vector<std::string> keys_;
  std::vector<uint8_t> has_null_;
  std::string arena_;
  std::vector<Ref> refs_;
  MemoryReservation memory_;
  std::vector<std::unique_ptr<RunFile>> runs_;

  bool undoable_ = false;
  std::unique_ptr<storage::KvBulkWriter> writer_;
  std::string entry_, list_key_;
  std::vector<RowId> list_;
};

std::unique_ptr<OrderedIndex::Builder> OrderedIndex::Build(storage::Transaction& transaction, TableStore& table) {
  return std::make_unique<IndexBuilder>(*this, storage_, transaction, table);
}

}  // namespace gather::index
