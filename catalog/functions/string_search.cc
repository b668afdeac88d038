#include <string>
#include <vector>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"
#include "types/array.h"
#include "types/error.h"
#include "types/find_substring.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

StringRef Part(std::string_view text) { return StringRef(text.data(), static_cast<uint32_t>(text.size())); }

std::string_view NthPart(std::string_view text, std::string_view separator, int32_t number) {
  if (number == 0) throw SqlError(sqlstate::kInvalidParameterValue, "field position must not be zero");
  if (text.empty()) return {};
  const bool whole = number == 1 || number == -1;
  if (separator.empty() || FindSubstring(text, separator) == std::string_view::npos) return whole ? text : std::string_view();
  if (number < 0) {  // from the end: count the fields first
    int64_t fields = 1;
    for (size_t at = 0; (at = FindSubstring(text, separator, at)) != std::string_view::npos; at += separator.size()) ++fields;
    const int64_t from_start = fields + number + 1;
    if (from_start <= 0) return {};
    number = static_cast<int32_t>(from_start);
  }
  size_t start = 0;
  while (true) {
    const size_t end = FindSubstring(text, separator, start);
    if (--number == 0) return text.substr(start, end == std::string_view::npos ? end : end - start);
    if (end == std::string_view::npos) return {};
    start = end + separator.size();
  }
}

// What string_to_array and string_to_table yield: parts one by one. A null separator cuts into characters.
class Splitter {
 public:
  Splitter(std::string_view text, bool has_separator, std::string_view separator, bool has_null, std::string_view null_text)
      : rest_(text), has_separator_(has_separator), separator_(separator), has_null_(has_null), null_text_(null_text), done_(text.empty()) {}
  bool Next(std::string_view* part, bool* is_null) {
    if (done_) return false;
    if (!has_separator_) {
      const uint32_t bytes = Utf8FirstBytes(rest_);
      *part = rest_.substr(0, bytes);
      rest_.remove_prefix(bytes);
      done_ = rest_.empty();
    } else {
      const size_t end = separator_.empty() ? std::string_view::npos : FindSubstring(rest_, separator_);
      *part = rest_.substr(0, end);
      done_ = end == std::string_view::npos;
      if (!done_) rest_.remove_prefix(end + separator_.size());
    }
    *is_null = has_null_ && *part == null_text_;
    return true;
  }

 private:
  std::string_view rest_;
  const bool has_separator_;
  const std::string_view separator_;
  const bool has_null_;
  const std::string_view null_text_;
  bool done_;
};

Splitter SplitterAt(std::span<const Vector> arguments, uint32_t row) {
  const VectorView text = arguments[0].View(), separator = arguments[1].View();
  const bool has_null = arguments.size() > 2 && arguments[2].View().valid(row);
  return Splitter(StringAt(text, row), separator.valid(row), separator.valid(row) ? StringAt(separator, row) : std::string_view(), has_null,
                  has_null ? StringAt(arguments[2].View(), row) : std::string_view());
}

class SplitSource final : public SetSource {
 public:
  explicit SplitSource(std::span<const Vector> arguments) : arguments_(arguments.begin(), arguments.end()), splitter_(SplitterAt(arguments_, 0)) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    std::string_view part;
    bool is_null;
    while (rows < kVectorSize && splitter_.Next(&part, &is_null)) {
      out[0].data<StringRef>()[rows] = out[0].AddString(part);
      if (is_null) out[0].SetNull(rows);
      ++rows;
    }
    return rows;
  }

 private:
  const std::vector<Vector> arguments_;
  Splitter splitter_;
};

class EmptySource final : public SetSource {
 public:
  uint32_t Next(FunctionContext&, std::span<Vector>) override { return 0; }
};

[[noreturn]] void ThrowNotIdentifier(std::string_view text, const char* detail) {
  SqlError error(sqlstate::kInvalidParameterValue, "string is not a valid identifier: \"" + std::string(text) + "\"");
  if (detail != nullptr) throw std::move(error).Detail(detail);
  throw error;
}

std::string ParseIdentifiers(std::string_view text, bool strict) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); };
  const auto is_start = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<uint8_t>(c) >= 0x80; };
  const auto is_part = [&is_start](char c) { return is_start(c) || (c >= '0' && c <= '9') || c == '$'; };
  size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto skip_spaces = [&] { while (at < text.size() && is_space(text[at])) ++at; };
  ArrayBuilder names(type_oid::kText);
  bool after_dot = false;
  skip_spaces();
  while (true) {
    std::string name;
    if (peek() == '"') {
      ++at;
      while (true) {
        const size_t quote = text.find('"', at);
        if (quote == std::string_view::npos) ThrowNotIdentifier(text, "String has unclosed double quotes.");
        name += text.substr(at, quote - at);
        at = quote + 1;
        if (peek() != '"') break;
        name += '"';
        ++at;
      }
      if (name.empty()) ThrowNotIdentifier(text, "Quoted identifier must not be empty.");
    } else if (is_start(peek())) {
      for (; at < text.size() && is_part(text[at]); ++at) name += text[at] >= 'A' && text[at] <= 'Z' ? static_cast<char>(text[at] + 32) : text[at];
    } else if (peek() == '.') {
      ThrowNotIdentifier(text, "No valid identifier before \".\".");
    } else {
      ThrowNotIdentifier(text, after_dot ? "No valid identifier after \".\"." : nullptr);
    }
    names.Add(name);
    skip_spaces();
    if (peek() == '.') {
      after_dot = true;
      ++at;
      skip_spaces();
    } else {
      if (at < text.size() && strict) ThrowNotIdentifier(text, nullptr);
      return names.Finish();
    }
  }
}

}  // namespace

GATHER_KERNEL(Position) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& text, const StringRef& needle) {
    const size_t at = FindSubstring(text.view(), needle.view());
    return at == std::string_view::npos ? 0 : static_cast<int32_t>(Utf8Length(text.view().substr(0, at)) + 1);
  });
}

GATHER_KERNEL(Replace) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View(), froms = arguments[1].View(), tos = arguments[2].View();
  StringRef* out = result.data<StringRef>();
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const StringRef& source = texts.get<StringRef>(row);
    const std::string_view text = source.view(), from = StringAt(froms, row), to = StringAt(tos, row);
    size_t found = text.empty() || from.empty() ? std::string_view::npos : FindSubstring(text, from);
    if (found == std::string_view::npos) {
      out[row] = source;
      return;
    }
    buffer.clear();
    size_t start = 0;
    for (; found != std::string_view::npos; found = FindSubstring(text, from, start)) {
      buffer += text.substr(start, found - start);
      buffer += to;
      start = found + from.size();
      CheckBeforeLongString(buffer.size());
      if (buffer.size() > 0x3FFFFFFF) throw SqlError(sqlstate::kProgramLimitExceeded, "requested length too large");
    }
    buffer += text.substr(start);
    out[row] = result.AddString(buffer);
  });
}

GATHER_KERNEL(SplitPart) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View(), separators = arguments[1].View(), numbers = arguments[2].View();
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = Part(NthPart(StringAt(texts, row), StringAt(separators, row), numbers.get<int32_t>(row))); });
}

GATHER_KERNEL(StringToArray) {
  const VectorView texts = arguments[0].View();
  StringRef* out = result.data<StringRef>();
  for (uint32_t row = 0; row < rows; ++row) {
    if (!texts.valid(row)) {
      result.SetNull(row);
      continue;
    }
    Splitter splitter = SplitterAt(arguments, row);
    ArrayBuilder array(type_oid::kText);
    std::string_view part;
    bool is_null;
    while (splitter.Next(&part, &is_null)) {
      if (is_null) {
        array.AddNull();
      } else {
        array.Add(part);
      }
    }
    out[row] = result.AddString(array.Finish());
  }
}

std::unique_ptr<SetSource> StringToTable(FunctionContext&, std::span<const Vector> arguments) {
  if (arguments[0].IsNull(0)) return std::make_unique<EmptySource>();
  return std::make_unique<SplitSource>(arguments);
}

GATHER_KERNEL(ParseIdent) {
  MapRows<StringRef, StringRef, uint8_t>(arguments[0], arguments[1], rows, result,
                                         [&](const StringRef& text, uint8_t strict) { return result.AddString(ParseIdentifiers(text.view(), strict != 0)); });
}

}  // namespace gather::catalog
