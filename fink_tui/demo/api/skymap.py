"""/skymap: what lies in the region of a gravitational wave event, of which the stand-in knows one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.api import rows
from fink_tui.demo.api.cone import Cone
from fink_tui.demo.api.database import Database
from fink_tui.demo.api.formats import Rows
from fink_tui.demo.api.tables import frame, newest_first, scan
from fink_tui.demo.sky import FIRST_NIGHT
from fink_tui.demo.times import JD_OF_MJD, tai

_NO_SUCH_EVENT = '{"detail":"No superevent with that name was found."}'


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its time in MJD UTC, and a round normal distribution on the sky, in degrees."""

    name: str
    mjd: float
    ra: float
    dec: float
    sigma: float

    def region(self, level: float) -> Cone:
        """What holds this share of the probability."""
        if level >= 1.0:
            return Cone(self.ra, self.dec, 180.0)
        return Cone(self.ra, self.dec, self.sigma * math.sqrt(-2.0 * math.log(1.0 - level)))


# Where and when the simulated sky has its kilonova; the second name is the one in Fink's documentation.
EVENT = Event("S261120bk", FIRST_NIGHT - 0.42, 18.0, 33.0, 6.0)
_PUBLISHED = "S230709bi"


def of_ztf(database: Database, arguments: Any) -> Rows:
    """Objects first seen from `n_day_before` the event for `n_day_after` days; both must be numbers."""
    before, after = arguments.get("n_day_before", 1), arguments.get("n_day_after", 6)
    region = _region(arguments)
    if region is None:
        return _failure()
    start = EVENT.mjd + JD_OF_MJD - before
    near = region.latest_in(database.objects("ztf").values())
    cells = [alert.known.pixel for _, alert in near]
    kept = [
        row | {"v:jdstartgw": EVENT.mjd + JD_OF_MJD}
        for row in scan(cells, "*", rows.ZTF_PIXEL)
        if start <= row["i:jdstarthist"] <= start + after and row["i:jd"] - row["i:jdstarthist"] <= after
    ]
    return newest_first(frame(kept), "i:jd")


def of_lsst(database: Database, arguments: Any) -> Rows:
    """Every object in the region: the real API does not filter by time yet."""
    region = _region(arguments)
    if region is None:
        return _failure()
    near = region.latest_in(database.objects("lsst").values())
    found = [row | {"v:startgwMjdTai": tai(EVENT.mjd)} for row in scan((a.known.pixel for _, a in near), "*")]
    return newest_first(frame(found), "r:midpointMjdTai")


def _region(arguments: Any) -> Cone | None:
    """None for an event that GraceDB does not have. Raises KeyError without an event's name: 500, also for a map."""
    if arguments["event_name"] not in (EVENT.name, _PUBLISHED):
        return None
    return EVENT.region(float(arguments["credible_level"]))


def _failure() -> Rows:
    return [{"status": _NO_SUCH_EVENT}]
