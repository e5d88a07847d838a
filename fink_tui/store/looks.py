"""What the user has seen of a target, and what came since: points, rate, class, matches, topics."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from fink_tui.alerts.times import now
from fink_tui.store.summary import next_change
from fink_tui.store.targets import Target, read_targets


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a target since it was looked at. `rate` is in mag/day, the newest one, None where no point is new.

    `label` is the class before and now where it changed; `matches` and `topics` are those that were not there.
    """

    points: int = 0
    rate: float | None = None
    label: tuple[str, str] | None = None
    matches: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.points or self.label or self.matches or self.topics)


def news_of(target: Target) -> News | None:
    """What is new since the user looked; None where she never did."""
    if target.looked is None:
        return None
    seen = json.loads(target.looked)
    points = max(0, _points(target) - seen["points"])
    known = set(seen["matches"])
    return News(
        points=points,
        rate=target.rate if points else None,
        label=None if target.label == seen["class"] else (seen["class"], target.label),
        matches=tuple(match for match in _matches(target) if match not in known),
        topics=tuple(topic for topic in target.topics if topic not in seen["topics"]),
    )


def look(conn: sqlite3.Connection, targets: Sequence[int]) -> None:
    """Note that the user has seen these targets as they are now."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        change = next_change(conn)
        for target in read_targets(conn, targets):
            seen = _seen(target)
            if target.looked is None or json.loads(target.looked) | {"at": 0} != seen | {"at": 0}:
                conn.execute(
                    "UPDATE targets SET looked = ?, changed = ? WHERE id = ?", (json.dumps(seen), change, target.id)
                )
                change += 1
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def _seen(target: Target) -> dict[str, object]:
    return {
        "at": now(),
        "points": _points(target),
        "class": target.label,
        "matches": list(_matches(target)),
        "topics": list(target.topics),
    }


def _points(target: Target) -> int:
    return target.n_detections - target.n_upper_limits


def _matches(target: Target) -> tuple[str, ...]:
    matches = json.loads(target.details).get("matches", {})
    return tuple(f"{name}={value}" for name, value in sorted(matches.items()) if isinstance(value, str))
