// What EXPLAIN calls a node: PostgreSQL's names.
#pragma once

#include <string>

#include "planner/plan.h"

namespace gather::planner {

// In text, in the other formats, and what those say beside it (empty: nothing).
struct ExplainName { std::string text, json, strategy, partial_mode, operation; };
ExplainName ExplainNameOf(const PlanNode& node);
const char* JoinWord(JoinKind kind);                     // "Inner", "Left" …

}  // namespace gather::planner
