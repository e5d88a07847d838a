"""A proxy on loopback, in front of a TOM, that fails as networks, proxies and TOMs do, at the request it is told to.

with FaultyProxy(tom.url) as proxy:
    proxy.at_write(3, cut_after())       # the third POST or PATCH from now on: done, but nobody hears of it
    proxy.at_request(1, slow(0.5))       # the very next request
    ...                                  # the program speaks to proxy.url
    assert proxy.happened == ["cut_after"]
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tom_database import TomDatabase

_HERE = {"connection", "keep-alive", "transfer-encoding", "content-length"}  # headers between two neighbours


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to the client."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


# Given what asks the TOM for its answer, the answer to give; None to say nothing and close.
Fault = Callable[[Callable[[], Reply]], Reply | None]


class FaultyProxy:
    """Passes everything on as it is but for the faults it was told; `happened` names those that came to pass."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.requests = 0
        self.writes = 0
        self.happened: list[str] = []
        self._at: dict[tuple[str, int], Fault] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FaultyProxy:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def at_request(self, number: int, fault: Fault) -> None:
        """Fail the request of this number, 1 for the next one."""
        self._at["request", self.requests + number] = fault

    def at_write(self, number: int, fault: Fault) -> None:
        """Fail the write of this number, 1 for the next one."""
        self._at["write", self.writes + number] = fault

    def heal(self) -> None:
        """Fail no more."""
        self._at.clear()

    def due(self, method: str) -> Fault | None:
        """The fault of the request that has just come, if it has one."""
        with self._lock:
            self.requests += 1
            fault = self._at.pop(("request", self.requests), None)
            if method not in ("GET", "HEAD", "OPTIONS"):
                self.writes += 1
                fault = self._at.pop(("write", self.writes), fault)
            if fault:
                self.happened.append(fault.__qualname__.split(".")[0])
            return fault


def cut_before() -> Fault:
    """The connection breaks before the TOM hears of it."""
    return lambda ask: None


def cut_after() -> Fault:
    """The TOM does it, and the connection breaks before it can say so."""

    def fault(ask: Callable[[], Reply]) -> None:
        ask()

    return fault


def error_after() -> Fault:
    """The TOM does it all and says 500."""

    def fault(ask: Callable[[], Reply]) -> Reply:
        ask()
        return _page(500, "<h1>Server Error (500)</h1>")

    return fault


def half_made(db: TomDatabase, name: str, after: str) -> Fault:
    """The TOM says 500 and has made of a new target what it had come to: "row", "view", ... (see TomDatabase)."""

    def fault(ask: Callable[[], Reply]) -> Reply:
        ask()
        db.cut_back(name, after)
        return _page(500, "<h1>Server Error (500)</h1>")

    return fault


def locked() -> Fault:
    """500, nothing done: what DEBUG shows of "database is locked"."""
    return lambda ask: _page(500, "<title>OperationalError at /api/targets/</title><pre>database is locked</pre>")


def html(status: int = 502) -> Fault:
    """HTML in place of JSON, nothing done: a reverse proxy's 502, or with 200 the page of a captive portal."""
    return lambda ask: _page(status, f"<title>{status}</title><h1>Welcome to the hotel</h1>")


def throttled(seconds: int) -> Fault:
    """429, nothing done: come back after so many seconds."""
    words = {"detail": f"Request was throttled. Expected available in {seconds} seconds."}
    headers = [("Content-Type", "application/json"), ("Retry-After", str(seconds))]
    return lambda ask: Reply(429, headers, json.dumps(words).encode())


def slow(seconds: float) -> Fault:
    """The TOM does it at once, and its answer takes so long."""

    def fault(ask: Callable[[], Reply]) -> Reply:
        reply = ask()
        time.sleep(seconds)
        return reply

    return fault


def empty() -> Fault:
    """The TOM does it, and of its answer the body is lost."""

    def fault(ask: Callable[[], Reply]) -> Reply:
        reply = ask()
        return Reply(reply.status, reply.headers, b"")

    return fault


def truncated() -> Fault:
    """The TOM does it, and its answer's JSON ends in the middle."""

    def fault(ask: Callable[[], Reply]) -> Reply:
        reply = ask()
        return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])

    return fault


def redirect(url: str) -> Fault:
    """302 to somewhere else, nothing done."""
    return lambda ask: Reply(302, [("Location", url), ("Content-Type", "text/html")], b"")


def _page(status: int, html: str) -> Reply:
    return Reply(status, [("Content-Type", "text/html; charset=utf-8")], f"<!doctype html>{html}".encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *arguments: object) -> None:
        """A client that went away is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultyProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.due(self.command)
        reply = fault(lambda: self._ask(body)) if fault else self._ask(body)
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def _ask(self, body: bytes) -> Reply:
        """The TOM's own answer; it is told the address that the client knows, so its links lead back here."""
        connection = http.client.HTTPConnection(self.proxy.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HERE}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HERE]
        reply = Reply(answer.status, kept, answer.read())
        connection.close()
        return reply

    def log_message(self, *arguments: Any) -> None:
        """Nothing is written."""
