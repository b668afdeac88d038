// LIKE patterns against a plain matcher, and what the translator makes of regular expressions.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "catalog/functions/like_pattern.h"
#include "catalog/functions/regex.h"
#include "types/error.h"

namespace gather::catalog {
namespace {

// One byte a character; backslash escapes.
bool PlainLike(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (size_t i = 0; i <= text.size(); ++i) {
      if (PlainLike(text.substr(i), pattern.substr(1))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '_') return PlainLike(text.substr(1), pattern.substr(1));
  if (pattern[0] == '\\') pattern.remove_prefix(1);
  return text[0] == pattern[0] && PlainLike(text.substr(1), pattern.substr(1));
}

TEST(LikePattern, AgreesWithAPlainMatcher) {
  std::mt19937 random(1);
  static constexpr std::string_view kPieces[] = {"%", "_", "a", "b", "ab", "\\%", "\\_", "aab"};
  for (int i = 0; i < 30000; ++i) {
    std::string pattern, text;
    for (uint32_t n = random() % 6; n > 0; --n) pattern += kPieces[random() % std::size(kPieces)];
    for (uint32_t n = random() % 12; n > 0; --n) text += "ab%_"[random() % (i % 4 == 0 ? 4 : 2)];
    ASSERT_EQ(LikePattern(pattern).Matches(text), PlainLike(text, pattern)) << text << " like " << pattern;
  }
}

TEST(LikePattern, UnderscoreIsACharacterNotAByte) {
  EXPECT_TRUE(LikePattern("_").Matches("ä"));
  EXPECT_TRUE(LikePattern("a_c%").Matches("aäcd"));
  EXPECT_FALSE(LikePattern("__").Matches("語"));
  EXPECT_TRUE(LikePattern("%_語").Matches("日本語"));
}

TEST(LikePattern, ManyWildcardsStayFast) {
  std::string pattern, text(20000, 'a');
  for (int i = 0; i < 40; ++i) pattern += "%a_";
  EXPECT_FALSE(LikePattern(pattern + "%b").Matches(text));
}

TEST(LikePattern, DanglingEscapeRaisesOnlyWhenReached) {
  EXPECT_FALSE(LikePattern("x\\").Matches("abc"));
  EXPECT_THROW(LikePattern("a\\").Matches("abc"), SqlError);
}

std::string Found(const char* pattern, const char* text) {
  std::vector<RegexSpan> spans;
  if (!Regex::Cached(pattern, RegexFlags())->Find(text, 0, true, &spans)) return "none";
  std::string out;
  for (const RegexSpan& span : spans) {
    if (!out.empty()) out += '|';
    out += span.matched() ? std::string(std::string_view(text).substr(span.start, span.end - span.start)) : "-";
  }
  return out;
}

TEST(Regex, TakesTheLongestAlternativeAsPosixDoes) {
  EXPECT_EQ(Found("a|ab|abc", "xabcd"), "abc");
  EXPECT_EQ(Found("(foo|foobar)(baz)?", "foobarbaz"), "foobarbaz|foobar|baz");
}

TEST(Regex, FirstQuantifierChoosesBetweenLongestAndShortest) {
  EXPECT_EQ(Found("(.*?)(\\d+)(.*)", "abc01234xyz"), "abc0|abc|0|");
  EXPECT_EQ(Found("(?:(.*?)(\\d+)(.*)){1,1}", "abc01234xyz"), "abc01234xyz|abc|01234|xyz");
}

TEST(Regex, FaultsHavePostgresWording) {
  const auto message = [](const char* pattern) -> std::string {
    try {
      TranslateRegex(pattern, RegexFlags());
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state().view(), "2201B");
      return error.message();
    }
    return "none";
  };
  EXPECT_EQ(message("(a"), "invalid regular expression: parentheses () not balanced");
  EXPECT_EQ(message("[a"), "invalid regular expression: brackets [] not balanced");
  EXPECT_EQ(message("*a"), "invalid regular expression: quantifier operand invalid");
  EXPECT_EQ(message("a{2,1}"), "invalid regular expression: invalid repetition count(s)");
  EXPECT_EQ(message("[[:nope:]]"), "invalid regular expression: invalid character class");
  EXPECT_EQ(message("\\q"), "invalid regular expression: invalid escape \\ sequence");
  EXPECT_EQ(message("(a)\\2"), "invalid regular expression: invalid backreference number");
  EXPECT_EQ(message(std::string(5000, '(').c_str()), "invalid regular expression: regular expression is too complex");
}

TEST(Regex, EveryThreadHasItsOwn) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 500; ++i) {
        const std::string pattern = "(a|b)+" + std::to_string((i + t) % 80);
        EXPECT_TRUE(Regex::Cached(pattern, RegexFlags())->Matches("xxabab" + std::to_string((i + t) % 80)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Similar, PatternBecomesAnAnchoredExpression) {
  EXPECT_EQ(SimilarToRegex("a%_(b|c)", nullptr), "^(?:a.*.(?:b|c))$");
  const std::string_view escape = "#";
  EXPECT_EQ(SimilarToRegex("x#\"y#\"z", &escape), "^(?:x){1,1}?(y){1,1}(?:z)$");
}

}  // namespace
}  // namespace gather::catalog
