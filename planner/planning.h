// Planning: what one statement's planning carries along from the bound statement to the plan: fresh relation numbers, the uncorrelated
// subqueries that became init plans (one for all that are written the same way), the CTEs that are materialised.
//
// Lives on the stack of MakePlan; single-threaded.
#pragma once

#include <optional>
#include <vector>

#include "planner/logical/algebra.h"
#include "planner/logical/same_query.h"
#include "planner/plan.h"

namespace gather::planner {

struct Planning {
  Planning(const sql::BoundStatement& bound, const PlannerContext& planner_context) : statement(bound), context(planner_context) {}

  const sql::BoundStatement& statement;
  const PlannerContext& context;

  // The binder counts relations from zero: the planner's own are far above.
  uint32_t next_relation = 1 << 24;
  RelId NewRelation() { return RelId(next_relation++); }
  uint32_t from_lists = 0;                             // numbered so far

  struct InitQuery {                                   // the value of exec parameter number = position
    LogicalPtr root;
    Column value;
    InitPlan::Kind kind = InitPlan::Kind::kScalar;
    SqlType type;
    std::shared_ptr<const sql::Query> source;          // the subquery as bound; null: the planner's own
  };
  std::vector<InitQuery> init_queries;
  uint32_t AddInitQuery(InitQuery query) {
    init_queries.push_back(std::move(query));
    return static_cast<uint32_t>(init_queries.size() - 1);
  }
  // The init query that a subquery written the same way has become.
  std::optional<uint32_t> FindInitQuery(const sql::Query& source, InitPlan::Kind kind) const {
    for (uint32_t i = 0; i < init_queries.size(); ++i) {
      const InitQuery& known = init_queries[i];
      if (known.source != nullptr && known.kind == kind && SameQuery(*known.source, source)) return i;
    }
    return std::nullopt;
  }

  struct CteQuery {                                    // by Cte number; numbers past the statement's are the planner's own
    LogicalPtr root;                                   // null: inlined
    std::vector<Column> columns;
    std::string name;
    double rows = 1000;                                // estimate, set when it is planned
  };
  std::vector<CteQuery> ctes;
};

}  // namespace gather::planner
