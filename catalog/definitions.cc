#include "catalog/definitions.h"

#include "catalog/operator_classes.h"
#include "types/quote.h"

namespace gather::catalog {

std::string QualifiedName(const CatalogSnapshot& catalog, const RelationEntry& relation) {
  const SchemaEntry* schema = catalog.FindSchema(relation.schema);
  return schema == nullptr ? QuoteIdentifier(relation.name) : QuoteQualified(schema->name, relation.name);
}

bool IsVisible(const CatalogSnapshot& catalog, std::span<const Oid> search_path, const RelationEntry& relation) {
  const RelationRef found = catalog.FindRelation(search_path, relation.name);
  return found != nullptr && found->oid == relation.oid;
}

std::string VisibleName(const CatalogSnapshot& catalog, std::span<const Oid> search_path, const RelationEntry& relation) {
  return IsVisible(catalog, search_path, relation) ? QuoteIdentifier(relation.name) : QualifiedName(catalog, relation);
}

std::string WithoutOuterParentheses(const std::string& expression) {
  if (expression.size() < 2 || expression.front() != '(' || expression.back() != ')') return expression;
  int depth = 0;
  char quote = 0;
  for (size_t i = 0; i < expression.size(); i++) {
    const char c = expression[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      depth++;
    } else if (c == ')' && --depth == 0 && i + 1 < expression.size()) {
      return expression;  // the first parenthesis closes before the end: not a pair around the whole
    }
  }
  return expression.substr(1, expression.size() - 2);
}

namespace {

// An expression key: parenthesised unless it looks like a call.
std::string KeyExpression(const std::string& expression) {
  const size_t open = expression.find('(');
  const bool call = open != std::string::npos && open > 0 && expression.back() == ')' &&
                    expression.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.\"") == open &&
                    WithoutOuterParentheses(expression.substr(open)) != expression.substr(open);
  return call ? expression : "(" + expression + ")";
}

std::string ColumnList(const RelationEntry& table, const std::vector<ColumnId>& columns) {
  std::string list;
  for (ColumnId column : columns) list += (list.empty() ? "" : ", ") + QuoteIdentifier(table.column(column).name);
  return list;
}

std::string Options(const RelationEntry& relation) {
  std::string list;
  for (const auto& [name, value] : relation.options) list += (list.empty() ? "" : ", ") + name + "=" + value;
  return list;
}

}  // namespace

std::string IndexColumnDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, int position, bool pretty, SessionServices& session) {
  const IndexEntry& entry = *index.index;
  const RelationRef table = catalog.FindRelation(entry.table);
  const auto number = static_cast<size_t>(position);
  if (table == nullptr || position < 1 || number > entry.columns.size() + entry.include.size()) return {};
  if (number > entry.columns.size()) return QuoteIdentifier(table->column(entry.include[number - entry.columns.size() - 1]).name);
  const IndexColumn& column = entry.columns[number - 1];
  return column.column.value != 0 ? QuoteIdentifier(table->column(column.column).name)
                                    : KeyExpression(session.ExpressionText(column.expression_sql, table.get(), pretty));
}

std::string IndexDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, const std::string& table_name, bool pretty,
                            SessionServices& session) {
  const IndexEntry& entry = *index.index;
  std::string sql = std::string("CREATE ") + (entry.unique() ? "UNIQUE " : "") + "INDEX " + QuoteIdentifier(index.name) + " ON " + table_name +
                    " USING " + QuoteIdentifier(entry.method) + " (";
  for (size_t i = 0; i < entry.columns.size(); i++) {
    const IndexColumn& column = entry.columns[i];
    if (i > 0) sql += ", ";
    sql += IndexColumnDefinition(catalog, index, static_cast<int>(i) + 1, pretty, session);
    if (column.order.descending) {
      sql += " DESC";
      if (!column.order.nulls_first) sql += " NULLS LAST";
    } else if (column.order.nulls_first) {
      sql += " NULLS FIRST";
    }
  }
  sql += ")";
  const RelationRef table = catalog.FindRelation(entry.table);
  if (!entry.include.empty() && table != nullptr) sql += " INCLUDE (" + ColumnList(*table, entry.include) + ")";
  if (entry.unique() && !entry.nulls_distinct) sql += " NULLS NOT DISTINCT";
  if (!index.options.empty()) sql += " WITH (" + Options(index) + ")";
  if (!entry.predicate_sql.empty()) sql += " WHERE " + session.ExpressionText(entry.predicate_sql, table.get(), pretty);
  return sql;
}

std::string CheckDefinition(const RelationEntry& table, const CheckConstraint& check, bool pretty, SessionServices& session) {
  return "CHECK (" + session.ExpressionText(check.expression_sql, &table, pretty) + ")";
}

std::string ForeignKeyDefinition(const CatalogSnapshot& catalog, const RelationEntry& table, const ForeignKey& key, const std::string& referenced_name) {
  const RelationRef referenced = catalog.FindRelation(key.table);
  if (referenced == nullptr) return {};
  const auto action = [](char letter) -> std::string {
    switch (letter) {
      case 'r': return "RESTRICT";
      case 'c': return "CASCADE";
      case 'n': return "SET NULL";
      case 'd': return "SET DEFAULT";
      default: return {};
    }
  };
  std::string sql = "FOREIGN KEY (" + ColumnList(table, key.columns) + ") REFERENCES " + referenced_name + "(" + ColumnList(*referenced, key.referenced) + ")";
  if (key.match == 'f') sql += " MATCH FULL";
  if (key.on_update != 'a') sql += " ON UPDATE " + action(key.on_update);
  if (key.on_delete != 'a') sql += " ON DELETE " + action(key.on_delete);
  if (!key.delete_set.empty()) sql += " (" + ColumnList(table, key.delete_set) + ")";
  if (key.deferrable) sql += " DEFERRABLE";
  if (key.initially_deferred) sql += " INITIALLY DEFERRED";
  if (!key.validated) sql += " NOT VALID";
  return sql;
}

std::string KeyConstraintDefinition(const CatalogSnapshot& catalog, const RelationEntry& index) {
  const IndexEntry& entry = *index.index;
  const RelationRef table = catalog.FindRelation(entry.table);
  std::string sql = entry.kind == IndexKind::kPrimaryKey ? "PRIMARY KEY " : "UNIQUE ";
  if (!entry.nulls_distinct) sql += "NULLS NOT DISTINCT ";
  sql += "(";
  for (size_t i = 0; i < entry.columns.size(); i++) {
    // Keys of constraints are columns.
    sql += (i > 0 ? ", " : "") + QuoteIdentifier(table == nullptr ? std::string() : table->column(entry.columns[i].column).name);
  }
  sql += ")";
  if (!entry.include.empty() && table != nullptr) sql += " INCLUDE (" + ColumnList(*table, entry.include) + ")";
  if (!index.options.empty()) sql += " WITH (" + Options(index) + ")";
  return sql;
}

std::string ViewDefinition(const RelationEntry& view, bool pretty, SessionServices& session) {
  std::string sql = view.oid < kFirstUserOid ? view.view_sql : session.QueryText(view.view_sql, pretty);
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) sql.pop_back();
  return (sql.starts_with(" ") ? "" : " ") + sql + ";";
}

}  // namespace gather::catalog
