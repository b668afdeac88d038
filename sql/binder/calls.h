// What a function call is made of while it is being resolved. Private to functions.cc and aggregates.cc.
#pragma once

#include <string>
#include <vector>

#include "sql/binder/binder.h"

namespace gather::sql {

struct Binder::CallParts {
  ast::Names name;
  const ast::FuncCall* call = nullptr;                 // null: a call the binder makes up
  std::vector<ExprRef> arguments;                      // WITHIN GROUP: direct ones, then the ordered ones
  std::vector<Oid> types;
  std::vector<std::string> argument_names;             // of the last arguments, when named
  ExprRef filter;
  const Expr* last_srf = nullptr;                      // before the arguments were bound
  int location = -1;

  bool star() const { return call != nullptr && call->agg_star; }
  bool distinct() const { return call != nullptr && call->agg_distinct; }
  bool within_group() const { return call != nullptr && call->agg_within_group; }
  bool variadic() const { return call != nullptr && call->variadic; }
  const ast::WindowDef* over() const { return call == nullptr ? nullptr : call->over; }
  std::string Name() const { return ast::NameListToString(name); }
  // func(integer, name => text)
  std::string Signature() const {
    std::string text = Name() + "(";
    const size_t positional = types.size() - argument_names.size();
    for (size_t i = 0; i < types.size(); ++i) {
      if (i > 0) text += ", ";
      if (i >= positional) text += argument_names[i - positional] + " => ";
      text += FormatType(SqlType(types[i]));
    }
    return text + ")";
  }
};

}  // namespace gather::sql
