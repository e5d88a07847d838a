"""HTTP/1.1 on loopback: from a request to the endpoint that answers it, as Flask and flask-restx do it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fink_tui.demo.api import errors, formats
from fink_tui.demo.api.errors import HTML, Refused, Reply
from fink_tui.demo.api.formats import Rows

_LARGEST_BODY = 100_000_000
_WORTH_PACKING = 500  # bytes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of an API.

    `about` is the line that a GET without arguments gets, unless `listing` has data for it; `answer` takes the
    arguments and is None where only a listing exists; `required` are the arguments that must be there.
    """

    about: str
    answer: Callable[[Any], Rows | Reply] | None = None
    required: tuple[str, ...] = ()
    listing: Callable[[], Reply] | None = None

    @property
    def verbs(self) -> str:
        """The methods it takes, as in an Allow header."""
        return "GET, HEAD, OPTIONS" if self.answer is None else "POST, GET, HEAD, OPTIONS"


@dataclass(frozen=True, slots=True)
class Site:
    """One API: its endpoints by path; `home` is the address of the real one; answers come `delay` seconds late."""

    home: str
    endpoints: Mapping[str, Endpoint]
    delay: float = 0.0


class Server:
    """One API on a port of its own on loopback, until stopped."""

    def __init__(self, site: Site) -> None:
        handler = type("Handler", (_Handler,), {"site": site})
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


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"
    server_version = "gunicorn"
    sys_version = ""
    timeout = 60.0
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            self._send(errors.too_large())
            return
        time.sleep(self.site.delay)
        self._send(respond(self.site, self.command, self.path, self.headers.get("Content-Type", ""), body))

    def _body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length) if length <= _LARGEST_BODY else None

    def _send(self, reply: Reply) -> None:
        body, packed = reply.body, "gzip" in self.headers.get("Accept-Encoding", "")
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if packed and len(body) > _WORTH_PACKING:
            body = gzip.compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Nothing is written: whoever started the process reads what it says."""


def respond(site: Site, verb: str, target: str, content_type: str, body: bytes) -> Reply:
    """The answer to one request; `target` is its path with the query string."""
    parts = urlsplit(target)
    if parts.path == "/":
        return Reply(200, HTML, b"<!doctype html>\n<title>Fink API</title>\n")
    endpoint = site.endpoints.get(parts.path)
    if endpoint is None:
        return errors.not_found()
    if verb == "OPTIONS":
        return Reply(200, HTML, b"", {"Allow": endpoint.verbs})
    if verb not in endpoint.verbs.split(", "):
        return errors.wrong_verb(endpoint.verbs)
    arguments = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if verb != "POST" and not (arguments and endpoint.answer):
        return endpoint.listing() if endpoint.listing else errors.text(200, endpoint.about)
    # Any query string at all wins over the body.
    return _answer(site, endpoint, arguments) if arguments else _from_body(site, endpoint, content_type, body)


def _from_body(site: Site, endpoint: Endpoint, content_type: str, body: bytes) -> Reply:
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        return errors.not_json()
    try:
        arguments = json.loads(body)
    except ValueError:
        return errors.bad_json()
    return _answer(site, endpoint, arguments)


def _answer(site: Site, endpoint: Endpoint, arguments: Any) -> Reply:
    """What the endpoint says; any exception but its own refusal is a 500, as arguments are not checked there."""
    assert endpoint.answer is not None
    try:
        for name in endpoint.required:
            if name not in arguments:
                return errors.missing(name, site.home)
        found = endpoint.answer(arguments)
        return found if isinstance(found, Reply) else formats.table(found, arguments.get("output-format", "json"))
    except Refused as refused:
        return refused.reply
    except Exception:
        return errors.internal_error()
