#define PCRE2_CODE_UNIT_WIDTH 8
#include "catalog/functions/regex.h"

#include <pcre2.h>

#include <list>

#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr size_t kCachedPatterns = 64;
constexpr uint32_t kRunsBeforeJit = 4;      // compiling to machine code costs as much as many interpreted runs
constexpr int kDfaWorkspace = 4096;
constexpr uint32_t kMatchLimit = 50000000;

// Scratch of one thread.
struct MatchMemory {
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  pcre2_jit_stack* stack = pcre2_jit_stack_create(32 * 1024, 8 * 1024 * 1024, nullptr);
  std::vector<int> workspace = std::vector<int>(kDfaWorkspace);
  MatchMemory() {
    pcre2_jit_stack_assign(context, nullptr, stack);
    pcre2_set_match_limit(context, kMatchLimit);
  }
  ~MatchMemory() {
    pcre2_jit_stack_free(stack);
    pcre2_match_context_free(context);
  }
};

MatchMemory& ThreadMemory() {
  thread_local MatchMemory memory;
  return memory;
}

[[noreturn]] void ThrowFailed(int code) {
  char message[200] = "unknown error";
  pcre2_get_error_message(code, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof(message));
  throw SqlError(sqlstate::kInvalidRegularExpression, std::string("regular expression failed: ") + message);
}

struct CacheEntry {
  std::string pattern;
  uint32_t flags;
  std::shared_ptr<const Regex> regex;
};

}  // namespace

struct Regex::Code {
  pcre2_code* code = nullptr;
  pcre2_match_data* data = nullptr;
  mutable uint32_t runs = 0;               // of the owning thread: the cache is per thread
  TranslatedRegex translated;

  ~Code() {
    pcre2_match_data_free(data);
    pcre2_code_free(code);
  }
  // Rows of the match, 0 for none.
  int Match(std::string_view text, size_t from, uint32_t options) const {
    if (++runs == kRunsBeforeJit) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    const int rows = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, options | PCRE2_NO_UTF_CHECK, data, ThreadMemory().context);
    if (rows == PCRE2_ERROR_NOMATCH) return 0;
    if (rows < 0) ThrowFailed(rows);
    return rows;
  }
};

uint32_t RegexFlags::Bits() const {
  return ignore_case | newline_stops << 1 | newline_anchors << 2 | expanded << 3 | literal << 4 | basic << 5 | extended_only << 6;
}

RegexFlags RegexFlags::Parse(std::string_view options) {
  RegexFlags flags;
  for (size_t i = 0; i < options.size(); ++i) {
    switch (options[i]) {
      case 'g': flags.global = true; break;
      case 'b': flags.basic = true; flags.extended_only = flags.literal = false; break;
      case 'c': flags.ignore_case = false; break;
      case 'e': flags.extended_only = true; flags.basic = flags.literal = false; break;
      case 'i': flags.ignore_case = true; break;
      case 'm':
      case 'n': flags.newline_stops = flags.newline_anchors = true; break;
      case 'p': flags.newline_stops = true; flags.newline_anchors = false; break;
      case 'q': flags.literal = true; flags.basic = flags.extended_only = false; break;
      case 's': flags.newline_stops = flags.newline_anchors = false; break;
      case 't': flags.expanded = false; break;
      case 'w': flags.newline_stops = false; flags.newline_anchors = true; break;
      case 'x': flags.expanded = true; break;
      default: {
        const std::string_view rest = options.substr(i);
        throw SqlError(sqlstate::kInvalidParameterValue,
                       "invalid regular expression option: \"" + std::string(rest.substr(0, Utf8FirstBytes(rest))) + "\"");
      }
    }
  }
  return flags;
}

Regex::Regex(std::string_view pattern, const RegexFlags& flags) : code_(std::make_unique<Code>()) {
  code_->translated = TranslateRegex(pattern, flags);
  const TranslatedRegex& translated = code_->translated;
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_UTF_CHECK;
  if (translated.ignore_case) options |= PCRE2_CASELESS;
  // A quantifier made possessive offers the DFA matcher its longest match only.
  if (translated.choose_by_length) options |= PCRE2_NO_AUTO_POSSESS;
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.pattern.data()), translated.pattern.size(), options, &error, &offset, nullptr);
  if (code_->code == nullptr) {
    char message[200] = "unknown error";
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof(message));
    throw SqlError(sqlstate::kInvalidRegularExpression, std::string("invalid regular expression: ") + message);
  }
  code_->data = pcre2_match_data_create_from_pattern(code_->code, nullptr);
  group_count_ = translated.groups;
}

Regex::~Regex() = default;

std::shared_ptr<const Regex> Regex::Cached(std::string_view pattern, const RegexFlags& flags) {
  thread_local std::list<CacheEntry> cache;  // most recently used first
  const uint32_t bits = flags.Bits();
  for (auto entry = cache.begin(); entry != cache.end(); ++entry) {
    if (entry->flags == bits && entry->pattern == pattern) {
      if (entry != cache.begin()) cache.splice(cache.begin(), cache, entry);
      return cache.front().regex;
    }
  }
  cache.push_front({std::string(pattern), bits, Compile(pattern, flags)});
  if (cache.size() > kCachedPatterns) cache.pop_back();
  return cache.front().regex;
}

std::shared_ptr<const Regex> Regex::Compile(std::string_view pattern, const RegexFlags& flags) {
  return std::shared_ptr<const Regex>(new Regex(pattern, flags));
}

bool Regex::Matches(std::string_view text) const { return code_->Match(text, 0, 0) != 0; }

bool Regex::Find(std::string_view text, size_t from, bool groups, std::vector<RegexSpan>* spans) const {
  const TranslatedRegex& translated = code_->translated;
  const bool by_length = translated.choose_by_length && !translated.has_back_references;
  spans->clear();
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(code_->data);
  size_t start = from, end = text.size();
  bool extent_known = false;
  if (by_length) {
    MatchMemory& memory = ThreadMemory();
    int rows;
    while (true) {
      rows = pcre2_dfa_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                             PCRE2_NO_UTF_CHECK | (translated.shortest ? PCRE2_DFA_SHORTEST : 0), code_->data, memory.context, memory.workspace.data(),
                             memory.workspace.size());
      if (rows != PCRE2_ERROR_DFA_WSSIZE || memory.workspace.size() > (1u << 22)) break;
      memory.workspace.resize(memory.workspace.size() * 4);
    }
    if (rows == PCRE2_ERROR_NOMATCH) return false;
    if (rows >= 0) {  // row 0 is the longest
      extent_known = true;
      start = offsets[0];
      end = offsets[1];
      if (!groups || group_count_ == 0) {
        spans->push_back({start, end});
        return true;
      }
    }
  }
  // A match of exactly that extent: what lies behind it is cut off, which look-ahead at the very end can notice.
  int rows = extent_known ? code_->Match(text.substr(0, end), start, PCRE2_ANCHORED | PCRE2_ENDANCHORED) : code_->Match(text, from, 0);
  if (rows == 0 && extent_known) rows = code_->Match(text, from, 0);
  if (rows == 0) return false;
  for (uint32_t i = 0; i <= (groups ? group_count_ : 0); ++i) {
    const bool set = i < static_cast<uint32_t>(rows) && offsets[2 * i] != PCRE2_UNSET;
    spans->push_back(set ? RegexSpan{offsets[2 * i], offsets[2 * i + 1]} : RegexSpan{});
  }
  return true;
}

}  // namespace gather::catalog
