"""Carrying out a plan: one write at a time, each noted before it leaves; what is uncertain is read back.

Source of the rules: tomtoolkit 2.32 to 3.1, whose writes are not atomic: an error may leave a target half made, which
is then completed, or one that this account can't see, which only an administrator can mend.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

from fink_tui.store.outbox import BLOCKED, CONFLICT, Link, begin_write, end_write, save_links
from fink_tui.tom.difference import creation, difference
from fink_tui.tom.errors import Refused, Stopped, TomError, Uncertain
from fink_tui.tom.lookup import by_id, by_names
from fink_tui.tom.photometry import read_points
from fink_tui.tom.plan import CREATE, SAME, Plan, Row, agreed, seen
from fink_tui.tom.remote import RemoteTarget, read_target

if TYPE_CHECKING:
    from fink_tui.tom.client import TomClient

SENDING, CREATED, UPDATED, UNCHANGED, LEFT = "sending", "created", "updated", "same", "left"
IN_CONFLICT, IS_BLOCKED, FAILED = "conflict", "blocked", "failed"
GOOD = (CREATED, UPDATED, UNCHANGED)

# Seconds before a write is tried again after one that failed.
_AGAIN_S = (0.5, 1.0, 2.0, 4.0)
# Two reads this far apart that are the same: the server has done with it.
_SETTLED_S = 0.3
_MOST_READS = 20


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a row. `remote` is the TOM's target, `points` the photometric points sent of those planned."""

    row: Row
    what: str
    why: str = ""
    remote: RemoteTarget | None = None
    points: int = 0


Told = Callable[[Fate], None]


def run(client: TomClient, conn: sqlite3.Connection, plan: Plan, stop: Event, tell: Told) -> list[Fate]:
    """Carry out a plan, row by row; `tell` hears the fate of each as it happens, and of some on the way.

    Setting `stop` ends it between two writes. What ends the run before its end (nobody let in, the TOM away) is the
    `why` of the rows that are left. The client is the one that the plan was made with.
    """
    sender = _Sender(client, conn, plan, stop, tell)
    fates = []
    ended = ""
    for row in plan.rows:
        try:
            is_over = ended or stop.is_set()
            fate = _left(row, ended or "stopped") if is_over else sender.carry_out(row)
        except Stopped:
            fate = _left(row, "stopped")
        except TomError as error:
            ended = str(error)
            fate = Fate(row, FAILED, ended)
        tell(fate)
        fates.append(fate)
    return fates


def _left(row: Row, why: str) -> Fate:
    return Fate(row, LEFT, why) if row.will_send else _unsent(row)


def _unsent(row: Row) -> Fate:
    what = UNCHANGED if row.verdict == SAME else row.verdict
    return Fate(row, what, row.why, row.remote)


class _Sender:
    """What the steps of one run share."""

    def __init__(self, client: TomClient, conn: sqlite3.Connection, plan: Plan, stop: Event, tell: Told) -> None:
        self._client, self._conn, self._site = client, conn, plan.site
        self._stop, self._tell = stop, tell

    def carry_out(self, row: Row) -> Fate:
        """Do what the row says. Raises TomError, Stopped."""
        if not row.will_send:
            return self._noted(row)
        self._tell(Fate(row, SENDING))
        fate = self._create(row) if row.verdict == CREATE else self._update(row)
        if fate.what in GOOD and row.points and fate.remote is not None:
            fate = self._send_points(fate, fate.remote)
        return fate

    def _noted(self, row: Row) -> Fate:
        """What was shown of the TOM's own changes counts as seen from now on, and what was kept of them as kept."""
        if row.verdict == SAME and row.remote is not None and (row.there or row.link.kept):
            self._save(agreed(row, row.remote))
        return _unsent(row)

    # Creating.

    def _create(self, row: Row) -> Fate:
        is_uncertain = False
        for pause in (*_AGAIN_S, None):
            body = creation(row.wanted, row.link, self._site).body
            try:
                answer = self._write(row, "create", "POST", "targets/", body)
            except Refused as refused:
                if _is_taken(refused):
                    return self._taken(row, is_uncertain)
                worse = _without_aliases(row, refused, [alias["name"] for alias in body.get("aliases", ())])
                if worse is None:
                    return self._failed(row, str(refused))
                row = worse
            except Uncertain as failure:
                is_uncertain = True
                remote = self._settled(partial(self._find, row))
                if remote is not None:
                    return self._complete(row, remote, CREATED)
                if pause is None:
                    return self._failed(row, f"{failure}: it was tried {len(_AGAIN_S) + 1} times")
                self._client.wait(pause)
            else:
                return self._done(row, read_target(answer), CREATED)
        return self._failed(row, "the TOM takes none of its aliases")

    def _find(self, row: Row) -> RemoteTarget | None:
        hits = by_names(self._client, [row.wanted.name])[row.wanted.name]
        return next((hit for hit in hits if hit.name == row.wanted.name), None)

    def _taken(self, row: Row, is_uncertain: bool) -> Fate:
        """The name is there. It is ours, half made, only where an own write may have made it."""
        remote = self._find(row)
        for pause in _AGAIN_S if is_uncertain else ():
            if remote is not None:
                break
            # A server that was cut off may still be at it, and gives the rights last.
            self._client.wait(pause)
            remote = self._find(row)
        if remote is None:
            return self._blocked(
                row,
                f"the TOM has a {row.wanted.name} that this account can't see: ask its administrator to give your "
                "group the right to it",
            )
        if is_uncertain:
            return self._complete(row, remote, CREATED)
        return self._conflict(row, f"{remote.name} has come into the TOM since the plan: plan again")

    # Updating.

    def _update(self, row: Row) -> Fate:
        assert row.remote is not None
        remote = by_id(self._client, row.remote.id)
        if remote is None:
            return self._conflict(row, f"number {row.remote.id} has gone from the TOM since the plan: plan again")
        now = difference(row.wanted, remote, row.link, self._site, overwrite=row.overwrite, is_ours=row.is_ours)
        if now.changes != row.changes or now.edited:
            return self._conflict(row, f"{remote.name} was changed in the TOM since the plan: plan again")
        return self._complete(row, remote, UPDATED)

    def _complete(self, row: Row, remote: RemoteTarget, what: str) -> Fate:
        """Bring the TOM's target to what it should be. `remote` was read just now."""
        # What an own write has made in part is ours altogether.
        overwrite = row.wanted.extras.keys() if what == CREATED else row.overwrite
        for pause in (*_AGAIN_S, None):
            now = difference(row.wanted, remote, row.link, self._site, overwrite=overwrite, is_ours=row.is_ours)
            if not now.body:
                return self._done(row, remote, what)
            try:
                answer = self._write(row, "update", "PATCH", f"targets/{remote.id}/", now.body)
            except Refused as refused:
                if refused.status == 404:
                    return self._read_only(row, remote)
                worse = _without_aliases(row, refused, [alias["name"] for alias in now.body.get("aliases", ())])
                if worse is None:
                    return self._failed(row, str(refused), remote)
                row = worse
            except Uncertain as failure:
                if pause is None:
                    return self._worn_out(row, remote, now.body, failure)
                self._client.wait(pause)
            else:
                return self._done(row, read_target(answer), what)
            found = self._settled(partial(by_id, self._client, remote.id))
            if found is None:
                return self._conflict(row, f"{remote.name} is no longer to be seen in the TOM: plan again")
            remote = found
        return self._failed(row, "the TOM takes none of its aliases", remote)

    def _worn_out(self, row: Row, remote: RemoteTarget, body: Mapping[str, Any], failure: Uncertain) -> Fate:
        if body.keys() != {"target_lists"} or failure.status != 500:
            return self._failed(row, str(failure), remote)
        # All the rest is there: what it chokes on is a list, of which there are two of a name.
        lists = [entry["name"] for entry in body["target_lists"]]
        self._save(replace(agreed(row, remote), refused=(*row.link.refused, *lists)))
        return Fate(
            row,
            FAILED,
            f"the TOM fails on the target list {', '.join(lists)}; all the rest is there: ask its administrator "
            "whether there are two of that name",
            remote,
        )

    def _read_only(self, row: Row, remote: RemoteTarget) -> Fate:
        return self._blocked(
            row,
            f"this account may see {remote.name} (number {remote.id}) but not change it: ask its owner or an "
            "administrator to give your group that right",
        )

    # Photometry.

    def _send_points(self, fate: Fate, remote: RemoteTarget) -> Fate:
        row = fate.row
        there = read_points(self._client, remote.id)
        missing = there.missing(row.points or ())
        sent = 0
        url = row.wanted.extras.get("fink_url", "")
        for point in missing:
            self._tell(Fate(row, SENDING, f"point {sent + 1} of {len(missing)}", remote))
            if self._stop.is_set():
                return replace(fate, what=LEFT, why="stopped", points=sent)
            body = point.body(remote.id, url, there.bands)
            for pause in (*_AGAIN_S, None):
                try:
                    self._write(row, f"point {point.timestamp}", "POST", "reduceddatums/", body)
                    break
                except Refused as refused:
                    return self._failed(row, f"photometry: {refused}", remote, sent)
                except Uncertain as failure:
                    # 2.x fails on a point that is there already.
                    if not self._settled(partial(read_points, self._client, remote.id)).missing([point]):
                        break
                    if pause is None:
                        return self._failed(row, f"photometry: {failure}", remote, sent)
                    self._client.wait(pause)
            sent += 1
        return replace(fate, points=sent)

    # What all of them do.

    def _write(self, row: Row, what: str, verb: str, path: str, body: Mapping[str, Any]) -> Any:
        """One write, noted before and after. Raises as `TomClient.write`."""
        if self._stop.is_set():
            raise Stopped
        number = begin_write(self._conn, self._site.url, row.target.id, what)
        try:
            answer = self._client.write(verb, path, body)
        except Uncertain as failure:
            end_write(self._conn, number, "unknown", str(failure))
            raise
        except (TomError, Stopped) as failure:
            end_write(self._conn, number, "refused", str(failure))
            raise
        end_write(self._conn, number, "done")
        return answer

    def _settled(self, look: Callable[[], Any]) -> Any:
        """What is there once two looks in a row are the same: a server that was cut off may still be writing."""
        found = look()
        for _ in range(_MOST_READS):
            self._client.wait(_SETTLED_S)
            again = look()
            if again == found:
                break
            found = again
        return found

    def _done(self, row: Row, remote: RemoteTarget, what: str) -> Fate:
        self._save(agreed(row, remote))
        refused = ", ".join(row.link.refused)
        return Fate(row, what, f"not taken by the TOM: {refused}" if refused else "", remote)

    def _failed(self, row: Row, why: str, remote: RemoteTarget | None = None, points: int = 0) -> Fate:
        return Fate(row, FAILED, why, remote, points)

    def _conflict(self, row: Row, why: str) -> Fate:
        self._save(replace(seen(row), state=CONFLICT, why=why))
        return Fate(row, IN_CONFLICT, why, row.remote)

    def _blocked(self, row: Row, why: str) -> Fate:
        self._save(replace(seen(row), state=BLOCKED, why=why))
        return Fate(row, IS_BLOCKED, why, row.remote)

    def _save(self, link: Link) -> None:
        save_links(self._conn, self._site.url, [link])


def _is_taken(refused: Refused) -> bool:
    """Whether the name is in the TOM already, seen or unseen."""
    body = refused.body
    return refused.status == 400 and isinstance(body, Mapping) and "already exists" in str(body.get("name", ""))


def _without_aliases(row: Row, refused: Refused, sent: list[str]) -> Row | None:
    """The row without the aliases that the TOM would not take; None where it was about something else.

    It names them by their place, or (an alias that is a target's own name) in a sentence.
    """
    body = refused.body
    complaints = body.get("aliases") if isinstance(body, Mapping) else None
    if isinstance(complaints, Mapping):
        bad = {sent[int(place)] for place in complaints if str(place).isdigit() and int(place) < len(sent)}
    elif isinstance(complaints, list):
        bad = {alias for alias, complaint in zip(sent, complaints, strict=False) if complaint}
    else:
        bad = {alias for alias in sent if f"Alias '{alias}'" in str(body)}
    if refused.status != 400 or not bad:
        return None
    return replace(row, link=replace(row.link, refused=(*row.link.refused, *sorted(bad))))
