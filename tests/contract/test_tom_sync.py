"""A sync against each kind of TOM: what it makes there, and that a second one makes nothing."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from packets import lsst, moving, ztf
from tom_database import Counts
from tom_servers import Tom
from tom_sync import LSST_TOPIC, MJD, ORBIT, SN, Notebook, Session, account, night, outcome, sync, verdicts

import fink_tui.tom.sync
from fink_tui.store.connection import connect
from fink_tui.store.decisions import note
from fink_tui.store.targets import find_targets
from fink_tui.tom.plan import Plan, Row, choose

FIRST, SECOND = "ZTF26aaaaa01", "ZTF26aaaaa02"


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "night.db", night())


def row_of(plan: Plan, name: str) -> Row:
    return next(row for row in plan.rows if row.target.name == name)


def chosen(plan: Plan, name: str, key: str) -> Plan:
    """The plan with a choice made for a target."""
    choice = next(choice for choice in row_of(plan, name).choices if choice.key == key)
    return Plan(plan.site, tuple(choose(r, choice, plan.site) if r.target.name == name else r for r in plan.rows))


def test_all_is_made_once_and_a_second_sync_sends_nothing(tom: Tom, book: Notebook) -> None:
    with Session(book, account(tom)) as session:
        plan = session.plan(photometry=True)
        assert set(verdicts(plan).values()) == {"create"} and plan.n_points == 10
        assert not tom.writes()
        assert set(outcome(session.run(plan)).values()) == {"created"}
    made = tom.db.counts()
    assert made == Counts(targets=4, aliases=1, extras=42, list_rows=4, points=10)
    first = tom.db.target(FIRST)
    assert (first.columns["ra"], first.columns["dec"], first.columns["epoch"]) == (151.0, -5.5, 2000.0)
    assert (first.lists, first.groups) == ([SN], ["Supernovae"])
    extras = dict(first.extras)
    assert extras["fink_class"] == "SN candidate" and extras["fink_score_snn_sn_vs_all"] == "0.8"
    assert extras["fink_url"] == f"https://ztf.fink-portal.org/{FIRST}" and extras["fink_status"] == "follow"
    assert [(p.time, p.band, p.brightness, p.error, p.limit) for p in first.points] == [
        ("2026-03-19T06:00:00Z", "r", None, None, 20.25),
        ("2026-03-21T06:00:00Z", "r", 19.0, 0.0625, None),
        ("2026-03-22T06:00:00Z", "g", 18.5, 0.0625, None),
        ("2026-03-23T06:00:00Z", "g", 18.25, 0.0625, None),
    ]
    asteroid = tom.db.target("2026 AB1").columns
    assert (asteroid["type"], asteroid["scheme"], asteroid["semimajor_axis"]) == (
        "NON_SIDEREAL",
        "MPC_MINOR_PLANET",
        2.5,
    )
    assert tom.most_writes_at_once() == 1
    writes = len(tom.writes())
    assert set(outcome(sync(book, account(tom), photometry=True)).values()) == {"same"}
    assert len(tom.writes()) == writes and tom.db.counts() == made
    assert set(book.states(tom).values()) == {"same"}


def test_a_lost_database_finds_its_targets_again(tom: Tom, book: Notebook, tmp_path: Path) -> None:
    sync(book, account(tom), photometry=True)
    made = tom.db.counts()
    again = Notebook(tmp_path / "again.db", night())
    assert set(outcome(sync(again, account(tom), photometry=True)).values()) == {"updated"}
    assert tom.db.counts() == made
    writes = len(tom.writes())
    assert set(outcome(sync(again, account(tom), photometry=True)).values()) == {"same"}
    assert len(tom.writes()) == writes


def test_new_alerts_change_what_they_change_and_no_more(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom), photometry=True)
    book.receive([("fink_tns_match_ztf", ztf(FIRST, 99, MJD + 5, mag=17.5, fid=1, ra=151.0, snn_sn_vs_all=0.9))])
    assert book.states(tom)[FIRST] == "changed here since"
    with Session(book, account(tom)) as session:
        plan = session.plan(photometry=True)
        row = row_of(plan, FIRST)
        assert {c.field: (c.before, c.after) for c in row.changes} == {
            "fink_last_seen": ("2026-03-23T06:00:00.000Z", "2026-03-27T06:00:00.000Z"),
            "fink_topics": (SN, f"{SN}, fink_tns_match_ztf"),
            "fink_score_snn_sn_vs_all": ("0.8", "0.9"),
            "list": (None, "fink_tns_match_ztf"),
        }
        assert [point.mag for point in row.points or ()] == [17.5]
        before = len(tom.writes())
        assert outcome(session.run(plan)) == dict.fromkeys(verdicts(plan), "same") | {FIRST: "updated"}
    assert [seen.method for seen in tom.writes()[before:]] == ["PATCH", "POST"]
    assert tom.db.target(FIRST).lists == [SN, "fink_tns_match_ztf"]


def test_a_neighbour_is_a_conflict_and_can_be_linked(tom: Tom, book: Notebook) -> None:
    tom.make("SN 2026xyz", 151.0, -5.5 + 0.5 / 3600, groups=[{"id": tom.groups()["Supernovae"]}])
    with Session(book, account(tom)) as session:
        plan = session.plan()
        row = row_of(plan, FIRST)
        assert row.verdict == "conflict" and [choice.key for choice in row.choices] == ["link", "create", "skip"]
        assert not tom.writes()[1:]
        done = outcome(session.run(chosen(plan, FIRST, "link")))
    assert done[FIRST] == "updated"
    linked = tom.db.target("SN 2026xyz")
    assert linked.aliases == [FIRST] and dict(linked.extras)["fink_class"] == "SN candidate"
    assert FIRST not in tom.db.targets()
    writes = len(tom.writes())
    sync(book, account(tom))
    assert len(tom.writes()) == writes


def test_neighbours_are_found_where_the_cone_search_misses_them(tom: Tom, tmp_path: Path) -> None:
    places = [(0.0001, 10.0), (359.99995, -20.0), (120.0, 84.0), (10.0, 89.5), (200.0, -89.9), (77.7, 0.0), (0.0, 0.0)]
    book = Notebook(tmp_path / "edge.db")
    for number, (ra, dec) in enumerate(places):
        book.receive([(SN, ztf(f"ZTF26edge{number:03d}", 500 + number, MJD, ra=ra, dec=dec))])
        # 1" to the east, whatever that is in right ascension there.
        east = ra + 1.0 / 3600 / max(1e-3, math.cos(math.radians(dec)))
        tom.make(f"there {number}", east % 360.0 or 1e-12, dec or 1e-12)
    with Session(book, account(tom)) as session:
        assert set(verdicts(session.plan()).values()) == {"conflict"}


def test_a_position_of_exactly_zero_can_be_sent(tom: Tom, tmp_path: Path) -> None:
    book = Notebook(tmp_path / "zero.db", [(SN, ztf("ZTF26zero", 1, MJD, ra=0.0, dec=0.0))])
    assert outcome(sync(book, account(tom))) == {"ZTF26zero": "created"}


def test_a_name_that_cannot_be_seen_is_blocked_until_tried_again(tom: Tom, book: Notebook) -> None:
    tom.make(FIRST, 151.0, -5.5, who="bob")
    fate = next(fate for fate in sync(book, account(tom)) if fate.row.target.name == FIRST)
    assert fate.what == "blocked" and "can't see" in fate.why and "administrator" in fate.why
    assert book.states(tom)[FIRST] == "blocked"
    writes = len(tom.writes())
    sync(book, account(tom))
    assert len(tom.writes()) == writes
    with Session(book, account(tom)) as session:
        assert verdicts(session.plan([FIRST])) == {FIRST: "create"}


def test_a_target_that_may_be_seen_but_not_changed_is_blocked(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    tom.db.cut_back(FIRST, "view")
    book.receive([(SN, ztf(FIRST, 99, MJD + 5, mag=17.5, fid=1, ra=151.0))])
    fates = {fate.row.target.name: fate for fate in sync(book, account(tom))}
    assert fates[FIRST].what == "blocked" and "not change it" in fates[FIRST].why
    writes = len(tom.writes())
    assert outcome(sync(book, account(tom)))[FIRST] == "blocked"
    assert len(tom.writes()) == writes


def test_an_alias_that_is_taken_is_left_out_and_said(tom: Tom, book: Notebook) -> None:
    tom.make("SN elsewhere", 10.0, 10.0, who="bob", aliases=[{"name": "SN 2026aa1"}])
    fates = {fate.row.target.name: fate for fate in sync(book, account(tom))}
    fate = fates["170094456272322001"]
    assert fate.what == "created" and "SN 2026aa1" in fate.why
    writes = len(tom.writes())
    sync(book, account(tom))
    assert len(tom.writes()) == writes


def test_two_lists_of_one_name_are_said_and_not_tried_for_ever(
    tom: Tom, book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fink_tui.tom.sync, "_AGAIN_S", (0.01, 0.01))
    for _ in range(2):
        tom.db.add_list(SN)
    fates = {fate.row.target.name: fate for fate in sync(book, account(tom))}
    assert fates[FIRST].what == "failed" and "two of that name" in fates[FIRST].why
    assert len(tom.db.target(FIRST).extras) == 13 and fates["2026 AB1"].what == "created"
    writes = len(tom.writes())
    assert set(outcome(sync(book, account(tom))).values()) == {"same"} and len(tom.writes()) == writes


def test_what_was_edited_in_the_tom_is_asked_about(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    target = tom.ask("GET", "targets/", name=FIRST).data["results"][0]
    number = next(e["id"] for e in target["targetextra_set"] if e["key"] == "fink_class")
    edit = {"targetextra_set": [{"id": number, "key": "fink_class", "value": "SN II"}], "parallax": 2.5}
    assert tom.ask("PATCH", f"targets/{target['id']}/", edit).status == 200
    with Session(book, account(tom)) as session:
        plan = session.plan()
        row = row_of(plan, FIRST)
        assert (row.verdict, [choice.key for choice in row.choices]) == ("conflict", ["ours", "theirs", "skip"])
        assert {(c.field, c.before, c.after) for c in row.there} == {
            ("fink_class", "SN candidate", "SN II"),
            ("parallax", None, "2.5"),
        }
        assert book.states(tom)[FIRST] == "conflict"
        writes = len(tom.writes())
        assert set(outcome(session.run(chosen(plan, FIRST, "theirs"))).values()) == {"same"}
        assert verdicts(session.plan())[FIRST] == "same"
        assert len(tom.writes()) == writes
    assert dict(tom.db.target(FIRST).extras)["fink_class"] == "SN II"


def test_ours_can_win_over_what_was_edited(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    target = tom.ask("GET", "targets/", name=FIRST).data["results"][0]
    number = next(e["id"] for e in target["targetextra_set"] if e["key"] == "fink_class")
    tom.ask(
        "PATCH", f"targets/{target['id']}/", {"targetextra_set": [{"id": number, "key": "fink_class", "value": "?"}]}
    )
    with Session(book, account(tom)) as session:
        plan = chosen(session.plan(), FIRST, "ours")
        assert outcome(session.run(plan))[FIRST] == "updated"
    assert dict(tom.db.target(FIRST).extras)["fink_class"] == "SN candidate"


def test_what_changed_there_is_shown_and_then_taken_note_of(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    number = tom.db.target(FIRST).id
    for change in ({"name": "SN 2026zz"}, {"aliases": [{"name": FIRST}]}):
        assert tom.ask("PATCH", f"targets/{number}/", change).status == 200
    with Session(book, account(tom)) as session:
        plan = session.plan()
        row = row_of(plan, FIRST)
        assert row.verdict == "same"
        assert ("name", FIRST, "SN 2026zz") in {(c.field, c.before, c.after) for c in row.there}
        assert book.states(tom)[FIRST] == "changed there"
        session.run(plan)
        assert book.states(tom)[FIRST] == "same"
        assert not row_of(session.plan(), FIRST).there


def test_a_target_deleted_there_is_not_made_again_unasked(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    tom.db.remove(FIRST)
    assert outcome(sync(book, account(tom)))[FIRST] == "conflict"
    assert FIRST not in tom.db.targets() and book.states(tom)[FIRST] == "conflict"
    with Session(book, account(tom)) as session:
        assert outcome(session.run(chosen(session.plan(), FIRST, "create")))[FIRST] == "created"


def test_a_change_between_plan_and_run_stops_that_target(tom: Tom, book: Notebook) -> None:
    with Session(book, account(tom)) as session:
        plan = session.plan()
        tom.make(FIRST, 151.0, -5.5)
        done = outcome(session.run(plan))
    assert done[FIRST] == "conflict" and done[SECOND] == "created"
    assert tom.db.target(FIRST).extras == []


def test_a_namesake_at_another_place_is_a_conflict(tom: Tom, book: Notebook) -> None:
    tom.make(FIRST, 20.0, 20.0)
    with Session(book, account(tom)) as session:
        row = row_of(session.plan(), FIRST)
    assert row.verdict == "conflict" and "away" in row.why


def test_two_targets_of_ours_at_one_place_are_not_both_made(tom: Tom, book: Notebook) -> None:
    # Too far from each other to be one target, too near for a TOM.
    for number, dec in ((0, -5.7), (1, -5.7 + 1.2 / 3600)):
        book.receive([(LSST_TOPIC, lsst(60_000 + number, 170_094_456_272_329_998 + number, MJD, ra=153.0, dec=dec))])
    with Session(book, account(tom)) as session:
        plan = session.plan()
        assert sorted(verdicts(plan).values()).count("conflict") == 1
        session.run(plan)
        plan = session.plan()
        other = next(row for row in plan.rows if row.verdict == "conflict")
        session.run(chosen(plan, other.target.name, "link"))
        writes = len(tom.writes())
        session.run(session.plan())
    assert len(tom.writes()) == writes
    assert sum(target.columns["ra"] == 153.0 for target in tom.db.targets().values()) == 1


def test_a_moving_object_without_an_orbit_is_said_plainly(tom: Tom, tmp_path: Path) -> None:
    book = Notebook(tmp_path / "moving.db", [(LSST_TOPIC, moving(1, "2026 XY9", MJD, **(ORBIT | {"a": None})))])
    fate = sync(book, account(tom))[0]
    assert (fate.what, "orbit" in fate.why) == ("blocked", True)
    assert not tom.writes()
    tom.ask("POST", "targets/", {"name": "2026 XY9", "type": "NON_SIDEREAL", "inclination": 1, "lng_asc_node": 1,
                                 "arg_of_perihelion": 1, "eccentricity": 0.1, "epoch_of_elements": 61000})  # fmt: skip
    assert outcome(sync(book, account(tom))) == {"2026 XY9": "updated"}


def test_points_that_tom_fink_made_are_not_made_again(tom: Tom, book: Notebook) -> None:
    made = tom.make(FIRST, 151.0, -5.5)
    tom.add_point(made, "2026-03-21T06:00:00Z", {"magnitude": 19.0, "error": 0.0, "filter": "R"}, source="Fink")
    sync(book, account(tom), photometry=True)
    points = tom.db.target(FIRST).points
    assert len(points) == 4 and {point.band for point in points} == {"g", "R"}


def test_notes_are_sent_only_if_asked(tom: Tom, book: Notebook, tmp_path: Path) -> None:
    conn = connect(book.path)
    note(conn, [find_targets(conn, FIRST)[0].id], "host at z=0.03?")
    conn.close()
    sync(book, account(tom))
    assert "fink_notes" not in dict(tom.db.target(FIRST).extras)
    with Session(book, account(tom)) as session:
        plan = session.plan(notes=True)
        assert verdicts(plan) == dict.fromkeys(verdicts(plan), "same") | {FIRST: "update"}
        session.run(plan)
    assert dict(tom.db.target(FIRST).extras)["fink_notes"] == "host at z=0.03?"
    writes = len(tom.writes())
    sync(book, account(tom))
    assert len(tom.writes()) == writes


def test_a_stop_between_two_writes_is_taken_up_again(tom: Tom, book: Notebook) -> None:
    with Session(book, account(tom)) as session:
        plan = session.plan(photometry=True)
        fates = session.run(plan, lambda fate: session.stop.set() if fate.what == "created" else None)
        done = list(outcome(fates).values())
    assert done.count("created") == 1 and done.count("left") == 3
    assert set(outcome(sync(book, account(tom), photometry=True)).values()) == {"same", "created"}
    assert tom.db.counts() == Counts(targets=4, aliases=1, extras=42, list_rows=4, points=10)


def test_two_toms_are_kept_apart(tom: Tom, book: Notebook) -> None:
    sync(book, account(tom))
    other = Tom(tom.kind, tom.url.replace("127.0.0.1", "localhost"), tom.db, list)
    assert set(book.states(tom).values()) == {"same"} and set(book.states(other).values()) == {"not sent"}
