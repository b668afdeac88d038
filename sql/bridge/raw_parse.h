// One call of PostgreSQL's grammar: text in, our parse tree out.
#pragma once

#include <string>
#include <vector>

#include "sql/ast.h"
#include "sql/ast/arena.h"

namespace gather::sql::bridge {

struct RawStatement {
  const ast::Node* node = nullptr;
  int location = 0;
  int length = 0;                                      // 0: to the end of the text
};

// `text` must be valid UTF-8 without NUL. Throws what the grammar raises (42601 …), with position and hint.
std::vector<RawStatement> RawParse(const std::string& text, ast::Arena& arena);

}  // namespace gather::sql::bridge
