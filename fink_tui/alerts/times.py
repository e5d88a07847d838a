"""Time scales: every time in the program is MJD UTC; these are the ways in and out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# TAI - UTC since 2017-01-01 (IERS Bulletin C 52); every LSST alert is younger than that.
_TAI_MINUS_UTC_S = 37.0
_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


def from_jd(jd: float) -> float:
    """MJD of a Julian date, both UTC."""
    return jd - 2400000.5


def from_tai(mjd_tai: float) -> float:
    """MJD UTC of an MJD on the TAI scale, for times since 2017."""
    return mjd_tai - _TAI_MINUS_UTC_S / 86400.0


def from_datetime(moment: datetime) -> float:
    """MJD UTC of an aware datetime."""
    return (moment.astimezone(UTC) - _EPOCH) / timedelta(days=1)


def to_datetime(mjd: float) -> datetime:
    """The aware UTC datetime of an MJD UTC. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(days=mjd)


def to_iso(mjd: float | None) -> str | None:
    """ISO 8601 UTC to the millisecond with a Z, or None where there is no time or no calendar for it."""
    if mjd is None:
        return None
    try:
        # isoformat cuts off what is below the millisecond.
        moment = to_datetime(mjd) + timedelta(microseconds=500)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError):
        return None


def to_hour(mjd: float) -> str:
    """Hours and minutes, UTC, the nearest."""
    return f"{to_datetime(mjd + 30.0 / 86_400.0):%H:%M}"


def from_iso(text: str) -> float:
    """MJD UTC of an ISO 8601 date or time; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def now() -> float:
    """MJD UTC of this moment."""
    return from_datetime(datetime.now(UTC))


_UNITS_DAYS = {"min": 1 / 1440, "m": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0}


def later(text: str, moment: float) -> float:
    """The MJD UTC that a duration (30m, 2h, 3d, 1w), a time of day (22:30) or an ISO date or time means after `moment`.

    Raises ValueError, in plain words, where it means none, or one that is past.
    """
    said = text.strip().lower()
    number = said.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = said[len(number) :].strip()
    try:
        if unit in _UNITS_DAYS:
            found = moment + float(number) * _UNITS_DAYS[unit]
        elif len(said) <= 5 and ":" in said:
            today = to_datetime(moment).date().isoformat()
            found = from_iso(f"{today}T{said.zfill(5)}")
            found += 1.0 if found <= moment else 0.0
        else:
            found = from_iso(text)
    except (ValueError, OverflowError):
        raise ValueError("expected 30m, 2h, 3d, 22:30 or 2026-11-30, UTC") from None
    if not moment < found < 1e6:
        raise ValueError("that is past: expected a time to come")
    return found
