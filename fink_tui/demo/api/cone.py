"""Places and times in the notations that the API takes, read by astropy as there, and what lies around a place."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from fink_tui.demo.api.database import Alert
from fink_tui.demo.api.errors import refusal
from fink_tui.demo.times import JD_OF_MJD

_LARGEST = 18000.0  # arcsec
_TOO_LARGE = "`radius` cannot be bigger than 18,000 arcseconds (5 degrees).\n"


@dataclass(frozen=True, slots=True)
class Cone:
    """A circle on the sky, all in degrees."""

    ra: float
    dec: float
    radius: float

    def latest_in(self, objects: Iterable[list[Alert]]) -> list[tuple[float, Alert]]:
        """The last alert of each object within, with its separation in degrees, the nearest first."""
        found = [(separation(self.ra, self.dec, alerts[0].ra, alerts[0].dec), alerts[0]) for alerts in objects]
        return sorted((pair for pair in found if pair[0] <= self.radius), key=lambda pair: pair[0])


def cone_of(arguments: Any) -> Cone:
    """The cone of a search; raises Refused for one too wide or without a place, ValueError without a radius."""
    ra, dec = arguments["ra"], arguments["dec"]
    radius = float(arguments["radius"])
    if radius > _LARGEST:
        raise refusal(_TOO_LARGE)
    try:
        place = _place(ra, dec)
    except ValueError as error:
        raise refusal(error) from error
    if not radius >= 0.0:
        raise ValueError("no such disc")
    return Cone(float(place.ra.deg), float(place.dec.deg), radius / 3600.0)


def _place(ra: Any, dec: Any) -> Any:
    coordinates = _astropy("coordinates")
    if "h" in str(ra):
        return coordinates.SkyCoord(ra, dec, frame="icrs")
    if ":" in str(ra) or " " in str(ra):
        return coordinates.SkyCoord(ra, dec, frame="icrs", unit=("hourangle", "deg"))
    return coordinates.SkyCoord(ra, dec, frame="icrs", unit="deg")


@cache
def _astropy(part: str) -> Any:
    """Imported when first used, as it takes half a second, and told not to look for newer tables on the network."""

    importlib.import_module("astropy.utils.iers").conf.auto_download = False
    return importlib.import_module(f"astropy.{part}")


def separation(ra: float, dec: float, other_ra: float, other_dec: float) -> float:
    """The angle between two places, all in degrees: Vincenty's formula, good at the poles and for small ones."""
    along = math.radians(other_ra - ra)
    up, other = math.radians(dec), math.radians(other_dec)
    x = math.cos(other) * math.sin(along)
    y = math.cos(up) * math.sin(other) - math.sin(up) * math.cos(other) * math.cos(along)
    z = math.sin(up) * math.sin(other) + math.cos(up) * math.cos(other) * math.cos(along)
    return math.degrees(math.atan2(math.hypot(x, y), z))


def mjd_of_iso(time: Any) -> float:
    """MJD of a time that astropy takes as it stands, which is ISO 8601 alone; raises ValueError for other text."""
    return float(_astropy("time").Time(time).mjd)


def mjd_of_any(time: Any) -> float:
    """MJD of a time in ISO 8601, JD or MJD, as the cone search takes it; raises ValueError."""
    try:
        number = float(time)
    except ValueError:
        return mjd_of_iso(time)
    return number - JD_OF_MJD if number // 2400000 else number


def constellations(places: list[tuple[float, float]]) -> list[str]:
    """The full names of the constellations of places in degrees."""
    if not places:
        return []
    coordinates = _astropy("coordinates")
    ras, decs = [ra for ra, _ in places], [dec for _, dec in places]
    found = coordinates.get_constellation(coordinates.SkyCoord(ras, decs, unit="deg"))
    return [str(name) for name in found]
