"""Messages that could not be understood, kept whole with the reason, to be tried again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from fink_tui.alerts.arrival import Message, Undecodable
from fink_tui.store.packets import decompress


def quarantined(conn: sqlite3.Connection) -> Iterator[tuple[int, Undecodable]]:
    """Each message in quarantine with its row, the oldest first."""
    rows = conn.execute(
        """SELECT q.id, q.cluster, q.topic, q.part, q.offset, s.body, q.body, q.reason
           FROM quarantine q LEFT JOIN schemas s ON s.id = q.schema ORDER BY q.id"""
    ).fetchall()
    for row in rows:
        key = None if row[5] is None else decompress(row[5])
        yield row[0], Undecodable(Message(row[1], row[2], row[3], row[4], key, decompress(row[6])), row[7])


def release(conn: sqlite3.Connection, rows: list[int]) -> None:
    """Take messages out of quarantine, once they are stored as alerts."""
    conn.executemany("DELETE FROM quarantine WHERE id = ?", [(row,) for row in rows])
