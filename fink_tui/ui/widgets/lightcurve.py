"""The light curve of an object, in characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.alerts.alert import Detection
from fink_tui.output.curve import (
    MARKS,
    MODES,
    NAMES,
    Curve,
    Look,
    curve_of,
    light_curve,
    panned,
    readout,
    stepped,
    zoomed,
)
from fink_tui.output.time_axis import AXES

_NOTHING = Curve("mag")


class LightCurve(Widget):
    """Magnitude or flux over time, one mark and colour per band, brighter up, the way its `look` says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"lightcurve--{name}" for name in MARKS),
        *(f"lightcurve--{name}" for name in ("limit", "error", "axis", "label", "title", "empty")),
    }

    DEFAULT_CSS = """
    LightCurve {
        height: 1fr;
        min-height: 5;
        color: $foreground;
        & > .lightcurve--u { color: #a98bf0; }
        & > .lightcurve--g { color: #43b581; }
        & > .lightcurve--r { color: #ef5f6b; }
        & > .lightcurve--i { color: #e3a43b; }
        & > .lightcurve--z { color: #c98a62; }
        & > .lightcurve--y { color: #5aa9e6; }
        & > .lightcurve--other { color: $foreground; }
        & > .lightcurve--limit { color: $foreground 50%; }
        & > .lightcurve--error { color: $foreground 35%; }
        & > .lightcurve--axis { color: $foreground 30%; }
        & > .lightcurve--label { color: $foreground 60%; }
        & > .lightcurve--title { color: $foreground 80%; }
        & > .lightcurve--empty { color: $foreground 55%; }
        &:light {
            & > .lightcurve--u { color: #6b46c1; }
            & > .lightcurve--g { color: #147a4b; }
            & > .lightcurve--r { color: #c22f3f; }
            & > .lightcurve--i { color: #9a6400; }
            & > .lightcurve--z { color: #7d4a28; }
            & > .lightcurve--y { color: #1c6fb0; }
        }
        &:ansi {
            & > .lightcurve--u { color: ansi_magenta; }
            & > .lightcurve--g { color: ansi_green; }
            & > .lightcurve--r { color: ansi_red; }
            & > .lightcurve--i { color: ansi_yellow; }
            & > .lightcurve--z { color: ansi_cyan; }
            & > .lightcurve--y { color: ansi_blue; }
            & > .lightcurve--other, & > .lightcurve--title { color: ansi_default; }
            & > .lightcurve--limit, & > .lightcurve--error, & > .lightcurve--axis, & > .lightcurve--label,
            & > .lightcurve--empty { color: ansi_default; text-style: dim; }
        }
    }
    """

    ALLOW_SELECT = False

    look: reactive[Look] = reactive(Look, init=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._detections: tuple[Detection, ...] = ()
        self._curve = _NOTHING
        self._strips: list[Strip] = []

    def show(self, detections: Iterable[Detection], *, is_same: bool = False) -> None:
        """Draw these detections, in any order; window, fold and point stay where they are of the same object."""
        self._detections = tuple(detections)
        self._curve = curve_of(self._detections, self.look.mode)
        if not is_same:
            self.set_reactive(LightCurve.look, replace(self.look, window=None, selected=None, period=None))
        elif self.look.selected is not None and self.look.selected >= len(self._curve.points):
            self.set_reactive(LightCurve.look, replace(self.look, selected=None))
        self._draw()

    @property
    def curve(self) -> Curve:
        """What is drawn."""
        return self._curve

    def next_mode(self) -> str:
        """Draw the next quantity there is; what it is called."""
        modes = [mode for mode in MODES if mode != "auto"]
        shown = self._curve.mode
        mode = modes[(modes.index(shown) + 1) % len(modes)]
        self._curve = curve_of(self._detections, mode)
        self.look = replace(self.look, mode=mode, selected=None)
        return NAMES[mode]

    def next_axis(self) -> None:
        """Count time in the next way."""
        self.look = replace(self.look, axis=AXES[(AXES.index(self.look.axis) + 1) % len(AXES)])

    def zoom(self, factor: float) -> None:
        """Show `factor` of the range of time; 0 shows all of it and reads no point out."""
        if factor:
            self.look = zoomed(self.look, self._curve, factor)
        else:
            self.look = replace(self.look, window=None, selected=None)

    def pan(self, share: float) -> None:
        """Move by a share of the range shown."""
        self.look = panned(self.look, self._curve, share)

    def step(self, by: int) -> str:
        """Read out the next point; what it says, "" where there is none."""
        self.look = stepped(self.look, self._curve, by)
        return "" if self.look.selected is None else readout(self._curve, self.look.selected)

    def fold(self, period: float | None) -> None:
        """Fold by a period in days, or not."""
        self.look = replace(self.look, period=period, window=None)

    def watch_look(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips = []

    def _draw(self) -> None:
        self._strips = []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if len(self._strips) != height:
            self._strips = self._paint(width, height)
        return self._strips[y] if y < height else Strip.blank(width, self.rich_style)

    def _paint(self, width: int, height: int) -> list[Strip]:
        lines = light_curve(self._curve, self.look, width, height)
        names = {style for line in lines for _, style in line if style}
        looks = {name: self.get_component_rich_style(f"lightcurve--{name}") for name in names}
        looks[""] = self.rich_style
        return [Strip([Segment(text, looks[style]) for text, style in line], width) for line in lines]
