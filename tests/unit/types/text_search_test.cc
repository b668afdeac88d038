// FindSubstring and UTF-8: against the plain way of doing it, up to the last byte of a page.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>

#include "types/find_substring.h"
#include "types/quote.h"
#include "types/utf8.h"

namespace gather {
namespace {

TEST(FindSubstring, AgreesWithTheStandardLibrary) {
  std::mt19937 random(1);
  for (int i = 0; i < 50000; ++i) {
    std::string text(random() % 70, 'a'), needle(random() % 9, 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    for (char& c : needle) c = static_cast<char>('a' + random() % 3);
    const size_t from = random() % 8;
    ASSERT_EQ(FindSubstring(text, needle, from), text.find(needle, from)) << text << " / " << needle << " from " << from;
  }
}

TEST(FindSubstring, ReadsNothingBehindTheText) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char* pages = static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
  for (size_t length = 0; length < 80; ++length) {
    char* text = pages + page - length;
    std::memset(text, 'x', length);
    if (length > 0) text[length - 1] = 'b';
    EXPECT_EQ(FindSubstring({text, length}, "xb"), length < 2 ? std::string_view::npos : length - 2);
    EXPECT_EQ(FindSubstring({text, length}, "yyyy"), std::string_view::npos);
    EXPECT_TRUE(IsAscii({text, length}));
    EXPECT_EQ(Utf8Length({text, length}), length);
    EXPECT_EQ(Utf8Prefix({text, length}, 1000), length);
  }
  munmap(pages, 2 * page);
}

TEST(Utf8, CountsCutsAndDecodesCharacters) {
  const std::u32string characters = U"aäß語🎉zé";
  std::string text;
  for (char32_t c : characters) AppendUtf8(c, text);
  EXPECT_EQ(Utf8Length(text), characters.size());
  EXPECT_FALSE(IsAscii(text));
  std::string_view rest = text;
  for (uint32_t i = 0; i < characters.size(); ++i) {
    EXPECT_EQ(Utf8Prefix(text, i), text.size() - rest.size());
    uint32_t bytes;
    EXPECT_EQ(Utf8Decode(rest, &bytes), characters[i]);
    EXPECT_EQ(bytes, Utf8FirstBytes(rest));
    rest.remove_prefix(bytes);
  }
}

TEST(Quote, KeywordsAndOddNamesAreQuoted) {
  EXPECT_EQ(QuoteIdentifier("plain_1"), "plain_1");
  for (const char* keyword : {"select", "all", "xmltable", "user", "between"}) EXPECT_EQ(QuoteIdentifier(keyword), "\"" + std::string(keyword) + "\"");
  EXPECT_EQ(QuoteIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(QuoteIdentifier(""), "\"\"");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral("a\\b"), "E'a\\\\b'");
}

}  // namespace
}  // namespace gather
