"""Reading sources in turns, a batch and a transaction at a time: what `listen`, `replay` and the dashboard share."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from fink_tui.alerts.arrival import Batch
from fink_tui.alerts.times import now
from fink_tui.fink.source import Source
from fink_tui.rules.acting import Actor
from fink_tui.rules.calls import Call, calls_of
from fink_tui.rules.errands import Errands
from fink_tui.rules.rule import read_rules
from fink_tui.settings import Settings
from fink_tui.store.alerts import Written, write_batch
from fink_tui.store.grouping import use_radii
from fink_tui.store.hits import hits_after, last_hit
from fink_tui.store.lines import prune_lines
from fink_tui.store.packets import prune_packets

# A batch of LSST's long histories takes half a second to decode.
BATCH = 25
_PRUNE_S = 60.0
_RATE_S = 60.0
_CALL_S = 5.0


@dataclass(slots=True)
class TopicCounts:
    """What came on one topic since the start. `newest_mjd` is the observation time (UTC) of its newest alert."""

    received: int = 0
    new: int = 0
    quarantined: int = 0
    newest_mjd: float | None = None
    recent: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def duplicates(self) -> int:
        """Arrivals of alerts that were known already."""
        return self.received - self.new

    def rate(self) -> float:
        """Alerts per second over the last minute."""
        horizon = time.monotonic() - _RATE_S
        while self.recent and self.recent[0][0] < horizon:
            self.recent.popleft()
        return sum(count for _, count in self.recent) / _RATE_S


class Follower:
    """Reads sources in turns: a batch, a transaction with what rules make of it, the counts.

    `notes` gets a line for all that went wrong with rules, for the owner to say and take away.
    """

    def __init__(
        self, conn: sqlite3.Connection, sources: Sequence[Source], settings: Settings, log: logging.Logger
    ) -> None:
        self.sources = list(sources)
        self.counts: dict[str, TopicCounts] = {}
        self.arrivals = 0
        self._conn = conn
        self._settings = settings
        self._busy = False
        self._pruned = time.monotonic()
        rules, wrong = read_rules(settings.named["rules"], settings.sites)
        self.notes = [str(rule) for rule in wrong]
        self._rules = {rule.name: rule for rule in rules if rule.enabled}
        self._act = Actor(rules) if self._rules else None
        self._errands = Errands(rules, settings.command_timeout, log)
        self._told = last_hit(conn)
        if use_radii(conn, settings.radii):
            self.notes.append("the radii of [grouping] are others than before: all targets were grouped anew")
        self._called = -_CALL_S

    def turn(self, limit: int = BATCH, timeout: float = 0.2) -> int | None:
        """Read and store a batch of each source, `limit` messages in all; how many came, or None once all have ended.

        Raises SourceError, and sqlite3.Error with nothing of the batch stored and nothing of it lost: its offsets did
        not move.
        """
        ended = 0
        taken = 0
        # A quiet source must not hold up a busy one.
        wait = 0.0 if self._busy else timeout / max(1, len(self.sources))
        for source in self.sources:
            if taken >= limit:
                break
            batch = source.read(limit - taken, wait)
            if batch is None:
                ended += 1
                continue
            if batch.arrivals or batch.undecodable or batch.offsets:
                self.store(batch)
                source.stored(batch)
            taken += len(batch.arrivals) + len(batch.undecodable)
        self._busy = taken > 0
        self.run_errands()
        if time.monotonic() - self._pruned > _PRUNE_S:
            self.prune()
        return None if ended == len(self.sources) else taken

    def store(self, batch: Batch) -> None:
        """Write a batch and what rules make of it, and count it. Raises sqlite3.Error with nothing changed."""
        self._count(write_batch(self._conn, batch, act=self._act))

    def run_errands(self) -> int:
        """End and begin commands of rules, without waiting for any; how many run or wait."""
        left = self._errands.turn(self._conn)
        self.notes += self._errands.notes
        self._errands.notes.clear()
        return left

    def calls(self, *, is_last: bool = False) -> list[Call]:
        """What rules have to tell the person since the last time, also of what other programs here stored.

        Once in a few seconds at most, however much comes, and the rest where it `is_last`.
        """
        is_soon = time.monotonic() - self._called < _CALL_S and not is_last
        if is_soon or not any(rule.notify for rule in self._rules.values()):
            return []
        hits = hits_after(self._conn, self._told)
        if hits:
            self._told, self._called = hits[-1].id, time.monotonic()
        return calls_of(hits, self._rules)

    def prune(self) -> int:
        """Keep the raw packets within their budget, and of lines for trying rules as many days; packets dropped."""
        self._pruned = time.monotonic()
        prune_lines(self._conn, before=now() - self._settings.packets_days)
        return prune_packets(
            self._conn,
            budget_bytes=self._settings.packets_bytes,
            keep_days=self._settings.packets_days,
            now=now(),
        )

    def _count(self, written: Written) -> None:
        moment = time.monotonic()
        self.arrivals += sum(written.arrivals.values())
        for topic in written.arrivals.keys() | written.quarantined.keys():
            counts = self.counts.setdefault(topic, TopicCounts())
            counts.received += written.arrivals[topic]
            counts.new += written.new[topic]
            counts.quarantined += written.quarantined[topic]
            counts.recent.append((moment, written.arrivals[topic]))
            newest = written.newest_mjd.get(topic)
            if newest is not None and (counts.newest_mjd is None or newest > counts.newest_mjd):
                counts.newest_mjd = newest
