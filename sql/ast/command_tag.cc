// Command tags, as src/backend/tcop/utility.c's CreateCommandTag gives them.
#include "sql/ast/commands.h"

namespace gather::sql::ast {

namespace {

struct ObjectTags {
  ObjectType type;
  std::string_view alter, drop;
};
constexpr ObjectTags kObjectTags[] = {
    {ObjectType::kAccessMethod, "ALTER ACCESS METHOD", "DROP ACCESS METHOD"},
    {ObjectType::kAggregate, "ALTER AGGREGATE", "DROP AGGREGATE"},
    {ObjectType::kAttribute, "ALTER TYPE", "ALTER TYPE"},
    {ObjectType::kCast, "ALTER CAST", "DROP CAST"},
    {ObjectType::kColumn, "ALTER TABLE", "ALTER TABLE"},
    {ObjectType::kCollation, "ALTER COLLATION", "DROP COLLATION"},
    {ObjectType::kConversion, "ALTER CONVERSION", "DROP CONVERSION"},
    {ObjectType::kDatabase, "ALTER DATABASE", "DROP DATABASE"},
    {ObjectType::kDomain, "ALTER DOMAIN", "DROP DOMAIN"},
    {ObjectType::kDomainConstraint, "ALTER DOMAIN", "ALTER DOMAIN"},
    {ObjectType::kEventTrigger, "ALTER EVENT TRIGGER", "DROP EVENT TRIGGER"},
    {ObjectType::kExtension, "ALTER EXTENSION", "DROP EXTENSION"},
    {ObjectType::kForeignDataWrapper, "ALTER FOREIGN DATA WRAPPER", "DROP FOREIGN DATA WRAPPER"},
    {ObjectType::kForeignServer, "ALTER SERVER", "DROP SERVER"},
    {ObjectType::kForeignTable, "ALTER FOREIGN TABLE", "DROP FOREIGN TABLE"},
    {ObjectType::kFunction, "ALTER FUNCTION", "DROP FUNCTION"},
    {ObjectType::kIndex, "ALTER INDEX", "DROP INDEX"},
    {ObjectType::kLanguage, "ALTER LANGUAGE", "DROP LANGUAGE"},
    {ObjectType::kLargeObject, "ALTER LARGE OBJECT", "ALTER LARGE OBJECT"},
    {ObjectType::kMaterializedView, "ALTER MATERIALIZED VIEW", "DROP MATERIALIZED VIEW"},
    {ObjectType::kOperatorClass, "ALTER OPERATOR CLASS", "DROP OPERATOR CLASS"},
    {ObjectType::kOperator, "ALTER OPERATOR", "DROP OPERATOR"},
    {ObjectType::kOperatorFamily, "ALTER OPERATOR FAMILY", "DROP OPERATOR FAMILY"},
    {ObjectType::kPolicy, "ALTER POLICY", "DROP POLICY"},
    {ObjectType::kProcedure, "ALTER PROCEDURE", "DROP PROCEDURE"},
    {ObjectType::kPublication, "ALTER PUBLICATION", "DROP PUBLICATION"},
    {ObjectType::kRole, "ALTER ROLE", "DROP ROLE"},
    {ObjectType::kRoutine, "ALTER ROUTINE", "DROP ROUTINE"},
    {ObjectType::kRule, "ALTER RULE", "DROP RULE"},
    {ObjectType::kSchema, "ALTER SCHEMA", "DROP SCHEMA"},
    {ObjectType::kSequence, "ALTER SEQUENCE", "DROP SEQUENCE"},
    {ObjectType::kSubscription, "ALTER SUBSCRIPTION", "DROP SUBSCRIPTION"},
    {ObjectType::kStatistics, "ALTER STATISTICS", "DROP STATISTICS"},
    {ObjectType::kTableConstraint, "ALTER TABLE", "ALTER TABLE"},
    {ObjectType::kTable, "ALTER TABLE", "DROP TABLE"},
    {ObjectType::kTablespace, "ALTER TABLESPACE", "DROP TABLESPACE"},
    {ObjectType::kTransform, "ALTER TRANSFORM", "DROP TRANSFORM"},
    {ObjectType::kTrigger, "ALTER TRIGGER", "DROP TRIGGER"},
    {ObjectType::kTextSearchConfiguration, "ALTER TEXT SEARCH CONFIGURATION", "DROP TEXT SEARCH CONFIGURATION"},
    {ObjectType::kTextSearchDictionary, "ALTER TEXT SEARCH DICTIONARY", "DROP TEXT SEARCH DICTIONARY"},
    {ObjectType::kTextSearchParser, "ALTER TEXT SEARCH PARSER", "DROP TEXT SEARCH PARSER"},
    {ObjectType::kTextSearchTemplate, "ALTER TEXT SEARCH TEMPLATE", "DROP TEXT SEARCH TEMPLATE"},
    {ObjectType::kType, "ALTER TYPE", "DROP TYPE"},
    {ObjectType::kView, "ALTER VIEW", "DROP VIEW"},
};

std::string_view ObjectTag(ObjectType type, bool drop) {
  for (const ObjectTags& tags : kObjectTags) {
    if (tags.type == type) return drop ? tags.drop : tags.alter;
  }
  return "???";
}

std::string_view TransactionTag(TransactionKind kind) {
  switch (kind) {
    case TransactionKind::kBegin: return "BEGIN";
    case TransactionKind::kStart: return "START TRANSACTION";
    case TransactionKind::kCommit: return "COMMIT";
    case TransactionKind::kRollback: case TransactionKind::kRollbackTo: return "ROLLBACK";
    case TransactionKind::kSavepoint: return "SAVEPOINT";
    case TransactionKind::kRelease: return "RELEASE";
    case TransactionKind::kPrepare: return "PREPARE TRANSACTION";
    case TransactionKind::kCommitPrepared: return "COMMIT PREPARED";
    case TransactionKind::kRollbackPrepared: return "ROLLBACK PREPARED";
  }
  return "???";
}

std::string_view SetTag(VariableSetStmt::Kind kind) {
  return kind == VariableSetStmt::Kind::kReset || kind == VariableSetStmt::Kind::kResetAll ? "RESET" : "SET";
}

std::string_view DiscardTag(DiscardStmt::Target target) {
  switch (target) {
    case DiscardStmt::Target::kAll: return "DISCARD ALL";
    case DiscardStmt::Target::kPlans: return "DISCARD PLANS";
    case DiscardStmt::Target::kSequences: return "DISCARD SEQUENCES";
    case DiscardStmt::Target::kTemp: return "DISCARD TEMP";
  }
  return "???";
}

std::string_view DefineTag(ObjectType kind) {
  switch (kind) {
    case ObjectType::kAggregate: return "CREATE AGGREGATE";
    case ObjectType::kOperator: return "CREATE OPERATOR";
    case ObjectType::kType: return "CREATE TYPE";
    case ObjectType::kTextSearchParser: return "CREATE TEXT SEARCH PARSER";
    case ObjectType::kTextSearchDictionary: return "CREATE TEXT SEARCH DICTIONARY";
    case ObjectType::kTextSearchTemplate: return "CREATE TEXT SEARCH TEMPLATE";
    case ObjectType::kTextSearchConfiguration: return "CREATE TEXT SEARCH CONFIGURATION";
    case ObjectType::kCollation: return "CREATE COLLATION";
    case ObjectType::kAccessMethod: return "CREATE ACCESS METHOD";
    default: return "???";
  }
}

std::string_view CreateAsTag(const CreateTableAsStmt& stmt) {
  if (stmt.object_type == ObjectType::kMaterializedView) return "CREATE MATERIALIZED VIEW";
  return stmt.is_select_into ? "SELECT INTO" : "CREATE TABLE AS";
}

// ALTER … RENAME names the relation's kind even for a column of it.
std::string_view RenameTag(const RenameStmt& stmt) {
  const bool part = stmt.type == ObjectType::kColumn || stmt.type == ObjectType::kAttribute;
  return ObjectTag(part ? stmt.relation_type : stmt.type, false);
}

}  // namespace

std::string_view CommandTag(const Node& node) {
  switch (node.tag) {
    case NodeTag::kSelectStmt: return As<SelectStmt>(node).into != nullptr ? "SELECT INTO" : "SELECT";
    case NodeTag::kInsertStmt: return "INSERT";
    case NodeTag::kUpdateStmt: return "UPDATE";
    case NodeTag::kDeleteStmt: return "DELETE";
    case NodeTag::kMergeStmt: return "MERGE";
    case NodeTag::kTransactionStmt: return TransactionTag(As<TransactionStmt>(node).kind);
    case NodeTag::kVariableSetStmt: return SetTag(As<VariableSetStmt>(node).kind);
    case NodeTag::kVariableShowStmt: return "SHOW";
    case NodeTag::kAlterSystemStmt: return "ALTER SYSTEM";
    case NodeTag::kDiscardStmt: return DiscardTag(As<DiscardStmt>(node).target);
    case NodeTag::kPrepareStmt: return "PREPARE";
    case NodeTag::kExecuteStmt: return "EXECUTE";
    case NodeTag::kDeallocateStmt: return As<DeallocateStmt>(node).name.empty() ? "DEALLOCATE ALL" : "DEALLOCATE";
    case NodeTag::kExplainStmt: return "EXPLAIN";
    case NodeTag::kCopyStmt: return "COPY";
    case NodeTag::kDeclareCursorStmt: return "DECLARE CURSOR";
    case NodeTag::kFetchStmt: return As<FetchStmt>(node).is_move ? "MOVE" : "FETCH";
    case NodeTag::kClosePortalStmt: return As<ClosePortalStmt>(node).name.empty() ? "CLOSE CURSOR ALL" : "CLOSE CURSOR";
    case NodeTag::kVacuumStmt: return As<VacuumStmt>(node).is_vacuum ? "VACUUM" : "ANALYZE";
    case NodeTag::kCheckPointStmt: return "CHECKPOINT";
    case NodeTag::kReindexStmt: return "REINDEX";
    case NodeTag::kClusterStmt: return "CLUSTER";
    case NodeTag::kLockStmt: return "LOCK TABLE";
    case NodeTag::kConstraintsSetStmt: return "SET CONSTRAINTS";
    case NodeTag::kNotifyStmt: return "NOTIFY";
    case NodeTag::kListenStmt: return "LISTEN";
    case NodeTag::kUnlistenStmt: return "UNLISTEN";
    case NodeTag::kDoStmt: return "DO";
    case NodeTag::kCallStmt: return "CALL";
    case NodeTag::kLoadStmt: return "LOAD";
    case NodeTag::kReassignOwnedStmt: return "REASSIGN OWNED";
    case NodeTag::kDropOwnedStmt: return "DROP OWNED";
    case NodeTag::kCreateStmt: return As<CreateStmt>(node).foreign ? "CREATE FOREIGN TABLE" : "CREATE TABLE";
    case NodeTag::kAlterTableStmt: return ObjectTag(As<AlterTableStmt>(node).object_type, false);
    case NodeTag::kDropStmt: return ObjectTag(As<DropStmt>(node).type, true);
    case NodeTag::kTruncateStmt: return "TRUNCATE TABLE";
    case NodeTag::kIndexStmt: return "CREATE INDEX";
    case NodeTag::kCreateSchemaStmt: return "CREATE SCHEMA";
    case NodeTag::kViewStmt: return "CREATE VIEW";
    case NodeTag::kCreateSeqStmt: return "CREATE SEQUENCE";
    case NodeTag::kAlterSeqStmt: return "ALTER SEQUENCE";
    case NodeTag::kCreateTableAsStmt: return CreateAsTag(As<CreateTableAsStmt>(node));
    case NodeTag::kRefreshMatViewStmt: return "REFRESH MATERIALIZED VIEW";
    case NodeTag::kRenameStmt: return RenameTag(As<RenameStmt>(node));
    case NodeTag::kAlterObjectSchemaStmt: return ObjectTag(As<AlterObjectSchemaStmt>(node).type, false);
    case NodeTag::kAlterOwnerStmt: return ObjectTag(As<AlterOwnerStmt>(node).type, false);
    case NodeTag::kCommentStmt: return "COMMENT";
    case NodeTag::kCreateFunctionStmt: return As<CreateFunctionStmt>(node).is_procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
    case NodeTag::kCreateDomainStmt: return "CREATE DOMAIN";
    case NodeTag::kCreateEnumStmt: case NodeTag::kCompositeTypeStmt: return "CREATE TYPE";
    case NodeTag::kDefineStmt: return DefineTag(As<DefineStmt>(node).kind);
    case NodeTag::kCreateExtensionStmt: return "CREATE EXTENSION";
    case NodeTag::kCreateTrigStmt: return "CREATE TRIGGER";
    case NodeTag::kImportForeignSchemaStmt: return "IMPORT FOREIGN SCHEMA";
    case NodeTag::kCreateRoleStmt: return "CREATE ROLE";
    case NodeTag::kAlterRoleStmt: case NodeTag::kAlterRoleSetStmt: return "ALTER ROLE";
    case NodeTag::kDropRoleStmt: return "DROP ROLE";
    case NodeTag::kGrantStmt: return As<GrantStmt>(node).is_grant ? "GRANT" : "REVOKE";
    case NodeTag::kGrantRoleStmt: return As<GrantRoleStmt>(node).is_grant ? "GRANT ROLE" : "REVOKE ROLE";
    case NodeTag::kCreatedbStmt: return "CREATE DATABASE";
    case NodeTag::kDropdbStmt: return "DROP DATABASE";
    case NodeTag::kAlterDatabaseStmt: case NodeTag::kAlterDatabaseSetStmt: return "ALTER DATABASE";
    case NodeTag::kOtherStmt: return As<OtherStmt>(node).command;
    default: return "???";
  }
}

}  // namespace gather::sql::ast
