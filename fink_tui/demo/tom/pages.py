"""Long lists in parts, as LimitOffsetPagination or PageNumberPagination give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fink_tui.demo.tom.messages import Refused, Reply, Request, json_reply
from fink_tui.demo.tom.site import Site

_PART = 100


def listed(site: Site, request: Request, rows: Sequence[Any], shown: Callable[[Any], Any]) -> Reply:
    """One part of the rows, each as `shown`, with the addresses of its neighbours."""
    first, number, after, before = _by_page(site, request, len(rows)) if site.pages else _by_offset(request, len(rows))
    part = [shown(row) for row in rows[first : first + number]]
    found = {"count": len(rows), "next": _link(request, after), "previous": _link(request, before), "results": part}
    return json_reply(found)


def _by_offset(request: Request, count: int) -> tuple[int, int, dict[str, Any] | None, dict[str, Any] | None]:
    limit, offset = _positive(request, "limit") or _PART, _positive(request, "offset") or 0
    after = {"limit": limit, "offset": offset + limit} if offset + limit < count else None
    earlier = offset - limit if offset - limit > 0 else None
    return offset, limit, after, {"limit": limit, "offset": earlier} if offset > 0 else None


def _by_page(site: Site, request: Request, count: int) -> tuple[int, int, dict[str, Any] | None, dict[str, Any] | None]:
    last = max(1, -(-count // site.pages))
    given = request.query.get("page", "1")
    page = int(given) if given.isdecimal() else 0
    if not 1 <= page <= last:
        raise Refused(json_reply({"detail": "Invalid page."}, 404))
    after = {"page": page + 1} if page < last else None
    before = {"page": page - 1 if page > 2 else None} if page > 1 else None
    return (page - 1) * site.pages, site.pages, after, before


def _positive(request: Request, name: str) -> int | None:
    given = request.query.get(name, "")
    return int(given) if given.isdecimal() and int(given) > 0 else None


def _link(request: Request, changed: dict[str, Any] | None) -> str | None:
    """This address with these arguments changed; those that are None are dropped."""
    if changed is None:
        return None
    query = {name: value for name, value in {**request.query, **changed}.items() if value is not None}
    return f"{request.base}{request.path}" + (f"?{urlencode(sorted(query.items()))}" if query else "")
