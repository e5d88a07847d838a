"""A target's light curve as a TOM keeps it, and which of its points the TOM has.

Sent are detections of a positive difference and upper limits. Forced points are left out, which would stand beside
the detections of the same exposures, and so are negative differences, whose magnitude is no brightness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, Detection
from fink_tui.alerts.times import from_iso
from fink_tui.alerts.values import number
from fink_tui.tom.errors import TomError

if TYPE_CHECKING:
    from fink_tui.tom.client import Query, TomClient

SOURCE = "Fink"
TELESCOPES = {"ztf": "ZTF", "lsst": "Rubin"}
_UNIX_EPOCH_MJD = 40587
_DAY_US = 86_400 * 10**6
# One exposure gives one point in a band; services round its time and its magnitude in their own ways.
_SAME_TIME_US = 100_000
_SAME_MAG = 0.005


@dataclass(frozen=True, slots=True)
class Point:
    """One point: microseconds since 1970 UTC, band, AB magnitude and error, or an upper limit."""

    time_us: int
    band: str
    mag: float | None
    mag_err: float | None
    limit: float | None
    survey: str = ""

    @property
    def timestamp(self) -> str:
        """ISO 8601 UTC to the microsecond, as the toolkit writes it."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.time_us)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def body(self, target: int, url: str, bands: Mapping[str, str]) -> dict[str, Any]:
        """What is posted; `bands` gives the TOM's names of bands it calls otherwise."""
        value: dict[str, Any] = {"filter": bands.get(self.band, self.band)}
        if self.mag is None:
            value["limit"] = self.limit
        else:
            value["magnitude"] = self.mag
            if self.mag_err is not None:
                value["error"] = self.mag_err
        if self.survey:
            value["telescope"] = TELESCOPES.get(self.survey, self.survey)
        return {
            "target": target,
            "data_type": "photometry",
            "source_name": SOURCE,
            "source_location": url[:200],
            "timestamp": self.timestamp,
            "value": value,
        }


def exact_us(mjd: float) -> int:
    """Microseconds since 1970 of an MJD UTC, in exact arithmetic.

    tom_fink and astropy come to the same; plain floats are off by one in 6 % of the cases, and make a second point.
    """
    return int(((Fraction(mjd) - _UNIX_EPOCH_MJD) * _DAY_US + Fraction(1, 2)) // 1)


def points_of(detections: Iterable[tuple[str, Detection]]) -> tuple[Point, ...]:
    """The points to send of detections, each with its survey, in order of time."""
    found: dict[tuple[int, str], Point] = {}
    for survey, d in detections:
        if d.band is None or d.is_negative:
            continue
        place = (exact_us(d.mjd), d.band)
        if d.kind == DETECTION and d.mag is not None:
            found[place] = Point(*place, d.mag, d.mag_err, None, survey)
        elif d.kind == UPPER_LIMIT and d.upper_limit is not None:
            # Where two quadrants of an exposure cover the place, the detection counts, else the deeper limit.
            before = found.get(place)
            if before is None or (before.limit is not None and before.limit < d.upper_limit):
                found[place] = Point(*place, None, None, d.upper_limit, survey)
    return tuple(found[place] for place in sorted(found))


@dataclass(frozen=True, slots=True)
class RemotePoints:
    """The points of a target on a TOM. `bands` are its own names of bands: tom_fink writes R for r."""

    points: tuple[Point, ...]
    bands: Mapping[str, str]

    def missing(self, wanted: Sequence[Point]) -> list[Point]:
        """Those of `wanted` that are not there."""
        there: dict[tuple[str, int], list[Point]] = defaultdict(list)
        for point in self.points:
            there[_band(point.band), point.time_us // _SAME_TIME_US].append(point)
        return [
            point
            for point in wanted
            if not any(
                _is_same(point, other)
                for step in (-1, 0, 1)
                for other in there[_band(point.band), point.time_us // _SAME_TIME_US + step]
            )
        ]


def read_points(client: TomClient, target: int) -> RemotePoints:
    """A target's photometry on a TOM of 2.x or 3.x. Raises as `TomClient.read`."""
    query: Query = {"target__id": target, "data_type": "photometry", "limit": 1000}
    points, calls_r_by_another_name = [], False
    for record in client.pages("reduceddatums/", query):
        # A TOM that doesn't know the filter gives the points of every target.
        if record.get("target") == target and (point := _point(record)) is not None:
            points.append(point)
            calls_r_by_another_name |= point.band == "R" and record.get("source_name") == SOURCE
    return RemotePoints(tuple(points), {"r": "R"} if calls_r_by_another_name else {})


def _point(record: Mapping[str, Any]) -> Point | None:
    """3.x has brightness and bandpass, and does not tell a limit; 2.x has what was sent."""
    value = record.get("value")
    if not isinstance(value, dict):
        return None

    def first(*names: str) -> Any:
        return next((value[name] for name in names if value.get(name) not in (None, "")), None)

    try:
        moment = from_iso(str(record.get("timestamp")))
    except ValueError as error:
        raise TomError("the TOM sent a point without a time") from error
    return Point(
        time_us=exact_us(moment),
        band=str(first("bandpass", "filter", "band", "f") or ""),
        mag=number(first("brightness", "magnitude", "mag")),
        mag_err=None,
        limit=number(first("limit")),
    )


def _band(name: str) -> str:
    return "r" if name == "R" else name


def _is_same(wanted: Point, there: Point) -> bool:
    if abs(wanted.time_us - there.time_us) > _SAME_TIME_US:
        return False
    if wanted.mag is None or there.mag is None:
        return wanted.mag is None and there.mag is None
    return abs(wanted.mag - there.mag) < _SAME_MAG
