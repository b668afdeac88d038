// Vector: up to kVectorSize values of one type, the unit every kernel works on.
//
// Kinds     kFlat        row i is data[i]
//           kConstant    every row is data[0]
//           kDictionary  row i is data[indices[i]] (also what a filter leaves: the same data seen through a selection)
// A kernel that does not care takes View(): index, data and validity in one form.
//
// Ownership: copying a Vector shares its buffers (cheap); a writer first calls Reset(), which takes fresh buffers when they are shared.
// Data may also belong to someone else (a segment): ReferTo keeps that owner alive. Not synchronised: one thread at a time may
// write; shared buffers are immutable.
//
// Numeric: a vector of type numeric has one of three representations, told by physical():
//   kInt64 / kInt128  value = integer / 10^shape().scale, every row with that same display scale, |integer| < 10^shape().digits; no NaN
//   kString           packed numeric (types/numeric.h), each row with its own scale; NaN and infinities
// Producers pick the narrowest that is certain from the shapes of their inputs (digits add up on multiplication …), so overflow is
// excluded before the loop, not checked in it. Whatever wants one form calls numeric.h's ToPackedNumeric.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "types/ids.h"
#include "types/string_ref.h"
#include "types/type.h"

namespace gather {

struct Datum;
class MemoryBudget;

enum class VectorKind : uint8_t { kFlat, kConstant, kDictionary };

// Row numbers within a vector.
using RowIndex = uint32_t;

// Rows picked out of a vector, ascending unless said otherwise. Owns room for kVectorSize indices.
class Selection {
 public:
  Selection() : indices_(std::make_shared<RowIndex[]>(kVectorSize)) {}
  explicit Selection(uint32_t capacity) : indices_(std::make_shared<RowIndex[]>(capacity)) {}
  RowIndex* data() { return indices_.get(); }
  const RowIndex* data() const { return indices_.get(); }
  RowIndex operator[](uint32_t i) const { return indices_[i]; }
  uint32_t size() const { return size_; }
  void set_size(uint32_t size) { size_ = size; }
  void Add(RowIndex row) { indices_[size_++] = row; }
  const std::shared_ptr<RowIndex[]>& shared() const { return indices_; }
  // Fresh indices when the present ones are shared with a vector: call before refilling a Selection that was used to slice.
  void Renew();

 private:
  std::shared_ptr<RowIndex[]> indices_;
  uint32_t size_ = 0;
};

// Bit i set: row i is not null. Absent (null pointer) means all valid.
inline bool BitIsSet(const uint64_t* bits, RowIndex row) { return bits == nullptr || (bits[row >> 6] >> (row & 63) & 1) != 0; }

// Bump allocator for the long strings of vectors. Not synchronised.
//
// With a budget its large blocks are charged (small ones are not worth the shared counter): what functions make of a chunk's strings may be
// many times the chunk. Allocate then throws 53200 instead of taking more memory than the server may have.
class StringHeap {
 public:
  StringHeap() = default;
  explicit StringHeap(MemoryBudget* budget) : budget_(budget) {}  // outlives the heap; null: not charged
  StringHeap(const StringHeap&) = delete;
  StringHeap& operator=(const StringHeap&) = delete;
  ~StringHeap();
  char* Allocate(uint32_t bytes);
  StringRef Add(std::string_view text) {
    if (text.size() <= StringRef::kInlineBytes) return StringRef(text);
    char* copy = Allocate(static_cast<uint32_t>(text.size()));
    std::memcpy(copy, text.data(), text.size());
    return StringRef(copy, static_cast<uint32_t>(text.size()));
  }
  void Clear();                       // keeps the last block
  size_t bytes() const { return bytes_; }

 private:
  struct Block { Block* next; size_t size; };
  void Free(Block* block);

  Block* head_ = nullptr;
  size_t used_ = 0;                   // of head_
  size_t bytes_ = 0;                  // of all blocks
  MemoryBudget* budget_ = nullptr;
};

// Representation of a numeric vector in kInt64 or kInt128.
struct NumericShape {
  int16_t scale = 0;                  // digits after the point, shown and stored
  int16_t digits = 0;                 // |integer| < 10^digits
};

// One form for all kinds: row i lives at data[index(i)].
struct VectorView {
  const RowIndex* indices;            // null: identity
  uint32_t mask;                      // 0 for a constant, else all ones
  const void* data;
  const uint64_t* validity;           // null: all valid; addressed by index(i)
  RowIndex index(RowIndex row) const { return indices != nullptr ? indices[row] : (row & mask); }
  bool valid(RowIndex row) const { return BitIsSet(validity, index(row)); }
  template <class T> const T& get(RowIndex row) const { return static_cast<const T*>(data)[index(row)]; }
};

class Vector {
 public:
  Vector() = default;
  // Flat, all valid, contents undefined.
  explicit Vector(SqlType type, uint32_t capacity = kVectorSize);
  Vector(SqlType type, PhysicalType physical, uint32_t capacity = kVectorSize);
  // A constant.
  static Vector Constant(const Datum& value);
  static Vector ConstantNull(SqlType type);

  SqlType type() const { return type_; }
  PhysicalType physical() const { return physical_; }
  VectorKind kind() const { return kind_; }
  bool is_constant() const { return kind_ == VectorKind::kConstant; }
  bool is_flat() const { return kind_ == VectorKind::kFlat; }
  uint32_t capacity() const { return capacity_; }
  NumericShape shape() const { return shape_; }
  void set_shape(NumericShape shape) { shape_ = shape; }
  // Same bytes, another SQL type of the same physical type (a binary-coercible cast).
  void set_type(SqlType type) { type_ = type; }

  // Ready for writing: flat, owned, all valid; contents undefined. Drops strings held before.
  void Reset() { Reset(physical_); }
  void Reset(PhysicalType physical);                  // numeric vectors change representation here
  void Reset(SqlType type, uint32_t capacity);
  // As Reset, but null rows stay null: a strict kernel that gives its result another representation.
  void ResetKeepingNulls(PhysicalType physical);
  void SetKind(VectorKind kind) { kind_ = kind; }     // after Reset: a kernel that wrote row 0 only turns it into a constant
  void SetConstantNull();

  // Values of a flat or constant vector (row 0), or the dictionary's.
  template <class T> T* data() { return reinterpret_cast<T*>(data_); }
  template <class T> const T* data() const { return reinterpret_cast<const T*>(data_); }
  const void* raw_data() const { return data_; }
  void* raw_data() { return data_; }
  const RowIndex* indices() const { return indices_.get(); }

  // Validity of the values (for a dictionary: of the dictionary's values).
  const uint64_t* validity() const { return validity_; }
  uint64_t* MutableValidity();                        // allocates, all valid, when absent; owned
  void SetNull(RowIndex row);                         // flat or constant, owned
  void SetAllValid() { validity_ = nullptr; }
  bool IsNull(RowIndex row) const { return !View().valid(row); }
  bool MayHaveNulls() const { return validity_ != nullptr; }

  // Where long strings written to this vector live.
  StringHeap& heap();
  StringRef AddString(std::string_view text) { return text.size() <= StringRef::kInlineBytes ? StringRef(text) : heap().Add(text); }
  // Strings of `other` are referred to by rows written here: share its owners.
  void KeepAlive(const Vector& other);
  void KeepAlive(std::shared_ptr<const void> owner);

  // Flat data that `owner` holds: nothing copied. `validity` may be null, else covers whole words of all capacity() rows.
  void ReferTo(SqlType type, PhysicalType physical, const void* data, const uint64_t* validity, std::shared_ptr<const void> owner);
  // Dictionary over data that `owner` holds; indices are shared.
  void ReferToDictionary(SqlType type, PhysicalType physical, const void* data, const uint64_t* validity, std::shared_ptr<const void> owner,
                         std::shared_ptr<RowIndex[]> indices);

  // The rows of `selection`, in its order, without copying values: flat becomes dictionary, dictionaries compose, constants stay.
  void Slice(const Selection& selection, uint32_t rows);
  Vector Sliced(const Selection& selection, uint32_t rows) const { Vector copy = *this; copy.Slice(selection, rows); return copy; }
  // Flat and owned; strings are shared, not copied.
  void Flatten(uint32_t rows);
  // Copies rows [0, rows) of `from` behind row `at` (flat, owned); strings are copied into this heap. Numeric: both in the same
  // representation and scale, or this one kString.
  void Append(const Vector& from, uint32_t from_row, uint32_t rows, uint32_t at);

  VectorView View() const {
    return {kind_ == VectorKind::kDictionary ? indices_.get() : nullptr, kind_ == VectorKind::kConstant ? 0u : ~0u, data_, validity_};
  }

  Datum Get(RowIndex row) const;                      // slow: constants, tests, messages
  void Set(RowIndex row, const Datum& value);         // flat; the datum's representation must fit

 private:
  struct Owners;

  SqlType type_;
  PhysicalType physical_ = PhysicalType::kInt32;
  VectorKind kind_ = VectorKind::kFlat;
  NumericShape shape_;
  uint32_t capacity_ = 0;
  uint8_t* data_ = nullptr;
  uint64_t* validity_ = nullptr;
  std::shared_ptr<uint8_t[]> buffer_;                 // owns data_ unless it belongs to an owner
  size_t buffer_bytes_ = 0;
  std::shared_ptr<uint64_t[]> validity_buffer_;
  std::shared_ptr<RowIndex[]> indices_;
  std::shared_ptr<StringHeap> heap_;
  std::shared_ptr<Owners> owners_;                    // segments, other vectors' heaps
};

}  // namespace gather
