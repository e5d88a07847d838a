"""A thousand targets to a TOM: python tests/bench/bench_sync.py [KIND] [COUNT].

Prints the seconds and the requests of planning, creating and syncing again; KIND is "tomtoolkit 3.1.0" unless given.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from packets import SN, ztf  # noqa: E402
from tom_servers import Tom, Toms  # noqa: E402
from tom_sync import MJD, Notebook, Session, account, outcome  # noqa: E402


def main() -> None:
    """Measure."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "tomtoolkit 3.1.0"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as folder, Toms(Path(folder)) as toms:
        tom = toms.fresh(kind)
        sent = [
            (SN, ztf(f"ZTF26b{number:06d}", number + 1, MJD, ra=(number * 0.3537) % 360, dec=-60 + number * 0.1))
            for number in range(count)
        ]
        book = Notebook(Path(folder) / "night.db", sent)
        for name in ("first", "second"):
            _measure(name, tom, book)


def _measure(name: str, tom: Tom, book: Notebook) -> None:
    requests, writes = len(tom.seen()), len(tom.writes())
    began = time.monotonic()
    with Session(book, account(tom)) as session:
        plan = session.plan()
        planned = time.monotonic() - began
        fates = session.run(plan)
    total = time.monotonic() - began
    made = {what: list(outcome(fates).values()).count(what) for what in set(outcome(fates).values())}
    print(
        f"{name}: planned in {planned:.1f} s, done in {total:.1f} s, "
        f"{len(tom.writes()) - writes} writes of {len(tom.seen()) - requests} requests, {made}"
    )


if __name__ == "__main__":
    main()
