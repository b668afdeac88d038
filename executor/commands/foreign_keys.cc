#include "executor/commands/foreign_keys.h"

#include <algorithm>
#include <set>

#include "executor/commands/relation_names.h"
#include "executor/constraint/foreign_key_queue.h"
#include "executor/constraint/referenced_rows.h"
#include "executor/constraint/referential_action.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

constexpr size_t kMostColumns = 32;

std::vector<ColumnId> FindColumns(const catalog::RelationEntry& table, ast::Names names) {
  std::vector<ColumnId> columns;
  for (const std::string_view name : names) {
    const catalog::ColumnEntry* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" referenced in foreign key constraint does not exist", std::string(name).c_str()));
    }
    if (columns.size() == kMostColumns) throw SqlError(sqlstate::kTooManyColumns, Format("cannot have more than %zu keys in a foreign key", kMostColumns));
    columns.push_back(column->id);
  }
  return columns;
}

bool IsPlain(const catalog::IndexEntry& index) {
  return index.unique() && index.valid && index.predicate_sql.empty() &&
         std::none_of(index.columns.begin(), index.columns.end(), [](const catalog::IndexColumn& part) { return part.column.value == 0; });
}

// The unique index that the referenced columns make a key; without columns: the primary key's, which tells them.
Oid FindKey(Session& session, const catalog::RelationEntry& referenced, std::vector<ColumnId>* columns) {
  const bool primary = columns->empty();
  const std::set<ColumnId> wanted(columns->begin(), columns->end());
  if (wanted.size() != columns->size()) throw SqlError(sqlstate::kInvalidForeignKey, "foreign key referenced-columns list must not contain duplicates");
  for (const Oid oid : referenced.indexes) {
    const catalog::RelationRef index = session.catalog_view()->FindRelation(oid);
    if (!IsPlain(*index->index)) continue;
    if (primary) {
      if (index->index->kind != catalog::IndexKind::kPrimaryKey) continue;
      for (const catalog::IndexColumn& part : index->index->columns) columns->push_back(part.column);
      return oid;
    }
    std::set<ColumnId> has;
    for (const catalog::IndexColumn& part : index->index->columns) has.insert(part.column);
    if (has == wanted) return oid;
  }
  if (primary) throw SqlError(sqlstate::kUndefinedObject, Format("there is no primary key for referenced table \"%s\"", referenced.name.c_str()));
  throw SqlError(sqlstate::kInvalidForeignKey, Format("there is no unique constraint matching given keys for referenced table \"%s\"", referenced.name.c_str()));
}

bool IsTaken(Session& session, const catalog::RelationEntry& table, const std::string& name, bool in_schema) {
  for (const catalog::RelationRef& other : session.catalog_view()->Relations(table.schema)) {
    const bool index = other->kind == catalog::RelationKind::kIndex;
    if (!in_schema && (index ? other->index->table : other->oid) != table.oid) continue;
    if (index && other->index->constraint_oid != kInvalidOid && other->name == name) return true;
    if (std::any_of(other->checks.begin(), other->checks.end(), [&](const auto& check) { return check.name == name; })) return true;
    if (std::any_of(other->foreign_keys.begin(), other->foreign_keys.end(), [&](const auto& key) { return key.name == name; })) return true;
  }
  return false;
}

std::string NameOf(Session& session, const catalog::RelationEntry& table, const ast::Constraint& constraint, const std::vector<ColumnId>& columns) {
  if (!constraint.name.empty()) {
    std::string name(constraint.name);
    if (IsTaken(session, table, name, false)) {
      throw SqlError(sqlstate::kDuplicateObject, Format("constraint \"%s\" for relation \"%s\" already exists", name.c_str(), table.name.c_str()));
    }
    return name;
  }
  std::string joined;
  for (const ColumnId column : columns) joined += (joined.empty() ? "" : "_") + table.column(column).name;
  for (int pass = 0;; ++pass) {
    std::string name = MakeObjectName(table.name, joined, pass == 0 ? "fkey" : "fkey" + std::to_string(pass));
    if (!IsTaken(session, table, name, true)) return name;
  }
}

void RequireTable(const catalog::RelationEntry& table, const catalog::RelationEntry& referenced) {
  if (referenced.kind != catalog::RelationKind::kTable) {
    if (referenced.kind == catalog::RelationKind::kSystemView) {
      throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied: \"%s\" is a system catalog", referenced.name.c_str()));
    }
    throw SqlError(sqlstate::kWrongObjectType, Format("referenced relation \"%s\" is not a table", referenced.name.c_str()));
  }
  if (table.temporary != referenced.temporary) {
    throw SqlError(sqlstate::kInvalidTableDefinition, table.temporary ? "constraints on temporary tables may reference only temporary tables"
                                                                      : "constraints on permanent tables may reference only permanent tables");
  }
}

// Actions may not write what is computed.
void RequireWritable(const catalog::RelationEntry& table, const catalog::ForeignKey& key) {
  for (const ColumnId column : key.columns) {
    if (!table.column(column).generated) continue;
    if (key.on_update == 'n' || key.on_update == 'd' || key.on_update == 'c') {
      throw SqlError(sqlstate::kSyntaxError, "invalid ON UPDATE action for foreign key constraint containing generated column");
    }
    if (key.on_delete == 'n' || key.on_delete == 'd') {
      throw SqlError(sqlstate::kSyntaxError, "invalid ON DELETE action for foreign key constraint containing generated column");
    }
  }
}

void RequireComparable(Session& session, const catalog::RelationEntry& table, const catalog::RelationEntry& referenced, const catalog::ForeignKey& key) {
  for (size_t i = 0; i < key.columns.size(); ++i) {
    const catalog::ColumnEntry& own = table.column(key.columns[i]);
    const catalog::ColumnEntry& other = referenced.column(key.referenced[i]);
    if (CanReference(session.instance().functions, own.type.oid, other.type.oid)) continue;
    throw SqlError(sqlstate::kDatatypeMismatch, Format("foreign key constraint \"%s\" cannot be implemented", key.name.c_str()))
        .Detail(Format("Key columns \"%s\" and \"%s\" are of incompatible types: %s and %s.", own.name.c_str(), other.name.c_str(),
                       FormatType(SqlType(own.type.oid)).c_str(), FormatType(SqlType(other.type.oid)).c_str()));
  }
}

}  // namespace

void AddForeignKey(Session& session, Oid table_oid, const PendingKey& pending, bool check) {
  const ast::Constraint& constraint = *pending.constraint;
  // The name of the table that is being made, in its own definition, is this table.
  const catalog::RelationRef target = LockTable(session, *constraint.pk_table, storage::LockMode::kShareRowExclusive);
  const catalog::RelationRef table = session.catalog_view()->FindRelation(table_oid);
  const catalog::RelationRef referenced = session.catalog_view()->FindRelation(target->oid);
  RequireTable(*table, *referenced);
  catalog::ForeignKey key;
  key.table = referenced->oid;
  if (!pending.column.empty()) key.columns.push_back(table->FindColumn(pending.column)->id);
  if (pending.column.empty()) key.columns = FindColumns(*table, constraint.fk_attributes);
  for (const std::string_view name : constraint.fk_delete_set_columns) {
    const catalog::ColumnEntry* column = table->FindColumn(name);
    if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" referenced in foreign key constraint does not exist", std::string(name).c_str()));
    if (std::find(key.columns.begin(), key.columns.end(), column->id) == key.columns.end()) {
      throw SqlError(sqlstate::kInvalidColumnReference, Format("column \"%s\" referenced in ON DELETE SET action must be part of foreign key", column->name.c_str()));
    }
    key.delete_set.push_back(column->id);
  }
  key.referenced = FindColumns(*referenced, constraint.pk_attributes);
  key.index = FindKey(session, *referenced, &key.referenced);
  key.match = constraint.fk_match;
  key.on_update = constraint.fk_update;
  key.on_delete = constraint.fk_delete;
  key.deferrable = constraint.deferrable || pending.deferrable;
  key.initially_deferred = constraint.initially_deferred || pending.initially_deferred;
  key.validated = !constraint.skip_validation || !check;
  RequireWritable(*table, key);
  if (key.columns.size() != key.referenced.size()) {
    throw SqlError(sqlstate::kInvalidForeignKey, "number of referencing and referenced columns for foreign key disagree");
  }
  key.name = NameOf(session, *table, constraint, key.columns);
  RequireComparable(session, *table, *referenced, key);
  const bool validate = check && !constraint.skip_validation;
  const catalog::ForeignKey added = key;
  session.change_catalog().AddForeignKey(table_oid, std::move(key));
  if (validate) ValidateForeignKey(session, *session.catalog_view()->FindRelation(table_oid), added);
}

void LockReferences(Session& session, const catalog::RelationEntry& table) {
  for (const catalog::ForeignKey& key : table.foreign_keys) session.LockRelation(key.table, storage::LockMode::kAccessExclusive);
  for (const Oid oid : table.referenced_by) session.LockRelation(oid, storage::LockMode::kAccessExclusive);
}

void RecheckForeignKeys(Session& session, const catalog::RelationEntry& table, ColumnId column) {
  const auto uses = [column](const std::vector<ColumnId>& columns) { return std::find(columns.begin(), columns.end(), column) != columns.end(); };
  const auto recheck = [&](const catalog::RelationEntry& referencing, const catalog::RelationEntry& referenced, const catalog::ForeignKey& key) {
    RequireComparable(session, referencing, referenced, key);
    if (key.validated) ValidateForeignKey(session, referencing, key);
  };
  for (const catalog::ForeignKey& key : table.foreign_keys) {
    if (!uses(key.columns)) continue;
    session.LockRelation(key.table, storage::LockMode::kShareRowExclusive);
    recheck(table, *session.catalog_view()->FindRelation(key.table), key);
  }
  for (const catalog::Reference& reference : session.catalog_view()->ReferencesTo(table)) {
    if (!uses(reference.key->referenced)) continue;
    session.LockRelation(reference.table->oid, storage::LockMode::kShareRowExclusive);
    recheck(*reference.table, table, *reference.key);
  }
}

void RefusePendingChecks(Session& session, const catalog::RelationEntry& table, const char* what) {
  if (!session.foreign_keys().IsPending(table.oid)) return;
  throw SqlError(sqlstate::kObjectInUse, Format("cannot %s \"%s\" because it has pending trigger events", what, table.name.c_str()));
}

std::string SetConstraintsCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ConstraintsSetStmt>(node);
  Session& session = context.session;
  if (session.block_state() != Session::BlockState::kBlock) {
    session.Notice("WARNING", sqlstate::kNoActiveSqlTransaction, "SET CONSTRAINTS can only be used in transaction blocks", {}, {});
  }
  if (statement.constraints.empty()) {
    session.foreign_keys().SetAllDeferred(statement.deferred);
    return "SET CONSTRAINTS";
  }
  std::vector<Oid> constraints;
  const catalog::CatalogRef view = session.catalog_view();
  for (const ast::RangeVar* name : statement.constraints) {
    // The first schema of the path that has constraints of that name.
    std::vector<Oid> schemas = session.SearchPath();
    if (!name->schema.empty()) schemas = {GetSchema(session, name->schema).oid};
    bool found = false;
    for (const Oid schema : schemas) {
      for (const catalog::RelationRef& relation : view->Relations(schema)) {
        const bool key = relation->kind == catalog::RelationKind::kIndex && relation->index->constraint_oid != kInvalidOid && relation->name == name->name;
        const catalog::ForeignKey* foreign = nullptr;
        for (const catalog::ForeignKey& candidate : relation->foreign_keys) {
          if (candidate.name == name->name) foreign = &candidate;
        }
        if (!key && foreign == nullptr) continue;
        found = true;
        if (key || !foreign->deferrable) {
          throw SqlError(sqlstate::kWrongObjectType, Format("constraint \"%s\" is not deferrable", std::string(name->name).c_str()));
        }
        constraints.push_back(foreign->oid);
      }
      if (found) break;
    }
    if (!found) throw SqlError(sqlstate::kUndefinedObject, Format("constraint \"%s\" does not exist", std::string(name->name).c_str()));
  }
  session.foreign_keys().SetDeferred(constraints, statement.deferred);
  return "SET CONSTRAINTS";
}

}  // namespace gather::executor
