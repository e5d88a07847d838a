"""What follows from a light curve: its peak, its colours, its rates, and when it began."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, Detection

# The detections of a colour are of one night, those of a rate of two.
SAME_NIGHT_DAYS = 0.5
MOST_RATE_DAYS = 30.0
_PAIRS = (("u", "g"), ("g", "r"), ("r", "i"), ("i", "z"), ("z", "y"))


@dataclass(frozen=True, slots=True)
class Peak:
    """The brightest positive difference. `mjd` is UTC."""

    detection: Detection
    days_ago: float


@dataclass(frozen=True, slots=True)
class Colour:
    """bluer - redder in AB magnitudes of one survey's detections less than half a day apart; `mjd` (UTC) of the later.

    `kind` is "difference" or "apparent".
    """

    survey: str
    bluer: str
    redder: str
    kind: str
    value: float
    error: float | None
    mjd: float
    apart_days: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Magnitudes per day in one band, negative where it brightens, over `span_days` up to `mjd` (UTC)."""

    survey: str
    band: str
    value: float
    error: float | None
    mjd: float
    span_days: float


@dataclass(frozen=True, slots=True)
class Onset:
    """The last upper limit before the first detection, `days` before it, and that detection."""

    limit: Detection
    first: Detection
    days: float


def is_positive(point: Detection) -> bool:
    """Whether a detection has a magnitude of a source brighter than the template."""
    return point.kind == DETECTION and point.mag is not None and not point.is_negative


def peak(points: Iterable[Detection]) -> Peak | None:
    """The brightest positive difference of all bands, and how many days before the last point."""
    every = list(points)
    bright = [point for point in every if is_positive(point)]
    if not bright:
        return None
    best = min(bright, key=lambda point: (point.mag or 0.0, point.mjd))
    return Peak(best, max(point.mjd for point in every) - best.mjd)


def colours(points: Iterable[Detection]) -> list[Colour]:
    """The newest colour of each pair of neighbouring bands: of positive differences, and of apparent magnitudes."""
    every = sorted((p for p in points if p.kind == DETECTION), key=lambda p: p.mjd)
    found = []
    for survey in sorted({point.survey for point in every}):
        own = [point for point in every if point.survey == survey]
        for kind in ("difference", "apparent"):
            for bluer, redder in _PAIRS:
                made = _colour(own, survey, bluer, redder, kind)
                if made is not None:
                    found.append(made)
    return found


def _colour(points: Sequence[Detection], survey: str, bluer: str, redder: str, kind: str) -> Colour | None:
    """Of points in order of time: the last one of either band with one of the other band the night it was taken."""
    last: dict[str, tuple[Detection, _Mag]] = {}
    found: Colour | None = None
    for point in points:
        if point.band not in (bluer, redder) or (mag := _magnitude(point, kind)) is None:
            continue
        last[point.band] = (point, mag)
        if len(last) < 2:
            continue
        (blue, (blue_mag, blue_err)), (red, (red_mag, red_err)) = last[bluer], last[redder]
        apart = abs(blue.mjd - red.mjd)
        if apart <= SAME_NIGHT_DAYS:
            value, error = blue_mag - red_mag, _both(blue_err, red_err)
            found = Colour(survey, bluer, redder, kind, value, error, max(blue.mjd, red.mjd), apart)
    return found


_Mag = tuple[float, float | None]


def _magnitude(point: Detection, kind: str) -> _Mag | None:
    if kind == "apparent":
        return None if point.mag_apparent is None else (point.mag_apparent, point.mag_apparent_err)
    return (point.mag, point.mag_err) if is_positive(point) and point.mag is not None else None


def rates(points: Iterable[Detection]) -> list[Rate]:
    """How fast each band changes: from the newest positive difference to the last one of another night before it."""
    bands: dict[tuple[str, str], list[Detection]] = {}
    for point in sorted(points, key=lambda p: p.mjd):
        if is_positive(point) and point.band:
            bands.setdefault((point.survey, point.band), []).append(point)
    found = []
    for (survey, band), own in bands.items():
        last = own[-1]
        earlier = [p for p in own if SAME_NIGHT_DAYS < last.mjd - p.mjd <= MOST_RATE_DAYS]
        if not earlier or last.mag is None or earlier[-1].mag is None:
            continue
        before = earlier[-1]
        days = last.mjd - before.mjd
        error = _both(last.mag_err, before.mag_err)
        change = last.mag - earlier[-1].mag
        found.append(Rate(survey, band, change / days, None if error is None else error / days, last.mjd, days))
    return sorted(found, key=lambda rate: ("ugrizy".find(rate.band), rate.survey))


def _both(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else math.hypot(one, other)


def onset(points: Iterable[Detection], named_first: float | None = None) -> Onset | None:
    """What brackets the beginning; None where the packets name an earlier detection (MJD UTC) than they bring."""
    every = list(points)
    detections = [point for point in every if point.kind == DETECTION]
    if not detections:
        return None
    first = min(detections, key=lambda point: point.mjd)
    if named_first is not None and named_first < first.mjd - 1e-6:
        return None
    limits = [point for point in every if point.kind == UPPER_LIMIT and point.mjd < first.mjd]
    if not limits:
        return None
    limit = max(limits, key=lambda point: (point.mjd, point.upper_limit or 0.0))
    return Onset(limit, first, first.mjd - limit.mjd)
