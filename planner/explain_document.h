// An EXPLAIN answer before it is text or JSON: per node a heading, properties in order, and children. The writers turn it into lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gather::planner {

struct ExplainProperty {
  enum class Kind : uint8_t { kText, kLiteral, kList };  // kLiteral: numbers and booleans, unquoted in JSON
  std::string label;
  Kind kind = Kind::kText;
  std::string value;
  std::vector<std::string> list;
  std::string unit;                                      // text only: "kB"
};

struct ExplainEntry {
  // Text: "Parallel Seq Scan on t x  (cost=…) (actual …)", then `lines` (without indentation).
  std::string heading;
  std::vector<std::string> lines;
  // JSON.
  std::vector<ExplainProperty> properties;
  std::vector<ExplainEntry> workers;
  std::vector<ExplainEntry> children;
  std::string label;                                     // text: a line above the node: "InitPlan 1 (returns $0)", "CTE x"
};

std::vector<std::string> WriteText(const ExplainEntry& root);
// PostgreSQL's layout of EXPLAIN (FORMAT JSON): `footer` are the properties beside "Plan".
std::string WriteJson(const ExplainEntry& root, const std::vector<ExplainProperty>& footer);

}  // namespace gather::planner
