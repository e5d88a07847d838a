"""What a TOM's target lacks of what it should be: as a person reads it, and as the body that is sent.

Added are aliases, extras, groups and target lists; of extras, our own are changed. Name, type and position of a target
that is there are the TOM's, and nothing is ever taken away.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fink_tui.store.outbox import Link
from fink_tui.tom.remote import RemoteTarget
from fink_tui.tom.site import Site
from fink_tui.tom.wanted import PREFIX, Wanted

ALIAS, GROUP, LIST, NAME = "alias", "group", "list", "name"
# What a person decides; everything else under fink_ is what Fink says, where the later word counts.
_USERS_OWN = ("fink_status", "fink_tags", "fink_priority", "fink_notes")
# Emptied on the TOM too when they are empty here.
_EMPTIED = ("fink_tags", "fink_priority")
_NONE = "none"
_LAST_SEEN = "fink_last_seen"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from what to what; `before` is None where there is nothing yet."""

    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be sent: `changes` to read, `body` to send. `edited` are fields that somebody changed in the TOM."""

    changes: tuple[Change, ...]
    body: dict[str, Any]
    edited: tuple[Change, ...] = ()


def creation(wanted: Wanted, link: Link, site: Site) -> Difference:
    """All of a target that is not there."""
    extras = [{"key": key, "value": value} for key, value in wanted.extras.items()]
    aliases = [{"name": alias} for alias in wanted.aliases if alias not in link.refused]
    lists = [{"name": name} for name in _lists(wanted, site) if name not in link.refused]
    groups = [] if site.group is None else [{"id": site.group}]
    body = {"name": wanted.name, **wanted.fields}
    body |= _filled(aliases=aliases, targetextra_set=extras, groups=groups, target_lists=lists)
    position = wanted.position
    place = f"{position[0]:.6f} {position[1]:+.6f}" if position else "orbital elements"
    changes = [Change(NAME, None, wanted.name), Change("position", None, place)]
    changes += [Change(ALIAS, None, alias["name"]) for alias in aliases]
    changes += [Change(key, None, value) for key, value in wanted.extras.items()]
    changes += [Change(GROUP, None, site.group_name)] if groups else []
    changes += [Change(LIST, None, name["name"]) for name in lists]
    return Difference(tuple(changes), body)


def difference(
    wanted: Wanted,
    remote: RemoteTarget,
    link: Link,
    site: Site,
    *,
    overwrite: Collection[str] = (),
    is_ours: bool = True,
) -> Difference:
    """What the TOM's target lacks. `overwrite` are extras that are ours whoever changed them.

    Not `is_ours` is a target that stands for another of the user's too: it gets names and lists alone.
    """
    changes, edited, extras = _extras(wanted, remote, link, overwrite) if is_ours else ([], [], [])
    names = {*remote.names, *link.refused}
    aliases = [{"name": name} for name in wanted.names if name not in names]
    groups = [] if site.group is None or site.group in remote.groups else [{"id": site.group}]
    done = {*link.lists, *link.refused}
    lists = [{"name": name} for name in _lists(wanted, site) if name not in done]
    changes += [Change(ALIAS, None, alias["name"]) for alias in aliases]
    changes += [Change(GROUP, None, site.group_name)] if groups else []
    changes += [Change(LIST, None, name["name"]) for name in lists]
    body = _filled(aliases=aliases, targetextra_set=extras, groups=groups, target_lists=lists)
    return Difference(tuple(changes), body, tuple(edited))


def _extras(
    wanted: Wanted, remote: RemoteTarget, link: Link, overwrite: Collection[str]
) -> tuple[list[Change], list[Change], list[dict[str, Any]]]:
    """Extras to add or change, those that were edited there, and what is sent for the former."""
    changes, edited, sent = [], [], []
    values = dict(wanted.extras)
    values |= {key: _NONE for key in _EMPTIED if key in link.pushed and key not in values}
    skipped, overruled = _others_words(wanted, remote, link)
    for key, value in values.items():
        number, there = remote.extras.get(key, (None, None))
        if there == value or (there is not None and there == link.kept.get(key)) or key in skipped:
            continue
        change = Change(key, there, value)
        pushed = link.pushed.get(key)
        if there is None or pushed is None or there == pushed or key in overwrite or key in overruled:
            changes.append(change)
            sent.append({"key": key, "value": value} | ({} if number is None else {"id": number}))
        else:
            edited.append(change)
    return changes, edited, sent


def _others_words(wanted: Wanted, remote: RemoteTarget, link: Link) -> tuple[set[str], set[str]]:
    """Extras where another fink-tui has written later news than ours, and where it has written older ones.

    No person changes the moment of the last alert by hand: where it is neither ours of now nor ours of then, somebody
    else of the group syncs the target too.
    """
    there = remote.extras.get(_LAST_SEEN, (0, ""))[1]
    ours = wanted.extras.get(_LAST_SEEN, "")
    if not there or there in (ours, link.pushed.get(_LAST_SEEN)):
        return set(), set()
    facts = {key for key in wanted.extras if key not in _USERS_OWN}
    return (facts, set()) if there > ours else (set(), facts)


def learned(wanted: Wanted, remote: RemoteTarget, link: Link) -> dict[str, str]:
    """What we are known to have written, the TOM's target being as it is."""
    return dict(link.pushed) | {
        key: value
        for key, (_, value) in remote.extras.items()
        if key.startswith(PREFIX) and value in (wanted.extras.get(key), _NONE)
    }


def _lists(wanted: Wanted, site: Site) -> tuple[str, ...]:
    return wanted.lists if "target_lists" in site.fields else ()


def _filled(**parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}
