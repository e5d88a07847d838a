"""A light curve: which points of an object are drawn, where, with what mark, and how it is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fink_tui.alerts import derived
from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.alerts.times import to_iso
from fink_tui.output.plot import Canvas, Frame, Point, Runs, draw, extent
from fink_tui.output.time_axis import Axis, axis_of

Mode = Literal["auto", "mag", "flux", "apparent"]
Shown = Literal["mag", "flux", "apparent"]
MODES: tuple[Mode, ...] = ("auto", "mag", "flux", "apparent")

# Filled for a source brighter than the template, hollow for a fainter one.
MARKS = {
    "u": ("◆", "◇"),
    "g": ("●", "○"),
    "r": ("■", "□"),
    "i": ("▲", "△"),
    "z": ("★", "☆"),
    "y": ("►", "▻"),
    "other": ("▮", "▯"),
}
# ZTF's where the same plot has LSST's: the filters are not the same.
SMALL_MARKS = {"g": ("•", "◦"), "r": ("▪", "▫"), "i": ("▴", "▵"), "other": ("▬", "▭")}
LIMIT_MARK = "▽"
FORCED_MARK = "·"
NJY_PER_UJY = 1000.0
ZERO_POINT_UJY = 23.9  # AB magnitude of 1 µJy
BEYOND_THE_SKY = 1e12
RANKS = {UPPER_LIMIT: 0, FORCED: 1, DETECTION: 2}
LEAST_SIZE = (16, 5)
LEAST_TITLED = 9
Y_TITLES = {"mag": "mag", "apparent": "mag", "flux": "µJy"}
NAMES = {"mag": "difference mag", "apparent": "apparent mag", "flux": "difference flux"}
NOTHING = {
    "mag": "No magnitudes to draw",
    "apparent": "No apparent magnitudes to draw",
    "flux": "No fluxes to draw",
}
# A forced magnitude of less than three sigma, and what is brighter than every detection, must not stretch the scale.
_MOST_MAG_ERROR = 0.36
_ABOVE_THE_BRIGHTEST = 0.5
_LEAST_SPAN = 1e-3  # days
_LEAST_PHASE = 0.02


@dataclass(frozen=True, slots=True)
class Look:
    """How a light curve is looked at.

    `mode` is "auto", "mag" (difference magnitude), "flux" (signed difference flux, µJy) or "apparent" (magnitude of the
    whole source). `period` (days) folds. `window` is the range of x shown, MJD UTC or phase; `selected` the number of
    the point that is read out, in order of time.
    """

    mode: Mode = "auto"
    axis: Axis = "newest"
    period: float | None = None
    window: tuple[float, float] | None = None
    selected: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn, in order of time: points with x in MJD UTC, and the detection of each.

    `peak` is the MJD UTC of the brightest positive difference; `offered` counts the detections there were.
    """

    mode: Shown
    points: tuple[Point, ...] = ()
    detections: tuple[Detection, ...] = ()
    peak: float | None = None
    offered: int = 0


def shown_mode(detections: Iterable[Detection], mode: Mode) -> Shown:
    """The mode that "auto" stands for: flux where a detection has only a negative flux, magnitudes elsewhere."""
    if mode != "auto":
        return mode
    has_negative = any(d.kind == DETECTION and d.mag is None and (d.flux or 0.0) < 0 for d in detections)
    return "flux" if has_negative else "mag"


def curve_of(detections: Iterable[Detection], mode: Mode) -> Curve:
    """The points to draw: y in AB magnitudes or µJy; what has no such value is left out."""
    offered = list(detections)
    every = sorted((d for d in offered if _is_sane(d.mjd)), key=lambda d: d.mjd)
    shown = shown_mode(every, mode)
    both = len({d.survey for d in every}) > 1
    found = []
    for d in every:
        y, error = _value(d, shown)
        if y is not None and _is_sane(y):
            error = abs(error) if error is not None and _is_sane(error) else 0.0
            mark, style = _mark(d, small=both and d.survey == "ztf")
            firm = shown == "flux" or d.kind != FORCED or error <= _MOST_MAG_ERROR
            found.append((Point(d.mjd, y, error, mark, style, RANKS.get(d.kind, 2), firm), d))
    best = derived.peak(d for _, d in found)
    points = tuple(point for point, _ in found)
    peak = best.detection.mjd if best else None
    return Curve(shown, _without_hopeless(points, shown), tuple(d for _, d in found), peak, len(offered))


def _without_hopeless(points: tuple[Point, ...], shown: Shown) -> tuple[Point, ...]:
    """Limits brighter than everything seen, and forced points far off the detections, do not count for the scale."""
    seen = [point.y for point in points if point.rank == RANKS[DETECTION] and point.firm]
    if not seen:
        return tuple(replace(point, firm=True) for point in points)
    low, high = min(seen), max(seen)
    if shown == "flux":
        low, high = min(low, 0.0), max(high, 0.0)
        least, most = low - (high - low), high + (high - low)
    else:
        least, most = low - _ABOVE_THE_BRIGHTEST, math.inf
    return tuple(point if least <= point.y <= most else replace(point, firm=False) for point in points)


def _value(d: Detection, mode: Shown) -> tuple[float | None, float | None]:
    if d.kind == UPPER_LIMIT:
        if mode == "apparent" or d.upper_limit is None or not _is_sane(d.upper_limit):
            return None, None
        if mode == "mag":
            return d.upper_limit, None
        exponent = 0.4 * (ZERO_POINT_UJY - d.upper_limit)
        return (10.0**exponent if abs(exponent) < 12 else None), None
    if mode == "mag":
        return d.mag, d.mag_err
    if mode == "apparent":
        return d.mag_apparent, d.mag_apparent_err
    if d.flux is None:
        return None, None
    return d.flux / NJY_PER_UJY, None if d.flux_err is None else d.flux_err / NJY_PER_UJY


def _is_sane(value: float) -> bool:
    return math.isfinite(value) and abs(value) < BEYOND_THE_SKY


def _mark(d: Detection, *, small: bool) -> tuple[str, str]:
    if d.kind == UPPER_LIMIT:
        return LIMIT_MARK, "limit"
    band = d.band if d.band in MARKS else "other"
    is_negative = d.is_negative if d.is_negative is not None else (d.flux or 0.0) < 0
    marks = (SMALL_MARKS if small else MARKS).get(band, SMALL_MARKS["other"])
    return (FORCED_MARK if d.kind == FORCED else marks[is_negative]), band


# What keys do to the look.


def full_range(curve: Curve, look: Look) -> tuple[float, float]:
    """The range of x that shows everything: MJD UTC, or two phases."""
    if look.period:
        return 0.0, 2.0
    times = [point.x for point in curve.points]
    low, high = min(times), max(times)
    return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)


def zoomed(look: Look, curve: Curve, factor: float) -> Look:
    """Show `factor` of the range, about the selected point, else the newest in view; 1 and more shows it all again."""
    if not curve.points:
        return look
    low, high = look.window or full_range(curve, look)
    least, most = full_range(curve, look)
    span = max(_LEAST_PHASE if look.period else min(_LEAST_SPAN, most - least), (high - low) * factor)
    if span >= most - least:
        return replace(look, window=None)
    about = _places(look, curve, look.selected)[0] if look.selected is not None else high
    about = min(max(about, low), high)
    start = about - (about - low) / (high - low) * span
    start = min(max(start, least), most - span)
    return replace(look, window=(start, start + span))


def panned(look: Look, curve: Curve, share: float) -> Look:
    """Move the window by a share of its width, as far as there are points."""
    if look.window is None or not curve.points:
        return look
    (low, high), (least, most) = look.window, full_range(curve, look)
    start = min(max(low + share * (high - low), least), most - (high - low))
    return replace(look, window=(start, start + (high - low)))


def stepped(look: Look, curve: Curve, by: int) -> Look:
    """Read out the next point in time, the newest first; the window follows it."""
    count = len(curve.points)
    if not count:
        return look
    number = count - 1 if look.selected is None else min(max(look.selected + by, 0), count - 1)
    look = replace(look, selected=number)
    if look.window is not None and not look.period:
        low, high = look.window
        x = curve.points[number].x
        if not low <= x <= high:
            start = x - (high - low) / 2.0
            look = panned(replace(look, window=(start, start + high - low)), curve, 0.0)
    return look


def phase(mjd: float, period: float, start: float) -> float:
    """Where in the period a moment lies, 0 to 1; 0 is at `start`."""
    return ((mjd - start) / period) % 1.0


def _places(look: Look, curve: Curve, number: int) -> tuple[float, ...]:
    """Where a point is drawn: once in time, twice in phase."""
    x = curve.points[number].x
    if not look.period:
        return (x,)
    place = phase(x, look.period, phase_zero(curve))
    return (place, place + 1.0)


def phase_zero(curve: Curve) -> float:
    """The moment (MJD UTC) of phase 0: the peak, else the first point."""
    return curve.peak if curve.peak is not None else curve.points[0].x


def readout(curve: Curve, number: int) -> str:
    """One point in words: time (UTC), survey where there are two, band, value and error."""
    point, d = curve.points[number], curve.detections[number]
    time = (to_iso(d.mjd) or f"MJD {d.mjd:.5f}")[:19].replace("T", " ")
    unit = Y_TITLES[curve.mode]
    kind = {UPPER_LIMIT: "> ", FORCED: "forced "}.get(d.kind, "")
    error = f" ± {point.error:.2f}" if point.error else ""
    sign = " negative" if point.style != "limit" and d.is_negative and curve.mode == "mag" else ""
    # One survey goes without saying.
    survey = f"{d.survey.upper()} " if len({other.survey for other in curve.detections}) > 1 else ""
    return f"{time} {survey}{d.band or '?'} {kind}{point.y:.2f}{error} {unit}{sign}".replace(" -", " −")


# Drawing.


@dataclass(frozen=True, slots=True)
class Plotted:
    """A light curve on its axes: the points in view and out of it, and the frame without its place in a canvas."""

    points: tuple[Point, ...]
    hidden: int
    frame: Frame
    says: str


def plotted(curve: Curve, look: Look, width: int) -> Plotted:
    """The points (one at least) and axes of a look at a curve, for a canvas some cells wide."""
    low, high = look.window or full_range(curve, look)
    drawn = [
        replace(point, x=x)
        for number, point in enumerate(curve.points)
        for x in _places(look, curve, number)
        if low <= x <= high
    ]
    firm = [point for point in drawn if point.firm] or drawn or list(curve.points)
    values, errors = [point.y for point in firm], [point.error for point in firm]
    is_flux = curve.mode == "flux"
    if is_flux:
        values, errors = [*values, 0.0], [*errors, 0.0]
    least = max(1e-3, 0.2 * max(map(abs, values))) if is_flux else 0.4
    low_y, high_y = extent(values, errors, least)
    bottom, top = (low_y, high_y) if is_flux else (high_y, low_y)
    inside = tuple(point for point in drawn if low_y <= point.y <= high_y)
    axis = axis_of(look.axis, low, high, _landmarks(curve), max(1, width // 12), look.period)
    through = _places(look, curve, look.selected)[0] if look.selected is not None else None
    frame = Frame(0, 0, low, high, bottom, top, axis.title, Y_TITLES[curve.mode], axis.ticks, is_flux, through)
    return Plotted(inside, len(drawn) - len(inside), frame, f"{NAMES[curve.mode]} · {axis.says}")


def _landmarks(curve: Curve) -> dict[Axis, float | None]:
    detections = [d.mjd for d in curve.detections if d.kind == DETECTION]
    first = detections[0] if detections else curve.points[0].x
    return {"newest": curve.points[-1].x, "first": first, "peak": curve.peak}


def light_curve(curve: Curve, look: Look, width: int, height: int) -> list[Runs]:
    """The light curve as `height` lines of (text, style name) runs, `width` cells each.

    Style names: a band or "other", "limit", "error", "axis", "label", "title", "empty".
    """
    canvas = Canvas(max(0, width), max(0, height))
    if not curve.points or width < LEAST_SIZE[0] or height < LEAST_SIZE[1]:
        say = "Too small for a light curve" if curve.points else NOTHING[curve.mode]
        say = say if curve.offered else "No photometry yet"
        canvas.write(max(0, (width - len(say)) // 2), height // 2, say, "empty")
        return canvas.lines()
    plot = plotted(curve, look, width)
    top = 1 + (height >= LEAST_TITLED)
    if top == 2:
        canvas.write(0, 0, plot.says, "title")
    draw(canvas, plot.points, replace(plot.frame, top=top, height=height - top))
    if look.selected is not None:
        says = readout(curve, look.selected)
        # Where it is too long the year goes.
        canvas.write(0, top - 1, says if len(says) <= width else says[5:], "title")
    else:
        _write_legend(canvas, top - 1, plot, bool(look.period))
    return canvas.lines()


def _write_legend(canvas: Canvas, y: int, plot: Plotted, is_folded: bool) -> None:
    entries = legend(plot.points, copies=2 if is_folded else 1, wide=canvas.width >= 48)
    if plot.hidden:
        entries.append((" ", "label", f"{plot.hidden} off the scale" if canvas.width >= 48 else f"{plot.hidden} off"))
    unit = plot.frame.y_title
    canvas.write(0, y, unit, "label")
    x = len(unit) + 2
    # Close together where the full spacing has no room.
    space, gap = (1, 2) if x + sum(len(text) + 4 for *_, text in entries) - 2 <= canvas.width else (0, 1)
    for mark, style, text in entries:
        end = x + 1 + space + len(text)
        if end > canvas.width:
            break
        canvas.put(x, y, mark, style)
        canvas.write(x + 1 + space, y, text, "label")
        x = end + gap


def legend(points: Sequence[Point], *, copies: int = 1, wide: bool = True) -> list[tuple[str, str, str]]:
    """Mark, style and words of what is drawn: the bands with their detections, then negative, forced, limits."""
    drawn: dict[tuple[str, str], int] = {}
    for point in points:
        drawn[point.style, point.mark] = drawn.get((point.style, point.mark), 0) + 1
    entries: list[tuple[str, str, str]] = []
    hollow = 0
    for marks in (MARKS, SMALL_MARKS):
        for band, (filled, empty) in marks.items():
            below = drawn.get((band, empty), 0)
            hollow += below
            if count := drawn.get((band, filled), 0) + below:
                name = f"{band} ZTF" if marks is SMALL_MARKS else band
                entries.append((filled, band, f"{name} {count // copies}"))
    forced = sum(count for (_, mark), count in drawn.items() if mark == FORCED_MARK)
    limits = sum(count for (_, mark), count in drawn.items() if mark == LIMIT_MARK)
    for mark, style, count, word in (
        ("○", "label", hollow, "negative"),
        (FORCED_MARK, "label", forced, "forced"),
        (LIMIT_MARK, "limit", limits, "limits"),
    ):
        if count:
            entries.append((mark, style, f"{count // copies} {word}" if wide else str(count // copies)))
    return entries
