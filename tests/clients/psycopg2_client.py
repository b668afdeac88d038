"""psycopg2: text protocol, client-side parameters."""
import datetime as dt
import decimal
import io
import threading
import time
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extras

psycopg2.extras.register_uuid()
connection = psycopg2.connect("")
cursor = connection.cursor()

utc = dt.timezone.utc
VALUES = [
    ("bool", True), ("bool", False), ("int2", -32768), ("int4", 2147483647), ("int8", -9223372036854775808),
    ("float4", 1.5), ("float8", 0.1), ("float8", float("inf")), ("numeric", decimal.Decimal("12345678901234567890.0123456789")),
    ("numeric(10,2)", decimal.Decimal("1.50")), ("text", "Grüße, 世界 ' \\ %"), ("text", ""), ("varchar(5)", "abc"), ("char(3)", "abc"),
    ("bytea", b"\x00\x01\xff\\'"), ("date", dt.date(2024, 2, 29)), ("time", dt.time(23, 59, 59, 999999)),
    ("timetz", dt.time(1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))),
    ("timestamp", dt.datetime(1999, 12, 31, 23, 59, 59, 123456)),
    ("timestamptz", dt.datetime(2024, 6, 1, 12, tzinfo=utc)), ("interval", dt.timedelta(days=3, seconds=4, microseconds=5)),
    ("uuid", uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")), ("oid", 4294967295), ("name", "somebody"),
    ("regtype", "integer"), ("regclass", "pg_class"),
    ("int4[]", [1, None, 3]), ("text[]", ["a", 'b "c"', None, "NULL", ""]), ("numeric[]", [decimal.Decimal("1.10")]), ("int8[]", []),
    ("date[]", [dt.date(2020, 1, 1)]), ("bool[]", [True, False]), ("float8[]", [1.5, -2.0]),
]
for sql_type, value in VALUES:
    given = memoryview(value) if isinstance(value, bytes) else value
    cursor.execute(f"select (%s)::{sql_type}", (given,))
    got = cursor.fetchone()[0]
    got = bytes(got) if isinstance(value, bytes) else got
    assert got == value, (sql_type, value, got)
    cursor.execute(f"select (%s)::{sql_type} is null", (None,))
    assert cursor.fetchone()[0] is True
assert cursor.description[0].name == "?column?"

cursor.execute("create table t (id int primary key, name text, amount numeric(10,2))")
connection.commit()
psycopg2.extras.execute_values(cursor, "insert into t values %s", [(i, f"n{i}", i / 4) for i in range(500)], page_size=100)
assert cursor.rowcount == 100
cursor.execute("select count(*), sum(amount) from t")
assert cursor.fetchone() == (500, decimal.Decimal("31187.50")), cursor.fetchone()
connection.rollback()
cursor.execute("select count(*) from t")
assert cursor.fetchone() == (0,)

with connection:
    cursor.execute("insert into t values (1, 'one', 1) returning id, name")
    assert cursor.fetchall() == [(1, "one")]
try:
    cursor.execute("insert into t values (1, 'two', 2)")
    raise AssertionError("a duplicate key went in")
except psycopg2.errors.UniqueViolation as error:
    assert error.diag.constraint_name == "t_pkey" and error.diag.table_name == "t", error.diag.constraint_name
    assert error.diag.message_detail == "Key (id)=(1) already exists."
try:
    cursor.execute("select 1")
    raise AssertionError("a failed transaction went on")
except psycopg2.errors.InFailedSqlTransaction:
    connection.rollback()
for sql, error_class in [("select 1/0", psycopg2.errors.DivisionByZero), ("selct", psycopg2.errors.SyntaxError),
                         ("select * from nowhere", psycopg2.errors.UndefinedTable), ("select 'x'::int", psycopg2.errors.InvalidTextRepresentation),
                         ("insert into t values (null)", psycopg2.errors.NotNullViolation)]:
    try:
        cursor.execute(sql)
        raise AssertionError(sql)
    except error_class:
        connection.rollback()

cursor.execute("insert into t values (10, 'keep', 0)")
cursor.execute("savepoint s")
cursor.execute("delete from t")
cursor.execute("rollback to savepoint s")
cursor.execute("select count(*) from t")
assert cursor.fetchone() == (2,)
connection.commit()

cursor.copy_expert("copy t from stdin", io.StringIO("".join(f"{i}\tc{i}\t\\N\n" for i in range(1000, 4000))))
out = io.StringIO()
cursor.copy_expert("copy (select id, name, amount from t where id >= 3998 order by id) to stdout with (format csv, header)", out)
assert out.getvalue() == "id,name,amount\n3998,c3998,\n3999,c3999,\n", out.getvalue()
connection.commit()
try:
    cursor.copy_expert("copy t from stdin", io.StringIO("1\tx\t1\n"))
    raise AssertionError("COPY of a duplicate key")
except psycopg2.errors.UniqueViolation:
    connection.rollback()

named = connection.cursor("by_portion")  # DECLARE ... FETCH
named.itersize = 700
named.execute("select id from t order by id")
assert [row[0] for row in named][-1] == 3999
named.close()

threading.Timer(0.3, connection.cancel).start()
begin = time.monotonic()
try:
    cursor.execute("select count(*) from generate_series(1, 100000000000)")
    raise AssertionError("it was not cancelled")
except psycopg2.errors.QueryCanceled:
    assert time.monotonic() - begin < 20
connection.rollback()

connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
cursor.execute("show transaction_isolation")
assert cursor.fetchone() == ("repeatable read",)
try:
    cursor.execute("delete from t")
    raise AssertionError("written in a read-only transaction")
except psycopg2.errors.ReadOnlySqlTransaction:
    connection.rollback()
assert connection.server_version // 10000 == 15 and connection.encoding == "UTF8"
connection.close()
