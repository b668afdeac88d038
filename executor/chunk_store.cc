#include "executor/chunk_store.h"

#include <algorithm>

namespace gather::executor {

namespace {
// Chunks of at least this many flat rows are kept as they are.
constexpr uint32_t kKeepRows = kVectorSize / 2;
constexpr uint64_t kChargeStep = 256 << 10;
}  // namespace

ChunkStore::ChunkStore(MemoryBudget* budget) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
}

void ChunkStore::Charge(uint64_t bytes) {
  charged_ += bytes;
  if (charged_ > memory_.bytes()) memory_.Grow(std::max(charged_ - memory_.bytes(), kChargeStep));
}

bool ChunkStore::Fits(const Chunk& chunk) const {
  if (!open_) return false;
  const Chunk& last = chunks_.back();
  for (size_t i = 0; i < chunk.columns(); ++i) {
    // Numeric vectors keep their representation: a chunk of another one starts a new chunk.
    if (last[i].physical() != chunk[i].physical() || last[i].shape().scale != chunk[i].shape().scale) return false;
  }
  return true;
}

void ChunkStore::Append(const Chunk& chunk) {
  if (chunk.empty()) return;
  rows_ += chunk.rows();
  if (chunk.columns() == 0) {
    chunks_.push_back(chunk);
    return;
  }
  uint64_t width = 0;
  bool keep = chunk.rows() >= kKeepRows;
  for (const Vector& vector : chunk.vectors()) {
    width += PhysicalSize(vector.physical());
    keep = keep && vector.kind() != VectorKind::kDictionary;
    if (vector.physical() == PhysicalType::kString) {
      const VectorView view = vector.View();
      uint64_t text = 0;
      for (uint32_t i = 0; i < chunk.rows(); ++i) text += view.valid(i) ? view.get<StringRef>(i).size() : 0;
      Charge(text);
    }
  }
  Charge(width * chunk.rows());
  if (keep) {
    chunks_.push_back(chunk);
    open_ = false;
    return;
  }
  uint32_t from = 0;
  while (from < chunk.rows()) {
    if (!Fits(chunk) || chunks_.back().rows() == kVectorSize) {
      Chunk fresh;
      for (const Vector& vector : chunk.vectors()) {
        Vector column(vector.type(), vector.physical());
        column.set_shape(vector.shape());
        fresh.Add(std::move(column));
      }
      chunks_.push_back(std::move(fresh));
      open_ = true;
    }
    Chunk& last = chunks_.back();
    const uint32_t count = std::min(chunk.rows() - from, kVectorSize - last.rows());
    last.Append(chunk, from, count);
    from += count;
  }
}

}  // namespace gather::executor
