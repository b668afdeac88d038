"""Expressions over texts, patterns, templates, zones and styles; expressions.py lists them with the others.

Lists are crossed and sampled with a fixed seed, so that a run asks the same questions.
"""
import itertools
import random


def quote(text):
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def call(name, *arguments):
    return f"select {name}({', '.join(quote(a) if isinstance(a, str) or a is None else str(a) for a in arguments)})"


def sample(items, count, seed):
    items = list(items)
    return random.Random(seed).sample(items, min(count, len(items)))


TEXTS = ["", "a", "abc", "Hello World", "äöüß ÀÉ", "日本語テキスト", "foo bar baz qux", "  trim me  ", "xxabcxx", "The quick brown fox", "a%b_c\\d", "🎉 party", "ÀBC def-ghi_jkl 3rd",
         "i̇İı", "ﬁne", "abab", "special packages requests", "foo.bar@example.com", "2023-01-15", "x12y345z"]


def strings_functions():
    for name in ("lower", "upper", "initcap", "length", "octet_length", "bit_length", "reverse", "ascii", "md5", "quote_ident", "quote_literal", "btrim", "ltrim", "rtrim"):
        for text in sample(TEXTS, 6, name):
            yield call(name, text)
    counts = [-2147483648, -100, -3, -1, 0, 1, 2, 5, 100, 2147483647]
    for name in ("left", "right", "substr"):
        for text, count in sample(itertools.product(TEXTS, counts), 30, name):
            yield call(name, text, count)
    for text, start, length in sample(itertools.product(TEXTS, counts, [-1, 0, 1, 3, 2147483647]), 60, "substring"):
        yield call("substring", text, start, length)
    for name in ("lpad", "rpad"):
        for text, length, fill in sample(itertools.product(TEXTS, [-1, 0, 1, 5, 20], ["xy", "", "äö", " "]), 25, name):
            yield call(name, text, length, fill)
    parts = ["", "a", "o", "ab", "foo", "語", "x", "The", "zzz", "ö"]
    for name in ("strpos", "starts_with", "btrim", "ltrim", "rtrim", "string_to_array"):
        for text, part in sample(itertools.product(TEXTS, parts), 20, name):
            yield call(name, text, part)
    for text, part, number in sample(itertools.product(TEXTS, parts, [-3, -1, 0, 1, 2, 9]), 40, "split_part"):
        yield call("split_part", text, part, number)
    for text, part, other in sample(itertools.product(TEXTS, parts, ["", "<>", "ä"]), 30, "replace"):
        yield call("replace", text, part, other)
        yield call("translate", text, part + "bc", other + "1")
    for text, start, length in sample(itertools.product(TEXTS, [-1, 0, 1, 3, 50], [-1, 0, 2, 2147483647]), 20, "overlay"):
        yield f"select overlay({quote(text)} placing 'XY' from {start} for {length})"
    for number in (-1, 0, 1, 65, 228, 8364, 128512, 55296, 1114111, 1114112):
        yield call("chr", number)
    for number in (0, 255, -1, 9223372036854775807):
        yield call("to_hex", number)
    for text in ("select", "foo", "Foo", "foo bar", 'a"b', "_x", "1x", "all", "between", "name", "value", ""):
        yield call("quote_ident", text)
    for template, *arguments in [("Hello %s", "World"), ("%1$s %2$s %1$s", "a", "b"), ("%I.%L", "my table", "it's"), ("%10s|%-10s|", "ab", "cd"), ("%%",), ("%s",), ("%x", "a"), ("%", "a"), ("%2$s %s", "a", "b", "c"),
                                 ("%0$s", "a"), ("%*s", "5", "ab"), ("%-*s|", "5", "ab"), ("%1$*2$s", "ab", "6"), ("%I", None), ("%L", None), ("%s|", None), ("%1", "a"), ("%99999999999s", "a"), ("%1$*s", "a")]:
        yield call("format", template, *arguments)
    yield from ("select " + e for e in (
        "format('%*s', -7, 'ab')", "concat('a', 1, true, 1.50, date '2020-01-01', null)", "concat_ws(',', 'a', null, 3)", "concat_ws(null, 'a', 'b')", "repeat('ab', -1)", "repeat('ab', 3)", "repeat('abc', 1000000000)", "lpad('abc', 1000000000, 'x')",
        "string_to_array('äbc', null)", "string_to_array('a b bar', ' ', 'bar')", "* from string_to_table('a,b,,c', ',', '') x", "count(*) from string_to_table('', ',')", "quote_nullable(null::int)", "quote_nullable('x'::text)", "quote_literal(1.5)", "quote_literal(E'a\\\\b')",
        "'abcdef'::varchar(3)", "'abc   '::varchar(3)", "'äöü'::varchar(2)", "'ab'::char(5) || 'x'", "length('ab'::char(5))", "octet_length('ab'::char(5))", "'ab'::char(5) = 'ab'", "'ab '::char(5) = 'ab'::text", "'ab'::char(5) like 'ab'", "'ab'::char(5) like 'ab   '", "'abcdef'::char(3)",
        "repeat('x', 70)::name", "repeat('ä', 40)::name", "'a'::\"char\"", "'abc'::\"char\"", "65::\"char\"", "128::\"char\"", "'A'::\"char\"::int", "'\\200'::\"char\"", "'a' || 1", "1.5 || 'a'", "true || 'a'", "'x'::char(3) || date '2020-01-01'", "'a' || null", "'abc' ^@ 'ab'", "'b' > 'a'", "'B' < 'a'", "'ä' > 'z'", "'a ' = 'a'",
        "greatest('a', 'B', 'ä')", "least('a', 'B', null)", "'abc' ~<~ 'abd'", "bit_length('ä')", "position('b' in 'abc')", "position('' in 'abc')", "substring('abcdef' from 2 for 3)", "trim(both 'x' from 'xxaxx')", "trim(leading from '  a ')", "trim(trailing 'ab' from 'xxabab')", "overlay('abcdef' placing 'XX' from 3)",
        "normalize('a' || U&'\\0308', nfc) = 'ä'", "length(normalize('ä', nfd))", "'ä' is nfd normalized", "'abc' is normalized", "unistr('d\\0061t\\+000061')", "unistr('\\D83D\\DE00')", "unistr('\\D83D')", "unistr('\\x')", "unistr('\\0000')", "parse_ident('\"A\".b')", "parse_ident('a.b c')", "parse_ident('a.b c', false)", "parse_ident('a..b')", "parse_ident('\"a')", "parse_ident('')",
        "encode('\\x00ff41', 'hex')", "encode('\\x00ff415c', 'escape')", "encode('\\x48656c6c6f', 'base64')", "encode(decode(repeat('ab', 60), 'hex'), 'base64')", "encode('\\x00', 'foo')", "decode('SGVsbG8=', 'base64')", "decode('SGVsbG8', 'base64')", "decode('S=', 'base64')", "decode('SGV$', 'base64')", "decode('4g', 'hex')", "decode('486', 'hex')", "decode('a\\\\b\\101', 'escape')", "decode('\\9', 'escape')", "sha256('abc')", "sha512('')", "md5('\\x00'::bytea)",
        "convert_to('äö€', 'LATIN1')", "convert_to('äö', 'LATIN1')", "convert_from('\\xe4f6', 'LATIN1')", "convert_from('\\xff', 'UTF8')", "length('\\xc3a4'::bytea, 'UTF8')", "convert_to('a', 'foo')"))


LIKE = ["%", "_", "", "a%", "%c", "%b%", "a_c", "%o%o%", "_%_", "%\\%%", "a\\%b\\_c\\\\d", "%special%requests%", "Hello World", "hello%", "%WORLD", "日%", "_本_%", "%\\", "a\\", "%x%", "abc%abc", "%a%b%c%", "%%%", "%ö%", "ÄÖ%"]


def like_patterns():
    for text, pattern in sample(itertools.product(TEXTS, LIKE), 150, "like"):
        yield f"select {quote(text)} like {quote(pattern)}, {quote(text)} not ilike {quote(pattern)}, {quote(text)}::name like {quote(pattern)}"
    for text, pattern, escape in [("a%b", "a#%b", "#"), ("a\\b", "a\\b", "#"), ("ab", "a%", "%"), ("a_b", "a_b", ""), ("ab", "ab", "ab"), ("aäb", "aääb", "ä"), ("a%", "a%", "\\")]:
        yield f"select {quote(text)} like {quote(pattern)} escape {quote(escape)}"
        yield f"select {quote(text)} similar to {quote(pattern)} escape {quote(escape)}"
    for text, pattern in itertools.product(["abc", "abd", "", "xabcx", "a.c", "aaa"], ["abc", "a%", "(a|x)%", "a.c", "[a-c]+", "_b_", "a{3}", "%(b|c)%", "^a", "a*", "[[:alpha:]]+", "x?abcx?"]):
        yield f"select {quote(text)} similar to {quote(pattern)}"
    for text, pattern in [("abcdefg", "a#\"(b_d)#\"%"), ("abcdefg", "#\"(b_d)#\"%"), ("abcdefg", "a#\"%#\"g"), ("abcdefg", "a#\"%g"), ("abcdefg", "a%g"), ("foobar", "%#\"o_b#\"%"), ("abcabc", "%#\"a%#\"%"), ("abcabc", "#\"%b#\"%#\""), ("abcabc", "#\"#\"#\"")]:
        yield f"select substring({quote(text)} similar {quote(pattern)} escape '#')"
    yield from ("select " + e for e in ("null like 'a'", "'a' like null", "'abc' ~~ 'a%'", "'abc' !~~* 'A%'", "x, x like 'a%' from (values ('abc'), (null), ('b')) v(x)", "x, 'abc' like x from (values ('a%'), (null), ('%z'), ('a%')) v(x)", "1 like '1'", "like_escape('a#%', '#')"))


REGEX = ["a", "^a", "a$", "b+", "(b|c)", "a|ab", "foo|foobar", "(foo|foobar)(barbaz)?", "[a-z]+", "[[:alpha:]]+", "[[:digit:]]+", "\\d+", "\\w+", "\\s", "(\\w+)\\s(\\w+)", "^.*$", ".*?o", "(.*?)(\\d+)(.*)", "(?:(.*?)(\\d+)(.*)){1,1}", "a*", "x*", "(a)(b)?",
         "(\\w)\\1", "\\mfoo", "bar\\M", "\\yba", "\\Yo", "[^a-z]+", "[]a]+", "[a\\]]+", "a{2}", "a{2,}", "a{1,2}", "a{0}", "(?i)ABC", "(?x) a b c # comment", "***=a.b", "***:a", "(?=b)b", "a(?!b)", "(?<=a)b", "(?<!a)b", "\\Aa", "c\\Z", "\\.", "\\x41", "\\u0061", "[[.a.]]", "[[=a=]]",
         "[[:<:]]foo", "(", "a)", "[a", "a{1", "a{2,1}", "a{300}", "*a", "a**", "+", "a|*b", "\\", "\\q", "[[:foo:]]", "[b-a]", "(?z)a", "\\1", "(a)\\2", "a{x", "()", "|", "a||b", "^", "$", "(?:ab)+", ".+?", "(.)(.)(.)", "[0-9]{4}-[0-9]{2}", "(\\d{4})-(\\d\\d)", "@.*\\.", "\\D+", "\\W", "[\\w.]+", "[^\\s]+",
         "o{1,1}", "(f|fo|foo)(o|ob|obar)", "(a+|b+)*", "語", "[ä-ü]+", "(?n)^c", "(?e)a\\.", "(?q)a.b", "(?b)a\\(b\\)", "(?:a|b){2}", "\\m\\w+\\M"]


def regular_expressions():
    cross = list(itertools.product(TEXTS, REGEX))
    for text, pattern in sample(cross, 150, "~"):
        yield f"select {quote(text)} ~ {quote(pattern)}, {quote(text)} !~* {quote(pattern)}"
    for text, pattern in sample(cross, 90, "match"):
        yield f"select substring({quote(text)} from {quote(pattern)}), regexp_match({quote(text)}, {quote(pattern)})"
    for text, pattern in sample(cross, 90, "replace"):
        yield f"select regexp_replace({quote(text)}, {quote(pattern)}, '<\\1|\\&>'), regexp_replace({quote(text)}, {quote(pattern)}, '[\\&]', 'g')"
    for text, pattern in sample(cross, 90, "split"):
        yield f"select regexp_split_to_array({quote(text)}, {quote(pattern)}), regexp_count({quote(text)}, {quote(pattern)})"
    for text, pattern in sample(cross, 60, "instr"):
        yield f"select regexp_instr({quote(text)}, {quote(pattern)}, 1, 2, 1), regexp_instr({quote(text)}, {quote(pattern)}, 2), regexp_substr({quote(text)}, {quote(pattern)}, 1, 1, 'i', 1)"
    for text, pattern in sample(cross, 40, "matches"):
        yield f"select * from regexp_matches({quote(text)}, {quote(pattern)}, 'g') m"
    for flags in ("", "i", "g", "n", "m", "x", "s", "q", "p", "w", "c", "t", "gi", "z", "1"):
        yield f"select regexp_replace(E'ab\\ncd\\nAB', 'b.*', 'X', {quote(flags)})"
        yield f"select regexp_match(E'ab\\ncd', '^c.*$', {quote(flags)})"
        yield f"select regexp_like('ABC', 'b', {quote(flags)})"
        yield f"select regexp_split_to_array('a-B-c', 'b', {quote(flags)})"
    for start, number in itertools.product([0, 1, 3, 100], [-1, 0, 1, 3]):
        yield f"select regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', {start}, {number}, 'i')"
    for number in (-1, 0, 1, 2, 4, 5):
        yield f"select regexp_instr('1234567890', '(123)(4(56)(78))', 1, 1, 0, 'i', {number})"
    yield from ("select " + e for e in ("* from regexp_split_to_table('the quick brown', '\\s+') x", "regexp_split_to_array('abc', '')", "regexp_split_to_array('', 'x')", "x, x ~ '^a' from (values ('abc'), (null), ('b')) v(x)", "x, 'abc' ~ x from (values ('^a'), (null), ('z'), ('^a')) v(x)"))


NUMBER_TEMPLATES = ["9", "99", "999", "9.9", "0", "0.0", "000.000", "999.99", "FM999.99", "FM990.00", "9,999", "9G999D99", "S999", "999S", "MI999", "999MI", "PL999", "999PL", "SG999", "999PR", "FM999PR", "RN", "FMRN", "rn", "999th", "999TH", "99V9", "9.99EEEE", "9EEEE", "L999", "B999",
                    '"abc"999', "999.", ".99", "FM.99", "FM0.9", "FM9.0", "S0.99", "FM9999.9999", "9.9.9", "9V9.9", "99PR9", "", "99,99,99", "0,000,000", "999,999,999.999", "FM999,999.", "S000.9MI", "FMS999.00", "0999.9990", "FM0999.9990", "$9,999.99", "D99", "9.9EEEE9"]


def formats_numbers():
    integers = ["0", "1", "-1", "12", "-123", "999", "1000", "-9999", "3999", "4000", "11", "22", "2147483647"]
    decimals = ["0", "0.1", "-0.1", "0.5", "9.99", "-12.5", "123.456", "999.995", "0.00001", "1e10", "1234567890.12345", "'NaN'", "'Infinity'", "485", "12345678901234567890.5"]
    for template, number in sample(itertools.product(NUMBER_TEMPLATES, integers), 220, "integers"):
        yield f"select to_char({number}, {quote(template)}), to_char({number}::bigint, {quote(template)})"
    for template, number in sample(itertools.product(NUMBER_TEMPLATES, decimals), 260, "decimals"):
        yield f"select to_char({number}::numeric, {quote(template)}), to_char({number}::float8, {quote(template)})"
    texts = ["1", "-1", "12", "12.5", "-12.5", "1,234.5", "<123>", "+5", "5-", "123abc", " -12", "$1,234.56", "abc", "", ".5", "12th", "--5", "99999999999", "1.2.3"]
    for template, text in sample(itertools.product(NUMBER_TEMPLATES, texts), 160, "to_number"):
        yield call("to_number", text, template)


DATE_TEMPLATES = ["A.D. a.m. BC", "CC", "DAY Day day", "DDD DD D", "DY Dy dy", "FF1 FF2 FF3 FF6", "HH24 HH12 HH", "IDDD ID IW", "IYYY IYY IY I", "J", "MI:SS.MS", "MONTH Month month|", "MON Mon mon", "OF", "Q", "RM rm", "SSSS", "TZH:TZM", "TZ tz", "US", "WW W", "Y,YYY", "YYYY YYY YY Y", "FMDD FMMonth FMYYYY",
                  "DDth DDTH FMDDth", "TMMonth TMDay", '"text"YYYY', 'YYYY"a\\"b"MM', "YYYY-MM-DD HH24:MI:SS.US", "Dth \"of\" Month", "DDSP", "HH12:MI AM", "Jth", "foo bar", "Mm mM dAY", "äöYYYY", "FM", "FMY,YYY FMCC", ""]


def formats_dates():
    moments = ["2020-02-29 12:34:56.789012", "1999-12-31 23:59:59.999999", "0044-03-15 06:07:08.9 BC", "12345-06-07 01:02:03", "2021-11-11 11:11:11", "infinity", "2016-01-03 13:00", "0099-05-05"]
    intervals = ["1 day", "1 year 2 mons 3 days 04:05:06.789", "-1 year -2 mons -3 days -04:05:06.789", "100:00:00", "0", "12 mons", "-5 mons", "1000 years"]
    for template, moment in sample(itertools.product(DATE_TEMPLATES, moments), 160, "moments"):
        yield f"select to_char({quote(moment)}::timestamp, {quote(template)})"
    for template, interval in sample(itertools.product(DATE_TEMPLATES, intervals), 110, "intervals"):
        yield f"select to_char({quote(interval)}::interval, {quote(template)})"
    yield "set timezone = 'Asia/Kathmandu'"
    for template, moment in sample(itertools.product(DATE_TEMPLATES, moments), 60, "zone"):
        yield f"select to_char({quote(moment)}::timestamptz, {quote(template)})"
    yield "set timezone = 'America/New_York'"
    texts = ["2020-02-29", "20200229", "2020 Feb 29", "29/02/2020", "Feb 29, 2020", "12:34:56", "2020-02-29 12:34:56.789", "2020-060", "2020-W09-6", "  2020  02  29", "20-2-9", "1,234-05-06", "44 BC", "03:04 PM", "2451545", "XII 2020", "2020-13-01", "2020-02-30", "25:00", "2020-01-01 -05:30", "", "abc", "19",
             "999", "12345", "1-1-1", "Monday 5 May 2020", "2nd 3", "2020...02...29", "0000-01-01", "-44-02-01", "20200229123456", "366 2020", "2147483648"]
    templates = ["YYYY-MM-DD", "YYYYMMDD", "YYYY Mon DD", "DD/MM/YYYY", "Mon DD, YYYY", "HH24:MI:SS", "YYYY-MM-DD HH24:MI:SS.MS", "YYYY-DDD", "IYYY-IW-ID", 'IYYY-"W"IW-ID', "FXYYYY-MM-DD", "YY-MM-DD", "Y,YYY-MM-DD", "YYYY BC", "HH:MI PM", "J", "RM YYYY", "Month", "YYYY-MM-DD TZH:TZM", "YYYY", "YYY", "YY", "CC", "CCYY",
                 "WW YYYY", "DDth", "Day DD Mon YYYY", "FMYYYY FMMM FMDD", "YYYYMMDDHH24MISS", "SSSS", "Q", "DDD YYYY", "TZ", "MM MM", "YYYY IW", "", "SS.FF6"]
    for text, template in sample(itertools.product(texts, templates), 330, "to_timestamp"):
        yield f"select to_timestamp({quote(text)}, {quote(template)})"
    for text, template in sample(itertools.product(texts, templates), 120, "to_date"):
        yield f"select to_date({quote(text)}, {quote(template)})"


def dates_styles():
    inputs = ["1/2/3", "13/12/2020", "12/13/2020", "2020-06-15 12:00", "08-Jan-99", "99-Jan-08", "Jan-08-99", "J2451545", "20200101T101112.5", "Jan 1 4713 BC", "2001-02-04T04:05:06.7-08:30:15", "y2001m02d04", "1/1/1 BC", "10:11 2020-01-02", "2020-03-08 02:30", "2020-11-01 01:30", "2020-11-01 01:30 EDT", "2020-07-01 12:00 MSK",
              "2011-03-27 12:00 Europe/Moscow", "1880-01-01 00:00", "epoch", "infinity", "2020-01-01 12:00 UTC+3", "2020-01-01 12:00:00 America/Nowhere", "2020.123", "2/29/2019", "24:00", "2020-01-01 24:00:00", "99999-01-01"]
    intervals = ["1 year 2 mons 3 days 4:05:06.7", "-1 mon +2 days -3:00", "0", "-1 1:00:00", "1-2 3 4:05:06", "P1Y2M3DT4H5M6S", "P-1Y2M", "1.5 years", "3 days ago", "1 day 1 day", "-0.5 s", "1 century", "10 us"]
    for zone, style, interval_style in [("America/Los_Angeles", "Postgres, MDY", "postgres_verbose"), ("Asia/Kolkata", "SQL, DMY", "sql_standard"), ("EST5EDT", "German, YMD", "iso_8601"), ("<+03>-03", "ISO, DMY", "postgres"), ("Europe/Dublin", "SQL, YMD", "postgres_verbose")]:
        yield f"set timezone = {quote(zone)}"
        yield f"set datestyle = {quote(style)}"
        yield f"set intervalstyle = {quote(interval_style)}"
        mark = f" -- {zone}, {style}, {interval_style}"  # the same question is asked once only
        for text in inputs:
            yield f"select {quote(text)}::timestamptz{mark}"
            yield f"select {quote(text)}::timestamp, {quote(text)}::date{mark}"
        for text in intervals:
            yield f"select {quote(text)}::interval{mark}"
        yield from ("select " + e + mark for e in ("time '10:00'::timetz::text like '10:00%'", "'12:34:56.789-7'::timetz", "timestamptz '2021-03-13 12:00' + interval '1 day'", "timestamptz '2021-03-13 12:00' + interval '24 hours'", "date_trunc('day', timestamptz '2021-03-14 18:00Z')", "date_trunc('month', timestamptz '2021-03-31 18:00Z', 'Asia/Tokyo')",
                                            "extract(timezone from timestamptz '2021-07-01 00:00Z')", "timestamptz '2021-07-01 00:00Z' at time zone 'Europe/Paris'", "timestamp '2021-07-01 00:00' at time zone 'PST'", "timestamp '2021-07-01 00:00' at time zone interval '-3:30'", "timestamptz '2021-07-01 00:00Z' at time zone 'foo'",
                                            "age(timestamptz '2021-07-01 00:00Z', timestamptz '1999-12-31 23:59:59Z')", "make_timestamptz(2021, 7, 1, 10, 0, 0, 'Europe/London')", "make_timestamptz(2021, 7, 1, 10, 0, 0, '3')", "* from generate_series(timestamptz '2021-03-13 12:00', '2021-03-15 12:00', '12 hours') x"))


FILES = {"strings_functions": strings_functions, "like_patterns": like_patterns, "regular_expressions": regular_expressions, "formats_numbers": formats_numbers, "formats_dates": formats_dates, "dates_styles": dates_styles}
