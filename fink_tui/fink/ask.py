"""Asking a declared query: names found first, all requests made, the rows turned into alerts and objects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fink_tui.alerts.alert import Alert
from fink_tui.alerts.rows import ObjectRow, group, light_curves, names_of_rows
from fink_tui.fink.errors import ApiError, one_line
from fink_tui.fink.known import unknown_values
from fink_tui.fink.queries.declare import ALERTS, FACTS, NAMES, Place, Query, Request, Values
from fink_tui.fink.queries.objects import named_place, summaries
from fink_tui.fink.queries.values import check
from fink_tui.fink.rest import FinkApi, Reply, in_words

# Requests answered, requests in all, bytes so far.
Progress = Callable[[int, int, int], None]
_NAMED = 5


class WrongValues(ValueError):
    """Values that can't be sent; `errors` says what is wrong with each, by the name of the argument."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {what}" for name, what in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Answer:
    """What Fink said to a query.

    `rows` are as they came, from all requests in order. `objects` are theirs, in the order they first came in;
    `alerts` the alerts among the rows, in order of time and with upper limits and forced photometry as history for the
    query object, else as they came. `notes` are plain lines for the person. `seconds` is how long it took.
    """

    query: Query
    survey: str
    values: Mapping[str, str]
    replies: tuple[Reply, ...]
    rows: tuple[Mapping[str, Any], ...]
    objects: tuple[ObjectRow, ...]
    alerts: tuple[Alert, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def age_s(self) -> float:
        """Seconds since the server gave the oldest part of it; 0 where all of it has just come."""
        return max((reply.age_s for reply in self.replies), default=0.0)

    @property
    def is_stale(self) -> bool:
        """Whether a part of it is older than it should be, because the server was not asked or not reached."""
        return any(reply.warning for reply in self.replies)

    @property
    def bytes(self) -> int:
        """The unpacked size of the answers."""
        return sum(reply.bytes for reply in self.replies)

    def fields_shown(self) -> list[tuple[str, str]]:
        """Fields to show beside what every object has, with their titles: the query's own, and those asked for."""
        wanted = self.values.get("fields", "")
        named = [] if wanted.lower() == "all" else wanted.replace(",", " ").split()
        return list((dict(self.query.shows) | {name: name.partition(":")[2] or name for name in named}).items())

    def summary(self) -> str:
        """One line: how many of what, how long it took, how old it is."""
        if self.query.rows == FACTS:
            text = _many(len(self.rows), "row")
        elif self.query.rows == NAMES:
            text = _many(len(self.objects), "name")
        else:
            n_alerts = len(self.alerts) or sum(row.n_alerts for row in self.objects)
            text = f"{_many(n_alerts, 'alert')} of {_many(len(self.objects), 'object')}"
        if not any(reply.from_cache for reply in self.replies):
            return f"{text}, {self.bytes / 1e3:,.0f} kB in {self.seconds:.1f} s"
        return f"{text}, as Fink answered {in_words(self.age_s)} ago"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


@dataclass(slots=True)
class _Asking:
    """One query under way."""

    api: FinkApi
    offline: bool
    fresh: bool
    progress: Progress | None
    replies: list[Reply] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    done: int = 0
    total: int = 1

    async def fetch(self, request: Request) -> Reply:
        place = len(self.sizes)
        self.sizes[place] = 0

        def received(size: int) -> None:
            self.sizes[place] = size
            self.tell()

        reply = await self.api.fetch(request, progress=received, offline=self.offline, fresh=self.fresh)
        self.done += 1
        self.tell()
        return reply

    def tell(self) -> None:
        if self.progress:
            self.progress(self.done, max(self.total, self.done), sum(self.sizes.values()))

    async def all(self, requests: Sequence[Request]) -> list[Reply]:
        """Every answer, in the order of the requests; the first failure ends the others."""
        self.total = self.done + len(requests)
        self.tell()
        tasks = [asyncio.create_task(self.fetch(request)) for request in requests]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def first(self, requests: Sequence[Request]) -> Reply | None:
        """The first answer with rows. One that refuses the name counts as silent, unless all are."""
        refused: ApiError | None = None
        self.total = self.done + len(requests)
        for request in requests:
            try:
                reply = await self.fetch(request)
            except ApiError as error:
                if error.is_away or error.status is None:
                    raise
                refused = error
                continue
            if reply.rows:
                return reply
        if refused is not None:
            raise refused
        return None


async def ask(
    api: FinkApi,
    query: Query,
    survey: str,
    values: Mapping[str, str],
    *,
    progress: Progress | None = None,
    offline: bool = False,
    fresh: bool = False,
) -> Answer:
    """Ask Fink. Raises WrongValues before anything is sent, ApiError after; cancelling the task ends it at once.

    `values` are texts by argument; `offline` shows what was answered before and asks nothing, `fresh` asks although
    a young answer is kept.
    """
    began = time.monotonic()
    checked = check(query, survey, values)
    if checked.errors:
        raise WrongValues(checked.errors)
    asking = _Asking(api, offline, fresh, progress, notes=list(checked.notes))
    asking.tell()
    if wrong := await unknown_values(api, query, survey, checked.values, offline=offline):
        raise WrongValues(wrong)
    found = await _located(asking, survey, checked.values)
    requests = query.requests(survey, found)
    if query.first_answer:
        reply = await asking.first(requests)
        pairs = [(_request_of(requests, reply), reply)] if reply else []
    else:
        pairs = list(zip(requests, await asking.all(requests), strict=True))
    asking.replies += [reply for _, reply in pairs]
    asking.notes += dict.fromkeys(reply.warning for reply in asking.replies if reply.warning)
    rows, objects, alerts = await asyncio.to_thread(_understood, query, found, pairs)
    if query.asks_summaries:
        objects = await _summarised(asking, objects)
    asking.notes += [*_missing(found, objects), *_unknown_fields(found, rows), *_elsewhere(query, survey, objects)]
    seconds = time.monotonic() - began
    given = {name: text for name, text in values.items() if text.strip()}
    replies, notes = tuple(asking.replies), tuple(asking.notes)
    return Answer(query, survey, given, replies, tuple(rows), tuple(objects), tuple(alerts), notes, seconds)


def _request_of(requests: Sequence[Request], reply: Reply) -> Request:
    return next(request for request in requests if request.payload is reply.payload)


async def _located(asking: _Asking, survey: str, values: Values) -> Values:
    """The values with every named position found. Raises ApiError where nobody knows it."""
    named = {name: value for name, value in values.items() if isinstance(value, Place) and value.ra is None}
    if not named:
        return values
    resolver = str(values.get("resolver", "auto"))
    found = dict(values)
    for argument, place in named.items():
        is_moving = False
        for request in named_place(survey, place.name, resolver):
            reply = await asking.first([request])
            known = names_of_rows(survey, reply.rows) if reply else ()
            is_moving |= any(row.is_moving for row in known)
            row = next((row for row in known if row.ra is not None), None)
            if reply is not None and row is not None:
                asking.replies.append(reply)
                what = f", {row.label}" if row.label else ""
                who = str(request.payload["resolver"]).upper()
                asking.notes.append(
                    f"{one_line(row.object_id)} is at {row.ra:.6f} {row.dec:+.6f} ({who}{one_line(what)})"
                )
                found[argument] = Place(row.ra, row.dec)
                break
        else:
            raise ApiError(
                f"{place.name} moves through the Solar System: ask sso for it"
                if is_moving
                else f"no position of {place.name} is known to {'SIMBAD or TNS' if resolver == 'auto' else resolver}: "
                "check the name, or give the position"
            )
    return found


def _understood(
    query: Query, values: Values, pairs: Sequence[tuple[Request, Reply]]
) -> tuple[list[Mapping[str, Any]], list[ObjectRow], list[Alert]]:
    rows: list[Mapping[str, Any]] = []
    objects: list[ObjectRow] = []
    alerts: list[Alert] = []
    by_survey: dict[str, tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
    for request, reply in pairs:
        found = query.read(request, reply.answer, values) if query.read else reply.rows
        rows += found
        if query.rows == NAMES:
            objects += names_of_rows(request.survey, found)
        by_survey.setdefault(request.survey, ([], []))[request.endpoint == "fp"].extend(found)
    if query.rows in (FACTS, NAMES):
        return rows, objects, alerts
    for survey, (own, forced) in by_survey.items():
        grouped = group(survey, own, tag=str(values.get("tag", "")))
        objects += grouped.objects
        alerts += light_curves(survey, own, forced) if query.by_looks else grouped.alerts
    return rows, objects, alerts


async def _summarised(asking: _Asking, objects: Sequence[ObjectRow]) -> list[ObjectRow]:
    """The objects with the age and the count of sources that rows of LSST lack; a note where they can't be had."""
    ids = [row.object_id for row in objects if row.survey == "lsst" and not row.is_moving]
    if not ids:
        return list(objects)
    try:
        [reply] = await asking.all([summaries(ids)])
    except ApiError as error:
        asking.notes.append(f"without ages: {error}")
        return list(objects)
    asking.replies.append(reply)
    asking.notes += [reply.warning] if reply.warning and reply.warning not in asking.notes else []
    known = {row.object_id: row for row in group("lsst", reply.rows).objects}
    found = []
    for row in objects:
        if row.survey == "lsst" and (summary := known.get(row.object_id)):
            first = summary.first_mjd if row.first_mjd is None else row.first_mjd
            row = replace(row, first_mjd=first, fields={**summary.fields, **row.fields})
        found.append(row)
    return found


def _elsewhere(query: Query, survey: str, objects: Sequence[ObjectRow]) -> list[str]:
    """A line about the other survey where this one has nothing."""
    if objects or query.by_looks or query.rows != ALERTS or len(query.surveys) < 2:
        return []
    other = next(name for name in query.surveys if name != survey)
    return [f"{survey.upper()} has nothing of it: {other.upper()} may (--survey {other})"]


def _missing(values: Values, objects: Sequence[ObjectRow]) -> list[str]:
    """A line about the ids that Fink has nothing under."""
    if "ids" not in values:
        return []
    known = {name for row in objects for name in (row.object_id, *row.aliases, str(row.fields.get("i:objectId", "")))}
    lost = [name for _, name in values["ids"] if name not in known]
    if not lost:
        return []
    more = f" and {len(lost) - _NAMED:,} more" if len(lost) > _NAMED else ""
    return [f"Fink has no alerts of {', '.join(lost[:_NAMED])}{more}"]


def _unknown_fields(values: Values, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line about the fields that were named and are in no row: the server says nothing of them."""
    wanted = str(values.get("fields", ""))
    if not rows or wanted.lower() in ("", "all"):
        return []
    present = {name for row in rows for name in row}
    lost = [name for name in wanted.replace(",", " ").split() if name not in present]
    return [f"no row has {one_line(', '.join(lost))}: fink-tui query schema lists the fields"] if lost else []
