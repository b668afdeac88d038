// IndexBuild: an ordered index filled from many rows at once (CREATE INDEX, REINDEX), by several participants.
//
//   Add, Close     each part's entries become sorted runs: in memory, and on disk what is over the part's share of the memory
//   Divide         the keys are cut into ranges of about the same number of entries
//   Write          a range's entries, merged from all runs, become files that pass the log
//   duplicate      then: whether a unique index has two live rows of one key
//
// Different threads may work on different parts, and on different ranges, at the same time; the rest is the leader's. All of a key's entries are in one
// range. When the transaction or the savepoint around the build is rolled back, the entries are taken away.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/ordered_index.h"
#include "index/sorted_run.h"

namespace gather::index {

class IndexBuild {
 public:
  // `memory` bytes for all parts together; `directory` of temporary files. Everything outlives the build.
  IndexBuild(const OrderedIndex& index, storage::Storage& storage, storage::Transaction& transaction, const storage::TableStore& table, uint32_t parts,
             uint64_t memory, std::string directory);
  ~IndexBuild();
  IndexBuild(const IndexBuild&) = delete;

  void Add(uint32_t part, std::span<const Vector> keys, std::span<const RowId> rows);
  void Close(uint32_t part);
  // How many ranges there are: up to `most`.
  uint32_t Divide(uint32_t most);
  void Write(uint32_t range);

  struct Duplicate {
    RowId first, second;
  };
  // Of the least key.
  std::optional<Duplicate> duplicate() const;

 private:
  struct Part {
    std::vector<std::string> keys;
    std::vector<uint8_t> has_null;
    std::unique_ptr<SortedRun> open;                     // in memory; null: nothing yet
    std::vector<std::unique_ptr<SortedRun>> runs;
    std::unique_ptr<storage::SpillFile> file;            // of the runs that did not fit
    MemoryReservation memory;
  };
  class RangeWriter;

  void Spill(Part& part);

  const OrderedIndex& index_;
  storage::Storage& storage_;
  storage::Transaction& transaction_;
  const storage::TableStore& table_;
  const uint64_t part_bytes_;
  const std::string directory_;
  std::vector<Part> parts_;
  std::vector<std::string> cuts_;                        // range i is [cuts_[i - 1], cuts_[i])
  std::vector<std::optional<Duplicate>> duplicates_;     // by range
};

}  // namespace gather::index
