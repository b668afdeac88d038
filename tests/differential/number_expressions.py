"""Number, byte string and array functions over columns of values, and over single extreme values, for expressions.py.

The first meet the vector kernels as tables do (many rows, nulls among them); of the second many are errors.
"""
import itertools
import random

# Every scalar function of the subjects integer, float, numeric, boolean, bytea and array: argument types, then names.
SIGNATURES = """
_int4: array_dims array_ndims cardinality
_text: array_dims array_ndims cardinality
_int4,_int4: array_eq array_ge array_gt array_larger array_le array_lt array_ne array_smaller arraycontained arraycontains arrayoverlap btarraycmp
    array_cat
_text,_text: array_eq array_ge array_gt array_larger array_le array_lt array_ne array_smaller arraycontained arraycontains arrayoverlap btarraycmp
    array_cat
_int4,int4: array_length array_lower array_upper trim_array array_append array_position array_positions array_remove
_text,int4: array_length array_lower array_upper trim_array
_int4,text: array_to_string
_text,text: array_to_string array_append array_position array_positions array_remove
_int4,text,text: array_to_string
_text,text,text: array_to_string array_replace
int4,_int4: array_prepend array_fill
text,_text: array_prepend
_int4,int4,int4: array_replace array_position
_text,text,int4: array_position
text,_int4: array_fill
int4,_int4,_int4: array_fill
text,_int4,_int4: array_fill
bool: int4 text
bool,bool: booland_statefunc booleq boolge boolgt boolle boollt boolne boolor_statefunc
bpchar: hashbpchar
bytea: bit_count bit_length length octet_length
bytea,bytea: btrim byteacat byteaeq byteage byteagt byteale bytealike bytealt byteane byteanlike like like_escape ltrim notlike position rtrim
bytea,bytea,int4: overlay
bytea,bytea,int4,int4: overlay
bytea,int4: get_byte substr substring
bytea,int4,int4: set_byte substr substring
bytea,int8: get_bit
bytea,int8,int4: set_bit
float4: abs float4abs float4um float4up float8 hashfloat4 int2 int4 int8
float4,float4: float4div float4eq float4ge float4gt float4larger float4le float4lt float4mi float4mul float4ne float4pl float4smaller
float4,float8: float48div float48eq float48ge float48gt float48le float48lt float48mi float48mul float48ne float48pl
float8: abs acos acosd acosh asin asind asinh atan atand atanh cbrt ceil ceiling cos cosd cosh cot cotd dcbrt degrees dexp dlog1 dlog10 dround dsqrt
    dtrunc exp float4 float8abs float8um float8up floor hashfloat8 int2 int4 int8 ln log log10 radians round sign sin sind sinh sqrt tan tand tanh
    trunc
float8,float4: float84div float84eq float84ge float84gt float84le float84lt float84mi float84mul float84ne float84pl
float8,float8: atan2 atan2d dpow float8div float8eq float8ge float8gt float8larger float8le float8lt float8mi float8mul float8ne float8pl
    float8smaller pow power
int2: abs float4 float8 hashint2 int2abs int2not int2um int2up int4 int8
int2,int2: int2and int2div int2eq int2ge int2gt int2larger int2le int2lt int2mi int2mod int2mul int2ne int2or int2pl int2smaller int2xor mod
int2,int4: int24div int24eq int24ge int24gt int24le int24lt int24mi int24mul int24ne int24pl int2shl int2shr
int2,int8: int28div int28eq int28ge int28gt int28le int28lt int28mi int28mul int28ne int28pl
int4: abs bool float4 float8 hashint4 int2 int4abs int4inc int4not int4um int4up int8
int4,int2: int42div int42eq int42ge int42gt int42le int42lt int42mi int42mul int42ne int42pl
int4,int4: gcd int4and int4div int4eq int4ge int4gt int4larger int4le int4lt int4mi int4mod int4mul int4ne int4or int4pl int4shl int4shr int4smaller
    int4xor lcm mod
int4,int8: int48div int48eq int48ge int48gt int48le int48lt int48mi int48mul int48ne int48pl
int8: abs factorial float4 float8 hashint8 int2 int4 int8abs int8dec int8inc int8not int8um int8up oid
int8,int2: int82div int82eq int82ge int82gt int82le int82lt int82mi int82mul int82ne int82pl
int8,int4: int84div int84eq int84ge int84gt int84le int84lt int84mi int84mul int84ne int84pl int8shl int8shr
int8,int8: gcd int8and int8div int8eq int8ge int8gt int8larger int8le int8lt int8mi int8mod int8mul int8ne int8or int8pl int8smaller int8xor lcm mod
name: hashname
numeric: abs ceil ceiling exp float4 float8 floor int2 int4 int8 ln log log10 min_scale numeric_abs numeric_exp numeric_inc numeric_ln numeric_sqrt
    numeric_uminus numeric_uplus round scale sign sqrt trim_scale trunc
numeric,int4: round trunc
numeric,numeric: div gcd lcm log mod numeric_add numeric_cmp numeric_div numeric_div_trunc numeric_eq numeric_ge numeric_gt numeric_larger numeric_le
    numeric_log numeric_lt numeric_mod numeric_mul numeric_ne numeric_power numeric_smaller numeric_sub pow power
oid: hashoid int8
oid,oid: oideq oidge oidgt oidlarger oidle oidlt oidne oidsmaller
text: hashtext
time: time_hash
timestamp: timestamp_hash
uuid: uuid_hash
uuid,uuid: uuid_eq uuid_ge uuid_gt uuid_le uuid_lt uuid_ne
"""

# Rows that most functions take without an error.
MILD = {
    "int2": [1, 7, -3, 12, None, 100, -1], "int4": [1, 42, -7, None, 3, 1000, 2], "int8": [5, -17, 10000000000, None, 4, 1], "oid": [1, 1000, None, 16384],
    "float4": [0.5, -1.5, None, 3, 1e6, 0.25], "float8": [0.5, 1.5, -2.25, None, 30, 1e-5, 0.1, 1], "bool": ["t", "f", None],
    "numeric": ["1.50", "-2.5", None, "3", "0.000001", "12345.6789", "1e20", "0.99", "12345678901234567890.5", "2"],
    "bytea": ["\\x616263", "\\x", None, "\\x0102030405060708090a0b0c0d0e0f10", "\\x62"],
    "uuid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", None, "00000000-0000-0000-0000-000000000001"],
    "text": ["a", "", None, "abc def ghi jkl", "b"], "name": ["abc", None], "bpchar": ["ab ", None, "c"],
    "time": ["10:20:30", None], "timestamp": ["2024-02-29 12:00:00", None],
    "_int4": ["{1,2,3}", "{}", None, "{3,NULL,1}", "[0:1]={7,2}", "{2}"], "_text": ["{a,b}", "{}", None, '{"x y",NULL}', "{b}"],
    "_numeric": ["{1.50,2}", None],
}
POSITIVE = {"sqrt", "dsqrt", "numeric_sqrt", "ln", "dlog1", "numeric_ln", "log", "log10", "numeric_log", "dlog10", "pow", "power", "dpow", "numeric_power"}
UNIT = {"acos", "asin", "acosd", "asind", "atanh"}
EXTREME = {
    "int2": ["0", "1", "-1", "32767", "-32768", "7"], "int4": ["0", "1", "-1", "2147483647", "-2147483648", "33"],
    "int8": ["0", "-1", "4", "9223372036854775807", "-9223372036854775808", "3000000000"], "oid": ["0", "4294967295"],
    "float4": ["0", "-0", "3.4e38", "1e-40", "NaN", "Infinity", "-Infinity", "2.5"],
    "float8": ["0", "-0", "1e308", "1e-310", "NaN", "Infinity", "-Infinity", "1e23", "9007199254740993", "5e-324", "-2.5", "720", "1e22"],
    "numeric": ["0", "0.00", "NaN", "Infinity", "-Infinity", "1e-20", "-99999999999999999999999999999999999999", "5e3", "-0.75", "1.0000000001",
                "170141183460469231731687303715884105727", "33"],
    "bool": ["t", "f"], "bytea": ["\\x", "\\xff", "\\x0102030405060708090a0b0c0d0e0f10"], "uuid": ["ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "text": ["", "a", "%"], "name": ["abc"], "bpchar": ["a  "], "time": ["24:00:00"], "timestamp": ["infinity"],
    "_int4": ["{}", "{{1,2},{3,4}}", "[0:2]={1,2,3}", "{NULL}", "{1}", "{-1}"], "_text": ["{}", "{{a},{b}}", "{NULL}"], "_numeric": ["{NaN}"],
}


def signatures():
    types = None
    for line in SIGNATURES.strip().split("\n"):
        if not line.startswith(" "):
            head, line = line.split(": ", 1)
            types = head.split(",")
        for name in line.split():
            yield name, types


def literal(value, sql_type):
    return ("null" if value is None else f"'{value}'") + f"::{sql_type}"


def call(name, arguments):
    return f'"{name}"({", ".join(arguments)})'


def rows_for(name, types):
    columns = [list(MILD[t]) for t in types]
    if name in POSITIVE:
        columns = [[v for v in column if v is None or float(v) > 0] for column in columns]
    if name in UNIT:
        columns = [["0", "0.5", "-0.25", None, "0.1"] for _ in columns]
    if name == "acosh":
        columns = [["1", "2.5", None]]
    rows = list(itertools.product(*columns))
    return random.Random(name).sample(rows, min(len(rows), 24))


def function_columns():
    for name, types in signatures():
        names = ["a", "b", "c", "d"][: len(types)]
        rows = rows_for(name, types)
        first = "(" + ", ".join(literal(v, t) for v, t in zip(rows[0], types)) + ")"
        rest = ["(" + ", ".join("null" if v is None else f"'{v}'" for v in row) + ")" for row in rows[1:]]
        yield f"select {call(name, names)} from (values {', '.join([first, *rest])}) v({', '.join(names)})"


def function_extremes():
    for name, types in signatures():
        combinations = list(itertools.product(*[EXTREME[t] for t in types]))
        for row in random.Random(name).sample(combinations, min(len(combinations), 6)):
            yield f"select {call(name, [literal(v, t) for v, t in zip(row, types)])}"


NUMBER_TEXTS = ["", " ", "1", " 1 ", "+1", "- 1", "1.", ".5", "-.5", "1e3", "0x10", "1_000", "1a", "nan", "-inf", "+Infinity", "infinit", "-32769", "2147483648",
                "-2147483649", "9223372036854775808", "1e39", "1e-50", "1e309", "1e-400", "00012", "1e", "--1", "1 2", ".", "+", "1e1000000000", "1e-20000",
                "0e99999999", "1e131072", "-4294967295", "4294967296", "1.2.3", "1e5.5", "1e+", "99.995", "4.9e-324", "2e-324", "3.5e38", "16777217", "1e23",
                "9223372036854775807.5", "170141183460469231731687303715884105728", "-170141183460469231731687303715884105729",
                "0.000000000000000000000000000000000000000001", "100000000000000000000000000000000000000000000000.00"]
ARRAY_TEXTS = ["", "{}", " { } ", "{1", "1", "{1,2}", "{1,,2}", "{1,}", "{,1}", "{{1,2},{3}}", "{{1},{2}}", "{{1},2}", "{1,{2}}", "{{}}", "[1:2]={1,2}", "[0:1]={1,2}",
               "[1:3]={1,2}", "[2:1]={}", "[1:1][1:2]={{1,2}}", "[1:]={1}", "[a]={1}", "[1]={1}", "[2]={1,2}", "{1} x", "{NULL,null}", '{"NULL"}', '{"1"}',
               '{ "1" , 2 }', '{"1"2}', '{1"2"}', "{\\1}", "{a b, c }", "{a}b}", "{{{{{{{1}}}}}}}", "{{{{{{1}}}}}}", "{1}}", "}{", '{""}', '{" a "}', '{\\"}', '{"abc',
               "[1:2]{1,2}", "[1:2] = {1,2}", "{x\\ }", "{{a,b},{c,NULL}}", "{t,f}", "[1:1:1]={1}", "{99999999999}", "{a{b}", '{"a"{', "{{1},{2},{3,4}}"]


def number_and_array_texts():
    for sql_type, text in itertools.product(["int2", "int4", "int8", "oid", "float4", "float8", "numeric", "numeric(5,2)", "numeric(2,-2)", "numeric(40,10)"], NUMBER_TEXTS):
        yield f"select '{text}'::{sql_type}"
    for sql_type, text in itertools.product(["int4[]", "text[]", "numeric[]", "bool[]"], ARRAY_TEXTS):
        yield f"select '{text}'::{sql_type}"


FILES = {"function_columns": function_columns, "function_extremes": function_extremes, "number_and_array_texts": number_and_array_texts}
