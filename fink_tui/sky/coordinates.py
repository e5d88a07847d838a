"""Positions as people write them. Angles are degrees, ICRS."""

from __future__ import annotations

import math


def sexagesimal(ra: float, dec: float, digits: int = 2) -> tuple[str, str]:
    """Right ascension as hh:mm:ss.ss and declination as +dd:mm:ss.s: `digits` of seconds of time, one less of arc."""
    of_time, of_arc = 10**digits, 10 ** (digits - 1)
    time = round(ra % 360.0 / 15.0 * 3600 * of_time) % (24 * 3600 * of_time)
    arc = round(abs(dec) * 3600 * of_arc)
    sign = "-" if dec < 0 and arc else "+"
    return (
        f"{time // (3600 * of_time):02d}:{time // (60 * of_time) % 60:02d}:"
        f"{time % (60 * of_time) / of_time:0{digits + 3}.{digits}f}",
        f"{sign}{arc // (3600 * of_arc):02d}:{arc // (60 * of_arc) % 60:02d}:"
        f"{arc % (60 * of_arc) / of_arc:0{digits + 2}.{digits - 1}f}",
    )


def galactic_latitude(ra: float, dec: float) -> float:
    """Degrees, of a position in degrees (ICRS). Pole as in the Hipparcos catalogue (ESA SP-1200, vol. 1, 1.5.3)."""
    pole_ra, pole_dec = math.radians(192.85948), math.radians(27.12825)
    from_pole = math.radians(ra) - pole_ra
    sine = math.sin(math.radians(dec)) * math.sin(pole_dec)
    sine += math.cos(math.radians(dec)) * math.cos(pole_dec) * math.cos(from_pole)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def separation_arcsec(ra: float, dec: float, other_ra: float, other_dec: float) -> float:
    """Arcseconds between two positions in degrees, by the haversine, which is exact for small angles."""
    first, second = math.radians(dec), math.radians(other_dec)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(other_ra - ra) / 2) ** 2
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(half)))) * 3600.0
