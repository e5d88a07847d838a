"""What the screen asks of the database, off the UI thread: one thread, one durable connection, one thing at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fink_tui.alerts.alert import Alert
from fink_tui.alerts.packet import cutouts_of_packet
from fink_tui.alerts.rows import ObjectRow
from fink_tui.fink.queries.words import Asked, command_line
from fink_tui.settings import Settings
from fink_tui.sky.sites import Site
from fink_tui.sky.stamps import Cutout, read_cutout
from fink_tui.store.alerts import Queried, write_queried
from fink_tui.store.connection import connect, connect_memory
from fink_tui.store.packets import read_packet
from fink_tui.store.queries import PastQuery, SavedQuery, past_queries, record_query, save_query, saved_queries
from fink_tui.store.targets import TargetView, target_of_object, view_target
from fink_tui.store.views import View, views

if TYPE_CHECKING:
    from fink_tui.fink.ask import Answer

T = TypeVar("T")


class Desk:
    """The screen's way to the database. Methods raise StoreError or sqlite3.Error where the database refuses."""

    def __init__(self, database: Path, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._conn: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the database, on the desk's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    @property
    def site(self) -> Site:
        """The site that nights are those of."""
        return self._settings.sites[0]

    async def views(self) -> list[View]:
        """The views there are."""
        return await self.do(lambda conn: views(conn, self._settings.named["views"]))

    async def view(self, target: int) -> TargetView | None:
        """All that is stored of a target."""
        return await self.do(lambda conn: view_target(conn, target))

    async def stamps_of_alert(self, alert: int) -> dict[str, Cutout]:
        """The cutouts kept of an alert, as pictures; empty where its packet was dropped or never came."""
        return await self.do(lambda conn: _stamps_of_alert(conn, alert))

    async def stamps(self, cutouts: Mapping[str, bytes], survey: str) -> dict[str, Cutout]:
        """Cutouts (FITS) of a survey as pictures; those that are none are left out."""
        return await self.do(lambda conn: _stamps(cutouts, survey))

    async def record(self, asked: Asked, *, seconds: float, rows: int, objects: int, error: str = "") -> None:
        """Note that a query was asked, and what came of it."""
        await self.do(
            lambda conn: record_query(
                conn,
                asked.query,
                asked.survey,
                asked.values,
                seconds=seconds,
                rows=None if error else rows,
                objects=None if error else objects,
                error=error,
            )
        )

    async def queries(self) -> tuple[list[SavedQuery], list[PastQuery]]:
        """The queries kept by name, and those asked before, the newest first."""
        return await self.do(lambda conn: (saved_queries(conn), past_queries(conn)))

    async def save_query(self, name: str, asked: Asked) -> None:
        """Keep a query under a name."""
        await self.do(lambda conn: save_query(conn, name, asked.query, asked.survey, asked.values))

    async def export(self, where: str, answer: Answer, shown: Sequence[ObjectRow]) -> Path:
        """Write the objects shown of an answer to a new file, in the form its ending names; the file's path.

        Raises ValueError for another ending, OSError where it can't be written.
        """
        return await self.do(lambda conn: _export(Path(where).expanduser(), answer, shown))

    async def make_targets(self, alerts: Sequence[Alert]) -> Queried:
        """Store alerts that Fink answered with, and make their objects targets."""
        return await self.do(lambda conn: write_queried(conn, alerts, make_targets=True))

    async def view_history(self, survey: str, object_id: str, alerts: Sequence[Alert]) -> TargetView | None:
        """An object with the light curve Fink gave; of a stored object, one with what is stored, and stored with it."""
        return await self.do(lambda conn: _view_history(conn, survey, object_id, alerts))

    def close(self) -> None:
        """Let the thread go once what it does is done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._conn is None:
            self._conn = connect(self._database, durable=True)
        return work(self._conn)


def _export(path: Path, answer: Answer, shown: Sequence[ObjectRow]) -> Path:
    from fink_tui.output.answers import object_record, provenance
    from fink_tui.output.files import write_file

    rows = [object_record(row) for row in shown] or [dict(row) for row in answer.rows]
    return write_file(path, rows, provenance(answer, command_line(answer.query, answer.survey, answer.values)))


def _stamps_of_alert(conn: sqlite3.Connection, alert: int) -> dict[str, Cutout]:
    # Avro is read with what the feed's thread loads; here it may not be loaded yet.
    from fink_tui.fink.avro import SchemaCache, Undecodable

    packet = read_packet(conn, alert)
    try:
        record = SchemaCache().decode(packet.key, packet.value) if packet else {}
    except Undecodable:
        return {}
    return _stamps(cutouts_of_packet(record), "lsst" if "diaSource" in record else "ztf")


def _stamps(cutouts: Mapping[str, bytes], survey: str) -> dict[str, Cutout]:
    found = {}
    for name, data in cutouts.items():
        with suppress(ValueError):
            found[name] = read_cutout(data, survey)
    return found


def _view_history(conn: sqlite3.Connection, survey: str, object_id: str, alerts: Sequence[Alert]) -> TargetView | None:
    write_queried(conn, alerts)
    target = target_of_object(conn, survey, object_id)
    if target is not None:
        return view_target(conn, target)
    with closing(connect_memory()) as aside:
        write_queried(aside, alerts, make_targets=True)
        target = target_of_object(aside, survey, object_id)
        return None if target is None else view_target(aside, target)
