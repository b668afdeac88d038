"""The process: options, start-up failures, shutdown, the log. Each test starts servers of its own; GatherDB only."""
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import servers
from protocol import Wire, error_of, kinds, query, rows_of, startup


def gatherdb(server):
    return server.binary if server.name == "GatherDB" else None


def ends(binary, *arguments, seconds=20):
    """(status, output) of a server that is expected to end by itself."""
    done = subprocess.run([binary, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=seconds)
    return done.returncode, done.stdout.strip()


def test_help_and_version(server):
    if binary := gatherdb(server):
        status, output = ends(binary, "--help")
        assert status == 0 and "-D" in output and "-p" in output and "-c" in output, output
        status, output = ends(binary, "--version")
        assert status == 0 and re.search(r"gatherdb.* \d+\.\d+", output, re.I) and output.count("\n") == 0, output


def test_wrong_options(server):
    if binary := gatherdb(server):
        for arguments in (["--nonsense"], ["-p", "99999", "-D", "x"], ["-D", server.data, "-p", "1", "-c", "no_such_setting=1"],
                          ["-D", server.data, "-p", "1", "-c", "work_mem=lots"]):
            status, output = ends(binary, *arguments)
            assert status != 0 and output, arguments
        assert "no_such_setting" in ends(binary, "-D", server.data, "-c", "no_such_setting=1")[1]


def one_line(output, *words):
    lines = [line for line in output.splitlines() if re.search("error|fatal|could not|cannot|in use|lock", line, re.I)]
    assert len(lines) == 1 and all(word.lower() in lines[0].lower() for word in words), output


def test_port_in_use(server):
    if binary := gatherdb(server):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with servers.GatherDB(binary=binary) as other:
                other.stop()
                status, output = ends(binary, "-D", other.data, "-h", "127.0.0.1", "-p", port)
                assert status != 0
                one_line(output, str(port))


def test_data_directory_in_use(server):
    if binary := gatherdb(server):
        status, output = ends(binary, "-D", server.data, "-h", "127.0.0.1", "-p", servers.free_port())
        assert status != 0
        one_line(output, str(server.data))
        with Wire(server) as wire:
            assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]


def test_data_directory_that_cannot_be(server):
    if binary := gatherdb(server):
        status, output = ends(binary, "-D", "/proc/nowhere/data", "-p", servers.free_port())
        assert status != 0
        one_line(output, "/proc/nowhere/data")
        file = server.directory / "a-file"
        file.write_text("not a directory")
        status, output = ends(binary, "-D", file, "-p", servers.free_port())
        assert status != 0
        one_line(output, str(file))


def test_data_directory_from_a_newer_version(server):
    if binary := gatherdb(server):
        with servers.GatherDB(binary=binary) as other:
            other.stop()
            (other.data / "GATHERDB_VERSION").write_text("99\n")
            status, output = ends(binary, "-D", other.data, "-p", servers.free_port())
            assert status != 0 and "newer" in output and len(output.splitlines()) == 1, output


def test_directory_with_other_things_in_it(server):
    if binary := gatherdb(server):
        directory = server.directory / "other"
        directory.mkdir()
        (directory / "letter.txt").write_text("not a database")
        status, output = ends(binary, "-D", directory, "-p", servers.free_port())
        assert status != 0 and (directory / "letter.txt").exists()
        one_line(output, str(directory))


def test_signals_stop_it_cleanly_and_nothing_is_lost(server):
    if binary := gatherdb(server):
        for how in (signal.SIGTERM, signal.SIGINT):
            with servers.GatherDB(binary=binary) as other:
                with Wire(other) as idle, Wire(other) as busy, Wire(other) as open_transaction:
                    idle.ask(query("create table kept (a int)"))
                    idle.ask(query("insert into kept values (1)"))
                    open_transaction.ask(query("begin; insert into kept values (2)"))
                    busy.send(query("select count(*) from generate_series(1, 100000000000)"))
                    time.sleep(0.2)
                    begin = time.monotonic()
                    process = other.process
                    other.stop(how)
                    assert time.monotonic() - begin < 10 and process.returncode == 0, (how, process.returncode, other.log_tail())
                    assert error_of(busy.until("Z")) in ("57P01", "57014")
                    idle.until("never")
                other.start()
                with Wire(other) as wire:
                    assert rows_of(wire.ask(query("select a from kept"))) == [(b"1",)]


def test_log(server):
    if binary := gatherdb(server):
        with servers.GatherDB({"log_min_duration_statement": "100ms"}, binary=binary) as other:
            with Wire(other) as wire:
                wire.ask(query("select nonsense_column"))
                wire.ask(query("select pg_sleep(0.2)"))
                wire.ask(query("select 'quick'"))
            other.stop()
            log = (other.directory / "log").read_text()
            assert "nonsense_column" in log and "pg_sleep" in log and "quick" not in log, log
            assert re.search(r"start|ready", log, re.I) and re.search(r"shut|stop", log, re.I), log


def test_log_of_connections_and_durations(server):
    if binary := gatherdb(server):
        with servers.GatherDB({"log_connections": "on", "log_disconnections": "on", "log_duration": "on"}, binary=binary) as other:
            with Wire(other) as wire:
                wire.ask(query("select 'a statement'"))
            other.stop()
            log = (other.directory / "log").read_text()
            assert re.search(r"connection authorized: user=\S+ database=\S+", log), log
            assert re.search(r"duration: \d+\.\d{3} ms$", log, re.M) and "a statement" not in log, log
            assert re.search(r"disconnection: session time: 0:00:\d\d\.\d{3} user=\S+ database=\S+ host=", log), log


def test_settings_of_the_command_line(server):
    if binary := gatherdb(server):
        with servers.GatherDB({"work_mem": "7MB", "timezone": "Europe/Berlin"}, binary=binary) as other, Wire(other) as wire:
            assert rows_of(wire.ask(query("show work_mem"))) == [(b"7MB",)]
            assert rows_of(wire.ask(query("set work_mem = '9MB'; reset work_mem; show work_mem"))) == [(b"7MB",)]
            assert rows_of(wire.ask(query("select timestamptz '2024-07-01 12:00+00'"))) == [(b"2024-07-01 14:00:00+02",)]


def test_settings_of_the_environment(server):
    if binary := gatherdb(server):
        def ask(variables, settings=None):
            before = dict(os.environ)
            os.environ.update(variables)
            try:
                with servers.GatherDB(settings, binary=binary) as other, Wire(other) as wire:
                    return [rows_of(wire.ask(query("show " + name)))[0][0] for name in ("parallel_threshold", "enable_parallel_query")]
            finally:
                os.environ.clear()
                os.environ.update(before)
        assert ask({"PARALLEL_THRESHOLD": "1000", "PARALLEL_EXECUTION": "true"}) == [b"1000", b"on"]
        assert ask({"PARALLEL_THRESHOLD": "max", "PARALLEL_EXECUTION": "0"}) == [b"1e+18", b"off"]
        # The command line wins.
        assert ask({"PARALLEL_THRESHOLD": "1000"}, {"parallel_threshold": "50000"}) == [b"50000", b"on"]


def test_version_names(server):
    with Wire(server) as wire:
        assert rows_of(wire.ask(query("show server_version")))[0][0].startswith(b"15")
        if server.name == "GatherDB":
            assert b"GatherDB" in rows_of(wire.ask(query("select version()")))[0][0]


def test_select_is_not_delayed_by_long_statements_and_lock_waits(server):
    """Other sessions are answered while some compute and some wait for a lock; it is about being answered at all, not about how fast."""
    with Wire(server) as holder, Wire(server) as quick:
        holder.ask(query("create table waited (a int primary key); insert into waited values (1)"))
        holder.ask(query("begin; update waited set a = 1"))
        others = [Wire(server) for _ in range(2 * (os.cpu_count() or 1) + 4)]
        for i, wire in enumerate(others):
            wire.send(query("update waited set a = a" if i % 2 else "select count(*) from generate_series(1, 100000000000)"))
        for _ in range(50):
            assert rows_of(quick.ask(query("select 1"))) == [(b"1",)]
        holder.ask(query("commit"))
        for i, wire in enumerate(others):
            if i % 2:
                assert kinds(wire.until("Z")) == "CZ"
            else:
                wire.socket.close()


def test_connection_limit(server):
    with servers.open_server(server.name == "GatherDB" and server.binary or "postgres", {"max_connections": "5", "superuser_reserved_connections": "0"}) as other:
        wires = [Wire(other) for _ in range(5)]
        with Wire(other, start=False) as wire:
            wire.send(startup())
            frames = wire.until("never")
            assert error_of(frames) == "53300" and frames[-1].fields()["S"] == "FATAL", frames
        wires.pop().socket.close()
        deadline = time.monotonic() + 20
        while True:
            with Wire(other, start=False) as wire:
                wire.send(startup())
                if kinds(wire.until("Z")).endswith("Z"):
                    break
            assert time.monotonic() < deadline, "the place of a session that has ended is not free"
        for wire in wires:
            wire.socket.close()


def test_client_that_does_not_say_who_it_is(server):
    """Half a startup packet, or none: the connection is closed after authentication_timeout, and meanwhile nobody waits for it."""
    with servers.open_server(server.name == "GatherDB" and server.binary or "postgres", {"authentication_timeout": "1s"}) as other:
        mute = [Wire(other, start=False) for _ in range(20)]
        for number, wire in enumerate(mute):
            wire.send(startup()[:number])
        with Wire(other) as wire:
            assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]
            assert all(wire.closed() for wire in mute)
            time.sleep(0.5)
            assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]  # who has said it stays


def test_clients_that_do_not_read(server):
    """They fill their sockets; the others are served, and the server still stops."""
    if binary := gatherdb(server):
        with servers.GatherDB(binary=binary) as other:
            deaf = [Wire(other) for _ in range(8)]
            for number, wire in enumerate(deaf):
                wire.send(query("copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout" if number % 2 else
                                "select repeat('x', 1000) from generate_series(1, 1000000)"))
            with Wire(other) as wire:
                for _ in range(20):
                    assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]
            process = other.process
            other.stop()
            assert process.returncode == 0


def test_a_thousand_sessions(server):
    if binary := gatherdb(server):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
        with servers.GatherDB({"max_connections": "1100"}, binary=binary) as other:
            wires = [Wire(other) for _ in range(1000)]
            for wire in wires:
                wire.send(query("select 1"))
            for wire in wires:
                assert rows_of(wire.until("Z")) == [(b"1",)]
            for wire in wires:
                wire.socket.close()
            with Wire(other) as wire:
                deadline = time.monotonic() + 30
                while rows_of(wire.ask(query("select count(*) from pg_stat_activity where backend_type = 'client backend'"))) != [(b"1",)]:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)


def test_many_idle_sessions(server):
    wires = [Wire(server) for _ in range(90)]
    threads = [threading.Thread(target=lambda w=w: w.ask(query("select 1"))) for w in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if server.name == "GatherDB":
        deadline = time.monotonic() + 30
        while (tasks := len(list(pathlib.Path(f"/proc/{server.process.pid}/task").iterdir()))) > 40:
            assert time.monotonic() < deadline, f"{tasks} threads for 90 idle sessions"
            time.sleep(0.1)
    for wire in wires:
        wire.socket.close()
