"""A table of any number of rows that paints only the lines in view."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, ClassVar, Generic

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fink_tui.ui.actions import ROWS, bindings
from fink_tui.ui.text import fit, plain
from fink_tui.ui.widgets.columns import CELL_STYLES, GAP, Column, lay_out
from fink_tui.ui.widgets.row_order import RowOrder, RowT

__all__ = ["Column", "Rows"]


class Rows(ScrollView, Generic[RowT], can_focus=True, inherit_bindings=False):
    """A virtual table of objects, newest on top, with a cursor, marks and a filter.

    `key` gives a row's identity; `state` its one-cell sign and the sign's style. `rows_above` counts the rows that
    arrived above the view and have not been in it yet; it is reactive, to be watched.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--header",
        "rows--cursor",
        "rows--bar",
        "rows--mark",
        "rows--empty",
        *(f"rows--{name}" for name in CELL_STYLES),
    }

    DEFAULT_CSS = """
    Rows {
        height: 1fr;
        background: transparent;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 20%;
        scrollbar-color-hover: $foreground 35%;
        scrollbar-color-active: $foreground 35%;
        scrollbar-background: $foreground 4%;
        scrollbar-background-hover: $foreground 4%;
        scrollbar-background-active: $foreground 4%;
        & > .rows--header { color: $foreground 55%; }
        & > .rows--cursor { background: $foreground 8%; }
        & > .rows--bar { color: $foreground 55%; }
        & > .rows--mark { color: $text-accent; }
        & > .rows--empty { color: $foreground 55%; }
        & > .rows--dim { color: $foreground 55%; }
        & > .rows--accent { color: $text-accent; }
        & > .rows--good { color: $text-success; }
        & > .rows--warn { color: $text-warning; }
        & > .rows--bad { color: $text-error; }
        &:focus > .rows--cursor { background: $accent 22%; }
        &:focus > .rows--bar { color: $accent; }
        &:ansi {
            scrollbar-color: ansi_bright_black;
            scrollbar-color-hover: ansi_bright_black;
            scrollbar-color-active: ansi_bright_black;
            scrollbar-background: ansi_default;
            scrollbar-background-hover: ansi_default;
            scrollbar-background-active: ansi_default;
            & > .rows--header, & > .rows--empty, & > .rows--dim { color: ansi_default; text-style: dim; }
            & > .rows--cursor { background: ansi_default; text-style: bold; }
            & > .rows--bar { color: ansi_default; }
            & > .rows--mark, & > .rows--accent { color: $accent; }
            & > .rows--good { color: ansi_green; }
            & > .rows--warn { color: ansi_yellow; }
            & > .rows--bad { color: ansi_red; }
        }
        &:ansi:focus {
            & > .rows--cursor { text-style: reverse; }
            & > .rows--bar { color: $accent; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ROWS)]

    ALLOW_SELECT = False

    rows_above: var[int] = var(0)
    empty: reactive[str] = reactive("")

    class OfRow(Message):
        """Something befell a row of a table; `row` is None where none is shown."""

        def __init__(self, rows: Rows[Any], row: Any) -> None:
            super().__init__()
            self.rows = rows
            self.row = row

        @property
        def control(self) -> Rows[Any]:
            return self.rows

    class Highlighted(OfRow):
        """The cursor came to a row, or the row under it changed; `by_hand` where the user moved it there."""

        def __init__(self, rows: Rows[Any], row: Any, by_hand: bool) -> None:
            super().__init__(rows, row)
            self.by_hand = by_hand

    class Opened(OfRow):
        """Enter was pressed on a row, or it was clicked twice."""

    class MarksChanged(Message):
        """Rows were marked or unmarked; `count` is the number of marked rows, those included that are hidden."""

        def __init__(self, rows: Rows[Any], count: int) -> None:
            super().__init__()
            self.rows = rows
            self.count = count

        @property
        def control(self) -> Rows[Any]:
            return self.rows

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        key: Callable[[RowT], Hashable],
        *,
        state: Callable[[RowT], tuple[str, str]] | None = None,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._state = state
        self._order: RowOrder[RowT] = RowOrder(key)
        self._told: RowT | None = None
        self._placed = False
        self.marked: set[Hashable] = set()
        self.set_reactive(Rows.empty, empty)

    @property
    def current(self) -> RowT | None:
        """The row under the cursor; None when no row is shown."""
        return self._order.current

    def all_rows(self) -> list[RowT]:
        """Every row, hidden ones too, in no order to rely on."""
        return self._order.all_rows()

    def shown_rows(self) -> list[RowT]:
        """The rows that the filter lets through, top line first."""
        return [self._order.row_at(line) for line in range(len(self._order))]

    @property
    def chosen(self) -> list[RowT]:
        """The marked rows, hidden ones too, else the row under the cursor."""
        current = self.current
        return self._order.rows_of(self.marked) or ([] if current is None else [current])

    @property
    def count_shown(self) -> int:
        """The number of rows that the filter lets through."""
        return len(self._order)

    @property
    def count_all(self) -> int:
        """The number of rows, filter or not."""
        return self._order.count_all

    def set_rows(self, rows: Iterable[RowT]) -> None:
        """Show other rows, given top line first; cursor and marks stay on the rows that are still there."""
        line = self._cursor_line
        held = self._order.current_key
        self._order.replace(rows)
        if held != self._order.current_key:
            self._placed, line = False, 0
        self._marks_are({key for key in self.marked if key in self._order})
        self._keep(line, past_end=False)

    def update_rows(self, changed: Iterable[RowT], to_top: bool = True) -> None:
        """Add rows and change known ones, given in order of arrival.

        They go to the top, the last one topmost; with `to_top` False known rows change where they are and new ones go
        to the bottom. The cursor's row changes where it is and never leaves its screen line, whatever arrives above
        it, nor is it hidden by the filter before the cursor leaves it. A table that fits its view and in which the
        cursor was never moved shows all of its rows instead.
        """
        line = self._cursor_line
        self._order.update(changed, to_top)
        self._keep(line, past_end=self._placed)

    def remove_rows(self, keys: Iterable[Hashable]) -> None:
        """Take rows out; from a row that goes the cursor moves to the nearest left, rather below than above."""
        line = self._cursor_line
        is_past_end = self._top > max(0, len(self._order) - self._page)
        gone = set(keys)
        self._order.remove(gone)
        self._marks_are(self.marked - gone)
        self._keep(line, past_end=is_past_end)

    def set_filter(self, accept: Callable[[RowT], bool] | None) -> None:
        """Show only the rows that the predicate accepts, or all; the cursor stays on its row or the nearest left."""
        line = self._cursor_line
        self._order.set_filter(accept)
        self._keep(line, past_end=False)

    def set_rank(self, rank: Callable[[RowT], Any] | None) -> None:
        """Sort the rows by what `rank` gives of each, the lowest on top, or leave them in order of arrival."""
        self._order.set_rank(rank)
        self._keep(self._cursor_line, past_end=False)
        if self._order.cursor is not None:
            self._bring_into_view()

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a row and bring it into view; False when the row is hidden or unknown."""
        line = self._order.line_of(key)
        if line is not None:
            self._go(line, by_hand=False)
        return line is not None

    def mark_all(self, keys: Iterable[Hashable]) -> None:
        """Mark these rows and no others."""
        self._marks_are({key for key in keys if key in self._order})
        self.refresh()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self._marks_are(set())
        self.refresh()

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    @property
    def _cursor_line(self) -> int:
        """The cursor's line counted from the first one in view, so maybe outside of it."""
        return 0 if self._order.cursor is None else self._order.cursor - self._top

    def _keep(self, line: int, past_end: bool) -> None:
        """Scroll so that the cursor's row is on a line of the view again; `past_end` allows for a view half empty."""
        top = max(0, (self._order.cursor or 0) - line)
        if not past_end:
            top = min(top, max(0, len(self._order) - self._page))
        self._show_from(top)
        if self._order.cursor is not None and 0 <= line < self._page:
            self._bring_into_view()
        self._tell()

    def _show_from(self, top: int) -> None:
        self.virtual_size = Size(0, max(len(self._order), top + self._page) + 1)
        self.scroll_to(y=top, animate=False, force=True)
        self._settle()
        self.refresh()

    def _settle(self) -> None:
        """Give back the empty lines under the last row that the view no longer shows, and count what is above it."""
        self.virtual_size = Size(0, max(len(self._order), self._top + self._page) + 1)
        self._order.see_from(self._top)
        self.rows_above = len(self._order.unseen)

    def _bring_into_view(self) -> None:
        cursor = self._order.cursor or 0
        top = min(max(self._top, cursor - self._page + 1), cursor)
        if top != self._top:
            self._show_from(top)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._settle()

    def on_resize(self) -> None:
        self._show_from(min(self._top, max(0, len(self._order) - self._page)))
        self._bring_into_view()

    def _go(self, line: int, by_hand: bool = True) -> None:
        order, before, count = self._order, self._order.cursor, len(self._order)
        if not count:
            return
        self._placed = True
        order.put_cursor(min(max(line, 0), count - 1))
        top = self._top
        self._bring_into_view()
        if len(order) != count:
            self._show_from(self._top)
        elif top == self._top:
            for changed in (before, order.cursor):
                if changed is not None:
                    self.refresh(Region(0, changed - top + 1, self.size.width, 1))
        self._tell(by_hand)

    def _tell(self, by_hand: bool = False) -> None:
        if self._told is not self.current:
            self._told = self.current
            self.post_message(self.Highlighted(self, self.current, by_hand))

    def _marks_are(self, marked: set[Hashable]) -> None:
        if marked != self.marked:
            self.marked = marked
            self.post_message(self.MarksChanged(self, len(marked)))

    def action_cursor_down(self) -> None:
        self._go((self._order.cursor or 0) + 1)

    def action_cursor_up(self) -> None:
        self._go((self._order.cursor or 0) - 1)

    def action_cursor_top(self) -> None:
        self._go(0)

    def action_cursor_bottom(self) -> None:
        self._go(len(self._order) - 1)

    def action_cursor_by(self, pages: float) -> None:
        self._go((self._order.cursor or 0) + int(pages * self._page))

    def action_mark(self) -> None:
        if self._order.cursor is not None:
            self._marks_are(self.marked ^ {self._order.key_at(self._order.cursor)})
            self.action_cursor_down()
            self.refresh()

    def action_open(self) -> None:
        if self.current is not None:
            self.post_message(self.Opened(self, self.current))

    def on_click(self, event: events.Click) -> None:
        line = self._top + event.y - 1
        if event.y > 0 and line < len(self._order):
            self._go(line)
            if event.chain == 2:
                self.action_open()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        line = self._top + y - 1
        if y == 0:
            segments = self._header(width)
        elif line < len(self._order):
            segments = self._line(line, width)
        elif not len(self._order) and y == 1 + (self._page - 1) // 2:
            hint = plain(self.empty)
            hint = fit(hint, min(width, cell_len(hint)))
            segments = [Segment(" " * ((width - cell_len(hint)) // 2)), self._segment(hint, "rows--empty")]
        else:
            return Strip.blank(width, self.rich_style)
        return Strip(segments).adjust_cell_length(width, segments[-1].style)

    def _segment(self, text: str, component: str) -> Segment:
        return Segment(text, self.get_component_rich_style(component))

    def _header(self, width: int) -> list[Segment]:
        titles = [fit(c.title, cells, c.align) for c, cells in lay_out(self._columns, width - self._gutter_width - 1)]
        return [self._segment(" " * self._gutter_width + (" " * GAP).join(titles), "rows--header")]

    @property
    def _gutter_width(self) -> int:
        return 3 if self._state is None else 4

    def _line(self, line: int, width: int) -> list[Segment]:
        row = self._order.row_at(line)
        is_cursor = line == self._order.cursor
        base = self.rich_style
        if is_cursor:
            base += self.get_component_rich_style("rows--cursor")
        bar = Segment("▌" if is_cursor else " ", self._over(base, "bar"))
        mark = Segment("●" if self._order.key_at(line) in self.marked else " ", self._over(base, "mark"))
        segments = [bar, mark]
        if self._state is not None:
            sign, name = self._state(row)
            segments.append(Segment(fit(plain(sign), 1), self._over(base, name)))
        gap = Segment(" " * GAP, base)
        segments.append(Segment(" ", base))
        for column, cells in lay_out(self._columns, width - self._gutter_width - 1):
            text, name = column.cell(row)
            segments += (Segment(fit(plain(text), cells, column.align), self._over(base, name)), gap)
        return segments

    def _over(self, base: Style, name: str) -> Style:
        """A cell's style on its line's; a line in reverse keeps one colour, else each cell would be its own block."""
        component = f"rows--{name}"
        if not name or base.reverse or component not in self.COMPONENT_CLASSES:
            return base
        style = self.get_component_rich_style(component)
        return base + Style(color=style.color, bold=style.bold or None, dim=style.dim or None)
