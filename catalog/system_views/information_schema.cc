// information_schema: the SQL standard's view of the same catalog.
#include <algorithm>

#include "catalog/definitions.h"
#include "catalog/system_views/rows.h"

namespace gather::catalog {

namespace {

constexpr const char* kYes = "YES";
constexpr const char* kNo = "NO";

// Text helpers shared by the views below; catalog_name is the connected database.
struct Writer {
  const SystemViewContext& context;
  RowWriter& out;

  std::string_view Database() const { return context.session.database_name(); }
  std::string_view Schema(Oid oid) const {
    const SchemaEntry* entry = context.catalog.FindSchema(oid);
    return entry == nullptr ? std::string_view() : std::string_view(entry->name);
  }
  std::string_view Role(Oid oid) const {
    const RoleEntry* role = context.catalog.FindRole(oid);
    return role == nullptr ? std::string_view() : std::string_view(role->name);
  }
  // catalog, schema, name
  void Name(Oid schema, std::string_view name) const { out.Text(Database()).Text(Schema(schema)).Text(name); }
  void Relation(const RelationEntry& relation) const { Name(relation.schema, relation.name); }
  void Number(bool present, int32_t value) const {
    if (present) out.Int4(value); else out.Null();
  }
};

bool IsTableLike(const RelationEntry& relation) { return ShownKind(relation) == 'r' || ShownKind(relation) == 'v'; }
bool IsView(const RelationEntry& relation) { return ShownKind(relation) == 'v'; }

// The parts of a type that the standard's columns ask for.
struct TypeParts {
  std::string data_type;
  bool is_text = false, has_length = false, numeric = false, has_scale = false, datetime = false, is_collated = false;
  int32_t length = 0, octets = 0, precision = 0, radix = 0, scale = 0, fraction = 0;
};

TypeParts Parts(SqlType type) {
  TypeParts parts;
  const TypeInfo* info = FindType(type.oid);
  parts.data_type = info != nullptr && IsArray(*info) ? "ARRAY" : FormatType(type.oid);
  constexpr int32_t kLongestText = 1 << 30;
  switch (type.oid) {
    case type_oid::kText:
      parts.is_text = true;
      parts.octets = kLongestText;
      break;
    case type_oid::kVarchar:
    case type_oid::kBpchar:
      parts.is_text = true;
      parts.has_length = type.typmod > 4;
      parts.length = type.typmod - 4;
      parts.octets = parts.has_length ? static_cast<int32_t>(std::min<int64_t>(int64_t{parts.length} * 4, kLongestText)) : kLongestText;
      break;
    case type_oid::kInt2: parts.numeric = true, parts.has_scale = true, parts.precision = 16, parts.radix = 2; break;
    case type_oid::kInt4: parts.numeric = true, parts.has_scale = true, parts.precision = 32, parts.radix = 2; break;
    case type_oid::kInt8: parts.numeric = true, parts.has_scale = true, parts.precision = 64, parts.radix = 2; break;
    case type_oid::kFloat4: parts.numeric = true, parts.precision = 24, parts.radix = 2; break;
    case type_oid::kFloat8: parts.numeric = true, parts.precision = 53, parts.radix = 2; break;
    case type_oid::kNumeric: {
      const NumericTypmod typmod = DecodeNumericTypmod(type.typmod);
      parts.radix = 10;
      parts.numeric = parts.has_scale = type.typmod != -1;
      parts.precision = typmod.precision;
      parts.scale = typmod.scale;
      break;
    }
    case type_oid::kDate: parts.datetime = true, parts.fraction = 0; break;
    case type_oid::kTime:
    case type_oid::kTimetz:
    case type_oid::kTimestamp:
    case type_oid::kTimestamptz: parts.datetime = true, parts.fraction = type.typmod < 0 ? 6 : type.typmod; break;
    case type_oid::kInterval:
      parts.datetime = true;
      parts.fraction = type.typmod < 0 || (type.typmod & 0xFFFF) == 0xFFFF ? 6 : type.typmod & 0xFFFF;
      break;
    default: break;
  }
  return parts;
}

template <class Visit>
void ForEachConstraint(const SystemViewContext& context, Visit&& visit) {
  for (const RelationRef& table : context.catalog.Relations()) {
    if (table->kind != RelationKind::kTable) continue;
    for (Oid oid : table->indexes) {
      const RelationRef index = context.catalog.FindRelation(oid);
      if (index == nullptr || index->index->constraint_oid == kInvalidOid) continue;
      std::vector<ColumnId> columns;
      for (const IndexColumn& column : index->index->columns) columns.push_back(column.column);
      visit(*table, index->name, index->index->kind == IndexKind::kPrimaryKey ? "PRIMARY KEY" : "UNIQUE", columns, index->index->nulls_distinct);
    }
    for (const CheckConstraint& check : table->checks) visit(*table, check.name, "CHECK", check.columns, true);
  }
}

template <class Visit>
void ForEachForeignKey(const SystemViewContext& context, Visit&& visit) {
  for (const RelationRef& table : context.catalog.Relations()) {
    for (const ForeignKey& key : table->foreign_keys) {
      const RelationRef referenced = context.catalog.FindRelation(key.table);
      if (referenced != nullptr) visit(*table, key, *referenced);
    }
  }
}

// The standard calls NOT NULL a check constraint; PostgreSQL makes up its name.
std::string NotNullName(const RelationEntry& table, const ColumnEntry& column) {
  return std::to_string(table.schema) + "_" + std::to_string(table.oid) + "_" + std::to_string(column.id.value) + "_not_null";
}

}  // namespace

void InfoInformationSchemaCatalogName(const SystemViewContext& context, RowWriter& out) { out.Text(context.session.database_name()); }

void InfoSchemata(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const SchemaEntry* schema : context.catalog.Schemas()) out.Text(w.Database()).Text(schema->name).Text(w.Role(schema->owner)).Nulls(4);
}

void InfoTables(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (!IsTableLike(*relation)) continue;
    w.Relation(*relation);
    out.Text(relation->temporary ? "LOCAL TEMPORARY" : IsView(*relation) ? "VIEW" : "BASE TABLE").Nulls(5);
    out.Text(relation->kind == RelationKind::kTable ? kYes : kNo).Text(kNo);
    if (relation->temporary) out.Text("PRESERVE"); else out.Null();
  }
}

void InfoViews(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (!IsView(*relation)) continue;
    w.Relation(*relation);
    if (relation->kind == RelationKind::kView) out.Text(ViewDefinition(*relation, false, context.session)); else out.Null();
    out.Text("NONE").Text(kNo).Text(kNo).Text(kNo).Text(kNo).Text(kNo);
  }
}

void InfoColumns(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (!IsTableLike(*relation)) continue;
    for (const ColumnEntry& column : relation->columns) {
      if (column.dropped) continue;
      const TypeParts parts = Parts(column.type);
      const TypeInfo* type = FindType(column.type.oid);
      w.Relation(*relation);
      out.Text(column.name).Int4(column.id.value);
      if (column.default_sql.empty() || column.generated || column.identity != Identity::kNone) out.Null(); else out.Text(context.session.ExpressionText(column.default_sql, relation.get(), false));
      out.Text(column.not_null ? kNo : kYes).Text(parts.data_type);
      w.Number(parts.has_length, parts.length);
      w.Number(parts.is_text, parts.octets);
      w.Number(parts.numeric, parts.precision);
      w.Number(parts.radix != 0, parts.radix);
      w.Number(parts.has_scale, parts.scale);
      w.Number(parts.datetime, parts.fraction);
      out.Nulls(2).Nulls(3);
      if (column.collation != 0 && column.collation != 100 && (parts.is_text || column.type.oid == type_oid::kName)) {
        w.Name(kPgCatalogSchema, column.collation == 950 ? "C" : column.collation == 951 ? "POSIX" : "ucs_basic");
      } else {
        out.Nulls(3);
      }
      out.Nulls(3);
      w.Name(kPgCatalogSchema, type == nullptr ? "" : type->name);
      out.Nulls(4).Text(std::to_string(column.id.value)).Text(kNo);
      if (column.identity == Identity::kNone) {
        out.Text(kNo).Nulls(5).Text(kNo);
      } else {
        out.Text(kYes).Text(column.identity == Identity::kAlways ? "ALWAYS" : "BY DEFAULT");
        const RelationRef sequence = context.catalog.FindRelation(column.sequence);
        if (sequence == nullptr || !sequence->sequence.has_value()) {
          out.Nulls(4).Text(kNo);
        } else {
          const SequenceEntry& s = *sequence->sequence;
          out.Text(std::to_string(s.start)).Text(std::to_string(s.increment)).Text(std::to_string(s.maximum)).Text(std::to_string(s.minimum));
          out.Text(s.cycle ? kYes : kNo);
        }
      }
      if (column.generated) {
        out.Text("ALWAYS").Text(context.session.ExpressionText(column.default_sql, relation.get(), false));
      } else {
        out.Text("NEVER").Null();
      }
      out.Text(relation->kind == RelationKind::kTable ? kYes : kNo);
    }
  }
}

void InfoTableConstraints(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  const auto row = [&](const RelationEntry& table, std::string_view name, std::string_view type, bool nulls_distinct) {
    w.Name(table.schema, name);
    w.Relation(table);
    out.Text(type).Text(kNo).Text(kNo).Text(kYes);
    if (type == "UNIQUE") out.Text(nulls_distinct ? kYes : kNo); else out.Null();
  };
  ForEachConstraint(context, [&](const RelationEntry& table, const std::string& name, const char* type, const auto&, bool nulls_distinct) {
    row(table, name, type, nulls_distinct);
  });
  ForEachForeignKey(context, [&](const RelationEntry& table, const ForeignKey& key, const RelationEntry&) {
    w.Name(table.schema, key.name);
    w.Relation(table);
    out.Text("FOREIGN KEY").Text(key.deferrable ? kYes : kNo).Text(key.initially_deferred ? kYes : kNo).Text(kYes).Null();
  });
  for (const RelationRef& table : context.catalog.Relations()) {
    if (table->kind != RelationKind::kTable) continue;
    for (const ColumnEntry& column : table->columns) {
      if (column.not_null && !column.dropped) row(*table, NotNullName(*table, column), "CHECK", true);
    }
  }
}

void InfoKeyColumnUsage(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  ForEachConstraint(context, [&](const RelationEntry& table, const std::string& name, const char* type, const auto& columns, bool) {
    if (std::string_view(type) == "CHECK") return;
    int32_t position = 0;
    for (ColumnId column : columns) {
      w.Name(table.schema, name);
      w.Relation(table);
      out.Text(table.column(column).name).Int4(++position).Null();
    }
  });
  ForEachForeignKey(context, [&](const RelationEntry& table, const ForeignKey& key, const RelationEntry&) {
    const RelationRef index = context.catalog.FindRelation(key.index);
    for (size_t i = 0; i < key.columns.size(); ++i) {
      w.Name(table.schema, key.name);
      w.Relation(table);
      out.Text(table.column(key.columns[i]).name).Int4(static_cast<int32_t>(i) + 1);
      int32_t position = 0;
      for (size_t at = 0; index != nullptr && at < index->index->columns.size(); ++at) {
        if (index->index->columns[at].column == key.referenced[i]) position = static_cast<int32_t>(at) + 1;
      }
      out.Int4(position);
    }
  });
}

void InfoConstraintColumnUsage(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  ForEachConstraint(context, [&](const RelationEntry& table, const std::string& name, const char*, const auto& columns, bool) {
    for (ColumnId column : columns) {
      w.Relation(table);
      out.Text(table.column(column).name);
      w.Name(table.schema, name);
    }
  });
  ForEachForeignKey(context, [&](const RelationEntry& table, const ForeignKey& key, const RelationEntry& referenced) {
    for (const ColumnId column : key.referenced) {
      w.Relation(referenced);
      out.Text(referenced.column(column).name);
      w.Name(table.schema, key.name);
    }
  });
}

void InfoConstraintTableUsage(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  ForEachConstraint(context, [&](const RelationEntry& table, const std::string& name, const char* type, const auto&, bool) {
    if (std::string_view(type) == "CHECK") return;
    w.Relation(table);
    w.Name(table.schema, name);
  });
  ForEachForeignKey(context, [&](const RelationEntry& table, const ForeignKey& key, const RelationEntry& referenced) {
    w.Relation(referenced);
    w.Name(table.schema, key.name);
  });
}

void InfoReferentialConstraints(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  const auto rule = [](char action) {
    switch (action) {
      case 'c': return "CASCADE";
      case 'n': return "SET NULL";
      case 'd': return "SET DEFAULT";
      case 'r': return "RESTRICT";
      default: return "NO ACTION";
    }
  };
  ForEachForeignKey(context, [&](const RelationEntry& table, const ForeignKey& key, const RelationEntry&) {
    w.Name(table.schema, key.name);
    const RelationRef index = context.catalog.FindRelation(key.index);
    // A unique index that is no constraint has no name here.
    if (index != nullptr && index->index->constraint_oid != kInvalidOid) w.Name(index->schema, index->name); else out.Nulls(3);
    out.Text(key.match == 'f' ? "FULL" : "NONE").Text(rule(key.on_update)).Text(rule(key.on_delete));
  });
}

void InfoCheckConstraints(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& table : context.catalog.Relations()) {
    if (table->kind != RelationKind::kTable) continue;
    for (const CheckConstraint& check : table->checks) {
      w.Name(table->schema, check.name);
      out.Text("(" + check.expression_sql + ")");
    }
    for (const ColumnEntry& column : table->columns) {
      if (!column.not_null || column.dropped) continue;
      w.Name(table->schema, NotNullName(*table, column));
      out.Text(column.name + " IS NOT NULL");
    }
  }
}

void InfoSequences(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kSequence) continue;
    const SequenceEntry& s = *relation->sequence;
    // The standard leaves out what identity columns own.
    const RelationRef owner = context.catalog.FindRelation(s.owner_table);
    if (owner != nullptr && s.owner_column.value > 0 && owner->column(s.owner_column).identity != Identity::kNone) continue;
    const TypeParts parts = Parts(s.type);
    w.Relation(*relation);
    out.Text(parts.data_type).Int4(parts.precision).Int4(2).Int4(0).Text(std::to_string(s.start)).Text(std::to_string(s.minimum));
    out.Text(std::to_string(s.maximum)).Text(std::to_string(s.increment)).Text(s.cycle ? kYes : kNo);
  }
}

void InfoViewTableUsage(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const RelationRef& view : context.catalog.Relations()) {
    if (view->kind != RelationKind::kView) continue;
    for (Oid oid : view->depends_on) {
      const RelationRef table = context.catalog.FindRelation(oid);
      if (table == nullptr || !IsTableLike(*table)) continue;
      w.Relation(*view);
      w.Relation(*table);
    }
  }
}

void InfoCharacterSets(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  out.Nulls(2).Text("UTF8").Text("UCS").Text("UTF8");
  w.Name(kPgCatalogSchema, "C");
}

void InfoCollations(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const char* name : {"default", "C", "POSIX", "ucs_basic"}) {
    w.Name(kPgCatalogSchema, name);
    out.Text("NO PAD");
  }
}

void InfoEnabledRoles(const SystemViewContext& context, RowWriter& out) { out.Text(context.session.user_name()); }

void InfoTablePrivileges(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  // Rights are the owner's alone: there is no GRANT yet.
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (!IsTableLike(*relation)) continue;
    for (const char* privilege : {"INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}) {
      out.Text(w.Role(relation->owner)).Text(w.Role(relation->owner));
      w.Relation(*relation);
      out.Text(privilege).Text(kYes).Text(std::string_view(privilege) == "SELECT" ? kYes : kNo);
    }
  }
}

void InfoRoutines(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const FunctionInfo& f : context.functions.functions()) {
    if (f.kind != FunctionKind::kScalar) continue;
    const TypeInfo* result = FindType(f.result);
    w.Name(kPgCatalogSchema, std::string(f.name) + "_" + std::to_string(f.oid));
    w.Name(kPgCatalogSchema, f.name);
    out.Text("FUNCTION").Nulls(6).Text(Parts(f.result).data_type).Nulls(14);
    w.Name(kPgCatalogSchema, result == nullptr ? "" : result->name);
    out.Nulls(4).Text("0").Text("EXTERNAL").Null().Text(f.name).Text("INTERNAL").Text("GENERAL");
    out.Text(f.volatility == Volatility::kImmutable ? kYes : kNo).Text("MODIFIES").Text(f.strict ? kYes : kNo).Null().Text(kYes).Int4(0).Null().Null();
    out.Text("INVOKER").Nulls(3).Text(kNo).Nulls(3).Text(kNo).Nulls(24);
  }
}

void InfoParameters(const SystemViewContext& context, RowWriter& out) {
  const Writer w{context, out};
  for (const FunctionInfo& f : context.functions.functions()) {
    if (f.kind != FunctionKind::kScalar) continue;
    for (size_t i = 0; i < f.arguments.size() + f.out_columns.size(); i++) {
      const bool is_out = i >= f.arguments.size();
      const Oid oid = is_out ? f.out_columns[i - f.arguments.size()] : f.arguments[i];
      const TypeInfo* type = FindType(oid);
      w.Name(kPgCatalogSchema, std::string(f.name) + "_" + std::to_string(f.oid));
      out.Int4(static_cast<int32_t>(i) + 1).Text(is_out ? "OUT" : "IN").Text(kNo).Text(kNo);
      if (i < f.argument_names.size()) out.Text(f.argument_names[i]); else out.Null();
      out.Text(Parts(oid).data_type).Nulls(14);
      w.Name(kPgCatalogSchema, type == nullptr ? "" : type->name);
      out.Nulls(4).Text(std::to_string(i + 1)).Null();
    }
  }
}

}  // namespace gather::catalog
