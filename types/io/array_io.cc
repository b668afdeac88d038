#include "types/io/array_io.h"

#include <charconv>
#include <limits>
#include <optional>

#include "types/array.h"
#include "types/error.h"
#include "types/io/binary_number.h"
#include "types/io/number_io.h"
#include "types/io_settings.h"
#include "types/record.h"
#include "types/vector.h"

namespace gather {

namespace {
constexpr int kMaxDimensions = 6;
constexpr int64_t kMaxElements = (int64_t{1} << 30) / 8 - 1;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsNullWord(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' && (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l';
}

// One array literal, left to right, one level of recursion per dimension.
class ArrayLiteral {
 public:
  ArrayLiteral(std::string_view text, Oid element, int32_t typmod, const IoSettings& settings)
      : text_(text), element_(GetType(element)), typmod_(typmod), settings_(settings), builder_(element), value_(element, 1) {}

  std::string Parse() {
    SkipSpace();
    std::vector<ArrayDimension> announced = ParseDimensions();
    if (At() != '{') {
      Fail(announced.empty() ? "Array value must start with \"{\" or dimension information." : "Array contents must start with \"{\".");
    }
    ParseLevel(0);
    SkipSpace();
    if (at_ != text_.size()) Fail("Junk after closing right brace.");
    const int depth = leaf_depth_ < 0 ? 0 : leaf_depth_ + 1;
    const auto count = static_cast<uint32_t>(elements_.size());
    if (count == 0) {
      if (!announced.empty()) Fail("Specified array dimensions do not match array contents.");
      return builder_.Finish({});
    }
    std::vector<ArrayDimension> dimensions;
    for (int i = 0; i < depth; ++i) dimensions.push_back({lengths_[i], 1});
    if (!announced.empty()) {
      if (announced.size() != dimensions.size()) Fail("Specified array dimensions do not match array contents.");
      for (size_t i = 0; i < dimensions.size(); ++i) {
        if (announced[i].length != dimensions[i].length) Fail("Specified array dimensions do not match array contents.");
      }
      dimensions = announced;
    }
    // The structure is right: only now the elements, so that of two faults the same is told as by PostgreSQL.
    const std::string_view all = scratch_;
    for (const Element& element : elements_) {
      if (element.is_null) {
        builder_.AddNull();
        continue;
      }
      value_.Reset(element_.physical);
      element_.text_in(all.substr(element.begin, element.end - element.begin), SqlType(element_.oid, typmod_), settings_, value_, 0);
      builder_.Add(value_, 0);
    }
    return builder_.Finish(dimensions);
  }

 private:
  [[noreturn]] void Fail(const std::string& detail) const {
    throw SqlError(sqlstate::kInvalidTextRepresentation, Format("malformed array literal: \"%.*s\"", static_cast<int>(text_.size()), text_.data())).Detail(detail);
  }
  char At() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() { while (at_ < text_.size() && IsSpace(text_[at_])) ++at_; }

  int32_t ParseBound() {
    int32_t value = 0;
    if (At() == '+') ++at_;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::invalid_argument) Fail("Missing array dimension value.");
    if (error != std::errc()) throw SqlError(sqlstate::kNumericValueOutOfRange, "array bound is out of integer range");
    at_ = end - text_.data();
    return value;
  }

  std::vector<ArrayDimension> ParseDimensions() {
    std::vector<ArrayDimension> dimensions;
    for (; At() == '['; SkipSpace()) {
      ++at_;
      if (dimensions.size() == kMaxDimensions) {
        throw SqlError(sqlstate::kProgramLimitExceeded, Format("number of array dimensions (%d) exceeds the maximum allowed (%d)", kMaxDimensions + 1, kMaxDimensions));
      }
      if (At() != '-' && At() != '+' && (At() < '0' || At() > '9')) Fail("\"[\" must introduce explicitly-specified array dimensions.");
      int32_t lower = 1;
      int32_t upper = ParseBound();
      if (At() == ':') {
        ++at_;
        lower = upper;
        if (At() != '-' && At() != '+' && (At() < '0' || At() > '9')) Fail("Missing array dimension value.");
        upper = ParseBound();
      }
      if (At() != ']') Fail("Missing \"]\" after array dimensions.");
      ++at_;
      if (upper < lower) throw SqlError(sqlstate::kArraySubscriptError, "upper bound cannot be less than lower bound");
      if (int64_t{upper} - lower + 1 > kMaxElements) {
        throw SqlError(sqlstate::kProgramLimitExceeded, Format("array size exceeds the maximum allowed (%d)", static_cast<int>(kMaxElements)));
      }
      dimensions.push_back({upper - lower + 1, lower});
    }
    if (!dimensions.empty()) {
      if (At() != '=') Fail("Missing \"=\" after array dimensions.");
      ++at_;
      SkipSpace();
    }
    return dimensions;
  }

  // At '{' of nesting level `depth`.
  void ParseLevel(int depth) {
    if (depth >= kMaxDimensions) {
      throw SqlError(sqlstate::kProgramLimitExceeded, Format("number of array dimensions (%d) exceeds the maximum allowed (%d)", depth + 1, kMaxDimensions));
    }
    ++at_;
    int32_t length = 0;
    SkipSpace();
    if (At() == '}' && at_ < text_.size()) {
      ++at_;
      // "{}" is an empty array; an empty level inside others is not allowed.
      if (depth > 0) Fail("Unexpected \"}\" character.");
      return;
    }
    for (;;) {
      SkipSpace();
      if (at_ >= text_.size()) Fail("Unexpected end of input.");
      if (At() == '{') {
        if (leaf_depth_ >= 0 && leaf_depth_ <= depth) Fail(length == 0 ? "Multidimensional arrays must have sub-arrays with matching dimensions." : "Unexpected \"{\" character.");
        ParseLevel(depth + 1);
      } else {
        if (leaf_depth_ > depth) Fail("Unexpected array element.");
        if (leaf_depth_ >= 0 && leaf_depth_ < depth) Fail("Multidimensional arrays must have sub-arrays with matching dimensions.");
        leaf_depth_ = depth;
        ParseElement();
      }
      ++length;
      SkipSpace();
      if (at_ >= text_.size()) Fail("Unexpected end of input.");
      if (At() == element_.delimiter) {
        ++at_;
        continue;
      }
      if (At() == '}') {
        ++at_;
        break;
      }
      Fail(At() == '{' ? "Unexpected \"{\" character." : "Unexpected array element.");
    }
    if (lengths_[depth] == 0) {
      lengths_[depth] = length;
    } else if (lengths_[depth] != length) {
      Fail("Multidimensional arrays must have sub-arrays with matching dimensions.");
    }
  }

  void ParseElement() {
    const size_t begin = scratch_.size();
    if (At() == '"') {
      for (++at_;; ++at_) {
        if (at_ >= text_.size()) Fail("Unexpected end of input.");
        if (text_[at_] == '"') break;
        if (text_[at_] == '\\' && ++at_ >= text_.size()) Fail("Unexpected end of input.");
        scratch_.push_back(text_[at_]);
      }
      ++at_;
      elements_.push_back({begin, scratch_.size(), false});
      return;
    }
    size_t kept = begin;  // trailing blanks go, unless escaped
    bool escaped = false;
    for (; at_ < text_.size() && text_[at_] != element_.delimiter && text_[at_] != '}'; ++at_) {
      char c = text_[at_];
      if (c == '{') Fail("Unexpected \"{\" character.");
      if (c == '"') Fail("Unexpected array element.");
      const bool escape = c == '\\';
      if (escape) {
        if (++at_ >= text_.size()) Fail("Unexpected end of input.");
        c = text_[at_];
        escaped = true;
      }
      scratch_.push_back(c);
      if (escape || !IsSpace(c)) kept = scratch_.size();
    }
    scratch_.resize(kept);
    if (kept == begin) {
      if (at_ >= text_.size()) Fail("Unexpected end of input.");
      Fail(Format("Unexpected \"%c\" character.", At()));
    }
    elements_.push_back({begin, kept, !escaped && IsNullWord(std::string_view(scratch_).substr(begin))});
  }

  struct Element {
    size_t begin, end;      // of its text in scratch_, quotes and escapes taken off
    bool is_null;
  };

  const std::string_view text_;
  const TypeInfo& element_;
  const int32_t typmod_;
  const IoSettings& settings_;
  ArrayBuilder builder_;
  Vector value_;
  std::string scratch_;
  std::vector<Element> elements_;
  size_t at_ = 0;
  int32_t lengths_[kMaxDimensions] = {};
  int leaf_depth_ = -1;
};

// A value of `type` that lies in an array or record, as text or binary.
void AppendElement(const TypeInfo& type, std::string_view bytes, Vector& scratch, bool binary, const IoSettings& settings, std::string& out) {
  scratch.Reset(type.physical);
  if (type.physical == PhysicalType::kString) {
    scratch.data<StringRef>()[0] = StringRef(bytes);  // lives as long as the payload: longer than this call
  } else {
    std::memcpy(scratch.raw_data(), bytes.data(), std::min<size_t>(bytes.size(), 16));
  }
  (binary ? type.binary_out : type.text_out)(scratch, 0, settings, out);
}

bool NeedsQuotes(std::string_view text, char delimiter) {
  if (text.empty() || IsNullWord(text)) return true;
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '{' || c == '}' || c == delimiter || IsSpace(c)) return true;
  }
  return false;
}

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  for (char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void AppendLevel(ArrayReader& reader, size_t depth, const TypeInfo& element, Vector& scratch, std::string& text, const IoSettings& settings, std::string& out) {
  const bool leaf = depth + 1 == reader.dimensions().size();
  out.push_back('{');
  for (int32_t i = 0; i < reader.dimensions()[depth].length; ++i) {
    if (i > 0) out.push_back(element.delimiter);
    if (!leaf) {
      AppendLevel(reader, depth + 1, element, scratch, text, settings, out);
      continue;
    }
    ArrayReader::Element value;
    reader.Next(&value);
    if (value.is_null) {
      out += "NULL";
      continue;
    }
    text.clear();
    AppendElement(element, value.bytes, scratch, false, settings, text);
    if (NeedsQuotes(text, element.delimiter)) AppendQuoted(text, out); else out += text;
  }
  out.push_back('}');
}
}  // namespace

void AppendArrayText(std::string_view payload, const IoSettings& settings, std::string& out) {
  ArrayReader reader(payload);
  if (reader.size() == 0) {
    out += "{}";
    return;
  }
  bool plain = true;
  for (const ArrayDimension& dimension : reader.dimensions()) plain &= dimension.lower_bound == 1;
  if (!plain) {
    for (const ArrayDimension& dimension : reader.dimensions()) {
      out += Format("[%d:%d]", dimension.lower_bound, dimension.lower_bound + dimension.length - 1);
    }
    out.push_back('=');
  }
  const TypeInfo& element = GetType(reader.element_type());
  Vector scratch(SqlType(element.oid), 1);
  std::string text;
  AppendLevel(reader, 0, element, scratch, text, settings, out);
}

void ArrayIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  out.data<StringRef>()[row] = out.AddString(ArrayLiteral(text, GetType(type.oid).element, type.typmod, settings).Parse());
}

void ArrayOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendArrayText(in.View().get<StringRef>(row).view(), settings, out);
}

void ArrayReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  const TypeInfo& info = GetType(type.oid);
  const auto count = static_cast<int32_t>(TakeBigEndian<uint32_t>(bytes));
  if (count < 0 || count > kMaxDimensions) {
    throw SqlError(count < 0 ? sqlstate::kInvalidBinaryRepresentation : sqlstate::kProgramLimitExceeded,
                   count < 0 ? Format("invalid number of dimensions: %d", count)
                             : Format("number of array dimensions (%d) exceeds the maximum allowed (%d)", count, kMaxDimensions));
  }
  const auto flags = TakeBigEndian<uint32_t>(bytes);
  if (flags > 1) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "invalid array flags");
  const Oid element_oid = TakeBigEndian<uint32_t>(bytes);
  if (element_oid != info.element) {
    throw SqlError(sqlstate::kDatatypeMismatch, Format("binary data has array element type %u (%s) instead of expected %u (%s)", element_oid,
                                                        FormatType(element_oid).c_str(), info.element, FormatType(info.element).c_str()));
  }
  std::vector<ArrayDimension> dimensions(count);
  int64_t elements = count == 0 ? 0 : 1;
  for (ArrayDimension& dimension : dimensions) {
    dimension.length = static_cast<int32_t>(TakeBigEndian<uint32_t>(bytes));
    dimension.lower_bound = static_cast<int32_t>(TakeBigEndian<uint32_t>(bytes));
    if (dimension.length < 0 || int64_t{dimension.lower_bound} + dimension.length - 1 > std::numeric_limits<int32_t>::max()) {
      throw SqlError(sqlstate::kProgramLimitExceeded, Format("array lower bound is too large: %d", dimension.lower_bound));
    }
    elements *= dimension.length;
    if (elements > kMaxElements) {
      throw SqlError(sqlstate::kProgramLimitExceeded, Format("array size exceeds the maximum allowed (%d)", static_cast<int>(kMaxElements)));
    }
  }
  if (elements == 0) dimensions.clear();
  const TypeInfo& element = GetType(info.element);
  ArrayBuilder builder(info.element);
  Vector value(SqlType(info.element), 1);
  for (int64_t i = 0; i < elements; ++i) {
    const auto length = static_cast<int32_t>(TakeBigEndian<uint32_t>(bytes));
    if (length == -1) {
      builder.AddNull();
      continue;
    }
    if (length < 0 || static_cast<size_t>(length) > bytes.size()) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "insufficient data left in message");
    if (element.binary_in == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("no binary input function available for type %s", element.sql_name));
    value.Reset(element.physical);
    element.binary_in(bytes.substr(0, length), SqlType(info.element, type.typmod), settings, value, 0);
    bytes.remove_prefix(length);
    builder.Add(value, 0);
  }
  if (!bytes.empty()) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  out.data<StringRef>()[row] = out.AddString(builder.Finish(dimensions));
}

void ArraySend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  const std::string_view payload = in.View().get<StringRef>(row).view();
  ArrayReader reader(payload);
  const TypeInfo& element = GetType(reader.element_type());
  if (element.binary_out == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("no binary output function available for type %s", element.sql_name));
  int32_t has_nulls;
  std::memcpy(&has_nulls, payload.data() + 4, sizeof(has_nulls));
  AppendBigEndian<uint32_t>(static_cast<uint32_t>(reader.dimensions().size()), out);
  AppendBigEndian<uint32_t>(has_nulls != 0, out);
  AppendBigEndian<uint32_t>(reader.element_type(), out);
  for (const ArrayDimension& dimension : reader.dimensions()) {
    AppendBigEndian<uint32_t>(static_cast<uint32_t>(dimension.length), out);
    AppendBigEndian<uint32_t>(static_cast<uint32_t>(dimension.lower_bound), out);
  }
  Vector scratch(SqlType(element.oid), 1);
  ArrayReader::Element value;
  while (reader.Next(&value)) {
    if (value.is_null) {
      AppendBigEndian<uint32_t>(0xFFFFFFFFu, out);
      continue;
    }
    const size_t at = out.size();
    AppendBigEndian<uint32_t>(0, out);
    AppendElement(element, value.bytes, scratch, true, settings, out);
    const uint32_t length = SwapBytes(static_cast<uint32_t>(out.size() - at - 4));
    std::memcpy(out.data() + at, &length, sizeof(length));
  }
}

void NumberVectorIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  const TypeInfo& element = GetType(GetType(type.oid).element);
  ArrayBuilder builder(element.oid);
  Vector value(SqlType(element.oid), 1);
  int32_t count = 0;
  for (size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && !IsSpace(text[end])) ++end;
    element.text_in(text.substr(at, end - at), element.oid, settings, value, 0);
    builder.Add(value, 0);
    ++count;
    at = end;
  }
  out.data<StringRef>()[row] = out.AddString(count == 0 ? builder.Finish({{0, 0}}) : builder.Finish({{count, 0}}));
}

void NumberVectorOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  ArrayReader reader(in.View().get<StringRef>(row).view());
  const TypeInfo& element = GetType(reader.element_type());
  Vector scratch(SqlType(element.oid), 1);
  ArrayReader::Element value;
  for (bool first = true; reader.Next(&value); first = false) {
    if (!first) out.push_back(' ');
    AppendElement(element, value.bytes, scratch, false, settings, out);
  }
}

void RecordOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  RecordReader reader(in.View().get<StringRef>(row).view());
  RecordReader::Field field;
  std::string text;
  out.push_back('(');
  for (bool first = true; reader.Next(&field); first = false) {
    if (!first) out.push_back(',');
    if (field.is_null) continue;
    const TypeInfo& type = GetType(field.type);
    Vector scratch(SqlType(type.oid), 1);
    text.clear();
    AppendElement(type, field.bytes, scratch, false, settings, text);
    bool quotes = text.empty();
    for (char c : text) quotes |= c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || IsSpace(c);
    if (!quotes) {
      out += text;
      continue;
    }
    out.push_back('"');
    for (char c : text) {
      if (c == '"' || c == '\\') out.push_back(c);  // doubled
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back(')');
}

void RecordSend(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  RecordReader reader(in.View().get<StringRef>(row).view());
  AppendBigEndian<uint32_t>(reader.size(), out);
  RecordReader::Field field;
  while (reader.Next(&field)) {
    AppendBigEndian<uint32_t>(field.type, out);
    if (field.is_null) {
      AppendBigEndian<uint32_t>(0xFFFFFFFFu, out);
      continue;
    }
    const TypeInfo& type = GetType(field.type);
    if (type.binary_out == nullptr) throw SqlError(sqlstate::kUndefinedFunction, Format("no binary output function available for type %s", type.sql_name));
    Vector scratch(SqlType(type.oid), 1);
    const size_t at = out.size();
    AppendBigEndian<uint32_t>(0, out);
    AppendElement(type, field.bytes, scratch, true, settings, out);
    const uint32_t length = SwapBytes(static_cast<uint32_t>(out.size() - at - 4));
    std::memcpy(out.data() + at, &length, sizeof(length));
  }
}

}  // namespace gather
