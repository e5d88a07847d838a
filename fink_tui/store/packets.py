"""The raw packets, kept compressed under a budget so that anything in them can be looked at later."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from functools import lru_cache

import cramjam

KEPT_STATUSES = ("watch", "follow")


@dataclass(frozen=True, slots=True)
class Packet:
    """A message as it came: `key` is the Avro schema as JSON text, `value` one schemaless Avro record."""

    key: bytes
    value: bytes


def compress(data: bytes) -> bytes:
    """zstd, level 1: half the size of an LSST packet in a third of a millisecond."""
    return bytes(cramjam.zstd.compress(data, level=1))


def decompress(data: bytes) -> bytes:
    """The inverse of `compress`."""
    return bytes(cramjam.zstd.decompress(data))


@lru_cache(maxsize=64)
def digest(data: bytes) -> str:
    """A short name for a schema's text."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def schema_id(conn: sqlite3.Connection, key: bytes) -> int:
    """The row of a schema's text, added where it is new."""
    name = digest(key)
    found = conn.execute("SELECT id FROM schemas WHERE digest = ?", (name,)).fetchone()
    if found is None:
        found = conn.execute(
            "INSERT INTO schemas (digest, body) VALUES (?, ?) RETURNING id", (name, compress(key))
        ).fetchone()
    return int(found[0])


def keep_packet(conn: sqlite3.Connection, alert: int, packet: Packet, now: float) -> None:
    """Store the packet of an alert, in the caller's transaction. `now` is MJD UTC."""
    body = compress(packet.value)
    conn.execute(
        "INSERT OR REPLACE INTO packets (alert, schema, stored, size, body) VALUES (?, ?, ?, ?, ?)",
        (alert, schema_id(conn, packet.key), now, len(body), body),
    )


def read_packet(conn: sqlite3.Connection, alert: int) -> Packet | None:
    """The packet of an alert, or None where it was dropped to stay under the budget."""
    row = conn.execute(
        "SELECT s.body, p.body FROM packets p JOIN schemas s ON s.id = p.schema WHERE p.alert = ?", (alert,)
    ).fetchone()
    return Packet(decompress(row[0]), decompress(row[1])) if row else None


def prune_packets(conn: sqlite3.Connection, *, budget_bytes: int, keep_days: float, now: float) -> int:
    """Drop the oldest packets over the budget or older than `keep_days`, and tell how many went.

    Packets of targets that the user watches or follows stay. The alerts and their detections always stay.
    """
    total = int(conn.execute("SELECT coalesce(sum(size), 0) FROM packets").fetchone()[0])
    doomed: list[tuple[int]] = []
    rows = conn.execute(
        """SELECT p.alert, p.stored, p.size FROM packets p JOIN alerts a ON a.id = p.alert
           JOIN objects o ON o.id = a.object JOIN targets t ON t.id = o.target
           WHERE t.status NOT IN (?, ?) ORDER BY p.stored, p.alert""",
        KEPT_STATUSES,
    )
    for alert, stored, size in rows:
        if total <= budget_bytes and now - stored <= keep_days:
            break
        total -= size
        doomed.append((alert,))
    rows.close()
    if doomed:
        conn.execute("BEGIN IMMEDIATE")
        try:
            conn.executemany("DELETE FROM packets WHERE alert = ?", doomed)
            conn.execute("COMMIT")
        except BaseException:
            conn.execute("ROLLBACK")
            raise
    return len(doomed)
