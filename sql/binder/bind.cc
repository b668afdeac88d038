// Bind(): one statement to a BoundStatement.
#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

Binder::Binder(BindContext& context)
    : context_(context), catalog_(*context.catalog), functions_(*context.functions), rules_(*context.functions) {
  level_of_relation_.reserve(8);
  origin_of_relation_.reserve(8);
}

namespace {

bool HasLocks(const Query& query) {
  if (!query.locks.empty()) return true;
  bool found = false;
  ForEachSubquery(query, [&](const Query& below) { found = found || HasLocks(below); });
  return found;
}

// Statements that change nothing but the session.
bool IsReadOnlyUtility(const ast::Node& node) {
  switch (node.tag) {
    case ast::NodeTag::kTransactionStmt: case ast::NodeTag::kVariableSetStmt: case ast::NodeTag::kVariableShowStmt: case ast::NodeTag::kDiscardStmt:
    case ast::NodeTag::kPrepareStmt: case ast::NodeTag::kExecuteStmt: case ast::NodeTag::kDeallocateStmt: case ast::NodeTag::kExplainStmt:
    case ast::NodeTag::kDeclareCursorStmt: case ast::NodeTag::kFetchStmt: case ast::NodeTag::kClosePortalStmt: case ast::NodeTag::kListenStmt:
    case ast::NodeTag::kUnlistenStmt: case ast::NodeTag::kNotifyStmt: case ast::NodeTag::kLockStmt: case ast::NodeTag::kCheckPointStmt:
    case ast::NodeTag::kConstraintsSetStmt: case ast::NodeTag::kLoadStmt: case ast::NodeTag::kVacuumStmt: case ast::NodeTag::kReindexStmt:
    case ast::NodeTag::kDoStmt: case ast::NodeTag::kCallStmt: return true;
    case ast::NodeTag::kCopyStmt: return !ast::As<ast::CopyStmt>(node).is_from;
    default: return false;
  }
}

}  // namespace

BoundStatement Binder::BindStatement(const ParsedStatement& statement) {
  const ast::Node& node = *statement.node;
  BoundStatement bound;
  switch (node.tag) {
    case ast::NodeTag::kSelectStmt: {
      QueryPtr query = BindQuery(ast::As<ast::SelectStmt>(node), nullptr, true);
      bound.kind = StatementKind::kQuery;
      bound.output = OutputOf(query->targets);
      bound.read_only = !HasLocks(*query);
      bound.query = std::move(query);
      FinishParameters();
      break;
    }
    case ast::NodeTag::kInsertStmt: bound = BindInsert(ast::As<ast::InsertStmt>(node)); break;
    case ast::NodeTag::kUpdateStmt: bound = BindUpdate(ast::As<ast::UpdateStmt>(node)); break;
    case ast::NodeTag::kDeleteStmt: bound = BindDelete(ast::As<ast::DeleteStmt>(node)); break;
    case ast::NodeTag::kMergeStmt: ThrowNotSupported("MERGE is not supported");
    default:
      bound.kind = StatementKind::kUtility;
      bound.utility = statement.node;
      bound.read_only = IsReadOnlyUtility(node);
      break;
  }
  bound.text = statement.text;
  bound.tag = ast::CommandTag(node);
  bound.parameter_types = context_.parameter_types;
  bound.relations = std::move(depends_on_);
  bound.catalog = context_.catalog;
  return bound;
}

BoundStatement Bind(const ParsedStatement& statement, BindContext& context) {
  Binder binder(context);
  return binder.BindStatement(statement);
}

}  // namespace gather::sql
