"""A target's line in the lists, worked out anew from its alerts whenever they change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from fink_tui.alerts.labels import label_of_topics

# Two points of one night say little of a rate: their errors are as large as their difference.
_RATE_DAYS = 0.5


def next_change(conn: sqlite3.Connection) -> int:
    """A number larger than any target's `changed`, within the caller's transaction."""
    row = conn.execute("SELECT coalesce(max(changed), 0) + 1 FROM targets").fetchone()
    return int(row[0])


def refresh_targets(conn: sqlite3.Connection, touched: dict[int, bool]) -> None:
    """Rewrite the summaries of targets, in the caller's transaction, in the order given.

    `touched` tells for each target whether an alert came that was not known before; those go to the top of the feed.
    """
    change = next_change(conn)
    for place, (target, has_new) in enumerate(touched.items()):
        _refresh(conn, target, change + place, has_new)


def _refresh(conn: sqlite3.Connection, target: int, change: int, has_new: bool) -> None:
    objects = conn.execute(
        """SELECT id, survey, object_id, is_moving, ra, dec, listed, label FROM objects WHERE target = ?
           ORDER BY survey, object_id""",
        (target,),
    ).fetchall()
    if not objects:
        # Its object is part of another target; the lists must hear of it.
        conn.execute("UPDATE targets SET changed = ? WHERE id = ?", (change, target))
        return
    marks = ",".join("?" * len(objects))
    ids = [row[0] for row in objects]
    newest = conn.execute(
        f"""SELECT a.id, a.survey, a.source_id, a.mjd, a.band, a.class, a.class_origin, a.ra, a.dec, a.object,
                   d.mag, d.mag_err, d.flux, d.flux_err, d.is_negative, d.mag_apparent, a.details
            FROM alerts a LEFT JOIN detections d ON d.object = a.object AND d.kind = 0 AND d.point = a.source_id
            WHERE a.object IN ({marks}) ORDER BY a.mjd DESC, a.survey DESC, a.source_id DESC LIMIT 1""",
        ids,
    ).fetchone()
    if newest is None:
        if any(row[6] is not None for row in objects):
            _refresh_listed(conn, target, objects, change)
        else:
            _drop_if_untouched(conn, target)
        return
    topics = [
        str(row[0])
        for row in conn.execute(
            f"""SELECT DISTINCT r.topic FROM alerts a JOIN arrivals r ON r.alert = a.id
                WHERE a.object IN ({marks}) ORDER BY 1""",
            ids,
        )
    ]
    n_alerts, first_named = conn.execute(
        f"SELECT count(*), min(min(mjd), min(ifnull(first_mjd, mjd))) FROM alerts WHERE object IN ({marks})", ids
    ).fetchone()
    counts = dict(
        conn.execute(f"SELECT kind, count(*) FROM detections WHERE object IN ({marks}) GROUP BY kind", ids).fetchall()
    )
    first_seen = conn.execute(
        f"SELECT min(mjd) FROM detections WHERE kind = 0 AND object IN ({marks})", ids
    ).fetchone()[0]
    label, origin = newest[5], newest[6]
    if label is None:
        label, origin = label_of_topics(_topics_of(conn, newest[0]))
    conn.execute(
        """UPDATE targets SET class = ?, class_origin = ?, ra = ?, dec = ?, is_moving = ?, surveys = ?, objects = ?,
               topics = ?, n_alerts = ?, n_detections = ?, n_upper_limits = ?, n_forced = ?, first_mjd = ?,
               last_mjd = ?, last_mag = ?, last_mag_err = ?, last_band = ?, last_flux = ?, last_flux_err = ?,
               last_negative = ?, last_apparent = ?, change = ?, rate = ?, details = ?, changed = ?,
               arrived = CASE WHEN ? THEN ? ELSE arrived END WHERE id = ?""",
        (
            label,
            origin,
            *((newest[7], newest[8]) if newest[7] is not None else _listed_place(objects)),
            max(row[3] for row in objects),
            json.dumps(sorted({row[1] for row in objects})),
            json.dumps([row[2] for row in objects]),
            json.dumps(topics),
            n_alerts,
            counts.get(0, 0) + counts.get(1, 0),
            counts.get(1, 0),
            counts.get(2, 0),
            first_named if first_seen is None else min(first_named, first_seen),
            newest[3],
            newest[10],
            newest[11],
            newest[4],
            newest[12],
            newest[13],
            newest[14],
            newest[15],
            _since(conn, newest, marks, ids, 0.0)[0],
            _since(conn, newest, marks, ids, _RATE_DAYS)[1],
            compact_details(newest[16]),
            change,
            has_new,
            change,
            target,
        ),
    )


def _refresh_listed(conn: sqlite3.Connection, target: int, objects: Sequence[sqlite3.Row], change: int) -> None:
    """A target of a list, of which no alert is stored: what it is and where, as the list says."""
    label = next((row[7] for row in objects if row[7] is not None), None)
    conn.execute(
        """UPDATE targets SET class = ?, class_origin = ?, ra = ?, dec = ?, is_moving = ?, surveys = ?, objects = ?,
               topics = '[]', n_alerts = 0, n_detections = 0, n_upper_limits = 0, n_forced = 0, first_mjd = NULL,
               last_mjd = NULL, last_mag = NULL, last_mag_err = NULL, last_band = NULL, last_flux = NULL,
               last_flux_err = NULL, last_negative = NULL, last_apparent = NULL, change = NULL, rate = NULL,
               details = NULL, changed = ? WHERE id = ?""",
        (
            label,
            "list" if label else None,
            *_listed_place(objects),
            max(row[3] for row in objects),
            json.dumps(sorted({row[1] for row in objects})),
            json.dumps([row[2] for row in objects]),
            change,
            target,
        ),
    )


def _listed_place(objects: Sequence[sqlite3.Row]) -> tuple[float | None, float | None]:
    return next(((row[4], row[5]) for row in objects if row[4] is not None), (None, None))


def _topics_of(conn: sqlite3.Connection, alert: int) -> list[str]:
    return [str(row[0]) for row in conn.execute("SELECT DISTINCT topic FROM arrivals WHERE alert = ?", (alert,))]


def _since(
    conn: sqlite3.Connection, newest: sqlite3.Row, marks: str, ids: list[int], days: float
) -> tuple[float | None, float | None]:
    """Magnitudes, and magnitudes a day, since the last detection of the same band and sign at least `days` before.

    Brighter is negative.
    """
    if newest[10] is None:
        return None, None
    row = conn.execute(
        f"""SELECT mag, mjd FROM detections WHERE object IN ({marks}) AND kind = 0 AND mag IS NOT NULL AND band IS ?
            AND is_negative IS ? AND mjd < ? AND mjd <= ? ORDER BY mjd DESC, point DESC LIMIT 1""",
        (*ids, newest[4], newest[14], newest[3], newest[3] - days),
    ).fetchone()
    if row is None:
        return None, None
    change = float(newest[10]) - float(row[0])
    return change, change / (float(newest[3]) - float(row[1]))


def compact_details(text: str) -> str:
    """What lists and filters need of an alert's details: its numbers to five digits, without its versions."""

    def short(value: Any) -> Any:
        return float(f"{value:.5g}") if isinstance(value, float) else value

    groups = {
        name: {key: short(value) for key, value in values.items()}
        for name, values in json.loads(text).items()
        if name != "versions"
    }
    return json.dumps(groups, separators=(",", ":"))


def _drop_if_untouched(conn: sqlite3.Connection, target: int) -> None:
    """Forget a target that a poor packet named wrongly, unless the user has decided something about it."""
    touched = conn.execute(
        """SELECT 1 FROM targets WHERE id = ?1 AND (status <> 'new' OR tags <> '[]' OR priority IS NOT NULL
           OR looked IS NOT NULL OR EXISTS (SELECT 1 FROM notes WHERE target = ?1)
           OR EXISTS (SELECT 1 FROM said JOIN objects ON objects.id = said.one WHERE objects.target = ?1))""",
        (target,),
    ).fetchone()
    if not touched:
        conn.execute("DELETE FROM aliases WHERE object IN (SELECT id FROM objects WHERE target = ?)", (target,))
        conn.execute("DELETE FROM detections WHERE object IN (SELECT id FROM objects WHERE target = ?)", (target,))
        conn.execute("DELETE FROM rule_hits WHERE object IN (SELECT id FROM objects WHERE target = ?)", (target,))
        conn.execute("DELETE FROM arrival_lines WHERE target = ?", (target,))
        conn.execute("DELETE FROM objects WHERE target = ?", (target,))
        conn.execute("DELETE FROM targets WHERE id = ?", (target,))
