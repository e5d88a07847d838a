"""Peaks, colours, rates and onsets of light curves made by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.alerts.derived import colours, onset, peak, rates


def point(mjd: float, band: str, mag: float, *, survey: str = "ztf", negative: bool = False) -> Detection:
    return Detection(
        DETECTION, mjd, band, mag=mag, mag_err=0.03, mag_apparent=mag - 1, is_negative=negative, survey=survey
    )


def test_the_peak_is_the_brightest_positive_difference() -> None:
    curve = [point(1, "g", 19.0), point(2, "r", 18.0), point(3, "g", 17.0, negative=True), point(5, "g", 18.5)]
    found = peak(curve)
    assert found is not None and found.detection.mag == 18.0 and found.days_ago == 3.0
    assert peak([point(1, "g", 17.0, negative=True)]) is None
    assert peak([]) is None


def test_a_colour_is_of_one_night_and_one_survey() -> None:
    curve = [point(1.0, "g", 19.0), point(1.1, "r", 18.5), point(3.0, "g", 18.8), point(3.9, "r", 18.0)]
    found = {c.kind: c for c in colours(curve)}
    assert found["difference"].value == pytest.approx(0.5)
    assert found["difference"].error == pytest.approx(math.hypot(0.03, 0.03))
    assert found["difference"].apart_days == pytest.approx(0.1)
    assert found["apparent"].value == pytest.approx(0.5)
    assert colours([point(1.0, "g", 19.0), point(1.1, "r", 18.5, survey="lsst")]) == []
    assert colours([point(1.0, "g", 19.0), point(1.1, "i", 18.5)]) == []


def test_a_negative_difference_has_an_apparent_colour_alone() -> None:
    curve = [point(1.0, "g", 19.0, negative=True), point(1.1, "r", 18.5)]
    assert [c.kind for c in colours(curve)] == ["apparent"]


def test_a_rate_is_from_night_to_night_and_brightening_is_negative() -> None:
    curve = [point(1.0, "g", 19.0), point(2.0, "g", 18.5), point(2.1, "g", 18.4), point(40.0, "r", 18.0)]
    (found,) = rates(curve)
    assert (found.band, found.survey) == ("g", "ztf")
    assert found.value == pytest.approx(-0.6 / 1.1)
    assert found.error == pytest.approx(math.hypot(0.03, 0.03) / 1.1)
    assert found.span_days == pytest.approx(1.1)


def test_the_onset_is_bracketed_only_where_the_first_detection_is_at_hand() -> None:
    early, late = (Detection(UPPER_LIMIT, mjd, "g", upper_limit=20.0 + mjd / 10) for mjd in (1.0, 3.0))
    curve = [early, late, point(4.5, "g", 19.0), Detection(UPPER_LIMIT, 6.0, "g", upper_limit=20.0)]
    found = onset(curve)
    assert found is not None and found.limit is late and found.days == 1.5
    assert onset(curve, named_first=2.0) is None
    assert onset([early]) is None
    assert onset([point(4.5, "g", 19.0)]) is None


SICK = st.one_of(st.none(), st.floats(10, 25))
POINTS = st.lists(
    st.builds(
        Detection,
        kind=st.sampled_from([DETECTION, FORCED, UPPER_LIMIT]),
        mjd=st.floats(60000, 60040),
        band=st.sampled_from(["g", "r", "i", None]),
        mag=SICK,
        mag_err=st.one_of(st.none(), st.floats(0, 1)),
        mag_apparent=SICK,
        mag_apparent_err=st.one_of(st.none(), st.floats(0, 1)),
        is_negative=st.sampled_from([True, False, None]),
        survey=st.sampled_from(["ztf", "lsst"]),
    ),
    max_size=30,
)


@given(POINTS)
def test_the_order_of_points_does_not_matter(points: list[Detection]) -> None:
    points = list({(p.mjd, p.survey): p for p in points}.values())
    for made in (colours, rates):
        assert made(points) == made(points[::-1])
    for colour in colours(points):
        assert colour.apart_days <= 0.5 and math.isfinite(colour.value)
