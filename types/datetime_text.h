// Tokens and numbers of date, time and interval texts, cut as PostgreSQL's ParseDateTime cuts them. Pure; internal to datetime_parse.cc and interval_parse.cc.
#pragma once

#include <cctype>
#include <climits>
#include <cstdint>
#include <string_view>

#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"

namespace gather::datetime_text {

using Status = DateTimeStatus;

constexpr int kMaxTokens = 25;
// PostgreSQL's work buffers: longer input is a syntax error.
constexpr size_t kDateTimeBuffer = 128 + kMaxTokens, kDateBuffer = 129, kIntervalBuffer = 256;

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

enum class TokenKind : uint8_t {
  kNumber,    // digits and perhaps a point
  kDate,      // digits and delimiters, digits and text, or a zone's name with punctuation
  kTime,      // digits and colons
  kString,    // letters
  kSpecial,   // sign and letters
  kZone,      // sign and digits, and what may follow those
};

struct Token {
  TokenKind kind;
  std::string_view text;  // lower case
};

// Cuts the input into tokens, in lower case.
class Tokenizer {
 public:
  Status Split(std::string_view input, size_t buffer_size) {
    limit_ = buffer_size;
    input_ = input;
    at_ = 0;
    while (at_ < input_.size()) {
      if (IsSpace(Peek())) {
        ++at_;
        continue;
      }
      if (count_ >= kMaxTokens) return Status::kBadFormat;
      start_ = used_;
      TokenKind kind;
      if (IsDigit(Peek())) {
        kind = Number();
      } else if (Peek() == '.') {
        Take();
        TakeDigits();
        kind = TokenKind::kNumber;
      } else if (IsAlpha(Peek())) {
        kind = Word();
      } else if (Peek() == '+' || Peek() == '-') {
        Take();
        while (IsSpace(Peek())) ++at_;
        if (IsDigit(Peek())) {
          kind = TokenKind::kZone;
          while (IsDigit(Peek()) || Peek() == ':' || Peek() == '.' || Peek() == '-') Take();
        } else if (IsAlpha(Peek())) {
          kind = TokenKind::kSpecial;
          while (IsAlpha(Peek())) Take();
        } else {
          return Status::kBadFormat;
        }
      } else if (std::ispunct(static_cast<unsigned char>(Peek()))) {
        ++at_;  // other punctuation only separates
        continue;
      } else {
        return Status::kBadFormat;
      }
      if (overflow_) return Status::kBadFormat;
      tokens_[count_++] = {kind, {buffer_ + start_, used_ - start_}};
      ++used_;
    }
    return Status::kOk;
  }

  int size() const { return count_; }
  Token& operator[](int i) { return tokens_[i]; }

 private:
  char Peek() const { return at_ < input_.size() ? input_[at_] : '\0'; }
  void Take() {
    if (used_ + 1 >= limit_) {
      overflow_ = true;
    } else {
      buffer_[used_++] = Lower(input_[at_]);
    }
    ++at_;
  }
  void TakeDigits() { while (IsDigit(Peek())) Take(); }

  TokenKind Number() {
    TakeDigits();
    if (Peek() == ':') {
      while (IsDigit(Peek()) || Peek() == ':' || Peek() == '.') Take();
      return TokenKind::kTime;
    }
    const char delimiter = Peek();
    if (delimiter != '-' && delimiter != '/' && delimiter != '.') return TokenKind::kNumber;
    Take();
    if (!IsDigit(Peek())) {  // a month's name, perhaps
      while (std::isalnum(static_cast<unsigned char>(Peek())) || Peek() == delimiter) Take();
      return TokenKind::kDate;
    }
    TakeDigits();
    if (Peek() == delimiter) {  // three parts: the delimiters must agree
      while (IsDigit(Peek()) || Peek() == delimiter) Take();
      return TokenKind::kDate;
    }
    return delimiter == '.' ? TokenKind::kNumber : TokenKind::kDate;
  }

  TokenKind Word() {
    while (IsAlpha(Peek())) Take();
    bool is_date = Peek() == '-' || Peek() == '/' || Peek() == '.';
    // "jan8" and "gmt+3": unless the word is one of ours, it starts a zone's name.
    if (!is_date && (Peek() == '+' || IsDigit(Peek()))) is_date = FindDateWord({buffer_ + start_, used_ - start_}) == nullptr;
    if (!is_date) return TokenKind::kString;
    do {
      Take();
    } while (Peek() == '+' || Peek() == '-' || Peek() == '/' || Peek() == '_' || Peek() == '.' || Peek() == ':' ||
             std::isalnum(static_cast<unsigned char>(Peek())));
    return TokenKind::kDate;
  }

  std::string_view input_;
  size_t at_ = 0, start_ = 0, used_ = 0, limit_ = 0;
  bool overflow_ = false;
  int count_ = 0;
  Token tokens_[kMaxTokens];
  char buffer_[kIntervalBuffer];
};

struct Parsed {
  int64_t value = 0;
  size_t length = 0;       // characters read
  bool overflow = false;
};

// A leading integer, with a sign perhaps.
Parsed LeadingInteger(std::string_view text, int64_t low, int64_t high);
inline Parsed LeadingInt(std::string_view text) { return LeadingInteger(text, INT_MIN, INT_MAX); }
// ".ffff" up to the end of the token.
Status ParseFraction(std::string_view text, double* fraction);
Status ParseFractionMicros(std::string_view text, int32_t* micros);
// As C's atoi: too many digits wrap.
int DigitsToInt(std::string_view digits);
// Adds value * scale; false: overflow.
bool AddProduct(int64_t value, int64_t scale, int64_t* sum);

// "hh:mm[:ss[.ffffff]]", "mm:ss.ffffff", and "mm:ss" where an interval's range says so.
struct ClockTime {
  int64_t hour = 0;
  int minute = 0, second = 0;
  int32_t micros = 0;
};
constexpr uint32_t kMinuteToSecond = MaskOf(TimeField::kMinute) | MaskOf(TimeField::kSecond);
Status DecodeClock(std::string_view text, uint32_t range, ClockTime* clock);

}  // namespace gather::datetime_text
