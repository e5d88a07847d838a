"""`fink-tui targets`: the target list."""

from __future__ import annotations

import argparse

from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.output.records import target_record
from fink_tui.output.tables import write_rows
from fink_tui.store.connection import StoreError
from fink_tui.store.targets import Target, all_targets

_SHOWN = ("name", "status", "class", "n_alerts", "last_band", "last_mag", "change_mag", "ra", "dec", "last_seen")


def run(args: argparse.Namespace) -> int:
    """List every target, or those that the filter and the status leave."""
    settings_and_log(args)
    try:
        conn = open_database(args, must_exist=True)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    if conn is None:
        return 1
    words = (args.filter or "").casefold().split()
    found = [target for target in all_targets(conn, status=args.status) if matches(target, words)]
    write_rows([target_record(target) for target in found], args.format, table=_SHOWN)
    return 0


def matches(target: Target, words: list[str]) -> bool:
    """Whether each word is in the target's names, class, status or topics."""
    text = " ".join((target.name, *target.objects, target.label, target.status, *target.topics)).casefold()
    return all(word in text for word in words)
