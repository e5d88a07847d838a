"""The ways a TOM can fail to do what it was asked, as plain lines."""

from __future__ import annotations

from typing import Any


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
    """It left, and nobody knows what became of it: the TOM must be read back. `status` is 0 without a reply."""

    def __init__(self, line: str, status: int = 0) -> None:
        super().__init__(line)
        self.status = status
