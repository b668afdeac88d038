#include "executor/copy/copy_reader.h"

#include <gtest/gtest.h>

#include "types/error.h"

namespace gather::executor {
namespace {

const std::vector<CopyColumn> kColumns = {{"a", type_oid::kInt4}, {"b", type_oid::kText}};

// The rows as "a|b" lines, null as <null>, fed in pieces of `piece` bytes.
std::string Read(const CopyOptions& options, std::string_view data, size_t piece) {
  const IoSettings settings;
  std::string rows;
  CopyReader reader(options, "t", kColumns, settings, [&](Chunk& chunk) {
    for (uint32_t row = 0; row < chunk.rows(); ++row) {
      for (size_t column = 0; column < 2; ++column) {
        if (chunk[column].IsNull(row)) {
          rows += "<null>";
        } else {
          GetType(chunk[column].type().oid).text_out(chunk[column], row, settings, rows);
        }
        rows += column == 0 ? "|" : "\n";
      }
    }
  });
  for (size_t at = 0; at < data.size(); at += piece) reader.Feed(data.substr(at, piece));
  reader.Finish();
  return rows;
}

std::string ErrorOf(const CopyOptions& options, std::string_view data) {
  const IoSettings settings;
  CopyReader reader(options, "t", kColumns, settings, [](Chunk&) {});
  try {
    reader.Feed(data);
    reader.Finish();
  } catch (const SqlError& error) {
    const SqlError full = reader.WithContext(error);
    return full.message() + " / " + full.context();
  }
  return "none";
}

TEST(CopyReader, TextEscapesAndNullsInPiecesOfAnySize) {
  const std::string data = "1\tone\n2\t\\N\n3\ta\\tb\\\\c\\x41\\101\n4\tx\\\ny\n5\t\n";
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, data.size()}) {
    EXPECT_EQ(Read({}, data, piece), "1|one\n2|<null>\n3|a\tb\\cAA\n4|x\ny\n5|\n") << "pieces of " << piece;
  }
}

TEST(CopyReader, CsvQuotesNewlinesAndNulls) {
  CopyOptions options;
  options.format = CopyFormat::kCsv;
  options.delimiter = ',';
  options.null_text = "";
  const std::string data = "1,\"a,\"\"b\"\"\nc\"\n2,\n3,\"\"\n4,plain";
  for (const size_t piece : {size_t{1}, size_t{5}, data.size()}) {
    EXPECT_EQ(Read(options, data, piece), "1|a,\"b\"\nc\n2|<null>\n3|\n4|plain\n") << "pieces of " << piece;
  }
}

TEST(CopyReader, EndMarkerEndsTheData) { EXPECT_EQ(Read({}, "1\tx\n\\.\ngarbage\n", 4), "1|x\n"); }

TEST(CopyReader, ErrorsTellLineAndColumn) {
  EXPECT_EQ(ErrorOf({}, "1\tx\nzwei\ty\n"), "invalid input syntax for type integer: \"zwei\" / COPY t, line 2, column a: \"zwei\"");
  EXPECT_EQ(ErrorOf({}, "1\n"), "missing data for column \"b\" / COPY t, line 1: \"1\"");
  EXPECT_EQ(ErrorOf({}, "1\tx\ty\n"), "extra data after last expected column / COPY t, line 1: \"1\tx\ty\"");
}

}  // namespace
}  // namespace gather::executor
