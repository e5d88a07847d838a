"""The top line: the program, its tabs, how the streams are, and the sky over the site."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.ui.text import fit, plain

TABS = (("query", "Query"), ("live", "Live"), ("targets", "Targets"), ("sync", "Sync"))

# A site must not hide that the streams are down.
_LEAST_STATUS = 24


class Masthead(Widget):
    """One line; the tabs can be clicked. `status` says how the streams are, in parts of which the last go first
    where room is short; `sky` names the site and the Moon there, where there is room for it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"masthead--name", "masthead--tab", "masthead--open", "masthead--clock"}

    DEFAULT_CSS = """
    Masthead {
        height: 1; width: 1fr; background: $panel; color: $foreground;
        & > .masthead--name { color: $accent; text-style: bold; }
        & > .masthead--tab { color: $foreground 60%; }
        & > .masthead--open { color: $foreground; text-style: bold reverse; }
        & > .masthead--clock { color: $foreground 60%; }
        &:ansi {
            background: ansi_default;
            & > .masthead--tab, & > .masthead--clock { color: ansi_default; text-style: dim; }
            & > .masthead--open { color: ansi_default; text-style: bold reverse; }
        }
    }
    """

    name_shown: reactive[str] = reactive("fink-tui")
    open_tab: reactive[str] = reactive("live")
    status: reactive[tuple[str, ...]] = reactive(())
    sky: reactive[str] = reactive("")
    clock: reactive[str] = reactive("")

    class TabChosen(Message):
        """A tab's name was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        style = self.get_component_rich_style
        left = [Segment(f" {self.name_shown}  ", self.rich_style + style("masthead--name"))]
        for tab, title in TABS:
            look = "masthead--open" if tab == self.open_tab else "masthead--tab"
            left += [Segment(f" {title} ", self.rich_style + style(look)), Segment(" ", self.rich_style)]
        used = sum(segment.cell_length for segment in left)
        clock = f"  {self.clock} " if self.clock and width - used >= 30 else ""
        sky = f"   {plain(self.sky)}" if self.sky else ""
        if width - used - len(clock) - cell_len(sky) < _LEAST_STATUS:
            sky = ""
        room = max(0, width - used - len(clock) - cell_len(sky))
        segments = [
            *left,
            Segment(fit(plain(self._status(room)), room, "right"), self.rich_style),
            Segment(sky, self.rich_style),
            Segment(clock, self.rich_style + style("masthead--clock")),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _status(self, room: int) -> str:
        parts = list(self.status)
        while len(parts) > 1 and cell_len("  ".join(parts)) > room:
            parts.pop()
        return "  ".join(parts)

    def on_click(self, event: events.Click) -> None:
        x = len(self.name_shown) + 3
        for tab, title in TABS:
            if x <= event.x < x + len(title) + 2:
                self.post_message(self.TabChosen(tab))
            x += len(title) + 3
