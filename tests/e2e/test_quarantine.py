"""Messages that are no alerts go to quarantine, whole and with the reason; the others arrive."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kafka_broker import Broker
from packets import SN, encode, key_of, message, mma, ztf
from program import Listener, assert_quiet, everything, produce, rows, run

from fink_tui.alerts.arrival import Batch, Message, Undecodable
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.quarantine import quarantined

KEY, VALUE = encode(ztf("ZTF26bad", 666, 61110.0))
BAD: list[tuple[bytes | None, bytes, str]] = [
    (KEY, b"\x80" * 64, "doesn't fit"),
    (KEY, VALUE[: len(VALUE) // 2], "ends early"),
    (None, VALUE, "no schema"),
    (b"\xff\x00 not json", VALUE, "not JSON"),
    (b'{"type": "recorder"}', VALUE, "no Avro schema"),
    (key_of("lsst"), VALUE, ""),
    (encode(mma("ZTF26bad", 666, 61110.0, trigger="x"))[0], VALUE, ""),
    (KEY, VALUE + b"\x00\x00", "left over"),
    (KEY, b"", "empty"),
    (KEY, encode(ztf("ZTF26bad", None, 61110.0))[1], "candid"),
    (b'"string"', b"\x06abc", "not a record"),
]


def good(count: int, first: int = 0) -> list[Message]:
    return [message(ztf(f"ZTF26good{n}", n + 1, 61110.0), SN, 0, n % 2) for n in range(first, first + count)]


def test_each_bad_message_is_kept_with_its_reason_and_the_rest_arrives(broker: Broker, tmp_path: Path) -> None:
    mixed: list[Message] = []
    for number, star in enumerate(good(2 * len(BAD))):
        mixed.append(star)
        if number % 2:
            key, value, _ = BAD[number // 2]
            mixed.append(Message("", SN, number % 2, 0, key, value))
    produce(broker, mixed, partitions=2)
    db = tmp_path / "a.db"
    with Listener(broker, db, [SN], "--from", "earliest", "--timeout", "1.5") as listener:
        assert listener.end() == 0
        assert f"{len(BAD)} in quarantine" in listener.said()
        assert_quiet(listener.said())
    assert len(everything(db)) == rows(db) == 2 * len(BAD)
    with closing(connect(db)) as conn:
        entries = [entry for _, entry in quarantined(conn)]
    assert [(e.message.key, e.message.value) for e in entries] == [(key, value) for key, value, _ in BAD]
    for entry, (_, _, words) in zip(entries, BAD, strict=True):
        assert words in entry.reason and entry.reason.isprintable()
        assert (entry.message.topic, entry.message.partition) == (SN, 1)
    # Read again from the beginning, nothing is doubled; tried again, they are still bad.
    with Listener(broker, db, [SN], "--from", "earliest", "--timeout", "1.5") as listener:
        assert listener.end() == 0
    assert (rows(db), rows(db, "quarantine")) == (2 * len(BAD), len(BAD))
    done = run("replay", "quarantine", "--db", db)
    assert done.returncode == 0
    assert f"0 taken out of quarantine, {len(BAD)} still in it" in done.stderr
    assert rows(db, "quarantine") == len(BAD)


def test_what_is_understood_now_is_taken_out_as_if_it_had_just_come(tmp_path: Path) -> None:
    db, other = tmp_path / "a.db", tmp_path / "b.db"
    found = message(ztf("ZTF26a", 5, 61110.0), SN, 41, 3)
    with closing(connect(db)) as conn:
        write_batch(conn, Batch(undecodable=(Undecodable(found, "a packet of a release to come"),)))
        write_batch(conn, Batch(undecodable=(Undecodable(Message("test", SN, 0, 0, None, b"x"), "no schema"),)))
    done = run("replay", "quarantine", "--db", db)
    assert "1 taken out of quarantine, 1 still in it" in done.stderr
    assert rows(db, "quarantine") == 1
    from packets import understood

    with closing(connect(other)) as conn:
        write_batch(conn, Batch((understood(found),)))
    assert everything(db) == everything(other)


def test_a_poison_message_does_not_stop_the_next_start_either(broker: Broker, tmp_path: Path) -> None:
    # A damaged number that decodes: a time beyond every calendar.
    damaged = message(ztf("ZTF26bad", 666, 1e306), SN)
    produce(broker, [*good(1), damaged, *good(2, first=2)], partitions=2)
    for _ in range(2):
        with Listener(broker, tmp_path / "a.db", [SN], "--from", "earliest", "--timeout", "1.5") as listener:
            assert listener.end() == 0, listener.said()
    assert (rows(tmp_path / "a.db"), rows(tmp_path / "a.db", "quarantine")) == (3, 1)
