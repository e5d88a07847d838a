"""All that a target's place and the night tell of it, for one look. Off the screen's thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fink_tui.sky.horizon import Array
from fink_tui.sky.night import Night
from fink_tui.sky.place import Place, place
from fink_tui.sky.sites import Site
from fink_tui.sky.tonight import Placed, Tonight, place_of
from fink_tui.sky.visibility import Visibility, altitudes


@dataclass(frozen=True, eq=False)
class View:
    """Tonight from one site: what can be seen of the target, and its altitude in degrees at the night's `times`.

    Both are None where it is not known where the target is.
    """

    site: Site
    night: Night
    seen: Visibility | None
    altitudes: Array | None


@dataclass(frozen=True, eq=False)
class Outlook:
    """A target at `mjd` (UTC): its place, and the view from each site. `trouble` says what was left out, and why."""

    mjd: float
    place: Place | None
    views: tuple[View, ...]
    moon_part: float
    moon_grows: bool
    trouble: str = ""


def outlook(target: Placed, sites: Sequence[Site], mjd: float, dust_maps: Path | None = None) -> Outlook:
    """The outlook of a target from sites, one at least."""
    found, trouble = None, ""
    if target.ra is not None and target.dec is not None:
        try:
            found = place(target.ra, target.dec, dust_maps)
        except OSError as error:
            found = place(target.ra, target.dec)
            trouble = f"no map: {error}"
    nights = [Tonight(site, mjd, [target]) for site in sites]
    where = place_of(target, mjd)
    views = [
        View(night.site, night.night, night.of(target), None if where is None else altitudes(*where, night.night))
        for night in nights
    ]
    return Outlook(mjd, found, tuple(views), nights[0].moon_part, nights[0].moon_grows, trouble)
