"""The live streams that are configured, and the dashboard's worker thread that follows them."""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fink_tui.fink.credentials import StreamSettings
from fink_tui.fink.source import SourceError
from fink_tui.fink.state import StreamState
from fink_tui.fink.topics import survey_of_topic
from fink_tui.follower import Follower, TopicCounts
from fink_tui.rules.calls import Call
from fink_tui.settings import SURVEYS, Settings
from fink_tui.store.connection import StoreError, connect
from fink_tui.store.decisions import wake
from fink_tui.store.targets import Target, changed_targets

if TYPE_CHECKING:
    from fink_tui.fink.stream import Stream

_WAKE_S = 5.0


def own_group(database: Path) -> str:
    """The consumer group where none is configured: the same for all programs on one database, and for no others."""
    place = f"{uuid.getnode()} {os.getuid() if hasattr(os, 'getuid') else ''} {database.absolute()}"
    return "fink-tui-" + hashlib.blake2b(place.encode(), digest_size=6).hexdigest()


def open_streams(
    settings: Settings,
    topics: Mapping[str, Sequence[str]],
    database: Path,
    conn: sqlite3.Connection,
    log: logging.Logger,
    *,
    start: str | None,
    again: bool = False,
    breathe: float = 0.0,
) -> list[Stream]:
    """The live streams of topics by survey: one for each, or one for both where they come from the same place.

    Raises SourceError where it isn't known how to reach one.
    """
    import confluent_kafka

    from fink_tui.fink.stream import Stream
    from fink_tui.store.offsets import read_offsets

    places: dict[tuple[str | None, ...], tuple[StreamSettings, list[str]]] = {}
    for survey, names in topics.items():
        place = settings.streams[survey]
        if not place.servers:
            raise SourceError(
                f"no server for {survey.upper()} is configured: Fink sends its address with your account; "
                f"set [{survey}] servers or FINK_TUI_{survey.upper()}_SERVERS"
            )
        reached = replace(place, group_id=place.group_id or own_group(database))
        where = (reached.servers, reached.group_id, reached.username, reached.password)
        places.setdefault(where, (reached, []))[1].extend(names)
    streams: list[Stream] = []
    for reached, names in places.values():
        try:
            streams.append(
                Stream(
                    reached,
                    names,
                    lambda cluster: read_offsets(conn, cluster),
                    log,
                    start=start,
                    again=again,
                    breathe=breathe,
                )
            )
        except confluent_kafka.KafkaException as error:
            for stream in streams:
                stream.close()
            raise SourceError(f"the stream from {reached.servers} can't be set up: {error.args[0].str()}") from error
    return streams


@dataclass(frozen=True, slots=True)
class Report:
    """What the worker thread tells the screen.

    Targets that changed, whoever changed them, how the streams are, what went wrong, and what rules have to say.
    """

    targets: tuple[Target, ...] = ()
    streams: tuple[StreamState, ...] = ()
    counts: dict[str, TopicCounts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    is_paused: bool = False
    is_loaded: bool = False


class Feed(threading.Thread):
    """The dashboard's worker: streams -> database -> `reports`, a bounded queue that the screen drains.

    Where the screen is slow the queue fills, this thread waits, and so does Kafka; memory does not grow.
    """

    def __init__(self, database: Path, settings: Settings, topics: Sequence[str], log: logging.Logger) -> None:
        super().__init__(name="feed", daemon=True)
        self.reports: queue.Queue[Report] = queue.Queue(maxsize=40)
        self._database, self._settings, self._log = database, settings, log
        self._topics = list(topics)
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._notes: list[str] = []
        self._streams: list[Stream] = []
        self._paused = False
        self._seen = 0
        self._version = -1
        self._reported = 0.0
        self._woke = 0.0

    # Called by the screen; each returns at once.

    def pause(self) -> None:
        """Stop reading the streams until `resume`."""
        self._orders.put(lambda: self._set_paused(True))

    def resume(self) -> None:
        """Go on reading."""
        self._orders.put(lambda: self._set_paused(False))

    def follow(self, topics: Sequence[str]) -> None:
        """Follow these topics and no others."""
        self._orders.put(lambda: self._follow(list(topics)))

    def begin(self, topic: str, start: str) -> None:
        """Answer a held first contact with a topic."""
        self._orders.put(lambda: self._begin(topic, start))

    def stop(self, wait: float = 0.5) -> None:
        """End the thread; comes back after `wait` seconds at the latest, all that was stored is safe either way."""
        self._stopping.set()
        # A quit may come before the first frame did.
        if self.is_alive():
            self.join(wait)

    # On the thread.

    def run(self) -> None:
        """Open the database, load what is known, then follow the streams until stopped."""
        try:
            self._conn = connect(self._database)
        except StoreError as error:
            self._put(Report(notes=(str(error),)))
            return
        try:
            self._follower = Follower(self._conn, [], self._settings, self._log)
            self._load()
            self._orders.put(lambda: self._follow(self._topics))
            while not self._stopping.is_set():
                self._turn()
        except Exception as error:
            self._log.exception("the feed stopped")
            self._put(Report(notes=(f"the feed stopped ({error}): all that came is stored; start fink-tui again",)))
        finally:
            for stream in self._streams:
                stream.close()
            self._conn.close()

    def _load(self) -> None:
        while not self._stopping.is_set():
            found = self._changed()
            self._put(Report(targets=found, is_loaded=len(found) < 500))
            if len(found) < 500:
                return

    def _turn(self) -> None:
        while not self._orders.empty():
            self._obey(self._orders.get())
        try:
            self._wake()
            if self._follower.sources:
                self._follower.turn()
            else:
                self._follower.run_errands()
                self._stopping.wait(0.2)
        except SourceError as error:
            self._notes.append(str(error))
        except sqlite3.Error as error:
            # The offsets did not move with the failed transaction, so the streams are set up anew from where they are.
            self._notes.append(f"alerts could not be stored ({error}); trying again, none is lost")
            self._stopping.wait(0.4)
            self._follow(self._topics)
        self._tell()

    def _wake(self) -> None:
        if time.monotonic() - self._woke > _WAKE_S:
            self._woke = time.monotonic()
            wake(self._conn)

    def _obey(self, order: Callable[[], None]) -> None:
        try:
            order()
        except SourceError as error:
            self._notes.append(str(error))
        except Exception as error:
            self._log.exception("an order failed")
            self._notes.append(f"that did not work: {error}")

    def _begin(self, topic: str, start: str) -> None:
        for stream in self._streams:
            if topic in stream.state.waiting:
                stream.begin(topic, start)

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        for stream in self._streams:
            if paused:
                stream.pause()
            else:
                stream.resume()

    def _follow(self, topics: list[str]) -> None:
        self._topics = topics
        for stream in self._streams:
            stream.close()
        self._streams = []
        wanted = {s: [topic for topic in topics if survey_of_topic(topic) == s] for s in SURVEYS}
        for survey, names in wanted.items():
            if names and not self._settings.streams[survey].servers:
                self._notes.append(f"no server for {survey.upper()} is configured: its topics are not followed")
                wanted[survey] = []
        self._streams = open_streams(
            self._settings,
            {survey: names for survey, names in wanted.items() if names},
            self._database,
            self._conn,
            self._log,
            start=self._settings.start,
            breathe=0.0005,
        )
        self._follower.sources = list(self._streams)
        self._set_paused(self._paused)

    def _tell(self) -> None:
        """Report what changed, by us or by another program on this database, and twice a second how we are."""
        changed = self._changed() if self._database_moved() else ()
        calls = self._follower.calls()
        self._notes += self._follower.notes
        self._follower.notes.clear()
        for stream in self._streams:
            self._notes += stream.state.notes
            stream.state.notes.clear()
        if not changed and not calls and not self._notes and time.monotonic() - self._reported < 0.5:
            return
        self._reported = time.monotonic()
        notes, self._notes = tuple(self._notes), []
        self._put(
            Report(
                targets=changed,
                streams=tuple(replace(stream.state, lag=dict(stream.state.lag)) for stream in self._streams),
                counts={topic: replace(counts) for topic, counts in self._follower.counts.items()},
                notes=notes,
                calls=tuple(calls),
                is_paused=self._paused,
                is_loaded=True,
            )
        )

    def _database_moved(self) -> bool:
        # data_version moves with other connections' commits, total_changes with our own.
        version = int(self._conn.execute("PRAGMA data_version").fetchone()[0]) * 2**40 + self._conn.total_changes
        moved, self._version = version != self._version, version
        return moved

    def _changed(self) -> tuple[Target, ...]:
        found = tuple(changed_targets(self._conn, self._seen))
        if found:
            self._seen = found[-1].changed
            # There may be more than one page.
            self._version = -1
        return found

    def _put(self, report: Report) -> None:
        while not self._stopping.is_set():
            try:
                self.reports.put(report, timeout=0.2)
                return
            except queue.Full:
                continue
