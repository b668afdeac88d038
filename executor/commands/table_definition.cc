#include "executor/commands/table_definition.h"

#include <algorithm>
#include <set>

#include "executor/commands/index_build.h"
#include "executor/commands/relation_names.h"
#include "executor/commands/sequences.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
constexpr SqlState kInvalidObjectDefinition{"42P17"};

// serial types stand for an integer type with a sequence.
Oid SerialBase(const ast::TypeName& type) {
  if (type.names.size() != 1 || !type.array_bounds.empty()) return kInvalidOid;
  const std::string_view name = type.names[0];
  if (name == "serial" || name == "serial4") return type_oid::kInt4;
  if (name == "bigserial" || name == "serial8") return type_oid::kInt8;
  if (name == "smallserial" || name == "serial2") return type_oid::kInt2;
  return kInvalidOid;
}

bool IsCollatable(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar || type == type_oid::kName;
}

// Names of the system columns cannot be used.
void RefuseSystemName(const std::string& name) {
  static const std::set<std::string_view> kSystem = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};
  if (kSystem.contains(name)) {
    throw SqlError(sqlstate::kDuplicateColumn, Format("column name \"%s\" conflicts with a system column name", name.c_str()));
  }
}

bool NameTaken(const catalog::RelationEntry& table, const std::string& name) {
  if (std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const catalog::ForeignKey& key) { return key.name == name; })) return true;
  return std::any_of(table.checks.begin(), table.checks.end(), [&](const catalog::CheckConstraint& check) { return check.name == name; });
}
}  // namespace

std::vector<std::string> LiveColumnNames(const catalog::RelationEntry& table) {
  std::vector<std::string> names;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (!column.dropped) names.push_back(column.name);
  }
  return names;
}

namespace {
// The relations that an expression names by constants.
std::vector<Oid> NamedRelations(const sql::ExprRef& expr) {
  std::vector<Oid> named;
  sql::Walk(expr, [&](const sql::Expr& node) {
    if (node.kind == sql::ExprKind::kConstant && node.type.oid == type_oid::kRegclass && !node.constant.is_null) named.push_back(node.constant.as<Oid>());
    return true;
  });
  return named;
}
}  // namespace

std::string DefaultText(Session& session, const ast::Node& expression, const catalog::ColumnEntry& column, std::vector<Oid>* depends_on) {
  sql::BindContext context = session.MakeBindContext();
  const sql::ExprRef expr = sql::BindTableExpression(expression, nullptr, column.type, "DEFAULT", context);
  const std::vector<Oid> named = NamedRelations(expr);
  depends_on->insert(depends_on->end(), named.begin(), named.end());
  return sql::DeparseExpr(expr, {}, context);
}

std::vector<BoundDefault> BindDefaultsWith(Session& session, const catalog::RelationEntry& relation) {
  std::vector<BoundDefault> defaults;
  for (const catalog::RelationRef& table : session.catalog_view()->Relations()) {
    if (table->kind != catalog::RelationKind::kTable) continue;
    for (const catalog::ColumnEntry& column : table->columns) {
      // Where the name is not in the text, the relation is not either.
      if (column.dropped || column.generated || column.default_sql.find(relation.name) == std::string::npos) continue;
      sql::BindContext context = session.MakeBindContext();
      sql::ExprRef expr = sql::BindTableExpression(column.default_sql, nullptr, column.type, "DEFAULT", context);
      const std::vector<Oid> named = NamedRelations(expr);
      if (std::find(named.begin(), named.end(), relation.oid) != named.end()) defaults.push_back({table->oid, column.id, std::move(expr)});
    }
  }
  return defaults;
}

void RewriteDefaults(Session& session, const std::vector<BoundDefault>& defaults) {
  for (const BoundDefault& entry : defaults) {
    catalog::RelationEntry changed = *session.catalog_view()->FindRelation(entry.table);
    sql::BindContext context = session.MakeBindContext();
    changed.columns[static_cast<size_t>(entry.column.value) - 1].default_sql = sql::DeparseExpr(entry.expression, {}, context);
    session.change_catalog().ReplaceRelation(std::move(changed));
  }
}

void AddColumnDefinition(Session& session, const ast::ColumnDef& definition, catalog::RelationEntry* table, TableDefinition* pending) {
  catalog::ColumnEntry column;
  column.name = definition.name;
  RefuseSystemName(column.name);
  if (table->FindColumn(column.name) != nullptr) {
    if (table->oid == kInvalidOid) throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", column.name.c_str()));
    throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" of relation \"%s\" already exists", column.name.c_str(), table->name.c_str()));
  }
  column.id = ColumnId(static_cast<int16_t>(table->columns.size() + 1));
  if (table->columns.size() >= 1600) throw SqlError(sqlstate::kTooManyColumns, "tables can have at most 1600 columns");
  const size_t index = table->columns.size();
  const Oid serial = SerialBase(*definition.type_name);
  column.type = serial != kInvalidOid ? SqlType(serial) : sql::ResolveTypeName(*definition.type_name, *session.catalog_view());
  const TypeInfo& type = GetType(column.type.oid);
  if (type.kind == 'p') {
    throw SqlError(sqlstate::kInvalidTableDefinition, Format("column \"%s\" has pseudo-type %s", column.name.c_str(), type.sql_name));
  }
  column.collation = IsCollatable(column.type.oid) ? 100 : kInvalidOid;
  if (serial != kInvalidOid) {
    column.not_null = true;
    pending->sequences.push_back({index, true, {}});
  }
  bool null_given = false, default_given = serial != kInvalidOid;
  PendingKey* foreign = nullptr;                           // the constraint just before is a foreign key
  for (const ast::Constraint* constraint : definition.constraints) {
    const bool attribute = constraint->type == ast::ConstraintType::kDeferrable || constraint->type == ast::ConstraintType::kNotDeferrable ||
                           constraint->type == ast::ConstraintType::kDeferred || constraint->type == ast::ConstraintType::kImmediate;
    if (!attribute) foreign = nullptr;
    switch (constraint->type) {
      case ast::ConstraintType::kNull:
        null_given = true;
        break;
      case ast::ConstraintType::kNotNull:
        column.not_null = true;
        break;
      case ast::ConstraintType::kDefault:
        if (default_given) {
          throw SqlError(sqlstate::kSyntaxError,
                         Format("multiple default values specified for column \"%s\" of table \"%s\"", column.name.c_str(), table->name.c_str())).At(constraint->location);
        }
        default_given = true;
        column.default_sql = DefaultText(session, *constraint->raw_expr, column, &table->depends_on);
        break;
      case ast::ConstraintType::kIdentity: {
        if (column.type.oid != type_oid::kInt2 && column.type.oid != type_oid::kInt4 && column.type.oid != type_oid::kInt8) {
          throw SqlError(sqlstate::kInvalidParameterValue, "identity column type must be smallint, integer, or bigint");
        }
        column.identity = constraint->generated_when == 'a' ? catalog::Identity::kAlways : catalog::Identity::kByDefault;
        column.not_null = true;
        pending->sequences.push_back({index, false, {constraint->options.begin(), constraint->options.end()}});
        break;
      }
      case ast::ConstraintType::kCheck:
        pending->checks.emplace_back(constraint, column.name);
        break;
      case ast::ConstraintType::kPrimary:
        column.not_null = true;
        pending->keys.push_back({constraint, column.name});
        break;
      case ast::ConstraintType::kUnique:
        pending->keys.push_back({constraint, column.name});
        break;
      case ast::ConstraintType::kForeign:
        pending->keys.push_back({constraint, column.name});
        foreign = &pending->keys.back();
        break;
      case ast::ConstraintType::kGenerated:
        column.generated = true;
        pending->generated.emplace_back(index, constraint);
        break;
      case ast::ConstraintType::kDeferrable:
      case ast::ConstraintType::kDeferred:
        if (foreign == nullptr) ThrowNotSupported("deferrable constraints are not supported yet");
        foreign->deferrable = true;
        foreign->initially_deferred |= constraint->type == ast::ConstraintType::kDeferred;
        break;
      default: break;
    }
  }
  if (column.generated && (default_given || column.identity != catalog::Identity::kNone)) {
    throw SqlError(sqlstate::kSyntaxError, Format("both %s and generation expression specified for column \"%s\" of table \"%s\"", default_given ? "default" : "identity",
                                                  column.name.c_str(), table->name.c_str())).At(pending->generated.back().second->location);
  }
  if (null_given && column.not_null) {
    throw SqlError(sqlstate::kSyntaxError, Format("conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"", column.name.c_str(), table->name.c_str()));
  }
  table->columns.push_back(std::move(column));
}

void BindGenerated(Session& session, const TableDefinition& pending, catalog::RelationEntry* table) {
  std::vector<const catalog::ColumnEntry*> live;
  for (const catalog::ColumnEntry& column : table->columns) {
    if (!column.dropped) live.push_back(&column);
  }
  for (const auto& [index, constraint] : pending.generated) {
    sql::BindContext context = session.MakeBindContext();
    catalog::ColumnEntry& column = table->columns[index];
    const sql::ExprRef expr = sql::BindTableExpression(*constraint->raw_expr, table, column.type, "GENERATED", context);
    sql::Walk(expr, [&](const sql::Expr& node) {
      if (node.kind == sql::ExprKind::kSlot && live[node.index]->generated) {
        throw SqlError(kInvalidObjectDefinition, Format("cannot use generated column \"%s\" in column generation expression", live[node.index]->name.c_str()))
            .Detail("A generated column cannot reference another generated column.").At(node.location);
      }
      if (node.function != nullptr && node.function->volatility != catalog::Volatility::kImmutable) {
        throw SqlError(kInvalidObjectDefinition, "generation expression is not immutable");
      }
      return true;
    });
    column.default_sql = sql::DeparseExpr(expr, LiveColumnNames(*table), context);
  }
}

bool UsesColumn(Session& session, const catalog::RelationEntry& table, const catalog::ColumnEntry& generated, ColumnId column) {
  sql::BindContext context = session.MakeBindContext();
  const sql::ExprRef expr = sql::BindTableExpression(generated.default_sql, &table, generated.type, "GENERATED", context);
  uint32_t slot = 0;
  for (const catalog::ColumnEntry& other : table.columns) {
    if (other.id == column) break;
    slot += other.dropped ? 0 : 1;
  }
  bool uses = false;
  sql::Walk(expr, [&](const sql::Expr& node) {
    uses = uses || (node.kind == sql::ExprKind::kSlot && node.index == slot);
    return true;
  });
  return uses;
}

catalog::CheckConstraint MakeCheck(Session& session, const ast::Constraint& constraint, std::string_view column, const catalog::RelationEntry& table) {
  sql::BindContext context = session.MakeBindContext();
  const sql::ExprRef expr = sql::BindTableExpression(*constraint.raw_expr, &table, type_oid::kBool, "CHECK", context);
  catalog::CheckConstraint check;
  check.oid = kInvalidOid;
  check.expression_sql = sql::DeparseExpr(expr, LiveColumnNames(table), context);
  std::vector<ColumnId> live;
  for (const catalog::ColumnEntry& entry : table.columns) {
    if (!entry.dropped) live.push_back(entry.id);
  }
  std::set<ColumnId> used;
  sql::Walk(expr, [&](const sql::Expr& node) {
    if (node.kind == sql::ExprKind::kSlot && node.index < live.size()) used.insert(live[node.index]);
    return true;
  });
  check.columns.assign(used.begin(), used.end());
  if (!constraint.name.empty()) {
    check.name = constraint.name;
    if (NameTaken(table, check.name)) {
      throw SqlError(sqlstate::kDuplicateObject, Format("constraint \"%s\" for relation \"%s\" already exists", check.name.c_str(), table.name.c_str()));
    }
    return check;
  }
  std::string on(column);
  if (used.size() == 1) on = table.column(*used.begin()).name;
  if (used.size() > 1) on.clear();
  for (int pass = 0;; ++pass) {
    check.name = MakeObjectName(table.name, on, pass == 0 ? "check" : "check" + std::to_string(pass));
    if (!NameTaken(table, check.name)) return check;
  }
}

void CreateOwnedSequence(Session& session, const SerialColumn& serial, Oid table_oid) {
  const catalog::RelationRef table = session.catalog_view()->FindRelation(table_oid);
  catalog::ColumnEntry column = table->columns[serial.column];
  catalog::RelationEntry sequence;
  sequence.oid = kInvalidOid;
  sequence.schema = table->schema;
  sequence.owner = table->owner;
  sequence.kind = catalog::RelationKind::kSequence;
  sequence.temporary = table->temporary;
  sequence.name = ChooseRelationName(session, table->schema, table->name, column.name, "seq");
  sequence.sequence = DefineSequence(*session.catalog_view(), serial.options, column.type, nullptr);
  sequence.sequence->owner_table = table->oid;
  sequence.sequence->owner_column = column.id;
  sequence.columns = SequenceColumns();
  const std::string name = sequence.name;
  const Oid oid = session.change_catalog().CreateRelation(std::move(sequence));
  column.sequence = oid;
  if (serial.serial) {
    const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(table->schema);
    sql::BindContext context = session.MakeBindContext();
    const std::string text = "nextval('" + QuoteIdentifier(schema->name) + "." + QuoteIdentifier(name) + "'::regclass)";
    column.default_sql = sql::DeparseExpr(sql::BindTableExpression(text, nullptr, column.type, "DEFAULT", context), {}, context);
  }
  catalog::RelationEntry changed = *session.catalog_view()->FindRelation(table_oid);
  changed.columns[serial.column] = std::move(column);
  session.change_catalog().ReplaceRelation(std::move(changed));
}

void AddKeyConstraint(Session& session, Oid table_oid, const PendingKey& key) {
  const catalog::RelationRef table = session.catalog_view()->FindRelation(table_oid);
  const ast::Constraint& constraint = *key.constraint;
  const bool primary = constraint.type == ast::ConstraintType::kPrimary;
  if (constraint.deferrable) ThrowNotSupported("deferrable constraints are not supported yet");
  if (!constraint.index_name.empty()) ThrowNotSupported("constraints using an existing index are not supported yet");
  std::vector<std::string> columns;
  if (!key.column.empty()) columns.push_back(key.column);
  for (const std::string_view name : constraint.keys) columns.emplace_back(name);

  catalog::IndexEntry entry;
  entry.table = table->oid;
  entry.kind = primary ? catalog::IndexKind::kPrimaryKey : catalog::IndexKind::kUniqueConstraint;
  entry.nulls_distinct = !constraint.nulls_not_distinct;
  std::string joined;
  for (const std::string& name : columns) {
    const catalog::ColumnEntry* column = table->FindColumn(name);
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" named in key does not exist", name.c_str())).At(constraint.location);
    }
    for (const catalog::IndexColumn& present : entry.columns) {
      if (present.column == column->id) {
        throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" appears twice in %s constraint", name.c_str(), primary ? "primary key" : "unique")).At(constraint.location);
      }
    }
    catalog::IndexColumn part;
    part.column = column->id;
    part.type = column->type;
    entry.columns.push_back(std::move(part));
    joined += (joined.empty() ? "" : "_") + name;
  }
  for (const std::string_view name : constraint.including) {
    const catalog::ColumnEntry* column = table->FindColumn(name);
    if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" named in key does not exist", std::string(name).c_str()));
    entry.include.push_back(column->id);
  }
  if (primary) {
    for (const Oid oid : table->indexes) {
      if (session.catalog_view()->FindRelation(oid)->index->kind == catalog::IndexKind::kPrimaryKey) {
        throw SqlError(sqlstate::kInvalidTableDefinition, Format("multiple primary keys for table \"%s\" are not allowed", table->name.c_str())).At(constraint.location);
      }
    }
    catalog::RelationEntry changed = *table;
    bool any = false;
    for (const catalog::IndexColumn& part : entry.columns) {
      catalog::ColumnEntry& column = changed.columns[static_cast<size_t>(part.column.value) - 1];
      any |= !column.not_null;
      column.not_null = true;
    }
    if (any) session.change_catalog().ReplaceRelation(std::move(changed));
  }
  std::string name(constraint.name);
  if (name.empty()) {
    name = primary ? ChooseRelationName(session, table->schema, table->name, "", "pkey")
                   : ChooseRelationName(session, table->schema, table->name, joined, "key");
  }
  CreateIndexRelation(session, table_oid, std::move(name), std::move(entry));
}

}  // namespace gather::executor
