"""HTTP/1.1 on loopback: from a request to the endpoint that answers it, as Flask and flask-restx do it."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fink_tui.demo.api import errors, formats
from fink_tui.demo.api.errors import HTML, Refused, Reply
from fink_tui.demo.api.formats import Rows
from fink_tui.demo.loopback import Handler, Listener

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
        self._listener = Listener(type("ApiHandler", (_Handler,), {"site": site}))
        self.url = self._listener.url

    def stop(self) -> None:
        """Take no more requests; those under way are left to end with the process."""
        self._listener.stop()


class _Handler(Handler):
    site: Site
    server_version = "gunicorn"

    def answer(self, body: bytes | None) -> None:
        if body is None:
            self._send(errors.too_large())
            return
        time.sleep(self.site.delay)
        self._send(respond(self.site, self.command, self.path, self.headers.get("Content-Type", ""), body))

    def _send(self, reply: Reply) -> None:
        headers, body = {"Content-Type": reply.content_type}, reply.body
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > _WORTH_PACKING:
            body = gzip.compress(body, compresslevel=1)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        self.reply(reply.status, {**headers, "Access-Control-Allow-Origin": "*", **reply.headers}, body)


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
