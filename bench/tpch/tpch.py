"""What load, compare and bench share: generating, loading and querying TPC-H over any libpq connection."""
import os
import pathlib
import subprocess
import sys
import time

import psycopg2
import psycopg2.extensions

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

TABLES = ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"]
QUERIES = {number: HERE / f"queries/q{number:02}.sql" for number in range(1, 23)}
# Values as the server sends them: the comparison is digit for digit.
AS_TEXT = psycopg2.extensions.new_type((16, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1700), "AS_TEXT", lambda value, _: value)


def generator():
    found = os.environ.get("TPCHGEN") or ROOT / "build/release/bin/tpchgen"
    if not pathlib.Path(found).exists():
        sys.exit(f"{found} is not built: ninja -C build/release tpchgen")
    return str(found)


def connect(dsn):
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    psycopg2.extensions.register_type(AS_TEXT, connection)
    return connection


def psql(dsn, *arguments, **options):
    return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn, *arguments], check=True, **options)


def load(dsn, scale, keys=True, data=None, say=print):
    """Creates and fills the tables. `data`: a folder of .tbl files in place of the generator. Returns seconds by step."""
    seconds = {}
    psql(dsn, "-f", str(HERE / "schema.sql"))
    for table in TABLES:
        begin = time.monotonic()
        if data:
            with open(pathlib.Path(data) / f"{table}.tbl", "rb") as source:
                psql(dsn, "-c", f"copy {table} from stdin (delimiter '|')", stdin=source)
        else:
            with subprocess.Popen([generator(), "-s", str(scale), "-T", table, "--copy"], stdout=subprocess.PIPE) as source:
                psql(dsn, "-c", f"copy {table} from stdin", stdin=source.stdout)
        seconds[table] = time.monotonic() - begin
        say(f"  {table}: {seconds[table]:.1f} s")
    for step, arguments in (("keys", ["-f", str(HERE / "keys.sql")]), ("analyze", ["-c", "analyze"])):
        if step == "keys" and not keys:
            continue
        begin = time.monotonic()
        psql(dsn, *arguments)
        seconds[step] = time.monotonic() - begin
        say(f"  {step}: {seconds[step]:.1f} s")
    return seconds


def run(connection, number):
    """(rows as tuples of text, seconds)"""
    text = QUERIES[number].read_text()
    with connection.cursor() as cursor:
        begin = time.monotonic()
        cursor.execute(text)
        rows = cursor.fetchall()
        return rows, time.monotonic() - begin


def query_numbers(text):
    """1,3,6-8 -> [1, 3, 6, 7, 8]"""
    numbers = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
