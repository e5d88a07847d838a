"""The table under the user's eyes: what moves, what must not, and what is lost (nothing)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from fink_tui.ui.widgets.columns import lay_out
from fink_tui.ui.widgets.row_order import RowOrder
from fink_tui.ui.widgets.rows import Column, Rows


@dataclass(frozen=True)
class Star:
    name: str
    mag: float = 18.0
    sign: str = ""


COLUMNS = [
    Column[Star]("name", "object", 10, "left", lambda star: (star.name, "")),
    Column[Star]("note", "note", 0, "left", lambda star: (star.name * 3, "dim"), priority=2),
    Column[Star]("mag", "mag", 6, "right", lambda star: (f"{star.mag:.2f}", "no such style")),
]
HEIGHT = 11
PAGE = HEIGHT - 1


class Sky(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    @on(Rows.Highlighted)
    @on(Rows.Opened)
    @on(Rows.MarksChanged)
    def hear(self, message: Message) -> None:
        self.heard.append(message)

    def compose(self) -> ComposeResult:
        yield Rows(COLUMNS, lambda star: star.name, state=lambda star: (star.sign, "good"), empty="Nothing yet [b]")


@asynccontextmanager
async def table(count: int = 0, width: int = 40) -> AsyncIterator[tuple[Rows[Star], Pilot[None], list[Message]]]:
    app = Sky()
    async with app.run_test(size=(width, HEIGHT)) as pilot:
        rows = app.query_one(Rows)
        rows.focus()
        rows.set_rows(stars(count))
        await pilot.pause()
        yield rows, pilot, app.heard


def stars(count: int, prefix: str = "s") -> list[Star]:
    return [Star(f"{prefix}{i}") for i in range(count)]


def screen(rows: Rows[Star]) -> list[str]:
    return [rows.render_line(y).text for y in range(rows.size.height)]


def cursor_line(rows: Rows[Star]) -> int:
    lines = [y for y, text in enumerate(screen(rows)) if "▌" in text]
    assert len(lines) <= 1
    return lines[0] if lines else -1


def name(rows: Rows[Star]) -> str | None:
    return rows.current.name if rows.current else None


async def test_lines_are_aligned_and_say_what_they_should() -> None:
    async with table(3) as (rows, _, _):
        rows.update_rows([Star("s1", 9.5, "✓")])
        text = screen(rows)
        assert text[0].split() == ["object", "note", "mag"]
        assert text[1].startswith("  ✓ s1 ")
        assert text[2].startswith("▌   s0 ")
        assert text[1].rstrip().endswith("  9.50")
        assert text[0].index("mag") + 3 == text[1].index("9.50") + 4
        assert {cell_len(line) for line in text} == {40}


async def test_keys_move_the_cursor_and_keep_it_in_view() -> None:
    async with table(50) as (rows, pilot, _):
        for key, expected in [
            ("j", "s1"),
            ("down", "s2"),
            ("k", "s1"),
            ("G", "s49"),
            ("down", "s49"),
            ("g", "s0"),
            ("up", "s0"),
            ("pagedown", "s10"),
            ("ctrl+d", "s15"),
            ("ctrl+u", "s10"),
            ("pageup", "s0"),
            ("end", "s49"),
            ("home", "s0"),
        ]:
            await pilot.press(key)
            assert name(rows) == expected, key
            assert 1 <= cursor_line(rows) < HEIGHT


async def test_an_empty_table_says_why_and_takes_every_key() -> None:
    async with table() as (rows, pilot, _):
        await pilot.press("j", "k", "g", "G", "pagedown", "space", "enter", "ctrl+u")
        assert rows.current is None
        assert [line.strip() for line in screen(rows) if line.strip()][1:] == ["Nothing yet [b]"]
        rows.empty = "No alerts match"
        assert "No alerts match" in "".join(screen(rows))


async def test_newcomers_gather_above_a_cursor_at_the_top() -> None:
    async with table(50) as (rows, pilot, _):
        rows.update_rows(stars(4, "new"))
        rows.update_rows([Star("new0"), Star("s30")])
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("s0", 1, 5)
        await pilot.press("k", "k")
        assert (name(rows), rows.rows_above) == ("new2", 3)
        await pilot.press("g")
        assert (name(rows), rows.rows_above) == ("s30", 0)
        assert [line.split()[0] for line in screen(rows)[2:4]] == ["new0", "new3"]


async def test_a_short_table_never_touched_shows_all_of_its_rows() -> None:
    async with table() as (rows, _, _):
        for i in range(PAGE + 5):
            rows.update_rows([Star(f"s{i}")])
            assert name(rows) == "s0"
            assert sum("s" in line[4:10] for line in screen(rows)[1:]) == min(i + 1, PAGE)
        assert rows.rows_above == 5


async def test_a_short_table_in_use_keeps_the_cursor_line() -> None:
    async with table(3) as (rows, pilot, _):
        await pilot.press("j")
        rows.update_rows(stars(7, "new"))
        await pilot.pause()
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("s1", 2, 7)
        rows.remove_rows(["s1"])
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("s2", 2, 7)
        await pilot.press("g")
        await pilot.pause()
        assert screen(rows)[1].split()[1] == "new6"
        assert rows.max_scroll_y == 0


async def test_a_changed_row_under_the_cursor_changes_where_it_is() -> None:
    async with table(50) as (rows, pilot, heard):
        await pilot.press("j", "j", "j")
        heard.clear()
        rows.update_rows([Star("s3", 12.0), Star("s9", 11.0)])
        await pilot.pause()
        assert (cursor_line(rows), "12.00" in screen(rows)[4]) == (4, True)
        assert [m.row for m in heard if isinstance(m, Rows.Highlighted)] == [Star("s3", 12.0)]


async def test_rows_changed_in_place_stay_and_new_ones_go_below() -> None:
    async with table(4) as (rows, _, _):
        rows.update_rows([Star("s2", 9.0), Star("x"), Star("y")], to_top=False)
        assert [line[4:14].strip() for line in screen(rows)[1:7]] == ["s0", "s1", "s2", "s3", "x", "y"]
        assert "9.00" in screen(rows)[3]


async def test_filter_keeps_the_row_or_takes_the_nearest_and_comes_back() -> None:
    async with table(50) as (rows, _, _):
        rows.move_to("s20")
        rows.set_filter(lambda star: int(star.name[1:]) % 10 == 0)
        assert (name(rows), rows.count_shown, rows.count_all) == ("s20", 5, 50)
        rows.set_filter(lambda star: star.name in ("s5", "s24"))
        assert name(rows) == "s24"
        rows.set_filter(lambda star: False)
        assert (rows.current, rows.count_shown) == (None, 0)
        rows.set_filter(None)
        assert (name(rows), rows.count_shown) == ("s24", 50)


async def test_a_row_that_the_filter_drops_stays_while_the_cursor_is_on_it() -> None:
    async with table(20) as (rows, pilot, _):
        rows.set_filter(lambda star: star.mag > 15)
        await pilot.press("j", "j")
        rows.update_rows([Star("s2", 10.0), Star("s7", 10.0)])
        assert (name(rows), rows.count_shown) == ("s2", 19)
        line = cursor_line(rows)
        await pilot.press("j")
        assert (name(rows), rows.count_shown, cursor_line(rows)) == ("s3", 18, line)


async def test_newcomers_that_the_filter_hides_are_not_counted_above() -> None:
    async with table(20) as (rows, _, _):
        rows.set_filter(lambda star: star.mag > 15)
        rows.update_rows([Star("a"), Star("b", 10.0), Star("c")])
        assert rows.rows_above == 2
        rows.update_rows([Star("a", 10.0)])
        assert (rows.rows_above, rows.count_shown, rows.count_all) == (1, 21, 23)


async def test_removal_moves_the_cursor_to_a_neighbour_and_drops_marks() -> None:
    async with table(5) as (rows, pilot, heard):
        await pilot.press("space", "space")
        assert (rows.marked, name(rows)) == ({"s0", "s1"}, "s2")
        rows.remove_rows(["s1", "s2", "unknown"])
        await pilot.pause()
        assert (rows.marked, name(rows)) == ({"s0"}, "s3")
        rows.remove_rows(["s3", "s4"])
        assert name(rows) == "s0"
        rows.remove_rows(["s0"])
        await pilot.pause()
        assert rows.current is None
        assert [m.count for m in heard if isinstance(m, Rows.MarksChanged)] == [1, 2, 1, 0]
        assert [m.row for m in heard if isinstance(m, Rows.Highlighted)][-1] is None


async def test_marks_toggle_and_show() -> None:
    async with table(3) as (rows, pilot, _):
        await pilot.press("space", "k")
        assert screen(rows)[1].startswith("▌●")
        await pilot.press("space")
        assert rows.marked == set()
        rows.marked = {"s1"}
        rows.set_rows(stars(2))
        assert rows.marked == {"s1"}
        rows.clear_marks()
        assert "●" not in "".join(screen(rows))


async def test_new_rows_keep_a_cursor_that_survives_and_go_to_the_top_otherwise() -> None:
    async with table(50) as (rows, _, _):
        rows.move_to("s30")
        line = cursor_line(rows)
        rows.set_rows(stars(60, "a")[:15] + stars(50))
        assert (name(rows), cursor_line(rows)) == ("s30", line)
        rows.set_rows(stars(50, "b"))
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("b0", 1, 0)


async def test_mouse_moves_opens_and_scrolls() -> None:
    async with table(50) as (rows, pilot, heard):
        await pilot.click(Rows, offset=(6, 4))
        assert name(rows) == "s3"
        await pilot.click(Rows, offset=(6, 0))
        assert name(rows) == "s3"
        await pilot.double_click(Rows, offset=(6, 6))
        await pilot.press("enter")
        assert [m.row.name for m in heard if isinstance(m, Rows.Opened)] == ["s5", "s5"]
        rows.scroll_to(y=20, animate=False)
        await pilot.pause()
        assert screen(rows)[1].split()[0] == "s20"
        assert name(rows) == "s5"


async def test_an_update_leaves_a_view_that_the_wheel_took_away_from_the_cursor() -> None:
    async with table(50) as (rows, pilot, _):
        await pilot.press("j")
        rows.scroll_down(animate=False)
        rows.scroll_relative(y=20, animate=False)
        await pilot.pause()
        view = screen(rows)
        rows.update_rows(stars(9, "new"))
        await pilot.pause()
        assert screen(rows) == view
        await pilot.press("k")
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("s0", 1, 9)


async def test_shrinking_the_terminal_keeps_the_cursor_in_view() -> None:
    async with table(50) as (rows, pilot, _):
        await pilot.press("pagedown", "k")
        await pilot.resize_terminal(40, 5)
        await pilot.pause()
        assert name(rows) == "s9"
        assert 1 <= cursor_line(rows) < 5


async def test_a_taller_terminal_is_filled() -> None:
    async with table(50) as (rows, pilot, _):
        await pilot.press("G")
        await pilot.resize_terminal(40, 31)
        await pilot.pause()
        assert (name(rows), cursor_line(rows)) == ("s49", 30)
        assert screen(rows)[1].split()[0] == "s20"


async def test_rows_that_came_while_the_table_was_hidden_are_shown() -> None:
    app = Sky()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        rows = app.query_one(Rows)
        rows.display = False
        await pilot.resize_terminal(40, HEIGHT)
        for i in range(5):
            rows.update_rows([Star(f"s{i}")])
        rows.display = True
        await pilot.pause()
        assert [line[4:8].strip() for line in screen(rows)[1:6]] == ["s4", "s3", "s2", "s1", "s0"]
        assert (name(rows), rows.rows_above) == ("s0", 0)


async def test_rows_set_before_the_first_layout_are_shown() -> None:
    class Early(Sky):
        def on_mount(self) -> None:
            rows = self.query_one(Rows)
            for i in range(5):
                rows.update_rows([Star(f"s{i}")])

    app = Early()
    async with app.run_test(size=(40, HEIGHT)):
        rows = app.query_one(Rows)
        assert (name(rows), cursor_line(rows), rows.rows_above) == ("s0", 5, 0)


@pytest.mark.parametrize("width", [3, 12, 20, 40, 120])
async def test_hostile_and_wide_text_never_breaks_a_line(width: int) -> None:
    hostile = ["\x1b[2J\x1b]0;t\x07x", "[/red]", "天文台天文台天文台", "a\u0301\u202eb\n\tc", "👩\u200d🚀🇫🇷❤\ufe0f", ""]
    async with table(0, width) as (rows, _, _):
        rows.set_rows([Star(text, sign=text) for text in hostile])
        text = screen(rows)
        assert {cell_len(line) for line in text} == {width}
        assert "\x1b" not in "".join(text)


@pytest.mark.parametrize(("width", "left"), [(60, "abcd"), (30, "abc"), (24, "ab"), (14, "a"), (3, "a")])
def test_columns_are_dropped_by_priority(width: int, left: str) -> None:
    columns = [
        Column[Star]("a", "a", 10, "left", lambda star: (star.name, "")),
        Column[Star]("b", "b", 0, "left", lambda star: (star.name, ""), priority=1),
        Column[Star]("c", "c", 6, "left", lambda star: (star.name, ""), priority=2),
        Column[Star]("d", "d", 6, "left", lambda star: (star.name, ""), priority=3),
    ]
    shown = lay_out(columns, width)
    assert "".join(column.key for column, _ in shown) == left
    used = sum(cells for _, cells in shown) + 2 * (len(shown) - 1)
    assert used == width if "b" in left else used <= width


NAMES = st.integers(0, 25)
DEEDS = st.one_of(
    st.tuples(st.just("update"), st.lists(st.tuples(NAMES, st.sampled_from([10.0, 20.0])), max_size=8)),
    st.tuples(st.just("move"), st.integers(-12, 12)),
    st.tuples(st.just("filter"), st.booleans()),
    st.tuples(st.just("remove"), st.lists(NAMES, max_size=3)),
)


@given(deeds=st.lists(DEEDS, max_size=12))
@settings(max_examples=25, deadline=None)
async def test_updates_never_move_the_cursor_line_nor_lose_a_row(deeds: list[tuple[str, object]]) -> None:
    async with table(12) as (rows, _, _):
        rows.move_to("s3")
        known = {star.name: star for star in stars(12)}
        faint_only = False
        for deed, what in deeds:
            before, line = name(rows), cursor_line(rows)
            above = rows._order.cursor
            if deed == "update":
                changed = [Star(f"s{i}", mag) for i, mag in what]  # type: ignore[attr-defined]
                known |= {star.name: star for star in changed}
                rows.update_rows(changed)
                if before is not None and above is not None:
                    assert name(rows) == before
                    # A row that has fewer rows above it than before, because the filter dropped some, has to rise.
                    assert cursor_line(rows) == min(line, (rows._order.cursor or 0) + 1)
            elif deed == "move":
                rows._go((above or 0) + what)  # type: ignore[operator]
            elif deed == "filter":
                faint_only = bool(what)
                rows.set_filter((lambda star: star.mag > 15) if faint_only else None)
            else:
                gone = {f"s{i}" for i in what}  # type: ignore[attr-defined]
                rows.remove_rows(gone)
                known = {key: star for key, star in known.items() if key not in gone}
            check_nothing_lost(rows, known, faint_only)
            assert rows.current is None or 1 <= cursor_line(rows) < HEIGHT


def check_nothing_lost(rows: Rows[Star], known: dict[str, Star], faint_only: bool) -> None:
    order: RowOrder[Star] = rows._order
    shown = [order.row_at(line) for line in range(len(order))]
    assert len({star.name for star in shown}) == len(shown)
    expected = {star for star in known.values() if not faint_only or star.mag > 15}
    assert set(shown) - {rows.current} == expected - {rows.current}
    assert rows.current is None or known[rows.current.name] == rows.current
    assert rows.count_all == len(known)
    assert rows.rows_above <= rows._top
