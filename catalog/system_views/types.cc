// pg_type, pg_cast, pg_collation.
#include "catalog/system_views/rows.h"
#include "catalog/type_functions.h"
#include "types/type.h"

namespace gather::catalog {

namespace {
// The I/O functions of composite types.
constexpr Oid kRecordIn = 2290, kRecordOut = 2291, kRecordReceive = 2402, kRecordSend = 2403;
constexpr Oid kArraySubscript = 6179, kRawArraySubscript = 6180;

void BaseType(const TypeInfo& type, RowWriter& out) {
  static const TypeFunctions none{};
  const TypeFunctions* found = FindTypeFunctions(type.oid);
  const TypeFunctions& functions = found == nullptr ? none : *found;
  const Oid subscript = type.element == 0 ? 0 : type.length < 0 ? kArraySubscript : kRawArraySubscript;
  out.OfOid(type.oid).Text(type.name).OfOid(kPgCatalogSchema).OfOid(kBootstrapRole).Int2(type.length).Bool(type.by_value).Char(type.kind);
  out.Char(type.category).Bool(type.preferred).Bool(true).Char(type.delimiter).OfOid(0).OfOid(subscript).OfOid(type.element).OfOid(type.array);
  out.OfOid(functions.input.oid).OfOid(functions.output.oid).OfOid(functions.receive.oid).OfOid(functions.send.oid);
  out.OfOid(functions.modifier_in.oid).OfOid(functions.modifier_out.oid).OfOid(0);
  out.Char(type.alignment).Char(found == nullptr ? 'x' : functions.storage).Bool(false).OfOid(0).Int4(-1).Int4(0).OfOid(functions.collation).Nulls(3);
}

void RowType(const RelationEntry& relation, RowWriter& out) {
  out.OfOid(relation.row_type).Text(relation.name).OfOid(relation.schema).OfOid(relation.owner).Int2(-1).Bool(false).Char('c').Char('C').Bool(false);
  out.Bool(true).Char(',').OfOid(relation.oid).OfOid(0).OfOid(0).OfOid(0).OfOid(kRecordIn).OfOid(kRecordOut).OfOid(kRecordReceive).OfOid(kRecordSend);
  out.OfOid(0).OfOid(0).OfOid(0).Char('d').Char('x').Bool(false).OfOid(0).Int4(-1).Int4(0).OfOid(0).Nulls(3);
}
}  // namespace

void PgType(const SystemViewContext& context, RowWriter& out) {
  for (const TypeInfo& type : AllTypes()) BaseType(type, out);
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->row_type != kInvalidOid) RowType(*relation, out);
  }
}

void PgCast(const SystemViewContext& context, RowWriter& out) {
  Oid oid = 10000;  // PostgreSQL numbers them at bootstrap from about here
  for (const CastInfo& cast : context.functions.casts()) {
    Oid function = 0;
    if (cast.method == CastMethod::kFunction) {
      for (const FunctionInfo* candidate : context.functions.Functions(cast.function)) {
        if (!candidate->arguments.empty() && candidate->arguments[0] == cast.source && candidate->result == cast.target) function = candidate->oid;
      }
    }
    out.OfOid(oid++).OfOid(cast.source).OfOid(cast.target).OfOid(function).Char(static_cast<char>(cast.context)).Char(static_cast<char>(cast.method));
  }
}

void PgCollation(const SystemViewContext&, RowWriter& out) {
  const auto collation = [&](Oid oid, const char* name, char provider, int32_t encoding, const char* locale) {
    out.OfOid(oid).Text(name).OfOid(kPgCatalogSchema).OfOid(kBootstrapRole).Char(provider).Bool(true).Int4(encoding);
    if (locale == nullptr) out.Nulls(2); else out.Text(locale).Text(locale);
    out.Nulls(2);
  };
  collation(100, "default", 'd', -1, nullptr);
  collation(950, "C", 'c', -1, "C");
  collation(951, "POSIX", 'c', -1, "POSIX");
  collation(12340, "ucs_basic", 'c', 6, "C");
}

}  // namespace gather::catalog
