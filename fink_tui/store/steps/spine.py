"""Alerts, objects, targets, packets, offsets, quarantine and the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_NARROW_TABLES = (
    """CREATE TABLE detections (
        object INTEGER NOT NULL REFERENCES objects(id), kind INTEGER NOT NULL, point INTEGER NOT NULL,
        mjd REAL NOT NULL, band TEXT, source_id INTEGER, flux REAL, flux_err REAL, mag REAL, mag_err REAL,
        mag_apparent REAL, mag_apparent_err REAL, upper_limit REAL, is_negative INTEGER, ra REAL, dec REAL,
        rank REAL NOT NULL, PRIMARY KEY (object, kind, point)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE arrivals (
        alert INTEGER NOT NULL REFERENCES alerts(id), topic TEXT NOT NULL, cluster TEXT NOT NULL, part INTEGER NOT NULL,
        offset INTEGER NOT NULL, produced REAL, received REAL NOT NULL,
        PRIMARY KEY (alert, topic, cluster, part, offset)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE events (
        alert INTEGER NOT NULL REFERENCES alerts(id), trigger TEXT NOT NULL, details TEXT NOT NULL,
        PRIMARY KEY (alert, trigger)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE offsets (
        cluster TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (cluster, topic, part)) STRICT, WITHOUT ROWID""",
)


def step(db: Database) -> None:
    """The tables that alerts are written to."""
    targets = {
        "id": int,
        "name": str,
        "status": str,
        "class": str,
        "class_origin": str,
        "ra": float,
        "dec": float,
        "is_moving": int,
        "surveys": str,
        "objects": str,
        "topics": str,
        "tags": str,
        "n_alerts": int,
        "n_detections": int,
        "n_upper_limits": int,
        "n_forced": int,
        "first_mjd": float,
        "last_mjd": float,
        "last_mag": float,
        "last_mag_err": float,
        "last_band": str,
        "last_flux": float,
        "last_flux_err": float,
        "last_negative": int,
        "last_apparent": float,
        "change": float,
        "arrived": int,
        "changed": int,
    }
    db.table("targets").create(
        targets,
        pk="id",
        not_null={"name", "status", "arrived", "changed", "n_alerts", "topics", "surveys", "objects", "tags"},
        defaults={
            "status": "new",
            "topics": "[]",
            "surveys": "[]",
            "objects": "[]",
            "tags": "[]",
            "arrived": 0,
            "changed": 0,
            "n_alerts": 0,
            "n_detections": 0,
            "n_upper_limits": 0,
            "n_forced": 0,
            "is_moving": 0,
        },
        strict=True,
    )
    db.table("targets").create_index(["name"], unique=True)
    db.table("targets").create_index(["changed"])

    db.table("objects").create(
        {"id": int, "survey": str, "object_id": str, "target": int, "is_moving": int},
        pk="id",
        not_null={"survey", "object_id", "target", "is_moving"},
        foreign_keys=[("target", "targets", "id")],
        strict=True,
    )
    db.table("objects").create_index(["survey", "object_id"], unique=True)
    db.table("objects").create_index(["target"])

    db.table("aliases").create({"name": str, "object": int}, pk=("name", "object"), strict=True)

    db.table("alerts").create(
        {
            "id": int,
            "survey": str,
            "source_id": int,
            "object": int,
            "mjd": float,
            "band": str,
            "ra": float,
            "dec": float,
            "class": str,
            "class_origin": str,
            "first_mjd": float,
            "details": str,
            "revision": str,
        },
        pk="id",
        not_null={"survey", "source_id", "object", "mjd", "details", "revision"},
        foreign_keys=[("object", "objects", "id")],
        strict=True,
    )
    db.table("alerts").create_index(["survey", "source_id"], unique=True)
    db.table("alerts").create_index(["object", "mjd", "source_id"])

    # sqlite-utils has no WITHOUT ROWID, which saves these narrow tables a second B-tree.
    for statement in _NARROW_TABLES:
        db.execute(statement)

    db.table("schemas").create(
        {"id": int, "digest": str, "body": bytes}, pk="id", not_null={"digest", "body"}, strict=True
    )
    db.table("schemas").create_index(["digest"], unique=True)

    db.table("packets").create(
        {"alert": int, "schema": int, "stored": float, "size": int, "body": bytes},
        pk="alert",
        not_null={"schema", "stored", "size", "body"},
        strict=True,
    )
    db.table("packets").create_index(["stored", "size"])

    db.table("journal").create(
        {"id": int, "at": float, "action": str, "changes": str, "undoes": int},
        pk="id",
        not_null={"at", "action", "changes"},
        strict=True,
    )
    db.table("journal").create_index(["undoes"])

    db.table("quarantine").create(
        {
            "id": int,
            "cluster": str,
            "topic": str,
            "part": int,
            "offset": int,
            "schema": int,
            "body": bytes,
            "reason": str,
            "at": float,
        },
        pk="id",
        not_null={"cluster", "topic", "part", "offset", "reason", "at"},
        strict=True,
    )
    db.table("quarantine").create_index(["cluster", "topic", "part", "offset"])
