#include "planner/logical/same_query.h"

#include <algorithm>
#include <map>

#include "planner/expressions.h"

namespace gather::planner {

namespace {

// Compares in lockstep, and learns on the way which relation and CTE of the one stands for which of the other: both are met where they
// are declared before anything refers to them.
class QueryComparison {
 public:
  bool Same(const sql::Query& a, const sql::Query& b) {
    CheckStackDepth();
    if (!a.locks.empty() || !b.locks.empty()) return false;
    if (!Match(a.ctes, b.ctes, [this](const sql::Cte& x, const sql::Cte& y) { return SameCte(x, y); })) return false;
    if (a.set_operation != b.set_operation || a.all != b.all) return false;
    if (a.set_operation != sql::SetOperation::kNone) {
      relations_[a.set_relation] = b.set_relation;
      if (!Same(*a.left, *b.left) || !Same(*a.right, *b.right)) return false;
    }
    if (a.relations.size() != b.relations.size()) return false;
    for (size_t i = 0; i < a.relations.size(); ++i) relations_[a.relations[i].id] = b.relations[i].id;
    return Match(a.relations, b.relations, [this](const sql::Relation& x, const sql::Relation& y) { return SameRelation(x, y); }) &&
           Match(a.from, b.from, [this](const auto& x, const auto& y) { return SameFrom(*x, *y); }) && SameExpr(a.where, b.where) &&
           Match(a.targets, b.targets, [this](const sql::Target& x, const sql::Target& y) { return x.junk == y.junk && SameExpr(x.expression, y.expression); }) &&
           a.has_aggregates == b.has_aggregates && SameList(a.group_by, b.group_by) && a.grouping_sets == b.grouping_sets && SameExpr(a.having, b.having) &&
           a.distinct == b.distinct && a.distinct_on == b.distinct_on &&
           Match(a.order_by, b.order_by, [](const sql::SortClause& x, const sql::SortClause& y) { return x.target == y.target && SameOrder(x.order, y.order); }) &&
           SameExpr(a.limit, b.limit) && SameExpr(a.offset, b.offset) && a.with_ties == b.with_ties;
  }

 private:
  template <class List, class Compare>
  static bool Match(const List& a, const List& b, const Compare& compare) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), compare);
  }

  static bool SameOrder(SortOrder a, SortOrder b) { return a.descending == b.descending && a.nulls_first == b.nulls_first; }

  RelId Partner(RelId id) const {
    const auto found = relations_.find(id);
    return found == relations_.end() ? id : found->second;
  }
  uint32_t PartnerCte(uint32_t number) const {
    const auto found = ctes_.find(number);
    return found == ctes_.end() ? number : found->second;
  }

  bool SameCte(const sql::Cte& a, const sql::Cte& b) {
    ctes_[a.number] = b.number;
    return a.recursive == b.recursive && a.materialized == b.materialized && a.query != nullptr && b.query != nullptr && Same(*a.query, *b.query);
  }

  bool SameRelation(const sql::Relation& a, const sql::Relation& b) {
    if (a.kind != b.kind || a.column_types != b.column_types || a.lateral != b.lateral || a.table != b.table || a.with_ordinality != b.with_ordinality ||
        a.self_reference != b.self_reference || (a.subquery == nullptr) != (b.subquery == nullptr)) {
      return false;
    }
    if (a.kind == sql::RelationKind::kCte && PartnerCte(a.cte) != b.cte) return false;
    if (a.subquery != nullptr && !Same(*a.subquery, *b.subquery)) return false;
    return Match(a.rows, b.rows, [this](const auto& x, const auto& y) { return SameList(x, y); }) && SameList(a.functions, b.functions);
  }

  bool SameFrom(const sql::FromItem& a, const sql::FromItem& b) {
    CheckStackDepth();
    if (a.is_join != b.is_join) return false;
    if (!a.is_join) return Partner(a.relation) == b.relation;
    return a.type == b.type && SameFrom(*a.left, *b.left) && SameFrom(*a.right, *b.right) && SameExpr(a.condition, b.condition);
  }

  bool SameList(const std::vector<ExprRef>& a, const std::vector<ExprRef>& b) {
    return Match(a, b, [this](const ExprRef& x, const ExprRef& y) { return SameExpr(x, y); });
  }
  bool SameSort(const std::vector<sql::SortItem>& a, const std::vector<sql::SortItem>& b) {
    return Match(a, b, [this](const sql::SortItem& x, const sql::SortItem& y) { return SameOrder(x.order, y.order) && SameExpr(x.expression, y.expression); });
  }

  bool SameAggregate(const sql::AggregateCall* a, const sql::AggregateCall* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return a->function == b->function && a->star == b->star && a->distinct == b->distinct && SameExpr(a->filter, b->filter) &&
           SameSort(a->order_by, b->order_by) && SameList(a->direct_arguments, b->direct_arguments);
  }

  bool SameWindow(const sql::WindowCall* a, const sql::WindowCall* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return a->function == b->function && a->star == b->star && SameExpr(a->filter, b->filter) && SameList(a->partition_by, b->partition_by) &&
           SameSort(a->order_by, b->order_by) && a->mode == b->mode && a->start == b->start && a->end == b->end &&
           SameExpr(a->start_offset, b->start_offset) && SameExpr(a->end_offset, b->end_offset) && a->exclude == b->exclude;
  }

  bool SameExpr(const ExprRef& a, const ExprRef& b) {
    if (a == nullptr || b == nullptr) return a == b;
    CheckStackDepth();
    StatementScope::CheckInterrupt();
    if (a->kind != b->kind || a->type != b->type || a->collation != b->collation || a->index != b->index || a->any != b->any || a->negated != b->negated || a->case_test != b->case_test || a->function != b->function ||
        a->test_functions != b->test_functions || a->subquery_kind != b->subquery_kind || (a->subquery == nullptr) != (b->subquery == nullptr)) {
      return false;
    }
    bool repeatable = true;
    ForEachFunction(*a, [&](const catalog::FunctionInfo& function) { repeatable = repeatable && function.volatility != catalog::Volatility::kVolatile; });
    if (!repeatable) return false;
    if (a->kind == ExprKind::kColumn && Partner(a->relation) != b->relation) return false;
    if (a->kind == ExprKind::kConstant && !(a->constant == b->constant)) return false;
    if (a->subquery != nullptr && !Same(*a->subquery, *b->subquery)) return false;
    return SameList(a->children, b->children) && SameAggregate(a->aggregate.get(), b->aggregate.get()) && SameWindow(a->window.get(), b->window.get());
  }

  std::map<RelId, RelId> relations_;
  std::map<uint32_t, uint32_t> ctes_;
};

}  // namespace

bool SameQuery(const sql::Query& a, const sql::Query& b) { return QueryComparison().Same(a, b); }

}  // namespace gather::planner
