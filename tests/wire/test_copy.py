"""COPY FROM and TO: what PostgreSQL 15 answers, with the context of its errors."""
import struct

from protocol import Wire, error_of, frame, kinds, query, rows_of

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
HEADER = SIGNATURE + struct.pack("!ii", 0, 0)

# options, data, and what follows: rows of the table, or SQLSTATE, message and context
CASES = [
    ("", b"1\ta\\tb\n2\t\\N\n", [(b"1", b"a\tb"), (b"2", None)]),
    ("", b"1\ta", [(b"1", b"a")]),
    ("", b"1\ta\r\n2\tb\r\n", [(b"1", b"a"), (b"2", b"b")]),
    ("", b"1\ta\r2\tb\r", [(b"1", b"a"), (b"2", b"b")]),
    ("", b"1\ta\\\nb\n", [(b"1", b"a\nb")]),
    ("", b"1\ta\n\\.\n", [(b"1", b"a")]),
    ("", b"1\ta\r\n2\tb\n", ("22P04", "literal newline found in data", "COPY copied, line 2")),
    ("", b"1\ta\n2\tb\r\n", ("22P04", "literal carriage return found in data", "COPY copied, line 2")),
    ("", b"1\ta\n\\.x\n", ("22P04", "end-of-copy marker corrupt", "COPY copied, line 2")),
    ("", b"\n", ("22P02", 'invalid input syntax for type integer: ""', 'COPY copied, line 1, column a: ""')),
    ("", b"1\n", ("22P04", 'missing data for column "b"', 'COPY copied, line 1: "1"')),
    ("", b"1\ta\tb\n", ("22P04", "extra data after last expected column", 'COPY copied, line 1: "1\ta\tb"')),
    ("", b"1\ta\nx\tb\n", ("22P02", 'invalid input syntax for type integer: "x"', 'COPY copied, line 2, column a: "x"')),
    ("(header match)", b"a\tc\n", ("22P04", 'column name mismatch in header line field 2: got "c", expected "b"', 'COPY copied, line 1: "a\tc"')),
    ("(format csv)", b'1,"a,\n""b"\r\n2,\r\n', [(b"1", b'a,\n"b'), (b"2", None)]),
    ("(format csv, escape '\\')", b'1,"a\\"b\\\\"\n', [(b"1", b'a"b\\')]),
    ("(format csv, header)", b"x\n1,\\.\n", [(b"1", b"\\.")]),
    ("(format csv)", b"1,a\n2,b\rc\n", ("22P04", "unquoted carriage return found in data", "COPY copied, line 2")),
    ("(format csv)", b'1,"unterminated\n', ("22P04", "unterminated CSV quoted field", 'COPY copied, line 1: "1,"unterminated\n"')),
    ("(format csv, force_null (b))", b'1,""\n', [(b"1", None)]),
    ("(format csv, force_not_null (b))", b"1,\n", [(b"1", b"")]),
    ("(format csv, force_null (z))", None, ("42703", 'column "z" of relation "copied" does not exist', None)),
    ("(format csv, header maybe)", None, ("42601", 'header requires a Boolean value or "match"', None)),
    ("(null '\t')", None, ("0A000", "COPY delimiter must not appear in the NULL specification", None)),
    ("(format binary)", HEADER + struct.pack("!hiii", 2, 4, 5, 1) + b"x" + struct.pack("!h", -1), [(b"5", b"x")]),
    ("(format binary)", b"PGC", ("22P04", "COPY file signature not recognized", None)),
    ("(format binary)", SIGNATURE + struct.pack("!ii", 1 << 16, 0), ("22P04", "invalid COPY file header (WITH OIDS)", None)),
    ("(format binary)", HEADER + struct.pack("!h", 3), ("22P04", "row field count is 3, expected 2", "COPY copied, line 1")),
    ("(format binary)", HEADER + struct.pack("!h", -1) + b"more", ("22P04", "received copy data after EOF marker", "COPY copied, line 1")),
]


def outcome(wire, options, pieces):
    wire.ask(query("delete from copied"))
    wire.send(query(f"copy copied from stdin {options}"))
    frames = wire.until("G", "Z")
    if frames[-1].kind == "G":
        frames = wire.ask(*(frame("d", piece) for piece in pieces), frame("c"))
    if "E" not in kinds(frames):
        return rows_of(wire.ask(query("select * from copied order by a")))
    fields = frames[0].fields()
    return fields["C"], fields["M"], fields.get("W")


def test_copy_from(server):
    """The same whether the data comes at once or byte by byte."""
    with Wire(server) as wire:
        wire.ask(query("create table copied (a int, b text)"))
        for options, data, expected in CASES:
            data = data or b""
            got = outcome(wire, options, [data] if data else [])
            assert got == expected, (options, data, got)
            got = outcome(wire, options, [data[i:i + 1] for i in range(len(data))])
            assert got == expected, (options, data, got, "byte by byte")


def test_client_ends_the_copy_with_an_error(server):
    with Wire(server) as wire:
        wire.ask(query("create table given_up (a int)"))
        wire.send(query("copy given_up from stdin"))
        wire.until("G")
        frames = wire.ask(frame("d", b"1\n2\n"), frame("f", b"no more\0"))
        assert error_of(frames) == "57014"
        fields = frames[0].fields()
        assert (fields["M"], fields["W"]) == ("COPY from stdin failed: no more", "COPY given_up, line 3"), fields


def test_one_record_in_many_pieces(server):
    """An open quote makes one record of all that follows: it is searched once, not once a piece."""
    with Wire(server, timeout=60) as wire:
        wire.ask(query("create table pieces (a text)"))
        wire.send(query("copy pieces from stdin (format csv)"))
        wire.until("G")
        piece = frame("d", b"x" * 8191 + b"\n")
        for _ in range(100):
            wire.send(frame("d", b'"'), *([piece] * 64), frame("d", b'"\n'))
        assert kinds(wire.ask(frame("c"))) == "CZ"
        assert rows_of(wire.ask(query("select count(*), min(length(a)) from pieces"))) == [(b"100", b"524288")]
