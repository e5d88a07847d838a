"""Queries about Fink itself: what a night brought, what fields mean, which classes, tags and blocks there are."""

from __future__ import annotations

import re
from typing import Any

from fink_tui.fink.queries.declare import DAYS, FACTS, TEXT, Argument, Query, Request, Values

_MONTH = 30 * DAYS
# Which nights are over: the newest may still grow.
_YOUNG_S = 10 * 60.0


def _night(survey: str, values: Values) -> list[Request]:
    digits = re.sub(r"\D", "", values["night"])
    return [Request(survey, "statistics", {"date": digits}, keep_s=_YOUNG_S, closed_keep_s=_MONTH)]


def _is_night(survey: str, values: Values) -> dict[str, str]:
    found = re.fullmatch(r"((?:20)\d\d)(?:-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?)?", values["night"])
    return {} if found else {"night": "expected a night, a month or a year: 2021-11-03, 2021-11, 2021"}


STATISTICS = Query(
    "statistics",
    "Statistics",
    "How many alerts, objects and classes a night brought; a month or a year gives a row a night",
    "fink-tui query statistics 2021-11-03",
    (Argument("night", TEXT, "night", "2021-11-03, 20211103, a month 2021-11 or a year 2021 (UTC)", required=True),),
    _night,
    rows=FACTS,
    cross=_is_night,
)


def _schema(survey: str, values: Values) -> list[Request]:
    if survey == "ztf":
        return [Request("ztf", "schema", keep_s=_MONTH, is_listing=True)]
    endpoint = {"endpoint": f"/api/v1/{values['endpoint']}"}
    return [Request("lsst", "schema", endpoint, keep_s=_MONTH, is_listing=True)]


def _schema_rows(request: Request, answer: Any, values: Values) -> list[dict[str, Any]]:
    wanted = values.get("field", "").casefold()
    found = []
    for family, fields in _pairs(answer):
        prefix = re.search(r"\((\w:)\)", family)
        for name, meaning in _pairs(fields):
            known = meaning if isinstance(meaning, dict) else {"doc": meaning}
            field = name if ":" in name or prefix is None else prefix.group(1) + name
            row = {"field": field, "type": _word(known.get("type")), "doc": _word(known.get("doc")), "family": family}
            if wanted in field.casefold() or wanted in str(row["doc"] or "").casefold():
                found.append(row)
    # The field that is named so comes before those that mention it.
    found.sort(key=lambda row: str(row["field"]).casefold().split(":")[-1] != wanted.split(":")[-1])
    return found


SCHEMA = Query(
    "schema",
    "Field",
    "What a field of the answers means, its type and its unit",
    "fink-tui query schema drb",
    (
        Argument("field", TEXT, "field", "part of the name or of the meaning; empty lists all"),
        Argument(
            "endpoint",
            TEXT,
            "endpoint",
            "whose fields: sources, objects, fp, conesearch, sso, tags",
            default="sources",
            surveys=("lsst",),
        ),
    ),
    _schema,
    rows=FACTS,
    read=_schema_rows,
)


def _class_rows(request: Request, answer: Any, values: Values) -> list[dict[str, Any]]:
    found = []
    for group, names in _pairs(answer):
        prefix = "(TNS) " if "TNS" in group else "(SIMBAD) " if "SIMBAD" in group else ""
        for name in names if isinstance(names, list) else []:
            full = str(name) if str(name).startswith("(") else prefix + str(name)
            found.append({"class": full, "group": re.sub(r"\s*\(see .*", "", group)})
    return found


CLASSES = Query(
    "classes",
    "Classes",
    "The classes that ZTF alerts can be asked for by",
    "fink-tui query classes",
    (),
    lambda survey, values: [Request("ztf", "classes", keep_s=DAYS, is_listing=True)],
    surveys=("ztf",),
    rows=FACTS,
    read=_class_rows,
)


def _tag_rows(request: Request, answer: Any, values: Values) -> list[dict[str, Any]]:
    found = []
    for name, meaning in _pairs(answer):
        known = meaning if isinstance(meaning, dict) else {"description": meaning}
        can = known.get("API support")
        found.append({"tag": name, "api": can if isinstance(can, bool) else None, "description": _first_text(known)})
    return found


TAGS = Query(
    "tags",
    "Tags",
    "The tags of LSST alerts, what they mean, and which of them can be asked for here (the others are streams only)",
    "fink-tui query tags",
    (),
    lambda survey, values: [Request("lsst", "tags", keep_s=DAYS, is_listing=True)],
    surveys=("lsst",),
    rows=FACTS,
    read=_tag_rows,
)


def _block_rows(request: Request, answer: Any, values: Values) -> list[dict[str, Any]]:
    return [
        {"block": name, "description": _first_text(meaning if isinstance(meaning, dict) else {"description": meaning})}
        for name, meaning in _pairs(answer)
    ]


BLOCKS = Query(
    "blocks",
    "Blocks",
    "The blocks that filters of LSST alerts are built from, and what they keep",
    "fink-tui query blocks",
    (),
    lambda survey, values: [Request("lsst", "blocks", keep_s=DAYS, is_listing=True)],
    surveys=("lsst",),
    rows=FACTS,
    read=_block_rows,
)


def _pairs(answer: Any) -> list[tuple[str, Any]]:
    """The entries of an object, also where it comes alone in a list."""
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    return [(str(name), value) for name, value in answer.items()] if isinstance(answer, dict) else []


def _word(value: Any) -> str | None:
    return None if value is None else " ".join(str(value).split())


def _first_text(known: dict[str, Any]) -> str | None:
    return _word(known.get("description", known.get("doc")))
