"""A client of the PostgreSQL protocol, version 3, for tests that send what no driver would: raw frames over a socket."""
import socket
import struct


class Frame:
    def __init__(self, kind, body):
        self.kind, self.body = kind, body

    def fields(self):
        """Of an ErrorResponse or NoticeResponse: {'S': 'ERROR', 'C': '42601', 'M': ...}"""
        return {field[:1].decode(): field[1:].decode(errors="surrogateescape") for field in self.body.split(b"\0") if field}

    def __repr__(self):
        return f"{self.kind}{self.fields() if self.kind in 'EN' else self.body[:60]}"


def frame(kind, body=b""):
    return kind.encode() + struct.pack("!I", len(body) + 4) + body


def text(value):
    return value.encode() + b"\0"


def startup(parameters=None, version=0x30000):
    body = struct.pack("!I", version)
    for name, value in (parameters if parameters is not None else {"user": "postgres", "database": "postgres"}).items():
        body += text(name) + text(value)
    body += b"\0"
    return struct.pack("!I", len(body) + 4) + body


def query(sql):
    return frame("Q", sql.encode() + b"\0" if isinstance(sql, str) else sql + b"\0")


def parse(name, sql, types=()):
    return frame("P", text(name) + text(sql) + struct.pack("!H", len(types)) + b"".join(struct.pack("!I", t) for t in types))


def bind(portal, statement, values=(), formats=(), results=()):
    body = text(portal) + text(statement) + struct.pack("!H", len(formats)) + b"".join(struct.pack("!H", f) for f in formats)
    body += struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return frame("B", body + struct.pack("!H", len(results)) + b"".join(struct.pack("!H", f) for f in results))


def describe(kind, name):
    return frame("D", kind.encode() + text(name))


def execute(portal="", rows=0):
    return frame("E", text(portal) + struct.pack("!I", rows))


def close(kind, name):
    return frame("C", kind.encode() + text(name))


SYNC, FLUSH, TERMINATE = frame("S"), frame("H"), frame("X")


class Wire:
    """One connection. `read` gives frames; a connection that the server closed ends in Closed."""

    class Closed(Exception):
        pass

    def __init__(self, server, start=True, timeout=20, parameters=None):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout)
        self.buffer = b""
        if start:
            self.send(startup(parameters))
            self.greeting = self.until("Z")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def bytes(self, count):
        while len(self.buffer) < count:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                raise self.Closed
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def read(self):
        kind, length = struct.unpack("!cI", self.bytes(5))
        return Frame(kind.decode(), self.bytes(length - 4))

    def until(self, *kinds):
        """Frames up to one of these kinds, or up to the end if the server closes the connection."""
        frames = []
        while not frames or frames[-1].kind not in kinds:
            try:
                frames.append(self.read())
            except self.Closed:
                break
        return frames

    def ask(self, *frames):
        self.send(*frames)
        return self.until("Z")

    def closed(self):
        """Whether the server closes the connection, whatever it still says."""
        self.until("never")
        return True


def kinds(frames):
    return "".join(f.kind for f in frames)


def error_of(frames):
    """SQLSTATE of the only error among the frames."""
    errors = [f.fields()["C"] for f in frames if f.kind == "E"]
    assert len(errors) == 1, frames
    return errors[0]


def rows_of(frames):
    result = []
    for f in frames:
        if f.kind != "D":
            continue
        count, at, row = struct.unpack("!H", f.body[:2])[0], 2, []
        for _ in range(count):
            length = struct.unpack("!i", f.body[at:at + 4])[0]
            at += 4
            row.append(None if length < 0 else f.body[at:at + length])
            at += max(length, 0)
        result.append(tuple(row))
    return result
