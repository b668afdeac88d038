#include "planner/logical/algebra.h"

namespace gather::planner {

Column ColumnOf(const Item& item) { return {item.out, item.expression->type, item.expression->collation, item.name}; }

LogicalPtr MakeFilter(LogicalPtr child, std::vector<ExprRef> conditions) {
  if (conditions.empty()) return child;
  if (child->kind == LogicalKind::kFilter) {
    auto& below = As<Filter>(*child);
    below.conditions.insert(below.conditions.end(), conditions.begin(), conditions.end());
    below.rows = -1;
    return child;
  }
  auto filter = std::make_unique<Filter>();
  filter->conditions = std::move(conditions);
  filter->children.push_back(std::move(child));
  return filter;
}

LogicalPtr MakeJoin(JoinKind kind, LogicalPtr left, LogicalPtr right, std::vector<ExprRef> conditions) {
  auto join = std::make_unique<Join>();
  join->join = kind;
  join->conditions = std::move(conditions);
  join->children.push_back(std::move(left));
  join->children.push_back(std::move(right));
  return join;
}

namespace {

Column RelationColumn(RelId id, const sql::Relation& relation, uint32_t index) {
  Column column{{id, index}, relation.column_types[index], kInvalidOid, index < relation.column_names.size() ? relation.column_names[index] : ""};
  if (relation.table != nullptr && index < relation.table->columns.size()) column.collation = relation.table->columns[index].collation;
  return column;
}

void AddRelationColumns(RelId id, const sql::Relation& relation, std::vector<Column>* columns) {
  for (uint32_t i = 0; i < relation.column_types.size(); ++i) columns->push_back(RelationColumn(id, relation, i));
}

// The relations a node itself defines.
void AddOwn(const LogicalNode& node, RelSet* relations) {
  switch (node.kind) {
    case LogicalKind::kGet: relations->Add(As<Get>(node).id); break;
    case LogicalKind::kValues: relations->Add(As<Values>(node).id); break;
    case LogicalKind::kFunctionScan: relations->Add(As<FunctionScan>(node).id); break;
    case LogicalKind::kCteScan: case LogicalKind::kWorkTable: relations->Add(As<CteScan>(node).id); break;
    case LogicalKind::kProject:
      for (const Item& item : As<Project>(node).items) relations->Add(item.out.relation);
      break;
    case LogicalKind::kProjectSet:
      for (const Item& item : As<ProjectSet>(node).items) relations->Add(item.out.relation);
      break;
    case LogicalKind::kJoin:
      if (As<Join>(node).join == JoinKind::kMark) relations->Add(As<Join>(node).mark.ref.relation);
      break;
    case LogicalKind::kAggregate:
      for (const Item& item : As<Aggregate>(node).keys) relations->Add(item.out.relation);
      for (const AggregateItem& item : As<Aggregate>(node).aggregates) relations->Add(item.out.relation);
      if (!As<Aggregate>(node).grouping_sets.empty()) relations->Add(As<Aggregate>(node).set_number.ref.relation);
      break;
    case LogicalKind::kSetOp:
      for (const Column& column : As<SetOp>(node).output) relations->Add(column.ref.relation);
      break;
    case LogicalKind::kRecursiveUnion:
      for (const Column& column : As<RecursiveUnion>(node).output) relations->Add(column.ref.relation);
      break;
    case LogicalKind::kWindow:
      for (const WindowItem& item : As<Window>(node).calls) relations->Add(item.out.relation);
      break;
    default: break;
  }
}

// Columns come from the node alone, not from its children.
bool ReplacesColumns(LogicalKind kind) {
  return kind == LogicalKind::kProject || kind == LogicalKind::kProjectSet || kind == LogicalKind::kAggregate || kind == LogicalKind::kSetOp ||
         kind == LogicalKind::kRecursiveUnion;
}

bool HidesRight(const LogicalNode& node) {
  if (node.kind != LogicalKind::kJoin) return false;
  const JoinKind kind = As<Join>(node).join;
  return kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark;
}

void AddDefined(const LogicalNode& node, RelSet* relations) {
  AddOwn(node, relations);
  for (const LogicalPtr& child : node.children) AddDefined(*child, relations);
}

void AddReferenced(LogicalNode& node, RelSet* relations) {
  ForEachExpressionBelow(node, [relations](ExprRef& expr) { AddRelations(expr, relations); });
}

}  // namespace

void AddOutputs(const LogicalNode& node, std::vector<Column>* columns) {
  switch (node.kind) {
    case LogicalKind::kSingleRow: return;
    case LogicalKind::kGet: AddRelationColumns(As<Get>(node).id, *As<Get>(node).relation, columns); return;
    case LogicalKind::kValues: AddRelationColumns(As<Values>(node).id, *As<Values>(node).relation, columns); return;
    case LogicalKind::kFunctionScan: AddRelationColumns(As<FunctionScan>(node).id, *As<FunctionScan>(node).relation, columns); return;
    case LogicalKind::kCteScan: case LogicalKind::kWorkTable:
      columns->insert(columns->end(), As<CteScan>(node).columns.begin(), As<CteScan>(node).columns.end());
      return;
    case LogicalKind::kProject:
      for (const Item& item : As<Project>(node).items) columns->push_back(ColumnOf(item));
      return;
    case LogicalKind::kProjectSet:
      for (const Item& item : As<ProjectSet>(node).items) columns->push_back(ColumnOf(item));
      return;
    case LogicalKind::kAggregate: {
      const auto& aggregate = As<Aggregate>(node);
      for (const Item& item : aggregate.keys) columns->push_back(ColumnOf(item));
      for (const AggregateItem& item : aggregate.aggregates) columns->push_back({item.out, item.type, item.collation, item.name});
      if (!aggregate.grouping_sets.empty()) columns->push_back(aggregate.set_number);
      return;
    }
    case LogicalKind::kSetOp: columns->insert(columns->end(), As<SetOp>(node).output.begin(), As<SetOp>(node).output.end()); return;
    case LogicalKind::kRecursiveUnion:
      columns->insert(columns->end(), As<RecursiveUnion>(node).output.begin(), As<RecursiveUnion>(node).output.end());
      return;
    case LogicalKind::kJoin:
      AddOutputs(*node.children[0], columns);
      if (!HidesRight(node)) AddOutputs(*node.children[1], columns);
      if (As<Join>(node).join == JoinKind::kMark) columns->push_back(As<Join>(node).mark);
      return;
    case LogicalKind::kWindow:
      AddOutputs(*node.children[0], columns);
      for (const WindowItem& item : As<Window>(node).calls) columns->push_back({item.out, item.type, item.collation, item.name});
      return;
    case LogicalKind::kFilter: case LogicalKind::kDistinct: case LogicalKind::kSort: case LogicalKind::kLimit: case LogicalKind::kLockRows:
      AddOutputs(*node.children[0], columns);
      return;
  }
}

std::vector<Column> Outputs(const LogicalNode& node) {
  std::vector<Column> columns;
  AddOutputs(node, &columns);
  return columns;
}

RelSet Produced(const LogicalNode& node) {
  StatementScope::CheckInterrupt();
  RelSet relations;
  AddOwn(node, &relations);
  if (ReplacesColumns(node.kind)) return relations;
  const size_t visible = HidesRight(node) ? 1 : node.children.size();
  for (size_t i = 0; i < visible; ++i) relations.Add(Produced(*node.children[i]));
  return relations;
}

RelSet Defined(const LogicalNode& node) {
  RelSet relations;
  AddDefined(node, &relations);
  return relations;
}

RelSet Free(const LogicalNode& node) {
  RelSet referenced;
  AddReferenced(const_cast<LogicalNode&>(node), &referenced);
  const RelSet defined = Defined(node);
  RelSet free;
  for (uint32_t id : referenced.ids()) {
    if (!defined.Contains(RelId(id))) free.Add(RelId(id));
  }
  return free;
}

void ForEachExpression(LogicalNode& node, const std::function<void(ExprRef&)>& visit) {
  const auto each = [&visit](std::vector<ExprRef>& list) { for (ExprRef& expr : list) visit(expr); };
  const auto maybe = [&visit](ExprRef& expr) { if (expr != nullptr) visit(expr); };
  switch (node.kind) {
    case LogicalKind::kValues:
      for (auto& row : As<Values>(node).values) each(row);
      break;
    case LogicalKind::kFunctionScan: each(As<FunctionScan>(node).functions); break;
    case LogicalKind::kFilter: each(As<Filter>(node).conditions); break;
    case LogicalKind::kProject:
      for (Item& item : As<Project>(node).items) visit(item.expression);
      break;
    case LogicalKind::kProjectSet:
      for (Item& item : As<ProjectSet>(node).items) visit(item.expression);
      break;
    case LogicalKind::kJoin:
      each(As<Join>(node).conditions);
      for (Join::Parameter& parameter : As<Join>(node).parameters) visit(parameter.value);
      break;
    case LogicalKind::kAggregate:
      for (Item& item : As<Aggregate>(node).keys) visit(item.expression);
      for (AggregateItem& item : As<Aggregate>(node).aggregates) {
        each(item.arguments);
        maybe(item.filter);
        for (sql::SortItem& sort : item.order_by) visit(sort.expression);
      }
      break;
    case LogicalKind::kSort:
      for (sql::SortItem& sort : As<Sort>(node).items) visit(sort.expression);
      break;
    case LogicalKind::kLimit:
      maybe(As<Limit>(node).limit);
      maybe(As<Limit>(node).offset);
      break;
    case LogicalKind::kWindow:
      each(As<Window>(node).partition_by);
      for (sql::SortItem& sort : As<Window>(node).order_by) visit(sort.expression);
      for (WindowItem& item : As<Window>(node).calls) {
        each(item.arguments);
        maybe(item.filter);
        // A frame's offsets are the same for all rows, but may be an outer query's columns.
        ExprRef start = item.call->start_offset, end = item.call->end_offset;
        maybe(start);
        maybe(end);
        if (start == item.call->start_offset && end == item.call->end_offset) continue;
        auto call = std::make_shared<sql::WindowCall>(*item.call);
        call->start_offset = std::move(start);
        call->end_offset = std::move(end);
        item.call = std::move(call);
      }
      break;
    case LogicalKind::kDistinct: case LogicalKind::kSetOp: case LogicalKind::kRecursiveUnion: case LogicalKind::kLockRows: {
      // Plain column lists: shown as expressions, and taken back when replaced by another column.
      const auto columns = [&visit](std::vector<Column>& list) {
        for (Column& column : list) {
          const ExprRef before = MakeColumn(column);
          ExprRef after = before;
          visit(after);
          if (after != before && after->kind == ExprKind::kColumn) column = ColumnOf(*after);
        }
      };
      if (node.kind == LogicalKind::kDistinct) columns(As<Distinct>(node).columns);
      if (node.kind == LogicalKind::kSetOp) for (auto& input : As<SetOp>(node).inputs) columns(input);
      if (node.kind == LogicalKind::kRecursiveUnion) for (auto& input : As<RecursiveUnion>(node).inputs) columns(input);
      if (node.kind == LogicalKind::kLockRows) {
        for (LockRows::Lock& lock : As<LockRows>(node).locks) {
          ExprRef expr = MakeColumn({lock.ctid, type_oid::kTid, kInvalidOid, "ctid"});
          visit(expr);
          if (expr->kind == ExprKind::kColumn) lock.ctid = RefOf(*expr);
        }
      }
      break;
    }
    default: break;
  }
}

void ForEachExpressionBelow(LogicalNode& node, const std::function<void(ExprRef&)>& visit) {
  ForEachExpression(node, visit);
  for (LogicalPtr& child : node.children) ForEachExpressionBelow(*child, visit);
}

void SubstituteBelow(LogicalNode& node, const ColumnMap& map) {
  if (map.empty()) return;
  ForEachExpressionBelow(node, [&map](ExprRef& expr) { expr = Substitute(expr, map); });
}

namespace {

template <class Node>
LogicalPtr CopyAs(const LogicalNode& node) { return std::make_unique<Node>(As<Node>(node)); }

// The node's own fields; children are copied by the caller.
LogicalPtr CopyOne(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kSingleRow: return CopyAs<SingleRow>(node);
    case LogicalKind::kGet: return CopyAs<Get>(node);
    case LogicalKind::kValues: return CopyAs<Values>(node);
    case LogicalKind::kFunctionScan: return CopyAs<FunctionScan>(node);
    case LogicalKind::kCteScan: case LogicalKind::kWorkTable: return CopyAs<CteScan>(node);
    case LogicalKind::kFilter: return CopyAs<Filter>(node);
    case LogicalKind::kProject: return CopyAs<Project>(node);
    case LogicalKind::kJoin: return CopyAs<Join>(node);
    case LogicalKind::kAggregate: return CopyAs<Aggregate>(node);
    case LogicalKind::kDistinct: return CopyAs<Distinct>(node);
    case LogicalKind::kSetOp: return CopyAs<SetOp>(node);
    case LogicalKind::kSort: return CopyAs<Sort>(node);
    case LogicalKind::kLimit: return CopyAs<Limit>(node);
    case LogicalKind::kWindow: return CopyAs<Window>(node);
    case LogicalKind::kProjectSet: return CopyAs<ProjectSet>(node);
    case LogicalKind::kLockRows: return CopyAs<LockRows>(node);
    case LogicalKind::kRecursiveUnion: return CopyAs<RecursiveUnion>(node);
  }
  return nullptr;
}

LogicalPtr CopyTree(const LogicalNode& node) {
  LogicalPtr copy = CopyOne(node);
  for (const LogicalPtr& child : node.children) copy->children.push_back(CopyTree(*child));
  return copy;
}

using Renaming = std::map<uint32_t, uint32_t>;

void RenameId(RelId& id, const Renaming& renamed) {
  const auto found = renamed.find(id.value);
  if (found != renamed.end()) id.value = found->second;
}

ExprRef RenameColumns(const ExprRef& expr, const Renaming& renamed) {
  return sql::Rewrite(expr, [&renamed](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    const auto found = renamed.find(node->relation.value);
    if (found == renamed.end()) return nullptr;
    auto copy = std::make_shared<Expr>(*node);
    copy->relation.value = found->second;
    return copy;
  });
}

// What the node defines; its expressions are renamed separately.
void RenameOwn(LogicalNode& node, const Renaming& renamed) {
  const auto items = [&renamed](std::vector<Item>& list) { for (Item& item : list) RenameId(item.out.relation, renamed); };
  const auto columns = [&renamed](std::vector<Column>& list) { for (Column& column : list) RenameId(column.ref.relation, renamed); };
  switch (node.kind) {
    case LogicalKind::kGet: RenameId(As<Get>(node).id, renamed); break;
    case LogicalKind::kValues: RenameId(As<Values>(node).id, renamed); break;
    case LogicalKind::kFunctionScan: RenameId(As<FunctionScan>(node).id, renamed); break;
    case LogicalKind::kCteScan: case LogicalKind::kWorkTable:
      RenameId(As<CteScan>(node).id, renamed);
      columns(As<CteScan>(node).columns);
      break;
    case LogicalKind::kProject: items(As<Project>(node).items); break;
    case LogicalKind::kProjectSet: items(As<ProjectSet>(node).items); break;
    case LogicalKind::kJoin: RenameId(As<Join>(node).mark.ref.relation, renamed); break;
    case LogicalKind::kAggregate:
      items(As<Aggregate>(node).keys);
      for (AggregateItem& item : As<Aggregate>(node).aggregates) RenameId(item.out.relation, renamed);
      RenameId(As<Aggregate>(node).set_number.ref.relation, renamed);
      break;
    case LogicalKind::kSetOp: columns(As<SetOp>(node).output); break;
    case LogicalKind::kRecursiveUnion: columns(As<RecursiveUnion>(node).output); break;
    case LogicalKind::kWindow:
      for (WindowItem& item : As<Window>(node).calls) RenameId(item.out.relation, renamed);
      break;
    default: break;
  }
  for (LogicalPtr& child : node.children) RenameOwn(*child, renamed);
}

}  // namespace

LogicalPtr Copy(const LogicalNode& node, uint32_t* next_relation, std::map<uint32_t, uint32_t>* renamed) {
  const RelSet defined = Defined(node);
  for (uint32_t id : defined.ids()) renamed->emplace(id, (*next_relation)++);
  LogicalPtr copy = CopyTree(node);
  RenameOwn(*copy, *renamed);
  ForEachExpressionBelow(*copy, [renamed](ExprRef& expr) { expr = RenameColumns(expr, *renamed); });
  return copy;
}

}  // namespace gather::planner
