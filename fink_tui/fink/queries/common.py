"""Arguments and pieces of payloads that several queries share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fink_tui.alerts.columns import LSST_COLUMNS, ZTF_COLUMNS
from fink_tui.fink.queries.declare import DATE, INTEGER, TEXT, Argument, Values

FIELDS = Argument(
    "fields",
    TEXT,
    "fields",
    "columns to ask for: all, or their names with commas; empty asks for those that are shown. Columns named here "
    "leave out what Fink works out itself (v:)",
    completion="schema",
    completion_key="field",
)
# Where Fink's own classification (v:) is worth the larger answer; see `columns`.
_NEEDED = {"ztf": ZTF_COLUMNS, "lsst": LSST_COLUMNS}


def count(default: int, help_text: str) -> Argument:
    """The argument n: Fink's own default is not what its documentation says, so it is always sent."""
    return Argument("n", INTEGER, "at most", help_text, default=str(default), unit="alerts", low=1, high=10_000)


def day(name: str, title: str, help_text: str, **more: Any) -> Argument:
    """A date argument; `help_text` says what the server takes it for."""
    return Argument(name, DATE, title, help_text, **more)


def columns(survey: str, values: Values, *, needed: bool) -> dict[str, str]:
    """The part of a payload that says which columns to answer with. With `needed` empty means those the decoders read.

    For a cone of LSST with dates the server wants f:firstDiaSourceMjdTaiFink among them, and answers 400 without.
    """
    wanted = str(values.get("fields", ""))
    if wanted.lower() == "all" or (not wanted and not needed):
        return {}
    if not wanted:
        return {"columns": ",".join(_NEEDED[survey])}
    names = [name for name in re.split(r"[\s,]+", wanted) if name]
    return {"columns": ",".join(dict.fromkeys((*names, *_identity(survey))))}


def _identity(survey: str) -> Sequence[str]:
    """Without these a row can't be told from another."""
    if survey == "ztf":
        return ("i:objectId", "i:candid", "i:jd")
    return ("r:diaObjectId", "r:diaSourceId", "r:midpointMjdTai", "f:firstDiaSourceMjdTaiFink")


def dated(values: Values, start: str = "startdate", stop: str = "stopdate", digits: int = 23) -> dict[str, str]:
    """The dates that were given, under the names the endpoint has for them, in ISO 8601 cut to `digits` characters."""
    found = {start: values.get("start"), stop: values.get("stop")}
    return {name: str(value)[:digits] for name, value in found.items() if value is not None}


def ordered(survey: str, values: Values) -> dict[str, str]:
    """What is wrong with a start and a stop."""
    start, stop = values.get("start"), values.get("stop")
    if start is not None and stop is not None and stop <= start:
        return {"stop": f"must be after {start[:19]}"}
    return {}
