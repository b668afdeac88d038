// VersionInfo: the insert and delete stamps of one row group, per 2,048-row vector.
//
// A vector's insert stamps are one constant as long as they are equal (one statement wrote them, or all are settled), else an array;
// its delete stamps are absent, an array, or a settled bitmap of dead rows. "Whole vector visible" is two loads and a comparison.
//
// Readers need no lock: arrays are published by release stores and live as long as this object. Writers hold the row group's latch.
// Only Settled makes arrays smaller, in a copy: readers that pinned the old one keep it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "storage/stamp.h"
#include "types/ids.h"
#include "types/vector.h"

namespace gather::storage {

inline constexpr uint32_t kVectorsPerGroup = kRowGroupSize / kVectorSize;

class VersionInfo {
 public:
  VersionInfo() = default;
  // Every vector inserted by one stamp.
  explicit VersionInfo(Stamp inserted);
  ~VersionInfo();
  VersionInfo(const VersionInfo&) = delete;

  // ---- readers
  bool AllVisible(uint32_t vector, const Snapshot& snapshot) const {
    const VectorVersions& versions = vectors_[vector];
    return versions.inserts.load(std::memory_order_acquire) == nullptr && versions.deletes.load(std::memory_order_acquire) == nullptr &&
           versions.dead.load(std::memory_order_acquire) == nullptr &&
           Sees(snapshot, versions.inserted.load(std::memory_order_acquire));
  }
  // Positions of the rows < `rows` of `vector` that the snapshot sees, ascending; returns their number.
  uint32_t Visible(uint32_t vector, uint32_t rows, const Snapshot& snapshot, RowIndex* out) const;
  bool IsVisible(uint32_t slot, const Snapshot& snapshot) const { return Sees(snapshot, Inserted(slot)) && !Sees(snapshot, Deleted(slot)); }
  Stamp Inserted(uint32_t slot) const;
  Stamp Deleted(uint32_t slot) const;
  // The version that an update has put in the place of this one; row 0: none. Means something while the row is being deleted, or is.
  struct Successor {
    RowId row;
    bool keeps_key = false;
  };
  Successor SuccessorOf(uint32_t slot) const;

  // ---- writers
  void SetInserted(uint32_t first, uint32_t count, Stamp stamp);
  void SetDeleted(uint32_t slot, Stamp stamp);
  void SetSuccessor(uint32_t slot, const Successor& successor);

  // ---- maintenance
  // No insert or delete of the first `rows` slots is running.
  bool HasRunning(uint32_t rows, bool look_at_deletes) const;
  // A copy in which everything at or before `oldest` has collapsed. Null when that would change nothing.
  std::unique_ptr<VersionInfo> Settled(uint32_t rows, CommitTimestamp oldest) const;
  // Every row below `rows` is dead to all snapshots from `oldest` on.
  bool AllDead(uint32_t rows, CommitTimestamp oldest) const;
  size_t bytes() const;

 private:
  struct StampArray {
    std::array<std::atomic<Stamp>, kVectorSize> stamps;
  };
  struct SuccessorArray {
    std::array<std::atomic<uint64_t>, kVectorSize> rows{};   // keeps key:1 | row id:63
  };
  struct Bitmap {
    std::array<uint64_t, kVectorSize / 64> words{};
  };
  struct VectorVersions {
    std::atomic<Stamp> inserted{kAborted};               // when inserts is null
    std::atomic<StampArray*> inserts{nullptr};
    std::atomic<StampArray*> deletes{nullptr};           // wins over dead
    std::atomic<Bitmap*> dead{nullptr};
    std::atomic<SuccessorArray*> successors{nullptr};    // goes with deletes
    uint32_t filled = 0;                                 // writers: rows of the vector that have an insert stamp
  };
  StampArray* ExpandInserts(VectorVersions& versions);
  StampArray* ExpandDeletes(VectorVersions& versions);

  std::array<VectorVersions, kVectorsPerGroup> vectors_;
};

}  // namespace gather::storage
