// bytea and uuid: comparison, parts of byte strings, bits, LIKE. Encodings and digests: string_encode.cc.
#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

#include "catalog/functions/like_pattern.h"
#include "catalog/functions/row_loops.h"
#include "catalog/functions/rows.h"
#include "types/error.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

struct Uuid { unsigned char bytes[16]; };

// ---- comparison

template <class Op>
void ByteaOrder(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    if constexpr (std::is_same_v<Op, std::equal_to<>>) return a == b;
    else return Op()(a.Compare(b), 0);
  });
}
void ByteaCompare(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    const int order = a.Compare(b);
    return (order > 0) - (order < 0);
  });
}
template <class Op>
void UuidOrder(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<uint8_t, Uuid, Uuid>(arguments[0], arguments[1], rows, result, [](const Uuid& a, const Uuid& b) { return Op()(std::memcmp(a.bytes, b.bytes, 16), 0); });
}
void UuidCompare(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, Uuid, Uuid>(arguments[0], arguments[1], rows, result, [](const Uuid& a, const Uuid& b) {
    const int order = std::memcmp(a.bytes, b.bytes, 16);
    return (order > 0) - (order < 0);
  });
}
// Version 4, RFC 4122.
void RandomUuid(FunctionContext&, std::span<const Vector>, uint32_t rows, Vector& result) {
  Uuid* out = result.data<Uuid>();
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out), static_cast<int>(rows * sizeof(Uuid))) != 1) ThrowInternal("could not generate random values");
  for (uint32_t i = 0; i < rows; ++i) {
    out[i].bytes[6] = static_cast<unsigned char>((out[i].bytes[6] & 0x0F) | 0x40);
    out[i].bytes[8] = static_cast<unsigned char>((out[i].bytes[8] & 0x3F) | 0x80);
  }
}

// ---- lengths and parts

void ByteaLength(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& a) { return static_cast<int32_t>(a.size()); });
}
void ByteaBitLength(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& a) { return static_cast<int32_t>(a.size() * 8); });
}
void ByteaBitCount(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int64_t, StringRef>(arguments[0], rows, result, [](const StringRef& a) {
    int64_t bits = 0;
    for (char c : a.view()) bits += std::popcount(static_cast<unsigned char>(c));
    return bits;
  });
}

// The bytes are the argument's: long ones are referred to, not copied.
StringRef Part(std::string_view bytes) { return StringRef(bytes); }

std::string_view Substring(std::string_view text, int32_t from, const int32_t* length) {
  int32_t end = std::numeric_limits<int32_t>::max();
  if (length != nullptr) {
    if (*length < 0) throw SqlError(sqlstate::kSubstringError, "negative substring length not allowed");
    if (__builtin_add_overflow(from, *length, &end)) end = std::numeric_limits<int32_t>::max();
  }
  const int64_t first = std::max<int64_t>(from, 1) - 1, last = std::min<int64_t>(int64_t{end} - 1, static_cast<int64_t>(text.size()));
  if (length == nullptr) return first >= static_cast<int64_t>(text.size()) ? std::string_view() : text.substr(first);
  return first >= last ? std::string_view() : text.substr(first, last - first);
}

void ByteaSubstring(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), from = arguments[1].View();
  const bool has_length = arguments.size() > 2;
  const VectorView length = has_length ? arguments[2].View() : from;
  result.KeepAlive(arguments[0]);
  ForValidRows(result, rows, [&](uint32_t i) {
    const StringRef& bytes = text.get<StringRef>(i);
    result.data<StringRef>()[i] = Part(Substring(bytes.view(), from.get<int32_t>(i), has_length ? &length.get<int32_t>(i) : nullptr));
  });
}

void ByteaConcatenate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const std::string_view a = StringAt(x, i), b = StringAt(y, i);
    result.data<StringRef>()[i] = WriteString(result, a.size() + b.size(), [&](char* to) {
      std::copy(a.begin(), a.end(), to);
      std::copy(b.begin(), b.end(), to + a.size());
    });
  });
}

void ByteaPosition(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& text, const StringRef& part) {
    const size_t at = text.view().find(part.view());
    return at == std::string_view::npos ? 0 : static_cast<int32_t>(at) + 1;
  });
}

void ByteaOverlay(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), with = arguments[1].View(), from = arguments[2].View();
  const bool has_length = arguments.size() > 3;
  const VectorView length = has_length ? arguments[3].View() : from;
  ForValidRows(result, rows, [&](uint32_t i) {
    const std::string_view whole = StringAt(text, i), replacement = StringAt(with, i);
    const int32_t start = from.get<int32_t>(i);
    const int32_t count = has_length ? length.get<int32_t>(i) : static_cast<int32_t>(replacement.size());
    if (start <= 0) throw SqlError(sqlstate::kSubstringError, "negative substring length not allowed");
    int32_t rest;
    if (__builtin_add_overflow(start, count, &rest)) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    const int32_t before = start - 1;
    const std::string_view head = Substring(whole, 1, &before), tail = Substring(whole, rest, nullptr);
    result.data<StringRef>()[i] = WriteString(result, head.size() + replacement.size() + tail.size(), [&](char* to) {
      to = std::copy(head.begin(), head.end(), to);
      to = std::copy(replacement.begin(), replacement.end(), to);
      std::copy(tail.begin(), tail.end(), to);
    });
  });
}

template <bool kLeft, bool kRight>
void ByteaTrim(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), set = arguments[1].View();
  result.KeepAlive(arguments[0]);
  ForValidRows(result, rows, [&](uint32_t i) {
    std::string_view bytes = text.get<StringRef>(i).view();
    const std::string_view trimmed = set.get<StringRef>(i).view();
    while (kLeft && !bytes.empty() && trimmed.find(bytes.front()) != std::string_view::npos) bytes.remove_prefix(1);
    while (kRight && !bytes.empty() && trimmed.find(bytes.back()) != std::string_view::npos) bytes.remove_suffix(1);
    result.data<StringRef>()[i] = Part(bytes);
  });
}

// ---- single bytes and bits

void CheckIndex(int64_t index, int64_t count) {
  if (index < 0 || index >= count) {
    throw SqlError(sqlstate::kArraySubscriptError,
                   Format("index %lld out of valid range, 0..%lld", static_cast<long long>(index), static_cast<long long>(count) - 1));
  }
}
void ByteaGetByte(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), index = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const std::string_view bytes = StringAt(text, i);
    const int32_t at = index.get<int32_t>(i);
    CheckIndex(at, static_cast<int64_t>(bytes.size()));
    result.data<int32_t>()[i] = static_cast<unsigned char>(bytes[at]);
  });
}
void ByteaGetBit(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), index = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const std::string_view bytes = StringAt(text, i);
    const int64_t at = index.get<int64_t>(i);
    CheckIndex(at, static_cast<int64_t>(bytes.size()) * 8);
    result.data<int32_t>()[i] = static_cast<unsigned char>(bytes[at / 8]) >> (at % 8) & 1;
  });
}
void ByteaSetByte(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), index = arguments[1].View(), value = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    std::string bytes(StringAt(text, i));
    const int32_t at = index.get<int32_t>(i);
    CheckIndex(at, static_cast<int64_t>(bytes.size()));
    bytes[at] = static_cast<char>(value.get<int32_t>(i));
    result.data<StringRef>()[i] = result.AddString(bytes);
  });
}
void ByteaSetBit(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView text = arguments[0].View(), index = arguments[1].View(), value = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    std::string bytes(StringAt(text, i));
    const int64_t at = index.get<int64_t>(i);
    CheckIndex(at, static_cast<int64_t>(bytes.size()) * 8);
    const int32_t bit = value.get<int32_t>(i);
    if (bit != 0 && bit != 1) throw SqlError(sqlstate::kInvalidParameterValue, "new bit must be 0 or 1");
    const auto mask = static_cast<unsigned char>(1 << (at % 8));
    bytes[at / 8] = static_cast<char>(bit != 0 ? bytes[at / 8] | mask : bytes[at / 8] & ~mask);
    result.data<StringRef>()[i] = result.AddString(bytes);
  });
}

// ---- LIKE over bytes: "_" is one byte

bool LikeBytes(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, star_text = 0;
  const auto literal = [&](size_t at) {
    if (pattern[at] == '\\' && at + 1 == pattern.size()) throw SqlError(sqlstate::kInvalidEscapeSequence, "LIKE pattern must not end with escape character");
    return pattern[at] == '\\' ? 1 : 0;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      const size_t escape = literal(p);
      if ((escape == 0 && pattern[p] == '_') || pattern[p + escape] == text[t]) {
        p += escape + 1;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}
template <bool kMatch>
void ByteaLike(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                         [](const StringRef& text, const StringRef& pattern) { return LikeBytes(text.view(), pattern.view()) == kMatch; });
}
void ByteaLikeEscape(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView pattern = arguments[0].View(), escape = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) { result.data<StringRef>()[i] = result.AddString(RewriteLikeEscape(StringAt(pattern, i), StringAt(escape, i))); });
}

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {720, "octet_length", {kBytea}, kInt4, ByteaLength, "octet length"},
    {721, "get_byte", {kBytea, kInt4}, kInt4, ByteaGetByte, "get byte"},
    {722, "set_byte", {kBytea, kInt4, kInt4}, kBytea, ByteaSetByte, "set byte"},
    {723, "get_bit", {kBytea, kInt8}, kInt4, ByteaGetBit, "get bit"},
    {724, "set_bit", {kBytea, kInt8, kInt4}, kBytea, ByteaSetBit, "set bit"},
    {749, "overlay", {kBytea, kBytea, kInt4, kInt4}, kBytea, ByteaOverlay, "substitute portion of string"},
    {752, "overlay", {kBytea, kBytea, kInt4}, kBytea, ByteaOverlay, "substitute portion of string"},
    {1810, "bit_length", {kBytea}, kInt4, ByteaBitLength, "length in bits"},
    {1948, "byteaeq", {kBytea, kBytea}, kBool, ByteaOrder<std::equal_to<>>, "implementation of = operator"},
    {1949, "bytealt", {kBytea, kBytea}, kBool, ByteaOrder<std::less<>>, "implementation of < operator"},
    {1950, "byteale", {kBytea, kBytea}, kBool, ByteaOrder<std::less_equal<>>, "implementation of <= operator"},
    {1951, "byteagt", {kBytea, kBytea}, kBool, ByteaOrder<std::greater<>>, "implementation of > operator"},
    {1952, "byteage", {kBytea, kBytea}, kBool, ByteaOrder<std::greater_equal<>>, "implementation of >= operator"},
    {1953, "byteane", {kBytea, kBytea}, kBool, ByteaOrder<std::not_equal_to<>>, "implementation of <> operator"},
    {1954, "byteacmp", {kBytea, kBytea}, kInt4, ByteaCompare, "less-equal-greater"},
    {2005, "bytealike", {kBytea, kBytea}, kBool, ByteaLike<true>, "implementation of ~~ operator"},
    {2006, "byteanlike", {kBytea, kBytea}, kBool, ByteaLike<false>, "implementation of !~~ operator"},
    {2007, "like", {kBytea, kBytea}, kBool, ByteaLike<true>, "matches LIKE expression"},
    {2008, "notlike", {kBytea, kBytea}, kBool, ByteaLike<false>, "does not match LIKE expression"},
    {2009, "like_escape", {kBytea, kBytea}, kBytea, ByteaLikeEscape, "convert LIKE pattern to use backslash escapes"},
    {2010, "length", {kBytea}, kInt4, ByteaLength, "octet length"},
    {2011, "byteacat", {kBytea, kBytea}, kBytea, ByteaConcatenate, "implementation of || operator"},
    {2012, "substring", {kBytea, kInt4, kInt4}, kBytea, ByteaSubstring, "extract portion of string"},
    {2013, "substring", {kBytea, kInt4}, kBytea, ByteaSubstring, "extract portion of string"},
    {2014, "position", {kBytea, kBytea}, kInt4, ByteaPosition, "position of substring"},
    {2015, "btrim", {kBytea, kBytea}, kBytea, ByteaTrim<true, true>, "trim selected bytes from both ends of string"},
    {2085, "substr", {kBytea, kInt4, kInt4}, kBytea, ByteaSubstring, "extract portion of string"},
    {2086, "substr", {kBytea, kInt4}, kBytea, ByteaSubstring, "extract portion of string"},
    {2954, "uuid_lt", {kUuid, kUuid}, kBool, UuidOrder<std::less<>>, "implementation of < operator"},
    {2955, "uuid_le", {kUuid, kUuid}, kBool, UuidOrder<std::less_equal<>>, "implementation of <= operator"},
    {2956, "uuid_eq", {kUuid, kUuid}, kBool, UuidOrder<std::equal_to<>>, "implementation of = operator"},
    {2957, "uuid_ge", {kUuid, kUuid}, kBool, UuidOrder<std::greater_equal<>>, "implementation of >= operator"},
    {2958, "uuid_gt", {kUuid, kUuid}, kBool, UuidOrder<std::greater<>>, "implementation of > operator"},
    {2959, "uuid_ne", {kUuid, kUuid}, kBool, UuidOrder<std::not_equal_to<>>, "implementation of <> operator"},
    {2960, "uuid_cmp", {kUuid, kUuid}, kInt4, UuidCompare, "less-equal-greater"},
    {3432, "gen_random_uuid", {}, kUuid, RandomUuid, "generate random UUID", true, Volatility::kVolatile},
    {6163, "bit_count", {kBytea}, kInt8, ByteaBitCount, "number of set bits"},
    {6195, "ltrim", {kBytea, kBytea}, kBytea, ByteaTrim<true, false>, "trim selected bytes from left end of string"},
    {6196, "rtrim", {kBytea, kBytea}, kBytea, ByteaTrim<false, true>, "trim selected bytes from right end of string"},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {1955, "=", kBytea, kBytea, kBool, "byteaeq", "=", "<>", true, true},
    {1956, "<>", kBytea, kBytea, kBool, "byteane", "<>", "=", false, false},
    {1957, "<", kBytea, kBytea, kBool, "bytealt", ">", ">=", false, false},
    {1958, "<=", kBytea, kBytea, kBool, "byteale", ">=", ">", false, false},
    {1959, ">", kBytea, kBytea, kBool, "byteagt", "<", "<=", false, false},
    {1960, ">=", kBytea, kBytea, kBool, "byteage", "<=", "<", false, false},
    {2016, "~~", kBytea, kBytea, kBool, "bytealike", "", "!~~", false, false},
    {2017, "!~~", kBytea, kBytea, kBool, "byteanlike", "", "~~", false, false},
    {2018, "||", kBytea, kBytea, kBytea, "byteacat", "", "", false, false},
    {2972, "=", kUuid, kUuid, kBool, "uuid_eq", "=", "<>", true, true},
    {2973, "<>", kUuid, kUuid, kBool, "uuid_ne", "<>", "=", false, false},
    {2974, "<", kUuid, kUuid, kBool, "uuid_lt", ">", ">=", false, false},
    {2975, ">", kUuid, kUuid, kBool, "uuid_gt", "<", "<=", false, false},
    {2976, "<=", kUuid, kUuid, kBool, "uuid_le", ">=", ">", false, false},
    {2977, ">=", kUuid, kUuid, kBool, "uuid_ge", "<=", "<", false, false},
    // clang-format on
};
}  // namespace

FunctionTable ByteaFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  return table;
}

}  // namespace gather::catalog
