"""The night's report, to read, to copy and to write to a file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from fink_tui.ui.desk import Desk
from fink_tui.ui.screens.prompt import PromptScreen


class ReportScreen(ModalScreen[None]):
    """Shows Markdown as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write", id="report.write", tooltip="Write it to a new file"),
        Binding("y", "copy", "Copy", id="report.copy", tooltip="Copy it"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="report.down", tooltip="One line down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="report.up", tooltip="One line up"),
        Binding("escape,R,q", "dismiss", "Close", id="report.close", tooltip="Close the report"),
    ]
    DEFAULT_CSS = """
    ReportScreen { align: center middle; }
    ReportScreen > Vertical {
        width: 120; max-width: 98%; height: 94%; padding: 1 1 0 1; background: $panel;
        border: round $accent; border-title-color: $accent;
    }
    ReportScreen VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    ReportScreen VerticalScroll > Static { height: auto; }
    ReportScreen #keys { height: 1; color: $foreground 60%; }
    """

    def __init__(self, desk: Desk, night: str, text: str) -> None:
        super().__init__()
        self._desk, self._night, self._text = desk, night, text

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = f"Night of {self._night}"
            with VerticalScroll(can_focus=False):
                yield Static(self._text, markup=False)
            yield Static("w writes it to a file · y copies · j k scroll · esc closes", id="keys", markup=False)

    def action_scroll(self, lines: int) -> None:
        """Move the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copy the report."""
        self.app.copy_to_clipboard(self._text)
        self.query_one("#keys", Static).update("copied")

    @work(exit_on_error=False)
    async def action_write(self) -> None:
        """Ask for a file and write the report to it."""
        about = "It must not exist yet."
        where = await self.app.push_screen_wait(PromptScreen("Report to", about, f"fink-night-{self._night}.md"))
        if not where:
            return
        path = Path(where).expanduser()
        try:
            await self._desk.do(lambda _: _write_new(path, self._text))
        except OSError as error:
            self.query_one("#keys", Static).update(f"! not written: {error.strerror}: {path}")
        else:
            self.query_one("#keys", Static).update(f"written: {path.absolute()}")


def _write_new(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
