#include "executor/execution.h"

#include <chrono>

#include "executor/chunk_store.h"
#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"
#include "types/array.h"
#include "types/statement_scope.h"

namespace gather::executor {

ExecutionState::ExecutionState(planner::PlanRef the_plan, ExecutionContext the_context) : plan(std::move(the_plan)), context(std::move(the_context)) {
  if (context.chunk_size == 0 || context.chunk_size > kVectorSize) context.chunk_size = kVectorSize;
  if (plan == nullptr) return;
  init_plans.resize(plan->init_plans.size());
  ctes.resize(plan->ctes.size());
  work_tables.resize(plan->ctes.size());
  if (context.instrument) instrumentation = std::make_unique<Instrumentation>(plan->node_count);
}

ExecutionState::~ExecutionState() = default;

const Datum& ExecutionState::ExecParameter(uint32_t index) {
  InitPlanState& state = init_plans.at(index);
  if (state.value.has_value()) return *state.value;
  const planner::InitPlan& init = plan->init_plans[index];
  if (init.root == nullptr) ThrowInternal("the parameter of a nested loop is read outside it");
  state.running = true;
  // A plan half run cannot be begun again as an expression can: whatever limit there is ends here.
  const StatementScope::StringLimit unlimited(StatementScope::kNoLimit);
  PlanStream stream(*init.root, *this);
  Chunk chunk;
  switch (init.kind) {
    case planner::InitPlan::Kind::kExists:
      state.value = Datum::Bool(stream.Next(chunk));
      break;
    case planner::InitPlan::Kind::kScalar: {
      Datum value = Datum::Null(init.type);
      uint64_t rows = 0;
      while (stream.Next(chunk)) {
        if (rows == 0) value = chunk[0].Get(0);
        rows += chunk.rows();
        if (rows > 1) throw SqlError(sqlstate::kCardinalityViolation, "more than one row returned by a subquery used as an expression");
      }
      value.type = init.type;
      state.value = std::move(value);
      break;
    }
    case planner::InitPlan::Kind::kOuter: break;       // has no plan
    case planner::InitPlan::Kind::kArray: {
      ArrayBuilder builder(GetType(init.type.oid).element);
      while (stream.Next(chunk)) {
        for (uint32_t row = 0; row < chunk.rows(); ++row) {
          if (chunk[0].IsNull(row)) builder.AddNull(); else builder.Add(chunk[0], row);
        }
      }
      state.value = Datum::String(init.type, builder.Finish());
      break;
    }
  }
  return *state.value;
}

struct Execution::State {
  State(planner::PlanRef plan, ExecutionContext context) : all(std::move(plan), std::move(context)) {}
  ExecutionState all;
  Pipeline* top = nullptr;
  std::unique_ptr<PipelineRunner> runner;
  bool done = false;
  // A plan that was decided to be serial tells how long it took, so that the decision can be looked at again.
  bool told = false;
  uint64_t nanos = 0;
  bool Next(Chunk& out) {
    if (runner == nullptr) {
      RunDependencies(*top, all.leader);
      runner = std::make_unique<PipelineRunner>(*top, all.leader);
    }
    for (;;) {
      const Progress progress = runner->Next(out);
      if (progress == Progress::kMoreOutput) return true;
      if (progress != Progress::kDone) continue;
      done = true;
      runner.reset();                      // its measurements are complete now
      return false;
    }
  }
  void Tell() {
    const std::vector<planner::ParallelDecision>& decisions = all.plan->decisions;
    if (told || all.context.history == nullptr || decisions.empty() || decisions[0].workers != 0) return;
    told = true;
    all.context.history->Add(decisions[0], 0, static_cast<double>(nanos) / 1e6, 0);
  }
};

Execution::Execution(planner::PlanRef plan, ExecutionContext context) : state_(std::make_unique<State>(std::move(plan), std::move(context))) {
  state_->top = state_->all.MakePipeline();
  PlanBuilder(state_->all).Build(*state_->all.plan->root, *state_->top);
}

Execution::~Execution() {
  // Runners refer to operators: they go first.
  state_->runner.reset();
}

bool Execution::Next(Chunk& out) {
  State& state = *state_;
  if (state.done) return false;
  const bool timed = !state.all.plan->decisions.empty();
  const auto since = timed ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  const bool more = state.Next(out);
  if (timed) state.nanos += static_cast<uint64_t>(std::chrono::nanoseconds(std::chrono::steady_clock::now() - since).count());
  if (!more) state.Tell();
  return more;
}

uint64_t Execution::rows_modified() const { return state_->all.rows_modified; }

planner::ExecutionActuals Execution::Actuals() const {
  state_->runner.reset();
  if (state_->all.instrumentation == nullptr) return {};
  return state_->all.instrumentation->Collect(*state_->all.plan);
}

Datum EvaluateExpression(const sql::ExprRef& expr, const ExecutionContext& context) {
  if (expr->kind == sql::ExprKind::kConstant) return expr->constant;
  ExecutionState state(nullptr, context);
  EvaluationInput one;
  one.rows = 1;
  Vector value;
  Compile(expr, state.leader)->Evaluate(one, value);
  Datum datum = value.Get(0);
  datum.type = expr->type;
  return datum;
}

Vector EvaluateOver(const sql::ExprRef& expr, const Chunk& input, const ExecutionContext& context) {
  ExecutionState state(nullptr, context);
  EvaluationInput rows;
  rows.chunk = &input;
  rows.rows = input.rows();
  Vector value;
  Compile(expr, state.leader)->Evaluate(rows, value);
  return value;
}

}  // namespace gather::executor
