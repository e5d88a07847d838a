"""Values as a person reads them: short, aligned, with their sign and unit."""

from __future__ import annotations

from fink_tui.alerts.times import to_iso
from fink_tui.store.looks import news_of
from fink_tui.store.targets import Target

MINUS = "−"
NOTHING = "–"
STATUS_SIGNS = {
    "new": (" ", ""),
    "watch": ("◆", "accent"),
    "follow": ("✓", "good"),
    "done": ("■", "dim"),
    "reject": ("✗", "dim"),
    "snooze": ("z", "dim"),
}

BACK_SIGN = ("↺", "warn")
PROPOSED_SIGN = ("≟", "warn")
# A target's state on the TOM, as `store.outbox` has it.
TOM_SIGNS = {
    "same": ("=", "good"),
    "changed here since": ("↑", "accent"),
    "changed there": ("↓", "accent"),
    "conflict": ("?", "warn"),
    "blocked": ("✗", "bad"),
}


def tom_sign(state: str | None) -> tuple[str, str]:
    """The sign of a target's state on the TOM and its style; none where it was not sent."""
    return TOM_SIGNS.get(state or "", ("", ""))


def state_of(target: Target) -> tuple[str, str]:
    """The sign of a target's status and its style; one that was put aside and came back has a sign of its own.

    So has an undecided one that may be one with another.
    """
    if target.back is None and target.proposed and target.status == "new":
        return PROPOSED_SIGN
    return BACK_SIGN if target.back is not None else STATUS_SIGNS[target.status]


def short_label(label: str) -> str:
    """A class with the word most of them share made short."""
    return label.replace(" candidate", " cand.")


def short_class(target: Target) -> tuple[str, str]:
    """A target's class for a column."""
    return short_label(target.label), "dim" if target.label == "Unknown" else ""


def brightness(target: Target) -> tuple[str, str]:
    """Band and brightness of a target's newest alert."""
    return brightness_of(target.last_band, target.last_mag, target.last_flux, target.last_negative)


def brightness_of(band: str | None, mag: float | None, flux: float | None, is_negative: bool | None) -> tuple[str, str]:
    """Band and magnitude, a minus behind that of a negative difference; else the signed flux (nJy) in µJy."""
    band = band or "?"
    if mag is not None:
        return f"{band} {mag:5.2f}{MINUS if is_negative else ' '}", ""
    if flux is not None:
        flux /= 1000.0
        return f"{band} {signed(flux, 1 if abs(flux) < 100 else 0)} µJy", ""
    return f"{band}   {NOTHING}  ", "dim"


def change(target: Target) -> tuple[str, str]:
    """Magnitudes since the last detection in the band; brighter is negative."""
    if target.change is None:
        return NOTHING, "dim"
    # A negative difference grows fainter as its magnitude shrinks.
    brighter = target.change < 0 if not target.last_negative else target.change > 0
    if abs(target.change) < 0.1:
        return signed(target.change, 2), "dim"
    return signed(target.change, 2), "good" if brighter else ""


def signed(value: float, digits: int) -> str:
    """A number with its sign always written."""
    text = f"{abs(value):.{digits}f}"
    return (MINUS if value < 0 else "+") + text


def span(days: float | None) -> str:
    """A time span: seconds to years."""
    if days is None:
        return NOTHING
    if abs(days) < 1 / 24:
        return f"{days * 1440:.0f}min"
    if abs(days) < 1:
        return f"{days * 24:.1f}h"
    if abs(days) < 10:
        return f"{days:.1f}d"
    return f"{days:.0f}d" if abs(days) < 1000 else f"{days / 365.25:.1f}y"


def clock(mjd: float | None) -> str:
    """Month, day and minute, UTC."""
    text = to_iso(mjd)
    return text[5:16].replace("T", " ") if text else NOTHING


def news(target: Target) -> tuple[str, str]:
    """The mark of what is new on a target since it was looked at: back, new points, class, match or topic."""
    if target.back is not None:
        return "back", "warn"
    found = news_of(target)
    if found is None:
        return "new", "dim"
    if found.points:
        return f"+{found.points}", "accent"
    word = "class" if found.label else "match" if found.matches else "topic" if found.topics else ""
    return word, "accent"


def rate(target: Target) -> tuple[str, str]:
    """Magnitudes a day since an earlier night in the band; brighter is negative."""
    if target.rate is None:
        return NOTHING, "dim"
    brighter = target.rate < 0 if not target.last_negative else target.rate > 0
    return signed(target.rate, 2), "dim" if abs(target.rate) < 0.02 else "good" if brighter else ""
