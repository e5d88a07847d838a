"""A list of targets with the pane beside it: the same in every tab, with the same keys."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from fink_tui.filters.complete import complete_order
from fink_tui.filters.fields import SKY, TARGET_FIELDS
from fink_tui.filters.order import target_rank
from fink_tui.filters.predicate import target_filter
from fink_tui.output.facts import Fact, Group
from fink_tui.output.news import news_line
from fink_tui.output.tonight import sky_groups
from fink_tui.store.looks import look, news_of
from fink_tui.store.targets import Target, TargetView
from fink_tui.store.views import View, forget_view, remember, remembered, save_view
from fink_tui.ui import format as shown
from fink_tui.ui.actions import LIST, VERDICTS, bindings
from fink_tui.ui.desk import Desk
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.screens.views import ViewsScreen
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.filter_line import FilterLine
from fink_tui.ui.widgets.joining import Joining
from fink_tui.ui.widgets.night_plot import NightPlot
from fink_tui.ui.widgets.object_pane import ObjectPane
from fink_tui.ui.widgets.rows import Rows
from fink_tui.ui.widgets.taking_out import TakingOut
from fink_tui.ui.widgets.target_columns import target_columns
from fink_tui.ui.widgets.with_pane import WithPane

# Moving through a list must not ask the database for every row passed on the way.
_SETTLE_S = 0.06
# Behind so many columns come those of one list alone.
_FIXED = 4
# Shorter than this is passing by, not looking.
_LOOKED_S = 1.0
_SAID_S = 6.0
_KEEP_S = 0.5
_SKY_FIELDS = frozenset(name for name, field in TARGET_FIELDS.items() if field.origin == SKY)


class TargetList(Joining, TakingOut, WithPane):
    """Rows, a filter and an order above them, and the pane. What was decided comes back by the feed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(VERDICTS), *bindings(LIST)]

    DEFAULT_CSS = """
    TargetList {
        & > #bar { height: 1; }
        & > #bar > Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #bar > #hint { width: auto; max-width: 100%; color: $accent; }
        & > #bar > #counts { width: 1fr; text-align: right; color: $foreground 60%; }
        & > #body > Rows { width: 5fr; }
        & > #body > ObjectPane { width: 3fr; border-left: solid $foreground 15%; }
        &.-opened > #body > Rows { width: 0; }
        &.-opened > #body > ObjectPane { display: block; width: 1fr; border-left: none; }
    }
    """

    class SyncAsked(Message):
        """The marked targets, or without any those that are followed, should be handed to a TOM."""

        def __init__(self, targets: tuple[int, ...]) -> None:
            super().__init__()
            self.targets = targets

    def __init__(
        self,
        desk: Desk,
        almanac: Almanac,
        *,
        empty: str,
        id: str,  # noqa: A002 - Textual's name
        rank: Callable[[Target], Any] | None = None,
        columns: Sequence[Column[Target]] = (),
    ) -> None:
        """`rank` sorts where she has typed no order; `columns` are shown besides those of every list, behind Δ mag."""
        super().__init__(id=id)
        own = target_columns(almanac)
        self._columns = (*own[:_FIXED], *columns, *own[_FIXED:])
        self._desk, self._almanac = desk, almanac
        self._empty = empty
        self._rank = rank
        self._view: TargetView | None = None
        self._soon: Timer | None = None
        self._said: Timer | None = None
        self._keep_soon: Timer | None = None
        self._is_taken_up = False
        self._came: int | None = None
        self._had_seen: str | None = None
        self._views: list[View] = []

    def compose(self) -> ComposeResult:
        sky = self._almanac.of
        yield FilterLine(
            lambda text: target_filter(text, sky=sky),
            self._known,
            hint="words, or class~SN and mag<19; enter keeps",
            id="filter",
        )
        yield FilterLine(
            lambda text: target_rank(text, sky=sky),
            self._known,
            hint="fields to sort by: -rate mag",
            id="order",
            complete=complete_order,
        )
        with Horizontal(id="bar"):
            yield Static(id="hint", markup=False)
            yield Static(id="counts", markup=False)
        with Horizontal(id="body"):
            yield Rows(self._columns, lambda t: t.id, state=shown.state_of, empty=self._empty)
            yield ObjectPane(NightPlot())

    def on_mount(self) -> None:
        self.query_one(ObjectPane).show(None)
        self.rows.set_rank(self._rank)
        self.recount()

    def _known(self) -> Mapping[str, Iterable[str]]:
        """The values there are, for completion."""
        targets = self.rows.all_rows()
        return {
            "class": {target.label for target in targets},
            "topic": {topic for target in targets for topic in target.topics},
            "tag": {tag for target in targets for tag in target.tags},
        }

    def say(self, text: str) -> None:
        """One line above the list, for a few seconds."""
        self.query_one("#hint", Static).update(text)
        if self._said is not None:
            self._said.stop()
        self._said = self.set_timer(_SAID_S, lambda: self.query_one("#hint", Static).update(""))

    def recount(self) -> None:
        """Say how many rows there are."""
        rows = self.rows
        shown_count, everything, marked = rows.count_shown, rows.count_all, len(rows.marked)
        parts = [
            f"{shown_count:,} of {everything:,} targets" if shown_count < everything else f"{everything:,} targets"
        ]
        parts += [f"{marked:,} marked"] if marked else []
        parts += [f"↑ {rows.rows_above:,} newer"] if rows.rows_above else []
        self.query_one("#counts", Static).update(" · ".join(parts))

    def set_targets(self, targets: Iterable[Target]) -> None:
        """Show these and no others."""
        self.rows.set_rows(targets)
        self.recount()

    def update_targets(self, changed: list[Target], *, to_top: bool) -> None:
        """Show targets that came or changed."""
        self.rows.update_rows(changed, to_top)
        current = self.rows.current
        if current is not None and any(target.id == current.id for target in changed):
            self._look_soon()
        self.recount()

    def remove_targets(self, gone: Mapping[int, int]) -> None:
        """Take out targets that became part of others; the cursor goes along with its own."""
        current = self.rows.current
        self.rows.remove_rows(gone)
        if current is not None and current.id in gone:
            self.rows.move_to(gone[current.id])
        self.recount()

    def turn_sky(self, *, is_whole: bool) -> None:
        """Show what can be seen now."""
        self.rows.refresh()
        if is_whole:
            self._look_soon()
        for line in self.query(FilterLine):
            if not _SKY_FIELDS.isdisjoint(re.findall(r"\w+", line.text)):
                line.read_again()

    # The pane.

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._look_soon(by_hand=event.by_hand)
        self._arranged()

    @on(Rows.MarksChanged)
    def _marked(self, event: Rows.MarksChanged) -> None:
        event.stop()
        self._arranged()

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.toggle_class("-opened")
        self._look_soon(by_hand=True)

    def on_show(self) -> None:
        """The tab was opened."""
        self._look_soon()

    def _look_soon(self, *, by_hand: bool = False) -> None:
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(_SETTLE_S, lambda: self._look(by_hand))

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self, by_hand: bool) -> None:
        """Fill the pane; a row she came to herself and stays on has been looked at."""
        current, pane = self.rows.current, self.query_one(ObjectPane)
        if not all(node.display for node in pane.ancestors_with_self if isinstance(node, Widget)):
            self._view = None
            return
        self._view = None if current is None else await self._desk.view(current.id)
        night = self.query_one(NightPlot)
        night.look_at(None if self._view is None else self._view.target.id)
        news = self._news(self._view, by_hand) if self._view else ()
        # That of a minute ago until there is a new one.
        pane.show(self._view, (*news, *(sky_groups(night.outlook) if night.outlook else ())))
        newest = self._view.alerts[-1] if self._view and self._view.alerts else None
        pane.show_stamps(await self._desk.stamps_of_alert(newest.id) if newest else {})
        if self._view is not None:
            outlook = await self._almanac.look(self._view.target)
            night.outlook = outlook
            pane.show(self._view, (*news, *sky_groups(outlook)))
        if self._view is not None and by_hand:
            seen = self._view.target.id
            await asyncio.sleep(_LOOKED_S)
            await self._desk.do(lambda conn: look(conn, [seen]))

    def _news(self, view: TargetView, by_hand: bool) -> tuple[Group, ...]:
        """What is new since she looked before she came to this row: it must not go while she reads it."""
        if by_hand or self._came != view.target.id:
            self._came, self._had_seen = view.target.id, view.target.looked
        news = news_of(replace(view.target, looked=self._had_seen))
        return (Group("yours", [Fact("news", news_line(news), about="since you looked")]),) if news else ()

    # The filter and the order.

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one("#filter", FilterLine).open()

    def action_sort(self) -> None:
        """Type an order."""
        self.query_one("#order", FilterLine).open()

    @property
    def arrangement(self) -> dict[str, Any]:
        """The filter, the order and the marked targets, to be taken up again."""
        texts = {name: self.query_one(f"#{name}", FilterLine).text for name in ("filter", "order")}
        return {**texts, "marked": sorted(self.rows.marked, key=str)}

    def take_view(self, filter: str, order: str, marked: Iterable[Hashable]) -> None:  # noqa: A002 - the field's word
        """Take up a filter, an order and marks."""
        self.query_one("#filter", FilterLine).put(filter)
        self.query_one("#order", FilterLine).put(order)
        self.rows.mark_all(marked)

    @on(FilterLine.Read, "#filter")
    def _filter_read(self, event: FilterLine.Read) -> None:
        self.rows.set_filter(event.meaning)
        self._arranged()

    @on(FilterLine.Read, "#order")
    def _order_read(self, event: FilterLine.Read) -> None:
        self.rows.set_rank(event.meaning or self._rank)
        self._arranged()

    @on(FilterLine.Left)
    def _line_left(self) -> None:
        self.rows.focus()

    def action_back(self) -> None:
        """Close what was opened last."""
        lines = [line for line in self.query(FilterLine) if line.display]
        if self.has_class("-opened"):
            self.remove_class("-opened")
        elif lines:
            lines[0].put("")
        else:
            self.rows.clear_marks()
        self.rows.focus()

    def action_views(self) -> None:
        """Show the views, and take up the one she chooses."""
        # At once: the key of a view may be on its way already.
        self.app.push_screen(ViewsScreen(self._views), self._view_chosen)

    def _view_chosen(self, chosen: tuple[str, View] | None) -> None:
        if chosen is None:
            return
        what, view = chosen
        if what == "forget":
            self._forget_view(view)
        else:
            self.take_view(view.filter, view.order, self.rows.marked)
            self.say(f"{view.name}: {view.filter or 'everything'}{f', by {view.order}' if view.order else ''}")

    @work(group="views", exit_on_error=False)
    async def _forget_view(self, view: View) -> None:
        await self._desk.do(lambda conn: forget_view(conn, view.name))
        self._views = await self._desk.views()
        self.say(f"forgotten: {view.name}")

    @work(group="views", exit_on_error=False)
    async def action_save_view(self) -> None:
        """Keep this filter and order as a view with a key."""
        now = self.arrangement
        about = f"A key and a name, as: k kilonovae. For: {now['filter'] or 'everything'}; {now['order'] or 'unsorted'}"
        typed = await self.app.push_screen_wait(PromptScreen("Save this view", about, check=_key_and_name))
        if typed:
            key, name = typed[0], typed[2:].strip()
            view = View(name, key, now["filter"], now["order"], is_own=True)
            await self._desk.do(lambda conn: save_view(conn, view))
            self._views = await self._desk.views()
            self.say(f"saved: v {key} shows {name}")

    async def take_up(self) -> None:
        """Have the filter, the order, the marks and the cursor of the last run, unless she has begun already."""
        self._views = await self._desk.views()
        kept = (await self._desk.do(remembered)).get(f"list {self.id}", {})
        if not self.rows.marked and not any(line.display for line in self.query(FilterLine)):
            self.take_view(kept.get("filter", ""), kept.get("order", ""), kept.get("marked", ()))
            self.rows.move_to(kept.get("current"))
        self._is_taken_up = True

    def _arranged(self) -> None:
        self.recount()
        if self._is_taken_up:
            if self._keep_soon is not None:
                self._keep_soon.stop()
            self._keep_soon = self.set_timer(_KEEP_S, lambda: self.run_worker(self.keep(), exit_on_error=False))

    async def keep(self) -> None:
        """Keep what the list is like for the next run."""
        if self._is_taken_up:
            current = self.rows.current
            kept = {**self.arrangement, "current": current.id if current else None}
            await self._desk.do(lambda conn: remember(conn, f"list {self.id}", kept))

    # Out of the program.

    def action_sync(self) -> None:
        """Plan handing the marked targets to a TOM, or those that are followed."""
        self.post_message(self.SyncAsked(tuple(target.id for target in self.rows.chosen) if self.rows.marked else ()))


def _key_and_name(text: str) -> None:
    if len(text) < 3 or text[1] != " ":
        raise ValueError("expected one character, a blank and a name")
