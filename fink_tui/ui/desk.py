"""What the screen asks of the database, off the UI thread: one thread, one durable connection, one thing at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from fink_tui.store.connection import connect
from fink_tui.store.journal import Decision, decide, undo
from fink_tui.store.targets import TargetView, view_target

T = TypeVar("T")


class Desk:
    """Verdicts and looks at targets. Every method raises StoreError or sqlite3.Error where the database refuses."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._conn: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    async def decide(self, targets: list[int], status: str) -> Decision | None:
        """Give targets a verdict; None where they have it already."""
        return await self._do(lambda conn: decide(conn, targets, status))

    async def undo(self) -> Decision | None:
        """Take back the last verdict; None where there is none."""
        return await self._do(undo)

    async def view(self, target: int) -> TargetView | None:
        """All that is stored of a target."""
        return await self._do(lambda conn: view_target(conn, target))

    def close(self) -> None:
        """Let the thread go once what it does is done."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._conn is None:
            self._conn = connect(self._database, durable=True)
        return work(self._conn)
