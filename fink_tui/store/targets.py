"""Reading targets: the lists, one target with all that is known of it, and finding one by any of its names."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fink_tui.alerts.alert import Detection
from fink_tui.store.points import KINDS
from fink_tui.store.spots import objects_in_cone

STATUSES = ("new", "watch", "follow", "done", "reject", "snooze")


@dataclass(frozen=True, slots=True)
class Target:
    """One line of a list. Times are MJD UTC, angles degrees, magnitudes AB, fluxes nJy.

    `last_*` is the newest alert's own measurement; `change` the magnitudes since the previous one in its band.
    `n_detections` counts the upper limits too, `n_forced` the forced points apart. `rate` is in mag/day, from an
    earlier night of the same band. `back` says why a rejected or snoozed target came back; `looked` is the JSON text of
    `looks`, `details` that of the newest alert's details in groups, `note` all notes, the newest first. `joined` is the
    target that this one is part of, where it is: it is in no list then. `proposed` counts the targets that this one may
    be one with.
    """

    id: int
    name: str
    status: str
    label: str
    label_origin: str
    ra: float | None
    dec: float | None
    is_moving: bool
    surveys: tuple[str, ...]
    objects: tuple[str, ...]
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    n_alerts: int
    n_detections: int
    n_upper_limits: int
    n_forced: int
    first_mjd: float | None
    last_mjd: float | None
    last_mag: float | None
    last_mag_err: float | None
    last_band: str | None
    last_flux: float | None
    last_flux_err: float | None
    last_negative: bool | None
    last_apparent: float | None
    change: float | None
    rate: float | None
    priority: int | None
    snoozed_until: float | None
    back: str | None
    looked: str | None
    note: str
    details: str
    arrived: int
    changed: int
    joined: int | None
    proposed: int

    @property
    def age_days(self) -> float | None:
        """Days from the first detection known to the newest alert."""
        return None if self.first_mjd is None or self.last_mjd is None else self.last_mjd - self.first_mjd


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """One alert of a target as it lies in the database, with the topics it came on and the events tied to it."""

    id: int
    survey: str
    source_id: int
    object_id: str
    detection: Detection
    label: str | None
    label_origin: str | None
    topics: tuple[str, ...]
    details: dict[str, Any]
    events: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A text of the user's about a target. `at` is MJD UTC."""

    id: int
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target with its alerts and its whole light curve, both in order of time, its other names and its notes."""

    target: Target
    alerts: tuple[StoredAlert, ...]
    detections: tuple[Detection, ...]
    aliases: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def _target(row: sqlite3.Row) -> Target:
    return Target(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        label=row["class"] or "Unknown",
        label_origin=row["class_origin"] or "",
        ra=row["ra"],
        dec=row["dec"],
        is_moving=bool(row["is_moving"]),
        surveys=tuple(json.loads(row["surveys"])),
        objects=tuple(json.loads(row["objects"])),
        topics=tuple(json.loads(row["topics"])),
        tags=_tags(row["tags"], row["joined_tags"]),
        n_alerts=row["n_alerts"],
        n_detections=row["n_detections"],
        n_upper_limits=row["n_upper_limits"],
        n_forced=row["n_forced"],
        first_mjd=row["first_mjd"],
        last_mjd=row["last_mjd"],
        last_mag=row["last_mag"],
        last_mag_err=row["last_mag_err"],
        last_band=row["last_band"],
        last_flux=row["last_flux"],
        last_flux_err=row["last_flux_err"],
        last_negative=None if row["last_negative"] is None else bool(row["last_negative"]),
        last_apparent=row["last_apparent"],
        change=row["change"],
        rate=row["rate"],
        priority=row["priority"],
        snoozed_until=row["snoozed_until"],
        back=row["back"],
        looked=row["looked"],
        note=row["note"] or "",
        details=row["details"] or "{}",
        arrived=row["arrived"],
        changed=row["changed"],
        joined=row["joined"],
        proposed=row["proposed"],
    )


def _tags(own: str, of_joined: str | None) -> tuple[str, ...]:
    if of_joined is None:
        return tuple(json.loads(own))
    return tuple(sorted({word for text in (own, *of_joined.split("\n")) for word in json.loads(text)}))


# The notes and tags of a target are also those of the targets that are part of it.
_TARGETS = """SELECT *, (SELECT group_concat(text, ' | ') FROM (SELECT text FROM notes
    WHERE target IN (SELECT targets.id UNION ALL SELECT j.id FROM targets j WHERE j.joined = targets.id)
    AND text <> '' ORDER BY id DESC)) AS note,
    (SELECT group_concat(j.tags, char(10)) FROM targets j WHERE j.joined = targets.id) AS joined_tags FROM targets"""


def all_targets(conn: sqlite3.Connection, *, status: str | None = None) -> list[Target]:
    """Every target, or those of one status, by name."""
    where, values = ("WHERE joined IS NULL AND status = ?", (status,)) if status else ("WHERE joined IS NULL", ())
    return [_target(row) for row in conn.execute(f"{_TARGETS} {where} ORDER BY name", values)]


def read_targets(conn: sqlite3.Connection, ids: Sequence[int]) -> list[Target]:
    """The targets of these numbers that there are."""
    found = (conn.execute(f"{_TARGETS} WHERE id = ?", (number,)).fetchone() for number in ids)
    return [_target(row) for row in found if row is not None]


def changed_targets(conn: sqlite3.Connection, after: int, limit: int = 500) -> list[Target]:
    """Targets whose `changed` is larger than `after`, the earliest change first, whoever changed them.

    Those that became part of another are among them.
    """
    rows = conn.execute(f"{_TARGETS} WHERE changed > ? ORDER BY changed LIMIT ?", (after, limit))
    return [_target(row) for row in rows]


def find_targets(conn: sqlite3.Connection, name: str) -> list[Target]:
    """Targets of this name, object id or alias; failing that, those whose name or object id begins with it."""
    wanted = name.strip()
    found = conn.execute(
        f"""{_TARGETS} WHERE id IN (SELECT coalesce(joined, id) FROM targets WHERE name = ?1 COLLATE NOCASE
           UNION SELECT target FROM objects WHERE object_id = ?1 COLLATE NOCASE
           UNION SELECT o.target FROM aliases a JOIN objects o ON o.id = a.object WHERE a.name = ?1 COLLATE NOCASE)
           ORDER BY name""",
        (wanted,),
    ).fetchall()
    if not found and wanted:
        # A range, which an index can give; LIKE with what she typed can't always use one.
        found = conn.execute(
            f"""{_TARGETS} WHERE id IN (SELECT id FROM (
                   SELECT coalesce(joined, id) AS id, name FROM targets
                   WHERE name >= ?1 COLLATE NOCASE AND name < ?2 COLLATE NOCASE UNION
                   SELECT target, object_id FROM objects
                   WHERE object_id >= ?1 COLLATE NOCASE AND object_id < ?2 COLLATE NOCASE
                   ORDER BY 2 LIMIT 40)) ORDER BY name LIMIT 20""",
            (wanted, f"{wanted}\U0010ffff"),
        ).fetchall()
    return [_target(row) for row in found]


def targets_in_cone(conn: sqlite3.Connection, ra: float, dec: float, radius: float) -> list[tuple[Target, float]]:
    """Targets with an object within a radius (arcsec) of a position (degrees), the nearest first, with the distance.

    Moving objects are at no place, and in no cone.
    """
    nearest: dict[int, float] = {}
    for thing, arcsec in objects_in_cone(conn, ra, dec, radius):
        (target,) = conn.execute("SELECT target FROM objects WHERE id = ?", (thing,)).fetchone()
        nearest.setdefault(int(target), arcsec)
    return [(target, nearest[target.id]) for target in read_targets(conn, list(nearest))]


def target_of_object(conn: sqlite3.Connection, survey: str, object_id: str) -> int | None:
    """The target an object belongs to, found by the survey's id or another of its names, or None."""
    row = conn.execute(
        """SELECT target FROM objects WHERE survey = ?1 AND (object_id = ?2
           OR id IN (SELECT object FROM aliases WHERE name = ?2)) ORDER BY object_id = ?2 DESC LIMIT 1""",
        (survey, object_id),
    ).fetchone()
    return None if row is None else int(row[0])


def view_target(conn: sqlite3.Connection, target_id: int) -> TargetView | None:
    """All that is stored of a target, read at one moment, or None where it is gone."""
    conn.execute("BEGIN")
    try:
        row = conn.execute(f"{_TARGETS} WHERE id = ?", (target_id,)).fetchone()
        if row is None:
            return None
        objects = [
            int(found[0])
            for found in conn.execute("SELECT id FROM objects WHERE target = ? ORDER BY id", (target_id,)).fetchall()
        ]
        aliases = conn.execute(
            "SELECT DISTINCT a.name FROM aliases a JOIN objects o ON o.id = a.object WHERE o.target = ? ORDER BY 1",
            (target_id,),
        )
        names = tuple(str(alias[0]) for alias in aliases)
        notes = conn.execute(
            """SELECT id, at, text FROM notes WHERE text <> '' AND target IN (SELECT ?1 UNION ALL
               SELECT id FROM targets WHERE joined = ?1) ORDER BY id""",
            (target_id,),
        )
        return TargetView(
            _target(row),
            _alerts(conn, objects),
            _detections(conn, objects),
            names,
            tuple(Note(*note) for note in notes),
        )
    finally:
        conn.execute("COMMIT")


_DETECTIONS = "SELECT d.*, o.survey FROM detections d JOIN objects o ON o.id = d.object"


def _detections(conn: sqlite3.Connection, objects: Iterable[int]) -> tuple[Detection, ...]:
    found = [
        _detection(row)
        for object_id in objects
        for row in conn.execute(f"{_DETECTIONS} WHERE d.object = ?", (object_id,))
    ]
    found.sort(key=lambda d: (d.mjd, d.kind, d.band or "", d.source_id or 0, d.upper_limit or 0.0))
    return tuple(found)


def points_of_target(conn: sqlite3.Connection, target_id: int) -> list[tuple[str, Detection]]:
    """Every photometric point of a target with the survey that measured it, in no order."""
    rows = conn.execute(
        "SELECT o.survey, d.* FROM objects o JOIN detections d ON d.object = o.id WHERE o.target = ?", (target_id,)
    )
    return [(str(row["survey"]), _detection(row)) for row in rows]


def _detection(row: sqlite3.Row) -> Detection:
    return Detection(
        kind=KINDS[row["kind"]],
        mjd=row["mjd"],
        band=row["band"],
        source_id=row["source_id"],
        flux=row["flux"],
        flux_err=row["flux_err"],
        mag=row["mag"],
        mag_err=row["mag_err"],
        mag_apparent=row["mag_apparent"],
        mag_apparent_err=row["mag_apparent_err"],
        upper_limit=row["upper_limit"],
        is_negative=None if row["is_negative"] is None else bool(row["is_negative"]),
        ra=row["ra"],
        dec=row["dec"],
        survey=row["survey"],
    )


_ALERTS = """SELECT a.id AS alert, a.survey, a.class, a.class_origin, a.details, d.*, o.object_id,
    a.source_id AS own_id
    FROM alerts a JOIN detections d ON d.object = a.object AND d.kind = 0 AND d.point = a.source_id
    JOIN objects o ON o.id = a.object"""


def read_alert(conn: sqlite3.Connection, alert: int) -> StoredAlert | None:
    """One alert by its row, or None where it is gone."""
    row = conn.execute(f"{_ALERTS} WHERE a.id = ?", (alert,)).fetchone()
    return None if row is None else _alert(conn, row)


def _alerts(conn: sqlite3.Connection, objects: Iterable[int]) -> tuple[StoredAlert, ...]:
    found = [
        _alert(conn, row)
        for object_id in objects
        for row in conn.execute(f"{_ALERTS} WHERE a.object = ?", (object_id,)).fetchall()
    ]
    found.sort(key=lambda alert: (alert.detection.mjd, alert.survey, alert.source_id))
    return tuple(found)


def _alert(conn: sqlite3.Connection, row: sqlite3.Row) -> StoredAlert:
    events = _texts(conn, "SELECT details FROM events WHERE alert = ? ORDER BY trigger", row["alert"])
    return StoredAlert(
        id=row["alert"],
        survey=row["survey"],
        source_id=row["own_id"],
        object_id=row["object_id"],
        detection=_detection(row),
        label=row["class"],
        label_origin=row["class_origin"],
        topics=_texts(conn, "SELECT DISTINCT topic FROM arrivals WHERE alert = ? ORDER BY 1", row["alert"]),
        details=json.loads(row["details"]),
        events=tuple(json.loads(text) for text in events),
    )


def _texts(conn: sqlite3.Connection, query: str, value: int) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in conn.execute(query, (value,)))
