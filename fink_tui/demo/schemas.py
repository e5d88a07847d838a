"""The Avro schemas of the alerts that Fink sends live, kept as field lists.

`ztf.fields` and `lsst.fields` list the fields in wire order: `[record]` opens a record, `name type` is one field.
A plain type, a map or an array may be null, and so may its items; a record may not: its fields are null instead.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

NAMESPACE = "topLevelRecord"
TOP = "value"
SURVEYS = ("ztf", "lsst")

Fields = dict[str, str]


@cache
def records(survey: str) -> dict[str, Fields]:
    """The fields of each record of a survey's alert, in wire order: record -> field -> type as in the list."""
    found: dict[str, Fields] = {}
    text = Path(__file__).with_name(f"{survey}.fields").read_text(encoding="ascii")
    for line in filter(None, text.splitlines()):
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), {})
        else:
            name, kind = line.split()
            current[name] = kind
    return found


def schema(survey: str) -> dict[str, Any]:
    """The Avro schema of one live alert of "ztf" or "lsst", as the message key carries it."""
    return _record(records(survey), TOP)


def blank(survey: str, record: str) -> dict[str, Any]:
    """One record with every field null, in wire order."""
    return dict.fromkeys(records(survey)[record])


def filled(survey: str, record: str, values: dict[str, Any]) -> dict[str, Any]:
    """One record with these values and null elsewhere; raises KeyError on a field that the survey does not have."""
    whole = blank(survey, record)
    unknown = values.keys() - whole.keys()
    if unknown:
        raise KeyError(f"{survey} {record} has no {sorted(unknown)}")
    whole.update(values)
    return whole


def names_of_type(survey: str, record: str, kind: str) -> list[str]:
    """The fields of a record that have one type, in wire order."""
    return [name for name, its_kind in records(survey)[record].items() if its_kind == kind]


def _record(all_records: dict[str, Fields], name: str) -> dict[str, Any]:
    fields = [{"name": field, "type": _type(all_records, kind)} for field, kind in all_records[name].items()]
    return {"type": "record", "name": f"{NAMESPACE}.{name}", "fields": fields}


def _type(all_records: dict[str, Fields], kind: str) -> Any:
    outer, _, inner = kind.partition(":")
    if outer == "record":
        return _record(all_records, inner)
    if outer in ("array", "map"):
        items = _type(all_records, inner)
        nullable = items if isinstance(items, list) else [items, "null"]
        return [{"type": outer, "items" if outer == "array" else "values": nullable}, "null"]
    return [kind, "null"]
