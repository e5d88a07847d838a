"""Targets out of a list of the user's: made where they are not known, else joined; what she decided stays."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from fink_tui.alerts.times import now
from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.decisions import SNOOZE, column_changes, tag_changes
from fink_tui.store.grouping import settle
from fink_tui.store.journal import Change, append
from fink_tui.store.summary import refresh_targets

# The survey of an object that is of none: it has the name and the position that a list gave it, and no alerts.
LIST = "list"
# What a target of an import is when that is taken back: nothing is ever deleted.
_TAKEN_BACK = "reject"
# Farther apart two things of one name are two things; lists are as coarse as an arcminute.
_SAME_ARCSEC = 60.0


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. `objects` are (survey, id); `ra` and `dec` degrees (ICRS); `until` MJD UTC, of a snooze."""

    line: int
    name: str
    objects: tuple[tuple[str, str], ...] = ()
    ra: float | None = None
    dec: float | None = None
    is_moving: bool = False
    label: str | None = None
    status: str | None = None
    until: float | None = None
    priority: int | None = None
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row: `what` is "new", "joined", "changed" or "refused"; `why` says why it was refused.

    `target` is the name of the target, `has_alerts` whether any alert of it is stored.
    """

    row: Listed
    what: str
    target: str = ""
    why: str = ""
    has_alerts: bool = False


@dataclass(slots=True)
class _Known:
    """What is stored, to be found by any name in any case. Places are degrees; none for what moves."""

    ids: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    objects: dict[tuple[str, str], int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    has_alerts: set[int] = field(default_factory=set)
    added: list[int] = field(default_factory=list)

    def find(self, row: Listed) -> set[int]:
        """The targets that a row may mean: by its objects' ids, else by its name."""
        by_id = {self.objects[found] for found in row.objects if found in self.objects}
        # Lists for telescopes have no blanks in names.
        return by_id or self.ids.get(_folded(row.name)) or self.ids.get(_folded(row.name.replace("_", " "))) or set()


def _folded(name: str) -> str:
    return name.casefold()


def write_listed(
    conn: sqlite3.Connection, rows: Iterable[Listed], source: str, *, dry_run: bool = False
) -> list[Taken]:
    """Make or join the targets of a list, all or nothing, with one entry of the journal by "import `source`".

    A target that is known keeps its verdict and its priority; tags and notes are added. The same list a second time
    changes nothing. Taking the entry back leaves the targets it made rejected. Raises sqlite3.Error.
    """
    conn.execute("BEGIN IMMEDIATE")
    try:
        known = _read_known(conn)
        (last_note,) = conn.execute("SELECT coalesce(max(id), 0) FROM notes").fetchone()
        taken: list[Taken] = []
        pending: dict[tuple[object, ...], Change] = {}
        for row in rows:
            taken.append(_take(conn, known, row, source, pending, last_note))
        if pending:
            append(conn, "import", list(pending.values()), by=f"import {source}")
        refresh_targets(conn, dict.fromkeys(sorted(settle(conn, known.added)), False))
        conn.execute("ROLLBACK" if dry_run else "COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return taken


def _read_known(conn: sqlite3.Connection) -> _Known:
    known = _Known()
    for number, name, ra, dec, moving, alerts in conn.execute(
        "SELECT id, name, ra, dec, is_moving, n_alerts FROM targets WHERE joined IS NULL"
    ):
        known.ids[_folded(name)].add(number)
        known.names[number] = name
        if ra is not None and dec is not None and not moving:
            known.places[number] = (ra, dec)
        if alerts:
            known.has_alerts.add(number)
    for survey, object_id, target in conn.execute("SELECT survey, object_id, target FROM objects"):
        known.objects[survey, object_id] = target
        known.ids[_folded(object_id)].add(target)
    for name, target in conn.execute("SELECT a.name, o.target FROM aliases a JOIN objects o ON o.id = a.object"):
        known.ids[_folded(name)].add(target)
    return known


def _take(
    conn: sqlite3.Connection,
    known: _Known,
    row: Listed,
    source: str,
    pending: dict[tuple[object, ...], Change],
    last_note: int,
) -> Taken:
    found = known.find(row)
    if why := _why_not(known, row, found):
        return Taken(row, "refused", why=why)
    is_new = not found
    target = _make(conn, known, row) if is_new else next(iter(found))
    objects = row.objects or (((LIST, row.name),) if is_new else ())
    is_changed = _add_objects(conn, known, replace(row, objects=objects), target, source)
    is_changed |= _add_alias(conn, known, row, target)
    if is_new or is_changed:
        refresh_targets(conn, {target: False})
    for change in _changes(conn, row, target, is_new, pending.get((target, "status", None))):
        if change.field == "note":
            change = replace(change, after=[last_note + len(pending) + 1, *change.after])
        said = change.after[2] if change.field == "note" else change.after if change.field == "tag" else None
        key = (target, change.field, said)
        # Of two rows about one target the first that decides holds.
        if key not in pending or change.field == "status":
            pending[key] = change
            is_changed = True
    what = "new" if is_new else "changed" if is_changed else "joined"
    return Taken(row, what, known.names[target], has_alerts=target in known.has_alerts)


def _why_not(known: _Known, row: Listed, found: set[int]) -> str:
    """Why a row is no target, "" where it is one."""
    if len(found) > 1:
        return f"{row.name} could be {' or '.join(sorted(known.names[target] for target in found))}: import them apart"
    for target in found:
        place = known.places.get(target)
        if place and row.ra is not None and row.dec is not None and not row.is_moving:
            apart = separation_arcsec(row.ra, row.dec, *place)
            if apart > _SAME_ARCSEC:
                far = f"{apart:.0f} arcsec" if apart < 3600 else f"{apart / 3600:.1f} degrees"
                return f"{known.names[target]} is known {far} from there: give this one another name"
    if not found and not row.objects and row.ra is None and not row.is_moving:
        return f"no target is called {row.name}, and it has no position: fink-tui query resolve looks names up"
    return ""


def _make(conn: sqlite3.Connection, known: _Known, row: Listed) -> int:
    (target,) = conn.execute(
        "INSERT INTO targets (name, status, class, class_origin) VALUES (?, ?, ?, ?) RETURNING id",
        (row.name, _TAKEN_BACK, row.label, LIST if row.label else None),
    ).fetchone()
    known.names[target] = row.name
    known.ids[_folded(row.name)].add(target)
    return int(target)


def _add_objects(conn: sqlite3.Connection, known: _Known, row: Listed, target: int, source: str) -> bool:
    """The objects of a row that are not known."""
    added = [found for found in row.objects if found not in known.objects]
    for survey, object_id in added:
        others = conn.execute("SELECT id FROM objects WHERE target = ?", (target,)).fetchall()
        called = row.name if not others and (survey == LIST or object_id != row.name) else None
        (thing,) = conn.execute(
            """INSERT INTO objects (survey, object_id, target, home, is_moving, ra, dec, listed, called, label)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
            (
                survey,
                object_id,
                target,
                _home_beside(conn, target, object_id) if others else target,
                row.is_moving,
                row.ra,
                row.dec,
                source,
                called,
                None if others else row.label,
            ),
        ).fetchone()
        # The list says that they are one.
        said = [pair for (other,) in others for pair in ((thing, other), (other, thing))]
        conn.executemany("INSERT INTO said (one, other, what) VALUES (?, ?, 'same')", said)
        known.added.append(thing)
        known.objects[survey, object_id] = target
        known.ids[_folded(object_id)].add(target)
    if added and row.ra is not None and row.dec is not None and not row.is_moving:
        known.places.setdefault(target, (row.ra, row.dec))
    return bool(added)


def _home_beside(conn: sqlite3.Connection, target: int, name: str) -> int:
    """A target for an object to have for itself, should it ever leave the one it is part of."""
    row = conn.execute("INSERT INTO targets (name, joined) VALUES (?, ?) RETURNING id", (name, target)).fetchone()
    return int(row[0])


def _add_alias(conn: sqlite3.Connection, known: _Known, row: Listed, target: int) -> bool:
    """The name a list has for a target that is called otherwise, unless it is another's."""
    if known.ids.get(_folded(row.name)) or known.ids.get(_folded(row.name.replace("_", " "))):
        return False
    conn.execute(
        "INSERT OR IGNORE INTO aliases (name, object) SELECT ?, min(id) FROM objects WHERE target = ?",
        (row.name, target),
    )
    known.ids[_folded(row.name)].add(target)
    return True


def _changes(
    conn: sqlite3.Connection, row: Listed, target: int, is_new: bool, decided: Change | None
) -> Iterator[Change]:
    """What the row decides about its target and the user has not; `decided` is what an earlier row did of its status.

    A note has no number yet.
    """
    stored, priority = conn.execute("SELECT status, priority FROM targets WHERE id = ?", (target,)).fetchone()
    status = decided.after if decided else stored
    wanted = row.status or ("new" if is_new else status)
    if wanted != status and (is_new or status == "new"):
        yield Change(target, "status", stored, wanted)
        yield from column_changes(conn, target, "snoozed_from", "new" if wanted == SNOOZE else None)
        yield from column_changes(conn, target, "snoozed_until", row.until)
        yield from column_changes(conn, target, "back", None)
    if row.priority is not None and priority is None:
        yield from column_changes(conn, target, "priority", row.priority)
    yield from tag_changes(conn, target, sorted(row.tags))
    if row.note and not _is_noted(conn, target, row.note):
        yield Change(target, "note", None, [now(), row.note])


def _is_noted(conn: sqlite3.Connection, target: int, text: str) -> bool:
    """Whether a target has this note, or these, as an export joins them."""
    notes = [
        str(row[0])
        for row in conn.execute(
            """SELECT text FROM notes WHERE text <> '' AND target IN (SELECT ?1 UNION ALL
               SELECT id FROM targets WHERE joined = ?1) ORDER BY id DESC""",
            (target,),
        ).fetchall()
    ]
    return text in notes or text == " | ".join(notes)
