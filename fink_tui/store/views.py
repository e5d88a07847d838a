"""Views: a filter and an order under a key; and what the screen was like when it was left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """A filter and an order with a name and a key. `is_own` is one of the user's, saved from the screen."""

    name: str
    key: str
    filter: str = ""
    order: str = ""
    is_own: bool = False


BUILT_IN = (
    View("all", "a"),
    View("inbox", "i", "status=new or back!=none"),
    View("followed", "f", "status=follow", "priority -seen"),
    View("watched", "w", "status=watch", "priority -seen"),
    View("changed since looked at", "c", "changed=yes", "-seen"),
    View("rising", "r", "rate<-0.05 and status!=reject", "rate"),
    View("bright", "b", "mag<19 and status!=reject", "mag"),
    View("snoozed", "z", "status=snooze", ""),
)


def views(conn: sqlite3.Connection, configured: Mapping[str, Mapping[str, Any]]) -> list[View]:
    """Every view: those saved, those of [views.NAME] in the file, the built-in ones; the first of a key wins."""
    own = [
        View(row[0], row[1], row[2], row[3], True)
        for row in conn.execute('SELECT name, "key", filter, "order" FROM views ORDER BY name')
    ]
    told = [
        View(name, str(table.get("key", ""))[:1], str(table.get("filter", "")), str(table.get("order", "")))
        for name, table in configured.items()
    ]
    by_key: dict[str, View] = {}
    for view in (*own, *told, *BUILT_IN):
        if view.key and all(view.name != other.name for other in by_key.values()):
            by_key.setdefault(view.key, view)
    return list(by_key.values())


def save_view(conn: sqlite3.Connection, view: View) -> None:
    """Keep a view; one of that name or of that key goes."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        conn.execute('DELETE FROM views WHERE name = ? OR "key" = ?', (view.name, view.key))
        conn.execute(
            'INSERT INTO views (name, "key", filter, "order") VALUES (?, ?, ?, ?)',
            (view.name, view.key, view.filter, view.order),
        )
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def forget_view(conn: sqlite3.Connection, name: str) -> None:
    """Take a saved view away."""
    conn.execute("DELETE FROM views WHERE name = ?", (name,))


def remember(conn: sqlite3.Connection, name: str, value: Any) -> None:
    """Keep a thing of the screen, as JSON, for the next start."""
    conn.execute("INSERT OR REPLACE INTO remembered (name, value) VALUES (?, ?)", (name, json.dumps(value)))


def remembered(conn: sqlite3.Connection) -> dict[str, Any]:
    """All that was kept of the screen."""
    return {name: json.loads(value) for name, value in conn.execute("SELECT name, value FROM remembered")}
