"""Joining targets and taking them apart by hand, and what is proposed: each decision is one entry of the journal.

Every function raises sqlite3.Error with nothing changed, and gives None where nothing would change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.decisions import shown_targets, write_entry
from fink_tui.store.grouping import APART, PROPOSED_PAIRS, SAME, StoredSky
from fink_tui.store.journal import Change, Entry


@dataclass(frozen=True, slots=True)
class Member:
    """One of a target's objects, by its row. `arcsec` is its distance from the first of them, None where it moves."""

    id: int
    survey: str
    object_id: str
    n_alerts: int
    arcsec: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two targets, each by number, name and class, that may be one: how far apart (arcsec), and why she is asked."""

    one: int
    one_name: str
    one_class: str
    other: int
    other_name: str
    other_class: str
    arcsec: float
    why: str


def join(conn: sqlite3.Connection, targets: Sequence[int]) -> Entry | None:
    """Make targets one. Raises ValueError for those that can't be: what moves, and what no survey has an object of."""
    return write_entry(conn, "join", lambda c: _joined(c, shown_targets(c, targets)))


def split(conn: sqlite3.Connection, target: int, leaving: Sequence[int]) -> Entry | None:
    """Have objects, by their rows, leave a target; each becomes one of its own, and they are never joined unasked."""
    return write_entry(conn, "split", lambda c: _parted(c, target, leaving))


def decline(conn: sqlite3.Connection, pairs: Iterable[tuple[int, int]]) -> Entry | None:
    """Say that pairs of targets are not one, so that it is never proposed again."""
    found = list(pairs)
    return write_entry(conn, "not one", lambda c: (x for one, other in found for x in _declined(c, one, other)))


def accept(conn: sqlite3.Connection, pairs: Iterable[tuple[int, int]]) -> Entry | None:
    """Make the targets of each pair one, all in one entry."""
    found = list(pairs)
    return write_entry(conn, "join", lambda c: _accepted(c, found))


def members(conn: sqlite3.Connection, target: int) -> list[Member]:
    """The objects of a target, the one it is named by first."""
    rows = conn.execute(
        """SELECT o.id, o.survey, o.object_id, (SELECT count(*) FROM alerts WHERE object = o.id) AS n, s.ra, s.dec
           FROM objects o LEFT JOIN spots s ON s.object = o.id WHERE o.target = ?
           ORDER BY o.called IS NULL, o.survey <> 'ztf', o.survey, o.object_id""",
        (target,),
    ).fetchall()
    found = []
    for row in rows:
        is_placed = row[4] is not None and rows[0][4] is not None
        arcsec = separation_arcsec(rows[0][4], rows[0][5], row[4], row[5]) if is_placed else None
        found.append(Member(row[0], row[1], row[2], row[3], arcsec))
    return found


def proposals(conn: sqlite3.Connection) -> list[Proposal]:
    """The pairs of targets that may be one, the closest first."""
    sky = StoredSky(conn)
    found: dict[tuple[int, int], Proposal] = {}
    rows = conn.execute(
        f"""SELECT a.target, s.name, s.class, b.target, t.name, t.class, n.arcsec, n.one, n.other
            {PROPOSED_PAIRS} ORDER BY n.arcsec, s.name, t.name"""
    )
    for one, name, label, other, other_name, other_label, arcsec, thing, other_thing in rows:
        if (other, one) not in found and (one, other) not in found:
            found[one, other] = Proposal(
                one,
                name,
                label or "Unknown",
                other,
                other_name,
                other_label or "Unknown",
                arcsec,
                _why(sky, thing, other_thing),
            )
    return list(found.values())


def _why(sky: StoredSky, one: int, other: int) -> str:
    crowd = {*sky.near(one), *sky.near(other)} - {one, other}
    verdicts = [sky.verdict(one), sky.verdict(other)]
    if crowd:
        return f"{len(crowd)} other object{'s'[: len(crowd) > 1]} close by"
    if "new" not in verdicts and verdicts[0] != verdicts[1]:
        return f"you decided differently: {verdicts[0]}, {verdicts[1]}"
    if not sky.automatic:
        return "nothing is joined unasked"
    return "it would join what you took apart"


def _objects(conn: sqlite3.Connection, target: int) -> list[int]:
    return [int(row[0]) for row in conn.execute("SELECT id FROM objects WHERE target = ? ORDER BY id", (target,))]


def _said(conn: sqlite3.Connection, target: int, one: int, other: int, what: str) -> Iterator[Change]:
    one, other = sorted((one, other))
    row = conn.execute("SELECT what FROM said WHERE one = ? AND other = ?", (one, other)).fetchone()
    if row is None or row[0] != what:
        yield Change(target, "pair", None if row is None else [one, other, row[0]], [one, other, what])


def _joined(conn: sqlite3.Connection, targets: Sequence[int]) -> Iterator[Change]:
    for target in targets:
        name, is_moving = conn.execute("SELECT name, is_moving FROM targets WHERE id = ?", (target,)).fetchone()
        if is_moving:
            raise ValueError(f"{name} moves: what is near it now is not what it is")
        if not _objects(conn, target):
            raise ValueError(f"{name} is no object of a survey")
    whole = [thing for target in targets for thing in _objects(conn, target)]
    if len(targets) > 1:
        for one, other in combinations(whole, 2):
            yield from _said(conn, targets[0], one, other, SAME)


def _accepted(conn: sqlite3.Connection, pairs: Sequence[tuple[int, int]]) -> Iterator[Change]:
    """Pairs that share a target make one of all of theirs."""
    groups: list[set[int]] = []
    for pair in pairs:
        whole = set(shown_targets(conn, pair)).union(*(group for group in groups if not group.isdisjoint(pair)))
        groups = [*(group for group in groups if group.isdisjoint(whole)), whole]
    for group in groups:
        yield from _joined(conn, sorted(group))


def _declined(conn: sqlite3.Connection, one: int, other: int) -> Iterator[Change]:
    first, second = (shown_targets(conn, [target])[0] for target in (one, other))
    if first != second:
        for mine, theirs in product(_objects(conn, first), _objects(conn, second)):
            yield from _said(conn, first, mine, theirs, APART)


def _parted(conn: sqlite3.Connection, target: int, leaving: Sequence[int]) -> Iterator[Change]:
    whole = _objects(conn, target)
    for one, other in combinations(whole, 2):
        if one in leaving or other in leaving:
            yield from _said(conn, target, one, other, APART)
