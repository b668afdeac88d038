// SQL text of catalog objects: pg_get_*def, pg_get_expr, format_type, function signatures.
#include <optional>

#include "catalog/definitions.h"
#include "catalog/functions/system_kernel.h"
#include "types/array.h"
#include "types/quote.h"

namespace gather::catalog {

namespace {

// Answers f(row) → text or null.
template <class F>
void TextRows(uint32_t rows, Vector& result, F&& f) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::optional<std::string> text = f(row);
    if (text.has_value()) SetText(result, row, *text); else SetNullText(result, row);
  });
}

using Text = std::optional<std::string>;

GATHER_SYSTEM_KERNEL(FormatTypeKernel) {
  for (uint32_t row = 0; row < rows; row++) {
    if (arguments[0].IsNull(row)) {
      SetNullText(result, row);
      continue;
    }
    const Oid oid = At<Oid>(arguments[0], row);
    const bool has_typmod = !arguments[1].IsNull(row);
    const int32_t typmod = has_typmod ? At<int32_t>(arguments[1], row) : -1;
    if (oid == kInvalidOid) {
      SetText(result, row, "-");
    } else if (FindType(oid) == nullptr) {
      const std::string name = NamesOf(SessionOf(context)).NameOf(type_oid::kRegtype, oid);
      SetText(result, row, name.empty() ? "???" : name);
    } else if (oid == type_oid::kBpchar && has_typmod && typmod == -1) {
      SetText(result, row, "bpchar");  // the one type whose SQL name means something else without a modifier
    } else {
      SetText(result, row, FormatType({oid, typmod}));
    }
  }
}

GATHER_SYSTEM_KERNEL(UserById) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const Oid oid = At<Oid>(arguments[0], row);
    const RoleEntry* role = catalog->FindRole(oid);
    return role != nullptr ? role->name : Format("unknown (OID=%u)", oid);
  });
}

GATHER_SYSTEM_KERNEL(Expression) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const std::string text = TextAt(arguments[0], row);
    const bool pretty = arguments.size() > 2 && BoolAt(arguments[2], row);
    const Oid oid = At<Oid>(arguments[1], row);
    if (oid == kInvalidOid) return session.ExpressionText(text, nullptr, pretty);
    const RelationRef table = catalog->FindRelation(oid);
    if (table == nullptr) return std::nullopt;
    return session.ExpressionText(text, table.get(), pretty);
  });
}

GATHER_SYSTEM_KERNEL(IndexDefinitionKernel) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const RelationRef index = catalog->FindRelation(At<Oid>(arguments[0], row));
    if (index == nullptr || !index->index.has_value()) return std::nullopt;
    const bool pretty = arguments.size() > 2 && BoolAt(arguments[2], row);
    if (arguments.size() > 1 && At<int32_t>(arguments[1], row) != 0) return IndexColumnDefinition(*catalog, *index, At<int32_t>(arguments[1], row), pretty, session);
    const RelationRef table = catalog->FindRelation(index->index->table);
    if (table == nullptr) return std::nullopt;
    return IndexDefinition(*catalog, *index, pretty ? VisibleName(*catalog, session.SearchPath(), *table) : QualifiedName(*catalog, *table), pretty, session);
  });
}

GATHER_SYSTEM_KERNEL(ConstraintDefinition) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const Oid oid = At<Oid>(arguments[0], row);
    const bool pretty = arguments.size() > 1 && BoolAt(arguments[1], row);
    for (const RelationRef& relation : catalog->Relations()) {
      for (const CheckConstraint& check : relation->checks) {
        if (check.oid == oid) return CheckDefinition(*relation, check, pretty, session);
      }
      for (const ForeignKey& key : relation->foreign_keys) {
        if (key.oid != oid) continue;
        const RelationRef referenced = catalog->FindRelation(key.table);
        if (referenced == nullptr) return std::nullopt;
        return ForeignKeyDefinition(*catalog, *relation, key, VisibleName(*catalog, session.SearchPath(), *referenced));
      }
      if (relation->index.has_value() && relation->index->constraint_oid == oid) return KeyConstraintDefinition(*catalog, *relation);
    }
    return std::nullopt;
  });
}

Text ViewText(const RelationRef& view, bool pretty, SessionServices& session) {
  if (view == nullptr) return std::nullopt;
  return view->kind == RelationKind::kView ? ViewDefinition(*view, pretty, session) : "Not a view";
}

GATHER_SYSTEM_KERNEL(ViewDefinitionKernel) {
  SessionServices& session = SessionOf(context);
  const bool by_name = context.argument_types[0].oid == type_oid::kText;
  TextRows(rows, result, [&](uint32_t row) -> Text {
    // The third form takes a line length; asking for one is asking for pretty printing.
    const bool pretty = arguments.size() > 1 && (context.argument_types[1].oid == type_oid::kInt4 || BoolAt(arguments[1], row));
    if (by_name) return ViewText(NamesOf(session).Relation(TextAt(arguments[0], row)), pretty, session);
    return ViewText(session.catalog_view()->FindRelation(At<Oid>(arguments[0], row)), pretty, session);
  });
}

GATHER_SYSTEM_KERNEL(RuleDefinition) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const RelationRef view = catalog->FindRelation(At<Oid>(arguments[0], row));  // rules carry their view's OID
    if (view == nullptr || view->kind != RelationKind::kView) return std::nullopt;
    return "CREATE RULE \"_RETURN\" AS\n    ON SELECT TO " + QualifiedName(*catalog, *view) + " DO INSTEAD " + ViewDefinition(*view, false, session);
  });
}

GATHER_SYSTEM_KERNEL(SerialSequence) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const RelationRef table = NamesOf(session).Relation(TextAt(arguments[0], row));
    const std::string name = TextAt(arguments[1], row);
    const ColumnEntry* column = table->FindColumn(name);
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", name.c_str(), table->name.c_str()));
    }
    for (const RelationRef& relation : catalog->Relations()) {
      if (relation->kind == RelationKind::kSequence && relation->sequence->owner_table == table->oid && relation->sequence->owner_column == column->id) {
        return QualifiedName(*catalog, *relation);
      }
    }
    return std::nullopt;
  });
}

// ---- functions

std::string Arguments(const FunctionInfo& f, bool with_defaults, bool with_out) {
  std::string text;
  const size_t first_default = f.arguments.size() - std::min(f.defaults.size(), f.arguments.size());
  for (size_t i = 0; i < f.arguments.size() + (with_out ? f.out_columns.size() : 0); i++) {
    if (i > 0) text += ", ";
    const bool out = i >= f.arguments.size();
    if (out) text += "OUT ";
    if (f.variadic != kInvalidOid && i + 1 == f.arguments.size()) text += "VARIADIC ";
    if (i < f.argument_names.size() && !f.argument_names[i].empty()) text += QuoteIdentifier(f.argument_names[i]) + " ";
    text += FormatType(out ? f.out_columns[i - f.arguments.size()] : f.arguments[i]);
    if (with_defaults && !out && i >= first_default) text += " DEFAULT " + std::string(f.defaults[i - first_default]);
  }
  return text;
}

std::string ResultText(const FunctionInfo& f) { return (f.returns_set ? "SETOF " : "") + FormatType(f.result); }

const FunctionInfo* FunctionAt(FunctionContext& context, const Vector& argument, uint32_t row) {
  return SessionOf(context).catalog().functions().FindFunction(At<Oid>(argument, row));
}

GATHER_SYSTEM_KERNEL(FunctionArguments) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const FunctionInfo* f = FunctionAt(context, arguments[0], row);
    return f == nullptr ? Text() : Arguments(*f, true, true);
  });
}

GATHER_SYSTEM_KERNEL(FunctionIdentityArguments) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const FunctionInfo* f = FunctionAt(context, arguments[0], row);
    return f == nullptr ? Text() : Arguments(*f, false, true);
  });
}

GATHER_SYSTEM_KERNEL(FunctionResult) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const FunctionInfo* f = FunctionAt(context, arguments[0], row);
    return f == nullptr || f->kind == FunctionKind::kProcedure ? Text() : ResultText(*f);
  });
}

GATHER_SYSTEM_KERNEL(FunctionArgumentDefault) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const FunctionInfo* f = FunctionAt(context, arguments[0], row);
    if (f == nullptr || f->defaults.empty()) return std::nullopt;
    const int64_t position = int64_t{At<int32_t>(arguments[1], row)} - 1 - static_cast<int64_t>(f->arguments.size() - f->defaults.size());
    if (position < 0 || position >= static_cast<int64_t>(f->defaults.size())) return std::nullopt;
    return std::string(f->defaults[static_cast<size_t>(position)]);
  });
}

GATHER_SYSTEM_KERNEL(OidVectorTypes) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    ArrayReader reader(At<StringRef>(arguments[0], row).view());
    ArrayReader::Element element;
    std::string text;
    while (reader.Next(&element)) {
      const Oid oid = ArrayElementDatum(type_oid::kOid, element).as<Oid>();
      text += (text.empty() ? "" : ", ") + (FindType(oid) == nullptr ? "???" : FormatType(oid));
    }
    return text;
  });
}

GATHER_SYSTEM_KERNEL(FunctionDefinition) {
  TextRows(rows, result, [&](uint32_t row) -> Text {
    const FunctionInfo* f = FunctionAt(context, arguments[0], row);
    if (f == nullptr) return std::nullopt;
    const std::string name = QuoteIdentifier(f->name);
    if (f->kind == FunctionKind::kAggregate) throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is an aggregate function", name.c_str()));
    std::string text = "CREATE OR REPLACE FUNCTION pg_catalog." + name + "(" + Arguments(*f, true, true) + ")\n RETURNS " + ResultText(*f) + "\n LANGUAGE internal\n";
    std::string attributes;
    if (f->volatility == Volatility::kImmutable) attributes += " IMMUTABLE";
    if (f->volatility == Volatility::kStable) attributes += " STABLE";
    if (f->parallel == ParallelSafety::kSafe) attributes += " PARALLEL SAFE";
    if (f->parallel == ParallelSafety::kRestricted) attributes += " PARALLEL RESTRICTED";
    if (f->strict) attributes += " STRICT";
    if (!attributes.empty()) text += attributes + "\n";
    return text + "AS $function$" + std::string(f->name) + "$function$\n";
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1081, "format_type", {kOid, kInt4}, kText, FormatTypeKernel, "format a type oid and atttypmod to canonical SQL",
     false, Volatility::kStable, ParallelSafety::kRestricted},
    {1642, "pg_get_userbyid", {kOid}, kName, UserById, "role name by OID (with fallback)", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {1716, "pg_get_expr", {kPgNodeTree, kOid}, kText, Expression, "deparse an encoded expression", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2509, "pg_get_expr", {kPgNodeTree, kOid, kBool}, kText, Expression,
     "deparse an encoded expression with pretty-print option", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1643, "pg_get_indexdef", {kOid}, kText, IndexDefinitionKernel, "index description", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2507, "pg_get_indexdef", {kOid, kInt4, kBool}, kText, IndexDefinitionKernel,
     "index description (full create statement or single expression) with pretty-print option", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1387, "pg_get_constraintdef", {kOid}, kText, ConstraintDefinition, "constraint description", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2508, "pg_get_constraintdef", {kOid, kBool}, kText, ConstraintDefinition,
     "constraint description with pretty-print option", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1640, "pg_get_viewdef", {kText}, kText, ViewDefinitionKernel, "select statement of a view", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1641, "pg_get_viewdef", {kOid}, kText, ViewDefinitionKernel, "select statement of a view", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2505, "pg_get_viewdef", {kText, kBool}, kText, ViewDefinitionKernel,
     "select statement of a view with pretty-print option", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2506, "pg_get_viewdef", {kOid, kBool}, kText, ViewDefinitionKernel,
     "select statement of a view with pretty-print option", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3159, "pg_get_viewdef", {kOid, kInt4}, kText, ViewDefinitionKernel,
     "select statement of a view with pretty-printing and specified line wrapping", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {1573, "pg_get_ruledef", {kOid}, kText, RuleDefinition, "source text of a rule", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2504, "pg_get_ruledef", {kOid, kBool}, kText, RuleDefinition, "source text of a rule with pretty-print option",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {1665, "pg_get_serial_sequence", {kText, kText}, kText, SerialSequence, "name of sequence for a serial column",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {2162, "pg_get_function_arguments", {kOid}, kText, FunctionArguments, "argument list of a function", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2232, "pg_get_function_identity_arguments", {kOid}, kText, FunctionIdentityArguments,
     "identity argument list of a function", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2165, "pg_get_function_result", {kOid}, kText, FunctionResult, "result type of a function", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3808, "pg_get_function_arg_default", {kOid, kInt4}, kText, FunctionArgumentDefault, "function argument default",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {2098, "pg_get_functiondef", {kOid}, kText, FunctionDefinition, "definition of a function", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1349, "oidvectortypes", {kOidVector}, kText, OidVectorTypes, "print type names of oidvector field", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {6197, "pg_get_function_sqlbody", {kOid}, kText, AlwaysNull, "function SQL body", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {1662, "pg_get_triggerdef", {kOid}, kText, AlwaysNull, "trigger description", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2730, "pg_get_triggerdef", {kOid, kBool}, kText, AlwaysNull, "trigger description with pretty-print option",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {3352, "pg_get_partkeydef", {kOid}, kText, AlwaysNull, "partition key description", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3408, "pg_get_partition_constraintdef", {kOid}, kText, AlwaysNull, "partition constraint description", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3415, "pg_get_statisticsobjdef", {kOid}, kText, AlwaysNull, "extended statistics object description", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {6174, "pg_get_statisticsobjdef_columns", {kOid}, kText, AlwaysNull, "extended statistics columns", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {6173, "pg_get_statisticsobjdef_expressions", {kOid}, kTextArray, AlwaysNull, "extended statistics expressions",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddDefinitionFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
