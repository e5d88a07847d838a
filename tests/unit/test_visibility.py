"""Nights and visibility against astropy's full computation: frames, ephemeris and Earth rotation as it does them."""

from __future__ import annotations

import subprocess
import sys
import warnings
from itertools import pairwise

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_body, get_sun
from astropy.time import Time
from astropy.utils import iers

from fink_tui.alerts.times import from_iso
from fink_tui.output.sky import VISIBLE
from fink_tui.sky.horizon import Equator
from fink_tui.sky.night import SUNSET, TWILIGHTS, Night, night_at
from fink_tui.sky.sites import Site, find_site, known_sites
from fink_tui.sky.visibility import Visibility, airmass, altitudes, visibility

STATED_DEG = 0.005
KNOWN, _ = known_sites({}, 30.0)
TROMSO = Site("Tromso", 69.65, 18.96, 100.0)
SOUTH_POLE = Site("South Pole", -89.99, 0.0, 2835.0)
SITES = [
    *(find_site(KNOWN, name) for name in ("La Silla", "Cerro Pachon", "Palomar", "Mauna Kea", "Siding Spring", "OHP")),
    TROMSO,
    SOUTH_POLE,
    Site("the equator and the date line", 0.0, 180.0, 0.0),
]
MOMENTS = ["2026-01-09T03:00", "2026-03-20T11:12:13", "2026-06-21T16:00", "2026-11-22T23:59:59", "2027-09-01T06:30"]
RA = np.array([0.0, 0.0, 359.9999, 10.684, 83.82, 180.0, 187.7, 266.4, 270.0, 300.0, 0.0, 123.0])
DEC = np.array([0.0, -60.0, 89.99, 41.27, -5.39, -89.99, 12.39, -29.0, 66.56, 10.0, 45.0, -45.0])


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("auto_download", False), ("auto_max_age", None), ("iers_degraded_accuracy", "ignore")):
        monkeypatch.setattr(iers.conf, name, value)


def frame(site: Site, mjd: float | np.ndarray) -> AltAz:
    place = EarthLocation.from_geodetic(site.longitude, site.latitude, site.height)
    return AltAz(obstime=Time(mjd, format="mjd", scale="utc"), location=place)


def moon_of(at: AltAz) -> SkyCoord:
    return get_body("moon", at.obstime, at.location).transform_to(at)


def sun_alt(site: Site, mjd: float) -> float:
    at = frame(site, mjd)
    return float(get_sun(at.obstime).transform_to(at).alt.deg)


def star_alt(site: Site, moments: np.ndarray) -> np.ndarray:
    """The altitude of each star at its own moment."""
    return SkyCoord(RA, DEC, unit="deg").transform_to(frame(site, moments)).alt.deg


def moments_of(night: Night) -> list[tuple[float, float]]:
    """The moments a night has found, each with the altitude of the Sun that defines it."""
    spans = [(night.sun_down, SUNSET), *((night.twilights[name], level) for name, level in TWILIGHTS.items())]
    return [(end, level) for span, level in spans if span for end in span if end not in night.span]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_altitude_azimuth_and_moon_distance_now(site: Site, moment: str) -> None:
    mjd = from_iso(moment)
    at = frame(site, mjd)
    stars, moon = SkyCoord(RA, DEC, unit="deg").transform_to(at), moon_of(at)
    ours = list(visibility(RA, DEC, night_at(site, mjd), mjd))
    there = SkyCoord(az=[v.az for v in ours], alt=[v.alt for v in ours], unit="deg", frame=at)
    assert there.separation(stars).deg.max() < STATED_DEG
    assert np.abs([v.alt for v in ours] - stars.alt.deg).max() < STATED_DEG
    assert np.abs([v.moon for v in ours] - stars.separation(moon).deg).max() < STATED_DEG
    for one, secant in zip(ours, stars.secz.value, strict=True):
        assert (one.airmass is None) == (one.alt <= 0)
        if one.alt > 20:
            assert one.airmass == pytest.approx(secant, rel=0.01)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_the_sun_and_the_moon_stand_where_the_night_says(site: Site, moment: str) -> None:
    night = night_at(site, from_iso(moment))
    assert night.span[0] <= from_iso(moment) < night.span[1]
    for when, level in moments_of(night):
        assert sun_alt(site, when) == pytest.approx(level, abs=STATED_DEG)
    for when, sign in ((night.moonrise, 1), (night.moonset, -1)):
        if when is not None:
            at = frame(site, when)
            moon = moon_of(at)
            radius = np.degrees(1737.4 / moon.distance.to_value(u.km))
            assert float(moon.alt.deg) + radius == pytest.approx(-34 / 60, abs=STATED_DEG)
            assert sign * (float(moon_of(frame(site, when + 0.01)).alt.deg) - float(moon.alt.deg)) > 0
    sampled = frame(site, night.times[::60])
    assert np.abs(get_sun(sampled.obstime).transform_to(sampled).alt.deg - night.sun_alt[::60]).max() < STATED_DEG
    assert np.abs(moon_of(sampled).alt.deg - night.moon_alt[::60]).max() < STATED_DEG


@pytest.mark.parametrize("name", ["La Silla", "Palomar", "OHP"])
def test_twilight_is_right_to_two_seconds_where_the_sun_sets_every_day(name: str) -> None:
    site = find_site(KNOWN, name)
    for moment in ("2026-03-20", "2026-09-23", "2026-12-21"):
        found = moments_of(night_at(site, from_iso(moment)))
        assert len(found) == 8
        for when, level in found:
            around = [sun_alt(site, when + seconds / 86_400) - level for seconds in (-2, 2)]
            assert around[0] * around[1] < 0


@pytest.mark.parametrize("moment", ["2026-06-21T16:00", "2026-11-22T05:00"])
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_best_altitude_and_hours_are_those_of_a_night_sampled_finely(site: Site, moment: str) -> None:
    mjd = from_iso(moment)
    night = night_at(site, mjd)
    ours = list(visibility(RA, DEC, night, mjd))
    start, end = night.dark or (mjd, mjd)
    if max(start, mjd) >= end:
        assert all((v.best_alt, v.best_time, v.hours) == (None, None, 0.0) for v in ours)
        return
    times, step = np.linspace(max(start, mjd), end, 200, retstep=True)
    sampled = SkyCoord(RA[:, np.newaxis], DEC[:, np.newaxis], unit="deg").transform_to(frame(site, times)).alt.deg
    at_best = star_alt(site, np.array([one.best_time for one in ours]))
    for alts, best, one in zip(sampled, at_best, ours, strict=True):
        assert one.best_alt is not None and one.best_time is not None
        assert times[0] - 1e-9 <= one.best_time <= times[-1] + 1e-9
        assert one.best_alt > alts.max() - STATED_DEG
        assert one.best_alt == pytest.approx(best, abs=STATED_DEG)
        # A star may graze the limit for minutes without being above it by more than what is stated.
        low, high = (np.count_nonzero(alts > site.least_altitude + off) for off in (STATED_DEG, -STATED_DEG))
        assert (low - 2) * step * 24 <= one.hours <= (high + 2) * step * 24


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_rise_transit_and_set_come_next(site: Site) -> None:
    mjd = from_iso("2026-11-22T05:00")
    ours = list(visibility(RA, DEC, night_at(site, mjd), mjd))
    transits = np.array([one.transits for one in ours])
    before, highest, after = (star_alt(site, transits + minutes / 1440) for minutes in (-30, 0, 30))
    assert (highest > np.maximum(before, after) - STATED_DEG).all()
    climbs = star_alt(site, mjd + 1e-4 + 0 * RA) > star_alt(site, mjd + 0 * RA)
    assert [one.is_rising for one in ours] == climbs.tolist()
    lowest = star_alt(site, transits + 0.49864)
    rise, fall = (star_alt(site, np.array([when or mjd for when in moments])) for moments in _rise_and_set(ours))
    for i, one in enumerate(ours):
        if one.course == "rises and sets":
            assert all(when is not None and mjd <= when < mjd + 1 for when in (one.rises, one.sets))
            assert (rise[i], fall[i]) == pytest.approx((0.0, 0.0), abs=STATED_DEG)
        else:
            assert (one.rises, one.sets) == (None, None)
            assert lowest[i] > -STATED_DEG if one.course == "never sets" else highest[i] < STATED_DEG


def _rise_and_set(ours: list[Visibility]) -> tuple[list[float | None], list[float | None]]:
    return [one.rises for one in ours], [one.sets for one in ours]


def test_the_moon_waxes_and_wanes() -> None:
    phases = []
    for mjd in np.arange(from_iso("2026-11-01"), from_iso("2026-12-05"), 1.3):
        part, grows = Equator.at(mjd).moon_phase(mjd)
        when = Time(mjd, format="mjd")
        sun, moon = get_body("sun", when), get_body("moon", when)
        elongation = sun.separation(moon)
        angle = np.arctan2(sun.distance * np.sin(elongation), moon.distance - sun.distance * np.cos(elongation))
        assert part == pytest.approx(float((1 + np.cos(angle)) / 2), abs=0.001)
        phases.append((part, grows))
    wrong = [(a, b) for a, b in pairwise(phases) if a[1] == b[1] and (b[0] > a[0]) != a[1] and 0.02 < a[0] < 0.98]
    assert not wrong


def test_beyond_the_polar_circle_the_night_says_what_is_missing() -> None:
    summer, winter = night_at(TROMSO, from_iso("2026-06-21T00:00")), night_at(TROMSO, from_iso("2026-12-21T00:00"))
    assert (summer.remark, summer.dark, summer.sun_down) == ("the Sun does not set", None, None)
    assert winter.remark == "the Sun does not rise"
    assert winter.sun_down == winter.span and winter.dark_name == "astronomical"
    dark = night_at(SOUTH_POLE, from_iso("2026-06-21T00:00"))
    assert dark.dark == dark.span
    white = night_at(Site("Tartu", 58.27, 26.47, 80.0), from_iso("2026-06-21T22:00"))
    assert (white.remark, white.dark_name) == ("no astronomical night", "civil")
    ordinary = night_at(find_site(KNOWN, "La Silla"), from_iso("2026-06-21T00:00"))
    assert (ordinary.remark, ordinary.dark_name) == ("", "astronomical")


def test_a_curve_through_the_night_is_that_of_astropy() -> None:
    night = night_at(SITES[0], from_iso("2026-11-22T05:00"))
    expected = SkyCoord(83.82, -5.39, unit="deg").transform_to(frame(night.site, night.times[::30])).alt.deg
    assert np.abs(altitudes(83.82, -5.39, night)[::30] - expected).max() < STATED_DEG


def test_no_target_and_the_airmass_of_the_zenith_and_the_horizon() -> None:
    assert list(visibility([], [], night_at(SITES[0], 61366.0), 61366.0)) == []
    assert airmass(np.array([90.0, 0.0])) == pytest.approx([1.0, 38.8], rel=0.01)


def test_no_network_no_astropy_no_warning_and_no_table_that_ages() -> None:
    code = """
import socket, sys, warnings
warnings.simplefilter("error")
def refuse(*args, **kwargs): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
from fink_tui.sky.night import night_at
from fink_tui.sky.sites import known_sites, find_site
from fink_tui.sky.visibility import visibility
night = night_at(find_site(known_sites({}, 30.0)[0], "paranal"), 63000.2)
assert visibility([10.0], [-20.0], night, 63000.2)[0].hours >= 0
assert "astropy" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""


def test_no_warning_anywhere_on_the_sphere() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for latitude in (-90.0, 0.0, 90.0):
            night = night_at(Site("x", latitude, 0.0, 0.0), 61366.0)
            for one in visibility([0.0, 0.0, 12.0], [90.0, -90.0, 0.0], night, 61366.3):
                values = [getattr(one, name) for name in VISIBLE]
                assert all(value is None or value == value for value in values)


def test_what_is_no_part_of_a_visibility_is_missing() -> None:
    one = visibility([10.0], [-20.0], night_at(SITES[0], 61366.0), 61366.0)[0]
    assert not hasattr(one, "altitude") and getattr(one, "seeing", None) is None
