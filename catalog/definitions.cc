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

std::string PrettyExpression(const std::string& expression) {
  const std::string bare = WithoutOuterParentheses(expression);
  std::string out;
  for (size_t i = 0; i < bare.size(); i++) {
    const char c = bare[i];
    if (c == '\'' || c == '"') {
      const size_t end = bare.find(c, i + 1);
      out.append(bare, i, end == std::string::npos ? std::string::npos : end + 1 - i);
      if (end == std::string::npos) return out;
      i = end;
      continue;
    }
    const bool call = !out.empty() && (std::isalnum(static_cast<unsigned char>(out.back())) || out.back() == '_' || out.back() == '"');
    if (c == '(' && !call) {
      size_t end = i + 1;
      while (end < bare.size() && (std::isalnum(static_cast<unsigned char>(bare[end])) || bare[end] == '_' || bare[end] == '.')) end++;
      if (end > i + 1 && bare.compare(end, 3, ")::") == 0) {
        out.append(bare, i + 1, end - i - 1);
        i = end;
        continue;
      }
    }
    out += c;
  }
  return out;
}

namespace {

// An expression key: parenthesised unless it looks like a call.
std::string KeyExpression(const std::string& expression) {
  const std::string bare = WithoutOuterParentheses(expression);
  const size_t open = bare.find('(');
  if (open != std::string::npos && open > 0 && bare.back() == ')' && bare.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.\"") == open &&
      WithoutOuterParentheses(bare.substr(open)) != bare.substr(open)) {
    return bare;
  }
  return "(" + bare + ")";
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

std::string IndexColumnDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, int position, bool pretty) {
  const IndexEntry& entry = *index.index;
  const RelationRef table = catalog.FindRelation(entry.table);
  const auto number = static_cast<size_t>(position);
  if (table == nullptr || position < 1 || number > entry.columns.size() + entry.include.size()) return {};
  if (number > entry.columns.size()) return QuoteIdentifier(table->column(entry.include[number - entry.columns.size() - 1]).name);
  const IndexColumn& column = entry.columns[number - 1];
  return column.column.value != 0 ? QuoteIdentifier(table->column(column.column).name)
                                  : KeyExpression(pretty ? PrettyExpression(column.expression_sql) : column.expression_sql);
}

std::string IndexDefinition(const CatalogSnapshot& catalog, const RelationEntry& index, const std::string& table_name, bool pretty) {
  const IndexEntry& entry = *index.index;
  std::string sql = std::string("CREATE ") + (entry.unique() ? "UNIQUE " : "") + "INDEX " + QuoteIdentifier(index.name) + " ON " + table_name +
                    " USING " + QuoteIdentifier(entry.method) + " (";
  for (size_t i = 0; i < entry.columns.size(); i++) {
    const IndexColumn& column = entry.columns[i];
    if (i > 0) sql += ", ";
    sql += IndexColumnDefinition(catalog, index, static_cast<int>(i) + 1, pretty);
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
  if (!entry.predicate_sql.empty()) {
    const std::string bare = WithoutOuterParentheses(entry.predicate_sql);
    sql += " WHERE " + (pretty ? PrettyExpression(bare) : "(" + bare + ")");
  }
  return sql;
}

std::string CheckDefinition(const CheckConstraint& check, bool pretty) {
  return "CHECK (" + (pretty ? PrettyExpression(check.expression_sql) : check.expression_sql) + ")";
}

std::string KeyConstraintDefinition(const CatalogSnapshot& catalog, const RelationEntry& index) {
  const IndexEntry& entry = *index.index;
  const RelationRef table = catalog.FindRelation(entry.table);
  std::string sql = entry.kind == IndexKind::kPrimaryKey ? "PRIMARY KEY " : "UNIQUE ";
  if (!entry.nulls_distinct) sql += "NULLS NOT DISTINCT ";
  sql += "(";
  for (size_t i = 0; i < entry.columns.size(); i++) sql += (i > 0 ? ", " : "") + IndexColumnDefinition(catalog, index, static_cast<int>(i) + 1);
  sql += ")";
  if (!entry.include.empty() && table != nullptr) sql += " INCLUDE (" + ColumnList(*table, entry.include) + ")";
  if (!index.options.empty()) sql += " WITH (" + Options(index) + ")";
  return sql;
}

std::string ViewDefinition(const RelationEntry& view) {
  std::string sql = view.view_sql;
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) sql.pop_back();
  return (sql.starts_with(" ") ? "" : " ") + sql + ";";
}

}  // namespace gather::catalog
