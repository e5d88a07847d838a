"""What the Sync tab asks of a TOM: one job at a time, on a thread of its own that a quit does not wait for.

A job that is cut off is like a program that was killed: what it was writing is noted, and the next plan reads back.
"""

from __future__ import annotations

import importlib
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from fink_tui.store.connection import StoreError, connect
from fink_tui.store.outbox import tom_states
from fink_tui.store.targets import all_targets, read_targets
from fink_tui.tom.account import TomAccount
from fink_tui.tom.errors import Stopped, TomError
from fink_tui.tom.plan import Plan
from fink_tui.tom.sync import Fate, run

if TYPE_CHECKING:
    from fink_tui.tom.client import TomClient

_TELL_S = 0.1


class Clerk:
    """Plans and sends. What comes of it is posted to the widget that asked."""

    class Progressed(Message):
        """A plan is being made: what is done, how much of it, and how much there is."""

        def __init__(self, what: str, done: int, total: int) -> None:
            super().__init__()
            self.what, self.done, self.total = what, done, total

    class Planned(Message):
        """A plan is made."""

        def __init__(self, plan: Plan) -> None:
            super().__init__()
            self.plan = plan

    class Fated(Message):
        """Something became of a row."""

        def __init__(self, fate: Fate) -> None:
            super().__init__()
            self.fate = fate

    class Ended(Message):
        """Every row was carried out, or the run was stopped."""

        def __init__(self, fates: list[Fate]) -> None:
            super().__init__()
            self.fates = fates

    class Refused(Message):
        """Nothing came of it; the text says why."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, database: Path, toms: Sequence[TomAccount]) -> None:
        self._database = database
        self.toms = tuple(toms)
        self.account = toms[0] if toms else None
        self.states: dict[int, str] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._client: TomClient | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._thread is not None and self._thread.is_alive()

    def next_tom(self) -> None:
        """Turn to the next TOM."""
        if self.account is not None and not self.is_busy:
            self.account = self.toms[(self.toms.index(self.account) + 1) % len(self.toms)]

    def read_states(self, conn: sqlite3.Connection) -> dict[int, str]:
        """Each target's state on the TOM, of those that were handed to it."""
        return tom_states(conn, self.account.url) if self.account else {}

    def plan(
        self, asker: Widget, targets: Collection[int], *, photometry: bool, notes: bool, again: Collection[int] = ()
    ) -> None:
        """Make a plan of targets, or without any of those that are followed."""

        def job(conn: sqlite3.Connection) -> Message:
            chosen = read_targets(conn, list(targets)) if targets else all_targets(conn, status="follow")
            planning = importlib.import_module("fink_tui.tom.planning")
            client = self._connect()
            plan = planning.make_plan(
                client, conn, chosen, photometry=photometry, notes=notes, again=again, tell=self._teller(asker)
            )
            return self.Planned(plan)

        self._begin(asker, job)

    def send(self, asker: Widget, plan: Plan) -> None:
        """Carry out the plan that was made last."""

        def job(conn: sqlite3.Connection) -> Message:
            assert self._client is not None
            return self.Ended(run(self._client, conn, plan, self._stop, lambda fate: _post(asker, self.Fated(fate))))

        self._begin(asker, job)

    def stop(self) -> None:
        """End the job before its next request."""
        self._stop.set()

    def _connect(self) -> TomClient:
        assert self.account is not None
        if self._client is not None:
            self._client.close()
        client: TomClient = importlib.import_module("fink_tui.tom.client").TomClient(self.account, self._stop)
        self._client = client
        return client

    def _begin(self, asker: Widget, job: Callable[[sqlite3.Connection], Message]) -> None:
        if self.is_busy:
            return
        self._stop.clear()

        def work() -> None:
            try:
                with closing(connect(self._database, durable=True)) as conn:
                    said = job(conn)
            except Stopped:
                said = self.Refused("stopped; nothing was sent")
            except (TomError, StoreError, sqlite3.Error) as error:
                said = self.Refused(str(error))
            except Exception as error:
                said = self.Refused(f"that failed, which is a fault of the program: {type(error).__name__}: {error}")
            # It is over before anybody hears of it, so that the next one can begin.
            self._thread = None
            _post(asker, said)

        self._thread = threading.Thread(target=work, name="clerk", daemon=True)
        self._thread.start()

    def _teller(self, asker: Widget) -> Callable[[str, int, int], None]:
        told = 0.0

        def tell(what: str, done: int, total: int) -> None:
            nonlocal told
            moment = time.monotonic()
            if moment - told > _TELL_S:
                told = moment
                _post(asker, self.Progressed(what, done, total))

        return tell


def _post(asker: Widget, message: Message) -> None:
    # The screen may have gone meanwhile.
    with suppress(RuntimeError):
        asker.post_message(message)
