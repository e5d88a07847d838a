"""Queries that list alerts: of a class, of a tag, anomalies, tracklets, the region of a gravitational wave."""

from __future__ import annotations

import re

from fink_tui.fink.queries.common import FIELDS, columns, count, dated, day, ordered
from fink_tui.fink.queries.declare import CHOICE, DAYS, INTEGER, NUMBER, TEXT, Argument, Query, Request, Values

_TRENDS = ("rising", "fading", "low_state", "new_low_state")
_BLAZAR = "(CTA) Blazar low state"


def _latests(survey: str, values: Values) -> list[Request]:
    payload = {"class": values["class"], "n": values["n"], **dated(values), **columns(survey, values, needed=False)}
    if "trend" in values:
        payload["trend"] = values["trend"]
    return [Request("ztf", "latests", payload)]


def _trend(survey: str, values: Values) -> dict[str, str]:
    if values.get("trend") in ("low_state", "new_low_state") and values["class"] != _BLAZAR:
        return {"trend": f"{values['trend']} exists for the class {_BLAZAR} only"}
    return ordered(survey, values)


def _trend_notes(survey: str, values: Values) -> list[str]:
    if "trend" in values:
        return [f"Fink takes the {values['n']:,} newest alerts first and the {values['trend']} ones among them after"]
    return []


CLASS = Query(
    "class",
    "Class",
    "The newest alerts of a class of ZTF; several may be of one object. Fink's list of ZTF grows once a day, after "
    "the night",
    "fink-tui query class 'Early SN Ia candidate' --n 50",
    (
        Argument(
            "class",
            TEXT,
            "class",
            "a class as fink-tui query classes lists them, such as SN candidate, (TNS) SN Ia, (SIMBAD) QSO",
            required=True,
            default="Early SN Ia candidate",
            completion="classes",
            completion_key="class",
            is_closed=True,
        ),
        count(100, "how many alerts, the newest first; not how many objects"),
        day("start", "from", "alerts observed after this time (UTC)"),
        day("stop", "until", "alerts observed before this time (UTC)"),
        Argument(
            "trend",
            CHOICE,
            "trend",
            f"keep those whose light curve goes this way; low_state and new_low_state are of {_BLAZAR}",
            choices=_TRENDS,
        ),
        FIELDS,
    ),
    _latests,
    surveys=("ztf",),
    cross=_trend,
    notes=_trend_notes,
)


def _tags(survey: str, values: Values) -> list[Request]:
    payload = {"tag": values["tag"], "n": values["n"], **dated(values), **columns(survey, values, needed=True)}
    return [Request("lsst", "tags", payload)]


TAG = Query(
    "tag",
    "Tag",
    "The newest alerts of a tag of LSST; several are often of one object",
    "fink-tui query tag extragalactic_new_candidate --n 100 --start 2d",
    (
        Argument(
            "tag",
            TEXT,
            "tag",
            "a tag as fink-tui query tags lists them; those of the livestream alone can't be asked for",
            required=True,
            default="extragalactic_lt20mag_candidate",
            completion="tags",
            completion_key="tag",
            is_closed=True,
        ),
        count(100, "how many alerts, the newest first; not how many objects"),
        day("start", "from", "alerts observed after this time (UTC)"),
        day("stop", "until", "alerts observed before this time (UTC)"),
        FIELDS,
    ),
    _tags,
    surveys=("lsst",),
    asks_summaries=True,
    cross=ordered,
)


def _anomaly(survey: str, values: Values) -> list[Request]:
    dates = dated(values, "start_date", "stop_date", digits=10)
    return [Request("ztf", "anomaly", {"n": values["n"], **dates, **columns(survey, values, needed=False)})]


ANOMALY = Query(
    "anomaly",
    "Anomalies",
    "The ten most anomalous alerts of each ZTF night since 2023-01-25; the lower the score, the odder",
    "fink-tui query anomaly --start 7d",
    (
        count(10, "how many alerts, the newest first"),
        day("start", "from", "nights from this date on (UTC, the day alone counts)"),
        day("stop", "until", "nights up to this date (UTC, the day alone counts)"),
        FIELDS,
    ),
    _anomaly,
    surveys=("ztf",),
    shows=(("d:anomaly_score", "score"),),
    cross=ordered,
)


def _tracklet(survey: str, values: Values) -> list[Request]:
    known = {"id": values["id"]} if "id" in values else {"date": _trimmed(values["date"])}
    return [Request("ztf", "tracklet", {**known, **columns(survey, values, needed=False)})]


def _trimmed(date: str) -> str:
    """The endpoint takes a day, an hour, a minute or a second: what is zero at the end was not said."""
    short = re.sub(r"\.\d+$", "", date)
    for ending in (" 00:00:00", ":00:00", ":00"):
        short = short.removesuffix(ending)
        if short != re.sub(r"\.\d+$", "", date):
            break
    return short


def _one_of_two(survey: str, values: Values) -> dict[str, str]:
    if "date" in values and "id" in values:
        return {"id": "give the date or the id, not both"}
    if "id" in values:
        fits = re.fullmatch(r"TRCK_\d{8}_\d{6}_\d+", values["id"])
        return {} if fits else {"id": "expected an id such as TRCK_20211022_041138_00"}
    return {} if "date" in values else {"date": "give a date or, with --id, a tracklet"}


TRACKLET = Query(
    "tracklet",
    "Tracklets",
    "Satellites and debris that crossed a ZTF exposure, of a night or one by its id",
    "fink-tui query tracklet 2021-10-22",
    (
        day("date", "date", "a day, or with a time the hour, the minute or the second of the exposure (UTC)"),
        Argument("id", TEXT, "tracklet", "one tracklet, such as TRCK_20211022_041138_00"),
        FIELDS,
    ),
    _tracklet,
    surveys=("ztf",),
    shows=(("d:tracklet", "tracklet"),),
    cross=_one_of_two,
)


def _skymap(survey: str, values: Values) -> list[Request]:
    payload = {
        "event_name": values["event"],
        "credible_level": values["level"],
        "n_day_before": values["before"],
        "n_day_after": values["after"],
        **columns(survey, values, needed=survey == "lsst"),
    }
    return [Request(survey, "skymap", payload, keep_s=DAYS / 24)]


def _superevent(survey: str, values: Values) -> dict[str, str]:
    if re.fullmatch(r"M?S\d{6}[a-z]{1,3}", values["event"]):
        return {}
    return {"event": "expected the name of a GraceDB event such as S230709bi"}


def _skymap_notes(survey: str, values: Values) -> list[str]:
    return ["Fink does not yet cut the LSST alerts of an event by time"] if survey == "lsst" else []


SKYMAP = Query(
    "skymap",
    "Gravitational wave",
    "Alerts inside the region of a gravitational wave event, in the days around it",
    "fink-tui query skymap S230709bi --level 0.2",
    (
        Argument("event", TEXT, "event", "the name in GraceDB, such as S230709bi", required=True),
        Argument(
            "level",
            NUMBER,
            "credible level",
            "how much of the probability the region holds; a large one takes Fink long",
            default="0.2",
            low=0.0,
            high=1.0,
        ),
        Argument("before", INTEGER, "days before", "days before the event", default="1", unit="days", low=0, high=7),
        Argument("after", INTEGER, "days after", "days after the event", default="6", unit="days", low=0, high=14),
        FIELDS,
    ),
    _skymap,
    cross=_superevent,
    notes=_skymap_notes,
)
