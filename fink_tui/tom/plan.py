"""What a sync would do, target by target: seen before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.outbox import BLOCKED as WAS_BLOCKED
from fink_tui.store.outbox import CHANGED_HERE, CHANGED_THERE, NOT_SENT, Link
from fink_tui.store.outbox import CONFLICT as IN_CONFLICT
from fink_tui.store.outbox import SAME as IS_SAME
from fink_tui.store.targets import Target
from fink_tui.tom.difference import Change, creation, difference, learned
from fink_tui.tom.photometry import Point
from fink_tui.tom.remote import RemoteTarget
from fink_tui.tom.site import Site
from fink_tui.tom.wanted import Wanted

CREATE, UPDATE, SAME, CONFLICT, BLOCKED, SKIP = "create", "update", "same", "conflict", "blocked", "skip"
# What needs her comes first.
VERDICTS = (CONFLICT, BLOCKED, CREATE, UPDATE, SAME, SKIP)

# The choices of conflicts.
LINK, MAKE, OURS, THEIRS, AGAIN, LEAVE = "link", "create", "ours", "theirs", "again", "skip"

# Two targets of one name this far apart are not the same.
_ELSEWHERE_ARCSEC = 30.0
_SHIFTED_ARCSEC = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """A way out of a conflict; `remote` is the TOM's target that it takes."""

    key: str
    label: str
    remote: RemoteTarget | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What would be done with one target.

    `changes` are sent if the verdict is create or update; `there` is what changed in the TOM since it was last looked
    at; `points` are the photometric points it lacks, None where nobody asked. `why` says what a conflict or a block is
    about, `notes` what is good to know. `is_ours` is False where the TOM's target stands for another target too.
    """

    target: Target
    wanted: Wanted
    link: Link
    verdict: str = SAME
    remote: RemoteTarget | None = None
    changes: tuple[Change, ...] = ()
    there: tuple[Change, ...] = ()
    why: str = ""
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    points: tuple[Point, ...] | None = None
    overwrite: frozenset[str] = frozenset()
    is_ours: bool = True

    @property
    def will_send(self) -> bool:
        """Whether anything goes to the TOM for this target."""
        return self.verdict in (CREATE, UPDATE)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row of a sync with one TOM."""

    site: Site
    rows: tuple[Row, ...]

    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each verdict, in the order of VERDICTS."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def n_points(self) -> int:
        """How many photometric points would be sent."""
        return sum(len(row.points or ()) for row in self.rows if row.will_send)


def matched(row: Row, remote: RemoteTarget, site: Site, *, overwrite: Collection[str] = ()) -> Row:
    """The row of a target that the TOM has as `remote`: update, same, or a conflict over what was edited there."""
    found = difference(row.wanted, remote, row.link, site, overwrite=overwrite, is_ours=row.is_ours)
    there = _changed_there(row.link, remote)
    row = replace(row, remote=remote, there=there, why="", choices=(), overwrite=frozenset(overwrite))
    row = replace(row, notes=_notes(row, remote))
    if found.edited:
        fields = ", ".join(change.field for change in found.edited)
        choices = (
            Choice(OURS, "take ours: overwrite it in the TOM", remote),
            Choice(THEIRS, "keep theirs: leave it as it is in the TOM", remote),
            Choice(LEAVE, "skip it this time"),
        )
        why = f"{fields} was edited in the TOM"
        return replace(row, verdict=CONFLICT, changes=found.edited, why=why, choices=choices)
    return replace(row, verdict=UPDATE if found.body or row.points else SAME, changes=found.changes)


def absent(row: Row, site: Site) -> Row:
    """The row of a target that is to be made."""
    return replace(
        row, verdict=CREATE, remote=None, changes=creation(row.wanted, row.link, site).changes, why="", choices=()
    )


def conflict_near(row: Row, others: list[tuple[float, RemoteTarget]]) -> Row:
    """Something else is at its place."""
    distance, nearest = others[0]
    more = f", and {len(others) - 1} more" if len(others) > 1 else ""
    choices = [
        Choice(LINK, f'link as alias of {other.name} ({away:.1f}" away)', other) for away, other in others[:5]
    ] + [Choice(MAKE, "create it anyway"), Choice(LEAVE, "skip it this time")]
    return _conflict(row, f'{nearest.name} is {distance:.1f}" away in the TOM{more}', choices)


def conflict_several(row: Row, others: list[RemoteTarget]) -> Row:
    """Its names belong to several targets."""
    choices = [Choice(LINK, f"it is {other.name}, number {other.id}", other) for other in others[:5]]
    names = ", ".join(other.name for other in others[:5])
    return _conflict(row, f"the TOM knows its names as {names}", [*choices, Choice(LEAVE, "skip it this time")])


def conflict_gone(row: Row) -> Row:
    """It was there and is no longer, or hidden."""
    return _conflict(
        row,
        f"number {row.link.tom_id} was deleted in the TOM, or hidden from this account",
        [Choice(MAKE, "create it again"), Choice(LEAVE, "skip it this time")],
    )


def conflict_elsewhere(row: Row, remote: RemoteTarget, distance: float) -> Row:
    """The TOM has its name at another place."""
    away = f'{distance:.0f}"' if distance < 3600 else f"{distance / 3600:.1f}°"
    return _conflict(
        replace(row, remote=remote),
        f"the TOM has a {remote.name} {away} away",
        [Choice(LINK, f"it is the same: number {remote.id}", remote), Choice(LEAVE, "skip it this time")],
    )


def conflict_twin(row: Row, other: Row, distance: float) -> Row:
    """Two targets of the plan are at one place."""
    return _conflict(
        row,
        f'{other.target.name} is {distance:.1f}" away and to be created too: sync that one first, and link this to it',
        [Choice(MAKE, "create it anyway"), Choice(LEAVE, "skip it this time")],
    )


def _conflict(row: Row, why: str, choices: list[Choice]) -> Row:
    return replace(row, verdict=CONFLICT, changes=(), why=why, choices=tuple(choices))


def blocked(row: Row, why: str, *choices: Choice) -> Row:
    """It can't be handed over."""
    return replace(row, verdict=BLOCKED, changes=(), why=why, choices=choices)


def distance_to(row: Row, remote: RemoteTarget) -> float:
    """Arcseconds from the target to that of the TOM; 0 where one of them moves."""
    ours, theirs = row.wanted.position, remote.position
    return separation_arcsec(*ours, *theirs) if ours and theirs else 0.0


def is_elsewhere(row: Row, remote: RemoteTarget) -> bool:
    """Whether the TOM's target of that name is at another place, and nobody has said that it is the same."""
    return distance_to(row, remote) > _ELSEWHERE_ARCSEC and row.link.tom_id != remote.id


def choose(row: Row, choice: Choice, site: Site) -> Row:
    """The row after a choice."""
    if choice.key == LEAVE:
        return replace(row, verdict=SKIP, changes=(), choices=(), why="skipped this time")
    if choice.key == MAKE:
        return absent(replace(row, link=Link(row.target.id)), site)
    if choice.key == AGAIN:
        fresh = replace(row, link=replace(row.link, state=NOT_SENT, why="", refused=()))
        return absent(fresh, site) if choice.remote is None else matched(fresh, choice.remote, site)
    assert choice.remote is not None
    fields = [change.field for change in row.changes]
    if choice.key == OURS:
        return matched(row, choice.remote, site, overwrite=fields)
    if choice.key == THEIRS:
        kept = {field: choice.remote.extras[field][1] for field in fields if field in choice.remote.extras}
        return matched(replace(row, link=replace(row.link, kept={**row.link.kept, **kept})), choice.remote, site)
    linked = replace(row.link, tom_id=choice.remote.id, tom_name=choice.remote.name)
    return matched(replace(row, link=linked), choice.remote, site)


def seen(row: Row) -> Link:
    """The link as a plan leaves it: what was found is remembered, what the user has not agreed to is not."""
    link, remote = row.link, row.remote
    if remote is not None and row.verdict in (UPDATE, SAME):
        state = CHANGED_THERE if row.there else IS_SAME if row.verdict == SAME else CHANGED_HERE
        link = replace(link, tom_id=remote.id, tom_name=remote.name, state=state, why="")
        link = replace(link, pushed=learned(row.wanted, remote, link), seen=link.seen or remote.snapshot())
        return replace(link, changed=row.target.changed) if row.verdict == SAME else link
    if row.verdict == CREATE:
        return replace(link, tom_id=None, tom_name="", state=NOT_SENT, why="")
    if row.verdict in (CONFLICT, BLOCKED):
        return replace(link, state=IN_CONFLICT if row.verdict == CONFLICT else WAS_BLOCKED, why=row.why)
    return link


def agreed(row: Row, remote: RemoteTarget) -> Link:
    """The link once the TOM's target is as it should be."""
    lists = tuple(
        dict.fromkeys((*row.link.lists, *(name for name in row.wanted.lists if name not in row.link.refused)))
    )
    return replace(
        row.link,
        tom_id=remote.id,
        tom_name=remote.name,
        state=IS_SAME,
        why="",
        pushed=learned(row.wanted, remote, row.link),
        lists=lists,
        seen=remote.snapshot(),
        changed=row.target.changed,
    )


def _changed_there(link: Link, remote: RemoteTarget) -> tuple[Change, ...]:
    if not link.seen or link.tom_id != remote.id:
        return ()
    before, after = link.seen, remote.snapshot()
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return tuple(Change(name, before.get(name), after.get(name, "gone")) for name in names)


def _notes(row: Row, remote: RemoteTarget) -> tuple[str, ...]:
    notes = []
    if remote.name != row.wanted.name:
        notes.append(f"the TOM calls it {remote.name}")
    distance = distance_to(row, remote)
    if distance > _SHIFTED_ARCSEC:
        notes.append(f'{distance:.1f}" from its place in the TOM, which stays')
    if not row.is_ours:
        notes.append("it stands for another of your targets there too, whose class and scores it shows")
    notes += [f"not taken by the TOM before: {name}" for name in row.link.refused]
    return tuple(notes)
