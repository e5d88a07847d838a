"""A light curve as an SVG file: the points, marks and axes of the one in the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from fink_tui.output.curve import FORCED_MARK, LIMIT_MARK, Curve, Look, legend, plotted
from fink_tui.output.plot import Frame, Point, Scale, tidy_ticks

WIDTH, HEIGHT = 800, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 60, 50
COLOURS = {
    "u": "#6b46c1",
    "g": "#147a4b",
    "r": "#c22f3f",
    "i": "#9a6400",
    "z": "#7d4a28",
    "y": "#1c6fb0",
    "other": "#333333",
    "limit": "#888888",
}
_INK, _FAINT = "#333333", "#bbbbbb"
# Corners of each mark's shape about its centre, in pixels; a circle has none.
_SHAPES = {
    "●○•◦": (),
    "■□▪▫": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
    "▲△▴▵": ((0, -5), (5, 4), (-5, 4)),
    "◆◇": ((0, -6), (5, 0), (0, 6), (-5, 0)),
    "★☆": tuple((r * math.sin(k * math.pi / 5), -r * math.cos(k * math.pi / 5)) for k, r in enumerate((6, 2.6) * 5)),
    "►▻": ((-4, -5), (5, 0), (-4, 5)),
    "▮▯▬▭": ((-3, -5), (3, -5), (3, 5), (-3, 5)),
    LIMIT_MARK: ((-5, -4), (5, -4), (0, 5)),
}
_HOLLOW = "○□△◇☆▻▯◦▫▵▭▽"
_SMALL = "•◦▪▫▴▵▬▭"


def svg(curve: Curve, look: Look, title: str) -> str:
    """The light curve as an SVG document; without points it says that there are none."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(_LEFT, 22, title, size=16),
    ]
    if curve.points:
        plot = plotted(curve, look, WIDTH // 8)
        parts += _drawn(plot.points, plot.frame)
        hidden = f", {plot.hidden} off the scale" if plot.hidden else ""
        parts.append(_text(WIDTH - _RIGHT, 22, plot.says + hidden, anchor="end"))
        parts += _legend(plot.points, 2 if look.period else 1)
    else:
        parts.append(_text(WIDTH / 2, HEIGHT / 2, "nothing to draw", anchor="middle"))
    return "\n".join([*parts, "</svg>", ""])


def _drawn(points: tuple[Point, ...], frame: Frame) -> Iterator[str]:
    x = Scale(frame.left, frame.right, WIDTH - _LEFT - _RIGHT + 1)
    y = Scale(frame.top_value, frame.bottom, HEIGHT - _TOP - _BOTTOM + 1)
    left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, HEIGHT - _BOTTOM
    yield f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="{_INK}"/>'
    for value, label in frame.x_ticks:
        at = left + x.place(value)
        yield f'<path d="M{at:.1f} {bottom}v5" stroke="{_INK}"/>' + _text(at, bottom + 20, label, anchor="middle")
    for value, label in tidy_ticks(frame.bottom, frame.top_value, 8):
        at = top + y.place(value)
        yield f'<path d="M{left} {at:.1f}h-5" stroke="{_INK}"/>' + _text(left - 9, at + 4, label, anchor="end")
    yield _text((left + right) / 2, HEIGHT - 10, frame.x_title, anchor="middle")
    yield _text(left - 9, top - 12, frame.y_title, anchor="end")
    if frame.zero:
        yield f'<path d="M{left} {top + y.place(0.0):.1f}H{right}" stroke="{_FAINT}" stroke-dasharray="4 4"/>'
    ordered = sorted(points, key=lambda point: (point.rank, point.x))
    for point in ordered:
        if point.error:
            ends = (top + y.place(point.y + sign * point.error) for sign in (-1, 1))
            low, high = (min(max(end, top), bottom) for end in ends)
            at = left + x.place(point.x)
            yield f'<path d="M{at:.1f} {low:.1f}V{high:.1f}" stroke="{COLOURS[point.style]}" opacity="0.4"/>'
    for point in ordered:
        yield _mark(left + x.place(point.x), top + y.place(point.y), point.mark, COLOURS[point.style])


def _mark(x: float, y: float, mark: str, colour: str) -> str:
    fill = "white" if mark in _HOLLOW else colour
    paint = f'fill="{fill}" stroke="{colour}"'
    if mark == FORCED_MARK:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" fill="{colour}" stroke="none"/>'
    size = 0.6 if mark in _SMALL else 1.0
    corners = next((corners for marks, corners in _SHAPES.items() if mark in marks), ())
    if not corners:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 * size:.1f}" {paint}/>'
    places = " ".join(f"{x + size * dx:.1f},{y + size * dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{places}" {paint}/>'


def _legend(points: tuple[Point, ...], copies: int) -> Iterator[str]:
    x = float(_LEFT)
    for mark, style, words in legend(points, copies=copies):
        yield _mark(x + 5, 40, mark, COLOURS.get(style, _INK)) + _text(x + 15, 44, words)
        x += 30 + 7.5 * len(words)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor={quoteattr(anchor)} font-size="{size}">{escape(text)}</text>'
