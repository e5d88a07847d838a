"""Making a plan: everything is read, from the database and from the TOM, and nothing is written to the TOM."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.outbox import BLOCKED as WAS_BLOCKED
from fink_tui.store.outbox import (
    NOT_SENT,
    Link,
    forget_interrupted,
    interrupted,
    links,
    objects_to_send,
    refused,
    save_links,
)
from fink_tui.store.targets import Target, points_of_target
from fink_tui.tom.client import TomClient
from fink_tui.tom.lookup import NEAR_ARCSEC, by_id, by_names, near
from fink_tui.tom.photometry import points_of, read_points
from fink_tui.tom.plan import (
    AGAIN,
    BLOCKED,
    CREATE,
    SAME,
    UPDATE,
    VERDICTS,
    Choice,
    Plan,
    Row,
    absent,
    blocked,
    conflict_elsewhere,
    conflict_gone,
    conflict_near,
    conflict_several,
    conflict_twin,
    distance_to,
    is_elsewhere,
    matched,
    seen,
)
from fink_tui.tom.preflight import preflight
from fink_tui.tom.remote import RemoteTarget
from fink_tui.tom.site import Site
from fink_tui.tom.wanted import wanted

Told = Callable[[str, int, int], None]


def make_plan(
    client: TomClient,
    conn: sqlite3.Connection,
    targets: Sequence[Target],
    *,
    photometry: bool = False,
    notes: bool = False,
    again: Collection[int] = (),
    tell: Told = lambda what, done, total: None,
) -> Plan:
    """The plan for handing targets to a TOM, its findings noted in the database. Raises TomError, Stopped.

    `again` are targets for which what the TOM refused before is to be tried again. `tell` hears what is being done,
    how much of it is done, and how much there is.
    """
    tell("logging in", 0, 1)
    site = preflight(client)
    half_sent = interrupted(conn, site.url)
    rows = _rows(conn, site, targets, notes, again)
    names = [name for row in rows for name in row.wanted.names]
    found = by_names(client, names, lambda done, total: tell("looking up names", done, total))
    owners = _owners(conn, site)
    decided = []
    for place, row in enumerate(rows):
        tell("looking for neighbours", place, len(rows))
        hits = {remote.id: remote for name in row.wanted.names for remote in found[name]}
        decided.append(_decided(client, site, row, list(hits.values()), owners))
    decided = _without_twins(decided)
    if photometry:
        decided = [_with_points(client, conn, row, tell, (place, len(rows))) for place, row in enumerate(decided)]
    decided = [
        replace(row, notes=(*row.notes, "half sent when the last run ended")) if row.target.id in half_sent else row
        for row in decided
    ]
    save_links(conn, site.url, [seen(row) for row in decided])
    forget_interrupted(conn, site.url, [row.target.id for row in decided])
    return Plan(site, tuple(sorted(decided, key=lambda row: (VERDICTS.index(row.verdict), row.target.name))))


def _rows(
    conn: sqlite3.Connection, site: Site, targets: Sequence[Target], notes: bool, again: Collection[int]
) -> list[Row]:
    known, turned_down = links(conn, site.url), refused(conn, site.url)
    objects = objects_to_send(conn, [target.id for target in targets])
    rows = []
    for target in targets:
        link = known.get(target.id, Link(target.id))
        if target.id in again:
            link = replace(link, refused=())
        if target.id in again or target.id not in turned_down:
            # What stood in its way here may stand there no longer; what the TOM said is not asked for every time.
            link = replace(link, state=NOT_SENT, why="")
        rows.append(Row(target, wanted(target, objects[target.id], target.note if notes else ""), link))
    return rows


def _owners(conn: sqlite3.Connection, site: Site) -> dict[int, int]:
    """For each of the TOM's targets that is linked, the first of ours that is."""
    owners: dict[int, int] = {}
    for target, link in sorted(links(conn, site.url).items()):
        if link.tom_id is not None:
            owners.setdefault(link.tom_id, target)
    return owners


def _decided(client: TomClient, site: Site, row: Row, hits: list[RemoteTarget], owners: dict[int, int]) -> Row:
    linked = _linked(client, row.link, hits)
    if row.link.tom_id is not None and linked is None and not hits:
        return conflict_gone(row)
    remote = linked or _match(row, hits)
    if remote is None and hits:
        return conflict_several(row, hits)
    if remote is None:
        return _decided_absent(client, site, row)
    # What is another target's name there can't be an alias here.
    elsewhere = [name for name in row.wanted.aliases for hit in hits if hit.id != remote.id and name in hit.names]
    not_taken = tuple(dict.fromkeys((*row.link.refused, *elsewhere)))
    is_ours = owners.setdefault(remote.id, row.target.id) == row.target.id
    row = replace(row, link=replace(row.link, refused=not_taken), is_ours=is_ours)
    if is_elsewhere(row, remote):
        return conflict_elsewhere(row, remote, distance_to(row, remote))
    decided = matched(row, remote, site)
    if decided.verdict == UPDATE and row.link.state == WAS_BLOCKED:
        return blocked(decided, row.link.why, Choice(AGAIN, "try again", remote))
    return decided


def _linked(client: TomClient, link: Link, hits: list[RemoteTarget]) -> RemoteTarget | None:
    """The TOM's target that ours is linked to, wherever its name went."""
    if link.tom_id is None:
        return None
    return next((hit for hit in hits if hit.id == link.tom_id), None) or by_id(client, link.tom_id)


def _match(row: Row, hits: list[RemoteTarget]) -> RemoteTarget | None:
    """The one of its own name, else the only one that has another of its names."""
    named = [hit for hit in hits if hit.name == row.wanted.name]
    return named[0] if named else hits[0] if len(hits) == 1 else None


def _decided_absent(client: TomClient, site: Site, row: Row) -> Row:
    if row.wanted.cannot:
        return blocked(row, row.wanted.cannot)
    position = row.wanted.position
    others = near(client, *position) if position else []
    if others:
        return conflict_near(row, others)
    if row.link.state == WAS_BLOCKED:
        return blocked(row, row.link.why, Choice(AGAIN, "try again"))
    return absent(row, site)


def _without_twins(rows: list[Row]) -> list[Row]:
    """Of two targets to be created at one place, the later one becomes a conflict."""
    found = list(rows)
    places = [
        (row.wanted.position[1], index)
        for index, row in enumerate(rows)
        if row.verdict == CREATE and row.wanted.position is not None
    ]
    places.sort()
    for lower, (dec, index) in enumerate(places):
        for other_dec, other in places[lower + 1 :]:
            if (other_dec - dec) * 3600.0 > NEAR_ARCSEC:
                break
            first, second = sorted((index, other))
            distance = _distance(rows[first], rows[second])
            if distance <= NEAR_ARCSEC and found[first].verdict == CREATE:
                found[second] = conflict_twin(rows[second], rows[first], distance)
    return found


def _distance(row: Row, other: Row) -> float:
    ours, theirs = row.wanted.position, other.wanted.position
    return separation_arcsec(*ours, *theirs) if ours and theirs else float("inf")


def _with_points(client: TomClient, conn: sqlite3.Connection, row: Row, tell: Told, place: tuple[int, int]) -> Row:
    tell("reading photometry", *place)
    if row.verdict == BLOCKED:
        return row
    points = points_of(points_of_target(conn, row.target.id))
    if row.verdict in (UPDATE, SAME) and row.remote is not None and points:
        points = tuple(read_points(client, row.remote.id).missing(points))
    return replace(row, points=points, verdict=UPDATE if row.verdict == SAME and points else row.verdict)
