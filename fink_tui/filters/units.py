"""Numbers with units, as they are typed in a filter."""

from __future__ import annotations

import math
import re

DAYS = "d"
_ANGLES = {
    "arcsec": 1.0, "as": 1.0, '"': 1.0, "″": 1.0, "arcmin": 60.0, "'": 60.0, "′": 60.0, "deg": 3600.0, "°": 3600.0,
}  # fmt: skip
# For the unit a field is in: the units it may be given in, and how many of its own each of them is.
UNITS: dict[str, dict[str, float]] = {
    "": {},
    DAYS: {
        "d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "hour": 1 / 24, "hours": 1 / 24, "m": 1 / 1440,
        "min": 1 / 1440, "s": 1 / 86400, "w": 7.0, "y": 365.25,
    },
    "h": {"h": 1.0, "hour": 1.0, "hours": 1.0, "m": 1 / 60, "min": 1 / 60},
    "mag": {"mag": 1.0},
    "mag/day": {"mag/d": 1.0, "mag/day": 1.0},
    "µJy": {"µjy": 1.0, "μjy": 1.0, "ujy": 1.0, "njy": 1e-3, "mjy": 1e3, "jy": 1e6},
    "nJy": {"njy": 1.0, "µjy": 1e3, "μjy": 1e3, "ujy": 1e3, "mjy": 1e6, "jy": 1e9},
    "deg": {unit: size / 3600.0 for unit, size in _ANGLES.items()},
    "arcsec": _ANGLES,
    "pixel": {"pix": 1.0, "pixel": 1.0, "px": 1.0},
    "mas": {"mas": 1.0},
    "Mpc": {"mpc": 1.0},
    "au": {"au": 1.0},
    "deg/day": {"deg/d": 1.0, "deg/day": 1.0},
}  # fmt: skip
_NUMBER = re.compile(r"([+\-−]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+\-]?\d+)?)(.*)", re.IGNORECASE | re.DOTALL)


def is_unit(text: str, of: str) -> bool:
    """Whether the text is a unit that a field in the unit `of` may be given in."""
    return text.lower() in UNITS[of]


def read_number(text: str, of: str) -> tuple[float, bool] | None:
    """A number in the unit `of`, and whether a unit was written; None where it is none, or in another unit."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    unit = found.group(2).strip().lower()
    factor = UNITS[of].get(unit) if unit else 1.0
    size = math.inf if factor is None else float(found.group(1).replace("−", "-")) * factor
    return (size, bool(unit)) if math.isfinite(size) else None
