#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

namespace {
// As the library counts; see postgres_nodes.h.
constexpr int kLimitWithTies = 2;

ast::Overriding ReadOverriding(::OverridingKind kind) {
  if (kind == OVERRIDING_USER_VALUE) return ast::Overriding::kUser;
  return kind == OVERRIDING_SYSTEM_VALUE ? ast::Overriding::kSystem : ast::Overriding::kNone;
}

ast::WindowDef::Bound ReadBound(int options, int unbounded_preceding, int preceding, int current, int following) {
  using Bound = ast::WindowDef::Bound;
  if (options & unbounded_preceding) return Bound::kUnboundedPreceding;
  if (options & preceding) return Bound::kPreceding;
  if (options & current) return Bound::kCurrentRow;
  if (options & following) return Bound::kFollowing;
  return Bound::kUnboundedFollowing;
}
}  // namespace

const ast::Node* TreeReader::ReadSelect(const ::SelectStmt& from) {
  auto* to = New<ast::SelectStmt>();
  if (from.distinctClause != NIL) {
    to->distinct = true;
    if (linitial(from.distinctClause) != nullptr) to->distinct_on = ReadList(from.distinctClause);
  }
  to->into = ReadAs<ast::IntoClause>(from.intoClause);
  to->target_list = ReadListOf<ast::ResTarget>(from.targetList);
  to->from = ReadList(from.fromClause);
  to->where = Read(from.whereClause);
  to->group_by = ReadList(from.groupClause);
  to->group_distinct = from.groupDistinct;
  to->having = Read(from.havingClause);
  to->windows = ReadListOf<ast::WindowDef>(from.windowClause);
  const std::span<ast::NodeList> rows = arena_.NewArray<ast::NodeList>(static_cast<size_t>(list_length(from.valuesLists)));
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = ReadList(static_cast<const ::List*>(from.valuesLists->elements[i].ptr_value));
  to->values = rows;
  to->order_by = ReadListOf<ast::SortBy>(from.sortClause);
  to->limit_offset = Read(from.limitOffset);
  to->limit_count = Read(from.limitCount);
  to->with_ties = static_cast<int>(from.limitOption) == kLimitWithTies;
  to->locking = ReadListOf<ast::LockingClause>(from.lockingClause);
  to->with = ReadAs<ast::WithClause>(from.withClause);
  to->op = static_cast<ast::SetOp>(from.op);
  to->all = from.all;
  to->left = ReadAs<ast::SelectStmt>(from.larg);
  to->right = ReadAs<ast::SelectStmt>(from.rarg);
  return to;
}
static_assert(static_cast<int>(ast::SetOp::kUnion) == SETOP_UNION && static_cast<int>(ast::SetOp::kExcept) == SETOP_EXCEPT);

const ast::Node* TreeReader::ReadWindowDef(const ::WindowDef& from) {
  auto* to = New<ast::WindowDef>(from.location);
  to->name = Copy(from.name);
  to->refname = Copy(from.refname);
  to->partition_clause = ReadList(from.partitionClause);
  to->order_clause = ReadListOf<ast::SortBy>(from.orderClause);
  const int options = from.frameOptions;
  using Mode = ast::WindowDef::Mode;
  to->mode = options & FRAMEOPTION_ROWS ? Mode::kRows : options & FRAMEOPTION_GROUPS ? Mode::kGroups : Mode::kRange;
  to->frame_given = (options & FRAMEOPTION_NONDEFAULT) != 0;
  to->start = ReadBound(options, FRAMEOPTION_START_UNBOUNDED_PRECEDING, FRAMEOPTION_START_OFFSET_PRECEDING, FRAMEOPTION_START_CURRENT_ROW,
                        FRAMEOPTION_START_OFFSET_FOLLOWING);
  to->end = ReadBound(options, FRAMEOPTION_END_UNBOUNDED_PRECEDING, FRAMEOPTION_END_OFFSET_PRECEDING, FRAMEOPTION_END_CURRENT_ROW,
                      FRAMEOPTION_END_OFFSET_FOLLOWING);
  to->exclude = options & FRAMEOPTION_EXCLUDE_CURRENT_ROW ? 'c' : options & FRAMEOPTION_EXCLUDE_GROUP ? 'g' : options & FRAMEOPTION_EXCLUDE_TIES ? 't' : 0;
  to->start_offset = Read(from.startOffset);
  to->end_offset = Read(from.endOffset);
  return to;
}

const ast::Node* TreeReader::ReadRangeFunction(const ::RangeFunction& from) {
  auto* to = New<ast::RangeFunction>();
  to->lateral = from.lateral;
  to->ordinality = from.ordinality;
  to->rows_from = from.is_rowsfrom;
  to->alias = ReadAs<ast::Alias>(from.alias);
  to->columns = ReadListOf<ast::ColumnDef>(from.coldeflist);
  const std::span<const ast::RangeFunctionItem*> items =
      arena_.NewArray<const ast::RangeFunctionItem*>(static_cast<size_t>(list_length(from.functions)));
  for (size_t i = 0; i < items.size(); ++i) {
    const auto* pair = static_cast<const ::List*>(from.functions->elements[i].ptr_value);
    auto* item = New<ast::RangeFunctionItem>();
    item->function = Read(static_cast<const ::Node*>(linitial(pair)));
    item->columns = ReadListOf<ast::ColumnDef>(static_cast<const ::List*>(lsecond(pair)));
    if (item->function != nullptr) item->location = item->function->location;
    items[i] = item;
  }
  to->functions = items;
  if (!items.empty()) to->location = items[0]->location;
  return to;
}

const ast::Node* TreeReader::ReadQuery(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_SelectStmt: return ReadSelect(reinterpret_cast<const ::SelectStmt&>(node));
    case T_WindowDef: return ReadWindowDef(reinterpret_cast<const ::WindowDef&>(node));
    case T_RangeFunction: return ReadRangeFunction(reinterpret_cast<const ::RangeFunction&>(node));
    case T_ResTarget: {
      const auto& from = reinterpret_cast<const ::ResTarget&>(node);
      auto* to = New<ast::ResTarget>(from.location);
      to->name = Copy(from.name);
      to->indirection = ReadList(from.indirection);
      to->value = Read(from.val);
      return to;
    }
    case T_SortBy: {
      const auto& from = reinterpret_cast<const ::SortBy&>(node);
      auto* to = New<ast::SortBy>(from.location);
      to->node = Read(from.node);
      to->direction = static_cast<ast::SortDirection>(from.sortby_dir);
      to->nulls = static_cast<ast::SortNulls>(from.sortby_nulls);
      to->use_op = ReadNames(from.useOp);
      return to;
    }
    case T_GroupingSet: {
      const auto& from = reinterpret_cast<const ::GroupingSet&>(node);
      auto* to = New<ast::GroupingSet>(from.location);
      to->kind = static_cast<ast::GroupingSet::Kind>(from.kind);
      to->content = ReadList(from.content);
      return to;
    }
    case T_Alias: {
      const auto& from = reinterpret_cast<const ::Alias&>(node);
      auto* to = New<ast::Alias>();
      to->name = Copy(from.aliasname);
      to->columns = ReadNames(from.colnames);
      return to;
    }
    case T_RangeVar: {
      const auto& from = reinterpret_cast<const ::RangeVar&>(node);
      auto* to = New<ast::RangeVar>(from.location);
      to->catalog = Copy(from.catalogname);
      to->schema = Copy(from.schemaname);
      to->name = Copy(from.relname);
      to->only = !from.inh;
      to->persistence = from.relpersistence;
      to->alias = ReadAs<ast::Alias>(from.alias);
      return to;
    }
    case T_RangeSubselect: {
      const auto& from = reinterpret_cast<const ::RangeSubselect&>(node);
      auto* to = New<ast::RangeSubselect>();
      to->lateral = from.lateral;
      to->subquery = Read(from.subquery);
      to->alias = ReadAs<ast::Alias>(from.alias);
      return to;
    }
    case T_RangeTableSample: {
      const auto& from = reinterpret_cast<const ::RangeTableSample&>(node);
      auto* to = New<ast::RangeTableSample>(from.location);
      to->relation = Read(from.relation);
      to->method = ReadNames(from.method);
      to->args = ReadList(from.args);
      to->repeatable = Read(from.repeatable);
      return to;
    }
    case T_JoinExpr: {
      const auto& from = reinterpret_cast<const ::JoinExpr&>(node);
      auto* to = New<ast::JoinExpr>();
      switch (from.jointype) {
        case JOIN_INNER: to->kind = ast::JoinKind::kInner; break;
        case JOIN_LEFT: to->kind = ast::JoinKind::kLeft; break;
        case JOIN_RIGHT: to->kind = ast::JoinKind::kRight; break;
        case JOIN_FULL: to->kind = ast::JoinKind::kFull; break;
        default: ThrowInternal("unexpected join in the parse tree");
      }
      to->natural = from.isNatural;
      to->left = Read(from.larg);
      to->right = Read(from.rarg);
      to->using_clause = ReadNames(from.usingClause);
      to->using_alias = ReadAs<ast::Alias>(from.join_using_alias);
      to->condition = Read(from.quals);
      to->alias = ReadAs<ast::Alias>(from.alias);
      return to;
    }
    case T_LockingClause: {
      const auto& from = reinterpret_cast<const ::LockingClause&>(node);
      auto* to = New<ast::LockingClause>();
      to->relations = ReadListOf<ast::RangeVar>(from.lockedRels);
      using Strength = ast::LockingClause::Strength;
      to->strength = from.strength == LCS_FORKEYSHARE ? Strength::kKeyShare : from.strength == LCS_FORSHARE ? Strength::kShare
                     : from.strength == LCS_FORNOKEYUPDATE ? Strength::kNoKeyUpdate : Strength::kUpdate;
      using Wait = ast::LockingClause::Wait;
      to->wait = from.waitPolicy == LockWaitBlock ? Wait::kBlock : from.waitPolicy == LockWaitSkip ? Wait::kSkip : Wait::kError;
      return to;
    }
    case T_WithClause: {
      const auto& from = reinterpret_cast<const ::WithClause&>(node);
      auto* to = New<ast::WithClause>(from.location);
      to->ctes = ReadListOf<ast::CommonTableExpr>(from.ctes);
      to->recursive = from.recursive;
      return to;
    }
    case T_CommonTableExpr: {
      const auto& from = reinterpret_cast<const ::CommonTableExpr&>(node);
      auto* to = New<ast::CommonTableExpr>(from.location);
      to->name = Copy(from.ctename);
      to->column_names = ReadNames(from.aliascolnames);
      to->materialize = static_cast<ast::CommonTableExpr::Materialize>(from.ctematerialized);
      to->query = Read(from.ctequery);
      to->search_or_cycle = from.search_clause != nullptr || from.cycle_clause != nullptr;
      return to;
    }
    case T_IntoClause: {
      const auto& from = reinterpret_cast<const ::IntoClause&>(node);
      auto* to = New<ast::IntoClause>();
      to->relation = ReadAs<ast::RangeVar>(from.rel);
      to->column_names = ReadNames(from.colNames);
      to->access_method = Copy(from.accessMethod);
      to->options = ReadListOf<ast::DefElem>(from.options);
      to->on_commit = static_cast<ast::OnCommitAction>(from.onCommit);
      to->tablespace = Copy(from.tableSpaceName);
      to->skip_data = from.skipData;
      return to;
    }
    case T_InferClause: {
      const auto& from = reinterpret_cast<const ::InferClause&>(node);
      auto* to = New<ast::InferClause>(from.location);
      to->index_elems = ReadListOf<ast::IndexElem>(from.indexElems);
      to->where = Read(from.whereClause);
      to->constraint = Copy(from.conname);
      return to;
    }
    case T_OnConflictClause: {
      const auto& from = reinterpret_cast<const ::OnConflictClause&>(node);
      auto* to = New<ast::OnConflictClause>(from.location);
      to->update = from.action == ONCONFLICT_UPDATE;
      to->infer = ReadAs<ast::InferClause>(from.infer);
      to->target_list = ReadListOf<ast::ResTarget>(from.targetList);
      to->where = Read(from.whereClause);
      return to;
    }
    case T_InsertStmt: {
      const auto& from = reinterpret_cast<const ::InsertStmt&>(node);
      auto* to = New<ast::InsertStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->columns = ReadListOf<ast::ResTarget>(from.cols);
      to->select = ReadAs<ast::SelectStmt>(from.selectStmt);
      to->on_conflict = ReadAs<ast::OnConflictClause>(from.onConflictClause);
      to->returning = ReadListOf<ast::ResTarget>(from.returningList);
      to->with = ReadAs<ast::WithClause>(from.withClause);
      to->overriding = ReadOverriding(from.override);
      return to;
    }
    case T_UpdateStmt: {
      const auto& from = reinterpret_cast<const ::UpdateStmt&>(node);
      auto* to = New<ast::UpdateStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->target_list = ReadListOf<ast::ResTarget>(from.targetList);
      to->where = Read(from.whereClause);
      to->from = ReadList(from.fromClause);
      to->returning = ReadListOf<ast::ResTarget>(from.returningList);
      to->with = ReadAs<ast::WithClause>(from.withClause);
      return to;
    }
    case T_DeleteStmt: {
      const auto& from = reinterpret_cast<const ::DeleteStmt&>(node);
      auto* to = New<ast::DeleteStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->using_clause = ReadList(from.usingClause);
      to->where = Read(from.whereClause);
      to->returning = ReadListOf<ast::ResTarget>(from.returningList);
      to->with = ReadAs<ast::WithClause>(from.withClause);
      return to;
    }
    case T_MergeStmt: {
      const auto& from = reinterpret_cast<const ::MergeStmt&>(node);
      auto* to = New<ast::MergeStmt>();
      to->relation = ReadAs<ast::RangeVar>(from.relation);
      to->source = Read(from.sourceRelation);
      to->condition = Read(from.joinCondition);
      to->whens = ReadListOf<ast::MergeWhenClause>(from.mergeWhenClauses);
      to->with = ReadAs<ast::WithClause>(from.withClause);
      return to;
    }
    case T_MergeWhenClause: {
      const auto& from = reinterpret_cast<const ::MergeWhenClause&>(node);
      auto* to = New<ast::MergeWhenClause>();
      to->matched = from.matched;
      using Action = ast::MergeWhenClause::Action;
      to->action = from.commandType == CMD_INSERT ? Action::kInsert : from.commandType == CMD_UPDATE ? Action::kUpdate
                   : from.commandType == CMD_DELETE ? Action::kDelete : Action::kNothing;
      to->overriding = ReadOverriding(from.override);
      to->condition = Read(from.condition);
      to->target_list = ReadListOf<ast::ResTarget>(from.targetList);
      to->values = ReadList(from.values);
      return to;
    }
    default: return nullptr;
  }
}

}  // namespace gather::sql::bridge
