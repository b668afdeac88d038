// pg_tables, pg_views, pg_indexes, pg_sequences: the catalogs told by name.
#include "catalog/definitions.h"
#include "catalog/system_views/rows.h"

namespace gather::catalog {

namespace {
std::string_view SchemaName(const SystemViewContext& context, Oid schema) {
  const SchemaEntry* entry = context.catalog.FindSchema(schema);
  return entry == nullptr ? std::string_view() : std::string_view(entry->name);
}
std::string_view OwnerName(const SystemViewContext& context, Oid owner) {
  const RoleEntry* role = context.catalog.FindRole(owner);
  return role == nullptr ? std::string_view() : std::string_view(role->name);
}
}  // namespace

void PgTables(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (ShownKind(*relation) != 'r') continue;
    out.Text(SchemaName(context, relation->schema)).Text(relation->name).Text(OwnerName(context, relation->owner)).Null();
    out.Bool(!relation->indexes.empty()).Bool(false).Bool(false).Bool(false);
  }
}

void PgViews(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (ShownKind(*relation) != 'v') continue;
    out.Text(SchemaName(context, relation->schema)).Text(relation->name).Text(OwnerName(context, relation->owner));
    if (relation->kind == RelationKind::kView) out.Text(ViewDefinition(*relation, false, context.session)); else out.Null();
  }
}

void PgIndexes(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kIndex) continue;
    const RelationRef table = context.catalog.FindRelation(relation->index->table);
    if (table == nullptr) continue;
    out.Text(SchemaName(context, table->schema)).Text(table->name).Text(relation->name).Null();
    out.Text(IndexDefinition(context.catalog, *relation, QualifiedName(context.catalog, *table), false, context.session));
  }
}

void PgSequences(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kSequence) continue;
    const SequenceEntry& s = *relation->sequence;
    const Catalog::SequenceState state = context.session.catalog().ReadSequence(*relation);
    out.Text(SchemaName(context, relation->schema)).Text(relation->name).Text(OwnerName(context, relation->owner)).OfOid(s.type.oid).Int8(s.start);
    out.Int8(s.minimum).Int8(s.maximum).Int8(s.increment).Bool(s.cycle).Int8(s.cache);
    if (state.is_called) out.Int8(state.last_value); else out.Null();
  }
}

}  // namespace gather::catalog
