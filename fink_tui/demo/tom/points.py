"""Reduced data: single points, in version 3 with a table for photometry, before in one for everything."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fink_tui.demo.tom.access import User
from fink_tui.demo.tom.fields import Field, Wrong, checked, number, text
from fink_tui.demo.tom.messages import Reply, Request, invalid, json_reply
from fink_tui.demo.tom.pages import listed
from fink_tui.demo.tom.search import like
from fink_tui.demo.tom.site import Site

_FORMAT = (
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
_SPELLINGS = {
    "brightness": ("brightness", "magnitude", "mag"),
    "brightness_error": ("error", "brightness_error", "magnitude_error", "mag_err"),
    "bandpass": ("bandpass", "filter", "band", "f"),
}
_NUMBERS = ("brightness", "brightness_error", "limit", "exposure_time")
_TEXTS = ("unit", "telescope", "instrument", "reduction_version")
_TYPES = ("photometry", "spectroscopy", "astrometry", "fits_file", "image_file", "forced_photometry", "log")
TYPED, PLAIN = "tom_dataproducts_photometryreduceddatum", "tom_dataproducts_reduceddatum"


@dataclass(frozen=True, slots=True)
class Points:
    """The points as one user has to do with them."""

    site: Site
    db: sqlite3.Connection
    user: User

    def find(self, request: Request) -> Reply:
        """Those that fit the request's query; in version 2 everybody's, whoever asks."""
        given = {name: value for name, value in request.query.items() if value}
        kind = given.get("data_type", "").lower() if self.site.modern else given.get("data_type", "")
        if "target__id" in given and not given["target__id"].isdecimal():
            if not self.site.modern:
                raise invalid({"target__id": ["Enter a number."]})
            del given["target__id"]
        tables = (TYPED, PLAIN) if self.site.modern else (PLAIN,)
        rows = [row for table in tables for row in self._found(table, kind, given)]
        if self.site.modern:
            rows.sort(key=lambda row: str(row["timestamp"]), reverse=True)
        return listed(self.site, request, rows, self.shown)

    def create(self, data: Any) -> Reply:
        """Add one; version 2 stumbles over one that is there, version 3 says so."""
        try:
            values = checked(data, self._fields(), partial=False)
        except Wrong as wrong:
            raise invalid(wrong.errors) from wrong
        values = {"source_name": "", "source_location": "", "timestamp": stored(datetime.now(UTC)), **values}
        if not self.site.modern:
            return self._add_plain(values)
        value = values.pop("value", None)
        if not isinstance(value, dict) or not value:
            raise TypeError("value is no dictionary")
        values["data_type"] = values.get("data_type", "").lower()
        if values["data_type"] == "photometry":
            return self._add_typed(values, value)
        return self._add_plain({**values, "value": value})

    def delete(self, key: str) -> Reply:
        """Delete one; nobody is asked whether he may, and the number may be of another table's."""
        for table in (TYPED, PLAIN):
            if self.db.execute(f"DELETE FROM {table} WHERE id=?", (key,)).rowcount:
                return Reply(204, b"")
        return json_reply({"detail": "Not found."}, 404)

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        """A point as JSON, without its number."""
        typed = "bandpass" in row.keys()  # noqa: SIM118
        value = json.loads(row["value"])
        if typed:
            names = ("brightness", "brightness_error", "bandpass", "unit", "telescope", "instrument")
            value = {name: row[name] for name in names}
        return {
            "data_product": None if typed else row["data_product_id"],
            "data_type": "photometry" if typed else row["data_type"],
            "source_name": row["source_name"],
            "source_location": row["source_location"],
            "timestamp": f"{row['timestamp'].replace(' ', 'T')}Z",
            "value": value,
            "target": row["target_id"],
        }

    def _found(self, table: str, kind: str, given: Mapping[str, str]) -> Iterable[sqlite3.Row]:
        conditions, values = ["1"], []
        if self.site.modern:
            conditions.append(f"target_id IN ({self.user.permitted('view')})")
        if kind and table == PLAIN:
            conditions.append("data_type=?")
            values.append(kind)
        elif kind not in ("", "photometry"):
            return []
        for name, column in (
            ("target__id", "target_id"),
            ("source_name", "source_name"),
            ("data_product__id", "data_product_id"),
        ):
            if name in given:
                conditions.append(f"{column}=?")
                values.append(given[name])
        if "target_name" in given:
            named = "SELECT id FROM tom_targets_basetarget WHERE name LIKE ? ESCAPE '\\' UNION"
            named += " SELECT target_id FROM tom_targets_targetname WHERE name LIKE ? ESCAPE '\\'"
            conditions.append(f"target_id IN ({named})")
            values += [like(given["target_name"])] * 2
        return self.db.execute(f"SELECT * FROM {table} WHERE {' AND '.join(conditions)} ORDER BY id", values).fetchall()

    def _fields(self) -> list[Field]:
        return [
            Field("data_type", text(100), {}),
            Field("source_name", text(100, blank=True), {}),
            Field("source_location", text(200, blank=True), {}),
            Field("timestamp", moment, {}),
            Field("value", _not_null, {}, required=not self.site.modern),
            Field("target", self._target, {}, required=True),
        ]

    def _target(self, value: Any) -> int:
        """The number of a target that may be changed."""
        return changeable(self.db, self.user, value)

    def _add_typed(self, values: dict[str, Any], value: Mapping[str, Any]) -> Reply:
        row = typed_row({**values, **value})
        try:
            key = insert_typed(self.db, row)
        except (Wrong, sqlite3.IntegrityError):
            # What is there is looked for by less than what must be unique.
            query = f"SELECT * FROM {TYPED} WHERE target_id=? AND bandpass=? AND timestamp=? ORDER BY id"
            known = self.db.execute(query, (row["target_id"], row["bandpass"], row["timestamp"])).fetchone()
            if known is None:
                raise
            said = {"message": "Data already exists. Skipping upload.", "already_exists": True}
            return json_reply({**self.shown(known), **said})
        return self._added(TYPED, key)

    def _add_plain(self, values: Mapping[str, Any]) -> Reply:
        kind, value = values.get("data_type", ""), values["value"]
        if not self.site.modern and (kind not in _TYPES or value in ({}, [], "")):
            raise ValueError("not a valid data type, or nothing in it")
        query = f"SELECT value FROM {PLAIN} WHERE target_id=? AND data_type=? AND timestamp=?"
        known = self.db.execute(query, (values["target"], kind, values["timestamp"]))
        if any(json.loads(row["value"]) == value for row in known):
            raise ValueError("it is there")
        row = (
            kind,
            values["source_name"],
            values["source_location"],
            values["timestamp"],
            json.dumps(value),
            values["target"],
        )
        columns = "data_type, source_name, source_location, timestamp, value, target_id"
        made = self.db.execute(f"INSERT INTO {PLAIN} ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)
        return self._added(PLAIN, made.lastrowid)

    def _added(self, table: str, key: int | None) -> Reply:
        row = self.db.execute(f"SELECT * FROM {table} WHERE id=?", (key,)).fetchone()
        return json_reply({**self.shown(row), "message": "Data successfully uploaded."}, 201)


def changeable(db: sqlite3.Connection, user: User, value: Any) -> int:
    """The number of a target that a user may change; raises Wrong."""
    if value is None:
        raise Wrong("This field may not be null.")
    try:
        key = int(value)
    except (TypeError, ValueError):
        raise Wrong(f"Incorrect type. Expected pk value, received {type(value).__name__}.") from None
    sql = f"SELECT 1 FROM tom_targets_basetarget WHERE id=? AND id IN ({user.permitted('change')})"
    if not db.execute(sql, (key,)).fetchone():
        raise Wrong(f'Invalid pk "{key}" - object does not exist.')
    return key


def moment(value: Any) -> str:
    """A time as it is stored, in UTC to the microsecond; raises Wrong."""
    if value is None:
        raise Wrong("This field may not be null.")
    try:
        made = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Wrong(_FORMAT) from None
    return stored(made if made.tzinfo else made.replace(tzinfo=UTC))


def stored(time: datetime) -> str:
    """A time in UTC as the database has it."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def typed_row(given: dict[str, Any]) -> dict[str, Any]:
    """A row of photometry of what came for it, names of the same thing in one; the rest goes into `value`."""
    given.pop("data_type", None)
    row = {"target_id": given.pop("target"), "value": "{}", "bandpass": ""}
    for column, names in _SPELLINGS.items():
        for name in names:
            if name in given:
                row[column] = given.pop(name)
                break
    # The rest of the spellings, a time within the value, and what has a column.
    columns = ("id", "timestamp", "source_name", "source_location", "data_product_id", *_NUMBERS, *_TEXTS)
    row |= {name: given.pop(name) for name in columns if name in given}
    row["value"] = json.dumps(given)
    return row


def insert_typed(db: sqlite3.Connection, row: dict[str, Any], ignore: bool = False) -> int | None:
    """Write a row of photometry; raises Wrong where a value is none, IntegrityError where it is there."""
    for name in _NUMBERS:
        if name in row:
            row[name] = number(row[name])
    if not ignore:
        row["bandpass"] = text(32)(row["bandpass"])
        row["timestamp"] = moment(row["timestamp"])
    row = {name: "" for name in _TEXTS} | row
    columns = ", ".join(f'"{name}"' for name in row)
    verb = "INSERT OR IGNORE" if ignore else "INSERT"
    places = ", ".join("?" * len(row))
    return db.execute(f"{verb} INTO {TYPED} ({columns}) VALUES ({places})", [*row.values()]).lastrowid


def _not_null(value: Any) -> Any:
    if value is None:
        raise Wrong("This field may not be null.")
    return value
