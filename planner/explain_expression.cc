#include "planner/explain_expression.h"

#include "catalog/system_view.h"
#include "planner/expressions.h"
#include "types/quote.h"
#include "types/array.h"
#include "types/vector.h"

namespace gather::planner {

namespace {

// As ruleutils: backslashes stand for themselves, since standard_conforming_strings is on.
std::string SimpleLiteral(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'') literal += c;
    literal += c;
  }
  return literal + "'";
}

std::string DatumText(const Datum& value, const IoSettings& io) {
  const TypeInfo* info = FindType(value.type.oid);
  if (info == nullptr || info->text_out == nullptr) return "?";
  std::string text;
  info->text_out(Vector::Constant(value), 0, io, text);
  return text;
}

// '{1,2}' of constant list members.
std::string ArrayLiteral(const std::vector<ExprRef>& list, size_t from, const IoSettings& io) {
  std::string text = "{";
  for (size_t i = from; i < list.size(); ++i) {
    if (i > from) text += ',';
    if (list[i]->constant.is_null) {
      text += "NULL";
      continue;
    }
    const std::string element = DatumText(list[i]->constant, io);
    const bool quote = element.empty() || element.find_first_of("{}\",\\ \t\n\r\v\f") != std::string::npos || element == "NULL" || element == "null";
    if (!quote) {
      text += element;
      continue;
    }
    text += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

// A type as a cast names it: bpchar without length is not "character", which would be character(1).
std::string CastType(SqlType type) {
  if (type.typmod == -1 && type.oid == type_oid::kBpchar) return "bpchar";
  if (type.oid == type_oid::kBpcharArray) return "bpchar[]";
  return FormatType(type);
}

const char* TestSuffix(ExprKind kind) {
  switch (kind) {
    case ExprKind::kIsNull: return " IS NULL";
    case ExprKind::kIsNotNull: return " IS NOT NULL";
    case ExprKind::kIsTrue: return " IS TRUE";
    case ExprKind::kIsNotTrue: return " IS NOT TRUE";
    case ExprKind::kIsFalse: return " IS FALSE";
    case ExprKind::kIsNotFalse: return " IS NOT FALSE";
    case ExprKind::kIsUnknown: return " IS UNKNOWN";
    case ExprKind::kIsNotUnknown: return " IS NOT UNKNOWN";
    default: return "";
  }
}

bool IsSimple(const Expr& expr) {
  return expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kSlot || expr.kind == ExprKind::kConstant || expr.kind == ExprKind::kParameter;
}

}  // namespace

std::string ConstantText(const Datum& value, SqlType type, int show_type, const IoSettings& io) {
  if (value.is_null) return show_type < 0 ? "NULL" : "NULL::" + CastType(type);
  std::string text = DatumText(value, io);
  bool label = true;
  switch (type.oid) {
    case type_oid::kInt4:
      label = !text.empty() && text[0] == '-';
      if (label) text = "'" + text + "'";
      break;
    case type_oid::kNumeric:
      if (!text.empty() && text[0] >= '0' && text[0] <= '9' && text.find_first_of("eE.") != std::string::npos) {
        label = type.typmod >= 0;
      } else {
        text = "'" + text + "'";
      }
      break;
    case type_oid::kBool:
      text = text == "t" ? "true" : "false";
      label = false;
      break;
    case type_oid::kUnknown: label = false; [[fallthrough]];
    default: text = SimpleLiteral(text); break;
  }
  if (show_type < 0) return text;
  return label || show_type > 0 ? text + "::" + CastType(type) : text;
}

std::string ExpressionPrinter::RelationName(const PlanNode& scan) const {
  switch (scan.kind) {
    case NodeKind::kSeqScan: return static_cast<const SeqScanNode&>(scan).alias;
    case NodeKind::kIndexScan: return static_cast<const IndexScanNode&>(scan).alias;
    case NodeKind::kBitmapScan: return static_cast<const BitmapScanNode&>(scan).alias;
    case NodeKind::kSystemViewScan: return static_cast<const SystemViewScanNode&>(scan).alias;
    case NodeKind::kFunctionScan: return static_cast<const FunctionScanNode&>(scan).alias;
    case NodeKind::kCteScan: return static_cast<const CteScanNode&>(scan).alias;
    case NodeKind::kWorkTableScan: return static_cast<const WorkTableScanNode&>(scan).alias;
    case NodeKind::kValuesScan: return static_cast<const ValuesScanNode&>(scan).alias.empty() ? "*VALUES*" : static_cast<const ValuesScanNode&>(scan).alias;
    default: return "";
  }
}

std::string ExpressionPrinter::Qualified(const PlanNode& scan, const std::string& column) const {
  const std::string name = QuoteIdentifier(column);
  if (!qualify_) return name;
  const std::string relation = RelationName(scan);
  return relation.empty() ? name : QuoteIdentifier(relation) + "." + name;
}

std::string ExpressionPrinter::RawSlot(const PlanNode& node, uint32_t slot, bool* computed) const {
  *computed = false;
  switch (node.kind) {
    case NodeKind::kSeqScan: return Qualified(node, static_cast<const SeqScanNode&>(node).columns[slot].name);
    case NodeKind::kIndexScan: return Qualified(node, static_cast<const IndexScanNode&>(node).columns[slot].name);
    case NodeKind::kBitmapScan: return Qualified(node, static_cast<const BitmapScanNode&>(node).columns[slot].name);
    case NodeKind::kSystemViewScan: {
      const auto& scan = static_cast<const SystemViewScanNode&>(node);
      return Qualified(node, std::string(scan.view->columns[scan.columns[slot]].name));
    }
    case NodeKind::kValuesScan: return Qualified(node, "column" + std::to_string(slot + 1));
    case NodeKind::kFunctionScan: case NodeKind::kCteScan: case NodeKind::kWorkTableScan: case NodeKind::kResult: {
      if (node.kind == NodeKind::kResult) break;
      // The raw columns' names survive in picks; identity outputs have them directly.
      if (node.projection.empty()) return Qualified(node, node.output[slot].name);
      for (size_t i = 0; i < node.projection.size(); ++i) {
        if (node.projection[i]->kind == ExprKind::kSlot && node.projection[i]->index == slot) return Qualified(node, node.projection[i]->name);
      }
      return Qualified(node, "column" + std::to_string(slot + 1));
    }
    case NodeKind::kHashJoin: case NodeKind::kMergeJoin: case NodeKind::kNestedLoop: {
      const auto left = static_cast<uint32_t>(node.children[0]->output.size());
      if (slot < left) return OutputSlot(*node.children[0], slot, computed);
      const JoinKind kind = node.kind == NodeKind::kHashJoin    ? static_cast<const HashJoinNode&>(node).join
                            : node.kind == NodeKind::kMergeJoin ? static_cast<const MergeJoinNode&>(node).join
                                                                : static_cast<const NestedLoopNode&>(node).join;
      if (kind == JoinKind::kMark) return "mark";
      return OutputSlot(*node.children[1], slot - left, computed);
    }
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      if (slot < aggregate.keys.size()) {
        const ExprRef& key = aggregate.keys[slot];
        if (key->kind == ExprKind::kSlot) return OutputSlot(*node.children[0], key->index, computed);
        *computed = true;
        return OverChild(*node.children[0], key);
      }
      *computed = true;
      const size_t call = slot - aggregate.keys.size();
      if (call >= aggregate.aggregates.size()) return "GROUPING()";
      return Aggregate(aggregate.aggregates[call], node);
    }
    case NodeKind::kWindowAgg: {
      const auto inputs = static_cast<uint32_t>(node.children[0]->output.size());
      if (slot < inputs) return OutputSlot(*node.children[0], slot, computed);
      *computed = true;
      const auto& call = static_cast<const WindowAggNode&>(node).calls[slot - inputs];
      Scope scope;
      scope.output = node.children[0].get();
      return std::string(call.call->function->name) + "(" + (call.call->star ? "*" : List(call.arguments, 0, scope, true)) + ") OVER (?)";
    }
    case NodeKind::kProjectSet: {
      const ExprRef& target = static_cast<const ProjectSetNode&>(node).targets[slot];
      if (target->kind == ExprKind::kSlot) return OutputSlot(*node.children[0], target->index, computed);
      *computed = true;
      return OverChild(*node.children[0], target);
    }
    default: break;
  }
  if (!node.children.empty()) return OutputSlot(*node.children[0], slot, computed);
  return "?";
}

std::string ExpressionPrinter::OutputSlot(const PlanNode& node, uint32_t slot, bool* computed) const {
  if (node.projection.empty()) return RawSlot(node, slot, computed);
  const ExprRef& expr = node.projection[slot];
  if (expr->kind == ExprKind::kSlot) return RawSlot(node, expr->index, computed);
  *computed = expr->kind != ExprKind::kConstant;
  return OverRow(node, expr);
}

std::string ExpressionPrinter::Aggregate(const PlanAggregate& aggregate, const PlanNode& node) const {
  const auto split = static_cast<const AggregateNode&>(node).split;
  // A final aggregate shows the call of the partial one it completes.
  const PlanNode* at = &node;
  const PlanAggregate* call = &aggregate;
  if (split == AggregateSplit::kFinal) {
    const auto& final = static_cast<const AggregateNode&>(node);
    const auto number = static_cast<size_t>(&aggregate - final.aggregates.data());
    while (at == &node || at->kind != NodeKind::kAggregate) {
      if (at->children.empty()) break;
      at = at->children[0].get();
    }
    if (at->kind == NodeKind::kAggregate && number < static_cast<const AggregateNode&>(*at).aggregates.size()) {
      call = &static_cast<const AggregateNode&>(*at).aggregates[number];
    }
  }
  if (call->combines) {
    // Partial states, in the order of their calls behind the keys.
    do at = at->children[0].get(); while (at->kind != NodeKind::kAggregate);
    const auto& partial = static_cast<const AggregateNode&>(*at);
    call = &partial.aggregates[call->arguments[0]->index - partial.keys.size()];
  }
  Scope scope;
  scope.output = at->children.empty() ? nullptr : at->children[0].get();
  scope.inner_slots = true;
  std::string text = split == AggregateSplit::kPartial ? "PARTIAL " : "";
  text += std::string(call->call->function->name) + "(";
  if (call->call->distinct) text += "DISTINCT ";
  text += call->call->star ? "*" : List(call->arguments, 0, scope, true);
  for (size_t i = 0; i < call->order_by.size(); ++i) {
    text += i == 0 ? " ORDER BY " : ", ";
    text += Text(call->order_by[i].expression, scope, true);
    if (call->order_by[i].order.descending) text += " DESC";
  }
  text += ")";
  ExprRef filter = call->filter;
  if (call->call->distinct && !call->distinct && filter != nullptr) {
    // The aggregate below has grouped by the condition, and knows rows of several such calls apart: only the former was written.
    filter = call->call->filter == nullptr ? nullptr : filter->kind == ExprKind::kAnd ? filter->children[0] : filter;
  }
  if (filter != nullptr) text += " FILTER (WHERE " + Text(filter, scope, false) + ")";
  return text;
}

std::string ExpressionPrinter::OverRow(const PlanNode& node, const ExprRef& expr) const {
  Scope scope;
  scope.row = &node;
  return Text(expr, scope, false);
}

std::string ExpressionPrinter::ScanCondition(const PlanNode& node, const ExprRef& expr) const {
  const bool before = qualify_;
  qualify_ = verbose_;
  std::string text = OverRow(node, expr);
  qualify_ = before;
  return text;
}

std::string ExpressionPrinter::OverChild(const PlanNode& child, const ExprRef& expr) const {
  bool computed = false;
  if (expr->kind == ExprKind::kSlot) return OutputSlot(child, expr->index, &computed);
  Scope scope;
  scope.output = &child;
  return Text(expr, scope, true);
}

std::string ExpressionPrinter::SortKeyText(const PlanNode& child, const SortKey& key) const {
  bool computed = false;
  std::string text = OutputSlot(child, key.slot, &computed);
  if (computed) text = "(" + text + ")";
  if (key.order.descending) {
    text += " DESC";
    if (!key.order.nulls_first) text += " NULLS LAST";
  } else if (key.order.nulls_first) {
    text += " NULLS FIRST";
  }
  return text;
}

std::string ExpressionPrinter::OutputText(const PlanNode& node, uint32_t slot) const {
  bool computed = false;
  const bool passes = node.kind != NodeKind::kAggregate && node.kind != NodeKind::kProjectSet && node.kind != NodeKind::kWindowAgg;
  const bool own = !node.projection.empty() && node.projection[slot]->kind != ExprKind::kSlot;
  std::string text = OutputSlot(node, slot, &computed);
  const uint32_t raw = node.projection.empty() || own ? slot : node.projection[slot]->index;
  const bool key = node.kind == NodeKind::kAggregate && raw < static_cast<const AggregateNode&>(node).keys.size();
  const bool from_child = (passes && !node.children.empty()) || (key && static_cast<const AggregateNode&>(node).keys[raw]->kind == ExprKind::kSlot);
  return computed && !own && from_child ? "(" + text + ")" : text;
}

std::string ExpressionPrinter::IndexCondition(const PlanNode& node, const ExprRef& condition, const PlanNode* outer) const {
  Scope scope;
  scope.outer = outer;
  scope.table = &node;
  scope.row = &node;
  const bool before = qualify_;
  qualify_ = verbose_;
  std::string text = Text(condition, scope, false);
  qualify_ = before;
  return text;
}

std::string ExpressionPrinter::WithoutRow(const ExprRef& expr) const { return Text(expr, Scope(), false); }

std::string ExpressionPrinter::FunctionCall(const FunctionScanNode&, const ExprRef& expr, const PlanNode* outer) const {
  Scope scope;
  scope.outer = outer;
  return Text(expr, scope, false);
}

std::string ExpressionPrinter::Slot(const Expr& slot, const Scope& scope) const {
  bool computed = false;
  std::string text;
  if (slot.kind == ExprKind::kOuterSlot) {
    if (scope.outer == nullptr) return slot.name;
    // Not of the relation being scanned: always with its relation.
    const bool before = qualify_;
    qualify_ = true;
    text = OutputSlot(*scope.outer, slot.index, &computed);
    qualify_ = before;
  } else if (scope.row != nullptr) {
    text = RawSlot(*scope.row, slot.index, &computed);
    // An aggregate's own results are its expressions, not references.
    const bool own = scope.row->kind == NodeKind::kAggregate && slot.index >= static_cast<const AggregateNode&>(*scope.row).keys.size();
    if (own) return text;
  } else if (scope.output != nullptr) {
    text = OutputSlot(*scope.output, slot.index, &computed);
  } else {
    return slot.name.empty() ? "?" : QuoteIdentifier(slot.name);
  }
  return computed ? "(" + text + ")" : text;
}

std::string ExpressionPrinter::List(const std::vector<ExprRef>& list, size_t from, const Scope& scope, bool show_implicit) const {
  std::string text;
  for (size_t i = from; i < list.size(); ++i) {
    if (i > from) text += ", ";
    text += Text(list[i], scope, show_implicit);
  }
  return text;
}

std::string ExpressionPrinter::Coercion(const Expr& expr, const Scope& scope) const {
  const ExprRef& argument = expr.children[0];
  if (argument->kind == ExprKind::kConstant && argument->type.oid == expr.type.oid && argument->type.typmod == -1) {
    return ConstantText(argument->constant, argument->type, -1, io_) + "::" + CastType(expr.type);
  }
  return "(" + Text(argument, scope, false) + ")::" + CastType(expr.type);
}

std::string ExpressionPrinter::Case(const Expr& expr, const Scope& scope) const {
  std::string text = "CASE";
  size_t at = 0;
  if (expr.case_test) text += " " + Text(expr.children[at++], scope, true);
  for (; at + 1 < expr.children.size(); at += 2) {
    const ExprRef& when = expr.children[at];
    const bool simple = expr.case_test && when->kind == ExprKind::kFunction && when->children.size() == 2 && HasKind(when->children[0], ExprKind::kCaseTest);
    text += " WHEN " + Text(simple ? when->children[1] : when, scope, false) + " THEN " + Text(expr.children[at + 1], scope, true);
  }
  if (at < expr.children.size()) text += " ELSE " + Text(expr.children[at], scope, true);
  else text += " ELSE NULL::" + CastType(SqlType(expr.type.oid));
  return text + " END";
}

std::string ExpressionPrinter::Call(const Expr& expr, const Scope& scope) const {
  if (expr.op != nullptr && expr.children.size() == 2) {
    return "(" + Text(expr.children[0], scope, true) + " " + std::string(expr.op->name) + " " + Text(expr.children[1], scope, true) + ")";
  }
  if (expr.op != nullptr && expr.children.size() == 1) return "(" + std::string(expr.op->name) + " " + Text(expr.children[0], scope, true) + ")";
  const std::string name(expr.function->name);
  if (name == "extract" && expr.children.size() == 2 && expr.children[0]->kind == ExprKind::kConstant && !expr.children[0]->constant.is_null) {
    return "EXTRACT(" + DatumText(expr.children[0]->constant, io_) + " FROM " + Text(expr.children[1], scope, true) + ")";
  }
  return QuoteIdentifier(name) + "(" + List(expr.children, 0, scope, true) + ")";
}

std::string ExpressionPrinter::Text(const ExprRef& expr, const Scope& scope, bool show_implicit) const {
  if (expr == nullptr) return "";
  const auto child = [&](size_t i, bool implicit = false) { return Text(expr->children[i], scope, implicit); };
  switch (expr->kind) {
    case ExprKind::kConstant: return ConstantText(expr->constant, expr->type, 0, io_);
    case ExprKind::kColumn: return scope.table != nullptr ? Qualified(*scope.table, expr->name) : QuoteIdentifier(expr->name);
    case ExprKind::kSlot: case ExprKind::kOuterSlot: return Slot(*expr, scope);
    case ExprKind::kParameter: return "$" + std::to_string(expr->index + 1);
    case ExprKind::kExecParameter: return "$" + std::to_string(expr->index);
    case ExprKind::kFunction: case ExprKind::kSetFunction:
      if ((expr->cast || expr->implicit_cast) && expr->op == nullptr) {
        if (expr->implicit_cast && !show_implicit) return child(0);
        return Coercion(*expr, scope);
      }
      return Call(*expr, scope);
    case ExprKind::kIoCast: case ExprKind::kRelabel: case ExprKind::kArrayCoerce:
      if (expr->implicit_cast && !show_implicit) return child(0);
      return Coercion(*expr, scope);
    case ExprKind::kAnd: case ExprKind::kOr: {
      std::string text = "(";
      for (size_t i = 0; i < expr->children.size(); ++i) {
        if (i > 0) text += expr->kind == ExprKind::kAnd ? " AND " : " OR ";
        text += child(i);
      }
      return text + ")";
    }
    case ExprKind::kNot: return "(NOT " + child(0) + ")";
    case ExprKind::kIsNull: case ExprKind::kIsNotNull: case ExprKind::kIsTrue: case ExprKind::kIsNotTrue: case ExprKind::kIsFalse:
    case ExprKind::kIsNotFalse: case ExprKind::kIsUnknown: case ExprKind::kIsNotUnknown:
      return "(" + child(0, true) + TestSuffix(expr->kind) + ")";
    case ExprKind::kDistinctFrom: return "(" + child(0, true) + " IS DISTINCT FROM " + child(1, true) + ")";
    case ExprKind::kNullIf: return "NULLIF(" + List(expr->children, 0, scope, true) + ")";
    case ExprKind::kCase: return Case(*expr, scope);
    case ExprKind::kCaseTest: return "CASE_TEST_EXPR";
    case ExprKind::kCoalesce: return "COALESCE(" + List(expr->children, 0, scope, true) + ")";
    case ExprKind::kGreatest: return "GREATEST(" + List(expr->children, 0, scope, true) + ")";
    case ExprKind::kLeast: return "LEAST(" + List(expr->children, 0, scope, true) + ")";
    case ExprKind::kScalarArray: {
      const std::string op = expr->op != nullptr ? std::string(expr->op->name) : "=";
      return "(" + child(0, true) + " " + op + (expr->any ? " ANY (" : " ALL (") + child(1, true) + "))";
    }
    case ExprKind::kInList: {
      bool constants = true;
      for (size_t i = 1; i < expr->children.size(); ++i) constants = constants && expr->children[i]->kind == ExprKind::kConstant;
      const TypeInfo* element = FindType(expr->children.size() > 1 ? expr->children[1]->type.oid : kInvalidOid);
      const std::string list = constants && element != nullptr
                                   ? SimpleLiteral(ArrayLiteral(expr->children, 1, io_)) + "::" + CastType(SqlType(element->oid)) + "[]"
                                   : "ARRAY[" + List(expr->children, 1, scope, true) + "]";
      return "(" + child(0, true) + (expr->negated ? " <> ALL (" : " = ANY (") + list + "))";
    }
    case ExprKind::kArray: {
      const std::string text = "ARRAY[" + List(expr->children, 0, scope, true) + "]";
      return expr->children.empty() ? text + "::" + CastType(SqlType(expr->type.oid)) : text;
    }
    case ExprKind::kSubscript: {
      const std::string base = IsSimple(*expr->children[0]) ? child(0, true) : "(" + child(0, true) + ")";
      return base + "[" + child(1) + "]";
    }
    case ExprKind::kSlice: return (IsSimple(*expr->children[0]) ? child(0, true) : "(" + child(0, true) + ")") + "[" + child(1) + ":" + child(2) + "]";
    case ExprKind::kFieldSelect: return "(" + child(0, true) + ")." + QuoteIdentifier(expr->name);
    case ExprKind::kRow: return "ROW(" + List(expr->children, 0, scope, true) + ")";
    case ExprKind::kAggregate: case ExprKind::kWindow: case ExprKind::kGrouping: case ExprKind::kSubquery: case ExprKind::kDefault: break;
  }
  return "?";
}

}  // namespace gather::planner
