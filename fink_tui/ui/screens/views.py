"""The views there are: a key each, pressed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.store.views import View
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

COLUMNS: tuple[Column[View], ...] = (
    Column("key", "key", 3, "left", lambda view: (view.key, "accent")),
    Column("name", "view", 24, "left", lambda view: (view.name, "")),
    Column("filter", "filter", 0, "left", lambda view: (view.filter or "everything", "dim"), least=20),
    Column("order", "order", 18, "left", lambda view: (view.order or "as they came", "dim"), 1),
)


class ViewsScreen(ModalScreen[tuple[str, View] | None]):
    """Gives what to do, "show" or "forget", and with which view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="views.close", tooltip="Close the list"),
        Binding("delete,backspace", "forget", "Forget", id="views.forget", tooltip="Forget one of your own"),
    ]
    DEFAULT_CSS = """
    ViewsScreen { align: center middle; }
    ViewsScreen > Vertical {
        width: 100; max-width: 98%; height: 18; max-height: 92%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    ViewsScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, views: Sequence[View]) -> None:
        super().__init__()
        self._views = list(views)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Views"
            yield Rows(COLUMNS, lambda view: view.name)
            yield Static(
                "its key, or ↑ ↓ and enter, shows · backspace forgets yours · esc closes",
                id="keys",
                markup=False,
            )

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(self._views)
        self.query_one(Rows).focus()

    async def _on_key(self, event: events.Key) -> None:
        """Each view has a key, and it wins over those that move through a list."""
        chosen = next((view for view in self._views if view.key == event.character), None)
        if chosen is not None:
            event.stop()
            event.prevent_default()
            self.dismiss(("show", chosen))

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        self.dismiss(("show", event.row))

    def action_forget(self) -> None:
        """Forget the view under the cursor, where it is one of the user's."""
        view: View | None = self.query_one(Rows).current
        if view is not None and view.is_own:
            self.dismiss(("forget", view))
