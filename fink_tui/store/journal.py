"""What was decided: an appended entry each, never changed, undone by an entry that is its inverse.

An entry holds changes of single fields of targets. The fields are columns of `targets`, and three that are kept
otherwise: "tag" (a word that was added or taken away), "note" (one dated text) and "pair" (two objects that are one or
are not).
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fink_tui.alerts.times import now
from fink_tui.store.grouping import regroup
from fink_tui.store.summary import next_change, refresh_targets

COLUMNS = frozenset({"status", "priority", "snoozed_until", "snoozed_from", "back"})
# An entry stands unless the last that was done about it is an undo.
_STANDS = """NOT EXISTS (SELECT 1 FROM journal u WHERE u.undoes = j.id AND NOT EXISTS
             (SELECT 1 FROM journal r WHERE r.redoes = j.id AND r.id > u.id))"""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one target, before and after. A tag, a note or a pair that was not there is None."""

    target: int
    field: str
    before: Any
    after: Any

    @property
    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.target, self.field, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. `at` is MJD UTC; `by` is "" for the user, else what acted for her, as "rule NAME".

    `undoes` or `redoes` is the entry it takes back or does again; `stands` is whether it is in force.
    """

    id: int
    at: float
    action: str
    changes: tuple[Change, ...]
    by: str = ""
    undoes: int | None = None
    redoes: int | None = None
    stands: bool = True


def append(
    conn: sqlite3.Connection,
    action: str,
    changes: Sequence[Change],
    *,
    by: str = "",
    undoes: int | None = None,
    redoes: int | None = None,
) -> Entry:
    """Carry out changes and write their entry, in the caller's transaction."""
    moment, change = now(), next_change(conn)
    for place, target in enumerate(dict.fromkeys(c.target for c in changes)):
        # What is decided of a target that is part of another one shows on that one.
        conn.execute(
            "UPDATE targets SET changed = ?1 WHERE id = (SELECT coalesce(joined, id) FROM targets WHERE id = ?2)",
            (change + place, target),
        )
    for each in changes:
        _carry_out(conn, each)
    if stirred := [thing for each in changes for thing in _stirred(conn, each)]:
        refresh_targets(conn, dict.fromkeys(sorted(regroup(conn, stirred)), False))
    said = json.dumps([[c.target, c.field, c.before, c.after] for c in changes])
    row = conn.execute(
        'INSERT INTO journal (at, action, changes, "by", undoes, redoes) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        (moment, action, said, by, undoes, redoes),
    ).fetchone()
    return Entry(int(row[0]), moment, action, tuple(changes), by, undoes, redoes)


def undo(conn: sqlite3.Connection, entry: int | None = None) -> Entry | None:
    """Take back an entry, or the last one of the user's that stands, also of an earlier run; None where there is none.

    What rules did is taken back only by its number.
    """
    which = "j.id = ?" if entry is not None else "j.\"by\" = ''"
    return _turn(
        conn,
        f"SELECT * FROM journal j WHERE {which} AND undoes IS NULL AND redoes IS NULL AND {_STANDS}"
        " ORDER BY id DESC LIMIT 1",
        () if entry is None else (entry,),
        is_undo=True,
    )


def redo(conn: sqlite3.Connection) -> Entry | None:
    """Do again what was taken back last; None where nothing was, or the user has decided something new since."""
    return _turn(
        conn,
        f"""SELECT j.*, b.changes AS turned FROM journal j JOIN journal b ON b.undoes = j.id
            WHERE NOT ({_STANDS}) AND b.id >
            (SELECT coalesce(max(id), 0) FROM journal WHERE "by" = '' AND undoes IS NULL AND redoes IS NULL)
            ORDER BY b.id DESC LIMIT 1""",
        (),
        is_undo=False,
    )


def entries(conn: sqlite3.Connection, *, since: float = 0.0, until: float = 1e9, limit: int = -1) -> list[Entry]:
    """The entries written between two moments (MJD UTC), the newest first."""
    rows = conn.execute(
        f"SELECT j.*, {_STANDS} AS stands FROM journal j WHERE at >= ? AND at < ? ORDER BY id DESC LIMIT ?",
        (since, until, limit),
    )
    return [_entry(row, stands=bool(row["stands"])) for row in rows]


def _turn(conn: sqlite3.Connection, query: str, values: Iterable[int], *, is_undo: bool) -> Entry | None:
    conn.execute("BEGIN IMMEDIATE")
    try:
        row = conn.execute(query, tuple(values)).fetchone()
        done = None
        if row is not None:
            entry = _entry(row)
            changes = _without(conn, entry) if is_undo else [c.inverse for c in reversed(_changes(row["turned"]))]
            done = append(
                conn,
                entry.action,
                changes,
                undoes=entry.id if is_undo else None,
                redoes=None if is_undo else entry.id,
            )
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return done


def _without(conn: sqlite3.Connection, entry: Entry) -> list[Change]:
    """The changes that take an entry back: what she decided later holds, what was taken back before stays so."""
    others = defaultdict(list)
    for number, by, stands, change in conn.execute(
        f"""SELECT j.id, j."by", {_STANDS}, c.value FROM journal j, json_each(j.changes) c
            WHERE j.undoes IS NULL AND j.redoes IS NULL AND j.id != ?
            AND json_extract(c.value, '$[0]') IN (SELECT value FROM json_each(?)) ORDER BY j.id DESC""",
        (entry.id, json.dumps(list({change.target for change in entry.changes}))),
    ):
        other = Change(*json.loads(change))
        others[other.target, other.field].append((number, by, stands, other))
    changes = []
    for change in reversed(entry.changes):
        before = change.before
        if change.field in COLUMNS:
            same = others[change.target, change.field]
            if any(number > entry.id and not by and stands for number, by, stands, _ in same):
                continue
            for number, _, stands, earlier in same:
                if number < entry.id and (stands or earlier.after != before):
                    break
                before = earlier.before if number < entry.id else before
        changes.append(Change(change.target, change.field, change.after, before))
    return changes


def _entry(row: sqlite3.Row, *, stands: bool = True) -> Entry:
    changes = _changes(row["changes"])
    return Entry(row["id"], row["at"], row["action"], changes, row["by"], row["undoes"], row["redoes"], stands)


def _changes(text: str) -> tuple[Change, ...]:
    return tuple(Change(*change) for change in json.loads(text))


def _carry_out(conn: sqlite3.Connection, change: Change) -> None:
    if change.field in COLUMNS:
        conn.execute(f"UPDATE targets SET {change.field} = ? WHERE id = ?", (change.after, change.target))
    elif change.field == "tag":
        row = conn.execute("SELECT tags FROM targets WHERE id = ?", (change.target,)).fetchone()
        tags = set(json.loads(row[0])) if row else set()
        tags = tags - {change.before} | ({change.after} - {None})
        conn.execute("UPDATE targets SET tags = ? WHERE id = ?", (json.dumps(sorted(tags)), change.target))
    elif change.field == "note":
        _write_note(conn, change)
    elif change.field == "pair":
        _write_pair(conn, change)
    else:
        raise ValueError(f"the journal knows no field {change.field}")


def _write_note(conn: sqlite3.Connection, change: Change) -> None:
    """A note is its number, its moment (MJD UTC) and its text; without text it is gone, and its number stays taken."""
    if change.after is None:
        conn.execute("UPDATE notes SET text = '' WHERE id = ?", (change.before[0],))
    else:
        number, moment, text = change.after
        conn.execute(
            "INSERT INTO notes (id, target, at, text) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET at = excluded.at, text = excluded.text",
            (number, change.target, moment, text),
        )


def _write_pair(conn: sqlite3.Connection, change: Change) -> None:
    """A pair is two objects, by their rows, and whether they are "same" or "apart"; None where nothing is said."""
    one, other, _ = change.before or change.after
    conn.execute("DELETE FROM said WHERE (one = ?1 AND other = ?2) OR (one = ?2 AND other = ?1)", (one, other))
    if change.after is not None:
        what = change.after[2]
        conn.executemany(
            "INSERT INTO said (one, other, what) VALUES (?, ?, ?)", [(one, other, what), (other, one, what)]
        )


def _stirred(conn: sqlite3.Connection, change: Change) -> list[int]:
    """The objects that may belong together otherwise now."""
    if change.field == "pair":
        return list((change.before or change.after)[:2])
    if change.field == "status":
        rows = conn.execute(
            "SELECT id FROM objects WHERE ? IN (home, target) AND id IN (SELECT one FROM near)", (change.target,)
        )
        return [int(row[0]) for row in rows]
    return []
