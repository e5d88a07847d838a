"""Positions and angles as people write them -> degrees and arcseconds."""

from __future__ import annotations

import re


class OffTheSphere(ValueError):
    """It is written as a position, but there is no such place."""


_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?"
_DECIMAL = re.compile(rf"({_NUMBER})(?:\s*(?:deg|d|°))?$")
# Three or two parts, parted by colons, spaces or their own letters and signs.
_PARTS = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<first>\d+)\s*(?P<unit>[:hd°\s])\s*(?P<second>\d+(?:\.\d*)?)"
    r"(?:\s*[:m'′\s]\s*(?P<third>\d+(?:\.\d*)?)?\s*(?:s|\"|″|'')?)?$"
)
_IS_TWO_NUMBERS = re.compile(r"\d+\s+\d+(?:\.\d*)?")
MINUS_SIGNS = str.maketrans("−–—", "---")
_UNITS = {
    "": 1.0, '"': 1.0, "″": 1.0, "''": 1.0, "as": 1.0, "asec": 1.0, "arcsec": 1.0, "arcsecs": 1.0, "arcsecond": 1.0,
    "arcseconds": 1.0, "'": 60.0, "′": 60.0, "am": 60.0, "amin": 60.0, "arcmin": 60.0, "arcmins": 60.0,
    "arcminute": 60.0, "arcminutes": 60.0, "d": 3600.0, "°": 3600.0, "deg": 3600.0, "degs": 3600.0,
    "degree": 3600.0, "degrees": 3600.0,
}  # fmt: skip
_RADIUS = re.compile(r"(\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-z°\"'′″]*)$", re.IGNORECASE)


def parse_radius(text: str) -> float:
    """Arcseconds of an angle such as 5, 5 arcsec, 2', 1.5 arcmin, 0.5 deg; without a unit arcsec. Raises ValueError."""
    found = _RADIUS.match(text.strip())
    factor = _UNITS.get(found.group(2).lower()) if found else None
    if found is None or factor is None:
        raise ValueError("expected an angle such as 5 arcsec, 2 arcmin or 0.5 deg")
    return float(found.group(1)) * factor


def parse_position(text: str) -> tuple[float, float]:
    """Degrees (ICRS) of a position in one text. Raises ValueError.

    "193.8 -5.2" and "193.8, -5.2" are degrees; "12 55 17 -05 12 03", "12:55:17.1 -05:12:03" and "12h55m17s -5d12m"
    have hours first, "193d49m -5d12m" degrees.
    """
    cleaned = text.translate(MINUS_SIGNS).strip().strip("()")
    for first, second in _halves(cleaned):
        if _IS_TWO_NUMBERS.fullmatch(first) and _DECIMAL.match(second):
            # "10 10 -5" is as likely a position and a radius.
            break
        ra, dec = _angle(first, is_ra=True), _angle(second, is_ra=False)
        if ra is not None and dec is not None:
            return _on_the_sphere(ra, dec)
    raise ValueError("expected a position such as 193.822 2.897, 12:55:17.1 -05:12:03 or 12h55m17s -5d12m03s")


def parse_coordinates(ra: str, dec: str, *, in_hours: bool = False) -> tuple[float, float]:
    """Degrees (ICRS) of a right ascension and a declination in texts of their own. Raises ValueError.

    A bare number is degrees, of right ascension hours with `in_hours`; parts are hours and degrees.
    """
    found_ra, found_dec = (
        _angle(text.translate(MINUS_SIGNS), is_ra=is_ra) for text, is_ra in ((ra, True), (dec, False))
    )
    if found_ra is None or found_dec is None:
        raise ValueError(f"{f'{ra} {dec}'.strip()[:60] or 'nothing'} is no position")
    is_bare = _DECIMAL.match(ra.strip().lower()) is not None
    return _on_the_sphere(found_ra * (15.0 if in_hours and is_bare else 1.0), found_dec)


def _halves(text: str) -> list[tuple[str, str]]:
    """The ways the text may part into right ascension and declination, the likelier first."""
    if "," in text:
        first, _, second = text.partition(",")
        return [(first.strip(), second.strip())]
    signed = re.match(r"(\S.*?)\s*([+-].*)$", text)
    if signed:
        return [(signed.group(1).strip(), signed.group(2).strip())]
    words = text.split()
    middle = len(words) // 2
    return [(" ".join(words[:middle]), " ".join(words[middle:]))] if words and len(words) % 2 == 0 else []


def _angle(text: str, *, is_ra: bool) -> float | None:
    """Degrees, or None where it is no angle."""
    text = text.strip().lower()
    if decimal := _DECIMAL.match(text):
        return float(decimal.group(1))
    hours = re.fullmatch(rf"({_NUMBER})\s*h", text)
    if hours and is_ra:
        return float(hours.group(1)) * 15.0
    parts = _PARTS.match(text)
    if parts is None:
        return None
    minutes, seconds = float(parts["second"]), float(parts["third"] or 0.0)
    if minutes >= 60.0 or seconds >= 60.0:
        raise OffTheSphere(f"{text}: minutes and seconds go up to 60")
    if parts["unit"] == "h" and not is_ra:
        return None
    size = int(parts["first"]) + minutes / 60.0 + seconds / 3600.0
    in_hours = is_ra and parts["unit"] not in "d°"
    return (-size if parts["sign"] == "-" else size) * (15.0 if in_hours else 1.0)


def _on_the_sphere(ra: float, dec: float) -> tuple[float, float]:
    if not -90.0 <= dec <= 90.0:
        raise OffTheSphere(f"declination {dec:g} is outside -90 to +90 degrees")
    if not 0.0 <= ra <= 360.0:
        raise OffTheSphere(f"right ascension {ra:g} is outside 0 to 360 degrees")
    return ra % 360.0, dec
