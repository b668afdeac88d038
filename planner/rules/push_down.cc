#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

namespace {

using Conditions = std::vector<ExprRef>;

bool Contains(const Conditions& conditions, const ExprRef& condition) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const ExprRef& other) { return sql::SameExpr(other, condition); });
}

// The relations of which `condition` lets no all-null row through.
void AddNullRejected(const ExprRef& condition, RelSet* relations) {
  const RelSet used = RelationsOf(condition);
  for (uint32_t id : used.ids()) {
    if (RejectsNulls(condition, RelSet(RelId(id)))) relations->Add(RelId(id));
  }
}

// a = b and b = 5: a = 5. Columns of the same type only: the same operator applies.
void SpreadConstants(Conditions& conditions) {
  for (size_t round = 0; round < 3; ++round) {
    Conditions found;
    for (const ExprRef& fixed : conditions) {
      if (!IsEquality(*fixed)) continue;
      for (const int side : {0, 1}) {
        const ExprRef& column = fixed->children[static_cast<size_t>(side)];
        const ExprRef& value = fixed->children[static_cast<size_t>(1 - side)];
        if (column->kind != ExprKind::kColumn || HasColumns(value) || IsVolatile(value)) continue;
        for (const ExprRef& link : conditions) {
          if (!IsEquality(*link) || link->children[0]->kind != ExprKind::kColumn || link->children[1]->kind != ExprKind::kColumn) continue;
          for (const size_t at : {size_t{0}, size_t{1}}) {
            const Expr& one = *link->children[at];
            const ExprRef& other = link->children[1 - at];
            if (RefOf(one) != RefOf(*column) || other->type.oid != column->type.oid || other->collation != column->collation) continue;
            auto copy = std::make_shared<Expr>(*fixed);
            copy->children[static_cast<size_t>(side)] = other;
            if (!Contains(conditions, copy) && !Contains(found, copy)) found.push_back(std::move(copy));
          }
        }
      }
    }
    if (found.empty()) return;
    conditions.insert(conditions.end(), found.begin(), found.end());
  }
}

class PushDown {
 public:
  // Marks that are wanted for more than one filter.
  void CountMarks(LogicalNode& node, std::map<uint32_t, int>* filtered) {
    ForEachExpression(node, [&](ExprRef& expr) {
      const RelSet used = RelationsOf(expr);
      for (uint32_t id : used.ids()) {
        if (node.kind != LogicalKind::kFilter || ++(*filtered)[id] > 1) wanted_.Add(RelId(id));
      }
    });
    for (LogicalPtr& child : node.children) CountMarks(*child, filtered);
  }

  LogicalPtr Push(LogicalPtr node, Conditions conditions, RelSet rejected) {
    for (const ExprRef& condition : conditions) AddNullRejected(condition, &rejected);
    switch (node->kind) {
      case LogicalKind::kFilter: {
        Conditions terms;
        for (const ExprRef& condition : As<Filter>(*node).conditions) {
          for (const ExprRef& term : Conjuncts(condition)) FactorOr(term, &terms);
        }
        for (ExprRef& term : terms) {
          if (IsVolatile(term) || !Contains(conditions, term)) conditions.push_back(std::move(term));
        }
        LogicalPtr child = std::move(node->children[0]);
        return Push(std::move(child), std::move(conditions), std::move(rejected));
      }
      case LogicalKind::kProject: return PushProject(std::move(node), std::move(conditions));
      case LogicalKind::kJoin: return PushJoin(std::move(node), std::move(conditions), rejected);
      case LogicalKind::kAggregate: return PushAggregate(std::move(node), std::move(conditions));
      case LogicalKind::kDistinct: return PushThrough(std::move(node), std::move(conditions), rejected, [](const LogicalNode& at, const ExprRef& condition) {
        if (!As<Distinct>(at).first) return true;
        ColumnSet keys, used;
        for (const Column& column : As<Distinct>(at).columns) keys.Add(column.ref);
        used.AddFrom(condition);
        return std::all_of(used.begin(), used.end(), [&keys](ColumnRef ref) { return keys.Contains(ref); });
      });
      case LogicalKind::kSort: case LogicalKind::kLockRows:
        return PushThrough(std::move(node), std::move(conditions), rejected, [](const LogicalNode& at, const ExprRef&) { return at.kind == LogicalKind::kSort; });
      case LogicalKind::kWindow: return PushThrough(std::move(node), std::move(conditions), RelSet(), [](const LogicalNode& at, const ExprRef& condition) {
        ColumnSet keys, used;
        for (const ExprRef& key : As<Window>(at).partition_by) keys.AddFrom(key);
        used.AddFrom(condition);
        return !used.empty() && std::all_of(used.begin(), used.end(), [&keys](ColumnRef ref) { return keys.Contains(ref); });
      });
      case LogicalKind::kSetOp: return PushSetOp(std::move(node), std::move(conditions));
      default: {
        for (LogicalPtr& child : node->children) child = Push(std::move(child), {}, {});
        return MakeFilter(std::move(node), std::move(conditions));
      }
    }
  }

 private:
  template <class May>
  LogicalPtr PushThrough(LogicalPtr node, Conditions conditions, const RelSet& rejected, const May& may) {
    Conditions down, stay;
    for (ExprRef& condition : conditions) (!IsVolatile(condition) && may(*node, condition) ? down : stay).push_back(std::move(condition));
    node->children[0] = Push(std::move(node->children[0]), std::move(down), rejected);
    return MakeFilter(std::move(node), std::move(stay));
  }

  LogicalPtr PushProject(LogicalPtr node, Conditions conditions) {
    ColumnMap map;
    ColumnSet opaque;
    for (const Item& item : As<Project>(*node).items) {
      if (IsVolatile(item.expression)) opaque.Add(item.out);
      else map[item.out] = item.expression;
    }
    Conditions down, stay;
    for (ExprRef& condition : conditions) {
      ColumnSet used;
      used.AddFrom(condition);
      const bool may = !IsVolatile(condition) && std::none_of(used.begin(), used.end(), [&opaque](ColumnRef ref) { return opaque.Contains(ref); });
      if (may) down.push_back(Substitute(condition, map));
      else stay.push_back(std::move(condition));
    }
    node->children[0] = Push(std::move(node->children[0]), std::move(down), {});
    return MakeFilter(std::move(node), std::move(stay));
  }

  LogicalPtr PushAggregate(LogicalPtr node, Conditions conditions) {
    auto& aggregate = As<Aggregate>(*node);
    ColumnMap map;
    if (aggregate.grouping_sets.empty()) {
      for (const Item& key : aggregate.keys) {
        if (!IsVolatile(key.expression)) map[key.out] = key.expression;
      }
    }
    const RelSet own = Produced(aggregate);
    Conditions down, stay;
    for (ExprRef& condition : conditions) {
      ColumnSet used;
      used.AddFrom(condition);
      bool keys_only = !map.empty() && !IsVolatile(condition), local = false;
      for (ColumnRef ref : used) {
        if (!own.Contains(ref.relation)) continue;     // of an outer query: a constant here
        local = true;
        keys_only = keys_only && map.contains(ref);
      }
      if (keys_only && local) down.push_back(Substitute(condition, map));
      else stay.push_back(std::move(condition));
    }
    node->children[0] = Push(std::move(node->children[0]), std::move(down), {});
    return MakeFilter(std::move(node), std::move(stay));
  }

  LogicalPtr PushSetOp(LogicalPtr node, Conditions conditions) {
    auto& operation = As<SetOp>(*node);
    Conditions stay, down;
    for (ExprRef& condition : conditions) (IsVolatile(condition) ? stay : down).push_back(std::move(condition));
    for (size_t i = 0; i < node->children.size(); ++i) {
      ColumnMap map;
      for (size_t c = 0; c < operation.output.size(); ++c) map[operation.output[c].ref] = MakeColumn(operation.inputs[i][c]);
      Conditions own;
      for (const ExprRef& condition : down) own.push_back(Substitute(condition, map));
      node->children[i] = Push(std::move(node->children[i]), std::move(own), {});
    }
    return MakeFilter(std::move(node), std::move(stay));
  }

  // The conditions of a tree of inner joins, taken out of the joins.
  static void TakeInner(LogicalNode& node, Conditions* conditions) {
    if (node.kind == LogicalKind::kFilter) {
      // A filter between inner joins is part of them; it stays as an empty node until the recursion drops it.
      if (node.children[0]->kind != LogicalKind::kJoin || As<Join>(*node.children[0]).join != JoinKind::kInner) return;
      for (const ExprRef& condition : As<Filter>(node).conditions) {
        for (const ExprRef& term : Conjuncts(condition)) FactorOr(term, conditions);
      }
      As<Filter>(node).conditions.clear();
      TakeInner(*node.children[0], conditions);
      return;
    }
    if (node.kind != LogicalKind::kJoin || As<Join>(node).join != JoinKind::kInner) return;
    auto& join = As<Join>(node);
    for (const ExprRef& condition : join.conditions) {
      for (const ExprRef& term : Conjuncts(condition)) FactorOr(term, conditions);
    }
    join.conditions.clear();
    TakeInner(*node.children[0], conditions);
    TakeInner(*node.children[1], conditions);
  }

  LogicalPtr PushJoin(LogicalPtr node, Conditions conditions, RelSet rejected) {
    auto& join = As<Join>(*node);
    RelSet left = Produced(*node->children[0]), right = Produced(*node->children[1]);
    SimplifyOuter(join, rejected, left, right);
    if (join.join == JoinKind::kMark) TurnMarkIntoSemi(join, conditions);
    if (join.join == JoinKind::kInner) {
      TakeInner(*node, &conditions);
      Conditions distinct;
      for (const ExprRef& condition : conditions) {
        if (!Contains(distinct, condition)) distinct.push_back(condition);
      }
      conditions = std::move(distinct);
      SpreadConstants(conditions);
      for (const ExprRef& condition : conditions) AddNullRejected(condition, &rejected);
      Conditions to_left, to_right, stay;
      for (ExprRef& condition : conditions) {
        const RelSet used = RelationsOf(condition);
        const bool in_left = used.Intersects(left), in_right = used.Intersects(right);
        if (IsVolatile(condition)) stay.push_back(std::move(condition));
        else if (in_left && !in_right) to_left.push_back(std::move(condition));
        else if (in_right && !in_left) to_right.push_back(std::move(condition));
        else if (in_left) join.conditions.push_back(std::move(condition));
        else stay.push_back(std::move(condition));
      }
      node->children[0] = Push(std::move(node->children[0]), std::move(to_left), rejected);
      node->children[1] = Push(std::move(node->children[1]), std::move(to_right), rejected);
      return MakeFilter(std::move(node), std::move(stay));
    }
    // Outer, semi, anti, mark, single: conditions from above go to the preserved (left) side only; join conditions on the right side alone
    // to the right.
    const bool full = join.join == JoinKind::kFull;
    Conditions to_left, to_right, stay, own;
    for (ExprRef& condition : conditions) {
      const RelSet used = RelationsOf(condition);
      const bool other = used.Intersects(right) || (join.join == JoinKind::kMark && used.Contains(join.mark.ref.relation));
      if (!full && !IsVolatile(condition) && used.Intersects(left) && !other) to_left.push_back(std::move(condition));
      else stay.push_back(std::move(condition));
    }
    Conditions terms;
    for (const ExprRef& condition : join.conditions) {
      for (const ExprRef& term : Conjuncts(condition)) FactorOr(term, &terms);
    }
    // l = 5 above and l = r in the join: only r = 5 can match.
    if (join.join == JoinKind::kLeft || join.join == JoinKind::kSemi || join.join == JoinKind::kAnti) {
      Conditions both = terms;
      both.insert(both.end(), to_left.begin(), to_left.end());
      const size_t known = both.size();
      SpreadConstants(both);
      for (size_t i = known; i < both.size(); ++i) {
        if (!RelationsOf(both[i]).Intersects(left)) terms.push_back(both[i]);
      }
    }
    for (ExprRef& term : terms) {
      const RelSet used = RelationsOf(term);
      const bool in_left = used.Intersects(left), in_right = used.Intersects(right);
      if (full || IsVolatile(term) || (join.join == JoinKind::kMark && join.null_aware)) own.push_back(std::move(term));
      else if (in_right && !in_left) to_right.push_back(std::move(term));
      else if (in_left && !in_right && join.join == JoinKind::kSemi) to_left.push_back(std::move(term));
      else own.push_back(std::move(term));
    }
    join.conditions = std::move(own);
    RelSet right_rejected;
    if (!full) {
      for (const ExprRef& condition : join.conditions) AddNullRejected(condition, &right_rejected);
    }
    node->children[0] = Push(std::move(node->children[0]), std::move(to_left), full ? RelSet() : rejected);
    node->children[1] = Push(std::move(node->children[1]), std::move(to_right), right_rejected);
    return MakeFilter(std::move(node), std::move(stay));
  }

  static void SimplifyOuter(Join& join, const RelSet& rejected, RelSet& left, RelSet& right) {
    if (join.join == JoinKind::kLeft && rejected.Intersects(right)) join.join = JoinKind::kInner;
    if (join.join != JoinKind::kFull) return;
    const bool needs_left = rejected.Intersects(left), needs_right = rejected.Intersects(right);
    if (needs_left && needs_right) {
      join.join = JoinKind::kInner;
    } else if (needs_left) {
      join.join = JoinKind::kLeft;
    } else if (needs_right) {
      join.join = JoinKind::kLeft;
      std::swap(join.children[0], join.children[1]);
      std::swap(left, right);
    }
  }

  // A mark that is only asked for being true is a semi join; one that must be false (and is never null) an anti join.
  void TurnMarkIntoSemi(Join& join, Conditions& conditions) const {
    if (wanted_.Contains(join.mark.ref.relation)) return;
    int uses = 0;
    size_t at = conditions.size();
    bool negated = false;
    for (size_t i = 0; i < conditions.size(); ++i) {
      if (!RelationsOf(conditions[i]).Contains(join.mark.ref.relation)) continue;
      ++uses;
      const ExprRef& condition = conditions[i];
      const bool is_not = condition->kind == ExprKind::kNot;
      const ExprRef& core = is_not ? condition->children[0] : condition;
      if (core->kind == ExprKind::kColumn) {
        at = i;
        negated = is_not;
      }
    }
    if (uses != 1 || at == conditions.size() || (negated && join.null_aware)) return;
    join.join = negated ? JoinKind::kAnti : JoinKind::kSemi;
    join.null_aware = false;
    conditions.erase(conditions.begin() + static_cast<std::ptrdiff_t>(at));
  }

  RelSet wanted_;
};

}  // namespace

LogicalPtr PushDownPredicates(LogicalPtr root) {
  PushDown rule;
  std::map<uint32_t, int> filtered;
  rule.CountMarks(*root, &filtered);
  return rule.Push(std::move(root), {}, {});
}

}  // namespace gather::planner
