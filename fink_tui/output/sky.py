"""Visibility and place as the records scripts see. Angles degrees, times ISO 8601 UTC; None where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fink_tui.alerts.times import now, to_iso

if TYPE_CHECKING:
    from pathlib import Path

    from fink_tui.sky.sites import Site
    from fink_tui.sky.tonight import Placed, Tonight

_TIMES = ("best_time", "transits", "rises", "sets")
# What `fink_tui.sky.visibility.Visibility` and `fink_tui.sky.place.Place` have; here without what they import.
VISIBLE = ("alt", "az", "airmass", "is_rising", "best_alt", "best_time", "hours", "moon", "transits", "rises", "sets",
           "course")  # fmt: skip
SKY_COLUMNS = ("site", "night", *VISIBLE)
PLACE = ("glon", "glat", "ecliptic_lat", "constellation", "ebv")


def visibility_record(target: Placed, tonight: Tonight) -> dict[str, Any]:
    """What can be seen of a target tonight, under the names of SKY_COLUMNS."""
    seen = tonight.of(target)
    values = dict.fromkeys(VISIBLE) if seen is None else {name: getattr(seen, name) for name in VISIBLE}
    times = {name: to_iso(values[name]) for name in _TIMES}
    return {"site": tonight.site.name, "night": tonight.night.date, **values, **times}


def sky_record(target: Placed, sites: tuple[Site, ...], dust_maps: Path | None) -> dict[str, Any]:
    """The place of a target and its visibility from each site, one record a site."""
    # Astropy's coordinates take a second to load.
    from fink_tui.sky.place import place
    from fink_tui.sky.tonight import Tonight

    moment = now()
    known = None if target.ra is None or target.dec is None else place(target.ra, target.dec, dust_maps)
    return {
        **{name: getattr(known, name, None) for name in PLACE},
        "visibility": [
            visibility_record(target, Tonight(site, moment, [target])) | {"time": to_iso(moment)} for site in sites
        ],
    }
