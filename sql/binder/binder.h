// Binder: one statement's walk from parse tree to Query. A method per construct, grouped by the file that defines it.
//
// Lives on the stack of Bind() and friends; not thread-safe. Throws SqlError with PostgreSQL's wording and offsets. Recursion is guarded
// by CheckStackDepth in BindExpression, BindQuery and BindFromItem.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sql/binder/candidates.h"
#include "sql/binder/scope.h"
#include "sql/binder/type_rules.h"
#include "sql/sql.h"
#include "types/error.h"

namespace gather::sql {

using ExprPtr = std::shared_ptr<Expr>;
using QueryPtr = std::shared_ptr<Query>;

// Leftmost place of an expression in the text, as PostgreSQL's exprLocation.
int LocationOf(const Expr& expr);
bool ReturnsSet(const ExprRef& expr);
ExprPtr NewExpr(ExprKind kind, SqlType type, int location = -1);
ExprRef MakeColumn(RelId relation, uint32_t index, SqlType type, std::string name, int location = -1);
ExprRef NullConstant(SqlType type, int location = -1);

enum class CastForm : uint8_t { kImplicit, kExplicit, kCall };  // how deparse shows a coercion

class Binder {
 public:
  explicit Binder(BindContext& context);

  // ---- statements (bind.cc, insert.cc, update.cc)
  BoundStatement BindStatement(const ParsedStatement& statement);

  // ---- queries (select.cc, values.cc, set_operations.cc, ctes.cc)
  // resolve_unknowns: leave no literal of type unknown in the output (INSERT … SELECT and set operations decide later).
  QueryPtr BindQuery(const ast::SelectStmt& stmt, Scope* parent, bool resolve_unknowns, ExprPlace parent_place = ExprPlace::kOther);
  // ---- expressions
  ExprRef BindExpression(const ast::Node* node, Scope& scope, ExprPlace place);
  ExprRef BindExpression(const ast::Node* node, Scope& scope);
  // ---- coercion (coerce.cc). Null when there is no way.
  ExprRef CoerceToTarget(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location = -1);
  ExprRef CoerceType(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location = -1);
  ExprRef CoerceToBoolean(ExprRef expr, const char* construct);
  ExprRef CoerceToSpecific(ExprRef expr, SqlType target, const char* construct);
  ExprRef CoerceToCommon(ExprRef expr, Oid type, const char* construct);
  Oid SelectCommonType(const std::vector<ExprRef>& exprs, const char* construct);  // construct null: 0 instead of an error
  static int32_t SelectCommonTypmod(const std::vector<ExprRef>& exprs, Oid type);
  ExprRef CoerceForAssignment(ExprRef expr, const catalog::ColumnEntry& column, int location);
  ExprRef ResolveUnknown(ExprRef expr);

  const TypeRules& rules() const { return rules_; }
  BindContext& context() { return context_; }
  void FinishParameters();

  // An expression over a table's columns as kSlot (table_expression.cc).
  ExprRef BindOverTable(const ast::Node& expression, const catalog::RelationEntry* table, SqlType target, std::string_view what);

 private:
  friend class BinderTest;
  struct FromResult {
    std::unique_ptr<FromItem> item;
    std::vector<std::shared_ptr<NameItem>> names;
  };
  struct CallParts;
  struct GroupingCheck;
  struct InsertColumn;

  // ---- literals.cc
  ExprRef BindConstant(const ast::AConst& constant);
  ExprRef InputConstant(const Expr& unknown, SqlType target);
  ExprRef BindParameter(const ast::ParamRef& parameter);
  ExprRef CoerceParameter(const ExprRef& parameter, SqlType target, int location);
  ExprRef BindSqlValueFunction(const ast::SqlValueFunction& function);

  // ---- coerce.cc
  ExprRef BuildCoercion(ExprRef expr, const Pathway& pathway, SqlType target, CoercionContext context, CastForm form, int location);
  ExprRef CoerceTypmod(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location, bool hide_input);
  ExprRef Relabel(ExprRef expr, SqlType target, CastForm form, int location);
  ExprRef BindTypeCast(const ast::TypeCast& cast, Scope& scope);

  // ---- expressions.cc
  ExprRef Dispatch(const ast::Node& node, Scope& scope);
  ExprRef BindBoolExpr(const ast::BoolExpr& node, Scope& scope);
  ExprRef BindNullTest(const ast::NullTest& node, Scope& scope);
  ExprRef BindBooleanTest(const ast::BooleanTest& node, Scope& scope);
  ExprRef BindCase(const ast::CaseExpr& node, Scope& scope);
  ExprRef BindCoalesce(const ast::CoalesceExpr& node, Scope& scope);
  ExprRef BindMinMax(const ast::MinMaxExpr& node, Scope& scope);
  ExprRef BindCollate(const ast::CollateClause& node, Scope& scope);
  ExprRef BindRow(const ast::RowExpr& node, Scope& scope);
  ExprRef BindIndirection(const ast::AIndirection& node, Scope& scope);
  struct RecordField { std::string name; SqlType type; };
  static std::vector<RecordField> RecordFields(const Expr& record, const Scope& scope);
  static ExprRef SelectField(ExprRef record, const std::vector<RecordField>& fields, size_t field, int location);
  ExprRef BindSubscripts(ExprRef container, std::span<const ast::AIndices* const> subscripts, Scope& scope);
  ExprRef BindArray(const ast::AArrayExpr& node, Scope& scope, SqlType array_type, int location);

  // ---- columns.cc
  ExprRef BindColumnRef(const ast::ColumnRef& ref, Scope& scope);
  ExprRef FindColumn(std::string_view name, Scope& scope, int location);
  std::shared_ptr<NameItem> FindItem(std::string_view schema, std::string_view name, Scope& scope, int location);
  ExprRef FindColumnIn(const NameItem& item, std::string_view name, int location);
  ExprRef ColumnExpr(const NameItem& item, const NameColumn& column, int location);
  ExprRef SystemColumn(const NameItem& item, std::string_view name, int location);
  ExprRef WholeRow(const NameItem& item, int location);
  [[noreturn]] void ThrowMissingColumn(std::string_view relation, std::string_view name, Scope& scope, int location);
  [[noreturn]] void ThrowMissingItem(std::string_view schema, std::string_view name, Scope& scope, int location);
  static const NameColumn* MatchColumn(const NameItem& item, std::string_view name, int location);

  // ---- operators.cc
  ExprRef BindAExpr(const ast::AExpr& node, Scope& scope);
  ExprRef BindBetween(const ast::AExpr& node, Scope& scope);
  ExprRef BindIn(const ast::AExpr& node, Scope& scope);
  ExprRef BindDistinct(const ast::AExpr& node, Scope& scope);
  ExprRef BindNullIf(const ast::AExpr& node, Scope& scope);
  ExprRef MakeOperator(ast::Names name, ExprRef left, ExprRef right, Scope& scope, int location);
  ExprRef MakeOperator(std::string_view name, ExprRef left, ExprRef right, Scope& scope, int location);
  ExprRef MakeScalarArray(ast::Names name, bool any, ExprRef scalar, ExprRef array, int location);
  bool UsesLevel(const ExprRef& expr, int level) const;  // columns of relations of that level
  ExprRef MakeBool(ExprKind kind, std::vector<ExprRef> terms, int location);
  // The chosen operator and the types its arguments must have.
  struct ResolvedOperator { const catalog::OperatorInfo* op; const catalog::FunctionInfo* function; Oid left, right, result; };
  ResolvedOperator ResolveOperator(ast::Names name, Oid left, Oid right, int location);
  ResolvedOperator ResolveOperator(std::string_view name, Oid left, Oid right, int location);

  // ---- rows.cc
  ExprRef MakeRowComparison(ast::Names name, const std::vector<ExprRef>& left, const std::vector<ExprRef>& right, Scope& scope, int location);
  ExprRef MakeRowDistinct(const std::vector<ExprRef>& left, const std::vector<ExprRef>& right, Scope& scope, int location);
  ExprRef MakeDistinct(ExprRef left, ExprRef right, int location);

  // ---- subqueries.cc
  ExprRef BindSubLink(const ast::SubLink& link, Scope& scope);
  ExprRef BindMultiAssign(const ast::MultiAssignRef& ref, Scope& scope);
  QueryPtr OneColumn(QueryPtr query, size_t column);

  // ---- functions.cc
  ExprRef BindFuncCall(const ast::FuncCall& call, Scope& scope);
  ExprRef CallFunction(CallParts& parts, Scope& scope);
  Choice FindFunction(CallParts& parts, const Candidate** chosen);
  std::vector<Candidate> FunctionCandidates(const CallParts& parts);
  ExprRef BindArgumentDefault(std::string_view sql_text, Oid type);
  void CheckSrfPlacement(const Expr* last_srf, Scope& scope, int location);
  ExprRef BuiltinCall(std::string_view name, std::vector<ExprRef> arguments, Scope& scope, int location);

  // ---- aggregates.cc
  ExprRef MakeAggregate(CallParts& parts, const Candidate& chosen, SqlType result, Scope& scope);
  ExprRef MakeWindow(CallParts& parts, const Candidate& chosen, SqlType result, Scope& scope);
  ExprRef BindGroupingFunc(const ast::GroupingFunc& node, Scope& scope);
  // Finds the level the call belongs to, checks nesting and place there; returns levels up.
  uint32_t CheckAggregateLevel(const Expr& call, Scope& scope, bool is_aggregate);
  std::vector<SortItem> BindCallOrder(ast::List<ast::SortBy> order, Scope& scope);
  SortOrder OrderOf(const ast::SortBy& sort, Oid type, int location);
  std::shared_ptr<WindowCall> BindWindowDef(const ast::WindowDef& def, Scope& scope);

  // ---- from.cc, joins.cc, relations.cc, table_functions.cc
  void BindFromClause(ast::NodeList from, Scope& scope);
  FromResult BindFromItem(const ast::Node& node, Scope& scope);
  FromResult BindRangeVar(const ast::RangeVar& var, Scope& scope);
  FromResult BindRangeSubselect(const ast::RangeSubselect& node, Scope& scope);
  FromResult BindRangeFunction(const ast::RangeFunction& node, Scope& scope);
  FromResult BindJoin(const ast::JoinExpr& node, Scope& scope);
  void AddNames(const std::vector<std::shared_ptr<NameItem>>& names, Scope& scope, bool lateral_only, bool lateral_ok);
  void CheckNameConflicts(const std::vector<std::shared_ptr<NameItem>>& left, const std::vector<std::shared_ptr<NameItem>>& right);
  FromResult AddRelation(Relation relation, const ast::Alias* alias, Scope& scope);
  FromResult AddTable(const catalog::RelationRef& table, const ast::Alias* alias, Scope& scope);
  FromResult AddView(const catalog::RelationRef& view, const ast::Alias* alias, Scope& scope);
  FromResult AddSubquery(QueryPtr query, std::string name, const ast::Alias* alias, bool lateral, Scope& scope);
  FromResult AddCte(CteName& cte, const ast::RangeVar& var, Scope& scope);
  CteName* FindCte(std::string_view name, Scope& scope);
  catalog::RelationRef LookUpRelation(const ast::RangeVar& var);
  RelId NewRelId(const Scope& scope);
  void Depend(Oid relation);

  // ---- select.cc, targets.cc
  QueryPtr BindPlainSelect(const ast::SelectStmt& stmt, Scope& scope, bool resolve_unknowns);
  void BindTargetList(ast::List<ast::ResTarget> list, Scope& scope, ExprPlace place, std::vector<Target>& targets);
  void ExpandStar(const ast::ColumnRef& ref, Scope& scope, std::vector<Target>& targets);
  void ExpandRowStar(const ast::AIndirection& node, Scope& scope, std::vector<Target>& targets);
  static bool IsStar(const ast::Node* node);
  static std::string FigureColumnName(const ast::Node* node);
  ExprRef BindLimit(const ast::Node* node, Scope& scope, ExprPlace place, bool with_ties);
  void BindLocking(ast::List<ast::LockingClause> clauses, Scope& scope);
  QueryPtr BindValues(const ast::SelectStmt& stmt, Scope& scope, bool resolve_unknowns);
  QueryPtr BindSetOperation(const ast::SelectStmt& stmt, Scope& scope, bool is_top);
  QueryPtr CombineOperands(ast::SetOp op, bool all, QueryPtr left, QueryPtr right, Scope& scope);
  QueryPtr BindSetOperand(const ast::SelectStmt& stmt, Scope& scope, bool is_top);
  QueryPtr CastOutputs(QueryPtr query, const std::vector<SqlType>& types, Scope& scope);

  // ---- sorting.cc
  uint32_t FindTarget(const ast::Node* node, Scope& scope, ExprPlace place, std::vector<Target>& targets);
  int MatchTarget(const ast::Node* node, Scope& scope, ExprPlace place, const std::vector<Target>& targets, ExprRef* expression);
  void BindOrderBy(ast::List<ast::SortBy> order, Scope& scope, Query& query);
  void BindDistinct(const ast::SelectStmt& stmt, Scope& scope, Query& query);

  // ---- grouping.cc
  void BindGroupBy(const ast::SelectStmt& stmt, Scope& scope, Query& query);
  uint32_t AddGroupExpression(const ast::Node* node, Scope& scope, Query& query);
  using Sets = std::vector<std::vector<uint32_t>>;
  Sets ExpandGroupingSet(const ast::GroupingSet& set, Scope& scope, Query& query);
  Sets GroupingElement(const ast::Node* node, Scope& scope, Query& query);
  void CheckGrouping(Query& query, Scope& scope);


  // ---- ctes.cc
  void BindWith(const ast::WithClause& with, Scope& scope, std::vector<Cte>& ctes);
  void BindRecursiveCte(const ast::CommonTableExpr& cte, Scope& scope, CteName& name, Cte& out);

  // ---- modify.cc, updatable_views.cc and the statements
  BoundStatement BindInsert(const ast::InsertStmt& stmt);
  BoundStatement BindUpdate(const ast::UpdateStmt& stmt);
  BoundStatement BindDelete(const ast::DeleteStmt& stmt);
  // What a modification writes to: a table, directly or through a view.
  struct ModifyTarget {
    catalog::RelationRef table;
    catalog::RelationRef view;                         // null: the table itself
    RelId relation;                                    // view: the table's relation in `columns` and `where`
    std::vector<ExprRef> columns;                      // per column of the view
    ExprRef where;
    const catalog::ColumnEntry* FindColumn(std::string_view name, const char* action) const;
    const catalog::RelationEntry& named() const { return view != nullptr ? *view : *table; }
  };
  ModifyTarget ResolveTarget(const ast::RangeVar& var, const char* action);
  // An INSERT, UPDATE or DELETE while it is bound: its WITH and its target are known.
  struct ModifyDraft {
    std::shared_ptr<BoundModify> modify = std::make_shared<BoundModify>();
    std::shared_ptr<Query> source = std::make_shared<Query>();
    Scope scope;
    std::vector<Cte> ctes;
    ModifyTarget into;
  };
  void BeginModify(BoundModify::Kind kind, const ast::WithClause* with, const ast::RangeVar& target, const char* action, ModifyDraft& draft);
  FromResult AddTarget(ModifyTarget& target, const ast::RangeVar& var, Scope& scope, ExprRef* where);
  // Target, FROM or USING and WHERE of UPDATE and DELETE, into scope.query: the rows that are written.
  void BindTargetRows(ModifyTarget& into, const ast::RangeVar& target, ast::NodeList from, const ast::Node* where, BoundModify& modify, Scope& scope);
  void CheckModifiable(const catalog::RelationEntry& table, const ast::RangeVar& var);
  void BindReturning(ast::List<ast::ResTarget> list, Scope& scope, BoundModify& modify, Query& source, const std::vector<int>& slot_of_column);
  void AddConstraints(BoundModify& modify);
  std::vector<uint32_t> InferArbiters(const ast::OnConflictClause& clause, const BoundModify& modify);
  void BindOnConflict(const ast::InsertStmt& stmt, ModifyTarget& into, const std::vector<int>& slot_of_column, BoundModify& modify);
  // SET: by column of the table, null where there is none.
  std::vector<ExprRef> BindAssignments(ast::List<ast::ResTarget> list, const ModifyTarget& into, Scope& scope);
  ExprRef DefaultOf(const catalog::RelationEntry& table, const catalog::ColumnEntry& column);
  ExprRef ReadDefault(const catalog::ColumnEntry& column, const catalog::RelationEntry& table);
  std::vector<InsertColumn> InsertColumns(const ast::InsertStmt& stmt, const ModifyTarget& target);
  ExprRef InsertValue(const InsertColumn& target, const catalog::RelationEntry& table, ExprRef value, bool overriding_system);
  BoundStatement FinishModify(std::shared_ptr<BoundModify> modify, std::vector<Cte> ctes, Scope& scope);

  SqlType ResolveType(const ast::TypeName& name);
  std::vector<OutputColumn> OutputOf(const std::vector<Target>& targets) const;

  BindContext& context_;
  const catalog::CatalogSnapshot& catalog_;
  const catalog::FunctionRegistry& functions_;
  TypeRules rules_;
  uint32_t next_relation_ = 1;
  uint32_t next_cte_ = 0;
  std::vector<int> level_of_relation_;                 // by RelId
  // By RelId: where its columns come from, for RowDescription: a table (all columns in order), or column by column.
  struct Origin { Oid table = kInvalidOid; std::vector<std::pair<Oid, int16_t>> columns; };
  std::vector<Origin> origin_of_relation_;
  std::vector<OutputColumn> returning_output_;
  std::vector<Oid> depends_on_;
  std::vector<ExprRef> set_functions_;                 // keeps what Scope::last_srf points to alive
  std::vector<std::pair<const AggregateCall*, int>> level_of_aggregate_;
};

}  // namespace gather::sql
