#include "protocol/row_writer.h"

#include <charconv>

#include "protocol/responses.h"
#include "types/error.h"

namespace gather::protocol {

void RowWriter::Prepare(const Chunk& rows) {
  if (!kernels_.empty()) return;
  if (formats_.size() > 1 && formats_.size() != rows.columns()) {
    throw SqlError(sqlstate::kProtocolViolation, Format("bind message has %zu result formats but query has %zu columns", formats_.size(), rows.columns()));
  }
  for (size_t i = 0; i < rows.columns(); ++i) {
    const TypeInfo& type = GetType(rows[i].type().oid);
    const int16_t format = FormatOf(formats_, i);
    const TextOutKernel kernel = format == 0 ? type.text_out : type.binary_out;
    if (kernel == nullptr) {
      throw SqlError(sqlstate::kUndefinedFunction, Format("no %s output function available for type %s", format == 0 ? "text" : "binary", type.sql_name));
    }
    kernels_.push_back(kernel);
  }
}

void RowWriter::Write(const Chunk& rows, uint32_t first, uint32_t count, MessageWriter& out) {
  Prepare(rows);
  const auto columns = static_cast<int16_t>(rows.columns());
  for (uint32_t row = first; row < first + count; ++row) {
    out.Begin('D');
    out.Int16(columns);
    for (int16_t i = 0; i < columns; ++i) {
      const Vector& vector = rows[static_cast<size_t>(i)];
      if (vector.IsNull(row)) {
        out.Int32(-1);
        continue;
      }
      const size_t start = out.ReserveLength();
      kernels_[static_cast<size_t>(i)](vector, row, settings_, out.buffer());
      out.FillLength(start);
      out.CheckSize();
    }
    out.End();
  }
}

}  // namespace gather::protocol
