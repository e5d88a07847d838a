"""Nights: local noon to local noon, named by the date of their evening."""

from __future__ import annotations

import math
from datetime import date, timedelta

from fink_tui.alerts.times import from_iso

# East longitudes of Palomar and Cerro Pachon, degrees.
SURVEY_LONGITUDES = {"ztf": -116.86, "lsst": -70.75}
_EPOCH = date(1858, 11, 17)


def night_of(mjd: float, longitude: float) -> str:
    """The night (YYYY-MM-DD) of an MJD UTC at an east longitude in degrees, by mean solar time."""
    return (_EPOCH + timedelta(days=math.floor(mjd + longitude / 360.0 - 0.5))).isoformat()


def night_bounds(night: str, longitude: float) -> tuple[float, float]:
    """MJD UTC of the noons a night lies between. Raises ValueError where it is no date YYYY-MM-DD."""
    noon = from_iso(date.fromisoformat(night).isoformat()) + 0.5 - longitude / 360.0
    return noon, noon + 1.0


def survey_nights(night: str) -> dict[str, tuple[float, float]]:
    """For each survey the bounds of a night at its site. Raises ValueError where it is no date YYYY-MM-DD."""
    return {survey: night_bounds(night, longitude) for survey, longitude in SURVEY_LONGITUDES.items()}
