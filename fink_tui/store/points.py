"""Photometric points: which of them are one, and which of two versions of one stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection

KIND_CODES = {DETECTION: 0, UPPER_LIMIT: 1, FORCED: 2}
KINDS = {code: kind for kind, code in KIND_CODES.items()}
_BANDS = "?ugrizy"


def _point(detection: Detection) -> int:
    """The identity of a point within its object and kind.

    A detection has the survey's id. An upper limit or a forced point is known by time (0.1 s) and band, and by depth
    where two quadrants of one exposure cover the place; ids of forced points change between packets.
    """
    if detection.kind == DETECTION and detection.source_id is not None:
        return detection.source_id
    tenths = round(detection.mjd * 864_000)
    depth = round((detection.upper_limit or 0.0) * 100) % 8192
    return ((tenths * 8 + max(_BANDS.find(detection.band or "?"), 0)) * 8192 + depth) % 2**63


_UPSERT_POINT = """
    INSERT INTO detections (object, kind, point, mjd, band, source_id, flux, flux_err, mag, mag_err, mag_apparent,
        mag_apparent_err, upper_limit, is_negative, ra, dec, rank)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET mjd = excluded.mjd, band = excluded.band, source_id = excluded.source_id,
        flux = excluded.flux, flux_err = excluded.flux_err, mag = excluded.mag, mag_err = excluded.mag_err,
        mag_apparent = excluded.mag_apparent, mag_apparent_err = excluded.mag_apparent_err,
        upper_limit = excluded.upper_limit, is_negative = excluded.is_negative, ra = excluded.ra, dec = excluded.dec,
        rank = excluded.rank
    WHERE (excluded.rank, ifnull(excluded.flux, 0), ifnull(excluded.flux_err, 0), ifnull(excluded.mag_apparent, 0),
           ifnull(excluded.mag_apparent_err, 0), excluded.mjd, ifnull(excluded.ra, 0), ifnull(excluded.dec, 0),
           ifnull(excluded.source_id, 0))
        > (rank, ifnull(flux, 0), ifnull(flux_err, 0), ifnull(mag_apparent, 0), ifnull(mag_apparent_err, 0), mjd,
           ifnull(ra, 0), ifnull(dec, 0), ifnull(source_id, 0))
"""


def write_points(conn: sqlite3.Connection, object_id: int, points: Iterable[tuple[Detection, float]]) -> None:
    """Merge photometric points into an object's history, in the caller's transaction.

    Each comes with its rank, the MJD UTC of the packet it was in: of two versions of one point the later packet's
    stays, and of two packets of one moment the larger values, so that their order doesn't matter.
    """
    conn.executemany(
        _UPSERT_POINT,
        [
            (
                object_id,
                KIND_CODES[p.kind],
                _point(p),
                p.mjd,
                p.band,
                p.source_id,
                p.flux,
                p.flux_err,
                p.mag,
                p.mag_err,
                p.mag_apparent,
                p.mag_apparent_err,
                p.upper_limit,
                p.is_negative,
                p.ra,
                p.dec,
                rank,
            )
            for p, rank in points
        ],
    )
