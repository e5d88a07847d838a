"""HTTP/1.1 on loopback: from a request to what answers it."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fink_tui.demo.loopback import Handler, Listener
from fink_tui.demo.tom import access, tables
from fink_tui.demo.tom.access import Throttle, User
from fink_tui.demo.tom.messages import (
    HTML,
    Refused,
    Reply,
    Request,
    invalid,
    json_reply,
    not_found,
    page,
    wrong_verb,
)
from fink_tui.demo.tom.pages import listed
from fink_tui.demo.tom.points import Points
from fink_tui.demo.tom.products import Products
from fink_tui.demo.tom.site import Site
from fink_tui.demo.tom.targets import Targets

_ROOT = ("groups", "targets", "observations", "dataproducts", "reduceddatums")
# (part of the API, whether of one thing) -> the methods it takes
_VERBS = {
    ("groups", False): "GET, HEAD, OPTIONS",
    ("targets", False): "GET, POST, HEAD, OPTIONS",
    ("targets", True): "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
    ("targetname", True): "GET, DELETE, HEAD, OPTIONS",
    ("targetextra", True): "GET, DELETE, HEAD, OPTIONS",
    ("targetlist", True): "GET, DELETE, HEAD, OPTIONS",
    ("observations", False): "GET, POST, HEAD, OPTIONS",
    ("dataproducts", False): "GET, POST, HEAD, OPTIONS",
    ("reduceddatums", False): "GET, POST, HEAD, OPTIONS",
    ("reduceddatums", True): "DELETE, OPTIONS",
    ("token-auth", False): "POST, OPTIONS",
}


class Server:
    """A TOM on a port of its own on loopback, until stopped.

    `note` is told of every request, "+ NUMBER METHOD PATH" when it comes and "- NUMBER STATUS" when it is answered.
    """

    def __init__(self, site: Site, note: Callable[[str], None] = lambda line: None) -> None:
        if not site.database.exists():
            tables.create(site)
        self.site = site
        self._note, self._numbers, self._throttle = note, itertools.count(1), Throttle(site.throttle)
        self._making_a_target = threading.Lock()
        self._listener = Listener(type("TomHandler", (_Handler,), {"server_of": self}))
        self.url = self._listener.url

    def stop(self) -> None:
        """Take no more requests."""
        self._listener.stop()

    def answer(self, request: Request, target: str) -> Reply:
        """The answer to one request; `target` is its path with the query string."""
        number = next(self._numbers)
        self._note(f"+ {number} {request.method} {target}")
        try:
            reply = access.no_forbidden(self.site, request.path, self._answer(request))
        except Refused as refused:
            reply = access.no_forbidden(self.site, request.path, refused.reply)
        except Exception:
            # Most of what it does not expect, it does not check either.
            reply = page(500, "Server Error (500)")
        self._note(f"- {number} {reply.status}")
        return reply

    def _answer(self, request: Request) -> Reply:
        if request.headers.get("host", "").partition(":")[0] not in ("127.0.0.1", "localhost"):
            return page(400, "Bad Request (400)")
        if shut := access.closed(self.site, request.path):
            return shut
        parts = request.path.strip("/").split("/")
        if parts[0] != "api":
            return page(200, "TOM") if request.path in ("/", "/accounts/login/") else page(404, "Not Found")
        if parts != ["api"] and (len(parts) > 3 or (parts[1], len(parts) == 3) not in _VERBS):
            return page(404, "Not Found")
        if not request.path.endswith("/"):
            return Reply(301, b"", HTML, {"Location": f"{request.path}/"})
        with closing(tables.connect(self.site)) as db:
            return _negotiated(request, self._of_api(db, request, parts[1:]))

    def _of_api(self, db: sqlite3.Connection, request: Request, parts: list[str]) -> Reply:
        user = access.who(self.site, db, request.headers)
        self._throttle.check(user)
        if not parts:
            return json_reply({name: f"{request.base}/api/{name}/" for name in _ROOT})
        verbs = _VERBS[parts[0], len(parts) == 2]
        if request.method not in verbs.split(", "):
            return wrong_verb(request.method, verbs)
        return self._route(db, user, request, parts[0], parts[1] if len(parts) == 2 else None)

    def _route(self, db: sqlite3.Connection, user: User, request: Request, part: str, key: str | None) -> Reply:
        if part == "targets":
            return self._targets(Targets(self.site, db, user), request, key)
        if request.method == "OPTIONS":
            return json_reply({"name": part})
        if part in ("targetname", "targetextra"):
            return _piece(db, user, request.method, part, int(key or 0))
        if part == "groups":
            mine = "SELECT * FROM auth_group WHERE id IN (SELECT group_id FROM auth_user_groups WHERE user_id=?)"
            return listed(self.site, request, db.execute(f"{mine} ORDER BY id", (user.id,)).fetchall(), dict)
        if part == "reduceddatums":
            points = Points(self.site, db, user)
            if key is not None:
                return points.delete(key)
            return points.create(request.data()) if request.method == "POST" else points.find(request)
        if part == "dataproducts":
            products = Products(self.site, db, user)
            return products.create(request) if request.method == "POST" else products.find(request)
        if part == "observations":
            return _observations(self.site, request)
        if part == "token-auth":
            return _token(db, request.data())
        raise LookupError("what a target list is like, nobody has ever seen")

    def _targets(self, targets: Targets, request: Request, key: str | None) -> Reply:
        if request.method == "HEAD":
            raise LookupError("no permission is known for it")
        if request.method == "OPTIONS":
            return targets.options()
        if request.method == "POST":
            return self._make_a_target(targets, request)
        if key is None:
            return targets.find(request)
        if request.method == "GET":
            return targets.read(key)
        if request.method == "DELETE":
            return targets.delete(key)
        return targets.change(key, request.data(), partial=request.method == "PATCH")

    def _make_a_target(self, targets: Targets, request: Request) -> Reply:
        alone = self._making_a_target.acquire(blocking=False)
        try:
            return targets.create(request.data(), alone)
        finally:
            if alone:
                self._making_a_target.release()


class _Handler(Handler):
    server_of: Server
    server_version = "WSGIServer/0.2"

    def answer(self, body: bytes | None) -> None:
        if body is None:
            self.reply(413, {"Content-Type": HTML}, b"")
            return
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        base = f"http://{headers.get('host', '')}"
        reply = self.server_of.answer(Request(self.command, parts.path, query, headers, body, base), self.path)
        self.reply(reply.status, {"Content-Type": reply.content_type, **reply.headers}, reply.body)


def _piece(db: sqlite3.Connection, user: User, method: str, part: str, key: int) -> Reply:
    """One alias or extra of a target that the user may see, or delete from."""
    model, columns = {"targetname": ("TargetName", "id, name"), "targetextra": ("TargetExtra", "id, key, value")}[part]
    allowed = user.permitted("delete" if method == "DELETE" else "view")
    where = f"FROM tom_targets_{part} WHERE id=? AND target_id IN ({allowed})"
    row = db.execute(f"SELECT {columns} {where}", (key,)).fetchone()
    if row is None:
        raise not_found(model)
    if method == "DELETE":
        db.execute(f"DELETE {where}", (key,))
        return Reply(204, b"")
    return json_reply(dict(row))


def _observations(site: Site, request: Request) -> Reply:
    """There is no telescope behind this one; that it was asked for one is noted like every request."""
    if request.method == "POST":
        raise invalid(["Missing required field 'facility'."])
    return listed(site, request, [], dict)


def _token(db: sqlite3.Connection, data: Any) -> Reply:
    absent = {name: ["This field is required."] for name in ("username", "password") if name not in data}
    if absent:
        raise invalid(absent)
    query = "SELECT key FROM authtoken_token t JOIN auth_user u ON u.id=t.user_id WHERE username=? AND password=?"
    row = db.execute(query, (data["username"], data["password"])).fetchone()
    if row is None:
        raise invalid({"non_field_errors": ["Unable to log in with provided credentials."]})
    return json_reply({"token": row["key"]})


def _negotiated(request: Request, reply: Reply) -> Reply:
    """The browsable page where HTML is asked for, and nothing where it is neither that nor JSON."""
    wanted = request.headers.get("accept", "*/*")
    if "application/json" in wanted or not ("text/html" in wanted or "*/*" not in wanted):
        return reply
    if "text/html" not in wanted:
        return json_reply({"detail": "Could not satisfy the request Accept header."}, 406)
    return Reply(reply.status, b"<!DOCTYPE html>\n<pre>" + reply.body + b"</pre>\n", HTML, reply.headers)
