// The I/O functions of the types as SQL sees them: int4in(cstring), int4out(integer), int4send(integer) …, over the type table's kernels.
#include <set>

#include "catalog/functions/system_kernel.h"
#include "catalog/type_functions.h"
#include "types/array.h"

namespace gather::catalog {

namespace {

// The type a value of which is made: the function's own, or the element named by the second argument for array_in.
SqlType TargetOf(const FunctionContext& context, std::span<const Vector> arguments, uint32_t row) {
  Oid oid = context.function->result;
  if (oid == type_oid::kAnyarray && arguments.size() > 1) oid = GetType(At<Oid>(arguments[1], row)).array;
  return {oid, arguments.size() > 2 ? At<int32_t>(arguments[2], row) : -1};
}

GATHER_SYSTEM_KERNEL(Input) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const SqlType type = TargetOf(context, arguments, row);
    const TypeInfo& info = GetType(type.oid);
    if (info.text_in == nullptr) ThrowNotSupported("cannot accept a value of type " + FormatType(type));
    info.text_in(At<StringRef>(arguments[0], row).view(), type, *context.io, result, row);
  });
}

GATHER_SYSTEM_KERNEL(Output) {
  const TypeInfo& info = GetType(context.argument_types[0].oid);
  if (info.text_out == nullptr) ThrowNotSupported("cannot display a value of type " + FormatType(info.oid));
  ForValidRows(result, rows, [&](uint32_t row) {
    std::string text;
    info.text_out(arguments[0], row, *context.io, text);
    SetText(result, row, text);
  });
}

GATHER_SYSTEM_KERNEL(Send) {
  const TypeInfo& info = GetType(context.argument_types[0].oid);
  if (info.binary_out == nullptr) ThrowNotSupported("no binary output function available for type " + FormatType(info.oid));
  ForValidRows(result, rows, [&](uint32_t row) {
    std::string bytes;
    info.binary_out(arguments[0], row, *context.io, bytes);
    SetText(result, row, bytes);
  });
}

// SQL has no values of type internal to call it with.
GATHER_SYSTEM_KERNEL(Receive) {
  (void)rows, (void)result;
  ThrowNotSupported("cannot accept a value of type internal");
}

GATHER_SYSTEM_KERNEL(ModifierIn) {
  (void)rows, (void)result;
  ThrowNotSupported("type modifiers are read by the parser");
}

GATHER_SYSTEM_KERNEL(ModifierOut) {
  // varchartypmodout belongs to varchar: the type whose function this is.
  Oid type = kInvalidOid;
  for (const TypeFunctions& functions : AllTypeFunctions()) {
    if (functions.modifier_out.oid == context.function->oid && !IsArrayType(functions.type)) type = functions.type;
  }
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string bare = FormatType(type), full = FormatType({type, At<int32_t>(arguments[0], row)});
    const size_t open = full.find('(');
    SetText(result, row, open == std::string::npos || full == bare ? "" : full.substr(open, full.find(')') + 1 - open));
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1242, "boolin", {kCstring}, kBool, Input, "I/O"},
    {1243, "boolout", {kBool}, kCstring, Output, "I/O"},
    {2436, "boolrecv", {kInternal}, kBool, Receive, "I/O"},
    {2437, "boolsend", {kBool}, kBytea, Send, "I/O"},
    {1244, "byteain", {kCstring}, kBytea, Input, "I/O"},
    {31, "byteaout", {kBytea}, kCstring, Output, "I/O"},
    {2412, "bytearecv", {kInternal}, kBytea, Receive, "I/O"},
    {2413, "byteasend", {kBytea}, kBytea, Send, "I/O"},
    {1245, "charin", {kCstring}, kChar, Input, "I/O"},
    {33, "charout", {kChar}, kCstring, Output, "I/O"},
    {2434, "charrecv", {kInternal}, kChar, Receive, "I/O"},
    {2435, "charsend", {kChar}, kBytea, Send, "I/O"},
    {34, "namein", {kCstring}, kName, Input, "I/O"},
    {35, "nameout", {kName}, kCstring, Output, "I/O"},
    {2422, "namerecv", {kInternal}, kName, Receive, "I/O", true, Volatility::kStable},
    {2423, "namesend", {kName}, kBytea, Send, "I/O", true, Volatility::kStable},
    {460, "int8in", {kCstring}, kInt8, Input, "I/O"},
    {461, "int8out", {kInt8}, kCstring, Output, "I/O"},
    {2408, "int8recv", {kInternal}, kInt8, Receive, "I/O"},
    {2409, "int8send", {kInt8}, kBytea, Send, "I/O"},
    {38, "int2in", {kCstring}, kInt2, Input, "I/O"},
    {39, "int2out", {kInt2}, kCstring, Output, "I/O"},
    {2404, "int2recv", {kInternal}, kInt2, Receive, "I/O"},
    {2405, "int2send", {kInt2}, kBytea, Send, "I/O"},
    {40, "int2vectorin", {kCstring}, kInt2Vector, Input, "I/O"},
    {41, "int2vectorout", {kInt2Vector}, kCstring, Output, "I/O"},
    {2410, "int2vectorrecv", {kInternal}, kInt2Vector, Receive, "I/O"},
    {2411, "int2vectorsend", {kInt2Vector}, kBytea, Send, "I/O"},
    {42, "int4in", {kCstring}, kInt4, Input, "I/O"},
    {43, "int4out", {kInt4}, kCstring, Output, "I/O"},
    {2406, "int4recv", {kInternal}, kInt4, Receive, "I/O"},
    {2407, "int4send", {kInt4}, kBytea, Send, "I/O"},
    {44, "regprocin", {kCstring}, kRegproc, Input, "I/O", true, Volatility::kStable},
    {45, "regprocout", {kRegproc}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2444, "regprocrecv", {kInternal}, kRegproc, Receive, "I/O"},
    {2445, "regprocsend", {kRegproc}, kBytea, Send, "I/O"},
    {46, "textin", {kCstring}, kText, Input, "I/O"},
    {47, "textout", {kText}, kCstring, Output, "I/O"},
    {2414, "textrecv", {kInternal}, kText, Receive, "I/O", true, Volatility::kStable},
    {2415, "textsend", {kText}, kBytea, Send, "I/O", true, Volatility::kStable},
    {1798, "oidin", {kCstring}, kOid, Input, "I/O"},
    {1799, "oidout", {kOid}, kCstring, Output, "I/O"},
    {2418, "oidrecv", {kInternal}, kOid, Receive, "I/O"},
    {2419, "oidsend", {kOid}, kBytea, Send, "I/O"},
    {48, "tidin", {kCstring}, kTid, Input, "I/O"},
    {49, "tidout", {kTid}, kCstring, Output, "I/O"},
    {2438, "tidrecv", {kInternal}, kTid, Receive, "I/O"},
    {2439, "tidsend", {kTid}, kBytea, Send, "I/O"},
    {50, "xidin", {kCstring}, kXid, Input, "I/O"},
    {51, "xidout", {kXid}, kCstring, Output, "I/O"},
    {2440, "xidrecv", {kInternal}, kXid, Receive, "I/O"},
    {2441, "xidsend", {kXid}, kBytea, Send, "I/O"},
    {52, "cidin", {kCstring}, kCid, Input, "I/O"},
    {53, "cidout", {kCid}, kCstring, Output, "I/O"},
    {2442, "cidrecv", {kInternal}, kCid, Receive, "I/O"},
    {2443, "cidsend", {kCid}, kBytea, Send, "I/O"},
    {54, "oidvectorin", {kCstring}, kOidVector, Input, "I/O"},
    {55, "oidvectorout", {kOidVector}, kCstring, Output, "I/O"},
    {2420, "oidvectorrecv", {kInternal}, kOidVector, Receive, "I/O"},
    {2421, "oidvectorsend", {kOidVector}, kBytea, Send, "I/O"},
    {321, "json_in", {kCstring}, kJson, Input, "I/O"},
    {322, "json_out", {kJson}, kCstring, Output, "I/O"},
    {323, "json_recv", {kInternal}, kJson, Receive, "I/O"},
    {324, "json_send", {kJson}, kBytea, Send, "I/O"},
    {195, "pg_node_tree_in", {kCstring}, kPgNodeTree, Input, "I/O"},
    {196, "pg_node_tree_out", {kPgNodeTree}, kCstring, Output, "I/O"},
    {197, "pg_node_tree_recv", {kInternal}, kPgNodeTree, Receive, "I/O", true, Volatility::kStable},
    {198, "pg_node_tree_send", {kPgNodeTree}, kBytea, Send, "I/O", true, Volatility::kStable},
    {750, "array_in", {kCstring, kOid, kInt4}, kAnyarray, Input, "I/O", true, Volatility::kStable},
    {751, "array_out", {kAnyarray}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2400, "array_recv", {kInternal, kOid, kInt4}, kAnyarray, Receive, "I/O", true, Volatility::kStable},
    {2401, "array_send", {kAnyarray}, kBytea, Send, "I/O", true, Volatility::kStable},
    {200, "float4in", {kCstring}, kFloat4, Input, "I/O"},
    {201, "float4out", {kFloat4}, kCstring, Output, "I/O"},
    {2424, "float4recv", {kInternal}, kFloat4, Receive, "I/O"},
    {2425, "float4send", {kFloat4}, kBytea, Send, "I/O"},
    {214, "float8in", {kCstring}, kFloat8, Input, "I/O"},
    {215, "float8out", {kFloat8}, kCstring, Output, "I/O"},
    {2426, "float8recv", {kInternal}, kFloat8, Receive, "I/O"},
    {2427, "float8send", {kFloat8}, kBytea, Send, "I/O"},
    {109, "unknownin", {kCstring}, kUnknown, Input, "I/O"},
    {110, "unknownout", {kUnknown}, kCstring, Output, "I/O"},
    {2416, "unknownrecv", {kInternal}, kUnknown, Receive, "I/O"},
    {2417, "unknownsend", {kUnknown}, kBytea, Send, "I/O"},
    {2913, "bpchartypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2914, "bpchartypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {2915, "varchartypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2916, "varchartypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1031, "aclitemin", {kCstring}, kAclItem, Input, "I/O", true, Volatility::kStable},
    {1032, "aclitemout", {kAclItem}, kCstring, Output, "I/O", true, Volatility::kStable},
    {1044, "bpcharin", {kCstring, kOid, kInt4}, kBpchar, Input, "I/O"},
    {1045, "bpcharout", {kBpchar}, kCstring, Output, "I/O"},
    {2430, "bpcharrecv", {kInternal, kOid, kInt4}, kBpchar, Receive, "I/O", true, Volatility::kStable},
    {2431, "bpcharsend", {kBpchar}, kBytea, Send, "I/O", true, Volatility::kStable},
    {1046, "varcharin", {kCstring, kOid, kInt4}, kVarchar, Input, "I/O"},
    {1047, "varcharout", {kVarchar}, kCstring, Output, "I/O"},
    {2432, "varcharrecv", {kInternal, kOid, kInt4}, kVarchar, Receive, "I/O", true, Volatility::kStable},
    {2433, "varcharsend", {kVarchar}, kBytea, Send, "I/O", true, Volatility::kStable},
    {1084, "date_in", {kCstring}, kDate, Input, "I/O", true, Volatility::kStable},
    {1085, "date_out", {kDate}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2468, "date_recv", {kInternal}, kDate, Receive, "I/O"},
    {2469, "date_send", {kDate}, kBytea, Send, "I/O"},
    {1143, "time_in", {kCstring, kOid, kInt4}, kTime, Input, "I/O", true, Volatility::kStable},
    {1144, "time_out", {kTime}, kCstring, Output, "I/O"},
    {2470, "time_recv", {kInternal, kOid, kInt4}, kTime, Receive, "I/O"},
    {2471, "time_send", {kTime}, kBytea, Send, "I/O"},
    {2909, "timetypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2910, "timetypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1312, "timestamp_in", {kCstring, kOid, kInt4}, kTimestamp, Input, "I/O", true, Volatility::kStable},
    {1313, "timestamp_out", {kTimestamp}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2474, "timestamp_recv", {kInternal, kOid, kInt4}, kTimestamp, Receive, "I/O"},
    {2475, "timestamp_send", {kTimestamp}, kBytea, Send, "I/O"},
    {2905, "timestamptypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2906, "timestamptypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1150, "timestamptz_in", {kCstring, kOid, kInt4}, kTimestamptz, Input, "I/O", true, Volatility::kStable},
    {1151, "timestamptz_out", {kTimestamptz}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2476, "timestamptz_recv", {kInternal, kOid, kInt4}, kTimestamptz, Receive, "I/O"},
    {2477, "timestamptz_send", {kTimestamptz}, kBytea, Send, "I/O"},
    {2907, "timestamptztypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2908, "timestamptztypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1160, "interval_in", {kCstring, kOid, kInt4}, kInterval, Input, "I/O", true, Volatility::kStable},
    {1161, "interval_out", {kInterval}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2478, "interval_recv", {kInternal, kOid, kInt4}, kInterval, Receive, "I/O"},
    {2479, "interval_send", {kInterval}, kBytea, Send, "I/O"},
    {2903, "intervaltypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2904, "intervaltypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {2917, "numerictypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2918, "numerictypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1350, "timetz_in", {kCstring, kOid, kInt4}, kTimetz, Input, "I/O", true, Volatility::kStable},
    {1351, "timetz_out", {kTimetz}, kCstring, Output, "I/O"},
    {2472, "timetz_recv", {kInternal, kOid, kInt4}, kTimetz, Receive, "I/O"},
    {2473, "timetz_send", {kTimetz}, kBytea, Send, "I/O"},
    {2911, "timetztypmodin", {1263}, kInt4, ModifierIn, "I/O"},
    {2912, "timetztypmodout", {kInt4}, kCstring, ModifierOut, "I/O"},
    {1701, "numeric_in", {kCstring, kOid, kInt4}, kNumeric, Input, "I/O"},
    {1702, "numeric_out", {kNumeric}, kCstring, Output, "I/O"},
    {2460, "numeric_recv", {kInternal, kOid, kInt4}, kNumeric, Receive, "I/O"},
    {2461, "numeric_send", {kNumeric}, kBytea, Send, "I/O"},
    {2212, "regprocedurein", {kCstring}, kRegprocedure, Input, "I/O", true, Volatility::kStable},
    {2213, "regprocedureout", {kRegprocedure}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2446, "regprocedurerecv", {kInternal}, kRegprocedure, Receive, "I/O"},
    {2447, "regproceduresend", {kRegprocedure}, kBytea, Send, "I/O"},
    {2214, "regoperin", {kCstring}, kRegoper, Input, "I/O", true, Volatility::kStable},
    {2215, "regoperout", {kRegoper}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2448, "regoperrecv", {kInternal}, kRegoper, Receive, "I/O"},
    {2449, "regopersend", {kRegoper}, kBytea, Send, "I/O"},
    {2216, "regoperatorin", {kCstring}, kRegoperator, Input, "I/O", true, Volatility::kStable},
    {2217, "regoperatorout", {kRegoperator}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2450, "regoperatorrecv", {kInternal}, kRegoperator, Receive, "I/O"},
    {2451, "regoperatorsend", {kRegoperator}, kBytea, Send, "I/O"},
    {2218, "regclassin", {kCstring}, kRegclass, Input, "I/O", true, Volatility::kStable},
    {2219, "regclassout", {kRegclass}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2452, "regclassrecv", {kInternal}, kRegclass, Receive, "I/O"},
    {2453, "regclasssend", {kRegclass}, kBytea, Send, "I/O"},
    {2220, "regtypein", {kCstring}, kRegtype, Input, "I/O", true, Volatility::kStable},
    {2221, "regtypeout", {kRegtype}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2454, "regtyperecv", {kInternal}, kRegtype, Receive, "I/O"},
    {2455, "regtypesend", {kRegtype}, kBytea, Send, "I/O"},
    {2290, "record_in", {kCstring, kOid, kInt4}, kRecord, Input, "I/O", true, Volatility::kStable},
    {2291, "record_out", {kRecord}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2402, "record_recv", {kInternal, kOid, kInt4}, kRecord, Receive, "I/O", true, Volatility::kStable},
    {2403, "record_send", {kRecord}, kBytea, Send, "I/O", true, Volatility::kStable},
    {2292, "cstring_in", {kCstring}, kCstring, Input, "I/O"},
    {2293, "cstring_out", {kCstring}, kCstring, Output, "I/O"},
    {2500, "cstring_recv", {kInternal}, kCstring, Receive, "I/O", true, Volatility::kStable},
    {2501, "cstring_send", {kCstring}, kBytea, Send, "I/O", true, Volatility::kStable},
    {2294, "any_in", {kCstring}, kAny, Input, "I/O"},
    {2295, "any_out", {kAny}, kCstring, Output, "I/O"},
    {2296, "anyarray_in", {kCstring}, kAnyarray, Input, "I/O"},
    {2297, "anyarray_out", {kAnyarray}, kCstring, Output, "I/O", true, Volatility::kStable},
    {2502, "anyarray_recv", {kInternal}, kAnyarray, Receive, "I/O", true, Volatility::kStable},
    {2503, "anyarray_send", {kAnyarray}, kBytea, Send, "I/O", true, Volatility::kStable},
    {2298, "void_in", {kCstring}, kVoid, Input, "I/O"},
    {2299, "void_out", {kVoid}, kCstring, Output, "I/O"},
    {3120, "void_recv", {kInternal}, kVoid, Receive, "I/O"},
    {3121, "void_send", {kVoid}, kBytea, Send, "I/O"},
    {2300, "trigger_in", {kCstring}, kTrigger, Input, "I/O", false},
    {2301, "trigger_out", {kTrigger}, kCstring, Output, "I/O"},
    {2304, "internal_in", {kCstring}, kInternal, Input, "I/O", false},
    {2305, "internal_out", {kInternal}, kCstring, Output, "I/O"},
    {2312, "anyelement_in", {kCstring}, kAnyelement, Input, "I/O"},
    {2313, "anyelement_out", {kAnyelement}, kCstring, Output, "I/O"},
    {2777, "anynonarray_in", {kCstring}, kAnynonarray, Input, "I/O"},
    {2778, "anynonarray_out", {kAnynonarray}, kCstring, Output, "I/O"},
    {2952, "uuid_in", {kCstring}, kUuid, Input, "I/O"},
    {2953, "uuid_out", {kUuid}, kCstring, Output, "I/O"},
    {2961, "uuid_recv", {kInternal}, kUuid, Receive, "I/O"},
    {2962, "uuid_send", {kUuid}, kBytea, Send, "I/O"},
    {4084, "regnamespacein", {kCstring}, kRegnamespace, Input, "I/O", true, Volatility::kStable},
    {4085, "regnamespaceout", {kRegnamespace}, kCstring, Output, "I/O", true, Volatility::kStable},
    {4087, "regnamespacerecv", {kInternal}, kRegnamespace, Receive, "I/O"},
    {4088, "regnamespacesend", {kRegnamespace}, kBytea, Send, "I/O"},
    {4098, "regrolein", {kCstring}, kRegrole, Input, "I/O", true, Volatility::kStable},
    {4092, "regroleout", {kRegrole}, kCstring, Output, "I/O", true, Volatility::kStable},
    {4094, "regrolerecv", {kInternal}, kRegrole, Receive, "I/O"},
    {4095, "regrolesend", {kRegrole}, kBytea, Send, "I/O"},
    {5086, "anycompatible_in", {kCstring}, kAnycompatible, Input, "I/O"},
    {5087, "anycompatible_out", {kAnycompatible}, kCstring, Output, "I/O"},
    {5088, "anycompatiblearray_in", {kCstring}, kAnycompatibleArray, Input, "I/O"},
    {5089, "anycompatiblearray_out", {kAnycompatibleArray}, kCstring, Output, "I/O", true, Volatility::kStable},
    {5090, "anycompatiblearray_recv", {kInternal}, kAnycompatibleArray, Receive, "I/O", true, Volatility::kStable},
    {5091, "anycompatiblearray_send", {kAnycompatibleArray}, kBytea, Send, "I/O", true, Volatility::kStable},
    {5092, "anycompatiblenonarray_in", {kCstring}, kAnycompatibleNonarray, Input, "I/O"},
    {5093, "anycompatiblenonarray_out", {kAnycompatibleNonarray}, kCstring, Output, "I/O"},
    {6179, "array_subscript_handler", {kInternal}, kInternal, Receive, "standard array subscripting support"},
    {6180, "raw_array_subscript_handler", {kInternal}, kInternal, Receive, "raw array subscripting support"},
    // clang-format on
};

}  // namespace

void AddTypeFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
