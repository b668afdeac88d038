// pg_class, pg_attribute, pg_attrdef, pg_index, pg_constraint, pg_sequence, pg_rewrite: relations and what belongs to them.
#include <algorithm>

#include "catalog/operator_classes.h"
#include "catalog/system_views/rows.h"
#include "catalog/type_functions.h"
#include "index/ordered_index.h"
#include "storage/table.h"

namespace gather::catalog {

char ShownKind(const RelationEntry& relation) {
  return relation.kind == RelationKind::kSystemView ? relation.system_view->shown_kind : static_cast<char>(relation.kind);
}

namespace {
// An expression's key is called after the function it calls, else "expr"; numbered when the index has that name already.
std::string KeyName(const std::string& expression, const std::vector<ShownColumn>& before) {
  size_t end = 0;
  while (end < expression.size() && (std::isalnum(static_cast<unsigned char>(expression[end])) || expression[end] == '_' || expression[end] == '.')) end++;
  std::string base = "expr";
  if (end > 0 && end < expression.size() && expression[end] == '(') {
    const size_t dot = expression.rfind('.', end);
    const size_t begin = dot == std::string::npos ? 0 : dot + 1;
    base = expression.substr(begin, end - begin);
  }
  std::string name = base;
  for (int number = 1;; number++) {
    const bool taken = std::any_of(before.begin(), before.end(), [&](const ShownColumn& column) { return column.name == name; });
    if (!taken) return name;
    name = base + std::to_string(number);
  }
}
}  // namespace

std::vector<ShownColumn> IndexColumns(const CatalogSnapshot& catalog, const RelationEntry& index) {
  std::vector<ShownColumn> columns;
  const RelationRef table = catalog.FindRelation(index.index->table);
  if (table == nullptr) return columns;
  const auto collation_of = [](Oid type) {
    const TypeFunctions* functions = FindTypeFunctions(type);
    return functions == nullptr ? kInvalidOid : functions->collation;
  };
  for (const IndexColumn& column : index.index->columns) {
    if (column.column.value != 0) {
      const ColumnEntry& of = table->column(column.column);
      columns.push_back({of.name, of.type, of.collation});
    } else {
      columns.push_back({KeyName(column.expression_sql, columns), column.type, collation_of(column.type.oid)});
    }
  }
  for (ColumnId id : index.index->include) {
    const ColumnEntry& of = table->column(id);
    columns.push_back({of.name, of.type, of.collation});
  }
  return columns;
}

namespace {
// Blocks as PostgreSQL counts them, so that relpages * 8 kB is the size.
int32_t Pages(uint64_t bytes) { return static_cast<int32_t>(std::min<uint64_t>((bytes + 8191) / 8192, INT32_MAX)); }
}  // namespace

void PgClass(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    const char kind = ShownKind(*relation);
    storage::TableStatistics statistics;
    if (relation->table != nullptr) statistics = relation->table->statistics();
    float tuples = kind == 'r' ? static_cast<float>(statistics.rows) : 0;
    if (relation->kind == RelationKind::kIndex) {
      const RelationRef table = context.catalog.FindRelation(relation->index->table);
      if (table != nullptr && table->table != nullptr) tuples = static_cast<float>(table->table->statistics().rows);
      if (relation->index->ordered != nullptr) statistics.bytes = relation->index->ordered->ApproximateBytes();
    }
    if (relation->kind == RelationKind::kSequence) tuples = 1, statistics.bytes = 8192;
    if (relation->kind == RelationKind::kSystemView) tuples = -1;
    size_t columns = relation->columns.size();
    if (relation->kind == RelationKind::kIndex) columns = relation->index->columns.size() + relation->index->include.size();
    const Oid access_method = kind == 'r' ? kHeapAccessMethod : kind == 'i' ? kBtreeAccessMethod : kInvalidOid;
    const bool is_view = kind == 'v';
    out.OfOid(relation->oid).Text(relation->name).OfOid(relation->schema).OfOid(relation->row_type).OfOid(0).OfOid(relation->owner).OfOid(access_method);
    out.OfOid(is_view ? 0 : relation->oid).OfOid(0).Int4(Pages(statistics.bytes)).Float4(tuples).Int4(0).OfOid(0).Bool(!relation->indexes.empty());
    out.Bool(false).Char(relation->temporary ? 't' : 'p').Char(kind).Int2(static_cast<int16_t>(columns));
    out.Int2(static_cast<int16_t>(relation->checks.size())).Bool(is_view).Bool(!relation->foreign_keys.empty() || !relation->referenced_by.empty());
    out.Bool(false).Bool(false).Bool(false).Bool(true);
    out.Char(kind == 'r' ? (relation->schema == kPgCatalogSchema ? 'n' : 'd') : 'n').Bool(false).OfOid(0).OfOid(0).OfOid(0).Null();
    if (relation->options.empty()) {
      out.Null();
    } else {
      std::vector<std::string> options;
      for (const auto& [name, value] : relation->options) options.push_back(name + "=" + value);
      out.Texts(options);
    }
    out.Null();
  }
}

namespace {

struct Attribute {
  std::string_view name;
  SqlType type;
  int16_t number;
  bool not_null = false, has_default = false, has_missing = false, dropped = false;
  char identity = 0, generated = 0;
  int32_t statistics_target = -1;
  Oid collation = kInvalidOid;
};

void WriteAttribute(Oid relation, const Attribute& a, RowWriter& out) {
  const TypeInfo* type = FindType(a.type.oid);
  const TypeFunctions* functions = FindTypeFunctions(a.type.oid);
  out.OfOid(relation).Text(a.name).OfOid(a.dropped ? 0 : a.type.oid).Int4(a.dropped || a.number < 0 ? 0 : a.statistics_target);
  out.Int2(type == nullptr ? -1 : type->length).Int2(a.number).Int4(type != nullptr && IsArray(*type) ? 1 : 0).Int4(-1).Int4(a.type.typmod);
  out.Bool(type != nullptr && type->by_value).Char(type == nullptr ? 'i' : type->alignment).Char(functions == nullptr ? 'x' : functions->storage).Char(0);
  out.Bool(a.not_null).Bool(a.has_default).Bool(a.has_missing).Char(a.identity).Char(a.generated).Bool(a.dropped).Bool(true).Int4(0).OfOid(a.collation);
  out.Nulls(4);
}

}  // namespace

void PgAttribute(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind == RelationKind::kIndex) {
      int16_t number = 1;
      for (const ShownColumn& column : IndexColumns(context.catalog, *relation)) {
        Attribute attribute{column.name, column.type, number++};
        attribute.collation = column.collation;
        WriteAttribute(relation->oid, attribute, out);
      }
      continue;
    }
    if (relation->kind == RelationKind::kTable) {
      Attribute ctid{"ctid", type_oid::kTid, -1, true}, tableoid{"tableoid", type_oid::kOid, -6, true};
      WriteAttribute(relation->oid, tableoid, out);
      WriteAttribute(relation->oid, ctid, out);
    }
    for (const ColumnEntry& column : relation->columns) {
      Attribute attribute{column.name, column.type, column.id.value, column.not_null};
      const std::string dropped_name = "........pg.dropped." + std::to_string(column.id.value) + "........";
      if (column.dropped) attribute.name = dropped_name, attribute.not_null = false;
      attribute.has_default = !column.dropped && !column.default_sql.empty() && column.identity == Identity::kNone;
      attribute.has_missing = !column.missing.is_null;
      attribute.dropped = column.dropped;
      attribute.statistics_target = column.statistics_target;
      attribute.identity = static_cast<char>(column.identity);
      attribute.generated = column.generated ? 's' : 0;
      attribute.collation = column.collation;
      const TypeFunctions* functions = FindTypeFunctions(column.type.oid);
      if (functions != nullptr && functions->collation == kInvalidOid) attribute.collation = kInvalidOid;
      WriteAttribute(relation->oid, attribute, out);
    }
  }
}

void PgAttrdef(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    for (const ColumnEntry& column : relation->columns) {
      if (column.dropped || column.default_sql.empty() || column.identity != Identity::kNone) continue;
      out.OfOid(DefaultOid(*relation, column)).OfOid(relation->oid).Int2(column.id.value).Text(column.default_sql);
    }
  }
}

void PgIndex(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kIndex) continue;
    const IndexEntry& index = *relation->index;
    std::vector<int16_t> keys, options;
    std::vector<Oid> collations, classes;
    std::string expressions;
    const std::vector<ShownColumn> columns = IndexColumns(context.catalog, *relation);
    for (size_t i = 0; i < index.columns.size(); i++) {
      const IndexColumn& column = index.columns[i];
      keys.push_back(column.column.value);
      options.push_back(static_cast<int16_t>((column.order.descending ? 1 : 0) | (column.order.nulls_first ? 2 : 0)));
      collations.push_back(i < columns.size() ? columns[i].collation : kInvalidOid);
      const OperatorClass* operator_class = DefaultOperatorClass(column.type.oid);
      classes.push_back(operator_class == nullptr ? kInvalidOid : operator_class->oid);
      if (column.column.value == 0) expressions += (expressions.empty() ? "" : ", ") + column.expression_sql;
    }
    for (ColumnId include : index.include) keys.push_back(include.value);
    out.OfOid(relation->oid).OfOid(index.table).Int2(static_cast<int16_t>(keys.size())).Int2(static_cast<int16_t>(index.columns.size()));
    out.Bool(index.unique()).Bool(!index.nulls_distinct).Bool(index.kind == IndexKind::kPrimaryKey).Bool(false).Bool(true).Bool(false);
    out.Bool(index.valid).Bool(false).Bool(index.valid).Bool(true).Bool(false).Int2s(keys).Oids(collations).Oids(classes).Int2s(options);
    if (expressions.empty()) out.Null(); else out.Text(expressions);
    if (index.predicate_sql.empty()) out.Null(); else out.Text(index.predicate_sql);
  }
}

namespace {
void WriteConstraint(Oid oid, std::string_view name, Oid schema, char type, Oid table, Oid index, std::span<const ColumnId> columns,
                     std::string_view expression, RowWriter& out) {
  std::vector<int16_t> keys;
  for (ColumnId column : columns) keys.push_back(column.value);
  out.OfOid(oid).Text(name).OfOid(schema).Char(type).Bool(false).Bool(false).Bool(true).OfOid(table).OfOid(0).OfOid(index).OfOid(0).OfOid(0);
  out.Char(' ').Char(' ').Char(' ').Bool(true).Int4(0).Bool(type != 'c').Int2s(keys).Nulls(6);
  if (expression.empty()) out.Null(); else out.Text(expression);
}
}  // namespace

namespace {
std::vector<int16_t> Numbers(std::span<const ColumnId> columns) {
  std::vector<int16_t> numbers;
  for (const ColumnId column : columns) numbers.push_back(column.value);
  return numbers;
}

void WriteForeignKey(const CatalogSnapshot& catalog, const RelationEntry& table, const ForeignKey& key, RowWriter& out) {
  const RelationRef referenced = catalog.FindRelation(key.table);
  if (referenced == nullptr) return;
  std::vector<Oid> across, theirs, ours;                   // operators =
  for (size_t i = 0; i < key.columns.size(); ++i) {
    const Oid own = table.column(key.columns[i]).type.oid, other = referenced->column(key.referenced[i]).type.oid;
    theirs.push_back(EqualityOperator(other, other));
    const Oid both = EqualityOperator(other, own);
    across.push_back(both == kInvalidOid ? theirs.back() : both);
    ours.push_back(both == kInvalidOid ? theirs.back() : EqualityOperator(own, own));
  }
  out.OfOid(key.oid).Text(key.name).OfOid(table.schema).Char('f').Bool(key.deferrable).Bool(key.initially_deferred).Bool(key.validated).OfOid(table.oid);
  out.OfOid(0).OfOid(key.index).OfOid(0).OfOid(key.table).Char(key.on_update).Char(key.on_delete).Char(key.match).Bool(true).Int4(0).Bool(true);
  out.Int2s(Numbers(key.columns)).Int2s(Numbers(key.referenced)).Oids(across).Oids(theirs).Oids(ours);
  if (key.delete_set.empty()) out.Null(); else out.Int2s(Numbers(key.delete_set));
  out.Nulls(2);
}
}  // namespace

void PgConstraint(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    for (const CheckConstraint& check : relation->checks) {
      WriteConstraint(check.oid, check.name, relation->schema, 'c', relation->oid, 0, check.columns, check.expression_sql, out);
    }
    for (const ForeignKey& key : relation->foreign_keys) WriteForeignKey(context.catalog, *relation, key, out);
    if (relation->kind != RelationKind::kIndex || relation->index->constraint_oid == kInvalidOid) continue;
    std::vector<ColumnId> columns;
    for (const IndexColumn& column : relation->index->columns) columns.push_back(column.column);
    WriteConstraint(relation->index->constraint_oid, relation->name, relation->schema, relation->index->kind == IndexKind::kPrimaryKey ? 'p' : 'u',
                    relation->index->table, relation->oid, columns, {}, out);
  }
}

void PgSequence(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kSequence) continue;
    const SequenceEntry& s = *relation->sequence;
    out.OfOid(relation->oid).OfOid(s.type.oid).Int8(s.start).Int8(s.increment).Int8(s.maximum).Int8(s.minimum).Int8(s.cache).Bool(s.cycle);
  }
}

void PgRewrite(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kView) continue;
    out.OfOid(relation->oid).Text("_RETURN").OfOid(relation->oid).Char('1').Char('O').Bool(true).Text("<>").Text(relation->view_sql);
  }
}

}  // namespace gather::catalog
