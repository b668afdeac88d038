// Relations in FROM: tables, views (inlined), subqueries, WITH items; their aliases and origins.
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

RelId Binder::NewRelId(const Scope& scope) {
  const RelId id(next_relation_++);
  level_of_relation_.resize(next_relation_, -1);
  origin_of_relation_.resize(next_relation_);
  level_of_relation_[id.value] = scope.level;
  return id;
}

void Binder::Depend(Oid relation) {
  for (const Oid known : depends_on_) {
    if (known == relation) return;
  }
  depends_on_.push_back(relation);
}

catalog::RelationRef Binder::LookUpRelation(const ast::RangeVar& var) {
  catalog::RelationRef relation;
  if (!var.schema.empty()) {
    const catalog::SchemaEntry* schema = catalog_.FindSchema(var.schema);
    if (schema == nullptr) {
      throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s.%s\" does not exist", std::string(var.schema).c_str(), std::string(var.name).c_str()))
          .At(var.location);
    }
    relation = catalog_.FindRelation(schema->oid, var.name);
  } else {
    relation = catalog_.FindRelation(context_.search_path, var.name);
  }
  if (relation == nullptr) {
    const std::string name = var.schema.empty() ? std::string(var.name) : std::string(var.schema) + "." + std::string(var.name);
    throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist", name.c_str())).At(var.location);
  }
  return relation;
}

Binder::FromResult Binder::AddRelation(Relation relation, const ast::Alias* alias, Scope& scope) {
  auto item = std::make_shared<NameItem>();
  item->alias = relation.alias;
  item->relation = relation.id;
  item->has_alias = alias != nullptr;
  item->table = relation.table;
  if (relation.table != nullptr) item->real_name = relation.table->name;
  const bool has_system = relation.kind == RelationKind::kTable || relation.kind == RelationKind::kSystemView;
  const size_t shown = has_system ? relation.column_names.size() - 2 : relation.column_names.size();
  item->columns.reserve(shown);
  size_t renamed = 0;
  for (size_t i = 0; i < shown; ++i) {
    if (has_system && relation.table->columns[i].dropped) continue;
    if (alias != nullptr && renamed < alias->columns.size()) relation.column_names[i] = alias->columns[renamed++];
    NameColumn column{relation.column_names[i], relation.column_types[i], static_cast<uint32_t>(i), relation.id, nullptr, kInvalidOid};
    if (has_system && TypeRules::IsCollatable(column.type.oid)) column.collation = relation.table->columns[i].collation;
    item->columns.push_back(std::move(column));
  }
  if (alias != nullptr && alias->columns.size() > item->columns.size()) {
    throw SqlError(sqlstate::kInvalidColumnReference, Format("table \"%s\" has %zu columns available but %zu columns specified", relation.alias.c_str(),
                                                             item->columns.size(), alias->columns.size()));
  }
  FromResult result;
  result.item = std::make_unique<FromItem>();
  result.item->relation = relation.id;
  result.names.push_back(item);
  scope.all_names.push_back(std::move(item));
  scope.query->relations.push_back(std::move(relation));
  return result;
}

Binder::FromResult Binder::AddTable(const catalog::RelationRef& table, const ast::Alias* alias, Scope& scope) {
  Relation relation;
  relation.id = NewRelId(scope);
  relation.kind = table->kind == catalog::RelationKind::kSystemView ? RelationKind::kSystemView : RelationKind::kTable;
  relation.alias = alias != nullptr ? alias->name : std::string_view(table->name);
  relation.table = table;
  const size_t columns = table->columns.size();
  relation.column_names.reserve(columns + 2);
  relation.column_types.reserve(columns + 2);
  for (const catalog::ColumnEntry& column : table->columns) {
    relation.column_names.push_back(column.name);
    relation.column_types.push_back(column.dropped ? SqlType(kInt4) : column.type);
  }
  relation.column_names.emplace_back("ctid");
  relation.column_types.emplace_back(kTid);
  relation.column_names.emplace_back("tableoid");
  relation.column_types.emplace_back(kOid);
  origin_of_relation_[relation.id.value].table = table->oid;
  Depend(table->oid);
  return AddRelation(std::move(relation), alias, scope);
}

Binder::FromResult Binder::AddView(const catalog::RelationRef& view, const ast::Alias* alias, Scope& scope) {
  Depend(view->oid);
  const std::vector<ParsedStatement> parsed = Parse(view->view_sql);
  const auto* select = parsed.size() == 1 ? ast::TryAs<ast::SelectStmt>(parsed[0].node.get()) : nullptr;
  if (select == nullptr) ThrowInternal("the definition of view \"" + view->name + "\" is damaged");
  // Nothing around the view is in sight of its query.
  Scope barrier;
  Query nothing;
  barrier.level = scope.level;
  barrier.query = &nothing;
  QueryPtr query = BindQuery(*select, &barrier, true);

  Relation relation;
  relation.id = NewRelId(scope);
  relation.kind = RelationKind::kSubquery;
  relation.alias = alias != nullptr ? alias->name : std::string_view(view->name);
  relation.table = view;
  for (const catalog::ColumnEntry& column : view->columns) {
    if (column.dropped) continue;
    relation.column_names.push_back(column.name);
    relation.column_types.push_back(column.type);
  }
  // A view keeps the type its column was created with; the query may have come to show another typmod.
  size_t visible = 0;
  for (const Target& target : query->targets) {
    if (target.junk) continue;
    if (visible < relation.column_types.size() && target.expression->type.oid != relation.column_types[visible].oid) {
      ThrowInternal("view \"" + view->name + "\" does not match its query");
    }
    ++visible;
  }
  if (visible != relation.column_types.size()) ThrowInternal("view \"" + view->name + "\" does not match its query");
  relation.subquery = std::move(query);
  origin_of_relation_[relation.id.value].table = view->oid;
  return AddRelation(std::move(relation), alias, scope);
}

Binder::FromResult Binder::AddSubquery(QueryPtr query, std::string name, const ast::Alias* alias, bool lateral, Scope& scope) {
  Relation relation;
  relation.id = NewRelId(scope);
  relation.kind = RelationKind::kSubquery;
  relation.alias = std::move(name);
  relation.lateral = lateral;
  Origin& origin = origin_of_relation_[relation.id.value];
  for (const OutputColumn& column : OutputOf(query->targets)) {
    relation.column_names.push_back(column.name);
    relation.column_types.push_back(column.type);
    origin.columns.emplace_back(column.table, column.attribute);
  }
  relation.subquery = std::move(query);
  return AddRelation(std::move(relation), alias, scope);
}

CteName* Binder::FindCte(std::string_view name, Scope& scope) {
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    for (const auto& cte : level->ctes) {
      if (cte->name == name && !cte->not_yet) return cte.get();
    }
  }
  return nullptr;
}

Binder::FromResult Binder::AddCte(CteName& cte, const ast::RangeVar& var, Scope& scope) {
  Relation relation;
  relation.id = NewRelId(scope);
  relation.kind = RelationKind::kCte;
  relation.alias = var.alias != nullptr ? var.alias->name : std::string_view(cte.name);
  relation.column_names = cte.column_names;
  relation.column_types = cte.column_types;
  relation.cte = cte.number;
  relation.self_reference = cte.in_recursion;
  ++cte.references;
  if (cte.in_recursion) ++cte.self_references;
  return AddRelation(std::move(relation), var.alias, scope);
}

Binder::FromResult Binder::BindRangeVar(const ast::RangeVar& var, Scope& scope) {
  if (var.schema.empty()) {
    if (CteName* cte = FindCte(var.name, scope)) return AddCte(*cte, var, scope);
  }
  const catalog::RelationRef relation = LookUpRelation(var);
  switch (relation->kind) {
    case catalog::RelationKind::kTable: case catalog::RelationKind::kSystemView: return AddTable(relation, var.alias, scope);
    case catalog::RelationKind::kView: return AddView(relation, var.alias, scope);
    case catalog::RelationKind::kSequence: return AddTable(relation, var.alias, scope);
    case catalog::RelationKind::kIndex: break;
  }
  throw SqlError(sqlstate::kWrongObjectType, Format("cannot open relation \"%s\"", relation->name.c_str()))
      .Detail("This operation is not supported for indexes.")
      .At(var.location);
}

Binder::FromResult Binder::BindRangeSubselect(const ast::RangeSubselect& node, Scope& scope) {
  const auto& select = ast::As<ast::SelectStmt>(node.subquery);
  if (node.alias == nullptr) {
    const bool values = !select.values.empty();
    throw SqlError(sqlstate::kSyntaxError, values ? "VALUES in FROM must have an alias" : "subquery in FROM must have an alias")
        .Hint(values ? "For example, FROM (VALUES ...) [AS] foo." : "For example, FROM (SELECT ...) [AS] foo.")
        .At(node.location);
  }
  const bool saved = scope.lateral_active;
  scope.lateral_active = node.lateral;
  QueryPtr query = BindQuery(select, &scope, true, ExprPlace::kFromSubselect);
  scope.lateral_active = saved;
  return AddSubquery(std::move(query), std::string(node.alias->name), node.alias, node.lateral, scope);
}

}  // namespace gather::sql
