// Regex: PostgreSQL's advanced regular expressions on PCRE2.
//
// A pattern is parsed as PostgreSQL parses it, with its errors, and written again in PCRE2's dialect. Where PostgreSQL's rule of the
// leftmost, longest (or, by the first quantifier, shortest) match can differ from Perl's first alternative, the extent of the match
// is found with PCRE2's DFA matcher and the groups by a second match of just that extent; a pattern with back references keeps
// Perl's choice. Within a match of the right extent, groups are matched as Perl does: the first alternative that fits, not the longest.
// Groups inside a repeated group keep what an earlier round captured, as in Perl (PostgreSQL clears them). Character classes follow Unicode, as in a C.UTF-8 database.
//
// Immutable, but compiled code is per thread: Cached() returns this thread's, without a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gather::catalog {

struct RegexFlags {
  bool ignore_case = false;
  bool newline_stops = false;      // \n is not matched by . and [^...]
  bool newline_anchors = false;    // ^ and $ match around \n
  bool expanded = false;           // white space and comments are ignored
  bool literal = false;            // the pattern is a plain string
  bool basic = false;              // POSIX basic regular expressions
  bool extended_only = false;      // POSIX extended: no escapes of letters
  bool global = false;             // the caller's: all matches
  uint32_t Bits() const;
  // The option letters of regexp_replace and kin; raises 22023.
  static RegexFlags Parse(std::string_view options);
};

// Byte offsets; start npos: the group took no part.
struct RegexSpan {
  size_t start = std::string_view::npos;
  size_t end = std::string_view::npos;
  bool matched() const { return start != std::string_view::npos; }
};

class Regex {
 public:
  // Compiles, or finds among the thread's last patterns. Raises 2201B "invalid regular expression: ...".
  static std::shared_ptr<const Regex> Cached(std::string_view pattern, const RegexFlags& flags);
  // One of its own: for holders that may move from thread to thread.
  static std::shared_ptr<const Regex> Compile(std::string_view pattern, const RegexFlags& flags);
  ~Regex();
  Regex(const Regex&) = delete;

  bool Matches(std::string_view text) const;
  // The leftmost match that begins at or after byte `from`: spans[0] the whole, spans[i] group i. Without `groups`, only the whole.
  bool Find(std::string_view text, size_t from, bool groups, std::vector<RegexSpan>* spans) const;
  uint32_t group_count() const { return group_count_; }

 private:
  struct Code;
  Regex(std::string_view pattern, const RegexFlags& flags);
  std::unique_ptr<Code> code_;
  uint32_t group_count_ = 0;
};

// The translator, apart for tests.
struct TranslatedRegex {
  std::string pattern;             // PCRE2's, to be compiled with UTF, UCP, DOTALL and DOLLAR_ENDONLY
  bool ignore_case = false;
  bool choose_by_length = false;   // Perl's choice may not be PostgreSQL's
  bool shortest = false;           // the shortest match is wanted, else the longest
  bool has_back_references = false;
  uint32_t groups = 0;
};
TranslatedRegex TranslateRegex(std::string_view pattern, RegexFlags flags);

// SQL's SIMILAR TO pattern as a regular expression; `escape` null: backslash.
std::string SimilarToRegex(std::string_view pattern, const std::string_view* escape);

}  // namespace gather::catalog
