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

// What the three formats have in common: objects with labelled values, and lists of objects.
class DocumentWriter {
 public:
  virtual ~DocumentWriter() = default;
  std::string Write(const ExplainEntry& root, const std::vector<ExplainProperty>& footer) {
    Begin();
    BeginObject("Plan");
    Entry(root);
    EndObject("Plan");
    for (const ExplainProperty& property : footer) Property(property);
    End();
    return std::move(out_);
  }

 protected:
  virtual void Begin() = 0;
  virtual void End() = 0;
  // A value of the present object.
  virtual void Scalar(const ExplainProperty& property) = 0;
  virtual void List(const ExplainProperty& property) = 0;
  // An object as a value, or a list of objects.
  virtual void BeginObject(const std::string& label) = 0;
  virtual void EndObject(const std::string& label) = 0;
  virtual void BeginObjects(const std::string& label) = 0;
  virtual void EndObjects(const std::string& label) = 0;
  // One of a list; `name`: of its kind.
  virtual void BeginItem(const std::string& name) = 0;
  virtual void EndItem(const std::string& name) = 0;

  void Indent() { out_.append(2 * depth_, ' '); }
  std::string out_;
  size_t depth_ = 0;

 private:
  void Property(const ExplainProperty& property) {
    switch (property.kind) {
      case ExplainProperty::Kind::kText: case ExplainProperty::Kind::kLiteral: Scalar(property); break;
      case ExplainProperty::Kind::kList: List(property); break;
      case ExplainProperty::Kind::kObject:
        BeginObject(property.label);
        for (const ExplainProperty& member : property.members) Property(member);
        EndObject(property.label);
        break;
      case ExplainProperty::Kind::kNoObjects:
        BeginObjects(property.label);
        EndObjects(property.label);
        break;
    }
  }
  void Entry(const ExplainEntry& entry) {
    for (const ExplainProperty& property : entry.properties) Property(property);
    Entries("Workers", "Worker", entry.workers);
    Entries("Plans", "Plan", entry.children);
  }
  void Entries(const std::string& label, const std::string& name, const std::vector<ExplainEntry>& entries) {
    if (entries.empty()) return;
    BeginObjects(label);
    for (const ExplainEntry& entry : entries) {
      BeginItem(name);
      Entry(entry);
      EndItem(name);
    }
    EndObjects(label);
  }
};

class JsonWriter final : public DocumentWriter {
 protected:
  void Begin() override {
    out_ = "[";
    depth_ = 1;
    Open('{');
  }
  void End() override {
    Close('}');
    out_ += "\n]";
  }
  void Scalar(const ExplainProperty& property) override {
    Label(property.label);
    if (property.kind == ExplainProperty::Kind::kText) AppendEscaped(property.value, &out_); else out_ += property.value;
  }
  void List(const ExplainProperty& property) override {
    Label(property.label);
    out_ += '[';
    for (size_t i = 0; i < property.list.size(); ++i) {
      if (i > 0) out_ += ", ";
      AppendEscaped(property.list[i], &out_);
    }
    out_ += ']';
  }
  void BeginObject(const std::string& label) override {
    Label(label);
    Brace('{');
  }
  void EndObject(const std::string&) override { Close('}'); }
  void BeginObjects(const std::string& label) override {
    Label(label);
    Brace('[');
  }
  void EndObjects(const std::string&) override { Close(']'); }
  void BeginItem(const std::string&) override {
    Separate();
    Open('{');
  }
  void EndItem(const std::string&) override { Close('}'); }

 private:
  void Separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void Label(const std::string& label) {
    Separate();
    out_ += '\n';
    Indent();
    AppendEscaped(label, &out_);
    out_ += ": ";
  }
  void Open(char brace) {
    out_ += '\n';
    Indent();
    Brace(brace);
  }
  void Brace(char brace) {
    out_ += brace;
    ++depth_;
    first_ = true;
  }
  void Close(char brace) {
    --depth_;
    out_ += '\n';
    Indent();
    out_ += brace;
    first_ = false;
  }
  bool first_ = true;                        // of its object or list
};

class XmlWriter final : public DocumentWriter {
 protected:
  void Begin() override {
    out_ = "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n";
    depth_ = 1;
    Open("Query");
  }
  void End() override {
    Close("Query");
    out_ += "</explain>";
  }
  void Scalar(const ExplainProperty& property) override { Value(property.label, property.value); }
  void List(const ExplainProperty& property) override {
    Open(property.label);
    for (const std::string& item : property.list) Value("Item", item);
    Close(property.label);
  }
  void BeginObject(const std::string& label) override { Open(label); }
  void EndObject(const std::string& label) override { Close(label); }
  void BeginObjects(const std::string& label) override { Open(label); }
  void EndObjects(const std::string& label) override { Close(label); }
  void BeginItem(const std::string& name) override { Open(name); }
  void EndItem(const std::string& name) override { Close(name); }

 private:
  static std::string Tag(std::string label) {
    for (char& c : label) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!plain) c = '-';
    }
    return label;
  }
  void Open(const std::string& label) {
    Indent();
    out_ += "<" + Tag(label) + ">\n";
    ++depth_;
  }
  void Close(const std::string& label) {
    --depth_;
    Indent();
    out_ += "</" + Tag(label) + ">\n";
  }
  void Value(const std::string& label, const std::string& value) {
    Indent();
    out_ += "<" + Tag(label) + ">";
    for (const char c : value) {
      switch (c) {
        case '&': out_ += "&amp;"; break;
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break;
        case '\r': out_ += "&#x0d;"; break;
        default: out_ += c;
      }
    }
    out_ += "</" + Tag(label) + ">\n";
  }
};

class YamlWriter final : public DocumentWriter {
 protected:
  void Begin() override {
    depth_ = 1;
    item_ = true;
  }
  void End() override {}
  void Scalar(const ExplainProperty& property) override {
    Label(property.label);
    if (property.kind == ExplainProperty::Kind::kText) AppendEscaped(property.value, &out_); else out_ += property.value;
  }
  void List(const ExplainProperty& property) override {
    Label(property.label);
    ++depth_;
    for (const std::string& item : property.list) {
      Line();
      out_ += "- ";
      AppendEscaped(item, &out_);
    }
    --depth_;
  }
  void BeginObject(const std::string& label) override {
    Label(label);
    ++depth_;
  }
  void EndObject(const std::string&) override { --depth_; }
  void BeginObjects(const std::string& label) override {
    Label(label);
    ++depth_;
  }
  void EndObjects(const std::string&) override { --depth_; }
  void BeginItem(const std::string&) override {
    ++depth_;
    item_ = true;
  }
  void EndItem(const std::string&) override { --depth_; }

 private:
  void Line() {
    if (!out_.empty()) out_ += '\n';
    Indent();
  }
  // The first of a list's item stands behind its dash.
  void Label(const std::string& label) {
    Line();
    if (item_) {
      out_.resize(out_.size() - 2);
      out_ += "- ";
    }
    item_ = false;
    out_ += label + ": ";
  }
  bool item_ = false;
};

}  // namespace

std::vector<std::string> WriteText(const ExplainEntry& root) {
  std::vector<std::string> lines;
  AppendText(root, 0, true, &lines);
  return lines;
}

std::string WriteDocument(ExplainFormat format, const ExplainEntry& root, const std::vector<ExplainProperty>& footer) {
  switch (format) {
    case ExplainFormat::kXml: return XmlWriter().Write(root, footer);
    case ExplainFormat::kYaml: return YamlWriter().Write(root, footer);
    default: return JsonWriter().Write(root, footer);
  }
}

}  // namespace gather::planner
