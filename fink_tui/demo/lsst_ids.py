"""Identifiers as Rubin makes them: a visit, a detector and a counter packed into 64 bits."""

from __future__ import annotations

import math

from fink_tui.demo.sky import ASTEROID, Source
from fink_tui.demo.times import utc
from fink_tui.demo.visits import Point

_DAY_ZERO_MJD = 55197  # 2010-01-01, from which the packed days count
_RELEASE = 1 << 15
_SEVEN_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def visit(mjd: float) -> int:
    """The exposure number: the observing day, which begins at noon UTC, and the exposure's place in it."""
    return int(f"{utc(mjd - 0.5):%Y%m%d}") * 100000 + _sequence(mjd)


def detector(source: Source) -> int:
    """The detector that the source falls on."""
    return source.dice("detector").randrange(189)


def source_id(point: Point) -> int:
    """diaSourceId: 18 digits, beyond what a float can hold."""
    return _packed(point.source, point.mjd, point.dice("counter").randrange(1, 1 << 18))


def forced_id(point: Point) -> int:
    """diaForcedSourceId of the forced measurement on the same exposure."""
    return _packed(point.source, point.mjd, point.dice("forced counter").randrange(1 << 18, 1 << 19))


def object_id(source: Source) -> int:
    """diaObjectId, made like the identifier of a first source; 0 for a moving one, which has no object."""
    if source.kind == ASTEROID:
        return 0
    if source.dia_object_id:
        return source.dia_object_id
    born = min(source.epoch, 61300.0 + source.dice("born").random())
    return _packed(source, max(born, 61080.0), source.dice("object").randrange(1 << 19))


def solar_system_id(designation: str) -> int:
    """ssObjectId: the seven letters of the packed designation read as one number, 0 without a designation."""
    return int.from_bytes(packed_designation(designation).encode(), "big") if designation else 0


def packed_designation(designation: str) -> str:
    """The Minor Planet Center's seven letters for a provisional designation such as "2004 JQ12"."""
    year, rest = designation.split()
    cycle = int(rest[2:] or 0)
    century = _SEVEN_LETTERS[int(year[:2])]
    return f"{century}{year[2:]}{rest[0]}{_SEVEN_LETTERS[cycle // 10]}{cycle % 10}{rest[1]}"


def _sequence(mjd: float) -> int:
    return int((mjd - 0.5) % 1.0 * 86400.0 / 39.0)  # one exposure every 39 s


def _packed(source: Source, mjd: float, counter: int) -> int:
    day = math.floor(mjd - 0.5) - _DAY_ZERO_MJD
    return (_RELEASE | day) << 42 | _sequence(mjd) << 27 | detector(source) << 19 | counter
