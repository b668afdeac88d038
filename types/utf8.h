// UTF-8: the server's one encoding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gather {

bool IsValidUtf8(std::string_view text);                     // NUL bytes pass
// Throws 22021 with PostgreSQL's wording when `text` is not UTF-8 or has a NUL byte.
void CheckUtf8(std::string_view text);
uint32_t Utf8Length(std::string_view text);                  // characters of valid UTF-8
// Bytes that the first `characters` characters take.
uint32_t Utf8Prefix(std::string_view text, uint32_t characters);


// ---- over valid UTF-8; nothing reads past the end
inline uint32_t Utf8CharBytes(char lead) {                   // of the character that starts with `lead`
  const uint8_t byte = static_cast<uint8_t>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}
inline uint32_t Utf8FirstBytes(std::string_view text) {      // of the first character; 0 when empty
  if (text.empty()) return 0;
  const uint32_t bytes = Utf8CharBytes(text[0]);
  return bytes <= text.size() ? bytes : static_cast<uint32_t>(text.size());
}
bool IsAscii(std::string_view text);
// Code point of the first character; `bytes` receives its length.
char32_t Utf8Decode(std::string_view text, uint32_t* bytes);
void AppendUtf8(char32_t code_point, std::string& out);

}  // namespace gather
