"""Asked once for a topic that was never read: where to begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.fink.topics import survey_of_topic
from fink_tui.ui.text import plain

# Measured on Fink's packets with their schema: bytes an alert.
_BYTES = {"ztf": 68_000, "lsst": 257_000}


class FirstContactScreen(ModalScreen[str]):
    """Gives "earliest", "latest", an ISO time, or "" for not now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "choose('earliest')", "All", id="contact.earliest", tooltip="Read all that waits"),
        Binding("d", "choose('day')", "Last day", id="contact.day", tooltip="Read the last 24 hours"),
        Binding("l", "choose('latest')", "From now", id="contact.latest", tooltip="Begin with the next alert"),
        Binding("escape", "choose('')", "Not now", id="contact.later", tooltip="Ask again at the next start"),
    ]
    DEFAULT_CSS = """
    FirstContactScreen { align: center middle; }
    FirstContactScreen > Static {
        width: 64; max-width: 96%; height: auto; padding: 1 2; background: $panel; border: round $accent;
        border-title-color: $accent;
    }
    """

    def __init__(self, topic: str, count: int) -> None:
        super().__init__()
        self._topic, self._count = topic, count

    def compose(self) -> ComposeResult:
        size = self._count * _BYTES[survey_of_topic(self._topic)]
        amount = f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{max(1, round(size / 1e6))} MB"
        text = Text(f"{plain(self._topic)}\n", "bold")
        text.append(f"was never read here. {self._count:,} alerts wait, about {amount}.\n\n", "not bold")
        for key, what in (
            ("e", "read them all, from the earliest"),
            ("d", "read the last 24 hours"),
            ("l", "begin with the next alert"),
            ("esc", "not now"),
        ):
            text.append(f"{key:>4}  ", "bold")
            text.append(what + "\n", "not bold")
        box = Static(text, markup=False)
        box.border_title = "A new topic"
        yield box

    def action_choose(self, start: str) -> None:
        """Close with the choice."""
        if start == "day":
            start = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
        self.dismiss(start)
