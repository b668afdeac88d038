#include "sql/bridge/tree_reader.h"
#include "types/error.h"
#include "types/stack_depth.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

class TreeReader::Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) {
    if (++depth_ > kMaxDepth) ThrowStackDepthExceeded();
    CheckStackDepth();
  }
  ~Nesting() { --depth_; }

 private:
  int& depth_;
};

const ast::Node* TreeReader::ReadStatement(const ::Node* statement) {
  depth_ = 0;
  const ast::Node* node = Read(statement);
  if (const auto* select = ast::TryAs<ast::SelectStmt>(node)) return ReadSelectInto(*select);
  if (const auto* explain = ast::TryAs<ast::ExplainStmt>(node)) {
    if (const auto* select = ast::TryAs<ast::SelectStmt>(explain->query)) {
      const_cast<ast::ExplainStmt*>(explain)->query = ReadSelectInto(*select);
    }
  }
  return node;
}

// SELECT … INTO is CREATE TABLE AS in other words: commands meet one form only. Of a set operation its first SELECT carries INTO.
const ast::Node* TreeReader::ReadSelectInto(const ast::SelectStmt& select) {
  const ast::SelectStmt* first = &select;
  while (first->op != ast::SetOp::kNone) first = first->left;
  if (first->into == nullptr) return &select;
  auto* to = New<ast::CreateTableAsStmt>();
  to->into = first->into;
  to->is_select_into = true;
  // The tree was made a moment ago and is nobody else's yet.
  const_cast<ast::SelectStmt*>(first)->into = nullptr;
  to->query = &select;
  return to;
}

ast::Names TreeReader::ReadNames(const ::List* list) {
  const std::span<ast::Text> names = arena_.NewArray<ast::Text>(static_cast<size_t>(list_length(list)));
  for (size_t i = 0; i < names.size(); ++i) {
    const ::Node* item = static_cast<const ::Node*>(list->elements[i].ptr_value);
    names[i] = item != nullptr && IsA(item, String) ? Copy(strVal(item)) : ast::Text("*");
  }
  return names;
}

ast::NodeList TreeReader::ReadList(const ::List* list) {
  const std::span<const ast::Node*> nodes = arena_.NewArray<const ast::Node*>(static_cast<size_t>(list_length(list)));
  for (size_t i = 0; i < nodes.size(); ++i) nodes[i] = Read(static_cast<const ::Node*>(list->elements[i].ptr_value));
  return nodes;
}

const ast::Node* TreeReader::Read(const ::Node* node) {
  if (node == nullptr) return nullptr;
  const Nesting nesting(depth_);
  if (const ast::Node* read = ReadExpression(*node)) return read;
  if (const ast::Node* read = ReadQuery(*node)) return read;
  if (const ast::Node* read = ReadValue(*node)) return read;
  if (const ast::Node* read = ReadDefinitionPart(*node)) return read;
  if (const ast::Node* read = ReadDefinition(*node)) return read;
  if (const ast::Node* read = ReadCommand(*node)) return read;
  return ReadOther(*node);
}

const ast::Node* TreeReader::ReadValue(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_Integer: {
      auto* to = New<ast::Integer>();
      to->value = intVal(&node);
      return to;
    }
    case T_Float: {
      auto* to = New<ast::Float>();
      to->text = Copy(castNode(Float, const_cast<::Node*>(&node))->fval);
      return to;
    }
    case T_Boolean: {
      auto* to = New<ast::Boolean>();
      to->value = boolVal(&node);
      return to;
    }
    case T_String: {
      auto* to = New<ast::String>();
      to->text = Copy(strVal(&node));
      return to;
    }
    case T_BitString: {
      auto* to = New<ast::BitString>();
      to->text = Copy(castNode(BitString, const_cast<::Node*>(&node))->bsval);
      return to;
    }
    case T_List: {
      auto* to = New<ast::ListNode>();
      to->items = ReadList(reinterpret_cast<const ::List*>(&node));
      return to;
    }
    default: return nullptr;
  }
}

}  // namespace gather::sql::bridge
