#include "executor/session/transaction_names.h"

#include <cctype>

#include "types/error.h"

namespace gather::executor {

storage::IsolationLevel ParseIsolationLevel(std::string_view name) {
  if (name == "serializable") return storage::IsolationLevel::kSerializable;
  if (name == "repeatable read") return storage::IsolationLevel::kRepeatableRead;
  if (name == "read committed" || name == "read uncommitted") return storage::IsolationLevel::kReadCommitted;
  throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid value for parameter \"transaction_isolation\": \"%s\"", std::string(name).c_str()))
      .Hint("Available values: serializable, repeatable read, read committed, read uncommitted.");
}

std::string_view IsolationLevelName(storage::IsolationLevel level) {
  switch (level) {
    case storage::IsolationLevel::kSerializable: return "serializable";
    case storage::IsolationLevel::kRepeatableRead: return "repeatable read";
    default: return "read committed";
  }
}

std::vector<std::string> SplitNameList(std::string_view list) {
  std::vector<std::string> names;
  size_t i = 0;
  const auto skip_blanks = [&] { while (i < list.size() && std::isspace(static_cast<unsigned char>(list[i]))) ++i; };
  while (skip_blanks(), i < list.size()) {
    std::string name;
    if (list[i] == '"') {
      for (++i; i < list.size(); ++i) {
        if (list[i] == '"') {
          if (i + 1 < list.size() && list[i + 1] == '"') ++i; else break;
        }
        name.push_back(list[i]);
      }
      ++i;
    } else {
      while (i < list.size() && list[i] != ',' && !std::isspace(static_cast<unsigned char>(list[i]))) {
        name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(list[i++]))));
      }
    }
    if (!name.empty()) names.push_back(std::move(name));
    skip_blanks();
    if (i < list.size() && list[i] == ',') ++i;
  }
  return names;
}

std::string TemporarySchemaName(int32_t pid) { return "pg_temp_" + std::to_string(pid); }

}  // namespace gather::executor
