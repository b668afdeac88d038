#include <unicode/uchar.h>

#include <optional>
#include <string>

#include "catalog/functions/like_pattern.h"
#include "catalog/functions/pattern_kernels.h"
#include "catalog/functions/regex.h"
#include "catalog/functions/row_loops.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

std::string_view Lowered(std::string_view text, std::string& buffer) {
  buffer.clear();
  if (IsAscii(text)) {
    buffer = text;
    for (char& c : buffer) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return buffer;
  }
  while (!text.empty()) {
    uint32_t bytes;
    AppendUtf8(static_cast<char32_t>(u_tolower(static_cast<UChar32>(Utf8Decode(text, &bytes)))), buffer);
    text.remove_prefix(bytes);
  }
  return buffer;
}

template <bool negated, bool any_case>
void MatchLike(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView texts = arguments[0].View(), patterns = arguments[1].View();
  uint8_t* out = result.data<uint8_t>();
  std::string text_buffer, pattern_buffer, last;
  std::optional<LikePattern> pattern;
  const auto compile = [&](uint32_t row) {
    const std::string_view source = StringAt(patterns, row);
    pattern.emplace(any_case ? Lowered(source, pattern_buffer) : source);
  };
  const auto match = [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row);
    out[row] = pattern->Matches(any_case ? Lowered(text, text_buffer) : text) != negated;
  };
  if (arguments[1].is_constant()) {
    compile(0);
    ForValidRows(result, rows, match);
    return;
  }
  ForValidRows(result, rows, [&](uint32_t row) {
    if (!pattern.has_value() || last != StringAt(patterns, row)) {
      last = StringAt(patterns, row);
      compile(row);
    }
    match(row);
  });
}

}  // namespace

GATHER_KERNEL(Like) { MatchLike<false, false>(arguments, rows, result); }
GATHER_KERNEL(NotLike) { MatchLike<true, false>(arguments, rows, result); }
GATHER_KERNEL(ILike) { MatchLike<false, true>(arguments, rows, result); }
GATHER_KERNEL(NotILike) { MatchLike<true, true>(arguments, rows, result); }

GATHER_KERNEL(LikeEscape) {
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [&](const StringRef& pattern, const StringRef& escape) {
    return result.AddString(RewriteLikeEscape(pattern.view(), escape.view()));
  });
}

GATHER_KERNEL(SimilarToEscape) {
  const VectorView patterns = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view escape = arguments.size() > 1 ? StringAt(arguments[1].View(), row) : std::string_view();
    result.data<StringRef>()[row] = result.AddString(SimilarToRegex(StringAt(patterns, row), arguments.size() > 1 ? &escape : nullptr));
  });
}

GATHER_KERNEL(SimilarEscape) {
  const VectorView patterns = arguments[0].View(), escapes = arguments[1].View();
  for (uint32_t row = 0; row < rows; ++row) {
    if (!patterns.valid(row)) {
      result.SetNull(row);
      continue;
    }
    const std::string_view escape = escapes.valid(row) ? StringAt(escapes, row) : std::string_view();
    result.data<StringRef>()[row] = result.AddString(SimilarToRegex(StringAt(patterns, row), escapes.valid(row) ? &escape : nullptr));
  }
}

}  // namespace gather::catalog
