"""The database: made private, brought up to date or refused, written all or nothing, and the user's decisions in it."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from packets import GRB, LSST, SN, TNS, arrival, lsst, message, mma, moving, place_of, ztf, ztf_point

from fink_tui.alerts.arrival import Arrival, Batch, Message, Undecodable
from fink_tui.alerts.times import now
from fink_tui.store import schema
from fink_tui.store.alerts import Written, write_batch
from fink_tui.store.connection import StoreError, connect
from fink_tui.store.decisions import decide
from fink_tui.store.journal import undo
from fink_tui.store.offsets import read_offsets
from fink_tui.store.packets import prune_packets, read_packet
from fink_tui.store.quarantine import quarantined, release
from fink_tui.store.targets import all_targets, changed_targets, find_targets, view_target


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "fink-tui" / "a.db"


@pytest.fixture
def conn(path: Path) -> sqlite3.Connection:
    return connect(path)


def write(conn: sqlite3.Connection, *arrivals: Arrival) -> Written:
    return write_batch(conn, Batch(tuple(arrivals)))


def rows_of(conn: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table}")] for table in tables}


# Making and opening it.


def test_only_its_owner_can_read_it(path: Path) -> None:
    previous = os.umask(0)
    try:
        connection = connect(path)
        write(connection, arrival(ztf("ZTF26a", 1, 61110.0)))
    finally:
        os.umask(previous)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_a_new_database_has_the_version_known_here(conn: sqlite3.Connection, path: Path) -> None:
    assert conn.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    before = rows_of(conn)
    assert rows_of(connect(path)) == before


def test_a_database_of_a_newer_version_is_refused_by_name_and_left_untouched(path: Path) -> None:
    connection = connect(path)
    write(connection, arrival(ztf("ZTF26a", 1, 61110.0)))
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 7}")
    connection.close()
    content, files = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(StoreError, match="newer fink-tui") as refusal:
        connect(path)
    assert str(path) in str(refusal.value) and str(schema.VERSION + 7) in str(refusal.value)
    assert path.read_bytes() == content
    assert sorted(path.parent.iterdir()) == files


def test_a_newer_version_still_in_the_write_ahead_log_is_refused_too(path: Path) -> None:
    writer = connect(path)
    writer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(StoreError, match="newer fink-tui"):
        connect(path)
    writer.close()


def test_a_file_that_is_no_database_is_refused_by_name_and_left_untouched(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_bytes(b"not a database, but notes of mine\n" * 200)
    content = text.read_bytes()
    with pytest.raises(StoreError, match=r"notes\.txt"):
        connect(text)
    assert text.read_bytes() == content


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--db"):
        connect(tmp_path / "file" / "a.db")
    with pytest.raises(StoreError, match="--db"):
        connect(tmp_path)


def test_a_step_that_fails_leaves_the_version_before_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = connect(path)
    write(first, arrival(ztf("ZTF26a", 1, 61110.0)))
    before = rows_of(first)
    first.close()

    def fails(db: object) -> None:
        db.table("extra").create({"id": int}, pk="id")  # type: ignore[attr-defined]
        db.execute("DELETE FROM detections")  # type: ignore[attr-defined]
        raise sqlite3.OperationalError("disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", (*schema.STEPS, fails))
        patch.setattr(schema, "VERSION", schema.VERSION + 1)
        with pytest.raises(StoreError, match="disk is full"):
            connect(path)
    assert rows_of(connect(path)) == before


def test_a_step_is_taken_once_and_keeps_what_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(path).close()
    taken = []

    def adds(db: object) -> None:
        taken.append(1)
        db.table("targets").add_column("remark", str)  # type: ignore[attr-defined]

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, adds))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    for _ in range(3):
        found = connect(path)
        assert found.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
        found.close()
    assert taken == [1]


@pytest.mark.parametrize("attempt", range(5))
def test_many_may_make_the_same_database_at_once(path: Path, attempt: int) -> None:
    failures: list[BaseException] = []
    gate = threading.Barrier(8)

    def make(number: int) -> None:
        gate.wait()
        try:
            connection = connect(path)
            write(connection, arrival(ztf(f"ZTF26{number}", number + 1, 61110.0), offset=number))
            connection.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(all_targets(connect(path))) == 8


# Writing.


def test_alerts_arrivals_detections_packets_and_offsets_come_together(conn: sqlite3.Connection) -> None:
    found = arrival(ztf("ZTF26a", 3367463101415010117, 61110.0, prv_candidates=[ztf_point(61100.0)]), offset=41)
    written = write_batch(conn, Batch((found,), offsets=(("test", SN, 0, 42),)))
    assert (written.arrivals, written.new, written.quarantined) == ({SN: 1}, {SN: 1}, {})
    assert written.newest_mjd == {SN: 61110.0}
    assert read_offsets(conn, "test") == {(SN, 0): 42}
    assert read_offsets(conn, "another") == {}
    (target,) = all_targets(conn)
    view = view_target(conn, target.id)
    assert view is not None
    assert view.alerts[0].source_id == 3367463101415010117
    assert [point.kind for point in view.detections] == ["upper limit", "detection"]
    packet = read_packet(conn, view.alerts[0].id)
    assert packet is not None and (packet.key, packet.value) == (found.message.key, found.message.value)


@pytest.mark.parametrize("table", ["offsets", "quarantine", "arrivals", "detections", "targets", "packets"])
def test_a_batch_that_fails_anywhere_leaves_nothing(conn: sqlite3.Connection, table: str) -> None:
    write_batch(conn, Batch((arrival(ztf("ZTF26a", 1, 61110.0)),), offsets=(("test", SN, 0, 1),)))
    before = rows_of(conn)
    conn.execute(
        f"CREATE TEMP TRIGGER refuse BEFORE {'UPDATE' if table == 'targets' else 'INSERT'} ON main.{table} "
        "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    batch = Batch(
        (arrival(ztf("ZTF26a", 2, 61111.0), offset=1), arrival(ztf("ZTF26b", 3, 61111.0), offset=2)),
        (Undecodable(Message("test", SN, 0, 3, b"{}", b"x"), "no schema"),),
        (("test", SN, 0, 4),),
    )
    with pytest.raises(sqlite3.Error, match="disk is full"):
        write_batch(conn, batch)
    assert rows_of(conn) == before
    conn.execute("DROP TRIGGER refuse")
    written = write_batch(conn, batch)
    assert (written.new[SN], written.quarantined[SN], read_offsets(conn, "test")) == (2, 1, {(SN, 0): 4})


def test_the_same_message_twice_is_one_arrival(conn: sqlite3.Connection) -> None:
    one = arrival(ztf("ZTF26a", 1, 61110.0))
    write(conn, one)
    before = rows_of(conn)
    written = write(conn, one, one)
    assert (written.arrivals, written.new) == ({}, {})
    after = rows_of(conn)
    assert {table: after[table] for table in after if table != "targets"} == {
        table: before[table] for table in before if table != "targets"
    }


def test_the_same_alert_on_two_topics_is_one_alert_with_two_arrivals(conn: sqlite3.Connection) -> None:
    packet = ztf("ZTF26a", 1, 61110.0)
    written = write(conn, arrival(packet, SN), arrival(packet, TNS))
    assert (written.arrivals, written.new) == ({SN: 1, TNS: 1}, {SN: 1, TNS: 0})
    (target,) = all_targets(conn)
    assert (target.n_alerts, target.n_detections, target.topics) == (1, 1, (SN, TNS))


def test_the_full_packet_replaces_the_poor_one_and_keeps_its_event(conn: sqlite3.Connection) -> None:
    write(conn, arrival(mma("ZTF26a", 1, 61110.0, trigger="739826"), GRB))
    (poor,) = all_targets(conn)
    assert (poor.last_mag, poor.n_alerts) == (None, 1)
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0, mag=18.5), SN))
    write(conn, arrival(mma("ZTF26a", 1, 61110.0, trigger="S26"), GRB, offset=1))
    (full,) = all_targets(conn)
    assert (full.id, full.last_mag, full.n_alerts, full.topics) == (poor.id, 18.5, 1, (GRB, SN))
    view = view_target(conn, full.id)
    assert view is not None
    assert [event["trigger"] for event in view.alerts[0].events] == ["739826", "S26"]


def test_an_asteroid_that_a_poor_packet_took_for_an_object_leaves_no_target_behind(conn: sqlite3.Connection) -> None:
    write(conn, arrival(mma("ZTF26a", 1, 61110.0, trigger="x"), GRB))
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0, roid=3, ssnamenr="433"), SN))
    assert [target.name for target in all_targets(conn)] == ["433"]
    assert [target.name for target in find_targets(conn, "ZTF26a")] == ["433"]


def test_a_point_of_two_alerts_histories_is_one_and_an_alert_outranks_its_echo(conn: sqlite3.Connection) -> None:
    echo = ztf_point(61110.0, mag=18.0, candid=1)
    write(conn, arrival(ztf("ZTF26a", 2, 61112.0, prv_candidates=[ztf_point(61100.0), echo]), offset=0))
    write(conn, arrival(ztf("ZTF26a", 3, 61113.0, prv_candidates=[ztf_point(61100.0), echo]), offset=1))
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0, mag=18.5), offset=2))
    (target,) = all_targets(conn)
    view = view_target(conn, target.id)
    assert view is not None
    assert [(p.mjd, p.mag) for p in view.detections] == [
        (61100.0, None),
        (61110.0, 18.5),
        (61112.0, 18.5),
        (61113.0, 18.5),
    ]
    assert (target.n_alerts, target.n_detections, target.n_upper_limits) == (3, 4, 1)


def test_a_line_of_the_list(conn: sqlite3.Connection) -> None:
    records = [ztf_point(61108.0, mag=19.25, candid=8), ztf_point(61109.0, mag=17.0, candid=9, fid=2)]
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0, mag=18.5, jdstarthist=61105.0 + 2400000.5, prv_candidates=records)))
    (target,) = all_targets(conn)
    assert (target.status, target.surveys, target.objects, target.last_band) == ("new", ("ztf",), ("ZTF26a",), "g")
    assert target.change == pytest.approx(-0.75), "the change counts within one band"
    assert target.first_mjd == pytest.approx(61105.0)
    assert target.age_days == pytest.approx(5.0)
    assert (target.ra, target.dec) == place_of("ZTF26a")


def test_a_target_is_found_by_each_of_its_names(conn: sqlite3.Connection) -> None:
    packet = moving(5, "2004 JQ12", 61105.0, packed_primary_provisional_designation="K04J12Q")
    write(conn, arrival(packet, LSST), arrival(lsst(6, 17, 61105.0, tns_fullname="SN 2026abc"), LSST, offset=1))
    write(conn, arrival(ztf("ZTF26aaaa", 1, 61110.0)), arrival(ztf("ZTF26aaab", 2, 61110.0), offset=1))
    for name in ("2004 JQ12", "2004 jq12", "K04J12Q", "21163624394469969", " 2004 JQ12 "):
        assert [target.name for target in find_targets(conn, name)] == ["2004 JQ12"], name
    assert [target.name for target in find_targets(conn, "SN 2026abc")] == ["17"]
    assert [target.name for target in find_targets(conn, "ZTF26aaa")] == ["ZTF26aaaa", "ZTF26aaab"]
    assert find_targets(conn, "") == find_targets(conn, "%") == find_targets(conn, "_TF26aaaa") == []


def test_what_changed_is_told_in_pages_whoever_changed_it(conn: sqlite3.Connection, path: Path) -> None:
    other = connect(path)
    for number in range(5):
        write(other if number % 2 else conn, arrival(ztf(f"ZTF26{number}", number + 1, 61110.0), offset=number))
    first = changed_targets(conn, 0, limit=3)
    rest = changed_targets(conn, first[-1].changed, limit=3)
    assert [target.name for target in (*first, *rest)] == [f"ZTF26{number}" for number in range(5)]
    decide(other, [first[0].id], "watch")
    assert [target.id for target in changed_targets(conn, rest[-1].changed)] == [first[0].id]


def test_two_connections_take_turns(conn: sqlite3.Connection, path: Path) -> None:
    other = connect(path)
    other.execute("BEGIN IMMEDIATE")
    release_later = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    release_later.start()
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0)))
    release_later.join()
    assert [target.name for target in all_targets(other)] == ["ZTF26a"]


# Quarantine.


def bad(value: bytes, offset: int = 0, key: bytes | None = b"not json") -> Batch:
    return Batch(undecodable=(Undecodable(Message("test", SN, 3, offset, key, value), "the key is no schema"),))


@pytest.mark.parametrize("key", [None, b"", b"not json"])
def test_quarantine_keeps_bytes_key_place_and_reason(conn: sqlite3.Connection, key: bytes | None) -> None:
    for _ in range(2):
        write_batch(conn, bad(b"\x00\xff" * 50, 7, key))
    ((row, entry),) = quarantined(conn)
    found = entry.message
    assert (found.topic, found.partition, found.offset, found.value) == (SN, 3, 7, b"\x00\xff" * 50)
    assert (found.key, entry.reason) == (key, "the key is no schema")
    release(conn, [row])
    assert list(quarantined(conn)) == []


def test_another_message_at_the_place_of_one_in_quarantine_is_kept_too(conn: sqlite3.Connection) -> None:
    # A topic that was made anew counts from 0 again.
    assert write_batch(conn, bad(b"first")).quarantined[SN] == 1
    assert write_batch(conn, bad(b"second")).quarantined[SN] == 1
    assert write_batch(conn, bad(b"second")).quarantined[SN] == 0
    assert [entry.message.value for _, entry in quarantined(conn)] == [b"first", b"second"]


# Packets.


def packets_left(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute(
        "SELECT o.object_id FROM packets p JOIN alerts a ON a.id = p.alert JOIN objects o ON o.id = a.object ORDER BY 1"
    )
    return [row[0] for row in rows]


def test_packets_stay_within_their_budget_the_oldest_go_and_followed_ones_stay(conn: sqlite3.Connection) -> None:
    for number in range(6):
        write(conn, arrival(ztf(f"ZTF26{number}", number + 1, 61110.0), offset=number))
    decide(conn, [find_targets(conn, "ZTF260")[0].id], "follow")
    decide(conn, [find_targets(conn, "ZTF261")[0].id], "watch")
    decide(conn, [find_targets(conn, "ZTF262")[0].id], "reject")
    size = conn.execute("SELECT max(size) FROM packets").fetchone()[0]
    assert prune_packets(conn, budget_bytes=10 * size, keep_days=30, now=now()) == 0
    assert prune_packets(conn, budget_bytes=4 * size, keep_days=30, now=now()) == 2
    assert packets_left(conn) == ["ZTF260", "ZTF261", "ZTF264", "ZTF265"]
    assert prune_packets(conn, budget_bytes=10 * size, keep_days=30, now=now() + 31) == 2
    assert packets_left(conn) == ["ZTF260", "ZTF261"]
    assert prune_packets(conn, budget_bytes=0, keep_days=30, now=now()) == 0
    assert [target.n_alerts for target in all_targets(conn)] == [1] * 6, "alerts are never dropped"
    assert len(view_target(conn, 3).detections) == 1  # type: ignore[union-attr]


def test_pruning_that_fails_leaves_the_connection_usable(conn: sqlite3.Connection) -> None:
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0)))
    conn.execute("CREATE TEMP TRIGGER no BEFORE DELETE ON main.packets BEGIN SELECT RAISE(ABORT, 'locked'); END")
    with pytest.raises(sqlite3.Error, match="locked"):
        prune_packets(conn, budget_bytes=0, keep_days=1, now=now())
    write(conn, arrival(ztf("ZTF26a", 2, 61111.0), offset=1))
    assert packets_left(conn) == ["ZTF26a", "ZTF26a"]


# The journal.


def test_verdicts_are_undone_one_by_one_back_to_the_first_also_in_a_later_run(path: Path) -> None:
    conn = connect(path, durable=True)
    for number in range(3):
        write(conn, arrival(ztf(f"ZTF26{number}", number + 1, 61110.0), offset=number))
    ids = [target.id for target in all_targets(conn)]

    def statuses(connection: sqlite3.Connection) -> list[str]:
        return [target.status for target in all_targets(connection)]

    history = [statuses(conn)]
    for chosen, status in (([0], "watch"), ([0, 1], "follow"), ([2], "reject"), ([0, 1, 2], "done")):
        assert decide(conn, [ids[i] for i in chosen], status) is not None
        history.append(statuses(conn))
    assert history[-1] == ["done"] * 3
    conn.close()
    again = connect(path, durable=True)
    undone = undo(again)
    assert undone is not None and len(undone.changes) == 3
    assert statuses(again) == history[3]
    assert decide(again, [ids[1]], "snooze") is not None
    assert undo(again) is not None
    again.close()
    last = connect(path, durable=True)
    for expected in (history[2], history[1], history[0]):
        assert undo(last) is not None
        assert statuses(last) == expected
    assert undo(last) is None
    assert statuses(last) == history[0] == ["new"] * 3
    actions = last.execute("SELECT action, undoes FROM journal ORDER BY id").fetchall()
    assert len(actions) == 10 and sum(row[1] is not None for row in actions) == 5, "nothing is taken out of the journal"


def test_a_verdict_that_changes_nothing_is_no_entry(conn: sqlite3.Connection) -> None:
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0)))
    (target,) = all_targets(conn)
    assert decide(conn, [target.id], "new") is None
    assert decide(conn, [4711], "watch") is None
    assert decide(conn, [], "watch") is None
    assert undo(conn) is None


def test_a_new_alert_does_not_take_back_a_verdict(conn: sqlite3.Connection) -> None:
    write(conn, arrival(ztf("ZTF26a", 1, 61110.0)))
    decide(conn, [all_targets(conn)[0].id], "reject")
    write(conn, arrival(ztf("ZTF26a", 2, 61111.0), offset=1))
    (target,) = all_targets(conn)
    assert (target.status, target.n_alerts) == ("reject", 2)


def test_text_from_outside_is_never_sql(conn: sqlite3.Connection) -> None:
    name = "x'); DROP TABLE alerts; --\x1b[31m"
    write(conn, arrival(ztf(name, 1, 61110.0)))
    assert find_targets(conn, name)[0].n_alerts == 1
    assert message(ztf(name, 1, 61110.0)).key
