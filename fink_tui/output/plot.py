"""Points with error bars, axes and ticks drawn into a grid of characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Runs = list[tuple[str, str]]
Ticks = Sequence[tuple[float, str]]
LEAST_BAR = 0.75  # cells
SLACK = 1e-6  # of a step: a tick on the very end of a scale counts, whatever its last bit says
MOST_OF_A_BAR = 0.3  # of the span of the values: one hopeless error bar must not flatten the rest


@dataclass(frozen=True, slots=True)
class Point:
    """One mark at (x, y) with an optional symmetric error in y; a higher `rank` is drawn over a lower one.

    The scale is made to hold those that are `firm`.
    """

    x: float
    y: float
    error: float
    mark: str
    style: str
    rank: int = 0
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map of the values from `first` to `last` onto cells 0 to `cells` - 1; `first` may be the greater."""

    first: float
    last: float
    cells: int

    def place(self, value: float) -> float:
        """Where a value lies, in cells; outside of the range it lies outside of the cells."""
        return (value - self.first) / (self.last - self.first) * (self.cells - 1)

    def cell(self, value: float) -> int:
        """The cell of a value."""
        return round(self.place(value))

    def cells_of(self, length: float) -> float:
        """How many cells a length covers."""
        return abs(length / (self.last - self.first) * (self.cells - 1))


def tidy_ticks(first: float, last: float, most: int) -> list[tuple[float, str]]:
    """At most `most` round values between two, each with its label."""
    low, high = sorted((first, last))
    step = tidy_step(high - low, most)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    numbers = range(math.ceil(low / step - SLACK), math.floor(high / step + SLACK) + 1)
    return [(n * step, tick_label(n * step, decimals)) for n in numbers]


def tidy_step(span: float, most: int) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that cuts the span at no more than `most` places."""
    power = 10.0 ** math.floor(math.log10(span / max(1, most)))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power, 50 * power):
        if span / step + 2 * SLACK < most:
            return step
    return 100 * power


def tick_label(value: float, decimals: int) -> str:
    """A tick's number with the decimals of its step, and no minus before a zero."""
    if abs(value) >= 1e6 or decimals > 6:
        return f"{value:.4g}"
    return f"{value:.{decimals}f}" if round(value, decimals) else f"{0:.{decimals}f}"


def extent(values: Sequence[float], errors: Sequence[float], least: float) -> tuple[float, float]:
    """The range that shows the values with their error bars, at least `least` wide."""
    low, high = min(values), max(values)
    cap = max(MOST_OF_A_BAR * (high - low), least / 2)
    low = min(value - min(error, cap) for value, error in zip(values, errors, strict=True))
    high = max(value + min(error, cap) for value, error in zip(values, errors, strict=True))
    missing = max(0.0, least - (high - low)) / 2
    return low - missing, high + missing


class Canvas:
    """A grid of cells, each one character with the name of its style; what falls outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells: dict[tuple[int, int], tuple[str, str]] = {}

    def put(self, x: int, y: int, char: str, style: str) -> None:
        """Draw one character of one cell over what is there."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._cells[y, x] = (char, style)

    def write(self, x: int, y: int, text: str, style: str) -> None:
        """Draw a text of characters one cell wide from x to the right."""
        for place, char in enumerate(text):
            self.put(x + place, y, char, style)

    def paste(self, x: int, y: int, other: Canvas) -> None:
        """Draw what another canvas holds, its first cell at (x, y)."""
        for (row, column), (char, style) in other._cells.items():
            self.put(x + column, y + row, char, style)

    def lines(self) -> list[Runs]:
        """The grid line by line as (text, style name) runs, each line `width` cells long."""
        return [self._line(y) for y in range(self.height)]

    def _line(self, y: int) -> Runs:
        runs: Runs = []
        for x in range(self.width):
            char, style = self._cells.get((y, x), (" ", ""))
            if runs and (runs[-1][1] == style or char == " "):
                runs[-1] = (runs[-1][0] + char, runs[-1][1])
            else:
                runs.append((char, style))
        return runs


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot lies in its canvas, the values its edges have, and what its axes say.

    `left`, `right`, `bottom` and `top_value` are values; `zero` draws a line through y = 0; a line `through` an x
    belongs to the point that is read out.
    """

    top: int
    height: int
    left: float
    right: float
    bottom: float
    top_value: float
    x_title: str
    y_title: str
    x_ticks: Ticks
    zero: bool = False
    through: float | None = None

    @property
    def rows(self) -> int:
        """Lines that hold points; the axis and its labels take two more."""
        return self.height - 2

    @property
    def y_ticks(self) -> Ticks:
        """The round values of the y axis."""
        return tidy_ticks(self.bottom, self.top_value, max(3, self.rows // 2))


def draw(canvas: Canvas, points: Sequence[Point], frame: Frame) -> None:
    """Draw points and axes: the y ticks at the left, an axis line and the x ticks below."""
    gutter = max(len(frame.y_title), len(frame.x_title), *(len(label) for _, label in frame.y_ticks), 0) + 1
    columns = max(2, canvas.width - gutter - 1)
    x_scale = Scale(frame.left, frame.right, columns)
    y_scale = Scale(frame.top_value, frame.bottom, frame.rows)
    plot = Canvas(columns, frame.rows)
    if frame.zero:
        plot.write(0, y_scale.cell(0.0), "╌" * columns, "axis")
    if frame.through is not None:
        for row in range(frame.rows):
            plot.put(x_scale.cell(frame.through), row, "┊", "axis")
    _draw_points(plot, points, x_scale, y_scale)
    canvas.paste(gutter + 1, frame.top, plot)
    _draw_y_axis(canvas, frame, gutter, y_scale)
    _draw_x_axis(canvas, frame, gutter, x_scale)


def _draw_points(plot: Canvas, points: Iterable[Point], x_scale: Scale, y_scale: Scale) -> None:
    ordered = sorted(points, key=lambda point: (point.rank, point.x))
    for point in ordered:
        if y_scale.cells_of(point.error) >= LEAST_BAR:
            ends = sorted((y_scale.cell(point.y - point.error), y_scale.cell(point.y + point.error)))
            for y in range(max(0, ends[0]), min(plot.height - 1, ends[1]) + 1):
                plot.put(x_scale.cell(point.x), y, "│", "error")
    for point in ordered:
        plot.put(x_scale.cell(point.x), y_scale.cell(point.y), point.mark, point.style)


def _draw_y_axis(canvas: Canvas, frame: Frame, gutter: int, scale: Scale) -> None:
    for row in range(frame.rows):
        canvas.put(gutter, frame.top + row, "│", "axis")
    for value, label in frame.y_ticks:
        row = frame.top + scale.cell(value)
        canvas.put(gutter, row, "┤", "axis")
        canvas.write(gutter - 1 - len(label), row, label, "label")


def _draw_x_axis(canvas: Canvas, frame: Frame, gutter: int, scale: Scale) -> None:
    line = frame.top + frame.height - 2
    canvas.write(gutter, line, "└" + "─" * scale.cells, "axis")
    canvas.write(gutter - 1 - len(frame.x_title), line + 1, frame.x_title, "label")
    free = gutter
    for value, label in frame.x_ticks:
        column = scale.cell(value)
        canvas.put(gutter + 1 + column, line, "┬", "axis")
        number_at = gutter + 1 + column - len(label.lstrip("-")) // 2 - label.startswith("-")
        start = max(gutter, min(number_at, canvas.width - len(label)))
        if start >= free:
            canvas.write(start, line + 1, label, "label")
            free = start + len(label) + 1
