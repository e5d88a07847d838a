"""What rules did: a row for each time one acted on a target, and how far its command is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A command that a hit asks for: there is none, it waits, it was begun (it is never begun twice), it came too late.
NO_ERRAND, WAITING, BEGUN, EXPIRED = "", "waiting", "begun", "expired"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule acted at the arrival of an alert. `at` is MJD UTC; `target` and `name` are those of today."""

    id: int
    at: float
    rule: str
    alert: int
    target: int
    name: str


_HITS = """SELECT h.id, h.at, h.rule, h.alert, t.id, t.name FROM rule_hits h
    JOIN objects o ON o.id = h.object JOIN targets t ON t.id = o.target"""


def rules_that_acted(conn: sqlite3.Connection, target: int) -> set[str]:
    """The rules that have acted on any object of a target."""
    rows = conn.execute(
        "SELECT rule FROM rule_hits WHERE object IN (SELECT id FROM objects WHERE target = ?)", (target,)
    )
    return {str(row[0]) for row in rows}


def priority_of_rules(conn: sqlite3.Connection, target: int) -> int | None:
    """The priority that a rule gave a target last, or None."""
    row = conn.execute(
        """SELECT priority FROM rule_hits WHERE priority IS NOT NULL
           AND object IN (SELECT id FROM objects WHERE target = ?) ORDER BY id DESC LIMIT 1""",
        (target,),
    ).fetchone()
    return None if row is None else int(row[0])


def record_hit(
    conn: sqlite3.Connection, rule: str, alert: int, at: float, *, priority: int | None, has_command: bool
) -> None:
    """Note that a rule acted, and the priority it gave, in the caller's transaction."""
    conn.execute(
        """INSERT INTO rule_hits (at, rule, object, alert, priority, errand)
           SELECT ?, ?, object, id, ?, ? FROM alerts WHERE id = ?""",
        (at, rule, priority, WAITING if has_command else NO_ERRAND, alert),
    )


def last_hit(conn: sqlite3.Connection) -> int:
    """The number of the newest hit, 0 where there is none."""
    return int(conn.execute("SELECT coalesce(max(id), 0) FROM rule_hits").fetchone()[0])


def hits_after(conn: sqlite3.Connection, number: int) -> list[Hit]:
    """The hits with a larger number, whoever wrote them, in their order."""
    return [Hit(*row) for row in conn.execute(f"{_HITS} WHERE h.id > ? ORDER BY h.id", (number,))]


def count_hits(conn: sqlite3.Connection) -> dict[str, tuple[int, float]]:
    """For each rule that ever acted how many times it did, and when last (MJD UTC)."""
    rows = conn.execute("SELECT rule, count(*), max(at) FROM rule_hits GROUP BY rule")
    return {str(rule): (int(count), float(last)) for rule, count, last in rows}


def waiting_errands(conn: sqlite3.Connection, rules: Sequence[str]) -> int:
    """How many commands of these rules wait."""
    marks = ",".join("?" * len(rules))
    row = conn.execute(f"SELECT count(*) FROM rule_hits WHERE errand = ? AND rule IN ({marks})", (WAITING, *rules))
    return int(row.fetchone()[0])


def begin_errand(conn: sqlite3.Connection, rules: Iterable[str]) -> Hit | None:
    """The oldest hit whose command waits, for the caller to run: no other program on this database gets it."""
    names = tuple(rules)
    row = conn.execute(
        f"""UPDATE rule_hits SET errand = ? WHERE errand = ? AND id = (SELECT min(id) FROM rule_hits
            WHERE errand = ? AND rule IN ({",".join("?" * len(names))})) RETURNING id""",
        (BEGUN, WAITING, WAITING, *names),
    ).fetchone()
    if row is None:
        return None
    found = conn.execute(f"{_HITS} WHERE h.id = ?", (row[0],)).fetchone()
    return None if found is None else Hit(*found)


def expire_errands(conn: sqlite3.Connection, before: float) -> int:
    """Give up the commands of hits before a moment (MJD UTC); how many there were."""
    return conn.execute(
        "UPDATE rule_hits SET errand = ? WHERE errand = ? AND at < ?", (EXPIRED, WAITING, before)
    ).rowcount
