"""Answers of Fink as the records scripts see: one an object, or the rows as they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fink_tui.alerts.rows import ObjectRow
from fink_tui.alerts.times import now, to_iso
from fink_tui.fink.ask import Answer
from fink_tui.fink.queries.declare import FACTS, NAMES

_OBJECTS = ("object", "class", "n_alerts", "last_band", "last_mag", "last_flux_njy", "ra", "dec", "last_seen")
_NAMES = ("object", "survey", "aliases", "class", "class_origin", "ra", "dec")
_ZTF = (
    "i:objectId",
    "i:candid",
    "i:jd",
    "i:fid",
    "i:magpsf",
    "i:sigmapsf",
    "i:diffmaglim",
    "d:tag",
    "v:classification",
)
_LSST = ("r:diaObjectId", "r:diaSourceId", "r:midpointMjdTai", "r:band", "r:psfFlux", "r:psfFluxErr", "r:reliability")
_NIGHT = (
    "key:key", "basic:raw", "basic:sci", "basic:n_g", "basic:n_r", "basic:exposures", "basic:fields",
    "f:night", "f:alerts", "f:objects", "f:is_sso", "f:is_first", "f:in_tns", "f:is_cataloged", "f:visits",
)  # fmt: skip


def answer_rows(answer: Answer, *, raw: bool, fields: str) -> list[dict[str, Any]]:
    """The records of an answer, all with the same columns. `raw` gives the rows as they came."""
    if raw or answer.query.rows == FACTS:
        return _even(answer.rows)
    if answer.query.rows == NAMES:
        return [{name: value for name, value in object_record(row).items() if name in _NAMES} for row in answer.objects]
    if fields:
        return _even([object_record(row) | dict(row.fields) for row in answer.objects])
    shows = dict(answer.query.shows)
    return [object_record(row) | {name: row.fields.get(name) for name in shows} for row in answer.objects]


def _even(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the columns of all of them, in the order they first came in."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in names} for row in rows]


def object_record(row: ObjectRow) -> dict[str, Any]:
    """One object of an answer. Times are ISO 8601 UTC, angles degrees or arcseconds, fluxes nJy."""
    return {
        "object": row.object_id,
        "survey": row.survey or None,
        "aliases": list(row.aliases),
        "ra": row.ra,
        "dec": row.dec,
        "separation_arcsec": row.separation_arcsec,
        "class": row.label,
        "class_origin": row.label_origin or None,
        "is_moving": row.is_moving,
        "n_alerts": row.n_alerts,
        "first_seen": to_iso(row.first_mjd),
        "last_seen": to_iso(row.last_mjd),
        "last_mag": row.mag,
        "last_mag_err": row.mag_err,
        "last_band": row.band,
        "last_flux_njy": row.flux,
        "last_is_negative": row.is_negative,
    }


def shown_columns(answer: Answer, rows: Sequence[Mapping[str, Any]], *, raw: bool) -> list[str]:
    """The columns a person sees."""
    present = list(rows[0]) if rows else []
    if answer.query.rows == NAMES and not raw:
        return list(_NAMES)
    if answer.query.name == "statistics":
        return [name for name in _NIGHT if name in present] or present[:10]
    if answer.query.rows == FACTS:
        return present
    if raw:
        return [name for name in (*_ZTF, *_LSST, *dict(answer.fields_shown())) if name in present] or present[:10]
    more = [name for name, _ in answer.fields_shown() if name in present and name not in _OBJECTS]
    columns = [*_OBJECTS[:2], *more, *_OBJECTS[2:]]
    if any(row.separation_arcsec is not None for row in answer.objects):
        columns.insert(1, "separation_arcsec")
    return columns


def provenance(answer: Answer, line: str) -> dict[str, str]:
    """Where rows are from, for files that outlive the command: what was asked, of whom, when, with which reply."""
    asked = to_iso(now() - answer.age_s / 86_400.0) or ""
    found = {"query": line, "answered": f"Fink's answer of {asked}: {answer.summary()}"}
    for place, reply in enumerate(answer.replies, 1):
        arguments = ", ".join(f"{name}={value}" for name, value in reply.payload.items())
        found[f"request_{place}"] = f"{reply.url} {arguments}"[:2000].strip()
    return found
