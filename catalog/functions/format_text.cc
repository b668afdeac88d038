#include <climits>
#include <string>
#include <vector>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/quote.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

// The text output of one argument of any type, looked up once a call.
class Output {
 public:
  Output(const Vector& vector, const IoSettings& settings) : vector_(&vector), settings_(&settings), output_(GetType(vector.type().oid).text_out) {}
  bool IsNull(uint32_t row) const { return !vector_->View().valid(row); }
  void Append(uint32_t row, std::string& out) const { output_(*vector_, row, *settings_, out); }
  Oid type() const { return vector_->type().oid; }
  const Vector& vector() const { return *vector_; }

 private:
  const Vector* vector_;
  const IoSettings* settings_;
  TextOutKernel output_;
};

std::vector<Output> OutputsOf(std::span<const Vector> arguments, const IoSettings& settings) {
  std::vector<Output> outputs;
  outputs.reserve(arguments.size());
  for (const Vector& argument : arguments) outputs.emplace_back(argument, settings);
  return outputs;
}

void Concatenate(std::span<const Output> outputs, uint32_t row, std::string_view separator, std::string& out) {
  bool first = true;
  for (const Output& output : outputs) {
    if (output.IsNull(row)) continue;
    if (!first) out += separator;
    first = false;
    output.Append(row, out);
  }
}

// ---- format()

struct Specifier {
  int argument = -1;          // explicit position
  int width_argument = -1;    // -1: none, 0: the next one
  bool left = false;
  int width = 0;
};

class FormatReader {
 public:
  explicit FormatReader(std::string_view format) : format_(format) {}
  bool done() const { return at_ >= format_.size(); }
  char Take() { return format_[at_++]; }
  char Peek() {
    if (done()) {
      throw SqlError(sqlstate::kInvalidParameterValue, "unterminated format() type specifier").Hint("For a single \"%\" use \"%%\".");
    }
    return format_[at_];
  }
  std::string_view rest() const { return format_.substr(at_); }

  Specifier ReadSpecifier() {
    Specifier specifier;
    int number;
    if (Digits(&number)) {
      if (Peek() != '$') {
        specifier.width = number;
        return specifier;
      }
      CheckPosition(number);
      specifier.argument = number;
      ++at_;
    }
    while (Peek() == '-') {
      specifier.left = true;
      ++at_;
    }
    if (Peek() == '*') {
      ++at_;
      specifier.width_argument = 0;
      if (Digits(&number)) {
        if (Peek() != '$') throw SqlError(sqlstate::kInvalidParameterValue, "width argument position must be ended by \"$\"");
        CheckPosition(number);
        specifier.width_argument = number;
        ++at_;
      }
    } else if (Digits(&number)) {
      specifier.width = number;
    }
    Peek();
    return specifier;
  }

 private:
  static void CheckPosition(int number) {
    if (number == 0) throw SqlError(sqlstate::kInvalidParameterValue, "format specifies argument 0, but arguments are numbered from 1");
  }
  bool Digits(int* number) {
    int value = 0;
    bool found = false;
    while (Peek() >= '0' && Peek() <= '9') {
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, Peek() - '0', &value)) {
        throw SqlError(sqlstate::kNumericValueOutOfRange, "number is out of range");
      }
      ++at_;
      found = true;
    }
    *number = value;
    return found;
  }

  const std::string_view format_;
  size_t at_ = 0;
};

void AppendPadded(std::string_view text, bool left, int width, std::string& out) {
  if (width < 0) {
    if (width == INT_MIN) throw SqlError(sqlstate::kNumericValueOutOfRange, "number is out of range");
    left = true;
    width = -width;
  }
  const uint32_t length = width == 0 ? 0 : Utf8Length(text);
  const size_t padding = length < static_cast<uint32_t>(width) ? width - length : 0;
  if (!left) out.append(padding, ' ');
  out += text;
  if (left) out.append(padding, ' ');
}

int WidthOf(const Output& output, uint32_t row) {
  if (output.IsNull(row)) return 0;
  const VectorView view = output.vector().View();
  if (output.type() == type_oid::kInt4) return view.get<int32_t>(row);
  if (output.type() == type_oid::kInt2) return view.get<int16_t>(row);
  // Other types by way of their text.
  std::string text;
  output.Append(row, text);
  const std::string quoted = "\"" + text + "\"";
  size_t used = 0;
  long long width = 0;
  try {
    width = std::stoll(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size()) throw SqlError(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type integer: " + quoted);
  if (width != static_cast<int>(width)) throw SqlError(sqlstate::kNumericValueOutOfRange, "value " + quoted + " is out of range for type integer");
  return static_cast<int>(width);
}

// outputs[0] is the format itself.
void AppendFormatted(std::string_view format, std::span<const Output> outputs, uint32_t row, std::string& out) {
  const int count = static_cast<int>(outputs.size());
  int argument = 1;
  std::string value;
  const auto check = [count](int position) {
    if (position >= count) throw SqlError(sqlstate::kInvalidParameterValue, "too few arguments for format()");
  };
  for (FormatReader reader(format); !reader.done();) {
    const char c = reader.Take();
    if (c != '%') {
      out += c;
      continue;
    }
    if (reader.Peek() == '%') {
      out += reader.Take();
      continue;
    }
    Specifier specifier = reader.ReadSpecifier();
    const char conversion = reader.Peek();
    if (conversion != 's' && conversion != 'I' && conversion != 'L') {
      const std::string_view rest = reader.rest();
      throw SqlError(sqlstate::kInvalidParameterValue, "unrecognized format() type specifier \"" + std::string(rest.substr(0, Utf8FirstBytes(rest))) + "\"")
          .Hint("For a single \"%\" use \"%%\".");
    }
    reader.Take();
    if (specifier.width_argument >= 0) {
      if (specifier.width_argument > 0) argument = specifier.width_argument;
      check(argument);
      specifier.width = WidthOf(outputs[argument++], row);
    }
    if (specifier.argument > 0) argument = specifier.argument;
    check(argument);
    const Output& output = outputs[argument++];
    value.clear();
    if (output.IsNull(row)) {
      if (conversion == 'I') throw SqlError(sqlstate::kNullValueNotAllowed, "null values cannot be formatted as an SQL identifier");
      if (conversion == 'L') value = "NULL";
    } else {
      output.Append(row, value);
      if (conversion == 'I') value = QuoteIdentifier(value);
      if (conversion == 'L') value = QuoteLiteral(value);
    }
    AppendPadded(value, specifier.left, specifier.width, out);
  }
}

// quote_literal(anyelement) casts to text first: booleans are spelled out, character(n) loses its padding.
std::string CastToText(const Output& output, uint32_t row) {
  std::string text;
  output.Append(row, text);
  if (output.type() == type_oid::kBool) return text == "t" ? "true" : "false";
  if (output.type() == type_oid::kBpchar) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
  }
  return text;
}

}  // namespace

GATHER_KERNEL(ConcatAny) {
  const std::vector<Output> outputs = OutputsOf(arguments, *context.io);
  std::string buffer;
  for (uint32_t row = 0; row < rows; ++row) {
    buffer.clear();
    Concatenate(outputs, row, {}, buffer);
    result.data<StringRef>()[row] = result.AddString(buffer);
  }
}

GATHER_KERNEL(ConcatWithSeparator) {
  const std::vector<Output> outputs = OutputsOf(arguments.subspan(1), *context.io);
  const VectorView separators = arguments[0].View();
  std::string buffer;
  for (uint32_t row = 0; row < rows; ++row) {
    if (!separators.valid(row)) {
      result.SetNull(row);
      continue;
    }
    buffer.clear();
    Concatenate(outputs, row, StringAt(separators, row), buffer);
    result.data<StringRef>()[row] = result.AddString(buffer);
  }
}

GATHER_KERNEL(FormatText) {
  const std::vector<Output> outputs = OutputsOf(arguments, *context.io);
  const VectorView formats = arguments[0].View();
  std::string buffer;
  for (uint32_t row = 0; row < rows; ++row) {
    if (!formats.valid(row)) {
      result.SetNull(row);
      continue;
    }
    buffer.clear();
    AppendFormatted(StringAt(formats, row), outputs, row, buffer);
    result.data<StringRef>()[row] = result.AddString(buffer);
  }
}

GATHER_KERNEL(QuoteIdent) {
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [&](const StringRef& text) { return result.AddString(QuoteIdentifier(text.view())); });
}

GATHER_KERNEL(QuoteLiteralText) {
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [&](const StringRef& text) { return result.AddString(QuoteLiteral(text.view())); });
}

GATHER_KERNEL(QuoteLiteralAny) {
  const Output output(arguments[0], *context.io);
  ForValidRows(result, rows, [&](uint32_t row) { result.data<StringRef>()[row] = result.AddString(QuoteLiteral(CastToText(output, row))); });
}

GATHER_KERNEL(QuoteNullableText) {
  const VectorView texts = arguments[0].View();
  for (uint32_t row = 0; row < rows; ++row) {
    result.data<StringRef>()[row] = result.AddString(texts.valid(row) ? QuoteLiteral(StringAt(texts, row)) : "NULL");
  }
}

GATHER_KERNEL(QuoteNullableAny) {
  const Output output(arguments[0], *context.io);
  for (uint32_t row = 0; row < rows; ++row) {
    result.data<StringRef>()[row] = result.AddString(output.IsNull(row) ? "NULL" : QuoteLiteral(CastToText(output, row)));
  }
}

}  // namespace gather::catalog
