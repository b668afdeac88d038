"""Servers that tests and benchmarks start for themselves: a GatherDB, or Debian's PostgreSQL 15 as the reference.

Each is a context manager with data in a temporary directory and a free port of 127.0.0.1:

    with GatherDB() as server:
        subprocess.run(["psql", server.dsn, "-c", "select 1"])

Only the standard library is used here.
"""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


class Server:
    """`dsn`, `port`, `environment` (PGHOST ...), `start`, `stop`, `kill`, `log_tail`."""

    name = "server"

    def __init__(self, settings=None, directory=None):
        self.settings = dict(settings or {})
        self.own_directory = directory is None
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix=f"gather-{self.name.lower()}-"))
        self.data = self.directory / "data"
        self.port = free_port()
        self.process = None

    @property
    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"

    @property
    def environment(self):
        return {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres",
                "PGDATABASE": "postgres"}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.remove()

    def remove(self):
        if self.own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def launch(self, command, user=None):
        log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user,
                                        group=user and pwd.getpwnam(user).pw_gid, cwd=self.directory)
        log.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with status {self.process.returncode}\n{self.log_tail()}")
            if self.ready():
                return
            time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not come up\n{self.log_tail()}")

    def ready(self):
        if not accepts(self.port):
            return False
        pg_isready = POSTGRES_BIN / "pg_isready"
        return not pg_isready.exists() or subprocess.run(
            [pg_isready, "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]).returncode == 0

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"{self.name} does not stop\n{self.log_tail()}") from None
        self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)

    def log_tail(self, lines=20):
        try:
            return "\n".join("  log: " + line for line in
                             (self.directory / "log").read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


class GatherDB(Server):
    name = "GatherDB"

    def __init__(self, settings=None, directory=None, binary=None):
        super().__init__(settings, directory)
        self.binary = pathlib.Path(binary or os.environ.get("GATHERDB") or ROOT / "build/release/bin/gatherdb")

    def start(self):
        if not self.binary.exists():
            raise RuntimeError(f"{self.binary} is not built")
        command = [self.binary, "-D", self.data, "-h", "127.0.0.1", "-p", str(self.port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        self.launch(command)


class Postgres(Server):
    """PostgreSQL 15. It refuses to run as root: then it runs as the user postgres."""

    name = "PostgreSQL"

    def __init__(self, settings=None, directory=None):
        super().__init__({"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **(settings or {})}, directory)
        self.user = "postgres" if os.getuid() == 0 else None

    def start(self):
        if not self.data.exists():
            if self.user:
                shutil.chown(self.directory, self.user)
                self.directory.chmod(0o755)
            subprocess.run([POSTGRES_BIN / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                            "--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-sync"], check=True, user=self.user, stdout=subprocess.DEVNULL,
                           cwd=self.directory)
        command = [POSTGRES_BIN / "postgres", "-D", self.data, "-p", str(self.port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        self.launch(command, self.user)

    def stop(self, how=signal.SIGINT):
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for the clients.
        super().stop(how)


def open_server(which, settings=None):
    """A GatherDB or a PostgreSQL by its name, as the scripts' --server option takes it."""
    return Postgres(settings) if which == "postgres" else GatherDB(settings, binary=None if which == "gatherdb" else which)
