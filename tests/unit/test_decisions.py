"""What a user decides is never lost: every decision is taken back and done again, also by a later run."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from packets import arrival, ztf

from fink_tui.alerts.arrival import Batch
from fink_tui.alerts.times import from_iso, later, now
from fink_tui.output.journal import in_words
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide, next_priority, note, prioritise, rewrite_note, tag, wake
from fink_tui.store.journal import entries, redo, undo
from fink_tui.store.looks import look, news_of
from fink_tui.store.schema import STEPS, upgrade
from fink_tui.store.targets import STATUSES, Target, all_targets, view_target


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "t.db")) as made:
        yield made


def come(conn: sqlite3.Connection, name: str, number: int, mjd: float, **fields: object) -> None:
    write_batch(conn, Batch(arrivals=(arrival(ztf(name, number, mjd, **fields), offset=number),)))


def only(conn: sqlite3.Connection) -> Target:
    (target,) = all_targets(conn)
    return target


def state(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """All that is decided of every target."""
    return [
        (
            t.name, t.status, t.priority, t.tags, t.snoozed_until, t.back,
            tuple((n.id, n.text) for n in view_target(conn, t.id).notes),  # type: ignore[union-attr]
        )
        for t in all_targets(conn)
    ]  # fmt: skip


class Desk(RuleBasedStateMachine):
    """Decisions of any kind, undone, redone and interleaved with alerts, against a list of past states."""

    def __init__(self) -> None:
        super().__init__()
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        upgrade(self.conn)
        self.conn.row_factory = sqlite3.Row
        self.alerts = 0
        for name in ("ZTF26a", "ZTF26b"):
            self._come(name)
        self.past: list[list[tuple[object, ...]]] = []
        self.undone: list[list[tuple[object, ...]]] = []

    def _come(self, name: str) -> None:
        self.alerts += 1
        come(self.conn, name, self.alerts, 61110.0 + self.alerts)

    def _ids(self, which: int) -> list[int]:
        ids = [target.id for target in all_targets(self.conn)]
        return [ids[:1], ids[1:], ids][which]

    def _decided(self, before: list[tuple[object, ...]], is_written: bool) -> None:
        if is_written:
            self.past.append(before)
            self.undone.clear()

    @rule(which=st.integers(0, 2), status=st.sampled_from([s for s in STATUSES if s != "snooze"]))
    def verdict(self, which: int, status: str) -> None:
        before = state(self.conn)
        self._decided(before, decide(self.conn, self._ids(which), status) is not None)

    @rule(which=st.integers(0, 2), hours=st.integers(1, 5))
    def snooze(self, which: int, hours: int) -> None:
        before = state(self.conn)
        until = 70000.0 + hours
        self._decided(before, decide(self.conn, self._ids(which), "snooze", until=until) is not None)

    @rule(which=st.integers(0, 2), priority=st.sampled_from([None, 1, 2, 3]))
    def priority(self, which: int, priority: int | None) -> None:
        before = state(self.conn)
        self._decided(before, prioritise(self.conn, self._ids(which), priority) is not None)

    @rule(which=st.integers(0, 2), add=st.sets(st.sampled_from("abc")), remove=st.sets(st.sampled_from("cde")))
    def tags(self, which: int, add: set[str], remove: set[str]) -> None:
        before = state(self.conn)
        self._decided(before, tag(self.conn, self._ids(which), add - remove, remove) is not None)

    @rule(which=st.integers(0, 2), text=st.text(max_size=5))
    def note(self, which: int, text: str) -> None:
        before = state(self.conn)
        self._decided(before, note(self.conn, self._ids(which), text) is not None)

    @rule(text=st.sampled_from(["", "x", "y"]))
    def rewrite(self, text: str) -> None:
        before = state(self.conn)
        row = self.conn.execute("SELECT max(id) FROM notes WHERE text <> ''").fetchone()
        self._decided(before, rewrite_note(self.conn, row[0] or 0, text) is not None)

    @rule()
    def take_back(self) -> None:
        now_is = state(self.conn)
        entry = undo(self.conn)
        assert (entry is not None) == bool(self.past)
        if entry is not None:
            self.undone.append(now_is)
            assert state(self.conn) == self.past.pop()

    @rule()
    def do_again(self) -> None:
        now_is = state(self.conn)
        entry = redo(self.conn)
        assert (entry is not None) == bool(self.undone)
        if entry is not None:
            self.past.append(now_is)
            assert state(self.conn) == self.undone.pop()

    @invariant()
    def nothing_leaves_the_journal(self) -> None:
        written = self.conn.execute("SELECT count(*), coalesce(max(id), 0) FROM journal").fetchone()
        assert written[0] == written[1]

    def teardown(self) -> None:
        self.conn.close()


Desk.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestDesk = Desk.TestCase


def test_a_decision_is_undone_by_a_later_run_though_alerts_came_in_between(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with closing(connect(path)) as conn:
        come(conn, "ZTF26a", 1, 61110.0)
        target = only(conn).id
        decide(conn, [target], "reject")
        prioritise(conn, [target], 2)
        note(conn, [target], "an asteroid, I think")
    with closing(connect(path)) as conn:
        come(conn, "ZTF26a", 2, 61111.0)
        come(conn, "ZTF26a", 3, 61112.0)
        assert "put aside" in (only(conn).back or "")
        for _ in range(3):
            assert undo(conn) is not None
        assert (only(conn).status, only(conn).priority, only(conn).note, only(conn).n_alerts) == ("new", None, "", 3)
    with closing(connect(path)) as conn:
        for _ in range(3):
            assert redo(conn) is not None
        assert redo(conn) is None
        assert (only(conn).status, only(conn).priority, only(conn).note) == ("reject", 2, "an asteroid, I think")


def test_a_new_decision_ends_what_could_be_done_again(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    target = only(conn).id
    decide(conn, [target], "watch")
    undo(conn)
    decide(conn, [target], "follow")
    assert redo(conn) is None
    assert only(conn).status == "follow"


def test_any_entry_can_be_taken_back_by_its_number(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    target = only(conn).id
    tagged = tag(conn, [target], ["bright"])
    decide(conn, [target], "follow")
    assert tagged is not None and undo(conn, tagged.id) is not None
    assert (only(conn).tags, only(conn).status) == ((), "follow")
    assert undo(conn, tagged.id) is None, "it is taken back already"
    assert [entry.stands for entry in entries(conn)] == [True, True, False]


def test_taking_back_an_older_entry_leaves_what_was_decided_later(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    target = only(conn).id
    followed = decide(conn, [target], "follow")
    rejected = decide(conn, [target], "reject")
    assert followed is not None and rejected is not None
    assert undo(conn, followed.id) is not None
    assert only(conn).status == "reject", "the later verdict stands"
    assert redo(conn) is not None and only(conn).status == "reject", "and what is done again is no later than it was"
    assert undo(conn, followed.id) is not None
    assert undo(conn) is not None
    assert only(conn).status == "new", "the verdict taken back does not return"
    assert undo(conn) is None
    assert redo(conn) is not None and only(conn).status == "reject"


def test_a_snooze_that_is_done_again_still_ends_with_the_next_alert(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    decide(conn, [only(conn).id], "snooze")
    come(conn, "ZTF26a", 2, 61111.0, magpsf=18.0)
    assert undo(conn) is not None and redo(conn) is not None
    assert only(conn).status == "snooze"
    come(conn, "ZTF26a", 3, 61112.0, magpsf=17.0)
    assert only(conn).status == "new" and "17.00" in (only(conn).back or "")


def test_what_came_back_is_told_in_the_journal_and_woke_only_where_it_did(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    decide(conn, [only(conn).id], "snooze", until=now() + 1.0)
    come(conn, "ZTF26a", 2, 61111.0, magpsf=18.0)
    newest = entries(conn)[0]
    assert newest.action == "new alert"
    assert "ZTF26a was put aside (snooze): a new alert, g 18.00" in in_words(newest, {only(conn).id: "ZTF26a"})


def test_each_press_is_the_next_priority_of_the_first(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    found = []
    for _ in range(4):
        next_priority(conn, [only(conn).id])
        found.append(only(conn).priority)
    assert found == [1, 2, 3, None]


def test_snoozed_until_something_changes_comes_back_with_its_next_alert_and_says_why(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0, magpsf=19.0)
    decide(conn, [only(conn).id], "watch")
    decide(conn, [only(conn).id], "snooze")
    come(conn, "ZTF26a", 1, 61110.0, magpsf=19.0)
    assert only(conn).status == "snooze", "a copy of a known alert is no change"
    come(conn, "ZTF26a", 2, 61111.0, magpsf=18.0)
    target = only(conn)
    assert target.status == "watch"
    assert target.back is not None and "1.00 mag brighter" in target.back
    decide(conn, [target.id], "follow")
    assert only(conn).back is None
    assert undo(conn) is not None and only(conn).status == "watch"
    assert undo(conn) is not None and only(conn).status == "watch", "before the snooze it was watched"


def test_snoozed_until_a_time_stays_so_says_once_that_alerts_came_and_wakes_at_its_time(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(conn, "ZTF26a", 1, 61110.0)
    decide(conn, [only(conn).id], "snooze", until=now() + 1.0)
    come(conn, "ZTF26a", 2, 61111.0)
    first = only(conn)
    assert first.status == "snooze" and first.back is not None
    come(conn, "ZTF26a", 3, 61112.0)
    assert only(conn).back == first.back, "once"
    assert wake(conn) == 0
    monkeypatch.setattr("fink_tui.store.decisions.now", lambda: now() + 2.0)
    assert wake(conn) == 1
    assert only(conn).status == "new" and "time is up" in (only(conn).back or "")
    assert wake(conn) == 0


def test_what_is_new_since_the_last_look(conn: sqlite3.Connection) -> None:
    come(conn, "ZTF26a", 1, 61110.0, magpsf=19.0)
    assert news_of(only(conn)) is None, "never looked at"
    look(conn, [only(conn).id])
    assert not news_of(only(conn))
    come(conn, "ZTF26a", 2, 61112.0, magpsf=18.0, tns="SN Ia")
    news = news_of(only(conn))
    assert news is not None
    assert news.points >= 1 and news.rate == pytest.approx(-0.5)
    assert news.label is not None and news.label[1] == "SN Ia"
    assert news.matches == ("tns_type=SN Ia",)
    look(conn, [only(conn).id])
    assert not news_of(only(conn))


def test_a_journal_of_the_first_version_can_still_be_undone(tmp_path: Path) -> None:
    from sqlite_utils import Database

    path = tmp_path / "old.db"
    old = sqlite3.connect(path, isolation_level=None)
    for step in STEPS[:2]:
        step(Database(old))
    old.execute("INSERT INTO targets (name, status) VALUES ('ZTF26a', 'reject')")
    old.execute(
        "INSERT INTO journal (at, action, changes) VALUES (61000, 'reject', ?)", (json.dumps([[1, "new", "reject"]]),)
    )
    old.execute("PRAGMA user_version = 2")
    old.close()
    with closing(connect(path)) as conn:
        assert undo(conn) is not None
        assert only(conn).status == "new"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "2026-11-24T03:30"), ("2h", "2026-11-24T05:00"), ("3d", "2026-11-27T03:00"),
        ("22:30", "2026-11-24T22:30"), ("2:30", "2026-11-25T02:30"), ("2026-12-01", "2026-12-01T00:00"),
    ],
)  # fmt: skip
def test_a_time_to_come(text: str, expected: str) -> None:
    assert later(text, from_iso("2026-11-24T03:00")) == pytest.approx(from_iso(expected))


@given(st.text(max_size=12))
def test_any_text_is_a_time_to_come_or_a_plain_refusal(text: str) -> None:
    try:
        assert later(text, 61000.0) > 61000.0
    except ValueError as error:
        assert "expected" in str(error)
