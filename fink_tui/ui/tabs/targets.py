"""The Targets tab: every target, whatever brought it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from fink_tui.store.targets import Target
from fink_tui.ui.clerk import Clerk
from fink_tui.ui.desk import Desk
from fink_tui.ui.format import tom_sign
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.target_list import TargetList

# What she decided to keep comes first, what she threw away last.
_ORDER = {"follow": 0, "watch": 1, "new": 2, "snooze": 3, "done": 4, "reject": 5}
_NO_PRIORITY = 9


class TargetsTab(Vertical):
    """The list."""

    HELP = (
        "Every target: those followed first, then watched, new, snoozed, done, rejected; within by priority and name. "
        "Columns, keys and the pane are those of the Live tab, and TOM is how each is on the TOM: = same, "
        "↑ changed here since, ↓ changed there, ? conflict, ✗ blocked, nothing: not sent."
    )

    def __init__(self, desk: Desk, almanac: Almanac, clerk: Clerk) -> None:
        super().__init__(id="targets")
        self._desk = desk
        self._almanac = almanac
        self._clerk = clerk

    def compose(self) -> ComposeResult:
        yield TargetList(
            self._desk,
            self._almanac,
            empty="No targets yet. Every object that arrives on a topic becomes one.",
            rank=_rank,
            columns=[Column("tom", "TOM", 3, "left", lambda t: tom_sign(self._clerk.states.get(t.id)))],
            id="targets-list",
        )

    @property
    def target_list(self) -> TargetList:
        """The list of targets."""
        return self.query_one(TargetList)

    def fill(self, targets: list[Target]) -> None:
        """Show these targets."""
        self.target_list.set_targets(targets)


def _rank(target: Target) -> tuple[int, int, str]:
    return _ORDER[target.status], target.priority or _NO_PRIORITY, target.name
