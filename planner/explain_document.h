// An EXPLAIN answer before it is text, JSON, XML or YAML: per node a heading, properties in order, and children. The writers turn it into lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "planner/explain.h"

namespace gather::planner {

struct ExplainProperty {
  enum class Kind : uint8_t {
    kText,
    kLiteral,                                            // numbers and booleans, unquoted
    kList,                                               // of texts
    kObject,                                             // `members`
    kNoObjects,                                          // an empty list of objects
  };
  std::string label;
  Kind kind = Kind::kText;
  std::string value;
  std::vector<std::string> list;
  std::vector<ExplainProperty> members;
};

struct ExplainEntry {
  // Text: "Parallel Seq Scan on t x  (cost=…) (actual …)", then `lines` (without indentation).
  std::string heading;
  std::vector<std::string> lines;
  // The other formats.
  std::vector<ExplainProperty> properties;
  std::vector<ExplainEntry> workers;
  std::vector<ExplainEntry> children;
  // A property, in every format.
  void Text(const std::string& property, const std::string& value);
  void List(const std::string& property, const std::vector<std::string>& values);
  void Integer(const std::string& property, uint64_t value);
  // In all but text.
  void Hidden(const std::string& property, const std::string& value);
  void Literal(const std::string& property, const std::string& value);

  std::string label;                                     // text: a line above the node: "InitPlan 1 (returns $0)", "CTE x"
};

std::vector<std::string> WriteText(const ExplainEntry& root);
// PostgreSQL's layout of the other formats: `footer` are the properties beside "Plan".
std::string WriteDocument(ExplainFormat format, const ExplainEntry& root, const std::vector<ExplainProperty>& footer);

}  // namespace gather::planner
