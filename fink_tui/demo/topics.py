"""Fink's filters: which topics an alert goes to, decided from the alert alone as Fink does.

The names are Fink's; the cuts follow what its documentation says of each filter, in the plainest form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fink_tui.demo.curves import flux_from_mag

Alert = dict[str, Any]
Filter = Callable[[Alert], bool]


def _is_ztf_supernova(alert: Alert) -> bool:
    candidate = alert["candidate"]
    return bool(
        max(alert["snn_snia_vs_nonia"], alert["snn_sn_vs_all"]) > 0.5
        and candidate["jd"] - candidate["jdstarthist"] <= 90.0
        and candidate["ndethist"] > 1
        and alert["roid"] != 3
        and candidate["drb"] > 0.5
        and alert["cdsxmatch"] == "Unknown"
    )


def _is_early_supernova(alert: Alert) -> bool:
    scores = (alert["snn_snia_vs_nonia"], alert["snn_sn_vs_all"], alert["rf_snia_vs_nonia"])
    return min(scores) > 0.5 and alert["candidate"]["ndethist"] <= 20 and _is_ztf_supernova(alert)


def _is_kilonova(alert: Alert) -> bool:
    candidate = alert["candidate"]
    age = candidate["jd"] - candidate["jdstarthist"]
    return bool(alert["rf_kn_vs_nonkn"] > 0.5 and age < 5.0 and candidate["ndethist"] < 20)


def _is_unmatched(alert: Alert) -> bool:
    return bool(alert["cdsxmatch"] == "Unknown" and alert["roid"] == 0 and not alert["tns"] and alert["mulens"] < 0.5)


def _is_good(alert: Alert) -> bool:
    source = alert["diaSource"]
    return bool(source["psfFlux"] >= 6.0 * source["psfFluxErr"] and not source["isDipole"] and not source["pixelFlags"])


def _age(alert: Alert) -> float:
    """Days since Fink first saw an LSST object."""
    return float(alert["diaSource"]["midpointMjdTai"] - alert["misc"]["firstDiaSourceMjdTaiFink"])


def _is_extragalactic(alert: Alert) -> bool:
    matched = alert["xm"]
    is_star = matched["gaiadr3_DR3Name"] is not None or matched["vsx_Type"] is not None
    return not alert["pred"]["is_sso"] and not is_star and _is_good(alert) and alert["diaSource"]["reliability"] > 0.5


def _is_near_galaxy(alert: Alert) -> bool:
    has_galaxy = alert["xm"]["legacydr8_zphot"] is not None
    return _is_extragalactic(alert) and has_galaxy and alert["clf"]["snnSnVsOthers_score"] > 0.5


def _is_likely_supernova(alert: Alert) -> bool:
    return bool(alert["clf"]["cats_class"] == 11 and alert["clf"]["snnSnVsOthers_score"] > 0.5 and _is_good(alert))


def _is_flare(alert: Alert) -> bool:
    return alert["xm"]["simbad_otype"] == "LowMassStar" and _is_good(alert)


def _is_bright(alert: Alert) -> bool:
    return _is_extragalactic(alert) and alert["diaSource"]["psfFlux"] > flux_from_mag(20.0)


def _is_sampled(alert: Alert) -> bool:
    # Fink's sample is one alert in a hundred; a sky of a few dozen sources would be all but empty then.
    return bool(alert["diaSourceId"] % 5 < 3)


_FILTERS: dict[str, dict[str, Filter]] = {
    "ztf": {
        "fink_sn_candidates_ztf": _is_ztf_supernova,
        "fink_early_sn_candidates_ztf": _is_early_supernova,
        "fink_kn_candidates_ztf": _is_kilonova,
        "fink_sso_ztf_candidates_ztf": lambda alert: alert["roid"] == 3,
        "fink_microlensing_candidates_ztf": lambda alert: alert["mulens"] > 0.5,
        "fink_blazar_ztf": lambda alert: alert["cdsxmatch"] in ("Blazar", "BLLac"),
        "fink_yso_candidates_ztf": lambda alert: alert["cdsxmatch"] == "YSO",
        "fink_tns_match_ztf": lambda alert: bool(alert["tns"]),
        "fink_vra_ztf": _is_unmatched,
    },
    "lsst": {
        "fink_sn_near_galaxy_candidate_lsst": _is_near_galaxy,
        "fink_extragalactic_new_candidate_lsst": lambda alert: _is_extragalactic(alert) and _age(alert) < 5.0,
        "fink_extragalactic_lt20mag_candidate_lsst": _is_bright,
        "fink_most_likely_sn_lsst": _is_likely_supernova,
        "fink_hostless_candidate_lsst": lambda alert: alert["clf"]["elephant_kstest_science"] is not None,
        "fink_in_tns_lsst": lambda alert: alert["xm"]["tns_fullname"] is not None,
        "fink_mdwarf_flare_lsst": _is_flare,
        "fink_uniform_sample_lsst": _is_sampled,
    },
}

TOPICS = tuple(name for filters in _FILTERS.values() for name in filters)


def topics_of(survey: str, alert: Alert) -> list[str]:
    """Every topic whose filter the alert passes; none for an alert that Fink keeps to itself."""
    return [name for name, passes in _FILTERS[survey].items() if passes(alert)]
