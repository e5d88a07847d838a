"""`fink-tui report`: the report of a night, in Markdown."""

from __future__ import annotations

import argparse
import sys

from fink_tui.alerts.nights import night_of
from fink_tui.alerts.times import now
from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.output.report import night_report
from fink_tui.store.connection import StoreError


def run(args: argparse.Namespace) -> int:
    """Print what came and was decided in a night, the one going on where none is named."""
    settings, _ = settings_and_log(args)
    try:
        conn = open_database(args, must_exist=True)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    if conn is None:
        return 1
    site = settings.sites[0]
    try:
        night = args.night or night_of(now(), site.longitude)
        text = night_report(conn, night, site.longitude, site.name)
    except ValueError:
        say(f"fink-tui: {args.night} is no night: expected the date of its evening, YYYY-MM-DD")
        return 2
    sys.stdout.write(text)
    return 0
