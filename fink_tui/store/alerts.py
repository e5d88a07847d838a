"""Writing what came off a stream: alerts, detections, arrivals, packets and offsets in ONE transaction.

Every rule here is free of order: the same messages in any order, any number of times, give the same rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from fink_tui.alerts.alert import DETECTION, Alert
from fink_tui.alerts.arrival import Arrival, Batch, Undecodable
from fink_tui.alerts.times import now
from fink_tui.store.comeback import come_back
from fink_tui.store.grouping import namesakes, settle
from fink_tui.store.lines import Line, record_line
from fink_tui.store.listed import LIST
from fink_tui.store.packets import Packet, compress, keep_packet, schema_id
from fink_tui.store.points import write_points
from fink_tui.store.summary import refresh_targets

# An alert's own measurement outranks what any later packet repeats of it.
_OWN_RANK = 1e9
# So does what the API says of the alert itself, but not what its packet says.
_QUERIED_RANK = 5e8


@dataclass(slots=True)
class Written:
    """What a batch changed: arrivals never seen before, alerts among them never seen before, by topic."""

    arrivals: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    newest_mjd: dict[str, float] = field(default_factory=dict)


# Acts on the line of a target at an arrival, in the transaction that writes the arrival.
Act = Callable[[sqlite3.Connection, Line], None]


def write_batch(
    conn: sqlite3.Connection, batch: Batch, *, keep_packets: bool = True, act: Act | None = None
) -> Written:
    """Store a batch and its offsets, with what `act` makes of each arrival, all or nothing.

    Raises sqlite3.Error with the database as it was.
    """
    written = Written()
    moment = now()
    touched: dict[int, bool] = {}
    conn.execute("BEGIN IMMEDIATE")
    try:
        for arrival in batch.arrivals:
            line = _write_arrival(conn, arrival, moment, written, touched, keep_packets)
            if line is not None and act is not None:
                act(conn, line)
        for undecodable in batch.undecodable:
            _quarantine(conn, undecodable, moment, written)
        conn.executemany(
            "INSERT INTO offsets (cluster, topic, part, next, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET next = excluded.next, at = excluded.at",
            [(*offset, moment) for offset in batch.offsets],
        )
        refresh_targets(conn, touched)
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return written


@dataclass(slots=True)
class Queried:
    """What answers of the API changed: alerts never seen before, alerts of objects that are not stored, targets."""

    new: int = 0
    unknown: int = 0
    targets: list[int] = field(default_factory=list)


def write_queried(conn: sqlite3.Connection, alerts: Iterable[Alert], *, make_targets: bool = False) -> Queried:
    """Merge alerts of the API, and the points they carry, into what is stored, all or nothing. Raises sqlite3.Error.

    Objects that are not stored become targets of status new with `make_targets`, else their alerts are left out. The
    packet of an alert outranks what the API says of it, whichever comes first.
    """
    queried = Queried()
    touched: dict[int, bool] = {}
    conn.execute("BEGIN IMMEDIATE")
    try:
        for alert in alerts:
            if make_targets or _known_object(conn, alert) is not None:
                queried.new += _write_queried(conn, alert, touched)
            else:
                queried.unknown += 1
        refresh_targets(conn, touched)
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    queried.targets = list(touched)
    return queried


def _write_queried(conn: sqlite3.Connection, alert: Alert, touched: dict[int, bool]) -> bool:
    """Whether the alert was not known."""
    known = conn.execute(
        "SELECT revision, object FROM alerts WHERE survey = ? AND source_id = ?", (alert.survey, alert.source_id)
    ).fetchone()
    # The richer of two answers wins; "~" sorts after every poor packet, and before every full one.
    said = json.dumps([alert.details, repr(alert.detection), alert.label, alert.first_mjd], sort_keys=True)
    revision = f"0 ~{len(said):06d} {hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"
    is_new_object = _known_object(conn, alert) is None
    if known is None or revision > known[0]:
        object_id = _object(conn, alert, touched)
        _write_alert(conn, alert, revision, object_id)
        if known is not None:
            _forget_own(conn, alert, int(known[1]), touched)
        write_points(conn, object_id, [(alert.detection, _QUERIED_RANK)])
        target = _settle(conn, object_id, known and known[1], touched)
        touched[target] = touched.get(target, False) or is_new_object
    elif _known_object(conn, alert) != known[1]:
        return False
    else:
        object_id = _object(conn, alert, touched)
        touched.setdefault(_target_of(conn, object_id), False)
    # Without the survey's id a detection could not be told from the one a packet brings.
    history = tuple(p for p in alert.history if p.kind != DETECTION or p.source_id is not None)
    _write_surroundings(conn, replace(alert, history=history), object_id)
    return known is None


def _write_arrival(
    conn: sqlite3.Connection,
    arrival: Arrival,
    moment: float,
    written: Written,
    touched: dict[int, bool],
    keep_packets: bool,
) -> Line | None:
    """The line of the alert's target where the arrival is one that was not known."""
    message, alert = arrival.message, arrival.alert
    known = conn.execute(
        "SELECT id, revision, object FROM alerts WHERE survey = ? AND source_id = ?", (alert.survey, alert.source_id)
    ).fetchone()
    revision = _revision(alert, message.value)
    alert_id = int(known[0]) if known else 0
    if known is None or revision > known[1]:
        object_id = _object(conn, alert, touched)
        alert_id = _write_alert(conn, alert, revision, object_id)
        if known is not None:
            _forget_own(conn, alert, int(known[2]), touched)
        write_points(conn, object_id, [(alert.detection, _OWN_RANK if alert.is_full else -1.0)])
        _write_surroundings(conn, alert, object_id)
        if keep_packets:
            keep_packet(conn, alert_id, Packet(message.key or b"", message.value), moment)
        touched.setdefault(_settle(conn, object_id, known and known[2], touched), False)
    elif revision != known[1] and _known_object(conn, alert) == known[2]:
        _write_surroundings(conn, alert, int(known[2]))
    _write_event(conn, alert, alert_id)
    added = conn.execute(
        "INSERT OR IGNORE INTO arrivals (alert, topic, cluster, part, offset, produced, received) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (alert_id, message.topic, message.cluster, message.partition, message.offset, message.produced, moment),
    ).rowcount
    if added:
        written.arrivals[message.topic] += 1
        written.new[message.topic] += known is None
        newest = written.newest_mjd.get(message.topic)
        if newest is None or alert.detection.mjd > newest:
            written.newest_mjd[message.topic] = alert.detection.mjd
        (of,) = conn.execute("SELECT object FROM alerts WHERE id = ?", (alert_id,)).fetchone()
        target = _target_of(conn, of)
        touched.pop(target, None)
        # Not with the rest of the batch: what rules see must not depend on where batches are cut.
        refresh_targets(conn, {target: known is None})
        if known is None:
            come_back(conn, [target])
        return record_line(conn, alert_id, target, moment)
    return None


def _revision(alert: Alert, value: bytes) -> str:
    """Text that orders the copies of one alert: the full packet over the poor one, then the one Fink wrote last."""
    return f"{int(alert.is_full)} {alert.processed} {hashlib.blake2b(value, digest_size=8).hexdigest()}"


def _settle(conn: sqlite3.Connection, object_id: int, before: int | None, touched: dict[int, bool]) -> int:
    """Group an object anew that an alert was written to, and the one it was taken from; the target it belongs to."""
    for target in settle(conn, {object_id, before or object_id}):
        touched.setdefault(target, False)
    return _target_of(conn, object_id)


def _target_of(conn: sqlite3.Connection, object_id: int) -> int:
    return int(conn.execute("SELECT target FROM objects WHERE id = ?", (object_id,)).fetchone()[0])


def _object(conn: sqlite3.Connection, alert: Alert, touched: dict[int, bool]) -> int:
    """The row of the alert's object, made where it is new, with a target of its own."""
    known = _known_object(conn, alert)
    if known is None:
        target = (
            _listed_target(conn, alert)
            or conn.execute(
                "INSERT INTO targets (name) VALUES (?) RETURNING id", (_free_name(conn, alert, touched),)
            ).fetchone()
        )
        row = conn.execute(
            "INSERT INTO objects (survey, object_id, target, home, is_moving) VALUES (?, ?, ?3, ?3, ?) RETURNING id",
            (alert.survey, alert.object_id, target[0], alert.is_moving),
        ).fetchone()
        known = int(row[0])
    return known


def _listed_target(conn: sqlite3.Connection, alert: Alert) -> tuple[int] | None:
    """The target that a list of the user's made of a moving object: a designation does not say which survey's it is."""
    if not alert.is_moving:
        return None
    found: tuple[int] | None = conn.execute(
        "SELECT target FROM objects WHERE survey = ? AND object_id = ? AND is_moving", (LIST, alert.object_id)
    ).fetchone()
    return found


def _known_object(conn: sqlite3.Connection, alert: Alert) -> int | None:
    row = conn.execute(
        "SELECT id FROM objects WHERE survey = ? AND object_id = ?", (alert.survey, alert.object_id)
    ).fetchone()
    return None if row is None else int(row[0])


def _free_name(conn: sqlite3.Connection, alert: Alert, touched: dict[int, bool]) -> str:
    """The object's name; where the other survey has an object of that name, both say which survey's they are."""
    rivals = namesakes(conn, alert.object_id)
    for survey, target in rivals:
        conn.execute(
            "UPDATE targets SET name = ? WHERE id = ? AND name = ?",
            (f"{alert.object_id} ({survey.upper()})", target, alert.object_id),
        )
        touched.setdefault(target, False)
    return f"{alert.object_id} ({alert.survey.upper()})" if rivals else alert.object_id


def _write_alert(conn: sqlite3.Connection, alert: Alert, revision: str, object_id: int) -> int:
    details = {group: values for group, values in alert.details.items() if values and group != "event"}
    row = conn.execute(
        "INSERT INTO alerts (survey, source_id, object, mjd, band, ra, dec, class, class_origin, first_mjd, details,"
        " revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (survey, source_id) DO UPDATE SET object = excluded.object, mjd = excluded.mjd,"
        " band = excluded.band, ra = excluded.ra, dec = excluded.dec, class = excluded.class,"
        " class_origin = excluded.class_origin, first_mjd = excluded.first_mjd, details = excluded.details,"
        " revision = excluded.revision RETURNING id",
        (
            alert.survey,
            alert.source_id,
            object_id,
            alert.detection.mjd,
            alert.detection.band,
            alert.ra,
            alert.dec,
            alert.label,
            alert.label_origin,
            alert.first_mjd,
            json.dumps(details, separators=(",", ":"), sort_keys=True),
            revision,
        ),
    ).fetchone()
    return int(row[0])


def _forget_own(conn: sqlite3.Connection, alert: Alert, object_id: int, touched: dict[int, bool]) -> None:
    """A better packet has come, maybe of another object: what the poorer one measured itself does not count."""
    conn.execute(
        "DELETE FROM detections WHERE object = ? AND kind = 0 AND point = ? AND rank IN (?, ?, -1)",
        (object_id, alert.source_id, _OWN_RANK, _QUERIED_RANK),
    )
    row = conn.execute("SELECT target FROM objects WHERE id = ?", (object_id,)).fetchone()
    touched.setdefault(int(row[0]), False)


def _write_surroundings(conn: sqlite3.Connection, alert: Alert, object_id: int) -> None:
    """What a packet tells of its object besides its own measurement: this counts whichever packet is the better."""
    for alias in alert.aliases:
        conn.execute("INSERT OR IGNORE INTO aliases (name, object) VALUES (?, ?)", (alias, object_id))
    # The packet repeats its own point among the forced ones, never among the earlier detections.
    others = [p for p in alert.history if p.kind != DETECTION or p.source_id != alert.source_id]
    write_points(conn, object_id, [(p, alert.detection.mjd) for p in others])


def _write_event(conn: sqlite3.Connection, alert: Alert, alert_id: int) -> None:
    event = alert.details.get("event")
    if event:
        conn.execute(
            "INSERT INTO events (alert, trigger, details) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET details = max(details, excluded.details)",
            (alert_id, str(event.get("trigger", "")), json.dumps(event, separators=(",", ":"), sort_keys=True)),
        )


def _quarantine(conn: sqlite3.Connection, undecodable: Undecodable, moment: float, written: Written) -> None:
    message = undecodable.message
    place, body = (message.cluster, message.topic, message.partition, message.offset), compress(message.value)
    # A topic made anew has other messages at the same places.
    if conn.execute(
        "SELECT 1 FROM quarantine WHERE cluster = ? AND topic = ? AND part = ? AND offset = ? AND body = ?",
        (*place, body),
    ).fetchone():
        return
    schema = None if message.key is None else schema_id(conn, message.key)
    conn.execute(
        "INSERT INTO quarantine (cluster, topic, part, offset, schema, body, reason, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*place, schema, body, undecodable.reason, moment),
    )
    written.quarantined[message.topic] += 1
