#include <cstring>

#include "sql/ast/arena.h"
#include "sql/bridge/raw_parse.h"
#include "sql/sql.h"
#include "types/error.h"

namespace gather::sql {

namespace {

// Length of the valid UTF-8 sequence at `at`; 0 when there is none. RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
size_t SequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

[[noreturn]] void ThrowInvalidByteSequence(std::string_view text, size_t at) {
  // As PostgreSQL shows it: the bytes the first one announces, as far as there are any.
  const unsigned first = static_cast<unsigned char>(text[at]);
  const size_t announced = first < 0x80 || (first & 0xE0) == 0 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 1;
  std::string bytes;
  for (size_t i = at; i < text.size() && i < at + announced; ++i) {
    bytes += Format("%s0x%02x", bytes.empty() ? "" : " ", static_cast<unsigned char>(text[i]));
  }
  throw SqlError(sqlstate::kCharacterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\": " + bytes);
}

void ValidateText(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    uint64_t word;
    if (at + 8 <= text.size()) {
      std::memcpy(&word, text.data() + at, 8);
      const bool ascii = (word & 0x8080808080808080ull) == 0;
      const bool has_zero = ((word - 0x0101010101010101ull) & ~word & 0x8080808080808080ull) != 0;
      if (ascii && !has_zero) {
        at += 8;
        continue;
      }
    }
    if (text[at] == '\0') ThrowInvalidByteSequence(text, at);
    const size_t length = SequenceLength(text, at);
    if (length == 0) ThrowInvalidByteSequence(text, at);
    at += length;
  }
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

}  // namespace

std::vector<ParsedStatement> Parse(std::string_view text) {
  ValidateText(text);
  const std::string terminated(text);
  auto arena = std::make_shared<ast::Arena>();
  const std::vector<bridge::RawStatement> raw = bridge::RawParse(terminated, *arena);
  std::vector<ParsedStatement> statements;
  statements.reserve(raw.size());
  for (const bridge::RawStatement& statement : raw) {
    size_t start = static_cast<size_t>(std::max(statement.location, 0));
    size_t end = statement.length == 0 ? text.size() : start + static_cast<size_t>(statement.length);
    while (start < end && IsSpace(text[start])) ++start;
    while (end > start && IsSpace(text[end - 1])) --end;
    ParsedStatement parsed;
    parsed.node = std::shared_ptr<const ast::Node>(arena, statement.node);
    parsed.location = static_cast<int>(start);
    parsed.text = text.substr(start, end - start);
    statements.push_back(std::move(parsed));
  }
  return statements;
}

}  // namespace gather::sql
