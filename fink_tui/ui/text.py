"""Text from outside made fit for a row of terminal cells."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rich.cells import cell_len, set_cell_size

REPLACEMENT = "\ufffd"
MARKS_PER_LETTER = 2

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, ...: titles, clipboard
    r"|\x1b[ -/]*[0-Z\\^-~]"
)
_FLAG_A = 0x1F1E6
# Drawn by each terminal in its own width, or not at all: regional letters become plain ones, skin tones, emoji joiners
# and fillers go.
_UNSTEADY: dict[int, str | None] = {
    **{_FLAG_A + i: chr(ord("A") + i) for i in range(26)},
    **dict.fromkeys((*range(0x1F3FB, 0x1F400), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)), None),
    **dict.fromkeys((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)), None),
}


def plain(text: str) -> str:
    """The text on one line, with nothing in it that a terminal obeys, reorders or draws in a width of its own.

    White space becomes single blanks one for one; escapes, controls, bidi and zero-width characters go; what has no
    glyph becomes U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", _ESCAPES.sub("", text).translate(_UNSTEADY))
    kept: list[str] = []
    marks = MARKS_PER_LETTER
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Mn", "Me"):
            marks += 1
            if marks <= MARKS_PER_LETTER:
                kept.append(char)
            continue
        if char.isspace():
            marks = MARKS_PER_LETTER
            kept.append(" ")
        elif kind in ("Cn", "Co", "Cs"):
            marks = MARKS_PER_LETTER
            kept.append(REPLACEMENT)
        elif kind not in ("Cc", "Cf"):
            marks = 0
            kept.append(char)
    return "".join(kept)


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text in exactly `width` cells, blank-padded, or cut and ended with "…"."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding
