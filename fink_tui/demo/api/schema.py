"""/schema: the columns of both APIs with their types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fink_tui.demo.api import computed, nights, rows
from fink_tui.demo.api.docs import DOCS
from fink_tui.demo.api.errors import Refused, Reply, json_reply, text
from fink_tui.demo.schemas import records

_UNDOCUMENTED = "TBD"  # what the real API has where a field has no description
_ORIGINAL, _FINK, _CUTOUTS = (
    "LSST original fields (r:)",
    "Fink science module outputs (f:)",
    "LSST original cutouts (b:)",
)
_VERSIONS = {"fink_broker_version": "4.1", "fink_science_version": "8.39.0"}
Fields = dict[str, dict[str, str]]


def of_ztf() -> Reply:
    """GET /schema of ZTF: four groups of fields without their prefixes."""
    cutouts = {f"cutout{kind}_stampData" for kind in ("Science", "Template", "Difference")}
    return json_reply(
        {
            "ZTF original fields (i:)": _fields(rows.ZTF_ORIGINAL, _types("ztf")),
            "ZTF original cutouts (b:)": _fields(cutouts, dict.fromkeys(cutouts, "array")),
            "Fink science module outputs (d:)": _fields((*rows.ZTF_FINK, "d:tag"), _types("ztf")),
            "Fink on-the-fly added values (v:)": _fields(computed.COLUMNS, computed.COLUMNS),
        }
    )


def of_lsst(arguments: Any) -> Reply:
    """/schema of LSST for one endpoint; raises Refused with a 404 for another."""
    endpoint = arguments["endpoint"]
    source, summary = rows.LSST_SOURCE, rows.LSST_OBJECT
    original: dict[str, Iterable[str]] = {
        "/api/v1/sources": source,
        "/api/v1/tags": source,
        "/api/v1/objects": summary,
        "/api/v1/conesearch": rows.LSST_PIXEL,
        "/api/v1/fp": rows.LSST_FORCED,
        "/api/v1/sso": (*(name for name in rows.LSST_MOVING if name.startswith("r:")), "f:sso_name"),
        "/api/v1/statistics": [f"f:{name}" for name in nights.LSST_COLUMNS],
    }
    if endpoint == "/api/v1/cutouts":
        kinds = [f"cutout{kind}" for kind in ("Difference", "Science", "Template")]
        return json_reply({_CUTOUTS: _fields(kinds, dict.fromkeys(kinds, "bytes"))})
    if endpoint not in original:
        raise Refused(text(404, f"{endpoint} is not a valid endpoint"))
    groups = {_ORIGINAL: "r:", _FINK: "f:"}
    found = {group: [name for name in original[endpoint] if name.startswith(p)] for group, p in groups.items()}
    return json_reply({group: _lsst_fields(group, names) for group, names in found.items() if names})


def _lsst_fields(group: str, names: Iterable[str]) -> dict[str, dict[str, str]]:
    fields = _fields(names, _types("lsst"))
    return {name: field | _VERSIONS for name, field in fields.items()} if group == _FINK else fields


def _fields(names: Iterable[str], types: dict[str, str]) -> Fields:
    # Everything after the prefix; the names of computed columns have none.
    bare = sorted(name[2:] if name[1:2] == ":" else name for name in names)
    return {name: {"type": types.get(name, "string"), "doc": DOCS.get(name, _UNDOCUMENTED)} for name in bare}


def _types(survey: str) -> dict[str, str]:
    flattened = {"xm": "xm_", "clf": "clf_"}
    return {
        f"{flattened.get(record, '')}{name}": kind
        for record, fields in reversed(records(survey).items())
        for name, kind in fields.items()
        if ":" not in kind
    }
