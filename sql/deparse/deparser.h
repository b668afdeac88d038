// Deparser: bound expressions and queries back to SQL text, letter by letter as PostgreSQL's ruleutils.c prints them.
//
// Two dials, as there: `pretty_paren` leaves out parentheses that precedence makes redundant, `pretty_indent` breaks lines.
// Relations are printed under names made unique over all enclosing levels. Lives on the stack; not thread-safe.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sql/print.h"

namespace gather::sql {

class Deparser {
 public:
  Deparser(const BindContext& context, std::span<const std::string> slot_names, bool pretty_paren, bool pretty_indent)
      : context_(context), slot_names_(slot_names), pretty_paren_(pretty_paren), pretty_indent_(pretty_indent) {}

  // expressions.cc; show_implicit: print casts that the user did not write.
  void Expression(const Expr& expr, bool show_implicit);
  // queries.cc
  // `names`: what the outputs shall be called, when not by their own names (operands of a view's set operation).
  void WholeQuery(const Query& query, bool column_names_visible, const std::vector<std::string>* names = nullptr);
  std::string TakeText() { return std::move(text_); }

 private:
  using Names = std::unordered_map<uint32_t, std::string>;

  // In parentheses when pretty printing needs them below `parent`.
  void Operand(const Expr& expr, bool show_implicit, const Expr& parent);
  bool IsSimple(const Expr& expr, const Expr& parent) const;
  void List(const std::vector<ExprRef>& exprs, bool show_implicit);
  void Open() { if (!pretty_paren_) text_ += '('; }
  void Close() { if (!pretty_paren_) text_ += ')'; }
  void Constant(const Expr& expr, int show_type);      // -1 never, 0 when needed, 1 always
  void Column(const Expr& expr);
  void Function(const Expr& expr, bool show_implicit);
  bool SqlSyntax(const Expr& expr);                    // functions.cc
  void Operator(const Expr& expr);
  void Coercion(const Expr& argument, SqlType type, const Expr& parent);
  void Case(const Expr& expr);
  void Aggregate(const Expr& expr);
  void Window(const Expr& expr);
  void Subquery(const Expr& expr);
  void Sort(const std::vector<SortItem>& items);
  void SortOrderOf(const SortOrder& order);

  void Keyword(const char* word, int indent_before, int indent_after, int indent_plus);
  void With(const Query& query);
  void BasicSelect(const Query& query, bool column_names_visible, const std::vector<std::string>* names);
  void SetOperand(const Query& query, bool column_names_visible, const std::vector<std::string>* names);
  void SetOperationOf(const Query& query, bool column_names_visible, const std::vector<std::string>* names);
  void Targets(const std::vector<Target>& targets, bool column_names_visible, const std::vector<std::string>* names);
  void From(const Query& query);
  void Item(const FromItem& item, const Query& query);
  void RelationItem(const Relation& relation);
  void Values(const Relation& relation);
  void SortTarget(const Query& query, const ExprRef& expr, uint32_t target, bool force_number);
  void NameRelations(const Query& query, std::vector<std::string>* added);
  std::string RelationName(const catalog::RelationEntry& relation) const;
  const Relation* FindRelation(RelId id) const;

  const BindContext& context_;
  std::span<const std::string> slot_names_;
  const bool pretty_paren_, pretty_indent_;
  std::string text_;
  int indent_ = 0;
  Names names_;                                        // by RelId
  std::vector<std::string> used_names_;                // of the enclosing levels and this one
  std::vector<const Query*> levels_;
  std::vector<const Cte*> ctes_;
};

}  // namespace gather::sql
