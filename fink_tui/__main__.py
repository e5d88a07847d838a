"""`python -m fink_tui`."""

from fink_tui.cli import entry

entry()
