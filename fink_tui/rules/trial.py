"""What a rule would have done on the alerts that are stored, had it been on from the first of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fink_tui.rules.acting import Deed, deeds
from fink_tui.rules.rule import Rule
from fink_tui.store.lines import Line, read_lines


@dataclass(slots=True)
class _Tried:
    """What the rules did to one target so far."""

    acted: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    priority: int | None = None
    verdict: str | None = None

    def add(self, deed: Deed) -> None:
        self.acted.add(deed.rule.name)
        self.tags |= {deed.tag} if deed.tag else set()
        self.priority = deed.priority or self.priority
        self.verdict = self.verdict or deed.verdict


def trial(
    conn: sqlite3.Connection, rules: Sequence[Rule], name: str, night: str | None = None
) -> Iterator[tuple[Line, Deed]]:
    """What the rule called `name` does, at which line, in order of arrival.

    Works through the lines kept of every arrival (of a night: of the alerts observed in it) as the arrivals did, with
    all rules that are enabled and this one. Raises ValueError for a night that is no date.
    """
    on = [rule for rule in rules if rule.enabled or rule.name == name]
    tried: dict[int, _Tried] = {}
    for line in read_lines(conn, night):
        past = tried.setdefault(line.target.id, _Tried())
        for deed in deeds(on, _as_it_would_be(line, past), past.acted):
            past.add(deed)
            if deed.rule.name == name:
                yield line, deed


def _as_it_would_be(line: Line, past: _Tried) -> Line:
    """The line with what the rules did before it, as far as nobody had decided otherwise by then."""
    target = line.target
    is_free = target.priority in (None, line.ruled)
    return replace(
        line,
        target=replace(
            target,
            tags=tuple(sorted({*target.tags, *past.tags})),
            priority=past.priority if is_free and past.priority else target.priority,
            status=past.verdict if target.status == "new" and past.verdict else target.status,
        ),
        ruled=past.priority or line.ruled,
    )
