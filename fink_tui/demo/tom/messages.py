"""What comes in and what goes out, as Django and its REST framework say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

HTML, JSON = "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a body and headers."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that gets this reply; what was done before stays done."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `base` is the address that the client knows the server by; header names are in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def data(self) -> Any:
        """The body, from JSON or a form; raises Refused."""
        if self.content_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        if self.content_type != "application/json" and self.body:
            raise Refused(unsupported(self.content_type))
        try:
            return json.loads(self.body or b"{}", parse_constant=_no_constant)
        except ValueError as error:
            raise Refused(json_reply({"detail": f"JSON parse error - {error}"}, 400)) from error


def json_reply(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Data as JSON."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Reply(status, body.encode(), JSON, headers or {})


def page(status: int, title: str) -> Reply:
    """One of Django's pages."""
    return Reply(status, f"\n<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n".encode(), HTML)


def invalid(errors: Any) -> Refused:
    """400 with what is wrong, by field or as a list."""
    return Refused(json_reply(errors, 400))


def unsupported(content_type: str) -> Reply:
    """415."""
    return json_reply({"detail": f'Unsupported media type "{content_type}" in request.'}, 415)


def not_found(what: str = "Target") -> Refused:
    """404 of one object, also when it is only hidden."""
    return Refused(json_reply({"detail": f"No {what} matches the given query."}, 404))


def wrong_verb(method: str, allowed: str) -> Reply:
    """405."""
    return json_reply({"detail": f'Method "{method}" not allowed.'}, 405, {"Allow": allowed})


def _no_constant(name: str) -> Any:
    raise ValueError(f"Out of range float values are not JSON compliant: '{name}'")
