"""What every command does first: settings, the log, the database."""

from __future__ import annotations

import argparse
import logging
import sqlite3
import sys
from pathlib import Path

from fink_tui import paths
from fink_tui.filters.errors import FilterError, explain
from fink_tui.log import open_log
from fink_tui.settings import Settings, load_settings
from fink_tui.sky.sites import Site, find_site
from fink_tui.store.connection import connect
from fink_tui.store.decisions import wake


def say(text: str) -> None:
    """One line to the person, on stderr, free of control characters."""
    print("".join(c if c.isprintable() else " " for c in text), file=sys.stderr, flush=True)


def say_wrong(what: str, text: str, error: FilterError) -> None:
    """Say that a filter is wrong, with a caret under the spot."""
    say(f"fink-tui: {what}:")
    for line in explain(text, error):
        say(f"  {line}")


def database_path(args: argparse.Namespace) -> Path:
    """The database the command is about."""
    return args.db.expanduser() if args.db else paths.database_file()


def settings_and_log(args: argparse.Namespace) -> tuple[Settings, logging.Logger]:
    """Settings in force, with what is wrong with them said, and the log file opened."""
    settings = load_settings(args.config)
    for notice in settings.notices:
        say(f"fink-tui: {notice}")
    return settings, open_log(paths.log_file())


def sites_asked(args: argparse.Namespace, settings: Settings) -> tuple[Site, ...]:
    """The site that --site names, else those in force. Raises ValueError where there is none of that name."""
    return (find_site(settings.known_sites, args.site),) if args.site else settings.sites


def open_database(args: argparse.Namespace, *, must_exist: bool = False) -> sqlite3.Connection | None:
    """The database of a command, or None where it must exist and does not. Raises StoreError."""
    path = database_path(args)
    if must_exist and not path.exists():
        say(f"fink-tui: {path} does not exist yet: follow a topic or replay a file first, or name another with --db")
        return None
    conn = connect(path)
    wake(conn)
    return conn
