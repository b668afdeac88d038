#include "executor/copy/copy_reader.h"

#include <algorithm>
#include <cstring>

#include "types/error.h"
#include "types/numeric.h"
#include "types/utf8.h"

namespace gather::executor {

namespace {
constexpr std::string_view kBinarySignature("PGCOPY\n\377\r\n\0", 11);
constexpr size_t kShownBytes = 100;                        // of a line in an error context
constexpr size_t kMaxRecordBytes = 0x3fffffff;             // PostgreSQL's MaxAllocSize

[[noreturn]] void BadFormat(const std::string& message) { throw SqlError(sqlstate::kBadCopyFileFormat, message); }

int32_t ReadInt32(const char* p) {
  const auto* b = reinterpret_cast<const unsigned char*>(p);
  return static_cast<int32_t>(uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | b[3]);
}
int16_t ReadInt16(const char* p) {
  const auto* b = reinterpret_cast<const unsigned char*>(p);
  return static_cast<int16_t>(b[0] << 8 | b[1]);
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }
int HexValue(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

std::string Shown(std::string_view text) { return text.size() > kShownBytes ? std::string(text.substr(0, kShownBytes)) + "..." : std::string(text); }
}  // namespace

CopyReader::CopyReader(const CopyOptions& options, std::string table, std::vector<CopyColumn> columns, const IoSettings& settings, Consumer consumer)
    : options_(options), table_(std::move(table)), columns_(std::move(columns)), settings_(settings), consumer_(std::move(consumer)) {
  const auto listed = [](const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  std::vector<SqlType> types;
  for (const CopyColumn& column : columns_) {
    types.push_back(column.type);
    const TypeInfo& type = GetType(column.type.oid);
    kernels_.push_back(options_.format == CopyFormat::kBinary ? type.binary_in : type.text_in);
    if (kernels_.back() == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("no input function available for type %s", type.sql_name));
    force_not_null_.push_back(listed(options_.force_not_null, column.name));
    force_null_.push_back(listed(options_.force_null, column.name));
  }
  chunk_ = Chunk(types);
  StartChunk();
  header_pending_ = options_.header != CopyHeader::kNone;
}

void CopyReader::Feed(std::string_view data) {
  if (ended_) {
    if (options_.format == CopyFormat::kBinary && !data.empty()) BadFormat("received copy data after EOF marker");
    return;
  }
  if (!pending_.empty()) {
    if (pending_.size() + data.size() > kMaxRecordBytes) {
      throw SqlError(sqlstate::kProgramLimitExceeded, "out of memory").Detail(Format("A record of COPY can have at most %zu bytes.", kMaxRecordBytes));
    }
    pending_.append(data);
    data = pending_;
  }
  const size_t used = options_.format == CopyFormat::kBinary ? FeedBinary(data) : FeedLines(data, false);
  if (ended_) {
    pending_.clear();
  } else if (data.data() == pending_.data()) {
    pending_.erase(0, used);
  } else {
    pending_.assign(data.substr(used));
  }
}

void CopyReader::Finish() {
  if (options_.format == CopyFormat::kBinary && !binary_header_read_) BadFormat("COPY file signature not recognized");
  if (!ended_ && !pending_.empty()) {
    const std::string rest = std::move(pending_);
    pending_.clear();
    const size_t used = options_.format == CopyFormat::kBinary ? FeedBinary(rest) : FeedLines(rest, true);
    if (used < rest.size() && !ended_) {
      ++line_;
      reading_ = false;
      if (options_.format == CopyFormat::kBinary) BadFormat("unexpected EOF in COPY data");
      last_line_ = rest.substr(used);
      current_line_ = last_line_;
      BadFormat("unterminated CSV quoted field");
    }
  }
  Flush();
}

CopyReader::LineEnd CopyReader::EndsRecord(std::string_view data, size_t at, bool last) {
  const bool text = options_.format == CopyFormat::kText;
  const auto refuse = [&](const char* what, const char* escape) {
    ++line_;
    reading_ = false;
    current_line_ = {};
    throw SqlError(sqlstate::kBadCopyFileFormat, Format("%s %s found in data", text ? "literal" : "unquoted", what))
        .Hint(text ? Format("Use \"%s\" to represent %s.", escape, what) : Format("Use quoted CSV field to represent %s.", what));
  };
  if (data[at] == '\n') {
    if (newline_ == Newline::kCr || newline_ == Newline::kCrLf) refuse("newline", "\\n");
    newline_ = Newline::kLf;
    return LineEnd::kYes;
  }
  if (newline_ == Newline::kLf) refuse("carriage return", "\\r");
  if (newline_ == Newline::kCr) return LineEnd::kYes;
  if (at + 1 == data.size() && !last) return LineEnd::kUnknown;
  const bool followed = at + 1 < data.size() && data[at + 1] == '\n';
  if (!followed && newline_ == Newline::kCrLf) refuse("carriage return", "\\r");
  newline_ = followed ? Newline::kCrLf : Newline::kCr;
  return LineEnd::kYes;
}

size_t CopyReader::FindTextEnd(std::string_view data, size_t from, bool last) {
  for (size_t at = from + searched_;;) {
    // Lines end with a newline most of the time: that search is the fast one.
    size_t end = std::min(data.find('\n', at), data.size());
    if (newline_ == Newline::kCr || std::memchr(data.data() + at, '\r', end - at) != nullptr) end = std::min(data.find('\r', at), data.size());
    if (end == data.size()) {
      searched_ = end - from;
      return last ? end : std::string_view::npos;
    }
    size_t backslashes = 0;
    while (backslashes < end - from && data[end - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) {
      if (EndsRecord(data, end, last) == LineEnd::kYes) return end;
      searched_ = end - from;
      return std::string_view::npos;
    }
    at = end + 1;                                          // an escaped newline is data
  }
}

size_t CopyReader::FindCsvEnd(std::string_view data, size_t from, bool last) {
  bool quoted = in_quotes_;
  const bool own_escape = options_.escape != options_.quote;
  for (size_t i = from + searched_; i < data.size(); ++i) {
    const char c = data[i];
    if (quoted && own_escape && c == options_.escape) {
      if (i + 1 == data.size() && !last) {
        searched_ = i - from;
        in_quotes_ = quoted;
        return std::string_view::npos;
      }
      if (i + 1 < data.size() && (data[i + 1] == options_.quote || data[i + 1] == options_.escape)) {
        ++i;
        continue;
      }
    }
    if (c == options_.quote) {
      quoted = !quoted;
    } else if ((c == '\n' || c == '\r') && !quoted) {
      if (EndsRecord(data, i, last) == LineEnd::kYes) return i;
      searched_ = i - from;
      in_quotes_ = false;
      return std::string_view::npos;
    }
  }
  searched_ = data.size() - from;
  in_quotes_ = quoted;
  return last && !quoted ? data.size() : std::string_view::npos;
}

size_t CopyReader::FindRecordEnd(std::string_view data, size_t from, bool last) {
  const size_t end = options_.format == CopyFormat::kText ? FindTextEnd(data, from, last) : FindCsvEnd(data, from, last);
  if (end == std::string_view::npos) return end;
  searched_ = 0;
  in_quotes_ = false;
  return end;
}

size_t CopyReader::FeedLines(std::string_view data, bool last) {
  size_t at = 0;
  while (at < data.size() && !ended_) {
    const size_t end = FindRecordEnd(data, at, last);
    if (end == std::string_view::npos) break;
    const std::string_view line = data.substr(at, end - at);
    at = std::min(end + (newline_ == Newline::kCrLf ? 2 : 1), data.size());
    ++line_;
    reading_ = false;
    current_line_ = line;
    current_column_ = -1;
    if (line == "\\.") {
      ended_ = true;
      return data.size();
    }
    if (options_.format == CopyFormat::kText && line.starts_with("\\.")) {
      current_line_ = {};
      BadFormat("end-of-copy marker corrupt");
    }
    if (header_pending_) {
      header_pending_ = false;
      HeaderRecord(line);
      continue;
    }
    if (options_.format == CopyFormat::kText) SplitText(line); else SplitCsv(line);
    StoreFields();
  }
  StartReading();
  return at;
}

void CopyReader::HeaderRecord(std::string_view line) {
  if (options_.header != CopyHeader::kMatch) return;
  if (options_.format == CopyFormat::kText) SplitText(line); else SplitCsv(line);
  if (fields_.size() != columns_.size()) {
    BadFormat(Format("wrong number of fields in header line: got %zu, expected %zu", fields_.size(), columns_.size()));
  }
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].null) BadFormat(Format("column name mismatch in header line field %zu: got null value (\"%s\"), expected \"%s\"", i + 1, options_.null_text.c_str(), columns_[i].name.c_str()));
    if (fields_[i].text != columns_[i].name) {
      BadFormat(Format("column name mismatch in header line field %zu: got \"%s\", expected \"%s\"", i + 1, std::string(fields_[i].text).c_str(), columns_[i].name.c_str()));
    }
  }
}

// The field's text is the bytes themselves unless a backslash occurs in it.
void CopyReader::SplitText(std::string_view line) {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());                         // views into it stay valid
  const bool escapes = std::memchr(line.data(), '\\', line.size()) != nullptr;
  if (!escapes) {
    size_t start = 0;
    for (;;) {
      const void* found = start < line.size() ? std::memchr(line.data() + start, options_.delimiter, line.size() - start) : nullptr;
      const size_t end = found == nullptr ? line.size() : static_cast<size_t>(static_cast<const char*>(found) - line.data());
      const std::string_view text = line.substr(start, end - start);
      fields_.push_back({text, text == options_.null_text});
      if (found == nullptr) break;
      start = end + 1;
    }
    if (columns_.empty() && line.empty()) fields_.clear();
    return;
  }
  size_t i = 0;
  for (;;) {
    const size_t start = i;
    const size_t text_start = unescaped_.size();
    while (i < line.size() && line[i] != options_.delimiter) {
      char c = line[i++];
      if (c == '\\' && i < line.size()) {
        c = line[i++];
        switch (c) {
          case 'b': c = '\b'; break;
          case 'f': c = '\f'; break;
          case 'n': c = '\n'; break;
          case 'r': c = '\r'; break;
          case 't': c = '\t'; break;
          case 'v': c = '\v'; break;
          case 'x':
            if (i < line.size() && HexValue(line[i]) >= 0) {
              int value = HexValue(line[i++]);
              if (i < line.size() && HexValue(line[i]) >= 0) value = value * 16 + HexValue(line[i++]);
              c = static_cast<char>(value);
            }
            break;
          default:
            if (IsOctal(c)) {
              int value = c - '0';
              for (int digit = 0; digit < 2 && i < line.size() && IsOctal(line[i]); ++digit) value = value * 8 + (line[i++] - '0');
              c = static_cast<char>(value);
            }
        }
      }
      unescaped_.push_back(c);
    }
    // The null marker is compared before escapes are resolved.
    const bool null = line.substr(start, i - start) == options_.null_text;
    fields_.push_back({std::string_view(unescaped_.data() + text_start, unescaped_.size() - text_start), null});
    if (i >= line.size()) break;
    ++i;
  }
}

void CopyReader::SplitCsv(std::string_view line) {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());
  size_t i = 0;
  for (;;) {
    const size_t text_start = unescaped_.size();
    bool was_quoted = false, quoted = false;
    while (i < line.size() && (quoted || line[i] != options_.delimiter)) {
      const char c = line[i++];
      if (quoted) {
        if (c == options_.escape && i < line.size() && (line[i] == options_.quote || line[i] == options_.escape)) {
          unescaped_.push_back(line[i++]);
        } else if (c == options_.quote) {
          quoted = false;
        } else {
          unescaped_.push_back(c);
        }
      } else if (c == options_.quote) {
        quoted = was_quoted = true;
      } else {
        unescaped_.push_back(c);
      }
    }
    if (quoted) BadFormat("unterminated CSV quoted field");
    const std::string_view text(unescaped_.data() + text_start, unescaped_.size() - text_start);
    const size_t column = fields_.size();
    bool null = text == options_.null_text && !was_quoted;
    if (null && column < force_not_null_.size() && force_not_null_[column]) null = false;
    if (!null && was_quoted && column < force_null_.size() && force_null_[column] && text == options_.null_text) null = true;
    fields_.push_back({text, null});
    if (i >= line.size()) break;
    ++i;
    if (i == line.size()) {
      // A trailing delimiter: one more, empty field.
      const size_t last = fields_.size();
      const bool last_null = options_.null_text.empty() && !(last < force_not_null_.size() && force_not_null_[last]);
      fields_.push_back({std::string_view(), last_null});
      break;
    }
  }
}

void CopyReader::StoreFields() {
  if (fields_.size() > columns_.size()) BadFormat("extra data after last expected column");
  CheckUtf8(current_line_);
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].null) {
      chunk_[i].SetNull(chunk_.rows());
    } else {
      Store(i, fields_[i].text);
    }
  }
  if (fields_.size() < columns_.size()) {
    current_column_ = -1;
    BadFormat(Format("missing data for column \"%s\"", columns_[fields_.size()].name.c_str()));
  }
  EndRow();
}

void CopyReader::Store(size_t column, std::string_view value) {
  current_column_ = static_cast<int>(column);
  current_value_ = value;
  kernels_[column](value, columns_[column].type, settings_, chunk_[column], chunk_.rows());
}

void CopyReader::EndRow() {
  current_column_ = -1;
  chunk_.set_rows(chunk_.rows() + 1);
  ++rows_;
  if (chunk_.rows() == kVectorSize) Flush();
}

void CopyReader::Flush() {
  if (chunk_.rows() == 0) return;
  consumer_(chunk_);
  StartChunk();
}

void CopyReader::StartChunk() {
  chunk_.Reset();
  // numeric(p,s) is read straight into integers.
  for (Vector& vector : chunk_.vectors()) {
    if (vector.type().oid == type_oid::kNumeric) ResetForNumericInput(vector);
  }
}

size_t CopyReader::FeedBinary(std::string_view data) {
  size_t at = 0;
  if (!binary_header_read_) {
    if (data.size() < kBinarySignature.size() + 8) return 0;
    if (data.substr(0, kBinarySignature.size()) != kBinarySignature) BadFormat("COPY file signature not recognized");
    const int32_t flags = ReadInt32(data.data() + kBinarySignature.size());
    if ((flags & (1 << 16)) != 0) BadFormat("invalid COPY file header (WITH OIDS)");
    if ((flags & ~0xFFFF) != 0) BadFormat("unrecognized critical flags in COPY file header");
    const int32_t extension = ReadInt32(data.data() + kBinarySignature.size() + 4);
    if (extension < 0) BadFormat("invalid COPY file header (missing length)");
    if (data.size() < kBinarySignature.size() + 8 + static_cast<size_t>(extension)) return 0;
    at = kBinarySignature.size() + 8 + static_cast<size_t>(extension);
    binary_header_read_ = true;
  }
  for (;;) {
    if (data.size() - at < 2) return at;
    const int16_t count = ReadInt16(data.data() + at);
    const uint64_t before = line_++;
    reading_ = false;
    current_line_ = {};
    if (count == -1) {
      if (data.size() - at > 2) BadFormat("received copy data after EOF marker");
      ended_ = true;
      return data.size();
    }
    if (count != static_cast<int16_t>(columns_.size())) BadFormat(Format("row field count is %d, expected %zu", count, columns_.size()));
    // The whole row must be there before any of it is stored.
    size_t end = at + 2;
    bool whole = true;
    for (int16_t i = 0; i < count && whole; ++i) {
      whole = data.size() - end >= 4;
      if (!whole) break;
      const int32_t length = ReadInt32(data.data() + end);
      if (length < -1) BadFormat("invalid field size");
      end += 4;
      if (length <= 0) continue;
      whole = data.size() - end >= static_cast<size_t>(length);
      end += static_cast<size_t>(length);
    }
    if (!whole) {
      line_ = before;
      StartReading();
      return at;
    }
    size_t field = at + 2;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const int32_t length = ReadInt32(data.data() + field);
      field += 4;
      if (length == -1) {
        chunk_[i].SetNull(chunk_.rows());
        continue;
      }
      Store(i, data.substr(field, static_cast<size_t>(length)));
      field += static_cast<size_t>(length);
    }
    at = end;
    EndRow();
  }
}

SqlError CopyReader::WithContext(const SqlError& error) const {
  if (line_ == 0 && !reading_) return error;               // before the data
  if (options_.format == CopyFormat::kBinary && !binary_header_read_) return error;
  std::string context = Format("COPY %s, line %llu", table_.c_str(), static_cast<unsigned long long>(line_ + (reading_ ? 1 : 0)));
  if (current_column_ >= 0) {
    context += Format(", column %s", columns_[static_cast<size_t>(current_column_)].name.c_str());
    if (options_.format != CopyFormat::kBinary) context += ": \"" + Shown(current_value_) + "\"";
  } else if (options_.format != CopyFormat::kBinary && current_line_.data() != nullptr) {
    context += ": \"" + Shown(current_line_) + "\"";
  }
  SqlError copy = error;
  return std::move(copy).Context(std::move(context));
}

}  // namespace gather::executor
