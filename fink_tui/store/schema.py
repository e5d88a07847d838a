"""The database's version, and the steps that bring an older one up to it (through sqlite-utils).

Every database carries its version in `PRAGMA user_version`. A step is never changed once released: a later version is
a new module in `steps` and a new entry at the end of STEPS.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from fink_tui.store.steps import grouping, lists, outbox, queries, rules, spine, triage

if TYPE_CHECKING:
    from sqlite_utils import Database

STEPS: tuple[Callable[[Database], None], ...] = (
    spine.step,
    queries.step,
    triage.step,
    outbox.step,
    rules.step,
    lists.step,
    grouping.step,
)
VERSION = len(STEPS)


def upgrade(conn: sqlite3.Connection) -> None:
    """Bring a database to VERSION in one exclusive transaction; does nothing where another program just did."""
    from sqlite_utils import Database

    db = Database(conn)
    conn.execute("BEGIN EXCLUSIVE")
    try:
        found = int(conn.execute("PRAGMA user_version").fetchone()[0])
        for step in STEPS[found:]:
            step(db)
        conn.execute(f"PRAGMA user_version = {VERSION}")
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
