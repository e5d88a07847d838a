"""Queries asked before and those kept by name: to ask again, or to change first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.words import Asked, command_line
from fink_tui.store.queries import PastQuery, SavedQuery
from fink_tui.ui.format import NOTHING, clock
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

Line = tuple[int, str, Asked, PastQuery | None]


def _counts(line: Line) -> tuple[str, str]:
    past = line[3]
    if past is None:
        return "", ""
    if past.error:
        return "failed", "bad"
    return f"{past.objects or past.rows or 0:,}", ""


COLUMNS: tuple[Column[Line], ...] = (
    Column("name", "saved as", 12, "left", lambda line: (line[1] or "", "accent"), 2),
    Column("query", "query", 0, "left", lambda line: (_command(line[2]), ""), least=24),
    Column("count", "found", 7, "right", _counts, 1),
    Column("at", "asked UTC", 11, "right", lambda line: (clock(line[3].at) if line[3] else NOTHING, "dim"), 3),
)


def _command(asked: Asked) -> str:
    query = QUERIES.get(asked.query)
    line = command_line(query, asked.survey, asked.values) if query else asked.query
    return line.removeprefix("fink-tui query ")


class PastQueriesScreen(ModalScreen[tuple[Asked, bool] | None]):
    """Gives a query and whether to ask it at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take(True)", "Ask again", id="past.ask", tooltip="Ask it again", priority=True),
        Binding("e", "take(False)", "Edit", id="past.edit", tooltip="Put it into the form"),
        Binding("escape,H,q", "dismiss(None)", "Close", id="past.close", tooltip="Close the list"),
    ]
    DEFAULT_CSS = """
    PastQueriesScreen { align: center middle; }
    PastQueriesScreen > Vertical {
        width: 110; max-width: 98%; height: 24; max-height: 92%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    PastQueriesScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, saved: Sequence[SavedQuery], past: Sequence[PastQuery]) -> None:
        super().__init__()
        kept = [(-place, s.name, Asked(s.query, s.survey, s.values), None) for place, s in enumerate(saved, 1)]
        asked = [(p.id, "", Asked(p.query, p.survey, p.values), p) for p in past]
        self._lines: list[Line] = [line for line in [*kept, *asked] if line[2].query in QUERIES]

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Queries"
            yield Rows(COLUMNS, lambda line: line[0], empty="Nothing was asked yet.")
            yield Static("enter ask again · e edit · esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(self._lines)
        self.query_one(Rows).focus()

    @on(Rows.Opened)
    def _opened(self) -> None:
        self.action_take(True)

    def action_take(self, at_once: bool) -> None:
        """Close with the query under the cursor."""
        line = self.query_one(Rows).current
        if line is not None:
            self.dismiss((line[2], at_once))
