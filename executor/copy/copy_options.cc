#include "executor/copy/copy_options.h"

#include <strings.h>

#include "types/error.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
std::vector<std::string> ColumnList(const ast::DefElem& option) {
  std::vector<std::string> names;
  const auto* list = ast::TryAs<ast::ListNode>(option.arg);
  if (list == nullptr) {
    throw SqlError(sqlstate::kInvalidParameterValue, Format("argument to option \"%s\" must be a list of column names", std::string(option.name).c_str())).At(option.location);
  }
  for (const ast::Node* item : list->items) names.emplace_back(ast::As<ast::String>(item).text);
  return names;
}

[[noreturn]] void NotSupported(const std::string& message) { throw SqlError(sqlstate::kFeatureNotSupported, message); }
[[noreturn]] void Invalid(const std::string& message) { throw SqlError(sqlstate::kInvalidParameterValue, message); }
}  // namespace

CopyOptions ReadCopyOptions(ast::List<ast::DefElem> list, bool is_from) {
  CopyOptions options;
  std::optional<std::string> delimiter, null_text, quote, escape;
  std::vector<std::string_view> seen;
  for (const ast::DefElem* option : list) {
    const std::string name(option->name);
    for (const std::string_view earlier : seen) {
      if (earlier == option->name) throw SqlError(sqlstate::kSyntaxError, "conflicting or redundant options").At(option->location);
    }
    seen.push_back(option->name);
    if (name == "format") {
      const std::string format = ast::DefElemString(*option);
      if (format == "text") options.format = CopyFormat::kText;
      else if (format == "csv") options.format = CopyFormat::kCsv;
      else if (format == "binary") options.format = CopyFormat::kBinary;
      else throw SqlError(sqlstate::kInvalidParameterValue, Format("COPY format \"%s\" not recognized", format.c_str())).At(option->location);
    } else if (name == "delimiter") {
      delimiter = ast::DefElemString(*option);
    } else if (name == "null") {
      null_text = ast::DefElemString(*option);
    } else if (name == "header") {
      if (option->arg != nullptr && (ast::Is<ast::String>(option->arg)) && ast::DefElemString(*option) == "match") {
        if (!is_from) NotSupported("cannot use \"match\" with HEADER in COPY TO");
        options.header = CopyHeader::kMatch;
      } else {
        try {
          options.header = ast::DefElemBoolean(*option) ? CopyHeader::kPresent : CopyHeader::kNone;
        } catch (const SqlError& error) {
          throw SqlError(error.state(), "header requires a Boolean value or \"match\"");
        }
      }
    } else if (name == "quote") {
      quote = ast::DefElemString(*option);
    } else if (name == "escape") {
      escape = ast::DefElemString(*option);
    } else if (name == "force_quote") {
      if (ast::Is<ast::AStar>(option->arg)) options.force_quote_all = true; else options.force_quote = ColumnList(*option);
    } else if (name == "force_not_null") {
      options.force_not_null = ColumnList(*option);
    } else if (name == "force_null") {
      options.force_null = ColumnList(*option);
    } else if (name == "encoding") {
      const std::string encoding = ast::DefElemString(*option);
      if (strcasecmp(encoding.c_str(), "utf8") != 0 && strcasecmp(encoding.c_str(), "utf-8") != 0) {
        throw SqlError(sqlstate::kInvalidParameterValue, Format("argument to option \"%s\" must be a valid encoding name", name.c_str())).At(option->location);
      }
    } else if (name == "freeze") {
      ast::DefElemBoolean(*option);                        // our loads are visible to no one before the commit, and frozen as they come
    } else {
      throw SqlError(sqlstate::kSyntaxError, Format("option \"%s\" not recognized", name.c_str())).At(option->location);
    }
  }
  const bool csv = options.format == CopyFormat::kCsv;
  if (options.format == CopyFormat::kBinary) {
    if (delimiter.has_value()) throw SqlError(sqlstate::kSyntaxError, "cannot specify DELIMITER in BINARY mode");
    if (null_text.has_value()) throw SqlError(sqlstate::kSyntaxError, "cannot specify NULL in BINARY mode");
    if (options.header != CopyHeader::kNone) NotSupported("cannot specify HEADER in BINARY mode");
    return options;
  }
  if (csv) {
    options.delimiter = ',';
    options.null_text.clear();
  }
  if (delimiter.has_value()) {
    if (delimiter->size() != 1) NotSupported("COPY delimiter must be a single one-byte character");
    options.delimiter = (*delimiter)[0];
  }
  if (null_text.has_value()) options.null_text = *null_text;
  if (options.delimiter == '\r' || options.delimiter == '\n') Invalid("COPY delimiter cannot be newline or carriage return");
  if (options.null_text.find_first_of("\r\n") != std::string::npos) Invalid("COPY null representation cannot use newline or carriage return");
  if (!csv && std::string_view("\\.abcdefghijklmnopqrstuvwxyz0123456789").find(options.delimiter) != std::string_view::npos) {
    Invalid(Format("COPY delimiter cannot be \"%c\"", options.delimiter));
  }
  if (!csv && quote.has_value()) NotSupported("COPY quote available only in CSV mode");
  if (!csv && escape.has_value()) NotSupported("COPY escape available only in CSV mode");
  if (quote.has_value()) {
    if (quote->size() != 1) NotSupported("COPY quote must be a single one-byte character");
    options.quote = options.escape = (*quote)[0];
  }
  if (csv && options.delimiter == options.quote) Invalid("COPY delimiter and quote must be different");
  if (escape.has_value()) {
    if (escape->size() != 1) NotSupported("COPY escape must be a single one-byte character");
    options.escape = (*escape)[0];
  }
  if (!csv && (options.force_quote_all || !options.force_quote.empty())) NotSupported("COPY force quote available only in CSV mode");
  if (is_from && (options.force_quote_all || !options.force_quote.empty())) NotSupported("COPY force quote only available using COPY TO");
  if (!csv && !options.force_not_null.empty()) NotSupported("COPY force not null available only in CSV mode");
  if (!is_from && !options.force_not_null.empty()) NotSupported("COPY force not null only available using COPY FROM");
  if (!csv && !options.force_null.empty()) NotSupported("COPY force null available only in CSV mode");
  if (!is_from && !options.force_null.empty()) NotSupported("COPY force null only available using COPY FROM");
  if (options.null_text.find(options.delimiter) != std::string::npos) NotSupported("COPY delimiter must not appear in the NULL specification");
  if (csv && options.null_text.find(options.quote) != std::string::npos) NotSupported("CSV quote character must not appear in the NULL specification");
  return options;
}

}  // namespace gather::executor
