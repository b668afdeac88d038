// The FROM clause: relations, joins, CTE references.
#include <algorithm>

#include "planner/logical/builder.h"
#include "sql/query_walk.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// Whether the expression, or a subquery in it, refers to columns of `side`.
bool RefersTo(const ExprRef& expr, const LogicalNode& side) {
  const RelSet produced = Produced(side);
  bool found = false;
  sql::WalkDeep(expr, [&](const Expr& node) {
    found = found || (node.kind == ExprKind::kColumn && produced.Contains(node.relation));
    return !found;
  });
  return found;
}

// Rows of cells that subqueries compute: one projection of what computes them per row.
struct ValuesRow {
  LogicalPtr input;
  std::vector<ExprRef> cells;
};

LogicalPtr UnionOfRows(const sql::Relation& relation, std::vector<ValuesRow> rows, Planning& planning) {
  auto append = std::make_unique<SetOp>();
  append->all = true;
  for (uint32_t i = 0; i < relation.column_types.size(); ++i) {
    append->output.push_back(
        {{relation.id, i}, relation.column_types[i], rows[0].cells[i]->collation, relation.column_names[i]});
  }
  for (ValuesRow& row : rows) {
    auto project = std::make_unique<Project>();
    const RelId id = planning.NewRelation();
    std::vector<Column> columns;
    for (uint32_t i = 0; i < row.cells.size(); ++i) {
      project->items.push_back({{id, i}, row.cells[i], append->output[i].name});
      columns.push_back(ColumnOf(project->items.back()));
    }
    project->children.push_back(std::move(row.input));
    append->children.push_back(std::move(project));
    append->inputs.push_back(std::move(columns));
  }
  return append;
}

}  // namespace

LogicalPtr Builder::BuildFrom(const sql::Query& query) {
  LogicalPtr root;
  const uint32_t list = ++planning_.from_lists;
  for (const auto& item : query.from) {
    LogicalPtr next = BuildFromItem(query, *item);
    if (root == nullptr) {
      root = std::move(next);
      continue;
    }
    const bool dependent = Free(*next).Intersects(Produced(*root));
    root = MakeJoin(JoinKind::kInner, std::move(root), std::move(next), {});
    As<Join>(*root).dependent = dependent;
    As<Join>(*root).from_list = list;
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
    case sql::JoinType::kInner:
      kind = JoinKind::kInner;
      break;
    case sql::JoinType::kLeft:
      kind = JoinKind::kLeft;
      break;
    case sql::JoinType::kRight:
      kind = JoinKind::kLeft;
      std::swap(left, right);
      break;
    case sql::JoinType::kFull:
      kind = JoinKind::kFull;
      break;
    case sql::JoinType::kSemi:
      kind = JoinKind::kSemi;
      break;
    case sql::JoinType::kAnti:
      kind = JoinKind::kAnti;
      break;
  }
  std::vector<ExprRef> conditions, later;
  for (const ExprRef& condition : Conjuncts(ImportCondition(item.condition))) {
    if (!HasKind(condition, ExprKind::kSubquery)) {
      conditions.push_back(condition);
    } else if (kind == JoinKind::kInner) {
      later.push_back(condition);
    } else {
      const bool over_left = RefersTo(condition, *left), over_right = RefersTo(condition, *right);
      if (kind != JoinKind::kFull && (over_right || !over_left)) {
        // Rows of the right that fail the condition are no partners: a filter of the right side, which may look at the
        // left.
        FilterBy(condition, right);
      } else if (over_left && over_right) {
        ThrowNotSupported("FULL JOIN is only supported with merge-joinable or hash-joinable join conditions");
      } else {
        LogicalPtr& side = over_left ? left : right;
        conditions.push_back(Flatten(condition, side));
      }
    }
  }
  const bool dependent = Free(*right).Intersects(Produced(*left));
  LogicalPtr root = MakeJoin(kind, std::move(left), std::move(right), std::move(conditions));
  As<Join>(*root).dependent = dependent;
  for (const ExprRef& condition : later) FilterBy(condition, root);
  return root;
}

LogicalPtr Builder::Rename(RelId id, const std::vector<std::string>& names, BuiltQuery body) {
  auto project = std::make_unique<Project>();
  for (uint32_t i = 0; i < body.columns.size(); ++i) {
    project->items.push_back(
        {{id, i}, MakeColumn(body.columns[i]), i < names.size() ? names[i] : body.columns[i].name});
  }
  project->children.push_back(std::move(body.root));
  return project;
}

LogicalPtr Builder::BuildRelation(const sql::Relation& relation) {
  switch (relation.kind) {
    case sql::RelationKind::kTable:
    case sql::RelationKind::kSystemView: {
      auto get = std::make_unique<Get>();
      get->id = relation.id;
      get->relation = &relation;
      return get;
    }
    case sql::RelationKind::kSubquery:
      return Rename(relation.id, relation.column_names, Build(*relation.subquery));
    case sql::RelationKind::kValues: {
      auto values = std::make_unique<Values>();
      values->id = relation.id;
      values->relation = &relation;
      std::vector<ValuesRow> rows;
      bool computed = false;
      for (const auto& row : relation.rows) {
        ValuesRow& made = rows.emplace_back(std::make_unique<SingleRow>());
        for (const ExprRef& cell : row) made.cells.push_back(Flatten(Import(cell), made.input));
        computed = computed || made.input->kind != LogicalKind::kSingleRow;
      }
      if (computed) return UnionOfRows(relation, std::move(rows), planning_);
      for (ValuesRow& row : rows) values->values.push_back(std::move(row.cells));
      return values;
    }
    case sql::RelationKind::kFunction: {
      auto scan = std::make_unique<FunctionScan>();
      scan->id = relation.id;
      scan->relation = &relation;
      LogicalPtr arguments = std::make_unique<SingleRow>();
      for (const ExprRef& function : relation.functions)
        scan->functions.push_back(Flatten(Import(function), arguments));
      if (arguments->kind == LogicalKind::kSingleRow) return scan;
      LogicalPtr call = MakeJoin(JoinKind::kInner, std::move(arguments), std::move(scan), {});
      As<Join>(*call).dependent = true;
      return call;
    }
    case sql::RelationKind::kCte:
      return BuildCteReference(relation);
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
      scan->columns.push_back({{relation.id, i},
                               relation.column_types[i],
                               columns[i].collation,
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
    if (cte.recursive)
      state.body.root = BuildRecursive(cte, &state.body.columns);
    else
      state.body = Build(*cte.query);
    bool is_volatile = false;
    ForEachExpressionBelow(*state.body.root,
                           [&is_volatile](ExprRef& expr) { is_volatile = is_volatile || IsVolatile(expr); });
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
