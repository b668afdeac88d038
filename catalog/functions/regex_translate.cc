#include <memory>
#include <vector>

#include "catalog/functions/regex.h"
#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr int kUnbounded = -1;
constexpr int kMaxRepeat = 255;
constexpr int kMaxDepth = 200;

[[noreturn]] void ThrowInvalid(const char* reason) {
  throw SqlError(sqlstate::kInvalidRegularExpression, std::string("invalid regular expression: ") + reason);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

enum class Preference { kNone, kLongest, kShortest };

struct Alternation;

struct Piece {
  std::string text;                        // a leaf in PCRE2's dialect
  std::unique_ptr<Alternation> group;      // else a group behind `open`
  std::string open;
  bool constraint = false;                 // matches the empty string: no quantifier may follow
  bool quantified = false;
  bool fixed = false;                      // {m}: has its atom's preference
  int low = 1, high = 1;
  bool lazy = false;
};

struct Branch {
  std::vector<Piece> pieces;
};

struct Alternation {
  std::vector<Branch> branches;
};

void AppendCodePoint(char32_t c, std::string& out) {
  if (c < 0x80 && !IsAlnum(static_cast<char>(c)) && c > 0x20 && c != 0x7F && c != '_') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c < 0x20 || c == 0x7F) {
    out += Format("\\x{%x}", static_cast<unsigned>(c));
  } else {
    AppendUtf8(c, out);
  }
}

class RegexParser {
 public:
  RegexParser(std::string_view pattern, RegexFlags flags) : text_(pattern), flags_(flags) {}

  TranslatedRegex Run() {
    TranslatedRegex result;
    if (!flags_.literal) Prefixes();
    result.ignore_case = flags_.ignore_case;
    if (flags_.literal) {
      for (std::string_view rest = text_.substr(at_); !rest.empty();) {
        uint32_t bytes;
        AppendCodePoint(Utf8Decode(rest, &bytes), result.pattern);
        rest.remove_prefix(bytes);
      }
      return result;
    }
    const Alternation top = ParseAlternation(0);
    if (at_ < text_.size()) ThrowInvalid("parentheses () not balanced");
    const Preference preference = PreferenceOf(top);
    Emit(top, Preference::kNone, result.pattern);
    result.shortest = preference == Preference::kShortest;
    result.has_back_references = has_back_references_;
    result.groups = groups_;
    // With one kind of quantifier and no choice, Perl's match is the one PostgreSQL wants (or a shorter one only in patterns such as
    // (a?)(ab)?, where an optional piece takes what a later one needs).
    result.choose_by_length = has_alternation_ || (has_greedy_ && has_lazy_);
    return result;
  }

 private:
  // ***=, ***: and (?letters) at the start.
  void Prefixes() {
    if (text_.substr(0, 4) == "***=") {
      flags_.literal = true;
      at_ = 4;
      return;
    }
    if (text_.substr(0, 4) == "***:") {
      flags_.basic = flags_.extended_only = false;
      at_ = 4;
    } else if (text_.substr(0, 3) == "***") {
      ThrowInvalid("quantifier operand invalid");
    }
    if (flags_.basic || flags_.extended_only) return;
    if (text_.substr(at_, 2) != "(?" || at_ + 2 >= text_.size() || !((text_[at_ + 2] >= 'a' && text_[at_ + 2] <= 'z'))) return;
    size_t i = at_ + 2;
    for (; i < text_.size() && text_[i] >= 'a' && text_[i] <= 'z'; ++i) {
      switch (text_[i]) {
        case 'b': flags_.basic = true; flags_.literal = false; break;
        case 'c': flags_.ignore_case = false; break;
        case 'e': flags_.extended_only = true; flags_.literal = false; break;
        case 'i': flags_.ignore_case = true; break;
        case 'm':
        case 'n': flags_.newline_stops = flags_.newline_anchors = true; break;
        case 'p': flags_.newline_stops = true; flags_.newline_anchors = false; break;
        case 'q': flags_.literal = true; break;
        case 's': flags_.newline_stops = flags_.newline_anchors = false; break;
        case 't': flags_.expanded = false; break;
        case 'w': flags_.newline_stops = false; flags_.newline_anchors = true; break;
        case 'x': flags_.expanded = true; break;
        default: ThrowInvalid("invalid embedded option");
      }
    }
    if (i >= text_.size() || text_[i] != ')') ThrowInvalid("invalid embedded option");
    at_ = i + 1;
  }

  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  // In basic expressions the special characters are the escaped ones.
  bool AtOpen() const { return flags_.basic ? Peek() == '\\' && Peek(1) == '(' : Peek() == '('; }
  bool AtClose() const { return flags_.basic ? Peek() == '\\' && Peek(1) == ')' : Peek() == ')'; }
  bool AtBar() const { return !flags_.basic && Peek() == '|'; }

  // White space and comments where they do not count.
  void SkipIgnored() {
    while (true) {
      if (flags_.expanded) {
        while (!AtEnd() && (Peek() == ' ' || (Peek() >= '\t' && Peek() <= '\r'))) ++at_;
        if (Peek() == '#') {
          while (!AtEnd() && Peek() != '\n') ++at_;
          continue;
        }
      }
      if (!flags_.basic && !flags_.extended_only && text_.substr(at_, 3) == "(?#") {
        const size_t close = text_.find(')', at_);
        at_ = close == std::string_view::npos ? text_.size() : close + 1;
        continue;
      }
      return;
    }
  }

  Alternation ParseAlternation(int depth) {
    if (depth > kMaxDepth) ThrowInvalid("regular expression is too complex");
    Alternation alternation;
    while (true) {
      alternation.branches.push_back(ParseBranch(depth));
      if (!AtBar()) break;
      ++at_;
      has_alternation_ = true;
    }
    return alternation;
  }

  Branch ParseBranch(int depth) {
    Branch branch;
    bool start = true;
    for (SkipIgnored(); !AtEnd() && !AtBar(); SkipIgnored()) {
      if (AtClose()) {
        if (depth == 0) ThrowInvalid("parentheses () not balanced");
        break;
      }
      branch.pieces.push_back(ParsePiece(depth, start));
      start = false;
    }
    return branch;
  }

  bool AtQuantifier() const {
    const char c = Peek();
    if (flags_.basic) return c == '*' || (c == '\\' && Peek(1) == '{');
    return c == '*' || c == '+' || c == '?' || (c == '{' && IsDigit(Peek(1)));
  }

  Piece ParsePiece(int depth, bool start) {
    Piece piece;
    if (AtQuantifier()) {
      if (!(flags_.basic && start && Peek() == '*')) ThrowInvalid("quantifier operand invalid");
      ++at_;
      piece.text = "\\*";
    } else {
      ParseAtom(depth, start, &piece);
    }
    SkipIgnored();
    if (!AtEnd() && AtQuantifier()) {
      if (piece.constraint) ThrowInvalid("quantifier operand invalid");
      ParseQuantifier(&piece);
      SkipIgnored();
      if (!AtEnd() && AtQuantifier()) ThrowInvalid("quantifier operand invalid");
    }
    return piece;
  }

  void ParseQuantifier(Piece* piece) {
    piece->quantified = true;
    const char c = Peek();
    if (c == '*' || c == '+' || c == '?') {
      ++at_;
      piece->low = c == '+' ? 1 : 0;
      piece->high = c == '?' ? 1 : kUnbounded;
    } else {
      at_ += flags_.basic ? 2 : 1;
      piece->low = piece->high = Bound();
      piece->fixed = Peek() != ',';
      if (!piece->fixed) {
        ++at_;
        piece->high = IsDigit(Peek()) ? Bound() : kUnbounded;
        if (piece->high != kUnbounded && piece->high < piece->low) ThrowInvalid("invalid repetition count(s)");
      }
      if (AtEnd()) ThrowInvalid("braces {} not balanced");
      if (flags_.basic) {
        if (Peek() != '\\' || Peek(1) != '}') ThrowInvalid("invalid repetition count(s)");
        at_ += 2;
      } else {
        if (Peek() != '}') ThrowInvalid("invalid repetition count(s)");
        ++at_;
      }
    }
    if (!flags_.basic && !flags_.extended_only && Peek() == '?') {
      ++at_;
      piece->lazy = true;
    }
    if (piece->low != piece->high) (piece->lazy ? has_lazy_ : has_greedy_) = true;
  }

  int Bound() {
    if (AtEnd()) ThrowInvalid("braces {} not balanced");
    int value = 0;
    if (!IsDigit(Peek())) ThrowInvalid("invalid repetition count(s)");
    for (; IsDigit(Peek()); ++at_) {
      value = value * 10 + (Peek() - '0');
      if (value > kMaxRepeat) ThrowInvalid("invalid repetition count(s)");
    }
    return value;
  }

  void ParseAtom(int depth, bool start, Piece* piece) {
    if (AtOpen()) return ParseGroup(depth, piece);
    const char c = Peek();
    switch (c) {
      case '[': return ParseBracket(piece);
      case '.':
        ++at_;
        piece->text = flags_.newline_stops ? "[^\\n]" : ".";
        return;
      case '^':
        if (flags_.basic && !start) break;
        ++at_;
        piece->text = flags_.newline_anchors ? "(?:\\A|(?<=\\n))" : "\\A";
        piece->constraint = true;
        return;
      case '$':
        if (flags_.basic && at_ + 1 < text_.size() && !(Peek(1) == '\\' && Peek(2) == ')')) break;
        ++at_;
        piece->text = flags_.newline_anchors ? "(?:\\z|(?=\\n))" : "\\z";
        piece->constraint = true;
        return;
      case '\\': return ParseEscape(piece);
      default: break;
    }
    uint32_t bytes;
    AppendCodePoint(Utf8Decode(text_.substr(at_), &bytes), piece->text);
    at_ += bytes;
  }

  void ParseGroup(int depth, Piece* piece) {
    at_ += flags_.basic ? 2 : 1;
    piece->open = "(";
    bool capturing = true;
    if (!flags_.basic && !flags_.extended_only && Peek() == '?') {
      capturing = false;
      ++at_;
      if (Peek() == ':') {
        piece->open = "(?:";
        ++at_;
      } else if (Peek() == '=' || Peek() == '!') {
        piece->open = std::string("(?") + Peek();
        piece->constraint = true;
        ++at_;
      } else if (Peek() == '<' && (Peek(1) == '=' || Peek(1) == '!')) {
        piece->open = std::string("(?<") + Peek(1);
        piece->constraint = true;
        at_ += 2;
      } else {
        ThrowInvalid("quantifier operand invalid");
      }
    }
    // Parentheses within a look-around do not capture.
    if (capturing && lookarounds_ > 0) piece->open = "(?:";
    if (capturing && lookarounds_ == 0) ++groups_;
    lookarounds_ += piece->constraint;
    const uint32_t number = groups_;
    piece->group = std::make_unique<Alternation>(ParseAlternation(depth + 1));
    lookarounds_ -= piece->constraint;
    if (!AtClose()) ThrowInvalid("parentheses () not balanced");
    at_ += flags_.basic ? 2 : 1;
    if (capturing && lookarounds_ == 0) {
      if (closed_.size() < number + 1) closed_.resize(number + 1);
      closed_[number] = true;
    }
  }

  // ---- bracket expressions

  void ParseBracket(Piece* piece) {
    if (text_.substr(at_, 7) == "[[:<:]]") {
      at_ += 7;
      piece->text = "\\b(?=\\w)";
      piece->constraint = true;
      return;
    }
    if (text_.substr(at_, 7) == "[[:>:]]") {
      at_ += 7;
      piece->text = "\\b(?<=\\w)";
      piece->constraint = true;
      return;
    }
    ++at_;
    const bool negated = Peek() == '^' && !AtEnd();
    if (negated) ++at_;
    std::string& out = piece->text;
    out = negated ? "[^" : "[";
    if (negated && flags_.newline_stops) out += "\\n";
    for (bool first = true;; first = false) {
      if (AtEnd()) ThrowInvalid("brackets [] not balanced");
      if (Peek() == ']' && !first) {
        ++at_;
        break;
      }
      // A dash stands for itself at either end only.
      if (Peek() == '-' && !first && Peek(1) != ']') {
        if (Peek(1) != '-') ThrowInvalid("invalid character range");
      }
      char32_t low;
      if (!ParseBracketItem(out, &low)) continue;
      if (Peek() == '-' && Peek(1) != ']' && at_ + 1 < text_.size()) {
        ++at_;
        char32_t high;
        std::string set;
        if (!ParseBracketItem(set, &high)) ThrowInvalid("invalid character range");
        if (high < low) ThrowInvalid("invalid character range");
        AppendCodePoint(low, out);
        out += '-';
        AppendCodePoint(high, out);
      } else {
        AppendCodePoint(low, out);
      }
    }
    out += ']';
  }

  // One character into *code (true), or a class appended to `out` (false).
  bool ParseBracketItem(std::string& out, char32_t* code) {
    if (Peek() == '[' && (Peek(1) == ':' || Peek(1) == '.' || Peek(1) == '=')) {
      const char kind = Peek(1);
      const char closing[] = {kind, ']', '\0'};
      const size_t end = text_.find(closing, at_ + 2);
      if (end == std::string_view::npos) ThrowInvalid("brackets [] not balanced");
      const std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
      at_ = end + 2;
      if (kind == ':') {
        AppendClass(name, out);
        return false;
      }
      uint32_t bytes;
      *code = Utf8Decode(name, &bytes);
      if (bytes == name.size() && bytes > 0) return true;
      static constexpr struct { std::string_view name; char code; } kNames[] = {
          {"tab", '\t'}, {"newline", '\n'}, {"space", ' '}, {"hyphen", '-'}, {"period", '.'}, {"comma", ','}, {"colon", ':'}, {"semicolon", ';'},
          {"underscore", '_'}, {"asterisk", '*'}, {"slash", '/'}, {"backslash", '\\'}, {"zero", '0'}, {"one", '1'}, {"two", '2'}, {"three", '3'},
          {"four", '4'}, {"five", '5'}, {"six", '6'}, {"seven", '7'}, {"eight", '8'}, {"nine", '9'}, {"left-square-bracket", '['}, {"right-square-bracket", ']'},
          {"circumflex", '^'}, {"dollar-sign", '$'}, {"plus-sign", '+'}, {"equals-sign", '='}, {"question-mark", '?'}, {"vertical-line", '|'}};
      for (const auto& entry : kNames) {
        if (entry.name == name) {
          *code = static_cast<char32_t>(entry.code);
          return true;
        }
      }
      ThrowInvalid("invalid collating element");
    }
    if (Peek() == '\\' && !flags_.basic && !flags_.extended_only) {
      switch (Peek(1)) {
        case 'd': case 'D': case 's': case 'S': case 'w': case 'W': {
          const char letter = Peek(1);
          at_ += 2;
          AppendShorthand(letter, true, out);
          return false;
        }
        default: break;
      }
      Escape escape = ParseCharacterEscape();
      if (escape.kind != Escape::kCharacter) ThrowInvalid("invalid escape \\ sequence");
      *code = escape.code;
      return true;
    }
    uint32_t bytes;
    *code = Utf8Decode(text_.substr(at_), &bytes);
    at_ += bytes;
    return true;
  }

  void AppendClass(std::string_view name, std::string& out) {
    static constexpr struct { std::string_view name; const char* set; } kClasses[] = {
        {"alnum", "\\p{L}\\p{N}\\p{M}"}, {"alpha", "\\p{L}\\p{Nl}\\p{M}"}, {"blank", " \\t"}, {"cntrl", "\\x{00}-\\x{1f}\\x{7f}"}, {"digit", "0-9"},
        {"graph", "[:graph:]"}, {"lower", "\\p{Ll}"}, {"print", "[:print:]"}, {"punct", "\\p{P}\\p{S}"}, {"space", "\\s"}, {"upper", "\\p{Lu}"},
        {"xdigit", "0-9A-Fa-f"}, {"word", "\\p{L}\\p{N}\\p{M}_"}};
    for (const auto& entry : kClasses) {
      if (entry.name != name) continue;
      // Without regard to case, upper and lower are the same class.
      if (flags_.ignore_case && (name == "lower" || name == "upper")) out += "\\p{Lu}\\p{Ll}";
      else out += entry.set;
      return;
    }
    ThrowInvalid("invalid character class");
  }

  static void AppendShorthand(char letter, bool in_bracket, std::string& out) {
    switch (letter) {
      case 'd': out += in_bracket ? "0-9" : "[0-9]"; return;
      case 'D': out += in_bracket ? "\\x{0}-/:-\\x{10ffff}" : "[^0-9]"; return;
      default:
        out += '\\';
        out += letter;
    }
  }

  // ---- escapes

  struct Escape {
    enum Kind { kCharacter, kShorthand, kConstraint, kBackReference } kind = kCharacter;
    char32_t code = 0;   // the character; the letter; the number
  };

  char32_t Hex(size_t low, size_t high) {
    char32_t value = 0;
    size_t digits = 0;
    for (; digits < high; ++digits, ++at_) {
      const char c = Peek();
      const int digit = IsDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) break;
      value = value << 4 | static_cast<char32_t>(digit);
      if (value > 0x10FFFF) ThrowInvalid("invalid escape \\ sequence");
    }
    if (digits < low) ThrowInvalid("invalid escape \\ sequence");
    return value;
  }

  // At a backslash.
  Escape ParseCharacterEscape() {
    ++at_;
    if (AtEnd()) ThrowInvalid("invalid escape \\ sequence");
    const char c = Peek();
    if (!IsAlnum(c)) {
      uint32_t bytes;
      const char32_t code = Utf8Decode(text_.substr(at_), &bytes);
      at_ += bytes;
      return {Escape::kCharacter, code};
    }
    ++at_;
    switch (c) {
      case 'a': return {Escape::kCharacter, 7};
      case 'b': return {Escape::kCharacter, '\b'};
      case 'B': return {Escape::kCharacter, '\\'};
      case 'c': {
        if (AtEnd()) ThrowInvalid("invalid escape \\ sequence");
        return {Escape::kCharacter, static_cast<char32_t>(text_[at_++] & 037)};
      }
      case 'e': return {Escape::kCharacter, 033};
      case 'f': return {Escape::kCharacter, '\f'};
      case 'n': return {Escape::kCharacter, '\n'};
      case 'r': return {Escape::kCharacter, '\r'};
      case 't': return {Escape::kCharacter, '\t'};
      case 'v': return {Escape::kCharacter, '\v'};
      case 'u': return {Escape::kCharacter, Hex(4, 4)};
      case 'U': return {Escape::kCharacter, Hex(8, 8)};
      case 'x': return {Escape::kCharacter, Hex(1, 255)};
      case 'd': case 'D': case 's': case 'S': case 'w': case 'W': return {Escape::kShorthand, static_cast<char32_t>(c)};
      case 'A': case 'm': case 'M': case 'y': case 'Y': case 'Z': return {Escape::kConstraint, static_cast<char32_t>(c)};
      case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': {
        const size_t start = at_;
        uint32_t number = static_cast<uint32_t>(c - '0');
        for (; IsDigit(Peek()) && number < 100000; ++at_) number = number * 10 + static_cast<uint32_t>(Peek() - '0');
        // Several digits are a back reference only when there are that many groups; otherwise octal.
        if (at_ == start || number <= groups_) return {Escape::kBackReference, number};
        at_ = start - 1;
        [[fallthrough]];
      }
      case '0': {
        if (c == '0') --at_;
        char32_t value = 0;
        size_t digits = 0;
        for (; digits < 3 && Peek() >= '0' && Peek() <= '7'; ++digits, ++at_) value = value << 3 | static_cast<char32_t>(Peek() - '0');
        if (digits == 0) ThrowInvalid("invalid escape \\ sequence");
        if (value > 0xFF) {
          value >>= 3;
          --at_;
        }
        return {Escape::kCharacter, value};
      }
      default: ThrowInvalid("invalid escape \\ sequence");
    }
  }

  void ParseEscape(Piece* piece) {
    if (flags_.basic || flags_.extended_only) {
      if (at_ + 1 >= text_.size()) ThrowInvalid("invalid escape \\ sequence");
      if (flags_.basic && IsDigit(Peek(1)) && Peek(1) != '0') {
        const uint32_t number = static_cast<uint32_t>(Peek(1) - '0');
        at_ += 2;
        return BackReference(number, piece);
      }
      if (flags_.basic && (Peek(1) == '<' || Peek(1) == '>')) {
        piece->text = Peek(1) == '<' ? "\\b(?=\\w)" : "\\b(?<=\\w)";
        piece->constraint = true;
        at_ += 2;
        return;
      }
      ++at_;
      uint32_t bytes;
      AppendCodePoint(Utf8Decode(text_.substr(at_), &bytes), piece->text);
      at_ += bytes;
      return;
    }
    const Escape escape = ParseCharacterEscape();
    switch (escape.kind) {
      case Escape::kCharacter: AppendCodePoint(escape.code, piece->text); return;
      case Escape::kShorthand:
        AppendShorthand(static_cast<char>(escape.code), false, piece->text);
        if (flags_.newline_stops && (escape.code == 'D' || escape.code == 'W')) piece->text = escape.code == 'D' ? "[^0-9\\n]" : "[^\\w\\n]";
        return;
      case Escape::kBackReference: return BackReference(escape.code, piece);
      case Escape::kConstraint:
        piece->constraint = true;
        switch (escape.code) {
          case 'A': piece->text = "\\A"; return;
          case 'Z': piece->text = "\\z"; return;
          case 'm': piece->text = "\\b(?=\\w)"; return;
          case 'M': piece->text = "\\b(?<=\\w)"; return;
          case 'y': piece->text = "\\b"; return;
          default: piece->text = "\\B"; return;
        }
    }
  }

  void BackReference(uint32_t number, Piece* piece) {
    if (lookarounds_ > 0 || number >= closed_.size() || !closed_[number]) ThrowInvalid("invalid backreference number");
    has_back_references_ = true;
    piece->text = Format("\\g{%u}", number);
  }

  // ---- preference and output

  // The first quantified atom with a preference decides; a choice prefers the longest.
  static Preference PreferenceOf(const Alternation& alternation) {
    if (alternation.branches.size() > 1) return Preference::kLongest;
    for (const Piece& piece : alternation.branches[0].pieces) {
      const Preference preference = PreferenceOf(piece);
      if (preference != Preference::kNone) return preference;
    }
    return Preference::kNone;
  }
  static Preference PreferenceOf(const Piece& piece) {
    if (piece.constraint) return Preference::kNone;
    // {m} has its atom's preference; {m,n} has one of its own even when m = n.
    if (piece.quantified && !piece.fixed) return piece.lazy ? Preference::kShortest : Preference::kLongest;
    return piece.group != nullptr ? PreferenceOf(*piece.group) : Preference::kNone;
  }

  static void Emit(const Alternation& alternation, Preference forced, std::string& out) {
    bool first = true;
    for (const Branch& branch : alternation.branches) {
      if (!first) out += '|';
      first = false;
      for (const Piece& piece : branch.pieces) EmitPiece(piece, forced, out);
    }
  }
  static void EmitPiece(const Piece& piece, Preference forced, std::string& out) {
    if (piece.group != nullptr) {
      Preference inner = forced;
      // {1,1}? makes what is inside as short as can be: how SIMILAR TO's SUBSTRING marks its first part.
      if (piece.quantified && !piece.fixed && piece.low == piece.high) inner = piece.lazy ? Preference::kShortest : Preference::kNone;
      out += piece.open;
      Emit(*piece.group, inner, out);
      out += ')';
    } else {
      out += piece.text;
    }
    if (!piece.quantified) return;
    if (piece.low == 0 && piece.high == kUnbounded) {
      out += '*';
    } else if (piece.low == 1 && piece.high == kUnbounded) {
      out += '+';
    } else if (piece.low == 0 && piece.high == 1) {
      out += '?';
    } else if (piece.high == kUnbounded) {
      out += Format("{%d,}", piece.low);
    } else if (piece.low == piece.high) {
      out += Format("{%d}", piece.low);
      return;
    } else {
      out += Format("{%d,%d}", piece.low, piece.high);
    }
    const bool lazy = forced == Preference::kNone ? piece.lazy : forced == Preference::kShortest;
    if (lazy) out += '?';
  }

  const std::string_view text_;
  RegexFlags flags_;
  size_t at_ = 0;
  uint32_t groups_ = 0;
  int lookarounds_ = 0;
  std::vector<bool> closed_;
  bool has_alternation_ = false, has_greedy_ = false, has_lazy_ = false, has_back_references_ = false;
};

}  // namespace

TranslatedRegex TranslateRegex(std::string_view pattern, RegexFlags flags) { return RegexParser(pattern, flags).Run(); }

std::string SimilarToRegex(std::string_view pattern, const std::string_view* escape_text) {
  std::string_view escape = escape_text != nullptr ? *escape_text : std::string_view("\\");
  if (!escape.empty() && Utf8FirstBytes(escape) != escape.size()) {
    throw SqlError(sqlstate::kInvalidEscapeSequence, "invalid escape string").Hint("Escape string must be empty or one character.");
  }
  // ^(?:part1){1,1}?(part2){1,1}(?:part3)$ where escape-double-quotes part the pattern.
  std::string out = "^(?:";
  bool escaped = false;
  int quotes = 0, depth = 0, class_position = 0;
  while (!pattern.empty()) {
    const std::string_view character = pattern.substr(0, Utf8FirstBytes(pattern));
    pattern.remove_prefix(character.size());
    const char c = character[0];
    if (escaped) {
      escaped = false;
      if (c == '"' && depth < 1) {
        if (quotes == 0) {
          out += "){1,1}?(";
        } else if (quotes == 1) {
          out += "){1,1}(?:";
        } else {
          throw SqlError(SqlState{"2200C"}, "SQL regular expression may not contain more than two escape-double-quote separators");
        }
        ++quotes;
      } else {
        out += '\\';
        out += character;
        class_position = 3;
      }
    } else if (!escape.empty() && character == escape) {
      escaped = true;
    } else if (depth > 0) {
      if (c == '\\') out += '\\';
      out += character;
      if (c == ']' && class_position > 2) {
        --depth;
      } else if (c == '[') {
        ++depth;
        class_position = 3;
      } else if (c == '^') {
        ++class_position;
      } else {
        class_position = 3;
      }
    } else if (c == '[') {
      out += c;
      depth = 1;
      class_position = 1;
    } else if (c == '%') {
      out += ".*";
    } else if (c == '_') {
      out += '.';
    } else if (c == '(') {
      out += "(?:";
    } else {
      if (c == '\\' || c == '.' || c == '^' || c == '$') out += '\\';
      out += character;
    }
  }
  return out + ")$";
}

}  // namespace gather::catalog
