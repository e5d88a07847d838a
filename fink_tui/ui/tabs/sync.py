"""The Sync tab: what a sync with a TOM would do, then what it does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from fink_tui.output.plans import fates_summary, plan_summary
from fink_tui.tom.plan import LEAVE, SKIP, Choice, Plan, choose
from fink_tui.tom.sync import FAILED, GOOD, LEFT
from fink_tui.ui.actions import SYNC, bindings
from fink_tui.ui.clerk import Clerk
from fink_tui.ui.screens.choices import ChoicesScreen
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.plan_columns import COLUMNS, PlanLine, details
from fink_tui.ui.widgets.rows import Rows

_NO_TOM = "No TOM yet: set url in [tom] of the configuration, and FINK_TUI_TOM_TOKEN"
_NO_PLAN = "s plans the targets you follow; in a list, those you marked"


class SyncTab(Vertical):
    """The plan and its fate."""

    HELP = (
        "What a sync would do with each target, and then what it did. Nothing is sent before enter.\n\n"
        "+ create  ~ update  = same  ? conflict: c chooses  ✗ blocked  – skipped or left\n"
        "… being sent  ✓ done  ! failed"
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SYNC)]
    DEFAULT_CSS = """
    SyncTab {
        & > #where, & > #state { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #where { color: $foreground 60%; }
        & > #state { color: $accent; }
        & > #details { height: 30%; min-height: 8; border-top: solid $foreground 15%; padding: 0 1; }
        & > #details { scrollbar-size-vertical: 1; }
        & > #details > Static { height: auto; }
    }
    """

    class StatesChanged(Message):
        """The targets' states on the TOM may be other than before."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(id="sync")
        self._clerk = clerk
        self._plan: Plan | None = None
        self._chosen: tuple[int, ...] = ()
        self._has_photometry = False
        self._has_notes = False
        self._is_sent = False

    def compose(self) -> ComposeResult:
        yield Static(id="where", markup=False)
        yield Static(id="state", markup=False)
        yield Rows(
            COLUMNS,
            lambda line: line.row.target.id,
            state=lambda line: line.sign,
            empty=_NO_PLAN if self._clerk.account else _NO_TOM,
        )
        with VerticalScroll(id="details", can_focus=False):
            yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        self._say_where()

    @property
    def rows(self) -> Rows[PlanLine]:
        """The table."""
        return self.query_one(Rows)

    def plan(self, targets: Collection[int] = (), again: Collection[int] = ()) -> None:
        """Plan these targets, or without any those that are followed."""
        if self._clerk.account is None or self._clerk.is_busy:
            return
        self._chosen = tuple(targets)
        self._plan, self._is_sent = None, False
        self.rows.empty = "planning ..."
        self.rows.set_rows([])
        self._say("planning ...")
        self._clerk.plan(self, targets, photometry=self._has_photometry, notes=self._has_notes, again=again)

    # What the clerk says.

    @on(Clerk.Progressed)
    def _progressed(self, event: Clerk.Progressed) -> None:
        self._say(f"{event.what}: {event.done:,} of {event.total:,}")

    @on(Clerk.Planned)
    def _planned(self, event: Clerk.Planned) -> None:
        self._plan = event.plan
        self.rows.empty = _NO_PLAN if event.plan.rows or self._chosen else "No target is followed: t in a list follows."
        self.rows.set_rows([PlanLine(row) for row in event.plan.rows])
        self._show()
        self.post_message(self.StatesChanged())

    @on(Clerk.Fated)
    def _fated(self, event: Clerk.Fated) -> None:
        fate = event.fate
        self.rows.update_rows([PlanLine(fate.row, fate)], to_top=False)
        if fate.row.will_send:
            done = sum(line.fate is not None for line in self.rows.all_rows())
            self._say(f"{done:,} of {self.rows.count_all:,}: {fate.row.target.name} {fate.what} {fate.why}")

    @on(Clerk.Ended)
    def _ended(self, event: Clerk.Ended) -> None:
        open_ones = sum(fate.what not in GOOD and fate.row.verdict != SKIP for fate in event.fates)
        again = any(fate.what in (LEFT, FAILED) for fate in event.fates)
        self._say(
            fates_summary(event.fates)
            + ("; s goes on" if again else "; all is done" if not open_ones else f"; {open_ones:,} need you")
        )
        self.post_message(self.StatesChanged())

    @on(Clerk.Refused)
    def _refused(self, event: Clerk.Refused) -> None:
        self.rows.empty = plain(event.text)
        self._say(event.text)
        self.post_message(self.StatesChanged())

    # What is shown.

    def _say_where(self) -> None:
        account = self._clerk.account
        if account is None:
            return
        extras = [word for word, has in (("photometry", self._has_photometry), ("notes", self._has_notes)) if has]
        parts = [account.name, account.host, account.group and f"group {account.group}", *(f"with {e}" for e in extras)]
        self.query_one("#where", Static).update(plain(" · ".join(part for part in parts if part)))

    def _say(self, text: str) -> None:
        self.query_one("#state", Static).update(plain(text))

    def _show(self) -> None:
        """The plan in one line, and what enter would do."""
        if self._plan is not None:
            due = any(row.will_send for row in self._plan.rows)
            self._say(plan_summary(self._plan) + ("" if due else "; nothing to send"))
        self._detail()

    @on(Rows.Highlighted)
    def _detail(self) -> None:
        line = self.rows.current
        self.query_one("#about", Static).update(details(line) if line else "")
        self.query_one("#details", VerticalScroll).scroll_home(animate=False)

    # Actions.

    def action_send(self) -> None:
        """Send what the plan shows."""
        if self._plan is None or self._is_sent or self._clerk.is_busy:
            return
        self._is_sent = True
        self._clerk.send(self, self._plan)

    def action_choose(self) -> None:
        """Choose a way out of the conflict under the cursor; marked rows that have it take the same way."""
        line = self.rows.current
        if line is not None and line.row.choices and not self._is_sent:
            lines = [line, *(other for other in self.rows.chosen if other is not line)]
            self.app.push_screen(ChoicesScreen(line.row), lambda choice: self._take(choice, lines))

    def action_skip(self) -> None:
        """Leave the marked targets, or the one under the cursor, out this time."""
        is_one = not self.rows.marked
        self._take(Choice(LEAVE, ""), self.rows.chosen)
        if is_one:
            self.rows.action_cursor_down()

    def _take(self, choice: Choice | None, lines: Sequence[PlanLine]) -> None:
        """Take a choice for the first line, and for the others that have one of the kind."""
        if choice is None or self._plan is None or self._is_sent:
            return
        decided = {}
        for line in lines:
            own = choice if line is lines[0] else _like(choice, line)
            if own is not None:
                decided[line.row.target.id] = choose(line.row, own, self._plan.site)
        rows = tuple(decided.get(row.target.id, row) for row in self._plan.rows)
        self._plan = replace(self._plan, rows=rows)
        self.rows.clear_marks()
        self.rows.update_rows([PlanLine(row) for row in decided.values()], to_top=False)
        self._show()

    def action_plan(self) -> None:
        """Plan the same targets again."""
        self.plan(self._chosen)

    def action_plan_all(self) -> None:
        """Plan what is followed."""
        self.plan()

    def action_photometry(self) -> None:
        """With light curves, or without."""
        if not self._clerk.is_busy:
            self._has_photometry = not self._has_photometry
            self._say_where()
            self.plan(self._chosen)

    def action_notes(self) -> None:
        """With notes, or without."""
        if not self._clerk.is_busy:
            self._has_notes = not self._has_notes
            self._say_where()
            self.plan(self._chosen)

    def action_next_tom(self) -> None:
        """Turn to the next TOM."""
        self._clerk.next_tom()
        self._say_where()
        self.plan(self._chosen)

    def action_scroll_details(self, lines: int) -> None:
        """Scroll what is said of the row."""
        self.query_one("#details", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Stop between two writes."""
        if self._clerk.is_busy:
            self._clerk.stop()
            self._say("stopping after this request ...")


def _like(choice: Choice, line: PlanLine) -> Choice | None:
    """The choice of another row that is of the same kind."""
    if choice.key == LEAVE:
        return choice
    return next((other for other in line.row.choices if other.key == choice.key), None)
