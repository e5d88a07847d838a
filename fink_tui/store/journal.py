"""What the user decided: an appended entry each, never changed, undone by an entry that is its inverse."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from fink_tui.alerts.times import now
from fink_tui.store.summary import next_change


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry: what was done, and for each target what its status was before and after."""

    id: int
    action: str
    changes: tuple[tuple[int, str, str], ...]


def decide(conn: sqlite3.Connection, targets: Sequence[int], status: str) -> Decision | None:
    """Give targets a verdict in one entry that one undo takes back; None where nothing would change."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        changes = []
        for target in targets:
            row = conn.execute("SELECT status FROM targets WHERE id = ?", (target,)).fetchone()
            if row is not None and row[0] != status:
                changes.append((target, str(row[0]), status))
        decision = _append(conn, status, changes, undoes=None) if changes else None
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return decision


def undo(conn: sqlite3.Connection) -> Decision | None:
    """Take back the last decision that still stands, also one of an earlier run; None where there is none."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        row = conn.execute(
            """SELECT id, action, changes FROM journal j WHERE undoes IS NULL
               AND NOT EXISTS (SELECT 1 FROM journal u WHERE u.undoes = j.id) ORDER BY id DESC LIMIT 1"""
        ).fetchone()
        decision = None
        if row is not None:
            inverse = [(target, after, before) for target, before, after in json.loads(row[2])]
            decision = _append(conn, str(row[1]), inverse, undoes=int(row[0]))
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return decision


def _append(
    conn: sqlite3.Connection, action: str, changes: Sequence[tuple[int, str, str]], *, undoes: int | None
) -> Decision:
    change = next_change(conn)
    for place, (target, _, after) in enumerate(changes):
        conn.execute("UPDATE targets SET status = ?, changed = ? WHERE id = ?", (after, change + place, target))
    row = conn.execute(
        "INSERT INTO journal (at, action, changes, undoes) VALUES (?, ?, ?, ?) RETURNING id",
        (now(), action, json.dumps(changes), undoes),
    ).fetchone()
    return Decision(int(row[0]), action, tuple(changes))
