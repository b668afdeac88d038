"""What hostile or broken clients send: an error with PostgreSQL's SQLSTATE or a closed connection, and nobody else notices."""
import os
import random
import struct
import time

from protocol import SYNC, Wire, bind, error_of, execute, frame, kinds, parse, query, rows_of, startup

HEADERS = [b"", b"\0", b"\0\0\0\4", b"\0\0\0\7abc", struct.pack("!I", 0x7FFFFFFF), struct.pack("!I", 0xFFFFFFFF), b"GET / HTTP/1.1\r\n\r\n",
           struct.pack("!II", 8, 0), struct.pack("!II", 8, 0x20000), struct.pack("!II", 9, 0x30000) + b"u", struct.pack("!II", 20, 0x30000) + b"user\0x",
           b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", struct.pack("!II", 12, 80877102) + b"1234"]


def lives(wire):
    assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]


def test_broken_startup_packets(server):
    with Wire(server) as bystander:
        for header in HEADERS:
            with Wire(server, start=False) as wire:
                wire.send(header)
                wire.socket.shutdown(1)
                assert wire.closed(), header
        lives(bystander)


def test_startup_without_user(server):
    with Wire(server, start=False) as wire:
        wire.send(startup({"database": "postgres"}))
        assert error_of(wire.until("Z")) == "28000"


def test_frame_that_is_too_long(server):
    with Wire(server) as bystander, Wire(server) as wire:
        wire.send(b"Q" + struct.pack("!I", 1 << 30))
        assert wire.closed()
        lives(bystander)


def test_frame_lengths_that_cannot_be(server):
    for length in (0, 3, 0x80000000, 0xFFFFFFFF):
        with Wire(server) as wire:
            wire.send(b"Q" + struct.pack("!I", length) + b"select 1\0")
            assert wire.closed(), length


def test_unknown_frame(server):
    with Wire(server) as wire:
        wire.send(frame("y", b"what"))
        frames = wire.until("never")
        assert kinds(frames) == "E" and frames[0].fields()["C"] == "08P01", frames


def test_bodies_that_end_too_early(server):
    """Each is a frame of the right length whose content is cut, or counts more than it holds."""
    bodies = [frame("Q", b"select 1"), frame("P", b"x"), frame("P", b"s\0select 1\0\0\5"), frame("B", b"\0\0\0\1"), frame("B", b"\0\0\xff\xff"),
              frame("B", b"\0\0\0\0\0\1\x7f\xff\xff\xffabc\0\0"), frame("B", b"\0\0\0\0\0\1\xff\xff\xff\xfe"), frame("E", b"\0\0"), frame("D", b"X\0"),
              frame("D", b""), frame("C", b"Z\0"), frame("E", b"no end"), frame("S", b"extra")]
    with Wire(server) as bystander:
        for body in bodies:
            with Wire(server) as wire:
                wire.ask(parse("", "select 1"), SYNC)
                wire.send(body, SYNC)
                frames = wire.until("Z")
                assert [f.fields()["C"] for f in frames if f.kind == "E"] in (["08P01"], ["22P03"], []), (body, frames)
        lives(bystander)


def test_invalid_utf8_and_nul(server):
    with Wire(server) as wire:
        for bad in (b"select '\xff\xfe'", b"select '\xc3'", b"select '\xed\xa0\x80'", b"select '\xf5\x80\x80\x80'", b"select '\xc0\x80'"):
            assert error_of(wire.ask(query(bad))) == "22021", bad
        assert error_of(wire.ask(parse("", "select $1::text"), bind("", "", [b"a\xffb"]), execute(), SYNC)) == "22021"
        assert error_of(wire.ask(parse("", "select $1::text"), bind("", "", [b"a\0b"]), execute(), SYNC)) == "22021"
        assert error_of(wire.ask(parse("", "select $1::text"), bind("", "", [b"a\0b"], [1]), execute(), SYNC)) == "22021"
        wire.ask(query("create table utf8 (t text)"))
        for bad in (b"a\xff\n", b"a\0\n"):
            wire.send(query("copy utf8 from stdin"))
            wire.until("G")
            assert error_of(wire.ask(frame("d", bad), frame("c"))) == "22021"
        lives(wire)


def test_deep_statements(server):
    """Deep nesting ends in an error, or is computed; the server and the session survive."""
    n = 100_000
    statements = ["select " + "(" * n + "1" + ")" * n, "select " + "1+" * n + "1", "select " + "not " * n + "true", "select " + "- " * n + "1",
                  "select 1 where " + "1=1 and " * n + "true", "select " + "'a'||" * n + "'a'", "select " + "array[" * n + "1" + "]" * n,
                  "select 1" + " union all select 1" * 20_000, "select " + "case when true then " * 20_000 + "1" + " end" * 20_000,
                  "select * from " + "(select * from " * 5_000 + "(select 1) x" + ") x" * 5_000, "select " + "abs(" * n + "1" + ")" * n,
                  "select 1 in (" + "1," * n + "1)", "explain " * 5 + "select 1", "select " + "1," * 5_000 + "1"]
    with Wire(server) as bystander:
        for sql in statements:
            with Wire(server, timeout=120) as wire:
                frames = wire.ask(query(sql))
                errors = [f.fields()["C"] for f in frames if f.kind == "E"]
                assert frames and frames[-1].kind == "Z", (sql[:40], frames)
                assert not errors or errors[0] in ("54001", "42601", "54011", "54000", "42P01", "53200", "42883"), (sql[:40], frames)
                lives(wire)
        lives(bystander)


def test_errors_of_values(server):
    cases = {"select 1/0": "22012", "select 1.0/0": "22012", "select 1::float8/0": "22012", "select 2147483647 + 1": "22003",
             "select (-2147483648) / (-1)": "22003", "select 9223372036854775807 + 1": "22003", "select 32768::int2": "22003", "select '1e400'::float8": "22003",
             "select -((-9223372036854775807) - 1)": "22003", "select 'x'::int": "22P02", "select '2024-02-30'::date": "22008", "select '25:00'::time": "22008",
             "select 'abc'::varchar(2)::uuid": "22P02", "select substring('a' from 1 for -1)": "22011", "select sqrt(-1)": "2201F", "select ln(0)": "2201E",
             "select repeat('x', 2000000000)": "54000", "select 'a'::bytea || '\\xg'::bytea": "22023", "select '{1,2'::int[]": "22P02",
             "select 1 limit -1": "2201W", "select 'a' ~ '('": "2201B", "select 'infinity'::float8::int": "22003", "select 1e308::float8 * 10": "22003"}
    with Wire(server) as wire:
        for sql, sqlstate in cases.items():
            got = error_of(wire.ask(query(sql)))
            assert got == sqlstate or (sql.startswith("select repeat") and got in ("53200", "54000")), (sql, got)
        lives(wire)


def test_values_and_rows_that_are_too_large(server):
    """A gigabyte is the limit of a value and of a message. What was begun of the message is not sent."""
    cases = ["select repeat('x', 1073741824)", "select repeat('x', 600000000), repeat('y', 600000000)", "select length(repeat('x', 600000000) || repeat('y', 600000000))",
             "select string_agg(repeat('x', 100000000), '') from generate_series(1, 12)"]
    with Wire(server) as bystander, Wire(server, timeout=120) as wire:
        for sql in cases:
            frames = wire.ask(query(sql))
            assert error_of(frames) in ("54000", "53200", "XX000") and kinds(frames)[-1] == "Z" and "D" not in kinds(frames), (sql, kinds(frames))
            lives(wire)
        assert error_of(wire.ask(query("select " + "1," * 1664 + "1"))) == "54011"
        lives(bystander)


def test_many_strings_that_are_long(server):
    """A chunk of 2,048 rows would need 2 GB for these strings at once."""
    with Wire(server, timeout=120) as wire:
        frames = wire.ask(query("select sum(n) from (select length(repeat('x', 1000000) || i) as n from generate_series(1, 2048) i offset 0) t"))
        assert rows_of(frames) == [(b"2048007085",)], frames


def test_client_that_vanishes_during_copy(server):
    with Wire(server) as bystander:
        bystander.ask(query("create table vanish (a int)"))
        for _ in range(10):
            wire = Wire(server)
            wire.send(query("copy vanish from stdin"))
            wire.until("G")
            wire.send(frame("d", b"1\n" * 50_000))
            wire.socket.close()
        wait_for(lambda: rows_of(bystander.ask(query("select count(*) from vanish"))) == [(b"0",)])
        bystander.ask(query("set statement_timeout = '10s'"))
        assert kinds(bystander.ask(query("drop table vanish"))) == "CZ"  # no session still holds a lock


def test_client_that_vanishes_during_a_result(server):
    with Wire(server) as bystander:
        for _ in range(10):
            wire = Wire(server)
            wire.send(query("select repeat('x', 1000) from generate_series(1, 1000000)"))
            wire.read()
            wire.socket.close()
        wait_for(lambda: sessions(bystander) == 1)


def test_client_that_vanishes_in_a_transaction(server):
    with Wire(server) as bystander:
        bystander.ask(query("create table held (a int primary key)"))
        wire = Wire(server)
        wire.ask(query("begin; insert into held values (1)"))
        wire.socket.close()
        bystander.ask(query("set statement_timeout = '10s'"))
        assert kinds(bystander.ask(query("insert into held values (1)"))) == "CZ"


def test_half_a_frame_and_then_nothing(server):
    with Wire(server) as bystander:
        for cut in (1, 3, 5, 9):
            wire = Wire(server)
            wire.send(query("select 12345")[:cut])
            wire.socket.close()
        wait_for(lambda: sessions(bystander) == 1)


def test_random_bytes(server):
    chance = random.Random(15)
    with Wire(server) as bystander:
        for _ in range(150):
            with Wire(server) as wire:
                body = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 60)))
                try:
                    wire.send(frame(chance.choice("QPBEDCSHFXdcf"), body), SYNC)
                    wire.socket.shutdown(1)
                    wire.until("never")
                except OSError:
                    pass  # closed while we were sending
        lives(bystander)


def test_many_connections_leak_nothing(server):
    """Threads and file descriptors are back where they were after a few hundred sessions that ended in every way."""
    with Wire(server) as bystander:
        def usage():
            process = f"/proc/{server.process.pid}"
            return len(os.listdir(process + "/fd")), len(os.listdir(process + "/task"))

        if server.name != "GatherDB":
            return
        lives(bystander)
        before = None
        for round_number in range(4):
            for _ in range(60):
                wire = Wire(server)
                wire.send(query("select * from generate_series(1, 100)"), query("selec"))
                if chance_to_read(wire):
                    wire.until("Z")
                wire.socket.close()
            wait_for(lambda: sessions(bystander) == 1)
            if before is None:
                before = usage()
        after = usage()
        assert after[0] <= before[0] + 5 and after[1] <= before[1] + 5, (before, after)


def chance_to_read(wire):
    return wire.socket.fileno() % 2 == 0


def sessions(wire):
    return int(rows_of(wire.ask(query("select count(*) from pg_stat_activity where backend_type = 'client backend'")))[0][0])


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.05)
