"""The object pane of an answer: the fields of a row at once, its whole light curve and cutouts when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from fink_tui.alerts.rows import ObjectRow
from fink_tui.ui.asker import Asker
from fink_tui.ui.desk import Desk
from fink_tui.ui.widgets.object_pane import ObjectPane

if TYPE_CHECKING:
    from fink_tui.fink.lookup import History


class AnswerPane(ObjectPane):
    """Shows one row of an answer, and what Fink has of its object."""

    class Said(Message):
        """How opening goes: one plain line, or "" once the light curve is there."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, desk: Desk, asker: Asker) -> None:
        super().__init__()
        self._desk, self._asker = desk, asker

    def show_fields(self, row: ObjectRow) -> None:
        """Draw the row, with the meanings of its fields."""
        self.show_row(row, self._asker.meanings(row.survey))

    @work(exclusive=True, group="look", exit_on_error=False)
    async def look_up(self, row: ObjectRow) -> None:
        """Fetch the object's whole light curve and draw it."""
        self._say(f"fetching the light curve of {row.object_id} ...")
        try:
            history = await self._asker.look_up(row.survey, row.object_id)
            view = await self._desk.view_history(row.survey, row.object_id, history.alerts)
        except Exception as error:
            self._say(f"! {error}")
            return
        self._say("; ".join(history.notes))
        if view is None:
            self._say(f"Fink has no light curve of {row.object_id}")
            return
        self.show(view)
        if history.alerts:
            await self._show_cutouts(row, history)

    async def _show_cutouts(self, row: ObjectRow, history: History) -> None:
        newest = history.alerts[-1]
        names = (newest.object_id, *newest.aliases, row.object_id)
        name = next((n for n in names if n.startswith("ZTF")), row.object_id)
        try:
            found = await self._asker.cutouts(row.survey, name, newest.source_id)
        except Exception as error:
            self._say(f"! without cutouts: {error}")
            return
        self.show_stamps(await self._desk.stamps(found, row.survey))

    def _say(self, text: str) -> None:
        self.post_message(self.Said(text))
