#include "executor/operators/row_text.h"

namespace gather::executor {

namespace {
constexpr size_t kLongestShown = 64;
}  // namespace

std::string ValueText(const Vector& vector, RowIndex row, const IoSettings& io) {
  if (vector.IsNull(row)) return "null";
  std::string text;
  GetType(vector.type().oid).text_out(vector, row, io, text);
  return text;
}

std::string RowText(const Chunk& rows, uint32_t columns, RowIndex row, const IoSettings& io) {
  std::string text = "(";
  for (uint32_t i = 0; i < columns; ++i) {
    std::string value = ValueText(rows[i], row, io);
    if (value.size() > kLongestShown) {
      size_t end = kLongestShown;
      while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;   // not inside a character
      value.resize(end);
      value += "...";
    }
    text += (i == 0 ? "" : ", ") + value;
  }
  return text + ")";
}

}  // namespace gather::executor
