"""What was handed to TOMs: for each target its link, and every write, noted before it leaves.

A TOM is known by its address: `tom` everywhere here is the base URL, and each has a state of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fink_tui.alerts.times import now

NOT_SENT = "not sent"
SAME = "same"
CHANGED_HERE = "changed here since"
CHANGED_THERE = "changed there"
CONFLICT = "conflict"
BLOCKED = "blocked"
STATES = (NOT_SENT, SAME, CHANGED_HERE, CHANGED_THERE, CONFLICT, BLOCKED)


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of a target on a TOM.

    `tom_id` and `tom_name` are the TOM's own, None and "" where it is not there; `state` one of STATES, `why` the
    reason of a conflict or a block. `pushed` are the extras last written by us, `kept` those of the TOM that were
    edited there and are to stay, `lists` the target lists written (a TOM never tells), `refused` the aliases and lists
    it did not take. `seen` is the TOM's target as it was last looked at and agreed to, `changed` the local target's
    change number at that time. `at` is MJD UTC.
    """

    target: int
    tom_id: int | None = None
    tom_name: str = ""
    state: str = NOT_SENT
    why: str = ""
    pushed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    seen: Mapping[str, Any] = field(default_factory=dict)
    changed: int = 0
    at: float = 0.0


def links(conn: sqlite3.Connection, tom: str) -> dict[int, Link]:
    """Every target's link to a TOM, by the target's id."""
    rows = conn.execute("SELECT * FROM tom_links WHERE tom = ?", (tom,))
    return {row["target"]: _link(row) for row in rows}


def links_of_target(conn: sqlite3.Connection, target: int) -> dict[str, Link]:
    """A target's links, by TOM."""
    rows = conn.execute("SELECT * FROM tom_links WHERE target = ? ORDER BY tom", (target,))
    return {row["tom"]: _link(row) for row in rows}


def _link(row: sqlite3.Row) -> Link:
    return Link(
        target=row["target"],
        tom_id=row["tom_id"],
        tom_name=row["tom_name"],
        state=row["state"],
        why=row["why"],
        pushed=json.loads(row["pushed"]),
        kept=json.loads(row["kept"]),
        lists=tuple(json.loads(row["lists"])),
        refused=tuple(json.loads(row["refused"])),
        seen=json.loads(row["seen"]),
        changed=row["changed"],
        at=row["at"],
    )


def save_links(conn: sqlite3.Connection, tom: str, changed: Iterable[Link]) -> None:
    """Write links, all or none; those of targets that are gone are left out."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        for link in changed:
            _save(conn, tom, link)
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def _save(conn: sqlite3.Connection, tom: str, link: Link) -> None:
    conn.execute(
        """INSERT OR REPLACE INTO tom_links
               (tom, target, tom_id, tom_name, state, why, pushed, kept, lists, refused, seen, changed, at)
           SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM targets WHERE id = ?""",
        (
            tom,
            link.tom_id,
            link.tom_name,
            link.state,
            link.why,
            json.dumps(dict(link.pushed)),
            json.dumps(dict(link.kept)),
            json.dumps(link.lists),
            json.dumps(link.refused),
            json.dumps(dict(link.seen)),
            link.changed,
            now(),
            link.target,
        ),
    )


def begin_write(conn: sqlite3.Connection, tom: str, target: int, what: str) -> int:
    """Note a write before it leaves, on the disk when this returns; its number."""
    row = conn.execute(
        "INSERT INTO outbox (tom, target, what, state, at) VALUES (?, ?, ?, 'in flight', ?) RETURNING id",
        (tom, target, what, now()),
    ).fetchone()
    return int(row[0])


def end_write(conn: sqlite3.Connection, write: int, state: str, answer: str = "") -> None:
    """Note what came of a write: state is done, refused or unknown."""
    conn.execute("UPDATE outbox SET state = ?, answer = ? WHERE id = ?", (state, answer, write))


def interrupted(conn: sqlite3.Connection, tom: str) -> set[int]:
    """The targets that were being written when a run ended: nobody knows whether the TOM took it."""
    rows = conn.execute("SELECT DISTINCT target FROM outbox WHERE tom = ? AND state = 'in flight'", (tom,))
    return {int(row[0]) for row in rows}


def forget_interrupted(conn: sqlite3.Connection, tom: str, targets: Iterable[int]) -> None:
    """Note that the TOM was read back for these targets."""
    conn.executemany(
        "UPDATE outbox SET state = 'unknown' WHERE tom = ? AND target = ? AND state = 'in flight'",
        [(tom, target) for target in targets],
    )


def refused(conn: sqlite3.Connection, tom: str) -> set[int]:
    """The targets whose last write the TOM refused."""
    rows = conn.execute("SELECT target, state, max(id) FROM outbox WHERE tom = ? GROUP BY target", (tom,))
    return {int(row[0]) for row in rows if row[1] == "refused"}


def tom_states(conn: sqlite3.Connection, tom: str) -> dict[int, str]:
    """Each target's state on a TOM as one of STATES, without asking it; targets that are not in it were not sent."""
    rows = conn.execute(
        """SELECT l.target, CASE WHEN l.state = 'same' AND t.changed > l.changed THEN 'changed here since'
                                 ELSE l.state END
           FROM tom_links l JOIN targets t ON t.id = l.target WHERE l.tom = ?""",
        (tom,),
    )
    return {int(row[0]): str(row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class SentObject:
    """One of a target's objects, with its other names and what the newest alert of it said (`Alert.details`)."""

    survey: str
    object_id: str
    aliases: tuple[str, ...]
    details: Mapping[str, Mapping[str, Any]]


def objects_to_send(conn: sqlite3.Connection, targets: Sequence[int]) -> dict[int, tuple[SentObject, ...]]:
    """The objects of targets, read at one moment, by the target's id."""
    found: dict[int, tuple[SentObject, ...]] = {}
    conn.execute("BEGIN")
    try:
        for target in targets:
            objects = conn.execute(
                "SELECT id, survey, object_id FROM objects WHERE target = ? ORDER BY survey, object_id", (target,)
            ).fetchall()
            found[target] = tuple(
                SentObject(survey, object_id, _aliases(conn, row), _newest_details(conn, row))
                for row, survey, object_id in objects
            )
    finally:
        conn.execute("COMMIT")
    return found


def _aliases(conn: sqlite3.Connection, object_row: int) -> tuple[str, ...]:
    rows = conn.execute("SELECT name FROM aliases WHERE object = ? ORDER BY name", (object_row,))
    return tuple(str(row[0]) for row in rows)


def _newest_details(conn: sqlite3.Connection, object_row: int) -> dict[str, Any]:
    row = conn.execute(
        "SELECT details FROM alerts WHERE object = ? ORDER BY mjd DESC, source_id DESC LIMIT 1", (object_row,)
    ).fetchone()
    return {} if row is None else dict(json.loads(row[0]))
