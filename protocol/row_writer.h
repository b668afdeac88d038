// RowWriter: chunks to DataRow messages, text or binary per column. One per execution: kernels are looked up once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/message_writer.h"
#include "types/chunk.h"
#include "types/io_settings.h"

namespace gather::protocol {

class RowWriter {
 public:
  // `formats` as in Bind.
  RowWriter(std::vector<int16_t> formats, const IoSettings& settings) : formats_(std::move(formats)), settings_(settings) {}
  // The rows to come have other columns.
  void Restart() { kernels_.clear(); }
  void Write(const Chunk& rows, uint32_t first, uint32_t count, MessageWriter& out);

 private:
  void Prepare(const Chunk& rows);

  std::vector<int16_t> formats_;
  const IoSettings& settings_;
  std::vector<TextOutKernel> kernels_;                     // text and binary output kernels have the same signature
};

}  // namespace gather::protocol
