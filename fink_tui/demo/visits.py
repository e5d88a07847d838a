"""When each source is looked at, how deep, and what is measured there."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from functools import lru_cache

from fink_tui.demo.curves import flux_from_mag, mag_from_flux
from fink_tui.demo.sky import ASTEROID, FIRST_NIGHT, M_DWARF, Source, difference_flux, position, template_flux

DETECTION_SIGMA = 5.0
ALERT_HISTORY_DAYS = {"ztf": 30, "lsst": 365}
_SURVEY_START = {"ztf": FIRST_NIGHT - 90, "lsst": FIRST_NIGHT - 60}
_LONGITUDE = {"ztf": -116.863, "lsst": -70.749}  # degrees east: Palomar, Cerro Pachon
_NIGHT = {"ztf": (0.092, 0.535), "lsst": (0.040, 0.325)}  # astronomical night in November, fractions of the UTC day
_HOURS_UP = 4.8  # largest hour angle at which a source is observed
_DEPTH = {  # 5 sigma AB magnitudes
    "ztf": {"g": 20.6, "r": 20.4, "i": 19.8},
    "lsst": {"u": 23.0, "g": 24.1, "r": 23.7, "i": 23.1, "z": 22.5, "y": 21.5},
}
_CYCLE = {"ztf": "grgrgri", "lsst": "grizgriuzrgy"}
_SEEING = {"ztf": 2.1, "lsst": 1.0}  # arcsec
_CENTROID = {"ztf": 0.12, "lsst": 0.04}  # arcsec of scatter


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement of one source on one exposure, detected or not.

    `mjd` is UTC; `flux` and `flux_err` the signed difference flux in nJy, `template` that of the reference;
    `limit` the 5 sigma AB magnitude of the exposure; `ra`, `dec` in degrees as measured; `seeing` in arcsec.
    """

    source: Source
    survey: str
    mjd: float
    band: str
    limit: float
    flux: float
    flux_err: float
    template: float
    ra: float
    dec: float
    seeing: float

    @property
    def is_detected(self) -> bool:
        """Whether the difference flux, of either sign, stands out by 5 sigma."""
        return abs(self.flux) >= DETECTION_SIGMA * self.flux_err

    @property
    def mag(self) -> float:
        """AB magnitude of the size of the difference flux."""
        return mag_from_flux(abs(self.flux))

    @property
    def mag_err(self) -> float:
        """Its error in magnitudes, to first order."""
        return 2.5 / math.log(10.0) * self.flux_err / abs(self.flux)

    def dice(self, what: str) -> random.Random:
        """A random generator that is always the same for this point and purpose."""
        return self.source.dice(f"{self.survey} {self.mjd:.6f} {what}")


def history(source: Source, survey: str, until: float) -> list[Point]:
    """What the survey measured of a source before an MJD UTC, as far back as its alerts reach, oldest first.

    For a moving source: of the place where it is at that time, so nothing is detected there.
    """
    since = max(float(_SURVEY_START[survey]), until - ALERT_HISTORY_DAYS[survey])
    return _between(source, survey, since, until)


def first_detection(source: Source, survey: str, until: float) -> float | None:
    """MJD UTC of the first detection before a time, or None."""
    points = _between(source, survey, float(_SURVEY_START[survey]), until)
    return next((p.mjd for p in points if p.is_detected), None)


def detections_before(source: Source, survey: str, until: float) -> int:
    """How many detections there were before an MJD UTC, since the survey began."""
    return sum(p.is_detected for p in _between(source, survey, float(_SURVEY_START[survey]), until))


def _between(source: Source, survey: str, since: float, until: float) -> list[Point]:
    nights = range(math.floor(since), math.floor(until) + 1)
    points = [p for night in nights for p in points_of_night(source, survey, night) if since <= p.mjd < until]
    if source.kind == ASTEROID:
        return [replace(p, flux=0.0) for p in points]
    return points


@lru_cache(maxsize=6000)
def points_of_night(source: Source, survey: str, night: int) -> tuple[Point, ...]:
    """Every measurement of a source in one night (MJD of its UTC day), in order of time."""
    dice = source.dice(f"{survey} night {night}")
    cycle = _CYCLE[survey]
    first = dice.randrange(len(cycle))
    times = _times(source, survey, night, dice)
    return tuple(_measure(source, survey, mjd, cycle[(first + k) % len(cycle)]) for k, mjd in enumerate(times))


def _times(source: Source, survey: str, night: int, dice: random.Random) -> list[float]:
    visits = source.visits
    if night < FIRST_NIGHT:
        # The nights before are a survey's ordinary ones: a pair of visits, gaps for the cadence and the weather.
        visits = 2 if (night + len(source.name)) % 2 == 0 and dice.random() < 0.85 else 0
    begin, end = (night + fraction for fraction in _NIGHT[survey])
    transit = _transit(source.ra, survey, night)
    begin, end = max(begin, transit - _HOURS_UP / 24.0), min(end, transit + _HOURS_UP / 24.0)
    if visits == 0 or end <= begin:
        return []
    if source.kind == M_DWARF and night >= FIRST_NIGHT:
        # A flare lasts less than the usual gap between visits; only a dense run of exposures shows it.
        begin, end = source.epoch % 1.0 + night - 0.012, source.epoch % 1.0 + night + 0.05
    step = (end - begin) / visits
    return [begin + step * k + dice.uniform(0.0, min(step * 0.9, 0.017)) for k in range(visits)]


def _transit(ra: float, survey: str, night: int) -> float:
    middle = night + sum(_NIGHT[survey]) / 2.0
    # Mean sidereal time in degrees, Meeus, Astronomical Algorithms, equation 12.4 to first order.
    sidereal = 280.46062 + 360.98564737 * (middle - 51544.5) + _LONGITUDE[survey]
    hour_angle = (sidereal - ra + 180.0) % 360.0 - 180.0
    return middle - hour_angle / 360.98564737


def _measure(source: Source, survey: str, mjd: float, band: str) -> Point:
    dice = source.dice(f"{survey} {mjd:.6f}")
    limit = _DEPTH[survey][band] + dice.gauss(0.0, 0.2) - (0.9 if dice.random() < 0.08 else 0.0)
    truth = difference_flux(source, mjd, band)
    template = template_flux(source, band)
    # Beyond the sky's noise, a calibration floor of half a percent of all the light under the source.
    error = math.hypot(flux_from_mag(limit) / DETECTION_SIGMA, 0.005 * (abs(truth) + template))
    ra, dec = position(source, mjd)
    scatter = _CENTROID[survey] / 3600.0
    return Point(
        source=source,
        survey=survey,
        mjd=mjd,
        band=band,
        limit=limit,
        flux=truth + dice.gauss(0.0, error),
        flux_err=error,
        template=template,
        ra=(ra + dice.gauss(0.0, scatter) / math.cos(math.radians(dec))) % 360.0,
        dec=dec + dice.gauss(0.0, scatter),
        seeing=_SEEING[survey] * dice.uniform(0.8, 1.4),
    )
