"""The simulated sky: which sources there are, and how bright each truly is at a time."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from fink_tui.demo import curves
from fink_tui.demo.curves import faded, flux_from_mag

FIRST_NIGHT = 61365  # MJD of 2026-11-21, whose UTC day holds the first night at both sites

SN_IA, SN_II, KILONOVA = "SN Ia", "SN II", "kilonova"
RR_LYRAE, YOUNG_STAR, M_DWARF, MICROLENSING = "RR Lyrae", "young star", "M dwarf", "microlensing"
AGN, BLAZAR, ASTEROID, BOGUS = "AGN", "blazar", "asteroid", "bogus"

SUPERNOVAE = (SN_IA, SN_II)
STARS = (RR_LYRAE, YOUNG_STAR, M_DWARF, MICROLENSING)
NUCLEI = (AGN, BLAZAR)

# AB magnitudes to add to the r band.
_COLOURS: dict[str, dict[str, float]] = {
    SN_IA: {"u": 0.9, "g": 0.05, "r": 0.0, "i": 0.25, "z": 0.4, "y": 0.5},
    SN_II: {"u": 0.8, "g": 0.2, "r": 0.0, "i": 0.05, "z": 0.1, "y": 0.2},
    KILONOVA: {"u": 0.3, "g": 0.0, "r": 0.0, "i": 0.05, "z": 0.2, "y": 0.3},
    RR_LYRAE: {"u": 1.3, "g": 0.2, "r": 0.0, "i": -0.05, "z": -0.05, "y": -0.05},
    YOUNG_STAR: {"u": 2.4, "g": 1.0, "r": 0.0, "i": -0.6, "z": -0.9, "y": -1.1},
    M_DWARF: {"u": 3.9, "g": 1.4, "r": 0.0, "i": -1.2, "z": -1.8, "y": -2.1},
    MICROLENSING: {"u": 2.0, "g": 0.8, "r": 0.0, "i": -0.3, "z": -0.4, "y": -0.5},
    AGN: {"u": 0.4, "g": 0.2, "r": 0.0, "i": -0.1, "z": -0.2, "y": -0.2},
    BLAZAR: {"u": 0.7, "g": 0.35, "r": 0.0, "i": -0.25, "z": -0.4, "y": -0.5},
    ASTEROID: {"u": 1.9, "g": 0.5, "r": 0.0, "i": -0.15, "z": -0.1, "y": -0.1},
    BOGUS: {"u": 1.5, "g": 0.6, "r": 0.0, "i": -0.2, "z": -0.3, "y": -0.4},
}
_GALAXY_COLOUR = {"u": 2.2, "g": 0.75, "r": 0.0, "i": -0.35, "z": -0.6, "y": -0.75}
_REDNESS = {"u": -1.0, "g": 0.0, "r": 0.4, "i": 0.7, "z": 1.0, "y": 1.2}  # how far a band lies to the red of g


@dataclass(frozen=True, slots=True)
class Source:
    """One thing on the sky.

    `ra`, `dec` in degrees (for a moving one: at FIRST_NIGHT); `mag` the AB r magnitude, at peak for a transient and
    in the mean otherwise; `epoch` in MJD UTC: peak, explosion, closest approach or zero phase; `days` the time scale
    of the kind; `host_mag` the AB r magnitude of the galaxy, `host_arcsec` its distance; `motion` in degrees per day
    along ra and dec; `visits` how often a night it is looked at; `key` seeds everything about it that is random;
    `dia_object_id` is the one LSST knows it by, 0 for one that is made up.
    """

    name: str
    kind: str
    surveys: tuple[str, ...]
    ra: float
    dec: float
    mag: float
    epoch: float
    days: float
    key: str
    host_mag: float | None = None
    host_arcsec: float = 0.0
    designation: str = ""
    motion: tuple[float, float] = (0.0, 0.0)
    tns: str = ""
    visits: int = 6
    dia_object_id: int = 0

    def dice(self, what: str) -> random.Random:
        """A random generator that is always the same for the same source and purpose."""
        return random.Random(f"{self.key}/{what}")


def position(source: Source, mjd: float) -> tuple[float, float]:
    """True right ascension and declination in degrees at an MJD UTC."""
    elapsed = mjd - FIRST_NIGHT
    dec = source.dec + source.motion[1] * elapsed
    ra = source.ra + source.motion[0] * elapsed / math.cos(math.radians(dec))
    return ra % 360.0, dec


def template_flux(source: Source, band: str) -> float:
    """Flux in nJy of what the reference image has at the place of the source."""
    if source.kind in STARS or source.kind in NUCLEI or source.kind == BOGUS:
        return flux_from_mag(source.mag + _COLOURS[source.kind][band])
    if source.host_mag is None:
        return 0.0
    # The light of an exponential disc under the point spread function falls with the distance from its centre.
    return 0.3 * flux_from_mag(source.host_mag + _GALAXY_COLOUR[band]) * math.exp(-source.host_arcsec / 2.5)


def difference_flux(source: Source, mjd: float, band: str) -> float:
    """True flux in nJy that the difference image has at the source, signed, at an MJD UTC."""
    brightness = flux_from_mag(source.mag + _COLOURS[source.kind][band])
    redness = _REDNESS[band]
    age = mjd - source.epoch
    if source.kind == SN_IA:
        fall = source.days * (1.0 + 0.5 * redness)
        return brightness * curves.bazin(age - 1.5 * redness, source.days / 5.0, fall)
    if source.kind == SN_II:
        return brightness * curves.plateau(age, 3.0 + 2.0 * redness, source.days, 1.8 - 1.5 * redness)
    if source.kind == KILONOVA:
        return brightness * curves.kilonova(age, (1.2 - 0.7 * min(redness, 1.0)) / source.days)
    if source.kind == MICROLENSING:
        return brightness * (curves.microlensing(age, source.days, 0.35) - 1.0)
    if source.kind == M_DWARF:
        # The flare is hot whatever the star's colour: flat in flux. One comes every day, within the night.
        since_nearest = (age + 0.5) % 1.0 - 0.5
        return flux_from_mag(source.mag + 0.9) * curves.flare(since_nearest, source.days)
    if source.kind == ASTEROID:
        return brightness * faded(0.15 * math.sin(2.0 * math.pi * age / source.days))
    if source.kind == BOGUS:
        return brightness * source.dice(f"glitch {mjd:.5f}").gauss(0.0, 0.05)
    return brightness * (faded(_variation(source, age)) - 1.0)


def _variation(source: Source, age: float) -> float:
    if source.kind == RR_LYRAE:
        return curves.sawtooth(age, source.days, 0.9)
    if source.kind == YOUNG_STAR:
        return curves.dips(age, source.days, 0.8)
    return curves.wander(age, source.days, 0.45 if source.kind == BLAZAR else 0.25, source.dice("waves"))
