"""The extended and the simple protocol, frame by frame, as PostgreSQL 15 answers."""
import struct

from protocol import (FLUSH, SYNC, Wire, bind, close, describe, error_of, execute, frame, kinds, parse, query, rows_of, startup)


def status(frames):
    assert frames[-1].kind == "Z", frames
    return frames[-1].body.decode()


def test_greeting(server):
    with Wire(server) as wire:
        settings = dict(f.body[:-1].decode().split("\0") for f in wire.greeting if f.kind == "S")
        for name, value in {"client_encoding": "UTF8", "server_encoding": "UTF8", "DateStyle": "ISO, MDY", "integer_datetimes": "on",
                            "standard_conforming_strings": "on", "is_superuser": "on", "session_authorization": "postgres",
                            "IntervalStyle": "postgres", "default_transaction_read_only": "off", "in_hot_standby": "off"}.items():
            assert settings.get(name) == value, (name, settings)
        assert settings["server_version"].startswith("15") and "TimeZone" in settings and "application_name" in settings
        assert kinds(wire.greeting).endswith("KZ") and status(wire.greeting) == "I"


def test_ssl_and_gss_requests_are_answered(server):
    with Wire(server, start=False) as wire:
        for code in (80877104, 80877103)[server.name == "PostgreSQL":]:  # GSSENCRequest (Debian's PostgreSQL accepts), SSLRequest
            wire.send(struct.pack("!II", 8, code))
            assert wire.bytes(1) == b"N"
        wire.send(startup())
        assert kinds(wire.until("Z")).endswith("Z")


def test_newer_minor_version_is_negotiated(server):
    with Wire(server, start=False) as wire:
        wire.send(startup({"user": "postgres", "_pq_.unknown": "1"}, 0x30002))
        frames = wire.until("Z")
        assert kinds(frames)[0] == "v" and frames[0].body[:4] == struct.pack("!I", 0x30000) and frames[-1].kind == "Z", frames


def test_options_at_startup(server):
    parameters = {"user": "postgres", "database": "postgres", "options": "-c statement_timeout=5s", "application_name": "wire", "datestyle": "german"}
    with Wire(server, parameters=parameters) as wire:
        assert rows_of(wire.ask(query("show statement_timeout"))) == [(b"5s",)]
        assert rows_of(wire.ask(query("select date '2024-02-29'"))) == [(b"29.02.2024",)]


def test_simple_query_with_several_statements_is_one_transaction(server):
    with Wire(server) as wire:
        assert kinds(wire.ask(query("create table s (a int primary key); insert into s values (1); select * from s"))) == "CCTDCZ"
        frames = wire.ask(query("insert into s values (2); select 1/0; insert into s values (3)"))
        assert kinds(frames) == "CEZ" and status(frames) == "I"
        assert rows_of(wire.ask(query("select a from s"))) == [(b"1",)]
        assert kinds(wire.ask(query("insert into s values (4); commit; select 1/0"))).endswith("EZ")
        assert rows_of(wire.ask(query("select a from s order by a"))) == [(b"1",), (b"4",)]
        assert kinds(wire.ask(query(""))) == "IZ" and kinds(wire.ask(query(";;"))) == "IZ"


def test_status_byte(server):
    with Wire(server) as wire:
        assert status(wire.ask(query("begin"))) == "T"
        assert status(wire.ask(query("selec"))) == "E"
        frames = wire.ask(query("select 1"))
        assert error_of(frames) == "25P02" and status(frames) == "E"
        assert status(wire.ask(query("rollback"))) == "I"


def test_describe_before_bind(server):
    with Wire(server) as wire:
        frames = wire.ask(parse("s", "select $1::int + 1 as n, $2::text || 'x'"), describe("S", "s"), SYNC)
        assert kinds(frames) == "1tTZ", frames
        assert struct.unpack("!HII", frames[1].body) == (2, 23, 25)
        frames = wire.ask(bind("", "s", [b"41", b"y"]), describe("P", ""), execute(), SYNC)
        assert kinds(frames) == "2TDCZ" and rows_of(frames) == [(b"42", b"yx")]
        assert kinds(wire.ask(parse("w", "set search_path = public"), describe("S", "w"), SYNC)) == "1tnZ"


def test_execute_without_describe_sends_no_row_description(server):
    with Wire(server) as wire:
        assert kinds(wire.ask(parse("", "select 1"), bind("", ""), execute(), SYNC)) == "12DCZ"


def test_parameter_types_given_in_parse(server):
    with Wire(server) as wire:
        frames = wire.ask(parse("", "select $1", [20]), describe("S", ""), bind("", "", [struct.pack("!q", -5)], [1], [1]), execute(), SYNC)
        assert kinds(frames) == "1tT2DCZ" and rows_of(frames) == [(struct.pack("!q", -5),)]


def test_binary_formats(server):
    with Wire(server) as wire:
        sql = "select 1::int2, 2::int4, 1.5::float8, true, 'é'::text, '\\x00ff'::bytea, 12.50::numeric, date '2000-01-02', array[1,null]::int[]"
        frames = wire.ask(parse("", sql), bind("", "", results=[1]), execute(), SYNC)
        assert rows_of(frames) == [(
            struct.pack("!h", 1), struct.pack("!i", 2), struct.pack("!d", 1.5), b"\x01", "é".encode(), b"\x00\xff",
            struct.pack("!HhHHHH", 2, 0, 0, 2, 12, 5000), struct.pack("!i", 1),
            struct.pack("!iiIii", 1, 1, 23, 2, 1) + struct.pack("!ii", 4, 1) + struct.pack("!i", -1))], frames
        frames = wire.ask(parse("", "select 1, 2"), bind("", "", results=[0, 1]), describe("P", ""), execute(), SYNC)
        assert rows_of(frames) == [(b"1", struct.pack("!i", 2))]


def test_row_limit_suspends_the_portal(server):
    with Wire(server) as wire:
        frames = wire.ask(query("begin"))
        frames = wire.ask(parse("", "select * from generate_series(1, 5)"), bind("p", ""), execute("p", 2), execute("p", 2), execute("p", 2), SYNC)
        assert kinds(frames) == "12DDsDDsDCZ", frames
        assert frames[-2].body == b"SELECT 1\0"
        assert kinds(wire.ask(execute("p", 2), SYNC)) == "CZ"
        wire.ask(query("commit"))
        assert error_of(wire.ask(execute("p"), SYNC)) == "34000"


def test_portal_ends_with_its_implicit_transaction(server):
    with Wire(server) as wire:
        assert kinds(wire.ask(parse("", "select generate_series(1, 3)"), bind("", ""), execute("", 1), SYNC)) == "12DsZ"
        assert error_of(wire.ask(execute(), SYNC)) == "34000"


def test_after_an_error_everything_is_discarded_until_sync(server):
    with Wire(server) as wire:
        wire.ask(query("create table d (a int)"))
        frames = wire.ask(parse("", "insert into d values (1)"), bind("", ""), execute(), parse("", "selec"), bind("", ""), execute(),
                          parse("x", "select 1"), SYNC, query("select count(*) from d"))
        assert kinds(frames) == "12CEZ", frames
        assert rows_of(wire.until("Z")) == [(b"0",)]  # the insert was in the same implicit transaction
        assert error_of(wire.ask(bind("", "x"), SYNC)) == "26000"


def test_pipeline(server):
    with Wire(server) as wire:
        wire.ask(parse("p", "select $1::int"), SYNC)
        wire.send(*[part for i in range(200) for part in (bind("", "p", [str(i).encode()]), execute(), SYNC)])
        assert [rows_of(wire.until("Z"))[0][0] for _ in range(200)] == [str(i).encode() for i in range(200)]


def test_flush_sends_what_is_there(server):
    with Wire(server) as wire:
        wire.send(parse("", "select 7"), bind("", ""), execute(), FLUSH)
        assert kinds(wire.until("C")) == "12DC"
        wire.send(SYNC)
        assert kinds(wire.until("Z")) == "Z"


def test_close(server):
    with Wire(server) as wire:
        assert kinds(wire.ask(parse("c", "select 1"), close("S", "c"), close("S", "never"), SYNC)) == "133Z"
        assert error_of(wire.ask(bind("", "c"), SYNC)) == "26000"
        assert error_of(wire.ask(parse("c", "select 1"), parse("c", "select 2"), SYNC)) == "42P05"


def test_fewer_or_more_parameters_than_the_statement_has(server):
    with Wire(server) as wire:
        for values in ([], [b"1", b"2"]):
            assert error_of(wire.ask(parse("", "select $1::int"), bind("", "", values), SYNC)) == "08P01"
        assert error_of(wire.ask(parse("", "select $1::int"), bind("", "", [b"1"], [0, 0]), SYNC)) == "08P01"
        assert error_of(wire.ask(parse("", "select $1::int"), bind("", "", [b"\0\1"], [1]), SYNC)) in ("08P01", "22P03")
        assert error_of(wire.ask(parse("", "select $1::int"), bind("", "", [b"x"]), SYNC)) == "22P02"
        assert error_of(wire.ask(parse("", "select 1; select 2"), SYNC)) == "42601"
        assert kinds(wire.ask(parse("", ""), bind("", ""), describe("P", ""), execute(), SYNC)) == "12nIZ"


def test_copy_in_and_out(server):
    with Wire(server) as wire:
        wire.ask(query("create table c (a int, b text)"))
        wire.send(query("copy c from stdin"))
        assert kinds(wire.until("G")) == "G"
        frames = wire.ask(frame("d", b"1\ton"), frame("d", b"e\n2\t\\N\n\\."), frame("d", b"\n"), frame("c"))
        assert kinds(frames) == "CZ" and frames[0].body == b"COPY 2\0", frames
        frames = wire.ask(query("copy c to stdout"))
        assert kinds(frames) == "HddcCZ" and [f.body for f in frames if f.kind == "d"] == [b"1\tone\n", b"2\t\\N\n"], frames
        wire.send(query("copy c from stdin"))
        wire.until("G")
        assert error_of(wire.ask(frame("d", b"3\tx\n"), frame("f", b"no more\0"))) == "57014"
        wire.send(query("copy c from stdin"))
        wire.until("G")
        assert error_of(wire.ask(frame("d", b"x\tx\n"), frame("c"))) == "22P02"
        assert rows_of(wire.ask(query("select count(*) from c"))) == [(b"2",)]


def test_copy_in_the_extended_protocol(server):
    with Wire(server) as wire:
        wire.ask(query("create table e (a int)"))
        wire.send(parse("", "copy e from stdin"), bind("", ""), execute(), SYNC)
        assert kinds(wire.until("G")) == "12G"
        assert kinds(wire.ask(frame("d", b"5\n"), frame("c"), SYNC)) == "CZ"
        assert rows_of(wire.ask(query("select a from e"))) == [(b"5",)]


def test_notice(server):
    with Wire(server) as wire:
        frames = wire.ask(query("drop table if exists nowhere"))
        assert kinds(frames) == "NCZ" and frames[0].fields()["M"] == 'table "nowhere" does not exist, skipping'
        frames = wire.ask(query("commit"))
        assert kinds(frames) == "NCZ" and frames[0].fields()["C"] == "25P01"


def test_error_fields(server):
    with Wire(server) as wire:
        fields = wire.ask(query("select nothing"))[0].fields()
        assert (fields["S"], fields["V"], fields["C"], fields["M"], fields["P"]) == ("ERROR", "ERROR", "42703", 'column "nothing" does not exist', "8")
        wire.ask(query("create table f (a int primary key, b int not null)"))
        wire.ask(query("insert into f values (1, 1)"))
        fields = wire.ask(query("insert into f values (1, 1)"))[0].fields()
        assert (fields["C"], fields["D"], fields["s"], fields["t"], fields["n"]) == ("23505", "Key (a)=(1) already exists.", "public", "f", "f_pkey")
        fields = wire.ask(query("insert into f values (2)"))[0].fields()
        assert (fields["C"], fields["c"]) == ("23502", "b")
        fields = wire.ask(query("select 'ä', x"))[0].fields()
        assert fields["P"] == "13", fields  # characters, not bytes


def test_parameter_status_follows_settings(server):
    with Wire(server) as wire:
        frames = wire.ask(query("set timezone = 'Asia/Tokyo'"))
        assert kinds(frames) in ("SCZ", "CSZ") and [f.body for f in frames if f.kind == "S"] == [b"TimeZone\0Asia/Tokyo\0"], frames
        assert "S" in kinds(wire.ask(query("begin; set local application_name = 'x'")))
        frames = wire.ask(query("rollback"))
        assert [f.body for f in frames if f.kind == "S"] == [b"application_name\0\0"], frames


def test_unknown_database(server):
    with Wire(server, start=False) as wire:
        wire.send(startup({"user": "postgres", "database": "nowhere"}))
        frames = wire.until("Z")
        assert frames[-1].kind == "E" and frames[-1].fields()["C"] == "3D000" and frames[-1].fields()["S"] == "FATAL", frames


def test_template1_is_a_database(server):
    with Wire(server, parameters={"user": "postgres", "database": "template1"}) as wire:
        assert rows_of(wire.ask(query("select current_database()"))) == [(b"template1",)]
