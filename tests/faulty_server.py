"""A loopback server that does to its clients what networks, proxies and broken servers do, a scripted fault a request.

    with FaultyServer(html_error(503), truncated_json(), ok(b"[]")) as server:
        ...  # requests to server.url get these in turn; the last one goes on for ever

The address of a server that is not there at all: `refused_url()`.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator

Fault = Callable[[socket.socket, threading.Event], None]

_CHUNK = 65536


class FaultyServer:
    """Answers each request with the next fault; `requests` are the heads and bodies that came, in order."""

    def __init__(self, *faults: Fault) -> None:
        self._faults = list(faults)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> FaultyServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        # A thread that waits in accept() is not woken by a close alone.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = _read(connection)
                if request:
                    with self._lock:
                        self.requests.append(request)
                        fault = self._faults.pop(0) if len(self._faults) > 1 else self._faults[0]
                    fault(connection, self._stop)
            except OSError:
                pass  # the client has gone, which is often the right thing to do


def refused_url() -> str:
    """An address where nothing listens: connection refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def ok(body: bytes, content_type: str = "application/json") -> Fault:
    """No fault at all: 200 with this body."""
    return _whole(200, body, content_type)


def reset_mid_body() -> Fault:
    """Half of the announced body, then a TCP reset."""

    def fault(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(_head(200, 1000) + b'[{"i:objectId":"ZTF26aaaaaaa"')
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return fault


def reply(status: int, body: bytes, content_type: str = "text/html") -> Fault:
    """Any reply, whole."""
    return _whole(status, body, content_type)


def silence(seconds: float) -> Fault:
    """The request is taken and nothing is said for so long, then the connection closes."""
    return lambda _, stop: _wait(stop, seconds)


def truncated_json() -> Fault:
    """A complete HTTP answer whose JSON ends in the middle of a row."""
    return _whole(200, b'[{"i:objectId":"ZTF26aaaaaaa","i:jd":24611', "application/json")


def html_error(status: int) -> Fault:
    """The page of a reverse proxy, 502, 503 or 504: HTML, not JSON."""
    name = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}[status]
    page = (
        f"<html>\r\n<head><title>{status} {name}</title></head>\r\n<body>\r\n<center><h1>{status} {name}</h1></center>"
    )
    return _whole(status, f"{page}\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n".encode(), "text/html")


def too_many_requests(retry_after: int) -> Fault:
    """429 with a Retry-After in seconds."""
    body = json.dumps({"message": "Too Many Requests"}).encode()
    return _whole(429, body, "application/json", f"Retry-After: {retry_after}\r\n")


def redirect(location: str, status: int = 302) -> Fault:
    """A redirect, to another host if so told: what was meant for one server must not be sent to another."""
    return _whole(status, b"", "text/html", f"Location: {location}\r\n")


def empty_body() -> Fault:
    """200 with application/json and not one byte."""
    return _whole(200, b"", "application/json")


def wrong_content_type() -> Fault:
    """200 with the HTML page of a captive portal where JSON should be."""
    return _whole(200, b"<!doctype html><title>Welcome to the hotel</title>", "text/html")


def invalid_utf8() -> Fault:
    """JSON with bytes in a string that are no UTF-8."""
    return _whole(200, b'[{"i:objectId":"ZTF26\xff\xfe\xc3("}]', "application/json")


def slow_drip(body: bytes, seconds: float) -> Fault:
    """A complete answer, one byte at a time over so many seconds: no read ever takes long."""

    def fault(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(_head(200, len(body)))
        for byte in body:
            if stop.wait(seconds / len(body)):
                return
            connection.sendall(bytes([byte]))

    return fault


def endless_body() -> Fault:
    """A JSON array that never ends, as fast as it is read, without a length."""

    def fault(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(_head(200, None) + b"[0")
        while not stop.is_set():
            connection.sendall(b",0" * (_CHUNK // 2))

    return fault


def gzip_bomb(megabytes: int = 1000) -> Fault:
    """A small gzip body that unpacks to this much of white space."""

    def fault(connection: socket.socket, stop: threading.Event) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        connection.sendall(_head(200, None, "Content-Encoding: gzip\r\n"))
        for _ in range(megabytes):
            if stop.is_set():
                return
            connection.sendall(packer.compress(b" " * 1_000_000))
        connection.sendall(packer.flush())

    return fault


def many_rows(number: int) -> Fault:
    """A proper JSON array of so many rows, more than any query should bring."""

    def rows() -> Iterator[bytes]:
        yield b"["
        for k in range(number):
            yield b'%s{"i:objectId":"ZTF26%07d","i:candid":%d,"i:jd":2461121.5}' % (b"," if k else b"", k, 10**18 + k)
        yield b"]"

    def fault(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(_head(200, None))
        waiting = bytearray()
        for part in rows():
            waiting += part
            if len(waiting) > _CHUNK:
                if stop.is_set():
                    return
                connection.sendall(waiting)
                waiting.clear()
        connection.sendall(waiting)

    return fault


def _whole(status: int, body: bytes, content_type: str, more: str = "") -> Fault:
    def fault(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(_head(status, len(body), more, content_type) + body)

    return fault


def _head(status: int, length: int | None, more: str = "", content_type: str = "application/json") -> bytes:
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status} .\r\nContent-Type: {content_type}\r\n{size}{more}Connection: close\r\n\r\n".encode()


def _wait(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


def _read(connection: socket.socket) -> bytes:
    """One whole request."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(_CHUNK)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < lengths[0]:
        part = connection.recv(_CHUNK)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body
