"""The keys in force, made from the bindings themselves, and what the screen below is for."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_SIGNS = (
    ("●", "marked"),
    ("◆", "watched"),
    ("✓", "followed"),
    ("■", "done"),
    ("✗", "rejected"),
    ("z", "snoozed"),
    ("↺", "back"),
)


class HelpScreen(ModalScreen[None]):
    """Help on the screen it was opened over."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Close", id="help.close", tooltip="Close the help"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 1 2; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    HelpScreen > VerticalScroll > Static { height: auto; }
    """

    def __init__(self, about: str, keys: list[tuple[str, str]]) -> None:
        """`about` is what the screen is for, `keys` pairs of keys and what they do."""
        super().__init__()
        self._about, self._keys = about, keys

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Help"
            yield Static(self._text(), markup=False)

    def _text(self) -> Text:
        text = Text(self._about + "\n\n")
        width = max((len(keys) for keys, _ in self._keys), default=0)
        for keys, what in self._keys:
            text.append(f"{keys:>{width}}  ", "bold")
            text.append(what + "\n")
        text.append("\n")
        text.append("   ".join(f"{sign} {word}" for sign, word in _SIGNS))
        text.append("\nlight curve: ● g  ■ r  ▲ i  ◆ u  ★ z  ► y; hollow: negative; ▽ upper limit; · forced;")
        text.append(" small: ZTF's beside LSST's")
        return text

    def action_scroll(self, lines: int) -> None:
        """Move the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
