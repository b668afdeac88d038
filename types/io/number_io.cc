#include "types/io/number_io.h"

#include <charconv>
#include <cstdlib>
#include <limits>

#include "types/error.h"
#include "types/io/binary_number.h"
#include "types/io_settings.h"
#include "types/vector.h"

namespace gather {

namespace {
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool IsPrefixOf(std::string_view word, std::string_view text) {  // case-insensitive
  if (text.size() > word.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != word[i]) return false;
  }
  return true;
}

const char* IntegerName(int bytes) { return bytes == 2 ? "smallint" : bytes == 4 ? "integer" : "bigint"; }

[[noreturn]] void ThrowSyntax(const char* type, std::string_view text) {
  throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type %s: \"%.*s\"", type, static_cast<int>(text.size()), text.data()));
}
[[noreturn]] void ThrowRange(const char* type, std::string_view text) {
  throw SqlError(sqlstate::kNumericValueOutOfRange, Format("value \"%.*s\" is out of range for type %s", static_cast<int>(text.size()), text.data(), type));
}
}  // namespace

// ---- bool

bool ParseBool(std::string_view text, bool* value) {
  text = Trim(text);
  if (text.empty()) return false;
  switch (text[0] | 0x20) {
    case 't': *value = true; return IsPrefixOf("true", text);
    case 'f': *value = false; return IsPrefixOf("false", text);
    case 'y': *value = true; return IsPrefixOf("yes", text);
    case 'n': *value = false; return IsPrefixOf("no", text);
    case 'o':
      if (text.size() < 2) return false;
      *value = IsPrefixOf("on", text);
      return *value || IsPrefixOf("off", text);
    default: break;
  }
  *value = text == "1";
  return *value || text == "0";
}

void BoolIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  bool value;
  if (!ParseBool(text, &value)) ThrowSyntax("boolean", text);
  out.data<uint8_t>()[row] = value;
}
void BoolOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { out.push_back(in.View().get<uint8_t>(row) ? 't' : 'f'); }
void BoolReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  if (bytes.empty()) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  if (bytes.size() != 1) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  out.data<uint8_t>()[row] = bytes[0] != 0;
}
void BoolSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { out.push_back(in.View().get<uint8_t>(row) ? 1 : 0); }

// ---- "char"

void CharIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  const auto octal = [&](size_t i) { return text[i] >= '0' && text[i] <= '7'; };
  char value = text.empty() ? '\0' : text[0];
  if (text.size() == 4 && text[0] == '\\' && octal(1) && octal(2) && octal(3)) {
    value = static_cast<char>((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
  }
  out.data<char>()[row] = value;
}
void CharOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const auto value = static_cast<unsigned char>(in.View().get<char>(row));
  if (value >= 0x80) {
    out.push_back('\\');
    out.push_back(static_cast<char>('0' + (value >> 6)));
    out.push_back(static_cast<char>('0' + (value >> 3 & 7)));
    out.push_back(static_cast<char>('0' + (value & 7)));
  } else if (value != 0) {
    out.push_back(static_cast<char>(value));
  }
}
void CharReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  if (bytes.empty()) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  if (bytes.size() != 1) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  out.data<char>()[row] = bytes[0];
}
void CharSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { out.push_back(in.View().get<char>(row)); }

// ---- integers

int64_t ParseInteger(std::string_view text, int bytes) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && IsSpace(*at)) ++at;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  if (at == end || *at < '0' || *at > '9') ThrowSyntax(IntegerName(bytes), text);
  // Accumulated negated: the negative range is the larger one. Eighteen digits cannot overflow.
  int64_t value = 0;
  bool overflow = false;
  for (const char* const safe = end - at > 18 ? at + 18 : end; at != safe && *at >= '0' && *at <= '9'; ++at) value = value * 10 - (*at - '0');
  for (; at != end && *at >= '0' && *at <= '9'; ++at) {
    overflow |= __builtin_mul_overflow(value, int64_t{10}, &value) || __builtin_sub_overflow(value, int64_t{*at - '0'}, &value);
  }
  const int64_t least = bytes == 2 ? std::numeric_limits<int16_t>::min() : bytes == 4 ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
  // In PostgreSQL's order: too many digits are told before what follows them.
  if (overflow || value < least) ThrowRange(IntegerName(bytes), text);
  while (at != end && IsSpace(*at)) ++at;
  if (at != end) ThrowSyntax(IntegerName(bytes), text);
  if (!negative && value == least) ThrowRange(IntegerName(bytes), text);
  return negative ? value : -value;
}

void AppendInteger(int64_t value, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, end.ptr - digits);
}

#define GATHER_INTEGER_IO(Name, Type, Unsigned, bytes)                                                              \
  void Name##In(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {                       \
    out.data<Type>()[row] = static_cast<Type>(ParseInteger(text, bytes));                                             \
  }                                                                                                                   \
  void Name##Out(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {                               \
    AppendInteger(in.View().get<Type>(row), out);                                                                     \
  }                                                                                                                   \
  void Name##Receive(std::string_view binary, SqlType, const IoSettings&, Vector& out, uint32_t row) {                \
    out.data<Type>()[row] = static_cast<Type>(WholeBigEndian<Unsigned>(binary));                                      \
  }                                                                                                                   \
  void Name##Send(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {                              \
    AppendBigEndian<Unsigned>(static_cast<Unsigned>(in.View().get<Type>(row)), out);                                  \
  }
GATHER_INTEGER_IO(Int2, int16_t, uint16_t, 2)
GATHER_INTEGER_IO(Int4, int32_t, uint32_t, 4)
GATHER_INTEGER_IO(Int8, int64_t, uint64_t, 8)
#undef GATHER_INTEGER_IO

// ---- oid and aliases

Oid ParseOid(std::string_view text, const char* type_name) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && IsSpace(*at)) ++at;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  if (at == end || *at < '0' || *at > '9') ThrowSyntax(type_name, text);
  uint64_t value = 0;
  bool overflow = false;
  for (; at != end && *at >= '0' && *at <= '9'; ++at) {
    overflow |= __builtin_mul_overflow(value, uint64_t{10}, &value) || __builtin_add_overflow(value, static_cast<uint64_t>(*at - '0'), &value);
  }
  if (overflow) ThrowRange(type_name, text);
  while (at != end && IsSpace(*at)) ++at;
  if (at != end) ThrowSyntax(type_name, text);
  // As strtoul: a negative number wraps, and is accepted if it is an int's.
  if (value > (negative ? 0x80000000ull : 0xFFFFFFFFull)) ThrowRange(type_name, text);
  return static_cast<Oid>(negative ? 0 - value : value);
}

void OidIn(std::string_view text, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  if (type.oid == type_oid::kOid) {
    out.data<Oid>()[row] = ParseOid(text, "oid");
  } else {
    // xid and cid take whatever strtoul makes of it.
    out.data<Oid>()[row] = static_cast<Oid>(std::strtoul(std::string(text).c_str(), nullptr, 0));
  }
}
void OidOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendInteger(in.View().get<Oid>(row), out); }
void OidReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) { out.data<Oid>()[row] = WholeBigEndian<uint32_t>(bytes); }
void OidSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendBigEndian<uint32_t>(in.View().get<Oid>(row), out); }

void RegIn(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  Oid oid;
  bool number = !text.empty();
  for (char c : text) number &= c >= '0' && c <= '9';
  if (text == "-") {
    oid = kInvalidOid;
  } else if (number) {
    oid = ParseOid(text, "oid");
  } else if (settings.names != nullptr) {
    oid = settings.names->OidOf(type.oid, std::string(text));
  } else {
    throw SqlError(sqlstate::kUndefinedObject, Format("\"%.*s\" does not exist", static_cast<int>(text.size()), text.data()));
  }
  out.data<Oid>()[row] = oid;
}

void RegOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  const Oid oid = in.View().get<Oid>(row);
  if (oid == kInvalidOid) {
    out.push_back('-');
    return;
  }
  const std::string name = settings.names != nullptr ? settings.names->NameOf(in.type().oid, oid) : std::string();
  if (name.empty()) AppendInteger(oid, out); else out += name;
}

// ---- tid

void TidIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  std::string_view rest = Trim(text);
  uint64_t group = 0;
  uint32_t slot = 0;
  if (rest.size() < 5 || rest.front() != '(' || rest.back() != ')') ThrowSyntax("tid", text);
  rest = rest.substr(1, rest.size() - 2);
  const size_t comma = rest.find(',');
  if (comma == std::string_view::npos) ThrowSyntax("tid", text);
  const auto first = std::from_chars(rest.data(), rest.data() + comma, group);
  const auto second = std::from_chars(rest.data() + comma + 1, rest.data() + rest.size(), slot);
  if (first.ec != std::errc() || first.ptr != rest.data() + comma || second.ec != std::errc() || second.ptr != rest.data() + rest.size() ||
      group >> 32 != 0 || slot > 0xFFFF) {
    ThrowSyntax("tid", text);
  }
  out.data<RowId>()[row] = RowId(group, slot);
}
void TidOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const RowId id = in.View().get<RowId>(row);
  out.push_back('(');
  AppendInteger(static_cast<int64_t>(id.group()), out);
  out.push_back(',');
  AppendInteger(id.slot(), out);
  out.push_back(')');
}
void TidReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  const auto group = TakeBigEndian<uint32_t>(bytes);
  out.data<RowId>()[row] = RowId(group, WholeBigEndian<uint16_t>(bytes));
}
void TidSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const RowId id = in.View().get<RowId>(row);
  AppendBigEndian<uint32_t>(static_cast<uint32_t>(id.group()), out);
  AppendBigEndian<uint16_t>(static_cast<uint16_t>(id.slot()), out);
}

}  // namespace gather
