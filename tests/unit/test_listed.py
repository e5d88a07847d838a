"""Targets of lists: nothing is doubled, nothing she decided is overwritten, and alerts that come join them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets import arrival, moving, ztf

from fink_tui.alerts.arrival import Batch
from fink_tui.alerts.grouping import Radii
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect, connect_memory
from fink_tui.store.decisions import decide, note, prioritise
from fink_tui.store.grouping import use_radii
from fink_tui.store.joining import members, split
from fink_tui.store.journal import entries, undo
from fink_tui.store.listed import Listed, Taken, write_listed
from fink_tui.store.summary import refresh_targets
from fink_tui.store.targets import Target, all_targets, find_targets, view_target


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "t.db")) as made:
        yield made


def take(conn: sqlite3.Connection, *rows: Listed, dry_run: bool = False) -> list[Taken]:
    return write_listed(conn, rows, "my.csv", dry_run=dry_run)


def only(conn: sqlite3.Connection) -> Target:
    (target,) = all_targets(conn)
    return target


def everything(conn: sqlite3.Connection) -> list[object]:
    return [view_target(conn, target.id) for target in all_targets(conn)]


SN = Listed(2, "SN 1", (), 150.0, 2.0, label="SN Ia", status="follow", priority=1, tags=("good",), note="mine")


def test_a_position_alone_is_a_target(conn: sqlite3.Connection) -> None:
    (taken,) = take(conn, SN)
    assert (taken.what, taken.target, taken.has_alerts) == ("new", "SN 1", False)
    target = only(conn)
    assert (target.ra, target.dec, target.surveys, target.objects) == (150.0, 2.0, ("list",), ("SN 1",))
    assert (target.status, target.priority, target.tags, target.note) == ("follow", 1, ("good",), "mine")
    assert (target.label, target.label_origin, target.n_alerts) == ("SN Ia", "list", 0)
    refresh_targets(conn, {target.id: False})
    assert only(conn).ra == 150.0


def test_a_dry_run_changes_nothing(conn: sqlite3.Connection) -> None:
    assert [taken.what for taken in take(conn, SN, dry_run=True)] == ["new"]
    assert all_targets(conn) == [] and entries(conn) == []


def test_the_same_list_again_changes_nothing(conn: sqlite3.Connection) -> None:
    take(conn, SN, SN)
    before = everything(conn)
    assert {taken.what for taken in take(conn, SN, SN)} == {"joined"}
    assert everything(conn) == before and len(entries(conn)) == 1


def test_what_she_decided_stays(conn: sqlite3.Connection) -> None:
    take(conn, SN)
    target = only(conn)
    decide(conn, [target.id], "reject")
    prioritise(conn, [target.id], 3)
    note(conn, [target.id], "faint")
    take(conn, Listed(2, "sn 1", (), 150.0, 2.0, status="follow", priority=2, tags=("new",), note="other"))
    after = only(conn)
    assert (after.status, after.priority, after.tags) == ("reject", 3, ("good", "new"))
    assert after.note == "other | faint | mine"


def test_an_import_is_one_entry_and_is_taken_back(conn: sqlite3.Connection) -> None:
    take(conn, SN, Listed(3, "SN 2", (), 10.0, 2.0))
    (entry,) = entries(conn)
    assert (entry.action, entry.by) == ("import", "import my.csv")
    assert undo(conn) is None, "the plain key takes back her own decisions alone"
    undo(conn, entry.id)
    assert [(t.name, t.status, t.priority, t.tags, t.note) for t in all_targets(conn)] == [
        ("SN 1", "reject", None, (), ""),
        ("SN 2", "reject", None, (), ""),
    ]


def test_an_id_is_joined_by_its_alerts(conn: sqlite3.Connection) -> None:
    take(conn, Listed(1, "SN 2026abc", (("ztf", "ZTF26aaaaaaa"),), status="follow"))
    assert only(conn).ra is None
    write_batch(conn, Batch(arrivals=(arrival(ztf("ZTF26aaaaaaa", 1, 61120.0), offset=1),)))
    target = only(conn)
    assert (target.name, target.status, target.n_alerts) == ("SN 2026abc", "follow", 1)
    assert target.ra is not None
    # And the other way round: the name in a list becomes another name of the target.
    take(conn, Listed(1, "AT 2026abc", (("ztf", "ZTF26aaaaaaa"),)))
    assert [found.name for found in find_targets(conn, "at 2026abc")] == ["SN 2026abc"]


def test_a_designation_is_joined_by_its_alerts(conn: sqlite3.Connection) -> None:
    take(conn, Listed(1, "2004 JQ12", is_moving=True))
    write_batch(conn, Batch(arrivals=(arrival(moving(1, "2004 JQ12", 61105.0), offset=1),)))
    target = only(conn)
    assert target.is_moving and target.n_alerts == 1 and target.surveys == ("list", "lsst")


def test_what_is_no_target_is_refused_and_said(conn: sqlite3.Connection) -> None:
    take(conn, SN)
    taken = take(conn, Listed(1, "M 31"), Listed(2, "SN 1", (), 150.1, 2.0), Listed(3, "SN 3", (), 1.0, 1.0))
    assert [each.what for each in taken] == ["refused", "refused", "new"]
    assert "it has no position" in taken[0].why and "known 360 arcsec from there" in taken[1].why
    assert len(all_targets(conn)) == 2


NAMES = st.text(st.sampled_from("aA_ 1\u00e9=#'%\\;,\""), min_size=1, max_size=4).map(str.strip).filter(bool)
ROWS = st.lists(
    st.builds(
        Listed,
        line=st.integers(1, 9),
        name=NAMES,
        objects=st.sampled_from([(), (("ztf", "ZTF26aaaaaaa"),), (("lsst", "170028500588167170"),)]),
        ra=st.just(10.0),
        # What has one name is at one place; ids and names may cross as they like.
        dec=st.just(0.0),
        status=st.sampled_from([None, "follow", "reject", "snooze"]),
        priority=st.sampled_from([None, 1, 2]),
        tags=st.sampled_from([(), ("a",), ("a", "b")]),
        note=st.sampled_from(["", "x", "y | x"]),
    ),
    max_size=8,
).map(lambda rows: [replace(row, dec=len(row.name) / 2) for row in rows])


@given(ROWS, ROWS)
def test_any_lists_twice_are_as_once(first: list[Listed], second: list[Listed]) -> None:
    with closing(connect_memory()) as conn:
        use_radii(conn, Radii(automatic=False))
        one = take(conn, *first)
        two = take(conn, *second)
        before, written = everything(conn), len(entries(conn))
        assert {taken.what for taken in (*take(conn, *first), *take(conn, *second))} <= {"joined", "refused"}
        assert everything(conn) == before and len(entries(conn)) == written
        assert len(all_targets(conn)) == sum(taken.what == "new" for taken in (*one, *two))


def test_alerts_on_the_spot_of_a_listed_one_join_it_and_leave_it_as_it_was(conn: sqlite3.Connection) -> None:
    take(conn, SN)
    before = everything(conn)
    write_batch(conn, Batch((arrival(ztf("ZTF26a", 1, 61110.0, ra=150.0002, dec=2.0)),)))
    target = only(conn)
    assert (target.name, target.status, target.objects, target.n_alerts) == ("SN 1", "follow", ("SN 1", "ZTF26a"), 1)
    assert only(conn) == find_targets(conn, "ZTF26a")[0]
    split(conn, target.id, [members(conn, target.id)[1].id])
    listed, other = all_targets(conn)
    assert (other.name, other.status, other.n_alerts) == ("ZTF26a", "new", 1)
    assert replace(listed, changed=0, arrived=0) == replace(before[0].target, changed=0)  # type: ignore[attr-defined]


def test_ids_of_one_row_are_one_target_until_she_takes_them_apart(conn: sqlite3.Connection) -> None:
    row = Listed(2, "AT 2026b", (("lsst", "17"), ("ztf", "ZTF26a")), status="follow")
    take(conn, row)
    write_batch(conn, Batch((arrival(ztf("ZTF26a", 1, 61110.0, ra=20.0, dec=2.0)),)))
    assert (only(conn).name, only(conn).objects) == ("AT 2026b", ("17", "ZTF26a"))
    split(conn, only(conn).id, [members(conn, only(conn).id)[1].id])
    assert [(t.name, t.status) for t in all_targets(conn)] == [("AT 2026b", "follow"), ("ZTF26a", "new")]
    undo(conn)
    assert {taken.what for taken in take(conn, row)} == {"joined"}
