"""The three cutouts side by side, two pixels a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.sky.stamps import Stamp
from fink_tui.ui.desk import STAMP_SIZE
from fink_tui.ui.text import fit, plain

NAMES = ("Science", "Template", "Difference")
_SHADES = " .:-=+*#%@"


class Cutouts(Widget):
    """Science, template and difference, each under its name; with sixteen colours by shades of letters."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"cutouts--name"}
    DEFAULT_CSS = """
    Cutouts { height: 9; display: none; padding-top: 1; & > .cutouts--name { color: $foreground 60%; } }
    Cutouts.-some { display: block; }
    """

    stamps: reactive[Mapping[str, Stamp]] = reactive[Mapping[str, Stamp]]({})

    def watch_stamps(self) -> None:
        self.set_class(bool(self.stamps), "-some")

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments: list[Segment] = []
        for name in NAMES:
            stamp = self.stamps.get(name, ())
            if y == 0:
                segments.append(Segment(fit(plain(name.lower()), STAMP_SIZE), self._look))
            else:
                segments += self._line(stamp, 2 * (y - 1))
            segments.append(Segment(" ", self.rich_style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    @property
    def _look(self) -> Style:
        return self.rich_style + self.get_component_rich_style("cutouts--name")

    def _line(self, stamp: Stamp, row: int) -> list[Segment]:
        upper = stamp[row] if row < len(stamp) else ()
        lower = stamp[row + 1] if row + 1 < len(stamp) else (0,) * len(upper)
        cells = list(zip(upper, lower, strict=False))[:STAMP_SIZE]
        if self.app.theme.startswith("ansi"):
            text = "".join(_SHADES[(a + b) * (len(_SHADES) - 1) // 510] for a, b in cells)
            return [Segment(fit(text, STAMP_SIZE), self.rich_style)]
        drawn = [Segment("▀", Style(color=_grey(a), bgcolor=_grey(b))) for a, b in cells]
        return [*drawn, Segment(" " * (STAMP_SIZE - len(cells)), self.rich_style)]


def _grey(level: int) -> Color:
    return Color.from_rgb(level, level, level)
