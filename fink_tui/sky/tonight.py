"""Tonight from one site at one moment: the visibility of every target that has a place.

Off the screen's thread only: it imports numpy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from fink_tui.sky.night import night_ahead
from fink_tui.sky.sites import Site
from fink_tui.sky.visibility import Visibilities, Visibility, visibility

# A moving object is where its last alert saw it for a night and no longer.
MOVING_DAYS = 1.0


class Placed(Protocol):
    """A target, for what matters here: degrees (ICRS), and when that was, MJD UTC."""

    @property
    def id(self) -> int: ...
    @property
    def ra(self) -> float | None: ...
    @property
    def dec(self) -> float | None: ...
    @property
    def is_moving(self) -> bool: ...
    @property
    def last_mjd(self) -> float | None: ...


def place_of(target: Placed, mjd: float) -> tuple[float, float] | None:
    """Where a target is at a moment; None without a position, and where it may have moved away from it."""
    if target.ra is None or target.dec is None:
        return None
    if target.is_moving and (target.last_mjd is None or abs(mjd - target.last_mjd) > MOVING_DAYS):
        return None
    return target.ra, target.dec


class Tonight:
    """What is seen of targets from `site` at `mjd` (UTC) and in its `night`: from sunrise on the one that comes."""

    def __init__(self, site: Site, mjd: float, targets: Iterable[Placed] = ()) -> None:
        self.site, self.mjd = site, mjd
        self.night = night_ahead(site, mjd)
        self.moon_part, self.moon_grows = self.night.equator.moon_phase(mjd)
        self._all, self._lines = self._seen(targets)
        self._late: dict[int, Visibility | None] = {}

    def of(self, target: Placed) -> Visibility | None:
        """The visibility of a target; None where its place is not known."""
        if target.id in self._late:
            return self._late[target.id]
        line = self._lines.get(target.id)
        return None if line is None else self._all[line]

    def add(self, targets: Iterable[Placed]) -> None:
        """Take in targets that came or changed since."""
        targets = list(targets)
        found, lines = self._seen(targets)
        self._late |= {target.id: found[lines[target.id]] if target.id in lines else None for target in targets}

    def _seen(self, targets: Iterable[Placed]) -> tuple[Visibilities, dict[int, int]]:
        places = [(target.id, place) for target in targets if (place := place_of(target, self.mjd))]
        found = visibility([ra for _, (ra, _) in places], [dec for _, (_, dec) in places], self.night, self.mjd)
        return found, {target: line for line, (target, _) in enumerate(places)}
