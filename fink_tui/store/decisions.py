"""What a user can decide about targets: a verdict, a priority, tags, notes. Each is one entry of the journal.

Every function raises sqlite3.Error with nothing changed, and gives None where nothing would change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence

from fink_tui.alerts.times import now
from fink_tui.store.journal import Change, Entry, append

PRIORITIES = (1, 2, 3)
SNOOZE = "snooze"

Changes = Callable[[sqlite3.Connection], Iterable[Change]]


def decide(
    conn: sqlite3.Connection, targets: Sequence[int], status: str, *, until: float | None = None
) -> Entry | None:
    """Give targets a verdict. Those snoozed come back at `until` (MJD UTC), or without it at a new alert."""
    return write_entry(
        conn,
        status,
        lambda c: (x for t in shown_targets(c, targets) for x in status_changes(c, t, status, until=until)),
    )


def prioritise(conn: sqlite3.Connection, targets: Sequence[int], priority: int | None) -> Entry | None:
    """Give targets a priority, 1 the highest of 3, or none."""
    said = "no priority" if priority is None else f"priority {priority}"
    return write_entry(
        conn, said, lambda c: (x for t in shown_targets(c, targets) for x in column_changes(c, t, "priority", priority))
    )


def next_priority(conn: sqlite3.Connection, targets: Sequence[int]) -> Entry | None:
    """Give targets the priority that follows the stored one of the first: 1, 2, 3, none."""
    row = conn.execute("SELECT priority FROM targets WHERE id = ?", (targets[0],)).fetchone() if targets else None
    steps = (None, *PRIORITIES)
    return prioritise(conn, targets, steps[(steps.index(row[0]) + 1) % len(steps)]) if row else None


def tag(
    conn: sqlite3.Connection, targets: Sequence[int], add: Iterable[str], remove: Iterable[str] = ()
) -> Entry | None:
    """Add tags to targets and take others away."""
    added, removed = sorted(set(add)), sorted(set(remove))
    said = " ".join([*(f"#{word}" for word in added), *(f"-#{word}" for word in removed)])
    return write_entry(
        conn, f"tag {said}", lambda c: (x for t in shown_targets(c, targets) for x in tag_changes(c, t, added, removed))
    )


def note(conn: sqlite3.Connection, targets: Sequence[int], text: str) -> Entry | None:
    """Add a note, dated now, to targets."""
    return write_entry(conn, "note", lambda c: _new_notes(c, targets, text.strip())) if text.strip() else None


def rewrite_note(conn: sqlite3.Connection, number: int, text: str) -> Entry | None:
    """Give a note another text, its date stays; without text it goes."""
    return write_entry(conn, "note", lambda c: _rewritten(c, number, text.strip()))


def wake(conn: sqlite3.Connection) -> int:
    """Bring back the targets whose snooze has run out; how many. Cheap where there is none."""
    due = [
        int(row[0])
        for row in conn.execute(
            "SELECT id FROM targets WHERE status = ? AND snoozed_until <= ? AND joined IS NULL", (SNOOZE, now())
        )
    ]
    if due:
        write_entry(conn, "awake", lambda c: (x for t in due for x in wake_changes(c, t, "its time is up")), by=SNOOZE)
    return len(due)


# What would change, for those who write it in a transaction of their own.


def status_changes(
    conn: sqlite3.Connection, target: int, status: str, *, until: float | None = None
) -> Iterator[Change]:
    """A verdict, with what belongs to it: where a snooze began and ends, and that what came back is decided now."""
    row = conn.execute("SELECT status, snoozed_until, back FROM targets WHERE id = ?", (target,)).fetchone()
    if row is None or (row[0] == status and row[1] == until and row[2] is None):
        return
    if row[0] != status:
        yield Change(target, "status", row[0], status)
        yield from column_changes(conn, target, "snoozed_from", row[0] if status == SNOOZE else None)
    yield from column_changes(conn, target, "snoozed_until", until)
    yield from column_changes(conn, target, "back", None)


def column_changes(conn: sqlite3.Connection, target: int, field: str, value: object) -> Iterator[Change]:
    """A new value of one column of a target."""
    row = conn.execute(f"SELECT {field} FROM targets WHERE id = ?", (target,)).fetchone()
    if row is not None and row[0] != value:
        yield Change(target, field, row[0], value)


def tag_changes(
    conn: sqlite3.Connection, target: int, add: Iterable[str], remove: Iterable[str] = ()
) -> Iterator[Change]:
    """Tags that are not there yet, and those that are and go."""
    rows = conn.execute("SELECT id, tags FROM targets WHERE ? IN (id, joined)", (target,)).fetchall()
    there = {int(row[0]): set(json.loads(row[1])) for row in rows}
    if there:
        yield from (Change(target, "tag", None, word) for word in add if not any(word in t for t in there.values()))
        yield from (Change(number, "tag", word, None) for word in remove for number, t in there.items() if word in t)


def wake_changes(conn: sqlite3.Connection, target: int, why: str) -> Iterator[Change]:
    """A snoozed target has the status again that it had, and says why it is back."""
    row = conn.execute("SELECT status, snoozed_from FROM targets WHERE id = ?", (target,)).fetchone()
    if row is not None and row[0] == SNOOZE:
        yield from status_changes(conn, target, row[1] or "new")
        yield from column_changes(conn, target, "back", f"back from snooze: {why}")


def _new_notes(conn: sqlite3.Connection, targets: Sequence[int], text: str) -> Iterator[Change]:
    (last,) = conn.execute("SELECT coalesce(max(id), 0) FROM notes").fetchone()
    moment = now()
    for number, target in enumerate(shown_targets(conn, targets), last + 1):
        yield Change(target, "note", None, [number, moment, text])


def _rewritten(conn: sqlite3.Connection, number: int, text: str) -> Iterator[Change]:
    row = conn.execute("SELECT target, at, text FROM notes WHERE id = ?", (number,)).fetchone()
    if row is not None and row[2] not in (text, ""):
        yield Change(row[0], "note", [number, row[1], row[2]], [number, row[1], text] if text else None)


def shown_targets(conn: sqlite3.Connection, targets: Sequence[int]) -> list[int]:
    """The targets that there are, and for those that are part of another by now the other."""
    rows = (conn.execute("SELECT coalesce(joined, id) FROM targets WHERE id = ?", (t,)).fetchone() for t in targets)
    return list(dict.fromkeys(int(row[0]) for row in rows if row is not None))


def write_entry(conn: sqlite3.Connection, action: str, changes: Changes, *, by: str = "") -> Entry | None:
    """Write what `changes` finds to be changed as one entry, in a transaction of its own."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        found = list(changes(conn))
        entry = append(conn, action, found, by=by) if found else None
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return entry
