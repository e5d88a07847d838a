"""Times against astropy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.nights import SURVEY_LONGITUDES, night_bounds, night_of
from fink_tui.alerts.times import from_datetime, from_iso, from_jd, from_tai, now, to_datetime, to_iso

MILLISECOND = 1e-3 / 86400.0


@given(st.floats(58000.0, 61500.0))
def test_tai_of_lsst_is_37_seconds_ahead_of_utc(mjd_tai: float) -> None:
    assert from_tai(mjd_tai) == pytest.approx(Time(mjd_tai, format="mjd", scale="tai").utc.mjd, abs=1e-9)


@given(st.floats(2450000.0, 2470000.0))
def test_julian_dates(jd: float) -> None:
    assert from_jd(jd) == pytest.approx(Time(jd, format="jd", scale="utc").mjd, abs=1e-9)


@given(st.floats(57754.0, 61500.0))
def test_iso_text(mjd: float) -> None:
    text = to_iso(mjd)
    assert text is not None
    assert text.endswith("Z") and len(text) == len("2026-03-22T11:06:52.004Z")
    assert Time(text.rstrip("Z"), format="isot", scale="utc").mjd == pytest.approx(mjd, abs=0.6 * MILLISECOND)
    assert from_iso(text) == pytest.approx(mjd, abs=0.6 * MILLISECOND)


def test_a_real_moment() -> None:
    # jd and timestamp of the same ZTF alert as Fink gives them.
    assert to_iso(from_jd(2461121.9631019)) == "2026-03-22T11:06:52.004Z"


@pytest.mark.parametrize("mjd", [None, 1e9, -1e9, 1e300])
def test_no_calendar_no_text(mjd: float | None) -> None:
    assert to_iso(mjd) is None


def test_datetimes_of_any_zone() -> None:
    moment = datetime(2026, 3, 22, 5, 30, tzinfo=timezone(timedelta(hours=-7)))
    assert from_datetime(moment) == pytest.approx(Time("2026-03-22T12:30:00").mjd, abs=1e-9)
    assert to_datetime(from_datetime(moment)) == moment
    assert abs(now() - Time(datetime.now(UTC)).mjd) < 60 / 86400


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-22", "2026-03-22T00:00:00"),
        (" 2026-03-22T05:00 ", "2026-03-22T05:00:00"),
        ("2026-03-22T05:00:00Z", "2026-03-22T05:00:00"),
        ("2026-03-22T05:00:00.250+02:00", "2026-03-22T03:00:00.250"),
        ("20260322T050000", "2026-03-22T05:00:00"),
    ],
)
def test_iso_times_of_people(text: str, wanted: str) -> None:
    assert from_iso(text) == pytest.approx(Time(wanted, scale="utc").mjd, abs=1e-9)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "61121.5", "2026-03-22 25:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        from_iso(text)


@pytest.mark.parametrize("survey", ["ztf", "lsst"])
def test_a_night_has_one_name_from_noon_to_noon(survey: str) -> None:
    longitude = SURVEY_LONGITUDES[survey]
    low, high = night_bounds("2026-03-21", longitude)
    assert high - low == 1.0
    assert (low % 1.0) * 24.0 == pytest.approx((12.0 - longitude / 15.0) % 24.0)
    assert night_of(low + 1e-6, longitude) == night_of((low + high) / 2, longitude) == "2026-03-21"
    assert night_of(low - 1e-6, longitude) == "2026-03-20"
    assert night_of(high + 1e-6, longitude) == "2026-03-22"


def test_the_evening_and_the_morning_of_a_palomar_night() -> None:
    palomar = SURVEY_LONGITUDES["ztf"]
    assert night_of(Time("2026-03-22T03:00:00").mjd, palomar) == "2026-03-21"
    assert night_of(Time("2026-03-22T12:00:00").mjd, palomar) == "2026-03-21"
    with pytest.raises(ValueError):
        night_bounds("2026-02-30", palomar)
