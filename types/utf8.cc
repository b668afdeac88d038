#include "types/utf8.h"

#include <simdjson.h>

#include <cstring>
#include <string>

#include "types/error.h"

namespace gather {

namespace {
int SequenceLength(unsigned char first) { return first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0; }

bool ValidSequence(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const int length = SequenceLength(byte(0));
  if (length == 0 || at + length > text.size()) return false;
  for (int i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return false;
  }
  if (length == 3) return !(byte(0) == 0xE0 && byte(1) < 0xA0) && !(byte(0) == 0xED && byte(1) > 0x9F);
  if (length == 4) return !(byte(0) == 0xF0 && byte(1) < 0x90) && !(byte(0) == 0xF4 && byte(1) > 0x8F);
  return true;
}

// The bytes PostgreSQL shows: as many as the first one announces, within the text.
[[noreturn]] void ThrowInvalid(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const size_t announced = first < 0x80 || (first & 0xE0) == 0 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 1;
  std::string shown;
  for (size_t i = 0; i < announced && at + i < text.size(); ++i) {
    shown += Format("%s0x%02x", i == 0 ? "" : " ", static_cast<unsigned char>(text[at + i]));
  }
  throw SqlError(sqlstate::kCharacterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\": " + shown);
}
constexpr uint64_t kHighBits = 0x8080808080808080ull;

uint64_t Load(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Bytes of the word that continue a character: 10xxxxxx.
int Continuations(uint64_t word) { return __builtin_popcountll(word & ~(word << 1) & kHighBits); }

}  // namespace

bool IsValidUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void CheckUtf8(std::string_view text) {
  if (std::memchr(text.data(), 0, text.size()) == nullptr && IsValidUtf8(text)) return;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\0' || !ValidSequence(text, at)) ThrowInvalid(text, at);
    at += SequenceLength(static_cast<unsigned char>(text[at]));
  }
}

bool IsAscii(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    if ((Load(text.data() + at) & kHighBits) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<int8_t>(text[at]) < 0) return false;
  }
  return true;
}

uint32_t Utf8Length(std::string_view text) {
  uint32_t continuations = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) continuations += Continuations(Load(text.data() + at));
  for (; at < text.size(); ++at) continuations += (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80;
  return static_cast<uint32_t>(text.size()) - continuations;
}

uint32_t Utf8Prefix(std::string_view text, uint32_t characters) {
  if (characters >= text.size()) return static_cast<uint32_t>(text.size());
  size_t at = 0;
  // Whole ASCII words first: one character a byte.
  while (characters >= 8 && at + 8 <= text.size() && (Load(text.data() + at) & kHighBits) == 0) {
    at += 8;
    characters -= 8;
  }
  while (characters > 0 && at < text.size()) {
    at += Utf8CharBytes(text[at]);
    --characters;
  }
  return static_cast<uint32_t>(at < text.size() ? at : text.size());
}

char32_t Utf8Decode(std::string_view text, uint32_t* bytes) {
  *bytes = Utf8FirstBytes(text);
  const auto byte = [&text](int i) { return static_cast<char32_t>(static_cast<uint8_t>(text[i])); };
  switch (*bytes) {
    case 0: return 0;
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto tail = [&out, code_point](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace gather
