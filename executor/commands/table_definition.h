// From parse nodes to catalog entries: columns, defaults, CHECK constraints, keys. Shared by CREATE TABLE and ALTER TABLE.
#pragma once

#include <string>
#include <vector>

#include "executor/session/session.h"
#include "sql/ast.h"

namespace gather::executor {

struct SerialColumn {                                      // serial, bigserial, smallserial and identity columns need a sequence
  size_t column;                                           // index in RelationEntry::columns
  bool serial;
  std::vector<const sql::ast::DefElem*> options;
};

// A key or foreign key to be made once the table exists.
struct PendingKey {
  const sql::ast::Constraint* constraint;
  std::string column;                                      // of a column constraint; else empty
  bool deferrable = false, initially_deferred = false;     // said after a column's constraint
};

struct TableDefinition {
  std::vector<SerialColumn> sequences;
  std::vector<PendingKey> keys;
  std::vector<std::pair<size_t, const sql::ast::Constraint*>> generated;   // generation expressions, by column: bound when all columns are known
  std::vector<std::pair<const sql::ast::Constraint*, std::string>> checks;   // with the column it was written on
};

// Appends the column; collects what cannot be done before the table exists.
void AddColumnDefinition(Session& session, const sql::ast::ColumnDef& column, catalog::RelationEntry* table, TableDefinition* definition);
// Text of an expression over the table's columns, as the catalog keeps it.
// The expressions of generated columns, once the table has all its columns.
void BindGenerated(Session& session, const TableDefinition& definition, catalog::RelationEntry* table);
// Whether a generated column is computed from `column`.
bool UsesColumn(Session& session, const catalog::RelationEntry& table, const catalog::ColumnEntry& generated, ColumnId column);
// `depends_on` gets the relations it names (sequences).
std::string DefaultText(Session& session, const sql::ast::Node& expression, const catalog::ColumnEntry& column, std::vector<Oid>* depends_on);
// Defaults that name a relation, bound while it still has its old name, and written again when it has the new one.
struct BoundDefault { Oid table; ColumnId column; sql::ExprRef expression; };
std::vector<BoundDefault> BindDefaultsWith(Session& session, const catalog::RelationEntry& relation);
void RewriteDefaults(Session& session, const std::vector<BoundDefault>& defaults);
catalog::CheckConstraint MakeCheck(Session& session, const sql::ast::Constraint& constraint, std::string_view column, const catalog::RelationEntry& table);
// The sequence behind a serial or identity column, owned by it: creates it and sets the column's default.
void CreateOwnedSequence(Session& session, const SerialColumn& serial, Oid table);
// Key constraints become unique indexes. `table` is re-read from the catalog.
void AddKeyConstraint(Session& session, Oid table, const PendingKey& key);
std::vector<std::string> LiveColumnNames(const catalog::RelationEntry& table);

}  // namespace gather::executor
