"""A filter as a tree, and the tree as text again."""

from __future__ import annotations

from dataclasses import dataclass

from fink_tui.filters.tokens import quoted

KEYWORDS = frozenset({"and", "or", "not"})
NONE = "none"
# Signs that other languages have for the keywords: never words to look for.
FOREIGN = {"&": "and", "&&": "and", "|": "or", "||": "or", "!": "not"}
NO_WORDS = KEYWORDS | FOREIGN.keys()


@dataclass(frozen=True, slots=True)
class Days:
    """A span of time."""

    days: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date with a time, in ISO 8601; without a zone it is UTC."""

    text: str


Value = str | float | bool | Days | Moment | None


@dataclass(frozen=True, slots=True)
class Word:
    """A text that any of the names, class, status, topics, tags or notes holds."""

    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against a value; None stands for missing."""

    field: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    """What the term is not."""

    term: Node


@dataclass(frozen=True, slots=True)
class All:
    """Every term; without terms, everything."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One term at least."""

    terms: tuple[Node, ...]


Node = Word | Comparison | Not | All | Either


def to_text(node: Node) -> str:
    """A text that parses to this very tree."""
    match node:
        case Word(text):
            return quoted(text, reserved=NO_WORDS)
        case Comparison(field, operator, value):
            return f"{field}{operator}{_value(value)}"
        case Not(term):
            return f"not {_part(term)}"
        case All(terms):
            return " and ".join(map(_part, terms))
        case Either(terms):
            return " or ".join(map(_part, terms))


def _part(node: Node) -> str:
    return f"({to_text(node)})" if isinstance(node, All | Either) else to_text(node)


def _value(value: Value) -> str:
    match value:
        case None:
            return NONE
        case bool():
            return "yes" if value else "no"
        case float():
            return repr(value)
        case Days(days):
            return f"{days!r}d"
        case Moment(text):
            return quoted(text, reserved=NO_WORDS)
        case _:
            return quoted(value, reserved=NO_WORDS | {NONE})
