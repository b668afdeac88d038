#include "planner/explain.h"

#include <algorithm>

#include "catalog/system_view.h"
#include "planner/explain_document.h"
#include "planner/explain_expression.h"
#include "planner/expressions.h"
#include "sql/query_walk.h"
#include "types/quote.h"
#include "types/error.h"

namespace gather::planner {

namespace {

const char* JoinWord(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner: return "Inner";
    case JoinKind::kLeft: return "Left";
    case JoinKind::kRight: return "Right";
    case JoinKind::kFull: return "Full";
    case JoinKind::kSemi: return "Semi";
    case JoinKind::kAnti: return "Anti";
    case JoinKind::kMark: return "Mark";
    case JoinKind::kSingle: return "Single";
  }
  return "";
}

// "Hash Left Join", "Nested Loop Semi Join", "Hash Join", "Nested Loop".
std::string JoinName(const char* method, JoinKind kind) {
  const bool hash = std::string_view(method) != "Nested Loop";
  if (kind == JoinKind::kInner) return hash ? std::string(method) + " Join" : method;
  return std::string(method) + " " + JoinWord(kind) + " Join";
}

class Explainer {
 public:
  Explainer(const Plan& plan, const ExplainOptions& options, const ExecutionActuals* actuals)
      : plan_(plan), options_(options), actuals_(options.analyze ? actuals : nullptr), output_printer_(plan, HasSeveralRelations(plan), options.verbose), printer_(plan, options.verbose || HasSeveralRelations(plan), options.verbose) {}

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

  // ---- properties

  void Text(ExplainEntry& entry, const std::string& label, const std::string& value) const {
    entry.lines.push_back(label + ": " + value);
    entry.properties.push_back({label, ExplainProperty::Kind::kText, value, {}, {}});
  }
  void List(ExplainEntry& entry, const std::string& label, const std::vector<std::string>& values) const {
    std::string text;
    for (size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + values[i];
    entry.lines.push_back(label + ": " + text);
    entry.properties.push_back({label, ExplainProperty::Kind::kList, "", values, {}});
  }
  void Integer(ExplainEntry& entry, const std::string& label, uint64_t value) const {
    entry.lines.push_back(label + ": " + std::to_string(value));
    JsonOnly(entry, label, std::to_string(value));
  }
  static void JsonOnly(ExplainEntry& entry, const std::string& label, const std::string& literal) {
    entry.properties.push_back({label, ExplainProperty::Kind::kLiteral, literal, {}, {}});
  }
  static void JsonText(ExplainEntry& entry, const std::string& label, const std::string& value) {
    entry.properties.push_back({label, ExplainProperty::Kind::kText, value, {}, {}});
  }

  const NodeActuals* ActualsOf(const PlanNode& node) const {
    return actuals_ != nullptr && node.id < actuals_->nodes.size() ? &actuals_->nodes[node.id] : nullptr;
  }

  void Filter(ExplainEntry& entry, const PlanNode& node, const char* label = "Filter") const {
    if (node.filter == nullptr) return;
    Text(entry, label, node.children.empty() ? printer_.ScanCondition(node, node.filter) : printer_.OverRow(node, node.filter));
    if (const NodeActuals* actual = ActualsOf(node)) {
      const uint64_t removed = actual->rows_removed_by_filter / std::max<uint64_t>(1, actual->loops);
      if (actual->rows_removed_by_filter > 0 || options_.format != ExplainFormat::kText) Integer(entry, "Rows Removed by Filter", removed);
    }
  }

  void JoinFilter(ExplainEntry& entry, const PlanNode& node, const ExprRef& condition) const {
    if (condition == nullptr) return;
    Text(entry, "Join Filter", printer_.OverRow(node, condition));
    if (const NodeActuals* actual = ActualsOf(node); actual != nullptr && actual->rows_removed_by_join_filter > 0) {
      Integer(entry, "Rows Removed by Join Filter", actual->rows_removed_by_join_filter / std::max<uint64_t>(1, actual->loops));
    }
  }

  // ---- headings

  std::string Target(const PlanNode& node, ExplainEntry& entry, const catalog::RelationEntry* table, const std::string& name, const std::string& alias,
                     const char* label = "Relation Name") const {
    std::string text = " on ";
    std::string schema;
    if (options_.verbose && table != nullptr) {
      const catalog::SchemaEntry* found = plan_.statement->catalog->FindSchema(table->schema);
      if (found != nullptr) schema = found->name;
    }
    if (!name.empty()) {
      text += schema.empty() ? "" : QuoteIdentifier(schema) + ".";
      text += QuoteIdentifier(name);
      JsonText(entry, label, name);
      if (!schema.empty()) JsonText(entry, "Schema", schema);
    }
    if (name.empty() || alias != name) text += (name.empty() ? "" : " ") + QuoteIdentifier(alias);
    JsonText(entry, "Alias", alias);
    (void)node;
    return text;
  }

  struct Name { std::string text, json, strategy, partial_mode, operation; };

  Name NameOf(const PlanNode& node) const {
    switch (node.kind) {
      case NodeKind::kResult: return {"Result", "Result", "", "", ""};
      case NodeKind::kValuesScan: return {"Values Scan", "Values Scan", "", "", ""};
      case NodeKind::kSeqScan: case NodeKind::kSystemViewScan: return {"Seq Scan", "Seq Scan", "", "", ""};
      case NodeKind::kIndexScan: {
        const auto& scan = static_cast<const IndexScanNode&>(node);
        const std::string name = scan.index_only ? "Index Only Scan" : "Index Scan";
        return {name + (scan.backward ? " Backward" : ""), name, "", "", ""};
      }
      case NodeKind::kBitmapScan: return {"Bitmap Heap Scan", "Bitmap Heap Scan", "", "", ""};
      case NodeKind::kBitmapIndexScan: return {"Bitmap Index Scan", "Bitmap Index Scan", "", "", ""};
      case NodeKind::kBitmapAnd: return {"BitmapAnd", "BitmapAnd", "", "", ""};
      case NodeKind::kBitmapOr: return {"BitmapOr", "BitmapOr", "", "", ""};
      case NodeKind::kFunctionScan: return {"Function Scan", "Function Scan", "", "", ""};
      case NodeKind::kCteScan: return {"CTE Scan", "CTE Scan", "", "", ""};
      case NodeKind::kWorkTableScan: return {"WorkTable Scan", "WorkTable Scan", "", "", ""};
      case NodeKind::kAppend: return {"Append", "Append", "", "", ""};
      case NodeKind::kMergeAppend: return {"Merge Append", "Merge Append", "", "", ""};
      case NodeKind::kHashJoin: return {JoinName("Hash", static_cast<const HashJoinNode&>(node).join), "Hash Join", "", "", ""};
      case NodeKind::kMergeJoin: return {JoinName("Merge", static_cast<const MergeJoinNode&>(node).join), "Merge Join", "", "", ""};
      case NodeKind::kNestedLoop: return {JoinName("Nested Loop", static_cast<const NestedLoopNode&>(node).join), "Nested Loop", "", "", ""};
      case NodeKind::kAggregate: {
        const auto& aggregate = static_cast<const AggregateNode&>(node);
        const char* prefix = aggregate.split == AggregateSplit::kPartial ? "Partial " : aggregate.split == AggregateSplit::kFinal ? "Finalize " : "";
        const char* mode = aggregate.split == AggregateSplit::kPartial ? "Partial" : aggregate.split == AggregateSplit::kFinal ? "Finalize" : "Simple";
        const char* name = aggregate.strategy == AggregateStrategy::kPlain ? "Aggregate" : aggregate.strategy == AggregateStrategy::kHashed ? "HashAggregate" : "GroupAggregate";
        const char* strategy = aggregate.strategy == AggregateStrategy::kPlain ? "Plain" : aggregate.strategy == AggregateStrategy::kHashed ? "Hashed" : "Sorted";
        return {std::string(prefix) + name, "Aggregate", strategy, mode, ""};
      }
      case NodeKind::kSetOp: {
        const auto& operation = static_cast<const SetOpNode&>(node);
        const std::string name = operation.operation == sql::SetOperation::kIntersect ? "Intersect" : "Except";
        return {"HashSetOp " + name + (operation.all ? " All" : ""), "SetOp", "Hashed", "", ""};
      }
      case NodeKind::kSort: return {"Sort", "Sort", "", "", ""};
      case NodeKind::kIncrementalSort: return {"Incremental Sort", "Incremental Sort", "", "", ""};
      case NodeKind::kTopN: return {static_cast<const TopNNode&>(node).partial ? "Sort" : "Limit", static_cast<const TopNNode&>(node).partial ? "Sort" : "Limit", "", "", ""};
      case NodeKind::kUnique: return {"Unique", "Unique", "", "", ""};
      case NodeKind::kLimit: return {"Limit", "Limit", "", "", ""};
      case NodeKind::kProjectSet: return {"ProjectSet", "ProjectSet", "", "", ""};
      case NodeKind::kWindowAgg: return {"WindowAgg", "WindowAgg", "", "", ""};
      case NodeKind::kRecursiveUnion: return {"Recursive Union", "Recursive Union", "", "", ""};
      case NodeKind::kLockRows: return {"LockRows", "LockRows", "", "", ""};
      case NodeKind::kGather: return {"Gather", "Gather", "", "", ""};
      case NodeKind::kGatherMerge: return {"Gather Merge", "Gather Merge", "", "", ""};
      case NodeKind::kModifyTable: {
        const auto kind = static_cast<const ModifyTableNode&>(node).modify->kind;
        const char* name = kind == sql::BoundModify::Kind::kInsert ? "Insert" : kind == sql::BoundModify::Kind::kUpdate ? "Update" : "Delete";
        return {name, "ModifyTable", "", "", name};
      }
    }
    return {};
  }

  void Costs(ExplainEntry& entry, double startup, double total, double rows, int width) const {
    if (!options_.costs) return;
    entry.heading += Format("  (cost=%.2f..%.2f rows=%.0f width=%d)", startup, total, rows, width);
    JsonOnly(entry, "Startup Cost", Format("%.2f", startup));
    JsonOnly(entry, "Total Cost", Format("%.2f", total));
    JsonOnly(entry, "Plan Rows", Format("%.0f", rows));
    JsonOnly(entry, "Plan Width", std::to_string(width));
  }

  static std::string ActualText(double startup, double total, uint64_t rows, uint64_t loops, bool timing) {
    const auto count = static_cast<double>(std::max<uint64_t>(1, loops));
    if (timing) return Format("actual time=%.3f..%.3f rows=%.0f loops=%lu", startup / count, total / count, static_cast<double>(rows) / count, static_cast<unsigned long>(loops));
    return Format("actual rows=%.0f loops=%lu", static_cast<double>(rows) / count, static_cast<unsigned long>(loops));
  }

  void Measured(ExplainEntry& entry, const NodeActuals* actual) const {
    if (actual == nullptr) return;
    if (actual->loops == 0) {
      entry.heading += " (never executed)";
    } else {
      entry.heading += " (" + ActualText(actual->startup_ms, actual->total_ms, actual->rows, actual->loops, options_.timing) + ")";
    }
    const auto count = static_cast<double>(std::max<uint64_t>(1, actual->loops));
    if (options_.timing) {
      JsonOnly(entry, "Actual Startup Time", Format("%.3f", actual->startup_ms / count));
      JsonOnly(entry, "Actual Total Time", Format("%.3f", actual->total_ms / count));
    }
    JsonOnly(entry, "Actual Rows", Format("%.0f", static_cast<double>(actual->rows) / count));
    JsonOnly(entry, "Actual Loops", std::to_string(actual->loops));
  }

  // A worker's space always, its rows and times with VERBOSE.
  void Workers(const PlanNode& node, ExplainEntry& entry, const NodeActuals* actual) const {
    if (actual == nullptr) return;
    const bool hashes = node.kind == NodeKind::kAggregate && static_cast<const AggregateNode&>(node).strategy == AggregateStrategy::kHashed;
    for (const WorkerActuals& worker : actual->workers) {
      ExplainEntry own;
      JsonOnly(own, "Worker Number", std::to_string(worker.number));
      if (options_.verbose) Measured(own, worker);
      if (!worker.sort_method.empty()) {
        if (worker.sort_groups > 0) GroupSpace(own, worker); else SortSpace(own, worker);
      }
      if (hashes && worker.hash_batches > 0) HashSpace(own, worker);
      if (options_.verbose) {
        std::string extras;
        const auto extra = [&](const char* label, const char* key, uint64_t value) {
          if (value > 0) extras += Format("%s%s: %lu", extras.empty() ? "" : "  ", label, static_cast<unsigned long>(value));
          JsonOnly(own, key, std::to_string(value));
        };
        extra("Morsels", "Morsels", worker.morsels);
        extra("Stolen", "Morsels Stolen", worker.stolen);
        extra("Waits", "Waits", worker.waits);
        extra("Spilled", "Spilled Bytes", worker.spilled_bytes);
        if (!extras.empty()) own.lines.push_back(extras);
      }
      if (own.lines.empty()) continue;
      for (size_t i = 0; i < own.lines.size(); ++i) entry.lines.push_back((i == 0 ? Format("Worker %u:  ", worker.number) : "  ") + own.lines[i]);
      entry.workers.push_back(std::move(own));
    }
  }

  void Measured(ExplainEntry& own, const WorkerActuals& worker) const {
    own.lines.push_back(ActualText(worker.startup_ms, worker.total_ms, worker.rows, worker.loops, options_.timing));
    const auto count = static_cast<double>(worker.loops);
    if (options_.timing) {
      JsonOnly(own, "Actual Startup Time", Format("%.3f", worker.startup_ms / count));
      JsonOnly(own, "Actual Total Time", Format("%.3f", worker.total_ms / count));
    }
    JsonOnly(own, "Actual Rows", Format("%.0f", static_cast<double>(worker.rows) / count));
    JsonOnly(own, "Actual Loops", std::to_string(worker.loops));
  }

  // ---- nodes

  ExplainEntry Node(const PlanNode& node, const char* relationship, const PlanNode* outer, const std::string& label = "") const {
    ExplainEntry entry;
    entry.label = label;
    const Name name = NameOf(node);
    JsonText(entry, "Node Type", name.json);
    if (!name.strategy.empty()) JsonText(entry, "Strategy", name.strategy);
    if (!name.partial_mode.empty()) JsonText(entry, "Partial Mode", name.partial_mode);
    if (!name.operation.empty()) JsonText(entry, "Operation", name.operation);
    if (*relationship != 0) JsonText(entry, "Parent Relationship", relationship);
    if (!label.empty()) JsonText(entry, "Subplan Name", label);
    JsonOnly(entry, "Parallel Aware", node.parallel_aware ? "true" : "false");
    JsonOnly(entry, "Async Capable", "false");
    entry.heading = (node.parallel_aware ? "Parallel " : "") + name.text;
    Heading(node, entry);
    if (node.kind == NodeKind::kTopN && !static_cast<const TopNNode&>(node).partial) return TopN(node, std::move(entry), outer);
    Costs(entry, node.startup_cost, node.total_cost, node.rows, node.width);
    const NodeActuals* actual = ActualsOf(node);
    Measured(entry, actual);
    Output(node, entry);
    if (IsJoin(node)) JsonOnly(entry, "Inner Unique", "false");
    Details(node, entry, outer, actual);
    Workers(node, entry, actual);
    Children(node, entry, outer);
    return entry;
  }

  static bool IsJoin(const PlanNode& node) {
    return node.kind == NodeKind::kHashJoin || node.kind == NodeKind::kMergeJoin || node.kind == NodeKind::kNestedLoop;
  }

  void Output(const PlanNode& node, ExplainEntry& entry) const {
    if (!options_.verbose || node.kind == NodeKind::kModifyTable || node.output.empty()) return;
    std::vector<std::string> columns;
    for (uint32_t slot = 0; slot < node.output.size(); ++slot) columns.push_back(output_printer_.OutputText(node, slot));
    List(entry, "Output", columns);
  }

  void Heading(const PlanNode& node, ExplainEntry& entry) const {
    switch (node.kind) {
      case NodeKind::kSeqScan: {
        const auto& scan = static_cast<const SeqScanNode&>(node);
        entry.heading += Target(node, entry, scan.table.get(), scan.table->name, scan.alias);
        break;
      }
      case NodeKind::kSystemViewScan: {
        const auto& scan = static_cast<const SystemViewScanNode&>(node);
        entry.heading += Target(node, entry, nullptr, std::string(scan.view->name), scan.alias);
        break;
      }
      case NodeKind::kIndexScan: {
        const auto& scan = static_cast<const IndexScanNode&>(node);
        JsonText(entry, "Scan Direction", scan.backward ? "Backward" : "Forward");
        JsonText(entry, "Index Name", scan.index->name);
        entry.heading += " using " + QuoteIdentifier(scan.index->name);
        entry.heading += Target(node, entry, scan.table.get(), scan.table->name, scan.alias);
        break;
      }
      case NodeKind::kBitmapScan: {
        const auto& scan = static_cast<const BitmapScanNode&>(node);
        entry.heading += Target(node, entry, scan.table.get(), scan.table->name, scan.alias);
        break;
      }
      case NodeKind::kBitmapIndexScan: {
        const auto& scan = static_cast<const BitmapIndexScanNode&>(node);
        JsonText(entry, "Index Name", scan.index->name);
        entry.heading += " on " + QuoteIdentifier(scan.index->name);
        break;
      }
      case NodeKind::kValuesScan: entry.heading += Target(node, entry, nullptr, "", printer_.RelationName(node)); break;
      case NodeKind::kFunctionScan: {
        const auto& scan = static_cast<const FunctionScanNode&>(node);
        const bool one = scan.functions.size() == 1 && scan.functions[0]->function != nullptr;
        entry.heading += Target(node, entry, nullptr, one ? std::string(scan.functions[0]->function->name) : "", scan.alias, "Function Name");
        break;
      }
      case NodeKind::kCteScan: case NodeKind::kWorkTableScan: {
        const uint32_t cte = node.kind == NodeKind::kCteScan ? static_cast<const CteScanNode&>(node).cte : static_cast<const WorkTableScanNode&>(node).cte;
        entry.heading += Target(node, entry, nullptr, cte < plan_.cte_names.size() ? plan_.cte_names[cte] : "", printer_.RelationName(node), "CTE Name");
        break;
      }
      case NodeKind::kModifyTable: {
        const auto& modify = *static_cast<const ModifyTableNode&>(node).modify;
        entry.heading += Target(node, entry, modify.table.get(), modify.table->name, modify.alias.empty() ? modify.table->name : modify.alias);
        break;
      }
      case NodeKind::kHashJoin: JsonText(entry, "Join Type", JoinWord(static_cast<const HashJoinNode&>(node).join)); break;
      case NodeKind::kMergeJoin: JsonText(entry, "Join Type", JoinWord(static_cast<const MergeJoinNode&>(node).join)); break;
      case NodeKind::kNestedLoop: JsonText(entry, "Join Type", JoinWord(static_cast<const NestedLoopNode&>(node).join)); break;
      case NodeKind::kSetOp:
        JsonText(entry, "Command", std::string(static_cast<const SetOpNode&>(node).operation == sql::SetOperation::kIntersect ? "Intersect" : "Except") +
                                       (static_cast<const SetOpNode&>(node).all ? " All" : ""));
        break;
      default: break;
    }
  }

  std::vector<std::string> SortKeys(const PlanNode& child, const std::vector<SortKey>& keys) const {
    std::vector<std::string> texts;
    for (const SortKey& key : keys) texts.push_back(printer_.SortKeyText(child, key));
    return texts;
  }

  void SortActuals(ExplainEntry& entry, const NodeActuals* actual) const {
    if (actual == nullptr || actual->loops == 0) return;
    if (!actual->sort_method.empty()) SortSpace(entry, *actual);
  }

  // What a sort or a hashed aggregate of one participant needed: a line, and properties.
  void SortSpace(ExplainEntry& entry, const SpaceActuals& space) const {
    const bool disk = space.disk_bytes > 0;
    const uint64_t kilobytes = ((disk ? space.disk_bytes : space.memory_bytes) + 1023) / 1024;
    entry.lines.push_back(Format("Sort Method: %s  %s: %lukB", space.sort_method.c_str(), disk ? "Disk" : "Memory", static_cast<unsigned long>(kilobytes)));
    JsonText(entry, "Sort Method", space.sort_method);
    JsonOnly(entry, "Sort Space Used", std::to_string(kilobytes));
    JsonText(entry, "Sort Space Type", disk ? "Disk" : "Memory");
  }
  // Of an incremental sort.
  void GroupSpace(ExplainEntry& entry, const SpaceActuals& space) const {
    const bool disk = space.disk_bytes > 0;
    const uint64_t kilobytes = ((disk ? space.disk_bytes : space.memory_bytes) + 1023) / 1024;
    const auto groups = static_cast<unsigned long>(space.sort_groups), used = static_cast<unsigned long>(kilobytes);
    entry.lines.push_back(Format("Full-sort Groups: %lu  Sort Method: %s  Average %s: %lukB  Peak %s: %lukB", groups, space.sort_method.c_str(), disk ? "Disk" : "Memory",
                                 used, disk ? "Disk" : "Memory", used));
    JsonOnly(entry, "Group Count", std::to_string(groups));
    JsonText(entry, "Sort Methods Used", space.sort_method);
    JsonOnly(entry, "Peak Sort Space Used", std::to_string(used));
  }
  void HashSpace(ExplainEntry& entry, const SpaceActuals& space) const {
    const uint64_t memory = (space.memory_bytes + 1023) / 1024, disk = (space.disk_bytes + 1023) / 1024;
    std::string line = Format("Batches: %lu  Memory Usage: %lukB", static_cast<unsigned long>(space.hash_batches), static_cast<unsigned long>(memory));
    if (disk > 0) line += Format("  Disk Usage: %lukB", static_cast<unsigned long>(disk));
    entry.lines.push_back(line);
    JsonOnly(entry, "HashAgg Batches", std::to_string(space.hash_batches));
    JsonOnly(entry, "Peak Memory Usage", std::to_string(memory));
    JsonOnly(entry, "Disk Usage", std::to_string(disk));
  }

  void Details(const PlanNode& node, ExplainEntry& entry, const PlanNode* outer, const NodeActuals* actual) const {
    switch (node.kind) {
      case NodeKind::kResult:
        if (const ExprRef& once = static_cast<const ResultNode&>(node).one_time_filter; once != nullptr) {
          Text(entry, "One-Time Filter", printer_.WithoutRow(once));
        }
        Filter(entry, node);
        break;
      case NodeKind::kIndexScan: {
        const auto& scan = static_cast<const IndexScanNode&>(node);
        if (scan.condition != nullptr) Text(entry, "Index Cond", printer_.IndexCondition(scan, scan.condition, outer));
        Filter(entry, node);
        if (scan.index_only && actual != nullptr) Integer(entry, "Heap Fetches", actual->heap_fetches / std::max<uint64_t>(1, actual->loops));
        break;
      }
      case NodeKind::kBitmapScan: {
        const auto& scan = static_cast<const BitmapScanNode&>(node);
        if (scan.condition != nullptr) Text(entry, "Recheck Cond", printer_.IndexCondition(scan, scan.condition, outer));
        Filter(entry, node);
        if (actual != nullptr) {
          if (actual->heap_blocks > 0) entry.lines.push_back(Format("Heap Blocks: exact=%lu", static_cast<unsigned long>(actual->heap_blocks)));
          JsonOnly(entry, "Exact Heap Blocks", std::to_string(actual->heap_blocks));
          JsonOnly(entry, "Lossy Heap Blocks", "0");
        }
        break;
      }
      case NodeKind::kBitmapIndexScan: {
        const auto& scan = static_cast<const BitmapIndexScanNode&>(node);
        if (scan.condition != nullptr) Text(entry, "Index Cond", printer_.IndexCondition(scan, scan.condition, outer));
        break;
      }
      case NodeKind::kMergeJoin: {
        const auto& join = static_cast<const MergeJoinNode&>(node);
        std::string text;
        for (size_t i = 0; i < join.outer_keys.size(); ++i) {
          if (i > 0) text += " AND ";
          text += "(" + printer_.SortKeyText(*node.children[0], {join.outer_keys[i], {}}) + " = " + printer_.SortKeyText(*node.children[1], {join.inner_keys[i], {}}) + ")";
        }
        Text(entry, "Merge Cond", join.outer_keys.size() > 1 ? "(" + text + ")" : text);
        JoinFilter(entry, node, join.residual);
        Filter(entry, node);
        break;
      }
      case NodeKind::kMergeAppend:
        List(entry, "Sort Key", SortKeys(*node.children[0], static_cast<const MergeAppendNode&>(node).keys));
        Filter(entry, node);
        break;
      case NodeKind::kIncrementalSort: {
        const auto& sort = static_cast<const IncrementalSortNode&>(node);
        List(entry, "Sort Key", SortKeys(*node.children[0], sort.keys));
        std::vector<SortKey> presorted(sort.keys.begin(), sort.keys.begin() + sort.presorted);
        for (SortKey& key : presorted) key.order = {};
        List(entry, "Presorted Key", SortKeys(*node.children[0], presorted));
        if (actual != nullptr && actual->sort_groups > 0) GroupSpace(entry, *actual);
        break;
      }
      case NodeKind::kFunctionScan:
        if (options_.verbose) {
          std::vector<std::string> calls;
          for (const ExprRef& call : static_cast<const FunctionScanNode&>(node).functions) {
            calls.push_back(printer_.FunctionCall(static_cast<const FunctionScanNode&>(node), call, outer));
          }
          std::string text;
          for (size_t i = 0; i < calls.size(); ++i) text += (i > 0 ? ", " : "") + calls[i];
          Text(entry, "Function Call", text);
        }
        Filter(entry, node);
        break;
      case NodeKind::kHashJoin: {
        const auto& join = static_cast<const HashJoinNode&>(node);
        std::string text;
        for (size_t i = 0; i < join.outer_keys.size(); ++i) {
          if (i > 0) text += " AND ";
          const std::string left = KeyText(*node.children[0], join.outer_keys[i]), right = KeyText(*node.children[1], join.inner_keys[i]);
          text += join.null_equals[i] ? "(NOT (" + left + " IS DISTINCT FROM " + right + "))" : "(" + left + " = " + right + ")";
        }
        Text(entry, "Hash Cond", join.outer_keys.size() > 1 ? "(" + text + ")" : text);
        JoinFilter(entry, node, join.residual);
        Filter(entry, node);
        break;
      }
      case NodeKind::kNestedLoop: {
        const auto& loop = static_cast<const NestedLoopNode&>(node);
        if (!loop.parameters.empty()) {
          std::vector<std::string> values;
          for (const NestedLoopNode::Parameter& parameter : loop.parameters) {
            values.push_back(Format("$%u = %s", parameter.number, KeyText(*node.children[0], parameter.value).c_str()));
          }
          List(entry, loop.memoize ? "Cache Key" : "Parameters", values);
        }
        if (loop.outer_filter != nullptr) Text(entry, "Outer Filter", KeyText(*node.children[0], loop.outer_filter));
        JoinFilter(entry, node, loop.condition);
        Filter(entry, node);
        break;
      }
      case NodeKind::kAggregate: {
        const auto& aggregate = static_cast<const AggregateNode&>(node);
        const auto keys = [&](const std::vector<uint32_t>& set) {
          std::vector<std::string> texts;
          for (uint32_t key : set) texts.push_back(GroupKey(*node.children[0], aggregate.keys[key]));
          return texts;
        };
        if (!aggregate.grouping_sets.empty()) {
          for (const auto& set : aggregate.grouping_sets) {
            if (set.empty()) Text(entry, "Group Key", "()");
            else List(entry, aggregate.strategy == AggregateStrategy::kHashed ? "Hash Key" : "Group Key", keys(set));
          }
        } else if (!aggregate.keys.empty()) {
          std::vector<uint32_t> all;
          for (uint32_t i = 0; i < aggregate.keys.size(); ++i) all.push_back(i);
          List(entry, "Group Key", keys(all));
        }
        Filter(entry, node);
        if (actual != nullptr && aggregate.strategy == AggregateStrategy::kHashed && actual->hash_batches > 0) HashSpace(entry, *actual);
        break;
      }
      case NodeKind::kSort:
        List(entry, "Sort Key", SortKeys(*node.children[0], static_cast<const SortNode&>(node).keys));
        SortActuals(entry, actual);
        break;
      case NodeKind::kTopN:
        List(entry, "Sort Key", SortKeys(*node.children[0], static_cast<const TopNNode&>(node).keys));
        SortActuals(entry, actual);
        break;
      case NodeKind::kGather: case NodeKind::kGatherMerge: {
        const int planned = static_cast<const GatherBase&>(node).workers_planned;
        Filter(entry, node);
        Integer(entry, "Workers Planned", static_cast<uint64_t>(planned));
        if (actual != nullptr) Integer(entry, "Workers Launched", static_cast<uint64_t>(std::max(0, actual->workers_launched)));
        if (node.kind == NodeKind::kGather) JsonOnly(entry, "Single Copy", "false");
        break;
      }
      default: Filter(entry, node); break;
    }
    if (node.kind == NodeKind::kSeqScan) RuntimeFilters(entry, static_cast<const SeqScanNode&>(node), actual);
    if (actual != nullptr && node.kind == NodeKind::kSeqScan && actual->vectors_pruned > 0) Integer(entry, "Vectors Pruned", actual->vectors_pruned);
  }

  // The conditions of hash joins above that leave out rows here, this scan's key first.
  void RuntimeFilters(ExplainEntry& entry, const SeqScanNode& scan, const NodeActuals* actual) const {
    if (scan.runtime_filters.empty()) return;
    std::vector<std::string> texts;
    for (const SeqScanNode::RuntimeFilter& filter : scan.runtime_filters) {
      const HashJoinNode& join = *filter.join;
      const std::string outer = KeyText(*join.children[0], join.outer_keys[filter.key]), inner = KeyText(*join.children[1], join.inner_keys[filter.key]);
      texts.push_back(filter.partner == nullptr ? "(" + outer + " = " + inner + ")" : "(" + inner + " in range of " + outer + ")");
    }
    List(entry, "Runtime Filter", texts);
    if (actual == nullptr) return;
    Integer(entry, "Rows Removed by Runtime Filter", actual->rows_removed_by_runtime_filter / std::max<uint64_t>(1, actual->loops));
  }

  std::string KeyText(const PlanNode& child, const ExprRef& key) const {
    if (key->kind == ExprKind::kSlot) {
      SortKey as_key{key->index, {}};
      return printer_.SortKeyText(child, as_key);
    }
    return printer_.OverChild(child, key);
  }

  std::string GroupKey(const PlanNode& child, const ExprRef& key) const { return printer_.OverChild(child, key); }

  // LIMIT over ORDER BY: two nodes for PostgreSQL.
  ExplainEntry TopN(const PlanNode& node, ExplainEntry limit, const PlanNode* outer) const {
    const NodeActuals* actual = ActualsOf(node);
    Costs(limit, node.startup_cost, node.total_cost, node.rows, node.width);
    Measured(limit, actual);
    Output(node, limit);
    const PlanNode& child = *node.children[0];
    ExplainEntry sort;
    JsonText(sort, "Node Type", "Sort");
    JsonText(sort, "Parent Relationship", "Outer");
    JsonOnly(sort, "Parallel Aware", "false");
    JsonOnly(sort, "Async Capable", "false");
    sort.heading = "Sort";
    Costs(sort, node.startup_cost, node.startup_cost + child.rows * 0.0001, child.rows, child.width);
    Measured(sort, actual);
    if (options_.verbose) {
      std::vector<std::string> columns;
      for (uint32_t slot = 0; slot < child.output.size(); ++slot) columns.push_back(output_printer_.OutputText(child, slot));
      List(sort, "Output", columns);
    }
    Details(node, sort, outer, actual);
    Workers(node, sort, actual);
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
    JsonText(entry, "Node Type", "Hash");
    JsonText(entry, "Parent Relationship", "Inner");
    JsonOnly(entry, "Parallel Aware", join.parallel_aware ? "true" : "false");
    JsonOnly(entry, "Async Capable", "false");
    entry.heading = join.parallel_aware ? "Parallel Hash" : "Hash";
    Costs(entry, child.total_cost, child.total_cost, child.rows, child.width);
    Measured(entry, ActualsOf(child));
    if (options_.verbose) {
      std::vector<std::string> columns;
      for (uint32_t slot = 0; slot < child.output.size(); ++slot) columns.push_back(output_printer_.OutputText(child, slot));
      if (!columns.empty()) List(entry, "Output", columns);
    }
    if (const NodeActuals* actual = ActualsOf(join); actual != nullptr && actual->loops > 0) {
      const uint64_t batches = std::max<uint64_t>(1, actual->hash_batches), kilobytes = (actual->memory_bytes + 1023) / 1024;
      entry.lines.push_back(Format("Buckets: %lu  Batches: %lu  Memory Usage: %lukB", static_cast<unsigned long>(actual->hash_buckets),
                                   static_cast<unsigned long>(batches), static_cast<unsigned long>(kilobytes)));
      JsonOnly(entry, "Hash Buckets", std::to_string(actual->hash_buckets));
      JsonOnly(entry, "Original Hash Buckets", std::to_string(actual->hash_buckets));
      JsonOnly(entry, "Hash Batches", std::to_string(batches));
      JsonOnly(entry, "Original Hash Batches", std::to_string(batches));
      JsonOnly(entry, "Peak Memory Usage", std::to_string(kilobytes));
    }
    entry.children.push_back(Node(child, "Outer", outer));
    return entry;
  }

  const Plan& plan_;
  const ExplainOptions& options_;
  const ExecutionActuals* actuals_;
  const ExpressionPrinter output_printer_;               // target lists name relations only where there are several
  const ExpressionPrinter printer_;
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
  if (options.summary && actuals != nullptr) {
    lines.push_back(Format("Planning Time: %.3f ms", actuals->planning_ms));
    if (options.analyze) lines.push_back(Format("Execution Time: %.3f ms", actuals->execution_ms));
  }
  return lines;
}

}  // namespace gather::planner
