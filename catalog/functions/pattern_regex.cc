#include <string>
#include <vector>

#include "catalog/functions/pattern_kernels.h"
#include "catalog/functions/regex.h"
#include "catalog/functions/row_loops.h"
#include "types/array.h"
#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

StringRef Part(std::string_view text) { return StringRef(text.data(), static_cast<uint32_t>(text.size())); }

// The regular expression of each row: compiled anew only when the pattern or the options change.
class RowRegex {
 public:
  // `options` may be null: `fixed` holds for all rows.
  RowRegex(const Vector& patterns, const Vector* options, RegexFlags fixed = {}) : patterns_(patterns.View()), flags_(fixed) {
    if (options != nullptr) options_ = options->View();
    has_options_ = options != nullptr;
    constant_ = patterns.is_constant() && (options == nullptr || options->is_constant());
  }
  const Regex& At(uint32_t row) {
    if (regex_ != nullptr && constant_) return *regex_;
    const std::string_view pattern = StringAt(patterns_, row), letters = has_options_ ? StringAt(options_, row) : std::string_view();
    if (regex_ != nullptr && pattern == last_pattern_ && letters == last_letters_) return *regex_;
    if (has_options_) flags_ = RegexFlags::Parse(letters);
    regex_ = Regex::Cached(pattern, flags_);
    last_pattern_ = pattern;
    last_letters_ = letters;
    return *regex_;
  }
  const RegexFlags& FlagsAt(uint32_t row) {
    At(row);
    return flags_;
  }
  // Options alone, before the pattern is compiled.
  RegexFlags ParseFlags(uint32_t row) const { return has_options_ ? RegexFlags::Parse(StringAt(options_, row)) : flags_; }

 private:
  VectorView patterns_, options_{};
  bool has_options_ = false, constant_ = false;
  RegexFlags flags_;
  std::shared_ptr<const Regex> regex_;
  std::string last_pattern_, last_letters_;
};

template <bool negated>
void Match(std::span<const Vector> arguments, uint32_t rows, Vector& result, bool ignore_case) {
  RegexFlags flags;
  flags.ignore_case = ignore_case;
  RowRegex regex(arguments[1], nullptr, flags);
  const VectorView texts = arguments[0].View();
  uint8_t* out = result.data<uint8_t>();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = regex.At(row).Matches(StringAt(texts, row)) != negated; });
}

void CheckParameter(bool ok, const char* name, int32_t value) {
  if (!ok) throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid value for parameter \"%s\": %d", name, value));
}

void RefuseGlobal(const RegexFlags& flags, const char* function, const char* hint = nullptr) {
  if (!flags.global) return;
  SqlError error(sqlstate::kInvalidParameterValue, std::string(function) + " does not support the \"global\" option");
  if (hint != nullptr) throw std::move(error).Hint(hint);
  throw error;
}

// Bytes of the first `characters` characters, or npos when the text is shorter.
size_t CharacterOffset(std::string_view text, int32_t characters) {
  if (characters == 0) return 0;
  if (static_cast<uint32_t>(characters) > Utf8Length(text)) return std::string_view::npos;
  return Utf8Prefix(text, static_cast<uint32_t>(characters));
}

// Goes from match to match. An empty match moves the search on by one character.
class MatchWalk {
 public:
  MatchWalk(const Regex& regex, std::string_view text, size_t from, bool groups) : regex_(regex), text_(text), at_(from), groups_(groups) {}
  bool Next() {
    if (at_ == std::string_view::npos || at_ > text_.size() || !regex_.Find(text_, at_, groups_, &spans_)) return false;
    at_ = spans_[0].end;
    if (spans_[0].start == spans_[0].end) at_ += at_ < text_.size() ? Utf8FirstBytes(text_.substr(at_)) : 1;
    return true;
  }
  const std::vector<RegexSpan>& spans() const { return spans_; }
  std::string_view Part(const RegexSpan& span) const { return text_.substr(span.start, span.end - span.start); }

 private:
  const Regex& regex_;
  const std::string_view text_;
  size_t at_;
  const bool groups_;
  std::vector<RegexSpan> spans_;
};

// Text to insert, with \1 … \9, \& and \\.
void AppendReplacement(std::string_view replacement, std::string_view text, const std::vector<RegexSpan>& spans, std::string& out) {
  while (!replacement.empty()) {
    const size_t escape = replacement.find('\\');
    out += replacement.substr(0, escape);
    if (escape == std::string_view::npos) return;
    replacement.remove_prefix(escape + 1);
    const char c = replacement.empty() ? '\0' : replacement[0];
    if (c == '\\') {
      out += '\\';
    } else if (c == '&' || (c >= '1' && c <= '9')) {
      const size_t group = c == '&' ? 0 : static_cast<size_t>(c - '0');
      if (group < spans.size() && spans[group].matched()) out += text.substr(spans[group].start, spans[group].end - spans[group].start);
    } else {
      out += '\\';
      continue;
    }
    replacement.remove_prefix(1);
  }
}

// nth 0: all matches.
void Replace(const Regex& regex, std::string_view text, std::string_view replacement, size_t from, int32_t nth, std::string& out) {
  const bool plain = replacement.find('\\') == std::string_view::npos;
  MatchWalk walk(regex, text, from, !plain);
  size_t copied = 0;
  for (int32_t count = 1; walk.Next(); ++count) {
    if (nth > 0 && count != nth) continue;
    const RegexSpan whole = walk.spans()[0];
    out += text.substr(copied, whole.start - copied);
    if (plain) {
      out += replacement;
    } else {
      AppendReplacement(replacement, text, walk.spans(), out);
    }
    copied = whole.end;
    if (nth > 0) break;
  }
  out += text.substr(copied);
}

// The groups of a match as text[]; the whole match where there are none.
std::string GroupsArray(const Regex& regex, const MatchWalk& walk) {
  ArrayBuilder array(type_oid::kText);
  const std::vector<RegexSpan>& spans = walk.spans();
  for (uint32_t i = regex.group_count() == 0 ? 0 : 1; i <= regex.group_count(); ++i) {
    if (spans[i].matched()) {
      array.Add(walk.Part(spans[i]));
    } else {
      array.AddNull();
    }
  }
  return array.Finish();
}

// The parts between matches; empty matches at the ends or right behind another match do not part.
class RegexSplitter {
 public:
  RegexSplitter(const Regex& regex, std::string_view text) : text_(text), walk_(regex, text, 0, false) {}
  bool Next(std::string_view* part) {
    if (done_) return false;
    while (walk_.Next()) {
      const RegexSpan match = walk_.spans()[0];
      const bool counts = match.start < text_.size() && match.end > last_end_;
      last_end_ = match.end;
      if (!counts) continue;
      *part = text_.substr(start_, match.start - start_);
      start_ = match.end;
      return true;
    }
    *part = text_.substr(start_);
    done_ = true;
    return true;
  }

 private:
  const std::string_view text_;
  MatchWalk walk_;
  size_t start_ = 0, last_end_ = 0;
  bool done_ = false;
};

const Vector* OptionsOf(std::span<const Vector> arguments, size_t index) { return arguments.size() > index ? &arguments[index] : nullptr; }

// Optional integer argument.
class IntArgument {
 public:
  IntArgument(std::span<const Vector> arguments, size_t index, int32_t otherwise) : given_(arguments.size() > index), otherwise_(otherwise) {
    if (given_) view_ = arguments[index].View();
  }
  int32_t At(uint32_t row) const { return given_ ? view_.get<int32_t>(row) : otherwise_; }
  bool given() const { return given_; }

 private:
  const bool given_;
  const int32_t otherwise_;
  VectorView view_{};
};

class MatchesSource final : public SetSource {
 public:
  MatchesSource(std::span<const Vector> arguments, std::shared_ptr<const Regex> regex, bool global)
      : owners_(arguments.begin(), arguments.end()), regex_(std::move(regex)), global_(global), walk_(*regex_, StringAt(owners_[0].View(), 0), 0, true) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    while (rows < kVectorSize && !done_) {
      if (!walk_.Next()) {
        done_ = true;
        break;
      }
      out[0].data<StringRef>()[rows++] = out[0].AddString(GroupsArray(*regex_, walk_));
      done_ = !global_;
    }
    return rows;
  }

 private:
  const std::vector<Vector> owners_;
  const std::shared_ptr<const Regex> regex_;
  const bool global_;
  MatchWalk walk_;
  bool done_ = false;
};

class SplitSource final : public SetSource {
 public:
  SplitSource(std::span<const Vector> arguments, std::shared_ptr<const Regex> regex)
      : owners_(arguments.begin(), arguments.end()), regex_(std::move(regex)), splitter_(*regex_, StringAt(owners_[0].View(), 0)) {}
  uint32_t Next(FunctionContext&, std::span<Vector> out) override {
    uint32_t rows = 0;
    std::string_view part;
    while (rows < kVectorSize && splitter_.Next(&part)) out[0].data<StringRef>()[rows++] = out[0].AddString(part);
    return rows;
  }

 private:
  const std::vector<Vector> owners_;
  const std::shared_ptr<const Regex> regex_;
  RegexSplitter splitter_;
};

}  // namespace

GATHER_KERNEL(RegexMatches) { Match<false>(arguments, rows, result, false); }
GATHER_KERNEL(RegexNotMatches) { Match<true>(arguments, rows, result, false); }
GATHER_KERNEL(RegexMatchesAnyCase) { Match<false>(arguments, rows, result, true); }
GATHER_KERNEL(RegexNotMatchesAnyCase) { Match<true>(arguments, rows, result, true); }

GATHER_KERNEL(RegexpLike) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 2));
  const VectorView texts = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    RefuseGlobal(regex.ParseFlags(row), "regexp_like()");
    result.data<uint8_t>()[row] = regex.At(row).Matches(StringAt(texts, row));
  });
}

GATHER_KERNEL(SubstringRegex) {
  result.KeepAlive(arguments[0]);
  RowRegex regex(arguments[1], nullptr);
  const VectorView texts = arguments[0].View();
  std::vector<RegexSpan> spans;
  ForValidRows(result, rows, [&](uint32_t row) {
    const Regex& compiled = regex.At(row);
    const std::string_view text = StringAt(texts, row);
    const bool found = compiled.Find(text, 0, true, &spans);
    const RegexSpan span = found ? spans[compiled.group_count() > 0 ? 1 : 0] : RegexSpan{};
    if (!span.matched()) return result.SetNull(row);
    result.data<StringRef>()[row] = Part(text.substr(span.start, span.end - span.start));
  });
}

GATHER_KERNEL(SubstringSimilar) {
  result.KeepAlive(arguments[0]);
  const VectorView texts = arguments[0].View(), patterns = arguments[1].View(), escapes = arguments[2].View();
  std::vector<RegexSpan> spans;
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row), escape = StringAt(escapes, row);
    const std::shared_ptr<const Regex> regex = Regex::Cached(SimilarToRegex(StringAt(patterns, row), &escape), RegexFlags());
    const bool found = regex->Find(text, 0, true, &spans);
    const RegexSpan span = found ? spans[regex->group_count() > 0 ? 1 : 0] : RegexSpan{};
    if (!span.matched()) return result.SetNull(row);
    result.data<StringRef>()[row] = Part(text.substr(span.start, span.end - span.start));
  });
}

GATHER_KERNEL(RegexpReplace) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 3));
  const VectorView texts = arguments[0].View(), replacements = arguments[2].View();
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    if (arguments.size() > 3) {
      const std::string_view options = StringAt(arguments[3].View(), row);
      if (!options.empty() && options[0] >= '0' && options[0] <= '9') {
        throw SqlError(sqlstate::kInvalidParameterValue, "invalid regular expression option: \"" + std::string(1, options[0]) + "\"")
            .Hint("If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.");
      }
    }
    const bool global = regex.ParseFlags(row).global;
    buffer.clear();
    Replace(regex.At(row), StringAt(texts, row), StringAt(replacements, row), 0, global ? 0 : 1, buffer);
    result.data<StringRef>()[row] = result.AddString(buffer);
  });
}

GATHER_KERNEL(RegexpReplaceExtended) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 5));
  const VectorView texts = arguments[0].View(), replacements = arguments[2].View();
  const IntArgument starts(arguments, 3, 1), nths(arguments, 4, 1);
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t start = starts.At(row), nth = nths.At(row);
    CheckParameter(start > 0, "start", start);
    CheckParameter(nth >= 0, "n", nth);
    const std::string_view text = StringAt(texts, row);
    const Regex& compiled = regex.At(row);
    buffer.clear();
    Replace(compiled, text, StringAt(replacements, row), CharacterOffset(text, start - 1), nth, buffer);
    result.data<StringRef>()[row] = result.AddString(buffer);
  });
}

GATHER_KERNEL(RegexpCount) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 3));
  const VectorView texts = arguments[0].View();
  const IntArgument starts(arguments, 2, 1);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t start = starts.At(row);
    CheckParameter(start > 0, "start", start);
    RefuseGlobal(regex.ParseFlags(row), "regexp_count()");
    const std::string_view text = StringAt(texts, row);
    MatchWalk walk(regex.At(row), text, CharacterOffset(text, start - 1), false);
    int32_t count = 0;
    while (walk.Next()) ++count;
    result.data<int32_t>()[row] = count;
  });
}

namespace {

// The nth match's group `subexpression` (0: the whole); unmatched when there is none.
RegexSpan NthMatch(const Regex& regex, std::string_view text, size_t from, int32_t nth, int32_t subexpression) {
  MatchWalk walk(regex, text, from, subexpression > 0);
  for (int32_t count = 0; count < nth; ++count) {
    if (!walk.Next()) return {};
  }
  // A pattern without groups counts as one group: the whole.
  if (subexpression > 0 && regex.group_count() == 0) return subexpression == 1 ? walk.spans()[0] : RegexSpan{};
  if (static_cast<uint32_t>(subexpression) > regex.group_count()) return {};
  return walk.spans()[static_cast<size_t>(subexpression)];
}

}  // namespace

GATHER_KERNEL(RegexpInstr) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 5));
  const VectorView texts = arguments[0].View();
  const IntArgument starts(arguments, 2, 1), nths(arguments, 3, 1), ends(arguments, 4, 0), subexpressions(arguments, 6, 0);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t start = starts.At(row), nth = nths.At(row), end = ends.At(row), subexpression = subexpressions.At(row);
    CheckParameter(start > 0, "start", start);
    CheckParameter(nth > 0, "n", nth);
    CheckParameter(end == 0 || end == 1, "endoption", end);
    CheckParameter(subexpression >= 0, "subexpr", subexpression);
    RefuseGlobal(regex.ParseFlags(row), "regexp_instr()");
    const std::string_view text = StringAt(texts, row);
    const RegexSpan span = NthMatch(regex.At(row), text, CharacterOffset(text, start - 1), nth, subexpression);
    result.data<int32_t>()[row] = span.matched() ? static_cast<int32_t>(Utf8Length(text.substr(0, end == 1 ? span.end : span.start)) + 1) : 0;
  });
}

GATHER_KERNEL(RegexpSubstr) {
  result.KeepAlive(arguments[0]);
  RowRegex regex(arguments[1], OptionsOf(arguments, 4));
  const VectorView texts = arguments[0].View();
  const IntArgument starts(arguments, 2, 1), nths(arguments, 3, 1), subexpressions(arguments, 5, 0);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t start = starts.At(row), nth = nths.At(row), subexpression = subexpressions.At(row);
    CheckParameter(start > 0, "start", start);
    CheckParameter(nth > 0, "n", nth);
    CheckParameter(subexpression >= 0, "subexpr", subexpression);
    RefuseGlobal(regex.ParseFlags(row), "regexp_substr()");
    const std::string_view text = StringAt(texts, row);
    const RegexSpan span = NthMatch(regex.At(row), text, CharacterOffset(text, start - 1), nth, subexpression);
    if (!span.matched()) return result.SetNull(row);
    result.data<StringRef>()[row] = Part(text.substr(span.start, span.end - span.start));
  });
}

GATHER_KERNEL(RegexpMatch) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 2));
  const VectorView texts = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    RefuseGlobal(regex.ParseFlags(row), "regexp_match()", "Use the regexp_matches function instead.");
    const Regex& compiled = regex.At(row);
    MatchWalk walk(compiled, StringAt(texts, row), 0, true);
    if (!walk.Next()) return result.SetNull(row);
    result.data<StringRef>()[row] = result.AddString(GroupsArray(compiled, walk));
  });
}

GATHER_KERNEL(RegexpSplitToArray) {
  RowRegex regex(arguments[1], OptionsOf(arguments, 2));
  const VectorView texts = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    RefuseGlobal(regex.ParseFlags(row), "regexp_split_to_array()");
    RegexSplitter splitter(regex.At(row), StringAt(texts, row));
    ArrayBuilder array(type_oid::kText);
    std::string_view part;
    while (splitter.Next(&part)) array.Add(part);
    result.data<StringRef>()[row] = result.AddString(array.Finish());
  });
}

std::unique_ptr<SetSource> RegexpMatchesSet(FunctionContext&, std::span<const Vector> arguments) {
  const RegexFlags flags = arguments.size() > 2 ? RegexFlags::Parse(StringAt(arguments[2].View(), 0)) : RegexFlags();
  return std::make_unique<MatchesSource>(arguments, Regex::Compile(StringAt(arguments[1].View(), 0), flags), flags.global);
}

std::unique_ptr<SetSource> RegexpSplitToTable(FunctionContext&, std::span<const Vector> arguments) {
  const RegexFlags flags = arguments.size() > 2 ? RegexFlags::Parse(StringAt(arguments[2].View(), 0)) : RegexFlags();
  RefuseGlobal(flags, "regexp_split_to_table()");
  return std::make_unique<SplitSource>(arguments, Regex::Compile(StringAt(arguments[1].View(), 0), flags));
}

}  // namespace gather::catalog
