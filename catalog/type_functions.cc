#include "catalog/type_functions.h"

#include <algorithm>

namespace gather::catalog {

namespace {
// By type OID.
constexpr TypeFunctions kTypeFunctions[] = {
    // clang-format off
    {16, 'p', 0, {1242, "boolin"}, {1243, "boolout"}, {2436, "boolrecv"}, {2437, "boolsend"}, {}, {}},
    {17, 'x', 0, {1244, "byteain"}, {31, "byteaout"}, {2412, "bytearecv"}, {2413, "byteasend"}, {}, {}},
    {18, 'p', 0, {1245, "charin"}, {33, "charout"}, {2434, "charrecv"}, {2435, "charsend"}, {}, {}},
    {19, 'p', 950, {34, "namein"}, {35, "nameout"}, {2422, "namerecv"}, {2423, "namesend"}, {}, {}},
    {20, 'p', 0, {460, "int8in"}, {461, "int8out"}, {2408, "int8recv"}, {2409, "int8send"}, {}, {}},
    {21, 'p', 0, {38, "int2in"}, {39, "int2out"}, {2404, "int2recv"}, {2405, "int2send"}, {}, {}},
    {22, 'p', 0, {40, "int2vectorin"}, {41, "int2vectorout"}, {2410, "int2vectorrecv"}, {2411, "int2vectorsend"}, {}, {}},
    {23, 'p', 0, {42, "int4in"}, {43, "int4out"}, {2406, "int4recv"}, {2407, "int4send"}, {}, {}},
    {24, 'p', 0, {44, "regprocin"}, {45, "regprocout"}, {2444, "regprocrecv"}, {2445, "regprocsend"}, {}, {}},
    {25, 'x', 100, {46, "textin"}, {47, "textout"}, {2414, "textrecv"}, {2415, "textsend"}, {}, {}},
    {26, 'p', 0, {1798, "oidin"}, {1799, "oidout"}, {2418, "oidrecv"}, {2419, "oidsend"}, {}, {}},
    {27, 'p', 0, {48, "tidin"}, {49, "tidout"}, {2438, "tidrecv"}, {2439, "tidsend"}, {}, {}},
    {28, 'p', 0, {50, "xidin"}, {51, "xidout"}, {2440, "xidrecv"}, {2441, "xidsend"}, {}, {}},
    {29, 'p', 0, {52, "cidin"}, {53, "cidout"}, {2442, "cidrecv"}, {2443, "cidsend"}, {}, {}},
    {30, 'p', 0, {54, "oidvectorin"}, {55, "oidvectorout"}, {2420, "oidvectorrecv"}, {2421, "oidvectorsend"}, {}, {}},
    {114, 'x', 0, {321, "json_in"}, {322, "json_out"}, {323, "json_recv"}, {324, "json_send"}, {}, {}},
    {194, 'x', 100, {195, "pg_node_tree_in"}, {196, "pg_node_tree_out"}, {197, "pg_node_tree_recv"}, {198, "pg_node_tree_send"}, {}, {}},
    {199, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {700, 'p', 0, {200, "float4in"}, {201, "float4out"}, {2424, "float4recv"}, {2425, "float4send"}, {}, {}},
    {701, 'p', 0, {214, "float8in"}, {215, "float8out"}, {2426, "float8recv"}, {2427, "float8send"}, {}, {}},
    {705, 'p', 0, {109, "unknownin"}, {110, "unknownout"}, {2416, "unknownrecv"}, {2417, "unknownsend"}, {}, {}},
    {1000, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1001, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1002, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1003, 'x', 950, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1005, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1006, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1007, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1008, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1009, 'x', 100, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1010, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1011, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1012, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1013, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1014, 'x', 100, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2913, "bpchartypmodin"}, {2914, "bpchartypmodout"}},
    {1015, 'x', 100, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2915, "varchartypmodin"}, {2916, "varchartypmodout"}},
    {1016, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1021, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1022, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1028, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1033, 'p', 0, {1031, "aclitemin"}, {1032, "aclitemout"}, {}, {}, {}, {}},
    {1034, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1042, 'x', 100, {1044, "bpcharin"}, {1045, "bpcharout"}, {2430, "bpcharrecv"}, {2431, "bpcharsend"}, {2913, "bpchartypmodin"}, {2914, "bpchartypmodout"}},
    {1043, 'x', 100, {1046, "varcharin"}, {1047, "varcharout"}, {2432, "varcharrecv"}, {2433, "varcharsend"}, {2915, "varchartypmodin"}, {2916, "varchartypmodout"}},
    {1082, 'p', 0, {1084, "date_in"}, {1085, "date_out"}, {2468, "date_recv"}, {2469, "date_send"}, {}, {}},
    {1083, 'p', 0, {1143, "time_in"}, {1144, "time_out"}, {2470, "time_recv"}, {2471, "time_send"}, {2909, "timetypmodin"}, {2910, "timetypmodout"}},
    {1114, 'p', 0, {1312, "timestamp_in"}, {1313, "timestamp_out"}, {2474, "timestamp_recv"}, {2475, "timestamp_send"}, {2905, "timestamptypmodin"}, {2906, "timestamptypmodout"}},
    {1115, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2905, "timestamptypmodin"}, {2906, "timestamptypmodout"}},
    {1182, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1183, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2909, "timetypmodin"}, {2910, "timetypmodout"}},
    {1184, 'p', 0, {1150, "timestamptz_in"}, {1151, "timestamptz_out"}, {2476, "timestamptz_recv"}, {2477, "timestamptz_send"}, {2907, "timestamptztypmodin"}, {2908, "timestamptztypmodout"}},
    {1185, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2907, "timestamptztypmodin"}, {2908, "timestamptztypmodout"}},
    {1186, 'p', 0, {1160, "interval_in"}, {1161, "interval_out"}, {2478, "interval_recv"}, {2479, "interval_send"}, {2903, "intervaltypmodin"}, {2904, "intervaltypmodout"}},
    {1187, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2903, "intervaltypmodin"}, {2904, "intervaltypmodout"}},
    {1231, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2917, "numerictypmodin"}, {2918, "numerictypmodout"}},
    {1263, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {1266, 'p', 0, {1350, "timetz_in"}, {1351, "timetz_out"}, {2472, "timetz_recv"}, {2473, "timetz_send"}, {2911, "timetztypmodin"}, {2912, "timetztypmodout"}},
    {1270, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {2911, "timetztypmodin"}, {2912, "timetztypmodout"}},
    {1700, 'm', 0, {1701, "numeric_in"}, {1702, "numeric_out"}, {2460, "numeric_recv"}, {2461, "numeric_send"}, {2917, "numerictypmodin"}, {2918, "numerictypmodout"}},
    {1790, 'x', 0, {46, "textin"}, {47, "textout"}, {2414, "textrecv"}, {2415, "textsend"}, {}, {}},
    {2201, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2202, 'p', 0, {2212, "regprocedurein"}, {2213, "regprocedureout"}, {2446, "regprocedurerecv"}, {2447, "regproceduresend"}, {}, {}},
    {2203, 'p', 0, {2214, "regoperin"}, {2215, "regoperout"}, {2448, "regoperrecv"}, {2449, "regopersend"}, {}, {}},
    {2204, 'p', 0, {2216, "regoperatorin"}, {2217, "regoperatorout"}, {2450, "regoperatorrecv"}, {2451, "regoperatorsend"}, {}, {}},
    {2205, 'p', 0, {2218, "regclassin"}, {2219, "regclassout"}, {2452, "regclassrecv"}, {2453, "regclasssend"}, {}, {}},
    {2206, 'p', 0, {2220, "regtypein"}, {2221, "regtypeout"}, {2454, "regtyperecv"}, {2455, "regtypesend"}, {}, {}},
    {2207, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2208, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2209, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2210, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2211, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2249, 'x', 0, {2290, "record_in"}, {2291, "record_out"}, {2402, "record_recv"}, {2403, "record_send"}, {}, {}},
    {2275, 'p', 0, {2292, "cstring_in"}, {2293, "cstring_out"}, {2500, "cstring_recv"}, {2501, "cstring_send"}, {}, {}},
    {2276, 'p', 0, {2294, "any_in"}, {2295, "any_out"}, {}, {}, {}, {}},
    {2277, 'x', 0, {2296, "anyarray_in"}, {2297, "anyarray_out"}, {2502, "anyarray_recv"}, {2503, "anyarray_send"}, {}, {}},
    {2278, 'p', 0, {2298, "void_in"}, {2299, "void_out"}, {3120, "void_recv"}, {3121, "void_send"}, {}, {}},
    {2279, 'p', 0, {2300, "trigger_in"}, {2301, "trigger_out"}, {}, {}, {}, {}},
    {2281, 'p', 0, {2304, "internal_in"}, {2305, "internal_out"}, {}, {}, {}, {}},
    {2283, 'p', 0, {2312, "anyelement_in"}, {2313, "anyelement_out"}, {}, {}, {}, {}},
    {2287, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {2776, 'p', 0, {2777, "anynonarray_in"}, {2778, "anynonarray_out"}, {}, {}, {}, {}},
    {2950, 'p', 0, {2952, "uuid_in"}, {2953, "uuid_out"}, {2961, "uuid_recv"}, {2962, "uuid_send"}, {}, {}},
    {2951, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {4089, 'p', 0, {4084, "regnamespacein"}, {4085, "regnamespaceout"}, {4087, "regnamespacerecv"}, {4088, "regnamespacesend"}, {}, {}},
    {4090, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {4096, 'p', 0, {4098, "regrolein"}, {4092, "regroleout"}, {4094, "regrolerecv"}, {4095, "regrolesend"}, {}, {}},
    {4097, 'x', 0, {750, "array_in"}, {751, "array_out"}, {2400, "array_recv"}, {2401, "array_send"}, {}, {}},
    {5077, 'p', 0, {5086, "anycompatible_in"}, {5087, "anycompatible_out"}, {}, {}, {}, {}},
    {5078, 'x', 0, {5088, "anycompatiblearray_in"}, {5089, "anycompatiblearray_out"}, {5090, "anycompatiblearray_recv"}, {5091, "anycompatiblearray_send"}, {}, {}},
    {5079, 'p', 0, {5092, "anycompatiblenonarray_in"}, {5093, "anycompatiblenonarray_out"}, {}, {}, {}, {}},
    // clang-format on
};
}  // namespace

std::span<const TypeFunctions> AllTypeFunctions() { return kTypeFunctions; }

const TypeFunctions* FindTypeFunctions(Oid type) {
  const auto* found = std::lower_bound(std::begin(kTypeFunctions), std::end(kTypeFunctions), type,
                                       [](const TypeFunctions& row, Oid oid) { return row.type < oid; });
  return found != std::end(kTypeFunctions) && found->type == type ? found : nullptr;
}

}  // namespace gather::catalog
