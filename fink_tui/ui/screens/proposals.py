"""Targets that may be one: how far apart, why she is asked, and her answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.store.joining import Proposal
from fink_tui.ui.format import short_label
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

COLUMNS: tuple[Column[Proposal], ...] = (
    Column("arcsec", "apart", 6, "right", lambda p: (f"{p.arcsec:.2f}″", "")),
    Column("one", "target", 18, "left", lambda p: (p.one_name, "")),
    Column("other", "and", 18, "left", lambda p: (p.other_name, "")),
    Column("why", "asked because", 0, "left", lambda p: (p.why, "dim"), least=20),
    Column(
        "class",
        "classes",
        26,
        "left",
        lambda p: (f"{short_label(p.one_class)}, {short_label(p.other_class)}", "dim"),
        1,
    ),
)
Answer = tuple[str, list[Proposal]]


class ProposalsScreen(ModalScreen[Answer | None]):
    """Gives "join" or "decline", and of which: the marked ones, or the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "answer('join')", "Join", id="proposals.join", tooltip="They are one"),
        Binding("x", "answer('decline')", "Decline", id="proposals.decline", tooltip="They are not; never ask again"),
        Binding("a", "mark_all", "All", id="proposals.all", tooltip="Mark all of them"),
        Binding("escape,q", "dismiss(None)", "Close", id="proposals.close", tooltip="Leave them as they are"),
    ]
    DEFAULT_CSS = """
    ProposalsScreen { align: center middle; }
    ProposalsScreen > Vertical {
        width: 110; max-width: 98%; height: 80%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    ProposalsScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        super().__init__()
        self._proposals = list(proposals)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "May be one"
            yield Rows(COLUMNS, lambda p: (p.one, p.other), empty="No two targets are on one spot.")
            yield Static("m joins · x declines for good · space marks, a all · esc closes", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(self._proposals)
        self.query_one(Rows).focus()

    def action_mark_all(self) -> None:
        """Mark all of them."""
        self.query_one(Rows).mark_all((p.one, p.other) for p in self._proposals)

    def action_answer(self, what: str) -> None:
        """Give the answer."""
        if chosen := self.query_one(Rows).chosen:
            self.dismiss((what, chosen))
