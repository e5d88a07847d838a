"""What was decided, the newest first, by her and by rules; any of it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.output.journal import in_words
from fink_tui.store.journal import Entry
from fink_tui.ui.format import clock
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows


def _did(entry: Entry) -> tuple[str, str]:
    turn = "undo: " if entry.undoes else "redo: " if entry.redoes else ""
    return f"{turn}{entry.action}", "dim" if not entry.stands else ""


def _by(entry: Entry) -> tuple[str, str]:
    return entry.by or "you" if entry.stands else "taken back", "dim"


class JournalScreen(ModalScreen[int | None]):
    """Gives the number of the entry to take back. `named` are the names of targets by number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "take_back", "Take back", id="journal.undo", tooltip="Take back the entry under the cursor"),
        Binding("escape,L,q", "dismiss(None)", "Close", id="journal.close", tooltip="Close the journal"),
    ]
    DEFAULT_CSS = """
    JournalScreen { align: center middle; }
    JournalScreen > Vertical {
        width: 110; max-width: 98%; height: 90%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    JournalScreen #whole { height: 3; padding: 1 4 0 4; }
    JournalScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, entries: Sequence[Entry], named: Mapping[int, str]) -> None:
        super().__init__()
        self._entries, self._named = list(entries), dict(named)

    def compose(self) -> ComposeResult:
        columns: tuple[Column[Entry], ...] = (
            Column("at", "at UTC", 11, "left", lambda entry: (clock(entry.at), "dim")),
            Column("did", "decision", 18, "left", _did),
            Column("by", "by", 12, "left", _by),
            Column("whom", "what came of it", 0, "left", lambda entry: (in_words(entry, self._named), ""), least=20),
        )
        with Vertical() as box:
            box.border_title = "Journal"
            yield Rows(columns, lambda entry: entry.id, empty="Nothing was decided yet.")
            yield Static(id="whole", markup=False)
            yield Static("u takes the entry back · esc closes", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(self._entries)
        self.query_one(Rows).focus()

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        """What came of the entry under the cursor, all of it."""
        self.query_one("#whole", Static).update(plain(in_words(event.row, self._named)) if event.row else "")

    def action_take_back(self) -> None:
        """Take back the entry under the cursor, where it still stands."""
        entry: Entry | None = self.query_one(Rows).current
        if entry is not None and entry.stands and not entry.undoes and not entry.redoes:
            self.dismiss(entry.id)
        else:
            self.query_one("#keys", Static).update("that one is taken back already, or is itself a taking back")
