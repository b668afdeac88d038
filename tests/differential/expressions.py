"""The expressions that tests/differential/generate asks PostgreSQL: per file a function that returns statements."""
import itertools
import random

import number_expressions
import text_expressions

SETTINGS = ["set timezone = 'UTC'", "set datestyle = 'ISO, MDY'", "set intervalstyle = 'postgres'"]

NUMBERS = {
    "int2": ["0", "1", "-1", "7", "32767", "-32768"],
    "int4": ["0", "1", "-1", "42", "2147483647", "-2147483648"],
    "int8": ["0", "-1", "3", "10000000000", "9223372036854775807", "-9223372036854775808"],
    "float4": ["0", "1.5", "-2.5", "3.4e38", "1e-40", "16777217", "NaN", "Infinity", "-Infinity"],
    "float8": ["0", "-0", "0.1", "2.5", "-3.5", "1e308", "1e-310", "1e15", "1e16", "123456789012345678", "NaN", "Infinity", "-Infinity"],
    "numeric": ["0", "1.50", "-2.5", "0.000001", "3", "12345678901234567890.123456789", "1e20", "-99999999999999999999999999999999999999",
                "1e-20", "NaN", "Infinity", "-Infinity"],
}
NUMBER_INPUT = ["", " ", "1", " 1 ", "+1", "- 1", "1.", ".5", "1.5", "-.5", "1e3", "1E-3", "0x10", "1_000", "abc", "1a", "nan", "inf", "-inf", "+Infinity",
                "infinit", "32768", "-32769", "2147483648", "9223372036854775808", "1e39", "1e-50", "1e309", "1e-400", "00012", "1.50", "1e", "--1", "1 2",
                "99999999999999999999", "0.1", "0.30000000000000004", "1e100", "3.14159265358979", "123456.789e-3"]
TEXTS = ["", "a", "Abc", "äöü ß", "hello world", "  pad ", "日本語テキスト", "x%_y\\z", "It''s", "abcabcabc"]


def lit(value, sql_type):
    return f"'{value}'::{sql_type}"


def sample(items, count, seed):
    items = list(items)
    return random.Random(seed).sample(items, min(count, len(items)))


def selects(*expressions):
    return [f"select {expression}" for expression in expressions]


def numbers_input():
    for sql_type in (*NUMBERS, "numeric(5,2)", "numeric(3,0)", "numeric(2,-2)", "numeric(3,5)", "oid"):
        for text in NUMBER_INPUT:
            yield f"select '{text}'::{sql_type}"


def numbers_arithmetic():
    for (a, values_a), (b, values_b) in itertools.product(NUMBERS.items(), repeat=2):
        pairs = list(itertools.product(values_a, values_b))
        for operator in "+-*/%":
            for x, y in sample(pairs, 3, a + b + operator):
                yield f"select {lit(x, a)} {operator} {lit(y, b)}"
        for x, y in sample(pairs, 3, a + b):
            left, right = lit(x, a), lit(y, b)
            yield f"select {left} = {right}, {left} <> {right}, {left} < {right}, {left} <= {right}, {left} > {right}, {left} >= {right}"
        x, y = sample(pairs, 1, b + a)[0]
        yield f"select pg_typeof({lit(x, a)} + {lit(y, b)}), pg_typeof(coalesce({lit(x, a)}, {lit(y, b)})), greatest({lit(x, a)}, {lit(y, b)})"
    for sql_type in ("int2", "int4", "int8"):
        for operator in ("&", "|", "#", "<<", ">>"):
            for x, y in sample(itertools.product(NUMBERS[sql_type], ["1", "3", "15"]), 3, sql_type + operator):
                yield f"select {lit(x, sql_type)} {operator} {y}"
        for x in NUMBERS[sql_type]:
            yield f"select ~ {lit(x, sql_type)}, - {lit(x, sql_type)}"
            yield f"select abs({lit(x, sql_type)})"
            yield f"select @ {lit(x, sql_type)}"
    for sql_type in ("float4", "float8", "numeric"):
        for x in NUMBERS[sql_type]:
            yield f"select - {lit(x, sql_type)}, + {lit(x, sql_type)}, abs({lit(x, sql_type)}), {lit(x, sql_type)} is null"


def numbers_casts():
    for (a, values), b in itertools.product(NUMBERS.items(), [*NUMBERS, "text", "bool", "numeric(8,3)", "oid", "varchar(3)", "char(4)"]):
        if a != b:
            for x in values:
                yield f"select {lit(x, a)}::{b}"
    for x in ("0.5", "1.5", "2.5", "-0.5", "-1.5", "2.4999", "32767.5", "2147483647.4", "2147483647.5", "9223372036854775807.5", "-32768.5"):
        yield from selects(f"{x}::numeric::int2", f"{x}::numeric::int4", f"{x}::numeric::int8", f"{x}::float8::int2", f"{x}::float8::int4",
                           f"{x}::float8::int8", f"{x}::float4::int4")


def numbers_functions():
    values = ["0", "1", "-1", "0.5", "2", "-2.5", "10", "100", "1e10", "1e-5", "12345.6789", "NaN", "Infinity", "-Infinity"]
    for function in ("ceil", "ceiling", "floor", "round", "trunc", "sign", "sqrt", "cbrt", "exp", "ln", "log", "log10", "degrees", "radians"):
        for x in values:
            yield f"select {function}('{x}'::float8)"
            if function not in ("cbrt", "degrees", "radians"):
                yield f"select {function}('{x}'::numeric)"
    for function in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sind", "cosd", "tand", "cot"):
        for x in ("0", "0.5", "1", "-1", "2", "30", "NaN", "Infinity"):
            yield f"select {function}('{x}'::float8)"
    for x, y in itertools.product(["0", "2", "-2", "0.5", "10", "NaN", "Infinity"], ["0", "3", "-1", "0.5", "NaN", "-Infinity"]):
        yield f"select power('{x}'::float8, '{y}'::float8)"
        yield f"select power('{x}'::numeric, '{y}'::numeric)"
    for x, n in itertools.product(["12345.6789", "-0.5", "2.5", "999.995", "NaN", "0"], [-3, -1, 0, 1, 2, 5]):
        yield f"select round({lit(x, 'numeric')}, {n}), trunc({lit(x, 'numeric')}, {n})"
    yield from selects(
        "div(7, 2)", "div(-7, 2)", "div(7.5, 0)", "mod(7, -3)", "mod(-7, 3)", "mod(7.5, 2)", "mod(1, 0)", "gcd(12, 18)", "gcd(0, 0)", "gcd(12.5, 7.5)", "lcm(4, 6)",
        "lcm(0, 5)", "factorial(0)", "factorial(20)", "factorial(30)", "factorial(-1)", "scale(1.500)", "min_scale(1.500)", "trim_scale(1.500)", "log(2, 64)",
        "log(2.0, 0)", "width_bucket(5.35, 0.024, 10.06, 5)", "width_bucket(5::float8, 0, 10, 5)", "width_bucket(11, 0, 10, 5)", "pi()", "atan2(1, 2)",
        "greatest(1, null, 3)", "least(1, null, -3.5)", "greatest(null::int, null)", "coalesce(null, 1, 2)", "nullif(1, 1)", "nullif(1, 2)", "nullif(1.0, 1)",
        "1 between 0 and 2", "1 not between symmetric 2 and 0", "1 in (2, 3, null)", "1 in (1, null)", "1 not in (2, null)", "1 is distinct from null",
        "null is not distinct from null", "1 = any(array[1,2])", "3 > all(array[1,2,null])", "1 = any('{}'::int[])", "5 / 2", "-5 / 2", "5 % -2", "-5 % 2", "5.0 / 2",
        "1.0 / 3", "2.0 / 3.000", "1e10 / 3.0", "100000000000000000000.0 / 3", "0.00001 / 7", "1 / 3.0e20", "2 ^ 10", "2 ^ 0.5", "2.0 ^ -2", "0 ^ 0", "|/ 25", "||/ 27",
        "1.10 + 2.20", "1.10 * 2.20", "1.00 - 1", "0.1::float8 + 0.2::float8", "0.1::float4 + 0.2::float4", "1e15::float8 + 0.3", "numeric '1.0' = numeric '1.00'",
        "12345678901234567890 * 98765432109876543210", "99999999999999999999999999999999999999 + 1", "-99999999999999999999999999999999999999 * 10",
        "123456789.123456789 * 987654321.987654321", "10.0 ^ 50", "1.5e300 * 1e300::float8", "sum(x) from (values (1.1), (2.25), (null)) v(x)",
        "numeric_inc(1.5)", "random() between 0 and 1", "to_hex(255)", "to_hex(-1)", "to_hex(9223372036854775807)", "setseed(0.5)",
        "int4(2.5)", "float8(1)", "numeric(7)", "hashtext('a') is not null", "num_nulls(1, null, 2)", "num_nonnulls(1, null)", "true::int", "0::bool",
        "true + 1", "1 + 'x'", "1 + '2'", "'1' + '2'", "1 + null", "- '5'", "abs('x')", "round(1.5, 1, 1)", "nosuch(1)", "1 <=> 2", "1 = true", "'a' = 1")
    for pattern in ("999", "000", "9990.99", "FM999.00", "S999", "999MI", "999PR", "9,999,999.99", "L999", "RN", "FMRN", "999th", "9.99EEEE", "V99", "FM0000.0099", "PL99", "99 SG"):
        for x in ("0", "12.345", "-12.345", "485", "1234567.891"):
            yield f"select to_char({x}::numeric, '{pattern}')"
        yield f"select to_char(485, '{pattern}'), to_char(-4.5::float8, '{pattern}')"
    yield from selects("to_number('12,454.8-', '99G999D9S')", "to_number('1,234', '9,999')", "to_number('abc', '999')", "to_number('<12>', '99PR')", "to_number('', '9')")


def strings():
    for text in TEXTS:
        value = f"'{text}'"
        for function in ("length", "char_length", "octet_length", "bit_length", "lower", "upper", "initcap", "reverse", "md5", "ascii", "trim", "ltrim", "rtrim", "btrim",
                         "quote_literal", "quote_ident", "quote_nullable", "to_hex"):
            yield f"select {function}({value})"
        for n in (-2, 0, 1, 3, 20):
            yield f"select left({value}, {n}), right({value}, {n}), lpad({value}, {n}), rpad({value}, {n}, 'xy'), substr({value}, {n}), repeat({value}, {n})"
        yield f"select substr({value}, 2, 3), substring({value} from 2 for 2), substring({value} for 2), substring({value}, -1, 4)"
        yield f"select {value} || 'x', 'x' || {value}, {value} || 1, {value} || null"
        yield f"select encode({value}::bytea, 'hex')" if "\\" not in text else "select 1"
        yield f"select encode(convert_to({value}, 'UTF8'), 'base64'), encode(convert_to({value}, 'UTF8'), 'escape')"
        yield f"select position('b' in {value}), strpos({value}, 'c'), replace({value}, 'b', 'XY'), translate({value}, 'abc', '12'), starts_with({value}, 'a')"
        yield f"select split_part({value}, 'b', 1), split_part({value}, 'b', -1), string_to_array({value}, 'b'), string_to_array({value}, null)"
        yield f"select {value}::varchar(3), {value}::char(5), {value}::char(5) || '|', length({value}::char(5)), {value}::name"
        yield f"select overlay({value} placing 'ZZ' from 2), overlay({value} placing 'ZZ' from 2 for 0)"
    for a, b in sample(itertools.product(TEXTS, repeat=2), 40, "compare"):
        yield f"select '{a}' = '{b}', '{a}' < '{b}', '{a}' <= '{b}', '{a}' > '{b}', '{a}' >= '{b}', '{a}' <> '{b}'"
    for text, pattern in itertools.product(TEXTS + ["a\\b", "100%"], ["%", "_", "a%", "%c", "%b%", "A__", "%\\%%", "", "%lo w%", "_____", "ä%", "%''s"]):
        yield f"select '{text}' like '{pattern}', '{text}' ilike '{pattern}', '{text}' not like '{pattern}', '{text}' ~~ '{pattern}'"
    for text, pattern in itertools.product(["", "abc", "ABC abc", "foo123bar", "a.b.c", "äöü"], ["b", "^a", "c$", "[0-9]+", "(a|b)c", "^$", "\\.", "a{1,2}", ".*", "\\d+", "\\w+\\s", "[[:alpha:]]+", "(?i)abc", "x*", "ö"]):
        yield f"select '{text}' ~ '{pattern}', '{text}' ~* '{pattern}', '{text}' !~ '{pattern}', '{text}' !~* '{pattern}'"
        yield f"select regexp_replace('{text}', '{pattern}', '<\\&>'), regexp_replace('{text}', '{pattern}', '-', 'g'), substring('{text}' from '{pattern}'), regexp_match('{text}', '{pattern}')"
    yield from selects(
        "'abc' like 'a\\'", "'abc' like 'a!%' escape '!'", "'a%' like 'a!%' escape '!'", "'abc' similar to 'a(b|x)c'", "'abc' similar to '%(b|d)%'", "'abc' not similar to 'ab'",
        "substring('foobar' from '%#\"o_b#\"%' for '#')", "substring('foobar' similar '%#\"o_b#\"%' escape '#')", "regexp_matches('foobarbequebaz', '(bar)(beque)')",
        "regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')", "regexp_split_to_array('the quick  fox', '\\s+')", "* from regexp_split_to_table('a,b,c', ',')",
        "regexp_count('abcabc', 'b')", "regexp_instr('abcabc', 'c', 1, 2)", "regexp_like('Abc', 'a', 'i')", "regexp_substr('abcabc', 'b.', 1, 2)",
        "regexp_replace('hello', 'l', 'L', 1, 2)", "'a' ~ '['", "'a' ~ '('", "'a' ~ 'a{2,1}'", "'abc' ~ '(?<!x)abc'", "'foofoo' ~ '(foo)\\1'",
        "concat('a', 1, null, true, 1.5)", "concat_ws(',', 'a', null, 'b')", "concat_ws(null, 'a')", "format('%s %I %L %%', 'a', 'B c', 'it''s')", "format('%2$s %1$s', 'a', 'b')",
        "format('|%10s|%-10s|', 'a', 'b')", "format('%s', null)", "format('%L', null)", "format('%I', null)", "format('%x', 1)", "format('%s')", "chr(65)", "chr(8364)", "chr(0)", "chr(-1)",
        "ascii('€')", "trim(both 'x' from 'xxaxx')", "trim(leading from '  a ')", "trim(trailing 'xy' from 'ayxyx')", "btrim('xyxaxyx', 'xy')", "ltrim('zzzytest', 'xyz')",
        "decode('aGk=', 'base64')", "decode('6869', 'hex')", "decode('zz', 'hex')", "decode('a', 'hex')", "encode('\\x00ff', 'escape')", "encode('a', 'nosuch')",
        "sha256('abc')", "sha224('')", "md5('\\x00'::bytea)", "string_to_table('a,b', ',')", "array_to_string(array['a', null, 'c'], ',')", "array_to_string(array['a', null, 'c'], ',', '*')",
        "unistr('\\0061')", "U&'\\0061\\+000062'", "E'a\\tb\\x41\\u00e4'", "'a' 'b'", "$$a'b$$", "$tag$x$tag$", "'a'\n'b'", "N'x'", "E'\\xff'", "split_part('a,b,c', ',', 0)",
        "lpad('abc', 5, '')", "repeat('ab', -1)", "left(null, 1)", "substring('abc' from 0 for 2)", "substring('abc' from 2 for -1)", "length('a'::char(10))", "'a '::char(3) = 'a'",
        "'a '::varchar = 'a'", "'a '::char(3)::text = 'a'", "'abcdef'::varchar(3)", "'abcdef'::char(3)", "char_length('日本'::char(4))", "octet_length('日本'::char(4))", "parse_ident('a.\"B c\"')",
        "quote_ident('select')", "quote_ident('a b')", "quote_literal(42)", "quote_literal(E'a\\\\b')", "'x'::\"char\"", "upper('straße')", "lower('ÄÖÜ')", "initcap('hello WORLD-foo bar1baz')",
        "'b' collate \"C\" < 'a'", "'a' < 'B'", "'a' < 'B' collate \"C\"", "max(x) from (values ('b'), ('a'), (null)) v(x)", "string_agg(x, ',' order by x desc) from (values ('b'), ('a'), (null)) v(x)",
        "to_ascii('x')", "to_char(true)", "normalize('ä')", "strpos('', '')", "position('' in 'abc')", "replace('aaa', '', 'x')", "reverse('añb')", "concat()")


def booleans():
    for text in ("t", "true", "TRUE", " yes ", "on", "1", "f", "false", "no", "off", "0", "", "maybe", "tr", "o", "of", "2", "y", "n"):
        yield f"select '{text}'::bool"
    values = ["true", "false", "null::bool"]
    for a, b in itertools.product(values, repeat=2):
        yield f"select {a} and {b}, {a} or {b}, {a} = {b}, {a} < {b}, {a} <> {b}, {a} is distinct from {b}"
    for a in values:
        yield f"select not {a}, {a} is true, {a} is not true, {a} is false, {a} is not false, {a} is unknown, {a} is not unknown, {a}::text, {a}::int"
    yield from selects("bool_and(x), bool_or(x), every(x), count(x) from (values (true), (null), (false)) v(x)", "1::bool, 0::bool, (-1)::bool", "true > false", "'yes'::bool::int",
                       "case when null then 1 else 2 end", "case 1 when 1.0 then 'a' else 'b' end", "case when 1 = 1 then 1 else 1 / 0 end", "case when true then 1 else 'x' end",
                       "case when true then 1 else 2.5 end", "case when false then 1 end", "true and 1", "not 1", "true::bool::char(2)", "true || ''")


DATES = ["2024-02-29", "1999-12-31", "0001-01-01", "2000-01-01", "infinity", "-infinity", "4713-01-01 BC", "9999-12-31", "1969-07-20"]
DATE_INPUT = ["2024-01-08", "January 8, 1999", "1/8/1999", "1/18/1999", "18/1/1999", "01/02/03", "1999-Jan-08", "Jan-08-1999", "08-Jan-1999", "99-Jan-08", "19990108", "990108",
              "1999.008", "J2451187", "January 8, 99 BC", "epoch", "infinity", "-infinity", "", "abc", "2023-02-29", "2024-13-01", "2024-00-10", "1999-1-8", "10000-01-01",
              "5874897-12-31", "5874898-01-01", "4714-11-24 BC", "4714-11-23 BC", "2024-02-30", "1999-01-08 04:05:06", "2024-W01-1", "today is", "0000-01-01"]
TIME_INPUT = ["04:05:06.789", "04:05:06", "04:05", "040506", "04:05 AM", "04:05 PM", "12:00 AM", "12:30 PM", "04:05:06.789-8", "04:05:06 PST", "04:05:06-08:00", "040506+0730",
              "24:00:00", "24:00:01", "25:00", "04:60", "23:59:60", "23:59:59.9999999", "allballs", "abc", "", "04:05:06+15:59:59", "04:05:06+16", "2024-07-01 04:05 America/New_York"]
STAMP_INPUT = ["1999-01-08 04:05:06", "1999-01-08 04:05:06 -8:00", "January 8 04:05:06 1999 PST", "1999-01-08T04:05:06Z", "1999-01-08 04:05:06.1234567", "epoch", "infinity", "-infinity",
               "2024-03-10 02:30:00 America/New_York", "2024-11-03 01:30:00 America/New_York", "2024-07-01 12:00 Europe/Berlin", "294276-12-31 23:59:59.999999", "294277-01-01",
               "4713-01-01 00:00:00 BC", "2024-02-29", "2024-02-30 00:00", "1999-01-08 24:00:00", "1999-01-08 25:00", "abc", "", "20240102T030405", "Mon Jan 08 04:05:06 1999 UTC",
               "1999-01-08 04:05:06 Nowhere/Land", "1999-01-08 04:05:06 EST5EDT", "1999-01-08 04:05:06+05:30", "2050-07-01 12:00 America/New_York", "1999-01-08 04:05 PM"]
STAMPS = ["2024-02-29 13:14:15.678901", "1999-12-31 23:59:59.999999", "2000-01-01 00:00:00", "0044-03-15 12:00:00 BC", "infinity", "-infinity", "1960-06-15 06:07:08.5"]
INTERVAL_INPUT = ["1 day", "1 year 2 months 3 days 04:05:06.789", "-1 day", "1 day ago", "1-2", "3 4:05:06", "P1Y2M3DT4H5M6S", "P1Y2M10DT2H30M", "P0001-02-03T04:05:06", "1 week", "1.5 days",
                  "1.5 months", "0.1 years", "1 millennium", "2 decades", "1 century", "100 hours", "25:61:61", "90 minutes", "-00:00:01", "1 mon -1 day", "+1 day -2 hours", "@ 1 minute ago",
                  "1 microsecond", "1.123456789 seconds", "", "abc", "1", "1.5", "infinity", "1 day 1 day", "2147483647 months", "2147483648 months", "1 fortnight", "PT", "P", "1e3 seconds", "04:05"]
INTERVALS = ["1 day", "1 year 2 months 3 days 04:05:06.789", "-1 month 15 days", "36:00:00", "0", "-00:00:00.5", "1 mon", "30 days"]


def dates_input():
    for sql_type, inputs in (("date", DATE_INPUT), ("time", TIME_INPUT), ("timetz", TIME_INPUT), ("timestamp", STAMP_INPUT), ("timestamptz", STAMP_INPUT), ("interval", INTERVAL_INPUT)):
        for text in inputs:
            yield f"select '{text}'::{sql_type}"
    for precision in (0, 2, 6):
        yield from selects(f"'12:34:56.987654'::time({precision})", f"'2024-02-29 12:34:56.987654'::timestamp({precision})", f"'2024-02-29 12:34:56.987654+01'::timestamptz({precision})",
                           f"'1 day 12:34:56.987654'::interval({precision})")
    for unit in ("year", "month", "day", "hour", "minute", "second", "year to month", "day to second", "day to hour", "minute to second"):
        yield from selects(f"interval '1-2 3 4:05:06.7' {unit}", f"interval '12' {unit}")
    for style in ("postgres", "postgres_verbose", "sql_standard", "iso_8601"):
        yield f"set intervalstyle = '{style}'"
        for text in INTERVALS:
            yield f"select '{text}'::interval"
    yield "set intervalstyle = 'postgres'"
    for style in ("ISO, DMY", "SQL, MDY", "SQL, DMY", "Postgres, MDY", "Postgres, DMY", "German", "ISO, YMD"):
        yield f"set datestyle = '{style}'"
        yield "select '2024-02-29'::date, '2024-02-29 12:34:56.789'::timestamp, '2024-02-29 12:34:56.789+02'::timestamptz, '0044-03-15 BC'::date, 'infinity'::date"
        yield "select '01/02/03'::date, '1999-01-08'::date"
    yield "set datestyle = 'ISO, MDY'"
    for zone in ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC", "Australia/Lord_Howe", "-7", "<+05:30>-05:30"):
        yield f"set timezone = '{zone}'"
        yield "select '2024-07-01 12:00+00'::timestamptz, '2024-01-01 12:00+00'::timestamptz, '2050-07-01 12:00'::timestamptz, '1900-01-01'::timestamptz"
        yield "select '2024-03-10 02:30'::timestamptz, '2024-11-03 01:30'::timestamptz, '12:00'::timetz = '12:00'::time::timetz, '2024-07-01 12:00+00'::timestamptz::date"
    yield "set timezone = 'Nowhere'"
    yield "set timezone = 'UTC'"


def dates_arithmetic():
    for d in DATES:
        yield from selects(f"date '{d}' + 1, date '{d}' - 1", f"date '{d}' - date '2000-01-01'", f"date '{d}' + time '12:30'", f"date '{d}' + interval '1 month'", f"date '{d}' - interval '1 day 1 hour'",
                           f"date '{d}'::timestamp, isfinite(date '{d}')", f"date '{d}'::timestamptz", f"date '{d}' < date '2000-01-01', date '{d}' = timestamp '2000-01-01', date '{d}' >= timestamptz '2000-01-01 00:00+00'")
    for s, i in itertools.product(STAMPS, INTERVALS):
        yield f"select timestamp '{s}' + interval '{i}', timestamp '{s}' - interval '{i}'"
    for a, b in itertools.product(STAMPS, repeat=2):
        yield f"select timestamp '{a}' - timestamp '{b}'" if "inf" not in a + b else f"select timestamp '{a}' < timestamp '{b}', timestamp '{a}' = timestamp '{b}'"
        if "inf" not in a + b:
            yield f"select age(timestamp '{a}', timestamp '{b}')"
    for a, b in itertools.product(INTERVALS, repeat=2):
        yield f"select interval '{a}' + interval '{b}', interval '{a}' - interval '{b}', interval '{a}' < interval '{b}', interval '{a}' = interval '{b}'"
    for i in INTERVALS:
        yield f"select interval '{i}' * 2, interval '{i}' * 1.5, interval '{i}' / 3, - interval '{i}', justify_days(interval '{i}'), justify_hours(interval '{i}'), justify_interval(interval '{i}')"
        yield f"select interval '{i}' * 0.1::float8, 2 * interval '{i}', interval '{i}'::time, extract(epoch from interval '{i}')"
    yield from selects(
        "interval '1 day' / 0", "interval '1 day' * 'NaN'::float8", "time '23:00' + interval '2 hours'", "time '01:00' - interval '2 hours'", "time '10:00' - time '08:30'", "timetz '10:00+01' + interval '1 hour'",
        "timetz '10:00+01' < timetz '10:00+02'", "timetz '10:00+01' = timetz '09:00+00'", "time '24:00:00' > time '23:59:59'", "date '2024-01-31' + interval '1 month'", "date '2024-03-31' - interval '1 month'",
        "timestamptz '2024-03-09 12:00 America/New_York' + interval '1 day'", "timestamp '2024-02-29' + interval '1 year'", "(date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', date '2024-03-01')",
        "(date '2024-01-01', interval '10 days') overlaps (date '2024-01-11', interval '1 day')", "date '2024-01-01' + 2147483647", "timestamp '294276-12-31' + interval '1 year'", "date '2024-05-01' - 400 * interval '1 year'",
        "now() = transaction_timestamp()", "current_date = now()::date", "pg_typeof(localtime), pg_typeof(current_time), pg_typeof(localtimestamp)", "clock_timestamp() >= now()", "age(date 'infinity')",
        "date '2024-01-01' + time '25:00'", "date '2024-01-01' + 1.5", "timestamp '2024-01-01' - date '2023-01-01'", "timestamp '2024-01-01' + 1", "date '2024-02-01' between '2024-01-01' and '2024-03-01'",
        "* from generate_series(timestamp '2024-01-30', timestamp '2024-02-02', interval '1 day')", "* from generate_series(timestamptz '2024-01-01 00:00+00', '2024-01-01 12:00+00', '6 hours')",
        "sum(x), avg(x), min(x), max(x) from (values (interval '1 day'), ('2 hours'), (null)) v(x)", "min(x), max(x) from (values (date '2024-01-01'), ('infinity'), (null)) v(x)",
        "time '12:34:56'::interval", "timestamp '2024-01-01 12:34:56'::time", "timestamptz '2024-01-01 12:34:56+00'::timetz", "interval '100 hours'::time", "'12:00'::time::timetz")


def dates_functions():
    fields = ["century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "julian", "microseconds", "millennium", "milliseconds", "minute", "month", "quarter", "second", "week", "year"]
    for field in fields:
        for s in STAMPS:
            yield f"select extract({field} from timestamp '{s}'), date_part('{field}', timestamp '{s}')"
        yield from selects(f"extract({field} from date '2024-02-29')", f"extract({field} from interval '1 year 2 months 3 days 04:05:06.789')", f"extract({field} from time '04:05:06.789')",
                           f"extract({field} from timestamptz '2024-02-29 12:00+00')")
        for s in ("2024-02-29 13:14:15.678901", "1999-12-31 23:59:59.999999", "0044-03-15 12:00:00 BC"):
            yield f"select date_trunc('{field}', timestamp '{s}')"
        yield f"select date_trunc('{field}', interval '1 year 2 months 3 days 04:05:06.789')"
    yield from selects("extract(timezone from timestamptz '2024-02-29 12:00+00')", "extract(timezone_hour from timetz '12:00+05:30'), extract(timezone_minute from timetz '12:00+05:30')", "extract(nosuch from now())",
                       "extract(timezone from timestamp '2024-01-01')", "extract(hour from date '2024-01-01')", "date_trunc('day', timestamptz '2024-07-01 03:00+00', 'America/New_York')", "date_trunc('week', date '2024-02-29')",
                       "date_bin('15 minutes', timestamp '2024-02-11 15:44:17', timestamp '2001-01-01')", "date_bin('1 month', timestamp '2024-02-11', timestamp '2001-01-01')",
                       "make_date(2024, 2, 29), make_date(-44, 3, 15)", "make_date(2023, 2, 29)", "make_time(8, 15, 23.5)", "make_time(25, 0, 0)", "make_timestamp(2024, 2, 29, 12, 30, 1.5)",
                       "make_timestamptz(2024, 7, 1, 12, 0, 0, 'Europe/Berlin')", "make_interval(1, 2, 3, 4, 5, 6, 7.8)", "make_interval(days => 10)", "to_timestamp(1284352323.5)", "to_timestamp('NaN')", "to_timestamp('infinity')",
                       "to_date('05 Dec 2000', 'DD Mon YYYY')", "to_date('2000-12', 'YYYY-MM')", "to_date('20001205', 'YYYYMMDD')", "to_date('abc', 'YYYY')", "to_date('2023-02-30', 'YYYY-MM-DD')",
                       "to_timestamp('05 Dec 2000 13:14:15', 'DD Mon YYYY HH24:MI:SS')", "to_timestamp('2000-12-05 01:02 PM', 'YYYY-MM-DD HH12:MI AM')", "to_timestamp('1.25', 'SS.MS')",
                       "timestamp '2024-07-01 12:00' at time zone 'America/New_York'", "timestamptz '2024-07-01 12:00+00' at time zone 'America/New_York'", "timestamptz '2024-07-01 12:00+00' at time zone interval '-3 hours'",
                       "timetz '12:00+00' at time zone 'UTC'", "timezone('Asia/Tokyo', timestamp '2024-01-01')", "timestamp '2024-07-01' at time zone 'nowhere'", "timestamptz '2024-07-01 12:00+00' at time zone 'PDT'",
                       "isfinite(interval '1 day'), isfinite(timestamp 'infinity')", "age(timestamp '2024-03-01', timestamp '2024-02-29')", "age(timestamptz '2001-04-10', timestamptz '1957-06-13')",
                       "justify_interval(interval '1 mon -1 hour')", "date '2024-02-29'::text, timestamp '2024-02-29 12:00'::text, interval '1 day'::text, time '12:00'::text")
    patterns = ["YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD HH12:MI:SS.US AM", "Day, DD Month YYYY", "FMDay, FMDD FMMonth YYYY", "Dy Mon DD", "DAY MONTH", "dy mon", "D ID DDD IDDD", "WW IW W CC J Q", "IYYY-IW-ID", "MS US FF3 SSSS", "Y,YYY YYY YY Y", "RM rm", "DDth Mth",
                "HH:MI p.m.", "BC AD b.c.", "TZ tz OF", "\"Year\" YYYY", "FMHH24:FMMI", "YYYYth FMDDth"]
    for pattern in patterns:
        for s in ("2024-02-29 13:14:15.678901", "1999-12-31 00:05:09", "0044-03-15 12:00:00 BC"):
            yield f"select to_char(timestamp '{s}', '{pattern}')"
    for pattern in patterns[:3]:
        yield f"select to_char(interval '400 days 15:02:12', '{pattern}'), to_char(timestamptz '2024-02-29 12:00+00', '{pattern}'), to_char(date '2024-02-29', '{pattern}')"


def other_types():
    for text in ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC999C0B4EF8BB6D6BB9BD380A11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "a0eebc99", "", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"):
        yield f"select '{text}'::uuid"
    yield from selects("'00000000-0000-0000-0000-000000000001'::uuid < '00000000-0000-0000-0000-000000000002'::uuid", "uuid '00000000-0000-0000-0000-000000000001'::text", "gen_random_uuid() <> gen_random_uuid()", "max(x::text) from (values (uuid '00000000-0000-0000-0000-000000000001')) v(x)")
    for text in ("", "abc", "\\\\x", "\\\\x00ff", "\\\\xAB cd", "\\\\xa", "\\\\xgg", "a\\\\\\\\b", "\\\\000\\\\377", "\\\\400", "\\\\1"):
        yield f"select E'{text}'::bytea"
    for a, b in itertools.product(["", "\\x00", "\\xff", "abc", "\\x616263"], repeat=2):
        yield f"select '{a}'::bytea || '{b}'::bytea, '{a}'::bytea < '{b}'::bytea, '{a}'::bytea = '{b}'::bytea"
    yield from selects("length('\\x00ff'::bytea), octet_length('\\x00ff'::bytea), bit_length('\\x00'::bytea)", "substring('\\x01020304'::bytea from 2 for 2)", "position('\\x02'::bytea in '\\x0102'::bytea)", "get_byte('\\x01ff'::bytea, 1), set_byte('\\x01ff'::bytea, 0, 65)",
                       "get_byte('\\x01'::bytea, 1)", "get_bit('\\x02'::bytea, 1), set_bit('\\x00'::bytea, 7, 1)", "overlay('\\x010203'::bytea placing '\\xff'::bytea from 2)", "trim('\\x00'::bytea from '\\x000100'::bytea)", "'\\x616263'::bytea::text", "convert_from('\\xc3a4', 'UTF8')",
                       "convert_from('\\xff', 'UTF8')", "convert_to('ä', 'LATIN1')", "'abc'::text::bytea", "'\\x01'::bytea like '\\x01'::bytea", "md5('abc'::bytea), sha256('\\x'::bytea), sha512(''::bytea)", "string_agg(x, '\\x00') from (values ('\\x01'::bytea), ('\\x02')) v(x)")
    yield "set bytea_output = 'escape'"
    yield from selects("'\\x005c7f41ff'::bytea", "'abc'::bytea")
    yield "reset bytea_output"
    yield from selects("'pg_class'::regclass", "'pg_catalog.pg_class'::regclass::oid", "1259::regclass", "'nowhere'::regclass", "0::regclass", "999999::regclass", "'int'::regtype", "'integer'::regtype::oid", "'character varying(10)'::regtype", "23::regtype", "'int[]'::regtype", "'nosuchtype'::regtype",
                       "to_regclass('nowhere'), to_regtype('int8')", "'4294967295'::oid, 4294967295::oid, (-1)::oid", "'4294967296'::oid", "1::oid < 2::oid, 1::oid = 1", "'abc'::name, repeat('x', 70)::name, length(repeat('x', 70)::name)", "'a'::name = 'a'::text, 'a'::name < 'b'::name",
                       "pg_typeof(1), pg_typeof(1.5), pg_typeof('a'), pg_typeof(null), pg_typeof(true), pg_typeof(10000000000), pg_typeof(1e5), pg_typeof(array[1]), pg_typeof(now())", "format_type(23, -1), format_type(1043, 14), format_type(1700, 655366), format_type(1042, 5), format_type(0, null)",
                       "cast('1' as int), '1'::int, int '1', int4 '1'", "cast(1 as nosuch)", "null::int, null::text", "'(1,2)'::nosuch", "(1, 'a', null)", "row(1, 2) = row(1, 2), row(1, 2) < row(1, 3), (1, null) = (1, 2)", "(1, 2) in ((1, 2), (3, 4))", "row(1, null) is null, row(null, null) is null, row(1, null) is not null")


def arrays():
    inputs = ["{}", "{1,2,3}", "{1,NULL,3}", "{ 1 , 2 }", "{\"1\",2}", "{1,2", "1,2", "{1,,2}", "{a}", "{{1,2},{3,4}}", "{{1},{2,3}}", "[2:3]={1,2}", "{null}", "{NULL}", "", "{1}}"]
    for text in inputs:
        yield f"select '{text}'::int[]"
    for text in ["{a,b}", "{\"a b\",\"c,d\"}", "{\"a\\\"b\"}", "{NULL,\"NULL\",null}", "{\"\"}", "{a\\\\b}", "{ a b , c }", "{\"{}\"}", "{a\"b\"}"]:
        yield f"select E'{text}'::text[]" if "\\\\" in text else f"select '{text}'::text[]"
    for sql_type, values in {"bool": "{t,f,null}", "int2": "{1,-1}", "int8": "{9223372036854775807}", "float4": "{1.5,NaN}", "float8": "{0.1,-Infinity}", "numeric": "{1.10,2}", "varchar(2)": "{abc,d}", "char(3)": "{a,bcd}", "bytea": "{\"\\\\x01\"}", "date": "{2024-02-29,infinity}",
                             "time": "{12:00}", "timestamp": "{\"2024-01-01 12:00:00\"}", "timestamptz": "{2024-01-01 12:00+00}", "interval": "{\"1 day\",2 hours}", "uuid": "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "oid": "{1,2}", "name": "{a,b}", "regtype": "{int4,text}", "regclass": "{pg_class}",
                             "timetz": "{12:00+01}", "numeric(4,1)": "{1.25}"}.items():
        yield f"select '{values}'::{sql_type}[]"
        yield f"select ('{values}'::{sql_type}[])[1], array_length('{values}'::{sql_type}[], 1), '{values}'::{sql_type}[] = '{values}'::{sql_type}[], '{values}'::{sql_type}[]::text"
    array = ["array[1,2,3]", "array[1,2]", "array[3,null]", "'{}'::int[]", "null::int[]", "array[2,1]"]
    for a, b in itertools.product(array, repeat=2):
        yield f"select {a} || {b}, {a} = {b}, {a} < {b}, {a} @> {b}, {a} <@ {b}, {a} && {b}"
    for a in array:
        yield f"select array_length({a}, 1), cardinality({a}), array_ndims({a}), array_lower({a}, 1), array_upper({a}, 1), array_dims({a}), {a}[1], {a}[5], {a}[2:3], {a}[:2]"
        yield f"select array_append({a}, 9), array_prepend(9, {a}), array_remove({a}, 1), array_replace({a}, 1, 7), array_position({a}, 2), array_positions({a}, 2), {a} || 9, 9 || {a}, array_to_string({a}, '-', 'N')"
        yield f"select 1 = any({a}), 1 = all({a}), 1 <> all({a}), 2 > any({a})"
        yield f"select * from unnest({a})"
    yield from selects("array[1, 2.5, null]", "array['a', null]", "array[]", "array[]::int[]", "array[1, 'a']", "array[[1,2],[3,4]]", "array[1,2]::text[]", "array['1','2']::int[]", "array['x']::int[]", "array[1.5, 2.5]::int[]", "array[1,2]::bigint[]", "array_cat(array[1], array[2])", "array_fill(7, array[3])",
                       "trim_array(array[1,2,3], 1)", "array_agg(x order by x desc) from (values (1), (null), (3)) v(x)", "array_agg(x) from (select 1 where false) v(x)", "array(select generate_series(1, 3))", "unnest(array[1,2]), unnest(array['a','b','c'])", "* from unnest(array[1,2], array['a']) as t(x, y)",
                       "* from unnest(array['a','b']) with ordinality", "array[1,2][1]", "(array[1,2,3])[2:]", "array_length(array[[1,2],[3,4]], 2)", "string_to_array('1,2,,3', ',')::text[]", "string_to_array('a,b', ',', 'b')", "array[1,2] = '{1,2}'", "1 = any('{1,2}')", "array_sort(array[2,1])",
                       "generate_subscripts(array[5,6], 1)", "array[date '2024-01-01', null]", "array_to_string(array[1.5, 2], ',')", "array[1] || array['a']", "array[1] || 'x'", "array_position(array[1,2], 'a')")


def aggregates():
    rows = {"int2": "(1::int2), (2), (null), (4)", "int4": "(1), (2), (null), (2147483647)", "int8": "(1::int8), (9223372036854775807), (null), (5)", "float4": "(1.5::float4), (2.25), (null)", "float8": "(0.1::float8), (0.2), (null), (1e10)", "numeric": "(1.10), (2.255), (null), (1e20)"}
    for sql_type, values in rows.items():
        source = f"from (values {values}) v(x)"
        for aggregate in ("count", "sum", "avg", "min", "max", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp"):
            yield f"select {aggregate}(x) {source}"
        yield f"select count(*), count(distinct x), sum(distinct x), avg(distinct x), pg_typeof(sum(x)), pg_typeof(avg(x)), pg_typeof(min(x)), pg_typeof(stddev(x)) {source}"
        yield f"select sum(x), avg(x), min(x), max(x), count(x), stddev(x), variance(x) from (select x {source}) w where false"
        yield f"select sum(x) filter (where x > 1), count(*) filter (where x is null), max(x) filter (where false) {source}"
        if sql_type.startswith("int"):
            yield f"select bit_and(x), bit_or(x), bit_xor(x) {source}"
    two = "from (values (1, 2.0), (2, 4.5), (3, 5.5), (null, 1), (4, null)) v(x, y)"
    for aggregate in ("corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy"):
        yield f"select {aggregate}(y, x) {two}"
    yield from selects("sum(x) from (values ('NaN'::float8), (1)) v(x)", "sum(x), avg(x), max(x), min(x) from (values ('NaN'::numeric), (1)) v(x)", "sum(x) from (values ('Infinity'::numeric), ('-Infinity')) v(x)", "max(x), min(x) from (values ('NaN'::float8), (1), ('Infinity')) v(x)", "avg(x) from (values (1), (2)) v(x)",
                       "avg(x) from (values (1.0), (2)) v(x)", "avg(x) from (values (10000000000), (10000000001)) v(x)", "string_agg(x, '') from (values ('a'), (''), (null)) v(x)", "string_agg(distinct x, ',' order by x) from (values ('b'), ('a'), ('b')) v(x)", "array_agg(distinct x order by x desc) from (values (1), (3), (1)) v(x)",
                       "percentile_cont(0.5) within group (order by x) from (values (1), (2), (3), (10)) v(x)", "percentile_disc(0.5) within group (order by x) from (values (1), (2), (3), (10)) v(x)", "mode() within group (order by x) from (values (1), (2), (2)) v(x)", "any_value(x) from (values (1)) v(x)", "max(x) from (values ('a'), ('B')) v(x)",
                       "min(x), max(x) from (values (date '2024-01-01'), ('2023-01-01')) v(x)", "sum(x) from (values (1), (9223372036854775807)) v(x)", "sum('a')", "sum(true)", "count()", "count(1, 2)", "sum(sum(1))", "1 where sum(1) > 0", "x from (values (1)) v(x) group by ()", "count(*) from (select 1) x having count(*) > 1", "count(*) where false",
                       "x, count(*) from (values (1), (1), (null), (null), (2)) v(x) group by x order by x nulls first", "x % 2, sum(x) from generate_series(1, 10) x group by 1 order by 1", "sum(x) + 1, max(x) - min(x) from generate_series(1, 10) x", "bool_and(x > 0) from generate_series(1, 3) x", "max(array[x]) from generate_series(1, 3) x",
                       "avg(x) from (values (interval '1 day'), ('3 days')) v(x)", "count(distinct (x, x)) from (values (1), (1), (2)) v(x)", "grouping(x) from (values (1)) v(x) group by x", "stddev(x) from (values (1)) v(x)", "variance(x), var_pop(x) from (values (1.5)) v(x)", "sum(x) from generate_series(1, 100000) x", "avg(x::float8) from generate_series(1, 1000) x")


FILES = {"numbers_input": numbers_input, "numbers_arithmetic": numbers_arithmetic, "numbers_casts": numbers_casts, "numbers_functions": numbers_functions, "strings": strings, "booleans": booleans, "dates_input": dates_input, "dates_arithmetic": dates_arithmetic, "dates_functions": dates_functions,
         "other_types": other_types, "arrays": arrays, "aggregates": aggregates, **text_expressions.FILES, **number_expressions.FILES}
