#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

namespace {
// CURSOR_OPT_* of DECLARE.
bool Has(int options, int bit) { return (options & bit) != 0; }
}  // namespace

const ast::Node* TreeReader::ReadCommand(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_TransactionStmt: {
      const auto& from = reinterpret_cast<const ::TransactionStmt&>(node);
      auto* to = New<ast::TransactionStmt>();
      to->kind = static_cast<ast::TransactionKind>(from.kind);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->savepoint = Copy(from.savepoint_name);
      to->gid = Copy(from.gid);
      to->chain = from.chain;
      return to;
    }
    case T_VariableSetStmt: {
      const auto& from = reinterpret_cast<const ::VariableSetStmt&>(node);
      auto* to = New<ast::VariableSetStmt>();
      to->kind = static_cast<ast::VariableSetStmt::Kind>(from.kind);
      to->name = Copy(from.name);
      to->args = ReadList(from.args);
      to->is_local = from.is_local;
      return to;
    }
    case T_VariableShowStmt: {
      auto* to = New<ast::VariableShowStmt>();
      to->name = Copy(reinterpret_cast<const ::VariableShowStmt&>(node).name);
      return to;
    }
    case T_AlterSystemStmt: {
      auto* to = New<ast::AlterSystemStmt>();
      to->set = ReadAs<ast::VariableSetStmt>(reinterpret_cast<const ::AlterSystemStmt&>(node).setstmt);
      return to;
    }
    case T_DiscardStmt: {
      auto* to = New<ast::DiscardStmt>();
      to->target = static_cast<ast::DiscardStmt::Target>(reinterpret_cast<const ::DiscardStmt&>(node).target);
      return to;
    }
    case T_PrepareStmt: {
      const auto& from = reinterpret_cast<const ::PrepareStmt&>(node);
      auto* to = New<ast::PrepareStmt>();
      to->name = Copy(from.name);
      to->arg_types = ReadListOf<ast::TypeName>(from.argtypes);
      to->query = Read(from.query);
      return to;
    }
    case T_ExecuteStmt: {
      const auto& from = reinterpret_cast<const ::ExecuteStmt&>(node);
      auto* to = New<ast::ExecuteStmt>();
      to->name = Copy(from.name);
      to->params = ReadList(from.params);
      return to;
    }
    case T_DeallocateStmt: {
      auto* to = New<ast::DeallocateStmt>();
      to->name = Copy(reinterpret_cast<const ::DeallocateStmt&>(node).name);
      return to;
    }
    case T_ExplainStmt: {
      const auto& from = reinterpret_cast<const ::ExplainStmt&>(node);
      auto* to = New<ast::ExplainStmt>();
      to->query = Read(from.query);
      to->options = ReadListOf<ast::DefElem>(from.options);
      return to;
    }
    case T_CopyStmt: {
      const auto& from = reinterpret_cast<const ::CopyStmt&>(node);
      auto* to = New<ast::CopyStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->query = Read(from.query);
      to->columns = ReadNames(from.attlist);
      to->is_from = from.is_from;
      to->is_program = from.is_program;
      to->filename = Copy(from.filename);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->where = Read(from.whereClause);
      return to;
    }
    case T_DeclareCursorStmt: {
      const auto& from = reinterpret_cast<const ::DeclareCursorStmt&>(node);
      auto* to = New<ast::DeclareCursorStmt>();
      to->name = Copy(from.portalname);
      to->binary = Has(from.options, CURSOR_OPT_BINARY);
      to->scroll = Has(from.options, CURSOR_OPT_SCROLL);
      to->no_scroll = Has(from.options, CURSOR_OPT_NO_SCROLL);
      to->insensitive = Has(from.options, CURSOR_OPT_INSENSITIVE);
      to->asensitive = Has(from.options, CURSOR_OPT_ASENSITIVE);
      to->hold = Has(from.options, CURSOR_OPT_HOLD);
      to->query = Read(from.query);
      return to;
    }
    case T_FetchStmt: {
      const auto& from = reinterpret_cast<const ::FetchStmt&>(node);
      auto* to = New<ast::FetchStmt>();
      to->direction = static_cast<ast::FetchDirection>(from.direction);
      to->how_many = from.howMany;
      to->name = Copy(from.portalname);
      to->is_move = from.ismove;
      return to;
    }
    case T_ClosePortalStmt: {
      auto* to = New<ast::ClosePortalStmt>();
      to->name = Copy(reinterpret_cast<const ::ClosePortalStmt&>(node).portalname);
      return to;
    }
    case T_VacuumStmt: {
      const auto& from = reinterpret_cast<const ::VacuumStmt&>(node);
      auto* to = New<ast::VacuumStmt>();
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->relations = ReadListOf<ast::VacuumRelation>(from.rels);
      to->is_vacuum = from.is_vacuumcmd;
      return to;
    }
    case T_VacuumRelation: {
      const auto& from = reinterpret_cast<const ::VacuumRelation&>(node);
      auto* to = New<ast::VacuumRelation>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->columns = ReadNames(from.va_cols);
      return to;
    }
    case T_CheckPointStmt: return New<ast::CheckPointStmt>();
    case T_ReindexStmt: {
      const auto& from = reinterpret_cast<const ::ReindexStmt&>(node);
      auto* to = New<ast::ReindexStmt>();
      to->kind = static_cast<ast::ReindexStmt::Kind>(from.kind);
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->name = Copy(from.name);
      to->params = ReadListOf<ast::DefElem>(from.params);
      return to;
    }
    case T_ClusterStmt: {
      const auto& from = reinterpret_cast<const ::ClusterStmt&>(node);
      auto* to = New<ast::ClusterStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->index = Copy(from.indexname);
      return to;
    }
    case T_LockStmt: {
      const auto& from = reinterpret_cast<const ::LockStmt&>(node);
      auto* to = New<ast::LockStmt>();
      to->relations = ReadListOf<ast::RangeVar>(from.relations);
      to->mode = from.mode;
      to->nowait = from.nowait;
      return to;
    }
    case T_ConstraintsSetStmt: {
      const auto& from = reinterpret_cast<const ::ConstraintsSetStmt&>(node);
      auto* to = New<ast::ConstraintsSetStmt>();
      to->constraints = ReadListOf<ast::RangeVar>(from.constraints);
      to->deferred = from.deferred;
      return to;
    }
    case T_NotifyStmt: {
      const auto& from = reinterpret_cast<const ::NotifyStmt&>(node);
      auto* to = New<ast::NotifyStmt>();
      to->channel = Copy(from.conditionname);
      to->payload = Copy(from.payload);
      return to;
    }
    case T_ListenStmt: {
      auto* to = New<ast::ListenStmt>();
      to->channel = Copy(reinterpret_cast<const ::ListenStmt&>(node).conditionname);
      return to;
    }
    case T_UnlistenStmt: {
      auto* to = New<ast::UnlistenStmt>();
      to->channel = Copy(reinterpret_cast<const ::UnlistenStmt&>(node).conditionname);
      return to;
    }
    case T_DoStmt: {
      auto* to = New<ast::DoStmt>();
      to->args = ReadListOf<ast::DefElem>(reinterpret_cast<const ::DoStmt&>(node).args);
      return to;
    }
    case T_CallStmt: {
      auto* to = New<ast::CallStmt>();
      to->call = ReadAs<ast::FuncCall>(reinterpret_cast<const ::CallStmt&>(node).funccall);
      return to;
    }
    case T_LoadStmt: {
      auto* to = New<ast::LoadStmt>();
      to->filename = Copy(reinterpret_cast<const ::LoadStmt&>(node).filename);
      return to;
    }
    case T_ReassignOwnedStmt: {
      const auto& from = reinterpret_cast<const ::ReassignOwnedStmt&>(node);
      auto* to = New<ast::ReassignOwnedStmt>();
      to->roles = ReadListOf<ast::RoleSpec>(from.roles);
      to->new_role = ReadAs<ast::RoleSpec>(from.newrole);
      return to;
    }
    case T_DropOwnedStmt: {
      const auto& from = reinterpret_cast<const ::DropOwnedStmt&>(node);
      auto* to = New<ast::DropOwnedStmt>();
      to->roles = ReadListOf<ast::RoleSpec>(from.roles);
      to->behavior = from.behavior == DROP_CASCADE ? ast::DropBehavior::kCascade : ast::DropBehavior::kRestrict;
      return to;
    }
    default: return nullptr;
  }
}
static_assert(static_cast<int>(ast::TransactionKind::kRollbackPrepared) == TRANS_STMT_ROLLBACK_PREPARED);
static_assert(static_cast<int>(ast::VariableSetStmt::Kind::kResetAll) == VAR_RESET_ALL);
static_assert(static_cast<int>(ast::FetchDirection::kRelative) == FETCH_RELATIVE);

namespace {
const char* OtherCommand(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_CreateTableSpaceStmt: return "CREATE TABLESPACE";
    case T_DropTableSpaceStmt: return "DROP TABLESPACE";
    case T_AlterTableSpaceOptionsStmt: return "ALTER TABLESPACE";
    case T_AlterTableMoveAllStmt: return "ALTER TABLE";
    case T_AlterExtensionStmt: case T_AlterExtensionContentsStmt: return "ALTER EXTENSION";
    case T_CreateFdwStmt: return "CREATE FOREIGN DATA WRAPPER";
    case T_AlterFdwStmt: return "ALTER FOREIGN DATA WRAPPER";
    case T_CreateForeignServerStmt: return "CREATE SERVER";
    case T_AlterForeignServerStmt: return "ALTER SERVER";
    case T_CreateUserMappingStmt: return "CREATE USER MAPPING";
    case T_AlterUserMappingStmt: return "ALTER USER MAPPING";
    case T_DropUserMappingStmt: return "DROP USER MAPPING";
    case T_CreatePolicyStmt: return "CREATE POLICY";
    case T_AlterPolicyStmt: return "ALTER POLICY";
    case T_CreateAmStmt: return "CREATE ACCESS METHOD";
    case T_CreateEventTrigStmt: return "CREATE EVENT TRIGGER";
    case T_AlterEventTrigStmt: return "ALTER EVENT TRIGGER";
    case T_CreatePLangStmt: return "CREATE LANGUAGE";
    case T_AlterDomainStmt: return "ALTER DOMAIN";
    case T_AlterDefaultPrivilegesStmt: return "ALTER DEFAULT PRIVILEGES";
    case T_CreateOpClassStmt: return "CREATE OPERATOR CLASS";
    case T_CreateOpFamilyStmt: return "CREATE OPERATOR FAMILY";
    case T_AlterOpFamilyStmt: return "ALTER OPERATOR FAMILY";
    case T_SecLabelStmt: return "SECURITY LABEL";
    case T_CreateStatsStmt: return "CREATE STATISTICS";
    case T_AlterStatsStmt: return "ALTER STATISTICS";
    case T_AlterFunctionStmt: return "ALTER FUNCTION";
    case T_AlterObjectDependsStmt: return "ALTER FUNCTION";
    case T_AlterOperatorStmt: return "ALTER OPERATOR";
    case T_AlterTypeStmt: return "ALTER TYPE";
    case T_AlterEnumStmt: return "ALTER TYPE";
    case T_RuleStmt: return "CREATE RULE";
    case T_CreateRangeStmt: return "CREATE TYPE";
    case T_AlterCollationStmt: return "ALTER COLLATION";
    case T_AlterDatabaseRefreshCollStmt: return "ALTER DATABASE";
    case T_CreateConversionStmt: return "CREATE CONVERSION";
    case T_CreateCastStmt: return "CREATE CAST";
    case T_CreateTransformStmt: return "CREATE TRANSFORM";
    case T_AlterTSDictionaryStmt: return "ALTER TEXT SEARCH DICTIONARY";
    case T_AlterTSConfigurationStmt: return "ALTER TEXT SEARCH CONFIGURATION";
    case T_CreatePublicationStmt: return "CREATE PUBLICATION";
    case T_AlterPublicationStmt: return "ALTER PUBLICATION";
    case T_CreateSubscriptionStmt: return "CREATE SUBSCRIPTION";
    case T_AlterSubscriptionStmt: return "ALTER SUBSCRIPTION";
    case T_DropSubscriptionStmt: return "DROP SUBSCRIPTION";
    case T_RangeTableFunc: return "XMLTABLE";
    default: return nullptr;
  }
}
}  // namespace

const ast::Node* TreeReader::ReadOther(const ::Node& node) {
  const char* command = OtherCommand(node);
  if (command == nullptr) ThrowInternal(Format("unexpected node %d in the parse tree", static_cast<int>(nodeTag(&node))));
  auto* to = New<ast::OtherStmt>();
  to->command = command;
  return to;
}

}  // namespace gather::sql::bridge
