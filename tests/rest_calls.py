"""Plain HTTP calls with the standard library, for tests that speak to an API without the program's own client."""

from __future__ import annotations

import json
import struct
import urllib.error
import urllib.request
import zlib
from typing import Any
from urllib.parse import urlencode

Row = dict[str, Any]
TEXT, JSON = "text/html", "application/json"


class Answer:
    """What came back: status, headers and body."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def kind(self) -> str:
        return str(self.headers["Content-Type"]).split(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def rows(self) -> list[Row]:
        assert self.status == 200, (self.status, self.text[:300])
        assert self.kind == "application/json"
        found = self.data
        assert isinstance(found, list)
        # A table: every row has the same columns.
        assert len({tuple(row) for row in found}) <= 1
        return found


class _AsItCame(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


_opener = urllib.request.build_opener(_AsItCame, urllib.request.ProxyHandler({}))


def send(url: str, verb: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, method=verb, headers=named)
    try:
        with _opener.open(request, timeout=60) as reply:
            return Answer(reply.status, reply.headers, reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def post(base: str, endpoint: str, /, **arguments: Any) -> Answer:
    """POST arguments as JSON; an underscore at the end of a name is dropped, two within one are a hyphen."""
    named = {name.rstrip("_").replace("__", "-"): value for name, value in arguments.items()}
    body = json.dumps(named).encode()
    return send(f"{base}/api/v1/{endpoint}", "POST", body, Content_Type="application/json")


def get(base: str, endpoint: str, /, **arguments: Any) -> Answer:
    return send(f"{base}/api/v1/{endpoint}?{urlencode(arguments)}" if arguments else f"{base}/api/v1/{endpoint}")


def png_size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose one block of pixels is whole."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    data = zlib.decompress(picture[41 : 41 + struct.unpack(">I", picture[33:37])[0]])
    assert depth == 8 and len(data) == height * (1 + width * {0: 1, 6: 4}[colour])
    return width, height
