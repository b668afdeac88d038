// Small questions about bound expressions and small rewrites of them, shared by the rules, the cost model and the physical planner.
//
// In the planner every column has one identity for the whole statement: (relation, index), see ColumnRef. Base relations bring theirs
// from the binder; operators that compute columns (Project, Aggregate, …) get a fresh RelId. Pure functions; thread-safe.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "catalog/function.h"
#include "sql/expression.h"

namespace gather::planner {

using sql::Expr;
using sql::ExprKind;
using sql::ExprRef;
using sql::RelId;

struct ColumnRef {
  RelId relation;
  uint32_t index = 0;
  auto operator<=>(const ColumnRef&) const = default;
};

// A column with what is needed to refer to it.
struct Column {
  ColumnRef ref;
  SqlType type;
  Oid collation = kInvalidOid;
  std::string name;
};

// A set of relations: sorted numbers.
class RelSet {
 public:
  RelSet() = default;
  explicit RelSet(RelId id) : ids_{id.value} {}
  bool empty() const { return ids_.empty(); }
  size_t size() const { return ids_.size(); }
  void Add(RelId id);
  void Add(const RelSet& other);
  bool Contains(RelId id) const;
  bool Intersects(const RelSet& other) const;
  bool IsSubsetOf(const RelSet& other) const;
  const std::vector<uint32_t>& ids() const { return ids_; }
  bool operator==(const RelSet&) const = default;

 private:
  std::vector<uint32_t> ids_;
};

// A set of columns: sorted.
class ColumnSet {
 public:
  void Add(ColumnRef column);
  void Add(const ColumnSet& other) { for (ColumnRef column : other.columns_) Add(column); }
  void AddFrom(const ExprRef& expr);                   // every column `expr` refers to
  void Remove(ColumnRef column);
  bool Contains(ColumnRef column) const;
  bool empty() const { return columns_.empty(); }
  size_t size() const { return columns_.size(); }
  auto begin() const { return columns_.begin(); }
  auto end() const { return columns_.end(); }

 private:
  std::vector<ColumnRef> columns_;
};

inline ColumnRef RefOf(const Expr& column) { return {column.relation, column.index}; }
Column ColumnOf(const Expr& column);
ExprRef MakeColumn(const Column& column);
ExprRef MakeExecParameter(uint32_t number, SqlType type);
ExprRef MakeNot(ExprRef operand);
ExprRef MakeOr(std::vector<ExprRef> terms);            // false for none, the term for one; flattens
ExprRef MakeUnary(ExprKind kind, ExprRef operand);     // a boolean test
ExprRef MakeBool(bool value);
ExprRef MakeCoalesce(ExprRef value, ExprRef otherwise);
ExprRef MakeCall(const catalog::FunctionInfo* function, const catalog::OperatorInfo* op, SqlType type, std::vector<ExprRef> arguments);

// The terms of nested ANDs. Constant true disappears.
void SplitConjuncts(const ExprRef& expr, std::vector<ExprRef>* terms);
std::vector<ExprRef> Conjuncts(const ExprRef& expr);

void AddRelations(const ExprRef& expr, RelSet* relations);
RelSet RelationsOf(const ExprRef& expr);
bool HasColumns(const ExprRef& expr);                  // kColumn, kSlot or kOuterSlot
bool HasKind(const ExprRef& expr, ExprKind kind);

using ColumnMap = std::map<ColumnRef, ExprRef>;
ExprRef Substitute(const ExprRef& expr, const ColumnMap& map);

catalog::Volatility VolatilityOf(const ExprRef& expr);
inline bool IsVolatile(const ExprRef& expr) { return VolatilityOf(expr) == catalog::Volatility::kVolatile; }
catalog::ParallelSafety ParallelSafetyOf(const ExprRef& expr);
// Functions behind an expression node, those of comparisons included.
template <class Visit>
void ForEachFunction(const Expr& expr, const Visit& visit) {
  if (expr.function != nullptr) visit(*expr.function);
  for (const catalog::FunctionInfo* function : expr.test_functions) visit(*function);
  if (expr.aggregate != nullptr && expr.aggregate->function != nullptr) visit(*expr.aggregate->function);
  if (expr.window != nullptr && expr.window->function != nullptr) visit(*expr.window->function);
}

// Null when every column of `relations` is null, whatever the others are.
bool IsStrict(const ExprRef& expr, const RelSet& relations);
// Not true when every column of `relations` is null: as a filter above an outer join, it undoes the null-extended rows.
bool RejectsNulls(const ExprRef& expr, const RelSet& relations);

// left = right by a hashable equality operator.
bool IsEquality(const Expr& expr);
// expr without binary-coercible casts around it.
const ExprRef& StripRelabel(const ExprRef& expr);
// column IS NOT DISTINCT FROM column, made by the planner: usable as a null-safe join key.
ExprRef MakeNullSafeEqual(ExprRef left, ExprRef right, const catalog::FunctionRegistry* functions);
bool IsNullSafeEqual(const Expr& expr);

bool HasDatumFalseOrNull(const Expr& expr);            // constant that no filter lets through

// A WHEN of a CASE with its test value in place. A CASE in it, or a conversion of array elements, has test values of its own.
ExprRef ReplaceCaseTest(const ExprRef& when, const ExprRef& value);

}  // namespace gather::planner
