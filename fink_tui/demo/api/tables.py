"""Reading a table as the real API does: which columns come back, and what stands where there is no value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from fink_tui.demo.api.formats import Rows
from fink_tui.demo.api.rows import Cells

LIMIT = 10_000  # rows of one scan: NLIMIT in the configuration of fink-object-api


def columns_of(arguments: Any, *added: str) -> str:
    """The columns asked for, "*" for all; `added` ones come along with any selection."""
    if "columns" not in arguments:
        return "*"
    wanted: str = arguments["columns"].replace(" ", "")
    if wanted != "*":
        wanted = ",".join([wanted, *(name for name in added if name not in wanted)])
    return wanted


def scan(cells: Iterable[Cells], columns: str, table: Collection[str] | None = None) -> list[Cells]:
    """The cells of a table that were asked for; unknown columns are passed over, and rows with nothing left."""
    wanted = None if columns == "*" else set(columns.split(","))
    if table is not None:
        wanted = set(table) if wanted is None else wanted & set(table)
    found = []
    for row in cells:
        picked = dict(row) if wanted is None else {name: value for name, value in row.items() if name in wanted}
        if picked:
            found.append(picked)
        if len(found) == LIMIT:
            break
    return found


def frame(cells: Sequence[Cells], fixed: Sequence[str] = (), cast: bool = True) -> Rows:
    """Rows that all have the same columns: `fixed` ones, and those with a value anywhere.

    A column without any value is there only if it is fixed. A text or boolean missing in one row is "nan" when another
    row has it, since pandas makes a string of its not-a-number where types are `cast`; a missing number is null.
    """
    texts: dict[str, bool] = {}
    for row in cells:
        for name, value in row.items():
            texts[name] = texts.get(name, False) or (cast and isinstance(value, (str, bool)))
    names = sorted({*texts, *fixed})
    return [{name: row.get(name, "nan" if texts.get(name) else None) for name in names} for row in cells]


def newest_first(rows: Rows, time: str) -> Rows:
    """Sorted by a time column when it is there."""
    if rows and time in rows[0]:
        return sorted(rows, key=lambda row: -float(row[time]))
    return rows
