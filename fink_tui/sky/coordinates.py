"""Positions as people write them. Angles are degrees, ICRS."""

from __future__ import annotations

import math


def sexagesimal(ra: float, dec: float) -> tuple[str, str]:
    """Right ascension as hh:mm:ss.ss and declination as +dd:mm:ss.s."""
    centi = round(ra % 360.0 / 15.0 * 360_000) % (24 * 360_000)
    tenths = round(abs(dec) * 36_000)
    sign = "-" if dec < 0 and tenths else "+"
    return (
        f"{centi // 360_000:02d}:{centi // 6_000 % 60:02d}:{centi % 6_000 / 100:05.2f}",
        f"{sign}{tenths // 36_000:02d}:{tenths // 600 % 60:02d}:{tenths % 600 / 10:04.1f}",
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
