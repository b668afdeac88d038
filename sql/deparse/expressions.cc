#include <cstring>

#include "sql/deparse/deparser.h"
#include "types/error.h"
#include "types/quote.h"
#include "types/stack_depth.h"

namespace gather::sql {

using namespace type_oid;

namespace {

std::string TextOf(const Datum& value, const IoSettings& io) {
  std::string text;
  const TypeInfo& type = GetType(value.type.oid);
  if (type.text_out == nullptr) return text;
  type.text_out(Vector::Constant(value), 0, io, text);
  return text;
}


// format_type of a cast: char without a length is not "character", which would mean one character.
std::string CastTypeName(SqlType type) { return type.oid == kBpchar && type.typmod < 0 ? "bpchar" : FormatType(type); }

bool IsPlainOperator(const Expr& expr) { return expr.kind == ExprKind::kFunction && expr.op != nullptr; }

char BinaryOperatorChar(const Expr& expr) {
  if (!IsPlainOperator(expr) || expr.children.size() != 2 || expr.op->name.size() != 1) return 0;
  return expr.op->name[0];
}

bool IsBoolKind(ExprKind kind) { return kind == ExprKind::kAnd || kind == ExprKind::kOr || kind == ExprKind::kNot; }

}  // namespace

bool Deparser::IsSimple(const Expr& expr, const Expr& parent) const {
  switch (expr.kind) {
    case ExprKind::kColumn: case ExprKind::kSlot: case ExprKind::kOuterSlot: case ExprKind::kConstant: case ExprKind::kParameter: case ExprKind::kExecParameter:
    case ExprKind::kCaseTest: case ExprKind::kSubscript: case ExprKind::kSlice: case ExprKind::kFieldSelect: case ExprKind::kArray: case ExprKind::kRow: case ExprKind::kCoalesce:
    case ExprKind::kGreatest: case ExprKind::kLeast: case ExprKind::kNullIf: case ExprKind::kAggregate: case ExprKind::kGrouping: case ExprKind::kWindow:
    case ExprKind::kSetFunction: case ExprKind::kCase: case ExprKind::kDefault:
      return true;
    case ExprKind::kRelabel: case ExprKind::kIoCast: case ExprKind::kArrayCoerce:
      if (expr.sql_syntax) return true;
      return IsSimple(*expr.children[0], expr);
    default: break;
  }
  if (expr.kind == ExprKind::kFunction && expr.op == nullptr) return true;
  if (IsPlainOperator(expr)) {
    // Only the four basic operations among each other.
    const char op = BinaryOperatorChar(expr), parent_op = BinaryOperatorChar(parent);
    if (op == 0 || parent_op == 0) return false;
    const bool low = std::strchr("+-", op) != nullptr, high = std::strchr("*/%", op) != nullptr;
    const bool parent_low = std::strchr("+-", parent_op) != nullptr, parent_high = std::strchr("*/%", parent_op) != nullptr;
    if (!(low || high) || !(parent_low || parent_high)) return false;
    if (high && parent_low) return true;
    if (low && parent_high) return false;
    return parent.children[0].get() == &expr;
  }
  // The rest is simple inside things that bring parentheses or separators of their own.
  const bool is_bool = IsBoolKind(expr.kind);
  switch (parent.kind) {
    case ExprKind::kFunction: return parent.op == nullptr && !parent.cast && !parent.implicit_cast && !parent.sql_syntax;
    case ExprKind::kSetFunction: return true;
    case ExprKind::kAnd: case ExprKind::kOr: case ExprKind::kNot:
      if (!is_bool) return expr.kind != ExprKind::kScalarArray;
      if (!pretty_paren_) return false;
      if (expr.kind == ExprKind::kOr) return parent.kind == ExprKind::kOr;
      return parent.kind == ExprKind::kAnd || parent.kind == ExprKind::kOr;
    case ExprKind::kSubscript: case ExprKind::kSlice: case ExprKind::kFieldSelect: case ExprKind::kArray: case ExprKind::kRow: case ExprKind::kCoalesce:
    case ExprKind::kGreatest: case ExprKind::kLeast: case ExprKind::kNullIf: case ExprKind::kAggregate: case ExprKind::kGrouping: case ExprKind::kWindow: case ExprKind::kCase:
      return expr.kind != ExprKind::kScalarArray;
    default: return false;
  }
}

void Deparser::Operand(const Expr& expr, bool show_implicit, const Expr& parent) {
  const bool parentheses = pretty_paren_ && !IsSimple(expr, parent);
  if (parentheses) text_ += '(';
  Expression(expr, show_implicit);
  if (parentheses) text_ += ')';
}

void Deparser::List(const std::vector<ExprRef>& exprs, bool show_implicit) {
  for (size_t i = 0; i < exprs.size(); ++i) {
    if (i > 0) text_ += ", ";
    Expression(*exprs[i], show_implicit);
  }
}

void Deparser::Constant(const Expr& expr, int show_type) {
  const Datum& value = expr.constant;
  if (value.is_null) {
    text_ += "NULL";
    if (show_type >= 0) text_ += "::" + CastTypeName(expr.type);
    return;
  }
  bool label = false;
  if (expr.type.oid == kRegclass) {
    // Relative to our search path, which need not be the session's.
    const catalog::RelationRef relation = context_.catalog->FindRelation(value.as<Oid>());
    text_ += QuoteLiteral(relation == nullptr ? TextOf(value, *context_.io) : RelationName(*relation));
    if (show_type >= 0) text_ += "::regclass";
    return;
  }
  const std::string text = TextOf(value, *context_.io);
  switch (expr.type.oid) {
    case kInt4:
      label = text[0] == '-';
      text_ += label ? "'" + text + "'" : text;
      break;
    case kNumeric:
      label = !(text[0] >= '0' && text[0] <= '9' && text.find_first_of("eE.") != std::string::npos);
      text_ += label ? "'" + text + "'" : text;
      label = label || expr.type.typmod >= 0;
      break;
    case kBool: text_ += text == "t" ? "true" : "false"; break;
    case kUnknown: text_ += QuoteLiteral(text); break;
    default:
      text_ += QuoteLiteral(text);
      label = true;
      break;
  }
  if (show_type < 0) return;
  if (label || show_type > 0) text_ += "::" + CastTypeName(expr.type);
}

void Deparser::Column(const Expr& expr) {
  const auto found = names_.find(expr.relation.value);
  if (found != names_.end()) text_ += QuoteIdentifier(found->second) + ".";
  text_ += QuoteIdentifier(expr.name);
}

void Deparser::Coercion(const Expr& argument, SqlType type, const Expr& parent) {
  if (argument.kind == ExprKind::kConstant && argument.type.oid == type.oid && argument.type.typmod == -1) {
    Constant(argument, -1);
  } else {
    Open();
    Operand(argument, false, parent);
    Close();
  }
  text_ += "::" + CastTypeName(type);
}

void Deparser::Operator(const Expr& expr) {
  Open();
  if (expr.children.size() == 2) {
    Operand(*expr.children[0], true, expr);
    text_ += " " + std::string(expr.op->name) + " ";
    Operand(*expr.children[1], true, expr);
  } else {
    text_ += std::string(expr.op->name) + " ";
    Operand(*expr.children[0], true, expr);
  }
  Close();
}

void Deparser::Function(const Expr& expr, bool show_implicit) {
  if (expr.op != nullptr) return Operator(expr);
  if (expr.implicit_cast && !show_implicit) return Operand(*expr.children[0], false, expr);
  if (expr.cast || expr.implicit_cast) return Coercion(*expr.children[0], expr.type, expr);
  if (expr.sql_syntax && SqlSyntax(expr)) return;
  text_ += QuoteIdentifier(expr.function->name);
  text_ += '(';
  for (size_t i = 0; i < expr.children.size(); ++i) {
    if (i > 0) text_ += ", ";
    if (expr.any && i + 1 == expr.children.size()) text_ += "VARIADIC ";
    Expression(*expr.children[i], true);
  }
  text_ += ')';
}

void Deparser::Case(const Expr& expr) {
  constexpr int kIndentVar = 4;
  Keyword("CASE", 0, kIndentVar, 0);
  size_t at = 0;
  if (expr.case_test) {
    text_ += ' ';
    Expression(*expr.children[at++], true);
  }
  for (; at + 1 < expr.children.size(); at += 2) {
    const Expr* condition = expr.children[at].get();
    // Of "placeholder = value" only the value was written.
    if (expr.case_test) {
      while (condition->implicit_cast && condition->children.size() == 1) condition = condition->children[0].get();
      if (condition->op != nullptr && condition->children.size() == 2) condition = condition->children[1].get();
    }
    if (!pretty_indent_) text_ += ' ';
    Keyword("WHEN ", 0, 0, 0);
    Expression(*condition, false);
    text_ += " THEN ";
    Expression(*expr.children[at + 1], true);
  }
  if (at < expr.children.size()) {
    if (!pretty_indent_) text_ += ' ';
    Keyword("ELSE ", 0, 0, 0);
    Expression(*expr.children[at], true);
  }
  if (!pretty_indent_) text_ += ' ';
  Keyword("END", -kIndentVar, 0, 0);
}

void Deparser::SortOrderOf(const SortOrder& order) {
  if (order.descending) {
    text_ += " DESC";
    if (!order.nulls_first) text_ += " NULLS LAST";
  } else if (order.nulls_first) {
    text_ += " NULLS FIRST";
  }
}

void Deparser::Sort(const std::vector<SortItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text_ += ", ";
    Expression(*items[i].expression, true);
    SortOrderOf(items[i].order);
  }
}

void Deparser::Aggregate(const Expr& expr) {
  const AggregateCall& call = *expr.aggregate;
  text_ += QuoteIdentifier(call.function->name) + "(";
  if (call.distinct) text_ += "DISTINCT ";
  const bool ordered_set = !call.direct_arguments.empty() || call.function->name == "mode";
  if (ordered_set) {
    List(call.direct_arguments, true);
    text_ += ") WITHIN GROUP (ORDER BY ";
    Sort(call.order_by);
  } else {
    if (call.star) {
      text_ += '*';
    } else {
      for (size_t i = 0; i < expr.children.size(); ++i) {
        if (i > 0) text_ += ", ";
        Expression(*expr.children[i], true);
      }
    }
    if (!call.order_by.empty()) {
      text_ += " ORDER BY ";
      Sort(call.order_by);
    }
  }
  if (call.filter != nullptr) {
    text_ += ") FILTER (WHERE ";
    Expression(*call.filter, false);
  }
  text_ += ')';
}

void Deparser::Window(const Expr& expr) {
  const WindowCall& call = *expr.window;
  text_ += QuoteIdentifier(call.function->name) + "(";
  if (call.star) {
    text_ += '*';
  } else {
    List(expr.children, true);
  }
  if (call.filter != nullptr) {
    text_ += ") FILTER (WHERE ";
    Expression(*call.filter, false);
  }
  text_ += ") OVER (";
  const char* separator = "";
  if (!call.partition_by.empty()) {
    text_ += "PARTITION BY ";
    List(call.partition_by, true);
    separator = " ";
  }
  if (!call.order_by.empty()) {
    text_ += std::string(separator) + "ORDER BY ";
    Sort(call.order_by);
    separator = " ";
  }
  const bool standard = call.mode == FrameMode::kRange && call.start == FrameBound::kUnboundedPreceding && call.end == FrameBound::kCurrentRow && call.exclude == 0;
  if (!standard) {
    text_ += std::string(separator) + (call.mode == FrameMode::kRows ? "ROWS" : call.mode == FrameMode::kRange ? "RANGE" : "GROUPS") + " BETWEEN ";
    const auto bound = [&](FrameBound kind, const ExprRef& offset) {
      switch (kind) {
        case FrameBound::kUnboundedPreceding: text_ += "UNBOUNDED PRECEDING"; break;
        case FrameBound::kUnboundedFollowing: text_ += "UNBOUNDED FOLLOWING"; break;
        case FrameBound::kCurrentRow: text_ += "CURRENT ROW"; break;
        case FrameBound::kPreceding: case FrameBound::kFollowing:
          Expression(*offset, false);
          text_ += kind == FrameBound::kPreceding ? " PRECEDING" : " FOLLOWING";
          break;
      }
    };
    bound(call.start, call.start_offset);
    text_ += " AND ";
    bound(call.end, call.end_offset);
    if (call.exclude == 'c') text_ += " EXCLUDE CURRENT ROW";
    if (call.exclude == 'g') text_ += " EXCLUDE GROUP";
    if (call.exclude == 't') text_ += " EXCLUDE TIES";
  }
  text_ += ')';
}

void Deparser::Subquery(const Expr& expr) {
  text_ += expr.subquery_kind == SubqueryKind::kArray ? "ARRAY(" : "(";
  bool inner = true;
  switch (expr.subquery_kind) {
    case SubqueryKind::kExists: text_ += "EXISTS "; break;
    case SubqueryKind::kAny: case SubqueryKind::kAll: {
      if (expr.children.size() == 1) {
        Expression(*expr.children[0], true);
      } else {
        text_ += '(';
        List(expr.children, true);
        text_ += ')';
      }
      const std::string op = expr.test_operators.empty() || expr.test_operators[0] == nullptr ? "=" : std::string(expr.test_operators[0]->name);
      if (expr.subquery_kind == SubqueryKind::kAny) {
        text_ += op == "=" ? " IN " : " " + op + " ANY ";
      } else {
        text_ += " " + op + " ALL ";
      }
      break;
    }
    default: inner = false; break;
  }
  if (inner) text_ += '(';
  WholeQuery(*expr.subquery, false);
  text_ += inner ? "))" : ")";
}

void Deparser::Expression(const Expr& expr, bool show_implicit) {
  CheckStackDepth();
  if (expr.sql_syntax && !expr.name.empty()) {
    text_ += expr.name;
    return;
  }
  switch (expr.kind) {
    case ExprKind::kConstant: return Constant(expr, 0);
    case ExprKind::kColumn: return Column(expr);
    case ExprKind::kSlot: case ExprKind::kOuterSlot:
      text_ += QuoteIdentifier(expr.index < slot_names_.size() ? slot_names_[expr.index] : expr.name);
      return;
    case ExprKind::kParameter: text_ += Format("$%u", expr.index + 1); return;
    case ExprKind::kExecParameter: text_ += Format("$%u", expr.index); return;
    case ExprKind::kFunction: case ExprKind::kSetFunction: return Function(expr, show_implicit);
    case ExprKind::kRelabel:
      if (!expr.name.empty()) {
        Open();
        Operand(*expr.children[0], show_implicit, expr);
        text_ += " COLLATE " + (expr.name == "C" || expr.name == "POSIX" ? "\"" + expr.name + "\"" : QuoteIdentifier(expr.name));
        Close();
        return;
      }
      [[fallthrough]];
    case ExprKind::kIoCast: case ExprKind::kArrayCoerce:
      if (expr.implicit_cast && !show_implicit) return Operand(*expr.children[0], false, expr);
      return Coercion(*expr.children[0], expr.type, expr);
    case ExprKind::kAnd: case ExprKind::kOr:
      Open();
      for (size_t i = 0; i < expr.children.size(); ++i) {
        if (i > 0) text_ += expr.kind == ExprKind::kAnd ? " AND " : " OR ";
        Operand(*expr.children[i], false, expr);
      }
      Close();
      return;
    case ExprKind::kNot:
      Open();
      text_ += "NOT ";
      Operand(*expr.children[0], false, expr);
      Close();
      return;
    case ExprKind::kIsNull: case ExprKind::kIsNotNull: case ExprKind::kIsTrue: case ExprKind::kIsNotTrue: case ExprKind::kIsFalse:
    case ExprKind::kIsNotFalse: case ExprKind::kIsUnknown: case ExprKind::kIsNotUnknown: {
      const bool null_test = expr.kind == ExprKind::kIsNull || expr.kind == ExprKind::kIsNotNull;
      Open();
      Operand(*expr.children[0], null_test, expr);
      switch (expr.kind) {
        case ExprKind::kIsNull: text_ += " IS NULL"; break;
        case ExprKind::kIsNotNull: text_ += " IS NOT NULL"; break;
        case ExprKind::kIsTrue: text_ += " IS TRUE"; break;
        case ExprKind::kIsNotTrue: text_ += " IS NOT TRUE"; break;
        case ExprKind::kIsFalse: text_ += " IS FALSE"; break;
        case ExprKind::kIsNotFalse: text_ += " IS NOT FALSE"; break;
        case ExprKind::kIsUnknown: text_ += " IS UNKNOWN"; break;
        default: text_ += " IS NOT UNKNOWN"; break;
      }
      Close();
      return;
    }
    case ExprKind::kDistinctFrom:
      Open();
      Operand(*expr.children[0], true, expr);
      text_ += " IS DISTINCT FROM ";
      Operand(*expr.children[1], true, expr);
      Close();
      return;
    case ExprKind::kNullIf:
      text_ += "NULLIF(";
      List(expr.children, true);
      text_ += ')';
      return;
    case ExprKind::kCase: return Case(expr);
    case ExprKind::kCaseTest: text_ += "CASE_TEST_EXPR"; return;
    case ExprKind::kCoalesce: case ExprKind::kGreatest: case ExprKind::kLeast:
      text_ += expr.kind == ExprKind::kCoalesce ? "COALESCE(" : expr.kind == ExprKind::kGreatest ? "GREATEST(" : "LEAST(";
      List(expr.children, true);
      text_ += ')';
      return;
    case ExprKind::kScalarArray: {
      Open();
      Operand(*expr.children[0], true, expr);
      text_ += " " + std::string(expr.op->name) + (expr.any ? " ANY (" : " ALL (");
      const Expr& array = *expr.children[1];
      Operand(array, true, expr);
      // A scalar subquery must not look like ANY (SELECT …).
      if (array.kind == ExprKind::kSubquery && array.subquery_kind == SubqueryKind::kScalar) text_ += "::" + FormatType(array.type);
      text_ += ')';
      Close();
      return;
    }
    case ExprKind::kInList:
      Open();
      Operand(*expr.children[0], true, expr);
      text_ += expr.negated ? " <> ALL (ARRAY[" : " = ANY (ARRAY[";
      for (size_t i = 1; i < expr.children.size(); ++i) {
        if (i > 1) text_ += ", ";
        Expression(*expr.children[i], true);
      }
      text_ += "])";
      Close();
      return;
    case ExprKind::kArray:
      text_ += "ARRAY[";
      List(expr.children, true);
      text_ += ']';
      if (expr.children.empty()) text_ += "::" + FormatType(SqlType(expr.type.oid));
      return;
    case ExprKind::kFieldSelect:
      text_ += '(';
      Expression(*expr.children[0], show_implicit);
      text_ += ")." + QuoteIdentifier(expr.name);
      return;
    case ExprKind::kSubscript: case ExprKind::kSlice: {
      const Expr& container = *expr.children[0];
      const bool parentheses = container.kind != ExprKind::kColumn && container.kind != ExprKind::kSlot;
      if (parentheses) text_ += '(';
      Expression(container, show_implicit);
      if (parentheses) text_ += ')';
      for (size_t i = 1; i < expr.children.size(); ++i) {
        text_ += '[';
        if (expr.children[i] != nullptr) Expression(*expr.children[i], false);
        if (expr.kind == ExprKind::kSlice) {
          text_ += ':';
          ++i;
          if (i < expr.children.size() && expr.children[i] != nullptr) Expression(*expr.children[i], false);
        }
        text_ += ']';
      }
      return;
    }
    case ExprKind::kRow:
      // A whole-row reference prints as its relation.
      if (!expr.name.empty() && !expr.children.empty() && expr.children[0]->kind == ExprKind::kColumn) {
        const auto found = names_.find(expr.children[0]->relation.value);
        text_ += QuoteIdentifier(found != names_.end() ? found->second : expr.name) + ".*";
        return;
      }
      text_ += "ROW(";
      List(expr.children, true);
      text_ += ')';
      return;
    case ExprKind::kSubquery: return Subquery(expr);
    case ExprKind::kAggregate: return Aggregate(expr);
    case ExprKind::kGrouping:
      text_ += "GROUPING(";
      List(expr.children, true);
      text_ += ')';
      return;
    case ExprKind::kWindow: return Window(expr);
    case ExprKind::kDefault: text_ += "DEFAULT"; return;
  }
}

std::string PrintExpr(const ExprRef& expr, std::span<const std::string> column_names, const BindContext& context, bool pretty) {
  Deparser deparser(context, column_names, pretty, true);
  deparser.Expression(*expr, false);
  return deparser.TakeText();
}

std::string DeparseExpr(const ExprRef& expr, std::span<const std::string> column_names, const BindContext& context) {
  BindContext qualified = context;
  qualified.search_path = {catalog::kPgCatalogSchema};
  return PrintExpr(expr, column_names, qualified, false);
}

}  // namespace gather::sql
