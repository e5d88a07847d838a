"""The answer of a query as a table: one row an object, or plain rows where the answer is about none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fink_tui.alerts.rows import ObjectRow
from fink_tui.ui import format as shown
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

Plain = tuple[int, Mapping[str, Any]]
_WIDEST = 60
_MOST_COLUMNS = 12


def key_of(row: ObjectRow) -> tuple[str, str]:
    """What tells objects apart."""
    return (row.survey, row.object_id)


def _brightness(row: ObjectRow) -> tuple[str, str]:
    return shown.brightness_of(row.band, row.mag, row.flux, row.is_negative)


def _separation(row: ObjectRow) -> tuple[str, str]:
    value = row.separation_arcsec
    return (shown.NOTHING, "dim") if value is None else (f"{value:.1f}" if value < 1000 else f"{value:.0f}", "")


def _age(row: ObjectRow) -> tuple[str, str]:
    if row.is_moving or row.first_mjd is None or row.last_mjd is None:
        return shown.NOTHING, "dim"
    return shown.span(row.last_mjd - row.first_mjd), ""


def _position(row: ObjectRow) -> tuple[str, str]:
    if row.ra is None or row.dec is None:
        return shown.NOTHING, "dim"
    return f"{row.ra:.4f} {row.dec:+.4f}".replace("-", shown.MINUS), "dim"


_NAME: Column[ObjectRow] = Column("object", "object", 18, "left", lambda row: (row.object_id, ""))
_CLASS: Column[ObjectRow] = Column(
    "class", "class", 0, "left", lambda row: (shown.short_label(row.label or "–"), "" if row.label else "dim"), least=16
)
OBJECT_COLUMNS: tuple[Column[ObjectRow], ...] = (
    _NAME,
    _CLASS,
    Column("mag", "mag", 11, "right", _brightness),
    Column("alerts", "n", 3, "right", lambda row: (str(row.n_alerts), ""), 2),
    Column("separation", "sep ″", 6, "right", _separation, 1),
    Column("age", "age", 5, "right", _age, 4),
    Column("seen", "seen UTC", 11, "right", lambda row: (shown.clock(row.last_mjd), "dim"), 3),
    Column("position", "ra dec °", 18, "right", _position, 5),
)


def object_table(rows: Sequence[ObjectRow], kept: set[Any]) -> Rows[ObjectRow]:
    """The table of objects; the separation is a column only where there is one."""
    has_separation = any(row.separation_arcsec is not None for row in rows)
    columns = [column for column in OBJECT_COLUMNS if has_separation or column.key != "separation"]
    return Rows(
        columns,
        key_of,
        state=lambda row: ("+", "accent") if key_of(row) in kept else (" ", ""),
        empty="Fink has nothing that fits. e changes the query.",
    )


def plain_table(rows: Sequence[Mapping[str, Any]]) -> Rows[Plain]:
    """A table of rows that are no objects; a single row is turned, a line a field."""
    if len(rows) == 1:
        rows = [{"field": name, "value": value} for name, value in rows[0].items()]
    names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
    columns: list[Column[Plain]] = []
    for place, name in enumerate(names):
        values = [row.get(name) for row in rows[:500]]
        is_number = all(isinstance(value, int | float) or value is None for value in values)
        width = min(_WIDEST, max([len(name), *(len(_text(value)) for value in values)]))
        last = place == len(names) - 1 and not is_number
        columns.append(
            Column(
                name,
                name,
                0 if last else width,
                "right" if is_number else "left",
                lambda row, name=name: (_text(row[1].get(name)), ""),  # type: ignore[misc]
                place,
            )
        )
    table: Rows[Plain] = Rows(columns, lambda row: row[0], empty="Nothing.")
    return table


def numbered(rows: Sequence[Mapping[str, Any]]) -> list[Plain]:
    """The rows as the plain table takes them."""
    if len(rows) == 1:
        rows = [{"field": name, "value": value} for name, value in rows[0].items()]
    return list(enumerate(rows))


def _text(value: Any) -> str:
    if value is None:
        return shown.NOTHING
    if isinstance(value, float):
        return f"{value:.6g}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
