"""What an API answers that is no table, and every way in which the real ones refuse.

fink-object-api refuses in two voices: its own code with the repr of a dictionary or plain text as text/html, and the
framework around it with a line of JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
JSON = "application/json"
_NOT_FOUND = """<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and \
try again.</p>
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """An endpoint's refusal, with the answer that says so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def text(status: int, words: str) -> Reply:
    """Words as the real API sends them: as text/html, whatever they are."""
    return Reply(status, HTML, words.encode())


def json_reply(value: object) -> Reply:
    """A JSON document that is no table."""
    return Reply(200, JSON, json.dumps(value).encode())


def refusal(why: object) -> Refused:
    """A 400 whose body is the repr of a dictionary; `why` may be an exception, and then no literal either."""
    return Refused(text(400, str({"status": "error", "text": why})))


def plain_refusal(words: str) -> Refused:
    """A 400 in plain text over several lines."""
    return Refused(text(400, words))


def missing(argument: str, home: str) -> Reply:
    """A required argument was not given; `home` is the address of the real API."""
    why = f"A value for `{argument}` is required. See {home} \n"
    return text(400, str({"status": "error", "text": why}))


def internal_error() -> Reply:
    """What any exception inside the real API becomes."""
    return _framework(500, "Internal Server Error")


def bad_json() -> Reply:
    """The body says that it is JSON and is not."""
    return _framework(400, "The browser (or proxy) sent a request that this server could not understand.")


def not_json() -> Reply:
    """No body, or one of another type."""
    return _framework(
        415, "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."
    )


def not_found() -> Reply:
    """No such path."""
    return Reply(404, HTML, _NOT_FOUND.encode())


def wrong_verb(allowed: str) -> Reply:
    """A path that does not take this method; `allowed` lists those it takes."""
    reply = _framework(405, "The method is not allowed for the requested URL.")
    return Reply(reply.status, reply.content_type, reply.body, {"Allow": allowed})


def too_large() -> Reply:
    """A request body of more than 100 MB."""
    return _framework(413, "The data value transmitted exceeds the capacity limit.")


def _framework(status: int, message: str) -> Reply:
    return Reply(status, JSON, json.dumps({"message": message}).encode() + b"\n")
