// The functions that yield the rows of the system views, by subject; the tables of views refer to them.
#pragma once

#include "catalog/system_view.h"

namespace gather::catalog {

std::span<const SystemViewInfo> CatalogViews();              // pg_catalog_table.cc
std::span<const SystemViewInfo> InformationSchemaViews();    // information_schema_table.cc

// OIDs of catalogs, as classoid in pg_depend and pg_description.
inline constexpr Oid kPgClassOid = 1259, kPgTypeOid = 1247, kPgProcOid = 1255, kPgNamespaceOid = 2615, kPgConstraintOid = 2606, kPgAttrdefOid = 2604,
                     kPgRewriteOid = 2618, kPgDatabaseOid = 1262, kPgAuthidOid = 1260, kPgOperatorOid = 2617;
inline constexpr Oid kDefaultTablespace = 1663;

// pg_attrdef has a row per default, our catalog keeps defaults within columns: their OIDs are made from table and column number.
inline Oid DefaultOid(const RelationEntry& table, const ColumnEntry& column) { return table.oid << 11 | static_cast<Oid>(column.id.value); }
// relkind as pg_class shows it.
char ShownKind(const RelationEntry& relation);
// Attribute rows of an index come from its columns.
struct ShownColumn {
  std::string name;
  SqlType type;
  Oid collation;
};
std::vector<ShownColumn> IndexColumns(const CatalogSnapshot& catalog, const RelationEntry& index);

inline void NoRows(const SystemViewContext&, RowWriter&) {}
void GatherMemory(const SystemViewContext& context, RowWriter& out);
void GatherParallelDecisions(const SystemViewContext& context, RowWriter& out);
void InfoCharacterSets(const SystemViewContext& context, RowWriter& out);
void InfoCheckConstraints(const SystemViewContext& context, RowWriter& out);
void InfoCollations(const SystemViewContext& context, RowWriter& out);
void InfoColumns(const SystemViewContext& context, RowWriter& out);
void InfoConstraintColumnUsage(const SystemViewContext& context, RowWriter& out);
void InfoConstraintTableUsage(const SystemViewContext& context, RowWriter& out);
void InfoEnabledRoles(const SystemViewContext& context, RowWriter& out);
void InfoInformationSchemaCatalogName(const SystemViewContext& context, RowWriter& out);
void InfoKeyColumnUsage(const SystemViewContext& context, RowWriter& out);
void InfoParameters(const SystemViewContext& context, RowWriter& out);
void InfoReferentialConstraints(const SystemViewContext& context, RowWriter& out);
void InfoRoutines(const SystemViewContext& context, RowWriter& out);
void InfoSchemata(const SystemViewContext& context, RowWriter& out);
void InfoSequences(const SystemViewContext& context, RowWriter& out);
void InfoTableConstraints(const SystemViewContext& context, RowWriter& out);
void InfoTablePrivileges(const SystemViewContext& context, RowWriter& out);
void InfoTables(const SystemViewContext& context, RowWriter& out);
void InfoViewTableUsage(const SystemViewContext& context, RowWriter& out);
void InfoViews(const SystemViewContext& context, RowWriter& out);
void PgAggregate(const SystemViewContext& context, RowWriter& out);
void PgAm(const SystemViewContext& context, RowWriter& out);
void PgAmop(const SystemViewContext& context, RowWriter& out);
void PgAmproc(const SystemViewContext& context, RowWriter& out);
void PgAttrdef(const SystemViewContext& context, RowWriter& out);
void PgAttribute(const SystemViewContext& context, RowWriter& out);
void PgAuthid(const SystemViewContext& context, RowWriter& out);
void PgCast(const SystemViewContext& context, RowWriter& out);
void PgClass(const SystemViewContext& context, RowWriter& out);
void PgCollation(const SystemViewContext& context, RowWriter& out);
void PgConstraint(const SystemViewContext& context, RowWriter& out);
void PgCursors(const SystemViewContext& context, RowWriter& out);
void PgDatabase(const SystemViewContext& context, RowWriter& out);
void PgDepend(const SystemViewContext& context, RowWriter& out);
void PgDescription(const SystemViewContext& context, RowWriter& out);
void PgGroup(const SystemViewContext& context, RowWriter& out);
void PgIndex(const SystemViewContext& context, RowWriter& out);
void PgIndexes(const SystemViewContext& context, RowWriter& out);
void PgLanguage(const SystemViewContext& context, RowWriter& out);
void PgLocks(const SystemViewContext& context, RowWriter& out);
void PgNamespace(const SystemViewContext& context, RowWriter& out);
void PgOpclass(const SystemViewContext& context, RowWriter& out);
void PgOperator(const SystemViewContext& context, RowWriter& out);
void PgOpfamily(const SystemViewContext& context, RowWriter& out);
void PgPreparedStatements(const SystemViewContext& context, RowWriter& out);
void PgProc(const SystemViewContext& context, RowWriter& out);
void PgRewrite(const SystemViewContext& context, RowWriter& out);
void PgRoles(const SystemViewContext& context, RowWriter& out);
void PgSequence(const SystemViewContext& context, RowWriter& out);
void PgSequences(const SystemViewContext& context, RowWriter& out);
void PgSettings(const SystemViewContext& context, RowWriter& out);
void PgShadow(const SystemViewContext& context, RowWriter& out);
void PgShdescription(const SystemViewContext& context, RowWriter& out);
void PgStatActivity(const SystemViewContext& context, RowWriter& out);
void PgStatAllIndexes(const SystemViewContext& context, RowWriter& out);
void PgStatAllTables(const SystemViewContext& context, RowWriter& out);
void PgStatDatabase(const SystemViewContext& context, RowWriter& out);
void PgStatSsl(const SystemViewContext& context, RowWriter& out);
void PgStatSysIndexes(const SystemViewContext& context, RowWriter& out);
void PgStatistic(const SystemViewContext& context, RowWriter& out);
void PgStats(const SystemViewContext& context, RowWriter& out);
void PgStatSysTables(const SystemViewContext& context, RowWriter& out);
void PgStatUserIndexes(const SystemViewContext& context, RowWriter& out);
void PgStatUserTables(const SystemViewContext& context, RowWriter& out);
void PgTables(const SystemViewContext& context, RowWriter& out);
void PgTablespace(const SystemViewContext& context, RowWriter& out);
void PgTimezoneAbbrevs(const SystemViewContext& context, RowWriter& out);
void PgTimezoneNames(const SystemViewContext& context, RowWriter& out);
void PgType(const SystemViewContext& context, RowWriter& out);
void PgUser(const SystemViewContext& context, RowWriter& out);
void PgViews(const SystemViewContext& context, RowWriter& out);

}  // namespace gather::catalog
