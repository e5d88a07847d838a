"""One line to type: a name, a file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class PromptScreen(ModalScreen[str]):
    """Gives what was typed, "" where nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss('')", "Cancel", id="prompt.cancel", tooltip="Type nothing")
    ]
    DEFAULT_CSS = """
    PromptScreen { align: center middle; }
    PromptScreen > Vertical {
        width: 70; max-width: 96%; height: auto; padding: 1 2; background: $panel; border: round $accent;
        border-title-color: $accent;
    }
    PromptScreen Input { height: 1; border: none; padding: 0 1; background: $surface; }
    PromptScreen Input:focus { border: none; background: $accent 22%; }
    PromptScreen Static { color: $foreground 60%; height: auto; margin-top: 1; }
    """

    def __init__(self, title: str, about: str, value: str = "") -> None:
        super().__init__()
        self._title, self._about, self._value = title, about, value

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield Input(self._value, select_on_focus=False)
            yield Static(self._about, markup=False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
