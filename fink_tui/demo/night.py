"""The schedule: which alert Fink sends when, and on which topics, night after night."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.cast import population
from fink_tui.demo.packets import build
from fink_tui.demo.sky import FIRST_NIGHT, Source
from fink_tui.demo.topics import topics_of
from fink_tui.demo.visits import Point, points_of_night

OPENING = FIRST_NIGHT + 0.134  # MJD UTC: what was sent before waits in the queue when a program connects
_MINUTE = 1.0 / 1440.0
_BATCH = 2.0 * _MINUTE  # Fink works through the stream in batches, so alerts come in bursts
_LATENCY = {"ztf": (10.0 * _MINUTE, 16.0 * _MINUTE), "lsst": (4.0 * _MINUTE, 7.0 * _MINUTE)}
_LATE, _REPEATED = 0.02, 0.02  # shares of all alerts


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One sending of one alert; `at` is when, `sent` what its time stamp says, MJD UTC: they differ in a repeat."""

    at: float
    sent: float
    point: Point


def alerts(seed: int) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """Every alert of every night from the first on: time sent (MJD UTC, never falling), topic and alert."""
    sources = population(seed)
    for night in itertools.count(FIRST_NIGHT):
        for dispatch in dispatches(sources, night):
            alert = build(dispatch.point, dispatch.sent)
            for topic in topics_of(dispatch.point.survey, alert):
                yield dispatch.at, topic, alert


def dispatches(sources: list[Source], night: int) -> list[Dispatch]:
    """What is sent in one night (MJD of its UTC day), in order."""
    points = (p for s in sources for survey in s.surveys for p in points_of_night(s, survey, night))
    planned = (sending for p in points if p.is_detected for sending in _sendings(p))
    return sorted(planned, key=lambda d: (d.at, d.point.mjd, d.point.source.name, d.point.survey))


def _sendings(point: Point) -> Iterator[Dispatch]:
    dice = point.dice("sending")
    delay = dice.uniform(*_LATENCY[point.survey])
    # The opening is kept whole: it is what a new user sees first.
    if dice.random() < _LATE and point.mjd > OPENING:
        delay += dice.uniform(40.0, 90.0) * _MINUTE
    sent = _next_batch(point.mjd + delay, dice)
    yield Dispatch(sent, sent, point)
    if dice.random() < _REPEATED:
        yield Dispatch(sent + dice.randint(1, 15) * _BATCH, sent, point)


def _next_batch(time: float, dice: random.Random) -> float:
    # A few seconds within the batch: Fink's own processing does not end at once for all.
    return math.ceil(time / _BATCH) * _BATCH + dice.uniform(0.0, 0.05) * _BATCH
