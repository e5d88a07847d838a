"""The filter and the order of an answer: what is shown of it, without asking again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from fink_tui.filters.complete import complete_order
from fink_tui.filters.fields import ANSWER_FIELDS
from fink_tui.filters.order import answer_rank
from fink_tui.filters.predicate import answer_filter
from fink_tui.fink.queries.declare import FACTS
from fink_tui.ui.widgets.answer_list import contains
from fink_tui.ui.widgets.filter_line import FilterLine
from fink_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from fink_tui.fink.ask import Answer


class AnswerLines(Vertical):
    """Two lines over a table, there only while they are needed."""

    DEFAULT_CSS = "AnswerLines { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._answer: Answer | None = None
        self._table: Rows[Any] | None = None

    def compose(self) -> ComposeResult:
        yield FilterLine(self._reads, self._known, hint="words, or mag<19 and sep<5", id="filter", fields=ANSWER_FIELDS)
        yield FilterLine(
            answer_rank,
            dict,
            hint="fields to sort by: -n mag",
            id="order",
            fields=ANSWER_FIELDS,
            complete=complete_order,
        )

    def take(self, answer: Answer, table: Rows[Any]) -> None:
        """Be about another answer, with all of it shown."""
        for line in self.query(FilterLine):
            line.put("")
        self._answer, self._table = answer, table

    def open(self, line: str) -> None:
        """Type into "filter" or "order"; rows that are no objects have no order but their own."""
        if self._table is not None and (line == "filter" or self._has_objects):
            self.query_one(f"#{line}", FilterLine).open()

    def close_one(self) -> bool:
        """Take one line away; whether there was one."""
        shown = [line for line in self.query(FilterLine) if line.display]
        if shown:
            shown[0].put("")
        return bool(shown)

    @property
    def _has_objects(self) -> bool:
        return self._answer is not None and self._answer.query.rows != FACTS

    def _reads(self, text: str) -> Callable[[Any], bool]:
        """What a filter means here; of rows that are no objects, words are all that can be asked."""
        words = text.casefold().split()
        return answer_filter(text) if self._has_objects else lambda row: contains(row, words)

    def _known(self) -> Mapping[str, Iterable[str]]:
        return {"class": {row.label for row in self._answer.objects if row.label}} if self._answer else {}

    @on(FilterLine.Read)
    def _line_read(self, event: FilterLine.Read) -> None:
        event.stop()
        if self._table is not None:
            change = self._table.set_filter if event.line.id == "filter" else self._table.set_rank
            change(event.meaning)

    @on(FilterLine.Left)
    def _line_left(self, event: FilterLine.Left) -> None:
        event.stop()
        if self._table is not None:
            self._table.focus()
