"""Pictures in the protocols of terminals that have them: kitty's, sixel, iTerm2's.

kitty: an image is sent once and shown wherever its placeholder characters stand, so that the screen scrolls and clips
it like text (https://sw.kovidgoyal.net/kitty/graphics-protocol, Unicode placeholders). sixel and iTerm2 paint at the
cursor: their pictures are drawn over blank cells.
"""

from __future__ import annotations

import struct
import zlib
from base64 import standard_b64encode
from itertools import groupby

_PLACEHOLDER = "\U0010eeee"
# The marks that number rows and columns of a placeholder, as far as a cutout can need them.
_NUMBERS = [
    chr(point)
    for first, last in (
        (0x305, 0x305), (0x30D, 0x30E), (0x310, 0x310), (0x312, 0x312), (0x33D, 0x33F), (0x346, 0x346), (0x34A, 0x34C),
        (0x350, 0x352), (0x357, 0x357), (0x35B, 0x35B), (0x363, 0x36F), (0x483, 0x487), (0x592, 0x595), (0x597, 0x599),
        (0x59C, 0x5A1), (0x5A8, 0x5A9), (0x5AB, 0x5AC), (0x5AF, 0x5AF), (0x5C4, 0x5C4), (0x610, 0x617),
    )
    for point in range(first, last + 1)
]  # fmt: skip
MOST_CELLS = len(_NUMBERS)
_CHUNK = 4096
_GREYS = 32

Levels = tuple[tuple[int, ...], ...]


def png(levels: Levels) -> bytes:
    """Grey levels 0 to 255, top line first, as a PNG file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(levels[0]), len(levels), 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + bytes(line) for line in levels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def kitty_image(levels: Levels, number: int, columns: int, rows: int) -> str:
    """What sends an image under a number (1 to 0xffffff) for placeholders of some columns and rows."""
    data = standard_b64encode(png(levels)).decode()
    parts = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    first = f"a=T,U=1,q=2,f=100,i={number},c={columns},r={rows}"
    return "".join(
        f"\x1b_G{first if place == 0 else 'q=2'},m={int(place < len(parts) - 1)};{part}\x1b\\"
        for place, part in enumerate(parts)
    )


def kitty_forget(number: int) -> str:
    """What frees an image."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def kitty_line(row: int, columns: int) -> str:
    """The placeholder characters of one line of an image; their colour, as a number, is the image's number."""
    return "".join(_PLACEHOLDER + _NUMBERS[row] + _NUMBERS[column] for column in range(columns))


def iterm_image(levels: Levels, columns: int, rows: int) -> str:
    """What paints an image at the cursor (https://iterm2.com/documentation-images.html)."""
    data = png(levels)
    size = f"size={len(data)};width={columns};height={rows};preserveAspectRatio=0"
    return f"\x1b]1337;File=inline=1;{size}:{standard_b64encode(data).decode()}\a"


def sixel_image(levels: Levels, width: int, height: int) -> str:
    """What paints an image of some pixels at the cursor (DEC STD 070), in 32 greys."""
    rows, columns = len(levels), len(levels[0])
    wide = [
        [round(line[x * columns // width] * (_GREYS - 1) / 255) for x in range(width)]
        for line in (levels[y * rows // height] for y in range(height))
    ]
    palette = "".join(f"#{n};2;{';'.join([str(n * 100 // (_GREYS - 1))] * 3)}" for n in range(_GREYS))
    bands = "-".join(_sixel_band(wide[top : top + 6], width) for top in range(0, height, 6))
    return f'\x1bP0;1q"1;1;{width};{height}{palette}{bands}\x1b\\'


def _sixel_band(lines: list[list[int]], width: int) -> str:
    """Six lines of pixels: each grey's columns in turn, from the left margin again."""
    drawn = []
    for level in sorted({value for line in lines for value in line}):
        bits = [sum((line[x] == level) << place for place, line in enumerate(lines)) for x in range(width)]
        runs = ((bit, len(list(same))) for bit, same in groupby(bits))
        drawn.append(f"#{level}" + "".join(f"!{count}{chr(63 + bit)}" for bit, count in runs))
    return "$".join(drawn)


def at_offset(up: int, left: int, paint: str) -> str:
    """Paint some cells above and to the left of the cursor, which comes back to where it is."""
    moves = (f"\x1b[{up}A" if up else "") + (f"\x1b[{left}D" if left else "")
    return f"\x1b7{moves}{paint}\x1b8"
