"""A filter's text cut into words, quoted texts, operators and parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORD, QUOTED, UNCLOSED, OPERATOR, OPEN, CLOSE, END = "word", "quoted", "unclosed", "operator", "(", ")", "end"
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")
_ALSO = {"==": "=", "≠": "!=", "≤": "<=", "≥": ">="}
# A quote within a word is part of it, as in 5".
_WORD = r"(?:[^\s()=<>~!≠≤≥\"']|!(?![=~]))(?:[^\s()=<>~!≠≤≥]|!(?![=~]))*"
_TOKEN = re.compile(
    rf"""(?P<operator>!~|!=|<=|>=|==|[=<>~≠≤≥])
    | (?P<open>\() | (?P<close>\))
    | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<unclosed>["'].*)
    | (?P<word>{_WORD})""",
    re.VERBOSE | re.DOTALL,
)
_KINDS = {"operator": OPERATOR, "open": OPEN, "close": CLOSE, "quoted": QUOTED, "unclosed": UNCLOSED, "word": WORD}
_BLANKS = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BARE = re.compile(_WORD)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: `text` is what it means, `start` and `end` where it stands."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The pieces in order; the last one is always END."""
    place = _skip(text, 0)
    while place < len(text):
        found = _TOKEN.match(text, place)
        # Whatever is no blank begins a piece.
        assert found is not None and found.lastgroup is not None
        kind, said = _KINDS[found.lastgroup], found.group()
        if kind == OPERATOR:
            said = _ALSO.get(said, said)
        elif kind == QUOTED:
            said = _ESCAPED.sub(r"\1", said[1:-1])
        yield Token(kind, said, place, found.end())
        place = _skip(text, found.end())
    yield Token(END, "", len(text), len(text))


def _skip(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def quoted(text: str, *, reserved: frozenset[str]) -> str:
    """The text as it is written in a filter: as it is where it is one word and none of `reserved`, else in quotes."""
    if _BARE.fullmatch(text) and text.casefold() not in reserved:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
