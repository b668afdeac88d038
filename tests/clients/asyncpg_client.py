"""asyncpg: binary everything, prepared statements, introspection of types by catalog queries."""
import asyncio
import datetime as dt
import decimal
import io
import uuid

import asyncpg

utc = dt.timezone.utc
VALUES = [
    ("bool", True), ("int2", -32768), ("int4", 2147483647), ("int8", -9223372036854775808), ("float4", 1.5), ("float8", 0.1),
    ("numeric", decimal.Decimal("-12345678901234567890.0123456789")), ("numeric", decimal.Decimal("NaN")), ("text", "Grüße, 世界"),
    ("varchar(5)", "abc"), ("char(3)", "abc"), ("bytea", b"\x00\x01\xff"), ("date", dt.date(2024, 2, 29)),
    ("time", dt.time(23, 59, 59, 999999)), ("timetz", dt.time(1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=5)))),
    ("timestamp", dt.datetime(1999, 12, 31, 23, 59, 59, 123456)), ("timestamptz", dt.datetime(2024, 6, 1, 12, tzinfo=utc)),
    ("interval", dt.timedelta(days=3, seconds=4, microseconds=5)), ("uuid", uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
    ("oid", 4294967295), ("name", "somebody"), ("int4[]", [1, None, 3]), ("text[]", ["a", 'b "c"', None, ""]),
    ("numeric[]", [decimal.Decimal("1.10")]), ("int8[]", []), ("uuid[]", [uuid.UUID(int=1)]), ("bool[]", [True, None]),
    ("timestamptz[]", [dt.datetime(2000, 1, 1, tzinfo=utc)]), ("bytea[]", [b"\x00", b""]), ("date[]", [dt.date(2000, 1, 1)]),
]


async def main():
    connection = await asyncpg.connect()
    for sql_type, value in VALUES:
        got = await connection.fetchval(f"select $1::{sql_type}", value)
        assert got == value or (value != value and got != got), (sql_type, value, got)
        assert await connection.fetchval(f"select $1::{sql_type}", None) is None

    await connection.execute("create table t (id int primary key, name text, amount numeric(10,2), at timestamptz)")
    now = dt.datetime(2024, 1, 1, tzinfo=utc)
    await connection.executemany("insert into t values ($1, $2, $3, $4)", [(i, f"n{i}", decimal.Decimal(i) / 4, now) for i in range(500)])
    row = await connection.fetchrow("select count(*) as n, sum(amount) as total, max(at) as last from t where id >= $1", 100)
    assert dict(row) == {"n": 400, "total": decimal.Decimal("29950.00"), "last": now}, row
    assert await connection.execute("delete from t where id < $1", 10) == "DELETE 10"

    statement = await connection.prepare("select id, name from t where id = any($1::int[]) order by id")
    assert [p.name for p in statement.get_parameters()] == ["int4[]"]
    assert [(a.name, a.type.name) for a in statement.get_attributes()] == [("id", "int4"), ("name", "text")]
    assert [tuple(r) for r in await statement.fetch([11, 12, 1])] == [(11, "n11"), (12, "n12")]

    try:
        async with connection.transaction():
            await connection.execute("insert into t (id) values (1)")
            await connection.execute("insert into t (id) values (11)")
        raise AssertionError("a duplicate key went in")
    except asyncpg.UniqueViolationError as error:
        assert error.constraint_name == "t_pkey" and error.table_name == "t"
    assert await connection.fetchval("select count(*) from t where id = 1") == 0
    async with connection.transaction(isolation="serializable"):
        async with connection.transaction():  # a savepoint
            await connection.execute("insert into t (id) values (1)")
    for sql, error_class in [("select 1/0", asyncpg.DivisionByZeroError), ("selec", asyncpg.PostgresSyntaxError),
                             ("select * from nowhere", asyncpg.UndefinedTableError), ("select nothing from t", asyncpg.UndefinedColumnError)]:
        try:
            await connection.fetch(sql)
            raise AssertionError(sql)
        except error_class:
            pass

    async with connection.transaction():  # a portal with a row limit
        ids = [record["id"] async for record in connection.cursor("select id from t order by id", prefetch=50)]
    assert len(ids) == 491 and ids[0] == 1

    records = [(i, f"c{i}", None, now) for i in range(1000, 3000)]
    assert await connection.copy_records_to_table("t", records=records) == "COPY 2000"  # binary
    out = io.BytesIO()
    await connection.copy_from_query("select id, name from t where id > $1 order by id", 2997, output=out, format="csv")
    assert out.getvalue() == b"2998,c2998\n2999,c2999\n"

    try:
        await asyncio.wait_for(connection.fetchval("select count(*) from generate_series(1, 100000000000)"), 0.3)
        raise AssertionError("it was not cancelled")
    except asyncio.TimeoutError:
        pass
    assert await connection.fetchval("select 1") == 1

    await connection.reset()
    await connection.close()
    async with asyncpg.create_pool(min_size=4, max_size=4) as pool:  # RESET ALL and friends between uses
        assert await asyncio.gather(*[pool.fetchval("select $1::int", i) for i in range(40)]) == list(range(40))


asyncio.run(main())
