"""What is wrong with a filter, and where."""

from __future__ import annotations

import unicodedata

# More text than this around the spot helps nobody.
_AROUND = 60
_LONGEST = 300


class FilterError(ValueError):
    """The text is no filter; `str()` says what was expected at `position`, which is within the text or at its end.

    `is_unfinished` tells that typing on may mend it.
    """

    def __init__(self, message: str, position: int, *, is_unfinished: bool = False) -> None:
        super().__init__(_shown(message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"))
        self.position = position
        self.is_unfinished = is_unfinished


def explain(text: str, error: FilterError) -> tuple[str, str]:
    """Two lines for a fixed-width screen: the filter, or what is around the spot, and below it a caret and why."""
    start = max(0, error.position - _AROUND)
    before, after = _shown(text[start : error.position]), _shown(text[error.position : error.position + _AROUND])
    before = f"…{before}" if start else before
    after = f"{after}…" if len(text) > error.position + _AROUND else after
    return f"{before}{after}", f"{' ' * sum(map(_cells, before))}^ {error}"


def one_line(text: str, error: FilterError) -> str:
    """The same for a place that has one line alone."""
    if error.position >= len(text):
        return f"{error} (at the end of {_shown(text[-_AROUND:])!r})"
    return f"{error} (at {_shown(text[error.position : error.position + 20])!r})"


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
