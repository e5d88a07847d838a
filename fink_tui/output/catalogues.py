"""Target lists as programs that plan observations and show the sky read them: plain text, and regions of DS9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fink_tui.output.tables import plain
from fink_tui.sky.coordinates import sexagesimal

Row = Mapping[str, Any]


def as_list(rows: Iterable[Row]) -> str:
    """A line "name ra dec equinox mag" for each row that has a position; the newest magnitude, nan where there is none.

    Names have no blanks. astropy reads it as "ascii.commented_header", and so does fink-tui import.
    """
    lines = ["# name ra dec equinox mag"]
    for name, ra, dec, row in _placed(rows):
        # No blanks, no quotes, and nothing that looks like a remark.
        word = "_".join(name.replace('"', "'").split())
        word = f"_{word}" if word.startswith("#") else word
        mag = "nan" if row.get("last_mag") is None else f"{row['last_mag']:.2f}"
        lines.append(" ".join((word, *sexagesimal(ra, dec, digits=3), "J2000", mag)))
    return "\n".join(lines) + "\n"


def as_regions(rows: Iterable[Row]) -> str:
    """A cross with its name for each row that has a position, as regions that DS9 and Aladin load.

    Source: ds9.si.edu/doc/ref/region.html; text in braces ends at the first closing one.
    """
    lines = ["# Region file format: DS9 version 4.1", "icrs"]
    for name, ra, dec, _ in _placed(rows):
        lines.append(f"point({ra:.7f},{dec:.7f}) # point=cross text={{{name.translate(_NO_BRACES)}}}")
    return "\n".join(lines) + "\n"


_NO_BRACES = str.maketrans("{}", "()")


def unplaced(rows: Iterable[Row]) -> int:
    """How many rows have no position, which these forms leave out."""
    return sum(row.get("ra") is None or row.get("dec") is None for row in rows)


def finder_line(name: str, ra: float, dec: float, band: str | None, mag: float | None) -> str:
    """What one says to an observer: name, position, equinox and how bright it was last."""
    bright = "" if mag is None else f" {band or 'mag'}={mag:.1f}"
    return f"{name} {' '.join(sexagesimal(ra, dec))} J2000{bright}"


def _placed(rows: Iterable[Row]) -> Iterable[tuple[str, float, float, Row]]:
    for row in rows:
        ra, dec = row.get("ra"), row.get("dec")
        if ra is not None and dec is not None:
            yield plain(str(row.get("name") or row.get("object") or "_")).strip() or "_", ra, dec, row
