"""One line to type: a name, a file, tags, a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from fink_tui.ui.text import plain


class LastWord(Suggester):
    """Completes the word being typed from those offered."""

    def __init__(self, offers: Sequence[str]) -> None:
        super().__init__(case_sensitive=True)
        self._offers = tuple(offers)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line with its last word completed."""
        head, _, word = value.rpartition(" ")
        sign = word[: len(word) - len(word.lstrip("-#"))]
        begun = word[len(sign) :]
        found = next((offer for offer in self._offers if begun and offer.startswith(begun)), None)
        return None if found is None else f"{head} {sign}{found}" if head else f"{sign}{found}"


class PromptScreen(ModalScreen[str | None]):
    """Gives what was typed, None where she thought better of it.

    `check` raises ValueError for what can't be meant; `offers` are words to complete from.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="prompt.cancel", tooltip="Leave it"),
        Binding("tab", "complete", "Complete", id="prompt.complete", tooltip="Complete the word", show=False),
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

    def __init__(
        self,
        title: str,
        about: str,
        value: str = "",
        *,
        check: Callable[[str], object] | None = None,
        offers: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._title, self._about, self._value = plain(title), plain(about), value
        self._check, self._offers = check, offers

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Input(self._value, select_on_focus=False, suggester=LastWord(self._offers) if self._offers else None)
            yield Static(self._about, markup=False)

    async def action_complete(self) -> None:
        """Complete the last word."""
        line = self.query_one(Input)
        found = await LastWord(self._offers).get_suggestion(line.value)
        if found is not None:
            line.value, line.cursor_position = found, len(found)

    def suggest(self, value: str, about: str) -> None:
        """Say what was found meanwhile, and put it where nothing was typed yet."""
        self.query_one(Static).update(about)
        if not self.query_one(Input).value:
            self.query_one(Input).value = value

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        try:
            if self._check is not None:
                self._check(typed)
        except ValueError as error:
            self.query_one(Static).update(f"! {error}")
            return
        self.dismiss(typed)
