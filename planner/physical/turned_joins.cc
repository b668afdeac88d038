// Semi and anti joins turned round. A semi join builds its right side and probes with the left; where the left side is much the smaller one
// it is cheaper to build that and let the right side's rows find it:
//   anti join   a right join, of which the rows without partner are kept
//   semi join   an inner join, each left row kept once: grouped by its columns, a key of the left side among them
#include <algorithm>

#include "planner/physical/lowering.h"

namespace gather::planner {

std::optional<std::vector<Column>> Lowering::UniqueKey(const LogicalNode& node) const {
  switch (node.kind) {
    case LogicalKind::kGet: {
      const auto& get = As<Get>(node);
      if (get.relation->kind != sql::RelationKind::kTable || get.relation->table == nullptr) return std::nullopt;
      const catalog::RelationEntry& table = *get.relation->table;
      const std::vector<Column> columns = Outputs(node);
      for (Oid oid : table.indexes) {
        const catalog::RelationRef index = planning_.statement.catalog->FindRelation(oid);
        if (index == nullptr || !index->index.has_value()) continue;
        const catalog::IndexEntry& entry = *index->index;
        if (!entry.unique() || !entry.valid || !entry.predicate_sql.empty()) continue;
        std::vector<Column> key;
        for (uint32_t i = 0; i < table.columns.size(); ++i) {
          const bool in = std::any_of(entry.columns.begin(), entry.columns.end(), [&](const catalog::IndexColumn& of) { return of.column == table.columns[i].id; });
          if (in && table.columns[i].not_null) key.push_back(columns[i]);
        }
        if (key.size() == entry.columns.size()) return key;
      }
      return std::nullopt;
    }
    case LogicalKind::kFilter: case LogicalKind::kSort: case LogicalKind::kLimit: return UniqueKey(*node.children[0]);
    case LogicalKind::kJoin: {
      const auto& join = As<Join>(node);
      switch (join.join) {
        case JoinKind::kSemi: case JoinKind::kAnti: case JoinKind::kMark: case JoinKind::kSingle: return UniqueKey(*node.children[0]);
        case JoinKind::kInner: {
          auto left = UniqueKey(*node.children[0]), right = UniqueKey(*node.children[1]);
          if (!left.has_value() || !right.has_value()) return std::nullopt;
          left->insert(left->end(), right->begin(), right->end());
          return left;
        }
        default: return std::nullopt;
      }
    }
    default: return std::nullopt;
  }
}

// A hashed grouping can tell their values apart.
bool Lowering::IsHashable(const std::vector<Column>& columns) const {
  const catalog::FunctionRegistry* functions = planning_.context.functions;
  return functions != nullptr && std::all_of(columns.begin(), columns.end(), [functions](const Column& column) {
    const Oid type = column.type.oid == type_oid::kVarchar ? type_oid::kText : IsArrayType(column.type.oid) ? type_oid::kAnyarray : column.type.oid;
    const catalog::OperatorInfo* equal = functions->FindOperator("=", type, type);
    return equal != nullptr && equal->hashes;
  });
}

std::unique_ptr<HashJoinNode> Lowering::MakeHashJoin(JoinKind kind, const Lowered& outer, const Lowered& inner, const std::vector<HashKey>& keys,
                                                     const std::vector<ExprRef>& residual) {
  auto hash = std::make_unique<HashJoinNode>();
  hash->join = kind;
  for (const HashKey& key : keys) {
    hash->outer_keys.push_back(ToSlots(key.outer, outer.layout));
    hash->inner_keys.push_back(ToSlots(key.inner, inner.layout));
    hash->null_equals.push_back(key.null_equals);
  }
  if (!residual.empty()) {
    std::vector<Column> pair = outer.layout;
    pair.insert(pair.end(), inner.layout.begin(), inner.layout.end());
    hash->residual = ToSlots(sql::MakeAnd(residual), pair);
  }
  return hash;
}

Lowered Lowering::LowerTurnedAnti(Join& join, Lowered left, Lowered right, const std::vector<HashKey>& keys, const std::vector<ExprRef>& residual,
                                  const std::vector<ExprRef>& filter, const ColumnSet& required) {
  const double rows = estimator_.Rows(join);
  auto hash = MakeHashJoin(JoinKind::kRight, right, left, keys, residual);
  std::vector<Column> raw = right.layout;
  raw.insert(raw.end(), left.layout.begin(), left.layout.end());
  // A key that has found an equal one is not null.
  std::vector<ExprRef> kept = {MakeUnary(ExprKind::kIsNull, keys[0].outer)};
  kept.insert(kept.end(), filter.begin(), filter.end());
  hash->filter = ToSlots(sql::MakeAnd(kept), raw);
  hash->startup_cost = left.node->total_cost + right.node->startup_cost;
  hash->total_cost = left.node->total_cost + right.node->total_cost + cost_.HashJoin(right.node->rows, left.node->rows, rows) +
                     cost_.Penalty(settings_.enable_hashjoin);
  hash->children.push_back(std::move(right.node));
  hash->children.push_back(std::move(left.node));
  return Finish(std::move(hash), std::move(raw), required, rows);
}

Lowered Lowering::LowerTurnedSemi(Join& join, Lowered left, Lowered right, const std::vector<HashKey>& keys, const std::vector<ExprRef>& residual,
                                  const std::vector<ExprRef>& filter, const ColumnSet& required) {
  const double rows = estimator_.Rows(join);
  const double pairs = estimator_.JoinRows(JoinKind::kInner, join.conditions, Produced(*join.children[0]), left.node->rows, right.node->rows);
  auto hash = MakeHashJoin(JoinKind::kInner, right, left, keys, residual);
  std::vector<Column> raw = right.layout;
  raw.insert(raw.end(), left.layout.begin(), left.layout.end());
  hash->startup_cost = left.node->total_cost + right.node->startup_cost;
  hash->total_cost = left.node->total_cost + right.node->total_cost + cost_.HashJoin(right.node->rows, left.node->rows, pairs) +
                     cost_.Penalty(settings_.enable_hashjoin);
  ColumnSet kept;
  for (const Column& column : left.layout) kept.Add(column.ref);
  hash->children.push_back(std::move(right.node));
  hash->children.push_back(std::move(left.node));
  Lowered found = Finish(std::move(hash), std::move(raw), kept, pairs);
  auto once = std::make_unique<AggregateNode>();
  once->groups = rows;
  for (uint32_t slot = 0; slot < found.layout.size(); ++slot) {
    once->keys.push_back(sql::MakeSlot(slot, found.layout[slot].type, found.layout[slot].name));
  }
  std::vector<Column> columns = found.layout;
  if (!filter.empty()) once->filter = ToSlots(sql::MakeAnd(filter), columns);
  once->startup_cost = once->total_cost = found.node->total_cost + cost_.Aggregate(pairs, rows, columns.size(), 0);
  once->children.push_back(std::move(found.node));
  return Finish(std::move(once), std::move(columns), required, rows);
}

}  // namespace gather::planner
