"""`fink-tui rules`: which rules there are, and what one would have done on the alerts that are stored."""

from __future__ import annotations

import argparse
import difflib
import sqlite3
from collections.abc import Sequence
from typing import Any

from fink_tui.alerts.times import to_iso
from fink_tui.commands.begin import database_path, open_database, say, say_wrong, settings_and_log
from fink_tui.output.tables import write_rows
from fink_tui.rules.acting import Deed
from fink_tui.rules.rule import Rule, Wrong, read_rules
from fink_tui.rules.trial import trial
from fink_tui.store.connection import StoreError
from fink_tui.store.hits import count_hits
from fink_tui.store.lines import Line, kept_since

_SHOWN = ("target", "class", "band", "mag", "alert", "time", "tag", "priority", "verdict", "notify", "command")


def run(args: argparse.Namespace) -> int:
    """List the rules, or try one; 1 where a rule is wrong, 2 where the one to try is, or there is none of its name."""
    settings, _ = settings_and_log(args)
    rules, wrong = read_rules(settings.named["rules"], settings.sites)
    try:
        return _list(args, rules, wrong) if args.what == "list" else _test(args, rules, wrong)
    except StoreError as error:
        say(f"fink-tui: {error}")
    except sqlite3.Error as error:
        say(f"fink-tui: the database refused ({error})")
    return 1


def _list(args: argparse.Namespace, rules: Sequence[Rule], wrong: Sequence[Wrong]) -> int:
    conn = open_database(args) if database_path(args).exists() else None
    counts = count_hits(conn) if conn else {}
    rows = []
    for rule in rules:
        count, last = counts.get(rule.name, (0, None))
        rows.append(
            {
                "name": rule.name,
                "enabled": rule.enabled,
                "when": rule.when,
                "does": rule.does,
                "acted": count,
                "last_acted": to_iso(last),
            }
        )
    write_rows(rows, args.format)
    for each in wrong:
        _say_wrong(each)
    if not rules and not wrong:
        say("no rules are configured: README.md shows how")
    return 1 if wrong else 0


def _test(args: argparse.Namespace, rules: Sequence[Rule], wrong: Sequence[Wrong]) -> int:
    for each in wrong:
        if each.name == args.name:
            _say_wrong(each)
            return 2
    if args.name not in [rule.name for rule in rules]:
        near = difflib.get_close_matches(args.name, [rule.name for rule in rules], 1, 0.5)
        known = f"{near[0]}?" if near else ", ".join(rule.name for rule in rules) or "none is configured"
        say(f"fink-tui: no rule {args.name}: {known}")
        return 2
    conn = open_database(args, must_exist=True)
    if conn is None:
        return 1
    try:
        found = list(trial(conn, rules, args.name, args.night))
    except ValueError:
        say(f"fink-tui: --night {args.night}: expected a date YYYY-MM-DD")
        return 2
    write_rows([_row(line, deed) for line, deed in found], args.format, table=_SHOWN)
    say(_summary(conn, len(found), args.night))
    return 0


def _row(line: Line, deed: Deed) -> dict[str, Any]:
    """One target that the rule would have acted on: the alert it was at, and what it would have changed."""
    target = line.target
    return {
        "target": target.name,
        "class": target.label,
        "band": target.last_band,
        "mag": target.last_mag,
        "alert": str(line.source_id),
        "time": to_iso(line.mjd),
        "tag": deed.tag,
        "priority": deed.priority,
        "verdict": deed.verdict,
        "notify": list(deed.rule.notify),
        "command": list(deed.rule.command),
    }


def _summary(conn: sqlite3.Connection, count: int, night: str | None) -> str:
    where = f"the night of {night}" if night else "the alerts stored"
    since = kept_since(conn)
    if since is None:
        return "no alert is stored that a rule can be tried on"
    return (
        f"on {where} it would have acted on {count:,} targets; nothing was changed; "
        f"alerts are kept for this since {to_iso(since)}"
    )


def _say_wrong(wrong: Wrong) -> None:
    if wrong.error is None:
        say(f"fink-tui: {wrong}")
    else:
        say_wrong(f"rule {wrong.name} is not used", wrong.when, wrong.error)
