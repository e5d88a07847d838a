"""The night of one target: its altitude, the twilight, the Moon, and when to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.output.tonight import best
from fink_tui.ui.text import fit, plain

if TYPE_CHECKING:
    from fink_tui.sky.outlook import Outlook

_LOOKS = ("target", "moon", "limit", "now", "axis", "label", "empty", "title")
# Those of night_curve.SHADES; it is not imported, for it brings numpy.
_SHADES = ("day", "civil", "nautical", "astronomical", "dark")


class NightPlot(Widget):
    """Draws `outlook` from its first site, under a line that says the best; nothing where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"nightplot--{name}" for name in (*_LOOKS, *_SHADES)}

    DEFAULT_CSS = """
    NightPlot {
        height: 10;
        margin-top: 1;
        color: $foreground;
        & > .nightplot--target { color: $foreground; text-style: bold; }
        & > .nightplot--moon { color: $text-warning; }
        & > .nightplot--limit { color: $foreground 40%; }
        & > .nightplot--now { color: $text-success; }
        & > .nightplot--axis { color: $foreground 30%; }
        & > .nightplot--label { color: $foreground 60%; }
        & > .nightplot--empty { color: $foreground 55%; }
        & > .nightplot--title { color: $foreground; }
        & > .nightplot--day { background: $foreground 18%; }
        & > .nightplot--civil { background: $foreground 13%; }
        & > .nightplot--nautical { background: $foreground 8%; }
        & > .nightplot--astronomical { background: $foreground 4%; }
        &:ansi {
            & > .nightplot--target { color: ansi_default; text-style: bold; }
            & > .nightplot--moon { color: ansi_yellow; }
            & > .nightplot--now { color: ansi_green; }
            & > .nightplot--title { color: ansi_default; }
            & > .nightplot--limit, & > .nightplot--axis, & > .nightplot--label, & > .nightplot--empty {
                color: ansi_default; text-style: dim;
            }
            & > .nightplot--day, & > .nightplot--civil, & > .nightplot--nautical, & > .nightplot--astronomical {
                background: ansi_default;
            }
        }
    }
    """

    ALLOW_SELECT = False

    outlook: reactive[Outlook | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__()
        self._target: int | None = None
        self._strips: list[Strip] = []

    def look_at(self, target: int | None) -> None:
        """Make room for a target's outlook; that of another one goes at once."""
        if target != self._target:
            self._target, self.outlook = target, None
        self.display = target is not None

    def watch_outlook(self) -> None:
        self._strips = []

    def on_resize(self) -> None:
        self._strips = []

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips = []

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        if self.outlook is None:
            return Strip.blank(width, self.rich_style)
        if len(self._strips) != height:
            self._strips = self._paint(self.outlook, width, height)
        return self._strips[y]

    def _paint(self, outlook: Outlook, width: int, height: int) -> list[Strip]:
        # Numpy is there since the outlook was worked out.
        from fink_tui.ui.widgets.night_curve import night_curve

        lines = night_curve(outlook.views[0], outlook.mjd, outlook.moon_grows, width, height - 1)
        title = Strip([Segment(fit(plain(best(outlook)), width), self._style("title"))], width)
        return [title, *(Strip([Segment(text, self._style(names)) for text, names in line], width) for line in lines)]

    def _style(self, names: str) -> Style:
        look, _, shade = names.partition(" ")
        style = self.rich_style
        if shade and shade != "dark":
            style += Style(bgcolor=self.get_component_rich_style(f"nightplot--{shade}").bgcolor)
        if look:
            component = self.get_component_rich_style(f"nightplot--{look}")
            style += Style(color=component.color, bold=component.bold or None, dim=component.dim or None)
        return style
