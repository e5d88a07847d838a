"""What goes to a TOM, worked out without one."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.alerts.times import from_jd
from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.outbox import Link
from fink_tui.tom.difference import difference
from fink_tui.tom.photometry import Point, RemotePoints, exact_us, points_of
from fink_tui.tom.remote import RemoteTarget
from fink_tui.tom.site import Site
from fink_tui.tom.wanted import Wanted

SITE = Site("https://tom.example.org", "token", 2, "Supernovae", frozenset({"target_lists"}))


@given(st.floats(2_458_000.0, 2_461_500.0))
def test_times_are_those_of_tom_fink_and_astropy_to_the_microsecond(jd: float) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=exact_us(from_jd(jd)))
    exact = (Fraction(jd) - Fraction(24405875, 10)) * 86_400 * 10**6
    assert exact_us(from_jd(jd)) == (exact + Fraction(1, 2)) // 1
    assert moment == Time(jd, format="jd", scale="utc").to_datetime(timezone=UTC)


@given(st.floats(0, 360), st.floats(-89.99, 89.99), st.floats(0, 2 * math.pi), st.floats(0.01, 5.0))
def test_separations_are_right_everywhere(ra: float, dec: float, angle: float, arcsec: float) -> None:
    far = math.radians(arcsec / 3600.0)
    first = math.radians(dec)
    other = math.asin(math.sin(first) * math.cos(far) + math.cos(first) * math.sin(far) * math.cos(angle))
    turn = math.atan2(
        math.sin(angle) * math.sin(far) * math.cos(first), math.cos(far) - math.sin(first) * math.sin(other)
    )
    found = separation_arcsec(ra, dec, (ra + math.degrees(turn)) % 360.0, math.degrees(other))
    assert abs(found - arcsec) < 0.01


def test_points_are_what_a_tom_can_show() -> None:
    detections = [
        ("ztf", Detection(DETECTION, 61000.0, "r", mag=18.0, mag_err=0.1, is_negative=False)),
        ("ztf", Detection(DETECTION, 61001.0, "r", mag=18.0, mag_err=0.1, is_negative=True)),
        ("ztf", Detection(UPPER_LIMIT, 61002.0, "g", upper_limit=20.0)),
        ("ztf", Detection(UPPER_LIMIT, 61002.0, "g", upper_limit=20.5)),
        ("ztf", Detection(UPPER_LIMIT, 61000.0, "r", upper_limit=20.5)),
        ("lsst", Detection(FORCED, 61003.0, "i", mag=23.0)),
        ("lsst", Detection(DETECTION, 61004.0, None, mag=23.0)),
    ]
    assert [(p.band, p.mag, p.limit) for p in points_of(detections)] == [("r", 18.0, None), ("g", None, 20.5)]


def test_a_point_is_known_by_time_band_and_brightness() -> None:
    there = RemotePoints((Point(1_000_000, "R", 18.0, None, None), Point(9_000_000, "g", None, None, None)), {})
    wanted = [
        Point(1_000_001, "r", 18.0001, 0.1, None),
        Point(1_000_001, "g", 18.0, 0.1, None),
        Point(1_000_001, "r", 18.1, 0.1, None),
        Point(9_050_000, "g", None, None, 20.5),
        Point(9_200_000, "g", None, None, 20.5),
    ]
    assert there.missing(wanted) == [wanted[1], wanted[2], wanted[4]]


def remote(**extras: str) -> RemoteTarget:
    numbered = {key: (number, value) for number, (key, value) in enumerate(extras.items())}
    return RemoteTarget(7, "ZTF26a", (), numbered, frozenset({2}), {})


def wanted(**extras: str) -> Wanted:
    return Wanted("ZTF26a", (), {"ra": 1.0, "dec": 2.0}, extras, ())


def changes(want: Wanted, there: RemoteTarget, **pushed: str) -> tuple[set[str], set[str]]:
    """The fields that would be sent, and those that somebody edited."""
    found = difference(want, there, Link(1, tom_id=7, pushed=pushed), SITE)
    return {change.field for change in found.changes}, {change.field for change in found.edited}


def test_an_edit_is_told_from_our_own_older_word_and_from_another_fink_tui() -> None:
    ours = wanted(fink_class="SN Ia", fink_last_seen="2026-03-02", fink_status="follow")
    older = {"fink_class": "SN candidate", "fink_last_seen": "2026-03-01", "fink_status": "watch"}
    assert changes(ours, remote(**older), **older) == ({"fink_class", "fink_last_seen", "fink_status"}, set())
    edited = older | {"fink_class": "AGN"}
    assert changes(ours, remote(**edited), **older) == ({"fink_last_seen", "fink_status"}, {"fink_class"})
    # Somebody else's fink-tui has later news than ours: it stays, and what she decided is asked about.
    later = {"fink_class": "SN II", "fink_last_seen": "2026-03-09", "fink_status": "reject"}
    assert changes(ours, remote(**later), **older) == (set(), {"fink_status"})
    # It has older news: ours counts.
    between = {"fink_class": "SN II", "fink_last_seen": "2026-03-01T12", "fink_status": "watch"}
    assert changes(ours, remote(**between), **older) == ({"fink_class", "fink_last_seen", "fink_status"}, set())
    # A database that was lost knows of no word of ours: the extras are ours by their names.
    assert changes(ours, remote(**older)) == ({"fink_class", "fink_last_seen", "fink_status"}, set())


def test_tags_that_are_taken_away_are_taken_away_there() -> None:
    assert changes(wanted(), remote(fink_tags="a, b"), fink_tags="a, b") == ({"fink_tags"}, set())
    assert changes(wanted(), remote(fink_tags="none"), fink_tags="none") == (set(), set())
    assert changes(wanted(), remote(fink_tags="theirs")) == (set(), set())
