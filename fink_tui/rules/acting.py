"""What rules do at an arrival: worked out without a database, and carried out in the arrival's own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from fink_tui.alerts.times import now
from fink_tui.rules.rule import Rule
from fink_tui.store.decisions import column_changes, status_changes, tag_changes
from fink_tui.store.hits import record_hit, rules_that_acted
from fink_tui.store.journal import append
from fink_tui.store.lines import Line
from fink_tui.store.targets import Target


@dataclass(frozen=True, slots=True)
class Deed:
    """One rule acts on one target: what it changes, None for what stays as it is."""

    rule: Rule
    tag: str | None
    priority: int | None
    verdict: str | None

    @property
    def does(self) -> str:
        """What it changes, in few words."""
        words = [f"#{self.tag}" if self.tag else "", f"priority {self.priority}" if self.priority else ""]
        return ", ".join(word for word in (*words, self.verdict or "") if word)


def deeds(rules: Iterable[Rule], line: Line, acted: Collection[str]) -> Iterator[Deed]:
    """What rules do at a line, in their order, each seeing what those before it did; never those that have `acted`.

    A verdict is given to new targets alone; a priority where there is none, or a lower one of another rule's.
    """
    target, ruled = line.target, line.ruled
    for rule in rules:
        if rule.name in acted or not rule.matches(target):
            continue
        deed = Deed(
            rule,
            tag=rule.tag if rule.tag not in target.tags else None,
            priority=rule.priority if _is_raised(rule.priority, target.priority, ruled) else None,
            verdict=rule.verdict if target.status == "new" else None,
        )
        yield deed
        target = after(target, deed)
        ruled = deed.priority or ruled


def _is_raised(priority: int | None, there: int | None, ruled: int | None) -> bool:
    if priority is None or there is None:
        return priority is not None
    return there == ruled and priority < there


def after(target: Target, deed: Deed) -> Target:
    """The target once a deed is done."""
    return replace(
        target,
        tags=tuple(sorted({*target.tags, deed.tag})) if deed.tag else target.tags,
        priority=deed.priority or target.priority,
        status=deed.verdict or target.status,
    )


class Actor:
    """Carries out rules; for `store.alerts.write_batch`."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rule for rule in rules if rule.enabled)

    def __call__(self, conn: sqlite3.Connection, line: Line) -> None:
        """Act on a line, in the caller's transaction: the changes in the journal, and that the rules have acted."""
        acted = rules_that_acted(conn, line.target.id)
        for deed in deeds(self._rules, line, acted):
            changes = [
                *tag_changes(conn, line.target.id, [deed.tag] if deed.tag else []),
                *(column_changes(conn, line.target.id, "priority", deed.priority) if deed.priority else ()),
                *(status_changes(conn, line.target.id, deed.verdict) if deed.verdict else ()),
            ]
            if changes:
                append(conn, deed.does, changes, by=f"rule {deed.rule.name}")
            record_hit(
                conn,
                deed.rule.name,
                line.alert,
                now(),
                priority=deed.priority,
                has_command=bool(deed.rule.command),
            )
