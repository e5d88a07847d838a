"""`fink-tui restore`: a copy of the database in its place again."""

from __future__ import annotations

import argparse
from pathlib import Path

from fink_tui.commands.begin import database_path, say, settings_and_log
from fink_tui.store.backup import check, restore
from fink_tui.store.connection import StoreError


def run(args: argparse.Namespace) -> int:
    """Put a copy in the place of the database; 1 where it is none, or somebody has the database open."""
    settings_and_log(args)
    source: Path = args.file.expanduser()
    database = database_path(args)
    try:
        targets, alerts = check(source)
        aside = restore(source, database)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    say(f"{database} is {source} again: {targets:,} targets, {alerts:,} alerts")
    if aside is not None:
        say(f"what was there is kept: {aside}")
    say("topics are read on from where that copy was, as far back as the broker still keeps them")
    return 0
