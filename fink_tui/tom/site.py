"""A TOM as a preflight found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A TOM that may be written to. `group` is the TOM's id of the configured group; `fields` those of a target."""

    url: str
    login: str
    group: int | None
    group_name: str
    fields: frozenset[str]
