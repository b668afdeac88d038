// How commands find and name relations: RangeVar → entry, schema of a new object, names PostgreSQL chooses itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "executor/session/session.h"
#include "sql/ast.h"

namespace gather::executor {

std::string QualifiedName(const sql::ast::RangeVar& name);               // as messages print it
// The relation; null when absent and `missing_ok`, else 42P01.
catalog::RelationRef FindRelation(Session& session, const sql::ast::RangeVar& name, bool missing_ok = false);
// The same by a qualified name ([schema,] name).
catalog::RelationRef FindRelation(Session& session, sql::ast::Names name, bool missing_ok = false);
// Its kind is checked: 42809 "x" is not a table.
catalog::RelationRef FindTable(Session& session, const sql::ast::RangeVar& name, bool missing_ok = false);
// Finds and locks it, looking again when it changed while waiting.
catalog::RelationRef LockTable(Session& session, const sql::ast::RangeVar& name, storage::LockMode mode, bool missing_ok = false);
// Where CREATE puts a relation of that name: its schema, the temporary one, or the first of search_path. 3F000.
const catalog::SchemaEntry& SchemaForNew(Session& session, const sql::ast::RangeVar& name);
const catalog::SchemaEntry& GetSchema(Session& session, std::string_view name);  // 3F000
// table_column_suffix, shortened to 63 bytes as PostgreSQL does, with a number when taken in the schema or in `also_taken`.
std::string ChooseRelationName(Session& session, Oid schema, std::string_view table, std::string_view columns, std::string_view suffix,
                               const std::vector<std::string>& also_taken = {});
std::string MakeObjectName(std::string_view first, std::string_view second, std::string_view suffix);
// Ownership: superusers and owners may; others get 42501 "must be owner of table x".
void RequireOwner(Session& session, const catalog::RelationEntry& relation);
std::string_view KindWord(const catalog::RelationEntry& relation);      // "table", "index", "view", "sequence"
void NoticeDropped(Session& session, const std::vector<std::string>& dropped);
std::string QuoteIdentifier(std::string_view name);

}  // namespace gather::executor
