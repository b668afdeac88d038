// Which conditions an ordered index can answer.
#include <algorithm>

#include "planner/physical/lowering.h"
#include "types/array.h"
#include "types/integer_datum.h"
#include "types/numeric.h"

namespace gather::planner {

namespace {

bool IsByteString(Oid type) { return type == type_oid::kText || type == type_oid::kVarchar; }

std::string_view Commuted(std::string_view name) {
  if (name == "<") return ">";
  if (name == "<=") return ">=";
  if (name == ">") return "<";
  if (name == ">=") return "<=";
  return name;
}

// The values that a column is compared with by IN or = ANY.
bool ListValues(const Expr& condition, std::vector<ExprRef>* values) {
  if (condition.kind == ExprKind::kInList) {
    values->assign(condition.children.begin() + 1, condition.children.end());
    return !condition.negated;
  }
  if (condition.kind != ExprKind::kScalarArray || !condition.any || condition.op == nullptr || condition.op->name != "=") return false;
  const Expr& array = *condition.children[1];
  if (array.kind == ExprKind::kArray) {
    *values = array.children;
    return std::none_of(values->begin(), values->end(), [](const ExprRef& value) { return IsArray(GetType(value->type.oid)); });
  }
  if (!sql::IsConstant(array) || array.constant.is_null) return false;
  ArrayReader reader(array.constant.bytes);
  ArrayReader::Element element;
  while (reader.Next(&element)) values->push_back(sql::MakeConstant(ArrayElementDatum(reader.element_type(), element)));
  return true;
}

}  // namespace

ExprRef KeyValue(const ExprRef& value, SqlType key, const catalog::FunctionRegistry* functions) {
  const Oid from = value->type.oid;
  if (from == key.oid) return value;
  if (IsByteString(from) && IsByteString(key.oid)) return value;
  if (!IsIntegerType(from) || !IsIntegerType(key.oid)) return nullptr;
  if (sql::IsConstant(*value)) {
    if (value->constant.is_null) return sql::MakeConstant(Datum::Null(key.oid));
    const std::optional<Datum> number = IntegerDatum(IntegerOf(value->constant), key.oid);
    return number.has_value() ? sql::MakeConstant(*number) : nullptr;
  }
  const bool widens = from == type_oid::kInt2 || (from == type_oid::kInt4 && key.oid == type_oid::kInt8);
  return widens ? CastTo(value, SqlType(key.oid), functions) : nullptr;
}

std::vector<Lowering::IndexMatch> Lowering::MatchIndexes(const Get& get, const std::vector<ExprRef>& conditions, const RelSet& outer) {
  std::vector<IndexMatch> matches;
  if (get.relation->kind != sql::RelationKind::kTable || get.relation->table == nullptr) return matches;
  const catalog::RelationEntry& table = *get.relation->table;
  if (table.indexes.empty()) return matches;
  // Comparisons of one column with something known before the scan: a value, or a column of the outer side.
  struct Comparison { ColumnId column; SqlType type; std::string_view op; ExprRef value, condition; };
  std::vector<Comparison> comparisons;
  // column IN (values)
  struct List { ColumnId column; std::vector<ExprRef> values; ExprRef condition; };
  std::vector<List> lists;
  for (const ExprRef& condition : conditions) {
    std::vector<ExprRef> values;
    if (ListValues(*condition, &values)) {
      const ExprRef& column = StripRelabel(condition->children[0]);
      if (column->kind != ExprKind::kColumn || column->relation != get.id || column->index >= table.columns.size()) continue;
      const catalog::ColumnEntry& entry = table.columns[column->index];
      List list{entry.id, {}, condition};
      for (const ExprRef& value : values) {
        ExprRef converted = HasColumns(value) || IsVolatile(value) ? nullptr : KeyValue(value, entry.type, planning_.context.functions);
        if (converted == nullptr) break;
        list.values.push_back(std::move(converted));
      }
      if (list.values.size() == values.size() && !values.empty()) lists.push_back(std::move(list));
      continue;
    }
    if (condition->kind != ExprKind::kFunction || condition->op == nullptr || condition->children.size() != 2) continue;
    const std::string_view name = condition->op->name;
    if (name != "=" && name != "<" && name != "<=" && name != ">" && name != ">=") continue;
    for (const bool commuted : {false, true}) {
      const ExprRef& column = StripRelabel(condition->children[commuted ? 1 : 0]);
      const ExprRef& value = condition->children[commuted ? 0 : 1];
      if (column->kind != ExprKind::kColumn || column->relation != get.id || column->index >= table.columns.size()) continue;
      if (!RelationsOf(value).IsSubsetOf(outer) || IsVolatile(value)) continue;
      const catalog::ColumnEntry& entry = table.columns[column->index];
      if (ExprRef converted = KeyValue(value, entry.type, planning_.context.functions)) {
        comparisons.push_back({entry.id, entry.type, commuted ? Commuted(name) : name, std::move(converted), condition});
      }
    }
  }
  for (Oid oid : table.indexes) {
    catalog::RelationRef relation = planning_.statement.catalog->FindRelation(oid);
    if (relation == nullptr || !relation->index.has_value()) continue;
    const catalog::IndexEntry& index = *relation->index;
    if (!index.valid || index.ordered == nullptr || !index.predicate_sql.empty()) continue;
    IndexMatch match;
    match.index = relation;
    size_t at = 0;
    for (; at < index.columns.size(); ++at) {
      const auto found = std::find_if(comparisons.begin(), comparisons.end(), [&](const Comparison& comparison) {
        return comparison.column == index.columns[at].column && comparison.op == "=";
      });
      if (found != comparisons.end()) {
        match.equal.push_back(found->value);
        match.used.push_back(found->condition);
        continue;
      }
      const auto list = std::find_if(lists.begin(), lists.end(), [&](const List& candidate) { return candidate.column == index.columns[at].column; });
      if (list == lists.end() || !match.any.empty()) break;
      match.any = list->values;
      match.any_at = static_cast<uint32_t>(at);
      match.equal.push_back(list->values[0]);
      match.used.push_back(list->condition);
    }
    match.unique = index.unique() && at == index.columns.size() && !match.used.empty() && match.any.empty();
    if (at < index.columns.size() && index.columns[at].column.value != 0) {
      for (const Comparison& comparison : comparisons) {
        if (comparison.column != index.columns[at].column || comparison.op == "=") continue;
        const bool is_lower = comparison.op == ">" || comparison.op == ">=";
        ExprRef& bound = is_lower ? match.lower : match.upper;
        if (bound != nullptr) continue;                // one bound of a kind: further ones stay in the filter
        bound = comparison.value;
        (is_lower ? match.lower_inclusive : match.upper_inclusive) = comparison.op.size() == 2;
        match.used.push_back(comparison.condition);
      }
    }
    const double rows = estimator_.TableRows(table);
    match.rows = match.unique ? 1 : std::max(1.0, rows * estimator_.Selectivity(match.used, outer.empty() ? static_cast<const LogicalNode*>(&get) : nullptr));
    if (!match.unique && !match.equal.empty() && index.columns[0].column.value > 0) {
      match.together = estimator_.RowsTogether(get, static_cast<uint32_t>(index.columns[0].column.value - 1));
    }
    matches.push_back(std::move(match));
  }
  // The most selective first; unique keys before all.
  std::stable_sort(matches.begin(), matches.end(), [](const IndexMatch& a, const IndexMatch& b) {
    return a.unique != b.unique ? a.unique : a.rows < b.rows;
  });
  return matches;
}

}  // namespace gather::planner
