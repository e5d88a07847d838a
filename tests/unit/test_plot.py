"""Scales, ticks and the cells that a light curve is made of."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.output.curve import MARKS, SMALL_MARKS, Look, Mode, curve_of, light_curve, shown_mode
from fink_tui.output.plot import extent, tick_label, tidy_step, tidy_ticks

NIGHT = 61000.0


def mag(days: float, value: float, band: str = "r", error: float | None = 0.01, negative: bool = False) -> Detection:
    return Detection(DETECTION, NIGHT + days, band, mag=value, mag_err=error, is_negative=negative)


def flux(days: float, njy: float, band: str = "r", kind: str = DETECTION) -> Detection:
    return Detection(kind, NIGHT + days, band, flux=njy, flux_err=100.0, mag=None if njy < 0 else 20.0)


def draw(detections: list[Detection], width: int = 60, height: int = 16, mode: Mode = "auto") -> list[str]:
    curve = curve_of(detections, mode)
    return ["".join(text for text, _ in line) for line in light_curve(curve, Look(mode), width, height)]


def where(lines: list[str], mark: str, first_line: int = 2) -> list[tuple[int, int]]:
    return [(x, y) for y, line in enumerate(lines) if y >= first_line for x, char in enumerate(line) if char == mark]


@pytest.mark.parametrize(
    ("span", "most", "step"),
    [(1.0, 4, 0.5), (2.4, 6, 0.5), (0.7, 8, 0.1), (10.0, 6, 2.0), (47.0, 5, 10.0), (1.0, 1, 2.0), (3e5, 4, 1e5)],
)
def test_steps_are_tidy(span: float, most: int, step: float) -> None:
    assert tidy_step(span, most) == pytest.approx(step)


def test_ticks_carry_the_decimals_of_their_step() -> None:
    labels = lambda first, last, most: [label for _, label in tidy_ticks(first, last, most)]  # noqa: E731
    assert labels(16.0, 18.0, 5) == ["16.0", "16.5", "17.0", "17.5", "18.0"]
    assert labels(18.0, 16.0, 3) == ["16", "17", "18"]
    assert labels(-1.0, 1.0, 5) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"]


def test_no_label_is_minus_zero() -> None:
    assert tick_label(-1e-12, 1) == "0.0"
    assert tick_label(-0.1, 1) == "-0.1"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9), st.integers(1, 20))
@example(low=0.0, span=499999500.0, most=1)
def test_there_are_never_more_ticks_than_asked_for(low: float, span: float, most: int) -> None:
    ticks = tidy_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low - 1e-5 * span <= value <= low + 1.00001 * span for value, _ in ticks)


def test_one_hopeless_error_bar_does_not_flatten_the_curve() -> None:
    low, high = extent([16.0, 17.0], [0.1, 50.0], 0.4)
    assert 15.5 < low < 16.0
    assert 17.0 < high < 17.5


def test_brighter_is_up_and_later_is_right() -> None:
    lines = draw([mag(0, 19.0), mag(5, 17.0), mag(10, 18.0)])
    (x1, y1), (x2, y2), (x3, y3) = sorted(where(lines, "■"))
    assert x1 < x2 < x3
    assert y2 < y3 < y1


def test_days_count_from_the_last_point() -> None:
    labels = draw([mag(0, 19.0), mag(20, 18.0)])[-1].split()
    assert labels[0] == "days"
    assert [float(label) for label in labels[1:]] == [-20, -15, -10, -5, 0]


def test_each_band_has_a_mark_and_a_count_of_its_own() -> None:
    detections = [mag(i + j, 18.0 + j, band) for i, band in enumerate("ugrizy") for j in range(2)]
    legend = draw(detections, 80)[1]
    for band in "ugrizy":
        assert f"{MARKS[band][0]} {band} 2" in legend
    every = [mark for marks in (MARKS, SMALL_MARKS) for pair in marks.values() for mark in pair]
    assert len(set(every)) == len(every)
    assert {cell_len(mark) for mark in every} == {1}


def test_a_negative_ztf_difference_is_drawn_hollow_and_counted() -> None:
    lines = draw([mag(0, 18.0, "g"), mag(5, 18.5, "g", negative=True)])
    assert (len(where(lines, "●")), len(where(lines, "○"))) == (1, 1)
    assert "● g 2" in lines[1]
    assert "○ 1 negative" in lines[1]


def test_error_bars_are_drawn_where_they_are_larger_than_a_cell() -> None:
    small = draw([mag(0, 16.0, error=0.01), mag(10, 20.0, error=0.01)])
    large = draw([mag(0, 16.0, error=0.01), mag(10, 20.0, error=1.0)])
    assert "│" not in "".join(line[8:] for line in small[2:])
    (x, y) = max(where(large, "■"))
    assert large[y - 1][x] == large[y + 1][x] == "│"


def test_limits_and_forced_points_have_marks_of_their_own() -> None:
    limit = Detection(UPPER_LIMIT, NIGHT - 3, "g", upper_limit=20.5)
    forced = Detection(FORCED, NIGHT - 1, "g", flux=900.0, flux_err=100.0, mag=19.5, mag_err=0.2)
    lines = draw([limit, forced, mag(0, 18.0)])
    assert "▽ 1 limits" in lines[1]
    assert "· 1 forced" in lines[1]
    (limit_at,), (forced_at,), (point,) = where(lines, "▽"), where(lines, "·"), where(lines, "■")
    assert limit_at[1] > forced_at[1] > point[1]


def test_a_negative_lsst_flux_turns_the_axis_to_flux() -> None:
    detections = [flux(0, 5000.0), flux(3, -4000.0)]
    assert shown_mode(detections, "auto") == "flux"
    assert shown_mode(detections, "mag") == "mag"
    assert shown_mode([mag(0, 18.0, negative=True)], "auto") == "mag"
    assert shown_mode([flux(0, 5000.0), flux(3, -4000.0, kind=FORCED)], "auto") == "mag"
    lines = draw(detections)
    assert lines[1].startswith("µJy")
    (up,), (down,) = where(lines, "■"), where(lines, "□")
    zero = next(y for y, line in enumerate(lines) if "╌" in line)
    assert up[1] < zero < down[1]
    assert [point.y for point in curve_of(detections, "flux").points] == [5.0, -4.0]


def test_an_upper_limit_is_a_flux_too_but_never_an_apparent_magnitude() -> None:
    limit = Detection(UPPER_LIMIT, NIGHT, "g", upper_limit=23.9)
    assert [point.y for point in curve_of([limit], "flux").points] == [pytest.approx(1.0)]
    assert curve_of([limit], "apparent").points == ()
    apparent = Detection(DETECTION, NIGHT, "g", mag=18.0, mag_apparent=15.0, mag_apparent_err=0.1)
    assert [point.y for point in curve_of([apparent], "apparent").points] == [15.0]


def test_it_says_so_when_there_is_nothing_to_draw() -> None:
    assert "No photometry yet" in "".join(draw([]))
    assert "No apparent magnitudes to draw" in "".join(draw([mag(0, 18.0)], mode="apparent"))
    assert "No magnitudes to draw" in "".join(draw([mag(math.nan, math.inf)]))
    assert "Too small" in "".join(draw([mag(0, 18.0)], 30, 3))


SICK = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(10, 25), st.just(18.0), st.none())
DETECTIONS = st.builds(
    Detection,
    kind=st.sampled_from([DETECTION, UPPER_LIMIT, FORCED]),
    mjd=st.one_of(st.floats(allow_nan=True), st.floats(60990, 61010), st.just(NIGHT)),
    band=st.sampled_from(["u", "g", "r", "i", "z", "y", "other", "K", None]),
    flux=SICK,
    flux_err=SICK,
    mag=SICK,
    mag_err=SICK,
    mag_apparent=SICK,
    mag_apparent_err=SICK,
    upper_limit=SICK,
    is_negative=st.sampled_from([True, False, None]),
)


@given(
    st.lists(DETECTIONS, max_size=12),
    st.sampled_from(["auto", "mag", "flux", "apparent"]),
    st.integers(0, 70),
    st.integers(0, 20),
)
@settings(max_examples=200, deadline=None)
def test_no_photometry_breaks_the_grid(detections: list[Detection], mode: Mode, width: int, height: int) -> None:
    lines = draw(detections, width, height, mode)
    assert [cell_len(line) for line in lines] == [width] * height
