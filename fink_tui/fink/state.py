"""What a stream is doing, in words a person can act on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Fewer alerts behind than one visit brings is as live as it gets.
_LIVE_LAG = 50
_QUIET_S = 30.0


@dataclass(slots=True)
class StreamState:
    """The state of one survey's stream; `lag` and `waiting` count alerts by topic.

    `waiting` holds the topics whose first contact waits for the user's choice, with the number of alerts there.
    `is_assigned` says that partitions were given to us, `is_settled` that it is decided where to begin in them.
    """

    survey: str
    servers: str
    topics: list[str]
    is_connected: bool = False
    is_assigned: bool = False
    is_settled: bool = False
    trouble: str = ""
    lag: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    available: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    connected_at: float = 0.0

    def reached(self, topics: Iterable[str], available: set[str]) -> None:
        """The broker answered."""
        self.is_connected, self.trouble, self.connected_at = True, "", time.monotonic()
        # Beside Fink's topics there are Kafka's own and those of data transfers, which hold other things than alerts.
        self.available = tuple(sorted(topic for topic in available if topic.startswith("fink_")))
        self.absent = {topic for topic in topics if topic not in available}
        self.notes += [f"{topic}: no such topic on {self.servers} yet" for topic in sorted(self.absent)]

    def taken_away(self) -> None:
        """Partitions were taken from us, for now."""
        self.is_assigned, self.is_settled, self.waiting, self.lag = False, False, {}, {}

    def complained(self, topic: str, error: Any) -> None:
        """The broker refuses a topic or the group."""
        name = error.name()
        if name in ("UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC"):
            if topic not in self.absent:
                self.absent.add(topic)
                self.notes.append(f"{topic}: no such topic on {self.servers}")
        elif name == "TOPIC_AUTHORIZATION_FAILED":
            self.notes.append(f"{topic}: the server does not let this account read it")
        else:
            self.trouble = plain_error(error, self.servers)

    def measured(self, position: Mapping[tuple[str, int], int], end: Mapping[tuple[str, int], int]) -> None:
        """Count what waits from the places read and the ends of the logs."""
        lag: dict[str, int] = {}
        for place, offset in position.items():
            lag[place[0]] = lag.get(place[0], 0) + max(0, end.get(place, offset) - offset)
        self.lag = lag
        self.absent -= set(lag)


def in_words(state: StreamState, *, rate: float, idle: float, is_paused: bool = False) -> str:
    """What a stream is doing, in a few words. `rate` is alerts/s over the last minute, `idle` seconds without one."""
    if state.waiting:
        return f"{sum(state.waiting.values()):,} alerts wait for your choice"
    if state.trouble:
        return state.trouble
    if not state.is_connected:
        return f"connecting to {state.servers}"
    if not state.is_settled:
        return "joining the group"
    if is_paused:
        return f"paused, {sum(state.lag.values()):,} behind"
    behind = sum(state.lag.values())
    if behind > _LIVE_LAG:
        minutes = behind / rate / 60 if rate > 0 else None
        return f"catching up ({behind:,} behind" + (f", about {max(1, round(minutes))} min)" if minutes else ")")
    if idle >= _QUIET_S:
        return f"nothing for {_span(idle)}"
    return "live"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def plain_error(error: Any, servers: str) -> str:
    """One line of plain words for an error of librdkafka: what failed, why, and what to do."""
    name, text = error.name(), str(error.str())
    lowered = text.lower()
    if name in ("_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED") or "sasl" in lowered:
        if "not supported" in lowered or "handshake" in lowered:
            return f"{servers} wants no password: take it out of the configuration"
        return f"{servers} refused the user name or password"
    if name == "_RESOLVE" or "resolve" in lowered:
        return f"cannot reach {servers}: no such host"
    if name == "_SSL":
        return f"cannot reach {servers}: secure connection refused"
    if name == "GROUP_AUTHORIZATION_FAILED":
        return f"{servers} does not accept this group id: use the one Fink sent you"
    if name == "_MAX_POLL_EXCEEDED":
        return "reading stood still for 5 minutes; joining the group again"
    if "refused" in lowered:
        return f"cannot reach {servers}: connection refused"
    if "timed out" in lowered or name in ("_TIMED_OUT", "_ALL_BROKERS_DOWN", "_TRANSPORT"):
        return f"cannot reach {servers}: no answer"
    return f"{servers}: {text}"
