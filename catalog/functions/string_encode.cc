#include <openssl/evp.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "catalog/functions/row_loops.h"
#include "catalog/functions/string_kernels.h"
#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

[[noreturn]] void ThrowInvalid(std::string message) { throw SqlError(sqlstate::kInvalidParameterValue, std::move(message)); }

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// ---- digests

void Digest(const Vector& argument, uint32_t rows, Vector& result, const EVP_MD* algorithm, bool hexadecimal) {
  MapRows<StringRef, StringRef>(argument, rows, result, [&](const StringRef& data) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(data.data(), data.size(), digest, &size, algorithm, nullptr) != 1) ThrowInternal("could not compute digest");
    if (!hexadecimal) return result.AddString({reinterpret_cast<const char*>(digest), size});
    return WriteString(result, size * 2, [&](char* to) {
      for (unsigned int i = 0; i < size; ++i) {
        to[2 * i] = kHexDigits[digest[i] >> 4];
        to[2 * i + 1] = kHexDigits[digest[i] & 15];
      }
    });
  });
}

// ---- encode, decode

enum class BinaryFormat { kHex, kBase64, kEscape };

BinaryFormat FormatNamed(std::string_view name) {
  const std::string lower = LowerAscii(name);
  if (lower == "hex") return BinaryFormat::kHex;
  if (lower == "base64") return BinaryFormat::kBase64;
  if (lower == "escape") return BinaryFormat::kEscape;
  ThrowInvalid("unrecognized encoding: \"" + std::string(name) + "\"");
}

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kBase64Line = 76;

void AppendBase64(std::string_view data, std::string& out) {
  size_t line = 0;
  for (size_t at = 0; at < data.size(); at += 3) {
    uint32_t bits = 0;
    const size_t bytes = std::min<size_t>(3, data.size() - at);
    for (size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < bytes ? static_cast<uint8_t>(data[at + i]) : 0);
    out += kBase64[bits >> 18 & 63];
    out += kBase64[bits >> 12 & 63];
    out += bytes > 1 ? kBase64[bits >> 6 & 63] : '=';
    out += bytes > 2 ? kBase64[bits & 63] : '=';
    // A full line of whole groups ends with a line break, even the last one.
    if ((line += 4) >= kBase64Line && bytes == 3) {
      out += '\n';
      line = 0;
    }
  }
}

std::string FirstCharacter(std::string_view text) { return std::string(text.substr(0, Utf8FirstBytes(text))); }

void DecodeBase64(std::string_view text, std::string& out) {
  uint32_t bits = 0;
  int count = 0, padded = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    uint32_t value = 0;
    if (c == '=') {
      if (padded == 0) {
        if (count < 2) ThrowInvalid("unexpected \"=\" while decoding base64 sequence");
        padded = count - 1;  // bytes of the last group
      }
    } else {
      const size_t digit = kBase64.find(c);
      if (digit == std::string_view::npos) ThrowInvalid("invalid symbol \"" + FirstCharacter(text.substr(at)) + "\" found while decoding base64 sequence");
      value = static_cast<uint32_t>(digit);
    }
    bits = bits << 6 | value;
    if (++count < 4) continue;
    out += static_cast<char>(bits >> 16);
    if (padded == 0 || padded > 1) out += static_cast<char>(bits >> 8);
    if (padded == 0) out += static_cast<char>(bits);
    bits = 0;
    count = 0;
  }
  if (count != 0) {
    throw SqlError(sqlstate::kInvalidParameterValue, "invalid base64 end sequence")
        .Hint("Input data is missing padding, is truncated, or is otherwise corrupted.");
  }
}

int HexValue(std::string_view rest) {
  const char c = rest[0];
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  ThrowInvalid("invalid hexadecimal digit: \"" + FirstCharacter(rest) + "\"");
}

void DecodeHex(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at;
      continue;
    }
    const int high = HexValue(text.substr(at));
    if (at + 1 >= text.size()) ThrowInvalid("invalid hexadecimal data: odd number of digits");
    out += static_cast<char>(high << 4 | HexValue(text.substr(at + 1)));
    at += 2;
  }
}

void DecodeEscape(std::string_view text, std::string& out) {
  const auto octal = [&text](size_t at, char highest) { return text[at] >= '0' && text[at] <= highest; };
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
    } else if (at + 3 < text.size() && octal(at + 1, '3') && octal(at + 2, '7') && octal(at + 3, '7')) {
      out += static_cast<char>((text[at + 1] - '0') << 6 | (text[at + 2] - '0') << 3 | (text[at + 3] - '0'));
      at += 4;
    } else if (at + 1 < text.size() && text[at + 1] == '\\') {
      out += '\\';
      at += 2;
    } else {
      throw SqlError(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type bytea");
    }
  }
}

void AppendEscape(std::string_view data, std::string& out) {
  for (char c : data) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte == 0 || byte >= 0x80) {
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6));
      out += static_cast<char>('0' + (byte >> 3 & 7));
      out += static_cast<char>('0' + (byte & 7));
    } else {
      if (c == '\\') out += '\\';
      out += c;
    }
  }
}

// ---- character sets

// ICU's name of a PostgreSQL encoding; "UTF8" for ours.
std::string EncodingNamed(std::string_view name, const char* role) {
  std::string clean;
  for (char c : LowerAscii(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) clean += c;
  }
  static constexpr struct { std::string_view name; const char* icu; } kNames[] = {
      {"utf8", "UTF8"}, {"unicode", "UTF8"}, {"sqlascii", "SQL_ASCII"}, {"latin1", "iso-8859-1"}, {"iso88591", "iso-8859-1"}, {"latin2", "iso-8859-2"}, {"iso88592", "iso-8859-2"},
      {"latin3", "iso-8859-3"}, {"latin4", "iso-8859-4"}, {"latin5", "iso-8859-9"}, {"latin6", "iso-8859-10"}, {"latin7", "iso-8859-13"},
      {"latin8", "iso-8859-14"}, {"latin9", "iso-8859-15"}, {"iso885915", "iso-8859-15"}, {"iso88595", "iso-8859-5"}, {"iso88596", "iso-8859-6"}, {"iso88597", "iso-8859-7"},
      {"iso88598", "iso-8859-8"}, {"koi8r", "KOI8-R"}, {"koi8", "KOI8-R"}, {"koi8u", "KOI8-U"}, {"win1250", "windows-1250"}, {"windows1250", "windows-1250"}, {"win1251", "windows-1251"},
      {"windows1251", "windows-1251"}, {"win1252", "windows-1252"}, {"windows1252", "windows-1252"}, {"win1253", "windows-1253"}, {"win1254", "windows-1254"}, {"win1255", "windows-1255"},
      {"win1256", "windows-1256"}, {"win1257", "windows-1257"}, {"win1258", "windows-1258"}, {"win866", "IBM866"}, {"win874", "windows-874"}, {"eucjp", "EUC-JP"}, {"euckr", "EUC-KR"},
      {"euccn", "EUC-CN"}, {"euctw", "EUC-TW"}, {"sjis", "Shift_JIS"}, {"shiftjis", "Shift_JIS"}, {"big5", "Big5"}, {"gbk", "GBK"}, {"gb18030", "gb18030"}, {"uhc", "windows-949"},
  };
  for (const auto& entry : kNames) {
    if (entry.name == clean) return entry.icu;
  }
  ThrowInvalid("invalid " + std::string(role) + " encoding name \"" + std::string(name) + "\"");
}

std::string Transcode(std::string_view data, const std::string& from, const std::string& to, std::string_view from_name, std::string_view to_name) {
  const auto is_plain = [](const std::string& name) { return name == "UTF8" || name == "SQL_ASCII"; };
  if (is_plain(to) && is_plain(from)) {
    if (to == "UTF8") CheckUtf8(data);
    return std::string(data);
  }
  UErrorCode error = U_ZERO_ERROR;
  UConverter* source = ucnv_open(is_plain(from) ? "UTF-8" : from.c_str(), &error);
  UConverter* target = ucnv_open(is_plain(to) ? "UTF-8" : to.c_str(), &error);
  std::string out;
  if (U_SUCCESS(error)) {
    ucnv_setToUCallBack(source, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    ucnv_setFromUCallBack(target, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    out.resize(data.size() * 4 + 16);
    char* write = out.data();
    const char* read = data.data();
    ucnv_convertEx(target, source, &write, out.data() + out.size(), &read, data.data() + data.size(), nullptr, nullptr, nullptr, nullptr, true, true, &error);
    out.resize(write - out.data());
  }
  ucnv_close(source);
  ucnv_close(target);
  if (U_FAILURE(error)) {
    // The character to blame: the first that does not go alone.
    std::string_view character = data;
    for (std::string_view rest = data; data.size() > Utf8FirstBytes(data) && !rest.empty(); rest.remove_prefix(character.size())) {
      character = rest.substr(0, is_plain(from) ? Utf8FirstBytes(rest) : 1);
      Transcode(character, from, to, from_name, to_name);
    }
    std::string bytes;
    for (char c : character) bytes += Format(" 0x%02x", static_cast<uint8_t>(c));
    throw SqlError(sqlstate::kUntranslatableCharacter, "character with byte sequence" + bytes + " in encoding \"" + std::string(from_name) +
                                                           "\" has no equivalent in encoding \"" + std::string(to_name) + "\"");
  }
  return out;
}

// ---- Unicode

const UNormalizer2* NormalizerNamed(std::string_view form) {
  const std::string lower = LowerAscii(form);
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* normalizer = nullptr;
  if (lower == "nfc") normalizer = unorm2_getNFCInstance(&error);
  else if (lower == "nfd") normalizer = unorm2_getNFDInstance(&error);
  else if (lower == "nfkc") normalizer = unorm2_getNFKCInstance(&error);
  else if (lower == "nfkd") normalizer = unorm2_getNFKDInstance(&error);
  else ThrowInvalid("invalid normalization form: " + std::string(form));
  if (U_FAILURE(error)) ThrowInternal("could not open the Unicode normalizer");
  return normalizer;
}

std::u16string ToUtf16(std::string_view text) {
  std::u16string wide(text.size(), u'\0');
  int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &length, text.data(), static_cast<int32_t>(text.size()), &error);
  if (U_FAILURE(error)) throw SqlError(sqlstate::kCharacterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"");
  wide.resize(length);
  return wide;
}

bool ParseHexDigits(std::string_view text, size_t count, char32_t* value) {
  if (text.size() < count) return false;
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return false;
    *value = *value << 4 | static_cast<char32_t>(digit);
  }
  return true;
}

std::string UnescapeUnicode(std::string_view text) {
  const auto throw_pair = [] { throw SqlError(sqlstate::kSyntaxError, "invalid Unicode surrogate pair"); };
  std::string out;
  char32_t high = 0;
  while (!text.empty()) {
    if (text[0] != '\\') {
      if (high != 0) throw_pair();
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (text.size() >= 2 && text[1] == '\\') {
      if (high != 0) throw_pair();
      out += '\\';
      text.remove_prefix(2);
      continue;
    }
    char32_t code = 0;
    size_t used = 0;
    const char kind = text.size() > 1 ? text[1] : '\0';
    if (ParseHexDigits(text.substr(1), 4, &code)) {
      used = 5;
    } else if (kind == 'u' && ParseHexDigits(text.substr(2), 4, &code)) {
      used = 6;
    } else if (kind == '+' && ParseHexDigits(text.substr(2), 6, &code)) {
      used = 8;
    } else if (kind == 'U' && ParseHexDigits(text.substr(2), 8, &code)) {
      used = 10;
    } else {
      throw SqlError(sqlstate::kSyntaxError, "invalid Unicode escape").Hint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.");
    }
    if (code == 0 || code > 0x10FFFF) ThrowInvalid(Format("invalid Unicode code point: %04X", static_cast<unsigned>(code)));
    const bool is_low = code >= 0xDC00 && code <= 0xDFFF;
    if ((high != 0) != is_low) throw_pair();
    if (is_low) {
      code = 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF);
      high = 0;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
      high = code;
    } else {
      AppendUtf8(code, out);
    }
    text.remove_prefix(used);
  }
  if (high != 0) throw_pair();
  return out;
}

}  // namespace

GATHER_KERNEL(Md5) { Digest(arguments[0], rows, result, EVP_md5(), true); }
GATHER_KERNEL(Sha224) { Digest(arguments[0], rows, result, EVP_sha224(), false); }
GATHER_KERNEL(Sha256) { Digest(arguments[0], rows, result, EVP_sha256(), false); }
GATHER_KERNEL(Sha384) { Digest(arguments[0], rows, result, EVP_sha384(), false); }
GATHER_KERNEL(Sha512) { Digest(arguments[0], rows, result, EVP_sha512(), false); }

GATHER_KERNEL(Encode) {
  std::string buffer;
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& data, const StringRef& format) {
    buffer.clear();
    switch (FormatNamed(format.view())) {
      case BinaryFormat::kHex:
        for (char c : data.view()) {
          buffer += kHexDigits[static_cast<uint8_t>(c) >> 4];
          buffer += kHexDigits[static_cast<uint8_t>(c) & 15];
        }
        break;
      case BinaryFormat::kBase64: AppendBase64(data.view(), buffer); break;
      case BinaryFormat::kEscape: AppendEscape(data.view(), buffer); break;
    }
    return result.AddString(buffer);
  });
}

GATHER_KERNEL(Decode) {
  std::string buffer;
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& text, const StringRef& format) {
    buffer.clear();
    switch (FormatNamed(format.view())) {
      case BinaryFormat::kHex: DecodeHex(text.view(), buffer); break;
      case BinaryFormat::kBase64: DecodeBase64(text.view(), buffer); break;
      case BinaryFormat::kEscape: DecodeEscape(text.view(), buffer); break;
    }
    return result.AddString(buffer);
  });
}

GATHER_KERNEL(ConvertTo) {
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& text, const StringRef& name) {
    return result.AddString(Transcode(text.view(), "UTF8", EncodingNamed(name.view(), "destination"), "UTF8", name.view()));
  });
}

GATHER_KERNEL(ConvertFrom) {
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& data, const StringRef& name) {
    return result.AddString(Transcode(data.view(), EncodingNamed(name.view(), "source"), "UTF8", name.view(), "UTF8"));
  });
}

GATHER_KERNEL(Convert) {
  const VectorView data = arguments[0].View(), froms = arguments[1].View(), tos = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view from = StringAt(froms, row), to = StringAt(tos, row);
    result.data<StringRef>()[row] = result.AddString(Transcode(StringAt(data, row), EncodingNamed(from, "source"), EncodingNamed(to, "destination"), from, to));
  });
}

GATHER_KERNEL(LengthInEncoding) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& data, const StringRef& name) {
    const std::string encoding = EncodingNamed(name.view(), "source");
    if (encoding == "SQL_ASCII") return static_cast<int32_t>(data.size());
    return static_cast<int32_t>(Utf8Length(Transcode(data.view(), encoding, "UTF8", name.view(), "UTF8")));
  });
}

GATHER_KERNEL(Normalize) {
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& text, const StringRef& form) {
    const UNormalizer2* normalizer = NormalizerNamed(form.view());
    if (IsAscii(text.view())) return result.AddString(text.view());
    const std::u16string wide = ToUtf16(text.view());
    std::u16string normal(wide.size() * 2 + 16, u'\0');
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = unorm2_normalize(normalizer, wide.data(), static_cast<int32_t>(wide.size()), normal.data(), static_cast<int32_t>(normal.size()), &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) {
      error = U_ZERO_ERROR;
      normal.resize(length);
      length = unorm2_normalize(normalizer, wide.data(), static_cast<int32_t>(wide.size()), normal.data(), static_cast<int32_t>(normal.size()), &error);
    }
    if (U_FAILURE(error)) ThrowInternal("could not normalize the string");
    std::string out;
    for (int32_t at = 0; at < length;) {
      UChar32 c;
      U16_NEXT(normal.data(), at, length, c);
      AppendUtf8(static_cast<char32_t>(c), out);
    }
    return result.AddString(out);
  });
}

GATHER_KERNEL(IsNormalized) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& text, const StringRef& form) -> uint8_t {
    const UNormalizer2* normalizer = NormalizerNamed(form.view());
    if (IsAscii(text.view())) return 1;
    const std::u16string wide = ToUtf16(text.view());
    UErrorCode error = U_ZERO_ERROR;
    return unorm2_isNormalized(normalizer, wide.data(), static_cast<int32_t>(wide.size()), &error);
  });
}

GATHER_KERNEL(UniStr) {
  MapRows<StringRef, StringRef>(arguments[0], rows, result, [&](const StringRef& text) { return result.AddString(UnescapeUnicode(text.view())); });
}

GATHER_KERNEL(ToAscii) {
  // PostgreSQL converts from LATIN1, LATIN2, LATIN9 and WIN1250 databases only.
  ThrowNotSupported("encoding conversion from UTF8 to ASCII not supported");
}

}  // namespace gather::catalog
