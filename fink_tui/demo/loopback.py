"""A listener for HTTP/1.1 on a port of its own on loopback, and what its handlers have in common."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LARGEST_BODY = 100_000_000


class Listener:
    """Serves with a handler until stopped; `url` is its address."""

    def __init__(self, handler: type[Handler]) -> None:
        self._http = _Http(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.1,), name=self.url, daemon=True).start()

    def stop(self) -> None:
        """Take no more requests; those under way are left to end with the process."""
        self._http.shutdown()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is its own affair."""


class Handler(BaseHTTPRequestHandler):
    """Takes requests whole and answers them whole."""

    protocol_version = "HTTP/1.1"
    sys_version = ""
    timeout = 60.0
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length <= _LARGEST_BODY:
            self.answer(self.rfile.read(length))
        else:
            self.close_connection = True
            self.answer(None)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def answer(self, body: bytes | None) -> None:
        """Reply to the request that has come with this body; None where that is too large to be read."""
        raise NotImplementedError

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Nothing is written: whoever started the process reads what it says."""
