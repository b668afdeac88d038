#include "executor/chunk_store.h"

#include <algorithm>

#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {
// Chunks of at least this many flat rows are kept as they are.
constexpr uint32_t kKeepRows = kVectorSize / 2;
constexpr uint64_t kChargeStep = 256 << 10;
}  // namespace

ChunkStore::ChunkStore(MemoryBudget* budget, const SpillPolicy& policy)
    : limit_(policy.limit()), directory_(policy.can_spill() ? policy.directory() : std::string()) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
}

ChunkStore::ChunkStore(MemoryBudget* budget) : limit_(~uint64_t{0}) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
}

ChunkStore::~ChunkStore() = default;

void ChunkStore::Charge(uint64_t bytes) {
  charged_ += bytes;
  if (charged_ > memory_.bytes()) memory_.Grow(std::max(charged_ - memory_.bytes(), std::min(kChargeStep, std::max<uint64_t>(charged_, 4096))));
}

void ChunkStore::Clear() {
  slots_.clear();
  open_ = false;
  rows_ = 0;
  charged_ = 0;
  spilled_ = 0;
  spill_ = nullptr;
}

// All but the last chunk, which may still be filled.
void ChunkStore::Spill() {
  if (spill_ == nullptr) spill_ = std::make_unique<ChunkSpill>(directory_);
  const size_t end = slots_.size() - 1;
  for (; spilled_ < end; ++spilled_) {
    Slot& slot = slots_[spilled_];
    slot.extent = spill_->Write(slot.chunk);
    slot.on_disk = true;
    slot.chunk.Clear();
  }
  charged_ = 0;
  memory_.Clear();
}

size_t ChunkStore::chunk_of(uint64_t row) const {
  const auto after = std::upper_bound(slots_.begin(), slots_.end(), row, [](uint64_t value, const Slot& slot) { return value < slot.first_row; });
  return static_cast<size_t>(after - slots_.begin()) - 1;
}

const Chunk& ChunkStore::Reader::At(size_t chunk) {
  const Slot& slot = store_->slots_[chunk];
  if (!slot.on_disk) return slot.chunk;
  for (Loaded& loaded : loaded_) {
    if (loaded.number == chunk) return loaded.chunk;
  }
  Loaded& loaded = loaded_[oldest_];
  oldest_ = (oldest_ + 1) % kKept;
  loaded.chunk = store_->spill_->Read(slot.extent);
  loaded.number = chunk;
  return loaded.chunk;
}

bool ChunkStore::Fits(const Chunk& chunk) const {
  if (!open_) return false;
  const Chunk& last = slots_.back().chunk;
  for (size_t i = 0; i < chunk.columns(); ++i) {
    // Numeric vectors keep their representation: a chunk of another one starts a new chunk.
    if (last[i].physical() != chunk[i].physical() || last[i].shape().scale != chunk[i].shape().scale) return false;
  }
  return true;
}

void ChunkStore::AddSlot(Chunk chunk, uint64_t first_row) {
  Slot slot;
  slot.rows = chunk.rows();
  slot.first_row = first_row;
  slot.chunk = std::move(chunk);
  slots_.push_back(std::move(slot));
}

void ChunkStore::Append(const Chunk& chunk) {
  if (chunk.empty()) return;
  const uint64_t first_row = rows_;
  rows_ += chunk.rows();
  if (chunk.columns() == 0) {
    AddSlot(chunk, first_row);
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
    AddSlot(chunk, first_row);
    open_ = false;
  }
  uint32_t from = keep ? chunk.rows() : 0;
  while (from < chunk.rows()) {
    if (!Fits(chunk) || slots_.back().rows == kVectorSize) {
      Chunk fresh;
      for (const Vector& vector : chunk.vectors()) {
        Vector column(vector.type(), vector.physical());
        column.set_shape(vector.shape());
        fresh.Add(std::move(column));
      }
      AddSlot(std::move(fresh), first_row + from);
      open_ = true;
    }
    Slot& last = slots_.back();
    const uint32_t count = std::min(chunk.rows() - from, kVectorSize - last.rows);
    last.chunk.Append(chunk, from, count);
    last.rows += count;
    from += count;
  }
  if (charged_ > limit_ && slots_.size() > spilled_ + 1) Spill();
}

}  // namespace gather::executor
