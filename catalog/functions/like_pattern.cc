#include "catalog/functions/like_pattern.h"

#include <cstring>

#include "types/error.h"
#include "types/find_substring.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

[[noreturn]] void ThrowDanglingEscape() {
  throw SqlError(sqlstate::kInvalidEscapeSequence, "LIKE pattern must not end with escape character");
}

}  // namespace

LikePattern::LikePattern(std::string_view pattern) : pattern_(pattern) {
  std::vector<std::string> parts(1);
  for (size_t at = 0; at < pattern.size(); ++at) {
    switch (pattern[at]) {
      case '_':
        return;  // kGeneral
      case '%':
        parts.emplace_back();
        break;
      case '\\':
        if (++at == pattern.size()) return;
        [[fallthrough]];
      default:
        parts.back() += pattern[at];
    }
  }
  kind_ = parts.size() == 1 ? Kind::kExact : Kind::kSegments;
  prefix_ = std::move(parts.front());
  if (parts.size() > 1) suffix_ = std::move(parts.back());
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    if (!parts[i].empty()) segments_.push_back(std::move(parts[i]));
  }
  shortest_ = prefix_.size() + suffix_.size();
  for (const std::string& segment : segments_) shortest_ += segment.size();
}

bool LikePattern::Matches(std::string_view text) const {
  switch (kind_) {
    case Kind::kExact: return text == prefix_;
    case Kind::kGeneral: return MatchesGeneral(text);
    case Kind::kSegments: break;
  }
  if (text.size() < shortest_) return false;
  if (!prefix_.empty() && std::memcmp(text.data(), prefix_.data(), prefix_.size()) != 0) return false;
  if (!suffix_.empty() && std::memcmp(text.data() + text.size() - suffix_.size(), suffix_.data(), suffix_.size()) != 0) return false;
  // Leftmost places are the best ones: what is left for the rest is longest.
  const std::string_view middle = text.substr(0, text.size() - suffix_.size());
  size_t at = prefix_.size();
  for (const std::string& segment : segments_) {
    at = FindSubstring(middle, segment, at);
    if (at == std::string_view::npos) return false;
    at += segment.size();
  }
  return true;
}

bool LikePattern::MatchesGeneral(std::string_view text) const {
  const std::string_view pattern = pattern_;
  constexpr size_t kNone = std::string_view::npos;
  size_t t = 0, p = 0;
  size_t retry_pattern = kNone, retry_text = 0;  // behind the last "%", and where its rest was tried
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      ++p;
      while (p < pattern.size() && (pattern[p] == '%' || pattern[p] == '_')) {
        if (pattern[p] == '_') {
          if (t >= text.size()) return false;
          t += Utf8FirstBytes(text.substr(t));
        }
        ++p;
      }
      if (p >= pattern.size()) return true;
      retry_pattern = p;
      retry_text = t;
      continue;
    }
    bool fits = false;
    if (p < pattern.size()) {
      if (pattern[p] == '_') {
        t += Utf8FirstBytes(text.substr(t));
        ++p;
        continue;
      }
      const bool escaped = pattern[p] == '\\';
      if (escaped && p + 1 >= pattern.size()) ThrowDanglingEscape();
      fits = pattern[p + escaped] == text[t];
      if (fits) {
        p += 1 + escaped;
        ++t;
        continue;
      }
    }
    if (retry_pattern == kNone) return false;
    retry_text += Utf8FirstBytes(text.substr(retry_text));
    t = retry_text;
    p = retry_pattern;
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::string RewriteLikeEscape(std::string_view pattern, std::string_view escape) {
  if (!escape.empty() && Utf8FirstBytes(escape) != escape.size()) {
    throw SqlError(sqlstate::kInvalidEscapeSequence, "invalid escape string").Hint("Escape string must be empty or one character.");
  }
  if (escape == "\\") return std::string(pattern);
  std::string result;
  result.reserve(pattern.size() + 4);
  bool escaped = false;
  for (size_t at = 0; at < pattern.size();) {
    const std::string_view character = pattern.substr(at, Utf8FirstBytes(pattern.substr(at)));
    at += character.size();
    if (!escape.empty() && character == escape && !escaped) {
      result += '\\';
      escaped = true;
      continue;
    }
    if (character == "\\" && !escaped) result += '\\';
    result += character;
    escaped = false;
  }
  return result;
}

}  // namespace gather::catalog
