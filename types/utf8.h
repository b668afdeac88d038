// UTF-8: the server's one encoding.
#pragma once

#include <cstdint>
#include <string_view>

namespace gather {

bool IsValidUtf8(std::string_view text);                     // NUL bytes pass
// Throws 22021 with PostgreSQL's wording when `text` is not UTF-8 or has a NUL byte.
void CheckUtf8(std::string_view text);
uint32_t Utf8Length(std::string_view text);                  // characters of valid UTF-8
// Bytes that the first `characters` characters take.
uint32_t Utf8Prefix(std::string_view text, uint32_t characters);

}  // namespace gather
