"""What comes off a stream: messages, understood or not."""

from __future__ import annotations

from dataclasses import dataclass

from fink_tui.alerts.alert import Alert


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came. `offset` is its place in the partition, `produced` MJD UTC where the broker says it."""

    cluster: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    produced: float | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One copy of an alert on one topic."""

    message: Message
    alert: Alert


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A message that is no alert, and why, in one plain line."""

    message: Message
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is read and written together. `offsets` holds (cluster, topic, partition, next offset to read)."""

    arrivals: tuple[Arrival, ...] = ()
    undecodable: tuple[Undecodable, ...] = ()
    offsets: tuple[tuple[str, str, int, int], ...] = ()
