// Expressions as EXPLAIN prints them: PostgreSQL's ruleutils in its plain (not pretty) style, with slots traced down to the columns and
// expressions they stand for.
#pragma once

#include <string>
#include <vector>

#include "planner/plan.h"

namespace gather::planner {

class ExpressionPrinter {
 public:
  // `qualify`: columns with their relation's name, as PostgreSQL does when the statement has more than one relation.
  // (a scan's own conditions never do, unless `verbose`).
  ExpressionPrinter(const Plan& plan, const IoSettings& io, bool qualify, bool verbose) : plan_(plan), io_(io), qualify_(qualify), verbose_(verbose) {}

  // A scan's filter: without the relation's name.
  std::string ScanCondition(const PlanNode& node, const ExprRef& expr) const;
  // `expr` over the raw row of `node`.
  std::string OverRow(const PlanNode& node, const ExprRef& expr) const;
  // `expr` over the output of `child` (keys and arguments of an Aggregate, hash keys): columns of the child shown as they are computed.
  std::string OverChild(const PlanNode& child, const ExprRef& expr) const;
  // A sort key: slot of `child`'s output; computed ones in parentheses.
  std::string SortKeyText(const PlanNode& child, const SortKey& key) const;
  // Column `slot` of the node's output as its target list shows it.
  std::string OutputText(const PlanNode& node, uint32_t slot) const;
  // A nested loop's inner index condition: the table's columns by name, outer slots from the loop's outer side.
  std::string IndexCondition(const PlanNode& scan, const ExprRef& condition, const PlanNode* outer) const;
  std::string WithoutRow(const ExprRef& expr) const;   // limits, one-time filters
  std::string FunctionCall(const FunctionScanNode& node, const ExprRef& expr, const PlanNode* outer) const;
  std::string RelationName(const PlanNode& scan) const;  // the name columns are qualified with

 private:
  struct Scope {
    const PlanNode* row = nullptr;                     // kSlot: raw row of this node
    const PlanNode* output = nullptr;                  // kSlot: output of this node
    const PlanNode* outer = nullptr;                   // kOuterSlot: output of this node
    const PlanNode* table = nullptr;                   // kColumn: by name, qualified with this scan
    bool inner_slots = false;                          // computed slots keep their parentheses
  };
  std::string Text(const ExprRef& expr, const Scope& scope, bool show_implicit) const;
  std::string List(const std::vector<ExprRef>& list, size_t from, const Scope& scope, bool show_implicit) const;
  std::string Slot(const sql::Expr& slot, const Scope& scope) const;
  std::string Case(const sql::Expr& expr, const Scope& scope) const;
  std::string Call(const sql::Expr& expr, const Scope& scope) const;
  std::string Coercion(const sql::Expr& expr, const Scope& scope) const;
  std::string Aggregate(const PlanAggregate& aggregate, const PlanNode& node) const;
  // Raw slot of a node: a plain column, or an expression (then `*computed`).
  std::string RawSlot(const PlanNode& node, uint32_t slot, bool* computed) const;
  std::string OutputSlot(const PlanNode& node, uint32_t slot, bool* computed) const;
  std::string Qualified(const PlanNode& scan, const std::string& column) const;

  const Plan& plan_;
  const IoSettings& io_;
  // Changed while a scan's conditions are printed.
  mutable bool qualify_;
  const bool verbose_;
};

std::string ConstantText(const Datum& value, SqlType type, int show_type, const IoSettings& io);

}  // namespace gather::planner
