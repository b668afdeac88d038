// The value of a SET statement as one string (src/backend/utils/misc/guc.c, flatten_set_variable_args).
#include <algorithm>

#include "sql/ast/commands.h"
#include "types/error.h"
#include "types/quote.h"

namespace gather::sql::ast {

namespace {

std::string Lower(Text text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lower;
}

// GUC_LIST_QUOTE: items are names.
constexpr std::string_view kNameLists[] = {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries",
                                           "shared_preload_libraries", "unix_socket_directories"};
// GUC_LIST_INPUT without quoting.
constexpr std::string_view kPlainLists[] = {"datestyle", "log_destination", "listen_addresses", "synchronous_standby_names", "wal_consistency_checking"};

template <size_t kCount>
bool Contains(const std::string_view (&list)[kCount], std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

std::string ConstantText(const AConst& constant, bool quote) {
  switch (constant.kind) {
    case AConst::Kind::kInteger: return std::to_string(constant.integer);
    case AConst::Kind::kBoolean: return constant.boolean ? "true" : "false";
    case AConst::Kind::kString: return quote ? QuoteIdentifier(constant.text) : std::string(constant.text);
    default: return std::string(constant.text);
  }
}

}  // namespace

std::string FlattenSetArguments(const VariableSetStmt& stmt) {
  const std::string name = Lower(stmt.name);
  const bool quote = Contains(kNameLists, name);
  if (!quote && !Contains(kPlainLists, name) && stmt.args.size() > 1) {
    throw SqlError(sqlstate::kInvalidParameterValue, Format("SET %s takes only one argument", std::string(stmt.name).c_str()));
  }
  std::string text;
  for (const Node* arg : stmt.args) {
    if (!text.empty()) text += ", ";
    if (const auto* constant = TryAs<AConst>(arg)) {
      text += ConstantText(*constant, quote);
    } else if (const auto* cast = TryAs<TypeCast>(arg); cast != nullptr && Is<AConst>(cast->arg)) {
      // SET TIME ZONE INTERVAL '…': what the setting's parser takes.
      text += "INTERVAL '" + std::string(As<AConst>(cast->arg).text) + "'";
    } else if (const auto* item = TryAs<DefElem>(arg)) {
      text += DefElemString(*item);
    } else {
      throw SqlError(sqlstate::kSyntaxError, "syntax error in SET value");
    }
  }
  return text;
}

}  // namespace gather::sql::ast
