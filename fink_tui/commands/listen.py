"""`fink-tui listen`: store the alerts of topics, without a screen."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fink_tui.commands.begin import database_path, open_database, say, settings_and_log
from fink_tui.commands.stop import Stop
from fink_tui.commands.tell import calls_and_notes, finish_errands, ring
from fink_tui.feed import open_streams
from fink_tui.fink.source import SourceError
from fink_tui.fink.state import StreamState, in_words
from fink_tui.fink.topics import survey_of_topic
from fink_tui.follower import BATCH, Follower
from fink_tui.settings import SURVEYS, Settings, start_point
from fink_tui.store.connection import StoreError

if TYPE_CHECKING:
    from fink_tui.fink.stream import Stream

# A first contact with more than this is not begun unasked.
FLOOD = 10_000
_JOIN_S = 60.0
# Measured on Fink's packets with their schema: bytes an alert.
_BYTES = {"ztf": 68_000, "lsst": 257_000}


def run(args: argparse.Namespace) -> int:
    """Follow the topics until the limit, the timeout or a signal; 1 where nothing could be followed."""
    settings, log = settings_and_log(args)
    try:
        start = start_point(args.start) if args.start else settings.start
    except ValueError as error:
        say(f"fink-tui: --from {args.start}: {error}")
        return 2
    topics = topics_by_survey(args.topic, args.survey, settings)
    if not topics:
        say("fink-tui: no topic to follow: name one with --topic, or set topics in [ztf] or [lsst]")
        return 2
    stop = Stop()
    streams: list[Stream] = []
    try:
        conn = open_database(args)
        assert conn is not None
        path = database_path(args)
        streams = open_streams(settings, topics, path, conn, log, start=start, again=bool(args.start))
        return _follow(args, settings, Follower(conn, streams, settings, log), streams, stop)
    except (SourceError, StoreError) as error:
        say(f"fink-tui: {error}")
    except sqlite3.Error as error:
        say(f"fink-tui: the database refused ({error}): the alerts not stored will be read again next time")
    finally:
        for stream in streams:
            stream.close()
    return 1


def topics_by_survey(topics: list[str] | None, survey: str | None, settings: Settings) -> Mapping[str, list[str]]:
    """The topics to follow: those named, else those configured, by the survey whose cluster has them."""
    found: dict[str, list[str]] = {}
    for name in SURVEYS:
        if survey not in (None, name):
            continue
        if topics:
            mine = [topic for topic in topics if survey == name or (not survey and survey_of_topic(topic) == name)]
        else:
            mine = list(settings.streams[name].topics)
        if mine:
            found[name] = list(dict.fromkeys(mine))
    return found


def _follow(args: argparse.Namespace, settings: Settings, follower: Follower, streams: list[Stream], stop: Stop) -> int:
    limit = args.limit or settings.limit
    timeout = args.timeout or settings.timeout
    progress = Progress(follower, streams, settings)
    began = last = time.monotonic()
    while not stop.is_asked:
        remaining = BATCH if limit is None else min(BATCH, limit - follower.arrivals)
        if remaining <= 0:
            break
        before = follower.arrivals
        follower.turn(remaining)
        if not _decide(streams):
            return 1
        moment = time.monotonic()
        # Joining a group takes the broker some seconds in which no alert can come.
        joining = any(_is_joining(s.state) for s in streams) and moment - began < _JOIN_S
        if follower.arrivals > before or joining:
            last = moment
        progress.show(idle=moment - last)
        if timeout is not None and moment - last >= timeout:
            break
    follower.prune()
    progress.show(idle=time.monotonic() - last, is_final=True)
    finish_errands(follower, settings, stop)
    lost = [s.state.trouble for s in streams if s.state.trouble and not s.state.is_settled]
    for trouble in lost:
        say(f"fink-tui: {trouble}")
    return 1 if lost and not follower.arrivals and not stop.is_asked else 0


def _is_joining(state: StreamState) -> bool:
    """Whether the group is being joined for a topic that is there."""
    return state.is_connected and not state.is_settled and bool(set(state.topics) - state.absent)


def _decide(streams: list[Stream]) -> bool:
    """Begin held first contacts at the earliest alert, saying so; False where that would be a flood."""
    for stream in streams:
        if not stream.state.is_settled:
            continue
        for topic, count in list(stream.state.waiting.items()):
            size = f"{count:,} alerts (about {count * _BYTES[survey_of_topic(topic)] / 1e9:.1f} GB)"
            if count > FLOOD:
                say(
                    f"fink-tui: {topic} was never read here and {size} wait: say --from earliest to read them all, "
                    "--from latest to begin with the next one, or a time to begin at"
                )
                return False
            say(f"{topic}: first contact, {size} wait: reading them from the earliest")
            stream.begin(topic, "earliest")
    return True


class Progress:
    """One line on stderr, once a second at most: written over on a terminal, a new one only when it tells news."""

    def __init__(self, follower: Follower, streams: list[Stream], settings: Settings) -> None:
        self._follower, self._streams, self._settings = follower, streams, settings
        self._shown = 0.0
        self._line = ""
        self._is_terminal = sys.stderr.isatty()

    def show(self, *, idle: float, is_final: bool = False) -> None:
        """Tell how it goes. `idle` is seconds without an alert."""
        for stream in self._streams:
            for note in stream.state.notes:
                self._write(note, over=False)
            stream.state.notes.clear()
        calls, notes = calls_and_notes(self._follower)
        for text in notes:
            self._write(text, over=False)
        ring(calls, self._settings)
        moment = time.monotonic()
        if not is_final and moment - self._shown < 1.0:
            return
        self._shown = moment
        counts = self._follower.counts.values()
        rate = sum(topic.rate() for topic in counts)
        words = "; ".join(in_words(s.state, rate=rate, idle=idle) for s in self._streams)
        duplicates, bad = sum(c.duplicates for c in counts), sum(c.quarantined for c in counts)
        line = f"{self._follower.arrivals:,} alerts"
        line += f", {duplicates:,} of them known" if duplicates else ""
        line += f", {bad:,} in quarantine" if bad else ""
        line += "" if is_final else f"  {words}"
        if is_final or line != self._line:
            self._write(line, over=not is_final)
            self._line = line

    def _write(self, line: str, *, over: bool) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
        if self._is_terminal and over:
            sys.stderr.write("".join(c if c.isprintable() else " " for c in line))
            sys.stderr.flush()
        else:
            say(line)
