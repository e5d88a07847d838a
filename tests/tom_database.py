"""What is in a TOM's database, exactly, and how other people's doings get into it without its API.

The tables are the toolkit's own, and the stand-in's are named alike.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The steps of one POST of a target, in the order in which a real TOM commits them, and what undoes each.
STEPS = {
    "view": "DELETE FROM guardian_userobjectpermission WHERE object_pk=:id AND permission_id IN (SELECT id FROM"
    " auth_permission WHERE codename='view_target')",
    "change": "DELETE FROM guardian_userobjectpermission WHERE object_pk=:id AND permission_id IN (SELECT id FROM"
    " auth_permission WHERE codename='change_target')",
    "delete": "DELETE FROM guardian_userobjectpermission WHERE object_pk=:id AND permission_id IN (SELECT id FROM"
    " auth_permission WHERE codename='delete_target')",
    "groups": "DELETE FROM guardian_groupobjectpermission WHERE object_pk=:id",
    "aliases": "DELETE FROM tom_targets_targetname WHERE target_id=:id",
    "extras": "DELETE FROM tom_targets_targetextra WHERE target_id=:id",
    "lists": "DELETE FROM tom_targets_targetlist_targets WHERE basetarget_id=:id",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One photometric point: ISO time UTC, and numbers as they were sent."""

    time: str
    band: str
    brightness: float | None
    error: float | None
    limit: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """One target with all that hangs on it, sorted; what is there twice is here twice."""

    id: int
    name: str
    columns: dict[str, Any]  # of the target's own row
    aliases: list[str]
    extras: list[tuple[str, str]]
    lists: list[str]
    groups: list[str]  # that may see it
    users: list[tuple[str, str]]  # (name, "view" | "change" | "delete")
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are of everything a sync can make."""

    targets: int
    aliases: int
    extras: int
    list_rows: int
    points: int


class TomDatabase:
    """The SQLite file of a TOM, read and changed beside it."""

    def __init__(self, path: Path, typed_points: bool) -> None:
        """`typed_points`: photometry has a table of its own, as from 3.0 on."""
        self.path, self._typed = path, typed_points

    def counts(self) -> Counts:
        """How many rows there are."""
        with self._open() as db:
            tables = ("basetarget", "targetname", "targetextra", "targetlist_targets")
            numbers = [db.execute(f"SELECT count(*) FROM tom_targets_{table}").fetchone()[0] for table in tables]
            return Counts(*numbers, len(self._points(db, None)))

    def targets(self) -> dict[str, Target]:
        """Everything, by the targets' names."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM tom_targets_basetarget ORDER BY id").fetchall()
            return {row["name"]: self._target(db, row) for row in rows}

    def target(self, name: str) -> Target:
        """One target by its name."""
        return self.targets()[name]

    def lists(self) -> list[str]:
        """The names of the target lists; one that is there twice is here twice."""
        with self._open() as db:
            return [row[0] for row in db.execute("SELECT name FROM tom_targets_targetlist ORDER BY name")]

    def cut_back(self, name: str, after: str) -> None:
        """Leave of a target what a POST that died after this step had made: "row", or one of STEPS."""
        steps = ["row", *STEPS]
        self._change(name, *(STEPS[step] for step in steps[steps.index(after) + 1 :]))

    def remove(self, name: str) -> None:
        """Delete a target and all that hangs on it, as an administrator might."""
        points = [f"DELETE FROM {table} WHERE target_id=:id" for table in self._point_tables()]
        self._change(name, *STEPS.values(), *points, "DELETE FROM tom_targets_basetarget WHERE id=:id")

    def add_list(self, name: str) -> None:
        """Make a target list, a second one of a name if need be."""
        with self._open() as db:
            db.execute(
                "INSERT INTO tom_targets_targetlist (name, created, modified) VALUES (?, '2026', '2026')", (name,)
            )

    def deactivate(self, user: str) -> None:
        """Make an account inactive."""
        with self._open() as db:
            db.execute("UPDATE auth_user SET is_active=0 WHERE username=?", (user,))

    def age_token(self, user: str) -> None:
        """Let an account's token be years old."""
        old = (
            "UPDATE authtoken_token SET created='2020-01-01' WHERE user_id=(SELECT id FROM auth_user WHERE username=?)"
        )
        with self._open() as db:
            db.execute(old, (user,))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock for writing, as some other process does: every write of the TOM fails meanwhile."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                db.execute("ROLLBACK")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            yield db

    def _change(self, name: str, *statements: str) -> None:
        with self._open() as db:
            found = db.execute("SELECT id FROM tom_targets_basetarget WHERE name=?", (name,)).fetchone()
            for statement in statements:
                # Permissions name their object by text, everything else by number.
                db.execute(statement, {"id": str(found[0]) if "object_pk" in statement else found[0]})

    def _point_tables(self) -> list[str]:
        typed = ["tom_dataproducts_photometryreduceddatum"] if self._typed else []
        return [*typed, "tom_dataproducts_reduceddatum"]

    def _target(self, db: sqlite3.Connection, row: sqlite3.Row) -> Target:
        def texts(query: str) -> list[Any]:
            found = db.execute(query, {"id": row["id"], "pk": str(row["id"])}).fetchall()
            return sorted(line[0] if len(line) == 1 else tuple(line) for line in found)

        return Target(
            row["id"],
            row["name"],
            dict(row),
            texts("SELECT name FROM tom_targets_targetname WHERE target_id=:id"),
            texts("SELECT key, value FROM tom_targets_targetextra WHERE target_id=:id"),
            texts(
                "SELECT l.name FROM tom_targets_targetlist_targets m JOIN tom_targets_targetlist l"
                " ON l.id=m.targetlist_id WHERE m.basetarget_id=:id"
            ),
            texts(
                "SELECT g.name FROM guardian_groupobjectpermission o JOIN auth_group g ON g.id=o.group_id"
                " JOIN auth_permission p ON p.id=o.permission_id WHERE o.object_pk=:pk AND p.codename='view_target'"
            ),
            texts(
                "SELECT u.username, replace(p.codename, '_target', '') FROM guardian_userobjectpermission o"
                " JOIN auth_user u ON u.id=o.user_id JOIN auth_permission p ON p.id=o.permission_id"
                " WHERE o.object_pk=:pk"
            ),
            self._points(db, row["id"]),
        )

    def _points(self, db: sqlite3.Connection, target: int | None) -> list[Point]:
        which = "" if target is None else f" WHERE target_id={target}"
        rows = db.execute(f"SELECT * FROM {self._point_tables()[0]}{which}").fetchall()
        made = _typed_point if self._typed else _plain_point
        return sorted(map(made, rows), key=lambda point: (point.time, point.band, str(point)))


def _typed_point(row: sqlite3.Row) -> Point:
    return Point(
        _iso(row["timestamp"]),
        row["bandpass"],
        row["brightness"],
        row["brightness_error"],
        row["limit"],
        row["source_name"],
    )


def _plain_point(row: sqlite3.Row) -> Point:
    value = json.loads(row["value"])

    def first(*names: str) -> Any:
        return next((value[name] for name in names if name in value), None)

    return Point(
        _iso(row["timestamp"]),
        first("filter", "bandpass") or "",
        first("magnitude", "brightness"),
        first("error", "brightness_error"),
        first("limit"),
        row["source_name"],
    )


def _iso(stored: str) -> str:
    return stored.replace(" ", "T") + "Z"
