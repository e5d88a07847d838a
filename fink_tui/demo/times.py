"""Times as the two surveys write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TAI_MINUS_UTC = 37.0 / 86400.0  # days, since 2017
JD_OF_MJD = 2400000.5
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


def utc(mjd: float) -> datetime:
    """The moment of an MJD, the scale being whatever the MJD is in."""
    return _MJD_EPOCH + timedelta(days=mjd)


def stamp(mjd: float) -> str:
    """A broker time stamp: ISO 8601 with a blank, microseconds and no zone."""
    return utc(mjd).strftime("%Y-%m-%d %H:%M:%S.%f")


def tai(mjd_utc: float) -> float:
    """MJD TAI of an MJD UTC."""
    return mjd_utc + TAI_MINUS_UTC
