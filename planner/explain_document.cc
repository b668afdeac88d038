#include "planner/explain_document.h"

namespace gather::planner {

namespace {

void AppendText(const ExplainEntry& entry, size_t indent, bool top, std::vector<std::string>* out) {
  if (!entry.label.empty()) {
    out->push_back(std::string(2 * indent, ' ') + entry.label);
    ++indent;
  }
  if (top) {
    out->push_back(entry.heading);
    indent = 1;
  } else {
    out->push_back(std::string(2 * indent, ' ') + "->  " + entry.heading);
    indent += 3;
  }
  for (const std::string& line : entry.lines) out->push_back(std::string(2 * indent, ' ') + line);
  for (const ExplainEntry& child : entry.children) AppendText(child, indent, false, out);
}

void AppendEscaped(const std::string& text, std::string* out) {
  *out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': *out += "\\\""; break;
      case '\\': *out += "\\\\"; break;
      case '\n': *out += "\\n"; break;
      case '\r': *out += "\\r"; break;
      case '\t': *out += "\\t"; break;
      case '\b': *out += "\\b"; break;
      case '\f': *out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          static const char* const kHex = "0123456789abcdef";
          *out += "\\u00";
          *out += kHex[(c >> 4) & 15];
          *out += kHex[c & 15];
        } else {
          *out += c;
        }
    }
  }
  *out += '"';
}

void AppendProperty(const ExplainProperty& property, size_t indent, bool first, std::string* out) {
  *out += first ? "\n" : ",\n";
  out->append(2 * indent, ' ');
  AppendEscaped(property.label, out);
  *out += ": ";
  if (property.kind == ExplainProperty::Kind::kText) {
    AppendEscaped(property.value, out);
  } else if (property.kind == ExplainProperty::Kind::kLiteral) {
    *out += property.value;
  } else {
    *out += '[';
    for (size_t i = 0; i < property.list.size(); ++i) {
      if (i > 0) *out += ", ";
      AppendEscaped(property.list[i], out);
    }
    *out += ']';
  }
}

void AppendObject(const ExplainEntry& entry, size_t indent, std::string* out);

void AppendGroup(const char* label, const std::vector<ExplainEntry>& entries, size_t indent, bool first, std::string* out) {
  *out += first ? "\n" : ",\n";
  out->append(2 * indent, ' ');
  *out += std::string("\"") + label + "\": [";
  for (size_t i = 0; i < entries.size(); ++i) {
    *out += i == 0 ? "\n" : ",\n";
    out->append(2 * (indent + 1), ' ');
    AppendObject(entries[i], indent + 1, out);
  }
  *out += "\n";
  out->append(2 * indent, ' ');
  *out += "]";
}

void AppendObject(const ExplainEntry& entry, size_t indent, std::string* out) {
  *out += "{";
  bool first = true;
  for (const ExplainProperty& property : entry.properties) {
    AppendProperty(property, indent + 1, first, out);
    first = false;
  }
  if (!entry.workers.empty()) {
    AppendGroup("Workers", entry.workers, indent + 1, first, out);
    first = false;
  }
  if (!entry.children.empty()) AppendGroup("Plans", entry.children, indent + 1, first, out);
  *out += "\n";
  out->append(2 * indent, ' ');
  *out += "}";
}

}  // namespace

std::vector<std::string> WriteText(const ExplainEntry& root) {
  std::vector<std::string> lines;
  AppendText(root, 0, true, &lines);
  return lines;
}

std::string WriteJson(const ExplainEntry& root, const std::vector<ExplainProperty>& footer) {
  std::string out = "[\n  {\n    \"Plan\": ";
  AppendObject(root, 2, &out);
  for (const ExplainProperty& property : footer) AppendProperty(property, 2, false, &out);
  return out + "\n  }\n]";
}

}  // namespace gather::planner
