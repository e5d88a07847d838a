"""Lines without a header: where in them the position is, and what the rest means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fink_tui.fink.queries.values import survey_of_id
from fink_tui.sky.positions import MINUS_SIGNS, parse_coordinates

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?$")
_HAS_POINT = re.compile(r"[+-]?\d*\.\d*$")
_HAS_PARTS = re.compile(r"[+-]?\d+\s*[:hd°\s].*\d")
_EQUINOX = re.compile(r"[jb]?(1950|2000)(\.0*)?|icrs|fk[45]", re.IGNORECASE)


def rows_of(cells: Sequence[str]) -> list[dict[str, str]]:
    """The rows that a line holds, by what their cells mean: name, ids, ra, dec, equinox. Only ids are several."""
    found = _position(cells)
    if found is None:
        return _without_position(cells)
    first, after, ra, dec = found
    before = [cell.strip() for cell in cells[:first] if cell.strip()]
    # A number before the name counts the lines.
    name = " ".join(before[1:] if len(before) > 1 and _NUMBER.match(before[0]) else before)
    rest = [cell.strip() for cell in cells[after:]]
    equinox = rest.pop(0) if rest and _EQUINOX.fullmatch(rest[0]) else ""
    return [{"name": name or _name_in(rest), "ra": ra, "dec": dec, "equinox": equinox}]


def _name_in(rest: Sequence[str]) -> str:
    return next((cell for cell in rest if cell and not _NUMBER.match(cell)), "")


def _without_position(cells: Sequence[str]) -> list[dict[str, str]]:
    words = [cell.strip() for cell in cells if cell.strip()]
    ids = [word for word in words if survey_of_id(word)]
    if len(ids) == len(words):
        return [{"ids": word} for word in ids]
    # What follows an id is said about it.
    return [{"ids": words[0]}] if words[0] in ids else [{"name": " ".join(words)}]


def _position(cells: Sequence[str]) -> tuple[int, int, str, str] | None:
    """Where a position begins and ends, with its two parts; the notations that can mean nothing else first."""
    cells = [cell.translate(MINUS_SIGNS).strip() for cell in cells]
    parted = _pairs(cells, _HAS_PARTS.match)
    six = [
        (i, i + 6, " ".join(cells[i : i + 3]), " ".join(cells[i + 3 : i + 6]))
        for i in range(len(cells) - 5)
        if all(_NUMBER.match(cell) for cell in cells[i : i + 6])
    ]
    # The sign of a declination tells best where it begins.
    six.sort(key=lambda found: found[3][0] not in "+-")
    pointed = _pairs(cells, _HAS_POINT.match)
    numbers = _pairs(cells, _NUMBER.match)
    for found in (*parted, *six, *pointed, *numbers):
        try:
            parse_coordinates(found[2], found[3])
        except ValueError:
            continue
        return found
    return None


def _pairs(cells: Sequence[str], is_meant: Callable[[str], object]) -> list[tuple[int, int, str, str]]:
    meant = [bool(is_meant(cell)) for cell in cells]
    return [(i, i + 2, cells[i], cells[i + 1]) for i in range(len(cells) - 1) if meant[i] and meant[i + 1]]
