"""A light curve as characters: which points of an object's detections are drawn, where, and with what mark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.ui.text import fit, plain
from fink_tui.ui.widgets.plot import Canvas, Frame, Point, Runs, draw

Mode = Literal["auto", "mag", "flux", "apparent"]

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
LIMIT_MARK = "▽"
FORCED_MARK = "·"
NJY_PER_UJY = 1000.0
ZERO_POINT_UJY = 23.9  # AB magnitude of 1 µJy
BEYOND_THE_SKY = 1e12
RANKS = {UPPER_LIMIT: 0, FORCED: 1, DETECTION: 2}
LEAST_SIZE = (16, 5)
Y_TITLES = {"mag": "mag", "apparent": "mag", "flux": "µJy"}
NOTHING = {
    "mag": "No magnitudes to draw",
    "apparent": "No apparent magnitudes to draw",
    "flux": "No fluxes to draw",
}


def shown_mode(detections: Iterable[Detection], mode: Mode) -> Literal["mag", "flux", "apparent"]:
    """The mode that "auto" stands for: flux where a detection has only a negative flux, magnitudes elsewhere."""
    if mode != "auto":
        return mode
    has_negative = any(d.kind == DETECTION and d.mag is None and (d.flux or 0.0) < 0 for d in detections)
    return "flux" if has_negative else "mag"


def points_of(detections: Iterable[Detection], mode: Literal["mag", "flux", "apparent"]) -> list[Point]:
    """The points to draw: x in days (MJD), y in AB magnitudes or µJy; what has no such value is left out."""
    points = []
    for d in detections:
        y, error = _value(d, mode)
        if _is_sane(d.mjd) and y is not None and _is_sane(y):
            error = abs(error) if error is not None and _is_sane(error) else 0.0
            mark, style = _look(d)
            points.append(Point(d.mjd, y, error, mark, style, RANKS.get(d.kind, 2)))
    return points


def _value(d: Detection, mode: Literal["mag", "flux", "apparent"]) -> tuple[float | None, float | None]:
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


def _look(d: Detection) -> tuple[str, str]:
    if d.kind == UPPER_LIMIT:
        return LIMIT_MARK, "limit"
    band = d.band if d.band in MARKS else "other"
    is_negative = d.is_negative if d.is_negative is not None else (d.flux or 0.0) < 0
    return (FORCED_MARK if d.kind == FORCED else MARKS[band][is_negative]), band


def light_curve(detections: Sequence[Detection], mode: Mode, width: int, height: int, title: str = "") -> list[Runs]:
    """The light curve as `height` lines of (text, style name) runs, `width` cells each; days count from the last point.

    Style names: a band or "other", "limit", "error", "axis", "label", "title", "empty".
    """
    canvas = Canvas(max(0, width), max(0, height))
    shown = shown_mode(detections, mode)
    points = points_of(detections, shown)
    if not points or width < LEAST_SIZE[0] or height < LEAST_SIZE[1]:
        say = "Too small for a light curve" if points else NOTHING[shown] if detections else "No photometry yet"
        say = fit(say, min(len(say), width))
        canvas.write((width - len(say)) // 2, height // 2, say, "empty")
        return canvas.lines()
    last = max(point.x for point in points)
    points = [Point(p.x - last, p.y, p.error, p.mark, p.style, p.rank) for p in points]
    top = 1 + bool(title and height > 8)
    if top == 2:
        canvas.write(0, 0, fit(plain(title), width).rstrip(), "title")
    flux_span = max(abs(point.y) for point in points)
    draw(
        canvas,
        points,
        Frame(
            top=top,
            height=height - top,
            x_title="days",
            y_title=Y_TITLES[shown],
            is_y_down=shown != "flux",
            least_x=1e-3 if any(point.x < -1e-6 for point in points) else 1.0,
            least_y=max(1e-3, 0.2 * flux_span) if shown == "flux" else 0.4,
            zero=shown == "flux",
        ),
    )
    _write_legend(canvas, top - 1, points, Y_TITLES[shown])
    return canvas.lines()


def _write_legend(canvas: Canvas, y: int, points: Sequence[Point], unit: str) -> None:
    entries: list[tuple[str, str, str]] = []
    drawn = {(point.style, point.mark): 0 for point in points}
    for point in points:
        drawn[point.style, point.mark] += 1
    for band, (filled, hollow) in MARKS.items():
        if any(style == band for style, _ in drawn):
            count = drawn.get((band, filled), 0) + drawn.get((band, hollow), 0)
            entries.append((filled, band, f"{band} {count}"))
    below = sum(n for (style, mark), n in drawn.items() if style in MARKS and mark == MARKS[style][1])
    forced = sum(n for (_, mark), n in drawn.items() if mark == FORCED_MARK)
    limits = sum(n for (_, mark), n in drawn.items() if mark == LIMIT_MARK)
    for mark, style, count in (("○", "label", below), (FORCED_MARK, "label", forced), (LIMIT_MARK, "limit", limits)):
        if count:
            name = {"○": "negative", FORCED_MARK: "forced", LIMIT_MARK: "limits"}[mark]
            entries.append((mark, style, f"{count} {name}" if canvas.width >= 48 else str(count)))
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
