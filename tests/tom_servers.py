"""TOMs to test against: real ones, each in a process of its own, and the stand-in; all asked and looked into alike.

    def test_something(tom: Tom) -> None:             # once on each kind, empty, with the accounts of ACCOUNTS
        tom.make("ZTF21abfmbix", 193.8, 2.9, who="bob")
        ...                                           # the program speaks to tom.url with tom.account("carol")
        assert tom.db.counts() == Counts(...)

    def test_a_locked_one(toms: Toms) -> None:
        tom = toms.fresh("tomtoolkit 3.1.0", Site(locked=True))

A `tom` fails its test when the end has come and somebody called what must never be called.
"""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import pytest
import tom_environments
from rest_calls import Answer, send
from tom_database import TomDatabase
from tom_environments import ACCOUNTS

import fink_tui.demo.tom.server
from fink_tui.demo.tom import site as stand_in

REAL = tuple(f"tomtoolkit {version}" for version in tom_environments.VERSIONS)
STAND_INS = tuple(f"stand-in {version}" for version in stand_in.VERSIONS)
KINDS = (*STAND_INS, *REAL)
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on the TOM."""

    name: str
    password: str
    token: str

    @property
    def basic(self) -> str:
        """What an Authorization header says for a password."""
        return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Site:
    """How an administrator has set a TOM up, where it is not as it comes.

    `locked`: nobody in without a log-in on the web, `open_api`: but the API; `login_required`: no anonymous requests;
    `token_days`: how long a token is good for; `throttle`: "3/minute"; `pages`: page numbers of so many targets in
    place of limit and offset; `extra_fields`: as EXTRA_FIELDS; `required_fields`: columns of a target model of its own
    that must be there, which the stand-in alone can have.
    """

    locked: bool = False
    open_api: bool = False
    login_required: bool = False
    token_days: int | None = None
    throttle: str = ""
    pages: int = 0
    extra_fields: tuple[Mapping[str, Any], ...] = ()
    required_fields: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """As Django's settings."""
        rest: dict[str, Any] = {}
        if self.login_required:
            rest["DEFAULT_PERMISSION_CLASSES"] = ["rest_framework.permissions.IsAuthenticated"]
        if self.throttle:
            rest["DEFAULT_THROTTLE_CLASSES"] = [
                f"rest_framework.throttling.{who}RateThrottle" for who in ("Anon", "User")
            ]
            rest["DEFAULT_THROTTLE_RATES"] = {"anon": self.throttle, "user": self.throttle}
        if self.pages:
            rest["DEFAULT_PAGINATION_CLASS"] = "rest_framework.pagination.PageNumberPagination"
            rest["PAGE_SIZE"] = self.pages
        return {
            "AUTH_STRATEGY": "LOCKED" if self.locked else "READ_ONLY",
            "OPEN_URLS": ["/api/*"] if self.open_api else [],
            "TOM_API_TOKEN_EXPIRY_DAYS": self.token_days,
            "EXTRA_FIELDS": list(self.extra_fields),
            "REST_FRAMEWORK": rest,
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came; `status` is None while it has no answer."""

    method: str
    path: str
    status: int | None


class Tom:
    """A TOM on loopback; `tokens`: whether it honours them."""

    def __init__(self, kind: str, url: str, db: TomDatabase, log: Callable[[], list[str]]) -> None:
        self.kind, self.url, self.db, self._log = kind, url, db, log
        self.version = kind.split()[1]
        self.tokens = not self.version.startswith("2.")

    def account(self, name: str = "carol") -> Account:
        """Somebody with an account."""
        return Account(name, ACCOUNTS[name]["password"], ACCOUNTS[name]["token"])

    def authorization(self, name: str = "carol") -> str:
        """What gets an account in here: its token where those are honoured, else its password."""
        account = self.account(name)
        return f"Token {account.token}" if self.tokens else account.basic

    def ask(self, method: str, path: str, body: Any = None, who: str | None = "carol", **query: Any) -> Answer:
        """One request under /api/, of an account or of nobody; a body goes as JSON."""
        headers = {"Accept": "application/json"} | ({"Authorization": self.authorization(who)} if who else {})
        if body is not None:
            headers["Content_Type"] = "application/json"
        address = f"{self.url}/api/{path}" + (f"?{urlencode(query)}" if query else "")
        return send(address, method, None if body is None else json.dumps(body).encode(), **headers)

    def make(self, name: str, ra: float, dec: float, who: str = "carol", **more: Any) -> int:
        """A target as somebody makes it; its id."""
        made = self.ask("POST", "targets/", {"name": name, "type": "SIDEREAL", "ra": ra, "dec": dec, **more}, who)
        assert made.status == 201, made.text
        return int(made.data["id"])

    def add_point(self, target: int, time: str, value: Mapping[str, Any], who: str = "carol", source: str = "") -> None:
        """A photometric point as somebody adds it; `time` ISO UTC."""
        point = {"target": target, "data_type": "photometry", "source_name": source, "timestamp": time, "value": value}
        made = self.ask("POST", "reduceddatums/", point, who)
        assert made.status == 201, made.text

    def groups(self, who: str = "carol") -> dict[str, int]:
        """The groups of an account, by name."""
        return {group["name"]: group["id"] for group in self.ask("GET", "groups/", who=who).data["results"]}

    def seen(self) -> list[Seen]:
        """The requests that came, in order."""
        came: dict[str, Seen] = {}
        for line in self._log():
            sign, number, *rest = line.split(" ", 3)
            if sign == "+":
                came[number] = Seen(rest[0], rest[1], None)
            else:
                came[number] = Seen(came[number].method, came[number].path, int(rest[0]))
        return list(came.values())

    def writes(self) -> list[Seen]:
        """The requests that could have changed something."""
        return [request for request in self.seen() if request.method in _WRITES]

    def crimes(self) -> list[Seen]:
        """The requests that must never be made."""
        return [seen for seen in self.seen() if seen.method == "DELETE" or seen.path.startswith("/api/observations")]

    def most_writes_at_once(self) -> int:
        """How many writes there were at a time, at most."""
        under_way: set[str] = set()
        most = 0
        for line in self._log():
            sign, number, *rest = line.split(" ", 3)
            if sign == "-":
                under_way.discard(number)
            elif rest[0] in _WRITES:
                under_way.add(number)
                most = max(most, len(under_way))
        return most


class Toms:
    """Starts TOMs and stops them.

    Of each kind there is one as it comes, emptied for each test, and one that is set up otherwise; it is good until
    the next such one of its kind is asked for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._running: dict[tuple[str, bool], _Process | _StandIn] = {}

    def __enter__(self) -> Toms:
        return self

    def __exit__(self, *exception: object) -> None:
        for running in self._running.values():
            running.stop()

    def fresh(self, kind: str, site: Site | None = None) -> Tom:
        """A TOM of a kind, empty; skips the test where it can't be had. Takes 0.1 s, a real one 2 s the first time."""
        running = self._running.get((kind, site is None))
        if site is not None or not isinstance(running, _Process):
            if running:
                running.stop()
            running = self._started(kind, site or Site())
            self._running[kind, site is None] = running
        return running.tom(kind)

    def _started(self, kind: str, site: Site) -> _Process | _StandIn:
        made, version = kind.split()
        database = self._folder / f"{next(self._numbers)}.sqlite3"
        if made == "stand-in":
            return _StandIn(version, database, site)
        if why := tom_environments.missing(version):
            pytest.skip(why)
        return _Process(version, database, site)


class _StandIn:
    """The stand-in, in this process, on a database of its own."""

    def __init__(self, version: str, database: Path, site: Site) -> None:
        self._lines: list[str] = []
        accounts = [stand_in.Account(name, **account) for name, account in ACCOUNTS.items()]
        set_up = stand_in.Site(database, version, accounts, **dataclasses.asdict(site))
        self._server = fink_tui.demo.tom.server.Server(set_up, self._lines.append)

    def tom(self, kind: str) -> Tom:
        """It."""
        site = self._server.site
        return Tom(kind, self._server.url, TomDatabase(site.database, site.modern), lambda: list(self._lines))

    def stop(self) -> None:
        """End it."""
        self._server.stop()


class _Process:
    """A real TOM that serves a database of ours."""

    def __init__(self, version: str, database: Path, site: Site) -> None:
        self.database, self._template = database, tom_environments.template(version)
        self._log, self._errors = database.with_suffix(".log"), database.with_suffix(".err")
        self._log.touch()
        settings = {"TOM_SITE_DATABASE": str(database), "TOM_SITE_SETTINGS": json.dumps(site.settings())}
        self._empty()
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [tom_environments.python(version), tom_environments.SITE, "serve", self._log],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **settings, "PYTHONPATH": ""},
            )
        self.url = _said(self._process.stdout)
        assert self.url, self._errors.read_text()

    def tom(self, kind: str) -> Tom:
        """It, with a new database; its log begins now."""
        self._empty()
        before = self._log.stat().st_size
        database = TomDatabase(self.database, not kind.split()[1].startswith("2."))
        return Tom(kind, self.url, database, lambda: self._log.read_bytes()[before:].decode().splitlines())

    def _empty(self) -> None:
        # The server opens the file anew for each request.
        new = self.database.with_suffix(".new")
        shutil.copyfile(self._template, new)
        new.replace(self.database)

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


def _said(out: IO[bytes] | None) -> str:
    assert out
    return out.readline().decode().strip()
