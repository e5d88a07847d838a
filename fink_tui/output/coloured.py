"""A light curve for a terminal that is not the dashboard's: lines with colours, or without."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from fink_tui.output.plot import Runs

# The terminal's own sixteen.
_CODES = {"u": "35", "g": "32", "r": "31", "i": "33", "z": "36", "y": "34", "limit": "2", "error": "2", "axis": "2"}


def has_colours(out: TextIO = sys.stdout) -> bool:
    """Whether a terminal is there that wants colours (https://no-color.org)."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def in_text(lines: Iterable[Runs], *, colours: bool) -> str:
    """The lines of a plot as text."""
    made = []
    for runs in lines:
        parts = [f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colours and style in _CODES else text for text, style in runs]
        made.append("".join(parts).rstrip())
    return "\n".join(made) + "\n"
