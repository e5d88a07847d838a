"""Which objects are one target depends on where they are and on what the user said, and not on any order."""

from __future__ import annotations

import itertools
import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packets import arrival, lsst, moving, ztf
from sqlite_utils import Database

from fink_tui.alerts.arrival import Arrival, Batch
from fink_tui.alerts.grouping import Radii
from fink_tui.store import schema
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect, connect_memory
from fink_tui.store.decisions import decide, note, prioritise, tag
from fink_tui.store.grouping import use_radii
from fink_tui.store.joining import accept, decline, join, members, proposals, split
from fink_tui.store.journal import redo, undo
from fink_tui.store.steps.grouping import step as grouping_step
from fink_tui.store.targets import Target, all_targets, changed_targets, find_targets, targets_in_cone, view_target

RADII = {("ztf", "ztf"): 1.5, ("lsst", "ztf"): 2.0, ("lsst", "lsst"): 0.5}
# Where coordinates are awkward, and where they are not.
CENTRES = [(0.0, -30.0), (359.99999, 5.0), (123.4, 89.99), (300.0, -89.99), (77.0, 90.0), (150.0, 20.0)]


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(connect_memory()) as made:
        yield made


def at(centre: tuple[float, float], east: float, north: float) -> tuple[float, float]:
    """A position some arcseconds from another, in the plane that touches the sky there: exact anywhere."""
    ra, dec = (math.radians(angle) for angle in centre)
    x, y = (math.radians(arcsec / 3600.0) for arcsec in (east, north))
    vector = [
        math.cos(dec) * math.cos(ra) - x * math.sin(ra) - y * math.sin(dec) * math.cos(ra),
        math.cos(dec) * math.sin(ra) + x * math.cos(ra) - y * math.sin(dec) * math.sin(ra),
        math.sin(dec) + y * math.cos(dec),
    ]
    return math.degrees(math.atan2(vector[1], vector[0])) % 360.0, math.degrees(
        math.atan2(vector[2], math.hypot(vector[0], vector[1]))
    )


def seen(survey: str, number: int, visit: int, place: tuple[float, float]) -> Arrival:
    """An alert of an object of a survey, or of an asteroid where the survey is "sso"."""
    ra, dec = place
    source, mjd = 1000 + number * 100 + visit, 61110.0 + visit
    if survey == "ztf":
        return arrival(ztf(f"ZTF26{chr(97 + number)}", source, mjd, ra=ra, dec=dec), offset=source)
    if survey == "lsst":
        return arrival(lsst(source, 170_000 + number, mjd, ra=ra, dec=dec), offset=source)
    return arrival(moving(source, f"2026 A{chr(65 + number)}", mjd, ra=ra, dec=dec), offset=source)


def write(conn: sqlite3.Connection, *arrivals: Arrival) -> None:
    write_batch(conn, Batch(arrivals), keep_packets=False)


def target(conn: sqlite3.Connection, name: str) -> Target:
    (found,) = find_targets(conn, name)
    return found


def grouping(conn: sqlite3.Connection) -> tuple[Any, ...]:
    """Targets by name with their objects, and what is proposed."""
    found = all_targets(conn)
    asked = proposals(conn)
    for each in found:
        assert each.proposed == sum(each.id in (p.one, p.other) for p in asked), each.name
    return (
        {each.name: (each.surveys, each.objects, each.n_alerts, each.is_moving) for each in found},
        [(p.one_name, p.other_name, round(p.arcsec, 6), p.why) for p in asked],
    )


# What is stored, held to a plain reading of the rules.


def expected(conn: sqlite3.Connection, *, automatic: bool = True) -> set[frozenset[int]]:
    """The objects of each target, from all distances between all of them and all that was said."""
    rows = conn.execute(
        """SELECT o.id, o.survey, o.is_moving, h.status AS alone, t.status AS now FROM objects o
           JOIN targets h ON h.id = o.home JOIN targets t ON t.id = o.target"""
    ).fetchall()
    places = {
        row["id"]: conn.execute("SELECT ra, dec FROM alerts WHERE object = ?", (row["id"],)).fetchall() for row in rows
    }
    said = {(one, other): what for one, other, what in conn.execute("SELECT one, other, what FROM said")}
    still = [row for row in rows if not row["is_moving"]]

    def distance(one: sqlite3.Row, other: sqlite3.Row) -> float:
        """In radii of the two surveys."""
        first, second = (mean([vector(*place) for place in places[row["id"]]]) for row in (one, other))
        arcsec = math.degrees(2 * math.asin(math.dist(first, second) / 2)) * 3600
        return arcsec / RADII[min(one["survey"], other["survey"]), max(one["survey"], other["survey"])]

    def is_sure(group: Sequence[sqlite3.Row]) -> bool:
        own = {row["id"] for row in group}
        verdicts = {
            row["now"] if any(pair[0] == row["id"] and what == "same" for pair, what in said.items()) else row["alone"]
            for row in group
        }
        return (
            all(
                distance(a, b) <= 1 and said.get((a["id"], b["id"])) != "apart"
                for a, b in itertools.combinations(group, 2)
            )
            and all(distance(a, b) > 2 for a in group for b in still if b["id"] not in own)
            and len(verdicts - {"new"}) < 2
        )

    same = {pair for pair, what in said.items() if what == "same"}
    sure = set()
    for row in still if automatic else ():
        group = [other for other in still if other["id"] == row["id"] or distance(row, other) <= 2]
        if is_sure(group):
            sure |= set(itertools.permutations([each["id"] for each in group], 2))
    found = set()
    for row in rows:
        whole = closure(row["id"], same | sure)
        if any(said.get(pair) == "apart" for pair in itertools.permutations(whole, 2)):
            whole = closure(row["id"], same)
        found.add(whole)
    return found


def vector(ra: float, dec: float) -> tuple[float, float, float]:
    right, up = math.radians(ra), math.radians(dec)
    return math.cos(up) * math.cos(right), math.cos(up) * math.sin(right), math.sin(up)


def mean(vectors: Sequence[tuple[float, float, float]]) -> list[float]:
    whole = [sum(part) for part in zip(*vectors, strict=True)]
    return [part / math.hypot(*whole) for part in whole]


def closure(one: int, pairs: set[tuple[int, int]]) -> frozenset[int]:
    found = {one}
    while more := {b for a, b in pairs if a in found} - found:
        found |= more
    return frozenset(found)


def stored_groups(conn: sqlite3.Connection) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row in conn.execute("SELECT id, target FROM objects"):
        groups.setdefault(row["target"], set()).add(row["id"])
    return {frozenset(group) for group in groups.values()}


# No two of these are a radius or two apart, so that rounding decides nothing.
offsets = st.tuples(st.sampled_from([0.0, 0.3, 0.9, 1.7, 3.1, 5.3, 13.2, 13.5, 14.8]), st.sampled_from([0.0, 0.23]))


@st.composite
def skies(draw: st.DrawFn) -> list[Arrival]:
    """A few objects of both surveys and asteroids within some arcseconds, each seen once to three times."""
    centre = draw(st.sampled_from(CENTRES))
    objects = draw(
        st.lists(st.tuples(st.sampled_from(["ztf", "lsst", "lsst", "sso"]), offsets), min_size=2, max_size=8)
    )
    return [
        seen(survey, number, visit, at(centre, east + visit * shake, north - visit * shake))
        for number, (survey, (east, north)) in enumerate(objects)
        for shake in [draw(st.sampled_from([0.0, 0.013, 0.3, 4.1]))]
        for visit in range(draw(st.integers(1, 3)))
    ]


def stored(batches: Sequence[Sequence[Arrival]], radii: Radii | None = None) -> tuple[Any, ...]:
    with closing(connect_memory()) as conn:
        if radii:
            use_radii(conn, radii)
        for batch in batches:
            write(conn, *batch)
        assert stored_groups(conn) == expected(conn, automatic=radii is None)
        return grouping(conn)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_delivery_of_the_same_alerts_gives_the_same_targets_and_proposals(data: st.DataObject) -> None:
    sky = data.draw(skies())
    order = data.draw(st.permutations([*sky, *data.draw(st.lists(st.sampled_from(sky), max_size=4))]))
    cut = data.draw(st.integers(0, len(order)))
    assert stored([order[:cut], order[cut:]]) == stored([sky])


@settings(max_examples=30, deadline=None)
@given(skies())
def test_what_is_not_to_be_joined_unasked_is_proposed(sky: list[Arrival]) -> None:
    targets, _ = stored([[each] for each in sky], Radii(automatic=False))
    assert len(targets) == len({(a.alert.survey, a.alert.object_id) for a in sky})


Act = tuple[str, int, int]


def act(conn: sqlite3.Connection, what: str, one: int, other: int) -> None:
    """Something the user does, on the targets and proposals there are."""
    ids = [each.id for each in all_targets(conn) if not each.is_moving]
    asked = [(p.one, p.other) for p in proposals(conn)]
    if what == "undo":
        undo(conn)
    elif what == "redo":
        redo(conn)
    elif what in ("accept", "decline") and asked:
        (accept if what == "accept" else decline)(conn, [asked[one % len(asked)]])
    elif what == "join" and ids:
        join(conn, [ids[one % len(ids)], ids[other % len(ids)]])
    elif what == "split" and ids:
        parts = members(conn, ids[one % len(ids)])
        split(conn, ids[one % len(ids)], [parts[other % len(parts)].id])
    elif what in ("follow", "reject", "new") and ids:
        decide(conn, [ids[one % len(ids)]], what)


acts = st.tuples(
    st.sampled_from(["undo", "redo", "accept", "decline", "join", "split", "split", "follow", "reject", "new"]),
    st.integers(0, 9),
    st.integers(0, 9),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_alerts_between_what_she_does_may_come_in_any_order(data: st.DataObject) -> None:
    """Between two decisions the alerts are shuffled and doubled; the rules hold after each step of either run."""
    sky = data.draw(st.permutations(data.draw(skies())))
    done = data.draw(st.lists(acts, max_size=8))
    cuts = [0, *sorted(data.draw(st.integers(0, len(sky))) for _ in done), len(sky)]
    spans = [sky[a:b] for a, b in itertools.pairwise(cuts)]
    shuffled = [data.draw(st.permutations([*span, *span[:1]])) for span in spans]
    with closing(connect_memory()) as one, closing(connect_memory()) as other:
        for number in range(len(spans)):
            write(one, *spans[number])
            for each in shuffled[number]:
                write(other, each)
            for conn in (one, other):
                if number < len(done):
                    act(conn, *done[number])
                assert stored_groups(conn) == expected(conn)
            assert grouping(one) == grouping(other)
            assert decided(one) == decided(other)


def decided(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """All that is decided of every target."""
    return [
        (t.name, t.objects, t.status, t.priority, t.tags, t.note, t.proposed)
        for t in all_targets(conn)
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(skies(), st.lists(acts, max_size=6), st.lists(acts, min_size=1, max_size=4), st.booleans())
def test_no_joining_is_irreversible(
    sky: list[Arrival], before: list[Act], then: list[Act], alerts_between: bool
) -> None:
    """After as many undos as there were decisions all is as it would be without them, alerts in between or not."""
    taken = [each for each in then if each[0] not in ("undo", "redo")]
    late = len(sky) // 2 if alerts_between else len(sky)
    with closing(connect_memory()) as conn, closing(connect_memory()) as without:
        for each in (conn, without):
            write(each, *sky[:late])
            for was in before:
                act(each, *was)
        entries = conn.execute("SELECT count(*) FROM journal").fetchone()[0]
        for doing in taken:
            act(conn, *doing)
        made = conn.execute("SELECT count(*) FROM journal").fetchone()[0] - entries
        write(conn, *sky[late:])
        write(without, *sky[late:])
        for _ in range(made):
            assert undo(conn) is not None
        assert grouping(conn) == grouping(without)
        assert decided(conn) == decided(without)


# One by one.

PLACE = (150.0, 20.0)


def put(conn: sqlite3.Connection, number: int, survey: str, east: float, visit: int = 0) -> None:
    write(conn, seen(survey, number, visit, at(PLACE, east, 0.0)))


def names(conn: sqlite3.Connection) -> list[tuple[str, ...]]:
    return [each.objects for each in all_targets(conn)]


def pairs(conn: sqlite3.Connection) -> list[tuple[int, int]]:
    return [(p.one, p.other) for p in proposals(conn)]


@pytest.mark.parametrize("centre", CENTRES)
def test_one_source_of_both_surveys_is_one_target_by_the_name_of_ztf(
    conn: sqlite3.Connection, centre: tuple[float, float]
) -> None:
    write(conn, seen("lsst", 0, 0, at(centre, -0.7, 0.0)), seen("ztf", 1, 0, at(centre, 0.7, 0.5)))
    (found,) = all_targets(conn)
    assert (found.name, found.surveys, found.objects) == ("ZTF26b", ("lsst", "ztf"), ("170000", "ZTF26b"))
    view = view_target(conn, found.id)
    assert view is not None and {alert.survey for alert in view.alerts} == {"ztf", "lsst"}
    for name in ("ZTF26b", "ztf26B", "170000"):
        assert target(conn, name) == found
    assert [m.survey for m in members(conn, found.id)] == ["ztf", "lsst"]
    assert members(conn, found.id)[1].arcsec == pytest.approx(math.hypot(1.4, 0.5), abs=1e-4)


def test_beyond_the_radius_nothing_is_joined_or_asked(conn: sqlite3.Connection) -> None:
    put(conn, 0, "lsst", 0.0)
    put(conn, 1, "ztf", 2.1)
    put(conn, 2, "lsst", -0.6)
    assert len(names(conn)) == 3
    assert pairs(conn) == []


def test_what_is_crowded_is_asked_with_the_reason_and_the_distance(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 1.0)
    put(conn, 2, "lsst", -1.5)
    (first, second) = proposals(conn)
    assert (first.one_name, first.other_name, first.why) == ("170001", "ZTF26a", "1 other object close by")
    assert (round(first.arcsec, 3), round(second.arcsec, 3)) == (1.0, 1.5)
    assert accept(conn, [(first.one, first.other)]) is not None
    assert names(conn) == [("170002",), ("170001", "ZTF26a")]
    assert [p.one_name for p in proposals(conn)] == ["170002"]
    undo(conn)
    assert proposals(conn) == [first, second]


def test_a_declined_proposal_is_never_made_again_unless_that_is_taken_back(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 1.0)
    put(conn, 2, "lsst", 3.5)
    assert decline(conn, pairs(conn)) is not None
    for visit in range(1, 4):
        put(conn, 1, "lsst", 1.0, visit)
    assert (pairs(conn), len(names(conn))) == ([], 3)
    assert decline(conn, [(all_targets(conn)[0].id, all_targets(conn)[2].id)]) is None
    undo(conn)
    assert len(pairs(conn)) == 1


def test_what_she_took_apart_is_never_joined_unasked(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 1.0)
    (whole,) = all_targets(conn)
    assert split(conn, whole.id, [members(conn, whole.id)[1].id]) is not None
    put(conn, 1, "lsst", 1.0, visit=1)
    assert names(conn) == [("170001",), ("ZTF26a",)]
    assert pairs(conn) == []
    put(conn, 2, "lsst", 0.9)
    assert len(names(conn)) == 3, "the newcomer would bring them together"
    assert len(pairs(conn)) == 2


def test_what_is_surely_one_does_not_bring_together_what_she_set_apart_far_off(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "ztf", 100.0)
    put(conn, 2, "ztf", 200.0)
    first, second, third = (each.id for each in all_targets(conn))
    decline(conn, [(first, third)])
    join(conn, [second, third])
    put(conn, 3, "lsst", 0.5)
    put(conn, 4, "lsst", 101.0)
    assert names(conn) == [("170003", "ZTF26a"), ("170004", "ZTF26b", "ZTF26c")]
    two = target(conn, "170003").id, target(conn, "170004").id
    join(conn, two)
    assert len(names(conn)) == 1, "she may say otherwise later"
    undo(conn)
    assert len(names(conn)) == 2


def test_a_join_by_hand_holds_when_others_come_near(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 3.0)
    join(conn, [each.id for each in all_targets(conn)])
    put(conn, 2, "lsst", 1.5)
    assert names(conn) == [("170002",), ("170001", "ZTF26a")]


def test_moving_objects_are_never_joined(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "sso", 0.0)
    assert (len(names(conn)), pairs(conn)) == (2, [])
    with pytest.raises(ValueError, match="2026 AB moves"):
        join(conn, [each.id for each in all_targets(conn)])
    assert [each.name for each, _ in targets_in_cone(conn, *PLACE, 10.0)] == ["ZTF26a"]


def test_the_target_decided_upon_is_kept_and_both_have_their_own_again_after_undo(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 50.0)
    one, other = target(conn, "ZTF26a").id, target(conn, "170001").id
    tag(conn, [one], ["host"])
    note(conn, [one], "first")
    decide(conn, [other], "follow")
    prioritise(conn, [other], 1)
    tag(conn, [other], ["young"])
    note(conn, [other], "second")
    before = decided(conn)
    seen_until = max(each.changed for each in all_targets(conn))
    join(conn, [one, other])
    (whole,) = all_targets(conn)
    assert (whole.id, whole.name, whole.status, whole.priority) == (other, "ZTF26a", "follow", 1)
    assert (whole.tags, whole.note) == (("host", "young"), "second | first")
    assert {each.id: each.joined for each in changed_targets(conn, seen_until)} == {one: other, other: None}
    decide(conn, [one], "watch")
    assert target(conn, "170001").status == "watch", "what is decided on the one that is gone is for the one it is in"
    tag(conn, [other], [], ["host"])
    assert target(conn, "170001").tags == ("young",)
    put(conn, 0, "ztf", 0.0, visit=1)
    put(conn, 1, "lsst", 50.0, visit=1)
    for _ in range(3):
        undo(conn)
    assert decided(conn) == before
    redo(conn)
    assert len(all_targets(conn)) == 1


def test_two_that_she_decided_differently_upon_are_not_joined_unasked(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 9.0)
    decide(conn, [target(conn, "ZTF26a").id], "follow")
    decide(conn, [target(conn, "170001").id], "reject")
    for visit in range(1, 60):
        put(conn, 1, "lsst", 0.5, visit)
    assert [p.why for p in proposals(conn)] == ["you decided differently: reject, follow"]
    undo(conn)
    assert [(each.name, each.status) for each in all_targets(conn)] == [("ZTF26a", "follow")]
    redo(conn)
    assert len(all_targets(conn)) == 2


def test_other_radii_group_everything_anew(conn: sqlite3.Connection) -> None:
    put(conn, 0, "ztf", 0.0)
    put(conn, 1, "lsst", 2.5)
    assert use_radii(conn, Radii(ztf_lsst=3.0))
    assert len(names(conn)) == 1
    assert not use_radii(conn, Radii(ztf_lsst=3.0))
    assert use_radii(conn, Radii(automatic=False, ztf_lsst=3.0))
    assert [p.why for p in proposals(conn)] == ["nothing is joined unasked"]
    use_radii(conn, Radii())
    assert (len(names(conn)), pairs(conn)) == (2, [])


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("radius", [20.0, 60.0, 3600.0, 180 * 3600.0])
def test_a_cone_holds_what_is_in_it_anywhere(
    conn: sqlite3.Connection, centre: tuple[float, float], radius: float
) -> None:
    write(conn, *(seen("ztf", n, 0, at(centre, radius * 0.25 * n, radius * 0.1)) for n in range(7)))
    found = targets_in_cone(conn, *centre, radius)
    vectors = {each.id: vector(each.ra, each.dec) for each in all_targets(conn)}  # type: ignore[arg-type]
    distances = {
        key: math.degrees(2 * math.asin(math.dist(vector(*centre), v) / 2)) * 3600 for key, v in vectors.items()
    }
    assert {each.id for each, _ in found} == {key for key, arcsec in distances.items() if arcsec <= radius}
    assert [round(arcsec, 4) for _, arcsec in found] == sorted(round(distances[each.id], 4) for each, _ in found)


def test_a_database_from_before_is_grouped_once_and_keeps_what_was_decided(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        db = Database(old)
        for step in schema.STEPS[: schema.STEPS.index(grouping_step)]:
            step(db)
        old.execute(f"PRAGMA user_version = {schema.STEPS.index(grouping_step)}")
        for number, (survey, name, ra) in enumerate([("ztf", "ZTF26a", 0.0), ("lsst", "17", 359.9999)], 1):
            status = "follow" if survey == "lsst" else "new"
            old.execute("INSERT INTO targets (id, name, status) VALUES (?, ?, ?)", (number, name, status))
            old.execute(
                "INSERT INTO objects (id, survey, object_id, target, is_moving) VALUES (?, ?, ?, ?, 0)",
                (number, survey, name, number),
            )
            old.execute(
                "INSERT INTO alerts (survey, source_id, object, mjd, ra, dec, details, revision)"
                " VALUES (?, 1, ?, 61110, ?, 5, '{}', '')",
                (survey, number, ra),
            )
        old.commit()
    with closing(connect(path)) as conn:
        (found,) = all_targets(conn)
    assert (found.name, found.status, found.objects, found.n_alerts) == ("ZTF26a", "follow", ("17", "ZTF26a"), 2)
