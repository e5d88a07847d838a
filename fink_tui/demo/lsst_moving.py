"""What an LSST alert says of a solar system object: where it was expected and which orbit it is on."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fink_tui.demo import lsst_ids
from fink_tui.demo.schemas import filled
from fink_tui.demo.sky import Source, position
from fink_tui.demo.visits import Point

_OBLIQUITY = math.radians(23.4393)
# Equatorial J2000 to galactic: the rows are the galactic axes (ESA, The Hipparcos Catalogue, 1997, equation 1.5.11).
_GALACTIC = np.array(
    [
        [-0.05487556, -0.87343709, -0.48383502],
        [0.49410943, -0.44482963, 0.74698224],
        [-0.86766615, -0.19807637, 0.45598378],
    ]
)
_ECLIPTIC = np.array(
    [
        [1.0, 0.0, 0.0],
        [0.0, math.cos(_OBLIQUITY), math.sin(_OBLIQUITY)],
        [0.0, -math.sin(_OBLIQUITY), math.cos(_OBLIQUITY)],
    ]
)

Vector = NDArray[np.float64]
Values = dict[str, Any]


def ss_source(point: Point) -> Values:
    """The `ssSource` record: angles in degrees, distances in au, speeds in km/s, offsets in arcsec."""
    source = point.source
    ra, dec = position(source, point.mjd)
    topo = source.dice("distance").uniform(1.2, 1.9) * _direction(ra, dec)
    earth = _earth(point.mjd)
    helio = earth + topo
    # A circular orbit prograde in the ecliptic is good enough for the direction of motion.
    speed = math.sqrt(887.1 / float(np.linalg.norm(helio)))
    velocity = speed * _unit(np.cross(_ECLIPTIC[2], helio))
    relative = velocity - 29.78 * _unit(np.cross(_ECLIPTIC[2], earth))
    values: Values = {
        "diaSourceId": lsst_ids.source_id(point),
        "ssObjectId": lsst_ids.solar_system_id(source.designation),
        "designation": source.designation,
        **dict(zip(("eclLambda", "eclBeta"), _angles(_ECLIPTIC @ topo), strict=True)),
        **dict(zip(("galLon", "galLat"), _angles(_GALACTIC @ topo), strict=True)),
        "elongation": _between(topo, -earth),
        "phaseAngle": _between(-topo, -helio),
        "topoRange": float(np.linalg.norm(topo)),
        "topoRangeRate": float(relative @ _unit(topo)),
        "helioRange": float(np.linalg.norm(helio)),
        "helioRangeRate": float(velocity @ _unit(helio)),
        **_ephemeris(point, ra, dec),
        **_components("helio", helio, velocity),
        **_components("topo", topo, relative),
        "diaDistanceRank": 1,
    }
    return filled("lsst", "ssSource", values)


def _ephemeris(point: Point, ra: float, dec: float) -> Values:
    off_ra = (point.ra - ra) * math.cos(math.radians(dec)) * 3600.0
    off_dec = (point.dec - dec) * 3600.0
    along_ra, along_dec = point.source.motion
    rate = math.hypot(along_ra, along_dec)
    return {
        "ephRa": ra,
        "ephDec": dec,
        "ephVmag": point.source.mag + 0.2,
        "ephRate": rate,
        "ephRateRa": along_ra,
        "ephRateDec": along_dec,
        "ephOffset": math.hypot(off_ra, off_dec),
        "ephOffsetRa": off_ra,
        "ephOffsetDec": off_dec,
        "ephOffsetAlongTrack": (off_ra * along_ra + off_dec * along_dec) / rate,
        "ephOffsetCrossTrack": (off_dec * along_ra - off_ra * along_dec) / rate,
    }


def mpc_orbit(point: Point) -> Values:
    """The `mpc_orbits` record of the Minor Planet Center: lengths in au, angles in degrees, times in MJD or days."""
    source = point.source
    dice = source.dice("orbit")
    a, e = dice.uniform(2.2, 3.2), dice.uniform(0.03, 0.24)
    motion = 0.9856076686 / a**1.5  # Kepler's third law, degrees per day
    observations = dice.randint(60, 900)
    elements = {
        "a": a,
        "q": a * (1.0 - e),
        "e": e,
        "i": dice.uniform(1.0, 18.0),
        "node": dice.uniform(0.0, 360.0),
        "argperi": dice.uniform(0.0, 360.0),
        "peri_time": 61200.0 + dice.uniform(0.0, 900.0),
        "mean_anomaly": dice.uniform(0.0, 360.0),
        "period": 360.0 / motion,
        "mean_motion": motion,
    }
    values: Values = {
        "id": dice.randint(1, 1_500_000),
        "designation": source.designation,
        "packed_primary_provisional_designation": lsst_ids.packed_designation(source.designation),
        "unpacked_primary_provisional_designation": source.designation,
        "mpc_orb_jsonb": _orbit_text(source, elements),
        "created_at": 1_735_000_000_000_000,
        "updated_at": 1_790_000_000_000_000,
        "orbit_type_int": 11,
        "u_param": dice.randint(0, 3),
        "nopp": dice.randint(3, 12),
        "arc_length_total": dice.uniform(1000.0, 9000.0),
        "nobs_total": observations,
        "nobs_total_sel": observations - dice.randint(0, 9),
        **elements,
        **{f"{name}_unc": abs(dice.gauss(0.0, 1e-7)) for name in elements},
        "epoch_mjd": 61200.0,
        "h": source.mag - 4.0,
        "g": 0.15,
        "not_normalized_rms": 0.3,
        "normalized_rms": 0.6,
        "earth_moid": a * (1.0 - e) - 1.0,
        "fitting_datetime": 1_790_000_000_000_000,
    }
    return filled("lsst", "mpc_orbits", values)


def _orbit_text(source: Source, elements: dict[str, float]) -> str:
    names = {
        "unpacked_primary_provisional_designation": source.designation,
        "packed_primary_provisional_designation": lsst_ids.packed_designation(source.designation),
    }
    keplerian = {"coefficient_names": list(elements), "coefficient_values": list(elements.values())}
    return json.dumps({"KEP": keplerian, "designation_data": names})


def _components(frame: str, place: Vector, velocity: Vector) -> Values:
    values = {f"{frame}_{axis}": float(value) for axis, value in zip("xyz", place, strict=True)}
    values |= {f"{frame}_v{axis}": float(value) for axis, value in zip("xyz", velocity, strict=True)}
    return {**values, f"{frame}_vtot": float(np.linalg.norm(velocity))}


def _earth(mjd: float) -> Vector:
    """The Earth seen from the Sun in au, equatorial: Meeus, Astronomical Algorithms, chapter 25, low accuracy."""
    days = mjd - 51544.5
    anomaly = math.radians(357.529 + 0.98560028 * days)
    longitude = math.radians(280.459 + 0.98564736 * days + 1.915 * math.sin(anomaly))
    in_ecliptic = np.array([-math.cos(longitude), -math.sin(longitude), 0.0])
    return np.asarray(_ECLIPTIC.T @ in_ecliptic)


def _direction(ra: float, dec: float) -> Vector:
    along, up = math.radians(ra), math.radians(dec)
    return np.array([math.cos(up) * math.cos(along), math.cos(up) * math.sin(along), math.sin(up)])


def _angles(place: Vector) -> tuple[float, float]:
    x, y, z = (float(value) for value in _unit(place))
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(z))


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.linalg.norm(vector))


def _between(one: Vector, other: Vector) -> float:
    return math.degrees(math.acos(max(-1.0, min(1.0, float(_unit(one) @ _unit(other))))))
