"""Values at the door: what surveys and services write when they mean "nothing" becomes None here."""

from __future__ import annotations

import math
from typing import Any

_NOTHING = {"", "null", "none", "nan", "unknown", "n/a"}


def text(value: Any) -> str | None:
    """The text, stripped, or None for empty, "null", "None", "nan", "Unknown" and every "Fail ..." of a cross-match."""
    if value is None or isinstance(value, dict | list | bytes):
        return None
    cleaned = str(value).strip()
    lowered = cleaned.lower()
    if lowered in _NOTHING or lowered == "fail" or lowered.startswith("fail "):
        return None
    return cleaned


def number(value: Any) -> float | None:
    """The finite number, or None; text that holds a number counts as one."""
    if value is None or isinstance(value, bool | dict | list | bytes):
        return None
    try:
        result = float(value)
    except (TypeError, ValueError):
        return None
    return result if math.isfinite(result) else None


def measured(value: Any) -> float | None:
    """As `number`, and None for ZTF's -999 as well."""
    result = number(value)
    return None if result is None or result == -999.0 else result


def day(value: Any) -> float | None:
    """A Julian date, modified or not, or None where it is missing or beyond every calendar."""
    result = measured(value)
    return None if result is None or abs(result) > 1e7 else result


def scored(value: Any) -> float | None:
    """A score, or None for the -1 (not computed) of Fink's classifiers and for ZTF's -999."""
    result = measured(value)
    return None if result == -1.0 else result


def integer(value: Any) -> int | None:
    """The exact integer, or None. Never passes through a float: ids are wider than 53 bits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return None


def identity(value: Any) -> int | None:
    """A survey's 64-bit id, or None where it is missing, zero or negative."""
    found = integer(value)
    return found if found is not None and 0 < found < 2**63 else None


def position(ra: Any, dec: Any) -> tuple[float | None, float | None]:
    """Right ascension and declination in degrees (ICRS), or two None where either is missing or off the sphere."""
    found_ra, found_dec = measured(ra), measured(dec)
    if found_ra is None or found_dec is None or not -90.0 <= found_dec <= 90.0 or not 0.0 <= found_ra <= 360.0:
        return None, None
    return found_ra, found_dec


def struct(value: Any) -> dict[str, Any]:
    """The nested record, or an empty one where it is missing or something else."""
    return value if isinstance(value, dict) else {}


def present(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}
