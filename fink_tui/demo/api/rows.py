"""From an alert packet to the flat, prefixed columns of Fink's tables.

A null makes no cell, as in HBase, which the real API reads. Names and tables after fink-broker's hbase_utils: `i:`
and `d:` for ZTF, `r:` and `f:` for LSST.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fink_tui.demo.schemas import records

Packet = dict[str, Any]
Cells = dict[str, Any]

_ROOT = ("objectId", "candid", "schemavsn", "publisher", "fink_broker_version", "fink_science_version")
_SCORES = (
    *("cdsxmatch", "tns", "DR3Name", "Plx", "e_Plx", "gaiaVarFlag", "gaiaClass", "vsx", "spicy_id", "spicy_class"),
    *("gcvs", "x3hsp", "x4lac", "roid", "rf_snia_vs_nonia", "snn_snia_vs_nonia", "snn_sn_vs_all", "mulens"),
    *("nalerthist", "rf_kn_vs_nonkn", "anomaly_score", "jd_first_real_det", "jdstarthist_dt", "mag_rate"),
    *("sigma_rate", "lower_rate", "upper_rate", "delta_time", "from_upper", "is_transient", "slsn_score", "tracklet"),
)
_MANGROVE = ("HyperLEDA_name", "2MASS_name", "lum_dist", "ang_dist")
_BLAZAR = ("m0", "m1", "m2")
_FEATURES = ("lc_features_g", "lc_features_r")
_VERSIONS = ("fink_broker_version", "fink_science_version", "lsst_schema_version")
_LSST_ROOT = ("diaSourceId", "observation_reason", "target_name")
_DESIGNATIONS = ("packed_primary_provisional_designation", "unpacked_primary_provisional_designation")
_FIRST = "f:firstDiaSourceMjdTaiFink"

ZTF_ORIGINAL = tuple(f"i:{name}" for name in (*_ROOT, *(n for n in records("ztf")["candidate"] if n != "candid")))
ZTF_FINK = tuple(
    f"d:{name}"
    for name in (
        *_SCORES,
        *(f"mangrove_{name}" for name in _MANGROVE),
        *(f"blazar_stats_{name}" for name in _BLAZAR),
        *_FEATURES,
    )
)
ZTF_COLUMNS = ZTF_ORIGINAL + ZTF_FINK
# What the tables by class, asteroid, tracklet and anomaly keep, and the still lighter one by place on the sky.
_INDEXED = (
    "objectId candid publisher rcid chipsf distnr ra dec jd fid nid field xpos ypos rb ssdistnr ssmagnr ssnamenr "
    "jdstarthist jdendhist tooflag sgscore1 distpsnr1 neargaia maggaia nmtchps diffmaglim magpsf sigmapsf magnr "
    "sigmagnr magzpsci isdiffpos classtar drb ndethist"
)
_PIXEL = (
    "i:objectId i:candid i:magpsf i:sigmapsf i:jd i:jdstarthist d:cdsxmatch i:drb i:ra i:dec i:fid i:distnr "
    "d:nalerthist"
)
ZTF_INDEX = frozenset([f"i:{name}" for name in _INDEXED.split()] + list(ZTF_FINK))
ZTF_PIXEL = frozenset(_PIXEL.split())

LSST_FINK_SOURCE = (
    *(f"f:xm_{name}" for name in records("lsst")["xm"]),
    *(f"f:clf_{name}" for name in records("lsst")["clf"]),
    *(f"f:{name}" for name in _VERSIONS),
)
LSST_FINK_OBJECT = (*(f"f:{name}" for name in records("lsst")["pred"]), _FIRST)
_LSST_ROOT_COLUMNS = tuple(f"r:{name}" for name in _LSST_ROOT)


def _distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _survey(record: str) -> tuple[str, ...]:
    return tuple(f"r:{name}" for name in records("lsst")[record])


LSST_SOURCE = _distinct(_LSST_ROOT_COLUMNS, _survey("diaSource"), LSST_FINK_SOURCE)
LSST_OBJECT = _distinct(_LSST_ROOT_COLUMNS, _survey("diaObject"), LSST_FINK_OBJECT)
LSST_PIXEL = _distinct(LSST_SOURCE, _survey("diaObject"), LSST_FINK_OBJECT)
LSST_MOVING = _distinct(LSST_SOURCE, (f"r:{name}" for name in _DESIGNATIONS), _survey("ssSource"))
LSST_FORCED = _survey("prvDiaForcedSources")


def ztf(packet: Packet) -> Cells:
    """The row of a ZTF alert in the main table, without what is computed on the fly."""
    cells = {f"i:{name}": packet.get(name) for name in _ROOT}
    cells |= {name: packet["candidate"].get(name[2:]) for name in ZTF_ORIGINAL if name not in cells}
    cells |= {f"d:{name}": packet.get(name) for name in _SCORES}
    cells |= _flat("d:mangrove_", packet.get("mangrove"), _MANGROVE)
    cells |= _flat("d:blazar_stats_", packet.get("blazar_stats"), _BLAZAR)
    cells |= {f"d:{name}": _features(packet.get(name)) for name in _FEATURES}
    return _filled(cells)


def _features(record: Mapping[str, Any] | None) -> str:
    """A record of features as the string of an array that the API has in its place."""
    values = list((record or {}).values())
    return json.dumps(values) if any(value is not None for value in values) else "[]"


def ztf_history(packet: Packet) -> tuple[list[Cells], list[Cells]]:
    """Upper limits, and detections that may never have been alerts, of a ZTF packet's history: all but jd as text."""
    limits: list[Cells] = []
    detections: list[Cells] = []
    for point in packet.get("prv_candidates") or ():
        is_limit = point.get("magpsf") is None
        names = ("fid", "diffmaglim") if is_limit else ("fid", "magpsf", "sigmapsf", "diffmaglim")
        row = {"i:objectId": packet["objectId"], "i:jd": point["jd"]}
        row |= {f"i:{name}": str(point[name]) for name in names if point.get(name) is not None}
        (limits if is_limit else detections).append(row)
    return limits, detections


def lsst_source(packet: Packet) -> Cells:
    """The row of an LSST alert in the table of sources."""
    return _filled(
        {f"r:{name}": packet.get(name) for name in _LSST_ROOT}
        | _flat("r:", packet["diaSource"], records("lsst")["diaSource"])
        | _flat("f:xm_", packet.get("xm"), records("lsst")["xm"])
        | _flat("f:clf_", packet.get("clf"), records("lsst")["clf"])
        | {f"f:{name}": packet.get(name) for name in _VERSIONS}
    )


def lsst_object(packet: Packet) -> Cells:
    """The row that an LSST alert leaves in the table of objects, where the last one stays."""
    return _filled(
        {f"r:{name}": packet.get(name) for name in _LSST_ROOT}
        | _flat("r:", packet.get("diaObject"), records("lsst")["diaObject"])
        | _flat("f:", packet.get("pred"), records("lsst")["pred"])
        | {_FIRST: (packet.get("misc") or {}).get("firstDiaSourceMjdTaiFink")}
    )


def lsst_pixel(packet: Packet) -> Cells:
    """The row of an LSST object in the table by place on the sky: its last source, its summary, and both Fink parts."""
    return lsst_object(packet) | lsst_source(packet)


def lsst_moving(packet: Packet) -> Cells:
    """The row of an LSST alert in the table of solar system sources."""
    orbit = _filled(_flat("r:", packet.get("mpc_orbits"), _DESIGNATIONS))
    eph = _filled(_flat("r:", packet.get("ssSource"), records("lsst")["ssSource"]))
    return eph | orbit | lsst_source(packet)


def lsst_forced(packet: Packet) -> list[Cells]:
    """The rows of an LSST packet's forced photometry."""
    names = records("lsst")["prvDiaForcedSources"]
    return [_filled(_flat("r:", point, names)) for point in packet.get("prvDiaForcedSources") or ()]


def _flat(prefix: str, record: Mapping[str, Any] | None, names: Iterable[str]) -> Cells:
    return {f"{prefix}{name}": (record or {}).get(name) for name in names}


def _filled(cells: Cells) -> Cells:
    return {name: value for name, value in cells.items() if value is not None}
