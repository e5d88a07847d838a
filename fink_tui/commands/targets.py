"""`fink-tui targets`: the target list."""

from __future__ import annotations

import argparse

from fink_tui.commands.begin import open_database, say, say_wrong, settings_and_log
from fink_tui.filters.errors import FilterError
from fink_tui.filters.predicate import target_filter
from fink_tui.output.records import target_record
from fink_tui.output.tables import write_rows
from fink_tui.store.connection import StoreError
from fink_tui.store.targets import all_targets

_SHOWN = ("name", "status", "class", "n_alerts", "last_band", "last_mag", "change_mag", "ra", "dec", "last_seen")


def run(args: argparse.Namespace) -> int:
    """List every target, or those that the filter and the status leave."""
    settings_and_log(args)
    text = args.filter or ""
    try:
        is_wanted = target_filter(text)
    except FilterError as error:
        say_wrong("that is no filter", text, error)
        return 2
    try:
        conn = open_database(args, must_exist=True)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    if conn is None:
        return 1
    found = [target for target in all_targets(conn, status=args.status) if is_wanted(target)]
    write_rows([target_record(target) for target in found], args.format, table=_SHOWN)
    return 0
