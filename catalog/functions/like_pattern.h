// LikePattern: a LIKE pattern, compiled once and matched against many strings.
//
// Patterns without "_" run as a prefix, a suffix and substrings to find in between (what '%special%requests%' is); the rest walks the
// pattern and returns to the last "%" on a mismatch. Immutable but for nothing; one thread or many.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gather::catalog {

class LikePattern {
 public:
  // Backslash escapes. A pattern that ends in the escape character raises 22025 when a match gets that far, as in PostgreSQL.
  explicit LikePattern(std::string_view pattern);
  bool Matches(std::string_view text) const;

 private:
  enum class Kind { kExact, kSegments, kGeneral };
  bool MatchesGeneral(std::string_view text) const;

  Kind kind_ = Kind::kGeneral;
  std::string pattern_;
  std::string prefix_;                  // kExact: all of it
  std::string suffix_;
  std::vector<std::string> segments_;   // between the first and the last "%"
  size_t shortest_ = 0;                 // bytes that prefix, segments and suffix take
};

// The pattern with `escape` instead of backslash, rewritten to backslash. Raises 22025 for an escape of several characters.
std::string RewriteLikeEscape(std::string_view pattern, std::string_view escape);

}  // namespace gather::catalog
