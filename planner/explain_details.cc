#include "planner/explain_details.h"

#include <algorithm>

#include "catalog/system_view.h"
#include "planner/explain_actuals.h"
#include "planner/explain_names.h"
#include "planner/expressions.h"
#include "types/error.h"
#include "types/quote.h"

namespace gather::planner {

namespace {

class NodePrinter {
 public:
  NodePrinter(const Plan& plan, const ExplainOptions& options, const ExpressionPrinter& printer, const NodeActuals* actual)
      : plan_(plan), options_(options), printer_(printer), actual_(actual) {}

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
        entry.Hidden("Scan Direction", scan.backward ? "Backward" : "Forward");
        entry.Hidden("Index Name", scan.index->name);
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
        entry.Hidden("Index Name", scan.index->name);
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
      case NodeKind::kHashJoin: entry.Hidden("Join Type", JoinWord(static_cast<const HashJoinNode&>(node).join)); break;
      case NodeKind::kMergeJoin: entry.Hidden("Join Type", JoinWord(static_cast<const MergeJoinNode&>(node).join)); break;
      case NodeKind::kNestedLoop: entry.Hidden("Join Type", JoinWord(static_cast<const NestedLoopNode&>(node).join)); break;
      case NodeKind::kSetOp:
        entry.Hidden("Command", std::string(static_cast<const SetOpNode&>(node).operation == sql::SetOperation::kIntersect ? "Intersect" : "Except") +
                                       (static_cast<const SetOpNode&>(node).all ? " All" : ""));
        break;
      default: break;
    }
  }

  void Details(const PlanNode& node, ExplainEntry& entry, const PlanNode* outer) const {
    const NodeActuals* actual = actual_;
    switch (node.kind) {
      case NodeKind::kResult:
        if (const ExprRef& once = static_cast<const ResultNode&>(node).one_time_filter; once != nullptr) {
          entry.Text("One-Time Filter", printer_.WithoutRow(once));
        }
        Filter(entry, node);
        break;
      case NodeKind::kIndexScan: {
        const auto& scan = static_cast<const IndexScanNode&>(node);
        if (scan.condition != nullptr) entry.Text("Index Cond", printer_.IndexCondition(scan, scan.condition, outer));
        Filter(entry, node);
        if (scan.index_only && actual != nullptr) entry.Integer("Heap Fetches", actual->heap_fetches / std::max<uint64_t>(1, actual->loops));
        break;
      }
      case NodeKind::kBitmapScan: {
        const auto& scan = static_cast<const BitmapScanNode&>(node);
        if (scan.condition != nullptr) entry.Text("Recheck Cond", printer_.IndexCondition(scan, scan.condition, outer));
        Filter(entry, node);
        if (actual != nullptr) {
          if (actual->heap_blocks > 0) entry.lines.push_back(Format("Heap Blocks: exact=%lu", static_cast<unsigned long>(actual->heap_blocks)));
          entry.Literal("Exact Heap Blocks", std::to_string(actual->heap_blocks));
          entry.Literal("Lossy Heap Blocks", "0");
        }
        break;
      }
      case NodeKind::kBitmapIndexScan: {
        const auto& scan = static_cast<const BitmapIndexScanNode&>(node);
        if (scan.condition != nullptr) entry.Text("Index Cond", printer_.IndexCondition(scan, scan.condition, outer));
        break;
      }
      case NodeKind::kMergeJoin: {
        const auto& join = static_cast<const MergeJoinNode&>(node);
        std::string text;
        for (size_t i = 0; i < join.outer_keys.size(); ++i) {
          if (i > 0) text += " AND ";
          text += "(" + printer_.SortKeyText(*node.children[0], {join.outer_keys[i], {}}) + " = " + printer_.SortKeyText(*node.children[1], {join.inner_keys[i], {}}) + ")";
        }
        entry.Text("Merge Cond", join.outer_keys.size() > 1 ? "(" + text + ")" : text);
        JoinFilter(entry, node, join.residual);
        Filter(entry, node);
        break;
      }
      case NodeKind::kMergeAppend:
        entry.List("Sort Key", SortKeys(*node.children[0], static_cast<const MergeAppendNode&>(node).keys));
        Filter(entry, node);
        break;
      case NodeKind::kIncrementalSort: {
        const auto& sort = static_cast<const IncrementalSortNode&>(node);
        entry.List("Sort Key", SortKeys(*node.children[0], sort.keys));
        std::vector<SortKey> presorted(sort.keys.begin(), sort.keys.begin() + sort.presorted);
        for (SortKey& key : presorted) key.order = {};
        entry.List("Presorted Key", SortKeys(*node.children[0], presorted));
        if (actual != nullptr && actual->sort_groups > 0) AddGroupSpace(entry, *actual);
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
          entry.Text("Function Call", text);
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
        entry.Text("Hash Cond", join.outer_keys.size() > 1 ? "(" + text + ")" : text);
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
          entry.List(loop.memoize ? "Cache Key" : "Parameters", values);
        }
        if (loop.outer_filter != nullptr) entry.Text("Outer Filter", KeyText(*node.children[0], loop.outer_filter));
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
            if (set.empty()) entry.Text("Group Key", "()");
            else entry.List(aggregate.strategy == AggregateStrategy::kHashed ? "Hash Key" : "Group Key", keys(set));
          }
        } else if (!aggregate.keys.empty()) {
          std::vector<uint32_t> all;
          for (uint32_t i = 0; i < aggregate.keys.size(); ++i) all.push_back(i);
          entry.List("Group Key", keys(all));
        }
        Filter(entry, node);
        if (actual != nullptr && aggregate.strategy == AggregateStrategy::kHashed && actual->hash_batches > 0) AddHashSpace(entry, *actual);
        break;
      }
      case NodeKind::kSort:
        entry.List("Sort Key", SortKeys(*node.children[0], static_cast<const SortNode&>(node).keys));
        SortActuals(entry, actual);
        break;
      case NodeKind::kTopN:
        entry.List("Sort Key", SortKeys(*node.children[0], static_cast<const TopNNode&>(node).keys));
        SortActuals(entry, actual);
        break;
      case NodeKind::kGather: case NodeKind::kGatherMerge: {
        const int planned = static_cast<const GatherBase&>(node).workers_planned;
        Filter(entry, node);
        entry.Integer("Workers Planned", static_cast<uint64_t>(planned));
        if (actual != nullptr) entry.Integer("Workers Launched", static_cast<uint64_t>(std::max(0, actual->workers_launched)));
        if (node.kind == NodeKind::kGather) entry.Literal("Single Copy", "false");
        break;
      }
      default: Filter(entry, node); break;
    }
    if (node.kind == NodeKind::kSeqScan) RuntimeFilters(entry, static_cast<const SeqScanNode&>(node), actual);
    if (actual != nullptr && node.kind == NodeKind::kSeqScan && actual->vectors_pruned > 0) entry.Integer("Vectors Pruned", actual->vectors_pruned);
  }

 private:
  std::vector<std::string> SortKeys(const PlanNode& child, const std::vector<SortKey>& keys) const {
    std::vector<std::string> texts;
    for (const SortKey& key : keys) texts.push_back(printer_.SortKeyText(child, key));
    return texts;
  }

  void SortActuals(ExplainEntry& entry, const NodeActuals* actual) const {
    if (actual == nullptr || actual->loops == 0) return;
    if (!actual->sort_method.empty()) AddSortSpace(entry, *actual);
  }

  void Filter(ExplainEntry& entry, const PlanNode& node, const char* label = "Filter") const {
    if (node.filter == nullptr) return;
    entry.Text(label, node.children.empty() ? printer_.ScanCondition(node, node.filter) : printer_.OverRow(node, node.filter));
    if (const NodeActuals* actual = actual_; actual != nullptr) {
      const uint64_t removed = actual->rows_removed_by_filter / std::max<uint64_t>(1, actual->loops);
      if (actual->rows_removed_by_filter > 0 || options_.format != ExplainFormat::kText) entry.Integer("Rows Removed by Filter", removed);
    }
  }

  void JoinFilter(ExplainEntry& entry, const PlanNode& node, const ExprRef& condition) const {
    if (condition == nullptr) return;
    entry.Text("Join Filter", printer_.OverRow(node, condition));
    if (const NodeActuals* actual = actual_; actual != nullptr && actual->rows_removed_by_join_filter > 0) {
      entry.Integer("Rows Removed by Join Filter", actual->rows_removed_by_join_filter / std::max<uint64_t>(1, actual->loops));
    }
  }

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
      entry.Hidden(label, name);
      if (!schema.empty()) entry.Hidden("Schema", schema);
    }
    if (name.empty() || alias != name) text += (name.empty() ? "" : " ") + QuoteIdentifier(alias);
    entry.Hidden("Alias", alias);
    (void)node;
    return text;
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
    entry.List("Runtime Filter", texts);
    if (actual == nullptr) return;
    entry.Integer("Rows Removed by Runtime Filter", actual->rows_removed_by_runtime_filter / std::max<uint64_t>(1, actual->loops));
  }

  std::string KeyText(const PlanNode& child, const ExprRef& key) const {
    if (key->kind == ExprKind::kSlot) {
      SortKey as_key{key->index, {}};
      return printer_.SortKeyText(child, as_key);
    }
    return printer_.OverChild(child, key);
  }

  std::string GroupKey(const PlanNode& child, const ExprRef& key) const { return printer_.OverChild(child, key); }

  const Plan& plan_;
  const ExplainOptions& options_;
  const ExpressionPrinter& printer_;
  const NodeActuals* const actual_;
};

}  // namespace

void AddHeading(const PlanNode& node, const ExplainInput& input, ExplainEntry& entry) { NodePrinter(input.plan, input.options, input.printer, nullptr).Heading(node, entry); }

void AddDetails(const PlanNode& node, const ExplainInput& input, const PlanNode* outer, const NodeActuals* actual, ExplainEntry& entry) {
  NodePrinter(input.plan, input.options, input.printer, actual).Details(node, entry, outer);
}

}  // namespace gather::planner
