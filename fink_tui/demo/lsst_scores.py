"""What Fink says of an LSST alert: classifiers, cross-matches and predictions that fit the kind of source."""

from __future__ import annotations

from typing import Any

from fink_tui.demo.schemas import blank, filled
from fink_tui.demo.sky import AGN, ASTEROID, BOGUS, M_DWARF, RR_LYRAE, SN_IA, SN_II, STARS, SUPERNOVAE
from fink_tui.demo.times import tai
from fink_tui.demo.visits import Point

_SN_LIKE, _FAST, _LONG, _PERIODIC, _NON_PERIODIC, _NOT_CLASSIFIED = 11, 12, 13, 21, 22, -1
_CATS = {SN_IA: _SN_LIKE, SN_II: _SN_LIKE, M_DWARF: _FAST, AGN: _NON_PERIODIC, RR_LYRAE: _PERIODIC, BOGUS: _LONG}
_SNN = {SN_IA: 0.87, SN_II: 0.71, AGN: 0.18, RR_LYRAE: 0.06, M_DWARF: 0.12, BOGUS: 0.09}
_SIMBAD = {AGN: "AGN", RR_LYRAE: "RRLyrae", M_DWARF: "LowMassStar"}
_VSX = {RR_LYRAE: "RRAB", M_DWARF: "UV"}

Values = dict[str, Any]


def scores(point: Point, seen: list[Point]) -> dict[str, Values]:
    """The blocks `clf`, `xm`, `pred` and `misc`, given the detections before this one."""
    classified = _classifiers(point, seen)
    matched = _matches(point)
    is_moving = point.source.kind == ASTEROID
    first = min((p.mjd for p in seen), default=point.mjd)
    label = classified["cats_class"]
    predicted: Values = {
        "is_sso": is_moving,
        "is_first": None if is_moving else not seen,
        "is_cataloged": any(matched[name] is not None for name in ("simbad_otype", "gaiadr3_DR3Name", "vsx_Type")),
        "main_label_classifier": label if label not in (None, _NOT_CLASSIFIED) else None,
        "main_label_crossmatch": matched["tns_type"] or matched["simbad_otype"],
    }
    return {
        "clf": classified,
        "xm": matched,
        "pred": filled("lsst", "pred", predicted),
        "misc": {"firstDiaSourceMjdTaiFink": None if is_moving else tai(first)},
    }


def _classifiers(point: Point, seen: list[Point]) -> Values:
    kind = point.source.kind
    if kind == ASTEROID:
        return filled("lsst", "clf", {"cats_class": _NOT_CLASSIFIED, "earlySNIa_score": -1.0})
    dice = point.dice("scores")
    # CATS and the early classifier keep silent until there are a few points to go by.
    enough = len(seen) >= 3
    early = kind == SN_IA and enough and point.mjd < point.source.epoch
    hostless = kind in SUPERNOVAE and point.source.host_mag is None
    values: Values = {
        "snnSnVsOthers_score": min(1.0, max(0.0, _SNN[kind] + dice.gauss(0.0, 0.05))),
        "cats_class": _CATS[kind] if enough else _NOT_CLASSIFIED,
        "cats_score": min(1.0, dice.uniform(0.85, 1.0)) if enough else -1.0,
        "earlySNIa_score": dice.uniform(0.6, 0.9) if early else -1.0,
        "elephant_kstest_science": dice.uniform(0.3, 0.45) if hostless else None,
        "elephant_kstest_template": dice.uniform(0.02, 0.09) if hostless else None,
    }
    return filled("lsst", "clf", values)


def _matches(point: Point) -> Values:
    source = point.source
    dice = source.dice("matches")
    matched = blank("lsst", "xm")
    if source.kind in STARS:
        matched |= {
            "gaiadr3_DR3Name": f"Gaia DR3 {dice.randint(10**17, 6 * 10**18)}",
            "gaiadr3_Plx": dice.uniform(8.0, 20.0) if source.kind == M_DWARF else dice.uniform(0.05, 0.4),
            "gaiadr3_e_Plx": dice.uniform(0.03, 0.2),
            "gaiadr3_VarFlag": int(source.kind == RR_LYRAE),
        }
    matched |= {"simbad_otype": _SIMBAD.get(source.kind), "vsx_Type": _VSX.get(source.kind)}
    if source.host_mag is not None:
        matched |= {
            "legacydr8_zphot": dice.uniform(0.03, 0.4),
            "legacydr8_e_zphot": dice.uniform(0.01, 0.08),
            "legacydr8_pstar": dice.uniform(0.0, 0.05),
            "legacydr8_fqual": 1,
        }
    if source.host_mag is not None and source.host_mag < 17.8:
        distance = dice.uniform(80.0, 190.0)
        matched |= {
            "mangrove_HyperLEDA_name": f"PGC{dice.randint(1000, 99999):06d}",
            "mangrove_lum_dist": distance,
            "mangrove_ang_dist": distance / 1.05,
        }
    if source.tns:
        matched |= {"tns_fullname": source.tns, "tns_type": source.kind, "tns_redshift": dice.uniform(0.02, 0.05)}
    return matched
