"""Values that Fink publishes a list of: classes, tags, fields. Known before a query is sent that names one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from fink_tui.fink.errors import ApiError, one_line
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import Argument, Query, Values
from fink_tui.fink.queries.values import check
from fink_tui.fink.rest import FinkApi

# The list is a courtesy: what it is for must not wait for it.
_PATIENCE_S = 15.0
_NEAREST = 3

Row = Mapping[str, Any]


async def known_values(api: FinkApi, argument: Argument, survey: str, *, offline: bool = False) -> dict[str, Row]:
    """The values there are for an argument with what Fink says of each; nothing where the list can't be had."""
    source = QUERIES.get(argument.completion)
    if source is None or survey not in source.surveys or source.read is None:
        return {}
    values = check(source, survey, {}).values
    (request,) = source.requests(survey, values)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            reply = await api.fetch(request, offline=offline)
    except (ApiError, TimeoutError):
        return {}
    rows = source.read(request, reply.answer, values)
    return {str(row[argument.completion_key]): row for row in rows if row.get(argument.completion_key)}


async def unknown_values(
    api: FinkApi, query: Query, survey: str, values: Values, *, offline: bool = False
) -> dict[str, str]:
    """What is wrong with values that are on none of Fink's lists, by the name of the argument."""
    found = {}
    for argument in query.for_survey(survey):
        if argument.is_closed and argument.name in values:
            known = await known_values(api, argument, survey, offline=offline)
            if wrong := _wrong(argument, str(values[argument.name]), known):
                found[argument.name] = wrong
    return found


def _wrong(argument: Argument, value: str, known: Mapping[str, Row]) -> str:
    if value in known:
        if known[value].get("api") is False:
            return f"{one_line(value)} is a tag of the livestream alone: follow its topic instead"
        return ""
    # SIMBAD's classes are known without their prefix as well.
    if not known or f"(SIMBAD) {value}" in known:
        return ""
    source = argument.completion
    near = nearest(value, [name for name, row in known.items() if row.get("api") is not False])
    meant = f"did you mean {', '.join(map(one_line, near))}?" if near else f"fink-tui query {source} lists them"
    return f"Fink has no {argument.name} {one_line(value, 60)}: {meant}"


def nearest(value: str, known: list[str]) -> list[str]:
    """The names most like `value`: those that contain it, then those that are spelled nearly so."""
    folded = {name.casefold().replace("_", " "): name for name in known}
    wanted = value.casefold().replace("_", " ").strip()
    within = sorted((name for name in folded if wanted and wanted in name), key=len)
    alike = get_close_matches(wanted, folded, n=_NEAREST, cutoff=0.55)
    return [folded[name] for name in dict.fromkeys((*within, *alike))][:_NEAREST]
