// Options of COPY, read and checked as PostgreSQL's ProcessCopyOptions does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast.h"

namespace gather::executor {

enum class CopyFormat : uint8_t { kText, kCsv, kBinary };
enum class CopyHeader : uint8_t { kNone, kPresent, kMatch };

struct CopyOptions {
  CopyFormat format = CopyFormat::kText;
  char delimiter = '\t';
  std::string null_text = "\\N";
  CopyHeader header = CopyHeader::kNone;
  char quote = '"', escape = '"';                          // CSV
  bool force_quote_all = false;
  std::vector<std::string> force_quote, force_not_null, force_null;
};

CopyOptions ReadCopyOptions(sql::ast::List<sql::ast::DefElem> options, bool is_from);

}  // namespace gather::executor
