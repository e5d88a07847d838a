"""Rules: how they are read, what they do and leave alone, and that a trial is what would have been."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import target
from packets import GRB, SN, TNS, arrival, mma, sky, spread, understood, ztf

from fink_tui.alerts.arrival import Arrival, Batch
from fink_tui.rules.acting import Actor, deeds
from fink_tui.rules.calls import calls_of, sequences
from fink_tui.rules.rule import Rule, read_rules
from fink_tui.rules.trial import trial
from fink_tui.sky.sites import Site
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect, connect_memory
from fink_tui.store.decisions import decide, prioritise, tag
from fink_tui.store.hits import Hit, hits_after
from fink_tui.store.journal import entries, undo
from fink_tui.store.lines import Line
from fink_tui.store.targets import all_targets

SITES = (Site("La Silla", -29.2567, -70.73, 2347.0),)


def rules_of(**tables: dict[str, Any]) -> tuple[Rule, ...]:
    rules, wrong = read_rules({name.replace("_", "-"): table for name, table in tables.items()}, SITES)
    assert not wrong
    return rules


def at(ruled: int | None = None, **fields: Any) -> Line:
    return Line(1, 7, 61120.0, target(**fields), ruled)


def done(rules: Sequence[Rule], line: Line, acted: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [(deed.rule.name, deed.does) for deed in deeds(rules, line, acted)]


# Reading.


def test_a_rule_is_read() -> None:
    table = {
        "when": "class~SN and mag<19",
        "tag": "rising",
        "priority": 1,
        "verdict": "follow",
        "notify": ["bell", "desktop"],
        "command": ["~/bin/x", "-q"],
        "enabled": False,
    }
    (rule,) = rules_of(rising=table)
    assert (rule.tag, rule.priority, rule.verdict, rule.notify, rule.enabled) == (
        "rising", 1, "follow", ("bell", "desktop"), False,
    )  # fmt: skip
    assert rule.command == (str(Path("~/bin/x").expanduser()), "-q")
    assert rule.does == f"#rising, priority 1, follow, bell, desktop, runs {rule.command[0]}"
    assert rule.matches(target()) and not rule.matches(target(last_mag=20.0))


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"when": "clas~SN", "tag": "a"}, "when: no field clas: class? (at 'clas~SN')"),
        ({"when": "mag<", "tag": "a"}, "when: expected a number in mag after mag< (at the end of 'mag<')"),
        ({"tag": "a"}, "when is missing"),
        ({"when": "  ", "tag": "a"}, "when is missing"),
        ({"when": 3, "tag": "a"}, "when is missing"),
        ({"when": "sn"}, "it does nothing: give it tag, priority, verdict, notify or command"),
        ({"when": "sn", "notfy": "bell"}, "there is no notfy: notify?"),
        ({"when": "sn", "xyz": 1}, "there is no xyz: when, tag"),
        ({"when": "sn", "tag": "two words"}, "tag: expected one word"),
        ({"when": "sn", "tag": "a\x1bb"}, "tag: expected one word"),
        ({"when": "sn", "tag": ""}, "tag: expected one word"),
        ({"when": "sn", "tag": 3}, "tag: expected one word"),
        ({"when": "sn", "priority": 4}, "priority: expected 1, 2 or 3"),
        ({"when": "sn", "priority": True}, "priority: expected 1, 2 or 3"),
        ({"when": "sn", "verdict": "done"}, "verdict: expected watch, follow or reject"),
        ({"when": "sn", "notify": "email"}, "notify: expected"),
        ({"when": "sn", "notify": [1]}, "notify: expected"),
        ({"when": "sn", "command": "rm -rf /"}, "command: expected a list of words"),
        ({"when": "sn", "command": []}, "command: expected a list of words"),
        ({"when": "sn", "command": ["a\0"]}, "command: expected a list of words"),
        ({"when": "sn", "tag": "a", "enabled": "yes"}, "enabled: expected true or false"),
    ],
)
def test_a_wrong_rule_is_named_with_the_reason_and_the_others_hold(table: dict[str, Any], why: str) -> None:
    rules, wrong = read_rules({"a": table, "b": {"when": "sn", "tag": "b"}}, SITES)
    assert [rule.name for rule in rules] == ["b"]
    (only,) = wrong
    assert str(only).startswith(f"rule a is not used: {why}") and str(only).isprintable()


# Acting.


def test_each_rule_sees_what_those_before_it_did() -> None:
    rules = rules_of(
        first={"when": "class~SN", "tag": "sn"},
        second={"when": "tag=sn status=new", "verdict": "follow"},
        third={"when": "status=new", "tag": "never"},
    )
    assert done(rules, at()) == [("first", "#sn"), ("second", "follow")]
    assert done(rules, at(), ["first"]) == [("third", "#never")]


def test_a_verdict_is_for_new_targets_and_the_first_one_stays() -> None:
    rules = rules_of(a={"when": "sn", "verdict": "reject"}, b={"when": "sn", "verdict": "follow", "tag": "b"})
    assert done(rules, at()) == [("a", "reject"), ("b", "#b")]
    for status in ("watch", "follow", "done", "reject", "snooze"):
        assert done(rules, at(status=status)) == [("a", ""), ("b", "#b")]


def test_a_priority_is_raised_where_none_is_or_another_rule_gave_a_lower_one() -> None:
    rules = rules_of(a={"when": "sn", "priority": 2}, b={"when": "sn", "priority": 1}, c={"when": "sn", "priority": 3})
    assert done(rules, at()) == [("a", "priority 2"), ("b", "priority 1"), ("c", "")]
    assert done(rules, at(priority=3)) == [("a", ""), ("b", ""), ("c", "")]
    assert done(rules, at(priority=3, ruled=3)) == [("a", "priority 2"), ("b", "priority 1"), ("c", "")]
    assert done(rules, at(priority=1, ruled=3)) == [("a", ""), ("b", ""), ("c", "")]


def test_now_is_when_the_newest_alert_was_observed() -> None:
    rules = rules_of(a={"when": "seen<1h and first>3d and first<5d", "tag": "a"})
    assert done(rules, at(last_mjd=51000.0, first_mjd=50996.0)) == [("a", "#a")]


def test_the_sky_is_that_of_the_first_site_at_that_moment() -> None:
    rules = rules_of(up={"when": "alt>60", "tag": "up"}, down={"when": "alt<0 airmass=none", "tag": "down"})
    # At La Silla the local sidereal time at MJD 61120.0 (2026-03-21, 0 h) is 7.2 h.
    assert done(rules, at(ra=108.0, dec=-29.0)) == [("up", "#up")]
    assert done(rules, at(ra=288.0, dec=29.0)) == [("down", "#down")]
    assert done(rules, at(ra=None, dec=None)) == []


# In the database.


@pytest.fixture
def conn() -> sqlite3.Connection:
    return connect_memory()


def write(conn: sqlite3.Connection, rules: Sequence[Rule], *arrivals: Arrival) -> None:
    write_batch(conn, Batch(tuple(arrivals)), act=Actor(rules))


def hits(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(hit.rule, hit.name) for hit in hits_after(conn, 0)]


def state(conn: sqlite3.Connection) -> dict[str, tuple[str, tuple[str, ...], int | None]]:
    return {t.name: (t.status, t.tags, t.priority) for t in all_targets(conn)}


BRIGHT = rules_of(bright={"when": "mag<19", "tag": "bright", "priority": 1, "verdict": "follow", "notify": "bell"})


def test_what_a_rule_does_is_in_the_journal_in_its_name(conn: sqlite3.Connection) -> None:
    write(conn, BRIGHT, arrival(ztf("ZTF26a", 1, 61120.0)), arrival(ztf("ZTF26b", 2, 61120.0, mag=20.0)))
    assert state(conn) == {"ZTF26a": ("follow", ("bright",), 1), "ZTF26b": ("new", (), None)}
    (entry,) = entries(conn)
    assert (entry.by, entry.action) == ("rule bright", "#bright, priority 1, follow")
    assert hits(conn) == [("bright", "ZTF26a")]


def test_a_rule_acts_on_a_target_once_and_never_again_what_was_taken_back(conn: sqlite3.Connection) -> None:
    write(conn, BRIGHT, arrival(ztf("ZTF26a", 1, 61120.0)), arrival(ztf("ZTF26a", 2, 61121.0), offset=1))
    assert len(entries(conn)) == len(hits(conn)) == 1
    (entry,) = entries(conn)
    assert undo(conn, entry.id) is not None
    assert state(conn) == {"ZTF26a": ("new", (), None)}
    write(conn, BRIGHT, arrival(ztf("ZTF26a", 3, 61122.0), offset=2))
    assert state(conn) == {"ZTF26a": ("new", (), None)}


def test_what_the_person_decided_stands(conn: sqlite3.Connection) -> None:
    write(conn, (), arrival(ztf("ZTF26a", 1, 61120.0, mag=20.0)))
    (found,) = all_targets(conn)
    decide(conn, [found.id], "watch")
    prioritise(conn, [found.id], 3)
    write(conn, BRIGHT, arrival(ztf("ZTF26a", 2, 61121.0), offset=1))
    assert state(conn) == {"ZTF26a": ("watch", ("bright",), 3)}
    assert hits(conn) == [("bright", "ZTF26a")]


def test_a_rejection_by_a_rule_is_no_comeback(conn: sqlite3.Connection) -> None:
    rules = rules_of(no={"when": "mag<19", "verdict": "reject"})
    write(conn, rules, arrival(ztf("ZTF26a", 1, 61120.0)))
    (found,) = all_targets(conn)
    assert (found.status, found.back) == ("reject", None)
    write(conn, rules, arrival(ztf("ZTF26a", 2, 61121.0), offset=1))
    (found,) = all_targets(conn)
    assert found.status == "reject" and found.back


def test_a_second_topic_is_an_arrival_too(conn: sqlite3.Connection) -> None:
    rules = rules_of(tns={"when": "topic~tns", "tag": "tns"})
    packet = ztf("ZTF26a", 1, 61120.0)
    write(conn, rules, arrival(packet, SN))
    assert hits(conn) == []
    write(conn, rules, arrival(packet, TNS))
    write(conn, rules, arrival(packet, TNS))
    assert hits(conn) == [("tns", "ZTF26a")]


def test_a_poor_packet_is_no_reason_to_miss_what_the_full_one_says(conn: sqlite3.Connection) -> None:
    rules = rules_of(drb={"when": "drb>0.5", "tag": "real"})
    write(conn, rules, arrival(mma("ZTF26a", 1, 61120.0, trigger="1"), GRB))
    write(conn, rules, arrival(ztf("ZTF26a", 1, 61120.0), SN))
    assert hits(conn) == [("drb", "ZTF26a")]


def test_a_batch_that_fails_leaves_nothing_of_what_rules_did(conn: sqlite3.Connection) -> None:
    def failing(conn: sqlite3.Connection, line: Line) -> None:
        Actor(BRIGHT)(conn, line)
        raise sqlite3.OperationalError("disk full")

    with pytest.raises(sqlite3.OperationalError):
        write_batch(conn, Batch((arrival(ztf("ZTF26a", 1, 61120.0)),)), act=failing)
    assert all_targets(conn) == [] and hits(conn) == [] and entries(conn) == []


# A trial is what would have been.

SKY = [understood(message) for message in spread(sky())]
MANY = rules_of(
    sn={"when": "class~SN", "tag": "sn", "priority": 3},
    often={"when": "n>=2 and mag<19.4", "verdict": "follow"},
    rising={"when": "rate<0 and topic~sn_candidates", "tag": "rising", "priority": 1, "verdict": "watch"},
    tns={"when": "topic~tns or tns_type!=none", "tag": "tns", "verdict": "reject"},
    quiet={"when": "not topic~tns and n>2", "notify": "bell"},
    mine={"when": "tag=mine or priority=2", "tag": "seen", "priority": 1},
    lsst={"when": "reliability>0.5 and flux>0 and detections>2", "verdict": "follow", "priority": 2},
)


@st.composite
def nights(draw: st.DrawFn) -> list[list[Arrival] | tuple[str, int]]:
    """Arrivals in any order, some twice, in batches of any size, and what a person decides between two of them."""
    extra = draw(st.lists(st.sampled_from(range(len(SKY))), max_size=10))
    order = draw(st.permutations([*range(len(SKY)), *extra]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=12)))
    steps: list[list[Arrival] | tuple[str, int]] = []
    for start, end in itertools.pairwise([0, *cuts, len(order)]):
        steps.append([SKY[i] for i in order[start:end]])
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(["follow", "reject", "tag", "2"])), draw(st.integers(0, 9))))
    return steps


def work(conn: sqlite3.Connection, steps: Sequence[list[Arrival] | tuple[str, int]], rules: Sequence[Rule]) -> None:
    for step in steps:
        if isinstance(step, list):
            write_batch(conn, Batch(tuple(step)), act=Actor(rules) if rules else None)
            continue
        names = sorted(t.name for t in all_targets(conn))
        chosen = [t.id for t in all_targets(conn) if t.name == names[step[1] % len(names)]]
        if step[0] == "tag":
            tag(conn, chosen, ["mine"])
        elif step[0] == "2":
            prioritise(conn, chosen, 2)
        else:
            decide(conn, chosen, step[0])


def acted(conn: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    """What a rule really did: at which alert of which target, and what it changed there."""
    said = [entry for entry in reversed(entries(conn)) if entry.by == f"rule {name}"]
    names = {t.id: t.name for t in all_targets(conn)}
    found = []
    for hit in hits_after(conn, 0):
        if hit.rule == name:
            mine = [e.action for e in said if names.get(e.changes[0].target) == hit.name]
            source_id = conn.execute("SELECT source_id FROM alerts WHERE id = ?", (hit.alert,)).fetchone()[0]
            found.append((hit.name, source_id, mine[0] if mine else ""))
    return found


def in_a_file(steps: Sequence[Any], rules: Sequence[Rule], folder: str, name: str) -> sqlite3.Connection:
    conn = connect(Path(folder) / name)
    work(conn, steps, rules)
    return conn


@settings(max_examples=60, deadline=None)
@given(nights())
def test_a_trial_tells_what_the_rule_then_does(steps: list[list[Arrival] | tuple[str, int]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(in_a_file(steps, (), folder, "a.db")) as without,
        closing(in_a_file(steps, MANY, folder, "b.db")) as with_rules,
    ):
        # A name may be told apart from another survey's later on.
        names = {t.id: t.name for t in all_targets(without)}
        for rule in MANY:
            tried = [
                (names[line.target.id], line.source_id, deed.does)
                for line, deed in trial(without, MANY, rule.name)
                if line.target.id in names
            ]
            assert tried == acted(with_rules, rule.name), rule.name


def test_a_rule_that_is_not_enabled_can_be_tried_and_does_nothing_yet(conn: sqlite3.Connection) -> None:
    rules = rules_of(a={"when": "mag<19", "tag": "a", "enabled": False}, b={"when": "tag=a", "tag": "b"})
    write(conn, rules, arrival(ztf("ZTF26a", 1, 61120.0)))
    assert hits(conn) == []
    assert [deed.does for _, deed in trial(conn, rules, "a")] == ["#a"]
    # With a on as well b would act; as things are it does not.
    assert list(trial(conn, rules, "b")) == []


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(len(SKY))), st.sets(st.integers(1, len(SKY) - 1), max_size=12))
def test_where_batches_are_cut_changes_nothing(order: list[int], cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(order)]
    found = []
    for parts in ([(0, len(order))], list(itertools.pairwise(edges)), [(i, i + 1) for i in range(len(order))]):
        with closing(connect_memory()) as conn:
            for start, end in parts:
                write_batch(conn, Batch(tuple(SKY[i] for i in order[start:end])), act=Actor(MANY))
            found.append((state(conn), sorted(hits(conn))))
    assert found[0] == found[1] == found[2]


def test_a_trial_of_a_night_sees_the_alerts_of_that_night(conn: sqlite3.Connection) -> None:
    # Noon at Palomar is 19:47 UTC.
    write(conn, (), *(arrival(ztf("ZTF26a", n + 1, 61119.9 + n, mag=19.5 - n), offset=n) for n in range(3)))
    rules = rules_of(any={"when": "mag<25", "tag": "a"})
    assert [line.mjd for line, _ in trial(conn, rules, "any")] == [pytest.approx(61119.9)]
    assert [line.mjd for line, _ in trial(conn, rules, "any", "2026-03-22")] == [pytest.approx(61121.9)]
    assert list(trial(conn, rules, "any", "2026-04-22")) == []
    with pytest.raises(ValueError):
        list(trial(conn, rules, "any", "2026-02-30"))


# Telling.

KITTY, FOOT, ITERM, CONSOLE = (
    {"TERM": "xterm-kitty"},
    {"TERM": "foot"},
    {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"},
    {"TERM": "linux"},
)


def called(*names: str, notify: str | list[str] = "bell") -> Any:
    rules = rules_of(r={"when": "sn", "notify": notify}, silent={"when": "sn", "tag": "a"})
    made = [Hit(i, 61120.0, "r", i, i, name) for i, name in enumerate(names)]
    made += [Hit(99, 61120.0, "silent", 1, 1, "x"), Hit(100, 61120.0, "gone", 1, 1, "x")]
    return calls_of(made, {rule.name: rule for rule in rules})


def test_many_hits_are_one_call() -> None:
    assert [call.text for call in called("a")] == ["r: a"]
    assert [call.text for call in called("a", "b", "c", "d", "e")] == ["r: a, b, c and 2 more"]
    assert called() == []


@pytest.mark.parametrize(
    ("environ", "mode", "expected"),
    [
        (KITTY, "auto", "\x1b]99;i=fink-tui:d=0;fink-tui\x1b\\\x1b]99;i=fink-tui:p=body;r: a\x1b\\"),
        (FOOT, "auto", "\x1b]777;notify;fink-tui;r: a\x1b\\"),
        (ITERM, "auto", "\x1b]9;fink-tui: r: a\x1b\\"),
        (ITERM, "osc777", "\x1b]777;notify;fink-tui;r: a\x1b\\"),
        (CONSOLE, "auto", "\a"),
        ({}, "auto", "\a"),
        (KITTY, "off", "\a"),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x"}, "auto", "\x1bPtmux;\x1b\x1b]9;fink-tui: r: a\x1b\x1b\\\x1b\\"),
    ],
)
def test_a_notification_is_written_as_the_terminal_understands_it(
    environ: dict[str, str], mode: str, expected: str
) -> None:
    assert sequences(called("a", notify="desktop"), mode, environ) == expected


def test_one_bell_for_all_and_nothing_of_a_name_reaches_the_terminal_as_a_code() -> None:
    assert sequences([*called("a"), *called("b")], "auto", ITERM) == "\a"
    written = sequences(called("\x1b]52;c;eA==\a\x1b[2J", notify=["bell", "desktop"]), "auto", ITERM)
    assert written.count("\x1b") == 2 and written.count("\a") == 1 and written.endswith("\a")
