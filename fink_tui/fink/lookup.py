"""Opening an object: its whole light curve from the API, and its cutouts on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fink_tui.alerts.alert import Alert, Detection
from fink_tui.alerts.rows import group, light_curves
from fink_tui.fink.errors import ApiError
from fink_tui.fink.queries.declare import Request
from fink_tui.fink.queries.objects import light_curve
from fink_tui.fink.queries.values import survey_of_id
from fink_tui.fink.rest import FinkApi, Progress, Reply

CUTOUTS = ("Science", "Template", "Difference")
_FITS, _GZIP = b"SIMPLE", b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class History:
    """All that Fink has of one object.

    `alerts` are in order of time; the newest carries upper limits and forced photometry as its history, so that they
    can be stored as they are. `points` are all points in order of time. `summary` is the LSST object's own row.
    `age_s` is seconds since the server gave the oldest part; `notes` are plain lines.
    """

    survey: str
    object_id: str
    alerts: tuple[Alert, ...]
    points: tuple[Detection, ...]
    summary: Mapping[str, Any]
    notes: tuple[str, ...]
    age_s: float


async def look_up(
    api: FinkApi,
    survey: str,
    object_id: str,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    fresh: bool = False,
) -> History:
    """The whole light curve of an object, or of a moving one by its designation. Raises ApiError.

    What comes besides the alerts (forced photometry, the object's summary) may fail; a note says so then.
    """
    requests = _requests(survey, object_id)
    tasks = [
        asyncio.create_task(
            api.fetch(request, progress=None if place else progress, offline=offline, fresh=fresh),
        )
        for place, request in enumerate(requests)
    ]
    try:
        found = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
    replies: dict[str, Reply] = {}
    notes: list[str] = []
    for request, result in zip(requests, found, strict=True):
        if isinstance(result, Reply):
            replies[request.endpoint] = result
            notes += [result.warning] if result.warning else []
        elif isinstance(result, ApiError) and request is not requests[0]:
            notes.append(f"without {'forced photometry' if request.endpoint == 'fp' else 'its summary'}: {result}")
        else:
            raise result
    own = replies[requests[0].endpoint].rows
    forced = replies["fp"].rows if "fp" in replies else []
    alerts = await asyncio.to_thread(light_curves, survey, own, forced)
    summary = replies["objects"].rows[:1] if survey == "lsst" and "objects" in replies else []
    alerts = _with_first(alerts, summary)
    age = max(reply.age_s for reply in replies.values())
    kept = tuple(dict.fromkeys(notes))
    return History(survey, object_id, tuple(alerts), _points(alerts), summary[0] if summary else {}, kept, age)


def _with_first(alerts: Sequence[Alert], summary: Sequence[Mapping[str, Any]]) -> list[Alert]:
    """The alerts with the time their object was first seen, which rows of LSST's sources lack."""
    first = next((row.first_mjd for row in group("lsst", summary).objects), None)
    return [replace(alert, first_mjd=first) if alert.first_mjd is None else alert for alert in alerts]


def _requests(survey: str, object_id: str) -> list[Request]:
    """The first is the one that counts."""
    if survey_of_id(object_id) != survey:
        return [Request(survey, "sso", {"n_or_d": object_id})]
    found = light_curve(survey, object_id, {}, whole=True)
    return found if survey == "ztf" else [*found, Request("lsst", "objects", {"diaObjectId": object_id})]


def _points(alerts: Sequence[Alert]) -> tuple[Detection, ...]:
    found = [point for alert in alerts for point in (alert.detection, *alert.history)]
    return tuple(sorted(found, key=lambda point: (point.mjd, point.kind, point.band or "")))


async def cutouts(api: FinkApi, survey: str, name: str, source_id: int) -> dict[str, bytes]:
    """The cutouts of one alert as FITS, by the names of CUTOUTS; those the server does not have are left out.

    `name` is the ZTF objectId (of a moving object too); LSST is asked by the alert alone. Raises ApiError.
    """
    tasks = [asyncio.create_task(api.fetch_bytes(_cutout(survey, name, source_id, kind))) for kind in CUTOUTS]
    try:
        found = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return {kind: data for kind, data in zip(CUTOUTS, found, strict=True) if data.startswith((_FITS, _GZIP))}


def _cutout(survey: str, name: str, source_id: int, kind: str) -> Request:
    which = {"objectId": name, "candid": str(source_id)} if survey == "ztf" else {"diaSourceId": str(source_id)}
    return Request(survey, "cutouts", {**which, "kind": kind, "output-format": "FITS"})
