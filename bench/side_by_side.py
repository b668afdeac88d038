"""What the benchmarks share: servers one after the other on the same machine, medians, ratios, a section of docs/performance.md."""
import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench/tpch")]

import servers  # noqa: E402

REPORT = ROOT / "docs/performance.md"
# What a PostgreSQL of this size would be given; durability as it comes.
POSTGRES_SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "work_mem": "256MB", "max_connections": "100"}


def reference(**settings):
    return servers.Postgres({**POSTGRES_SETTINGS, **settings})


def gatherdb(**settings):
    return servers.GatherDB(settings)


def program(name):
    path = ROOT / "build/release/bin" / name
    if not path.exists():
        sys.exit(f"{path} is not built: ninja -C build/release {name}")
    return str(path)


def run_json(*command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def psql(server, *arguments, **options):
    return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.dsn, *arguments], check=True, **options)


def duckdb(threads, rounds, setup, queries):
    """[{seconds, rows}] of an in-memory DuckDB, by npm into build/duckdb; None where that fails."""
    folder = ROOT / "build/duckdb"
    if not (folder / "node_modules/@duckdb/node-api").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        try:
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "@duckdb/node-api"], cwd=folder, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
    job = json.dumps({"threads": threads, "rounds": rounds, "setup": setup, "queries": queries})
    return json.loads(subprocess.run(["node", str(ROOT / "bench/duckdb.mjs")], input=job, check=True, text=True, stdout=subprocess.PIPE,
                                     env={**os.environ, "NODE_PATH": str(folder / "node_modules")}).stdout)


def geometric_mean(values):
    return statistics.geometric_mean(values)


def median(values):
    return statistics.median(values)


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, Linux {platform.release()}, {datetime.date.today()}"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(value) for value in row) + " |" for row in rows])


def report(section, title, text, write):
    """Prints the section; with `write` also puts it in docs/performance.md, in place of the section of that name."""
    body = f"## {title}\n\n{text}\n\nMeasured on {machine()}."
    print("\n" + body)
    if not write:
        return
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    block = f"{begin}\n{body}\n{end}"
    REPORT.parent.mkdir(exist_ok=True)
    old = REPORT.read_text() if REPORT.exists() else "# Performance\n\nEach section is written by the script it names.\n"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    new = pattern.sub(lambda _: block, old) if pattern.search(old) else old.rstrip() + "\n\n" + block + "\n"
    REPORT.write_text(new)
