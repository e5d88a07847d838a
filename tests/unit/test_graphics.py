"""Pictures in the terminals' own protocols, read back as a terminal would."""

from __future__ import annotations

import io
import re
from base64 import standard_b64decode

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fink_tui.ui import graphics

LEVELS = st.integers(1, 12).flatmap(
    lambda width: st.lists(st.tuples(*[st.integers(0, 255)] * width), min_size=1, max_size=12).map(tuple)
)


def pixels(data: bytes) -> tuple[tuple[int, ...], ...]:
    picture = Image.open(io.BytesIO(data))
    assert picture.mode == "L"
    width, height = picture.size
    return tuple(tuple(picture.getpixel((x, y)) for x in range(width)) for y in range(height))  # type: ignore[misc]


@given(LEVELS)
def test_a_png_holds_the_levels(levels: graphics.Levels) -> None:
    assert pixels(graphics.png(levels)) == levels


def test_kitty_gets_the_image_in_chunks_and_placeholders_name_every_cell() -> None:
    levels = tuple(tuple((x * 37 + y * 91) % 256 for x in range(63)) for y in range(63))
    sent = graphics.kitty_image(levels, 0x0F1A01, 14, 7)
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert "".join(f"\x1b_G{control};{data}\x1b\\" for control, data in parts) == sent
    assert "i=989697" in parts[0][0] and "c=14,r=7" in parts[0][0] and "U=1" in parts[0][0]
    assert [control[-3:] for control, _ in parts] == ["m=1"] * (len(parts) - 1) + ["m=0"]
    assert all(len(data) <= 4096 and "q=2" in control for control, data in parts)
    assert pixels(standard_b64decode("".join(data for _, data in parts))) == levels
    cells = re.findall("\U0010eeee(.)(.)", graphics.kitty_line(2, 5))
    assert len(cells) == 5 and len({row for row, _ in cells}) == 1 and len({column for _, column in cells}) == 5


def test_iterm_gets_one_file_of_the_size_in_cells() -> None:
    levels = ((0, 255), (128, 64))
    sent = graphics.iterm_image(levels, 14, 7)
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([A-Za-z0-9+/=]*)\a", sent)
    assert found is not None
    data = standard_b64decode(found[2])
    options = dict(option.split("=") for option in found[1].split(";"))
    assert options == {"inline": "1", "size": str(len(data)), "width": "14", "height": "7", "preserveAspectRatio": "0"}
    assert pixels(data) == levels


def read_sixel(text: str) -> list[list[int]]:
    """The colours a terminal would paint, as per cent."""
    head, _, body = text.removeprefix("\x1bP0;1q").removesuffix("\x1b\\").partition("#")
    width, height = map(int, head.strip('"').split(";")[2:])
    screen = [[-1] * width for _ in range(height + 5)]
    palette: dict[int, int] = {}
    x = top = colour = 0
    for found in re.finditer(r"#(\d+);2;(\d+);\d+;\d+|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])", "#" + body):
        number, share, chosen, count, run, single, move = found.groups()
        if number:
            palette[int(number)] = int(share)
        elif chosen:
            colour = int(chosen)
        elif move:
            x, top = 0, top + (6 if move == "-" else 0)
        else:
            bits = ord(run or single) - 63
            run_length = int(count or 1)
            for column in range(x, x + run_length):
                for place in range(6):
                    if bits >> place & 1:
                        screen[top + place][column] = palette[colour]
            x += run_length
    return screen[:height]


@given(LEVELS, st.integers(1, 30), st.integers(1, 30))
def test_a_sixel_terminal_paints_every_pixel_in_its_grey(levels: graphics.Levels, width: int, height: int) -> None:
    painted = read_sixel(graphics.sixel_image(levels, width, height))
    for y in range(height):
        for x in range(width):
            level = levels[y * len(levels) // height][x * len(levels[0]) // width]
            assert abs(painted[y][x] - level / 2.55) <= 2.7


def test_the_cursor_comes_back() -> None:
    assert graphics.at_offset(3, 10, "X") == "\x1b7\x1b[3A\x1b[10DX\x1b8"
    assert graphics.at_offset(0, 0, "X") == "\x1b7X\x1b8"
