// Column references: a, t.a, s.t.a, whole rows, system columns; and the hints when there is no such thing (parse_relation.c).
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

const NameColumn* Binder::MatchColumn(const NameItem& item, std::string_view name, int location) {
  const NameColumn* found = nullptr;
  for (const NameColumn& column : item.columns) {
    if (column.name != name) continue;
    if (found != nullptr) {
      throw SqlError(sqlstate::kAmbiguousColumn, Format("column reference \"%.*s\" is ambiguous", static_cast<int>(name.size()), name.data())).At(location);
    }
    found = &column;
  }
  return found;
}

ExprRef Binder::ColumnExpr(const NameItem&, const NameColumn& column, int location) {
  if (column.merged == nullptr) {
    ExprRef expr = MakeColumn(column.relation, column.index, column.type, column.name, location);
    if (column.collation != kInvalidOid && column.collation != expr->collation) {
      auto collated = std::make_shared<Expr>(*expr);
      collated->collation = column.collation;
      return collated;
    }
    return expr;
  }
  auto merged = std::make_shared<Expr>(*column.merged);
  merged->location = location;
  return merged;
}

ExprRef Binder::SystemColumn(const NameItem& item, std::string_view name, int location) {
  if (item.table == nullptr || item.relation == RelId()) return nullptr;
  if (item.table->kind != catalog::RelationKind::kTable && item.table->kind != catalog::RelationKind::kSystemView) return nullptr;
  const auto columns = static_cast<uint32_t>(item.table->columns.size());
  if (name == "tableoid") return MakeColumn(item.relation, columns + 1, kOid, "tableoid", location);
  if (name == "ctid" && item.table->kind == catalog::RelationKind::kTable) return MakeColumn(item.relation, columns, kTid, "ctid", location);
  return nullptr;
}

ExprRef Binder::FindColumnIn(const NameItem& item, std::string_view name, int location) {
  if (const NameColumn* column = MatchColumn(item, name, location)) return ColumnExpr(item, *column, location);
  return SystemColumn(item, name, location);
}

ExprRef Binder::FindColumn(std::string_view name, Scope& scope, int location) {
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    ExprRef found;
    for (const auto& item : level->names) {
      if (!item->columns_visible) continue;
      if (item->lateral_only && !level->lateral_active) continue;
      ExprRef column = FindColumnIn(*item, name, location);
      if (column == nullptr) continue;
      if (found != nullptr) {
        throw SqlError(sqlstate::kAmbiguousColumn, Format("column reference \"%.*s\" is ambiguous", static_cast<int>(name.size()), name.data())).At(location);
      }
      if (item->lateral_only && !item->lateral_ok) {
        throw SqlError(sqlstate::kInvalidColumnReference, Format("invalid reference to FROM-clause entry for table \"%s\"", item->alias.c_str()))
            .Detail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
            .At(location);
      }
      found = std::move(column);
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::shared_ptr<NameItem> Binder::FindItem(std::string_view schema, std::string_view name, Scope& scope, int location) {
  Oid schema_oid = kInvalidOid;
  if (!schema.empty()) {
    const catalog::SchemaEntry* entry = catalog_.FindSchema(schema);
    if (entry == nullptr) return nullptr;
    schema_oid = entry->oid;
  }
  for (Scope* level = &scope; level != nullptr; level = level->parent) {
    std::shared_ptr<NameItem> found;
    for (const auto& item : level->names) {
      if (!item->relation_visible) continue;
      if (item->lateral_only && !level->lateral_active) continue;
      const bool match = schema.empty() ? item->alias == name
                                        : item->table != nullptr && !item->has_alias && item->table->schema == schema_oid && item->table->name == name;
      if (!match) continue;
      if (found != nullptr) {
        throw SqlError(sqlstate::kAmbiguousAlias, Format("table reference \"%.*s\" is ambiguous", static_cast<int>(name.size()), name.data())).At(location);
      }
      if (item->lateral_only && !item->lateral_ok) {
        throw SqlError(sqlstate::kInvalidColumnReference, Format("invalid reference to FROM-clause entry for table \"%s\"", item->alias.c_str()))
            .Detail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
            .At(location);
      }
      found = item;
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

ExprRef Binder::WholeRow(const NameItem& item, int location) {
  if (item.scalar_function && item.columns.size() == 1) return ColumnExpr(item, item.columns[0], location);
  ExprPtr row = NewExpr(ExprKind::kRow, kRecord, location);
  row->name = item.alias;
  for (const NameColumn& column : item.columns) row->children.push_back(ColumnExpr(item, column, location));
  return row;
}

ExprRef Binder::BindColumnRef(const ast::ColumnRef& ref, Scope& scope) {
  if (scope.place == ExprPlace::kColumnDefault) {
    throw SqlError(sqlstate::kFeatureNotSupported, "cannot use column reference in DEFAULT expression").At(ref.location);
  }
  const auto field = [&](size_t i) { return ast::As<ast::String>(ref.fields[i]).text; };
  const auto dotted = [&] {
    std::string text;
    for (const ast::Node* node : ref.fields) {
      if (!text.empty()) text += '.';
      text += ast::Is<ast::AStar>(node) ? std::string_view("*") : ast::As<ast::String>(node).text;
    }
    return text;
  };
  const size_t count = ref.fields.size();
  if (count == 1) {
    if (ExprRef column = FindColumn(field(0), scope, ref.location)) return column;
    if (const auto item = FindItem({}, field(0), scope, ref.location)) return WholeRow(*item, ref.location);
    ThrowMissingColumn({}, field(0), scope, ref.location);
  }
  if (count > 4) {
    throw SqlError(sqlstate::kSyntaxError, "improper qualified name (too many dotted names): " + dotted()).At(ref.location);
  }
  // A database name is taken on faith: the session has but one.
  const std::string_view schema = count >= 3 ? field(count - 3) : std::string_view();
  const std::string_view relation = field(count - 2);
  const auto item = FindItem(schema, relation, scope, ref.location);
  if (item == nullptr) ThrowMissingItem(schema, relation, scope, ref.location);
  if (ast::Is<ast::AStar>(ref.fields[count - 1])) return WholeRow(*item, ref.location);
  if (ExprRef column = FindColumnIn(*item, field(count - 1), ref.location)) return column;
  ThrowMissingColumn(relation, field(count - 1), scope, ref.location);
}

namespace {

constexpr int kMaxFuzzyDistance = 3;

int Levenshtein(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The one or two columns in sight closest to a misspelt name.
struct FuzzyMatch {
  int distance = kMaxFuzzyDistance + 1;
  const NameItem* first = nullptr;
  const NameItem* second = nullptr;
  const std::string* first_column = nullptr;           // null with `first`: exact, but out of reach
  const std::string* second_column = nullptr;

  void Consider(int penalty, const NameItem& item, const std::string& actual, std::string_view wanted) {
    if (penalty > distance || actual.empty()) return;
    int found = Levenshtein(actual, wanted);
    if (found > static_cast<int>(wanted.size()) / 2) return;
    found += penalty;
    if (found < distance) {
      *this = {found, &item, nullptr, &actual, nullptr};
    } else if (found == distance) {
      if (second_column != nullptr) {
        *this = {found - 1, nullptr, nullptr, nullptr, nullptr};
      } else if (first_column != nullptr) {
        second = &item;
        second_column = &actual;
      } else if (distance <= kMaxFuzzyDistance) {
        first = &item;
        first_column = &actual;
      }
    }
  }
};

FuzzyMatch FindClosest(std::string_view relation, std::string_view name, const Scope& scope) {
  FuzzyMatch match;
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    for (const auto& item : level->all_names) {
      const int penalty = relation.empty() ? 0 : std::min(Levenshtein(relation, item->alias), kMaxFuzzyDistance + 2);
      bool exact = false;
      for (const NameColumn& column : item->columns) {
        exact = exact || column.name == name;
        match.Consider(penalty, *item, column.name, name);
      }
      if (exact && penalty == 0) return {0, item.get(), nullptr, nullptr, nullptr};
    }
  }
  return match;
}

}  // namespace

void Binder::ThrowMissingColumn(std::string_view relation, std::string_view name, Scope& scope, int location) {
  const std::string column(name), table(relation);
  const FuzzyMatch match = FindClosest(relation, name, scope);
  std::string hint;
  if (match.second != nullptr) {
    hint = Format("Perhaps you meant to reference the column \"%s.%s\" or the column \"%s.%s\".", match.first->alias.c_str(), match.first_column->c_str(),
                  match.second->alias.c_str(), match.second_column->c_str());
  } else if (match.first != nullptr && match.first_column != nullptr) {
    hint = Format("Perhaps you meant to reference the column \"%s.%s\".", match.first->alias.c_str(), match.first_column->c_str());
  } else if (match.first != nullptr) {
    hint = Format("There is a column named \"%s\" in table \"%s\", but it cannot be referenced from this part of the query.", column.c_str(),
                  match.first->alias.c_str());
  }
  const std::string message = relation.empty() ? Format("column \"%s\" does not exist", column.c_str())
                                               : Format("column %s.%s does not exist", table.c_str(), column.c_str());
  throw SqlError(sqlstate::kUndefinedColumn, message).Hint(hint).At(location);
}

void Binder::ThrowMissingItem(std::string_view schema, std::string_view name, Scope& scope, int location) {
  const std::string table(name);
  // An item of that alias or, with another alias, that table; hidden from here.
  const NameItem* hidden = nullptr;
  for (const Scope* level = &scope; level != nullptr && hidden == nullptr; level = level->parent) {
    for (const auto& item : level->all_names) {
      if (item->alias == name || item->real_name == name) {
        hidden = item.get();
        break;
      }
    }
  }
  (void)schema;
  if (hidden == nullptr) {
    throw SqlError(sqlstate::kUndefinedTable, Format("missing FROM-clause entry for table \"%s\"", table.c_str())).At(location);
  }
  std::string hint = Format("There is an entry for table \"%s\", but it cannot be referenced from this part of the query.", hidden->alias.c_str());
  if (hidden->has_alias && hidden->alias != name && FindItem({}, hidden->alias, scope, location).get() == hidden) {
    hint = Format("Perhaps you meant to reference the table alias \"%s\".", hidden->alias.c_str());
  }
  throw SqlError(sqlstate::kUndefinedTable, Format("invalid reference to FROM-clause entry for table \"%s\"", table.c_str())).Hint(hint).At(location);
}

}  // namespace gather::sql
