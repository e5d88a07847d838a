"""The body of an answer -> rows, with every wide integer as the text it was."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from fink_tui.alerts import times
from fink_tui.fink.errors import ApiError, one_line, said
from fink_tui.fink.queries.declare import Request

# What JavaScript, spreadsheets and floats keep of an integer.
_SAFE = 2**53
_IDS = re.compile(r"(?:^|[:_])(?:objectId|candid|\w*(?:Object|Source)Id)$", re.IGNORECASE)
_REFUSAL = {"status", "text", "message"}
_KINDS = {dict: "one object", list: "a list of something else", str: "a text", type(None): "nothing"}
# An object to which nothing was added for so long is called closed.
_CLOSED_DAYS = 100.0
# By then the statistics of a night are complete.
_SETTLED_S = 3 * 86_400.0


def parse(host: str, body: bytes, content_type: str) -> Any:
    """The JSON of an answer: ids and integers wider than 53 bits as text, what is no number as None.

    Raises ApiError where it is something else.
    """
    if not body.strip():
        raise ApiError(f"{host} sent an empty answer: ask again")
    try:
        # One bad byte in a name does not spoil the rest.
        return _careful(json.loads(body.decode("utf-8-sig", errors="replace"), parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        pass
    if body.lstrip()[:1] in (b"[", b"{") and "html" not in content_type:
        raise ApiError(f"the answer of {host} broke off after {len(body):,} bytes: ask again, or for less")
    words = said(body)
    kind = one_line(content_type.partition(";")[0], 40) or "no type"
    raise ApiError(f"{host} sent something else than data ({kind}: {one_line(words, 150)}): check api_url")


def _careful(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _careful(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_careful(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and (abs(value) > _SAFE or _IDS.search(name)):
        return str(value)
    if isinstance(value, float) and value - value != 0.0:
        return None
    return value


def rows_of(host: str, answer: Any, *, is_listing: bool = False) -> list[dict[str, Any]]:
    """The rows of an answer; a listing, which is an object, has none. Raises ApiError where it is neither or a refusal.

    A gravitational wave that GraceDB does not give comes as 200 with [{"status": ...}].
    """
    first = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    if isinstance(first, dict) and first and set(first) <= _REFUSAL and not any(map(_is_nested, first.values())):
        words = " ".join(said(str(value).encode()) for value in first.values())
        raise ApiError(f"{host} says: {words.rstrip('. ')}: check the name")
    if is_listing and isinstance(first, dict):
        return []
    if is_listing or not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        kind = _KINDS.get(type(answer), "something else")
        raise ApiError(f"{host} sent {kind} where {'names' if is_listing else 'rows'} should be: check api_url")
    return answer


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def keep_seconds(request: Request, rows: list[dict[str, Any]]) -> float:
    """How long an answer may be used again unasked: longer where nothing will be added to it."""
    if request.closed_keep_s is None or not rows:
        return request.keep_s
    if request.endpoint == "statistics":
        date = str(request.payload.get("date", ""))
        # A month or a year is over when its last night is; that they are young once more does no harm.
        is_closed = len(date) == 8 and date < time.strftime("%Y%m%d", time.gmtime(time.time() - _SETTLED_S))
    else:
        is_closed = times.now() - max(_moments(rows), default=times.now()) > _CLOSED_DAYS
    return request.closed_keep_s if is_closed else request.keep_s


def _moments(rows: list[dict[str, Any]]) -> Iterator[float]:
    for row in rows:
        for name, offset in (("i:jd", -2400000.5), ("r:midpointMjdTai", 0.0)):
            if isinstance(row.get(name), int | float):
                yield float(row[name]) + offset
