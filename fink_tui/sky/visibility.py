"""What can be observed of many targets from one site, at a moment and in what is left of its night.

Off the screen's thread only: it imports numpy. Positions of a night turn about the pole at one rate, so that rise,
transit, set, best altitude and hours follow in closed form: nothing is sampled. Accuracy against astropy's full
computation: 0.005 degrees in altitude, azimuth (on the sky) and Moon distance, 2 s in transits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fink_tui.sky.horizon import RADIANS_PER_DAY, Array, alt_az, separation
from fink_tui.sky.night import Night

_TURN = 2.0 * np.pi


class Visibility:
    """One target from one site. Degrees, hours, times as MJD UTC; altitudes are those without refraction.

    `best_alt`, `best_time` and `hours` (above the site's least altitude) are of what is left of tonight's dark time;
    None and 0 where nothing is. `airmass` is None below the horizon. `transits`, `rises` and `sets` are the next ones,
    `course` says where there are none. Each is read out of its column when asked for: a list asks for few.
    """

    __slots__ = ("_columns", "_line")

    alt: float
    az: float
    airmass: float | None
    is_rising: bool
    best_alt: float | None
    best_time: float | None
    hours: float
    moon: float
    transits: float
    rises: float | None
    sets: float | None

    def __init__(self, columns: Mapping[str, Array], line: int) -> None:
        self._columns, self._line = columns, line

    def __getattr__(self, name: str) -> Any:
        column = self._columns.get(name)
        if column is None:
            raise AttributeError(name)
        value = column.item(self._line)
        return None if value != value else value

    @property
    def course(self) -> str:
        """Whether it rises and sets."""
        if self.rises is not None:
            return "rises and sets"
        return "never sets" if self._columns["never_sets"].item(self._line) else "never rises"


class Visibilities:
    """Those of many targets, in the order of their positions."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = columns

    def __len__(self) -> int:
        return len(self._columns["alt"])

    def __iter__(self) -> Iterator[Visibility]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int) -> Visibility:
        return Visibility(self._columns, place)


def visibility(ra: Sequence[float], dec: Sequence[float], night: Night, mjd: float) -> Visibilities:
    """The visibility of positions (ICRS, degrees) at a moment of a night."""
    site, equator = night.site, night.equator
    latitude = np.radians(site.latitude)
    ra_date, dec_date = equator.apparent(np.asarray(ra, float), np.asarray(dec, float))
    hour_angle = equator.sidereal(mjd, site.longitude) - ra_date
    alt, az = alt_az(hour_angle, dec_date, latitude)
    # sin(altitude) = level + swing * cos(hour angle)
    level, swing = np.sin(latitude) * np.sin(dec_date), np.cos(latitude) * np.cos(dec_date)
    horizon = _half_arc(level, swing, 0.0)
    crosses = (horizon > 0.0) & (horizon < np.pi)
    degrees = np.degrees(alt)
    best_alt, best_time, hours = _in_the_dark(hour_angle, level, swing, night, mjd)
    return Visibilities(
        {
            "alt": degrees,
            "az": np.degrees(az),
            "airmass": np.where(degrees > 0.0, airmass(degrees), np.nan),
            "is_rising": np.sin(hour_angle) < 0.0,
            "best_alt": best_alt,
            "best_time": best_time,
            "hours": hours,
            "moon": np.degrees(separation(ra_date, dec_date, *equator.moon(mjd, site))),
            "transits": _next(0.0, hour_angle, mjd),
            "rises": np.where(crosses, _next(-horizon, hour_angle, mjd), np.nan),
            "sets": np.where(crosses, _next(horizon, hour_angle, mjd), np.nan),
            "never_sets": horizon == np.pi,
        }
    )


def altitudes(ra: float, dec: float, night: Night) -> Array:
    """The altitude of one position (degrees, ICRS) at the times that a night samples."""
    ra_date, dec_date = night.equator.apparent(ra, dec)
    hour_angle = night.equator.sidereal(night.times, night.site.longitude) - ra_date
    return np.degrees(alt_az(hour_angle, dec_date, np.radians(night.site.latitude))[0])


def airmass(alt: Array) -> Array:
    """Air masses at altitudes in degrees, above the horizon. Pickering 2002, DIO 12, 1, 20 (footnote 39)."""
    above = np.maximum(alt, 0.0)
    return 1.0 / np.sin(np.radians(above + 244.0 / (165.0 + 47.0 * above**1.1)))


def _in_the_dark(hour_angle: Array, level: Array, swing: Array, night: Night, mjd: float) -> tuple[Array, Array, Array]:
    """Best altitude in degrees, its time, and the hours above the least altitude, in what is left of the dark time."""
    nothing = np.full(hour_angle.shape, np.nan)
    start, end = night.dark or (mjd, mjd)
    start = max(start, mjd)
    if start >= end:
        return nothing, nothing, np.zeros(hour_angle.shape)
    # From -pi to pi at the start, so that the next transit is at 0 or at a whole turn.
    first = (hour_angle + RADIANS_PER_DAY * (start - mjd) + np.pi) % _TURN - np.pi
    last = first + RADIANS_PER_DAY * (end - start)
    transit = np.where(first <= 0.0, 0.0, _TURN)
    best = np.where(transit <= last, transit, np.where(np.cos(first) >= np.cos(last), first, last))
    best_alt = np.degrees(np.arcsin(np.clip(level + swing * np.cos(best), -1.0, 1.0)))
    half = _half_arc(level, swing, night.site.least_altitude)
    above = sum(
        np.clip(np.minimum(last, middle + half) - np.maximum(first, middle - half), 0.0, None)
        for middle in (0.0, _TURN, 2.0 * _TURN)
    )
    return best_alt, start + (best - first) / RADIANS_PER_DAY, above / RADIANS_PER_DAY * 24.0


def _half_arc(level: Array, swing: Array, altitude: float) -> Array:
    """The hour angle at which an altitude (degrees) is reached: 0 where it never is, pi where it always is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (np.sin(np.radians(altitude)) - level) / swing
    return np.arccos(np.clip(np.nan_to_num(cosine, nan=1.0), -1.0, 1.0))


def _next(wanted: Array | float, hour_angle: Array, mjd: float) -> Array:
    """When an hour angle is reached next."""
    return mjd + (wanted - hour_angle) % _TURN / RADIANS_PER_DAY
