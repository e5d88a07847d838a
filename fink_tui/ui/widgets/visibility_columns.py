"""The columns of a list that tell what can be seen tonight."""

from __future__ import annotations

from fink_tui.alerts.times import to_hour
from fink_tui.store.targets import Target
from fink_tui.ui.format import MINUS, NOTHING
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.columns import Column

# A best time this near is now: what is shown is up to a minute old.
_NOW_DAYS = 2.0 / 1440.0
_UNKNOWN = (NOTHING, "dim")


def visibility_columns(almanac: Almanac) -> tuple[Column[Target], ...]:
    """Altitude now, when it is best in what is left of the dark, the hours above the limit, the Moon's distance."""

    def altitude(target: Target) -> tuple[str, str]:
        seen = almanac.of(target)
        if seen is None:
            return _UNKNOWN
        text = f"{seen.alt:.0f}°{'↑' if seen.is_rising else '↓'}".replace("-", MINUS)
        return text, "" if seen.alt >= almanac.site.least_altitude else "dim"

    def best(target: Target) -> tuple[str, str]:
        seen = almanac.of(target)
        if seen is None or seen.best_alt is None or seen.best_time is None or almanac.tonight is None:
            return _UNKNOWN
        if seen.best_alt < almanac.site.least_altitude:
            return _UNKNOWN
        is_now = seen.best_time - almanac.tonight.mjd < _NOW_DAYS
        return ("now", "good") if is_now else (to_hour(seen.best_time), "")

    def hours(target: Target) -> tuple[str, str]:
        seen = almanac.of(target)
        return _UNKNOWN if seen is None or not seen.hours else (f"{seen.hours:.1f}h", "")

    def moon(target: Target) -> tuple[str, str]:
        seen = almanac.of(target)
        return _UNKNOWN if seen is None else (f"{seen.moon:.0f}°", "dim")

    return (
        Column("alt", "alt", 5, "right", altitude, 1),
        Column("best", "best", 5, "right", best, 2),
        Column("hours", "hours", 5, "right", hours, 6),
        Column("moon", "moon", 4, "right", moon, 7),
    )
