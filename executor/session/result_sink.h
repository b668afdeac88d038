// ResultSink: where a session sends what a statement yields. The protocol implements it; tests do too.
//
// Called on the session's thread. Any call may block on a slow client and throws 08006 when the client is gone.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sql/query.h"
#include "types/chunk.h"

namespace gather::executor {

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  // Columns of the rows to come: once before them, of a simple Query (the extended protocol describes on request only).
  virtual void Describe(std::span<const sql::OutputColumn> columns) = 0;
  virtual void Rows(const Chunk& rows, uint32_t first, uint32_t count) = 0;
  virtual void Complete(std::string_view tag) = 0;
  virtual void Suspended() = 0;                            // the row limit of Execute was met
  virtual void EmptyQuery() = 0;
  // COPY … FROM STDIN: the client's data, piece by piece; false after CopyDone. Throws 57014 for CopyFail. Views live until the next call.
  virtual void BeginCopyIn(bool binary, int columns) = 0;
  virtual bool ReadCopyData(std::string_view* data) = 0;
  // COPY … TO STDOUT: whole rows.
  virtual void BeginCopyOut(bool binary, int columns) = 0;
  virtual void WriteCopyData(std::string_view row) = 0;
  virtual void EndCopyOut() = 0;
};

}  // namespace gather::executor
