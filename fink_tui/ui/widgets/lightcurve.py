"""The light curve of an object, in characters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.alerts.alert import Detection
from fink_tui.ui.widgets.curve import MARKS, Mode, light_curve


class LightCurve(Widget):
    """Magnitude or flux over days, one mark and colour per band, brighter up.

    `mode` is "auto", "mag" (difference magnitude), "flux" (signed difference flux, µJy) or "apparent" (magnitude of
    the whole source).
    """

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
        & > .lightcurve--title { color: $foreground; text-style: bold; }
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

    mode: reactive[Mode] = reactive[Mode]("auto", init=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._detections: list[Detection] = []
        self._title = ""
        self._strips: list[Strip] = []

    def show(self, detections: Iterable[Detection], title: str = "") -> None:
        """Draw these detections, in any order, under a title that is left out where there is no room for it."""
        self._detections = list(detections)
        self._title = title
        self._draw()

    def watch_mode(self) -> None:
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
        lines = light_curve(self._detections, self.mode, width, height, self._title)
        names = {style for line in lines for _, style in line if style}
        looks = {name: self.get_component_rich_style(f"lightcurve--{name}") for name in names}
        looks[""] = self.rich_style
        return [Strip([Segment(text, looks[style]) for text, style in line], width) for line in lines]
