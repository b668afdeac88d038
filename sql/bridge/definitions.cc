#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

namespace {

ast::AlterTableType ReadAlterTableType(::AlterTableType type) {
  using Type = ast::AlterTableType;
  switch (type) {
    case AT_AddColumn: return Type::kAddColumn;
    case AT_ColumnDefault: return Type::kColumnDefault;
    case AT_DropNotNull: return Type::kDropNotNull;
    case AT_SetNotNull: return Type::kSetNotNull;
    case AT_DropExpression: return Type::kDropExpression;
    case AT_SetStatistics: return Type::kSetStatistics;
    case AT_SetOptions: return Type::kSetOptions;
    case AT_ResetOptions: return Type::kResetOptions;
    case AT_SetStorage: return Type::kSetStorage;
    case AT_SetCompression: return Type::kSetCompression;
    case AT_DropColumn: return Type::kDropColumn;
    case AT_AddConstraint: return Type::kAddConstraint;
    case AT_AlterConstraint: return Type::kAlterConstraint;
    case AT_ValidateConstraint: return Type::kValidateConstraint;
    case AT_DropConstraint: return Type::kDropConstraint;
    case AT_AlterColumnType: return Type::kAlterColumnType;
    case AT_ChangeOwner: return Type::kChangeOwner;
    case AT_SetLogged: return Type::kSetLogged;
    case AT_SetUnLogged: return Type::kSetUnlogged;
    case AT_SetTableSpace: return Type::kSetTablespace;
    case AT_SetRelOptions: return Type::kSetRelOptions;
    case AT_ResetRelOptions: return Type::kResetRelOptions;
    case AT_ReplicaIdentity: return Type::kReplicaIdentity;
    case AT_AddIdentity: return Type::kAddIdentity;
    case AT_SetIdentity: return Type::kSetIdentity;
    case AT_DropIdentity: return Type::kDropIdentity;
    case AT_AttachPartition: return Type::kAttachPartition;
    case AT_DetachPartition: return Type::kDetachPartition;
    case AT_AddInherit: return Type::kAddInherit;
    case AT_DropInherit: return Type::kDropInherit;
    case AT_ClusterOn: return Type::kClusterOn;
    case AT_DropCluster: return Type::kDropCluster;
    case AT_EnableRowSecurity: return Type::kEnableRowSecurity;
    case AT_DisableRowSecurity: return Type::kDisableRowSecurity;
    case AT_EnableTrig: case AT_EnableAlwaysTrig: case AT_EnableReplicaTrig: case AT_DisableTrig: case AT_EnableTrigAll: case AT_DisableTrigAll:
    case AT_EnableTrigUser: case AT_DisableTrigUser: case AT_EnableRule: case AT_EnableAlwaysRule: case AT_EnableReplicaRule: case AT_DisableRule:
      return Type::kTrigger;
    default: return Type::kOther;
  }
}

ast::ObjectType ReadObjectType(::ObjectType type) { return static_cast<ast::ObjectType>(type); }
static_assert(static_cast<int>(ast::ObjectType::kColumn) == OBJECT_COLUMN && static_cast<int>(ast::ObjectType::kTable) == OBJECT_TABLE);
static_assert(static_cast<int>(ast::ObjectType::kRole) == OBJECT_ROLE && static_cast<int>(ast::ObjectType::kView) == OBJECT_VIEW);

ast::DropBehavior ReadBehavior(::DropBehavior behavior) {
  return behavior == DROP_CASCADE ? ast::DropBehavior::kCascade : ast::DropBehavior::kRestrict;
}

}  // namespace

const ast::Node* TreeReader::ReadCreate(const ::CreateStmt& from, bool foreign) {
  auto* to = New<ast::CreateStmt>();
  to->relation = ReadAs<ast::RangeVar>(from.relation);
  to->table_elts = ReadList(from.tableElts);
  to->inherits = ReadListOf<ast::RangeVar>(from.inhRelations);
  to->partition_bound = ReadAs<ast::PartitionBoundSpec>(from.partbound);
  to->partition_spec = ReadAs<ast::PartitionSpec>(from.partspec);
  to->of_type = ReadAs<ast::TypeName>(from.ofTypename);
  to->options = ReadListOf<ast::DefElem>(from.options);
  to->on_commit = static_cast<ast::OnCommitAction>(from.oncommit);
  to->tablespace = Copy(from.tablespacename);
  to->access_method = Copy(from.accessMethod);
  to->if_not_exists = from.if_not_exists;
  to->foreign = foreign;
  return to;
}

const ast::Node* TreeReader::ReadIndex(const ::IndexStmt& from) {
  auto* to = New<ast::IndexStmt>();
  to->name = Copy(from.idxname);
  to->relation = ReadAs<ast::RangeVar>(from.relation);
  to->access_method = Copy(from.accessMethod);
  to->tablespace = Copy(from.tableSpace);
  to->params = ReadListOf<ast::IndexElem>(from.indexParams);
  to->including = ReadListOf<ast::IndexElem>(from.indexIncludingParams);
  to->options = ReadListOf<ast::DefElem>(from.options);
  to->where = Read(from.whereClause);
  to->unique = from.unique;
  to->nulls_not_distinct = from.nulls_not_distinct;
  to->concurrent = from.concurrent;
  to->if_not_exists = from.if_not_exists;
  return to;
}

const ast::Node* TreeReader::ReadGrant(const ::GrantStmt& from) {
  auto* to = New<ast::GrantStmt>();
  to->is_grant = from.is_grant;
  to->target = static_cast<ast::GrantStmt::Target>(from.targtype);
  to->object_type = ReadObjectType(from.objtype);
  to->objects = ReadList(from.objects);
  to->privileges = ReadListOf<ast::AccessPriv>(from.privileges);
  to->grantees = ReadListOf<ast::RoleSpec>(from.grantees);
  to->grant_option = from.grant_option;
  to->behavior = ReadBehavior(from.behavior);
  return to;
}

const ast::Node* TreeReader::ReadDefinition(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_CreateStmt: return ReadCreate(reinterpret_cast<const ::CreateStmt&>(node), false);
    case T_CreateForeignTableStmt: return ReadCreate(reinterpret_cast<const ::CreateForeignTableStmt&>(node).base, true);
    case T_IndexStmt: return ReadIndex(reinterpret_cast<const ::IndexStmt&>(node));
    case T_GrantStmt: return ReadGrant(reinterpret_cast<const ::GrantStmt&>(node));
    case T_AlterTableStmt: {
      const auto& from = reinterpret_cast<const ::AlterTableStmt&>(node);
      auto* to = New<ast::AlterTableStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->commands = ReadListOf<ast::AlterTableCmd>(from.cmds);
      to->object_type = ReadObjectType(from.objtype);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_AlterTableCmd: {
      const auto& from = reinterpret_cast<const ::AlterTableCmd&>(node);
      auto* to = New<ast::AlterTableCmd>();
      to->type = ReadAlterTableType(from.subtype);
      to->name = Copy(from.name);
      to->number = from.num;
      to->new_owner = ReadAs<ast::RoleSpec>(from.newowner);
      // Of commands we do not know, the definition may be a node we do not know either.
      if (to->type != ast::AlterTableType::kOther && to->type != ast::AlterTableType::kReplicaIdentity) to->def = Read(from.def);
      to->behavior = ReadBehavior(from.behavior);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_DropStmt: {
      const auto& from = reinterpret_cast<const ::DropStmt&>(node);
      auto* to = New<ast::DropStmt>();
      to->objects = ReadList(from.objects);
      to->type = ReadObjectType(from.removeType);
      to->behavior = ReadBehavior(from.behavior);
      to->missing_ok = from.missing_ok;
      to->concurrent = from.concurrent;
      return to;
    }
    case T_TruncateStmt: {
      const auto& from = reinterpret_cast<const ::TruncateStmt&>(node);
      auto* to = New<ast::TruncateStmt>();
      to->relations = ReadListOf<ast::RangeVar>(from.relations);
      to->restart_seqs = from.restart_seqs;
      to->behavior = ReadBehavior(from.behavior);
      return to;
    }
    case T_CreateSchemaStmt: {
      const auto& from = reinterpret_cast<const ::CreateSchemaStmt&>(node);
      auto* to = New<ast::CreateSchemaStmt>();
      to->name = Copy(from.schemaname);
      to->owner = ReadAs<ast::RoleSpec>(from.authrole);
      to->elements = ReadList(from.schemaElts);
      to->if_not_exists = from.if_not_exists;
      return to;
    }
    case T_ViewStmt: {
      const auto& from = reinterpret_cast<const ::ViewStmt&>(node);
      auto* to = New<ast::ViewStmt>();
      to->view = ReadAs<ast::RangeVar>(from.view);
      to->aliases = ReadNames(from.aliases);
      to->query = Read(from.query);
      to->replace = from.replace;
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->check_option = static_cast<ast::ViewStmt::CheckOption>(from.withCheckOption);
      return to;
    }
    case T_CreateSeqStmt: {
      const auto& from = reinterpret_cast<const ::CreateSeqStmt&>(node);
      auto* to = New<ast::CreateSeqStmt>();
      to->sequence = ReadAs<ast::RangeVar>(from.sequence);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->if_not_exists = from.if_not_exists;
      return to;
    }
    case T_AlterSeqStmt: {
      const auto& from = reinterpret_cast<const ::AlterSeqStmt&>(node);
      auto* to = New<ast::AlterSeqStmt>();
      to->sequence = ReadAs<ast::RangeVar>(from.sequence);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_CreateTableAsStmt: {
      const auto& from = reinterpret_cast<const ::CreateTableAsStmt&>(node);
      auto* to = New<ast::CreateTableAsStmt>();
      to->query = Read(from.query);
      to->into = ReadAs<ast::IntoClause>(from.into);
      to->object_type = ReadObjectType(from.objtype);
      to->is_select_into = from.is_select_into;
      to->if_not_exists = from.if_not_exists;
      return to;
    }
    case T_RefreshMatViewStmt: {
      const auto& from = reinterpret_cast<const ::RefreshMatViewStmt&>(node);
      auto* to = New<ast::RefreshMatViewStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->concurrent = from.concurrent;
      to->skip_data = from.skipData;
      return to;
    }
    case T_RenameStmt: {
      const auto& from = reinterpret_cast<const ::RenameStmt&>(node);
      auto* to = New<ast::RenameStmt>();
      to->type = ReadObjectType(from.renameType);
      to->relation_type = ReadObjectType(from.relationType);
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->object = Read(from.object);
      to->sub_name = Copy(from.subname);
      to->new_name = Copy(from.newname);
      to->behavior = ReadBehavior(from.behavior);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_AlterObjectSchemaStmt: {
      const auto& from = reinterpret_cast<const ::AlterObjectSchemaStmt&>(node);
      auto* to = New<ast::AlterObjectSchemaStmt>();
      to->type = ReadObjectType(from.objectType);
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->object = Read(from.object);
      to->new_schema = Copy(from.newschema);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_AlterOwnerStmt: {
      const auto& from = reinterpret_cast<const ::AlterOwnerStmt&>(node);
      auto* to = New<ast::AlterOwnerStmt>();
      to->type = ReadObjectType(from.objectType);
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->object = Read(from.object);
      to->new_owner = ReadAs<ast::RoleSpec>(from.newowner);
      return to;
    }
    case T_CommentStmt: {
      const auto& from = reinterpret_cast<const ::CommentStmt&>(node);
      auto* to = New<ast::CommentStmt>();
      to->type = ReadObjectType(from.objtype);
      to->object = Read(from.object);
      to->is_null = from.comment == nullptr;
      to->comment = Copy(from.comment);
      return to;
    }
    case T_CreateFunctionStmt: {
      const auto& from = reinterpret_cast<const ::CreateFunctionStmt&>(node);
      auto* to = New<ast::CreateFunctionStmt>();
      to->is_procedure = from.is_procedure;
      to->replace = from.replace;
      to->name = ReadNames(from.funcname);
      to->parameters = ReadListOf<ast::FunctionParameter>(from.parameters);
      to->return_type = ReadAs<ast::TypeName>(from.returnType);
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_CreateDomainStmt: {
      const auto& from = reinterpret_cast<const ::CreateDomainStmt&>(node);
      auto* to = New<ast::CreateDomainStmt>();
      to->name = ReadNames(from.domainname);
      to->type_name = ReadAs<ast::TypeName>(from.typeName);
      to->collation = ReadAs<ast::CollateClause>(from.collClause);
      to->constraints = ReadListOf<ast::Constraint>(from.constraints);
      return to;
    }
    case T_CreateEnumStmt: {
      const auto& from = reinterpret_cast<const ::CreateEnumStmt&>(node);
      auto* to = New<ast::CreateEnumStmt>();
      to->name = ReadNames(from.typeName);
      to->values = ReadNames(from.vals);
      return to;
    }
    case T_CompositeTypeStmt: {
      const auto& from = reinterpret_cast<const ::CompositeTypeStmt&>(node);
      auto* to = New<ast::CompositeTypeStmt>();
      to->type = ReadAs<ast::RangeVar>(from.typevar);
      to->columns = ReadListOf<ast::ColumnDef>(from.coldeflist);
      return to;
    }
    case T_DefineStmt: {
      const auto& from = reinterpret_cast<const ::DefineStmt&>(node);
      auto* to = New<ast::DefineStmt>();
      to->kind = ReadObjectType(from.kind);
      to->names = ReadNames(from.defnames);
      to->definition = ReadListOf<ast::DefElem>(from.definition);
      to->if_not_exists = from.if_not_exists;
      to->replace = from.replace;
      return to;
    }
    case T_CreateExtensionStmt: {
      const auto& from = reinterpret_cast<const ::CreateExtensionStmt&>(node);
      auto* to = New<ast::CreateExtensionStmt>();
      to->name = Copy(from.extname);
      to->if_not_exists = from.if_not_exists;
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_CreateTrigStmt: {
      const auto& from = reinterpret_cast<const ::CreateTrigStmt&>(node);
      auto* to = New<ast::CreateTrigStmt>();
      to->name = Copy(from.trigname);
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->function = ReadNames(from.funcname);
      to->replace = from.replace;
      return to;
    }
    case T_ImportForeignSchemaStmt: {
      const auto& from = reinterpret_cast<const ::ImportForeignSchemaStmt&>(node);
      auto* to = New<ast::ImportForeignSchemaStmt>();
      to->server = Copy(from.server_name);
      to->remote_schema = Copy(from.remote_schema);
      to->local_schema = Copy(from.local_schema);
      return to;
    }
    case T_CreateRoleStmt: {
      const auto& from = reinterpret_cast<const ::CreateRoleStmt&>(node);
      auto* to = New<ast::CreateRoleStmt>();
      to->kind = static_cast<ast::CreateRoleStmt::Kind>(from.stmt_type);
      to->role = Copy(from.role);
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_AlterRoleStmt: {
      const auto& from = reinterpret_cast<const ::AlterRoleStmt&>(node);
      auto* to = New<ast::AlterRoleStmt>();
      to->role = ReadAs<ast::RoleSpec>(from.role);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->action = from.action;
      return to;
    }
    case T_AlterRoleSetStmt: {
      const auto& from = reinterpret_cast<const ::AlterRoleSetStmt&>(node);
      auto* to = New<ast::AlterRoleSetStmt>();
      to->role = ReadAs<ast::RoleSpec>(from.role);
      to->database = Copy(from.database);
      to->set = ReadAs<ast::VariableSetStmt>(from.setstmt);
      return to;
    }
    case T_DropRoleStmt: {
      const auto& from = reinterpret_cast<const ::DropRoleStmt&>(node);
      auto* to = New<ast::DropRoleStmt>();
      to->roles = ReadListOf<ast::RoleSpec>(from.roles);
      to->missing_ok = from.missing_ok;
      return to;
    }
    case T_GrantRoleStmt: {
      const auto& from = reinterpret_cast<const ::GrantRoleStmt&>(node);
      auto* to = New<ast::GrantRoleStmt>();
      to->granted_roles = ReadListOf<ast::AccessPriv>(from.granted_roles);
      to->grantee_roles = ReadListOf<ast::RoleSpec>(from.grantee_roles);
      to->is_grant = from.is_grant;
      to->admin_option = from.admin_opt;
      return to;
    }
    case T_CreatedbStmt: {
      const auto& from = reinterpret_cast<const ::CreatedbStmt&>(node);
      auto* to = New<ast::CreatedbStmt>();
      to->name = Copy(from.dbname);
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_DropdbStmt: {
      const auto& from = reinterpret_cast<const ::DropdbStmt&>(node);
      auto* to = New<ast::DropdbStmt>();
      to->name = Copy(from.dbname);
      to->missing_ok = from.missing_ok;
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_AlterDatabaseStmt: {
      const auto& from = reinterpret_cast<const ::AlterDatabaseStmt&>(node);
      auto* to = New<ast::AlterDatabaseStmt>();
      to->name = Copy(from.dbname);
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_AlterDatabaseSetStmt: {
      const auto& from = reinterpret_cast<const ::AlterDatabaseSetStmt&>(node);
      auto* to = New<ast::AlterDatabaseSetStmt>();
      to->name = Copy(from.dbname);
      to->set = ReadAs<ast::VariableSetStmt>(from.setstmt);
      return to;
    }
    default: return nullptr;
  }
}

}  // namespace gather::sql::bridge
