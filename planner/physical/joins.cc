// Join methods: hash join where there is an equality, an index's inner side where few rows probe a large table, nested loops otherwise.
#include <algorithm>
#include <limits>

#include "planner/physical/lowering.h"
#include "planner/physical/runtime_filters.h"
#include "types/error.h"

namespace gather::planner {

namespace {

std::vector<Column> Concat(const std::vector<Column>& left, const std::vector<Column>& right) {
  std::vector<Column> all = left;
  all.insert(all.end(), right.begin(), right.end());
  return all;
}

JoinKind Mirrored(JoinKind kind) {
  if (kind == JoinKind::kLeft) return JoinKind::kRight;
  return kind;
}

bool HidesInner(JoinKind kind) { return kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark; }

// The raw row of a join (plan.h).
std::vector<Column> RawRow(JoinKind kind, const std::vector<Column>& outer, const std::vector<Column>& inner, const Column& mark) {
  if (kind == JoinKind::kMark) return Concat(outer, {mark});
  return HidesInner(kind) ? outer : Concat(outer, inner);
}

ExprRef OuterSlots(const ExprRef& expr, const std::vector<Column>& outer) {
  if (expr == nullptr) return nullptr;
  return sql::Rewrite(expr, [&outer](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    for (uint32_t slot = 0; slot < outer.size(); ++slot) {
      if (outer[slot].ref != RefOf(*node)) continue;
      auto copy = std::make_shared<Expr>(*node);
      copy->kind = ExprKind::kOuterSlot;
      copy->index = slot;
      return copy;
    }
    return nullptr;
  });
}


}  // namespace

ExprRef CastTo(const ExprRef& expr, SqlType type, const catalog::FunctionRegistry* functions) {
  if (expr->type.oid == type.oid) return expr;
  if (functions == nullptr) return nullptr;
  const catalog::CastInfo* cast = functions->FindCast(expr->type.oid, type.oid);
  if (cast == nullptr || cast->context != catalog::CastContext::kImplicit) return nullptr;
  auto node = std::make_shared<Expr>();
  node->type = SqlType(type.oid);
  node->collation = expr->collation;
  node->implicit_cast = true;
  node->children = {expr};
  if (cast->method == catalog::CastMethod::kBinary) {
    node->kind = ExprKind::kRelabel;
    return node;
  }
  const Oid arguments[] = {expr->type.oid};
  const catalog::FunctionInfo* function = functions->FindFunction(cast->function, arguments);
  if (cast->method != catalog::CastMethod::kFunction || function == nullptr) return nullptr;
  node->kind = ExprKind::kFunction;
  node->function = function;
  node->cast = true;
  return node;
}

Lowered Lowering::LowerLateral(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required) {
  if (!join.parameters.empty()) return LowerPerRow(join, filter, required);
  LogicalNode* right = join.children[1].get();
  std::vector<ExprRef> inner_filter;
  if (right->kind == LogicalKind::kFilter) {
    inner_filter = As<Filter>(*right).conditions;
    right = right->children[0].get();
  }
  const bool simple = right->kind == LogicalKind::kFunctionScan && (join.join == JoinKind::kInner || join.join == JoinKind::kLeft);
  if (!simple) ThrowInternal("a dependent join that is neither unnested nor given parameters");
  const auto& function = As<FunctionScan>(*right);
  ColumnSet below = required;
  for (const ExprRef& condition : join.conditions) below.AddFrom(condition);
  for (const ExprRef& condition : filter) below.AddFrom(condition);
  for (const ExprRef& condition : inner_filter) below.AddFrom(condition);
  ColumnSet left_columns = below;
  for (const ExprRef& call : function.functions) left_columns.AddFrom(call);
  Lowered outer = Lower(*join.children[0], left_columns);
  auto scan = std::make_unique<FunctionScanNode>();
  scan->alias = function.relation->alias;
  for (const ExprRef& call : function.functions) scan->functions.push_back(OuterSlots(call, outer.layout));
  scan->with_ordinality = function.relation->with_ordinality;
  const double each = estimator_.Rows(function);
  scan->total_cost = each * cost_.ScanRow();
  const std::vector<Column> raw = Outputs(function);
  Lowered inner;
  {
    std::vector<ExprRef> local, mixed;
    const RelSet own(function.id);
    for (const ExprRef& condition : inner_filter) (RelationsOf(condition).IsSubsetOf(own) ? local : mixed).push_back(condition);
    // The same for an outer join: rows of the right that fail it are no partners.
    join.conditions.insert(join.conditions.end(), mixed.begin(), mixed.end());
    if (!local.empty()) scan->filter = ToSlots(sql::MakeAnd(local), raw);
    inner = Finish(std::move(scan), raw, below, each);
  }
  auto loop = std::make_unique<NestedLoopNode>();
  loop->join = join.join;
  loop->parameterized = true;
  std::vector<Column> row = Concat(outer.layout, inner.layout);
  if (!join.conditions.empty()) loop->condition = ToSlots(sql::MakeAnd(join.conditions), row);
  if (!filter.empty()) loop->filter = ToSlots(sql::MakeAnd(filter), row);
  const double rows = outer.node->rows * each;
  loop->startup_cost = outer.node->startup_cost;
  loop->total_cost = outer.node->total_cost + outer.node->rows * (inner.node->total_cost + cost_.ScanRow());
  loop->children.push_back(std::move(outer.node));
  loop->children.push_back(std::move(inner.node));
  return Finish(std::move(loop), std::move(row), required, rows);
}

Lowered Lowering::LowerPerRow(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required) {
  ColumnSet below = required;
  for (const ExprRef& condition : join.conditions) below.AddFrom(condition);
  for (const ExprRef& condition : filter) below.AddFrom(condition);
  ColumnSet outer_columns = below;
  for (const Join::Parameter& parameter : join.parameters) outer_columns.AddFrom(parameter.value);
  Lowered outer = Lower(*join.children[0], outer_columns), inner = Lower(*join.children[1], below);
  auto loop = std::make_unique<NestedLoopNode>();
  loop->join = join.join;
  loop->null_aware = join.null_aware;
  loop->parameterized = true;
  loop->parallel_safe = false;
  loop->memoize = join.memoize && settings_.enable_memoize;
  for (const Join::Parameter& parameter : join.parameters) loop->parameters.push_back({parameter.number, ToSlots(parameter.value, outer.layout)});
  // What the outer row alone decides is decided before the subquery is asked.
  const RelSet outer_relations = Produced(*join.children[0]);
  std::vector<ExprRef> first, rest;
  for (const ExprRef& condition : join.conditions) {
    (RelationsOf(condition).IsSubsetOf(outer_relations) && !IsVolatile(condition) ? first : rest).push_back(condition);
  }
  if (!first.empty()) loop->outer_filter = ToSlots(sql::MakeAnd(first), outer.layout);
  if (!rest.empty()) loop->condition = ToSlots(sql::MakeAnd(rest), Concat(outer.layout, inner.layout));
  std::vector<Column> raw = RawRow(join.join, outer.layout, inner.layout, join.mark);
  if (!filter.empty()) loop->filter = ToSlots(sql::MakeAnd(filter), raw);
  loop->startup_cost = outer.node->startup_cost;
  loop->total_cost = outer.node->total_cost + outer.node->rows * (inner.node->total_cost + cost_.Descent());
  loop->children.push_back(std::move(outer.node));
  loop->children.push_back(std::move(inner.node));
  return Finish(std::move(loop), std::move(raw), required, estimator_.Rows(join));
}

std::optional<Lowered> Lowering::LowerIndexJoin(Join& join, JoinKind kind, LogicalNode& outer_node, LogicalNode& inner_node,
                                                const std::vector<ExprRef>& filter, const ColumnSet& required, double hash_cost,
                                                const Ordering* ordering) {
  if (kind != JoinKind::kInner && kind != JoinKind::kLeft && kind != JoinKind::kSemi && kind != JoinKind::kAnti) return std::nullopt;
  std::vector<ExprRef> conditions;
  LogicalNode* base = &inner_node;
  if (base->kind == LogicalKind::kFilter) {
    conditions = As<Filter>(*base).conditions;
    base = base->children[0].get();
  }
  if (base->kind != LogicalKind::kGet || As<Get>(*base).relation->kind != sql::RelationKind::kTable) return std::nullopt;
  const auto& get = As<Get>(*base);
  if (get.relation->table->indexes.empty()) return std::nullopt;
  const size_t own = conditions.size();
  conditions.insert(conditions.end(), join.conditions.begin(), join.conditions.end());
  const RelSet outer_relations = Produced(outer_node);
  const double outer_rows = estimator_.Rows(outer_node);
  for (const IndexMatch& match : MatchIndexes(get, conditions, outer_relations)) {
    const bool uses_outer = std::any_of(match.used.begin(), match.used.end(), [&](const ExprRef& used) { return RelationsOf(used).Intersects(outer_relations); });
    if (!uses_outer) continue;
    const double per_row = match.unique ? 1 : std::max(1.0, match.rows);
    const double probe = cost_.IndexScan(per_row, match.together) + cost_.Penalty(settings_.enable_indexscan) + cost_.Penalty(settings_.enable_nestloop);
    if (outer_rows * probe >= hash_cost) return std::nullopt;
    // The inner scan: its own conditions stay its filter, join conditions the index does not answer become the loop's.
    std::vector<ExprRef> local(conditions.begin(), conditions.begin() + static_cast<std::ptrdiff_t>(own)), rest;
    for (const ExprRef& condition : join.conditions) {
      if (std::find(match.used.begin(), match.used.end(), condition) == match.used.end()) rest.push_back(condition);
    }
    ColumnSet needed = required;
    for (const ExprRef& condition : rest) needed.AddFrom(condition);
    for (const ExprRef& condition : filter) needed.AddFrom(condition);
    ColumnSet outer_needed = needed;
    for (const ExprRef& condition : match.used) outer_needed.AddFrom(condition);
    Lowered outer;
    if (ordering == nullptr) {
      outer = Lower(outer_node, outer_needed);
    } else {
      for (const sql::SortItem& item : ordering->items) {
        if (RelationsOf(item.expression).IsSubsetOf(outer_relations)) outer_needed.AddFrom(item.expression);
      }
      std::optional<Lowered> sorted = LowerOrdered(outer_node, outer_needed, *ordering);
      if (!sorted.has_value()) return std::nullopt;
      outer = std::move(*sorted);
    }
    Lowered inner = MakeIndexScan(get, match, local, needed, per_row, false, true);
    auto& scan = static_cast<IndexScanNode&>(*inner.node);
    for (ExprRef& value : scan.equal) value = OuterSlots(value, outer.layout);
    for (ExprRef& value : scan.any) value = OuterSlots(value, outer.layout);
    scan.lower = OuterSlots(scan.lower, outer.layout);
    scan.upper = OuterSlots(scan.upper, outer.layout);
    scan.condition = OuterSlots(scan.condition, outer.layout);
    auto loop = std::make_unique<NestedLoopNode>();
    loop->join = kind;
    loop->parameterized = true;
    const std::vector<Column> pair = Concat(outer.layout, inner.layout);
    if (!rest.empty()) loop->condition = ToSlots(sql::MakeAnd(rest), pair);
    std::vector<Column> raw = RawRow(kind, outer.layout, inner.layout, join.mark);
    if (!filter.empty()) loop->filter = ToSlots(sql::MakeAnd(filter), raw);
    loop->startup_cost = outer.node->startup_cost + inner.node->startup_cost;
    loop->total_cost = outer.node->total_cost + outer_rows * (probe + cost_.ScanRow());
    std::vector<OrderedColumn> order = std::move(outer.order);
    loop->order = OutputOrder(*outer.node);
    loop->children.push_back(std::move(outer.node));
    loop->children.push_back(std::move(inner.node));
    Lowered done = Finish(std::move(loop), std::move(raw), required, estimator_.Rows(join));
    done.order = std::move(order);
    return done;
  }
  return std::nullopt;
}

std::vector<Lowering::HashKey> Lowering::JoinKeys(const Join& join, std::vector<ExprRef>* residual) {
  const RelSet left_relations = Produced(*join.children[0]), right_relations = Produced(*join.children[1]);
  std::vector<HashKey> keys;
  for (const ExprRef& condition : join.conditions) {
    const bool null_safe = IsNullSafeEqual(*condition);
    bool taken = false;
    if (IsEquality(*condition) || null_safe) {
      const Expr& equal = null_safe ? *condition->children[0] : *condition;
      ExprRef a = equal.children[0], b = equal.children[1];
      RelSet of_a = RelationsOf(a), of_b = RelationsOf(b);
      if (of_a.IsSubsetOf(right_relations) && of_b.IsSubsetOf(left_relations)) {
        std::swap(a, b);
        std::swap(of_a, of_b);
      }
      const bool sides = !of_a.empty() && !of_b.empty() && of_a.IsSubsetOf(left_relations) && of_b.IsSubsetOf(right_relations);
      if (sides && !IsVolatile(condition)) {
        // Both keys in one type: the join compares representations.
        if (a->type.oid != b->type.oid) {
          if (ExprRef cast = CastTo(a, b->type, planning_.context.functions)) a = cast;
          else if (ExprRef other = CastTo(b, a->type, planning_.context.functions)) b = other;
        }
        if (a->type.oid == b->type.oid) {
          keys.push_back({a, b, null_safe});
          taken = true;
        }
      }
    }
    if (!taken) residual->push_back(condition);
  }
  return keys;
}

// Estimated share of the rows of `key`'s side that lie in the range of `other`, where that is worth a look.
double Lowering::InRange(const ExprRef& key, const ExprRef& other) {
  if (key->kind != ExprKind::kColumn || other->kind != ExprKind::kColumn || !TakesRuntimeFilters(key->type)) return 1;
  const double share = estimator_.ShareInRange(key, other);
  return share <= kWorthwhileRuntimeFilter ? share : 1;
}

Lowered Lowering::LowerJoin(Join& join, std::vector<ExprRef> filter, const ColumnSet& required) {
  if (join.dependent) return LowerLateral(join, filter, required);
  const double rows = estimator_.Rows(join);
  LogicalNode& left_node = *join.children[0];
  LogicalNode& right_node = *join.children[1];
  const RelSet left_relations = Produced(left_node), right_relations = Produced(right_node);
  ColumnSet below = required;
  for (const ExprRef& condition : join.conditions) below.AddFrom(condition);
  for (const ExprRef& condition : filter) below.AddFrom(condition);

  std::vector<ExprRef> residual;
  std::vector<HashKey> keys = JoinKeys(join, &residual);
  if (join.join == JoinKind::kMark && join.null_aware && (keys.size() != 1 || !residual.empty())) {
    residual = join.conditions;
    keys.clear();
  }

  const double left_rows = estimator_.Rows(left_node), right_rows = estimator_.Rows(right_node);
  // The smaller input is built or materialised, where the kind of join lets us choose.
  const bool mirrors = join.join == JoinKind::kInner || join.join == JoinKind::kFull || (join.join == JoinKind::kLeft && !keys.empty());
  // Build rows outside the range of the other side's keys are not even read on (runtime_filters.cc).
  std::vector<double> left_in_range, right_in_range;
  double left_built = left_rows, right_built = right_rows;
  for (const HashKey& key : keys) {
    left_in_range.push_back(InRange(key.outer, key.inner));
    right_in_range.push_back(InRange(key.inner, key.outer));
    if (join.join == JoinKind::kInner) left_built *= left_in_range.back();
    if (join.join != JoinKind::kFull) right_built *= right_in_range.back();
  }
  const bool swap = mirrors && left_built < right_built;

  Lowered left = Lower(left_node, below), right = Lower(right_node, below);
  std::optional<Lowered> merge;
  // Row by row through an index of the inner table, if that is cheaper than reading all of it.
  if (!keys.empty()) {
    const double build = swap ? left_rows : right_rows, probe = swap ? right_rows : left_rows;
    double hash_cost = cost_.HashJoin(probe, build, rows) + cost_.Penalty(settings_.enable_hashjoin);
    if (!settings_.enable_hashjoin) {
      merge = LowerMergeJoin(join, filter, required, nullptr);
      const double both = left.node->total_cost + right.node->total_cost;
      if (merge.has_value()) hash_cost = std::min(hash_cost, std::max(0.0, merge->node->total_cost - both));
    }
    std::optional<Lowered> best = LowerIndexJoin(join, join.join, left_node, right_node, filter, required, right.node->total_cost + hash_cost);
    if (join.join == JoinKind::kInner) {
      auto mirrored = LowerIndexJoin(join, join.join, right_node, left_node, filter, required, left.node->total_cost + hash_cost);
      if (mirrored.has_value() && (!best.has_value() || mirrored->node->total_cost < best->node->total_cost)) best = std::move(mirrored);
    }
    if (best.has_value()) return std::move(*best);
    // Hash joins are switched off: by sorting, or else pair by pair, if that is not as well.
    if (!settings_.enable_hashjoin) {
      const bool loops = join.join != JoinKind::kFull;
      const double loop = left.node->total_cost + right.node->total_cost + cost_.NestedLoop(left_rows, right_rows) + cost_.Penalty(settings_.enable_nestloop);
      const double hash = left.node->total_cost + right.node->total_cost + hash_cost;
      const double merged = merge.has_value() ? merge->node->total_cost : std::numeric_limits<double>::infinity();
      if (loops && settings_.enable_nestloop && loop < std::min(hash, merged)) {
        residual = join.conditions;
        keys.clear();
      } else if (merged <= hash) {
        return std::move(*merge);
      }
    }
  }

  if (!keys.empty() && (join.join == JoinKind::kSemi || join.join == JoinKind::kAnti)) {
    const double straight = cost_.HashJoin(left_rows, right_rows, rows);
    const double pairs = std::max(left_rows, estimator_.JoinRows(JoinKind::kInner, join.conditions, left_relations, left_rows, right_rows));
    const double turned = cost_.HashJoin(right_rows, left_rows, pairs) + (join.join == JoinKind::kSemi ? 3 * cost_.HashRow() * pairs : 0);
    // The left rows a semi join has found more than once are told apart by a key of theirs.
    const std::optional<std::vector<Column>> unique = join.join == JoinKind::kSemi && IsHashable(left.layout) ? UniqueKey(left_node) : std::nullopt;
    if (turned < straight && (join.join == JoinKind::kAnti || unique.has_value()) && keys[0].inner->kind == ExprKind::kColumn && !keys[0].null_equals) {
      std::vector<HashKey> hash_keys;
      for (const HashKey& key : keys) hash_keys.push_back({key.inner, key.outer, key.null_equals});
      if (join.join == JoinKind::kAnti) return LowerTurnedAnti(join, std::move(left), std::move(right), hash_keys, residual, filter, required);
      ColumnSet with_key = below;
      for (const Column& column : *unique) with_key.Add(column.ref);
      return LowerTurnedSemi(join, Lower(left_node, with_key), std::move(right), hash_keys, residual, filter, required);
    }
  }

  const JoinKind kind = swap ? Mirrored(join.join) : join.join;
  Lowered& outer = swap ? right : left;
  Lowered& inner = swap ? left : right;
  const std::vector<Column> pair = Concat(outer.layout, inner.layout);
  std::vector<Column> raw = RawRow(kind, outer.layout, inner.layout, join.mark);
  PlanNodePtr node;
  if (!keys.empty()) {
    auto hash = std::make_unique<HashJoinNode>();
    hash->join = kind;
    for (const HashKey& key : keys) {
      hash->outer_keys.push_back(ToSlots(swap ? key.inner : key.outer, outer.layout));
      hash->inner_keys.push_back(ToSlots(swap ? key.outer : key.inner, inner.layout));
      hash->null_equals.push_back(key.null_equals);
    }
    hash->inner_in_range = swap ? left_in_range : right_in_range;
    const double built = std::min(inner.node->rows, swap ? left_built : right_built);
    if (!residual.empty()) hash->residual = ToSlots(sql::MakeAnd(residual), pair);
    hash->null_aware = join.null_aware && kind == JoinKind::kMark;
    hash->startup_cost = inner.node->total_cost + outer.node->startup_cost;
    hash->total_cost = inner.node->total_cost + outer.node->total_cost + cost_.HashJoin(outer.node->rows, built, rows) +
                       cost_.Penalty(settings_.enable_hashjoin);
    node = std::move(hash);
  } else {
    if (kind == JoinKind::kFull && !residual.empty()) ThrowNotSupported("FULL JOIN is only supported with merge-joinable or hash-joinable join conditions");
    auto loop = std::make_unique<NestedLoopNode>();
    loop->join = kind;
    if (!residual.empty()) loop->condition = ToSlots(sql::MakeAnd(residual), pair);
    loop->null_aware = join.null_aware && kind == JoinKind::kMark;
    loop->startup_cost = outer.node->startup_cost;
    loop->total_cost = outer.node->total_cost + inner.node->total_cost + cost_.NestedLoop(outer.node->rows, inner.node->rows) +
                       (residual.empty() ? 0 : cost_.Penalty(settings_.enable_nestloop));
    node = std::move(loop);
  }
  if (!filter.empty()) node->filter = ToSlots(sql::MakeAnd(filter), raw);
  node->children.push_back(std::move(outer.node));
  node->children.push_back(std::move(inner.node));
  return Finish(std::move(node), std::move(raw), required, rows);
}

}  // namespace gather::planner
