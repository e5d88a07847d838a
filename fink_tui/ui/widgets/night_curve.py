"""The altitude of a target through the night as characters, over the twilight and with the Moon."""

from __future__ import annotations

from collections.abc import Sequence

from fink_tui.alerts.times import to_datetime
from fink_tui.output.plot import Canvas, Runs, Scale
from fink_tui.sky.night import Night
from fink_tui.sky.outlook import View
from fink_tui.sky.visibility import airmass

LEAST_SIZE = (28, 6)
SHADES = ("day", "civil", "nautical", "astronomical", "dark")
# What the axis is drawn with below each, where colours are few.
_AXIS = {"day": "▓", "civil": "▒", "nautical": "░", "astronomical": "┈", "dark": "─"}
_LEFT, _RIGHT = 4, 5
# A canvas gives a space the look of what stands before it; this one has its own.
_BLANK = "\u00a0"
_MARGIN_DAYS = 0.5 / 24.0
_TICKS = (30, 60, 90)
_HOURS = (1, 2, 3, 4, 6)
# A braille cell is two dots wide and four high; the bits of its columns, from the top.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_MOON_EVERY = 3


def night_curve(view: View, mjd: float, moon_grows: bool, width: int, height: int) -> list[Runs]:
    """A view at a moment as `height` lines of (text, style names) runs, `width` cells each.

    Style names: target, moon, limit, now, axis, label or empty, and behind a blank one of SHADES for the background.
    """
    canvas = Canvas(max(0, width), max(0, height))
    if width < LEAST_SIZE[0] or height < LEAST_SIZE[1]:
        canvas.write(0, height // 2, "Too small for the night"[:width], "empty")
        return canvas.lines()
    columns, rows = width - _LEFT - _RIGHT, height - 2
    start, end = _span(view.night)
    x, y = Scale(start, end, columns), Scale(90.0, 0.0, rows)
    shades = _shades(view.night, start, end, columns)
    for column, shade in enumerate(shades):
        for row in range(rows):
            canvas.put(_LEFT + column, row, _BLANK, f" {shade}")
        canvas.put(_LEFT + column, rows, _AXIS[shade], "axis")
    for row in range(rows):
        canvas.put(_LEFT + columns, row, _BLANK, "label")
    _put(canvas, [(column, y.cell(view.site.least_altitude), "┄") for column in range(columns)], "limit", shades)
    if start <= mjd <= end:
        _put(canvas, [(x.cell(mjd), row, "╎") for row in range(rows)], "now", shades)
    moon = _curve(view.night, view.night.moon_alt, start, end, columns, rows)
    _put(canvas, _braille(moon[::_MOON_EVERY]), "moon", shades)
    if view.altitudes is not None:
        _put(canvas, _braille(_curve(view.night, view.altitudes, start, end, columns, rows)), "target", shades)
    if moon:
        column, row = min(moon, key=lambda dot: dot[1])
        _put(canvas, [(column // 2, row // 4, "☽" if moon_grows else "☾")], "moon", shades)
    _label(canvas, x, y, rows, columns)
    return canvas.lines()


def _span(night: Night) -> tuple[float, float]:
    """From before sunset to after sunrise; the whole of a night without them."""
    if night.sun_down is None:
        return night.span
    return max(night.span[0], night.sun_down[0] - _MARGIN_DAYS), min(night.span[1], night.sun_down[1] + _MARGIN_DAYS)


def _shades(night: Night, start: float, end: float, columns: int) -> list[str]:
    """How dark it is above each cell."""
    spans = [night.sun_down, *night.twilights.values()]
    moments = [start + (end - start) * column / (columns - 1) for column in range(columns)]
    return [SHADES[sum(span is not None and span[0] <= moment <= span[1] for span in spans)] for moment in moments]


def _curve(
    night: Night, altitudes: Sequence[float], start: float, end: float, columns: int, rows: int
) -> list[tuple[int, int]]:
    """The dots of a curve above the horizon, each column's with those that join it to the next."""
    import numpy as np

    moments = np.linspace(start, end, columns * 2)
    heights = (np.interp(moments, night.times, altitudes) / 90.0).tolist()
    lowest = rows * 4 - 1
    dots = []
    before = None
    for column, part in enumerate(heights):
        row = round((1.0 - part) * lowest)
        if part >= 0.0:
            near = row if before is None else before + (row > before) - (row < before)
            dots += [(column, between) for between in range(min(near, row), max(near, row) + 1)]
        before = row if part >= 0.0 else None
    return dots


def _braille(dots: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    cells: dict[tuple[int, int], int] = {}
    for x, y in dots:
        cells[x // 2, y // 4] = cells.get((x // 2, y // 4), 0) | _DOTS[x % 2][y % 4]
    return [(column, row, chr(0x2800 + bits)) for (column, row), bits in cells.items()]


def _put(canvas: Canvas, cells: Sequence[tuple[int, int, str]], style: str, shades: Sequence[str]) -> None:
    for column, row, char in cells:
        canvas.put(_LEFT + column, row, char, f"{style} {shades[column]}")


def _label(canvas: Canvas, x: Scale, y: Scale, rows: int, columns: int) -> None:
    """Degrees at the left, air masses at the right, hours below."""
    canvas.write(_LEFT + columns + 1, rows, "airm", "label")
    for degrees in _TICKS:
        row = y.cell(degrees)
        canvas.write(0, row, f"{degrees:2d}°", "label")
        canvas.write(_LEFT + columns + 1, row, f"{float(airmass(degrees)):.1f}", "label")
    canvas.write(0, rows + 1, "UTC", "label")
    step = next((hours for hours in _HOURS if x.cells_of(hours / 24.0) >= 4), _HOURS[-1])
    hour = int(x.first * 24.0) + 1
    for count in range(hour, int(x.last * 24.0) + 1):
        if count % step == 0:
            column = x.cell(count / 24.0)
            canvas.put(_LEFT + column, rows, "┴", "axis")
            canvas.write(_LEFT + column - 1, rows + 1, f"{to_datetime(count / 24.0 + 1e-6):%H}", "label")
