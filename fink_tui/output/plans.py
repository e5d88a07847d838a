"""Plans of a sync and what became of them, as the records scripts see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fink_tui.fink.topics import short_topic
from fink_tui.tom.difference import ALIAS, LIST, Change
from fink_tui.tom.plan import CREATE, Plan, Row
from fink_tui.tom.sync import GOOD, Fate
from fink_tui.tom.wanted import PREFIX

PLAN_COLUMNS = ("target", "plan", "tom_name", "tom_id", "what")
FATE_COLUMNS = ("target", "result", "tom_name", "tom_id", "result_why")
_MOST_FIELDS = 4


def plan_record(row: Row) -> dict[str, Any]:
    """One row of a plan. `what` is all of it in one line."""
    return {
        "target": row.target.name,
        "plan": row.verdict,
        "tom_name": row.remote.name if row.remote else None,
        "tom_id": str(row.remote.id) if row.remote else None,
        "what": in_words(row),
        "why": row.why or None,
        "changes": [_change(change) for change in row.changes],
        "changed_there": [_change(change) for change in row.there],
        "choices": [choice.label for choice in row.choices],
        "notes": list(row.notes),
        "points": None if row.points is None else len(row.points),
    }


def fate_record(fate: Fate) -> dict[str, Any]:
    """One row of a plan that was carried out."""
    remote = fate.remote
    return plan_record(fate.row) | {
        "tom_name": remote.name if remote else None,
        "tom_id": str(remote.id) if remote else None,
        "result": fate.what,
        "result_why": fate.why or None,
        "points_sent": fate.points,
    }


def _change(change: Change) -> dict[str, str | None]:
    return {"field": change.field, "from": change.before, "to": change.after}


def in_words(row: Row) -> str:
    """What a row is about, in one line."""
    parts = [row.why] if row.why else [_made(row)] if row.verdict == CREATE else [_fields(row.changes)]
    if row.there:
        parts.append(f"changed there: {', '.join(dict.fromkeys(change.field for change in row.there))}")
    if row.points:
        parts.append(_number(len(row.points), "point"))
    return "; ".join(part for part in [*parts, *row.notes] if part)


def _made(row: Row) -> str:
    """A target that is to be made: the names, the lists, and how many facts come with it."""
    named = [change.after for change in row.changes if change.field == ALIAS]
    named += [short_topic(change.after) for change in row.changes if change.field == LIST]
    facts = sum(change.field.startswith(PREFIX) for change in row.changes)
    return ", ".join([*named, _number(facts, "fact")])


def _fields(changes: Sequence[Change]) -> str:
    fields = list(dict.fromkeys(change.field.removeprefix(PREFIX) for change in changes))
    more = f" and {len(fields) - _MOST_FIELDS} more" if len(fields) > _MOST_FIELDS else ""
    return ", ".join(fields[:_MOST_FIELDS]) + more


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'s'[: count != 1]}"


def change_in_words(change: Change) -> str:
    """One field, from what to what."""
    before = "" if change.before is None else f"{change.before} → "
    return f"{change.field}: {before}{change.after}"


def plan_summary(plan: Plan) -> str:
    """How many targets would be created, updated and so on."""
    parts = [f"{count:,} {verdict}" for verdict, count in plan.counts().items()]
    parts += [_number(plan.n_points, "point")] if plan.n_points else []
    return ", ".join(parts) or "nothing"


def fates_summary(fates: list[Fate]) -> str:
    """How many targets were created, updated and so on."""
    counts: dict[str, int] = {}
    for fate in fates:
        counts[fate.what] = counts.get(fate.what, 0) + 1
    points = sum(fate.points for fate in fates)
    parts = [f"{count:,} {what}" for what, count in sorted(counts.items(), key=lambda pair: pair[0] not in GOOD)]
    return ", ".join(parts + ([f"{_number(points, 'point')} sent"] if points else [])) or "nothing"
