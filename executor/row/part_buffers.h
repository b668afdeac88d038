// PartBuffers: rows of chunks sorted into parts by hash, each part gathered in a chunk of its own until that is full: so that who works on a part
// finds many of its rows at once. What lies between chunks as they come and tables in parts (GroupTable::PartOf).
//
// Rows of one part keep their order. One participant's.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "types/chunk.h"
#include "types/memory_budget.h"

namespace gather::executor {

class PartBuffers {
 public:
  using Take = std::function<void(uint32_t part, Chunk& rows)>;
  PartBuffers(std::span<const SqlType> types, uint32_t parts, MemoryBudget* budget, Take take);
  // Rows of `in`, the first `count`, whose part is parts[i]. Full parts are given to `take`.
  void Add(const Chunk& in, uint32_t count, const uint8_t* parts);
  // Gives away everything.
  void Flush();
  // What buffers of such rows need, some more for long strings.
  static uint64_t Bytes(std::span<const SqlType> types, uint32_t parts);

 private:
  // How a column's values lie in the buffers now: numerics change.
  struct Form {
    PhysicalType physical;
    NumericShape shape;
  };
  void Give(uint32_t part);
  void AppendColumn(const Vector& from, const RowIndex* rows, uint32_t count, Vector& to, uint32_t at) const;

  const uint32_t capacity_;                  // rows of a part
  const Take take_;
  std::vector<Chunk> chunks_;                // by part
  std::vector<uint32_t> rows_;               // in them
  std::vector<Form> forms_;                  // by column
  std::vector<uint32_t> ends_;
  std::vector<RowIndex> sorted_;             // rows of the chunk at hand by part
  MemoryReservation memory_;
};

}  // namespace gather::executor
