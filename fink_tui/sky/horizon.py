"""From positions of the catalogue (ICRS) to a site's horizon, for whole arrays at once. Needs no network, ever.

What is done: precession and nutation IAU 2006/2000A, Earth rotation and aberration by ERFA, the library under astropy;
topocentric parallax of Sun and Moon. What is left out: refraction (altitudes are those without air), the bending of
light by the Sun, polar motion, and UT1 - UTC, below 0.9 s by definition: together 0.004 degrees at most, 0.0006 in
2026. So there is no table of the Earth's rotation to be too old, nor to be downloaded. The Moon is that of ERFA's and
astropy's own theory (moon98), 20 arcseconds from the best there is at worst.

Arrays are numpy's, angles radians, times MJD UTC unless a name says otherwise. To be imported off the screen's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import erfa
import numpy as np

from fink_tui.sky.sites import Site

Array: TypeAlias = Any

MJD = 2400000.5
TURNS_PER_DAY = 1.00273781191135448  # of the Earth against the stars; IERS Conventions 2010, eq. 5.15
RADIANS_PER_DAY = 2.0 * np.pi * TURNS_PER_DAY
_TT_MINUS_UTC = (37.0 + 32.184) / 86400.0  # since 2017, IERS Bulletin C
_LIGHT_FROM_SUN = 499.005 / 86400.0
_SPEED_OF_LIGHT = 173.144632674  # au per day
_AU_M = 149597870700.0
_MOON_RADIUS_AU = 1737.4e3 / _AU_M


@dataclass(frozen=True, eq=False)
class Equator:
    """The true equator and equinox around a moment; good for a day to either side of it to 0.2 arcseconds."""

    mjd: float
    matrix: Array
    velocity: Array

    @classmethod
    def at(cls, mjd: float) -> Equator:
        """The equator of date at an MJD UTC."""
        tt = mjd + _TT_MINUS_UTC
        _, barycentric = erfa.epv00(MJD, tt)
        return cls(mjd, erfa.pnm06a(MJD, tt), barycentric["v"] / _SPEED_OF_LIGHT)

    def apparent(self, ra: Array, dec: Array) -> tuple[Array, Array]:
        """Right ascension and declination of date, with aberration, of ICRS positions in degrees."""
        ra, dec = np.radians(ra), np.radians(dec)
        return self._direction(np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1))

    def sun(self, mjd: Array, site: Site) -> tuple[Array, Array]:
        """The Sun's right ascension and declination of date seen from a site."""
        heliocentric, _ = erfa.epv00(MJD, mjd + _TT_MINUS_UTC - _LIGHT_FROM_SUN)
        return _angles(-heliocentric["p"] @ self.matrix.T - self._place(mjd, site))

    def moon(self, mjd: Array, site: Site) -> tuple[Array, Array]:
        """The Moon's right ascension and declination of date seen from a site."""
        return _angles(self._moon(mjd) - self._place(mjd, site))

    def moon_radius(self, mjd: Array, site: Site) -> Array:
        """The Moon's apparent radius."""
        return np.arcsin(_MOON_RADIUS_AU / np.linalg.norm(self._moon(mjd) - self._place(mjd, site), axis=-1))

    def moon_phase(self, mjd: float) -> tuple[float, bool]:
        """Illuminated fraction of the Moon's disc, and whether it grows. Meeus, Astronomical Algorithms, ch. 48."""
        sun = -erfa.epv00(MJD, mjd + _TT_MINUS_UTC - _LIGHT_FROM_SUN)[0]["p"]
        moon = erfa.moon98(MJD, mjd + _TT_MINUS_UTC)["p"]
        phase_angle = erfa.sepp(-moon, sun - moon)
        return float((1.0 + np.cos(phase_angle)) / 2.0), bool(np.cross(sun, moon)[2] > 0)

    def sidereal(self, mjd: Array, longitude: float) -> Array:
        """Local apparent sidereal time at an east longitude in degrees."""
        return erfa.gst06(MJD, mjd, MJD, mjd + _TT_MINUS_UTC, self.matrix) + np.radians(longitude)

    def _direction(self, vectors: Array) -> tuple[Array, Array]:
        along = vectors @ self.velocity
        # To the first order; the second is 0.001 arcseconds.
        seen = vectors + self.velocity - along[..., np.newaxis] * vectors
        return _angles(seen @ self.matrix.T)

    def _moon(self, mjd: Array) -> Array:
        # Light time and aberration together are the Moon's own motion in 1.3 s, 0.7 arcseconds.
        return erfa.moon98(MJD, mjd + _TT_MINUS_UTC)["p"] @ self.matrix.T

    def _place(self, mjd: Array, site: Site) -> Array:
        """Where the site is, in au from the Earth's centre."""
        fixed = erfa.gd2gc(1, np.radians(site.longitude), np.radians(site.latitude), site.height) / _AU_M
        turned = self.sidereal(mjd, 0.0)
        cos, sin = np.cos(turned), np.sin(turned)
        return np.stack(
            [cos * fixed[0] - sin * fixed[1], sin * fixed[0] + cos * fixed[1], fixed[2] + 0.0 * turned], axis=-1
        )


def _angles(vectors: Array) -> tuple[Array, Array]:
    longitude, latitude = erfa.c2s(vectors)
    return longitude, latitude


def alt_az(hour_angle: Array, dec: Array, latitude: float) -> tuple[Array, Array]:
    """Altitude, and azimuth from north over east, of hour angles and declinations of date at a latitude (radians)."""
    az, alt = erfa.hd2ae(hour_angle, dec, latitude)
    return alt, az


def separation(ra: Array, dec: Array, other_ra: Array, other_dec: Array) -> Array:
    """The angle between directions."""
    return erfa.seps(ra, dec, other_ra, other_dec)
