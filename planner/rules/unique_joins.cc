// Joins whose right side has at most one partner per row: a semi join is an inner join then (free to be reordered), a single join a left join
// (no second match to look out for).
#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

namespace {

// A column that is set equal to something; null_safe: by IS NOT DISTINCT FROM, so that nulls meet as well.
struct Key {
  ColumnRef ref;
  bool null_safe = false;
};
using Keys = std::vector<Key>;

const Key* Find(const Keys& keys, ColumnRef ref) {
  const auto found = std::find_if(keys.begin(), keys.end(), [ref](const Key& key) { return key.ref == ref; });
  return found == keys.end() ? nullptr : &*found;
}
bool Has(const Keys& keys, ColumnRef ref) { return Find(keys, ref) != nullptr; }

class UniqueJoins {
 public:
  explicit UniqueJoins(const Planning& planning) : planning_(planning) {}

  void Visit(LogicalNode& node) {
    for (LogicalPtr& child : node.children) Visit(*child);
    if (node.kind != LogicalKind::kJoin) return;
    auto& join = As<Join>(node);
    if (join.dependent || (join.join != JoinKind::kSemi && join.join != JoinKind::kSingle)) return;
    if (!IsUnique(*join.children[1], RightKeys(join))) return;
    join.join = join.join == JoinKind::kSemi ? JoinKind::kInner : JoinKind::kLeft;
  }

 private:
  // Columns of the right side that the join sets equal to something of the left.
  static Keys RightKeys(const Join& join) {
    const RelSet left = Produced(*join.children[0]), right = Produced(*join.children[1]);
    Keys keys;
    for (const ExprRef& condition : join.conditions) {
      if (!IsEquality(*condition) && !IsNullSafeEqual(*condition)) continue;
      const Expr& equal = IsEquality(*condition) ? *condition : *condition->children[0];
      for (const size_t at : {size_t{0}, size_t{1}}) {
        const ExprRef& column = StripRelabel(equal.children[at]);
        if (column->kind != ExprKind::kColumn || !right.Contains(column->relation)) continue;
        if (!RelationsOf(equal.children[1 - at]).Intersects(right)) keys.push_back({RefOf(*column), IsNullSafeEqual(*condition)});
      }
    }
    return keys;
  }

  // No two rows agree on all of `keys`.
  bool IsUnique(const LogicalNode& node, const Keys& keys) const {
    switch (node.kind) {
      case LogicalKind::kSingleRow: return true;
      case LogicalKind::kGet: return IsUniqueTable(As<Get>(node), keys);
      case LogicalKind::kFilter: case LogicalKind::kSort: case LogicalKind::kLimit: case LogicalKind::kWindow: return IsUnique(*node.children[0], keys);
      case LogicalKind::kProject: {
        Keys below;
        for (const Item& item : As<Project>(node).items) {
          const ExprRef& column = StripRelabel(item.expression);
          const Key* key = Find(keys, item.out);
          if (key != nullptr && column->kind == ExprKind::kColumn) below.push_back({RefOf(*column), key->null_safe});
        }
        return IsUnique(*node.children[0], below);
      }
      case LogicalKind::kAggregate: {
        const auto& aggregate = As<Aggregate>(node);
        return aggregate.grouping_sets.empty() && std::all_of(aggregate.keys.begin(), aggregate.keys.end(), [&keys](const Item& key) { return Has(keys, key.out); });
      }
      case LogicalKind::kDistinct: {
        const auto& columns = As<Distinct>(node).columns;
        return std::all_of(columns.begin(), columns.end(), [&keys](const Column& column) { return Has(keys, column.ref); });
      }
      case LogicalKind::kSetOp: {
        const auto& operation = As<SetOp>(node);
        return !operation.all && std::all_of(operation.output.begin(), operation.output.end(), [&keys](const Column& column) { return Has(keys, column.ref); });
      }
      case LogicalKind::kJoin: {
        const auto& join = As<Join>(node);
        if (join.dependent) return false;
        switch (join.join) {
          case JoinKind::kSemi: case JoinKind::kAnti: case JoinKind::kMark: case JoinKind::kSingle: return IsUnique(*join.children[0], keys);
          case JoinKind::kInner: case JoinKind::kLeft: return IsUnique(*join.children[0], keys) && IsUnique(*join.children[1], RightKeys(join));
          default: return false;
        }
      }
      default: return false;
    }
  }

  bool IsUniqueTable(const Get& get, const Keys& keys) const {
    if (get.relation->kind != sql::RelationKind::kTable) return false;
    const catalog::RelationEntry& table = *get.relation->table;
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](Oid oid) {
      const catalog::RelationRef index = planning_.statement.catalog->FindRelation(oid);
      if (index == nullptr || !index->index.has_value()) return false;
      const catalog::IndexEntry& entry = *index->index;
      if (!entry.unique() || !entry.valid || !entry.predicate_sql.empty()) return false;
      return std::all_of(entry.columns.begin(), entry.columns.end(), [&](const catalog::IndexColumn& key) {
        if (key.column.value <= 0) return false;
        // A unique index admits any number of nulls.
        const Key* found = Find(keys, {get.id, static_cast<uint32_t>(key.column.value - 1)});
        return found != nullptr && (!found->null_safe || table.column(key.column).not_null);
      });
    });
  }

  const Planning& planning_;
};

}  // namespace

LogicalPtr SimplifyUniqueJoins(LogicalPtr root, const Planning& planning) {
  UniqueJoins(planning).Visit(*root);
  return root;
}

}  // namespace gather::planner
