"""The Query tab: a form for everything Fink answers, the answer as a list, and the pane of the object."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker

from fink_tui.alerts.rows import ObjectRow
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import FACTS
from fink_tui.fink.queries.words import Asked, command_line
from fink_tui.output.files import ENDINGS
from fink_tui.ui.actions import QUERY, bindings
from fink_tui.ui.asker import Asker
from fink_tui.ui.desk import Desk
from fink_tui.ui.screens.past_queries import PastQueriesScreen
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.answer_lines import AnswerLines
from fink_tui.ui.widgets.answer_list import (
    column_help,
    first_columns,
    key_of,
    meant_by,
    numbered,
    object_table,
    plain_table,
)
from fink_tui.ui.widgets.answer_pane import AnswerPane
from fink_tui.ui.widgets.query_form import QueryForm
from fink_tui.ui.widgets.rows import Rows
from fink_tui.ui.widgets.with_pane import WithPane

if TYPE_CHECKING:
    from fink_tui.fink.ask import Answer


_EXAMPLES = "\n".join(f"  {query.example}" for query in QUERIES.values())


class QueryTab(WithPane):
    """Ask, look, keep."""

    HELP = (
        "Ask Fink's REST APIs. The top line takes anything pasted: an id, a name, a position, a class or a tag with a "
        "number, or a command. The form asks the rest; enter asks, escape cancels. The answer has one row per object: "
        "n counts its alerts in the answer, sep is the distance from the position asked for, in arcsec. enter fetches "
        "the whole light curve; space marks, and marks stay for the next query; t makes targets."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUERY)]
    DEFAULT_CSS = """
    QueryTab > #said { height: auto; max-height: 6; padding: 0 1; color: $accent; }
    QueryTab > #body { height: 1fr; }
    QueryTab > #body > #table { width: 5fr; }
    QueryTab > #body > AnswerPane { width: 3fr; border-left: solid $foreground 15%; }
    QueryTab.-answered > QueryForm { display: none; }
    QueryTab.-facts > #body > AnswerPane { display: none; }
    QueryTab.-opened > #body > #table { width: 0; }
    QueryTab.-opened > #body > AnswerPane { display: block; width: 1fr; border-left: none; }
    """

    class Warned(Message):
        """Something failed; the text is one plain line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, desk: Desk, asker: Asker) -> None:
        super().__init__(id="query")
        self._desk, self._asker = desk, asker
        self._answer: Answer | None = None
        self._asked: Asked | None = None
        self._kept: dict[tuple[str, str], ObjectRow] = {}
        self._marked_here: set[Any] = set()
        self._asking: Worker[None] | None = None
        self._size_said = False

    def compose(self) -> ComposeResult:
        yield QueryForm(self._asker)
        yield Static(id="said", markup=False)
        yield AnswerLines()
        with Horizontal(id="body"):
            yield Vertical(id="table")
            yield AnswerPane(self._desk, self._asker)

    @property
    def help_now(self) -> str:
        """What the tab is, and what the columns on it mean."""
        answer = self._answer
        meanings = column_help(answer, self._asker.meanings(answer.survey)) if answer else ""
        return f"{self.HELP} {meanings}\n\nTo type or paste into the top line, or into a shell:\n{_EXAMPLES}"

    def on_mount(self) -> None:
        self._pane.show(None)

    def open(self) -> None:
        """Put the cursor where work goes on."""
        table = self._table
        if self.has_class("-answered") and table is not None:
            self.screen.set_focus(table)
        else:
            self.screen.set_focus(self.query_one("#ask", Input))

    @property
    def _table(self) -> Rows[Any] | None:
        found = self.query(Rows)
        return found.first() if found else None

    @property
    def _pane(self) -> AnswerPane:
        return self.query_one(AnswerPane)

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(plain(text))

    @on(QueryForm.Refused)
    def _refused(self, event: QueryForm.Refused) -> None:
        self._say(event.text)

    @on(QueryForm.Submitted)
    def _submitted(self, event: QueryForm.Submitted) -> None:
        self._start(event.asked)

    def _start(self, asked: Asked, *, fresh: bool = False) -> None:
        self._asked = asked
        self._asking = self._ask(asked, fresh)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask(self, asked: Asked, fresh: bool) -> None:
        began = time.monotonic()

        def told(done: int, total: int, size: int) -> None:
            part = f" {done} of {total}," if total > 1 else ""
            self._say(f"asking Fink:{part} {size / 1e3:,.0f} kB, {time.monotonic() - began:.0f} s; escape cancels")

        told(0, 1, 0)
        ticking = self.set_interval(1.0, lambda: told(0, 1, 0) if not self._size_said else None)
        self._size_said = False
        try:
            answer = await self._asker.ask(asked, lambda d, t, s: self._heard(told, d, t, s), fresh=fresh)
        except Exception as error:
            errors = getattr(error, "errors", None)
            if errors:
                self.query_one(QueryForm).show_errors(errors)
            self._say(f"! {error}")
            return
        finally:
            ticking.stop()
        await self._show(answer)

    def _heard(self, told: Any, done: int, total: int, size: int) -> None:
        self._size_said = size > 0
        told(done, total, size)

    async def _show(self, answer: Answer) -> None:
        is_plain = answer.query.rows == FACTS
        self.set_class(is_plain, "-facts")
        # An answer never takes the keys from somebody who types the next question.
        is_typing = self.query_one(QueryForm).is_typed_into(self._asked)
        self.set_class(not is_typing, "-answered")
        self.remove_class("-opened")
        self._marked_here = set()
        box = self.query_one("#table", Vertical)
        await box.remove_children()
        table: Rows[Any] = (
            plain_table(answer.rows, first_columns(answer)) if is_plain else object_table(answer, set(self._kept))
        )
        await box.mount(table)
        table.set_rows(numbered(answer.rows, first_columns(answer)) if is_plain else answer.objects)
        if not is_typing and self.display:
            table.focus()
        self._answer = answer
        self.query_one(AnswerLines).take(answer, table)
        self._summarise()
        if not is_plain:
            self._learn_meanings(answer.survey)

    @work(group="learn", exit_on_error=False)
    async def _learn_meanings(self, survey: str) -> None:
        await self._asker.learn_meanings(survey)

    def _summarise(self) -> None:
        answer = self._answer
        if answer is not None:
            kept = f"  ·  {len(self._kept):,} marked" if self._kept else ""
            notes = "  ·  " + "; ".join(answer.notes) if answer.notes else ""
            of = f" ({answer.survey.upper()})" if len(answer.query.surveys) > 1 and not answer.query.by_looks else ""
            self._say(f"{answer.query.title}{of}: {answer.summary()}{kept}{notes}")

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        if isinstance(event.row, ObjectRow):
            self._pane.show_fields(event.row)

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Fetch the object's whole light curve; of a name, what Fink has there."""
        row = self._table.current if self._table is not None else None
        if not isinstance(row, ObjectRow):
            return
        if row.survey:
            self.add_class("-opened" if self.screen.has_class("-narrow") else "-looking")
            self._pane.look_up(row)
        elif (meant := meant_by(row, self._asked.survey if self._asked else "ztf")) is not None:
            self._fill_and_ask(meant)

    @work(group="history", exit_on_error=False)
    async def _fill_and_ask(self, asked: Asked) -> None:
        form = self.query_one(QueryForm)
        await form.fill(asked)
        form.submit()

    @on(AnswerPane.Said)
    def _pane_said(self, event: AnswerPane.Said) -> None:
        event.stop()
        if event.text:
            self._say(event.text)
        else:
            self._summarise()

    @on(Rows.MarksChanged)
    def _marked(self, event: Rows.MarksChanged) -> None:
        event.stop()
        if self._answer is None or self._answer.query.rows == FACTS:
            return
        marked = event.rows.marked
        for key in self._marked_here - marked:
            self._kept.pop(key, None)
        self._kept |= {key_of(row): row for row in self._answer.objects if key_of(row) in marked}
        self._marked_here = set(marked)
        if marked:
            self._summarise()

    @work(group="targets", exit_on_error=False)
    async def action_make_targets(self) -> None:
        """Fetch what Fink has of the marked objects, or of the one under the cursor, and make them targets."""
        table = self._table
        rows = list(self._kept.values()) or ([table.current] if table is not None and table.current else [])
        rows = [row for row in rows if isinstance(row, ObjectRow) and row.survey]
        done = 0
        for row in rows:
            self._say(f"making targets: {done} of {len(rows)}, {row.object_id}")
            try:
                history = await self._asker.look_up(row.survey, row.object_id)
                await self._desk.make_targets(history.alerts)
            except Exception as error:
                self._say(f"! {row.object_id} is no target yet, {done} of {len(rows)} are: {error}")
                return
            self._kept.pop(key_of(row), None)
            done += 1
        if table is not None and table.is_mounted:
            table.clear_marks()
        self._say(f"{done:,} target{'s'[: done != 1]}: on the Targets tab, status new" if done else "nothing to keep")

    def action_run(self) -> None:
        """Ask again, of the server itself."""
        if self.has_class("-answered") and self._asked is not None:
            self._start(self._asked, fresh=True)
        else:
            self.query_one(QueryForm).submit()

    def action_edit(self) -> None:
        """Back to the form."""
        self.remove_class("-answered", "-opened")
        self.query_one(QueryForm).focus_first()

    def action_ask_anything(self) -> None:
        """To the top line."""
        self.remove_class("-answered", "-opened")
        self.open()

    @property
    def _is_asking(self) -> bool:
        return self._asking is not None and self._asking.is_running

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Cancelling is there only while something is asked: else its key copies from where one types."""
        return self._is_asking if action == "cancel" else True

    def action_cancel(self) -> None:
        """End what is asked at once."""
        if self._asking is not None:
            self._asking.cancel()
            self._say("cancelled; nothing was changed")

    def action_back(self) -> None:
        """Cancel, close, go back: what was begun last first."""
        if self._is_asking:
            self.action_cancel()
        elif self.query_one(AnswerLines).close_one():
            self.open()
        elif self.has_class("-opened"):
            self.remove_class("-opened")
        elif self.has_class("-answered"):
            self.action_edit()
        elif self._answer is not None:
            self.add_class("-answered")
            self.open()

    @work(group="history", exit_on_error=False)
    async def action_history(self) -> None:
        """Choose among the queries asked before."""
        saved, past = await self._desk.queries()
        chosen = await self.app.push_screen_wait(PastQueriesScreen(saved, past))
        if chosen is not None:
            asked, at_once = chosen
            self.remove_class("-answered", "-opened")
            form = self.query_one(QueryForm)
            await form.fill(asked)
            if at_once:
                form.submit()
            else:
                form.focus_first()

    @work(group="history", exit_on_error=False)
    async def action_save(self) -> None:
        """Keep the query under a name."""
        asked = self._asked or self.query_one(QueryForm).asked
        name = await self.app.push_screen_wait(
            PromptScreen("Save this query", "A name; fink-tui query NAME asks it again.")
        )
        if name:
            await self._desk.save_query(name, asked)
            self._say(f"saved: fink-tui query {shlex.quote(name)}")

    def action_copy_command(self) -> None:
        """Copy the query as a command line."""
        asked = self._asked or self.query_one(QueryForm).asked
        line = command_line(QUERIES[asked.query], asked.survey, asked.values)
        self.app.copy_to_clipboard(line)
        self._say(f"copied: {line}")

    def action_filter(self) -> None:
        """Type what the rows must fit."""
        self.query_one(AnswerLines).open("filter")

    def action_sort(self) -> None:
        """Type what to sort by."""
        self.query_one(AnswerLines).open("order")

    @work(group="export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write the rows shown to a file."""
        answer = self._answer
        if answer is None:
            return
        where = await self.app.push_screen_wait(
            PromptScreen("Export", f"A file that ends in {ENDINGS}; it must not exist yet.", "fink.csv")
        )
        if where:
            shown = self._table.shown_rows() if self._table is not None else []
            try:
                path = await self._desk.export(where, answer, [row for row in shown if isinstance(row, ObjectRow)])
            except (OSError, ValueError) as error:
                self._say(f"! not written: {error}")
            else:
                self._say(f"written: {path}")
