// TreeReader: copies PostgreSQL's raw parse tree into our own, one statement at a time.
//
// One method per node kind, in the file of its topic (expressions, queries, definitions, commands). Counts nesting: a tree deeper than
// kMaxDepth is refused with 54001, which bounds the recursion of everybody downstream (binder, planner, executor, destructors).
#pragma once

#include <string_view>

#include "sql/ast.h"
#include "sql/ast/arena.h"

// PostgreSQL's, defined in postgres_nodes.h.
struct Node;
struct List;
struct A_Const;
struct A_Expr;
struct FuncCall;
struct SubLink;
struct TypeName;
struct SelectStmt;
struct WindowDef;
struct RangeFunction;
struct Constraint;
struct CreateStmt;
struct IndexStmt;
struct GrantStmt;

namespace gather::sql::bridge {

class TreeReader {
 public:
  static constexpr int kMaxDepth = 2500;

  explicit TreeReader(ast::Arena& arena) : arena_(arena) {}
  const ast::Node* ReadStatement(const ::Node* statement);

 private:
  class Nesting;

  // ---- shared
  template <class T> T* New(int location = -1) {
    T* node = arena_.New<T>();
    node->location = location;
    return node;
  }
  ast::Text Copy(const char* text) { return text == nullptr ? ast::Text() : arena_.Copy(text); }
  ast::Names ReadNames(const ::List* list);            // of String
  ast::NodeList ReadList(const ::List* list);
  // Every element is a T.
  template <class T> ast::List<T> ReadListOf(const ::List* list) {
    const ast::NodeList nodes = ReadList(list);
    return {reinterpret_cast<const T* const*>(nodes.data()), nodes.size()};
  }
  // A single node known to be a T, or null.
  template <class T, class From> const T* ReadAs(const From* from) {
    return static_cast<const T*>(Read(reinterpret_cast<const ::Node*>(from)));
  }
  template <class From> const ast::Node* ReadNode(const From* from) { return Read(reinterpret_cast<const ::Node*>(from)); }

  // Dispatch: each tries its topic and returns null for a tag it does not know.
  const ast::Node* Read(const ::Node* node);
  const ast::Node* ReadValue(const ::Node& node);
  const ast::Node* ReadExpression(const ::Node& node);
  const ast::Node* ReadQuery(const ::Node& node);
  const ast::Node* ReadDefinition(const ::Node& node);
  const ast::Node* ReadDefinitionPart(const ::Node& node);
  const ast::Node* ReadCommand(const ::Node& node);
  const ast::Node* ReadOther(const ::Node& node);

  const ast::Node* ReadSelectInto(const ast::SelectStmt& select);
  const ast::Node* ReadAConst(const ::A_Const& from);
  const ast::Node* ReadAExpr(const ::A_Expr& from);
  const ast::Node* ReadFuncCall(const ::FuncCall& from);
  const ast::Node* ReadSubLink(const ::SubLink& from);
  const ast::Node* ReadTypeName(const ::TypeName& from);
  const ast::Node* ReadSelect(const ::SelectStmt& from);
  const ast::Node* ReadWindowDef(const ::WindowDef& from);
  const ast::Node* ReadRangeFunction(const ::RangeFunction& from);
  const ast::Node* ReadConstraint(const ::Constraint& from);
  const ast::Node* ReadCreate(const ::CreateStmt& from, bool foreign);
  const ast::Node* ReadIndex(const ::IndexStmt& from);
  const ast::Node* ReadGrant(const ::GrantStmt& from);

  ast::Arena& arena_;
  int depth_ = 0;
};

}  // namespace gather::sql::bridge
