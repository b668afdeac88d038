// CopyWriter: chunks to the rows of COPY … TO, text, CSV or binary. One per COPY; not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "executor/copy/copy_options.h"
#include "executor/copy/copy_reader.h"
#include "types/chunk.h"
#include "types/io_settings.h"

namespace gather::executor {

class CopyWriter {
 public:
  using Output = std::function<void(std::string_view row)>;  // one whole row (with its newline), or the binary header or trailer
  CopyWriter(const CopyOptions& options, std::vector<CopyColumn> columns, const IoSettings& settings, Output output);
  void Begin();                                            // header line, binary signature
  void Write(const Chunk& rows, uint32_t first, uint32_t count);
  void End();

 private:
  void AppendText(std::string_view value);
  void AppendCsv(std::string_view value, bool force_quote);

  const CopyOptions options_;
  const std::vector<CopyColumn> columns_;
  const IoSettings& settings_;
  const Output output_;
  std::vector<TextOutKernel> kernels_;
  std::vector<bool> force_quote_;
  std::string row_, value_;
  bool header_pending_ = false;
};

}  // namespace gather::executor
