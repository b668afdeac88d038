// Parse nodes of statements that define things: tables, indexes, schemas, views, sequences, roles, databases, functions, types.
#pragma once

#include "sql/ast/queries.h"

namespace gather::sql::ast {

// Option of a statement: name = value. arg: Integer, Float, String, Boolean, TypeName, ListNode, AStar, FuncCall, or null (bare name).
struct DefElem : NodeOf<NodeTag::kDefElem> {
  Text name_space, name;
  const Node* arg = nullptr;
  enum class Action : uint8_t { kUnspecified, kSet, kAdd, kDrop } action = Action::kUnspecified;
};
// Values of options, as PostgreSQL's defGetString … read them: kind errors are 42601 with its wording.
std::string DefElemString(const DefElem& option);
bool DefElemBoolean(const DefElem& option);            // no value: true
int32_t DefElemInt32(const DefElem& option);
int64_t DefElemInt64(const DefElem& option);
double DefElemNumeric(const DefElem& option);

enum class DropBehavior : uint8_t { kRestrict, kCascade };
enum class RoleSpecType : uint8_t { kName, kCurrentRole, kCurrentUser, kSessionUser, kPublic };
struct RoleSpec : NodeOf<NodeTag::kRoleSpec> { RoleSpecType type = RoleSpecType::kName; Text name; };

// PostgreSQL's ObjectType, whole: DROP, COMMENT, ALTER … RENAME, GRANT.
enum class ObjectType : uint8_t {
  kAccessMethod, kAggregate, kAmop, kAmproc, kAttribute, kCast, kColumn, kCollation, kConversion, kDatabase, kDefault, kDefaultAcl, kDomain,
  kDomainConstraint, kEventTrigger, kExtension, kForeignDataWrapper, kForeignServer, kForeignTable, kFunction, kIndex, kLanguage, kLargeObject,
  kMaterializedView, kOperatorClass, kOperator, kOperatorFamily, kParameterAcl, kPolicy, kProcedure, kPublication, kPublicationNamespace,
  kPublicationRelation, kRole, kRoutine, kRule, kSchema, kSequence, kSubscription, kStatistics, kTableConstraint, kTable, kTablespace, kTransform,
  kTrigger, kTextSearchConfiguration, kTextSearchDictionary, kTextSearchParser, kTextSearchTemplate, kType, kUserMapping, kView,
};

enum class ConstraintType : uint8_t {
  kNull, kNotNull, kDefault, kIdentity, kGenerated, kCheck, kPrimary, kUnique, kExclusion, kForeign, kDeferrable, kNotDeferrable, kDeferred, kImmediate,
};
struct Constraint : NodeOf<NodeTag::kConstraint> {
  ConstraintType type = ConstraintType::kNull;
  Text name;
  bool deferrable = false, initially_deferred = false, no_inherit = false, skip_validation = false, initially_valid = false;
  const Node* raw_expr = nullptr;                      // kDefault, kCheck, kGenerated
  char generated_when = 0;                             // kIdentity, kGenerated: 'a' always, 'd' by default
  bool nulls_not_distinct = false;
  Names keys;                                          // kPrimary, kUnique; empty on a column's constraint
  Names including;
  List<DefElem> options;                               // WITH (…); kIdentity: sequence options
  Text index_name;                                     // USING INDEX
  Text index_tablespace;
  Text access_method;                                  // kExclusion
  const Node* where_clause = nullptr;
  // kForeign
  const RangeVar* pk_table = nullptr;
  Names fk_attributes, pk_attributes;
  char fk_match = 's', fk_update = 'a', fk_delete = 'a';
  Names fk_delete_set_columns;
};

struct ColumnDef : NodeOf<NodeTag::kColumnDef> {
  Text name;
  const TypeName* type_name = nullptr;                 // null in CREATE VIEW/TABLE OF
  Text compression;
  const Node* raw_default = nullptr;                   // ALTER COLUMN TYPE … USING
  const CollateClause* collation = nullptr;
  List<Constraint> constraints;                        // DEFAULT and NOT NULL are here, as the grammar leaves them
  List<DefElem> fdw_options;
};
struct TableLikeClause : NodeOf<NodeTag::kTableLikeClause> {
  const RangeVar* relation = nullptr;
  uint32_t options = 0;                                // the bits below
  static constexpr uint32_t kComments = 1, kCompression = 2, kConstraints = 4, kDefaults = 8, kGenerated = 16, kIdentity = 32, kIndexes = 64,
                            kStatistics = 128, kStorage = 256;
};
struct PartitionElem : NodeOf<NodeTag::kPartitionElem> { Text name; const Node* expr = nullptr; Names collation, opclass; };
struct PartitionSpec : NodeOf<NodeTag::kPartitionSpec> { Text strategy; List<PartitionElem> params; };
struct PartitionBoundSpec : NodeOf<NodeTag::kPartitionBoundSpec> {
  char strategy = 0;                                   // h l r
  bool is_default = false;
  int modulus = 0, remainder = 0;
  NodeList list_datums, lower_datums, upper_datums;
};
struct PartitionCmd : NodeOf<NodeTag::kPartitionCmd> { const RangeVar* name = nullptr; const PartitionBoundSpec* bound = nullptr; bool concurrent = false; };

struct CreateStmt : NodeOf<NodeTag::kCreateStmt> {
  const RangeVar* relation = nullptr;
  NodeList table_elts;                                 // ColumnDef, Constraint, TableLikeClause
  List<RangeVar> inherits;
  const PartitionBoundSpec* partition_bound = nullptr;
  const PartitionSpec* partition_spec = nullptr;
  const TypeName* of_type = nullptr;
  List<DefElem> options;
  OnCommitAction on_commit = OnCommitAction::kNoop;
  Text tablespace, access_method;
  bool if_not_exists = false, foreign = false;
};

enum class AlterTableType : uint8_t {
  kAddColumn, kColumnDefault, kDropNotNull, kSetNotNull, kDropExpression, kSetStatistics, kSetOptions, kResetOptions, kSetStorage,
  kSetCompression, kDropColumn, kAddConstraint, kAlterConstraint, kValidateConstraint, kDropConstraint, kAlterColumnType, kChangeOwner,
  kSetLogged, kSetUnlogged, kSetTablespace, kSetRelOptions, kResetRelOptions, kReplicaIdentity, kAddIdentity, kSetIdentity, kDropIdentity,
  kAttachPartition, kDetachPartition, kAddInherit, kDropInherit, kClusterOn, kDropCluster, kEnableRowSecurity, kDisableRowSecurity,
  kTrigger,                                            // ENABLE/DISABLE TRIGGER/RULE
  kOther,
};
struct AlterTableCmd : NodeOf<NodeTag::kAlterTableCmd> {
  AlterTableType type = AlterTableType::kOther;
  Text name;                                           // column, constraint, … it acts on
  int16_t number = 0;                                  // ALTER INDEX … ALTER COLUMN n
  const RoleSpec* new_owner = nullptr;
  const Node* def = nullptr;                           // ColumnDef, Constraint, the DEFAULT expression (null: DROP DEFAULT), ListNode of DefElem …
  DropBehavior behavior = DropBehavior::kRestrict;
  bool missing_ok = false;
};
struct AlterTableStmt : NodeOf<NodeTag::kAlterTableStmt> {
  const RangeVar* relation = nullptr;
  List<AlterTableCmd> commands;
  ObjectType object_type = ObjectType::kTable;
  bool missing_ok = false;
};

struct IndexElem : NodeOf<NodeTag::kIndexElem> {
  Text name;                                           // column, or
  const Node* expr = nullptr;
  Names collation, opclass;
  List<DefElem> opclass_options;
  SortDirection ordering = SortDirection::kDefault;
  SortNulls nulls = SortNulls::kDefault;
};
struct IndexStmt : NodeOf<NodeTag::kIndexStmt> {
  Text name;                                           // empty: chosen
  const RangeVar* relation = nullptr;
  Text access_method, tablespace;
  List<IndexElem> params, including;
  List<DefElem> options;
  const Node* where = nullptr;
  bool unique = false, nulls_not_distinct = false, concurrent = false, if_not_exists = false;
};

// A function, operator or aggregate by name and argument types.
struct ObjectWithArgs : NodeOf<NodeTag::kObjectWithArgs> { Names name; NodeList args; bool args_unspecified = false; };

struct DropStmt : NodeOf<NodeTag::kDropStmt> {
  // ListNode of String (a qualified name), String (schema …), TypeName (type, domain) or ObjectWithArgs.
  NodeList objects;
  ObjectType type = ObjectType::kTable;
  DropBehavior behavior = DropBehavior::kRestrict;
  bool missing_ok = false, concurrent = false;
};
struct TruncateStmt : NodeOf<NodeTag::kTruncateStmt> { List<RangeVar> relations; bool restart_seqs = false; DropBehavior behavior = DropBehavior::kRestrict; };
struct CreateSchemaStmt : NodeOf<NodeTag::kCreateSchemaStmt> { Text name; const RoleSpec* owner = nullptr; NodeList elements; bool if_not_exists = false; };
struct ViewStmt : NodeOf<NodeTag::kViewStmt> {
  const RangeVar* view = nullptr;
  Names aliases;
  const Node* query = nullptr;
  bool replace = false;
  List<DefElem> options;
  enum class CheckOption : uint8_t { kNone, kLocal, kCascaded } check_option = CheckOption::kNone;
};
struct CreateSeqStmt : NodeOf<NodeTag::kCreateSeqStmt> { const RangeVar* sequence = nullptr; List<DefElem> options; bool if_not_exists = false; };
struct AlterSeqStmt : NodeOf<NodeTag::kAlterSeqStmt> { const RangeVar* sequence = nullptr; List<DefElem> options; bool missing_ok = false; };
struct CreateTableAsStmt : NodeOf<NodeTag::kCreateTableAsStmt> {
  const Node* query = nullptr;                         // SelectStmt, or ExecuteStmt
  const IntoClause* into = nullptr;
  ObjectType object_type = ObjectType::kTable;         // or kMaterializedView
  bool is_select_into = false, if_not_exists = false;
};
struct RefreshMatViewStmt : NodeOf<NodeTag::kRefreshMatViewStmt> { const RangeVar* relation = nullptr; bool concurrent = false, skip_data = false; };
struct RenameStmt : NodeOf<NodeTag::kRenameStmt> {
  ObjectType type = ObjectType::kTable;                // what is renamed: kTable, kColumn, kTableConstraint, kSchema, …
  ObjectType relation_type = ObjectType::kTable;       // of kColumn …: the relation's kind
  const RangeVar* relation = nullptr;
  const Node* object = nullptr;                        // when not a relation
  Text sub_name;                                       // column, constraint, schema, role, database
  Text new_name;
  DropBehavior behavior = DropBehavior::kRestrict;
  bool missing_ok = false;
};
struct AlterObjectSchemaStmt : NodeOf<NodeTag::kAlterObjectSchemaStmt> {
  ObjectType type = ObjectType::kTable;
  const RangeVar* relation = nullptr;
  const Node* object = nullptr;
  Text new_schema;
  bool missing_ok = false;
};
struct AlterOwnerStmt : NodeOf<NodeTag::kAlterOwnerStmt> {
  ObjectType type = ObjectType::kTable;
  const RangeVar* relation = nullptr;
  const Node* object = nullptr;
  const RoleSpec* new_owner = nullptr;
};
struct CommentStmt : NodeOf<NodeTag::kCommentStmt> {
  ObjectType type = ObjectType::kTable;
  const Node* object = nullptr;                        // as DropStmt's; a column's name ends in the column; a constraint: [table names, name]
  bool is_null = false;
  Text comment;
};

struct FunctionParameter : NodeOf<NodeTag::kFunctionParameter> {
  Text name;
  const TypeName* type_name = nullptr;
  char mode = 'd';                                     // i o b v t, d: default (in)
  const Node* default_expr = nullptr;
};
struct CreateFunctionStmt : NodeOf<NodeTag::kCreateFunctionStmt> {
  bool is_procedure = false, replace = false;
  Names name;
  List<FunctionParameter> parameters;
  const TypeName* return_type = nullptr;
  List<DefElem> options;
  const Node* sql_body = nullptr;
};
struct CreateDomainStmt : NodeOf<NodeTag::kCreateDomainStmt> {
  Names name;
  const TypeName* type_name = nullptr;
  const CollateClause* collation = nullptr;
  List<Constraint> constraints;
};
struct CreateEnumStmt : NodeOf<NodeTag::kCreateEnumStmt> { Names name; Names values; };
struct CompositeTypeStmt : NodeOf<NodeTag::kCompositeTypeStmt> { const RangeVar* type = nullptr; List<ColumnDef> columns; };
// CREATE AGGREGATE, OPERATOR, TYPE (base), COLLATION, TEXT SEARCH …
struct DefineStmt : NodeOf<NodeTag::kDefineStmt> {
  ObjectType kind = ObjectType::kAggregate;
  Names names;
  List<DefElem> definition;
  bool if_not_exists = false, replace = false;
};
struct CreateExtensionStmt : NodeOf<NodeTag::kCreateExtensionStmt> { Text name; bool if_not_exists = false; List<DefElem> options; };
struct CreateTrigStmt : NodeOf<NodeTag::kCreateTrigStmt> { Text name; const RangeVar* relation = nullptr; Names function; bool replace = false; };
struct ImportForeignSchemaStmt : NodeOf<NodeTag::kImportForeignSchemaStmt> { Text server, remote_schema, local_schema; };

struct CreateRoleStmt : NodeOf<NodeTag::kCreateRoleStmt> {
  enum class Kind : uint8_t { kRole, kUser, kGroup } kind = Kind::kRole;
  Text role;
  List<DefElem> options;                               // superuser, createdb, canlogin, password … (Boolean / String / null arg)
};
struct AlterRoleStmt : NodeOf<NodeTag::kAlterRoleStmt> { const RoleSpec* role = nullptr; List<DefElem> options; int action = 1; };
struct VariableSetStmt;
struct AlterRoleSetStmt : NodeOf<NodeTag::kAlterRoleSetStmt> { const RoleSpec* role = nullptr; Text database; const VariableSetStmt* set = nullptr; };
struct DropRoleStmt : NodeOf<NodeTag::kDropRoleStmt> { List<RoleSpec> roles; bool missing_ok = false; };
struct AccessPriv : NodeOf<NodeTag::kAccessPriv> { Text name; Names columns; };  // name empty: ALL; or the granted role
struct GrantStmt : NodeOf<NodeTag::kGrantStmt> {
  bool is_grant = true;
  enum class Target : uint8_t { kObject, kAllInSchema, kDefaults } target = Target::kObject;
  ObjectType object_type = ObjectType::kTable;
  NodeList objects;                                    // RangeVar, String, ObjectWithArgs, TypeName
  List<AccessPriv> privileges;                         // empty: ALL
  List<RoleSpec> grantees;
  bool grant_option = false;
  DropBehavior behavior = DropBehavior::kRestrict;
};
struct GrantRoleStmt : NodeOf<NodeTag::kGrantRoleStmt> {
  List<AccessPriv> granted_roles;
  List<RoleSpec> grantee_roles;
  bool is_grant = true, admin_option = false;
};
struct CreatedbStmt : NodeOf<NodeTag::kCreatedbStmt> { Text name; List<DefElem> options; };
struct DropdbStmt : NodeOf<NodeTag::kDropdbStmt> { Text name; bool missing_ok = false; List<DefElem> options; };
struct AlterDatabaseStmt : NodeOf<NodeTag::kAlterDatabaseStmt> { Text name; List<DefElem> options; };
struct AlterDatabaseSetStmt : NodeOf<NodeTag::kAlterDatabaseSetStmt> { Text name; const VariableSetStmt* set = nullptr; };

}  // namespace gather::sql::ast
