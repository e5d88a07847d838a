"""What a query is: declared once, and from that come the form, the flags, the checks, the requests and the history.

Values are text as a person typed it, by the names of the arguments; that is what forms hold and histories keep.
`check` turns them into what the requests need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SURVEYS = ("ztf", "lsst")

TEXT = "text"
CHOICE = "choice"
NUMBER = "number"
INTEGER = "integer"
DATE = "date"
POSITION = "position"
RADIUS = "radius"
BOOL = "bool"
IDS = "ids"

# What the rows of an answer are.
ALERTS = "alerts"
NAMES = "names"
FACTS = "facts"

MINUTES, DAYS = 60.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing a query wants to know.

    `default` is text like any value; `low` and `high` are bounds in `unit`. `completion` names where values to offer
    come from: a query whose rows have them under `completion_key`; with `is_closed` no others are sent.
    """

    name: str
    kind: str
    title: str
    help: str
    required: bool = False
    default: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    completion: str = ""
    completion_key: str = ""
    is_closed: bool = False
    surveys: tuple[str, ...] = SURVEYS


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API: POST of `payload` as JSON, or GET where there is none.

    `keep_s` is how long (seconds) the answer may be used again unasked; `closed_keep_s` holds instead for a light
    curve to which nothing was added for months. `is_listing` is set where the answer is an object and no list
    of rows.
    """

    survey: str
    endpoint: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    keep_s: float = 5 * MINUTES
    closed_keep_s: float | None = None
    is_listing: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A position argument, understood: degrees ICRS, or the name of something whose position must be asked for."""

    ra: float | None
    dec: float | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """Values understood, and in plain words what is wrong with the others; notes say what the server will do."""

    values: Mapping[str, Any]
    errors: Mapping[str, str]
    notes: tuple[str, ...] = ()


Values = Mapping[str, Any]


def _nothing(survey: str, values: Values) -> dict[str, str]:
    return {}


def _no_notes(survey: str, values: Values) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Query:
    """One question that Fink answers.

    `requests(survey, values)` makes the calls from checked values. With `first_answer` they are alternatives, of which
    the first with rows counts. `names(survey, place)` makes the calls that find a named position. `cross` finds what
    is wrong between arguments, `notes` says what the server makes of them. `read(request, answer, values)` turns an
    answer that is no list of rows into one. `split(words)` gives the words of a command line to the arguments.
    `shows` are fields, with a short title each, that this query is asked for the sake of. With `asks_summaries` the
    server is asked once more, for what the alerts of LSST do not say of their objects.
    """

    name: str
    title: str
    help: str
    example: str
    arguments: tuple[Argument, ...]
    requests: Callable[[str, Values], list[Request]]
    surveys: tuple[str, ...] = SURVEYS
    rows: str = ALERTS
    first_answer: bool = False
    by_looks: bool = False
    shows: tuple[tuple[str, str], ...] = ()
    asks_summaries: bool = False
    cross: Callable[[str, Values], dict[str, str]] = _nothing
    notes: Callable[[str, Values], list[str]] = _no_notes
    read: Callable[[Request, Any, Values], list[dict[str, Any]]] | None = None
    split: Callable[[Sequence[str]], dict[str, str]] | None = None

    def for_survey(self, survey: str) -> tuple[Argument, ...]:
        """The arguments that the query has for a survey."""
        return tuple(argument for argument in self.arguments if survey in argument.surveys)

    def argument(self, name: str) -> Argument:
        """The argument of that name. Raises KeyError."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)
