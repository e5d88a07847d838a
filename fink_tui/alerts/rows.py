"""Rows of Fink's REST APIs -> alerts and objects, through the very decoders of the stream.

A row is flat, its columns named by family: `i:` and `r:` are the survey's, `d:` and `f:` Fink's, `v:` worked out by the
server for this answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fink_tui.alerts.alert import DETECTION, FORCED, Alert, Detection, IdentityMissing
from fink_tui.alerts.labels import UNKNOWN
from fink_tui.alerts.lsst import lsst_alert, lsst_detection
from fink_tui.alerts.times import from_jd, from_tai
from fink_tui.alerts.values import day, identity, integer, measured, number, position, text
from fink_tui.alerts.ztf import BANDS, ztf_alert, ztf_detection

Row = Mapping[str, Any]

# Whole numbers that a table with gaps turned into floats, or into text.
_WHOLE = {"fid", "roid", "ndethist", "ncovhist", "field", "nbad", "visit", "detector", "nDiaSources"}
_TOP_OF_ZTF = {"objectId", "candid", "schemavsn", "publisher", "fink_broker_version", "fink_science_version"}
_ORBIT = {"unpacked_primary_provisional_designation", "packed_primary_provisional_designation", "designation"}
_EPHEMERIS = {"ephVmag", "ephOffset", "ephRate", "helioRange", "topoRange", "phaseAngle"}
_VERSIONS = {"fink_broker_version", "fink_science_version", "lsst_schema_version", "brokerEndProcessTimestamp"}
_SCORES = {"d:snn_sn_vs_all", "d:rf_snia_vs_nonia", "d:mulens", "d:roid"}
_STRUCTS = ("xm", "clf", "pred", "misc")


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One object of an answer, by its newest alert there.

    Angles are degrees (ICRS) and arcseconds, `last_mjd` is UTC, `mag` AB, `flux` the signed difference flux in nJy.
    `survey` is "" for what is no object of ZTF or LSST. `n_alerts` counts the rows of the answer that are its alerts;
    `fields` is the newest row as it came.
    """

    survey: str
    object_id: str
    ra: float | None = None
    dec: float | None = None
    label: str | None = None
    label_origin: str = ""
    mag: float | None = None
    mag_err: float | None = None
    band: str | None = None
    flux: float | None = None
    is_negative: bool | None = None
    last_mjd: float | None = None
    first_mjd: float | None = None
    n_alerts: int = 1
    separation_arcsec: float | None = None
    is_moving: bool = False
    aliases: tuple[str, ...] = ()
    fields: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows of answers: objects in the order they came first in, and the alerts that the rows hold."""

    objects: tuple[ObjectRow, ...]
    alerts: tuple[Alert, ...]
    n_rows: int


def packet_of_row(survey: str, row: Row) -> dict[str, Any]:
    """The row as the nested packet it was made of, as far as it goes."""
    return _ztf_packet(row) if survey == "ztf" else _lsst_packet(row)


def alert_of_row(survey: str, row: Row) -> Alert | None:
    """The alert a row holds, or None where it lacks what makes one. Never a full one: a packet knows more."""
    packet = packet_of_row(survey, row)
    try:
        found = ztf_alert(packet) if survey == "ztf" else lsst_alert(packet)
    except IdentityMissing:
        return None
    if survey == "ztf" and found.label == UNKNOWN and not _SCORES & row.keys():
        # A row without scores can't tell that the rule finds nothing.
        return replace(found, is_full=False, label=None, label_origin=None)
    return replace(found, is_full=False)


def object_of_row(survey: str, row: Row) -> ObjectRow | None:
    """The object a row is about, or None where it names none."""
    alert = alert_of_row(survey, row)
    return _object_of_alert(alert, row) if alert else _poor_object(survey, row)


def group(survey: str, rows: Iterable[Row], *, tag: str = "") -> Grouped:
    """Objects and alerts of rows. `tag` is what an LSST alert is called where nothing else speaks."""
    objects: dict[str, ObjectRow] = {}
    alerts: list[Alert] = []
    count = 0
    for row in rows:
        count += 1
        if not is_alert(row):
            continue
        alert = alert_of_row(survey, row)
        if alert is not None:
            alerts.append(alert)
        found = _object_of_alert(alert, row) if alert else _poor_object(survey, row)
        if found is None:
            continue
        if found.label is None and tag:
            found = replace(found, label=tag.replace("_", " "), label_origin="tag")
        known = objects.get(found.object_id)
        objects[found.object_id] = found if known is None else _merged(known, found)
    return Grouped(tuple(objects.values()), tuple(alerts), count)


def light_curves(survey: str, rows: Iterable[Row], forced: Iterable[Row] = ()) -> list[Alert]:
    """The alerts of rows that are the history of objects, in order of time.

    The points that are no alerts (upper limits, detections of bad quality, forced photometry) are the history of their
    object's newest alert; an object with such points alone is left out.
    """
    newest: dict[str, int] = {}
    alerts: list[Alert] = []
    points: dict[str, list[Detection]] = {}
    for row in rows:
        alert = alert_of_row(survey, row) if is_alert(row) else None
        if alert is not None:
            alerts.append(alert)
        elif point := _point_of_row(survey, row):
            points.setdefault(_object_id(survey, row), []).append(point)
    for row in forced:
        if point := lsst_detection(packet_of_row("lsst", row)["diaSource"], FORCED):
            points.setdefault(_object_id("lsst", row), []).append(point)
    alerts.sort(key=lambda alert: (alert.detection.mjd, alert.source_id))
    for place, alert in enumerate(alerts):
        newest |= dict.fromkeys((alert.object_id, *alert.aliases), place)
    for object_id, found in points.items():
        if (place := newest.get(object_id, -1)) >= 0:
            found.sort(key=lambda point: (point.mjd, point.band or ""))
            alerts[place] = replace(alerts[place], history=(*alerts[place].history, *found))
    return alerts


def is_alert(row: Row) -> bool:
    """Whether a row is an alert: the whole light curve of a ZTF object has upper limits and bad detections as well."""
    return text(row.get("d:tag")) in (None, "valid")


def _point_of_row(survey: str, row: Row) -> Detection | None:
    packet = packet_of_row(survey, row)
    return ztf_detection(packet["candidate"]) if survey == "ztf" else lsst_detection(packet["diaSource"], DETECTION)


def _object_id(survey: str, row: Row) -> str:
    return str(row.get("i:objectId" if survey == "ztf" else "r:diaObjectId") or "")


def _whole(name: str, value: Any) -> Any:
    if name in _WHOLE:
        found = number(value)
        if found is not None and found == int(found):
            return int(found)
    return value


def _ztf_packet(row: Row) -> dict[str, Any]:
    packet: dict[str, Any] = {"candidate": {}, "mangrove": {}}
    for column, value in row.items():
        family, _, name = column.partition(":")
        value = _whole(name, value)
        if family == "i":
            packet["candidate"][name] = value
            if name in _TOP_OF_ZTF:
                packet[name] = value
        elif family == "d" and name.startswith("mangrove_"):
            packet["mangrove"][name.removeprefix("mangrove_")] = value
        elif family == "d" and name != "mangrove":
            packet[name] = value
    return packet


def _lsst_packet(row: Row) -> dict[str, Any]:
    packet: dict[str, Any] = {name: {} for name in ("diaSource", "diaObject", "mpc_orbits", "ssSource", *_STRUCTS)}
    for column, value in row.items():
        family, _, name = column.partition(":")
        value = _whole(name, value)
        if family == "r":
            place = "mpc_orbits" if name in _ORBIT else "ssSource" if name in _EPHEMERIS else "diaSource"
            packet[place][name] = value
            if name == "nDiaSources":
                packet["diaObject"][name] = value
            elif name in ("target_name", "observation_reason"):
                packet[name] = value
        elif family == "f":
            _place_of_fink(packet, name, value)
    return packet


def _place_of_fink(packet: dict[str, Any], name: str, value: Any) -> None:
    struct, _, rest = name.partition("_")
    if name in _VERSIONS:
        packet[name] = value
    elif struct in ("xm", "clf"):
        packet[struct][rest] = value
    elif name == "sso_name":
        packet["mpc_orbits"].setdefault("designation", value)
    elif name.startswith(("is_", "main_label")):
        packet["pred"][name] = value
    else:
        packet["misc"][name] = value


def _object_of_alert(alert: Alert, row: Row) -> ObjectRow:
    point = alert.detection
    label, origin = alert.label, alert.label_origin or ""
    # The server's own class wins: it knows what a row need not tell, such as a tracklet.
    if served := text(row.get("v:classification")):
        label, origin = served, "Fink"
    return ObjectRow(
        survey=alert.survey,
        object_id=alert.object_id,
        ra=alert.ra,
        dec=alert.dec,
        label=label,
        label_origin=origin,
        mag=point.mag,
        mag_err=point.mag_err,
        band=point.band,
        flux=point.flux,
        is_negative=point.is_negative,
        last_mjd=point.mjd,
        first_mjd=alert.first_mjd,
        separation_arcsec=_separation(row),
        is_moving=alert.is_moving,
        aliases=alert.aliases,
        fields=row,
    )


def _separation(row: Row) -> float | None:
    degrees = number(row.get("v:separation_degree"))
    return None if degrees is None else degrees * 3600.0


def _poor_object(survey: str, row: Row) -> ObjectRow | None:
    """An object of a row with few columns."""
    if survey == "ztf":
        object_id = text(row.get("i:objectId"))
        jd = day(row.get("i:jd"))
        moment = None if jd is None else from_jd(jd)
        ra, dec = position(row.get("i:ra"), row.get("i:dec"))
        label = text(row.get("v:classification")) or text(row.get("d:cdsxmatch"))
        band, mag = BANDS.get(integer(_whole("fid", row.get("i:fid"))) or 0), measured(row.get("i:magpsf"))
        n_alerts, first = 1, _moment(row, "i:jdstarthist", from_jd)
    else:
        static = identity(row.get("r:diaObjectId"))
        object_id = str(static) if static else text(row.get("f:sso_name"))
        moment = _moment(row, "r:midpointMjdTai", from_tai) or _moment(row, "r:lastDiaSourceMjdTai", from_tai)
        ra, dec = position(row.get("r:ra"), row.get("r:dec"))
        label = text(row.get("f:main_label_crossmatch")) or text(row.get("f:main_label_classifier"))
        band, mag = text(row.get("r:band")), None
        n_alerts = int(number(row.get("r:nDiaSources")) or 1)
        first = _moment(row, "f:firstDiaSourceMjdTaiFink", from_tai)
    if object_id is None:
        return None
    return ObjectRow(
        survey,
        object_id,
        ra,
        dec,
        label,
        "Fink" if label else "",
        mag=mag,
        band=band,
        last_mjd=moment,
        first_mjd=first,
        n_alerts=n_alerts,
        separation_arcsec=_separation(row),
        is_moving=survey == "lsst" and not re.fullmatch(r"\d{10,}", object_id),
        fields=row,
    )


def _moment(row: Row, column: str, scale: Any) -> float | None:
    value = day(row.get(column))
    return None if value is None or value <= 0.0 else float(scale(value))


def _merged(known: ObjectRow, found: ObjectRow) -> ObjectRow:
    """Two rows of one object: the newer alert speaks for it."""
    newer = found if (found.last_mjd or 0.0) > (known.last_mjd or 0.0) else known
    firsts = [mjd for mjd in (known.first_mjd, found.first_mjd) if mjd is not None]
    return replace(
        newer,
        n_alerts=known.n_alerts + found.n_alerts,
        first_mjd=min(firsts, default=None),
        aliases=tuple(dict.fromkeys((*known.aliases, *found.aliases))),
    )


def names_of_rows(survey: str, rows: Sequence[Row]) -> tuple[ObjectRow, ...]:
    """What a resolver's rows name: objects of the survey, or things of other catalogues (`survey` is "" then)."""
    found: dict[tuple[str, str, tuple[str, ...]], ObjectRow] = {}
    for row in rows:
        named = _named(survey, row)
        if named is not None:
            found.setdefault((named.survey, named.object_id, named.aliases), named)
    return tuple(found.values())


def _named(survey: str, row: Row) -> ObjectRow | None:
    static = identity(row.get("r:diaObjectId"))
    internal = text(row.get("d:internalname")) or text(row.get("f:internalname"))
    full = text(row.get("d:fullname")) or text(row.get("f:fullname")) or text(row.get("f:xm_tns_fullname"))
    if static or internal or full:
        kind = text(row.get("d:type")) or text(row.get("f:type")) or text(row.get("f:xm_tns_type"))
        ra, dec = position(row.get("d:ra", row.get("f:ra", row.get("r:ra"))), _declination(row))
        # TNS names its reporters' ids, which may be of any survey.
        is_ztf = bool(internal and re.fullmatch(r"ZTF\d\d[a-z]{7}", internal))
        named = str(static) if static else internal if is_ztf else full or internal
        of = "lsst" if static else "ztf" if is_ztf else ""
        others = tuple(name for name in (full, internal) if name and name != named)
        return ObjectRow(of, named or "", ra, dec, kind, "TNS" if kind else "", n_alerts=0, aliases=others, fields=row)
    if oname := text(row.get("oname")):
        ra, dec = position(row.get("jradeg"), row.get("jdedeg"))
        kind = text(row.get("otype"))
        return ObjectRow("", " ".join(oname.split()), ra, dec, kind, "SIMBAD" if kind else "", n_alerts=0, fields=row)
    name, known = text(row.get("i:name")), text(row.get("i:number"))
    served = text(row.get("i:ssnamenr"))
    found = name or served or known
    if found is None:
        return None
    others = tuple(dict.fromkeys(other for other in (known, served) if other and other != found))
    return ObjectRow(
        "", found, None, None, "Solar System", "SsODNet", n_alerts=0, is_moving=True, aliases=others, fields=row
    )


def _declination(row: Row) -> Any:
    return next(
        (row[name] for name in ("d:declination", "f:declination", "d:dec", "f:dec", "r:dec") if name in row), None
    )
