"""Rows against Textual's DataTable on the same data: `python tests/bench/bench_rows.py [ROWS ...]`.

Prints how many times more processor time DataTable takes to load and paint, to paint 100 more rows, and to move the
cursor. A last line counts the `cell` calls of one cursor move, which must not depend on the number of rows.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from fink_tui.ui.widgets.rows import Column, Rows

ADDED = 100
MOVES = 20
DEEDS = ("load and paint", f"add {ADDED} rows", "move the cursor")


@dataclass(frozen=True)
class Entry:
    name: str
    values: tuple[str, ...]


@dataclass
class Contestant:
    app: App[None]
    load: Callable[[list[Entry]], object]
    add: Callable[[list[Entry]], object]
    move: Callable[[], object]
    seconds: dict[str, float] = field(default_factory=dict)


def entries(start: int, count: int) -> list[Entry]:
    return [
        Entry(f"ZTF26a{i:07d}", tuple(f"{(i * k) % 97:.2f}" for k in range(1, 8))) for i in range(start, start + count)
    ]


class RowsApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.cells_asked = 0

    def compose(self) -> ComposeResult:
        columns = [Column[Entry]("name", "object", 0, "left", lambda entry: self.cell(entry.name))]
        columns += [
            Column[Entry](str(k), f"v{k}", 7, "right", lambda entry, k=k: self.cell(entry.values[k]))  # type: ignore[misc]
            for k in range(7)
        ]
        yield Rows(columns, lambda entry: entry.name)

    def cell(self, text: str) -> tuple[str, str]:
        self.cells_asked += 1
        return text, ""


class TableApp(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row")

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("object", *(f"v{k}" for k in range(7)))


def with_rows(app: RowsApp) -> Contestant:
    def rows() -> Rows[Entry]:
        return app.query_one(Rows)

    return Contestant(
        app,
        load=lambda new: rows().set_rows(new),
        add=lambda new: rows().update_rows(new),
        move=lambda: rows().action_cursor_down(),
    )


def with_table(app: TableApp) -> Contestant:
    def add(new: list[Entry]) -> None:
        app.query_one(DataTable).add_rows((entry.name, *entry.values) for entry in new)

    return Contestant(
        app,
        load=add,
        add=add,
        move=lambda: app.query_one(DataTable).action_cursor_down(),
    )


async def painted(app: App[None]) -> None:
    """Wait for what the change asked for: the layout, then the frame, to which a callback is the first witness."""
    done = asyncio.Event()
    app.screen.call_after_refresh(done.set)
    await done.wait()


async def race(contestant: Contestant, count: int) -> None:
    async with contestant.app.run_test(size=(120, 36)):
        contestant.app.screen.focus_next()
        first, more = entries(0, count), entries(count, ADDED)
        steps_of: list[list[Callable[[], object]]] = [
            [lambda: contestant.load(first)],
            [lambda: contestant.add(more)],
            [contestant.move] * MOVES,
        ]
        for deed, steps in zip(DEEDS, steps_of, strict=True):
            start = time.process_time()
            for step in steps:
                step()
                await painted(contestant.app)
            contestant.seconds[deed] = (time.process_time() - start) / len(steps)


async def cells_per_move(count: int) -> float:
    app = RowsApp()
    async with app.run_test(size=(120, 36)):
        rows = app.query_one(Rows)
        rows.set_rows(entries(0, count))
        await painted(app)
        app.cells_asked = 0
        for _ in range(MOVES):
            rows.action_cursor_down()
            await painted(app)
        return app.cells_asked / MOVES


def main(counts: list[int]) -> None:
    print(f"{'rows':>8}  {'':16}{'DataTable / Rows':>18}")
    for count in counts:
        rows, table = with_rows(RowsApp()), with_table(TableApp())
        for contestant in (rows, table):
            asyncio.run(race(contestant, count))
        for deed in DEEDS:
            print(f"{count:>8}  {deed:16}{table.seconds[deed] / rows.seconds[deed]:>17.1f}x")
        print(f"{count:>8}  {'cells asked for':16}{asyncio.run(cells_per_move(count)):>12.1f} a move")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000])
