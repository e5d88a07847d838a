"""How a light curve is looked at: zoom, pan, points read out, folds, and the time axis."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.output.curve import Look, curve_of, full_range, light_curve, panned, readout, stepped, zoomed
from fink_tui.output.time_axis import Axis, axis_of

NIGHT = 61121.0  # 2026-03-22


def mag(days: float, value: float, band: str = "r", survey: str = "ztf", **fields: object) -> Detection:
    return Detection(DETECTION, NIGHT + days, band, mag=value, mag_err=0.05, survey=survey, **fields)  # type: ignore[arg-type]


CURVE = curve_of([mag(float(i), 18.0 + 0.1 * i) for i in range(11)], "mag")


def text(look: Look, curve: object = CURVE, width: int = 60, height: int = 16) -> list[str]:
    return ["".join(part for part, _ in line) for line in light_curve(curve, look, width, height)]  # type: ignore[arg-type]


def test_zoom_keeps_the_newest_point_and_out_again_shows_all() -> None:
    closer = zoomed(Look(), CURVE, 0.5)
    assert closer.window == (NIGHT + 5.0, NIGHT + 10.0)
    assert zoomed(closer, CURVE, 2.0).window is None
    assert "■ r 6" in text(closer)[1]


def test_zoom_is_about_the_point_read_out() -> None:
    look = Look(selected=2)
    low, high = zoomed(look, CURVE, 0.5).window or (0.0, 0.0)
    assert low <= NIGHT + 2.0 <= high and high - low == 5.0


def test_pan_stops_at_the_ends() -> None:
    closer = zoomed(Look(), CURVE, 0.5)
    assert panned(closer, CURVE, 0.25) == closer
    assert (panned(closer, CURVE, -0.2).window or (0, 0))[0] == NIGHT + 4.0
    assert (panned(closer, CURVE, -9.0).window or (0, 0))[0] == NIGHT
    assert panned(Look(), CURVE, -0.2) == Look()


def test_stepping_begins_at_the_newest_and_the_window_follows() -> None:
    first = stepped(Look(), CURVE, -1)
    assert first.selected == 10
    closer = zoomed(first, CURVE, 0.2)
    for _ in range(5):
        closer = stepped(closer, CURVE, -1)
    low, high = closer.window or (0.0, 0.0)
    assert closer.selected == 5 and low <= NIGHT + 5.0 <= high
    assert stepped(stepped(Look(selected=0), CURVE, -1), CURVE, -1).selected == 0
    assert text(first)[1].startswith("2026-04-01 00:00:00 r 19.00 ± 0.05 mag")


def test_a_point_is_read_out_with_its_survey_where_there_are_two() -> None:
    both = curve_of(
        [
            mag(0, 18.0),
            mag(1, 18.5, "g", "lsst"),
            Detection(UPPER_LIMIT, NIGHT + 2, "g", upper_limit=20.5, survey="ztf"),
            mag(3, 17.5, is_negative=True),
        ],
        "mag",
    )
    assert readout(both, 0) == "2026-03-22 00:00:00 ZTF r 18.00 ± 0.05 mag"
    assert readout(both, 1) == "2026-03-23 00:00:00 LSST g 18.50 ± 0.05 mag"
    assert readout(both, 2) == "2026-03-24 00:00:00 ZTF g > 20.50 mag"
    assert readout(both, 3).endswith("17.50 ± 0.05 mag negative")


def test_two_surveys_have_marks_of_their_own() -> None:
    both = curve_of([mag(0, 18.0), mag(1, 18.5, "r", "lsst"), mag(2, 18.2)], "mag")
    legend = text(Look(), both)[1]
    assert "■ r 1" in legend and "▪ r ZTF 2" in legend


def test_what_is_off_the_scale_is_counted() -> None:
    points = [mag(float(i), 18.0 + i / 10) for i in range(5)]
    bright = Detection(UPPER_LIMIT, NIGHT + 1, "r", upper_limit=14.0, survey="ztf")
    faint = Detection(FORCED, NIGHT + 2, "r", flux=10.0, flux_err=9.0, mag=28.9, mag_err=0.9, survey="ztf")
    assert "2 off the scale" in text(Look(), curve_of([*points, bright, faint], "mag"))[1]
    assert "off" not in text(Look(), curve_of([bright, faint], "mag"))[1]


def test_a_fold_brings_the_same_phases_together() -> None:
    periodic = curve_of([mag(i * 0.75, 18.0 if i % 2 else 19.0) for i in range(40)], "mag")
    folded = text(Look(period=1.5), periodic)
    rows = {y for y, line in enumerate(folded) if y > 1 and "■" in line}
    assert len(rows) == 2
    assert sum(line.count("■") for line in folded[2:]) == 4
    assert "■ r 40" in folded[1] and "folded by 1.5 days" in folded[0] and folded[-1].split()[0] == "phase"
    assert full_range(periodic, Look(period=1.5)) == (0.0, 2.0)


def labels(axis: Axis, low: float, high: float, most: int = 6) -> tuple[str, list[str]]:
    found = axis_of(axis, low, high, {"newest": high, "first": low, "peak": NIGHT}, most, None)
    return found.title, [label for _, label in found.ticks]


def test_dates_are_of_the_calendar() -> None:
    assert labels("date", NIGHT, NIGHT + 10.0) == ("2026", ["03-23", "03-25", "03-27", "03-29", "03-31"])
    assert labels("date", NIGHT, NIGHT + 0.25) == ("03-22", ["00:00", "02:00", "04:00", "06:00"])
    title, long = labels("date", NIGHT - 2000.0, NIGHT)
    assert title == "UTC" and all(len(label) == 10 for label in long)


def test_days_count_from_what_the_axis_says() -> None:
    assert labels("newest", NIGHT, NIGHT + 10.0)[1][-1] == "0"
    assert labels("first", NIGHT, NIGHT + 10.0)[1][0] == "0"
    assert "0" in labels("peak", NIGHT - 5.0, NIGHT + 5.0)[1]
    without = axis_of("peak", NIGHT, NIGHT + 10.0, {"first": NIGHT, "peak": None}, 6, None)
    assert without.says.startswith("since first")


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e5), st.integers(1, 12))
def test_an_axis_never_has_more_ticks_than_asked_for(low: float, span: float, most: int) -> None:
    for axis in ("newest", "date", "first", "peak"):
        assert len(labels(axis, low, low + span, most)[1]) <= most
