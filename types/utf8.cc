#include "types/utf8.h"

#include <simdjson.h>

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
}  // namespace

bool IsValidUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void CheckUtf8(std::string_view text) {
  if (std::memchr(text.data(), 0, text.size()) == nullptr && IsValidUtf8(text)) return;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\0' || !ValidSequence(text, at)) ThrowInvalid(text, at);
    at += SequenceLength(static_cast<unsigned char>(text[at]));
  }
}

uint32_t Utf8Length(std::string_view text) {
  uint32_t characters = 0;
  for (char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return characters;
}

uint32_t Utf8Prefix(std::string_view text, uint32_t characters) {
  size_t at = 0;
  while (at < text.size()) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && characters-- == 0) break;
    ++at;
  }
  return static_cast<uint32_t>(at);
}

}  // namespace gather
