// Small vocabulary of sessions: isolation levels by name, lists of names in settings, the session's temporary schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/transaction.h"

namespace gather::executor {

// Of BEGIN and SET TRANSACTION; absent: as it is.
struct TransactionModes {
  std::optional<storage::IsolationLevel> isolation;
  std::optional<bool> read_only, deferrable;
};

storage::IsolationLevel ParseIsolationLevel(std::string_view name);      // "repeatable read"; READ UNCOMMITTED is READ COMMITTED
std::string_view IsolationLevelName(storage::IsolationLevel level);
// "$user", public  →  {$user, public}: quotes removed, unquoted names folded to lower case.
std::vector<std::string> SplitNameList(std::string_view list);
std::string TemporarySchemaName(int32_t pid);                            // pg_temp_<pid>

}  // namespace gather::executor
