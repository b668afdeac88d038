#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

const ast::Node* TreeReader::ReadConstraint(const ::Constraint& from) {
  auto* to = New<ast::Constraint>(from.location);
  to->type = static_cast<ast::ConstraintType>(from.contype);
  to->name = Copy(from.conname);
  to->deferrable = from.deferrable;
  to->initially_deferred = from.initdeferred;
  to->no_inherit = from.is_no_inherit;
  to->skip_validation = from.skip_validation;
  to->initially_valid = from.initially_valid;
  to->raw_expr = Read(from.raw_expr);
  to->generated_when = from.generated_when;
  to->nulls_not_distinct = from.nulls_not_distinct;
  to->keys = ReadNames(from.keys);
  to->including = ReadNames(from.including);
  to->options = ReadListOf<ast::DefElem>(from.options);
  to->index_name = Copy(from.indexname);
  to->index_tablespace = Copy(from.indexspace);
  to->access_method = Copy(from.access_method);
  to->where_clause = Read(from.where_clause);
  to->pk_table = ReadAs<ast::RangeVar>(from.pktable);
  to->fk_attributes = ReadNames(from.fk_attrs);
  to->pk_attributes = ReadNames(from.pk_attrs);
  to->fk_match = from.fk_matchtype;
  to->fk_update = from.fk_upd_action;
  to->fk_delete = from.fk_del_action;
  to->fk_delete_set_columns = ReadNames(from.fk_del_set_cols);
  return to;
}
static_assert(static_cast<int>(ast::ConstraintType::kForeign) == CONSTR_FOREIGN);
static_assert(static_cast<int>(ast::ConstraintType::kImmediate) == CONSTR_ATTR_IMMEDIATE);

const ast::Node* TreeReader::ReadDefinitionPart(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_Constraint: return ReadConstraint(reinterpret_cast<const ::Constraint&>(node));
    case T_ColumnDef: {
      const auto& from = reinterpret_cast<const ::ColumnDef&>(node);
      auto* to = New<ast::ColumnDef>(from.location);
      to->name = Copy(from.colname);
      to->type_name = ReadAs<ast::TypeName>(from.typeName);
      to->compression = Copy(from.compression);
      to->raw_default = Read(from.raw_default);
      to->collation = ReadAs<ast::CollateClause>(from.collClause);
      to->constraints = ReadListOf<ast::Constraint>(from.constraints);
      to->fdw_options = ReadListOf<ast::DefElem>(from.fdwoptions);
      return to;
    }
    case T_TableLikeClause: {
      const auto& from = reinterpret_cast<const ::TableLikeClause&>(node);
      auto* to = New<ast::TableLikeClause>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->options = from.options;
      return to;
    }
    case T_IndexElem: {
      const auto& from = reinterpret_cast<const ::IndexElem&>(node);
      auto* to = New<ast::IndexElem>();
      to->name = Copy(from.name);
      to->expr = Read(from.expr);
      to->collation = ReadNames(from.collation);
      to->opclass = ReadNames(from.opclass);
      to->opclass_options = ReadListOf<ast::DefElem>(from.opclassopts);
      to->ordering = static_cast<ast::SortDirection>(from.ordering);
      to->nulls = static_cast<ast::SortNulls>(from.nulls_ordering);
      if (to->expr != nullptr) to->location = to->expr->location;
      return to;
    }
    case T_DefElem: {
      const auto& from = reinterpret_cast<const ::DefElem&>(node);
      auto* to = New<ast::DefElem>(from.location);
      to->name_space = Copy(from.defnamespace);
      to->name = Copy(from.defname);
      to->arg = Read(from.arg);
      to->action = static_cast<ast::DefElem::Action>(from.defaction);
      return to;
    }
    case T_RoleSpec: {
      const auto& from = reinterpret_cast<const ::RoleSpec&>(node);
      auto* to = New<ast::RoleSpec>(from.location);
      to->type = static_cast<ast::RoleSpecType>(from.roletype);
      to->name = Copy(from.rolename);
      return to;
    }
    case T_PartitionSpec: {
      const auto& from = reinterpret_cast<const ::PartitionSpec&>(node);
      auto* to = New<ast::PartitionSpec>(from.location);
      to->strategy = Copy(from.strategy);
      to->params = ReadListOf<ast::PartitionElem>(from.partParams);
      return to;
    }
    case T_PartitionElem: {
      const auto& from = reinterpret_cast<const ::PartitionElem&>(node);
      auto* to = New<ast::PartitionElem>(from.location);
      to->name = Copy(from.name);
      to->expr = Read(from.expr);
      to->collation = ReadNames(from.collation);
      to->opclass = ReadNames(from.opclass);
      return to;
    }
    case T_PartitionBoundSpec: {
      const auto& from = reinterpret_cast<const ::PartitionBoundSpec&>(node);
      auto* to = New<ast::PartitionBoundSpec>(from.location);
      to->strategy = from.strategy;
      to->is_default = from.is_default;
      to->modulus = from.modulus;
      to->remainder = from.remainder;
      to->list_datums = ReadList(from.listdatums);
      to->lower_datums = ReadList(from.lowerdatums);
      to->upper_datums = ReadList(from.upperdatums);
      return to;
    }
    case T_PartitionCmd: {
      const auto& from = reinterpret_cast<const ::PartitionCmd&>(node);
      auto* to = New<ast::PartitionCmd>();
      to->name = ReadAs<ast::RangeVar>(from.name);
      to->bound = ReadAs<ast::PartitionBoundSpec>(from.bound);
      to->concurrent = from.concurrent;
      return to;
    }
    case T_ObjectWithArgs: {
      const auto& from = reinterpret_cast<const ::ObjectWithArgs&>(node);
      auto* to = New<ast::ObjectWithArgs>();
      to->name = ReadNames(from.objname);
      to->args = ReadList(from.objargs);
      to->args_unspecified = from.args_unspecified;
      return to;
    }
    case T_FunctionParameter: {
      const auto& from = reinterpret_cast<const ::FunctionParameter&>(node);
      auto* to = New<ast::FunctionParameter>();
      to->name = Copy(from.name);
      to->type_name = ReadAs<ast::TypeName>(from.argType);
      to->mode = static_cast<char>(from.mode);
      to->default_expr = Read(from.defexpr);
      return to;
    }
    case T_AccessPriv: {
      const auto& from = reinterpret_cast<const ::AccessPriv&>(node);
      auto* to = New<ast::AccessPriv>();
      to->name = Copy(from.priv_name);
      to->columns = ReadNames(from.cols);
      return to;
    }
    default: return nullptr;
  }
}

}  // namespace gather::sql::bridge
