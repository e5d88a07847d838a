"""All that the stand-in knows: alerts of the simulated sky or of files, made into rows when first asked for."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import fastavro

from fink_tui.demo import lsst_ids, ztf_packets
from fink_tui.demo.api import rows
from fink_tui.demo.api.labels import labels
from fink_tui.demo.api.rows import Cells, Packet
from fink_tui.demo.cast import population
from fink_tui.demo.night import OPENING, dispatches
from fink_tui.demo.packets import build, survey_of
from fink_tui.demo.sky import FIRST_NIGHT
from fink_tui.demo.times import JD_OF_MJD, TAI_MINUS_UTC
from fink_tui.demo.topics import topics_of
from fink_tui.demo.visits import Point

NIGHTS = 10  # how far back the simulated sky's alerts go
_MAKING = threading.Lock()  # two that want the same alert should not both make it


@dataclass(frozen=True, slots=True)
class Known:
    """The rows an alert leaves in the tables; `labels` are its classes (ZTF) or tags (LSST)."""

    main: Cells
    labels: frozenset[str]
    pixel: Cells
    summary: Cells = field(default_factory=dict)
    moving: Cells = field(default_factory=dict)
    forced: tuple[Cells, ...] = ()
    limits: tuple[Cells, ...] = ()
    detections: tuple[Cells, ...] = ()


@dataclass(slots=True, eq=False)
class Alert:
    """One alert: what is known without making its packet, and the packet on demand.

    `mjd` is UTC, `ra` and `dec` in degrees; `object_id` is "0" for an LSST solar system object; `designation` names a
    moving one, else it is empty; `tns` is its full name at the Transient Name Server.
    """

    survey: str
    object_id: str
    source_id: int
    mjd: float
    ra: float
    dec: float
    designation: str
    tns: str
    packet: Callable[[], Packet]
    _known: Known | None = None

    @property
    def known(self) -> Known:
        """Its rows."""
        if self._known is None:
            with _MAKING:
                if self._known is None:
                    packet = self.packet()
                    self._known = _known_of_ztf(packet) if self.survey == "ztf" else _known_of_lsst(packet)
        return self._known


def _known_of_ztf(packet: Packet) -> Known:
    row = rows.ztf(packet)
    limits, detections = rows.ztf_history(packet)
    pixel = {name: value for name, value in row.items() if name in rows.ZTF_PIXEL}
    return Known(row, labels(row), pixel, limits=tuple(limits), detections=tuple(detections))


def _known_of_lsst(packet: Packet) -> Known:
    tags = frozenset(topic.removeprefix("fink_").removesuffix("_lsst") for topic in topics_of("lsst", packet))
    return Known(
        rows.lsst_source(packet),
        tags,
        rows.lsst_pixel(packet),
        rows.lsst_object(packet),
        rows.lsst_moving(packet),
        tuple(rows.lsst_forced(packet)),
    )


class Database:
    """The alerts of both surveys, newest first, and by object."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self._alerts: dict[str, list[Alert]] = {"ztf": [], "lsst": []}
        self._objects: dict[str, dict[str, list[Alert]]] = {"ztf": defaultdict(list), "lsst": defaultdict(list)}
        for alert in sorted({(a.survey, a.source_id): a for a in alerts}.values(), key=lambda a: -a.mjd):
            self._alerts[alert.survey].append(alert)
            if alert.object_id != "0":
                self._objects[alert.survey][alert.object_id].append(alert)

    def alerts(self, survey: str) -> list[Alert]:
        """Every alert, newest first."""
        return self._alerts[survey]

    def objects(self, survey: str) -> dict[str, list[Alert]]:
        """Every object that stays in its place (every name, for ZTF) with its alerts, newest first."""
        return self._objects[survey]

    def beginning_with(self, survey: str, object_id: str) -> Iterator[Alert]:
        """The alerts of the objects whose name begins so: HBase looks rows up by the beginning of their key."""
        for name in sorted(self._objects[survey]):
            if name.startswith(object_id):
                yield from self._objects[survey][name]

    def warm(self, stop: threading.Event) -> None:
        """Make the rows of every alert, so that the first question of a kind is no slower than the next."""
        for survey in ("ztf", "lsst"):
            for alert in self._alerts[survey]:
                if stop.is_set():
                    return
                _ = alert.known


def simulated(seed: int, until: float = OPENING) -> Database:
    """The simulated sky of a seed, with the alerts that Fink has sent by an MJD UTC."""
    sources = population(seed)
    nights = range(FIRST_NIGHT - NIGHTS, int(until) + 1)
    sent = {d.point: d.sent for night in nights for d in dispatches(sources, night) if d.sent <= until}
    return Database(_of_point(point, at) for point, at in sent.items())


def _of_point(point: Point, sent: float) -> Alert:
    source = point.source
    is_ztf = point.survey == "ztf"
    return Alert(
        survey=point.survey,
        object_id=ztf_packets.object_id(point) if is_ztf else str(lsst_ids.object_id(source)),
        source_id=ztf_packets.source_id(point) if is_ztf else lsst_ids.source_id(point),
        mjd=point.mjd,
        ra=point.ra,
        dec=point.dec,
        designation=source.designation,
        tns=source.tns,
        packet=lambda: build(point, sent),
    )


def from_files(paths: Iterable[Path]) -> Database:
    """The alerts in Avro files, and in the .avro files of folders; raises OSError and ValueError."""
    files = [file for path in paths for file in (sorted(path.rglob("*.avro")) if path.is_dir() else [path])]
    return Database(_of_packet(packet) for file in files for packet in _packets(file))


def _packets(file: Path) -> Iterator[Packet]:
    with file.open("rb") as opened:
        for packet in fastavro.reader(opened):
            assert isinstance(packet, dict)
            yield packet


def _of_packet(packet: Packet) -> Alert:
    if survey_of(packet) == "ztf":
        candidate, name = packet["candidate"], packet["objectId"]
        designation = candidate.get("ssnamenr") or ""
        return Alert(
            survey="ztf",
            object_id=name,
            source_id=packet["candid"],
            mjd=candidate["jd"] - JD_OF_MJD,
            ra=candidate["ra"],
            dec=candidate["dec"],
            designation="" if designation == "null" else designation,
            tns=_invented_tns_name(name) if packet.get("tns") else "",
            packet=lambda: packet,
        )
    source, orbit = packet["diaSource"], packet.get("mpc_orbits") or {}
    return Alert(
        survey="lsst",
        object_id=str(source["diaObjectId"] or 0),
        source_id=source["diaSourceId"],
        mjd=source["midpointMjdTai"] - TAI_MINUS_UTC,
        ra=source["ra"],
        dec=source["dec"],
        designation=orbit.get("unpacked_primary_provisional_designation") or "",
        tns=(packet.get("xm") or {}).get("tns_fullname") or "",
        packet=lambda: packet,
    )


def _invented_tns_name(object_id: str) -> str:
    # A ZTF packet has the type that the Transient Name Server gives, but not the name.
    return f"SN 20{object_id[3:5]}{object_id[-4:]}"
