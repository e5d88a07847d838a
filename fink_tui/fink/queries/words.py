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
    """The values that say something: those of the survey, not empty, and not the default of what may be left out."""
    return {
        argument.name: values[argument.name]
        for argument in query.for_survey(survey)
        if values.get(argument.name, "").strip() and (argument.required or values[argument.name] != argument.default)
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
_LISTED = re.compile(r"(?P<name>.*[^\W\d_].*?)\s*,\s*(?P<number>\d+)\s*(?P<days>d|days?)?", re.DOTALL)
_CLASS = re.compile(r"\((?:TNS|SIMBAD|CTA)\) .+|.+ candidate", re.DOTALL)
# All of Fink's tags, and none of its classes, are small words parted by underscores.
_TAG = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
# A number, a provisional designation, a comet.
_MOVING = re.compile(r"\d{1,7}|(?:18|19|20)\d{2} ?[A-Z]{2}\d*|\d{1,4}[PDI](?:/.+)?|[PCDXAI]/.+")
_UNIT = re.compile(r"[\d.]\s*(?:[a-zA-Z]+|[°'\"′″])$")


def query_from_text(text: str, survey: str = "ztf") -> Asked | None:
    """What pasted text asks for, or None; `survey` is the one meant where the text does not tell.

    Understood are our own command lines, ids, positions with or without a radius (arcsec), "class, n" and "tag, n",
    "class, N days" (with its unit: without, it is a number of alerts), classes, tags, tracklets, gravitational waves,
    numbers and designations of the Solar System, and any other name.
    """
    cleaned = text.strip().removeprefix("$ ")
    if cleaned.startswith("fink-tui query "):
        from fink_tui.fink.queries.flags import asked_of_line

        return asked_of_line(cleaned)
    words = cleaned.replace(",", " ").replace(";", " ").split()
    if words and all(survey_of_id(word) for word in words):
        return Asked("object", survey_of_id(words[0]) or "ztf", {"ids": " ".join(words)})
    return _place(cleaned, survey) or _list(cleaned, survey) or _name(cleaned, survey)


def _place(text: str, survey: str) -> Asked | None:
    """A cone, where the text has numbers for a position, or a name with a radius that has its unit."""
    from fink_tui.fink.queries.objects import CONE, is_position

    assert CONE.split is not None
    first, *rest = [part.strip() for part in text.split(",")]
    joined = f"{first}, {rest[0]}" if len(rest) == 2 else ""
    for parted in ([joined, rest[1]] if joined else [], text.split()):
        values = CONE.split(parted) if parted else {}
        where = values.get("position", "").rstrip(", ")
        if is_position(where) or ("radius" in values and _UNIT.search(values["radius"]) and not is_position(text)):
            return Asked("cone", survey, {**values, "position": where})
    return None


def _list(text: str, survey: str) -> Asked | None:
    """The newest alerts of a class or a tag, so many or so far back."""
    found = _LISTED.fullmatch(text)
    name = found["name"].strip() if found else text
    is_tag = bool(_TAG.fullmatch(name)) or (found is not None and survey == "lsst" and not _CLASS.fullmatch(name))
    if "," in name or not (found or is_tag or _CLASS.fullmatch(name)):
        return None
    query, of = ("tag", "lsst") if is_tag else ("class", "ztf")
    extra = {} if found is None else {"n": found["number"]}
    if found and found["days"]:
        extra = {"start": f"{found['number']}d", "n": "1000"}
    return Asked(query, of, {query: name, **extra})


def _name(text: str, survey: str) -> Asked | None:
    if re.fullmatch(r"TRCK_\d{8}_\d{6}_\d+", text):
        return Asked("tracklet", "ztf", {"id": text})
    if re.fullmatch(r"M?S\d{6}[a-z]{1,3}", text):
        return Asked("skymap", survey, {"event": text})
    if _MOVING.fullmatch(text):
        return Asked("sso", survey, {"name": text})
    if re.search(r"[^\W\d_]", text) and "," not in text and not text.startswith("fink-tui"):
        return Asked("resolve", survey, {"name": text})
    return None
