"""The line of a target as it was right after each arrival: what rules see, kept so that they can be tried later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields

from fink_tui.alerts.nights import survey_nights
from fink_tui.store.hits import priority_of_rules
from fink_tui.store.packets import compress, decompress
from fink_tui.store.targets import Target, read_targets

_NAMES = tuple(field.name for field in fields(Target))
_LISTS = ("surveys", "objects", "topics", "tags")


@dataclass(frozen=True, slots=True)
class Line:
    """A target at an arrival, before any rule looked at it.

    `alert` is the row of the alert that came, `mjd` (UTC) and `source_id` are its own. `ruled` is the priority that a
    rule gave the target last, None where none did.
    """

    alert: int
    source_id: int
    mjd: float
    target: Target
    ruled: int | None


def record_line(conn: sqlite3.Connection, alert: int, target: int, moment: float) -> Line | None:
    """Keep the line of a target at the arrival of an alert, in the caller's transaction."""
    found = read_targets(conn, [target])
    if not found:
        return None
    source_id, mjd = conn.execute("SELECT source_id, mjd FROM alerts WHERE id = ?", (alert,)).fetchone()
    line = Line(alert, source_id, mjd, found[0], priority_of_rules(conn, target))
    values = {name: getattr(line.target, name) for name in _NAMES}
    conn.execute(
        "INSERT INTO arrival_lines (at, alert, target, body) VALUES (?, ?, ?, ?)",
        (moment, alert, target, compress(json.dumps([values, line.ruled]).encode())),
    )
    return line


def read_lines(conn: sqlite3.Connection, night: str | None = None) -> Iterator[Line]:
    """The lines kept, or those of alerts of one night (YYYY-MM-DD), in order of arrival. Raises ValueError."""
    where, values = "", []
    if night is not None:
        parts = []
        for survey, (low, high) in survey_nights(night).items():
            parts.append("(a.survey = ? AND a.mjd >= ? AND a.mjd < ?)")
            values += [survey, low, high]
        where = f"WHERE {' OR '.join(parts)}"
    rows = conn.execute(
        f"""SELECT l.alert, a.source_id, a.mjd, l.body FROM arrival_lines l JOIN alerts a ON a.id = l.alert
            {where} ORDER BY l.id""",
        values,
    )
    for alert, source_id, mjd, body in rows:
        said, ruled = json.loads(decompress(body))
        # A line of an older version lacks what came later.
        known = {name: said.get(name) for name in _NAMES}
        known |= {name: tuple(known[name] or ()) for name in _LISTS}
        yield Line(alert, source_id, mjd, Target(**known), ruled)


def kept_since(conn: sqlite3.Connection) -> float | None:
    """The moment (MJD UTC) of the first arrival whose line is kept, or None where none is."""
    first = conn.execute("SELECT min(at) FROM arrival_lines").fetchone()[0]
    return None if first is None else float(first)


def prune_lines(conn: sqlite3.Connection, before: float) -> None:
    """Drop the lines of arrivals before a moment (MJD UTC)."""
    conn.execute("DELETE FROM arrival_lines WHERE at < ?", (before,))
