"""`fink-tui targets`: the target list."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING

from fink_tui.alerts.times import now
from fink_tui.commands.begin import open_database, say, say_wrong, settings_and_log, sites_asked
from fink_tui.filters.errors import FilterError
from fink_tui.filters.predicate import target_filter
from fink_tui.output.records import target_record
from fink_tui.output.sky import SKY_COLUMNS, visibility_record
from fink_tui.output.tables import write_rows
from fink_tui.sky.sites import Site
from fink_tui.store.connection import StoreError
from fink_tui.store.outbox import NOT_SENT, tom_states
from fink_tui.store.targets import Target, all_targets

if TYPE_CHECKING:
    from fink_tui.sky.tonight import Tonight

_SHOWN = ("name", "status", "class", "n_alerts", "last_band", "last_mag", "change_mag", "ra", "dec", "last_seen")
_SHOWN_OF_SKY = (*_SHOWN[:7], "alt", "best_alt", "best_time", "hours", "moon")


def run(args: argparse.Namespace) -> int:
    """List every target, or those that the filter and the status leave."""
    settings, _ = settings_and_log(args)
    text = args.filter or ""
    columns = tuple(name.strip() for name in (args.columns or "").split(",") if name.strip())
    targets: list[Target] = []
    try:
        site = sites_asked(args, settings)[0]
        # What is visible takes long to load, so only where it is asked for: the filter asks by its fields.
        tonight = cache(lambda: _tonight(site, targets))
        is_wanted = target_filter(text, sky=lambda target: tonight().of(target))
        conn = open_database(args, must_exist=True)
    except FilterError as error:
        say_wrong("that is no filter", text, error)
        return 2
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    except ValueError as error:
        say(f"fink-tui: {error}")
        return 2
    if conn is None:
        return 1
    targets += all_targets(conn, status=args.status)
    with_sky = bool(args.site or set(columns) & set(SKY_COLUMNS))
    on_tom = tom_states(conn, settings.toms[0].url) if settings.toms else None
    rows = [
        target_record(target, None if on_tom is None else on_tom.get(target.id, NOT_SENT))
        | (visibility_record(target, tonight()) if with_sky else {})
        for target in targets
        if is_wanted(target)
    ]
    unknown = [name for name in columns if rows and name not in rows[0]]
    if unknown:
        say(f"fink-tui: there is no column {', '.join(unknown)}; there is {', '.join((*rows[0], *SKY_COLUMNS))}")
        return 2
    if columns:
        rows = [{name: row[name] for name in columns} for row in rows]
    write_rows(rows, args.format, table=columns or (_SHOWN_OF_SKY if with_sky else _SHOWN))
    return 0


def _tonight(site: Site, targets: list[Target]) -> Tonight:
    from fink_tui.sky.tonight import Tonight

    return Tonight(site, now(), targets)
