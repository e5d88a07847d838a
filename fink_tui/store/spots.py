"""Where objects are on the sky, in an index that knows no poles and no hour zero; and which are near each other.

A moving object has no spot.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import fields

from fink_tui.alerts.grouping import ALONE_RADII, Radii
from fink_tui.sky.coordinates import separation_arcsec


def read_radii(conn: sqlite3.Connection) -> Radii:
    """The radii that this database is grouped by."""
    kept = dict(conn.execute("SELECT name, value FROM grouping").fetchall())
    return Radii(**{f.name: bool(kept[f.name]) if f.name == "automatic" else kept[f.name] for f in fields(Radii)})


def write_radii(conn: sqlite3.Connection, radii: Radii) -> None:
    """Keep the radii to group by, in the caller's transaction."""
    conn.executemany(
        "INSERT OR REPLACE INTO grouping (name, value) VALUES (?, ?)",
        [(field.name, float(getattr(radii, field.name))) for field in fields(radii)],
    )


def place(conn: sqlite3.Connection, thing: int, radii: Radii) -> set[int]:
    """Note where an object is now, and what it is near to, in the caller's transaction.

    Returns the objects that are near one another now and were not, or were and are not; the object among them.
    """
    survey, position = _position(conn, thing)
    before = conn.execute("SELECT ra, dec FROM spots WHERE object = ?", (thing,)).fetchone()
    if position == (None if before is None else (before[0], before[1])):
        return set()
    conn.execute("DELETE FROM spots WHERE object = ?", (thing,))
    if position is not None:
        x, y, z = _vector(*position)
        conn.execute("INSERT INTO spots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (thing, x, x, y, y, z, z, *position))
    old = {int(row[0]): row[1] for row in conn.execute("SELECT other, within FROM near WHERE one = ?", (thing,))}
    new = _write_near(conn, thing, survey, position, radii, old)
    return set() if old == new else {thing, *old, *new}


def _write_near(
    conn: sqlite3.Connection,
    thing: int,
    survey: str,
    position: tuple[float, float] | None,
    radii: Radii,
    old: dict[int, int],
) -> dict[int, int]:
    new: dict[int, int] = {}
    rows = []
    found = [] if position is None else objects_in_cone(conn, *position, radii.widest * ALONE_RADII)
    for other, arcsec in found:
        (other_survey,) = conn.execute("SELECT survey FROM objects WHERE id = ?", (other,)).fetchone()
        radius = radii.of(survey, other_survey)
        if other != thing and radius and arcsec <= radius * ALONE_RADII:
            new[other] = int(arcsec <= radius)
            rows += [(thing, other, arcsec, new[other]), (other, thing, arcsec, new[other])]
    if old:
        conn.execute("DELETE FROM near WHERE one = ?", (thing,))
        conn.executemany("DELETE FROM near WHERE one = ? AND other = ?", [(other, thing) for other in old])
    conn.executemany("INSERT INTO near (one, other, arcsec, within) VALUES (?, ?, ?, ?)", rows)
    return new


def objects_in_cone(conn: sqlite3.Connection, ra: float, dec: float, radius: float) -> list[tuple[int, float]]:
    """Objects within a radius (arcsec) of a position (degrees), by their rows, the nearest first, with the distance."""
    # No coordinate of a unit vector is further off than the vector itself; the index rounds to 32 bits.
    reach = 2.0 * math.sin(math.radians(min(180.0, radius / 3600.0)) / 2.0) + 1e-9
    box = [edge for value in _vector(ra, dec) for edge in (value - reach, value + reach)]
    rows = conn.execute(
        """SELECT object, ra, dec FROM spots
           WHERE x1 >= ? AND x0 <= ? AND y1 >= ? AND y0 <= ? AND z1 >= ? AND z0 <= ?""",
        box,
    )
    found = [(int(row[0]), separation_arcsec(ra, dec, row[1], row[2])) for row in rows]
    return sorted((each for each in found if each[1] <= radius), key=lambda each: (each[1], each[0]))


def _position(conn: sqlite3.Connection, thing: int) -> tuple[str, tuple[float, float] | None]:
    """The object's survey, and the mean position of its own alerts (degrees), whatever order they came in.

    Where no alert has a position it is the one a list gave. None where it moves, and where there is neither.
    """
    survey, is_moving, ra, dec = conn.execute(
        "SELECT survey, is_moving, ra, dec FROM objects WHERE id = ?", (thing,)
    ).fetchone()
    places = (
        []
        if is_moving
        else conn.execute(
            "SELECT ra, dec FROM alerts WHERE object = ? AND ra IS NOT NULL AND dec IS NOT NULL", (thing,)
        ).fetchall()
    )
    if not places and not is_moving and ra is not None:
        return survey, (ra, dec)
    if not places:
        return survey, None
    # fsum is exact, so that its terms may come in any order.
    x, y, z = (math.fsum(part) for part in zip(*(_vector(ra, dec) for ra, dec in places), strict=True))
    return survey, (math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.atan2(z, math.hypot(x, y))))


def _vector(ra: float, dec: float) -> tuple[float, float, float]:
    right, up = math.radians(ra), math.radians(dec)
    return math.cos(up) * math.cos(right), math.cos(up) * math.sin(right), math.sin(up)
