"""psycopg 3: extended protocol, binary and text parameters and results, pipelines, binary COPY."""
import datetime as dt
import decimal
import threading
import uuid

import psycopg
from psycopg import errors

connection = psycopg.connect("")
utc = dt.timezone.utc
VALUES = [
    ("bool", True), ("int2", -32768), ("int4", 2147483647), ("int8", -9223372036854775808), ("float4", 1.5), ("float8", 0.1),
    ("numeric", decimal.Decimal("-12345678901234567890.0123456789")), ("numeric", decimal.Decimal("1E+20")),
    ("text", "Grüße, 世界"), ("varchar(5)", "abc"), ("bytea", b"\x00\x01\xff"), ("date", dt.date(1, 1, 1)),
    ("time", dt.time(23, 59, 59, 999999)), ("timetz", dt.time(1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=-7)))),
    ("timestamp", dt.datetime(1999, 12, 31, 23, 59, 59, 123456)), ("timestamptz", dt.datetime(2024, 6, 1, 12, tzinfo=utc)),
    ("interval", dt.timedelta(days=-3, seconds=4, microseconds=5)), ("uuid", uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
    ("oid", 4294967295), ("int4[]", [1, None, 3]), ("text[]", ["a", 'b "c"', None, ""]), ("numeric[]", [decimal.Decimal("1.10")]),
    ("int8[]", []), ("uuid[]", [uuid.UUID(int=1)]), ("timestamp[]", [dt.datetime(2000, 1, 1)]), ("bool[]", [True, None]),
    ("bytea[]", [b"\x00", b""]), ("float8[]", [1.5, -0.0]),
]
for sql_type, value in VALUES:
    for marker in ("%s", "%t", "%b"):
        if marker == "%b" and isinstance(value, dt.timedelta) and value.days < 0:
            continue
        for binary in (False, True):
            got = connection.execute(f"select {marker}::{sql_type}", (value,), binary=binary).fetchone()[0]
            assert got == value, (sql_type, marker, binary, value, got)
    assert connection.execute(f"select %s::{sql_type}", (None,)).fetchone()[0] is None

connection.execute("create table t (id int primary key, name text, amount numeric(10,2), at timestamptz)")
connection.commit()
cursor = connection.cursor()
cursor.executemany("insert into t values (%s, %s, %s, %s)",
                   [(i, f"n{i}", decimal.Decimal(i) / 4, dt.datetime(2024, 1, 1, tzinfo=utc)) for i in range(300)])
assert connection.execute("select count(*), sum(amount) from t").fetchone() == (300, decimal.Decimal("11212.50"))
connection.rollback()

for _ in range(8):  # after the fifth it is prepared on the server
    assert connection.execute("select %s::int + 1", (41,)).fetchone() == (42,)

with connection.transaction():
    connection.execute("insert into t (id) values (1)")
    try:
        with connection.transaction():  # a savepoint
            connection.execute("insert into t (id) values (1)")
    except errors.UniqueViolation as error:
        assert error.diag.sqlstate == "23505" and error.diag.constraint_name == "t_pkey"
    connection.execute("insert into t (id) values (2)")
assert connection.execute("select count(*) from t").fetchone() == (2,)
connection.commit()

with connection.pipeline():
    cursors = [connection.execute("select %s::text", (str(i),)) for i in range(50)]
assert [c.fetchone()[0] for c in cursors] == [str(i) for i in range(50)]
connection.commit()
try:
    with connection.pipeline() as pipeline:
        connection.execute("select 1/%s", (0,))
        connection.execute("select 2")
        pipeline.sync()
    raise AssertionError("a failing pipeline succeeded")
except errors.DivisionByZero:
    connection.rollback()

with cursor.copy("copy t (id, name, amount, at) from stdin (format binary)") as copy:
    copy.set_types(["int4", "text", "numeric", "timestamptz"])
    for i in range(1000, 3000):
        copy.write_row((i, f"c{i}" if i % 2 else None, decimal.Decimal(i) / 100, dt.datetime(2024, 1, 1, tzinfo=utc)))
with cursor.copy("copy (select id, name, amount from t where id >= 2998 order by id) to stdout (format binary)") as copy:
    copy.set_types(["int4", "text", "numeric"])
    assert list(copy.rows()) == [(2998, None, decimal.Decimal("29.98")), (2999, "c2999", decimal.Decimal("29.99"))]
with cursor.copy("copy (select id from t where id < 10 order by id) to stdout") as copy:
    assert b"".join(bytes(block) for block in copy) == b"1\n2\n"
connection.commit()
try:
    with cursor.copy("copy t (id) from stdin") as copy:
        copy.write_row((5000,))
        raise ZeroDivisionError  # CopyFail
except errors.QueryCanceled:
    connection.rollback()
assert connection.execute("select count(*) from t where id = 5000").fetchone() == (0,)

with connection.cursor("portion") as named:
    named.execute("select id from t order by id")
    assert named.fetchmany(3) == [(1,), (2,), (1000,)]

threading.Timer(0.3, connection.cancel).start()
try:
    connection.execute("select count(*) from generate_series(1, 100000000000)")
    raise AssertionError("it was not cancelled")
except errors.QueryCanceled:
    connection.rollback()

connection.add_notice_handler(lambda diagnostic: notices.append((diagnostic.severity, diagnostic.message_primary)))
notices = []
connection.execute("drop table if exists nowhere")
assert notices == [("NOTICE", 'table "nowhere" does not exist, skipping')], notices
connection.commit()

# An index is built by several, and says so.
notices.clear()
connection.execute("create table built as select i from generate_series(1, 1000) i")
connection.execute("set client_min_messages = debug1")
connection.execute("set max_parallel_maintenance_workers = 1")
connection.execute("set max_parallel_workers = 1")
connection.execute("set parallel_threshold = 1000")
connection.execute("create index built_i on built (i)")
connection.execute("set max_parallel_maintenance_workers = 0")
connection.execute("create index built_j on built (i)")
assert notices == [("DEBUG", 'building index "built_i" on table "built" with request for 1 parallel workers'),
                   ("DEBUG", 'building index "built_j" on table "built" serially')], notices
connection.rollback()
connection.close()
