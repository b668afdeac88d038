#include "executor/commands/views.h"

#include <algorithm>

#include "executor/commands/nested.h"
#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

std::string CreateViewCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ViewStmt>(node);
  Session& session = context.session;
  const std::shared_ptr<const sql::BoundStatement> bound = BindNested(session, context.statement, statement.query);
  if (bound->kind != sql::StatementKind::kQuery) throw SqlError(sqlstate::kFeatureNotSupported, "views must not contain data-modifying statements in WITH");
  if (!bound->parameter_types.empty()) throw SqlError(sqlstate::kFeatureNotSupported, "views may not contain parameters");
  catalog::RelationEntry view;
  view.oid = kInvalidOid;
  view.schema = SchemaForNew(session, *statement.view).oid;
  view.name = statement.view->name;
  view.owner = session.user_oid();
  view.kind = catalog::RelationKind::kView;
  view.temporary = statement.view->persistence == 't';
  if (statement.aliases.size() > bound->output.size()) throw SqlError(sqlstate::kSyntaxError, "CREATE VIEW specifies more column names than columns");
  auto& query = const_cast<sql::Query&>(*bound->query);    // bound a moment ago and nobody else's: its columns get the view's names
  size_t visible = 0;
  for (sql::Target& target : query.targets) {
    if (target.junk) continue;
    if (visible < statement.aliases.size()) target.name = statement.aliases[visible];
    catalog::ColumnEntry column;
    column.id = ColumnId(static_cast<int16_t>(visible + 1));
    column.name = target.name;
    column.type = bound->output[visible].type;
    if (column.type.oid == type_oid::kUnknown) column.type = type_oid::kText;
    if (view.FindColumn(column.name) != nullptr) throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", column.name.c_str()));
    view.columns.push_back(std::move(column));
    ++visible;
  }
  sql::BindContext deparse = session.MakeBindContext();
  view.view_sql = sql::DeparseQuery(query, deparse, true);
  view.depends_on = bound->relations;
  std::sort(view.depends_on.begin(), view.depends_on.end());
  view.depends_on.erase(std::unique(view.depends_on.begin(), view.depends_on.end()), view.depends_on.end());
  const catalog::RelationRef present = session.catalog_view()->FindRelation(view.schema, view.name);
  if (present == nullptr || !statement.replace) {
    session.change_catalog().CreateRelation(std::move(view));
    return "CREATE VIEW";
  }
  if (present->kind != catalog::RelationKind::kView) throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a view", present->name.c_str()));
  RequireOwner(session, *present);
  session.LockRelation(present->oid, storage::LockMode::kAccessExclusive);
  if (view.columns.size() < present->columns.size()) throw SqlError(sqlstate::kInvalidTableDefinition, "cannot drop columns from view");
  for (size_t i = 0; i < present->columns.size(); ++i) {
    const catalog::ColumnEntry& old_column = present->columns[i];
    const catalog::ColumnEntry& new_column = view.columns[i];
    if (old_column.name != new_column.name) {
      throw SqlError(sqlstate::kInvalidTableDefinition, Format("cannot change name of view column \"%s\" to \"%s\"", old_column.name.c_str(), new_column.name.c_str()))
          .Hint("Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.");
    }
    if (old_column.type != new_column.type) {
      throw SqlError(sqlstate::kInvalidTableDefinition, Format("cannot change data type of view column \"%s\" from %s to %s", old_column.name.c_str(),
                                                               FormatType(old_column.type).c_str(), FormatType(new_column.type).c_str()));
    }
  }
  catalog::RelationEntry changed = *present;
  changed.columns = std::move(view.columns);
  changed.view_sql = std::move(view.view_sql);
  changed.depends_on = std::move(view.depends_on);
  session.change_catalog().ReplaceRelation(std::move(changed));
  return "CREATE VIEW";
}

ViewTexts BindDependentViews(Session& session, Oid relation) {
  ViewTexts views;
  for (const catalog::RelationRef& view : session.catalog_view()->Relations()) {
    if (view->kind != catalog::RelationKind::kView || view->oid < kFirstUserOid) continue;
    if (std::find(view->depends_on.begin(), view->depends_on.end(), relation) == view->depends_on.end()) continue;
    sql::BindContext context = session.MakeBindContext();
    views.push_back({view->oid, std::make_shared<sql::BoundStatement>(sql::Bind(sql::Parse(view->view_sql).at(0), context))});
  }
  return views;
}

void RewriteDependentViews(Session& session, const ViewTexts& views) {
  for (const ViewText& text : views) {
    catalog::RelationEntry changed = *session.catalog_view()->FindRelation(text.view);
    sql::BindContext context = session.MakeBindContext();
    changed.view_sql = sql::DeparseQuery(*text.query->query, context, true);
    session.change_catalog().ReplaceRelation(std::move(changed));
  }
}

}  // namespace gather::executor
