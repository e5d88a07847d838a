"""What the API says of alerts, merged into what the stream brought, in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packets import arrival, lsst, lsst_forced, mma, ztf, ztf_point

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, Alert, Detection
from fink_tui.alerts.arrival import Batch
from fink_tui.alerts.lsst import lsst_alert
from fink_tui.alerts.ztf import ztf_alert
from fink_tui.store.alerts import write_batch, write_queried
from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide
from fink_tui.store.queries import (
    forget_query,
    past_queries,
    record_query,
    save_query,
    saved_queries,
    saved_query,
)
from fink_tui.store.targets import all_targets, find_targets, view_target

DAY = 61105.0
STREAM = [
    arrival(ztf("ZTF26aaaaaaa", 11, DAY, prv_candidates=[ztf_point(DAY - 1, candid=10, mag=19.0)])),
    arrival(ztf("ZTF26aaaaaaa", 12, DAY + 1, prv_candidates=[ztf_point(DAY, candid=11, mag=18.5)]), offset=1),
    arrival(mma("ZTF26aaaaaaa", 12, DAY + 1, trigger="G1"), topic="fink_grb_bronze"),
    arrival(lsst(21, 900, DAY, prvDiaForcedSources=[lsst_forced(5, DAY - 2, flux=100.0)]), topic="fink_in_tns_lsst"),
]


def queried(packet_alert: Alert, **changes: object) -> Alert:
    """The alert as the API tells of it: poorer, without its history."""
    return replace(packet_alert, is_full=False, history=(), processed="", **changes)  # type: ignore[arg-type]


LIMIT = Detection(UPPER_LIMIT, DAY - 3, "g", upper_limit=20.25, survey="ztf")
ANSWERS = [
    queried(ztf_alert(ztf("ZTF26aaaaaaa", 10, DAY - 1, mag=19.0))),
    queried(ztf_alert(ztf("ZTF26aaaaaaa", 11, DAY)), details={}, label=None),
    replace(queried(ztf_alert(ztf("ZTF26aaaaaaa", 12, DAY + 1, drb=0.9))), history=(LIMIT,)),
    queried(lsst_alert(lsst(22, 900, DAY + 2))),
]

Write = Callable[[sqlite3.Connection], object]


def steps() -> list[Write]:
    found: list[Write] = [lambda conn, a=a: write_batch(conn, Batch(arrivals=(a,))) for a in STREAM]  # type: ignore[misc]
    found += [lambda conn, a=a: write_queried(conn, [a], make_targets=True) for a in ANSWERS]  # type: ignore[misc]
    return found


def content(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """All that is stored, but the numbers of rows and the moments they were written."""
    queries = (
        "SELECT o.survey, o.object_id, a.source_id, a.mjd, a.band, a.class, a.first_mjd, a.details, a.revision "
        "FROM alerts a JOIN objects o ON o.id = a.object ORDER BY 1, 2, 3",
        "SELECT o.object_id, d.kind, d.point, d.mjd, d.flux, d.mag, d.upper_limit, d.rank "
        "FROM detections d JOIN objects o ON o.id = d.object ORDER BY 1, 2, 3",
        "SELECT name, status, class, n_alerts, n_detections, n_forced, first_mjd, last_mjd, change FROM targets "
        "ORDER BY name",
        "SELECT topic, offset FROM arrivals ORDER BY 1, 2",
    )
    return [tuple(row) for query in queries for row in conn.execute(query)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    with closing(connect(tmp_path_factory.mktemp("a") / "a.db")) as conn:
        for step in steps():
            step(conn)
        return content(conn)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(range(len(steps()))), st.lists(st.integers(0, len(steps()) - 1), max_size=4))
def test_any_order_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    expected: list[tuple[object, ...]],
    order: list[int],
    again: list[int],
) -> None:
    with closing(connect(tmp_path_factory.mktemp("a") / "a.db")) as conn:
        every = steps()
        for place in [*order, *again]:
            every[place](conn)
        assert content(conn) == expected


def test_the_packet_outranks_the_answer_and_the_answer_a_poor_packet(expected: list[tuple[object, ...]]) -> None:
    revisions = {row[2]: str(row[8]) for row in expected if len(row) == 9 and row[0] in ("ztf", "lsst")}
    assert {source: text[:3] for source, text in revisions.items() if source in (10, 22)} == {10: "0 ~", 22: "0 ~"}
    assert all(revisions[source].startswith("1") for source in (11, 12, 21))


@pytest.fixture
def conn(tmp_path: Path) -> sqlite3.Connection:
    return connect(tmp_path / "a.db")


def test_only_stored_objects_are_enriched_unless_asked(conn: sqlite3.Connection) -> None:
    done = write_queried(conn, ANSWERS)
    assert (done.new, done.unknown, done.targets) == (0, 4, [])
    write_batch(conn, Batch(arrivals=(STREAM[0],)))
    (before,) = all_targets(conn)
    decide(conn, [before.id], "follow")
    done = write_queried(conn, ANSWERS)
    assert (done.new, done.unknown) == (2, 1)
    (after,) = all_targets(conn)
    assert (after.status, after.n_alerts, after.n_upper_limits) == ("follow", 3, 1)
    # It did not arrive: it stays where it was in the feed.
    assert after.arrived == before.arrived
    assert after.changed > before.changed


def test_targets_are_made_when_asked(conn: sqlite3.Connection) -> None:
    done = write_queried(conn, ANSWERS, make_targets=True)
    assert (done.new, done.unknown) == (4, 0)
    assert {(t.name, t.status, t.topics) for t in all_targets(conn)} == {
        ("ZTF26aaaaaaa", "new", ()),
        ("900", "new", ()),
    }
    assert write_queried(conn, ANSWERS, make_targets=True).new == 0
    (target,) = find_targets(conn, "ZTF26aaaaaaa")
    view = view_target(conn, target.id)
    assert view is not None
    assert [alert.source_id for alert in view.alerts] == [10, 11, 12]
    assert LIMIT in view.detections


def test_a_detection_without_an_id_is_not_stored(conn: sqlite3.Connection) -> None:
    bad = Detection(DETECTION, DAY - 0.5, "g", mag=19.5)
    write_queried(conn, [replace(ANSWERS[1], history=(bad, LIMIT))], make_targets=True)
    (target,) = all_targets(conn)
    assert (target.n_detections, target.n_upper_limits) == (2, 1)


def test_all_or_nothing(conn: sqlite3.Connection) -> None:
    broken = replace(ANSWERS[3], source_id=None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.Error):
        write_queried(conn, [ANSWERS[0], broken], make_targets=True)
    assert all_targets(conn) == []


def test_the_history_of_queries(conn: sqlite3.Connection) -> None:
    record_query(conn, "cone", "ztf", {"position": "1 2"}, seconds=0.5, rows=7, objects=3)
    record_query(conn, "tag", "lsst", {"tag": "x"}, seconds=0.1, error="no such tag")
    record_query(conn, "cone", "ztf", {"position": "1 2"}, seconds=0.25, rows=8, objects=4)
    newest, older = past_queries(conn)
    assert (newest.query, newest.values, newest.rows, newest.objects) == ("cone", {"position": "1 2"}, 8, 4)
    assert (older.query, older.rows, older.error) == ("tag", None, "no such tag")
    assert [past.query for past in past_queries(conn, query="tag")] == ["tag"]
    for number in range(1010):
        record_query(conn, "cone", "ztf", {"n": str(number)}, seconds=0.0)
    assert len(past_queries(conn, limit=5000)) == 1000


def test_saved_queries(conn: sqlite3.Connection) -> None:
    save_query(conn, "mine", "cone", "ztf", {"position": "1 2"})
    save_query(conn, "mine", "tag", "lsst", {"tag": "x'); DROP TABLE saved_queries; --"})
    (saved,) = saved_queries(conn)
    assert (saved.name, saved.query, saved.values) == ("mine", "tag", {"tag": "x'); DROP TABLE saved_queries; --"})
    assert saved_query(conn, "other") is None
    assert forget_query(conn, "mine")
    assert not forget_query(conn, "mine")
