"""`fink-tui replay`: Avro files, a stored night or the quarantine, through the very path that live alerts take."""

from __future__ import annotations

import argparse
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from fink_tui.alerts.arrival import Message
from fink_tui.alerts.nights import survey_nights
from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.commands.stop import Stop
from fink_tui.commands.tell import finish_errands, tell
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.fink.files import FileSource, avro_files, read_messages
from fink_tui.fink.source import SourceError
from fink_tui.follower import BATCH, Follower
from fink_tui.settings import Settings
from fink_tui.store.connection import StoreError
from fink_tui.store.packets import read_packet
from fink_tui.store.quarantine import quarantined, release


def run(args: argparse.Namespace) -> int:
    """Replay what is named, in this order; 1 where a part of it could not be read."""
    settings, log = settings_and_log(args)
    stop = Stop()
    try:
        conn = open_database(args)
        assert conn is not None
        if args.what == ["quarantine"]:
            return _retry(conn, Follower(conn, [], settings, log), settings, stop)
        unread: list[str] = []
        source = FileSource(_messages(conn, args.what, unread), speed=args.speed)
        _replay(Follower(conn, [source], settings, log), settings, stop)
        return 1 if unread else 0
    except (SourceError, StoreError) as error:
        say(f"fink-tui: {error}")
    except sqlite3.Error as error:
        say(f"fink-tui: the database refused ({error}): replay the same again, nothing will be doubled")
    return 1


def _replay(follower: Follower, settings: Settings, stop: Stop) -> None:
    shown = time.monotonic()
    try:
        while not stop.is_asked and follower.turn(BATCH) is not None:
            tell(follower, settings)
            if time.monotonic() - shown >= 1.0:
                shown = time.monotonic()
                say(_line(follower))
    finally:
        follower.prune()
        say(_line(follower))
    finish_errands(follower, settings, stop)


def _line(follower: Follower) -> str:
    counts = follower.counts.values()
    new, bad = sum(c.new for c in counts), sum(c.quarantined for c in counts)
    text = f"{follower.arrivals:,} alerts read, {new:,} of them new"
    return text + (f", {bad:,} in quarantine" if bad else "")


def _messages(conn: sqlite3.Connection, what: list[str], unread: list[str]) -> Iterator[Message]:
    """The messages of all that is named; a file that can't be read is told, noted in `unread`, and left behind."""
    for word in what:
        path = Path(word).expanduser()
        if not path.exists() and re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            yield from _night(conn, word)
            continue
        for file in avro_files(path):
            try:
                yield from read_messages(file)
            except SourceError as error:
                say(f"fink-tui: {error}")
                unread.append(file.name)


def _night(conn: sqlite3.Connection, night: str) -> Iterator[Message]:
    """The packets kept of a night, in order of observation, with the arrivals they came by. Raises SourceError."""
    try:
        bounds = survey_nights(night)
    except ValueError:
        raise SourceError(f"{night} is no night: expected a date YYYY-MM-DD or a file") from None
    alerts = [
        row
        for survey, (low, high) in bounds.items()
        for row in conn.execute(
            "SELECT mjd, id FROM alerts WHERE survey = ? AND mjd >= ? AND mjd < ?", (survey, low, high)
        )
    ]
    gone = 0
    for _, alert in sorted(tuple(row) for row in alerts):
        packet = read_packet(conn, alert)
        if packet is None:
            gone += 1
            continue
        arrivals = conn.execute("SELECT cluster, topic, part, offset, produced FROM arrivals WHERE alert = ?", (alert,))
        for cluster, topic, part, offset, produced in arrivals.fetchall():
            yield Message(cluster, topic, part, offset, packet.key, packet.value, produced)
    if gone or not alerts:
        say(f"{night}: {len(alerts):,} alerts stored, the packets of {gone:,} were dropped to save space")


def _retry(conn: sqlite3.Connection, follower: Follower, settings: Settings, stop: Stop) -> int:
    """Try what is in quarantine once more; what is understood now is stored and taken out."""
    from fink_tui.alerts.arrival import Arrival, Batch

    schemas = SchemaCache()
    freed = kept = 0
    for row, entry in quarantined(conn):
        found = decode_message(schemas, entry.message)
        if isinstance(found, Arrival):
            follower.store(Batch(arrivals=(found,)))
            release(conn, [row])
            freed += 1
        else:
            say(f"{entry.message.topic} {entry.message.partition}/{entry.message.offset}: {found.reason}")
            kept += 1
    say(f"{freed:,} taken out of quarantine, {kept:,} still in it")
    finish_errands(follower, settings, stop)
    return 0
