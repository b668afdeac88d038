#include "planner/explain.h"

#include <algorithm>

#include "planner/explain_actuals.h"
#include "planner/explain_details.h"
#include "planner/explain_document.h"
#include "planner/explain_names.h"
#include "planner/expressions.h"
#include "sql/query_walk.h"
#include "types/quote.h"
#include "types/error.h"

namespace gather::planner {

namespace {

class Explainer {
 public:
  Explainer(const Plan& plan, const ExplainOptions& options, const ExecutionActuals* actuals)
      : plan_(plan), options_(options), actuals_(options.analyze ? actuals : nullptr),
        output_printer_(plan, options.io, HasSeveralRelations(plan), options.verbose),
        printer_(plan, options.io, options.verbose || HasSeveralRelations(plan), options.verbose) {}

  ExplainEntry Root() {
    ExplainEntry root = Node(*plan_.root, "", nullptr);
    // Init plans and CTEs belong to the top node, before its inputs.
    std::vector<ExplainEntry> first;
    for (size_t i = 0; i < plan_.ctes.size(); ++i) {
      if (plan_.ctes[i] == nullptr) continue;
      const std::string name = i < plan_.cte_names.size() ? plan_.cte_names[i] : "cte";
      first.push_back(Node(*plan_.ctes[i], "InitPlan", nullptr, "CTE " + name));
    }
    for (size_t i = 0; i < plan_.init_plans.size(); ++i) {
      if (plan_.init_plans[i].root == nullptr) continue;   // set by a nested loop
      first.push_back(Node(*plan_.init_plans[i].root, "InitPlan", nullptr, Format("InitPlan %zu (returns $%zu)", first.size() + 1, i)));
    }
    root.children.insert(root.children.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
    return root;
  }

 private:
  // PostgreSQL's rule: more than one range table entry.
  static bool HasSeveralRelations(const Plan& plan) {
    size_t relations = 0;
    const auto count = [&relations](const auto& self, const sql::Query& query) -> void {
      relations += query.relations.size();
      if (query.set_operation != sql::SetOperation::kNone) ++relations;
      sql::ForEachSubquery(query, [&](const sql::Query& below) { self(self, below); });
      sql::ForEachExpression(query, [&](const ExprRef& expr) {
        sql::Walk(expr, [&](const Expr& node) {
          if (node.subquery != nullptr) self(self, *node.subquery);
          return true;
        });
      });
    };
    if (plan.statement == nullptr) return true;
    if (plan.statement->query != nullptr) count(count, *plan.statement->query);
    if (plan.statement->modify != nullptr) {
      count(count, *plan.statement->modify->source);
      if (plan.statement->modify->kind == sql::BoundModify::Kind::kInsert) ++relations;
    }
    return relations > 1;
  }

  const NodeActuals* ActualsOf(const PlanNode& node) const {
    return actuals_ != nullptr && node.id < actuals_->nodes.size() ? &actuals_->nodes[node.id] : nullptr;
  }

  void Costs(ExplainEntry& entry, double startup, double total, double rows, int width) const {
    if (!options_.costs) return;
    entry.heading += Format("  (cost=%.2f..%.2f rows=%.0f width=%d)", startup, total, rows, width);
    entry.Literal("Startup Cost", Format("%.2f", startup));
    entry.Literal("Total Cost", Format("%.2f", total));
    entry.Literal("Plan Rows", Format("%.0f", rows));
    entry.Literal("Plan Width", std::to_string(width));
  }

  ExplainEntry Node(const PlanNode& node, const char* relationship, const PlanNode* outer, const std::string& label = "") const {
    ExplainEntry entry;
    entry.label = label;
    const ExplainName name = ExplainNameOf(node);
    entry.Hidden("Node Type", name.json);
    if (!name.strategy.empty()) entry.Hidden("Strategy", name.strategy);
    if (!name.partial_mode.empty()) entry.Hidden("Partial Mode", name.partial_mode);
    if (!name.operation.empty()) entry.Hidden("Operation", name.operation);
    if (*relationship != 0) entry.Hidden("Parent Relationship", relationship);
    if (!label.empty()) entry.Hidden("Subplan Name", label);
    entry.Literal("Parallel Aware", node.parallel_aware ? "true" : "false");
    entry.Literal("Async Capable", "false");
    entry.heading = (node.parallel_aware ? "Parallel " : "") + name.text;
    AddHeading(node, input_, entry);
    if (node.kind == NodeKind::kTopN && !static_cast<const TopNNode&>(node).partial) return TopN(node, std::move(entry), outer);
    Costs(entry, node.startup_cost, node.total_cost, node.rows, node.width);
    const NodeActuals* actual = ActualsOf(node);
    AddMeasured(entry, actual, options_.timing);
    Output(node, entry);
    if (IsJoin(node)) entry.Literal("Inner Unique", "false");
    AddDetails(node, input_, outer, actual, entry);
    Buffers(node, entry);
    AddWorkers(node, entry, actual, options_);
    Children(node, entry, outer);
    return entry;
  }

  // What the whole statement took, on the topmost node, as PostgreSQL's counts include those of the nodes below.
  void Buffers(const PlanNode& node, ExplainEntry& entry) const {
    if (!options_.buffers || actuals_ == nullptr || &node != plan_.root.get()) return;
    if (const std::string text = BuffersText(actuals_->execution_io); !text.empty()) entry.lines.push_back(text);
    for (ExplainProperty& property : BuffersProperties(actuals_->execution_io)) entry.properties.push_back(std::move(property));
  }

  static bool IsJoin(const PlanNode& node) {
    return node.kind == NodeKind::kHashJoin || node.kind == NodeKind::kMergeJoin || node.kind == NodeKind::kNestedLoop;
  }

  void Output(const PlanNode& node, ExplainEntry& entry) const {
    if (!options_.verbose || node.kind == NodeKind::kModifyTable || node.output.empty()) return;
    std::vector<std::string> columns;
    for (uint32_t slot = 0; slot < node.output.size(); ++slot) columns.push_back(output_printer_.OutputText(node, slot));
    entry.List("Output", columns);
  }

  // LIMIT over ORDER BY: two nodes for PostgreSQL.
  ExplainEntry TopN(const PlanNode& node, ExplainEntry limit, const PlanNode* outer) const {
    const NodeActuals* actual = ActualsOf(node);
    Costs(limit, node.startup_cost, node.total_cost, node.rows, node.width);
    AddMeasured(limit, actual, options_.timing);
    Output(node, limit);
    Buffers(node, limit);
    const PlanNode& child = *node.children[0];
    ExplainEntry sort;
    sort.Hidden("Node Type", "Sort");
    sort.Hidden("Parent Relationship", "Outer");
    sort.Literal("Parallel Aware", "false");
    sort.Literal("Async Capable", "false");
    sort.heading = "Sort";
    Costs(sort, node.startup_cost, node.startup_cost + child.rows * 0.0001, child.rows, child.width);
    AddMeasured(sort, actual, options_.timing);
    if (options_.verbose) {
      std::vector<std::string> columns;
      for (uint32_t slot = 0; slot < child.output.size(); ++slot) columns.push_back(output_printer_.OutputText(child, slot));
      sort.List("Output", columns);
    }
    AddDetails(node, input_, outer, actual, sort);
    AddWorkers(node, sort, actual, options_);
    Children(node, sort, outer);
    limit.children.push_back(std::move(sort));
    return limit;
  }

  void Children(const PlanNode& node, ExplainEntry& entry, const PlanNode* outer) const {
    for (size_t i = 0; i < node.children.size(); ++i) {
      const PlanNode& child = *node.children[i];
      const char* relationship = node.kind == NodeKind::kAppend || node.kind == NodeKind::kMergeAppend ? "Member" : i == 0 ? "Outer" : "Inner";
      const PlanNode* outer_row = IsJoin(node) && i == 1 ? node.children[0].get() : outer;
      if (node.kind == NodeKind::kHashJoin && i == 1) entry.children.push_back(Hash(node, child, outer_row));
      else entry.children.push_back(Node(child, relationship, outer_row));
    }
  }

  // The build side of a hash join is a node of its own for PostgreSQL.
  ExplainEntry Hash(const PlanNode& join, const PlanNode& child, const PlanNode* outer) const {
    ExplainEntry entry;
    entry.Hidden("Node Type", "Hash");
    entry.Hidden("Parent Relationship", "Inner");
    entry.Literal("Parallel Aware", join.parallel_aware ? "true" : "false");
    entry.Literal("Async Capable", "false");
    entry.heading = join.parallel_aware ? "Parallel Hash" : "Hash";
    Costs(entry, child.total_cost, child.total_cost, child.rows, child.width);
    AddMeasured(entry, ActualsOf(child), options_.timing);
    if (options_.verbose) {
      std::vector<std::string> columns;
      for (uint32_t slot = 0; slot < child.output.size(); ++slot) columns.push_back(output_printer_.OutputText(child, slot));
      if (!columns.empty()) entry.List("Output", columns);
    }
    if (const NodeActuals* actual = ActualsOf(join); actual != nullptr && actual->loops > 0) {
      const uint64_t batches = std::max<uint64_t>(1, actual->hash_batches), kilobytes = (actual->memory_bytes + 1023) / 1024;
      entry.lines.push_back(Format("Buckets: %lu  Batches: %lu  Memory Usage: %lukB", static_cast<unsigned long>(actual->hash_buckets),
                                   static_cast<unsigned long>(batches), static_cast<unsigned long>(kilobytes)));
      entry.Literal("Hash Buckets", std::to_string(actual->hash_buckets));
      entry.Literal("Original Hash Buckets", std::to_string(actual->hash_buckets));
      entry.Literal("Hash Batches", std::to_string(batches));
      entry.Literal("Original Hash Batches", std::to_string(batches));
      entry.Literal("Peak Memory Usage", std::to_string(kilobytes));
    }
    entry.children.push_back(Node(child, "Outer", outer));
    return entry;
  }

  const Plan& plan_;
  const ExplainOptions& options_;
  const ExecutionActuals* actuals_;
  const ExpressionPrinter output_printer_;               // target lists name relations only where there are several
  const ExpressionPrinter printer_;
  const ExplainInput input_{plan_, options_, printer_};
};

}  // namespace

std::vector<std::string> Explain(const Plan& plan, const ExplainOptions& options, const ExecutionActuals* actuals) {
  Explainer explainer(plan, options, actuals);
  const ExplainEntry root = explainer.Root();
  // The reason of the parallel decision is no part of PostgreSQL's answer: COSTS OFF, which is asked for to compare plans, leaves it out.
  const bool reason = options.costs && !plan.parallel_reason.empty();
  if (options.format != ExplainFormat::kText) {
    std::vector<ExplainProperty> footer;
    if (!options.changed_settings.empty()) {
      footer.push_back({"Settings", ExplainProperty::Kind::kObject, "", {}, {}});
      for (const auto& [name, value] : options.changed_settings) footer.back().members.push_back({name, ExplainProperty::Kind::kText, value, {}, {}});
    }
    if (reason) footer.push_back({"Parallel", ExplainProperty::Kind::kText, plan.parallel_reason, {}, {}});
    if (options.buffers && actuals != nullptr) footer.push_back({"Planning", ExplainProperty::Kind::kObject, "", {}, BuffersProperties(actuals->planning_io)});
    if (options.summary && actuals != nullptr) footer.push_back({"Planning Time", ExplainProperty::Kind::kLiteral, Format("%.3f", actuals->planning_ms), {}, {}});
    if (options.analyze) footer.push_back({"Triggers", ExplainProperty::Kind::kNoObjects, "", {}, {}});
    if (options.summary && options.analyze && actuals != nullptr) {
      footer.push_back({"Execution Time", ExplainProperty::Kind::kLiteral, Format("%.3f", actuals->execution_ms), {}, {}});
    }
    return {WriteDocument(options.format, root, footer)};
  }
  std::vector<std::string> lines = WriteText(root);
  std::string changed;
  for (const auto& [name, value] : options.changed_settings) changed += (changed.empty() ? "Settings: " : ", ") + name + " = " + QuoteLiteral(value);
  if (!changed.empty()) lines.push_back(changed);
  if (reason) lines.push_back("Parallel: " + plan.parallel_reason);
  if (options.buffers && actuals != nullptr) {
    if (const std::string text = BuffersText(actuals->planning_io); !text.empty()) lines.insert(lines.end(), {"Planning:", "  " + text});
  }
  if (options.summary && actuals != nullptr) {
    lines.push_back(Format("Planning Time: %.3f ms", actuals->planning_ms));
    if (options.analyze) lines.push_back(Format("Execution Time: %.3f ms", actuals->execution_ms));
  }
  return lines;
}

}  // namespace gather::planner
