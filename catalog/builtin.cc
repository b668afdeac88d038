#include "catalog/catalog_state.h"
#include "catalog/system_view.h"

namespace gather::catalog {

namespace {

constexpr Oid kDefaultCollation = 100, kCCollation = 950;

Oid CollationOf(Oid type) {
  switch (type) {
    case type_oid::kText:
    case type_oid::kVarchar:
    case type_oid::kBpchar: return kDefaultCollation;
    case type_oid::kName:
    case type_oid::kNameArray: return kCCollation;
    case type_oid::kTextArray: return kDefaultCollation;
    default: return kInvalidOid;
  }
}

}  // namespace

void AddBuiltIn(CatalogSnapshot::State& state) {
  const auto add_schema = [&](Oid oid, const char* name, const char* comment) {
    state.PutSchema(std::make_shared<const SchemaEntry>(SchemaEntry{oid, name, kBootstrapRole, comment}));
  };
  add_schema(kPgCatalogSchema, "pg_catalog", "system catalog schema");
  add_schema(kInformationSchema, "information_schema", "");
  for (const SystemViewInfo& view : AllSystemViews()) {
    auto relation = std::make_shared<RelationEntry>();
    relation->oid = view.oid;
    relation->schema = view.schema == "information_schema" ? kInformationSchema : kPgCatalogSchema;
    relation->name = view.name;
    relation->kind = RelationKind::kSystemView;
    relation->system_view = &view;
    for (const SystemViewColumn& column : view.columns) {
      ColumnEntry entry;
      entry.id = ColumnId(static_cast<int16_t>(relation->columns.size() + 1));
      entry.name = column.name;
      entry.type = column.type;
      entry.not_null = column.not_null;
      entry.collation = CollationOf(column.type.oid);
      relation->columns.push_back(std::move(entry));
    }
    state.PutRelation(std::move(relation));
  }
}

}  // namespace gather::catalog
