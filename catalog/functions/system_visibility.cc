// pg_*_is_visible, to_reg*: whether and how a bare name finds an object.
#include "catalog/definitions.h"
#include "catalog/functions/system_kernel.h"
#include "catalog/operator_classes.h"

namespace gather::catalog {

namespace {

// f(oid) → 1 visible, 0 hidden, -1 no such object (null).
template <class F>
void VisibleRows(const Vector& argument, uint32_t rows, Vector& result, F&& f) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const int answer = f(At<Oid>(argument, row));
    if (answer < 0) result.SetNull(row); else result.data<uint8_t>()[row] = answer != 0;
  });
}

GATHER_SYSTEM_KERNEL(TableIsVisible) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  const std::vector<Oid> path = session.SearchPath();
  VisibleRows(arguments[0], rows, result, [&](Oid oid) {
    const RelationRef relation = catalog->FindRelation(oid);
    return relation == nullptr ? -1 : static_cast<int>(IsVisible(*catalog, path, *relation));
  });
}

GATHER_SYSTEM_KERNEL(TypeIsVisible) {
  SessionServices& session = SessionOf(context);
  const CatalogRef catalog = session.catalog_view();
  const std::vector<Oid> path = session.SearchPath();
  VisibleRows(arguments[0], rows, result, [&](Oid oid) {
    if (FindType(oid) != nullptr) return 1;
    for (const RelationRef& relation : catalog->Relations()) {
      if (relation->row_type == oid) return static_cast<int>(IsVisible(*catalog, path, *relation));
    }
    return -1;
  });
}

// All functions, operators and operator classes live in pg_catalog, which every path includes.
GATHER_SYSTEM_KERNEL(FunctionIsVisible) {
  const FunctionRegistry& functions = SessionOf(context).catalog().functions();
  VisibleRows(arguments[0], rows, result, [&](Oid oid) { return functions.FindFunction(oid) != nullptr ? 1 : -1; });
}

GATHER_SYSTEM_KERNEL(OperatorIsVisible) {
  const FunctionRegistry& functions = SessionOf(context).catalog().functions();
  VisibleRows(arguments[0], rows, result, [&](Oid oid) { return functions.FindOperator(oid) != nullptr ? 1 : -1; });
}

GATHER_SYSTEM_KERNEL(OperatorClassIsVisible) {
  VisibleRows(arguments[0], rows, result, [&](Oid oid) {
    for (const OperatorClass& row : OperatorClasses()) {
      if (row.oid == oid) return 1;
    }
    return -1;
  });
}

GATHER_SYSTEM_KERNEL(OperatorFamilyIsVisible) {
  VisibleRows(arguments[0], rows, result, [&](Oid oid) {
    for (const OperatorFamily& row : OperatorFamilies()) {
      if (row.oid == oid) return 1;
    }
    return -1;
  });
}

GATHER_SYSTEM_KERNEL(CollationIsVisible) {
  VisibleRows(arguments[0], rows, result, [&](Oid oid) { return oid == 100 || oid == 950 || oid == 951 || oid == 12340 ? 1 : -1; });
}

// Null instead of an error for a name that means nothing; bad syntax stays an error.
GATHER_SYSTEM_KERNEL(ToReg) {
  SessionServices& session = SessionOf(context);
  const CatalogNames names = NamesOf(session);
  ForValidRows(result, rows, [&](uint32_t row) {
    try {
      result.data<Oid>()[row] = names.OidOf(context.function->result, TextAt(arguments[0], row));
    } catch (const SqlError& error) {
      const SqlState state = error.state();
      if (state != sqlstate::kUndefinedTable && state != sqlstate::kUndefinedObject && state != sqlstate::kUndefinedFunction &&
          state != sqlstate::kInvalidSchemaName && state != sqlstate::kAmbiguousFunction) {
        throw;
      }
      result.SetNull(row);
    }
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {2079, "pg_table_is_visible", {kOid}, kBool, TableIsVisible, "is table visible in search path?", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2080, "pg_type_is_visible", {kOid}, kBool, TypeIsVisible, "is type visible in search path?", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2081, "pg_function_is_visible", {kOid}, kBool, FunctionIsVisible, "is function visible in search path?", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2082, "pg_operator_is_visible", {kOid}, kBool, OperatorIsVisible, "is operator visible in search path?", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2083, "pg_opclass_is_visible", {kOid}, kBool, OperatorClassIsVisible, "is opclass visible in search path?", true,
     Volatility::kStable},
    {3829, "pg_opfamily_is_visible", {kOid}, kBool, OperatorFamilyIsVisible, "is opfamily visible in search path?",
     true, Volatility::kStable},
    {3815, "pg_collation_is_visible", {kOid}, kBool, CollationIsVisible, "is collation visible in search path?", true,
     Volatility::kStable},
    {2093, "pg_conversion_is_visible", {kOid}, kBool, AlwaysNull, "is conversion visible in search path?", true,
     Volatility::kStable},
    {3403, "pg_statistics_obj_is_visible", {kOid}, kBool, AlwaysNull, "is statistics object visible in search path?",
     true, Volatility::kStable},
    {3756, "pg_ts_parser_is_visible", {kOid}, kBool, AlwaysNull, "is text search parser visible in search path?",
     true, Volatility::kStable},
    {3757, "pg_ts_dict_is_visible", {kOid}, kBool, AlwaysNull, "is text search dictionary visible in search path?",
     true, Volatility::kStable},
    {3768, "pg_ts_template_is_visible", {kOid}, kBool, AlwaysNull, "is text search template visible in search path?",
     true, Volatility::kStable},
    {3758, "pg_ts_config_is_visible", {kOid}, kBool, AlwaysNull,
     "is text search configuration visible in search path?", true, Volatility::kStable},
    {3495, "to_regclass", {kText}, kRegclass, ToReg, "convert classname to regclass", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3493, "to_regtype", {kText}, kRegtype, ToReg, "convert type name to regtype", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3494, "to_regproc", {kText}, kRegproc, ToReg, "convert proname to regproc", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3479, "to_regprocedure", {kText}, kRegprocedure, ToReg, "convert proname to regprocedure", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3492, "to_regoper", {kText}, kRegoper, ToReg, "convert operator name to regoper", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3476, "to_regoperator", {kText}, kRegoperator, ToReg, "convert operator name to regoperator", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {4086, "to_regnamespace", {kText}, kRegnamespace, ToReg, "convert namespace name to regnamespace", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {4093, "to_regrole", {kText}, kRegrole, ToReg, "convert role name to regrole", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddVisibilityFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
