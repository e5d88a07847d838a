"""`fink-tui backup`: a copy of the database, while it is in use."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.commands.stop import Stop
from fink_tui.store.backup import backup, check
from fink_tui.store.connection import StoreError

_SHOW_S = 0.2


def run(args: argparse.Namespace) -> int:
    """Copy the database to a file that does not exist yet; 1 where that can't be done."""
    settings_and_log(args)
    path: Path = args.file.expanduser()
    stop, shown = Stop(), time.monotonic()

    def told(size: int) -> bool:
        nonlocal shown
        if sys.stderr.isatty() and time.monotonic() - shown > _SHOW_S:
            shown = time.monotonic()
            sys.stderr.write(f"\r\x1b[Kcopying: {size / 1e6:,.0f} MB; ctrl-C ends it\r")
            sys.stderr.flush()
        return stop.is_asked

    try:
        conn = open_database(args, must_exist=True)
        if conn is None:
            return 1
        size = backup(conn, path, told)
        targets, alerts = check(path)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    say(f"{path}: {size / 1e6:,.1f} MB, {targets:,} targets, {alerts:,} alerts, checked")
    return 0
