// pg_statistic and pg_stats: what ANALYZE found out about columns.
#include <optional>

#include "catalog/operator_classes.h"
#include "catalog/system_views/rows.h"
#include "catalog/type_functions.h"
#include "storage/analysis/analysis.h"
#include "types/array.h"
#include "types/io_settings.h"

namespace gather::catalog {

namespace {

// An array of the values as PostgreSQL prints it.
std::string ArrayText(const Vector& values, uint32_t count, SqlType type, const IoSettings& io) {
  ArrayBuilder builder(type.oid);
  for (uint32_t i = 0; i < count; ++i) builder.Add(values, i);
  const TypeInfo* element = FindType(type.oid);
  const TypeInfo& array = GetType(element != nullptr && element->array != kInvalidOid ? element->array : type_oid::kTextArray);
  const Vector value = Vector::Constant(Datum::String(array.oid, builder.Finish()));
  std::string text;
  array.text_out(value, 0, io, text);
  return text;
}

Datum FloatArray(const std::vector<float>& values) {
  Vector vector(type_oid::kFloat4, static_cast<uint32_t>(std::max<size_t>(1, values.size())));
  std::copy(values.begin(), values.end(), vector.data<float>());
  ArrayBuilder builder(type_oid::kFloat4);
  for (uint32_t i = 0; i < values.size(); ++i) builder.Add(vector, i);
  return Datum::String(type_oid::kFloat4Array, builder.Finish());
}

template <class Visit>
void ForEachAnalysed(const SystemViewContext& context, const Visit& visit) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kTable || relation->table == nullptr) continue;
    const storage::AnalysisRef analysis = storage::KeptAnalysis(*relation->table);
    // PostgreSQL stores nothing of a table that has always been empty.
    if (analysis == nullptr || analysis->sample_rows == 0) continue;
    for (const ColumnEntry& column : relation->columns) {
      const storage::ColumnAnalysis* found = column.dropped ? nullptr : analysis->Find(column.id, column.type);
      if (found != nullptr && found->listed) visit(*relation, column, *found);
    }
  }
}

// The operator of a strategy (1: <, 3: =) of the type's default order.
Oid OperatorOf(Oid type, int16_t strategy) {
  const OperatorClass* order = DefaultOperatorClass(type);
  if (order == nullptr) return kInvalidOid;
  for (const FamilyOperator& op : FamilyOperators()) {
    if (op.family == order->family && op.left == order->type && op.right == order->type && op.strategy == strategy) return op.op;
  }
  return kInvalidOid;
}

}  // namespace

void PgStats(const SystemViewContext& context, RowWriter& out) {
  const IoSettings io = context.session.settings().Io();
  ForEachAnalysed(context, [&](const RelationEntry& relation, const ColumnEntry& column, const storage::ColumnAnalysis& found) {
    const SchemaEntry* schema = context.catalog.FindSchema(relation.schema);
    out.Text(schema == nullptr ? "" : schema->name).Text(relation.name).Text(column.name).Bool(false);
    out.Float4(static_cast<float>(found.null_fraction)).Int4(static_cast<int32_t>(found.average_width)).Float4(static_cast<float>(found.distinct));
    if (found.frequencies.empty()) {
      out.Nulls(2);
    } else {
      out.Text(ArrayText(found.common, static_cast<uint32_t>(found.frequencies.size()), column.type, io)).Add(FloatArray(found.frequencies));
    }
    if (found.bound_count == 0) out.Null(); else out.Text(ArrayText(found.bounds, found.bound_count, column.type, io));
    if (found.correlation.has_value()) out.Float4(*found.correlation); else out.Null();
    out.Nulls(3);
  });
}

void PgStatistic(const SystemViewContext& context, RowWriter& out) {
  const IoSettings io = context.session.settings().Io();
  ForEachAnalysed(context, [&](const RelationEntry& relation, const ColumnEntry& column, const storage::ColumnAnalysis& found) {
    struct Slot {
      int16_t kind;
      Oid op;
      std::optional<std::vector<float>> numbers;
      std::optional<std::string> values;
    };
    constexpr size_t kSlots = 5;
    std::vector<Slot> slots;
    const Oid less = OperatorOf(column.type.oid, 1), equal = OperatorOf(column.type.oid, 3);
    if (!found.frequencies.empty()) {
      slots.push_back({1, equal, found.frequencies, ArrayText(found.common, static_cast<uint32_t>(found.frequencies.size()), column.type, io)});
    }
    if (found.bound_count != 0) slots.push_back({2, less, {}, ArrayText(found.bounds, found.bound_count, column.type, io)});
    if (found.correlation.has_value()) slots.push_back({3, less, std::vector<float>{*found.correlation}, {}});
    const size_t used = slots.size();
    slots.resize(kSlots);
    out.OfOid(relation.oid).Int2(column.id.value).Bool(false).Float4(static_cast<float>(found.null_fraction));
    out.Int4(static_cast<int32_t>(found.average_width)).Float4(static_cast<float>(found.distinct));
    for (const Slot& slot : slots) out.Int2(slot.kind);
    for (const Slot& slot : slots) out.OfOid(slot.op);
    for (size_t i = 0; i < kSlots; ++i) out.OfOid(i < used ? column.collation : kInvalidOid);
    for (const Slot& slot : slots) slot.numbers.has_value() ? out.Add(FloatArray(*slot.numbers)) : out.Null();
    for (const Slot& slot : slots) slot.values.has_value() ? out.Text(*slot.values) : out.Null();
  });
}

}  // namespace gather::catalog
