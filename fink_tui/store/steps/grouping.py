"""Which objects are one target: where each is, which are near each other, and what the user said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fink_tui.alerts.grouping import Radii
from fink_tui.store.grouping import group_everything

if TYPE_CHECKING:
    from sqlite_utils import Database

_STATEMENTS = (
    # The target an object had first, and has again when it leaves others.
    "UPDATE objects SET home = target",
    "CREATE INDEX objects_home ON objects (home)",
    """UPDATE objects SET label = (SELECT class FROM targets WHERE id = target AND class_origin = 'list'),
        called = (SELECT name FROM targets WHERE id = target AND (survey = 'list' OR name <> object_id))
        WHERE listed IS NOT NULL""",
    # The target that this one is part of; it is not shown then.
    "CREATE INDEX targets_joined ON targets (joined) WHERE joined IS NOT NULL",
    "DROP INDEX idx_targets_name",
    "CREATE UNIQUE INDEX targets_shown ON targets (name) WHERE joined IS NULL",
    "CREATE INDEX targets_name ON targets (name COLLATE NOCASE)",
    "CREATE INDEX objects_name ON objects (object_id COLLATE NOCASE)",
    "CREATE INDEX aliases_name ON aliases (name COLLATE NOCASE)",
    "CREATE INDEX aliases_object ON aliases (object)",
    # Unit vectors have no poles and no hour zero.
    "CREATE VIRTUAL TABLE spots USING rtree (object, x0, x1, y0, y1, z0, z1, +ra REAL, +dec REAL)",
    # Both ways round.
    """CREATE TABLE near (one INTEGER NOT NULL, other INTEGER NOT NULL, arcsec REAL NOT NULL, within INTEGER NOT NULL,
        PRIMARY KEY (one, other)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE said (one INTEGER NOT NULL, other INTEGER NOT NULL, what TEXT NOT NULL,
        PRIMARY KEY (one, other)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE grouping (name TEXT NOT NULL PRIMARY KEY, value REAL NOT NULL) STRICT",
)


def step(db: Database) -> None:
    """Columns and tables, and the targets there are grouped for the first time."""
    db.table("objects").add_column("home", int)
    # What the user's list called it, and what class it gave; that was kept with its target alone.
    db.table("objects").add_column("called", str)
    db.table("objects").add_column("label", str)
    db.table("targets").add_column("joined", int)
    db.table("targets").add_column("proposed", int, not_null_default=0)
    for statement in _STATEMENTS:
        db.execute(statement)
    group_everything(db.conn, Radii())
