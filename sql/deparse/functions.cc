// Functions that SQL writes with keywords.
#include "sql/deparse/deparser.h"

namespace gather::sql {

bool Deparser::SqlSyntax(const Expr& expr) {
  const std::string_view name = expr.function->name;
  const auto& args = expr.children;
  const auto part = [&](const char* before, size_t i) {
    text_ += before;
    Expression(*args[i], false);
  };
  const auto trim = [&](const char* side) {
    text_ += "TRIM(";
    text_ += side;
    if (args.size() == 2) part(" ", 1);
    part(" FROM ", 0);
    text_ += ')';
    return true;
  };
  if (name == "timezone" && args.size() == 2) {
    text_ += '(';
    Operand(*args[1], false, expr);
    text_ += " AT TIME ZONE ";
    Operand(*args[0], false, expr);
    text_ += ')';
    return true;
  }
  if (name == "extract" && args.size() == 2 && args[0]->kind == ExprKind::kConstant && !args[0]->constant.is_null) {
    text_ += "EXTRACT(" + args[0]->constant.bytes;
    part(" FROM ", 1);
    text_ += ')';
    return true;
  }
  if (name == "overlaps" && args.size() == 4) {
    part("((", 0);
    part(", ", 1);
    part(") OVERLAPS (", 2);
    part(", ", 3);
    text_ += "))";
    return true;
  }
  if (name == "overlay" && args.size() >= 3) {
    part("OVERLAY(", 0);
    part(" PLACING ", 1);
    part(" FROM ", 2);
    if (args.size() == 4) part(" FOR ", 3);
    text_ += ')';
    return true;
  }
  if (name == "position" && args.size() == 2) {
    part("POSITION((", 1);
    part(") IN (", 0);
    text_ += "))";
    return true;
  }
  if (name == "substring" && args.size() >= 2) {
    part("SUBSTRING(", 0);
    const bool similar = args.size() == 3 && args[1]->type.oid == type_oid::kText;
    part(similar ? " SIMILAR " : " FROM ", 1);
    if (args.size() == 3) part(similar ? " ESCAPE " : " FOR ", 2);
    text_ += ')';
    return true;
  }
  if (name == "btrim") return trim("BOTH");
  if (name == "ltrim") return trim("LEADING");
  if (name == "rtrim") return trim("TRAILING");
  if (name == "normalize" || name == "is_normalized" || name == "pg_collation_for") {
    if (name == "pg_collation_for") {
      part("COLLATION FOR (", 0);
    } else if (name == "normalize") {
      part("NORMALIZE(", 0);
      if (args.size() == 2) text_ += ", " + args[1]->constant.bytes;
    } else {
      text_ += '(';
      Operand(*args[0], false, expr);
      text_ += " IS";
      if (args.size() == 2) text_ += " " + args[1]->constant.bytes;
      text_ += " NORMALIZED";
    }
    text_ += ')';
    return true;
  }
  return false;
}

}  // namespace gather::sql
