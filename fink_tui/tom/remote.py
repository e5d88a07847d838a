"""A TOM's target as it comes off the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fink_tui.alerts.values import number
from fink_tui.tom.errors import TomError

# Of the TOM's own making, or shown apart.
_NOT_FIELDS = {"id", "created", "modified", "message", "name", "permissions"}


@dataclass(frozen=True, slots=True)
class RemoteTarget:
    """One target of a TOM. `extras` are by key, each with the TOM's id and its value; `groups` are ids.

    `fields` are the plain values of the model, in degrees and MJD where they are angles and times.
    """

    id: int
    name: str
    aliases: tuple[str, ...]
    extras: Mapping[str, tuple[int, str]]
    groups: frozenset[int]
    fields: Mapping[str, str | int | float | bool]

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its aliases."""
        return (self.name, *self.aliases)

    @property
    def position(self) -> tuple[float, float] | None:
        """Right ascension and declination in degrees, where it has any."""
        ra, dec = number(self.fields.get("ra")), number(self.fields.get("dec"))
        return None if ra is None or dec is None else (ra, dec)

    def snapshot(self) -> dict[str, str]:
        """Everything a person may change in it, as text by name."""
        return {
            "name": self.name,
            **{name: str(value) for name, value in sorted(self.fields.items())},
            **{f"alias {alias}": "yes" for alias in sorted(self.aliases)},
            **{key: value for key, (_, value) in sorted(self.extras.items())},
        }


def read_target(record: Any) -> RemoteTarget:
    """The target in a record of the API. Raises TomError where it is none."""
    try:
        return RemoteTarget(
            id=int(record["id"]),
            name=str(record["name"]),
            aliases=tuple(str(alias["name"]) for alias in record.get("aliases") or ()),
            extras={
                str(extra["key"]): (int(extra["id"]), str(extra["value"]))
                for extra in record.get("targetextra_set") or ()
            },
            groups=frozenset(int(group["id"]) for group in record.get("groups") or ()),
            fields={
                name: value
                for name, value in record.items()
                if isinstance(value, str | int | float) and name not in _NOT_FIELDS and value != ""
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TomError(
            f"the TOM sent a target that can't be read ({type(error).__name__}): is it of version 2.32 to 3.1?"
        ) from error
