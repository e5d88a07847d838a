"""The report of a night, in Markdown: what came, what was decided on it and when, what is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from fink_tui.alerts.nights import night_bounds
from fink_tui.alerts.times import to_iso
from fink_tui.output.news import news_line
from fink_tui.output.tables import plain
from fink_tui.store.journal import Entry, entries
from fink_tui.store.looks import news_of
from fink_tui.store.targets import Target, all_targets

_VERDICTS = (
    ("follow", "Followed"),
    ("watch", "Watched"),
    ("done", "Done"),
    ("snooze", "Snoozed"),
    ("reject", "Rejected"),
)
_ESCAPED = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|!~"})


def night_report(conn: sqlite3.Connection, night: str, longitude: float, place: str) -> str:
    """What happened between the noons of a night at an east longitude (degrees), the place named. Raises ValueError."""
    begin, end = night_bounds(night, longitude)
    targets = {target.id: target for target in all_targets(conn)}
    written = [entry for entry in reversed(entries(conn, since=begin, until=end))]
    standing = [entry for entry in written if entry.stands and not entry.undoes and not entry.redoes]
    arrived = _arrived(conn, begin, end)
    lines = [f"# Night of {night}, {_text(place)}", ""]
    lines += _what_came(conn, begin, end, arrived)
    for status, title in _VERDICTS:
        lines += _section(title, status, targets, standing)
    lines += _others(targets, standing)
    undecided = [targets[number] for number in arrived if number in targets and targets[number].status == "new"]
    lines += [f"## Undecided: {len(undecided)}", ""]
    lines += [_row(target, "") for target in undecided[:50]]
    lines += [f"- and {len(undecided) - 50} more"] if len(undecided) > 50 else []
    return "\n".join(lines).rstrip() + "\n"


def _arrived(conn: sqlite3.Connection, begin: float, end: float) -> list[int]:
    rows = conn.execute(
        """SELECT DISTINCT o.target FROM arrivals r JOIN alerts a ON a.id = r.alert JOIN objects o ON o.id = a.object
           WHERE r.received >= ? AND r.received < ? ORDER BY 1""",
        (begin, end),
    )
    return [int(row[0]) for row in rows]


def _what_came(conn: sqlite3.Connection, begin: float, end: float, arrived: Sequence[int]) -> Iterator[str]:
    by_topic = conn.execute(
        """SELECT topic, count(DISTINCT alert) FROM arrivals WHERE received >= ? AND received < ?
           GROUP BY topic ORDER BY 1""",
        (begin, end),
    ).fetchall()
    (alerts,) = conn.execute(
        "SELECT count(DISTINCT alert) FROM arrivals WHERE received >= ? AND received < ?", (begin, end)
    ).fetchone()
    yield f"{alerts:,} alerts of {len(arrived):,} targets came between {_time(begin)} and {_time(end)} UTC."
    yield ""
    yield from (f"- {_text(topic)}: {count:,}" for topic, count in by_topic)
    yield ""


def _section(title: str, status: str, targets: dict[int, Target], standing: Iterable[Entry]) -> Iterator[str]:
    """The targets that have this verdict since this night, each with when and by whom, its notes and its tags."""
    given: dict[int, Entry] = {}
    for entry in standing:
        for change in entry.changes:
            if change.field == "status":
                given.pop(change.target, None)
                if change.after == status:
                    given[change.target] = entry
    chosen = [(targets[number], entry) for number, entry in given.items() if number in targets]
    if chosen:
        yield f"## {title}: {len(chosen)}"
        yield ""
        for target, entry in chosen:
            by = f" by {_text(entry.by)}" if entry.by else ""
            yield _row(target, f", {_clock(entry.at)}{by}")
            if target.note:
                yield f"  - {_text(target.note)}"
        yield ""


def _others(targets: dict[int, Target], standing: Iterable[Entry]) -> Iterator[str]:
    """Notes, tags and priorities of the night."""
    lines = []
    for entry in standing:
        kept = [c for c in entry.changes if c.field in ("note", "tag", "priority") and c.target in targets]
        for change in kept:
            what = {
                "note": lambda c: _text(c.after[2]) if c.after else "a note taken away",
                "tag": lambda c: f"tag {_text(c.after)}" if c.after else f"tag {_text(c.before)} taken away",
                "priority": lambda c: f"priority {c.after}" if c.after else "no priority",
            }[change.field](change)
            by = f" (by {_text(entry.by)})" if entry.by else ""
            lines.append(f"- {_clock(entry.at)} {_text(targets[change.target].name)}: {what}{by}")
    return iter(["## Notes, tags and priorities", "", *lines, ""] if lines else [])


def _row(target: Target, end: str) -> str:
    place = "" if target.ra is None else f", {target.ra:.5f} {target.dec:+.5f}°"
    mag = "" if target.last_mag is None else f", {target.last_band or '?'} {target.last_mag:.2f}"
    rate = "" if target.rate is None else f", {target.rate:+.2f} mag/day"
    news = news_of(target)
    line = news_line(news) if news else ""
    tags = "".join(f" #{_text(tag)}" for tag in target.tags)
    since = f"; since then {_text(line)}" if line else ""
    return f"- **{_text(target.name)}** {_text(target.label)}{mag}{rate}{place}{tags}{end}{since}"


def _text(text: str) -> str:
    """Text from outside, or typed, that is only text in Markdown."""
    return plain(text).translate(_ESCAPED)


def _time(mjd: float) -> str:
    return (to_iso(mjd) or "")[:16].replace("T", " ")


def _clock(mjd: float) -> str:
    return f"{(to_iso(mjd) or '')[11:16]} UTC"
