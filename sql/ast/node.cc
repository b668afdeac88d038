#include "sql/ast/node.h"

namespace gather::sql::ast {

std::string NameListToString(Names names) {
  std::string text;
  for (const Text name : names) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text;
}

}  // namespace gather::sql::ast
