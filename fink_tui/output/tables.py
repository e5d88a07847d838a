"""Rows as a table for people, or as JSON, CSV or VOTable for programs."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from fink_tui.output.units import ucd_of, unit_of

Row = Mapping[str, Any]
# A spreadsheet would run a cell that begins with one of these. The last two are made safe to come back the same: a line
# that begins with # is a remark, and an apostrophe would be taken for ours.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "#", "'")


def plain(text: str) -> str:
    """Text from outside without control or formatting characters."""
    return "".join(character if character.isprintable() else " " for character in text)


def write_rows(
    rows: Iterable[Row], form: str, *, table: Sequence[str] | None = None, about: Mapping[str, str] | None = None
) -> None:
    """Write rows to stdout; `table` names the columns a person sees, with all of them in the other forms.

    `about` says where the rows are from, in the one form that has a place for it: a VOTable.
    """
    if form == "csv":
        write_csv(rows, sys.stdout)
        return
    rows = list(rows)
    if form == "votable":
        sys.stdout.buffer.write(as_votable(rows, about or {}))
    elif form == "table":
        sys.stdout.write(as_table(rows, table or list(rows[0]) if rows else []))
    else:
        sys.stdout.write(as_json(rows))


def as_json(rows: Sequence[Row]) -> str:
    """Rows as a list of JSON objects."""
    return json.dumps(list(rows), indent=1, allow_nan=False) + "\n"


def _flat(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ";".join(str(_flat(item)) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return value


def as_csv(rows: Iterable[Row]) -> str:
    """Rows as CSV with a header; what a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO()
    write_csv(rows, out)
    return out.getvalue()


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """Write rows as `as_csv` has them, one at a time: there may be more of them than memory holds."""
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow([_safe_cell(_flat(value)) for value in row.values()])


def _safe_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        cleaned = plain(value)
        return "'" + cleaned if cleaned.startswith(_FORMULA) else cleaned
    return value


def as_votable(rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    """Rows as a VOTable, with `about` as what is said of it (INFO)."""
    from astropy.io.votable import from_table, writeto
    from astropy.io.votable.tree import CooSys, Info
    from astropy.table import MaskedColumn, Table

    table = Table()
    names = list(rows[0]) if rows else []
    for place, name in enumerate(names):
        values = [_flat(row[name]) for row in rows]
        # XML has no control characters.
        values = [plain(value) if isinstance(value, str) else value for value in values]
        kinds = {type(value) for value in values if value is not None}
        kind: type = str
        if kinds <= {bool} and kinds:
            kind = bool
        elif kinds <= {int, float} and kinds:
            kind = float if float in kinds else int
        elif not kinds and unit_of(name):
            kind = float
        empty = {str: "", bool: False, int: 0, float: float("nan")}[kind]
        # An ID may have no colon; astropy says so on stderr for each one that it replaces.
        known_as = re.sub(r"\W", "_", name)
        table[known_as if known_as not in table.colnames else f"{known_as}_{place}"] = MaskedColumn(
            [empty if value is None else kind(value) for value in values],
            mask=[value is None and kind is not str for value in values],
            unit=unit_of(name) if kind in (int, float) else None,
        )
    document = from_table(table)
    first = document.get_first_table()
    frame = CooSys(ID="icrs", system="ICRS")
    document.resources[0].coordinate_systems.append(frame)
    for field, name in zip(first.fields, names, strict=True):
        field.name = name
        field.ucd = ucd_of(name)
        if name in ("ra", "dec"):
            field.ref = frame.ID
    first.description = plain(about["query"]) if "query" in about else None
    # Not as parameters: astropy writes the text of those escaped twice.
    first.infos.extend(Info(name=name, value=plain(value)) for name, value in about.items())
    out = io.BytesIO()
    writeto(document, out)
    return out.getvalue()


def as_table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Rows in aligned columns with a header, numbers to the right; nothing where there are none."""
    if not rows:
        return ""
    cells = [[_shown(row.get(name)) for name in columns] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(columns)]
    right = [all(isinstance(row.get(name), int | float | None) for row in rows) for name in columns]
    lines = []
    for line in ([str(name) for name in columns], *cells):
        padded = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:.6g}"
    return plain(str(_flat(value)))
