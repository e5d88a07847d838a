"""One night at one site, local noon to local noon: twilights, the Sun's and the Moon's rise and set, the Moon's phase.

Off the screen's thread only: it imports numpy. Accuracy: at the moments given the Sun and the Moon are within 0.005
degrees of the altitude that defines them, which is 2 s where they cross it steeply.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fink_tui.alerts.nights import night_bounds, night_of
from fink_tui.sky.horizon import Array, Equator, alt_az
from fink_tui.sky.sites import Site

# The upper limb on a horizon at sea level with 34' of refraction: what almanacs print.
SUNSET = -50.0 / 60.0
REFRACTION = -34.0 / 60.0
TWILIGHTS = {"civil": -6.0, "nautical": -12.0, "astronomical": -18.0}
_STEP_DAYS = 2.0 / 1440.0

Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Night:
    """A night. Times are MJD UTC, altitudes degrees; a span the noon bounds has its end at that noon.

    `sun_down` is when the Sun is below the horizon, `twilights` when it is lower than that of each name, None where
    it never is. `dark` is the darkest of these that occurs, `dark_name` its name. `moonrise` and `moonset` are None
    where there is none this night. `times`, `sun_alt` and `moon_alt` sample the whole night.
    """

    site: Site
    date: str
    span: Span
    sun_down: Span | None
    twilights: dict[str, Span | None]
    dark: Span | None
    dark_name: str
    moonrise: float | None
    moonset: float | None
    times: Array
    sun_alt: Array
    moon_alt: Array
    equator: Equator

    @property
    def remark(self) -> str:
        """What is unusual about the night, in words; empty where it is dark for some of it and day for some."""
        if self.sun_down is None:
            return "the Sun does not set"
        if self.sun_down == self.span:
            return "the Sun does not rise" + ("" if self.dark_name == "astronomical" else f", {_NO_DARK}")
        return "" if self.dark_name == "astronomical" else _NO_DARK


_NO_DARK = "no astronomical night"


def night_at(site: Site, mjd: float) -> Night:
    """The night that a moment belongs to: the one before local noon is the one that ends."""
    return _night(site, night_of(mjd, site.longitude))


def night_ahead(site: Site, mjd: float) -> Night:
    """The night that goes on, or from sunrise on the one that comes."""
    night = night_at(site, mjd)
    is_over = night.sun_down is not None and night.sun_down[1] < mjd
    return night_at(site, night.span[1] + 0.01) if is_over else night


@lru_cache(maxsize=32)
def _night(site: Site, date: str) -> Night:
    start, end = night_bounds(date, site.longitude)
    equator = Equator.at((start + end) / 2.0)
    times = np.linspace(start, end, round((end - start) / _STEP_DAYS) + 1)
    sun = altitude(*equator.sun(times, site), times, site, equator)
    moon = altitude(*equator.moon(times, site), times, site, equator)
    limb = moon + np.degrees(equator.moon_radius(times, site)) - REFRACTION
    below = {name: _longest_below(times, sun - level) for name, level in TWILIGHTS.items()}
    sun_down = _longest_below(times, sun - SUNSET)
    dark_name = next((name for name in ("astronomical", "nautical", "civil") if below[name]), "")
    return Night(
        site=site,
        date=date,
        span=(start, end),
        sun_down=sun_down,
        twilights=below,
        dark=below.get(dark_name),
        dark_name=dark_name,
        moonrise=next(iter(_crossings(times, limb)), None),
        moonset=next(iter(_crossings(times, -limb)), None),
        times=times,
        sun_alt=sun,
        moon_alt=moon,
        equator=equator,
    )


def altitude(ra: Array, dec: Array, mjd: Array, site: Site, equator: Equator) -> Array:
    """Degrees of altitude of positions of date (radians) at moments."""
    hour_angle = equator.sidereal(mjd, site.longitude) - ra
    alt, _ = alt_az(hour_angle, dec, np.radians(site.latitude))
    return np.degrees(alt)


def _crossings(times: Array, values: Array) -> list[float]:
    """When values go from below zero to above it."""
    places = np.flatnonzero((values[:-1] < 0) & (values[1:] >= 0))
    parts = -values[places] / (values[places + 1] - values[places])
    return [float(moment) for moment in times[places] + parts * (times[places + 1] - times[places])]


def _longest_below(times: Array, values: Array) -> Span | None:
    """The longest span in which values are below zero; one at most but at the edge of the polar day."""
    starts, ends = _crossings(times, -values), _crossings(times, values)
    if values[0] < 0:
        starts = [float(times[0]), *starts]
    if values[-1] < 0:
        ends = [*ends, float(times[-1])]
    spans = list(zip(starts, ends, strict=True))
    return max(spans, key=lambda span: span[1] - span[0], default=None)
