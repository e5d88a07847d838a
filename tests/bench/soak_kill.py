"""Kill -9 a listener hundreds of times and compare the database with one that was never disturbed.

python tests/bench/soak_kill.py [KILLS] [SEED]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from kafka_broker import Broker
from packets import sky, spread
from program import Listener, everything, produce, rows

from fink_tui.alerts.arrival import Batch
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect

PARTITIONS = 30


def soak(kills: int, seed: int, folder: Path) -> bool:
    """Whether the disturbed database holds what the undisturbed one does."""
    chance = random.Random(seed)
    messages = spread(sky(objects=max(24, 2 * kills), visits=5), PARTITIONS)
    topics = sorted({m.topic for m in messages})
    db, began, done = folder / "listened" / "a.db", time.monotonic(), 0
    step = max(2, len(messages) // kills)
    with Broker() as broker:
        produce(broker, messages, PARTITIONS)
        while done < kills and rows(db) < len(messages):
            before = rows(db)
            goal = min(before + chance.randrange(1, step), len(messages))
            with Listener(broker, db, topics, FINK_TUI_STREAM_START="earliest") as listener:
                if chance.random() < 0.2:
                    # While it starts, connects or joins.
                    time.sleep(chance.random() * 0.6)
                else:
                    while rows(db) < goal and listener.process.poll() is None:
                        time.sleep(0.0005)
                    time.sleep(chance.random() * 0.01)
                listener.kill()
            done += 1
            if done % 10 == 0:
                print(f"{done} kills, {rows(db):,} of {len(messages):,} arrivals, {time.monotonic() - began:.0f} s")
        with Listener(broker, db, topics, "--timeout", "5", FINK_TUI_STREAM_START="earliest") as last:
            assert last.end(600) == 0, last.said()
    schemas = SchemaCache()
    with closing(connect(folder / "b.db")) as conn:
        write_batch(conn, Batch(tuple(decode_message(schemas, m) for m in messages)))  # type: ignore[misc]
    same = everything(db) == everything(folder / "b.db") and rows(db) == len(messages)
    print(f"{done} kills, {rows(db):,} of {len(messages):,} arrivals: {'identical' if same else 'DIFFERENT'}")
    return same


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as place:
        sys.exit(0 if soak(*(words + [200, 1][len(words) :]), Path(place)) else 1)
