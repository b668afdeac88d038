// The FROM clause: relations, joins, CTE references.
#include <algorithm>

#include "planner/logical/builder.h"
#include "types/error.h"

namespace gather::planner {

LogicalPtr Builder::BuildFrom(const sql::Query& query) {
  LogicalPtr root;
  for (const auto& item : query.from) {
    LogicalPtr next = BuildFromItem(query, *item);
    if (root == nullptr) {
      root = std::move(next);
      continue;
    }
    const bool dependent = Free(*next).Intersects(Produced(*root));
    root = MakeJoin(JoinKind::kInner, std::move(root), std::move(next), {});
    As<Join>(*root).dependent = dependent;
  }
  return root == nullptr ? std::make_unique<SingleRow>() : std::move(root);
}

LogicalPtr Builder::BuildFromItem(const sql::Query& query, const sql::FromItem& item) {
  if (item.is_join) return BuildJoin(query, item);
  const sql::Relation* relation = query.FindRelation(item.relation);
  if (relation == nullptr) ThrowInternal("a FROM item without relation");
  return BuildRelation(*relation);
}

LogicalPtr Builder::BuildJoin(const sql::Query& query, const sql::FromItem& item) {
  LogicalPtr left = BuildFromItem(query, *item.left);
  LogicalPtr right = BuildFromItem(query, *item.right);
  JoinKind kind = JoinKind::kInner;
  switch (item.type) {
    case sql::JoinType::kInner: kind = JoinKind::kInner; break;
    case sql::JoinType::kLeft: kind = JoinKind::kLeft; break;
    case sql::JoinType::kRight:
      kind = JoinKind::kLeft;
      std::swap(left, right);
      break;
    case sql::JoinType::kFull: kind = JoinKind::kFull; break;
    case sql::JoinType::kSemi: kind = JoinKind::kSemi; break;
    case sql::JoinType::kAnti: kind = JoinKind::kAnti; break;
  }
  const bool dependent = Free(*right).Intersects(Produced(*left));
  std::vector<ExprRef> conditions, later;
  for (const ExprRef& condition : Conjuncts(ImportCondition(item.condition))) {
    if (!HasKind(condition, ExprKind::kSubquery)) {
      conditions.push_back(condition);
    } else if (kind == JoinKind::kInner) {
      later.push_back(condition);
    } else {
      // A subquery over one side only can be joined to that side first.
      ExprRef flat;
      LogicalPtr probe = std::make_unique<SingleRow>();
      flat = Flatten(condition, probe);
      if (probe->kind != LogicalKind::kSingleRow) {
        const RelSet used = Free(*probe);
        LogicalPtr& side = !used.Intersects(Produced(*left)) ? right : left;
        if (used.Intersects(Produced(*left)) && (used.Intersects(Produced(*right)) || kind == JoinKind::kFull)) {
          ThrowNotSupported("a subquery in the condition of an outer join that refers to both sides is not supported");
        }
        // The chain of joins built over the probe's single row is moved over the side.
        LogicalNode* bottom = probe.get();
        while (bottom->children[0]->kind != LogicalKind::kSingleRow) bottom = bottom->children[0].get();
        bottom->children[0] = std::move(side);
        for (LogicalNode* at = probe.get();; at = at->children[0].get()) {
          if (at->kind == LogicalKind::kJoin) As<Join>(*at).dependent = Free(*at->children[1]).Intersects(Produced(*at->children[0]));
          if (at == bottom) break;
        }
        side = std::move(probe);
      }
      conditions.push_back(std::move(flat));
    }
  }
  LogicalPtr root = MakeJoin(kind, std::move(left), std::move(right), std::move(conditions));
  As<Join>(*root).dependent = dependent;
  for (const ExprRef& condition : later) FilterBy(condition, root);
  return root;
}

LogicalPtr Builder::Rename(RelId id, const std::vector<std::string>& names, BuiltQuery body) {
  auto project = std::make_unique<Project>();
  for (uint32_t i = 0; i < body.columns.size(); ++i) {
    project->items.push_back({{id, i}, MakeColumn(body.columns[i]), i < names.size() ? names[i] : body.columns[i].name});
  }
  project->children.push_back(std::move(body.root));
  return project;
}

LogicalPtr Builder::BuildRelation(const sql::Relation& relation) {
  switch (relation.kind) {
    case sql::RelationKind::kTable: case sql::RelationKind::kSystemView: {
      auto get = std::make_unique<Get>();
      get->id = relation.id;
      get->relation = &relation;
      return get;
    }
    case sql::RelationKind::kSubquery: return Rename(relation.id, relation.column_names, Build(*relation.subquery));
    case sql::RelationKind::kValues: {
      auto values = std::make_unique<Values>();
      values->id = relation.id;
      values->relation = &relation;
      for (const auto& row : relation.rows) {
        std::vector<ExprRef> cells;
        for (const ExprRef& cell : row) cells.push_back(ImportWithout(cell, "VALUES"));
        values->values.push_back(std::move(cells));
      }
      return values;
    }
    case sql::RelationKind::kFunction: {
      auto scan = std::make_unique<FunctionScan>();
      scan->id = relation.id;
      scan->relation = &relation;
      for (const ExprRef& function : relation.functions) scan->functions.push_back(ImportWithout(function, "the arguments of a function in FROM"));
      return scan;
    }
    case sql::RelationKind::kCte: return BuildCteReference(relation);
  }
  ThrowInternal("unknown kind of relation");
}

LogicalPtr Builder::BuildCteReference(const sql::Relation& relation) {
  const auto reference = [&relation](LogicalKind kind, const std::vector<Column>& columns) {
    auto scan = std::make_unique<CteScan>(kind);
    scan->id = relation.id;
    scan->alias = relation.alias;
    scan->cte = relation.cte;
    for (uint32_t i = 0; i < columns.size(); ++i) {
      scan->columns.push_back({{relation.id, i}, relation.column_types[i], columns[i].collation,
                               i < relation.column_names.size() ? relation.column_names[i] : columns[i].name});
    }
    return scan;
  };
  if (relation.self_reference) {
    const auto found = work_tables_.find(relation.cte);
    if (found == work_tables_.end()) ThrowInternal("a recursive reference outside its recursive term");
    return reference(LogicalKind::kWorkTable, found->second);
  }
  const auto found = ctes_.find(relation.cte);
  if (found == ctes_.end()) ThrowInternal("reference to an unknown CTE");
  CteState& state = found->second;
  if (!state.built) {
    state.built = true;
    const sql::Cte& cte = *state.cte;
    if (cte.recursive) state.body.root = BuildRecursive(cte, &state.body.columns);
    else state.body = Build(*cte.query);
    bool is_volatile = false;
    ForEachExpressionBelow(*state.body.root, [&is_volatile](ExprRef& expr) { is_volatile = is_volatile || IsVolatile(expr); });
    const bool correlated = !Free(*state.body.root).empty();
    const bool wanted = cte.materialized.has_value() ? !*cte.materialized : cte.references <= 1;
    state.inlined = correlated || (wanted && !cte.recursive && !is_volatile);
    if (!state.inlined) {
      Planning::CteQuery& query = planning_.ctes[relation.cte];
      query.columns = state.body.columns;
      query.root = std::move(state.body.root);
    }
  }
  if (!state.inlined) return reference(LogicalKind::kCteScan, planning_.ctes[relation.cte].columns);
  BuiltQuery body;
  if (state.cte->references <= 1) {
    body = std::move(state.body);
    if (body.root == nullptr) ThrowInternal("a CTE is referenced more often than counted");
  } else {
    std::map<uint32_t, uint32_t> renamed;
    body.root = Copy(*state.body.root, &planning_.next_relation, &renamed);
    body.columns = state.body.columns;
    for (Column& column : body.columns) {
      const auto fresh = renamed.find(column.ref.relation.value);
      if (fresh != renamed.end()) column.ref.relation.value = fresh->second;
    }
  }
  return Rename(relation.id, relation.column_names, std::move(body));
}

LogicalPtr Builder::BuildRecursive(const sql::Cte& cte, std::vector<Column>* columns) {
  const sql::Query& query = *cte.query;
  if (query.set_operation != sql::SetOperation::kUnion) return nullptr;
  AddCtes(query.ctes);
  auto node = std::make_unique<RecursiveUnion>();
  node->cte = cte.number;
  node->all = query.all;
  for (uint32_t i = 0; i < query.targets.size(); ++i) {
    const Expr& target = *query.targets[i].expression;
    node->output.push_back({{query.set_relation, i}, target.type, target.collation, query.targets[i].name});
  }
  BuiltQuery base = Build(*query.left);
  work_tables_[cte.number] = node->output;
  BuiltQuery term = Build(*query.right);
  node->inputs = {std::move(base.columns), std::move(term.columns)};
  node->children.push_back(std::move(base.root));
  node->children.push_back(std::move(term.root));
  *columns = node->output;
  LogicalPtr root = std::move(node);
  SortAndLimit(query, *columns, root);
  return root;
}

}  // namespace gather::planner
