"""The ways a TOM can fail to do what it was asked, as plain lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fink_tui.fink.errors import one_line, said


class TomError(Exception):
    """Nothing more can be asked of this TOM now; the text is one plain line with what to do."""


class Stopped(Exception):
    """The person wants no more of it."""


class Refused(TomError):
    """The TOM understood and did not do it; `status` is HTTP's, `body` the JSON it sent, None where there was none."""

    def __init__(self, line: str, status: int, body: Any) -> None:
        super().__init__(line)
        self.status = status
        self.body = body


class Uncertain(TomError):
    """The request left, and nobody knows whether the TOM did it: it must be read back."""


def words_of(status: int, body: Any, content: bytes) -> str:
    """What the TOM said, in one line: fields with their complaints, a message, or the title of a page."""
    if isinstance(body, Mapping) and "detail" not in body:
        return one_line("; ".join(f"{name}: {_flat(what)}" for name, what in body.items()))
    if isinstance(body, list):
        return one_line(_flat(body))
    return said(content) or f"HTTP {status}"


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_flat(what) for what in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(what) for what in value if what)
    return str(value)
