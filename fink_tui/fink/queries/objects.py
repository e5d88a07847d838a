"""Queries about what is known: objects by id, around a position, in the Solar System, by another name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fink_tui.fink.queries.common import FIELDS, columns, count, dated, day, ordered
from fink_tui.fink.queries.declare import (
    BOOL,
    CHOICE,
    DAYS,
    IDS,
    NAMES,
    NUMBER,
    POSITION,
    RADIUS,
    TEXT,
    Argument,
    Place,
    Query,
    Request,
    Values,
)
from fink_tui.fink.queries.values import known_id, survey_of_id
from fink_tui.sky.positions import OffTheSphere, parse_position, parse_radius

# A call returns 10,000 rows at most, and a long-followed object has some hundreds.
CHUNK = 20
_FEW = 5
_LONG = 7 * DAYS


def _object(survey: str, values: Values) -> list[Request]:
    found: list[Request] = []
    for which in ("ztf", "lsst"):
        ids = [name for of, name in values["ids"] if of == which]
        needed = which == "lsst" or len(ids) > _FEW
        for start in range(0, len(ids), CHUNK):
            some = ",".join(ids[start : start + CHUNK])
            found += light_curve(which, some, columns(which, values, needed=needed), whole=values.get("history", False))
    return found


def light_curve(survey: str, ids: str, asked: dict[str, str], *, whole: bool) -> list[Request]:
    """The calls for the alerts of objects (ids with commas); with `whole` upper limits and forced photometry too."""
    if survey == "ztf":
        more = {"withupperlim": "True"} if whole else {}
        return [Request("ztf", "objects", {"objectId": ids, **more, **asked}, closed_keep_s=_LONG)]
    alerts = Request("lsst", "sources", {"diaObjectId": ids, **asked}, closed_keep_s=_LONG)
    return [alerts, Request("lsst", "fp", {"diaObjectId": ids}, closed_keep_s=_LONG)] if whole else [alerts]


def summaries(ids: Sequence[str]) -> Request:
    """The call for what LSST's alerts lack: when their objects were first seen, and how many sources they have."""
    wanted = "r:diaObjectId,r:nDiaSources,f:firstDiaSourceMjdTaiFink"
    return Request("lsst", "objects", {"diaObjectId": ",".join(ids), "columns": wanted})


OBJECT = Query(
    "object",
    "Object",
    "All alerts of objects by their ids, of either survey",
    "fink-tui query object ZTF21abfmbix 170028500588167170",
    (
        Argument(
            "ids",
            IDS,
            "ids",
            "ZTF objectIds and LSST diaObjectIds, parted by spaces, commas or lines; the survey is told by their looks",
            required=True,
            high=2000,
        ),
        Argument("history", BOOL, "history", "with upper limits (ZTF) and forced photometry (LSST)", default="no"),
        FIELDS,
    ),
    _object,
    by_looks=True,
    asks_summaries=True,
)


def _cone(survey: str, values: Values) -> list[Request]:
    place: Place = values["position"]
    payload = {
        "ra": place.ra,
        "dec": place.dec,
        "radius": values["radius"],
        "n": values["n"],
        **dated(values),
        **columns(survey, values, needed=survey == "lsst"),
    }
    if "window" in values:
        payload["window"] = values["window"]
    return [Request(survey, "conesearch", payload)]


def named_place(survey: str, name: str, resolver: str) -> list[Request]:
    """The calls that may find where something of that name is, the likeliest first."""
    if resolver == "auto":
        is_transient = re.match(r"(AT|SN|TDE)\s*\d{4}", name, re.IGNORECASE)
        order: tuple[str, ...] = ("tns", "simbad", "ssodnet") if is_transient else ("simbad", "tns", "ssodnet")
    else:
        order = (resolver,)
    return [_resolve_with(survey, which, name) for which in order]


def _resolve_with(survey: str, resolver: str, name: str, *, reverse: bool = False) -> Request:
    if resolver == "tns" and not reverse:
        # TNS' names have no blank before the digits in none of Fink's tables.
        name = re.sub(r"(?i)^(AT|SN|TDE)\s*(?=\d)", lambda found: found.group(1).upper() + " ", name)
    payload = {"resolver": resolver, "name" if survey == "ztf" else "name_or_id": name, "nmax": 10}
    if reverse:
        payload["reverse"] = True
    return Request(survey, "resolver", payload, keep_s=3 * DAYS)


def _cone_cross(survey: str, values: Values) -> dict[str, str]:
    if "window" in values and "start" not in values:
        return {"window": "counts from the start: give --start as well"}
    if "window" in values and "stop" in values:
        return {"window": "give the window or the stop, not both"}
    return ordered(survey, values)


def _cone_notes(survey: str, values: Values) -> list[str]:
    found = []
    if "stop" in values and "start" not in values and survey == "ztf":
        found.append("Fink ignores --stop without --start for ZTF: nothing is cut by time")
    if survey == "lsst" and values["radius"] > 600.0:
        found.append("a wide cone of LSST may take Fink more than half a minute")
    return found


_DECIMAL = re.compile(r"[+\-−]?(?:\d+(?:\.\d*)?|\.\d+)")


def _cone_words(words: Sequence[str]) -> dict[str, str]:
    """The last word, or the last two where that is a unit, is the radius if a position or a name remains before it.

    Three plain numbers are RA, Dec and radius, whatever their signs.
    """
    parts = " ".join(words).replace(",", " ").split()
    if len(parts) == 3 and all(_DECIMAL.fullmatch(part) for part in parts):
        return {"position": " ".join(parts[:2]), "radius": parts[2]}
    if is_position(" ".join(words)):
        return {"position": " ".join(words)}
    for taken in (2, 1):
        rest, last = " ".join(words[:-taken]), " ".join(words[-taken:])
        if rest and not (taken == 2 and last[-1:].isdigit()) and _is_radius(last) and _is_place(rest):
            return {"position": rest, "radius": last}
    return {"position": " ".join(words)}


def _is_radius(text: str) -> bool:
    try:
        parse_radius(text)
    except ValueError:
        return False
    return True


def is_position(text: str) -> bool:
    """Whether a text is meant as coordinates, also as impossible ones."""
    try:
        parse_position(text)
    except OffTheSphere:
        return True
    except ValueError:
        return False
    return True


def _is_place(text: str) -> bool:
    return is_position(text) or bool(re.search(r"[^\W\d_]", text))


CONE = Query(
    "cone",
    "Cone",
    "Objects around a position or a name, the nearest first; one row an object, its newest alert",
    "fink-tui query cone '12:55:17.1 +02:53:50' 5arcsec",
    (
        Argument(
            "position",
            POSITION,
            "position",
            "RA and Dec (ICRS): 193.822 2.897, 12:55:17.1 +02:53:50, 12h55m17s +2d53m50s; or a name that SIMBAD or TNS "
            "knows",
            required=True,
        ),
        Argument(
            "radius",
            RADIUS,
            "radius",
            "5 (arcsec), 2 arcmin, 0.5 deg",
            default="5",
            unit="arcsec",
            low=0.0,
            high=18_000,
        ),
        day("start", "first seen from", "objects first detected after this time (UTC), whenever they were seen since"),
        day("stop", "first seen until", "objects first detected before this time (UTC); ZTF needs a start with it"),
        Argument(
            "window", NUMBER, "window", "days after the start instead of a stop", unit="days", low=0.0, high=10_000
        ),
        count(1000, "alerts that Fink looks through in each patch of the sky; it does not bound the answer"),
        Argument(
            "resolver",
            CHOICE,
            "resolver",
            "who is asked where a name is",
            default="auto",
            choices=("auto", "simbad", "tns", "ssodnet"),
        ),
        FIELDS,
    ),
    _cone,
    cross=_cone_cross,
    notes=_cone_notes,
    split=_cone_words,
)


def _sso(survey: str, values: Values) -> list[Request]:
    payload = {"n_or_d": values["name"], **columns(survey, values, needed=survey == "lsst")}
    if values.get("ephemeris"):
        payload["withEphem"] = True
        payload.pop("columns", None)
    return [Request(survey, "sso", payload, keep_s=DAYS / 24)]


SSO = Query(
    "sso",
    "Solar System object",
    "All alerts of an asteroid or comet",
    "fink-tui query sso '2015 BC557' --survey lsst",
    (
        Argument(
            "name",
            TEXT,
            "name",
            "number, name or designation: 8467, Julia, 2010 JO69, C/2020 V2; several with commas",
            required=True,
        ),
        Argument("ephemeris", BOOL, "ephemeris", "with the ephemerides of Miriade, which take longer", default="no"),
        FIELDS,
    ),
    _sso,
)


def _resolve(survey: str, values: Values) -> list[Request]:
    name, resolver = values["name"], values["resolver"]
    of = survey_of_id(name)
    if of is not None and resolver in ("auto", "tns"):
        return [_resolve_with(of, "tns", known_id(name)[1], reverse=True)]
    if resolver == "auto" and re.fullmatch(r"\d{1,7}|[12]\d{3} ?[A-Z]{2}\d*|[A-Z]/.*", name):
        return [_resolve_with(survey, which, name) for which in ("ssodnet", "simbad", "tns")]
    return named_place(survey, name, resolver)


RESOLVE = Query(
    "resolve",
    "Name",
    "What else an object is called: from a name of SIMBAD, TNS or the Solar System, or from a ZTF or LSST id to TNS",
    "fink-tui query resolve 'SN 2023vwy'",
    (
        Argument(
            "name", TEXT, "name", "SN 2023vwy, Markarian 2, Julia, ZTF23abmwsrw, 170028500588167170", required=True
        ),
        Argument(
            "resolver",
            CHOICE,
            "resolver",
            "who is asked; auto asks by the looks of the name, and the next where one knows nothing",
            default="auto",
            choices=("auto", "simbad", "tns", "ssodnet"),
        ),
    ),
    _resolve,
    rows=NAMES,
    first_answer=True,
)
