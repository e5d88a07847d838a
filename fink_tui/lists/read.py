"""Lists of targets as files hold them -> rows for the store, and what is wrong with the other lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fink_tui.alerts.times import from_iso, now
from fink_tui.alerts.values import text
from fink_tui.fink.queries.values import known_id, survey_of_id
from fink_tui.lists.free import rows_of
from fink_tui.lists.sheets import Line, Sheet, read_sheet
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.sky.positions import parse_coordinates, parse_position
from fink_tui.store.decisions import PRIORITIES
from fink_tui.store.listed import Listed
from fink_tui.store.targets import STATUSES

_SURVEYS = ("ztf", "lsst")
_J2000 = ("", "j2000", "2000", "icrs", "fk5")
_B1950 = ("b1950", "1950", "fk4")
# As MPC writes them: 2004 JQ12, C/2023 A3, 67P, (433) Eros, 8467.
_DESIGNATION = re.compile(r"\d{4} [A-Z]{2}\d*|[CPDXAI]/\d{4} [A-Z]\d+.*|\d+[PD](/.*)?|\(\d+\).*|\d{1,7}")
# Where surveys and programs write nan, None, Unknown.
_MAY_BE_MISSING = ("ra", "dec", "ids", "class")
# What a spreadsheet would run has an apostrophe before it (output/tables.py).
_DEFUSED = re.compile(r"'[=+\-@#']")


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of a file, the lines that are none with why not, and what else is to be said.

    `counted` is "line" or "row": what the numbers count.
    """

    counted: str
    rows: tuple[Listed, ...]
    wrong: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]


def read_list(content: bytes) -> Reading:
    """The targets that a file names. Raises UnreadableList."""
    sheet = read_sheet(content)
    rows: list[Listed] = []
    wrong: list[tuple[int, str]] = []
    notes: list[str] = []
    for line in sheet.lines:
        if line.wrong or not any(line.cells):
            wrong += [(line.number, line.wrong)] if line.wrong else []
            continue
        try:
            for cells in _cells(sheet, line):
                rows.append(_row(line.number, cells, sheet, notes))
        except ValueError as error:
            wrong.append((line.number, str(error)))
    return Reading(sheet.counted, tuple(rows), tuple(wrong), (*_about(sheet, rows), *notes))


def _about(sheet: Sheet, rows: list[Listed]) -> list[str]:
    said = []
    if sheet.columns and sheet.columns.others:
        names = sheet.columns.others
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        said.append(f"columns left aside: {', '.join(names[:8])}{more}")
    placed = [row.ra for row in rows if row.ra is not None]
    if len(placed) > 4 and max(placed) < 24.0 and not (sheet.columns and sheet.columns.in_hours):
        said.append("every right ascension is below 24 degrees: if those are hours, call the column ra_hours")
    return said


def _cells(sheet: Sheet, line: Line) -> list[dict[str, str]]:
    columns = sheet.columns
    cells = [_plain(cell) for cell in line.cells]
    if columns is None or (not sheet.delimiter and len(cells) != columns.width):
        return rows_of(cells)
    found = {meaning: cells[at] for meaning, at in columns.places.items() if at < len(cells)}
    return [found | {meaning: text(found.get(meaning)) or "" for meaning in _MAY_BE_MISSING}]


def _plain(cell: str) -> str:
    """Text on one line, free of control characters, and of what keeps a spreadsheet from running it."""
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return cleaned[1:] if _DEFUSED.match(cleaned) else cleaned


def _row(number: int, cells: Mapping[str, str], sheet: Sheet, notes: list[str]) -> Listed:
    """One row. Raises ValueError."""
    name, place = cells.get("name", ""), _place(cells, sheet)
    objects = _objects(cells, name)
    is_moving = cells.get("moving", "").casefold() == "true" or (not objects and _is_designation(name, place))
    if not name:
        name = objects[0][1] if objects else _name_of(place)
    status, priority = cells.get("status", "").casefold(), cells.get("priority", "").removesuffix(".0")
    said = {}
    if status and status not in STATUSES:
        said["status"] = f"{status} is none of {', '.join(STATUSES)}"
    if priority and priority not in map(str, PRIORITIES):
        said["priority"] = f"{priority} is none of {', '.join(map(str, PRIORITIES))}"
    notes += [f"{sheet.counted} {number}: {what} {why}: left aside" for what, why in said.items()]
    return Listed(
        line=number,
        name=name,
        objects=objects,
        ra=place[0] if place else None,
        dec=place[1] if place else None,
        is_moving=is_moving,
        label=cells.get("class") or None,
        status=None if "status" in said else status or None,
        until=_until(cells.get("until", "")) if status == "snooze" else None,
        priority=int(priority) if priority and "priority" not in said else None,
        tags=tuple(sorted({tag for tag in re.split(r"[;,\s]+", cells.get("tags", "")) if tag})),
        note=cells.get("note", ""),
    )


def _place(cells: Mapping[str, str], sheet: Sheet) -> tuple[float, float] | None:
    """Degrees (ICRS), None where the row has no position. Raises ValueError."""
    ra, dec = cells.get("ra", ""), cells.get("dec", "")
    if ra or dec:
        if sheet.delimiter not in ("", ","):
            # Spreadsheets of half of Europe.
            ra, dec = ra.replace(",", "."), dec.replace(",", ".")
        place = parse_coordinates(ra, dec, in_hours=bool(sheet.columns and sheet.columns.in_hours))
    elif cells.get("position"):
        place = parse_position(cells["position"])
    else:
        return None
    equinox = cells.get("equinox", "").casefold().removesuffix(".0").removesuffix(".")
    if equinox in _B1950:
        return _from_b1950(*place)
    if equinox not in _J2000:
        raise ValueError(f"equinox {equinox} is neither J2000 nor B1950")
    return place


def _from_b1950(ra: float, dec: float) -> tuple[float, float]:
    from astropy.coordinates import FK4, SkyCoord

    found = SkyCoord(ra, dec, unit="deg", frame=FK4(equinox="B1950")).icrs
    return float(found.ra.deg), float(found.dec.deg)


def _objects(cells: Mapping[str, str], name: str) -> tuple[tuple[str, str], ...]:
    """The surveys' objects that a row names. An id that looks like none is one only where the row says whose it is."""
    ids = [word.strip() for word in re.split(r"[;,]", cells.get("ids", "")) if word.strip()]
    whose = [survey for survey in re.split(r"[;,\s]+", cells.get("surveys", "").casefold()) if survey in _SURVEYS]
    found = [known_id(word) for word in (*ids, name) if survey_of_id(word)]
    if len(whose) == 1 and cells.get("moving", "").casefold() == "true":
        found += [(whose[0], word) for word in ids if not survey_of_id(word)]
    return tuple(dict.fromkeys(found))


def _is_designation(name: str, place: tuple[float, float] | None) -> bool:
    return place is None and _DESIGNATION.fullmatch(name) is not None


def _name_of(place: tuple[float, float] | None) -> str:
    """A name after the position, as the IAU wants them."""
    if place is None:
        raise ValueError("it has neither a name nor a position nor an id")
    return "J" + "".join(part.replace(":", "") for part in sexagesimal(*place))


def _until(said: str) -> float | None:
    try:
        found = from_iso(said)
    except ValueError:
        return None
    return found if found > now() else None
