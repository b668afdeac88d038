"""CancelRequest ends whatever a session does, and the session goes on. Each statement here would run for minutes, or for ever."""
import struct
import time

from protocol import SYNC, Wire, bind, error_of, execute, frame, kinds, parse, query, rows_of

TABLE = "create table if not exists load as select i as a, i % 1000 as b, 'text' || i as t from generate_series(1, 200000) i"
STATEMENTS = {
    "sleeping": "select pg_sleep(1000)",
    "set function": "select count(*) from generate_series(1, 100000000000)",
    "scan": "select count(*) from load where length(repeat(t, 200000)) < 0",
    "nested loop": "select count(*) from load x, load y where x.a + y.b < 0",
    "hash build": "select count(*) from load x join (select t || g as t from load, generate_series(1, 100000) g) y on y.t = x.t",
    "aggregate": "select count(*) from (select t || g, count(*) from load, generate_series(1, 100000) g group by 1) s",
    "sort": "select t from load, generate_series(1, 100000) g order by t desc, g offset 100000000000",
    "distinct": "select count(distinct t || g) from load, generate_series(1, 100000) g",
    "window": "select count(*) from (select row_number() over (order by t, g) from load, generate_series(1, 100000) g) s",
    "set operation": "select count(*) from (select a, g from load, generate_series(1, 100000) g except select a, a from load) s",
    "recursion": "with recursive r as (select 1::bigint as n union all select n + 1 from r) select count(*) from r",
    "long strings": "select count(*) from load where md5(repeat(t, 1000000)) = ''",
    "insert": "insert into load select a, b, t from load, generate_series(1, 100000)",
    "update": "update load set b = (select count(*) from generate_series(1, 1000000) g where g > load.a)",
    "delete": "delete from load where length(repeat(t, 200000)) < 0",
    "create table": "create table never as select * from load, generate_series(1, 100000)",
    "create index": "create index on load (md5(repeat(t, 200000)))",
    "advisory lock": "select pg_advisory_lock(4711)",
    "table lock": "select * from locked",
    "row lock": "update locked_row set a = a",
    "unique key": "insert into locked_row values (2)",
    "copy from the client": "copy load from stdin",
    "planning": "explain select count(*) from " + ", ".join(f"load l{i}" for i in range(1000)) + " where " +
                " and ".join(f"l{i}.a = l{i + 1}.b" for i in range(999)),
    "rewrite": "alter table load alter column b type text using repeat(t, 200000)",
}


def key(wire):
    return struct.unpack("!II", next(f for f in wire.greeting if f.kind == "K").body)


def cancel(server, process, secret):
    with Wire(server, start=False) as other:
        other.send(struct.pack("!IIII", 16, 80877102, process, secret))
        assert other.closed()


def wait_until_active(bystander, process, sql):
    """A cancel request that comes before its statement cancels nothing."""
    text = sql[:200].replace("'", "''")
    deadline = time.monotonic() + 30
    while rows_of(bystander.ask(query(f"select state from pg_stat_activity where pid = {process} and left(query, 200) = '{text}'"))) != [(b"active",)]:
        assert time.monotonic() < deadline, sql
        time.sleep(0.005)


def set_up(wire):
    wire.ask(query(TABLE))
    wire.ask(query("create table if not exists locked (a int); create table if not exists locked_row (a int primary key); "
                   "delete from locked_row; insert into locked_row values (1)"))


def test_whatever_runs_is_cancelled(server):
    with Wire(server) as bystander, Wire(server) as holder:
        set_up(bystander)
        holder.ask(query("begin; select pg_advisory_lock(4711); lock table locked; update locked_row set a = a; insert into locked_row values (2)"))
        for name, sql in STATEMENTS.items():
            with Wire(server) as wire:
                wire.send(query(sql))
                wait_until_active(bystander, key(wire)[0], sql)
                time.sleep(0.05)  # deep in its work, not just begun
                cancel(server, *key(wire))
                frames = wire.until("Z")
                assert error_of(frames) == "57014", (name, frames)
                assert rows_of(wire.ask(query("select 1"))) == [(b"1",)], name
        holder.ask(query("rollback; select pg_advisory_unlock_all()"))
        assert rows_of(bystander.ask(query("select count(*) from load"))) == [(b"200000",)]


def test_extended_protocol(server):
    with Wire(server) as bystander, Wire(server) as wire:
        sql = "select count(*) from generate_series(1, 100000000000) where $1 = 1"
        wire.send(parse("", sql), bind("", "", [b"1"]), execute(), SYNC)
        wait_until_active(bystander, key(wire)[0], sql)
        cancel(server, *key(wire))
        frames = wire.until("Z")
        assert error_of(frames) == "57014" and frames[-1].body == b"I", frames
        wire.ask(query("begin"))
        wire.send(query("select pg_sleep(1000)"))
        wait_until_active(bystander, key(wire)[0], "select pg_sleep(1000)")
        cancel(server, *key(wire))
        assert wire.until("Z")[-1].body == b"E"


def test_a_wrong_key_and_an_idle_session(server):
    with Wire(server) as bystander, Wire(server) as wire:
        process, secret = key(wire)
        cancel(server, process, secret)  # nothing runs
        assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]
        wire.send(query("select pg_sleep(1)"))
        wait_until_active(bystander, process, "select pg_sleep(1)")
        cancel(server, process, secret ^ 1)
        cancel(server, 1, secret)
        assert kinds(wire.until("Z")) == "TDCZ"


def test_cancel_in_the_middle_of_a_copy(server):
    """What the client still sends of its COPY is skipped."""
    with Wire(server) as bystander, Wire(server) as wire:
        wire.ask(query("create table copied (a int)"))
        wire.send(query("copy copied from stdin"))
        assert kinds(wire.until("G")) == "G"
        wire.send(frame("d", b"1\n" * 1000))
        wait_until_active(bystander, key(wire)[0], "copy copied from stdin")
        cancel(server, *key(wire))
        assert error_of(wire.until("Z")) == "57014"
        wire.send(frame("d", b"2\n" * 1000), frame("d", b"3\n"), frame("c"))
        assert rows_of(wire.ask(query("select count(*) from copied"))) == [(b"0",)]


def test_statement_timeout(server):
    with Wire(server) as wire:
        wire.ask(query("set statement_timeout = 50"))
        for sql in ("select pg_sleep(1000)", "select count(*) from generate_series(1, 100000000000)"):
            frames = wire.ask(query(sql))
            assert error_of(frames) == "57014" and "statement timeout" in str(frames), frames
