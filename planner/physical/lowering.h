// Lowering: logical algebra to plan nodes: access paths, join methods, projections, slots.
//
// A lowered subtree knows which columns its output slots hold (`layout`); every expression is translated against the layout of the node
// it lands in. Only columns that somebody above needs are produced. One per planning; single-threaded.
#pragma once

#include <optional>
#include <vector>

#include "planner/physical/cost.h"
#include "planner/statistics/estimator.h"

namespace gather::planner {

// Rows come in the order of the first column, then of the next. `fixed`: it has one value, and no place in the order.
struct OrderedColumn {
  ColumnRef ref;
  SortOrder order;
  bool fixed = false;
};

struct Lowered {
  PlanNodePtr node;
  std::vector<Column> layout;                          // of node->output
  std::vector<OrderedColumn> order;                    // as far as known; who relies on it says so (RelyOnOrder)
};

// expr without casts that leave its order as it is.
const ExprRef& SameOrder(const ExprRef& expr);
// PlanNode::order as slots of the output; empty: a key is not in it.
std::vector<SortKey> OutputOrder(const PlanNode& node);
// Someone relies on the order of `below` only through `above`, its parent.
bool IsOrderKept(const PlanNode& below, const PlanNode& above);

// Columns to slots of one or two inputs (the second behind the first).
ExprRef ToSlots(const ExprRef& expr, const std::vector<Column>& layout);
std::vector<ExprRef> ToSlots(const std::vector<ExprRef>& exprs, const std::vector<Column>& layout);

// `value` as a value of an index key (or zone map) of type `key`, such that comparing with it means the same; null: there is none.
ExprRef KeyValue(const ExprRef& value, SqlType key, const catalog::FunctionRegistry* functions);
// By an implicit cast; null: there is none.
ExprRef CastTo(const ExprRef& expr, SqlType type, const catalog::FunctionRegistry* functions);

class Lowering {
 public:
  Lowering(Planning& planning, Estimator& estimator)
      : planning_(planning), estimator_(estimator), settings_(planning.context.settings), cost_(planning.context.settings) {}

  // `root` with exactly `columns` as output.
  PlanNodePtr LowerQuery(LogicalNode& root, const std::vector<Column>& columns);

 private:
  // A match of conditions to an index; see access_path.cc.
  struct IndexMatch {
    catalog::RelationRef index;
    std::vector<ExprRef> equal;                        // values; still in columns (of an outer side) where not constant
    std::vector<ExprRef> any;                          // IN: of equal[any_at]
    uint32_t any_at = 0;
    ExprRef lower, upper;
    bool lower_inclusive = true, upper_inclusive = true;
    std::vector<ExprRef> used;                         // the conditions it answers
    bool unique = false;                               // at most one row
    double rows = 0;
    double together = 1e18;                            // how many of them lie next to each other
  };
  struct Ordering {                                    // what a parent would like: the sort items in columns, and how many rows of them
    std::vector<sql::SortItem> items;
    double limit = -1;
  };

  // lowering.cc
  Lowered Lower(LogicalNode& node, const ColumnSet& required);
  Lowered LowerFilter(Filter& filter, const ColumnSet& required);
  Lowered LowerProject(Project& project, const ColumnSet& required);
  Lowered LowerAggregate(Aggregate& aggregate, const ColumnSet& required);
  // Of the aggregates those that are required; into `below` what they and the keys read.
  static std::vector<AggregateItem> RequiredOf(const Aggregate& aggregate, const ColumnSet& required, ColumnSet* below);
  static PlanAggregate LowerCall(const AggregateItem& item, const std::vector<Column>& layout);
  Lowered LowerDistinct(Distinct& distinct, const ColumnSet& required);
  Lowered LowerSetOp(SetOp& operation, const ColumnSet& required);
  Lowered LowerSort(Sort& sort, const ColumnSet& required);
  Lowered LowerLimit(Limit& limit, const ColumnSet& required);
  Lowered LowerWindow(Window& window, const ColumnSet& required);
  Lowered LowerProjectSet(ProjectSet& project, const ColumnSet& required);
  Lowered LowerLockRows(LockRows& locks, const ColumnSet& required);
  Lowered LowerRecursive(RecursiveUnion& recursive, const ColumnSet& required);
  Lowered LowerLeaf(LogicalNode& node, const ColumnSet& required);
  // distinct_aggregates.cc: may put an aggregate between `node` and `child`
  PlanNodePtr GroupDistinct(AggregateNode& node, PlanNodePtr child, const std::vector<ExprRef>& keys, const std::vector<AggregateItem>& calls);

  // scans.cc
  Lowered LowerGet(const Get& get, std::vector<ExprRef> conditions, const ColumnSet& required, double rows);
  Lowered LowerSystemView(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows);
  Lowered MakeSeqScan(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows);
  Lowered MakeIndexScan(const Get& get, const IndexMatch& match, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows,
                        bool backward = false, bool parameterized = false);
  static IndexCondition ConditionOf(const IndexMatch& match);
  std::vector<ScanColumnRef> ScanColumns(const Get& get, const std::vector<ExprRef>& first, const ColumnSet& required, std::vector<Column>* layout,
                                         uint32_t* first_columns) const;

  // ordering.cc
  // How many of the leading items the rows are sorted by already.
  static size_t SortedBy(const Lowered& input, const std::vector<sql::SortItem>& items);
  static std::vector<SortKey> SortKeys(const Lowered& input, const std::vector<sql::SortItem>& items);
  static void RelyOnOrder(Lowered& input, const std::vector<sql::SortItem>& items);
  double SortCost(const Lowered& input, const std::vector<sql::SortItem>& items, size_t presorted, double* startup);
  // A Sort, an Incremental Sort, or nothing but trust.
  Lowered SortBy(Lowered input, const std::vector<sql::SortItem>& items);
  // Those of the keys that are computed become columns of the input, which is what they are then.
  Lowered WithColumns(Lowered input, std::vector<ExprRef>* keys);
  static double CostOfFirst(const PlanNode& node, double limit);
  // `node` sorted, the cheaper way. `first_counts`: only its first rows are wanted.
  Lowered SortedInput(LogicalNode& node, const ColumnSet& required, const Ordering& ordering, bool first_counts);
  // Plans whose rows come sorted by at least the first item, without a sort at the top; none: there is no such order to be had.
  std::optional<Lowered> LowerOrdered(LogicalNode& node, const ColumnSet& required, const Ordering& ordering);
  std::optional<Lowered> LowerOrderedGet(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, const Ordering& ordering);
  std::optional<Lowered> LowerOrderedUnion(SetOp& operation, const ColumnSet& required, const Ordering& ordering);

  // sorted_groups.cc: with an ordering only if that is to be had without sorting all of the input
  std::optional<Lowered> LowerSortedAggregate(Aggregate& aggregate, const ColumnSet& required, const Ordering* ordering);
  std::optional<Lowered> LowerSortedDistinct(Distinct& distinct, const ColumnSet& required, const Ordering* ordering);
  struct SortedKeys {
    std::vector<sql::SortItem> items;                  // the wanted order first
    std::vector<uint32_t> positions;                   // among the keys
  };
  // `outputs` are the keys' columns above the grouping; none: the ordering does not begin with one of them.
  static std::optional<SortedKeys> KeysInOrder(const std::vector<ExprRef>& keys, const std::vector<ColumnRef>& outputs, const Ordering* ordering);
  std::optional<Lowered> SortedGroups(LogicalNode& child, const ColumnSet& required, SortedKeys& keys, double groups, const Ordering* ordering);

  // access_path.cc
  std::vector<IndexMatch> MatchIndexes(const Get& get, const std::vector<ExprRef>& conditions, const RelSet& outer);

  // bitmap_paths.cc
  struct Bitmap {                                      // a tree of bitmap nodes
    PlanNodePtr node;
    double rows = 0, cost = 0;
    ExprRef condition;                                 // what it answers, as printed
    std::vector<ExprRef> used;                         // conditions that need not be asked again
  };
  std::optional<Bitmap> IndexBitmap(const Get& get, const std::vector<ExprRef>& conditions);
  std::optional<Bitmap> OrBitmap(const Get& get, const ExprRef& condition);
  std::optional<Bitmap> BestBitmap(const Get& get, const std::vector<ExprRef>& conditions);
  std::optional<Lowered> LowerBitmap(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows);

  // joins.cc
  double InRange(const ExprRef& key, const ExprRef& other);
  Lowered LowerJoin(Join& join, std::vector<ExprRef> filter, const ColumnSet& required);
  std::optional<Lowered> LowerIndexJoin(Join& join, JoinKind kind, LogicalNode& outer, LogicalNode& inner, const std::vector<ExprRef>& filter,
                                        const ColumnSet& required, double hash_cost, const Ordering* ordering = nullptr);
  struct HashKey { ExprRef outer, inner; bool null_equals; };
  // Equalities between the sides, both in one type; the other conditions become the residual.
  std::vector<HashKey> JoinKeys(const Join& join, std::vector<ExprRef>* residual);
  std::unique_ptr<HashJoinNode> MakeHashJoin(JoinKind kind, const Lowered& outer, const Lowered& inner, const std::vector<HashKey>& keys,
                                             const std::vector<ExprRef>& residual);
  // merge_joins.cc
  std::optional<Lowered> LowerMergeJoin(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required, const Ordering* ordering);
  std::optional<Lowered> LowerOrderedJoin(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required, const Ordering& ordering, double rows);
  // turned_joins.cc: semi and anti joins whose left side is the smaller one: built, and probed with the right side's rows
  std::optional<std::vector<Column>> UniqueKey(const LogicalNode& node) const;
  bool IsHashable(const std::vector<Column>& columns) const;
  Lowered LowerTurnedAnti(Join& join, Lowered left, Lowered right, const std::vector<HashKey>& keys, const std::vector<ExprRef>& residual,
                          const std::vector<ExprRef>& filter, const ColumnSet& required);
  Lowered LowerTurnedSemi(Join& join, Lowered left, Lowered right, const std::vector<HashKey>& keys, const std::vector<ExprRef>& residual,
                          const std::vector<ExprRef>& filter, const ColumnSet& required);
  Lowered LowerLateral(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required);
  Lowered LowerPerRow(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required);

  // finish.cc: outputs, projections, costs
  Lowered Finish(PlanNodePtr node, std::vector<Column> raw, const ColumnSet& required, double rows);
  Lowered Compute(Lowered input, const std::vector<Item>& items);
  Lowered AddFilter(Lowered input, std::vector<ExprRef> conditions, double rows);
  PlanNodePtr Arrange(Lowered input, const std::vector<Column>& columns);
  Lowered Empty(const std::vector<Column>& columns);
  static void SetOutput(PlanNode& node, const std::vector<Column>& columns);

  Planning& planning_;
  Estimator& estimator_;
  const PlannerSettings& settings_;
  CostModel cost_;
};

}  // namespace gather::planner
