"""How long it takes to filter a list of targets: `python tests/bench/bench_filters.py [TARGETS]`.

Prints milliseconds a pass for filters of each kind, and how many times as long that is as looking at every target.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from made import target

from fink_tui.filters.predicate import target_filter
from fink_tui.store.targets import Target

FILTERS = (
    "sn",
    "sn candidate follow",
    "class~SN",
    "mag<19",
    "class~SN and mag<19 and age<5d and n>=3",
    "mag<19 and class~SN and (tag=rising or rate<-0.1) and not status=reject",
    "rf_snia_vs_nonia>0.5",
    "seen<2d",
)


def targets(count: int) -> list[Target]:
    chance = random.Random(1)
    return [
        target(
            id=number,
            name=f"ZTF26{number:07}",
            label=chance.choice(["SN candidate", "AGN", "Unknown", "RRLyr"]),
            last_mag=None if number % 20 == 0 else chance.uniform(15, 21),
            n_alerts=chance.randrange(1, 9),
            rate=chance.uniform(-0.5, 0.5),
        )
        for number in range(count)
    ]


def seconds(test: Callable[[Target], bool], found: list[Target]) -> tuple[float, int]:
    best, kept = 1e9, 0
    for _ in range(5):
        start = time.perf_counter()
        kept = sum(map(test, found))
        best = min(best, time.perf_counter() - start)
    return best, kept


def main(count: int) -> None:
    found = targets(count)
    bare, _ = seconds(lambda t: t.last_mag is None, found)
    print(f"{count:,} targets")
    for text in FILTERS:
        took, kept = seconds(target_filter(text), found)
        print(f"{took * 1e3:7.0f} ms  {took / bare:5.1f}x  {kept:7,} kept  {text}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
