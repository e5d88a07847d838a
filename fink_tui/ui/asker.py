"""What the Query tab asks of Fink: one connection pool, every question noted in the history."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fink_tui import paths
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import Argument
from fink_tui.fink.queries.words import Asked
from fink_tui.settings import Settings
from fink_tui.ui.desk import Desk

if TYPE_CHECKING:
    from fink_tui.fink.ask import Answer
    from fink_tui.fink.lookup import History
    from fink_tui.fink.rest import FinkApi

Told = Callable[[int, int, int], None]


class Asker:
    """Asks on the event loop; cancelling the task ends the request. Methods raise ApiError or WrongValues."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings, self._desk = settings, desk
        self._api: FinkApi | None = None
        self._meanings: dict[str, Mapping[str, str]] = {}
        self._offers: dict[tuple[str, str], tuple[str, ...]] = {}

    async def ask(self, asked: Asked, told: Told, *, fresh: bool = False) -> Answer:
        """The answer to a query; `told` hears requests answered, requests in all and bytes so far."""
        api, ask = await self._ready()
        began = time.monotonic()
        try:
            answer: Answer = await ask(
                api, QUERIES[asked.query], asked.survey, asked.values, progress=told, fresh=fresh
            )
        except Exception as error:
            if isinstance(error, ValueError):
                # It was not sent.
                raise
            await self._desk.record(asked, seconds=time.monotonic() - began, rows=0, objects=0, error=str(error))
            raise
        await self._desk.record(
            asked, seconds=time.monotonic() - began, rows=len(answer.rows), objects=len(answer.objects)
        )
        return answer

    async def look_up(self, survey: str, object_id: str) -> History:
        """The whole light curve of an object."""
        api, _ = await self._ready()
        lookup = await asyncio.to_thread(importlib.import_module, "fink_tui.fink.lookup")
        history: History = await lookup.look_up(api, survey, object_id)
        return history

    async def cutouts(self, survey: str, name: str, source_id: int) -> dict[str, bytes]:
        """The cutouts of an alert as FITS."""
        api, _ = await self._ready()
        lookup = await asyncio.to_thread(importlib.import_module, "fink_tui.fink.lookup")
        found: dict[str, bytes] = await lookup.cutouts(api, survey, name, source_id)
        return found

    def offers(self, argument: Argument, survey: str) -> tuple[str, ...]:
        """Values known to be good for an argument; empty until `learn` has asked for them."""
        return self._offers.get((argument.completion, survey), ())

    async def learn(self, argument: Argument, survey: str) -> None:
        """Ask Fink once for the values an argument may have; silently without them where it can't be reached."""
        place = (argument.completion, survey)
        if place in self._offers:
            return
        self._offers[place] = ()
        api, _ = await self._ready()
        known = await importlib.import_module("fink_tui.fink.known").known_values(api, argument, survey)
        self._offers[place] = tuple(name for name, row in known.items() if row.get("api") is not False)
        if not known:
            del self._offers[place]

    def meanings(self, survey: str) -> Mapping[str, str]:
        """What the columns of an answer mean, by their names; empty until `learn_meanings` has asked."""
        return self._meanings.get(survey, {})

    async def learn_meanings(self, survey: str) -> None:
        """Ask Fink once for the meanings of a survey's columns; silently without them where it can't be reached."""
        if survey in self._meanings:
            return
        self._meanings[survey] = {}
        api, ask = await self._ready()
        # What LSST says of objects has fields of its own; those of the alerts come last, and hold.
        endpoints = [{"endpoint": name} for name in ("objects", "sources")] if survey == "lsst" else [{}]
        try:
            answers = [await ask(api, QUERIES["schema"], survey, values) for values in endpoints]
        except Exception:
            del self._meanings[survey]
            return
        self._meanings[survey] = {
            # Where a field has no description the server says so, as TBD.
            str(row["field"]): "" if row.get("doc") in (None, "TBD") else str(row["doc"])
            for answer in answers
            for row in answer.rows
            if "field" in row
        }

    async def close(self) -> None:
        """Close the connections."""
        if self._api is not None:
            await self._api.aclose()

    async def _ready(self) -> tuple[FinkApi, Any]:
        # httpx and the rest take a while to import, and the screen must not wait for it.
        asking = await asyncio.to_thread(importlib.import_module, "fink_tui.fink.ask")
        if self._api is None:
            rest = importlib.import_module("fink_tui.fink.rest")
            cache = importlib.import_module("fink_tui.fink.cache").Cache(paths.cache_dir())
            self._api = rest.FinkApi(
                urls=self._settings.api_urls,
                cache=cache,
                timeout_s=self._settings.query_timeout,
                max_bytes=self._settings.query_bytes,
            )
        return self._api, asking.ask
