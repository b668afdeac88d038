#include "storage/version_info.h"

#include <algorithm>

namespace gather::storage {

namespace {
constexpr uint64_t kSuccessorKeepsKey = uint64_t{1} << 63;
}

VersionInfo::VersionInfo(Stamp inserted) {
  for (VectorVersions& versions : vectors_) {
    versions.inserted.store(inserted, std::memory_order_relaxed);
    versions.filled = kVectorSize;
  }
}

VersionInfo::~VersionInfo() {
  for (VectorVersions& versions : vectors_) {
    delete versions.inserts.load(std::memory_order_relaxed);
    delete versions.deletes.load(std::memory_order_relaxed);
    delete versions.dead.load(std::memory_order_relaxed);
    delete versions.successors.load(std::memory_order_relaxed);
  }
}

uint32_t VersionInfo::Visible(uint32_t vector, uint32_t rows, const Snapshot& snapshot, RowIndex* out) const {
  const VectorVersions& versions = vectors_[vector];
  const StampArray* inserts = versions.inserts.load(std::memory_order_acquire);
  const StampArray* deletes = versions.deletes.load(std::memory_order_acquire);
  uint32_t count = 0;
  if (inserts == nullptr && !Sees(snapshot, versions.inserted.load(std::memory_order_acquire))) return 0;
  if (deletes == nullptr) {
    const Bitmap* dead = versions.dead.load(std::memory_order_acquire);
    for (uint32_t row = 0; row < rows; ++row) {
      out[count] = row;
      const bool gone = dead != nullptr && (dead->words[row >> 6] >> (row & 63) & 1) != 0;
      count += !gone && (inserts == nullptr || Sees(snapshot, inserts->stamps[row].load(std::memory_order_relaxed)));
    }
    return count;
  }
  for (uint32_t row = 0; row < rows; ++row) {
    out[count] = row;
    count += (inserts == nullptr || Sees(snapshot, inserts->stamps[row].load(std::memory_order_relaxed))) &&
             !Sees(snapshot, deletes->stamps[row].load(std::memory_order_relaxed));
  }
  return count;
}

Stamp VersionInfo::Inserted(uint32_t slot) const {
  const VectorVersions& versions = vectors_[slot / kVectorSize];
  const StampArray* inserts = versions.inserts.load(std::memory_order_acquire);
  return inserts == nullptr ? versions.inserted.load(std::memory_order_acquire)
                            : inserts->stamps[slot % kVectorSize].load(std::memory_order_relaxed);
}

Stamp VersionInfo::Deleted(uint32_t slot) const {
  const VectorVersions& versions = vectors_[slot / kVectorSize];
  const uint32_t row = slot % kVectorSize;
  if (const StampArray* deletes = versions.deletes.load(std::memory_order_acquire)) {
    return deletes->stamps[row].load(std::memory_order_relaxed);
  }
  const Bitmap* dead = versions.dead.load(std::memory_order_acquire);
  return dead != nullptr && (dead->words[row >> 6] >> (row & 63) & 1) != 0 ? kSettled : kNotDeleted;
}

VersionInfo::Successor VersionInfo::SuccessorOf(uint32_t slot) const {
  const SuccessorArray* successors = vectors_[slot / kVectorSize].successors.load(std::memory_order_acquire);
  if (successors == nullptr) return {};
  const uint64_t word = successors->rows[slot % kVectorSize].load(std::memory_order_seq_cst);
  return {RowId(word & ~kSuccessorKeepsKey), (word & kSuccessorKeepsKey) != 0};
}

void VersionInfo::SetSuccessor(uint32_t slot, const Successor& successor) {
  VectorVersions& versions = vectors_[slot / kVectorSize];
  SuccessorArray* successors = versions.successors.load(std::memory_order_relaxed);
  if (successors == nullptr) {
    if (successor.row.value == 0) return;
    successors = new SuccessorArray;
    versions.successors.store(successors, std::memory_order_release);
  }
  successors->rows[slot % kVectorSize].store(successor.row.value | (successor.keeps_key ? kSuccessorKeepsKey : 0), std::memory_order_seq_cst);
}

VersionInfo::StampArray* VersionInfo::ExpandInserts(VectorVersions& versions) {
  StampArray* inserts = versions.inserts.load(std::memory_order_relaxed);
  if (inserts != nullptr) return inserts;
  inserts = new StampArray;
  const Stamp constant = versions.inserted.load(std::memory_order_relaxed);
  for (uint32_t row = 0; row < kVectorSize; ++row) {
    inserts->stamps[row].store(row < versions.filled ? constant : kAborted, std::memory_order_relaxed);
  }
  versions.inserts.store(inserts, std::memory_order_release);
  return inserts;
}

VersionInfo::StampArray* VersionInfo::ExpandDeletes(VectorVersions& versions) {
  StampArray* deletes = versions.deletes.load(std::memory_order_relaxed);
  if (deletes != nullptr) return deletes;
  deletes = new StampArray;
  const Bitmap* dead = versions.dead.load(std::memory_order_relaxed);
  for (uint32_t row = 0; row < kVectorSize; ++row) {
    const bool gone = dead != nullptr && (dead->words[row >> 6] >> (row & 63) & 1) != 0;
    deletes->stamps[row].store(gone ? kSettled : kNotDeleted, std::memory_order_relaxed);
  }
  versions.deletes.store(deletes, std::memory_order_release);
  return deletes;
}

void VersionInfo::SetInserted(uint32_t first, uint32_t count, Stamp stamp) {
  const uint32_t end = first + count;
  for (uint32_t slot = first; slot < end;) {
    VectorVersions& versions = vectors_[slot / kVectorSize];
    const uint32_t row = slot % kVectorSize;
    const uint32_t rows = std::min(kVectorSize - row, end - slot);
    const uint32_t filled = std::max(versions.filled, row + rows);
    if (versions.inserts.load(std::memory_order_relaxed) == nullptr &&
        ((row == 0 && rows >= versions.filled) || (row == versions.filled && versions.inserted.load(std::memory_order_relaxed) == stamp))) {
      // Either every row so far gets the new stamp, or new rows get the stamp that the others have.
      versions.inserted.store(stamp, std::memory_order_release);
    } else {
      StampArray* inserts = ExpandInserts(versions);
      for (uint32_t i = row; i < row + rows; ++i) inserts->stamps[i].store(stamp, std::memory_order_relaxed);
    }
    versions.filled = filled;
    slot += rows;
  }
}

void VersionInfo::SetDeleted(uint32_t slot, Stamp stamp) {
  ExpandDeletes(vectors_[slot / kVectorSize])->stamps[slot % kVectorSize].store(stamp, std::memory_order_relaxed);
}

bool VersionInfo::HasRunning(uint32_t rows, bool look_at_deletes) const {
  for (uint32_t first = 0; first < rows; first += kVectorSize) {
    const VectorVersions& versions = vectors_[first / kVectorSize];
    const uint32_t count = std::min(kVectorSize, rows - first);
    if (const StampArray* inserts = versions.inserts.load(std::memory_order_acquire)) {
      for (uint32_t row = 0; row < count; ++row) {
        if (IsRunning(inserts->stamps[row].load(std::memory_order_relaxed))) return true;
      }
    } else if (IsRunning(versions.inserted.load(std::memory_order_acquire))) {
      return true;
    }
    if (!look_at_deletes) continue;
    if (const StampArray* deletes = versions.deletes.load(std::memory_order_acquire)) {
      for (uint32_t row = 0; row < count; ++row) {
        if (IsRunning(deletes->stamps[row].load(std::memory_order_relaxed))) return true;
      }
    }
  }
  return false;
}

std::unique_ptr<VersionInfo> VersionInfo::Settled(uint32_t rows, CommitTimestamp oldest) const {
  const bool any_array = std::any_of(vectors_.begin(), vectors_.end(), [](const VectorVersions& versions) {
    return versions.inserts.load(std::memory_order_relaxed) != nullptr || versions.deletes.load(std::memory_order_relaxed) != nullptr;
  });
  if (!any_array) return nullptr;
  auto copy = std::make_unique<VersionInfo>();
  bool smaller = false;
  for (uint32_t v = 0; v < kVectorsPerGroup; ++v) {
    const VectorVersions& from = vectors_[v];
    VectorVersions& to = copy->vectors_[v];
    const uint32_t count = rows > v * kVectorSize ? std::min(kVectorSize, rows - v * kVectorSize) : 0;
    const StampArray* inserts = from.inserts.load(std::memory_order_acquire);
    const StampArray* deletes = from.deletes.load(std::memory_order_acquire);
    const Bitmap* dead = from.dead.load(std::memory_order_acquire);
    to.filled = from.filled;
    to.inserted.store(from.inserted.load(std::memory_order_relaxed), std::memory_order_relaxed);

    // Inserts collapse when each is settled or aborted; an aborted row is then a dead one.
    bool inserts_collapse = inserts != nullptr;
    Bitmap gone;
    bool any_gone = false;
    for (uint32_t row = 0; inserts_collapse && row < count; ++row) {
      const Stamp stamp = inserts->stamps[row].load(std::memory_order_relaxed);
      if (stamp == kAborted) {
        gone.words[row >> 6] |= uint64_t{1} << (row & 63);
        any_gone = true;
      } else if (stamp > oldest.value) {
        inserts_collapse = false;
      }
    }
    if (inserts_collapse) {
      to.inserted.store(kSettled, std::memory_order_relaxed);
      smaller = true;
    } else {
      gone = Bitmap();
      any_gone = false;
      if (inserts != nullptr) {
        auto* array = new StampArray;
        for (uint32_t row = 0; row < kVectorSize; ++row) {
          array->stamps[row].store(inserts->stamps[row].load(std::memory_order_relaxed), std::memory_order_relaxed);
        }
        to.inserts.store(array, std::memory_order_relaxed);
      }
    }

    // Deletes collapse into the bitmap when each is settled or absent.
    bool deletes_collapse = true;
    for (uint32_t row = 0; deletes_collapse && deletes != nullptr && row < count; ++row) {
      const Stamp stamp = deletes->stamps[row].load(std::memory_order_relaxed);
      if (stamp == kNotDeleted) continue;
      if (stamp > oldest.value) deletes_collapse = false;
      gone.words[row >> 6] |= uint64_t{1} << (row & 63);
      any_gone = true;
    }
    if (deletes_collapse) {
      if (deletes != nullptr) smaller = true;
      if (deletes == nullptr && dead != nullptr) {
        for (size_t word = 0; word < gone.words.size(); ++word) gone.words[word] |= dead->words[word];
        any_gone = true;
      }
      if (any_gone) to.dead.store(new Bitmap(gone), std::memory_order_relaxed);
    } else {
      // `gone` also holds the rows whose insert was aborted: their delete stamp must hide them now.
      auto* array = new StampArray;
      for (uint32_t row = 0; row < kVectorSize; ++row) {
        Stamp stamp = deletes->stamps[row].load(std::memory_order_relaxed);
        if (inserts_collapse && row < count && inserts->stamps[row].load(std::memory_order_relaxed) == kAborted) stamp = kSettled;
        array->stamps[row].store(stamp, std::memory_order_relaxed);
      }
      to.deletes.store(array, std::memory_order_relaxed);
      if (const SuccessorArray* successors = from.successors.load(std::memory_order_acquire)) {
        auto* rows_after = new SuccessorArray;
        for (uint32_t row = 0; row < kVectorSize; ++row) rows_after->rows[row].store(successors->rows[row].load(std::memory_order_relaxed), std::memory_order_relaxed);
        to.successors.store(rows_after, std::memory_order_relaxed);
      }
    }
  }
  if (!smaller) return nullptr;
  return copy;
}

bool VersionInfo::AllDead(uint32_t rows, CommitTimestamp oldest) const {
  for (uint32_t slot = 0; slot < rows; ++slot) {
    if (Inserted(slot) != kAborted && Deleted(slot) > oldest.value) return false;
  }
  return true;
}

size_t VersionInfo::bytes() const {
  size_t total = sizeof(*this);
  for (const VectorVersions& versions : vectors_) {
    total += versions.inserts.load(std::memory_order_relaxed) != nullptr ? sizeof(StampArray) : 0;
    total += versions.deletes.load(std::memory_order_relaxed) != nullptr ? sizeof(StampArray) : 0;
    total += versions.successors.load(std::memory_order_relaxed) != nullptr ? sizeof(SuccessorArray) : 0;
    total += versions.dead.load(std::memory_order_relaxed) != nullptr ? sizeof(Bitmap) : 0;
  }
  return total;
}

}  // namespace gather::storage
