"""Text as typed -> values, kind by kind; what is wrong with one is said in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fink_tui.alerts import times
from fink_tui.fink.queries.declare import (
    BOOL,
    CHOICE,
    DATE,
    IDS,
    INTEGER,
    NUMBER,
    POSITION,
    RADIUS,
    TEXT,
    Argument,
    Checked,
    Place,
    Query,
)
from fink_tui.sky.positions import parse_position, parse_radius

_YES, _NO = ("yes", "true", "y", "1", "on"), ("no", "false", "n", "0", "off")
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*d(?:ays?)?(?:\s+ago)?", re.IGNORECASE)
_LONGEST = 100_000


def check(query: Query, survey: str, texts: Mapping[str, str], now: float | None = None) -> Checked:
    """Understand what was typed, before anything is sent.

    `now` (MJD UTC) is what "7d" counts back from. Values of arguments left empty are their defaults, or absent.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    if survey not in query.surveys:
        errors["survey"] = f"{query.name} exists for {' and '.join(query.surveys)} only"
    known = {argument.name for argument in query.arguments}
    errors |= {name: "there is no such argument" for name in texts if name not in known}
    for argument in query.for_survey(survey):
        typed = texts.get(argument.name, "").strip() or argument.default
        if not typed:
            if argument.required:
                errors[argument.name] = f"needed: {argument.help}"
            continue
        try:
            values[argument.name] = _READERS[argument.kind](argument, typed, times.now() if now is None else now)
        except (ValueError, OverflowError) as error:
            errors[argument.name] = str(error)
    for argument in query.arguments:
        if survey not in argument.surveys and texts.get(argument.name, "").strip():
            errors[argument.name] = f"exists for {' and '.join(argument.surveys)} only"
    if not errors:
        errors |= query.cross(survey, values)
    return Checked(values, errors, () if errors else tuple(query.notes(survey, values)))


def _text(argument: Argument, typed: str, now: float) -> str:
    if len(typed) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST:,} characters")
    return " ".join(typed.split())


def _choice(argument: Argument, typed: str, now: float) -> str:
    for choice in argument.choices:
        if choice.casefold() == typed.casefold():
            return choice
    raise ValueError(f"expected one of {', '.join(argument.choices)}")


def _bounded(argument: Argument, number: float) -> float:
    unit = f" {argument.unit}" if argument.unit else ""
    if argument.low is not None and not number >= argument.low:
        raise ValueError(f"must be {argument.low:,g}{unit} or more")
    if argument.high is not None and not number <= argument.high:
        raise ValueError(f"must be {argument.high:,g}{unit} or less")
    return number


def _number(argument: Argument, typed: str, now: float) -> float:
    try:
        number = float(typed)
    except ValueError:
        raise ValueError("expected a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("expected a number")
    return _bounded(argument, number)


def _integer(argument: Argument, typed: str, now: float) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", typed.replace(",", "")):
        raise ValueError("expected a whole number")
    return int(_bounded(argument, int(typed.replace(",", ""))))


def _date(argument: Argument, typed: str, now: float) -> str:
    """ISO 8601 UTC without a zone, which every endpoint understands; JD and MJD are not understood by all."""
    mjd = _moment(typed, now)
    if not 51544.0 <= mjd <= 88069.0:
        raise ValueError("expected a date between the years 2000 and 2100")
    iso = times.to_iso(mjd)
    assert iso is not None
    return iso[:-1].replace("T", " ")


def _moment(typed: str, now: float) -> float:
    if typed.lower() in ("today", "now"):
        return float(int(now)) if typed.lower() == "today" else now
    if ago := _AGO.fullmatch(typed):
        return now - float(ago.group(1))
    if re.fullmatch(r"\d{5}(\.\d*)?", typed):
        return float(typed)
    if re.fullmatch(r"\d{7}(\.\d*)?", typed):
        return times.from_jd(float(typed))
    try:
        return times.from_iso(typed)
    except ValueError:
        raise ValueError(
            "expected a date such as 2026-03-22, 2026-03-22T05:00, a JD, an MJD, or 7d for 7 days ago"
        ) from None


# What digits, units and signs of a position are made of; anything else is a name.
_COORDINATES = re.compile(r"[(+\-−]?\d[\d\s.:,;+\-−–hmsdeg°'\"′″()]*", re.IGNORECASE)


def _place(argument: Argument, typed: str, now: float) -> Place:
    if _COORDINATES.fullmatch(typed) or not re.search(r"[^\W\d_]", typed):
        return Place(*parse_position(typed))
    try:
        return Place(*parse_position(typed))
    except ValueError:
        return Place(None, None, _text(argument, typed, now))


def _radius(argument: Argument, typed: str, now: float) -> float:
    arcsec = parse_radius(typed.lstrip("-−"))
    if not arcsec > 0.0 or typed[:1] in "-−":
        raise ValueError("must be above 0")
    return _bounded(argument, arcsec)


def _bool(argument: Argument, typed: str, now: float) -> bool:
    if typed.lower() in _YES:
        return True
    if typed.lower() in _NO:
        return False
    raise ValueError("expected yes or no")


def _ids(argument: Argument, typed: str, now: float) -> tuple[tuple[str, str], ...]:
    found = [known_id(word) for word in re.split(r"[\s,;]+", typed) if word.strip("'\"")]
    if not found:
        raise ValueError(f"needed: {argument.help}")
    if argument.high is not None and len(found) > argument.high:
        raise ValueError(f"{len(found):,} ids: at most {argument.high:,g} at once")
    return tuple(dict.fromkeys(found))


def survey_of_id(text: str) -> str | None:
    """The survey an object id is of by its looks: ZTF21abfmbix, or the digits of an LSST diaObjectId; else None."""
    if re.fullmatch(r"ZTF\d{2}[a-z]{7}", text, re.IGNORECASE | re.ASCII):
        return "ztf"
    return "lsst" if re.fullmatch(r"[1-9][0-9]{9,18}", text, re.ASCII) and int(text) < 2**63 else None


def known_id(word: str) -> tuple[str, str]:
    """(survey, id as the survey writes it) of an object id. Raises ValueError."""
    word = word.strip("'\"")
    survey = survey_of_id(word)
    if survey is None:
        shown = "".join(c if c.isprintable() else " " for c in word[:40])
        raise ValueError(
            f"{shown} is no object id: expected ZTF21abfmbix or the digits of an LSST diaObjectId; "
            "for a Solar System object ask sso, for another name resolve"
        )
    return survey, "ZTF" + word[3:].lower() if survey == "ztf" else word


_READERS: dict[str, Callable[[Argument, str, float], Any]] = {
    TEXT: _text,
    CHOICE: _choice,
    NUMBER: _number,
    INTEGER: _integer,
    DATE: _date,
    POSITION: _place,
    RADIUS: _radius,
    BOOL: _bool,
    IDS: _ids,
}
