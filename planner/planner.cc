// From a bound statement to its plan: build the algebra, apply the rules, lower, place Gathers, number the nodes.
#include "planner/join_order/join_graph.h"
#include "planner/logical/builder.h"
#include "planner/logical/unnest.h"
#include "planner/physical/lowering.h"
#include "planner/physical/parallel.h"
#include "planner/physical/runtime_filters.h"
#include "planner/point_plans.h"
#include "planner/rules/rules.h"
#include "types/error.h"

namespace gather::planner {

namespace {

class StatementPlanner {
 public:
  StatementPlanner(std::shared_ptr<const sql::BoundStatement> statement, const PlannerContext& context)
      : statement_(std::move(statement)), planning_(*statement_, context), estimator_(planning_), lowering_(planning_, estimator_) {}

  PlanRef Make() {
    auto plan = std::make_shared<Plan>();
    plan->statement = statement_;
    plan->output = statement_->output;
    const sql::Query* query = statement_->kind == sql::StatementKind::kModify ? statement_->modify->source.get() : statement_->query.get();
    if (query == nullptr) ThrowInternal("a statement without query has no plan");
    plan->root = MakePointPlan(*query, *statement_, planning_.context);
    if (plan->root != nullptr) {
      plan->parallel_reason = "serial, one row";
      Finish(*plan);
      return plan;
    }
    Builder builder(planning_);
    builder.AddCtes(statement_->ctes);
    BuiltQuery built = builder.Build(*query);
    PlanCtes(*plan);
    PlanInitQueries(*plan);
    plan->root = PlanTree(std::move(built.root), built.columns);
    // Planning the main query may have brought further ones.
    PlanCtes(*plan);
    PlanInitQueries(*plan);
    PlaceGathers(*plan);
    for (const Planning::CteQuery& cte : planning_.ctes) plan->cte_names.push_back(cte.name);
    Finish(*plan);
    return plan;
  }

 private:
  void Finish(Plan& plan) {
    if (statement_->kind == sql::StatementKind::kModify) AddModify(plan);
    uint32_t next = 0;
    Number(*plan.root, &next);
    for (InitPlan& init : plan.init_plans) {
      if (init.root != nullptr) Number(*init.root, &next);
    }
    for (PlanNodePtr& cte : plan.ctes) {
      if (cte != nullptr) Number(*cte, &next);
    }
    plan.node_count = next;
    PlaceRuntimeFilters(plan);
  }

  PlanNodePtr PlanTree(LogicalPtr root, const std::vector<Column>& columns) {
    // Conditions first go as deep as the subqueries let them, so that domains of correlated subqueries are small; once those are
    // dissolved and projections out of the way, the rest follows.
    root = PushDownPredicates(std::move(root));
    estimator_.Learn(*root);
    root = Unnest(std::move(root), planning_, estimator_);
    root = InlineProjections(std::move(root), columns);
    root = SimplifyUniqueJoins(std::move(root), planning_);
    root = PushDownPredicates(std::move(root));
    root = RemoveRedundant(std::move(root), planning_);
    root = PushDownLimits(std::move(root));
    ForgetRows(*root);
    estimator_.Learn(*root);
    root = OrderAllJoins(std::move(root), estimator_, planning_.context.settings);
    return lowering_.LowerQuery(*root, columns);
  }

  // Estimates of trees that have changed since.
  static void ForgetRows(LogicalNode& node) {
    node.rows = -1;
    for (LogicalPtr& child : node.children) ForgetRows(*child);
  }

  void PlanCtes(Plan& plan) {
    plan.ctes.resize(planning_.ctes.size());
    for (size_t i = 0; i < planning_.ctes.size(); ++i) {
      if (planning_.ctes[i].root == nullptr) continue;
      const std::vector<Column> columns = planning_.ctes[i].columns;
      PlanNodePtr node = PlanTree(std::move(planning_.ctes[i].root), columns);
      planning_.ctes[i].rows = node->rows;
      plan.ctes.resize(planning_.ctes.size());
      plan.ctes[i] = std::move(node);
    }
  }

  void PlanInitQueries(Plan& plan) {
    for (size_t i = plan.init_plans.size(); i < planning_.init_queries.size(); ++i) {
      Planning::InitQuery& query = planning_.init_queries[i];
      const InitPlan::Kind kind = query.kind;
      const SqlType type = query.type;
      if (kind == InitPlan::Kind::kOuter) {
        plan.init_plans.push_back({nullptr, kind, type});
        continue;
      }
      std::vector<Column> columns;
      if (kind != InitPlan::Kind::kExists) columns.push_back(query.value);
      LogicalPtr root = std::move(query.root);
      plan.init_plans.push_back({PlanTree(std::move(root), columns), kind, type});
    }
  }

  void PlaceGathers(Plan& plan) {
    Parallelizer parallelizer(planning_.context.settings, planning_.context.history);
    if (statement_->kind == sql::StatementKind::kModify) parallelizer.KeepIndexesToLeader();
    parallelizer.Inspect(*plan.root);
    for (const InitPlan& init : plan.init_plans) if (init.root != nullptr) parallelizer.Inspect(*init.root);
    for (const PlanNodePtr& cte : plan.ctes) if (cte != nullptr) parallelizer.Inspect(*cte);
    plan.root = parallelizer.Place(std::move(plan.root));
    for (InitPlan& init : plan.init_plans) if (init.root != nullptr) init.root = parallelizer.Place(std::move(init.root));
    for (PlanNodePtr& cte : plan.ctes) if (cte != nullptr) cte = parallelizer.Place(std::move(cte));
    plan.parallel_reason = parallelizer.Reason();
    plan.decisions = parallelizer.TakeDecisions();
  }

  void AddModify(Plan& plan) {
    auto node = std::make_unique<ModifyTableNode>();
    node->modify = statement_->modify;
    node->parallel_safe = false;
    node->startup_cost = plan.root->startup_cost;
    node->total_cost = plan.root->total_cost;
    for (const sql::Target& target : statement_->modify->returning) {
      node->output.push_back({target.name, target.expression->type});
      node->width += TypeWidth(target.expression->type);
    }
    node->rows = statement_->modify->returning.empty() ? 0 : plan.root->rows;
    node->children.push_back(std::move(plan.root));
    plan.root = std::move(node);
  }

  static void Number(PlanNode& node, uint32_t* next) {
    node.id = (*next)++;
    for (PlanNodePtr& child : node.children) Number(*child, next);
  }

  std::shared_ptr<const sql::BoundStatement> statement_;
  Planning planning_;
  Estimator estimator_;
  Lowering lowering_;
};

}  // namespace

PlanRef MakePlan(std::shared_ptr<const sql::BoundStatement> statement, const PlannerContext& context) {
  return StatementPlanner(std::move(statement), context).Make();
}

}  // namespace gather::planner
