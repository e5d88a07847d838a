"""What Fink says of a ZTF alert: cross-matches and classifier scores that hang together with the kind of source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.sky import AGN, ASTEROID, BLAZAR, BOGUS, KILONOVA, MICROLENSING, SN_IA, SN_II, STARS, YOUNG_STAR
from fink_tui.demo.times import JD_OF_MJD
from fink_tui.demo.visits import Point

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The middle of each score for one kind of source; 0 where the classifier does not apply."""

    rf_snia: float = 0.0
    snn_snia: float = 0.15
    snn_sn: float = 0.1
    kilonova: float = 0.0
    microlensing: float = 0.0
    simbad: str = "Unknown"
    gaia_class: str = "nan"
    vsx: str = "nan"
    x4lac: str = "Unknown"


_VERDICTS = {
    SN_IA: Verdict(rf_snia=0.72, snn_snia=0.86, snn_sn=0.83, kilonova=0.12),
    SN_II: Verdict(rf_snia=0.18, snn_snia=0.3, snn_sn=0.78, kilonova=0.08),
    KILONOVA: Verdict(rf_snia=0.1, snn_snia=0.2, snn_sn=0.4, kilonova=0.81),
    MICROLENSING: Verdict(microlensing=0.92),
    YOUNG_STAR: Verdict(simbad="YSO", gaia_class="YSO", vsx="INS"),
    BLAZAR: Verdict(simbad="BLLac", gaia_class="AGN", x4lac="4FGL J0108.1+2830"),
    AGN: Verdict(simbad="QSO", gaia_class="AGN"),
}
_ANOMALY = ("", "_anais", "_beta", "_emille", "_emille_30days", "_julien", "_maria", "_varvara")


def scores(point: Point, before: list[Point], candidate: Values) -> Values:
    """All that Fink adds to an alert, given the measurements before it and the alert's own `candidate` values."""
    return {
        **_matches(point),
        **_classifiers(point, candidate),
        **_anomaly(point, before),
        **_first_seen(point, before, candidate),
        **_rate(point, before),
    }


def _matches(point: Point) -> Values:
    source = point.source
    verdict = _VERDICTS.get(source.kind, Verdict())
    dice = source.dice("matches")
    is_star = source.kind in STARS
    has_galaxy = source.host_mag is not None and source.host_mag < 17.0
    galaxy = {"HyperLEDA_name": "None", "2MASS_name": "None", "lum_dist": "None", "ang_dist": "None"}
    if has_galaxy:
        distance = dice.uniform(60.0, 190.0)
        galaxy = {
            "HyperLEDA_name": f"PGC{dice.randint(1000, 99999):06d}",
            "2MASS_name": f"{dice.randint(0, 5):02d}{dice.randint(100000, 599999)}+{dice.randint(1000000, 2999999)}",
            "lum_dist": f"{distance:.9f}",
            "ang_dist": f"{distance / 1.05:.9f}",
        }
    return {
        "cdsxmatch": verdict.simbad,
        "tns": source.kind if source.tns else "",
        "DR3Name": _gaia_name(point, is_star),
        "Plx": dice.uniform(0.2, 4.0) if is_star else math.nan,
        "e_Plx": dice.uniform(0.02, 0.1) if is_star else math.nan,
        "gaiaVarFlag": int(verdict.gaia_class != "nan"),
        "gaiaClass": verdict.gaia_class,
        "vsx": verdict.vsx,
        "spicy_id": dice.randint(1, 100000) if source.kind == YOUNG_STAR else -1,
        "spicy_class": "ClassII" if source.kind == YOUNG_STAR else "Unknown",
        "gcvs": "Unknown",
        "x3hsp": "Unknown",
        "x4lac": verdict.x4lac,
        "mangrove": galaxy,
    }


def _gaia_name(point: Point, is_star: bool) -> str:
    # The catalogue service fails now and then, and Fink writes its answer where the name should be.
    if point.dice("service").random() < 0.02:
        return "Fail 503"
    return f"Gaia DR3 {point.source.dice('gaia').randint(10**17, 6 * 10**18)}" if is_star else "nan"


def _classifiers(point: Point, candidate: Values) -> Values:
    verdict = _VERDICTS.get(point.source.kind, Verdict())
    dice = point.dice("scores")

    def around(middle: float) -> float:
        return min(1.0, max(0.0, middle + dice.gauss(0.0, 0.05))) if middle else 0.0

    points = candidate["ndethist"]
    is_moving = point.source.kind == ASTEROID
    is_transient = verdict.simbad == "Unknown" and point.source.kind not in (ASTEROID, BOGUS) and point.flux > 0.0
    return {
        "roid": 3 if is_moving else 0,
        # Like the real ones, the forests answer 0 until there are a few points to go by.
        "rf_snia_vs_nonia": around(verdict.rf_snia) if points > 2 else 0.0,
        "snn_snia_vs_nonia": 0.0 if is_moving else around(verdict.snn_snia),
        "snn_sn_vs_all": 0.0 if is_moving else around(verdict.snn_sn),
        "mulens": around(verdict.microlensing),
        "nalerthist": points,
        "rf_kn_vs_nonkn": around(verdict.kilonova),
        "blazar_stats": _blazar(point),
        "is_transient": is_transient,
        "slsn_score": -1.0 if points < 10 else dice.uniform(0.0, 0.01),
        "tracklet": None,
    }


def _blazar(point: Point) -> dict[str, float]:
    if point.source.kind != BLAZAR:
        return {"m0": -1.0, "m1": -1.0, "m2": -1.0}
    dice = point.dice("blazar")
    return {name: dice.uniform(0.6, 1.6) for name in ("m0", "m1", "m2")}


def _anomaly(point: Point, before: list[Point]) -> Values:
    seen = [p.band for p in (*before, point) if p.is_detected]
    if min(seen.count("g"), seen.count("r")) < 4:
        return {f"anomaly_score{model}": None for model in _ANOMALY}
    dice = point.source.dice("anomaly")
    return {f"anomaly_score{model}": dice.gauss(-0.016, 0.004) for model in _ANOMALY}


def _first_seen(point: Point, before: list[Point], candidate: Values) -> Values:
    recent = next((p.mjd for p in before if p.is_detected), point.mjd)
    first = round(recent + JD_OF_MJD, 7)
    return {"jd_first_real_det": first, "jdstarthist_dt": first - candidate["jdstarthist"]}


def _rate(point: Point, before: list[Point]) -> Values:
    """The slope from the last measurement in the band, an upper limit where it was not detected; mag per day."""
    last = next((p for p in reversed(before) if p.band == point.band), None)
    if last is None:
        names = ("mag_rate", "sigma_rate", "lower_rate", "upper_rate", "delta_time")
        return {**dict.fromkeys(names), "from_upper": False}
    elapsed = point.mjd - last.mjd
    mag, error = (last.mag, last.mag_err) if last.is_detected else (last.limit, 1.0)
    rate, sigma = (point.mag - mag) / elapsed, math.hypot(point.mag_err, error) / elapsed
    return {
        "mag_rate": rate,
        "sigma_rate": sigma,
        "lower_rate": rate - 1.645 * sigma,
        "upper_rate": rate + 1.645 * sigma,
        "delta_time": elapsed,
        "from_upper": not last.is_detected,
    }
