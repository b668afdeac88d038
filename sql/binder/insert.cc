// INSERT.
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

struct Binder::InsertColumn {
  const catalog::ColumnEntry* column;
  int location;
  bool always_default = false;                         // OVERRIDING USER VALUE of an identity column
};

namespace {

bool IsDefault(const ast::Node* node) { return ast::Is<ast::SetToDefault>(node); }

}  // namespace

// One VALUES row's expressions, or one SELECT's outputs, as values of their columns.
ExprRef Binder::InsertValue(const InsertColumn& target, const catalog::RelationEntry& table, ExprRef value, bool overriding_system) {
  const catalog::ColumnEntry& column = *target.column;
  if (value == nullptr || target.always_default) return DefaultOf(table, column);
  if (column.generated) {
    throw SqlError(sqlstate::kGeneratedAlways, Format("cannot insert a non-DEFAULT value into column \"%s\"", column.name.c_str()))
        .Detail(Format("Column \"%s\" is a generated column.", column.name.c_str()));
  }
  if (column.identity == catalog::Identity::kAlways && !overriding_system) {
    throw SqlError(sqlstate::kGeneratedAlways, Format("cannot insert a non-DEFAULT value into column \"%s\"", column.name.c_str()))
        .Detail(Format("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", column.name.c_str()))
        .Hint("Use OVERRIDING SYSTEM VALUE to override.");
  }
  return CoerceForAssignment(std::move(value), column, target.location);
}

std::vector<Binder::InsertColumn> Binder::InsertColumns(const ast::InsertStmt& stmt, const ModifyTarget& into) {
  const bool user = stmt.overriding == ast::Overriding::kUser;
  std::vector<InsertColumn> columns;
  const auto add = [&](const catalog::ColumnEntry& column, int location) {
    columns.push_back({&column, location, user && column.identity != catalog::Identity::kNone});
  };
  if (stmt.columns.empty()) {
    for (const catalog::ColumnEntry& column : into.named().columns) {
      if (!column.dropped) add(*into.FindColumn(column.name, "insert into"), -1);
    }
    return columns;
  }
  for (const ast::ResTarget* target : stmt.columns) {
    const std::string name(target->name);
    const catalog::ColumnEntry* column = into.FindColumn(name, "insert into");
    if (column == nullptr) {
      if (name == "ctid" || name == "tableoid" || name == "xmin" || name == "xmax" || name == "cmin" || name == "cmax") {
        throw SqlError(sqlstate::kFeatureNotSupported, Format("cannot assign to system column \"%s\"", name.c_str())).At(target->location);
      }
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", name.c_str(), into.named().name.c_str()))
          .At(target->location);
    }
    if (!target->indirection.empty()) {
      throw SqlError(sqlstate::kFeatureNotSupported, "assignment to array elements in INSERT is not supported").At(target->location);
    }
    for (const InsertColumn& known : columns) {
      if (known.column == column) {
        throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", name.c_str())).At(target->location);
      }
    }
    add(*column, target->location);
  }
  return columns;
}

BoundStatement Binder::BindInsert(const ast::InsertStmt& stmt) {
  ModifyDraft draft;
  BeginModify(BoundModify::Kind::kInsert, stmt.with, *stmt.relation, "insert into", draft);
  auto& [modify, source, scope, ctes, into] = draft;
  const catalog::RelationEntry& table = *modify->table;
  modify->alias = stmt.relation->alias != nullptr ? stmt.relation->alias->name : std::string_view(into.named().name);
  const std::vector<InsertColumn> columns = InsertColumns(stmt, into);
  const bool overriding = stmt.overriding == ast::Overriding::kSystem;

  // Fewer values than columns are allowed when the columns were not listed.
  const auto check_count = [&](size_t values, int location) {
    if (values > columns.size()) throw SqlError(sqlstate::kSyntaxError, "INSERT has more expressions than target columns").At(location);
    if (!stmt.columns.empty() && values < columns.size()) {
      throw SqlError(sqlstate::kSyntaxError, "INSERT has more target columns than expressions").At(columns[values].location);
    }
  };
  std::vector<ExprRef> assigned(columns.size());       // null: the default
  const ast::SelectStmt* select = stmt.select;
  const bool values_only = select != nullptr && !select->values.empty() && select->order_by.empty() && select->limit_count == nullptr &&
                           select->limit_offset == nullptr && select->locking.empty() && select->with == nullptr;
  if (select == nullptr) {
    // DEFAULT VALUES
  } else if (values_only && select->values.size() == 1) {
    const ast::NodeList row = select->values[0];
    std::vector<ExprRef> values;
    for (const ast::Node* node : row) {
      if (IsDefault(node)) {
        values.push_back(nullptr);
        continue;
      }
      // (t.*) spreads.
      if (IsStar(node)) {
        std::vector<Target> expanded;
        ExpandStar(ast::As<ast::ColumnRef>(node), scope, expanded);
        for (Target& target : expanded) values.push_back(std::move(target.expression));
        continue;
      }
      values.push_back(BindExpression(node, scope, ExprPlace::kValuesSingle));
    }
    check_count(values.size(), values.size() > columns.size() ? (values[columns.size()] == nullptr ? row[columns.size()]->location
                                                                                                     : LocationOf(*values[columns.size()])) : -1);
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] != nullptr) assigned[i] = InsertValue(columns[i], table, std::move(values[i]), overriding);
    }
  } else if (values_only) {
    Relation relation;
    relation.kind = RelationKind::kValues;
    relation.alias = "*VALUES*";
    relation.rows.reserve(select->values.size());
    const size_t width = select->values[0].size();
    // Defaults are read once per column, not once per row.
    std::vector<ExprRef> defaults(columns.size());
    for (const ast::NodeList row : select->values) {
      std::vector<ExprRef> values;
      values.reserve(width);
      for (const ast::Node* node : row) values.push_back(IsDefault(node) ? nullptr : BindExpression(node, scope, ExprPlace::kValues));
      if (values.size() != width) {
        throw SqlError(sqlstate::kSyntaxError, "VALUES lists must all be the same length")
            .At(values.empty() || values[0] == nullptr ? row[0]->location : LocationOf(*values[0]));
      }
      if (width != columns.size()) {
        check_count(width, width > columns.size() ? (values[columns.size()] == nullptr ? row[columns.size()]->location : LocationOf(*values[columns.size()])) : -1);
      }
      for (size_t i = 0; i < width; ++i) {
        if (values[i] == nullptr || columns[i].always_default) {
          if (defaults[i] == nullptr) defaults[i] = DefaultOf(table, *columns[i].column);
          values[i] = defaults[i];
        } else {
          values[i] = InsertValue(columns[i], table, std::move(values[i]), overriding);
        }
      }
      relation.rows.push_back(std::move(values));
    }
    relation.id = NewRelId(scope);
    for (size_t i = 0; i < width; ++i) {
      relation.column_names.push_back(Format("column%zu", i + 1));
      relation.column_types.push_back(columns[i].column->type);
      assigned[i] = MakeColumn(relation.id, static_cast<uint32_t>(i), columns[i].column->type, relation.column_names[i]);
    }
    FromResult from = AddRelation(std::move(relation), nullptr, scope);
    source->from.push_back(std::move(from.item));
  } else {
    QueryPtr query = BindQuery(*select, &scope, false);
    size_t visible = 0;
    for (const Target& target : query->targets) visible += !target.junk;
    size_t at = 0;
    for (Target& target : query->targets) {
      if (target.junk) continue;
      if (at < columns.size() && target.expression->type.oid == kUnknown && visible <= columns.size()) {
        target.expression = CoerceForAssignment(std::move(target.expression), *columns[at].column, columns[at].location);
      }
      if (at >= columns.size()) check_count(visible, LocationOf(*target.expression));
      ++at;
    }
    check_count(visible, -1);
    const std::vector<Target> outputs = query->targets;
    FromResult from = AddSubquery(std::move(query), "*SELECT*", nullptr, false, scope);
    const NameItem& item = *from.names[0];
    for (size_t i = 0, output = 0; i < visible; ++i, ++output) {
      while (outputs[output].junk) ++output;
      assigned[i] = InsertValue(columns[i], table, ColumnExpr(item, item.columns[i], LocationOf(*outputs[output].expression)), overriding);
    }
    source->from.push_back(std::move(from.item));
  }

  std::vector<int> slot_of_column;
  for (const catalog::ColumnEntry& column : table.columns) {
    slot_of_column.push_back(column.dropped ? -1 : static_cast<int>(source->targets.size()));
    if (column.dropped) continue;
    ExprRef value;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].column == &column) value = assigned[i];
    }
    if (value == nullptr) value = DefaultOf(table, column);
    source->targets.push_back({std::move(value), column.name, false});
  }
  source->has_set_functions = scope.has_set_functions;

  AddConstraints(*modify);
  if (stmt.on_conflict != nullptr) BindOnConflict(stmt, into, slot_of_column, *modify);
  if (!stmt.returning.empty()) {
    // RETURNING sees the new row under the table's name.
    Scope returning;
    Query scratch;
    returning.query = &scratch;
    FromResult target = AddTarget(into, *stmt.relation, returning, nullptr);
    modify->target = target.item->relation;
    returning.names = target.names;
    BindReturning(stmt.returning, returning, *modify, *source, slot_of_column);
  }
  modify->source = source;
  return FinishModify(std::move(modify), std::move(ctes), scope);
}

}  // namespace gather::sql
