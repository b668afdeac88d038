// Sizes on disk and how they are written; counts of rows.
#include <strings.h>

#include "catalog/functions/system_kernel.h"
#include "index/ordered_index.h"
#include "storage/table.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {

struct SizeUnit {
  const char* name;
  int64_t limit;        // larger sizes go on to the next unit
  bool round;
  int bits;
};
constexpr SizeUnit kSizeUnits[] = {{"bytes", 10 * 1024, false, 0},  {"kB", 20 * 1024 - 1, true, 10}, {"MB", 20 * 1024 - 1, true, 20},
                                   {"GB", 20 * 1024 - 1, true, 30}, {"TB", 20 * 1024 - 1, true, 40}, {"PB", 20 * 1024 - 1, true, 50}};

std::string PrettySize(__int128 size) {
  for (size_t i = 0;; i++) {
    const SizeUnit& unit = kSizeUnits[i];
    const __int128 magnitude = size < 0 ? -size : size;
    if (i + 1 == std::size(kSizeUnits) || magnitude < unit.limit) {
      if (unit.round) size = (size + (size < 0 ? -1 : 1)) / 2;
      std::string text;
      AppendDecimalText(size, 0, text);
      return text + " " + unit.name;
    }
    const SizeUnit& next = kSizeUnits[i + 1];
    const int bits = next.bits - unit.bits - (next.round ? 1 : 0) + (unit.round ? 1 : 0);
    size /= __int128{1} << bits;
  }
}

GATHER_SYSTEM_KERNEL(SizePretty) {
  ForValidRows(result, rows, [&](uint32_t row) { SetText(result, row, PrettySize(At<int64_t>(arguments[0], row))); });
}

GATHER_SYSTEM_KERNEL(NumericSizePretty) {
  const Vector packed = ToPackedNumeric(arguments[0], rows);
  const std::string limit = NumericFromInt64(10 * 1024), minus_limit = NumericFromInt64(-10 * 1024);
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string value = TextAt(packed, row);
    if (CompareNumeric(value, limit) < 0 && CompareNumeric(value, minus_limit) > 0) return SetText(result, row, NumericToText(value) + " bytes");
    __int128 whole = 0;
    if (!NumericToScaled(NumericTrunc(value, 0), 0, &whole)) throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range");
    SetText(result, row, PrettySize(whole));
  });
}

GATHER_SYSTEM_KERNEL(SizeBytes) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string text = TextAt(arguments[0], row);
    size_t begin = text.find_first_not_of(" \t\n");
    if (begin == std::string::npos) begin = text.size();
    size_t end = begin;
    if (end < text.size() && (text[end] == '-' || text[end] == '+')) end++;
    const size_t digits = end;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) || text[end] == '.')) end++;
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
      size_t exponent = end + 1;
      if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) exponent++;
      if (exponent < text.size() && std::isdigit(static_cast<unsigned char>(text[exponent]))) {
        end = exponent;
        while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) end++;
      }
    }
    if (end == digits) throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid size: \"%s\"", text.c_str()));
    std::string number = ParseNumeric(std::string_view(text).substr(begin, end - begin), -1);
    std::string unit = text.substr(std::min(text.size(), text.find_first_not_of(" \t\n", end)));
    while (!unit.empty() && std::isspace(static_cast<unsigned char>(unit.back()))) unit.pop_back();
    if (!unit.empty()) {
      const SizeUnit* found = strcasecmp(unit.c_str(), "B") == 0 ? &kSizeUnits[0] : nullptr;
      for (const SizeUnit& candidate : kSizeUnits) {
        if (strcasecmp(unit.c_str(), candidate.name) == 0) found = &candidate;
      }
      if (found == nullptr) {
        throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid size: \"%s\"", text.c_str()))
            .Detail(Format("Invalid size unit: \"%s\".", unit.c_str()))
            .Hint("Valid units are \"bytes\", \"B\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".");
      }
      number = NumericMultiply(number, NumericFromInt64(int64_t{1} << found->bits));
    }
    result.data<int64_t>()[row] = NumericToInt64(number);
  });
}

// ---- relations

int64_t MainSize(const RelationEntry& relation) {
  if (relation.table != nullptr) return static_cast<int64_t>(relation.table->statistics().bytes);
  if (relation.index.has_value() && relation.index->ordered != nullptr) return static_cast<int64_t>(relation.index->ordered->ApproximateBytes());
  return relation.kind == RelationKind::kSequence ? 8192 : 0;
}

int64_t IndexesSize(const CatalogSnapshot& catalog, const RelationEntry& relation) {
  int64_t bytes = 0;
  for (Oid oid : relation.indexes) {
    if (const RelationRef index = catalog.FindRelation(oid)) bytes += MainSize(*index);
  }
  return bytes;
}

template <class F>
void SizeRows(FunctionContext& context, const Vector& argument, uint32_t rows, Vector& result, F&& f) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(argument, row));
    if (relation == nullptr) result.SetNull(row); else result.data<int64_t>()[row] = f(*catalog, *relation, row);
  });
}

GATHER_SYSTEM_KERNEL(RelationSize) {
  SizeRows(context, arguments[0], rows, result, [&](const CatalogSnapshot&, const RelationEntry& relation, uint32_t row) -> int64_t {
    if (arguments.size() < 2) return MainSize(relation);
    const std::string fork = TextAt(arguments[1], row);
    if (fork == "main") return MainSize(relation);
    if (fork == "fsm" || fork == "vm" || fork == "init") return 0;
    throw SqlError(sqlstate::kInvalidParameterValue, "invalid fork name").Hint("Valid fork names are \"main\", \"fsm\", \"vm\", and \"init\".");
  });
}

GATHER_SYSTEM_KERNEL(TableSize) {
  SizeRows(context, arguments[0], rows, result, [](const CatalogSnapshot&, const RelationEntry& relation, uint32_t) { return MainSize(relation); });
}

GATHER_SYSTEM_KERNEL(IndexesSizeKernel) {
  SizeRows(context, arguments[0], rows, result, [](const CatalogSnapshot& catalog, const RelationEntry& relation, uint32_t) { return IndexesSize(catalog, relation); });
}

GATHER_SYSTEM_KERNEL(TotalSize) {
  SizeRows(context, arguments[0], rows, result, [](const CatalogSnapshot& catalog, const RelationEntry& relation, uint32_t) {
    return MainSize(relation) + IndexesSize(catalog, relation);
  });
}

int64_t AllRelations(const CatalogSnapshot& catalog) {
  int64_t bytes = 0;
  for (const RelationRef& relation : catalog.Relations()) bytes += MainSize(*relation);
  return bytes;
}

// The relations of the server belong to the database one connects to; the template has none.
GATHER_SYSTEM_KERNEL(DatabaseSize) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  const bool by_name = context.argument_types[0].oid == type_oid::kName;
  ForValidRows(result, rows, [&](uint32_t row) {
    const DatabaseEntry* found = nullptr;
    for (const DatabaseEntry* database : catalog->Databases()) {
      if (by_name ? database->name == TextAt(arguments[0], row) : database->oid == At<Oid>(arguments[0], row)) found = database;
    }
    if (found != nullptr) {
      result.data<int64_t>()[row] = found->is_template ? 0 : AllRelations(*catalog);
    } else if (by_name) {
      throw SqlError(sqlstate::kInvalidCatalogName, Format("database \"%s\" does not exist", TextAt(arguments[0], row).c_str()));
    } else {
      result.SetNull(row);
    }
  });
}

GATHER_SYSTEM_KERNEL(TablespaceSize) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  const bool by_name = context.argument_types[0].oid == type_oid::kName;
  ForValidRows(result, rows, [&](uint32_t row) {
    const bool exists = by_name ? TextAt(arguments[0], row) == "pg_default" : At<Oid>(arguments[0], row) == 1663;
    if (exists) {
      result.data<int64_t>()[row] = AllRelations(*catalog);
    } else if (by_name) {
      throw SqlError(sqlstate::kUndefinedObject, Format("tablespace \"%s\" does not exist", TextAt(arguments[0], row).c_str()));
    } else {
      result.SetNull(row);
    }
  });
}

GATHER_SYSTEM_KERNEL(RelationFilenode) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const RelationRef relation = catalog->FindRelation(At<Oid>(arguments[0], row));
    if (relation == nullptr || relation->storage.value == 0) result.SetNull(row); else result.data<Oid>()[row] = relation->oid;
  });
}

// Bytes a value takes, length word of strings included.
GATHER_SYSTEM_KERNEL(ColumnSize) {
  const TypeInfo& type = GetType(context.argument_types[0].oid);
  ForValidRows(result, rows, [&](uint32_t row) {
    int32_t size = type.length;
    if (type.length < 0) {
      const Vector packed = type.oid == type_oid::kNumeric ? ToPackedNumeric(arguments[0], rows) : arguments[0];
      const auto bytes = static_cast<int32_t>(At<StringRef>(packed, row).size());
      size = bytes + (type.length == -2 ? 1 : bytes < 127 ? 1 : 4);
    }
    result.data<int32_t>()[row] = size;
  });
}

GATHER_SYSTEM_KERNEL(LiveTuples) {
  SizeRows(context, arguments[0], rows, result, [](const CatalogSnapshot&, const RelationEntry& relation, uint32_t) {
    return relation.table == nullptr ? 0 : static_cast<int64_t>(relation.table->statistics().rows);
  });
}

GATHER_SYSTEM_KERNEL(DeadTuples) {
  SizeRows(context, arguments[0], rows, result, [](const CatalogSnapshot&, const RelationEntry& relation, uint32_t) {
    return relation.table == nullptr ? 0 : static_cast<int64_t>(relation.table->statistics().dead_rows);
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {2288, "pg_size_pretty", {kInt8}, kText, SizePretty,
     "convert a long int to a human readable text using size units"},
    {3166, "pg_size_pretty", {kNumeric}, kText, NumericSizePretty,
     "convert a numeric to a human readable text using size units"},
    {3334, "pg_size_bytes", {kText}, kInt8, SizeBytes,
     "convert a size in human-readable format with size units into bytes"},
    {2332, "pg_relation_size", {kRegclass, kText}, kInt8, RelationSize,
     "disk space usage for the specified fork of a table or index", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {2325, "pg_relation_size", {kRegclass}, kInt8, RelationSize,
     "disk space usage for the main fork of the specified table or index", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {2997, "pg_table_size", {kRegclass}, kInt8, TableSize,
     "disk space usage for the specified table, including TOAST, free space and visibility map", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2998, "pg_indexes_size", {kRegclass}, kInt8, IndexesSizeKernel,
     "disk space usage for all indexes attached to the specified table", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {2286, "pg_total_relation_size", {kRegclass}, kInt8, TotalSize,
     "total disk space usage for the specified table and associated indexes", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {2324, "pg_database_size", {kOid}, kInt8, DatabaseSize, "total disk space usage for the specified database", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2168, "pg_database_size", {kName}, kInt8, DatabaseSize, "total disk space usage for the specified database",
     true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2322, "pg_tablespace_size", {kOid}, kInt8, TablespaceSize, "total disk space usage for the specified tablespace",
     true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2323, "pg_tablespace_size", {kName}, kInt8, TablespaceSize,
     "total disk space usage for the specified tablespace", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {2999, "pg_relation_filenode", {kRegclass}, kOid, RelationFilenode, "filenode identifier of relation", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3034, "pg_relation_filepath", {kRegclass}, kText, AlwaysNull, "file path of relation", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {1269, "pg_column_size", {kAny}, kInt4, ColumnSize, "bytes required to store the value, perhaps with compression",
     true, Volatility::kStable},
    {2878, "pg_stat_get_live_tuples", {kOid}, kInt8, LiveTuples, "statistics: number of live tuples", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2879, "pg_stat_get_dead_tuples", {kOid}, kInt8, DeadTuples, "statistics: number of dead tuples", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddSizeFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
