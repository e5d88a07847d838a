"""Objects that are one thing on the sky belong to one target; see `alerts.grouping` for which are.

Each object has a target of its own from the beginning, its home. A target of several objects is the home of one of
them: of one the user decided upon, else of the one that was it before, else of the first in order of name, those of
lists of hers before ZTF's and these before LSST's. The other homes are not shown, and are as they were when their
objects leave.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from fink_tui.alerts.grouping import Radii, together
from fink_tui.store.spots import place, read_radii, write_radii
from fink_tui.store.summary import refresh_targets

SAME, APART = "same", "apart"


class StoredSky:
    """What the database knows of objects, each thing read once."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self.automatic = read_radii(conn).automatic
        self._near: dict[int, dict[int, bool]] = {}
        self._said: dict[int, dict[str, set[int]]] = {}
        self._verdicts: dict[int, str] = {}

    def near(self, one: int) -> Mapping[int, bool]:
        """See `alerts.grouping.Sky`."""
        if one not in self._near:
            rows = self._conn.execute("SELECT other, within FROM near WHERE one = ?", (one,))
            self._near[one] = {int(row[0]): bool(row[1]) for row in rows}
        return self._near[one]

    def same(self, one: int) -> Collection[int]:
        """See `alerts.grouping.Sky`."""
        return self._of(one)[SAME]

    def apart(self, one: int) -> Collection[int]:
        """See `alerts.grouping.Sky`."""
        return self._of(one)[APART]

    def verdict(self, one: int) -> str:
        """See `alerts.grouping.Sky`."""
        if one not in self._verdicts:
            # What she joined has one verdict; of what was joined unasked only the homes tell what she decided on each.
            of = "target" if self.same(one) else "home"
            row = self._conn.execute(
                f"SELECT t.status FROM objects o JOIN targets t ON t.id = o.{of} WHERE o.id = ?", (one,)
            ).fetchone()
            self._verdicts[one] = str(row[0])
        return self._verdicts[one]

    def _of(self, one: int) -> dict[str, set[int]]:
        if one not in self._said:
            self._said[one] = {SAME: set(), APART: set()}
            for other, what in self._conn.execute("SELECT other, what FROM said WHERE one = ?", (one,)):
                self._said[one][what].add(int(other))
        return self._said[one]


def settle(conn: sqlite3.Connection, objects: Iterable[int]) -> set[int]:
    """Place objects whose alerts changed and group what is near them anew, in the caller's transaction.

    Returns the targets whose lines are to be rewritten.
    """
    radii = read_radii(conn)
    stirred = {each for thing in objects for each in place(conn, thing, radii)}
    return regroup(conn, stirred) if stirred else set()


def regroup(conn: sqlite3.Connection, stirred: Iterable[int]) -> set[int]:
    """Group the objects anew that are concerned when something about `stirred` changed, in the caller's transaction.

    Returns the targets whose lines are to be rewritten.
    """
    sky = StoredSky(conn)
    todo = set(stirred)
    todo |= {other for one in todo for other in sky.near(one)}
    todo |= {each for one in todo for each in _companions(conn, one)}
    groups = []
    while todo:
        groups.append(together(sky, next(iter(todo))))
        todo -= groups[-1]
    touched = {target for group in groups for target in _take_home(conn, group)}
    _rename(conn, touched)
    grouped = {each for group in groups for each in group}
    return touched | _count_proposals(conn, grouped | {other for one in grouped for other in sky.near(one)})


def group_everything(conn: sqlite3.Connection, radii: Radii) -> None:
    """Group all that is stored by other radii than before, in the caller's transaction."""
    write_radii(conn, radii)
    conn.execute("DELETE FROM near")
    conn.execute("DELETE FROM spots")
    for (thing,) in conn.execute("SELECT id FROM objects WHERE NOT is_moving").fetchall():
        place(conn, thing, radii)
    stirred = conn.execute("SELECT one FROM near UNION SELECT id FROM objects WHERE target <> home").fetchall()
    refresh_targets(conn, dict.fromkeys(sorted(regroup(conn, (row[0] for row in stirred))), False))


def use_radii(conn: sqlite3.Connection, radii: Radii) -> bool:
    """Group by these radii from now on; whether they are others than before. Raises sqlite3.Error, nothing changed."""
    if read_radii(conn) == radii:
        return False
    conn.execute("BEGIN IMMEDIATE")
    try:
        group_everything(conn, radii)
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return True


def namesakes(conn: sqlite3.Connection, object_id: str) -> list[tuple[str, int]]:
    """The surveys that have an object of this id, each with the target of its object."""
    rows = conn.execute(
        "SELECT survey, target FROM objects WHERE object_id = ?1 COLLATE NOCASE AND object_id = ?1", (object_id,)
    )
    return [(str(survey), int(target)) for survey, target in rows]


def _companions(conn: sqlite3.Connection, one: int) -> list[int]:
    rows = conn.execute("SELECT id FROM objects WHERE target = (SELECT target FROM objects WHERE id = ?)", (one,))
    return [int(row[0]) for row in rows]


def _take_home(conn: sqlite3.Connection, group: Collection[int]) -> set[int]:
    """Put the objects of a group under one target; the targets that lost or won any."""
    found = [
        conn.execute(
            """SELECT o.home, o.target, h.status = 'new' AND h.priority IS NULL, o.called IS NULL, o.survey <> 'ztf',
                      o.survey, o.object_id, o.id FROM objects o JOIN targets h ON h.id = o.home WHERE o.id = ?""",
            (one,),
        ).fetchone()
        for one in group
    ]
    there = {row[1] for row in found}
    # A verdict must show: one she gave wins over the home that is in use, if nothing was decided there.
    kept = min(found, key=lambda row: (row[2], row[0] not in there, *row[3:7]))[0]
    if there == {kept}:
        return set()
    concerned = there | {row[0] for row in found}
    # Two may change names with each other, and no two that are shown may ever have the same.
    conn.executemany("UPDATE targets SET name = id || char(10) WHERE id = ?", [(target,) for target in concerned])
    conn.executemany("UPDATE objects SET target = ? WHERE id = ?", [(kept, row[7]) for row in found])
    conn.executemany("UPDATE targets SET joined = nullif(?, id) WHERE id = ?", [(kept, row[0]) for row in found])
    return concerned


def _rename(conn: sqlite3.Connection, targets: Iterable[int]) -> None:
    """Name targets by the first of their objects, and those that are not shown by the one they are home of."""
    for target in targets:
        survey, object_id, called = conn.execute(
            """SELECT survey, object_id, called FROM objects WHERE target = ?1 OR home = ?1
               ORDER BY target <> ?1, called IS NULL, survey <> 'ztf', survey, object_id LIMIT 1""",
            (target,),
        ).fetchone()
        is_only = len(namesakes(conn, object_id)) == 1
        name = called or (object_id if is_only else f"{object_id} ({survey.upper()})")
        conn.execute("UPDATE targets SET name = ? WHERE id = ?", (name, target))


def _count_proposals(conn: sqlite3.Connection, objects: Iterable[int]) -> set[int]:
    """Count anew with how many others the targets of these objects may be one; the targets where that changed."""
    targets = {conn.execute("SELECT target FROM objects WHERE id = ?", (one,)).fetchone()[0] for one in objects}
    return {
        int(target)
        for target in targets
        if conn.execute(
            f"""UPDATE targets SET proposed = n FROM (SELECT count(DISTINCT b.target) AS n {PROPOSED_PAIRS}
                AND a.target = ?1) WHERE id = ?1 AND proposed <> n""",
            (target,),
        ).rowcount
    }


# Objects within the radius whose targets are two, and that the user has not set apart.
PROPOSED_PAIRS = """FROM near n JOIN objects a ON a.id = n.one JOIN objects b ON b.id = n.other
    JOIN targets s ON s.id = a.target JOIN targets t ON t.id = b.target
    WHERE n.within AND a.target <> b.target
    AND NOT EXISTS (SELECT 1 FROM said d WHERE d.one = n.one AND d.other = n.other AND d.what = 'apart')"""
