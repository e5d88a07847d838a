"""A tab that says in one line what it will hold and what works in the meantime."""

from __future__ import annotations

from textual.widgets import Static


class UnbuiltTab(Static, can_focus=True):
    """One line."""

    DEFAULT_CSS = """
    UnbuiltTab { height: 1fr; content-align: center middle; color: $foreground 60%; padding: 0 2; }
    """
