#include "planner/physical/cost.h"

#include <algorithm>
#include <cmath>

#include "types/array.h"

namespace gather::planner {

double CostModel::Sort(double rows) const {
  return rows * std::log2(std::max(2.0, rows)) * settings_.cpu_operator_cost * kSortFactor;
}

double CostModel::SeqScan(double table_rows, double columns, double operators) const {
  return table_rows * (ScanRow() * (0.25 + 0.25 * columns) + operators * Operator());
}

double OperatorsOf(const ExprRef& expr) {
  // Measured on vectors in the cache: an integer comparison takes 1.2 ns, one of strings 6 ns, a pattern 12 ns and more.
  constexpr double kNumeric = 2, kString = 5, kPattern = 10, kRegularExpression = 40;
  constexpr double kMostElements = 8;                  // of a list: longer ones are hashed
  if (expr == nullptr) return 0;
  const double sum = OperatorsOf(expr->children);
  if (expr->children.empty() || expr->kind == sql::ExprKind::kAnd || expr->kind == sql::ExprKind::kOr) return sum;
  const SqlType type = expr->children[0] == nullptr ? expr->type : expr->children[0]->type;
  double own = 1;
  if (type.oid == type_oid::kNumeric) own = kNumeric;
  else if (GetType(type.oid).physical == PhysicalType::kString) own = kString;
  if (expr->op != nullptr && expr->op->name.find("~~") != std::string_view::npos) own = kPattern;
  else if (expr->op != nullptr && expr->op->name.find('~') != std::string_view::npos && own == kString) own = kRegularExpression;
  if (expr->kind == sql::ExprKind::kScalarArray && sql::IsConstant(*expr->children[1]) && !expr->children[1]->constant.is_null) {
    own *= std::min(kMostElements, static_cast<double>(ArrayReader(expr->children[1]->constant.bytes).size()));
  } else if (expr->kind == sql::ExprKind::kInList) {
    own *= std::min(kMostElements, static_cast<double>(expr->children.size() - 1));
  }
  return sum + own;
}

double OperatorsOf(const std::vector<ExprRef>& exprs) {
  double sum = 0;
  for (const ExprRef& expr : exprs) sum += OperatorsOf(expr);
  return sum;
}

double CostModel::IndexScan(double rows, double together) const {
  const double vectors = std::max(1.0, rows / std::max(1.0, together));
  return Descent() + (vectors - 1) * settings_.random_page_cost * kVectorFactor + std::max(0.0, rows - 1) * IndexRow();
}

double CostModel::BitmapHeapScan(double rows, double table_rows) const {
  // Vectors that hold at least one of the rows, if these are spread evenly.
  const double vectors = std::max(1.0, table_rows / kVectorSize);
  const double touched = vectors * (1 - std::pow(1 - 1 / vectors, rows));
  return touched * settings_.random_page_cost * kVectorFactor + rows * IndexRow() * kPickedRow;
}

double CostModel::HashJoin(double outer_rows, double inner_rows, double out_rows) const {
  return HashRow() * (outer_rows + 2 * inner_rows) + ScanRow() * out_rows;
}

double CostModel::NestedLoop(double outer_rows, double inner_rows) const {
  return outer_rows * inner_rows * Operator() + ScanRow() * (outer_rows + inner_rows);
}

double CostModel::Aggregate(double rows, double groups, size_t keys, size_t aggregates) const {
  return rows * (keys == 0 ? 0.0 : HashRow()) + rows * Operator() * static_cast<double>(aggregates + keys) + groups * ScanRow();
}

int TypeWidth(SqlType type) {
  const TypeInfo* info = FindType(type.oid);
  if (info == nullptr) return 32;
  if (info->length > 0) return info->length;
  // varchar(n) and char(n): n characters, the longer ones assumed half full.
  if (type.typmod > 4 && (type.oid == type_oid::kVarchar || type.oid == type_oid::kBpchar)) {
    const int length = type.typmod - 4;
    if (type.oid == type_oid::kBpchar) return length + 1;
    return length <= 32 ? length : length < 1000 ? 32 + (length - 32) / 2 : 32 + (1000 - 32) / 2;
  }
  return 32;
}

}  // namespace gather::planner
