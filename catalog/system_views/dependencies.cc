// pg_depend, pg_description, pg_shdescription.
#include "catalog/descriptions.h"
#include "catalog/system_views/rows.h"

namespace gather::catalog {

namespace {

struct Address {
  Oid catalog;
  Oid object;
  int32_t column = 0;
};

void Depends(const Address& what, const Address& on, char type, RowWriter& out) {
  out.OfOid(what.catalog).OfOid(what.object).Int4(what.column).OfOid(on.catalog).OfOid(on.object).Int4(on.column).Char(type);
}

void IndexDepends(const RelationEntry& relation, RowWriter& out) {
  const IndexEntry& index = *relation.index;
  Address dependent{kPgClassOid, relation.oid};
  if (index.constraint_oid != kInvalidOid) {
    dependent = {kPgConstraintOid, index.constraint_oid};
    Depends({kPgClassOid, relation.oid}, dependent, 'i', out);
  }
  bool any_column = false;
  for (const IndexColumn& column : index.columns) {
    if (column.column.value == 0) continue;
    Depends(dependent, {kPgClassOid, index.table, column.column.value}, 'a', out);
    any_column = true;
  }
  if (!any_column) Depends(dependent, {kPgClassOid, index.table}, 'a', out);
}

}  // namespace

void PgDepend(const SystemViewContext& context, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind == RelationKind::kSystemView) continue;
    const Address self{kPgClassOid, relation->oid};
    if (relation->kind == RelationKind::kIndex) {
      IndexDepends(*relation, out);
      continue;
    }
    Depends(self, {kPgNamespaceOid, relation->schema}, 'n', out);
    if (relation->row_type != kInvalidOid) Depends({kPgTypeOid, relation->row_type}, self, 'i', out);
    for (const ColumnEntry& column : relation->columns) {
      if (column.dropped || column.default_sql.empty() || column.identity != Identity::kNone) continue;
      const Address column_default{kPgAttrdefOid, DefaultOid(*relation, column)};
      Depends(column_default, {kPgClassOid, relation->oid, column.id.value}, 'a', out);
      if (column.sequence != kInvalidOid) Depends(column_default, {kPgClassOid, column.sequence}, 'n', out);
    }
    for (const CheckConstraint& check : relation->checks) {
      for (ColumnId column : check.columns) Depends({kPgConstraintOid, check.oid}, {kPgClassOid, relation->oid, column.value}, 'a', out);
    }
    for (const ForeignKey& key : relation->foreign_keys) {
      const Address self_key{kPgConstraintOid, key.oid};
      for (const ColumnId column : key.columns) Depends(self_key, {kPgClassOid, relation->oid, column.value}, 'a', out);
      for (const ColumnId column : key.referenced) Depends(self_key, {kPgClassOid, key.table, column.value}, 'n', out);
      Depends(self_key, {kPgClassOid, key.index}, 'n', out);
    }
    if (relation->kind == RelationKind::kSequence && relation->sequence->owner_table != kInvalidOid) {
      const SequenceEntry& sequence = *relation->sequence;
      const RelationRef owner = context.catalog.FindRelation(sequence.owner_table);
      const bool identity = owner != nullptr && sequence.owner_column.value > 0 && owner->column(sequence.owner_column).identity != Identity::kNone;
      Depends(self, {kPgClassOid, sequence.owner_table, sequence.owner_column.value}, identity ? 'i' : 'a', out);
    }
    if (relation->kind == RelationKind::kView) {
      const Address rule{kPgRewriteOid, relation->oid};
      Depends(rule, self, 'i', out);
      Depends(rule, self, 'n', out);
      for (Oid on : relation->depends_on) Depends(rule, {kPgClassOid, on}, 'n', out);
    }
  }
}

void PgDescription(const SystemViewContext& context, RowWriter& out) {
  const auto describe = [&](Oid object, Oid catalog, int32_t column, std::string_view text) {
    if (!text.empty()) out.OfOid(object).OfOid(catalog).Int4(column).Text(text);
  };
  for (const SchemaEntry* schema : context.catalog.Schemas()) describe(schema->oid, kPgNamespaceOid, 0, schema->comment);
  for (const RelationRef& relation : context.catalog.Relations()) {
    describe(relation->oid, kPgClassOid, 0, relation->comment);
    for (const ColumnEntry& column : relation->columns) {
      if (!column.dropped) describe(relation->oid, kPgClassOid, column.id.value, column.comment);
    }
  }
  for (const FunctionInfo& function : context.functions.functions()) describe(function.oid, kPgProcOid, 0, function.doc);
  for (const Description& row : Descriptions()) describe(row.object, row.catalog, 0, row.text);
}

void PgShdescription(const SystemViewContext& context, RowWriter& out) {
  for (const DatabaseEntry* database : context.catalog.Databases()) {
    if (!database->comment.empty()) out.OfOid(database->oid).OfOid(kPgDatabaseOid).Text(database->comment);
  }
  for (const RoleEntry* role : context.catalog.Roles()) {
    if (!role->comment.empty()) out.OfOid(role->oid).OfOid(kPgAuthidOid).Text(role->comment);
  }
}

}  // namespace gather::catalog
