// RowSpill: rows of one layout in a temporary file, in streams (partitions, sorted runs), each read in the order it was written.
//
// A row is written as it lies in memory, then the bytes of its long strings: first that of the header when the header begins with a string's
// pointer and length (SortRun's keys), then the columns'. One participant writes; after Finish any number of readers, each its own Reader.
#pragma once

#include <memory>
#include <vector>

#include "executor/row/row_layout.h"
#include "storage/spill_file.h"

namespace gather::executor {

class RowSpill {
 public:
  RowSpill(const RowLayout& layout, uint32_t streams, const std::string& directory, bool string_header = false);
  RowSpill(const RowSpill&) = delete;
  uint32_t AddStream();                  // returns its number
  void Add(uint32_t stream, const uint8_t* row);
  // No more rows of this stream; of all streams.
  void Finish(uint32_t stream);
  void Finish();

  uint64_t rows(uint32_t stream) const { return streams_[stream].rows; }
  uint64_t bytes() const { return file_.bytes(); }

  class Reader {
   public:
    Reader(const RowSpill& spill, uint32_t stream) : spill_(spill), stream_(stream) {}
    // Up to `most` next rows into `store`; 0 at the end. Charges the store's heap.
    uint32_t Next(RowStore& store, uint32_t most, std::vector<uint8_t*>& rows);

   private:
    const char* Take(size_t bytes);
    const RowSpill& spill_;
    const uint32_t stream_;
    size_t extent_ = 0;
    std::vector<char> buffer_;           // one extent, and what of the one before was not used up
    size_t at_ = 0;
    uint64_t read_ = 0;                  // rows
  };

 private:
  struct Extent { uint64_t offset; size_t bytes; };
  struct Stream {
    std::vector<char> buffer;
    std::vector<Extent> extents;
    uint64_t rows = 0;
  };
  void Put(Stream& stream, const void* data, size_t bytes);
  void Flush(Stream& stream);

  const uint32_t row_size_;
  const bool string_header_;
  std::vector<uint32_t> strings_;        // offsets of string columns
  std::vector<Stream> streams_;
  storage::SpillFile file_;
};

}  // namespace gather::executor
