#include "planner/explain_document.h"

namespace gather::planner {

void ExplainEntry::Text(const std::string& property, const std::string& value) {
  lines.push_back(property + ": " + value);
  Hidden(property, value);
}

void ExplainEntry::List(const std::string& property, const std::vector<std::string>& values) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + values[i];
  lines.push_back(property + ": " + text);
  properties.push_back({property, ExplainProperty::Kind::kList, "", values, {}});
}

void ExplainEntry::Integer(const std::string& property, uint64_t value) {
  lines.push_back(property + ": " + std::to_string(value));
  Literal(property, std::to_string(value));
}

void ExplainEntry::Hidden(const std::string& property, const std::string& value) { properties.push_back({property, ExplainProperty::Kind::kText, value, {}, {}}); }

void ExplainEntry::Literal(const std::string& property, const std::string& value) {
  properties.push_back({property, ExplainProperty::Kind::kLiteral, value, {}, {}});
}

}  // namespace gather::planner
