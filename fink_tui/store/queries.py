"""What was asked of Fink, and the queries kept by name. Values are text as typed, by the names of the arguments."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from fink_tui.alerts.times import now

_KEPT = 1000


@dataclass(frozen=True, slots=True)
class PastQuery:
    """One query that was asked. `at` is MJD UTC; `error` is "" where it was answered."""

    id: int
    query: str
    survey: str
    values: Mapping[str, str]
    at: float
    rows: int | None
    objects: int | None
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One query with a name of its own. `at` is when it was saved, MJD UTC."""

    name: str
    query: str
    survey: str
    values: Mapping[str, str]
    at: float


def record_query(
    conn: sqlite3.Connection,
    query: str,
    survey: str,
    values: Mapping[str, str],
    *,
    seconds: float,
    rows: int | None = None,
    objects: int | None = None,
    error: str = "",
) -> None:
    """Add to the history; the same question asked again takes the place of the last time. The oldest go after 1,000."""
    said = _json(values)
    conn.execute("BEGIN IMMEDIATE")
    try:
        conn.execute('DELETE FROM query_history WHERE query = ? AND survey = ? AND "values" = ?', (query, survey, said))
        conn.execute(
            'INSERT INTO query_history (query, survey, "values", at, rows, objects, seconds, error) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (query, survey, said, now(), rows, objects, seconds, error),
        )
        conn.execute(
            "DELETE FROM query_history WHERE id <= (SELECT id FROM query_history ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (_KEPT,),
        )
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def past_queries(conn: sqlite3.Connection, *, query: str | None = None, limit: int = 100) -> list[PastQuery]:
    """What was asked, the newest first, of all queries or of one."""
    rows = conn.execute(
        'SELECT id, query, survey, "values", at, rows, objects, seconds, error FROM query_history '
        "WHERE ?1 IS NULL OR query = ?1 ORDER BY id DESC LIMIT ?2",
        (query, limit),
    )
    return [PastQuery(row[0], row[1], row[2], json.loads(row[3]), *row[4:]) for row in rows]


def save_query(conn: sqlite3.Connection, name: str, query: str, survey: str, values: Mapping[str, str]) -> None:
    """Keep a query under a name; one of that name before is replaced."""
    conn.execute(
        'INSERT OR REPLACE INTO saved_queries (name, query, survey, "values", at) VALUES (?, ?, ?, ?, ?)',
        (name, query, survey, _json(values), now()),
    )


def saved_queries(conn: sqlite3.Connection) -> list[SavedQuery]:
    """Every query that has a name, by it."""
    rows = conn.execute('SELECT name, query, survey, "values", at FROM saved_queries ORDER BY name')
    return [SavedQuery(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows]


def saved_query(conn: sqlite3.Connection, name: str) -> SavedQuery | None:
    """The query of that name, or None."""
    return next((saved for saved in saved_queries(conn) if saved.name == name), None)


def forget_query(conn: sqlite3.Connection, name: str) -> bool:
    """Take a name away; whether there was one."""
    return conn.execute("DELETE FROM saved_queries WHERE name = ?", (name,)).rowcount > 0


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"))
