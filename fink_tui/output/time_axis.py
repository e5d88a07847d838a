"""The time axis of a light curve: dates, days since something, or phase."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fink_tui.alerts.times import to_iso
from fink_tui.output.plot import SLACK, Ticks, tidy_ticks

Axis = Literal["newest", "date", "first", "peak"]
AXES: tuple[Axis, ...] = ("newest", "date", "first", "peak")
_SAYS = {"newest": "days before newest", "first": "since first", "peak": "since peak"}
# Days: a minute to twelve hours, then whole days.
_STEPS = (
    *(minutes / 1440 for minutes in (1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720)),
    *(digit * 10**power for power in range(7) for digit in (1, 2, 5)),
)
_LONG = 300.0  # days: dates need their year


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Ticks at values of x, the short title beside them, and what is counted in words."""

    title: str
    ticks: Ticks
    says: str


def axis_of(
    axis: Axis, low: float, high: float, landmarks: Mapping[Axis, float | None], most: int, period: float | None
) -> TimeAxis:
    """The axis of a range of MJD UTC (of phases with a `period` in days), with at most `most` ticks.

    Where there is no such landmark, no peak for one, days count from the first point.
    """
    if period:
        return TimeAxis("phase", tidy_ticks(low, high, most), f"folded by {period:.6g} days")
    if axis == "date":
        return _dates(low, high, most)
    zero = landmarks.get(axis)
    if zero is None:
        axis, zero = "first", landmarks.get("first") or low
    ticks = [(value + zero, label) for value, label in tidy_ticks(low - zero, high - zero, most)]
    day = "" if axis == "newest" else f" {(to_iso(zero) or '')[:10]}"
    return TimeAxis("days", ticks, (_SAYS[axis] + day).rstrip())


def _dates(low: float, high: float, most: int) -> TimeAxis:
    step = next((step for step in _STEPS if (high - low) / step + 2 * SLACK < most), _STEPS[-1])
    numbers = range(math.ceil(low / step - SLACK), math.floor(high / step + SLACK) + 1)
    texts = [(n * step, to_iso(n * step) or f"{n * step:.0f}") for n in numbers]
    if step < 1:
        ticks = [(value, text[11:16]) for value, text in texts]
        title = texts[0][1][5:10] if texts else ""
    elif high - low > _LONG:
        ticks, title = [(value, text[:10]) for value, text in texts], "UTC"
    else:
        ticks = [(value, text[5:10]) for value, text in texts]
        title = texts[0][1][:4] if texts else ""
    return TimeAxis(title, ticks, "date, UTC")
