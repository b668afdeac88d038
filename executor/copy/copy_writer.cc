#include "executor/copy/copy_writer.h"

#include <algorithm>

#include "types/error.h"

namespace gather::executor {

namespace {
void PutInt32(std::string& out, int32_t value) {
  const uint32_t swapped = __builtin_bswap32(static_cast<uint32_t>(value));
  out.append(reinterpret_cast<const char*>(&swapped), 4);
}
void PutInt16(std::string& out, int16_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}
}  // namespace

CopyWriter::CopyWriter(const CopyOptions& options, std::vector<CopyColumn> columns, const IoSettings& settings, Output output)
    : options_(options), columns_(std::move(columns)), settings_(settings), output_(std::move(output)) {
  for (const CopyColumn& column : columns_) {
    const TypeInfo& type = GetType(column.type.oid);
    kernels_.push_back(options_.format == CopyFormat::kBinary ? type.binary_out : type.text_out);
    if (kernels_.back() == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("no output function available for type %s", type.sql_name));
    force_quote_.push_back(options_.force_quote_all || std::find(options_.force_quote.begin(), options_.force_quote.end(), column.name) != options_.force_quote.end());
  }
}

void CopyWriter::Begin() {
  row_.clear();
  if (options_.format == CopyFormat::kBinary) {
    row_.append("PGCOPY\n\377\r\n\0", 11);
    PutInt32(row_, 0);
    PutInt32(row_, 0);
    header_pending_ = true;                                // goes out with the first row, as PostgreSQL sends it
  } else if (options_.header != CopyHeader::kNone) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) row_.push_back(options_.delimiter);
      if (options_.format == CopyFormat::kCsv) AppendCsv(columns_[i].name, false); else AppendText(columns_[i].name);
    }
    row_.push_back('\n');
    output_(row_);
  }
}

void CopyWriter::Write(const Chunk& rows, uint32_t first, uint32_t count) {
  for (uint32_t row = first; row < first + count; ++row) {
    if (!header_pending_) row_.clear();
    header_pending_ = false;
    if (options_.format == CopyFormat::kBinary) PutInt16(row_, static_cast<int16_t>(columns_.size()));
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (options_.format != CopyFormat::kBinary && i > 0) row_.push_back(options_.delimiter);
      const bool null = rows[i].IsNull(row);
      if (options_.format == CopyFormat::kBinary) {
        if (null) {
          PutInt32(row_, -1);
          continue;
        }
        value_.clear();
        kernels_[i](rows[i], row, settings_, value_);
        PutInt32(row_, static_cast<int32_t>(value_.size()));
        row_.append(value_);
      } else if (null) {
        row_.append(options_.null_text);
      } else {
        value_.clear();
        kernels_[i](rows[i], row, settings_, value_);
        if (options_.format == CopyFormat::kCsv) AppendCsv(value_, force_quote_[i]); else AppendText(value_);
      }
    }
    if (options_.format != CopyFormat::kBinary) row_.push_back('\n');
    output_(row_);
  }
}

void CopyWriter::End() {
  if (options_.format != CopyFormat::kBinary) return;
  if (!header_pending_) row_.clear();
  PutInt16(row_, -1);
  output_(row_);
}

void CopyWriter::AppendText(std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '\b': row_ += "\\b"; break;
      case '\f': row_ += "\\f"; break;
      case '\n': row_ += "\\n"; break;
      case '\r': row_ += "\\r"; break;
      case '\t': row_ += "\\t"; break;
      case '\v': row_ += "\\v"; break;
      case '\\': row_ += "\\\\"; break;
      default:
        if (c == options_.delimiter) row_.push_back('\\');
        row_.push_back(c);
    }
  }
}

void CopyWriter::AppendCsv(std::string_view value, bool force_quote) {
  const bool alone = columns_.size() == 1 && value == "\\.";
  const char special[] = {options_.delimiter, options_.quote, '\n', '\r'};
  const bool quote = force_quote || alone || value == options_.null_text || value.find_first_of(std::string_view(special, 4)) != std::string_view::npos;
  if (!quote) {
    row_.append(value);
    return;
  }
  row_.push_back(options_.quote);
  for (const char c : value) {
    if (c == options_.quote || c == options_.escape) row_.push_back(options_.escape);
    row_.push_back(c);
  }
  row_.push_back(options_.quote);
}

}  // namespace gather::executor
