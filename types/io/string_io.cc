#include "types/io/string_io.h"

#include <simdjson.h>

#include "types/error.h"
#include "types/io_settings.h"
#include "types/utf8.h"
#include "types/vector.h"

namespace gather {

namespace {
constexpr uint32_t kNameBytes = 63;
constexpr char kHexDigits[] = "0123456789abcdef";

void Put(std::string_view text, Vector& out, uint32_t row) { out.data<StringRef>()[row] = out.AddString(text); }

// `text` cut to `length` characters; only blanks may be cut off.
std::string_view FitCharacters(std::string_view text, uint32_t length, const char* type) {
  if (text.size() <= length) return text;
  const uint32_t bytes = Utf8Prefix(text, length);
  if (text.find_first_not_of(' ', bytes) != std::string_view::npos) {
    throw SqlError(sqlstate::kStringDataRightTruncation, Format("value too long for type %s(%u)", type, length));
  }
  return text.substr(0, bytes);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
}  // namespace

void TextIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) { Put(text, out, row); }
void TextOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { out += in.View().get<StringRef>(row).view(); }
void TextReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  CheckUtf8(bytes);
  Put(bytes, out, row);
}
void TextSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { out += in.View().get<StringRef>(row).view(); }

void VarcharIn(std::string_view text, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  Put(type.typmod < 4 ? text : FitCharacters(text, type.typmod - 4, "character varying"), out, row);
}
void VarcharReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  CheckUtf8(bytes);
  VarcharIn(bytes, type, settings, out, row);
}

void BpcharIn(std::string_view text, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  if (type.typmod < 4) {
    Put(text, out, row);
    return;
  }
  const uint32_t length = type.typmod - 4;
  text = FitCharacters(text, length, "character");
  const uint32_t characters = Utf8Length(text);
  if (characters >= length) {
    Put(text, out, row);
    return;
  }
  const auto bytes = static_cast<uint32_t>(text.size() + length - characters);
  char shorter[StringRef::kInlineBytes];
  char* padded = bytes <= sizeof(shorter) ? shorter : out.heap().Allocate(bytes);
  if (!text.empty()) std::memcpy(padded, text.data(), text.size());
  std::memset(padded + text.size(), ' ', length - characters);
  out.data<StringRef>()[row] = StringRef(padded, bytes);
}
void BpcharReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  CheckUtf8(bytes);
  BpcharIn(bytes, type, settings, out, row);
}

void NameIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  if (text.size() > kNameBytes) {
    uint32_t bytes = kNameBytes;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    text = text.substr(0, bytes);
  }
  Put(text, out, row);
}
void NameReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  CheckUtf8(bytes);
  if (bytes.size() > kNameBytes) throw SqlError(sqlstate::kNameTooLong, "identifier too long").Detail("Identifier must be less than 64 characters.");
  Put(bytes, out, row);
}

void JsonIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  thread_local simdjson::dom::parser parser;
  const auto error = parser.parse(text.data(), text.size()).error();
  if (error != simdjson::SUCCESS) {
    throw SqlError(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type json").Detail(simdjson::error_message(error));
  }
  Put(text, out, row);
}
void JsonReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  CheckUtf8(bytes);
  JsonIn(bytes, type, settings, out, row);
}

// ---- bytea

std::string ParseBytea(std::string_view text) {
  std::string bytes;
  if (text.size() >= 2 && text[0] == '\\' && text[1] == 'x') {
    bytes.reserve(text.size() / 2);
    for (size_t i = 2; i < text.size();) {
      if (IsSpace(text[i])) {
        ++i;
        continue;
      }
      const auto digit = [&](size_t at) {
        const int value = HexDigit(text[at]);
        if (value < 0) {
          const uint32_t length = Utf8Prefix(text.substr(at), 1);
          throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid hexadecimal digit: \"%.*s\"", static_cast<int>(length), text.data() + at));
        }
        return value;
      };
      const int high = digit(i++);
      if (i >= text.size()) throw SqlError(sqlstate::kInvalidParameterValue, "invalid hexadecimal data: odd number of digits");
      bytes.push_back(static_cast<char>(high << 4 | digit(i++)));
    }
    return bytes;
  }
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes.push_back(text[i]);
    } else if (i + 3 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '3' && text[i + 2] >= '0' && text[i + 2] <= '7' && text[i + 3] >= '0' && text[i + 3] <= '7') {
      bytes.push_back(static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0')));
      i += 3;
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      bytes.push_back('\\');
      ++i;
    } else {
      throw SqlError(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type bytea");
    }
  }
  return bytes;
}

void AppendBytea(std::string_view bytes, bool hex, std::string& out) {
  if (hex) {
    const size_t at = out.size();
    out.resize(at + 2 + 2 * bytes.size());
    char* to = out.data() + at;
    *to++ = '\\';
    *to++ = 'x';
    for (char c : bytes) {
      *to++ = kHexDigits[static_cast<unsigned char>(c) >> 4];
      *to++ = kHexDigits[c & 15];
    }
    return;
  }
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7E) {
      out.push_back('\\');
      out.push_back(static_cast<char>('0' + (byte >> 6)));
      out.push_back(static_cast<char>('0' + (byte >> 3 & 7)));
      out.push_back(static_cast<char>('0' + (byte & 7)));
    } else {
      out.push_back(c);
    }
  }
}

void ByteaIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) { Put(ParseBytea(text), out, row); }
void ByteaOut(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendBytea(in.View().get<StringRef>(row).view(), settings.bytea_output == ByteaOutput::kHex, out);
}
void ByteaReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) { Put(bytes, out, row); }

// ---- uuid

void UuidIn(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  const auto fail = [&] {
    throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type uuid: \"%.*s\"", static_cast<int>(text.size()), text.data()));
  };
  std::string_view rest = text;
  const bool braces = !rest.empty() && rest[0] == '{';
  if (braces) rest.remove_prefix(1);
  auto* bytes = out.data<uint8_t>() + static_cast<size_t>(row) * 16;
  for (int i = 0; i < 16; ++i) {
    if (rest.size() < 2 || HexDigit(rest[0]) < 0 || HexDigit(rest[1]) < 0) fail();
    bytes[i] = static_cast<uint8_t>(HexDigit(rest[0]) << 4 | HexDigit(rest[1]));
    rest.remove_prefix(2);
    // A hyphen may follow every group of four digits.
    if (!rest.empty() && rest[0] == '-' && i % 2 == 1 && i < 15) rest.remove_prefix(1);
  }
  if (braces) {
    if (rest != "}") fail();
  } else if (!rest.empty()) {
    fail();
  }
}
void UuidOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  struct Uuid { uint8_t bytes[16]; };
  const Uuid& uuid = in.View().get<Uuid>(row);
  char text[36];
  char* to = text;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = kHexDigits[uuid.bytes[i] >> 4];
    *to++ = kHexDigits[uuid.bytes[i] & 15];
  }
  out.append(text, sizeof(text));
}
void UuidReceive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  if (bytes.size() < 16) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  if (bytes.size() > 16) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  std::memcpy(out.data<uint8_t>() + static_cast<size_t>(row) * 16, bytes.data(), 16);
}
void UuidSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  struct Uuid { char bytes[16]; };
  out.append(in.View().get<Uuid>(row).bytes, 16);
}

void VoidOut(const Vector&, uint32_t, const IoSettings&, std::string&) {}
void VoidSend(const Vector&, uint32_t, const IoSettings&, std::string&) {}

}  // namespace gather
