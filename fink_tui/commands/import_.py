"""`fink-tui import`: lists of targets out of other programs."""

from __future__ import annotations

import argparse
import shlex
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fink_tui.alerts.times import to_iso
from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.fink.queries.values import survey_of_id
from fink_tui.lists.read import read_list
from fink_tui.lists.sheets import UnreadableList
from fink_tui.output.tables import write_rows
from fink_tui.store.connection import StoreError
from fink_tui.store.listed import Taken, write_listed

_SAID_IDS = 20
_SHOWN = ("line", "name", "ra", "dec", "status", "what", "target", "why")


def run(args: argparse.Namespace) -> int:
    """Import every file; 1 where one can't be read, or a line of it is no target."""
    settings_and_log(args)
    try:
        conn = open_database(args)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    assert conn is not None
    return max([_import(conn, file, args) for file in args.files])


def _import(conn: sqlite3.Connection, file: str, args: argparse.Namespace) -> int:
    said = "the standard input" if file == "-" else file
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).expanduser().read_bytes()
        reading = read_list(content)
        name = "" if file == "-" else Path(file).name
        taken = write_listed(conn, reading.rows, name or "standard input", dry_run=args.dry_run)
    except OSError as error:
        say(f"fink-tui: {said} can't be read: {error.strerror}")
        return 1
    except UnreadableList as error:
        say(f"fink-tui: {said} holds no list of targets: {error}")
        return 1
    except sqlite3.Error as error:
        say(f"fink-tui: the database refused ({error}): nothing of {said} was imported")
        return 1
    for note in reading.notes:
        say(f"{said}: {note}")
    refused = [(each.row.line, each.why) for each in taken if each.what == "refused"]
    wrong = sorted((*reading.wrong, *refused))
    for number, why in wrong:
        say(f"{said}: {reading.counted} {number} left out: {why}")
    if args.dry_run:
        write_rows([_record(each) for each in taken], args.format, table=_SHOWN)
        sys.stdout.flush()
    say(_summary(said, taken, len(wrong), args.dry_run))
    _advise(said, taken)
    return 1 if wrong or not taken else 0


def _record(taken: Taken) -> dict[str, object]:
    row = taken.row
    return {
        "line": row.line,
        "name": row.name,
        "objects": [object_id for _, object_id in row.objects],
        "ra": row.ra,
        "dec": row.dec,
        "class": row.label,
        "status": row.status,
        "snoozed_until": to_iso(row.until),
        "priority": row.priority,
        "tags": list(row.tags),
        "note": row.note or None,
        "what": taken.what,
        "target": taken.target or None,
        "why": taken.why or None,
    }


def _summary(said: str, taken: Sequence[Taken], wrong: int, dry_run: bool) -> str:
    counts = Counter(each.what for each in taken)
    words = [
        f"{counts['new']:,} new target{'s'[: counts['new'] != 1]}",
        f"{counts['changed']:,} known ones with something new",
        f"{counts['joined']:,} known as they are",
        f"{wrong:,} left out",
    ]
    end = "; nothing was changed (--dry-run)" if dry_run else ""
    return f"{said}: {', '.join(words)}{end}"


def _advise(said: str, taken: Sequence[Taken]) -> None:
    """How the alerts of those that have none are fetched."""
    ids = [
        object_id
        for each in taken
        if each.what != "refused" and not each.has_alerts
        for _, object_id in each.row.objects
        if survey_of_id(object_id)
    ]
    if not ids:
        return
    how = f"@{shlex.quote(said)}" if len(ids) > _SAID_IDS else " ".join(ids)
    say(f"{len(ids):,} have no alerts here yet: fink-tui query object {how} --store fetches them")
