"""The columns of a table, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from rich.cells import cell_len

from fink_tui.ui.widgets.row_order import RowT

GAP = 2
CELL_STYLES = ("dim", "accent", "good", "warn", "bad")


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """One column: `cell` gives a row's text and the name of its style, "" or one of `CELL_STYLES`.

    `width` is in cells; 0 takes a share of what the others leave, at least `least`. Where not all columns fit, those
    with the highest `priority` go first, and of equal ones the rightmost.
    """

    key: str
    title: str
    width: int
    align: Literal["left", "right"]
    cell: Callable[[RowT], tuple[str, str]]
    priority: int = 0
    least: int = 6


def lay_out(columns: Sequence[Column[RowT]], width: int) -> list[tuple[Column[RowT], int]]:
    """The columns that fit side by side into `width` cells, each with the width it gets."""
    kept = list(columns)
    least = {column.key: column.width or max(column.least, cell_len(column.title)) for column in columns}

    def spare() -> int:
        return width - sum(least[column.key] for column in kept) - GAP * (len(kept) - 1)

    while len(kept) > 1 and spare() < 0:
        kept.pop(max(range(len(kept)), key=lambda i: (kept[i].priority, i)))
    shared = [column.key for column in kept if column.width == 0]
    rest = max(0, spare())
    for i, key in enumerate(shared):
        least[key] += rest // len(shared) + (i < rest % len(shared))
    return [(column, min(least[column.key], width)) for column in kept]
