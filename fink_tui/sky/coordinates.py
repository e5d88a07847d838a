"""Positions as people write them. Angles are degrees, ICRS."""

from __future__ import annotations


def sexagesimal(ra: float, dec: float) -> tuple[str, str]:
    """Right ascension as hh:mm:ss.ss and declination as +dd:mm:ss.s."""
    centi = round(ra % 360.0 / 15.0 * 360_000) % (24 * 360_000)
    tenths = round(abs(dec) * 36_000)
    sign = "-" if dec < 0 and tenths else "+"
    return (
        f"{centi // 360_000:02d}:{centi // 6_000 % 60:02d}:{centi % 6_000 / 100:05.2f}",
        f"{sign}{tenths // 36_000:02d}:{tenths // 600 % 60:02d}:{tenths % 600 / 10:04.1f}",
    )
