"""The answer of a query as a table: one row an object, or plain rows where the answer is about none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fink_tui.alerts.rows import ObjectRow
from fink_tui.fink.queries.declare import FACTS, NAMES
from fink_tui.fink.queries.words import Asked
from fink_tui.ui import format as shown
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from fink_tui.fink.ask import Answer

Plain = tuple[int, Mapping[str, Any]]
_WIDEST = 60
_WIDEST_FIELD = 18
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


NAME_COLUMNS: tuple[Column[ObjectRow], ...] = (
    _NAME,
    _CLASS,
    Column("aliases", "also", 15, "left", lambda row: (", ".join(row.aliases) or shown.NOTHING, "")),
    Column("position", "ra dec °", 18, "right", _position),
)


def object_table(answer: Answer, kept: set[Any]) -> Rows[ObjectRow]:
    """The table of objects; what the query is for and the fields that were named have columns of their own."""
    has_separation = any(row.separation_arcsec is not None for row in answer.objects)
    columns = [column for column in OBJECT_COLUMNS if has_separation or column.key != "separation"]
    if answer.query.rows == NAMES:
        columns = list(NAME_COLUMNS)
    columns[3:3] = [_field_column(answer, name, title) for name, title in answer.fields_shown()]
    return Rows(
        columns,
        key_of,
        state=lambda row: ("+", "accent") if key_of(row) in kept else (" ", ""),
        empty="Fink has nothing that fits. e changes the query.",
    )


def _field_column(answer: Answer, name: str, title: str) -> Column[ObjectRow]:
    values = [row.fields.get(name) for row in answer.objects[:500]]
    is_number = all(isinstance(value, int | float) or value is None for value in values)
    width = min(_WIDEST_FIELD, max([len(title), *(len(_text(value)) for value in values)]))
    return Column(name, title, width, "right" if is_number else "left", lambda row: (_text(row.fields.get(name)), ""))


def meant_by(row: ObjectRow, survey: str) -> Asked | None:
    """What to ask about a name that is no object of a survey: its alerts if it moves, else those around it."""
    if row.is_moving:
        return Asked("sso", survey, {"name": row.object_id})
    if row.ra is None or row.dec is None:
        return None
    return Asked("cone", survey, {"position": f"{row.ra:.6f} {row.dec:+.6f}", "radius": "1 arcmin"})


def column_help(answer: Answer, meanings: Mapping[str, str]) -> str:
    """What the columns that are fields of Fink mean, as far as that is known."""
    shown = first_columns(answer) if answer.query.rows == FACTS else [name for name, _ in answer.fields_shown()]
    return " ".join(f"{name}: {meanings[name]}." for name in shown if meanings.get(name))


def first_columns(answer: Answer) -> list[str]:
    """The columns that a person wants to see first."""
    from fink_tui.output.answers import shown_columns

    return shown_columns(answer, answer.rows, raw=True)


def plain_table(rows: Sequence[Mapping[str, Any]], first: Sequence[str]) -> Rows[Plain]:
    """A table of rows that are no objects, the `first` columns first; a single row is turned, a line a field."""
    if len(rows) == 1:
        rows, first = _turned(rows[0], first), ()
    names = list(dict.fromkeys((*first, *(name for row in rows for name in row))))[:_MOST_COLUMNS]
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


def numbered(rows: Sequence[Mapping[str, Any]], first: Sequence[str]) -> list[Plain]:
    """The rows as the plain table takes them."""
    return list(enumerate(_turned(rows[0], first) if len(rows) == 1 else rows))


def _turned(row: Mapping[str, Any], first: Sequence[str]) -> list[Mapping[str, Any]]:
    return [{"field": name, "value": row.get(name)} for name in dict.fromkeys((*first, *row))]


def _text(value: Any) -> str:
    if value is None:
        return shown.NOTHING
    if isinstance(value, float):
        return f"{value:.6g}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def contains(row: Any, words: list[str]) -> bool:
    """Whether a row has all of the words (casefolded)."""
    if isinstance(row, ObjectRow):
        text = " ".join(filter(None, (row.object_id, row.label, row.band, *row.aliases))).casefold()
    else:
        text = " ".join(str(value) for value in row[1].values()).casefold()
    return all(word in text for word in words)
