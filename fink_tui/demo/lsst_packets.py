"""Live LSST alerts as Fink sends them: the survey's own part."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fink_tui.demo import lsst_ids, lsst_moving, lsst_scores
from fink_tui.demo.cutouts import lsst_cutouts
from fink_tui.demo.features import light_curve_features
from fink_tui.demo.schemas import blank, filled, names_of_type
from fink_tui.demo.sky import ASTEROID, BOGUS, STARS, position
from fink_tui.demo.times import stamp, tai
from fink_tui.demo.visits import Point, history

_SECOND = 1.0 / 86400.0

Values = dict[str, Any]


def alert(point: Point, sent: float) -> Values:
    """The alert of one detection; `sent` is when Fink sends it, MJD UTC."""
    is_moving = point.source.kind == ASTEROID
    before = [] if is_moving else history(point.source, "lsst", point.mjd)
    seen = [p for p in before if p.is_detected]
    values: Values = {
        "diaSourceId": lsst_ids.source_id(point),
        "observation_reason": "ddf_edfs_b" if point.dec < -40.0 else "template_blob_gr_33.0",
        "target_name": "ddf_edfs_b, lowdust" if point.dec < -40.0 else "lowdust",
        "diaSource": _source(point, "diaSource"),
        "prvDiaSources": [_source(p, "prvDiaSources") for p in seen] or None,
        "prvDiaForcedSources": [_forced(p) for p in (*before, point)] if seen else None,
        "diaObject": blank("lsst", "diaObject") if is_moving else _object(point, seen),
        "ssSource": lsst_moving.ss_source(point) if is_moving else blank("lsst", "ssSource"),
        "mpc_orbits": lsst_moving.mpc_orbit(point) if is_moving else blank("lsst", "mpc_orbits"),
        **{f"cutout{kind}": stamps for kind, stamps in lsst_cutouts(point).items()},
        "lc_features": _features([*seen, point]),
        **lsst_scores.scores(point, seen),
        **_broker(point, sent),
    }
    return filled("lsst", "value", values)


def _broker(point: Point, sent: float) -> Values:
    return {
        "brokerIngestMjd": tai(point.mjd) + 162.0 * _SECOND,
        "lsst_schema_version": "lsst.v10_0",
        "brokerStartProcessTimestamp": stamp(sent - 101.0 * _SECOND),
        "brokerEndProcessTimestamp": stamp(sent),
        "fink_broker_version": "4.1",
        "fink_science_version": "8.39.0",
        "publisher": "Fink",
        # Fink writes Rubin's TAI time here as it stands.
        "timestamp": stamp(tai(point.mjd)),
    }


def _source(point: Point, record: str) -> Values:
    is_moving = point.source.kind == ASTEROID
    values: Values = {
        **dict.fromkeys(names_of_type("lsst", record, "boolean"), False),
        "diaSourceId": lsst_ids.source_id(point),
        "visit": lsst_ids.visit(point.mjd),
        "detector": lsst_ids.detector(point.source),
        "diaObjectId": lsst_ids.object_id(point.source),
        "ssObjectId": lsst_ids.solar_system_id(point.source.designation) if is_moving else 0,
        "parentDiaSourceId": 0,
        "midpointMjdTai": tai(point.mjd),
        "band": point.band,
        "timeProcessedMjdTai": tai(point.mjd) + 165.0 * _SECOND,
        **_astrometry(point),
        **_photometry(point),
        **_trail(point),
        **_shape(point),
    }
    if record == "prvDiaSources":
        values["ssObjectId"] = None
    return filled("lsst", record, values)


def _astrometry(point: Point) -> Values:
    dice = point.dice("astrometry")
    error = point.seeing / 2.355 * point.flux_err / abs(point.flux) / 3600.0
    return {
        "ra": point.ra,
        "raErr": error,
        "dec": point.dec,
        "decErr": error,
        "ra_dec_Cov": dice.gauss(0.0, 0.1) * error**2,
        "x": dice.uniform(20.0, 4050.0),
        "xErr": error * 18000.0,
        "y": dice.uniform(20.0, 3980.0),
        "yErr": error * 18000.0,
    }


def _photometry(point: Point) -> Values:
    dice = point.dice("photometry")
    return {
        "psfFlux": point.flux,
        "psfFluxErr": point.flux_err,
        "psfChi2": dice.gauss(1690.0, 60.0),
        "psfNdata": 1681,
        "apFlux": point.flux + dice.gauss(0.0, 1.6 * point.flux_err),
        "apFluxErr": 1.6 * point.flux_err,
        "snr": abs(point.flux) / point.flux_err,
        "isNegative": point.flux < 0.0,
        **_total(point),
        "templateFlux": point.template,
        "templateFluxErr": 0.05 * point.flux_err,
    }


def _total(point: Point) -> Values:
    """Flux on the science image: not exactly template plus difference, as the two fits are independent."""
    extra = point.dice("science").gauss(0.0, 0.3 * point.flux_err)
    return {"scienceFlux": point.template + point.flux + extra, "scienceFluxErr": 1.02 * point.flux_err}


def _trail(point: Point) -> Values:
    dice = point.dice("trail")
    rate = math.hypot(*point.source.motion) / 24.0  # degrees per hour
    length = rate * 3600.0 * 30.0 / 3600.0 + abs(dice.gauss(0.0, 0.15))  # arcsec within the 30 s of an exposure
    return {
        "trailFlux": point.flux * 1.03,
        "trailFluxErr": point.flux_err * 0.03,
        "trailRa": point.ra,
        "trailDec": point.dec,
        "trailLength": length,
        "trailAngle": math.degrees(math.atan2(point.source.motion[1], point.source.motion[0])),
        "trailNdata": 0,
        "dipoleNdata": 0,
    }


def _shape(point: Point) -> Values:
    dice = point.dice("shape")
    second_moment = (point.seeing / 2.355) ** 2
    is_bogus = point.source.kind == BOGUS
    reliability = dice.uniform(0.02, 0.35) if is_bogus else min(1.0, 0.99 - abs(dice.gauss(0.0, 0.08)))
    return {
        "ixx": second_moment * dice.uniform(0.9, 1.1),
        "iyy": second_moment * dice.uniform(0.9, 1.1),
        "ixy": second_moment * dice.gauss(0.0, 0.03),
        "ixxPSF": second_moment,
        "iyyPSF": second_moment,
        "ixyPSF": 0.0,
        "extendedness": dice.uniform(0.0, 0.2) if point.source.kind in STARS else dice.uniform(0.1, 0.8),
        "reliability": max(reliability, 0.0),
        "isDipole": is_bogus and dice.random() < 0.5,
        "dipoleFitAttempted": is_bogus,
        "bboxSize": dice.randint(13, 32),
        "pixelFlags": is_bogus,
        "pixelFlags_saturated": is_bogus,
    }


def _forced(point: Point) -> Values:
    ra, dec = position(point.source, point.mjd)
    dice = point.dice("forced")
    values: Values = {
        "diaForcedSourceId": lsst_ids.forced_id(point),
        "diaObjectId": lsst_ids.object_id(point.source),
        "ra": ra,
        "dec": dec,
        "visit": lsst_ids.visit(point.mjd),
        "detector": lsst_ids.detector(point.source),
        "psfFlux": point.flux + dice.gauss(0.0, 0.1 * point.flux_err),
        "psfFluxErr": point.flux_err,
        "midpointMjdTai": tai(point.mjd),
        **_total(point),
        "band": point.band,
        "timeProcessedMjdTai": tai(point.mjd) + 173.0 * _SECOND,
    }
    return filled("lsst", "prvDiaForcedSources", values)


def _object(point: Point, seen: list[Point]) -> Values:
    """The object's summary; like the real one it carries the statistics of the alert's own band alone."""
    ra, dec = position(point.source, point.mjd)
    number = len(seen) + 1
    error = 0.04 / 3600.0 / math.sqrt(number)
    values: Values = {
        "diaObjectId": lsst_ids.object_id(point.source),
        "validityStartMjdTai": tai(point.mjd) + 173.0 * _SECOND,
        "ra": ra,
        "raErr": error,
        "dec": dec,
        "decErr": error,
        "ra_dec_Cov": 0.0,
        **{f"{band}_psfFluxNdata": 0 for band in "ugrizy"},
        **_band_statistics([p for p in (*seen, point) if p.band == point.band]),
        "nDiaSources": number,
    }
    return filled("lsst", "diaObject", values)


def _band_statistics(points: list[Point]) -> Values:
    band = points[0].band
    flux = np.array([p.flux for p in points])
    weight = np.array([p.flux_err for p in points]) ** -2.0
    total = flux + np.array([p.template for p in points])
    elapsed = np.diff([p.mjd for p in points])
    error = float(weight.sum()) ** -0.5
    return {
        f"{band}_psfFluxMean": float((flux * weight).sum() / weight.sum()),
        f"{band}_psfFluxMeanErr": error,
        f"{band}_psfFluxSigma": float(flux.std(ddof=1)) if len(points) > 1 else None,
        f"{band}_psfFluxNdata": len(points),
        f"{band}_scienceFluxMean": float((total * weight).sum() / weight.sum()),
        f"{band}_scienceFluxMeanErr": error,
        f"{band}_psfFluxMin": float(flux.min()),
        f"{band}_psfFluxMax": float(flux.max()),
        f"{band}_psfFluxMaxSlope": float(np.max(np.abs(np.diff(flux) / elapsed))) if len(points) > 1 else None,
        f"{band}_psfFluxErrMean": float(np.mean([p.flux_err for p in points])),
    }


def _features(points: list[Point]) -> dict[str, Values]:
    found: dict[str, Values] = {}
    for band in dict.fromkeys(p.band for p in reversed(points)):
        of_band = [p for p in points if p.band == band]
        columns = [p.mjd for p in of_band], [p.flux for p in of_band], [p.flux_err for p in of_band]
        found[band] = filled("lsst", "topLevelRecord", light_curve_features(*columns))
    return found
