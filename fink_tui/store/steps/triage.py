"""What the user decides besides a status: priority, tags, notes, snoozing; and what she has looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fink_tui.store.summary import compact_details

if TYPE_CHECKING:
    from sqlite_utils import Database

_COLUMNS: dict[str, type] = {
    "priority": int,
    "snoozed_until": float,
    "snoozed_from": str,
    "back": str,
    "looked": str,
    "rate": float,
    "details": str,
}


def step(db: Database) -> None:
    """Columns of targets, notes, saved views, what the screen was like, and a journal of changes of any field."""
    for name, kind in _COLUMNS.items():
        db.table("targets").add_column(name, kind)
    db.table("notes").create(
        {"id": int, "target": int, "at": float, "text": str},
        pk="id",
        not_null={"target", "at", "text"},
        strict=True,
    )
    db.table("notes").create_index(["target"])
    db.table("views").create(
        {"name": str, "key": str, "filter": str, "order": str},
        pk="name",
        not_null={"key", "filter", "order"},
        strict=True,
    )
    db.table("remembered").create({"name": str, "value": str}, pk="name", not_null={"value"}, strict=True)
    db.table("journal").add_column("redoes", int)
    db.table("journal").add_column("by", str, not_null_default="")
    db.table("journal").create_index(["redoes"])
    for entry, changes in db.execute("SELECT id, changes FROM journal").fetchall():
        general = [[target, "status", before, after] for target, before, after in json.loads(changes)]
        db.execute("UPDATE journal SET changes = ? WHERE id = ?", (json.dumps(general), entry))
    for target, details in db.execute(_NEWEST_DETAILS).fetchall():
        db.execute("UPDATE targets SET details = ? WHERE id = ?", (compact_details(details), target))


_NEWEST_DETAILS = """SELECT t.id, (SELECT a.details FROM alerts a JOIN objects o ON o.id = a.object
    WHERE o.target = t.id ORDER BY a.mjd DESC, a.survey DESC, a.source_id DESC LIMIT 1) AS d FROM targets t
    WHERE d IS NOT NULL"""
