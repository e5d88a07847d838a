"""The line a filter or an order is typed into: it says at once what is wrong and where, or what may stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from fink_tui.filters.complete import Completion, complete
from fink_tui.filters.errors import FilterError
from fink_tui.filters.fields import TARGET_FIELDS, Field

Known = Callable[[], Mapping[str, Iterable[str]]]
Complete = Callable[[str, int, Mapping[str, Iterable[str]], Mapping[str, Field]], Completion]
# Input keeps a blank on its left.
_MARGIN = 1


class _Completed(Suggester):
    """The line with its last word completed to the likeliest candidate."""

    def __init__(self, offer: Callable[[str, int], Completion]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._offer = offer

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line, None where nothing fits."""
        found = self._offer(value, len(value))
        begun = value[found.start :]
        fitting = (c.text for c in found.candidates if begun and c.text.startswith(begun) and c.text != begun)
        best = next(fitting, None)
        return None if best is None else value[: found.start] + best


class FilterLine(Vertical):
    """One line to type, and one below it while it is typed. `read` makes of the text what it stands for.

    `read` raises FilterError; what may stand there are `fields`, and the values that `known` has of them, as `complete`
    finds them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # To the next widget, what is typed on would be verdicts.
        Binding("tab", "complete", "Complete", id="line.complete", tooltip="Complete the word", show=False)
    ]

    DEFAULT_CSS = """
    FilterLine {
        height: auto; display: none;
        & > Input { height: 1; border: none; padding: 0 1; background: $surface; }
        & > Input:focus { border: none; background: $accent 22%; }
        & > Static { height: 1; padding: 0 1; color: $foreground 60%; display: none; text-wrap: nowrap; }
        & > Static.-wrong { color: $text-error; display: block; }
        &.-typing > Static { display: block; }
    }
    """

    class Read(Message):
        """The text stands for something, again and again while it is typed; for "" `meaning` is None."""

        def __init__(self, line: FilterLine, text: str, meaning: Any) -> None:
            super().__init__()
            self.line, self.text, self.meaning = line, text, meaning

        @property
        def control(self) -> FilterLine:
            return self.line

    class Left(Message):
        """Enter was pressed: the text stays."""

        def __init__(self, line: FilterLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> FilterLine:
            return self.line

    def __init__(
        self,
        read: Callable[[str], Any],
        known: Known,
        *,
        hint: str,
        id: str,  # noqa: A002 - Textual's name
        fields: Mapping[str, Field] = TARGET_FIELDS,
        complete: Complete = complete,
    ) -> None:
        super().__init__(id=id)
        self._read, self._known, self._hint, self._fields, self._complete = read, known, hint, fields, complete

    def compose(self) -> ComposeResult:
        yield Input(placeholder=self._hint, suggester=_Completed(self._offer), select_on_focus=False)
        yield Static(markup=False)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    def open(self) -> None:
        """Show the line and put the cursor into it."""
        self.display = True
        # At once: the next key may have been typed already.
        self.screen.set_focus(self.query_one(Input))

    def put(self, text: str) -> None:
        """Have this text in the line, as if it had been typed; without text the line goes."""
        line = self.query_one(Input)
        self.display = bool(text)
        if line.value != text:
            line.value = text
            line.cursor_position = len(text)

    def on_descendant_focus(self) -> None:
        self.add_class("-typing")

    def on_descendant_blur(self) -> None:
        self.remove_class("-typing")
        self._says_right(is_whole=True)

    async def action_complete(self) -> None:
        """Complete the word before the cursor, at the end of the line."""
        line = self.query_one(Input)
        found = await _Completed(self._offer).get_suggestion(line.value)
        if found is not None and line.cursor_position == len(line.value):
            line.value, line.cursor_position = found, len(found)

    def read_again(self) -> None:
        """Read what was typed once more: what it asks about has changed."""
        with suppress(FilterError):
            self.post_message(self.Read(self, self.text, self._read(self.text)))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # What is only unfinished is no fault while it is typed: what could follow is of more use.
        if self._says_right(is_whole=not self.query_one(Input).has_focus):
            text = event.value.strip()
            self.post_message(self.Read(self, text, self._read(text) if text else None))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._says_right(is_whole=True):
            self.display = bool(event.value.strip())
            self.post_message(self.Left(self))

    def _says_right(self, *, is_whole: bool) -> bool:
        """Whether the text stands for something; below it is said what is wrong, or what could follow."""
        text, below = self.text, self.query_one(Static)
        try:
            if text.strip():
                self._read(text)
        except FilterError as error:
            is_wrong = is_whole or not error.is_unfinished
            below.set_class(is_wrong, "-wrong")
            below.update(self._spot(text, error) if is_wrong else self._offers(text))
            return False
        below.remove_class("-wrong")
        below.update(self._offers(text))
        return True

    def _spot(self, text: str, error: FilterError) -> str:
        """A caret under the spot, and why; before it where there is no room behind."""
        scrolled = max(0, self.query_one(Input).scroll_offset.x)
        place = max(0, error.position - scrolled)
        words = str(error)
        if place + len(words) + 2 > self.size.width - 2 * _MARGIN and place > len(words):
            return f"{words:>{place - 1}} ^"
        return f"{' ' * place}^ {words}"

    def _offer(self, text: str, cursor: int) -> Completion:
        return self._complete(text, cursor, self._known(), self._fields)

    def _offers(self, text: str) -> Text:
        found = self._offer(text, self.query_one(Input).cursor_position)
        line = Text(no_wrap=True, overflow="ellipsis")
        for candidate in found.candidates[:8]:
            line.append(candidate.text, "bold")
            line.append(f" {candidate.meaning}   ", "dim")
        return line
