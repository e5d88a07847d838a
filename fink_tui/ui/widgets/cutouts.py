"""The three cutouts side by side: half blocks, two pixels a cell, or the terminal's own pictures."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import ClassVar

from rich.color import Color
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from fink_tui.sky.stamps import STRETCHES, Cutout, Stamp, grey
from fink_tui.ui import graphics
from fink_tui.ui.text import fit

NAMES = ("Science", "Template", "Difference")
_GAP = 2
_LEAST_ROWS = 6
_NONE = "no cutouts: the packet is not kept, or has none"
_SHADES = " ░▒▓█"
_CELL_PIXELS = (10, 20)  # of a sixel terminal that does not tell
_NUMBERS = count(0x0F1A01)


class Cutouts(Widget):
    """Science, template and difference, each under its name, and below them how they are drawn.

    They are as large as the width allows, and no higher than a fifth of the screen. With sixteen colours by shades.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"cutouts--name"}
    DEFAULT_CSS = """
    Cutouts {
        height: auto; display: none; margin-top: 1;
        & > .cutouts--name { color: $foreground 60%; }
        &:ansi > .cutouts--name { color: ansi_default; text-style: dim; }
    }
    Cutouts.-some { display: block; }
    """

    # None until they were looked for.
    stamps: reactive[Mapping[str, Cutout] | None] = reactive[Mapping[str, Cutout] | None](None, layout=True)
    stretch: reactive[str] = reactive(STRETCHES[0])

    def __init__(self) -> None:
        super().__init__()
        self._drawn: dict[tuple[str, int, str], Stamp] = {}
        self._sent: dict[str, int] = {}

    def watch_stamps(self) -> None:
        self._drawn = {}
        self._forget()
        self.set_class(self.stamps is not None, "-some")

    def watch_stretch(self) -> None:
        self._forget()

    def on_resize(self) -> None:
        self._forget()
        # What was painted already names pictures that are gone.
        self.refresh()

    def on_unmount(self) -> None:
        self._forget()

    def next_stretch(self) -> str:
        """Stretch the greys in the next way; what it is called."""
        self.stretch = STRETCHES[(STRETCHES.index(self.stretch) + 1) % len(STRETCHES)]
        return self.stretch

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return self._rows(width) + 2 if self.stamps else 1

    def _rows(self, width: int) -> int:
        most = max(_LEAST_ROWS, self.app.size.height // 5)
        return max(1, min(most, (width - 2 * _GAP) // 3 // 2, graphics.MOST_CELLS))

    @property
    def _side(self) -> int:
        """Cells across one picture, and pixels of half blocks up and down."""
        return 2 * self._rows(self.size.width)

    @property
    def _protocol(self) -> str:
        # Where colours are filtered the number of a kitty image would be too.
        chosen = str(getattr(self.app, "images", "blocks"))
        return "blocks" if self.app.no_color else chosen

    # Drawing.

    def render_line(self, y: int) -> Strip:
        if not self.stamps:
            return self._line([(_NONE, self._look)])
        side, rows = self._side, self._rows(self.size.width)
        if y > rows:
            return self._line([(self._caption(side), self._look)])
        pieces: list[tuple[str, Style] | list[Segment]] = []
        for name in NAMES:
            cutout = self.stamps.get(name)
            if y == 0:
                pieces.append((fit(name.lower(), side), self._look))
            elif cutout is None:
                pieces.append((fit("none" if y == 1 else "", side), self._look))
            else:
                pieces.append(self._picture(name, cutout, side, y - 1))
            pieces.append((" " * _GAP, self.rich_style))
        return self._line(pieces)

    def _line(self, pieces: list[tuple[str, Style] | list[Segment]]) -> Strip:
        segments = [
            segment
            for piece in pieces
            for segment in ([Segment(piece[0], piece[1])] if isinstance(piece, tuple) else piece)
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    @property
    def _look(self) -> Style:
        return self.rich_style + self.get_component_rich_style("cutouts--name")

    def _caption(self, side: int) -> str:
        """A scale bar, how the sky lies, how wide it is, and the stretch."""
        known = next(iter((self.stamps or {}).values()))
        wide = known.size_arcsec
        if wide is None:
            return f"{known.orientation} · scale unknown · {self.stretch}"
        bar = next((b for b in (1, 2, 5, 10, 20, 30) if b / wide * side >= 2), 60)
        cells = max(1, round(bar / wide * side))
        return f"{'━' * cells} {bar}″ of {wide:.0f}″ · {known.orientation} · {self.stretch}"

    def _levels(self, name: str, cutout: Cutout, size: int) -> Stamp:
        """The picture in grey levels, 0 where it has no value; on a light screen the sky is light."""
        key = (name, size, self.stretch)
        if key not in self._drawn:
            self._drawn[key] = grey(cutout, size, self.stretch)
        return self._drawn[key]

    def _picture(self, name: str, cutout: Cutout, side: int, row: int) -> list[Segment]:
        if self._protocol == "kitty":
            number = self._send(name, cutout, side)
            colour = Color.from_rgb(number >> 16, number >> 8 & 0xFF, number & 0xFF)
            return [Segment(graphics.kitty_line(row, side), Style(color=colour))]
        if self._protocol in ("sixel", "iterm"):
            return [Segment(" " * side, self.rich_style)]
        stamp = self._levels(name, cutout, side)
        # A picture of fewer pixels than there are cells is drawn larger.
        upper, lower = (stamp[(2 * row + half) * len(stamp) // side] for half in (0, 1))
        places = [x * len(upper) // side for x in range(side)]
        if self.app.theme.startswith("ansi"):
            text = "".join(_SHADES[(upper[x] + lower[x]) * len(_SHADES) // 512] for x in places)
            return [Segment(text, self.rich_style)]
        return [Segment("▀", Style(color=self._grey(upper[x]), bgcolor=self._grey(lower[x]))) for x in places]

    def _grey(self, level: int) -> Color | None:
        if level == 0:
            return self.rich_style.bgcolor
        level = level if self.app.current_theme.dark else 256 - level
        return Color.from_rgb(level, level, level)

    # Terminals with pictures of their own.

    def _inked(self, name: str, cutout: Cutout) -> Stamp:
        """All pixels, as they are sent to the terminal."""
        stamp = self._levels(name, cutout, len(cutout.pixels[0]))
        if self.app.current_theme.dark:
            return stamp
        return tuple(tuple(256 - level if level else 255 for level in line) for line in stamp)

    def _send(self, name: str, cutout: Cutout, side: int) -> int:
        if name not in self._sent:
            self._sent[name] = next(_NUMBERS)
            self._write(graphics.kitty_image(self._inked(name, cutout), self._sent[name], side, side // 2))
        return self._sent[name]

    def _forget(self) -> None:
        for number in self._sent.values():
            self._write(graphics.kitty_forget(number))
        self._sent = {}

    def _write(self, text: str) -> None:
        if (driver := self.app._driver) is not None:
            driver.write(text)

    def render_lines(self, crop: Region) -> list[Strip]:
        """As any widget's; the painted pictures ride on the last line of cells they cover, where all of it is seen."""
        strips = super().render_lines(crop)
        rows = self._rows(self.size.width)
        stamps = self.stamps or {}
        if self._protocol not in ("sixel", "iterm") or crop.height < rows + 1 or crop.y or not stamps:
            return strips
        last = strips[rows]
        width = last.cell_length
        paint = "".join(
            graphics.at_offset(rows - 1, width - 1 - place * (self._side + _GAP), self._painted(name, cutout, rows))
            for place, name in enumerate(NAMES)
            if (cutout := stamps.get(name)) is not None
        )
        ink = Segment(paint, None, [(ControlType.CURSOR_FORWARD, 0)])
        before, after = last.crop(0, width - 1), last.crop(width - 1, width)
        strips[rows] = Strip([*before, ink, *after], width)
        return strips

    def _painted(self, name: str, cutout: Cutout, rows: int) -> str:
        levels = self._inked(name, cutout)
        if self._protocol == "iterm":
            return graphics.iterm_image(levels, self._side, rows)
        across, down = _CELL_PIXELS
        return graphics.sixel_image(levels, self._side * across, rows * down)
