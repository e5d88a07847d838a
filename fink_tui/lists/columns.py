"""What the columns of a list mean, by the names that surveys, catalogues and people give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Compared without case, blanks, signs and what stands in brackets. Sources: VizieR's and SIMBAD's column names, the
# schemas of ZTF and Rubin, the target tables of TOM Toolkit and astroplan.
_MEANINGS = {
    "name": "name target targetname object objectname source sourcename mainid designation identifier iauname tnsname",
    "ids": "objects objectid objectids oid id ids ztf ztfid ztfname lsst lsstid diaobjectid",
    "ra": "ra raj2000 ra2000 radeg raicrs raepoch2000 rajdeg rightascension alpha ramean meanra coordra rah rahours"
    " rahour rahms",
    "dec": "dec de decj2000 dej2000 dec2000 decdeg dedeg deicrs decicrs declination delta decmean meandec coorddec"
    " decdms dedms",
    "position": "position coordinates coordinate coords coord radec skycoord pos",
    "equinox": "equinox",
    "class": "class type classification objtype otype",
    "status": "status verdict",
    "until": "snoozeduntil",
    "priority": "priority",
    "tags": "tags tag labels",
    "note": "note notes comment comments remark remarks",
    "surveys": "surveys survey",
    "moving": "ismoving",
}
_BY_NAME = {name: meaning for meaning, names in _MEANINGS.items() for name in names.split()}
_IN_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_HOURS = {"h", "hr", "hrs", "hour", "hours", "hourangle"}
_NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?$")


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each meaning among `width` cells; `others` are names not understood.

    `in_hours` says that a bare number of right ascension is hours.
    """

    places: dict[str, int]
    others: tuple[str, ...]
    width: int
    in_hours: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether rows can be told apart: by a position, an id or a name."""
        has_position = {"ra", "dec"} <= self.places.keys() or "position" in self.places
        return has_position or "ids" in self.places or "name" in self.places


def columns_of(names: Iterable[str], units: Iterable[str | None] = ()) -> Columns:
    """What columns mean. Of two with one meaning the first holds; `units` are those of a table that has them."""
    places: dict[str, int] = {}
    others = []
    in_hours = False
    given, named = [*units], [*names]
    for place, name in enumerate(named):
        bracketed = _IN_BRACKETS.search(name)
        unit = (given[place] if place < len(given) else None) or (bracketed.group(1) if bracketed else "")
        plain = re.sub(r"[^a-z0-9]", "", _IN_BRACKETS.sub("", name).casefold())
        meaning = _BY_NAME.get(plain)
        if meaning is None or meaning in places:
            others += [name] if meaning is None and name.strip() else []
            continue
        places[meaning] = place
        if meaning == "ra":
            in_hours = unit.strip().casefold() in _HOURS or plain in ("rah", "rahour", "rahours")
    return Columns(places, tuple(others), len(named), in_hours)


def header_of(cells: list[str]) -> Columns | None:
    """The columns that a line names, or None where it is a line of the list itself."""
    found = columns_of(cells)
    return found if found.is_enough and not any(_NUMBER.match(cell.strip()) for cell in cells) else None
