#include "storage/serializable_conflicts.h"

#include <algorithm>
#include <chrono>

#include "types/error.h"

namespace gather::storage {

namespace {

// More marks than these by one transaction on rows of one table, or on keys of one index, become one on the whole.
constexpr size_t kMostRowMarks = 4096, kMostKeyMarks = 256;
constexpr auto kInterruptTick = std::chrono::milliseconds(10);

using TransactionList = std::vector<SerializableTransaction*>;

bool Contains(const TransactionList& list, const SerializableTransaction* transaction) {
  return std::find(list.begin(), list.end(), transaction) != list.end();
}
void Remove(TransactionList& list, const SerializableTransaction* transaction) { std::erase(list, transaction); }
[[noreturn]] void Fail(const std::string& why) {
  throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to read/write dependencies among transactions")
      .Detail("Reason code: Canceled " + why + ".")
      .Hint("The transaction might succeed if retried.");
}
// False: it was there.
bool Add(TransactionList& list, SerializableTransaction* transaction) {
  if (Contains(list, transaction)) return false;
  list.push_back(transaction);
  return true;
}

}  // namespace

// Names of numbers and flags as in PostgreSQL's SERIALIZABLEXACT.
class SerializableTransaction {
 public:
  int32_t backend_pid = 0;
  bool read_only = false;                                  // declared, or committed without a write
  bool wrote = false;
  bool doomed = false;                                     // must fail: another that depends on that has gone on
  bool prepared = false, committed = false;
  bool safe = false, unsafe = false;                       // read-only: told so
  bool waits = false;                                      // in WaitUntilSafe
  uint64_t last_commit_before_snapshot = 0;
  uint64_t prepare_number = 0, commit_number = 0;
  uint64_t earliest_out_commit = ~uint64_t{0};             // of those with a conflict from us that had committed when we did
  TransactionList in;                                      // who has read what we wrote, or not seen it
  TransactionList out;                                     // who has written what we read
  TransactionList possible;                                // read-only: writers that may make it unsafe; writer: such readers

  struct Held {
    std::vector<uint64_t> read, written;                   // rows
    bool reads_all = false, writes_all = false;            // all rows: what is not in the lists by row
  };
  std::unordered_map<uint64_t, Held> tables;
  std::unordered_map<uint64_t, std::pair<size_t, size_t>> indexes;   // how many reads and writes of keys

  bool HasConflictOut() const { return earliest_out_commit != ~uint64_t{0}; }
};

struct SerializableConflicts::TableMarks {
  TransactionList readers;                                 // of the whole table
  TransactionList writers;                                 // of something in it
  TransactionList deleters;                                // of too many rows to tell
  std::unordered_map<uint64_t, TransactionList> row_readers, row_deleters;
};

struct SerializableConflicts::IndexMarks {
  struct Range {
    std::string from, to;
    Transaction* reader;
  };
  std::vector<Range> ranges;
  std::multimap<std::string, Transaction*, std::less<>> keys;
  TransactionList readers, writers;                        // of too many ranges, keys to tell
};

SerializableConflicts::SerializableConflicts() = default;
SerializableConflicts::~SerializableConflicts() = default;

SerializableTransaction* SerializableConflicts::Begin(int32_t backend_pid, bool read_only, const std::function<void()>& take_snapshot) {
  std::lock_guard lock(latch_);
  take_snapshot();
  auto fresh = std::make_unique<Transaction>();
  fresh->backend_pid = backend_pid;
  fresh->read_only = read_only;
  fresh->last_commit_before_snapshot = last_commit_;
  if (read_only) {
    for (const auto& other : running_) {
      if (other->read_only || other->doomed) continue;
      fresh->possible.push_back(other.get());
      other->possible.push_back(fresh.get());
    }
    fresh->safe = fresh->possible.empty();
  }
  running_.push_back(std::move(fresh));
  return running_.back().get();
}

void SerializableConflicts::Check(const Transaction& transaction, const char* when) const {
  if (transaction.doomed) Fail(Format("on identification as a pivot, %s", when));
}

// The two are concurrent and neither is doomed. Who of them must fail?
void SerializableConflicts::RequireNoPivot(const Transaction& reader, Transaction& writer, const Transaction& present) {
  // reader → writer → T2, T2 committed before the writer
  bool failure = writer.committed && writer.HasConflictOut();
  // reader → writer → T2, T2 committed first of the three
  for (auto other = writer.out.begin(); !failure && other != writer.out.end(); ++other) {
    const Transaction& t2 = **other;
    failure = t2.prepared && (!reader.committed || t2.prepare_number <= reader.commit_number) &&
              (!writer.committed || t2.prepare_number <= writer.commit_number) &&
              (!reader.read_only || t2.prepare_number <= reader.last_commit_before_snapshot);
  }
  // T0 → reader → writer, the writer committed first
  if (writer.prepared && !reader.read_only) {
    for (auto other = reader.in.begin(); !failure && other != reader.in.end(); ++other) {
      const Transaction& t0 = **other;
      failure = !t0.doomed && (!t0.committed || t0.commit_number >= writer.prepare_number) &&
                (!t0.read_only || t0.last_commit_before_snapshot >= writer.prepare_number);
    }
  }
  if (!failure) return;
  if (&writer != &present && !writer.prepared) {
    writer.doomed = true;
    return;
  }
  Fail(&writer == &present ? "on identification as a pivot, during write" : "on conflict out to pivot, during read");
}

// `present`, one of the two, has just met the other's mark.
void SerializableConflicts::Conflict(Transaction& reader, Transaction& writer, const Transaction& present) {
  if (&reader == &writer) return;
  const Transaction& other = &present == &reader ? writer : reader;
  if (other.doomed || (other.committed && other.commit_number <= present.last_commit_before_snapshot)) return;
  if (&present == &reader && reader.read_only && writer.committed &&
      (!writer.HasConflictOut() || reader.last_commit_before_snapshot < writer.earliest_out_commit)) {
    return;
  }
  if (Contains(reader.out, &writer)) return;
  RequireNoPivot(reader, writer, present);
  reader.out.push_back(&writer);
  writer.in.push_back(&reader);
}

void SerializableConflicts::ReadTable(Transaction* reader, StorageId table) {
  std::lock_guard lock(latch_);
  if (reader->safe) return;
  Check(*reader, "during conflict out checking");
  TableMarks& marks = tables_[table.value];
  reader->tables[table.value].reads_all = true;
  // Not only the first time: the mark may stand for many rows, or have met its conflict in a savepoint that is gone.
  Add(marks.readers, reader);
  for (Transaction* writer : marks.writers) Conflict(*reader, *writer, *reader);
}

void SerializableConflicts::ReadRows(Transaction* reader, StorageId table, std::span<const RowId> rows) {
  std::lock_guard lock(latch_);
  if (reader->safe) return;
  Check(*reader, "during conflict out checking");
  TableMarks& marks = tables_[table.value];
  Transaction::Held& held = reader->tables[table.value];
  for (const RowId row : rows) {
    if (!held.reads_all) {
      if (held.read.size() < kMostRowMarks) {
        if (Add(marks.row_readers[row.value], reader)) held.read.push_back(row.value);
      } else {
        held.reads_all = true;
        Add(marks.readers, reader);
      }
    }
    const auto deleters = marks.row_deleters.find(row.value);
    if (deleters == marks.row_deleters.end()) continue;
    for (Transaction* writer : deleters->second) Conflict(*reader, *writer, *reader);
  }
  for (Transaction* writer : marks.deleters) Conflict(*reader, *writer, *reader);
}

void SerializableConflicts::ReadKeys(Transaction* reader, uint64_t index, std::string_view from, std::string_view to) {
  std::lock_guard lock(latch_);
  if (reader->safe) return;
  Check(*reader, "during conflict out checking");
  IndexMarks& marks = indexes_[index];
  size_t& held = reader->indexes[index].first;
  if (held < kMostKeyMarks) {
    const bool present = std::any_of(marks.ranges.begin(), marks.ranges.end(),
                                     [&](const IndexMarks::Range& range) { return range.reader == reader && range.from <= from && to <= range.to; });
    if (!present) {
      marks.ranges.push_back({std::string(from), std::string(to), reader});
      ++held;
    }
  } else {
    Add(marks.readers, reader);
  }
  for (auto key = marks.keys.lower_bound(from); key != marks.keys.end() && key->first < to; ++key) Conflict(*reader, *key->second, *reader);
  for (Transaction* writer : marks.writers) Conflict(*reader, *writer, *reader);
}

void SerializableConflicts::WriteTable(Transaction* writer, StorageId table) {
  std::lock_guard lock(latch_);
  Check(*writer, "during conflict in checking");
  writer->wrote = true;
  TableMarks& marks = tables_[table.value];
  writer->tables[table.value];
  Add(marks.writers, writer);
  for (Transaction* reader : marks.readers) Conflict(*reader, *writer, *writer);
}

void SerializableConflicts::WriteRow(Transaction* writer, StorageId table, RowId row) {
  std::lock_guard lock(latch_);
  Check(*writer, "during conflict in checking");
  writer->wrote = true;
  TableMarks& marks = tables_[table.value];
  Transaction::Held& held = writer->tables[table.value];
  Add(marks.writers, writer);
  if (!held.writes_all && held.written.size() < kMostRowMarks) {
    if (Add(marks.row_deleters[row.value], writer)) held.written.push_back(row.value);
  } else if (!held.writes_all) {
    held.writes_all = true;
    Add(marks.deleters, writer);
  }
  if (const auto readers = marks.row_readers.find(row.value); readers != marks.row_readers.end()) {
    for (Transaction* reader : readers->second) Conflict(*reader, *writer, *writer);
  }
  for (Transaction* reader : marks.readers) Conflict(*reader, *writer, *writer);
}

void SerializableConflicts::WriteKey(Transaction* writer, uint64_t index, std::string_view key) {
  std::lock_guard lock(latch_);
  Check(*writer, "during conflict in checking");
  writer->wrote = true;
  IndexMarks& marks = indexes_[index];
  size_t& held = writer->indexes[index].second;
  if (held < kMostRowMarks) {
    marks.keys.emplace(key, writer);
    ++held;
  } else {
    Add(marks.writers, writer);
  }
  for (const IndexMarks::Range& range : marks.ranges) {
    if (range.from <= key && key < range.to) Conflict(*range.reader, *writer, *writer);
  }
  for (Transaction* reader : marks.readers) Conflict(*reader, *writer, *writer);
}

void SerializableConflicts::PrepareCommit(Transaction* transaction) {
  std::lock_guard lock(latch_);
  Check(*transaction, "during commit attempt");
  // far → near → we, and we commit first of the three: near is the pivot.
  for (Transaction* near : transaction->in) {
    if (near->committed || near->doomed) continue;
    for (const Transaction* far : near->in) {
      if (far != transaction && (far->committed || far->read_only || far->doomed)) continue;
      if (near->prepared) Fail("on commit attempt with conflict in from prepared pivot");
      near->doomed = true;
      break;
    }
  }
  transaction->prepare_number = ++last_commit_;
  transaction->prepared = true;
}

void SerializableConflicts::End(Transaction* transaction, bool committed) {
  std::lock_guard lock(latch_);
  const bool declared_read_only = transaction->read_only;
  if (committed) {
    transaction->committed = true;
    transaction->commit_number = ++last_commit_;
    if (!transaction->wrote) transaction->read_only = true;
    // One that is prepared may be visible to others before it comes here.
    for (const Transaction* writer : transaction->out) {
      if (!transaction->read_only && writer->prepared) transaction->earliest_out_commit = std::min(transaction->earliest_out_commit, writer->prepare_number);
    }
  }
  // Conflicts that can no longer matter, in both directions.
  std::erase_if(transaction->out, [&](Transaction* writer) {
    if (committed && !writer->committed) return false;
    Remove(writer->in, transaction);
    return true;
  });
  std::erase_if(transaction->in, [&](Transaction* reader) {
    if (committed && !reader->committed && !reader->read_only) return false;
    Remove(reader->out, transaction);
    return true;
  });
  // Readers that this one, or the end of it, makes safe or unsafe; and whoever could have made it so.
  for (Transaction* other : transaction->possible) {
    Remove(other->possible, transaction);
    if (declared_read_only) continue;
    if (committed && transaction->HasConflictOut() && transaction->earliest_out_commit <= other->last_commit_before_snapshot) {
      other->unsafe = true;
      for (Transaction* writer : other->possible) Remove(writer->possible, other);
      other->possible.clear();
      told_.notify_all();
    } else if (other->possible.empty() && !other->unsafe) {
      other->safe = true;
      told_.notify_all();
    }
  }
  transaction->possible.clear();
  const auto place = std::find_if(running_.begin(), running_.end(), [&](const auto& running) { return running.get() == transaction; });
  if (committed) {
    finished_.splice(finished_.end(), running_, place);
  } else {
    RemoveMarks(*transaction);
    running_.erase(place);
  }
  RemoveFinished();
}

// Who committed before every snapshot that is in use can be in no further conflict.
void SerializableConflicts::RemoveFinished() {
  uint64_t oldest = last_commit_;
  for (const auto& running : running_) oldest = std::min(oldest, running->last_commit_before_snapshot);
  while (!finished_.empty() && finished_.front()->commit_number <= oldest) {
    Transaction& gone = *finished_.front();
    for (Transaction* writer : gone.out) Remove(writer->in, &gone);
    for (Transaction* reader : gone.in) Remove(reader->out, &gone);
    RemoveMarks(gone);
    finished_.pop_front();
  }
}

void SerializableConflicts::RemoveMarks(Transaction& transaction) {
  const auto remove_row = [&](std::unordered_map<uint64_t, TransactionList>& rows, uint64_t row) {
    const auto entry = rows.find(row);
    if (entry == rows.end()) return;
    Remove(entry->second, &transaction);
    if (entry->second.empty()) rows.erase(entry);
  };
  for (const auto& [table, held] : transaction.tables) {
    const auto entry = tables_.find(table);
    if (entry == tables_.end()) continue;
    TableMarks& marks = entry->second;
    Remove(marks.readers, &transaction);
    Remove(marks.writers, &transaction);
    Remove(marks.deleters, &transaction);
    for (const uint64_t row : held.read) remove_row(marks.row_readers, row);
    for (const uint64_t row : held.written) remove_row(marks.row_deleters, row);
    if (marks.readers.empty() && marks.writers.empty() && marks.row_readers.empty()) tables_.erase(entry);
  }
  for (const auto& [index, held] : transaction.indexes) {
    const auto entry = indexes_.find(index);
    if (entry == indexes_.end()) continue;
    IndexMarks& marks = entry->second;
    Remove(marks.readers, &transaction);
    Remove(marks.writers, &transaction);
    std::erase_if(marks.ranges, [&](const IndexMarks::Range& range) { return range.reader == &transaction; });
    std::erase_if(marks.keys, [&](const auto& key) { return key.second == &transaction; });
    if (marks.readers.empty() && marks.writers.empty() && marks.ranges.empty() && marks.keys.empty()) indexes_.erase(entry);
  }
}

bool SerializableConflicts::IsSafe(const Transaction* transaction) const {
  std::lock_guard lock(latch_);
  return transaction->safe;
}

bool SerializableConflicts::WaitUntilSafe(Transaction* transaction, const InterruptFlag& interrupt) {
  std::unique_lock lock(latch_);
  transaction->waits = true;
  while (!transaction->safe && !transaction->unsafe) {
    told_.wait_for(lock, kInterruptTick);
    if (!interrupt.raised()) continue;
    transaction->waits = false;
    lock.unlock();
    interrupt.Check();
    lock.lock();
  }
  transaction->waits = false;
  return transaction->safe;
}

std::vector<int32_t> SerializableConflicts::SafeSnapshotBlockingPids(int32_t backend_pid) const {
  std::vector<int32_t> pids;
  std::lock_guard lock(latch_);
  for (const auto& running : running_) {
    if (running->backend_pid != backend_pid || !running->waits) continue;
    for (const Transaction* writer : running->possible) pids.push_back(writer->backend_pid);
  }
  return pids;
}

}  // namespace gather::storage
