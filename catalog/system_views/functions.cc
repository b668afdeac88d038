// pg_proc, pg_aggregate, pg_operator, pg_language and the access methods with their operator classes.
#include "catalog/operator_classes.h"
#include "catalog/system_views/rows.h"

namespace gather::catalog {

namespace {
constexpr Oid kInternalLanguage = 12;

// i IN, o OUT, v VARIADIC, t TABLE; empty when all are IN.
std::string ArgumentModes(const FunctionInfo& f) {
  if (f.out_columns.empty() && f.variadic == kInvalidOid) return {};
  std::string modes(f.arguments.size(), 'i');
  if (f.variadic != kInvalidOid && !modes.empty()) modes.back() = 'v';
  modes.append(f.out_columns.size(), 'o');
  return modes;
}
}  // namespace

void PgProc(const SystemViewContext& context, RowWriter& out) {
  for (const FunctionInfo& f : context.functions.functions()) {
    out.OfOid(f.oid).Text(f.name).OfOid(f.in_information_schema ? kInformationSchema : kPgCatalogSchema);
    out.OfOid(kBootstrapRole).OfOid(kInternalLanguage).Float4(1).Float4(f.returns_set ? 1000 : 0);
    out.OfOid(f.variadic).OfOid(0).Char(static_cast<char>(f.kind)).Bool(false).Bool(false).Bool(f.kind == FunctionKind::kAggregate ? false : f.strict);
    out.Bool(f.returns_set).Char(static_cast<char>(f.volatility)).Char(static_cast<char>(f.parallel)).Int2(static_cast<int16_t>(f.arguments.size()));
    out.Int2(static_cast<int16_t>(f.defaults.size())).OfOid(f.result).Oids(f.arguments);
    const std::string modes = ArgumentModes(f);
    if (modes.empty()) {
      out.Nulls(2);
    } else {
      std::vector<Oid> all = f.arguments;
      all.insert(all.end(), f.out_columns.begin(), f.out_columns.end());
      out.Oids(all).Chars(modes);
    }
    if (f.argument_names.empty()) out.Null(); else out.Texts(std::vector<std::string>(f.argument_names.begin(), f.argument_names.end()));
    if (f.defaults.empty()) {
      out.Null();
    } else {
      std::string defaults;
      for (std::string_view text : f.defaults) defaults += (defaults.empty() ? "" : ", ") + std::string(text);
      out.Text(defaults);
    }
    out.Null().Text(f.kind == FunctionKind::kAggregate ? "aggregate_dummy" : f.name).Nulls(4);
  }
}

void PgAggregate(const SystemViewContext& context, RowWriter& out) {
  for (const FunctionInfo& f : context.functions.functions()) {
    if (f.kind != FunctionKind::kAggregate) continue;
    // States are internal and their kernels no functions of their own.
    out.OfOid(f.oid).Char('n').Int2(0).OfOid(0).OfOid(0).OfOid(0).OfOid(0).OfOid(0).OfOid(0).OfOid(0).OfOid(0).Bool(false).Bool(false).Char('r').Char('r');
    out.OfOid(0).OfOid(type_oid::kInternal).Int4(f.aggregate == nullptr ? 0 : static_cast<int32_t>(f.aggregate->state_size)).OfOid(0).Int4(0).Nulls(2);
  }
}

void PgOperator(const SystemViewContext& context, RowWriter& out) {
  const auto oid_of = [&](std::string_view name, Oid left, Oid right) {
    const OperatorInfo* found = name.empty() ? nullptr : context.functions.FindOperator(name, left, right);
    return found == nullptr ? kInvalidOid : found->oid;
  };
  for (const OperatorInfo& op : context.functions.operators()) {
    const FunctionInfo* function = context.functions.FunctionOf(op);
    out.OfOid(op.oid).Text(op.name).OfOid(kPgCatalogSchema).OfOid(kBootstrapRole).Char(op.left == kInvalidOid ? 'l' : 'b').Bool(op.merges).Bool(op.hashes);
    out.OfOid(op.left).OfOid(op.right).OfOid(op.result).OfOid(oid_of(op.commutator, op.right, op.left)).OfOid(oid_of(op.negator, op.left, op.right));
    out.OfOid(function == nullptr ? 0 : function->oid).OfOid(0).OfOid(0);
  }
}

void PgLanguage(const SystemViewContext&, RowWriter& out) {
  out.OfOid(kInternalLanguage).Text("internal").OfOid(kBootstrapRole).Bool(false).Bool(false).OfOid(0).OfOid(0).OfOid(0).Null();
}

void PgAm(const SystemViewContext&, RowWriter& out) {
  out.OfOid(kHeapAccessMethod).Text("heap").OfOid(0).Char('t');
  out.OfOid(kBtreeAccessMethod).Text("btree").OfOid(0).Char('i');
}

void PgOpfamily(const SystemViewContext&, RowWriter& out) {
  for (const OperatorFamily& row : OperatorFamilies()) out.OfOid(row.oid).OfOid(kBtreeAccessMethod).Text(row.name).OfOid(kPgCatalogSchema).OfOid(kBootstrapRole);
}

void PgOpclass(const SystemViewContext&, RowWriter& out) {
  for (const OperatorClass& row : OperatorClasses()) {
    out.OfOid(row.oid).OfOid(kBtreeAccessMethod).Text(row.name).OfOid(kPgCatalogSchema).OfOid(kBootstrapRole).OfOid(row.family).OfOid(row.type);
    out.Bool(row.is_default).OfOid(row.key_type);
  }
}

void PgAmop(const SystemViewContext& context, RowWriter& out) {
  for (const FamilyOperator& row : FamilyOperators()) {
    if (context.functions.FindOperator(row.op) == nullptr) continue;
    out.OfOid(row.oid).OfOid(row.family).OfOid(row.left).OfOid(row.right).Int2(row.strategy).Char('s').OfOid(row.op).OfOid(kBtreeAccessMethod).OfOid(0);
  }
}

void PgAmproc(const SystemViewContext& context, RowWriter& out) {
  for (const FamilyFunction& row : FamilyFunctions()) {
    if (context.functions.FindFunction(row.function) == nullptr) continue;
    out.OfOid(row.oid).OfOid(row.family).OfOid(row.left).OfOid(row.right).Int2(1).OfOid(row.function);
  }
}

}  // namespace gather::catalog
