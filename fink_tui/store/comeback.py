"""A new alert on a target that was put aside: it is said once, and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from fink_tui.store.decisions import SNOOZE, column_changes, wake_changes
from fink_tui.store.journal import append

_PUT_ASIDE = ("reject", SNOOZE)


def come_back(conn: sqlite3.Connection, targets: Iterable[int]) -> None:
    """Mark targets that a new alert came for, in the caller's transaction.

    One that was snoozed until something changes has its old status again. One that was rejected, or is snoozed until
    a time, stays so. Either tells why it is back, once: the next verdict takes that away.
    """
    for target in targets:
        row = conn.execute(
            "SELECT status, snoozed_until, back, last_band, last_mag, change, class FROM targets WHERE id = ?",
            (target,),
        ).fetchone()
        if row is None or row[0] not in _PUT_ASIDE:
            continue
        why = _why(*row[3:])
        if row[0] == SNOOZE and row[1] is None:
            # Also where it was back before: a snooze that is done again must not last for ever.
            append(conn, "awake", list(wake_changes(conn, target, why)), by=SNOOZE)
        elif row[2] is None:
            said = f"was put aside ({row[0]}): {why}"
            append(conn, "new alert", list(column_changes(conn, target, "back", said)), by=SNOOZE)


def _why(band: str | None, mag: float | None, change: float | None, label: str | None) -> str:
    words = ["a new alert"]
    if mag is not None:
        words.append(f"{band or '?'} {mag:.2f}")
    if change is not None and abs(change) >= 0.005:
        words.append(f"{abs(change):.2f} mag {'brighter' if change < 0 else 'fainter'}")
    return ", ".join([*words, label or "Unknown"])
