"""Synthetic alerts by the field names of the real ones, and the bytes Fink would send for them.

Their schemas are those of the live streams, so that a packet here has every field a real one has, mostly null.
"""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import pytest

from fink_tui.alerts.arrival import Arrival, Message
from fink_tui.demo import schemas
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.fink.files import read_messages

Packet = dict[str, Any]
Sent = tuple[str, Packet]

JD0 = 2400000.5
TAI_MINUS_UTC_DAYS = 37.0 / 86400.0
SN, TNS, SSO = "fink_sn_candidates_ztf", "fink_tns_match_ztf", "fink_sso_ztf_candidates_ztf"
GRB, GOLD, GW = "fink_grb_bronze", "fink_grb_gold", "fink_gw_bronze"
LSST, UNIFORM = "fink_extragalactic_new_candidate_lsst", "fink_uniform_sample_lsst"

_MMA_FIELDS = {
    "objectId": "string",
    "candid": "long",
    "ztf_ra": "double",
    "ztf_dec": "double",
    "fid": "int",
    "jd": "double",
    "jdstarthist": "double",
    "rb": "double",
    "observatory": "string",
    "instrument_or_event": "string",
    "triggerId": "string",
    "triggerTimeUTC": "string",
    "gcn_ra": "double",
    "gcn_dec": "double",
    "gcn_loc_error": "double",
    "p_assoc": "double",
    "fink_class": "string",
    "delta_mag": "double",
    "rate": "double",
    "from_upper": "boolean",
    "start_vartime": "double",
    "diff_vartime": "double",
}


def place_of(object_id: str | int | None) -> tuple[float, float]:
    """Where an object is unless it is said, degrees: no two are on one spot."""
    number = zlib.crc32(str(object_id).encode())
    return 150.0 + number % 320 / 64, -5.5 + number // 320 % 320 / 64


def ztf(object_id: str, candid: int | None, mjd: float | None, *, mag: float | None = 18.5, **fields: Any) -> Packet:
    """A ZTF alert; `fields` are set in the packet or in its candidate, whichever has them."""
    top, inner = schemas.records("ztf")["value"], schemas.records("ztf")["candidate"]
    unknown = fields.keys() - top.keys() - inner.keys()
    assert not unknown, unknown
    candidate = {
        "candid": candid,
        "jd": None if mjd is None else mjd + JD0,
        "magpsf": mag,
        "sigmapsf": 0.0625,
        "fid": 1,
        "isdiffpos": "t",
        "ra": place_of(object_id)[0],
        "dec": place_of(object_id)[1],
        "diffmaglim": 20.5,
        "magnr": 19.5,
        "sigmagnr": 0.03125,
        "ssnamenr": "null",
        "ssdistnr": -999.0,
        "ssmagnr": -999.0,
        "ndethist": 3,
        "drb": 0.875,
        "classtar": 0.75,
        "jdstarthist": None if mjd is None else mjd + JD0 - 10.0,
    }
    candidate |= {name: value for name, value in fields.items() if name in inner}
    values = {
        "candid": candid,
        "objectId": object_id,
        "schemavsn": "4.02",
        "cdsxmatch": "Unknown",
        "tns": "",
        "roid": 0,
        "mulens": 0.0,
        "rf_snia_vs_nonia": 0.0,
        "snn_snia_vs_nonia": 0.0,
        "snn_sn_vs_all": 0.0,
        "rf_kn_vs_nonkn": 0.0,
        "slsn_score": -1.0,
        "brokerEndProcessTimestamp": "2026-03-22 13:28:18.277568",
        "prv_candidates": [],
    }
    values |= {name: value for name, value in fields.items() if name in top and name != "candid"}
    structs = {
        name: schemas.blank("ztf", kind.partition(":")[2]) for name, kind in top.items() if kind.startswith("record:")
    }
    return schemas.filled(
        "ztf", "value", structs | values | {"candidate": schemas.filled("ztf", "candidate", candidate)}
    )


def ztf_point(mjd: float, *, mag: float | None = None, candid: int | None = None, **fields: Any) -> Packet:
    """A record of prv_candidates: a detection where it has a magnitude, else an upper limit."""
    values: Packet = {"jd": mjd + JD0, "fid": 1, "diffmaglim": 20.25}
    if mag is not None:
        values |= {"magpsf": mag, "sigmapsf": 0.0625, "candid": candid, "isdiffpos": "t", "ra": 150.25, "dec": -5.5}
        values |= {"magnr": 19.5, "sigmagnr": 0.03125}
    return schemas.filled("ztf", "prv_candidates", values | fields)


def lsst(
    source_id: int | None, object_id: int, mjd: float | None, *, flux: float | None = 2000.0, **fields: Any
) -> Packet:
    """An LSST alert; a field goes to the packet, else to diaSource, else to the first other record that has it."""
    top = schemas.records("lsst")["value"]
    structs = {
        name: schemas.blank("lsst", kind.partition(":")[2]) for name, kind in top.items() if kind.startswith("record:")
    }
    structs["diaSource"] |= {
        "diaSourceId": source_id,
        "diaObjectId": object_id,
        "ssObjectId": 0,
        "midpointMjdTai": None if mjd is None else mjd + TAI_MINUS_UTC_DAYS,
        "psfFlux": flux,
        "psfFluxErr": 400.0,
        "scienceFlux": 25000.0,
        "scienceFluxErr": 500.0,
        "band": "r",
        "ra": place_of(object_id)[0] - 90.0,
        "dec": place_of(object_id)[1] - 40.0,
        "isNegative": None if flux is None else flux < 0,
        "reliability": 0.75,
    }
    structs["diaObject"]["diaObjectId"] = object_id or None
    packet = {
        "diaSourceId": source_id,
        "lsst_schema_version": "lsst.v10_0",
        "brokerEndProcessTimestamp": "2026-03-06 03:00:00.000000",
        "prvDiaSources": [],
        "prvDiaForcedSources": [],
    }
    for name, value in fields.items():
        if name in top:
            packet[name] = value
            continue
        owner = next(struct for struct in ("diaSource", *structs) if name in structs[struct])
        structs[owner][name] = value
    return schemas.filled("lsst", "value", structs | packet)


def lsst_point(source_id: int, mjd: float, *, flux: float, **fields: Any) -> Packet:
    """A record of prvDiaSources."""
    values = {"diaSourceId": source_id, "midpointMjdTai": mjd + TAI_MINUS_UTC_DAYS, "psfFlux": flux}
    values |= {"psfFluxErr": 400.0, "scienceFlux": 25000.0, "scienceFluxErr": 500.0, "band": "r"}
    return schemas.filled("lsst", "prvDiaSources", values | {"isNegative": flux < 0} | fields)


def lsst_forced(forced_id: int, mjd: float, *, flux: float, **fields: Any) -> Packet:
    """A record of prvDiaForcedSources."""
    values = {"diaForcedSourceId": forced_id, "midpointMjdTai": mjd + TAI_MINUS_UTC_DAYS, "psfFlux": flux}
    values |= {"psfFluxErr": 450.0, "scienceFlux": 24000.0, "scienceFluxErr": 520.0, "band": "r"}
    return schemas.filled("lsst", "prvDiaForcedSources", values | fields)


def moving(
    source_id: int, designation: str, mjd: float, *, ss_object_id: int = 21163624394469969, **fields: Any
) -> Packet:
    """An LSST alert of a known asteroid: its diaObject is a record of nulls, and its diaObjectId 0."""
    names = {"ssObjectId": ss_object_id, "unpacked_primary_provisional_designation": designation, "is_sso": True}
    return lsst(source_id, 0, mjd, **(names | fields))


def mma(object_id: str | None, candid: int | None, mjd: float, *, trigger: str, **fields: Any) -> Packet:
    """A packet of Fink's multi-messenger streams."""
    values = {
        "objectId": object_id,
        "candid": candid,
        "ztf_ra": place_of(object_id)[0],
        "ztf_dec": place_of(object_id)[1],
        "fid": 1,
        "jd": mjd + JD0,
        "jdstarthist": mjd + JD0 - 10.0,
        "rb": 0.75,
        "observatory": "Fermi",
        "instrument_or_event": "GBM",
        "triggerId": trigger,
        "triggerTimeUTC": "2026-03-21 23:11:05",
        "gcn_ra": 151.0,
        "gcn_dec": -4.0,
        "gcn_loc_error": 300.0,
        "p_assoc": 0.125,
        "fink_class": "Unknown",
    }
    return dict.fromkeys(_MMA_FIELDS) | values | fields


@cache
def key_of(kind: str) -> bytes:
    """The message key of "ztf", "lsst" or "mma" alerts: their Avro schema as JSON."""
    return json.dumps(_schema(kind)).encode()


@cache
def _schema(kind: str) -> Any:
    if kind != "mma":
        return schemas.schema(kind)
    fields = [{"name": name, "type": [avro, "null"]} for name, avro in _MMA_FIELDS.items()]
    return {"type": "record", "name": "topLevelRecord", "fields": fields}


@cache
def _parsed(kind: str) -> Any:
    return fastavro.parse_schema(_schema(kind))


def kind_of(packet: Packet) -> str:
    """Which schema a packet has."""
    return "lsst" if "diaSource" in packet else "ztf" if "candidate" in packet else "mma"


def encode(packet: Packet) -> tuple[bytes, bytes]:
    """Key and value as Fink produces them."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, _parsed(kind_of(packet)), packet)
    return key_of(kind_of(packet)), out.getvalue()


def message(packet: Packet, topic: str = SN, offset: int = 0, partition: int = 0, cluster: str = "test") -> Message:
    """A packet as it comes off a topic."""
    return Message(cluster, topic, partition, offset, *encode(packet))


def arrival(packet: Packet, topic: str = SN, offset: int = 0, partition: int = 0, cluster: str = "test") -> Arrival:
    """A packet as it comes off a topic, understood."""
    return understood(message(packet, topic, offset, partition, cluster))


def understood(made: Message) -> Arrival:
    """The arrival of a message that must decode."""
    found = decode_message(SchemaCache(), made)
    assert isinstance(found, Arrival), found
    return found


def write_avro(path: Path, packets: Iterable[Packet], codec: str = "null") -> Path:
    """An Avro container file of alerts of one kind."""
    found = list(packets)
    with path.open("wb") as out:
        fastavro.writer(out, _parsed(kind_of(found[0])), found, codec=codec)
    return path


def real_messages(survey: str) -> list[Message]:
    """The real alerts of a survey; skips where there are none."""
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    files = sorted(Path(folder).glob(f"{survey}*.avro")) if folder else []
    if not files:
        pytest.skip("FINK_TUI_REAL_ALERTS names no folder with real alerts")
    return [found for file in files for found in read_messages(file)]


def real_packets(survey: str) -> list[Packet]:
    """The real alerts of a survey, decoded; skips where there are none."""
    schema_cache = SchemaCache()
    return [schema_cache.decode(found.key, found.value) for found in real_messages(survey)]


def sky(objects: int = 3, visits: int = 4) -> list[Sent]:
    """A sky with all that makes order matter, as (topic, packet).

    Light curves whose alerts repeat each other's points, alerts on several topics, asteroids (one of them known to
    both surveys and to a multi-messenger stream under its ZTF name), multi-messenger packets with and without their
    full one, and an alert that was processed twice.
    """
    sent: list[Sent] = []
    for number in range(objects):
        sent += _ztf_curve(number, visits)
        sent += _lsst_curve(number, visits)
    sent += _asteroids()
    first, second = sent[0][1], sent[1][1]
    named = str(first["objectId"])
    for packet in (first, second):
        jd, candid = packet["candidate"]["jd"] - JD0, packet["candid"]
        sent.append((GRB, mma(named, candid, jd, trigger="739826")))
        sent.append((GOLD, mma(named, candid, jd, trigger="739826", rate=-0.5, delta_mag=-0.25, diff_vartime=0.5)))
    sent.append(
        (GW, mma(named, first["candid"], first["candidate"]["jd"] - JD0, trigger="S260321ab", observatory="LVK"))
    )
    sent.append((GRB, mma("ZTF26zzzzzzz", 990_000_000_000_000_001, 61120.5, trigger="739826")))
    again = {**first, "tns": "SN Ia", "brokerEndProcessTimestamp": "2026-03-23 01:00:00.000000"}
    return [*sent, (TNS, again)]


def _ztf_curve(number: int, visits: int) -> list[Sent]:
    object_id = f"ZTF26aaaaa{chr(97 + number // 26)}{chr(97 + number % 26)}"
    first = 61100.0 + number / 16
    points = [ztf_point(first - 4.0, fid=2), ztf_point(first - 2.0, diffmaglim=19.75), ztf_point(first - 1.0)]
    sent: list[Sent] = []
    for visit in range(visits):
        candid = 3_367_463_101_415_010_117 + number * 1000 + visit
        mjd, mag, fid = first + visit * 2.0, 19.5 - visit * 0.25 + number / 32, 1 + visit % 2
        positive = "t" if number % 2 == 0 or visit % 2 else "f"
        fields = {"fid": fid, "isdiffpos": positive, "ra": 10.0 + number, "dec": -20.0 + number, "tns": ""}
        window = [point for point in points if point["jd"] - JD0 > mjd - 8.0]
        packet = ztf(object_id, candid, mjd, mag=mag, prv_candidates=window, jdstarthist=first + JD0, **fields)
        sent.append((SN, packet))
        if visit % 2 == 0:
            sent.append((TNS, packet))
        points.append(ztf_point(mjd, mag=mag, candid=candid, fid=fid, isdiffpos=positive))
        points.append(ztf_point(mjd + 1.0, fid=fid, diffmaglim=20.5 - visit / 8))
    return sent


def _lsst_curve(number: int, visits: int) -> list[Sent]:
    object_id = 170_028_485_706_776_685 + number
    first = 61105.0 + number / 16
    points: list[Packet] = []
    forced: list[Packet] = []
    sent: list[Sent] = []
    for visit in range(visits):
        source_id = 170_094_456_272_322_680 + number * 1000 + visit
        mjd, flux, band = first + visit / 2, 3000.0 * (visit - 1) + 250.0, "gri"[visit % 3]
        # A forced point gets a new id and a slightly different flux with every packet.
        measured = [
            {**f, "diaForcedSourceId": f["diaForcedSourceId"] + visit, "psfFlux": f["psfFlux"] + visit} for f in forced
        ]
        fields = {"band": band, "prvDiaSources": list(points), "prvDiaForcedSources": measured}
        cats = {"cats_class": 11 if number % 2 == 0 else None, "firstDiaSourceMjdTaiFink": first + TAI_MINUS_UTC_DAYS}
        packet = lsst(source_id, object_id, mjd, flux=flux, **fields, **cats)
        sent.append((LSST, packet))
        if visit % 2:
            sent.append((UNIFORM, packet))
        points.append(lsst_point(source_id, mjd, flux=flux, band=band))
        forced.append(lsst_forced(910_000 + number * 10_000 + visit * 100, mjd + 0.25, flux=flux + 100.0, band=band))
    return sent


def _asteroids() -> list[Sent]:
    sent: list[Sent] = []
    for visit in range(3):
        mjd = 61110.0 + visit / 32
        # One asteroid has a new ZTF name wherever it is seen.
        name, candid = f"ZTF26movin{chr(97 + visit)}", 3_400_000_000_000_000_001 + visit
        place = {"ra": 20.0 + visit / 8, "dec": 3.0, "ssdistnr": 0.5, "ssmagnr": 18.25}
        sent.append((SSO, ztf(name, candid, mjd, ssnamenr="2004 JQ12", roid=3, **place)))
        sent.append((GW, mma(name, candid, mjd, trigger="S260321ab")))
        sent.append((UNIFORM, moving(180_000_000_000_000_001 + visit, "2004 JQ12", mjd + 1.0, ra=20.5 + visit / 8)))
        sent.append((UNIFORM, moving(190_000_000_000_000_001 + visit, "2026 AB", mjd, ss_object_id=777, ra=30.0)))
    return sent


def spread(sent: Sequence[Sent], partitions: int = 10) -> list[Message]:
    """Packets as messages over the partitions of their topics, each at the end of its log."""
    following: dict[tuple[str, int], int] = {}
    made = []
    for number, (topic, packet) in enumerate(sent):
        place = (topic, (number * 7) % partitions)
        following[place] = following.get(place, -1) + 1
        made.append(message(packet, topic, following[place], place[1]))
    return made
