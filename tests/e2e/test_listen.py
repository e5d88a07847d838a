"""`fink-tui listen` against a broker: what arrives, where it begins, when it stops, and what it says."""

from __future__ import annotations

import json
import logging
import random
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import confluent_kafka
import pytest
from kafka_broker import Broker
from packets import LSST, SN, Packet, Sent, message, real_messages, real_packets, sky, spread, ztf
from program import Listener, assert_quiet, everything, produce, rows, run, shown, wait_until

from fink_tui.alerts.arrival import Message
from fink_tui.store.connection import connect
from fink_tui.store.schema import VERSION

TOPICS = ("fink_one_ztf", "fink_two_ztf", "fink_three_ztf")


def doubled(messages: Sequence[Message]) -> list[Message]:
    """Each message twice, in a random order, on random partitions."""
    chance = random.Random(2)
    both = [*messages, *messages]
    chance.shuffle(both)
    return [Message("", m.topic, chance.randrange(10), 0, m.key, m.value) for m in both]


def listen_to_the_end(broker: Broker, db: Path, topics: Sequence[str], *args: str) -> str:
    with Listener(broker, db, topics, "--from", "earliest", "--timeout", "2", *args) as listener:
        assert listener.end() == 0, listener.said()
        assert_quiet(listener.said())
        return listener.said()


def test_the_same_alerts_come_out_identical_however_they_were_spread(broker: Broker, tmp_path: Path) -> None:
    messages = spread(sky(), partitions=1)
    produce(broker, messages, partitions=1)
    topics = sorted({m.topic for m in messages})
    listen_to_the_end(broker, tmp_path / "a" / "a.db", topics)
    with Broker() as other:
        produce(other, doubled(messages))
        listen_to_the_end(other, tmp_path / "b" / "b.db", topics)
    first, second = everything(tmp_path / "a" / "a.db"), everything(tmp_path / "b" / "b.db")
    assert first == second
    assert len(first) == 10
    name = "ZTF26aaaaaaa"
    assert shown(tmp_path / "b" / "b.db", name) == shown(tmp_path / "a" / "a.db", name) == json.loads(first[name])


def test_real_alerts_in_order_and_shuffled_doubled_and_spread(broker: Broker, tmp_path: Path) -> None:
    found = [m for survey in ("ztf", "lsst") for m in real_messages(survey)]
    messages = [Message("", topic, 0, 0, m.key, m.value) for m in found for topic in TOPICS]
    produce(broker, messages, partitions=1)
    listen_to_the_end(broker, tmp_path / "a" / "a.db", TOPICS)
    with Broker() as other:
        produce(other, doubled(messages))
        listen_to_the_end(other, tmp_path / "b" / "b.db", TOPICS)
    names = [p["objectId"] for p in real_packets("ztf")]
    names += [
        p["mpc_orbits"]["unpacked_primary_provisional_designation"] or str(p["diaSource"]["diaObjectId"])
        for p in real_packets("lsst")
    ]
    for name in names:
        one, two = shown(tmp_path / "a" / "a.db", name), shown(tmp_path / "b" / "b.db", name)
        assert one == two
        assert one["topics"] == sorted(TOPICS) and one["n_alerts"] == 1
    assert rows(tmp_path / "b" / "b.db") == 2 * len(messages)


def test_a_limit_is_kept_exactly_and_the_rest_comes_next_time(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(40))
    for _ in range(2):
        with Listener(broker, tmp_path / "a.db", [SN], "--from", "earliest", "--limit", "13") as listener:
            assert listener.end() == 0, listener.said()
    # The second time --from earliest goes back, but what is known does not count.
    assert rows(tmp_path / "a.db") == 26
    with Listener(broker, tmp_path / "a.db", [SN], "--timeout", "1.5") as listener:
        assert listener.end() == 0
        assert "14 alerts" in listener.said()
    assert (rows(tmp_path / "a.db"), rows(tmp_path / "a.db", "alerts")) == (40, 40)


def stars(count: int, topic: str = SN, first: int = 0) -> list[Message]:
    """One alert each of so many objects, dealt out to ten partitions."""
    numbers = range(first, first + count)
    return spread([(topic, ztf(f"ZTF26star{n:03}", 10_000 + n, 61100.0 + n / 64)) for n in numbers])


def test_both_surveys_in_one_run(broker: Broker, tmp_path: Path) -> None:
    sent: list[Sent] = [entry for entry in sky(1, 2) if entry[0] in (SN, LSST)]
    produce(broker, spread(sent))
    said = listen_to_the_end(broker, tmp_path / "a.db", [SN, LSST])
    assert f"{len(sent)} alerts" in said
    done = run("targets", "--json", "--db", tmp_path / "a.db")
    assert {survey for target in json.loads(done.stdout) for survey in target["surveys"]} == {"ztf", "lsst"}


# Where it begins.


def test_a_first_contact_without_a_choice_reads_all_and_says_so(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(12))
    with Listener(broker, tmp_path / "a.db", [SN], "--timeout", "1.5") as listener:
        assert listener.end() == 0
        assert f"{SN}: first contact, 12 alerts" in listener.said()
    assert rows(tmp_path / "a.db") == 12


def test_latest_begins_with_the_next_alert_and_that_choice_lasts(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(12))
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "latest", "--timeout", "1.5") as listener:
        assert listener.end() == 0
    assert rows(tmp_path / "a.db") == 0
    for star in stars(8, first=12):
        broker.produce(SN, star.key, star.value, star.partition)
    # What came while nobody listened is neither skipped nor asked for.
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "latest", "--timeout", "1.5") as listener:
        assert listener.end() == 0
        assert "first contact" not in listener.said()
    assert rows(tmp_path / "a.db") == 8


def test_stored_follows_the_group_for_a_topic_never_read_here(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(20))
    commit(broker, "mine", {0: 1, 1: 2, 2: 2})
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "stored", "--timeout", "1.5", group="mine") as listener:
        assert listener.end() == 0, listener.said()
    assert rows(tmp_path / "a.db") == 20 - 5


def test_a_time_in_the_future_begins_with_the_next_alert(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(12))
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "2101-01-01T00:00", "--timeout", "1.5") as listener:
        assert listener.end() == 0, listener.said()
    assert rows(tmp_path / "a.db") == 0


@pytest.mark.parametrize("committed", [0, 4])
def test_the_database_decides_whatever_the_group_has_committed(broker: Broker, tmp_path: Path, committed: int) -> None:
    produce(broker, stars(20))
    db = tmp_path / "a.db"
    with Listener(broker, db, [SN], "--from", "earliest", "--limit", "8") as listener:
        assert listener.end() == 0
    commit(broker, "theirs", dict.fromkeys(range(10), committed))
    with Listener(broker, db, [SN], "--timeout", "1.5", group="theirs") as listener:
        assert listener.end() == 0
        assert "12 alerts\n" in listener.said(), "the rest, and nothing again"
    assert rows(db) == 20


def commit(broker: Broker, group: str, offsets: dict[int, int]) -> None:
    quiet = logging.getLogger("broker")
    consumer = confluent_kafka.Consumer({"bootstrap.servers": broker.servers, "group.id": group}, logger=quiet)
    places = [confluent_kafka.TopicPartition(SN, part, offset) for part, offset in offsets.items()]
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()


def test_a_flood_is_not_begun_unasked(broker: Broker, tmp_path: Path) -> None:
    broker.topic(SN, 10)
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.servers}, logger=logging.getLogger("broker"))
    for number in range(10_001):
        producer.produce(SN, key=b"k", value=b"v", partition=number % 10)
    producer.flush(30)
    with Listener(broker, tmp_path / "a.db", [SN], "--timeout", "20") as listener:
        assert listener.end() == 1
        assert (
            "10,001" in listener.said() and "--from earliest" in listener.said() and "--from latest" in listener.said()
        )
        assert_quiet(listener.said())
    assert rows(tmp_path / "a.db", "quarantine") == rows(tmp_path / "a.db", "offsets") == 0


def test_a_topic_that_is_made_while_listening_is_followed(broker: Broker, tmp_path: Path) -> None:
    broker.topic("fink_other_ztf", 1)
    with Listener(broker, tmp_path / "a.db", ["fink_other_ztf", "fink_absent_ztf"], "--from", "earliest") as listener:
        listener.wait_to_say("fink_absent_ztf: no such topic")
        listener.wait_to_say("live")
        broker.produce("fink_other_ztf", *pair(ztf("ZTF26a", 1, 61110.0)))
        listener.wait_for(1)
        assert_quiet(listener.said())


def pair(packet: Packet) -> tuple[bytes | None, bytes]:
    made = message(packet)
    return made.key, made.value


# When it stops.


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_while_live(broker: Broker, tmp_path: Path, number: signal.Signals) -> None:
    produce(broker, stars(5))
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "earliest") as listener:
        listener.wait_to_say("live")
        code, seconds = listener.stop(number)
        assert (code, seconds < 3) == (0, True), (seconds, listener.said())
        assert_quiet(listener.said())


def test_it_stops_at_once_while_alerts_pour_in_and_the_next_one_goes_on(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(400))
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "earliest") as listener:
        listener.wait_for(25)
        code, seconds = listener.stop(signal.SIGTERM)
        assert (code, seconds < 3) == (0, True), (seconds, listener.said())
    with Listener(broker, tmp_path / "a.db", [SN], "--timeout", "1.5") as listener:
        assert listener.end() == 0
    assert rows(tmp_path / "a.db", "alerts") == rows(tmp_path / "a.db") == 400


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_with_no_broker_there(tmp_path: Path, number: signal.Signals) -> None:
    with Listener("127.0.0.1:1", tmp_path / "a.db", [SN]) as listener:
        listener.wait_to_say("cannot reach")
        code, seconds = listener.stop(number)
        assert code in (0, 1) and seconds < 3
        assert_quiet(listener.said())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_while_a_broker_does_not_answer(tmp_path: Path, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        servers = f"127.0.0.1:{silent.getsockname()[1]}"
        with Listener(servers, tmp_path / "a.db", [SN]) as listener:
            listener.wait_to_say("connecting to")
            code, seconds = listener.stop(number)
            assert code in (0, 1) and seconds < 3
            assert_quiet(listener.said())


# When the broker is away.


@pytest.mark.parametrize(
    ("servers", "why"), [("127.0.0.1:1", "connection refused"), ("no-such-host.invalid:9092", "no such host")]
)
def test_a_broker_that_can_not_be_reached_is_told_in_one_line(tmp_path: Path, servers: str, why: str) -> None:
    with Listener(servers, tmp_path / "a.db", [SN], "--timeout", "3") as listener:
        assert listener.end() == 1
        lines = listener.said().splitlines()
    assert lines[-1] == f"fink-tui: cannot reach {servers}: {why}"
    assert len(lines) <= 5
    assert_quiet("\n".join(lines))


def test_a_broker_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        servers = f"127.0.0.1:{silent.getsockname()[1]}"
        with Listener(servers, tmp_path / "a.db", [SN], "--timeout", "4") as listener:
            assert listener.end() == 1
            assert listener.said().splitlines()[-1] == f"fink-tui: cannot reach {servers}: no answer"


def test_it_goes_on_when_the_broker_comes_back(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(10))
    with Listener(broker, tmp_path / "a.db", [SN], "--from", "earliest") as listener:
        listener.wait_for(10)
        broker.down()
        listener.wait_to_say("cannot reach", timeout=6)
        broker.up()
        for star in stars(5, first=10):
            broker.produce(SN, star.key, star.value, star.partition)
        listener.wait_for(15)
        assert listener.stop()[0] == 0
        assert_quiet(listener.said())
    assert rows(tmp_path / "a.db", "alerts") == 15


# Several at once.


def test_two_listeners_on_one_database_share_the_partitions_and_double_nothing(broker: Broker, tmp_path: Path) -> None:
    produce(broker, stars(20))
    db = tmp_path / "a.db"
    with Listener(broker, db, [SN], "--from", "earliest", group="shared") as one:
        one.wait_for(20)
        with Listener(broker, db, [SN], group="shared") as two:
            produced = 20

            def both_have_some() -> bool:
                nonlocal produced
                for star in stars(20, first=produced):
                    broker.produce(SN, star.key, star.value, star.partition)
                produced += 20
                return last_count(one.said()) > 0 and last_count(two.said()) > 0

            wait_until(both_have_some, pause=1.2)
            one.wait_for(produced)
            codes = [one.stop(), two.stop()]
            assert [code for code, _ in codes] == [0, 0]
            said = (one.said(), two.said())
    assert (rows(db), rows(db, "alerts")) == (produced, produced)
    assert sum(map(last_count, said)) == produced, said
    # One had to give up partitions and got others or the same back: it does not begin again with them.
    assert not any("known" in words or "going back" in words for words in said), said


def last_count(said: str) -> int:
    """The alerts in the last line of progress."""
    counts = [line.split()[0] for line in said.splitlines() if " alerts" in line and line[0].isdigit()]
    return int(counts[-1].replace(",", "")) if counts else 0


# What it refuses.


def test_a_database_of_a_newer_version_is_refused_by_name_and_not_touched(tmp_path: Path) -> None:
    db = tmp_path / "folder" / "a.db"
    conn = connect(db)
    conn.execute(f"PRAGMA user_version = {VERSION + 1}")
    conn.close()
    content = db.read_bytes()
    for words in (("listen", "--topic", SN, "--timeout", "2"), ("targets",), ("show", "x"), ("replay", "2026-03-21")):
        done = run(*words, "--db", db, env={"FINK_TUI_STREAM_SERVERS": "127.0.0.1:1"})
        assert (done.returncode, done.stdout) == (1, "")
        assert str(db) in done.stderr and "newer fink-tui" in done.stderr and len(done.stderr.splitlines()) == 1
    assert db.read_bytes() == content
    assert [file.name for file in db.parent.iterdir()] == ["a.db"]


def test_wrong_usage(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    for words, said in (
        (("--topic", SN, "--from", "yesterday"), "--from yesterday"),
        ((), "no topic"),
        (("--topic", SN, "--limit", "0"), "--limit"),
        (("--topic", SN, "--timeout", "-1"), "--timeout"),
        (("--survey", "desi"), "--survey"),
    ):
        done = run("listen", *words, "--db", db)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert said in done.stderr and "Traceback" not in done.stderr
    assert not db.exists()


def test_a_survey_without_a_server_is_named(tmp_path: Path) -> None:
    done = run("listen", "--topic", "fink_in_tns_lsst", "--db", tmp_path / "a.db")
    assert done.returncode == 1
    assert "LSST" in done.stderr and "FINK_TUI_LSST_SERVERS" in done.stderr and len(done.stderr.splitlines()) == 1
