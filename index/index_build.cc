#include "index/index_build.h"

#include <algorithm>
#include <queue>

#include "index/entry.h"
#include "storage/kv_store.h"
#include "storage/storage_state.h"
#include "types/statement_scope.h"

namespace gather::index {

namespace {

constexpr uint64_t kBudgetStep = uint64_t{8} << 20;
constexpr uint64_t kLeastRunBytes = uint64_t{1} << 20;   // shorter ones would make too many
constexpr uint64_t kFileBytes = uint64_t{256} << 20;
constexpr size_t kSamplesPerRun = 256;
constexpr uint64_t kLeastRangeEntries = 20'000;          // below, a file of its own costs more than it brings

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

IndexBuild::IndexBuild(const OrderedIndex& index, storage::Storage& storage, storage::Transaction& transaction, const storage::TableStore& table, uint32_t parts,
                       uint64_t memory, std::string directory)
    : index_(index), storage_(storage), transaction_(transaction), table_(table), part_bytes_(memory / parts), directory_(std::move(directory)), parts_(parts) {
  if (MemoryBudget* budget = storage.state().options.budget) {
    for (Part& part : parts_) part.memory = MemoryReservation(*budget);
  }
}

IndexBuild::~IndexBuild() = default;

void IndexBuild::Add(uint32_t number, std::span<const Vector> keys, std::span<const RowId> rows) {
  Part& part = parts_[number];
  const auto count = static_cast<uint32_t>(rows.size());
  index_.MakeKeys(keys, count, &part.keys, &part.has_null);
  if (part.open == nullptr) part.open = std::make_unique<SortedRun>();
  for (uint32_t i = 0; i < count; ++i) {
    part.open->Add({std::string_view(part.keys[i]).substr(kIndexIdBytes), rows[i], index_.IsListed(part.has_null[i] != 0)});
  }
  const uint64_t bytes = part.open->bytes();
  if (bytes < kLeastRunBytes) return;
  if (bytes > part_bytes_) return Spill(part);
  while (part.memory.bytes() < bytes) {
    if (!part.memory.TryGrow(kBudgetStep)) return Spill(part);
  }
}

void IndexBuild::Spill(Part& part) {
  part.open->Sort();
  if (part.file == nullptr) part.file = std::make_unique<storage::SpillFile>(directory_);
  part.runs.push_back(part.open->ToFile(*part.file));
  part.open.reset();
}

void IndexBuild::Close(uint32_t number) {
  Part& part = parts_[number];
  if (part.open == nullptr) return;
  part.open->Sort();
  part.runs.push_back(std::move(part.open));
}

uint32_t IndexBuild::Divide(uint32_t most) {
  uint64_t entries = 0;
  for (const Part& part : parts_) {
    for (const auto& run : part.runs) entries += run->entries();
  }
  if (entries == 0) return 0;
  // A sample stands for its run's share of the entries.
  std::vector<std::pair<std::string, double>> samples;
  for (const Part& part : parts_) {
    for (const auto& run : part.runs) {
      std::vector<std::string> keys = run->Sample(kSamplesPerRun);
      const double weight = static_cast<double>(run->entries()) / static_cast<double>(keys.size());
      for (std::string& key : keys) samples.emplace_back(std::move(key), weight);
    }
  }
  std::sort(samples.begin(), samples.end());
  const auto ranges = static_cast<uint32_t>(std::clamp<uint64_t>(entries / kLeastRangeEntries, 1, most));
  double before = 0;
  for (const auto& [key, weight] : samples) {
    const double due = static_cast<double>(entries) * static_cast<double>(cuts_.size() + 1) / ranges;
    if (before >= due && cuts_.size() + 1 < ranges && !key.empty() && (cuts_.empty() || cuts_.back() < key)) cuts_.push_back(key);
    before += weight;
  }
  duplicates_.resize(cuts_.size() + 1);
  transaction_.AddParticipant(std::make_shared<UndoBuild>(index_));
  return static_cast<uint32_t>(duplicates_.size());
}

// Takes one range's entries in order and writes them: rows of one listed key are gathered first.
class IndexBuild::RangeWriter {
 public:
  RangeWriter(IndexBuild& build, std::optional<Duplicate>* duplicate) : build_(build), duplicate_(duplicate) {}

  void Take(const BuildEntry& entry) {
    if (!entry.listed) {
      FlushList();
      key_ = build_.index_.prefix_;
      key_ += entry.key;
      AppendRowId(key_, entry.row);
      return Write("");
    }
    if (list_.empty() || std::string_view(list_key_) != entry.key) {
      FlushList();
      list_key_ = entry.key;
    }
    list_.push_back(entry.row);
  }

  void Finish() {
    FlushList();
    if (writer_ != nullptr) writer_->Finish();
    writer_.reset();
  }

 private:
  void FlushList() {
    if (list_.empty()) return;
    if (list_.size() > 1) CheckLive();
    value_.clear();
    for (auto row = list_.rbegin(); row != list_.rend(); ++row) AppendRowId(value_, *row);
    key_ = build_.index_.prefix_;
    key_ += list_key_;
    Write(value_);
    list_.clear();
  }

  void CheckLive() {
    std::optional<RowId> live;
    for (const RowId row : list_) {
      TransactionId holder;
      if (build_.table_.CheckLiveness(build_.transaction_, row, &holder) == storage::TableStore::Liveness::kDead) continue;
      if (live.has_value() && !duplicate_->has_value()) *duplicate_ = Duplicate{*live, row};
      live = row;
    }
  }

  void Write(std::string_view value) {
    if (writer_ != nullptr && writer_->bytes() > kFileBytes) {
      writer_->Finish();
      writer_.reset();
    }
    if (writer_ == nullptr) writer_ = build_.storage_.kv().NewBulkWriter(storage::Family::kIndex);
    writer_->Add(key_, value);
  }

  IndexBuild& build_;
  std::optional<Duplicate>* const duplicate_;
  std::unique_ptr<storage::KvBulkWriter> writer_;
  std::string key_, value_, list_key_;
  std::vector<RowId> list_;
};

void IndexBuild::Write(uint32_t range) {
  const std::string_view from = range == 0 ? std::string_view() : std::string_view(cuts_[range - 1]);
  const std::string_view to = range == cuts_.size() ? std::string_view() : std::string_view(cuts_[range]);
  std::vector<std::unique_ptr<SortedRun::Cursor>> cursors;
  const auto later = [](const SortedRun::Cursor* a, const SortedRun::Cursor* b) { return b->entry() < a->entry(); };
  std::priority_queue<SortedRun::Cursor*, std::vector<SortedRun::Cursor*>, decltype(later)> queue(later);
  for (const Part& part : parts_) {
    for (const auto& run : part.runs) {
      cursors.push_back(std::make_unique<SortedRun::Cursor>(*run, from, to));
      if (cursors.back()->Valid()) queue.push(cursors.back().get());
    }
  }
  RangeWriter writer(*this, &duplicates_[range]);
  for (uint64_t turns = 0; !queue.empty();) {
    SortedRun::Cursor* first = queue.top();
    queue.pop();
    // As long as it stays first, it need not go through the queue.
    do {
      writer.Take(first->entry());
      first->Next();
    } while (first->Valid() && (queue.empty() || first->entry() < queue.top()->entry()));
    if (first->Valid()) queue.push(first);
    if ((++turns & 1023) == 0) StatementScope::CheckInterrupt();
  }
  writer.Finish();
}

std::optional<IndexBuild::Duplicate> IndexBuild::duplicate() const {
  for (const std::optional<Duplicate>& duplicate : duplicates_) {
    if (duplicate.has_value()) return duplicate;
  }
  return std::nullopt;
}

}  // namespace gather::index
