#include "catalog/functions/rows.h"

namespace gather::catalog {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

}  // namespace

void AddRows(std::span<const FunctionRow> rows, FunctionTable& table) {
  table.functions.reserve(table.functions.size() + rows.size());
  for (const FunctionRow& row : rows) {
    FunctionInfo& function = table.functions.emplace_back();
    function.oid = row.oid;
    function.name = row.name;
    for (const Oid argument : row.arguments) {
      if (argument == kInvalidOid) break;
      function.arguments.push_back(argument);
    }
    function.result = row.result;
    function.kernel = row.kernel;
    function.doc = row.doc;
    function.strict = row.strict;
    function.volatility = row.volatility;
    function.parallel = row.parallel;
    function.variadic = row.variadic;
    function.returns_set = row.set_kernel != nullptr;
    function.set_kernel = row.set_kernel;
    function.argument_names = Split(row.argument_names, ' ');
    function.defaults = Split(row.defaults, '|');
  }
}

}  // namespace gather::catalog
