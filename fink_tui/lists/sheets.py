"""Files as lines of cells, whatever they are written in: CSV and its kin, plain columns, JSON, VOTable."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fink_tui.lists.columns import Columns, columns_of, header_of

_DELIMITERS = ("\t", ";", "|", ",")
# A quote that is not closed within so many lines is a slip, not a long cell.
_LONGEST_CELL = 20


class UnreadableList(ValueError):
    """The file holds no list; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its number in the file, its cells, or why it has none."""

    number: int
    cells: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a file, which are "line"s or "row"s; `columns` is None where it has no header.

    `delimiter` is "" for blanks, and where cells need none.
    """

    lines: tuple[Line, ...]
    columns: Columns | None
    delimiter: str = ""
    counted: str = "row"


def read_sheet(content: bytes) -> Sheet:
    """The lines of a file, of the kind that its first characters tell. Raises UnreadableList."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<?xml", b"<VOTABLE")):
        return _votable(content)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _json(text) if text.lstrip().startswith(("[", "{")) else _text(text)
    except csv.Error as error:
        raise UnreadableList(f"its first line is no header and no target: {error}") from error


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _votable(content: bytes) -> Sheet:
    import warnings

    from astropy.io.votable import parse

    try:
        with warnings.catch_warnings():
            # Most tables in the world break some rule of the standard.
            warnings.simplefilter("ignore")
            table = parse(io.BytesIO(content), verify="ignore").get_first_table()
            rows = table.to_table(use_names_over_ids=True)
    except Exception as error:
        raise UnreadableList(
            f"it is no VOTable: {str(error).splitlines()[0][:200] if str(error) else 'empty'}"
        ) from error
    units = [None if column.unit is None else str(column.unit) for column in rows.columns.values()]
    cells = zip(*(column.tolist() for column in rows.columns.values()), strict=True)
    lines = tuple(Line(number, tuple(map(_text_of, row))) for number, row in enumerate(cells, 1))
    return Sheet(lines, columns_of(rows.colnames, units))


def _json(text: str) -> Sheet:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UnreadableList(f"it is no JSON: {error}") from error
    if isinstance(found, dict):
        found = found["rows"] if isinstance(found.get("rows"), list) else [found]
    names = list(dict.fromkeys(name for row in found if isinstance(row, dict) for name in row))
    lines = tuple(
        Line(number, tuple(_text_of(row.get(name)) for name in names))
        if isinstance(row, dict)
        else Line(number, (), "it is no object of JSON")
        for number, row in enumerate(found, 1)
    )
    return Sheet(lines, columns_of(names))


def _text_of(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ";".join(_text_of(item) for item in value)
    if value is None or value != value or isinstance(value, dict):
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else repr(value)


def _text(text: str) -> Sheet:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    comments = 0
    while comments < len(lines) and lines[comments][1].lstrip().startswith("#"):
        comments += 1
    body = lines[comments:]
    delimiter = _delimiter(body[0][1]) if body else ""
    columns = header_of(_split(lines[comments - 1][1].lstrip("# "), delimiter)) if comments else None
    # A remark of one word is no header.
    if columns is not None and len(columns.places) < 2:
        columns = None
    if columns is None and body and (columns := header_of(_split(body[0][1], delimiter))):
        body = body[1:]
    return Sheet(tuple(_lines(body, delimiter)), columns, delimiter, "line")


def _delimiter(line: str) -> str:
    best = max(_DELIMITERS, key=line.count)
    return best if best in line else ""


def _split(record: str, delimiter: str) -> list[str]:
    if not delimiter:
        return next(csv.reader([" ".join(record.split())], delimiter=" "), [])
    return [cell.strip() for cell in next(csv.reader(io.StringIO(record), delimiter=delimiter), [])]


def _lines(lines: Sequence[tuple[int, str]], delimiter: str) -> Iterator[Line]:
    place = 0
    while place < len(lines):
        number, record = lines[place]
        taken = _taken(lines, place) if delimiter else 1
        place += max(taken, 1)
        if record.lstrip().startswith("#"):
            continue
        try:
            record = "\n".join(line for _, line in lines[place - max(taken, 1) : place])
            yield Line(number, tuple(_split(record, delimiter)), "" if taken else "a quote is not closed")
        except csv.Error as error:
            yield Line(number, (), str(error))


def _taken(lines: Sequence[tuple[int, str]], place: int) -> int:
    """How many lines the record there takes, for what is in quotes may be of several; 0 where none closes them."""
    quotes = 0
    for taken in range(1, _LONGEST_CELL + 1):
        if place + taken > len(lines):
            break
        quotes += lines[place + taken - 1][1].count('"')
        if quotes % 2 == 0:
            return taken
    return 0
