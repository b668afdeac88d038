#include <cstring>
#include <string>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"
#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr int32_t kTypmodHeader = 4;
constexpr uint32_t kNameBytes = 63;

std::string_view WithoutTrailingBlanks(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Whole characters of a name: 63 bytes at most.
std::string_view Clipped(std::string_view text) {
  if (text.size() <= kNameBytes) return text;
  size_t end = kNameBytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// A part of the argument's string, not copied; the caller keeps the argument alive.
StringRef Part(std::string_view text) { return StringRef(text.data(), static_cast<uint32_t>(text.size())); }

}  // namespace

GATHER_KERNEL(TextLength) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& text) { return static_cast<int32_t>(Utf8Length(text.view())); });
}

GATHER_KERNEL(BpcharLength) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result,
                              [](const StringRef& text) { return static_cast<int32_t>(Utf8Length(WithoutTrailingBlanks(text.view()))); });
}

GATHER_KERNEL(TextOctetLength) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& text) { return static_cast<int32_t>(text.size()); });
}

GATHER_KERNEL(TextBitLength) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& text) { return static_cast<int32_t>(text.size() * 8); });
}

GATHER_KERNEL(VarcharCoerce) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View(), typmods = arguments[1].View(), explicits = arguments[2].View();
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) {
    const StringRef& source = texts.get<StringRef>(row);
    const int32_t limit = typmods.get<int32_t>(row) - kTypmodHeader;
    out[row] = source;
    if (limit < 0 || source.size() <= static_cast<uint32_t>(limit)) return;
    const std::string_view text = source.view();
    const uint32_t bytes = Utf8Prefix(text, static_cast<uint32_t>(limit));
    if (bytes == text.size()) return;
    // A plain cast cuts; an assignment may only lose blanks.
    if (explicits.get<uint8_t>(row) == 0 && !IsBlank(text.substr(bytes))) {
      throw SqlError(sqlstate::kStringDataRightTruncation, Format("value too long for type character varying(%d)", limit));
    }
    out[row] = Part(text.substr(0, bytes));
  });
}

GATHER_KERNEL(BpcharCoerce) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View(), typmods = arguments[1].View(), explicits = arguments[2].View();
  StringRef* out = result.data<StringRef>();
  ForValidRows(result, rows, [&](uint32_t row) {
    const StringRef& source = texts.get<StringRef>(row);
    const int32_t limit = typmods.get<int32_t>(row) - kTypmodHeader;
    out[row] = source;
    if (limit < 0) return;
    const std::string_view text = source.view();
    const uint32_t length = Utf8Length(text);
    if (length == static_cast<uint32_t>(limit)) return;
    if (length < static_cast<uint32_t>(limit)) {
      out[row] = WriteString(result, text.size() + (limit - length), [&](char* to) {
        std::memcpy(to, text.data(), text.size());
        std::memset(to + text.size(), ' ', limit - length);
      });
      return;
    }
    const uint32_t bytes = Utf8Prefix(text, static_cast<uint32_t>(limit));
    if (explicits.get<uint8_t>(row) == 0 && !IsBlank(text.substr(bytes))) {
      throw SqlError(sqlstate::kStringDataRightTruncation, Format("value too long for type character(%d)", limit));
    }
    out[row] = Part(text.substr(0, bytes));
  });
}

GATHER_KERNEL(TextToName) {
  result.KeepAlive(arguments[0]);
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [](const StringRef& text) { return text.size() <= kNameBytes ? text : Part(Clipped(text.view())); });
}

GATHER_KERNEL(BpcharToName) {
  result.KeepAlive(arguments[0]);
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [](const StringRef& text) { return Part(WithoutTrailingBlanks(Clipped(text.view()))); });
}

GATHER_KERNEL(NameToText) {
  result.KeepAlive(arguments[0]);
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [](const StringRef& name) { return name; });
}

GATHER_KERNEL(TextToChar) {
  MapRows<int8_t, StringRef>(arguments[0], rows, result, [](const StringRef& source) {
    const std::string_view text = source.view();
    if (text.size() == 4 && text[0] == '\\' && IsOctal(text[1]) && IsOctal(text[2]) && IsOctal(text[3])) {
      return static_cast<int8_t>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
    }
    return static_cast<int8_t>(text.empty() ? 0 : text[0]);
  });
}

namespace {

// High bytes as \ooo; the zero byte as nothing.
StringRef CharText(int8_t value) {
  const uint8_t byte = static_cast<uint8_t>(value);
  if (byte == 0) return StringRef();
  char text[4] = {static_cast<char>(byte)};
  if (byte < 0x80) return StringRef(text, 1);
  text[0] = '\\';
  text[1] = static_cast<char>('0' + (byte >> 6));
  text[2] = static_cast<char>('0' + (byte >> 3 & 7));
  text[3] = static_cast<char>('0' + (byte & 7));
  return StringRef(text, 4);
}

}  // namespace

GATHER_KERNEL(CharToText) { MapRows<StringRef, int8_t>(arguments[0], rows, result, CharText); }

GATHER_KERNEL(CharToBpchar) {
  MapRows<StringRef, int8_t>(arguments[0], rows, result, CharText);
}

GATHER_KERNEL(CharToInt4) {
  MapRows<int32_t, int8_t>(arguments[0], rows, result, [](int8_t value) { return static_cast<int32_t>(value); });
}

GATHER_KERNEL(Int4ToChar) {
  MapRows<int8_t, int32_t>(arguments[0], rows, result, [](int32_t value) {
    if (value < -128 || value > 127) throw SqlError(sqlstate::kNumericValueOutOfRange, "\"char\" out of range");
    return static_cast<int8_t>(value);
  });
}

}  // namespace gather::catalog
