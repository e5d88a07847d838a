"""The Live tab: one row per object, newest arrivals on top, and how the streams are."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from fink_tui.feed import Report
from fink_tui.fink.state import in_words
from fink_tui.store.targets import Target
from fink_tui.ui.actions import FEED, bindings
from fink_tui.ui.desk import Desk
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.target_list import TargetList

_BARS = " ▁▂▃▄▅▆▇█"
_SECONDS = 60


class LiveTab(Vertical):
    """The feed."""

    HELP = (
        "One row per object, the newest arrival on top; the row under the cursor stays where it is while others come."
        "\n\nmag: band and magnitude of the newest alert (AB); a − behind it marks a negative difference, fainter "
        "than the reference; LSST without a magnitude shows its signed flux in µJy. Δ mag: since the last detection "
        "in the same band. n: alerts. age: first detection to newest alert. "
        "news: what came since you looked at it: new (never looked at), +3 points, class, match, topic, or back. "
        "p: priority. mag/d: change per day since an earlier night in the band."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FEED)]
    DEFAULT_CSS = """
    LiveTab > #streams { height: 1; padding: 0 1; color: $foreground 60%; }
    """

    class PauseAsked(Message):
        """The streams should pause, or go on."""

    class TopicsAsked(Message):
        """The topics should be shown."""

    def __init__(self, desk: Desk, almanac: Almanac) -> None:
        super().__init__(id="live")
        self._desk = desk
        self._almanac = almanac
        self._arrivals: list[int] = [0] * _SECONDS
        self._received = 0

    def compose(self) -> ComposeResult:
        yield TargetList(
            self._desk,
            self._almanac,
            empty="No alerts yet. T chooses topics, : has every action, ? helps.",
            id="live-list",
        )
        yield Static(id="streams", markup=False)

    @property
    def target_list(self) -> TargetList:
        """The list of targets."""
        return self.query_one(TargetList)

    def fill(self, targets: list[Target]) -> None:
        """Show what the database holds, the newest arrival on top."""
        self.target_list.set_targets(sorted(targets, key=lambda target: -target.arrived))

    def tell(self, report: Report, idle: float) -> None:
        """Show how the streams are."""
        counts = report.counts
        rate = sum(topic.rate() for topic in counts.values())
        if not report.streams:
            text = "no topic followed: T chooses"
        else:
            text = "; ".join(
                in_words(state, rate=rate, idle=idle, is_paused=report.is_paused) for state in report.streams
            )
        received = sum(topic.received for topic in counts.values())
        if received:
            known = sum(topic.duplicates for topic in counts.values())
            bad = sum(topic.quarantined for topic in counts.values())
            text += f"  ·  {received:,} alerts, {known:,} of them known"
            text += f", {bad:,} in quarantine" if bad else ""
            text += f"  {self._spark()} {rate:.1f}/s"
        self.query_one("#streams", Static).update(plain(text))

    def tick(self, received: int) -> None:
        """Once a second: note how many alerts have come in all."""
        self._arrivals = [*self._arrivals[1:], max(0, received - self._received)]
        self._received = received

    def _spark(self) -> str:
        recent = [sum(self._arrivals[i : i + 3]) for i in range(0, _SECONDS, 3)]
        most = max(recent) or 1
        return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in recent)

    def action_pause(self) -> None:
        """Pause the streams, or go on."""
        self.post_message(self.PauseAsked())

    def action_topics(self) -> None:
        """Show the topics."""
        self.post_message(self.TopicsAsked())
