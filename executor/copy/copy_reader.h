// CopyReader: the bytes of COPY … FROM, in pieces of any size, to chunks of typed columns.
//
// Text and CSV: a record ends at an unescaped (unquoted) newline; what is left of a piece waits for the next. Fields go straight from the
// bytes into the column's vector through the type's input kernel. Errors carry PostgreSQL's context ("COPY t, line 3, column a: …").
// One per COPY; not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/copy/copy_options.h"
#include "types/chunk.h"
#include "types/error.h"
#include "types/io_settings.h"

namespace gather::executor {

struct CopyColumn {
  std::string name;
  SqlType type;
};

class CopyReader {
 public:
  using Consumer = std::function<void(Chunk& rows)>;       // gets full chunks; may take the vectors
  CopyReader(const CopyOptions& options, std::string table, std::vector<CopyColumn> columns, const IoSettings& settings, Consumer consumer);

  // Errors from here on (of the client, of a file) happen while the next record is awaited.
  void StartReading() {
    reading_ = true;
    current_line_ = {};
    current_column_ = -1;
  }
  void Feed(std::string_view data);
  void Finish();                                           // the last record may lack its newline
  uint64_t rows() const { return rows_; }
  // Adds where the reader stands to an error raised by it or by the consumer.
  SqlError WithContext(const SqlError& error) const;

 private:
  // Each returns how many bytes of `data` whole records took.
  size_t FeedLines(std::string_view data, bool last);
  size_t FeedBinary(std::string_view data);
  // The newline or carriage return that ends the record starting at `from`; npos when it is not there yet: then where to go on is kept.
  size_t FindRecordEnd(std::string_view data, size_t from, bool last);
  size_t FindTextEnd(std::string_view data, size_t from, bool last);
  size_t FindCsvEnd(std::string_view data, size_t from, bool last);
  // Whether `at`, a newline or carriage return that is not part of a value, ends a record. kUnknown: the next byte decides.
  enum class LineEnd : uint8_t { kYes, kNo, kUnknown };
  LineEnd EndsRecord(std::string_view data, size_t at, bool last);
  void HeaderRecord(std::string_view line);
  void SplitText(std::string_view line);
  void SplitCsv(std::string_view line);
  void StoreFields();
  void Store(size_t column, std::string_view value);
  void EndRow();
  void Flush();
  void StartChunk();

  struct Field { std::string_view text; bool null; };

  const CopyOptions options_;
  const std::string table_;
  const std::vector<CopyColumn> columns_;
  const IoSettings& settings_;
  const Consumer consumer_;
  std::vector<TextInKernel> kernels_;
  std::vector<bool> force_not_null_, force_null_;
  Chunk chunk_;
  std::string pending_;                                    // an unfinished record
  // Of it, searched for its end already, and whether that was within quotes: a record of a gigabyte is searched once.
  size_t searched_ = 0;
  bool in_quotes_ = false;
  // As the first line has it; PostgreSQL takes no mixture.
  enum class Newline : uint8_t { kUnknown, kLf, kCr, kCrLf };
  Newline newline_ = Newline::kUnknown;
  std::vector<Field> fields_;
  std::string unescaped_;                                  // fields whose text differs from the bytes
  uint64_t rows_ = 0;
  uint64_t line_ = 0;
  bool reading_ = false;                                   // the record after line_
  int current_column_ = -1;                                // for the error context
  std::string_view current_line_, current_value_;          // current_line_ without data: not shown
  std::string last_line_;                                  // what current_line_ refers to once the input is over
  bool header_pending_ = false, binary_header_read_ = false, ended_ = false;
};

}  // namespace gather::executor
