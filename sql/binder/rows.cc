// Comparisons of rows, spelt out column by column.
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

void CheckLengths(size_t left, size_t right, int location) {
  if (left != right) throw SqlError(sqlstate::kSyntaxError, "unequal number of entries in row expressions").At(location);
  if (left == 0) throw SqlError(sqlstate::kFeatureNotSupported, "cannot compare rows of zero length").At(location);
}

}  // namespace

ExprRef Binder::MakeRowComparison(ast::Names name, const std::vector<ExprRef>& left, const std::vector<ExprRef>& right, Scope& scope, int location) {
  CheckLengths(left.size(), right.size(), location);
  std::vector<ExprRef> tests;
  for (size_t i = 0; i < left.size(); ++i) {
    ExprRef test = MakeOperator(name, left[i], right[i], scope, location);
    if (test->type.oid != kBool) {
      throw SqlError(sqlstate::kDatatypeMismatch, "row comparison operator must yield type boolean, not type " + FormatType(test->type)).At(location);
    }
    tests.push_back(std::move(test));
  }
  if (tests.size() == 1) return tests[0];
  const std::string_view op = name.back();
  if (op == "=") return MakeBool(ExprKind::kAnd, std::move(tests), location);
  if (op == "<>") return MakeBool(ExprKind::kOr, std::move(tests), location);
  if (op != "<" && op != "<=" && op != ">" && op != ">=") {
    throw SqlError(sqlstate::kFeatureNotSupported, "could not determine interpretation of row comparison operator " + std::string(op))
        .Hint("Row comparison operators must be associated with btree operator families.")
        .At(location);
  }
  // (a, b, c) < (x, y, z)  =  a < x OR (a = x AND (b < y OR (b = y AND c < z))); only the last comparison may be inclusive. The expansion
  // knows what the row comparison would not (a < x known, b unknown): the same three-valued result.
  const std::string strict(op.substr(0, 1));
  ExprRef result = tests.back();
  for (size_t i = left.size() - 1; i-- > 0;) {
    ExprRef less = MakeOperator(strict, left[i], right[i], scope, location);
    ExprRef equal = MakeOperator("=", left[i], right[i], scope, location);
    ExprRef rest = MakeBool(ExprKind::kAnd, {std::move(equal), std::move(result)}, location);
    result = MakeBool(ExprKind::kOr, {std::move(less), std::move(rest)}, location);
  }
  return result;
}

ExprRef Binder::MakeRowDistinct(const std::vector<ExprRef>& left, const std::vector<ExprRef>& right, Scope&, int location) {
  if (left.size() != right.size()) throw SqlError(sqlstate::kSyntaxError, "unequal number of entries in row expressions").At(location);
  std::vector<ExprRef> tests;
  for (size_t i = 0; i < left.size(); ++i) tests.push_back(MakeDistinct(left[i], right[i], location));
  if (tests.empty()) return MakeConstant(Datum::Bool(false), location);
  return tests.size() == 1 ? tests[0] : MakeBool(ExprKind::kOr, std::move(tests), location);
}

}  // namespace gather::sql
