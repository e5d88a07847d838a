"""How far each partition has been read, as of the last batch that was stored."""

from __future__ import annotations

import sqlite3


def read_offsets(conn: sqlite3.Connection, cluster: str) -> dict[tuple[str, int], int]:
    """The next offset of each (topic, partition) of a Kafka cluster."""
    rows = conn.execute("SELECT topic, part, next FROM offsets WHERE cluster = ?", (cluster,))
    return {(str(topic), int(part)): int(following) for topic, part, following in rows}
