#include "executor/commands/nested.h"

namespace gather::executor {

sql::ParsedStatement NestedStatement(const sql::BoundStatement& outer, const sql::ast::Node* node) {
  sql::ParsedStatement nested;
  nested.node = std::shared_ptr<const sql::ast::Node>(outer.utility, node);
  nested.text = outer.text;
  return nested;
}

std::shared_ptr<const sql::BoundStatement> BindNested(Session& session, const sql::BoundStatement& outer, const sql::ast::Node* node) {
  for (;;) {
    sql::BindContext context = session.MakeBindContext();
    context.parameter_types = outer.parameter_types;
    auto bound = std::make_shared<sql::BoundStatement>(sql::Bind(NestedStatement(outer, node), context));
    if (session.LockRelations(*bound)) return bound;
  }
}

}  // namespace gather::executor
