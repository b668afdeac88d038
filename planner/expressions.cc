#include "planner/expressions.h"

#include <algorithm>

namespace gather::planner {

void RelSet::Add(RelId id) {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), id.value);
  if (at == ids_.end() || *at != id.value) ids_.insert(at, id.value);
}

void RelSet::Add(const RelSet& other) {
  for (uint32_t id : other.ids_) Add(RelId(id));
}

bool RelSet::Contains(RelId id) const { return std::binary_search(ids_.begin(), ids_.end(), id.value); }

bool RelSet::Intersects(const RelSet& other) const {
  for (auto a = ids_.begin(), b = other.ids_.begin(); a != ids_.end() && b != other.ids_.end();) {
    if (*a == *b) return true;
    if (*a < *b) ++a; else ++b;
  }
  return false;
}

bool RelSet::IsSubsetOf(const RelSet& other) const {
  return std::includes(other.ids_.begin(), other.ids_.end(), ids_.begin(), ids_.end());
}

void ColumnSet::Add(ColumnRef column) {
  const auto at = std::lower_bound(columns_.begin(), columns_.end(), column);
  if (at == columns_.end() || *at != column) columns_.insert(at, column);
}

void ColumnSet::AddFrom(const ExprRef& expr) {
  sql::Walk(expr, [this](const Expr& node) {
    if (node.kind == ExprKind::kColumn) Add(RefOf(node));
    return true;
  });
}

void ColumnSet::Remove(ColumnRef column) {
  const auto at = std::lower_bound(columns_.begin(), columns_.end(), column);
  if (at != columns_.end() && *at == column) columns_.erase(at);
}

bool ColumnSet::Contains(ColumnRef column) const { return std::binary_search(columns_.begin(), columns_.end(), column); }

Column ColumnOf(const Expr& column) { return {RefOf(column), column.type, column.collation, column.name}; }

ExprRef MakeColumn(const Column& column) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kColumn;
  expr->type = column.type;
  expr->collation = column.collation;
  expr->relation = column.ref.relation;
  expr->index = column.ref.index;
  expr->name = column.name;
  return expr;
}

ExprRef MakeExecParameter(uint32_t number, SqlType type) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kExecParameter;
  expr->type = type;
  expr->index = number;
  return expr;
}

ExprRef MakeUnary(ExprKind kind, ExprRef operand) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = type_oid::kBool;
  expr->children.push_back(std::move(operand));
  return expr;
}

ExprRef MakeNot(ExprRef operand) { return MakeUnary(ExprKind::kNot, std::move(operand)); }

ExprRef MakeBool(bool value) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kConstant;
  expr->type = type_oid::kBool;
  expr->constant = Datum::Bool(value);
  return expr;
}

ExprRef MakeOr(std::vector<ExprRef> terms) {
  if (terms.empty()) return MakeBool(false);
  if (terms.size() == 1) return terms[0];
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kOr;
  expr->type = type_oid::kBool;
  for (ExprRef& term : terms) {
    if (term->kind == ExprKind::kOr) expr->children.insert(expr->children.end(), term->children.begin(), term->children.end());
    else expr->children.push_back(std::move(term));
  }
  return expr;
}

ExprRef MakeCoalesce(ExprRef value, ExprRef otherwise) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kCoalesce;
  expr->type = value->type;
  expr->collation = value->collation;
  expr->children = {std::move(value), std::move(otherwise)};
  return expr;
}

ExprRef MakeCall(const catalog::FunctionInfo* function, const catalog::OperatorInfo* op, SqlType type, std::vector<ExprRef> arguments) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kFunction;
  expr->type = type;
  expr->function = function;
  expr->op = op;
  expr->children = std::move(arguments);
  return expr;
}

void SplitConjuncts(const ExprRef& expr, std::vector<ExprRef>* terms) {
  if (expr == nullptr || sql::IsConstantTrue(*expr)) return;
  if (expr->kind != ExprKind::kAnd) {
    terms->push_back(expr);
    return;
  }
  for (const ExprRef& child : expr->children) SplitConjuncts(child, terms);
}

std::vector<ExprRef> Conjuncts(const ExprRef& expr) {
  std::vector<ExprRef> terms;
  SplitConjuncts(expr, &terms);
  return terms;
}

void AddRelations(const ExprRef& expr, RelSet* relations) {
  sql::Walk(expr, [relations](const Expr& node) {
    if (node.kind == ExprKind::kColumn) relations->Add(node.relation);
    return true;
  });
}

RelSet RelationsOf(const ExprRef& expr) {
  RelSet relations;
  AddRelations(expr, &relations);
  return relations;
}

bool HasColumns(const ExprRef& expr) {
  bool found = false;
  sql::Walk(expr, [&found](const Expr& node) {
    found = found || node.kind == ExprKind::kColumn || node.kind == ExprKind::kSlot || node.kind == ExprKind::kOuterSlot;
    return !found;
  });
  return found;
}

bool HasKind(const ExprRef& expr, ExprKind kind) {
  bool found = false;
  sql::Walk(expr, [&found, kind](const Expr& node) {
    found = found || node.kind == kind;
    return !found;
  });
  return found;
}

ExprRef Substitute(const ExprRef& expr, const ColumnMap& map) {
  if (expr == nullptr || map.empty()) return expr;
  return sql::Rewrite(expr, [&map](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    const auto found = map.find(RefOf(*node));
    return found == map.end() ? nullptr : found->second;
  });
}

catalog::Volatility VolatilityOf(const ExprRef& expr) {
  using catalog::Volatility;
  Volatility worst = Volatility::kImmutable;
  sql::Walk(expr, [&worst](const Expr& node) {
    ForEachFunction(node, [&worst](const catalog::FunctionInfo& function) {
      if (function.volatility == Volatility::kVolatile) worst = Volatility::kVolatile;
      else if (function.volatility == Volatility::kStable && worst == Volatility::kImmutable) worst = Volatility::kStable;
    });
    if (node.kind == ExprKind::kIoCast && worst == Volatility::kImmutable) worst = Volatility::kStable;
    return worst != Volatility::kVolatile;
  });
  return worst;
}

catalog::ParallelSafety ParallelSafetyOf(const ExprRef& expr) {
  using catalog::ParallelSafety;
  ParallelSafety worst = ParallelSafety::kSafe;
  sql::Walk(expr, [&worst](const Expr& node) {
    ForEachFunction(node, [&worst](const catalog::FunctionInfo& function) {
      if (function.parallel == ParallelSafety::kUnsafe) worst = ParallelSafety::kUnsafe;
      else if (function.parallel == ParallelSafety::kRestricted && worst == ParallelSafety::kSafe) worst = ParallelSafety::kRestricted;
    });
    return worst != ParallelSafety::kUnsafe;
  });
  return worst;
}

bool IsStrict(const ExprRef& expr, const RelSet& relations) {
  if (expr == nullptr) return false;
  const auto any_child = [&] {
    return std::any_of(expr->children.begin(), expr->children.end(), [&](const ExprRef& child) { return child != nullptr && IsStrict(child, relations); });
  };
  switch (expr->kind) {
    case ExprKind::kColumn: return relations.Contains(expr->relation);
    case ExprKind::kFunction: return expr->function != nullptr && expr->function->strict && any_child();
    case ExprKind::kIoCast: case ExprKind::kRelabel: case ExprKind::kNot: case ExprKind::kSubscript: case ExprKind::kFieldSelect: return any_child();
    case ExprKind::kArrayCoerce: return IsStrict(expr->children[0], relations);
    // Null or empty arrays make ALL true; the tested value's null does not get past a strict operator and a non-empty list.
    case ExprKind::kInList: return IsStrict(expr->children[0], relations);
    case ExprKind::kNullIf: return IsStrict(expr->children[0], relations);
    case ExprKind::kAnd: case ExprKind::kOr:
      return std::all_of(expr->children.begin(), expr->children.end(), [&](const ExprRef& child) { return IsStrict(child, relations); });
    default: return false;
  }
}

bool RejectsNulls(const ExprRef& expr, const RelSet& relations) {
  switch (expr->kind) {
    case ExprKind::kAnd:
      return std::any_of(expr->children.begin(), expr->children.end(), [&](const ExprRef& child) { return RejectsNulls(child, relations); });
    case ExprKind::kOr:
      return std::all_of(expr->children.begin(), expr->children.end(), [&](const ExprRef& child) { return RejectsNulls(child, relations); });
    case ExprKind::kIsNotNull: case ExprKind::kIsTrue: case ExprKind::kIsFalse: case ExprKind::kIsNotUnknown:
      return IsStrict(expr->children[0], relations);
    case ExprKind::kScalarArray: return expr->any && expr->function->strict && IsStrict(expr->children[0], relations);
    default: return IsStrict(expr, relations);
  }
}

bool IsEquality(const Expr& expr) {
  return expr.kind == ExprKind::kFunction && expr.op != nullptr && expr.children.size() == 2 && expr.op->hashes && expr.op->name == "=";
}

const ExprRef& StripRelabel(const ExprRef& expr) {
  const ExprRef* at = &expr;
  while ((*at)->kind == ExprKind::kRelabel) at = &(*at)->children[0];
  return *at;
}

ExprRef MakeNullSafeEqual(ExprRef left, ExprRef right, const catalog::FunctionRegistry* functions) {
  auto distinct = std::make_shared<Expr>();
  if (functions != nullptr) {
    Oid type = left->type.oid == type_oid::kVarchar ? type_oid::kText : left->type.oid;
    if (IsArrayType(type)) type = type_oid::kAnyarray;
    distinct->op = functions->FindOperator("=", type, type);
    if (distinct->op != nullptr) distinct->function = functions->FunctionOf(*distinct->op);
  }
  distinct->kind = ExprKind::kDistinctFrom;
  distinct->type = type_oid::kBool;
  distinct->children = {std::move(left), std::move(right)};
  return MakeNot(std::move(distinct));
}

bool IsNullSafeEqual(const Expr& expr) {
  return expr.kind == ExprKind::kNot && expr.children[0]->kind == ExprKind::kDistinctFrom;
}

bool HasDatumFalseOrNull(const Expr& expr) {
  return expr.kind == ExprKind::kConstant && expr.type.oid == type_oid::kBool && (expr.constant.is_null || expr.constant.as<uint8_t>() == 0);
}

ExprRef ReplaceCaseTest(const ExprRef& when, const ExprRef& value) {
  CheckStackDepth();
  if (when == nullptr || (when->kind == ExprKind::kCase && when->case_test)) return when;
  if (when->kind == ExprKind::kCaseTest) return value;
  std::shared_ptr<Expr> copy;
  const size_t children = when->kind == ExprKind::kArrayCoerce ? 1 : when->children.size();
  for (size_t i = 0; i < children; ++i) {
    ExprRef child = ReplaceCaseTest(when->children[i], value);
    if (child == when->children[i]) continue;
    if (copy == nullptr) copy = std::make_shared<Expr>(*when);
    copy->children[i] = std::move(child);
  }
  return copy == nullptr ? when : copy;
}

}  // namespace gather::planner
