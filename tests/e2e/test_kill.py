"""Killed at any moment, again and again: in the end everything is there, once."""

from __future__ import annotations

import random
import time
from contextlib import closing
from pathlib import Path

import pytest
from kafka_broker import Broker
from packets import SN, sky, spread, write_avro, ztf, ztf_point
from program import Listener, command, everything, produce, rows, run, wait_until

from fink_tui.alerts.arrival import Batch
from fink_tui.alerts.arrival import Message as Sent
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect


def messages_of(objects: int) -> list[Sent]:
    return spread(sky(objects=objects, visits=5))


def reference(db: Path, messages: list[Sent]) -> dict[str, str]:
    """What the database must hold in the end, written in one go by no process that could be killed."""
    schemas = SchemaCache()
    with closing(connect(db)) as conn:
        write_batch(conn, Batch(tuple(decode_message(schemas, m) for m in messages)))  # type: ignore[misc]
    return everything(db)


@pytest.mark.parametrize("seed", [1])
def test_kill_9_at_any_moment_repeated_changes_nothing_in_the_end(broker: Broker, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    messages = messages_of(24)
    produce(broker, messages)
    topics = sorted({m.topic for m in messages})
    db = tmp_path / "listened" / "a.db"
    kills = interrupted = 0
    while rows(db) < len(messages) and kills < 12:
        before = rows(db)
        # One database, a group of its own for each start: the database alone knows where to go on.
        with Listener(broker, db, topics, FINK_TUI_STREAM_START="earliest") as listener:
            goal = min(before + chance.randrange(1, 60), len(messages))
            wait_until(lambda goal=goal: rows(db) >= goal, pause=0.001)  # type: ignore[misc]
            time.sleep(chance.random() * 0.02)
            listener.kill()
        kills += 1
        interrupted += before < rows(db) < len(messages)
    with Listener(broker, db, topics, "--timeout", "1.5", FINK_TUI_STREAM_START="earliest") as last:
        assert last.end() == 0, last.said()
    assert interrupted >= 2, "the kills came too late to mean anything"
    assert everything(db) == reference(tmp_path / "b.db", messages)
    assert rows(db) == len(messages)
    assert rows(db, "quarantine") == 0


def test_kill_9_before_anything_is_stored(broker: Broker, tmp_path: Path) -> None:
    messages = messages_of(2)
    produce(broker, messages)
    topics = sorted({m.topic for m in messages})
    db = tmp_path / "listened" / "a.db"
    for pause in (0.05, 0.3, 0.6, 0.9):
        with Listener(broker, db, topics, FINK_TUI_STREAM_START="earliest") as listener:
            time.sleep(pause)
            listener.kill()
    with Listener(broker, db, topics, "--timeout", "1.5", FINK_TUI_STREAM_START="earliest") as last:
        assert last.end() == 0, last.said()
    assert everything(db) == reference(tmp_path / "b.db", messages)


def test_kill_9_while_replaying(tmp_path: Path) -> None:
    import subprocess

    packets = [
        ztf(f"ZTF26{n:04}", n + 1, 61100.0, prv_candidates=[ztf_point(61000.0 + i) for i in range(60)])
        for n in range(300)
    ]
    file = write_avro(tmp_path / "night.avro", packets)
    db = tmp_path / "listened" / "a.db"
    for goal in (1, 150):
        process = subprocess.Popen(command("replay", file, "--db", db), stderr=subprocess.DEVNULL)
        wait_until(lambda goal=goal: rows(db) >= goal, pause=0.001)  # type: ignore[misc]
        process.kill()
        process.wait()
    assert run("replay", file, "--db", db).returncode == 0
    assert run("replay", file, "--db", tmp_path / "b.db").returncode == 0
    assert everything(db) == everything(tmp_path / "b.db")
    assert rows(db) == rows(db, "packets") == 300
    assert SN not in everything(db)["ZTF260000"]
