"""Queries as one line: the command that can be pasted and shared, and pasted text understood."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fink_tui.fink.queries.declare import BOOL, Query
from fink_tui.fink.queries.values import survey_of_id


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its values as typed."""

    query: str
    survey: str
    values: Mapping[str, str]


def default_survey(query: Query) -> str:
    """The survey a query is about where none is named."""
    return query.surveys[0]


def given_values(query: Query, survey: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values that say something: those of the survey, not empty and not the default."""
    return {
        argument.name: values[argument.name]
        for argument in query.for_survey(survey)
        if values.get(argument.name, "").strip() and values[argument.name] != argument.default
    }


def split_words(query: Query, words: Sequence[str]) -> dict[str, str]:
    """The plain words of a command line as values."""
    if not words or not query.arguments:
        return {}
    return query.split(words) if query.split else {query.arguments[0].name: " ".join(words)}


def command_line(query: Query, survey: str, values: Mapping[str, str]) -> str:
    """The command that asks the same: `fink-tui query ...`, quoted for a shell."""
    given = given_values(query, survey, values)
    words, spoken = _plain_words(query, given)
    parts = ["fink-tui", "query", query.name, *words]
    if survey != default_survey(query) and not query.by_looks:
        parts += ["--survey", survey]
    for name, value in given.items():
        if name in spoken:
            continue
        flag = f"--{name.replace('_', '-')}"
        if query.argument(name).kind == BOOL and value == "yes":
            parts.append(flag)
        else:
            parts += [f"{flag}={value}"] if value.startswith("-") or not value else [flag, value]
    return " ".join(shlex.quote(part) for part in parts)


def _plain_words(query: Query, given: Mapping[str, str]) -> tuple[list[str], Mapping[str, str]]:
    """What can be said without a flag, and the values it stands for."""
    if not query.arguments:
        return [], {}
    first = query.arguments[0].name
    pair = ("position", "radius")
    candidates = [pair, (first,)] if query.split else [(first,)]
    for names in candidates:
        spoken = {name: given[name] for name in names if name in given}
        words = list(spoken.values())
        if (
            len(spoken) == len(names)
            and not any(w.startswith("-") for w in words)
            and split_words(query, words) == spoken
        ):
            return words, spoken
    return [], {}


# The four text forms of tom_fink: an id; RA, Dec, radius; class, number of alerts; class, days.
_CLASS = re.compile(r"(?P<name>.*[^\W\d_].*?)\s*,\s*(?P<number>\d+)\s*(?P<days>d|days?)?", re.DOTALL)


def query_from_text(text: str) -> Asked | None:
    """What pasted text asks for, or None.

    Understood are our own command lines, ids, "RA, Dec, radius" in arcsec, "class, n", and "class, N days" (with its
    unit: without, it is a number of alerts).
    """
    cleaned = text.strip().removeprefix("$ ")
    if cleaned.startswith("fink-tui query "):
        from fink_tui.fink.queries.flags import asked_of_line

        return asked_of_line(cleaned)
    words = cleaned.replace(",", " ").replace(";", " ").split()
    if words and all(survey_of_id(word) for word in words):
        return Asked("object", survey_of_id(words[0]) or "ztf", {"ids": " ".join(words)})
    parts = [part.strip() for part in cleaned.split(",")]
    if len(parts) == 3 and all(parts):
        from fink_tui.fink.queries.objects import CONE

        asked = CONE.split(parts) if CONE.split else {}
        if "radius" in asked:
            return Asked("cone", "ztf", {"position": f"{parts[0]}, {parts[1]}", "radius": parts[2]})
    found = _CLASS.fullmatch(cleaned)
    if found and len(parts) == 2:
        number = found["number"]
        extra = {"start": f"{number}d", "n": "1000"} if found["days"] else {"n": number}
        return Asked("class", "ztf", {"class": found["name"].strip(), **extra})
    return None
