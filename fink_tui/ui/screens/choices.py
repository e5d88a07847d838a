"""The ways out of a conflict with a TOM."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.tom.plan import Choice, Row
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

Line = tuple[int, Choice]
COLUMNS: tuple[Column[Line], ...] = (Column("label", "", 0, "left", lambda line: (f"{line[0]}  {line[1].label}", "")),)


class ChoicesScreen(ModalScreen[Choice | None]):
    """Gives the choice, or None where she leaves it open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Choose", id="choices.take", tooltip="Take the way under the cursor", priority=True),
        *(Binding(str(n), f"pick({n})", show=False, id=f"choices.{n}", tooltip=f"Way {n}") for n in range(1, 8)),
        Binding("escape,q", "dismiss(None)", "Leave open", id="choices.cancel", tooltip="Choose nothing"),
    ]
    DEFAULT_CSS = """
    ChoicesScreen { align: center middle; }
    ChoicesScreen > Vertical {
        width: 76; max-width: 98%; height: auto; padding: 1 2; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    ChoicesScreen #why { height: auto; }
    ChoicesScreen Rows { height: 8; }
    ChoicesScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(self._row.target.name)
            yield Static(plain(self._row.why), id="why", markup=False)
            yield Rows(COLUMNS, lambda line: line[0])
            yield Static("enter or its number chooses · esc leaves it open", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(list(enumerate(self._row.choices, 1)))
        self.query_one(Rows).focus()

    def action_take(self) -> None:
        """Close with the choice under the cursor."""
        line = self.query_one(Rows).current
        if line is not None:
            self.dismiss(line[1])

    def action_pick(self, number: int) -> None:
        """Close with the choice of this number."""
        if number <= len(self._row.choices):
            self.dismiss(self._row.choices[number - 1])
