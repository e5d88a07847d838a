"""A list of targets with the pane beside it: the same in every tab, with the same keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from fink_tui.fink.portal import portal_url
from fink_tui.store.targets import Target, TargetView
from fink_tui.ui import format as shown
from fink_tui.ui.actions import LIST, bindings
from fink_tui.ui.desk import Desk
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.object_pane import ObjectPane
from fink_tui.ui.widgets.rows import Rows
from fink_tui.ui.widgets.visibility_columns import visibility_columns

COLUMNS: tuple[Column[Target], ...] = (
    Column("object", "object", 18, "left", lambda t: (t.name, "dim" if t.status == "reject" else "")),
    Column("class", "class", 0, "left", shown.short_class, least=16),
    Column("mag", "mag", 11, "right", shown.brightness),
    Column("change", "Δ mag", 5, "right", shown.change, 1),
    Column("alerts", "n", 3, "right", lambda t: (str(t.n_alerts), ""), 2),
    Column(
        "age", "age", 5, "right", lambda t: (shown.NOTHING, "dim") if t.is_moving else (shown.span(t.age_days), ""), 3
    ),
    Column("status", "status", 6, "left", lambda t: (t.status, "dim" if t.status == "new" else ""), 4),
    Column("seen", "seen UTC", 11, "right", lambda t: (shown.clock(t.last_mjd), "dim"), 5),
    Column("topics", "topics", 0, "left", lambda t: (" ".join(map(shown.short_topic, t.topics)), "dim"), 6, least=16),
)
# What can be seen of a target stands behind what it is.
_SKY_AT = 6
# Moving through a list must not ask the database for every row passed on the way.
_SETTLE_S = 0.06
_SAID_S = 6.0


class TargetList(Vertical):
    """Rows, a filter above them, and the pane. Verdicts go to the desk; what they changed comes back by the feed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LIST)]

    DEFAULT_CSS = """
    TargetList {
        & > #bar { height: 1; }
        & > #bar > #filter { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface; display: none; }
        & > #bar > #filter:focus { border: none; background: $accent 22%; }
        & > #bar > #counts { width: auto; padding: 0 1; color: $foreground 60%; }
        & > #bar > #hint { width: 1fr; height: 1; padding: 0 1; color: $accent; }
        & > #bar > #hint { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #body > Rows { width: 5fr; }
        & > #body > ObjectPane { width: 3fr; border-left: solid $foreground 15%; }
        &.-filtering > #bar > #filter { display: block; }
        &.-opened > #body > Rows { width: 0; }
        &.-opened > #body > ObjectPane { display: block; width: 1fr; border-left: none; }
    }
    """

    class Decided(Message):
        """A verdict was written, or taken back."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Failed(Message):
        """The database refused; the text says what was not done."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, desk: Desk, almanac: Almanac, *, empty: str, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._desk, self._almanac = desk, almanac
        self._empty = empty
        self._view: TargetView | None = None
        self._soon: Timer | None = None
        self._said: Timer | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="bar"):
            yield Input(id="filter", placeholder="words in name, class, status or topics; enter keeps, escape clears")
            yield Static(id="hint", markup=False)
            yield Static(id="counts", markup=False)
        with Horizontal(id="body"):
            yield Rows(
                (*COLUMNS, *visibility_columns(self._almanac)), lambda t: t.id, state=shown.state_of, empty=self._empty
            )
            yield ObjectPane()

    def on_mount(self) -> None:
        self.query_one(ObjectPane).show(None)
        self.recount()

    @property
    def rows(self) -> Rows[Target]:
        """The table."""
        return self.query_one(Rows)

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

    def turn_sky(self) -> None:
        """Show what can be seen now."""
        self.rows.refresh()

    # The pane.

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._look_soon()

    @on(Rows.MarksChanged)
    def _marked(self, event: Rows.MarksChanged) -> None:
        event.stop()
        self.recount()

    def _look_soon(self) -> None:
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(_SETTLE_S, self._look)

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look(self) -> None:
        current = self.rows.current
        if not self.query_one(ObjectPane).display and not self.has_class("-opened"):
            self._view = None
            return
        self._view = None if current is None else await self._desk.view(current.id)
        pane = self.query_one(ObjectPane)
        pane.show(self._view)
        newest = self._view.alerts[-1] if self._view and self._view.alerts else None
        pane.show_stamps(await self._desk.stamps_of_alert(newest.id) if newest else {})

    @on(Rows.Opened)
    def _opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.toggle_class("-opened")
        self._look_soon()

    def action_next_curve(self) -> None:
        """Draw the light curve in the next way."""
        self.query_one(ObjectPane).next_curve()

    def action_scroll_pane(self, pages: int) -> None:
        """Scroll the facts."""
        self.query_one(ObjectPane).scroll_facts(pages * 5)

    # The filter.

    def action_filter(self) -> None:
        """Type words that rows must contain."""
        self.add_class("-filtering")
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        words = event.value.casefold().split()
        self.rows.set_filter((lambda target: _matches(target, words)) if words else None)
        self.recount()

    @on(Input.Submitted, "#filter")
    def _filtered(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            self.remove_class("-filtering")
        self.rows.focus()

    def action_back(self) -> None:
        """Close what was opened last."""
        filtering = self.query_one("#filter", Input)
        if self.has_class("-opened"):
            self.remove_class("-opened")
        elif self.has_class("-filtering"):
            filtering.value = ""
            self.remove_class("-filtering")
        else:
            self.rows.clear_marks()
        self.rows.focus()

    # Verdicts.

    @work(group="verdict", exit_on_error=False)
    async def action_decide(self, status: str) -> None:
        """Give the marked targets, or the one under the cursor, a verdict and go on to the next."""
        chosen = self.rows.chosen
        if not chosen:
            return
        if not self.rows.marked:
            self.rows.action_cursor_down()
        decision = await self._desk.decide([target.id for target in chosen], status)
        self.rows.clear_marks()
        if decision is None:
            self.post_message(self.Decided(f"already {status}: {_names(chosen)}"))
        else:
            self.post_message(self.Decided(f"{status}: {_names(chosen)}  (u takes it back)"))

    @work(group="verdict", exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last verdict."""
        decision = await self._desk.undo()
        if decision is None:
            self.post_message(self.Decided("nothing to take back"))
            return
        self.rows.move_to(decision.changes[0].target)
        back = sorted({change.after for change in decision.changes if change.field == "status"})
        count = len(decision.changes)
        self.post_message(
            self.Decided(f"taken back: {decision.action} of {count} target{'s'[: count > 1]}, again {', '.join(back)}")
        )

    # Out of the program.

    def action_copy_position(self) -> None:
        """Copy the coordinates of the target under the cursor."""
        target = self.rows.current
        if target is not None and target.ra is not None and target.dec is not None:
            text = f"{target.ra:.6f} {target.dec:+.6f}"
            self.app.copy_to_clipboard(text)
            self.post_message(self.Decided(f"copied {text} (degrees, ICRS)"))

    @work(group="look", exit_on_error=False)
    async def action_portal(self) -> None:
        """Show and copy the address of Fink's page of the target under the cursor."""
        target = self.rows.current
        if target is None:
            return
        view = await self._desk.view(target.id)
        url = portal_url(target.surveys[0], target.objects[0], view.aliases if view else ())
        self.app.copy_to_clipboard(url)
        self.post_message(self.Decided(f"copied {url}"))

    def on_worker_state_changed(self, event: Any) -> None:
        """Say what the database refused."""
        if event.worker.error is not None:
            self.post_message(self.Failed(f"that was not done, nothing is lost: {event.worker.error}"))


def _names(targets: list[Target]) -> str:
    return targets[0].name if len(targets) == 1 else f"{len(targets)} targets"


def _matches(target: Target, words: list[str]) -> bool:
    text = " ".join((target.name, *target.objects, target.label, target.status, *target.topics)).casefold()
    return all(word in text for word in words)
