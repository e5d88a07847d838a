"""Tonight for the targets of a list: whose place is known, and which night is meant."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fink_tui.alerts.times import from_iso
from fink_tui.sky.night import night_ahead, night_at
from fink_tui.sky.sites import Site, find_site, known_sites
from fink_tui.sky.tonight import Tonight, place_of

LA_SILLA = find_site(known_sites({}, 30.0)[0], "La Silla")
NOW = from_iso("2026-11-22T04:00")


@dataclass(frozen=True)
class Star:
    id: int
    ra: float | None = 60.0
    dec: float | None = -29.0
    is_moving: bool = False
    last_mjd: float | None = NOW - 300.0


def test_a_target_has_a_place_unless_it_has_none_or_may_have_moved_away() -> None:
    assert place_of(Star(1), NOW) == (60.0, -29.0)
    assert place_of(Star(1, ra=None), NOW) is None
    assert place_of(Star(1, dec=None), NOW) is None
    assert place_of(Star(1, is_moving=True, last_mjd=NOW - 0.9), NOW) == (60.0, -29.0)
    assert place_of(Star(1, is_moving=True, last_mjd=NOW - 1.1), NOW) is None
    assert place_of(Star(1, is_moving=True, last_mjd=None), NOW) is None


def test_each_target_is_found_by_its_id_and_those_that_come_later_too() -> None:
    tonight = Tonight(LA_SILLA, NOW, [Star(7), Star(8, ra=None), Star(9, dec=85.0)])
    first, last = tonight.of(Star(7)), tonight.of(Star(9))
    assert first is not None and first.alt > 80 and first.hours > 3
    assert last is not None and last.course == "never rises" and last.hours == 0.0
    assert tonight.of(Star(8, ra=None)) is None and tonight.of(Star(10)) is None
    tonight.add([Star(10, dec=-89.0), Star(7, ra=None), Star(8)])
    later = tonight.of(Star(10))
    assert later is not None and later.course == "never sets"
    assert tonight.of(Star(7)) is None
    late = tonight.of(Star(8))
    assert late is not None and (late.alt, late.hours) == pytest.approx((first.alt, first.hours))


def test_nothing_is_as_good_as_what_is_left() -> None:
    evening, morning = (Tonight(LA_SILLA, from_iso(f"2026-11-22T{clock}"), [Star(1)]) for clock in ("01:00", "07:00"))
    early, late = evening.of(Star(1)), morning.of(Star(1))
    assert early is not None and late is not None and early.best_alt and late.best_alt
    assert early.hours > late.hours and early.best_alt > late.best_alt
    assert late.best_time == pytest.approx(from_iso("2026-11-22T07:00")) and not late.is_rising


@pytest.mark.parametrize(
    ("clock", "night"),
    [
        ("2026-11-22T04:00", "2026-11-21"),
        ("2026-11-22T09:00", "2026-11-21"),
        ("2026-11-22T10:00", "2026-11-22"),
        ("2026-11-22T16:00", "2026-11-22"),
        ("2026-11-22T23:00", "2026-11-22"),
    ],
)
def test_from_sunrise_on_the_night_that_comes_is_meant(clock: str, night: str) -> None:
    tonight = Tonight(LA_SILLA, from_iso(clock), [Star(1)])
    assert tonight.night.date == night
    seen = tonight.of(Star(1))
    # In the morning's twilight nothing is left of the one, and the next has not begun.
    assert seen is not None and (seen.hours > 0) == (clock != "2026-11-22T09:00")


def test_where_the_sun_does_not_set_or_rise_the_noon_parts_the_nights() -> None:
    tromso = Site("Tromso", 69.65, 18.96, 100.0)
    for day in ("2026-06-21", "2026-12-21"):
        for hour in (1, 8, 13, 20):
            mjd = from_iso(day) + hour / 24
            assert night_ahead(tromso, mjd) is night_at(tromso, mjd)


def test_the_moon_of_the_moment() -> None:
    tonight = Tonight(LA_SILLA, NOW)
    assert tonight.moon_part == pytest.approx(0.91, abs=0.01) and tonight.moon_grows
