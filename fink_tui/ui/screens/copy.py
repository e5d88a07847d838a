"""What of a target can be copied: a key each, pressed once, with what it would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.ui.text import plain
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

# The key of each, and what it is called.
COPIES = {
    "finder": ("f", "finder line"),
    "sexagesimal": ("s", "hours and degrees"),
    "degrees": ("d", "degrees, ICRS"),
    "name": ("n", "name"),
    "row": ("r", "row, with tabs"),
}

Line = tuple[str, str]
COLUMNS: tuple[Column[Line], ...] = (
    Column("key", "", 1, "left", lambda line: (COPIES[line[0]][0], "accent")),
    Column("what", "", 18, "left", lambda line: (COPIES[line[0]][1], "")),
    Column("text", "", 0, "left", lambda line: (line[1], "dim"), least=20),
)


class CopyScreen(ModalScreen[str | None]):
    """Gives one of COPIES, or None; `samples` are what they would be, None where that can't be had."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", id="copy.close", tooltip="Copy nothing"),
        *(
            Binding(key, f"pick('{name}')", what, show=False, id=f"copy.{name}", priority=True)
            for name, (key, what) in COPIES.items()
        ),
    ]
    DEFAULT_CSS = """
    CopyScreen { align: center middle; }
    CopyScreen > Vertical {
        width: 90; max-width: 96%; height: auto; padding: 1 2; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    CopyScreen Rows { height: 7; }
    CopyScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, about: str, samples: Mapping[str, str | None]) -> None:
        super().__init__()
        self._about, self._samples = plain(about), samples

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(f"Copy {self._about}")
            yield Rows(COLUMNS, lambda line: line[0])
            yield Static("its key, or ↑ ↓ and enter, copies · esc closes", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows([(name, self._samples.get(name) or "no position") for name in COPIES])
        self.query_one(Rows).focus()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.dismiss(event.row[0])

    def action_pick(self, name: str) -> None:
        """Close with this one."""
        self.dismiss(name)
