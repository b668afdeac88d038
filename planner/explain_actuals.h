// What EXPLAIN ANALYZE measured, as lines and properties of a node's entry.
#pragma once

#include "planner/explain.h"
#include "planner/explain_document.h"

namespace gather::planner {

void AddMeasured(ExplainEntry& entry, const NodeActuals* actual, bool timing);   // null: nothing
// A worker's space always, its rows and times with VERBOSE.
void AddWorkers(const PlanNode& node, ExplainEntry& entry, const NodeActuals* actual, const ExplainOptions& options);
// What one participant needed for a sort, an incremental sort, a hashed aggregate.
void AddSortSpace(ExplainEntry& entry, const SpaceActuals& space);
void AddGroupSpace(ExplainEntry& entry, const SpaceActuals& space);
void AddHashSpace(ExplainEntry& entry, const SpaceActuals& space);
// BUFFERS: "Buffers: shared hit=3 read=1, temp read=2 written=2"; empty when nothing was counted.
std::string BuffersText(const storage::IoCounts& counts);
std::vector<ExplainProperty> BuffersProperties(const storage::IoCounts& counts);

}  // namespace gather::planner
