"""The two things everything else speaks of: a detection and an alert."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DETECTION = "detection"
UPPER_LIMIT = "upper limit"
FORCED = "forced"


class IdentityMissing(ValueError):
    """The packet decodes but does not say which alert or which object it is."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One photometric point: an alert's own, one of its history, an upper limit or a forced point.

    `mjd` is UTC. `flux` and `flux_err` are the signed difference flux in nJy (AB). `mag` is the AB magnitude of
    |difference flux| for ZTF (`is_negative` tells its sign) and of the difference flux where it is positive for LSST.
    `mag_apparent` is the AB magnitude of the whole source. `upper_limit` is a 5 sigma AB magnitude and is set on
    upper limits alone. `survey` is "ztf" or "lsst": their filters are not the same.
    """

    kind: str
    mjd: float
    band: str | None
    source_id: int | None = None
    flux: float | None = None
    flux_err: float | None = None
    mag: float | None = None
    mag_err: float | None = None
    mag_apparent: float | None = None
    mag_apparent_err: float | None = None
    upper_limit: float | None = None
    is_negative: bool | None = None
    ra: float | None = None
    dec: float | None = None
    survey: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One packet: one detection, with what Fink said of it and the history it brought along.

    `survey` is "ztf" or "lsst"; `(survey, source_id)` is the identity of the alert, `(survey, object_id)` that of its
    object. `first_mjd` (UTC) is the earliest detection the packet knows of, seen or only named. `processed` is Fink's
    own time stamp of the packet, text that sorts. `details` holds the rest, grouped: scores, matches, quality,
    moving, event, versions; every value in it is a finite number, a text or a bool.
    """

    survey: str
    source_id: int
    object_id: str
    detection: Detection
    ra: float | None
    dec: float | None
    is_moving: bool = False
    aliases: tuple[str, ...] = ()
    first_mjd: float | None = None
    label: str | None = None
    label_origin: str | None = None
    processed: str = ""
    is_full: bool = True
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: tuple[Detection, ...] = ()
