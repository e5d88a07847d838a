"""Where in a partition reading begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fink_tui.alerts.times import from_iso, to_datetime

Place = tuple[str, int]
# Kafka's ListOffsets takes these stamps for the first offset kept and the next to be written.
_FIRST, _NEXT = -2, -1


@dataclass(frozen=True, slots=True)
class Survey:
    """What the broker told of partitions: first offset kept, next to be written, and what the choices come to."""

    low: Mapping[Place, int]
    high: Mapping[Place, int]
    asked: Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The offset to begin at; `is_held` means ask the user first; `note` says what is odd, in plain words."""

    offset: int
    is_held: bool = False
    note: str = ""


def ask_broker(consumer: Any, choices: Mapping[Place, str | None], timeout: float) -> Survey:
    """Ask what partitions hold and what a choice of each (stored, earliest, latest, ISO time, None) comes to.

    Blocks up to a few times `timeout` seconds. Raises confluent_kafka.KafkaException.
    """
    low = _list_offsets(consumer, dict.fromkeys(choices, _FIRST), timeout)
    high = _list_offsets(consumer, dict.fromkeys(choices, _NEXT), timeout)
    asked: dict[Place, int] = {}
    stamps: dict[Place, int] = {}
    grouped: list[Place] = []
    for place, choice in choices.items():
        if choice == "earliest" and place in low:
            asked[place] = low[place]
        elif choice == "latest" and place in high:
            asked[place] = high[place]
        elif choice == "stored":
            grouped.append(place)
        elif choice is not None:
            # Below 0 a stamp would be one of Kafka's words.
            stamps[place] = max(0, round(to_datetime(from_iso(choice)).timestamp() * 1000))
    # Where no message is that young, begin with the next one.
    asked |= {place: high[place] for place in stamps if place in high} | _list_offsets(consumer, stamps, timeout)
    if grouped:
        from confluent_kafka import TopicPartition

        found = consumer.committed([TopicPartition(*place) for place in grouped], timeout=timeout)
        asked |= {(tp.topic, tp.partition): tp.offset for tp in found if tp.error is None and tp.offset >= 0}
        # A group that was never here has no offset: begin with what there is.
        asked |= {place: low[place] for place in grouped if place not in asked and place in low}
    return Survey(low, high, asked)


def _list_offsets(consumer: Any, stamps: Mapping[Place, int], timeout: float) -> dict[Place, int]:
    from confluent_kafka import TopicPartition

    if not stamps:
        return {}
    wanted = [TopicPartition(*place, stamp) for place, stamp in stamps.items()]
    found = consumer.offsets_for_times(wanted, timeout=timeout)
    return {(tp.topic, tp.partition): tp.offset for tp in found if tp.error is None and tp.offset >= 0}


def plan_partition(known: int | None, asked: int | None, low: int, high: int, *, again: bool) -> Plan:
    """Where to begin in one partition.

    `known` is the database's next offset and `asked` what the user's choice comes to, None where there is none; `low`
    is the first offset kept and `high` the next to be written. What was read before goes on where it was left; with
    `again` the choice may go back behind that, never forward over what was not read.
    """
    if known is None:
        if asked is None:
            # Where nothing waits there is nothing to ask.
            return Plan(low, is_held=high > low)
        return Plan(min(max(asked, low), high))
    if known > high:
        return Plan(low, note=f"the topic was made anew (read up to {known}, it ends at {high}): reading all of it")
    if known < low:
        return Plan(low, note=f"{low - known} alerts were deleted by the broker before they could be read")
    if again and asked is not None and asked < known:
        goal = max(asked, low)
        return Plan(goal, note=f"going back {known - goal} alerts; those already stored are recognised")
    return Plan(known)
