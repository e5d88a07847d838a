"""The topics: what came on each, how far behind it is, and which ones to follow."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from fink_tui.alerts.times import now
from fink_tui.feed import Report
from fink_tui.follower import TopicCounts
from fink_tui.ui.format import NOTHING, span
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

Line = tuple[str, bool, bool, int | None, TopicCounts]


def _number(value: int | None) -> tuple[str, str]:
    return (NOTHING, "dim") if value is None else (f"{value:,}", "")


COLUMNS: tuple[Column[Line], ...] = (
    Column("topic", "topic", 36, "left", lambda line: (line[0], "" if line[1] else "dim")),
    Column("received", "alerts", 7, "right", lambda line: _number(line[4].received)),
    Column("new", "new", 6, "right", lambda line: _number(line[4].new)),
    Column("known", "known", 6, "right", lambda line: _number(line[4].duplicates), 3),
    Column("bad", "quar.", 5, "right", lambda line: _number(line[4].quarantined), 2),
    Column("lag", "behind", 7, "right", lambda line: _number(line[3]), 1),
    Column("age", "newest", 6, "right", lambda line: (_age(line[4].newest_mjd), ""), 5),
    Column("rate", "/s", 5, "right", lambda line: (f"{line[4].rate():.1f}", ""), 4),
)


def _age(mjd: float | None) -> str:
    return NOTHING if mjd is None else span(now() - mjd)


class TopicsScreen(ModalScreen[tuple[str, ...] | None]):
    """Gives the topics to follow from now on, or None where nothing changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "Follow or not", id="topics.toggle", tooltip="Follow the topic, or no longer"),
        Binding("a", "add", "Add", id="topics.add", tooltip="Type the name of a topic"),
        Binding("s", "stop", "Stop all", id="topics.stop", tooltip="Follow none; space and enter start again"),
        Binding("enter", "accept", "Use", id="topics.accept", tooltip="Follow the topics marked", priority=True),
        Binding("escape", "dismiss(None)", "Cancel", id="topics.cancel", tooltip="Change nothing"),
    ]
    DEFAULT_CSS = """
    TopicsScreen { align: center middle; }
    TopicsScreen > Vertical {
        width: 96; max-width: 98%; height: 20; max-height: 92%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    TopicsScreen Input { height: 1; border: none; background: $surface; display: none; }
    TopicsScreen Input:focus { border: none; background: $accent 22%; }
    TopicsScreen .-adding { display: block; }
    TopicsScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, followed: tuple[str, ...], report: Report) -> None:
        super().__init__()
        self._followed = dict.fromkeys(followed, True)
        self._report = report

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Topics"
            yield Rows(
                COLUMNS,
                lambda line: line[0],
                state=lambda line: ("✓", "good") if line[1] else (("?", "warn") if line[2] else (" ", "")),
                empty="No topics known yet: a types one",
            )
            yield Input(placeholder="fink_..._ztf or fink_..._lsst")
            yield Static("space follow or not · a add · s stop all · enter use · esc cancel", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).set_rows(self._lines())
        self.query_one(Rows).focus()

    def tell(self, report: Report) -> None:
        """Show newer counts."""
        self._report = report
        self.query_one(Rows).set_rows(self._lines())

    def _lines(self) -> list[Line]:
        streams, counts = self._report.streams, self._report.counts
        lag = {topic: behind for state in streams for topic, behind in state.lag.items()}
        absent = {topic for state in streams for topic in state.absent}
        names = sorted({*self._followed, *counts, *(topic for state in streams for topic in state.available)})
        return [
            (name, self._followed.get(name, False), name in absent, lag.get(name), counts.get(name, TopicCounts()))
            for name in names
        ]

    def action_turn(self) -> None:
        """Follow the topic under the cursor, or no longer."""
        current = self.query_one(Rows).current
        if current is not None:
            self._followed[current[0]] = not current[1]
            self.tell(self._report)

    def action_stop(self) -> None:
        """Follow none."""
        self._followed = dict.fromkeys(self._followed, False)
        self.tell(self._report)

    def action_add(self) -> None:
        """Type a name."""
        self.query_one(Input).add_class("-adding").focus()

    @on(Input.Submitted)
    def _added(self, event: Input.Submitted) -> None:
        for name in event.value.replace(",", " ").split():
            self._followed[name] = True
        event.input.clear()
        event.input.remove_class("-adding")
        self.query_one(Rows).focus()
        self.tell(self._report)

    def action_accept(self) -> None:
        """Close with the topics marked, or take the name being typed."""
        field = self.query_one(Input)
        if field.has_focus:
            field.post_message(Input.Submitted(field, field.value))
        else:
            self.dismiss(tuple(name for name, followed in self._followed.items() if followed))
