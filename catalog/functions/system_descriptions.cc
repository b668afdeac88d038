// Comments, properties of indexes and columns, what an OID means.
#include "catalog/definitions.h"
#include "catalog/descriptions.h"
#include "catalog/functions/system_kernel.h"
#include "catalog/operator_classes.h"
#include "types/quote.h"

namespace gather::catalog {

namespace {

void TextOrNull(Vector& result, uint32_t row, const std::string& text) {
  if (text.empty()) SetNullText(result, row); else SetText(result, row, text);
}

std::string Comment(SessionServices& session, Oid oid, const std::string& catalog_name) {
  const CatalogRef catalog = session.catalog_view();
  if (catalog_name.empty() || catalog_name == "pg_class") {
    if (const RelationRef relation = catalog->FindRelation(oid)) return relation->comment;
  }
  if (catalog_name.empty() || catalog_name == "pg_namespace") {
    if (const SchemaEntry* schema = catalog->FindSchema(oid)) return schema->comment;
  }
  if (catalog_name.empty() || catalog_name == "pg_proc") {
    if (const FunctionInfo* function = session.catalog().functions().FindFunction(oid)) return std::string(function->doc);
  }
  const RelationRef of = catalog_name.empty() ? nullptr : catalog->FindRelation(kPgCatalogSchema, catalog_name);
  return of == nullptr ? std::string() : std::string(DescriptionOf(of->oid, oid));
}

GATHER_SYSTEM_KERNEL(ObjectDescription) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string catalog_name = arguments.size() > 1 ? TextAt(arguments[1], row) : "";
    TextOrNull(result, row, Comment(SessionOf(context), At<Oid>(arguments[0], row), catalog_name));
  });
}

GATHER_SYSTEM_KERNEL(ColumnDescription) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(arguments[0], row));
    const int32_t number = At<int32_t>(arguments[1], row);
    std::string comment;
    if (relation != nullptr && number > 0 && static_cast<size_t>(number) <= relation->columns.size()) {
      comment = relation->columns[static_cast<size_t>(number) - 1].comment;
    }
    TextOrNull(result, row, comment);
  });
}

GATHER_SYSTEM_KERNEL(SharedDescription) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const Oid oid = At<Oid>(arguments[0], row);
    const std::string catalog_name = TextAt(arguments[1], row);
    std::string comment;
    if (catalog_name == "pg_database") {
      for (const DatabaseEntry* database : catalog->Databases()) {
        if (database->oid == oid) comment = database->comment;
      }
    } else if (catalog_name == "pg_authid") {
      if (const RoleEntry* role = catalog->FindRole(oid)) comment = role->comment;
    }
    TextOrNull(result, row, comment);
  });
}

GATHER_SYSTEM_KERNEL(DescribeObject) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const Oid kind = At<Oid>(arguments[0], row), oid = At<Oid>(arguments[1], row);
    const int32_t column = At<int32_t>(arguments[2], row);
    std::string text;
    if (kind == 1259) {
      if (const RelationRef relation = catalog->FindRelation(oid)) {
        const char* name = relation->kind == RelationKind::kTable ? "table " : relation->kind == RelationKind::kIndex ? "index "
                         : relation->kind == RelationKind::kSequence ? "sequence " : "view ";
        text = name + VisibleName(*catalog, session.SearchPath(), *relation);
        if (column > 0 && static_cast<size_t>(column) <= relation->columns.size()) {
          text = "column " + relation->columns[static_cast<size_t>(column) - 1].name + " of " + text;
        }
      }
    } else if (kind == 2615) {
      if (const SchemaEntry* schema = catalog->FindSchema(oid)) text = "schema " + schema->name;
    } else if (kind == 1247) {
      const std::string name = NamesOf(session).NameOf(type_oid::kRegtype, oid);
      if (!name.empty()) text = "type " + name;
    } else if (kind == 1255) {
      if (const FunctionInfo* function = session.catalog().functions().FindFunction(oid)) text = "function " + CatalogNames::Signature(*function);
    } else if (kind == 1260) {
      if (const RoleEntry* role = catalog->FindRole(oid)) text = "role " + role->name;
    }
    TextOrNull(result, row, text);
  });
}

// ---- properties

void BoolOrNull(Vector& result, uint32_t row, int answer) {
  if (answer < 0) result.SetNull(row); else result.data<uint8_t>()[row] = answer != 0;
}

GATHER_SYSTEM_KERNEL(AccessMethodProperty) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string property = TextAt(arguments[1], row);
    int answer = -1;
    if (At<Oid>(arguments[0], row) == kBtreeAccessMethod) {
      if (property == "can_order" || property == "can_unique" || property == "can_multi_col" || property == "can_include") answer = 1;
      if (property == "can_exclude") answer = 0;
    }
    BoolOrNull(result, row, answer);
  });
}

GATHER_SYSTEM_KERNEL(IndexProperty) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef index = catalog->FindRelation(At<Oid>(arguments[0], row));
    const std::string property = TextAt(arguments[1], row);
    int answer = -1;
    if (index != nullptr && index->index.has_value()) {
      if (property == "index_scan" || property == "bitmap_scan" || property == "backward_scan") answer = 1;
      if (property == "clusterable") answer = 0;
    }
    BoolOrNull(result, row, answer);
  });
}

GATHER_SYSTEM_KERNEL(IndexColumnProperty) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef index = catalog->FindRelation(At<Oid>(arguments[0], row));
    const int32_t number = At<int32_t>(arguments[1], row);
    const std::string property = TextAt(arguments[2], row);
    int answer = -1;
    if (index != nullptr && index->index.has_value() && number > 0) {
      const IndexEntry& entry = *index->index;
      const auto position = static_cast<size_t>(number);
      if (position <= entry.columns.size()) {
        const SortOrder order = entry.columns[position - 1].order;
        if (property == "asc") answer = !order.descending;
        if (property == "desc") answer = order.descending;
        if (property == "nulls_first") answer = order.nulls_first;
        if (property == "nulls_last") answer = !order.nulls_first;
        if (property == "orderable" || property == "search_array" || property == "search_nulls") answer = 1;
        if (property == "distance_orderable" || property == "returnable") answer = 0;
      } else if (position <= entry.columns.size() + entry.include.size()) {
        if (property == "orderable" || property == "distance_orderable" || property == "search_array" || property == "search_nulls") answer = 0;
        if (property == "returnable") answer = 1;
      }
    }
    BoolOrNull(result, row, answer);
  });
}

// INSERT 8, UPDATE 4, DELETE 16, as PostgreSQL's bit masks say.
GATHER_SYSTEM_KERNEL(RelationIsUpdatable) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(arguments[0], row));
    result.data<int32_t>()[row] = relation != nullptr && relation->kind == RelationKind::kTable ? 28 : 0;
  });
}

GATHER_SYSTEM_KERNEL(ColumnIsUpdatable) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(arguments[0], row));
    result.data<uint8_t>()[row] = relation != nullptr && relation->kind == RelationKind::kTable && At<int16_t>(arguments[1], row) > 0;
  });
}

GATHER_SYSTEM_KERNEL(IsPublishable) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(arguments[0], row));
    if (relation == nullptr) {
      result.SetNull(row);
    } else {
      result.data<uint8_t>()[row] = relation->kind == RelationKind::kTable && !relation->temporary;
    }
  });
}

GATHER_SYSTEM_KERNEL(ReplicaIdentityIndex) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef table = catalog->FindRelation(At<Oid>(arguments[0], row));
    Oid found = kInvalidOid;
    if (table != nullptr) {
      for (Oid oid : table->indexes) {
        const RelationRef index = catalog->FindRelation(oid);
        if (index != nullptr && index->index->kind == IndexKind::kPrimaryKey) found = oid;
      }
    }
    if (found == kInvalidOid) result.SetNull(row); else result.data<Oid>()[row] = found;
  });
}

GATHER_SYSTEM_KERNEL(TypeOf) {
  for (uint32_t row = 0; row < rows; row++) result.data<Oid>()[row] = context.argument_types[0].oid;
}

GATHER_SYSTEM_KERNEL(CollationFor) {
  const Oid type = context.argument_types[0].oid;
  const bool is_name = type == type_oid::kName || type == type_oid::kNameArray;
  const bool is_text = type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar || type == type_oid::kUnknown;
  const TypeInfo& info = GetType(type);
  const bool is_text_array = IsArray(info) && (info.element == type_oid::kText || info.element == type_oid::kVarchar || info.element == type_oid::kBpchar);
  if (!is_name && !is_text && !is_text_array) {
    throw SqlError(sqlstate::kDatatypeMismatch, "collations are not supported by type " + FormatType(type));
  }
  for (uint32_t row = 0; row < rows; row++) SetText(result, row, is_name ? "\"C\"" : "\"default\"");
}

GATHER_SYSTEM_KERNEL(TablespaceLocation) {
  ForValidRows(result, rows, [&](uint32_t row) { SetText(result, row, ""); });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1215, "obj_description", {kOid, kName}, kText, ObjectDescription,
     "get description for object id and catalog name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1348, "obj_description", {kOid}, kText, ObjectDescription, "deprecated, use two-argument form instead", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1216, "col_description", {kOid, kInt4}, kText, ColumnDescription, "get description for table column", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1993, "shobj_description", {kOid, kName}, kText, SharedDescription,
     "get description for object id and shared catalog name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3537, "pg_describe_object", {kOid, kOid, kInt4}, kText, DescribeObject, "get identification of SQL object", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {636, "pg_indexam_has_property", {kOid, kText}, kBool, AccessMethodProperty,
     "test property of an index access method", true, Volatility::kStable},
    {637, "pg_index_has_property", {kRegclass, kText}, kBool, IndexProperty, "test property of an index", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {638, "pg_index_column_has_property", {kRegclass, kInt4, kText}, kBool, IndexColumnProperty,
     "test property of an index column", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3842, "pg_relation_is_updatable", {kRegclass, kBool}, kInt4, RelationIsUpdatable,
     "is a relation insertable/updatable/deletable", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3843, "pg_column_is_updatable", {kRegclass, kInt2, kBool}, kBool, ColumnIsUpdatable, "is a column updatable",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {6121, "pg_relation_is_publishable", {kRegclass}, kBool, IsPublishable,
     "returns whether a relation can be part of a publication", true, Volatility::kStable, ParallelSafety::kRestricted},
    {6120, "pg_get_replica_identity_index", {kRegclass}, kRegclass, ReplicaIdentityIndex,
     "oid of replica identity index if any", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1619, "pg_typeof", {kAny}, kRegtype, TypeOf, "type of the argument", false, Volatility::kStable},
    {3162, "pg_collation_for", {kAny}, kText, CollationFor,
     "collation of the argument; implementation of the COLLATION FOR expression", false, Volatility::kStable},
    {3778, "pg_tablespace_location", {kOid}, kText, TablespaceLocation, "tablespace location", true,
     Volatility::kStable},
    // clang-format on
};

}  // namespace

void AddDescriptionFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
