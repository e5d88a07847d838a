"""`fink-tui targets`: the target list."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from fink_tui.alerts.times import now, to_iso
from fink_tui.commands.begin import open_database, say, say_wrong, settings_and_log, sites_asked
from fink_tui.filters.errors import FilterError
from fink_tui.filters.predicate import target_filter
from fink_tui.output.catalogues import as_list, as_regions, unplaced
from fink_tui.output.records import point_record, target_record
from fink_tui.output.sky import SKY_COLUMNS, visibility_record
from fink_tui.output.tables import Row, write_rows
from fink_tui.sky.sites import Site
from fink_tui.store.connection import StoreError
from fink_tui.store.outbox import NOT_SENT, tom_states
from fink_tui.store.targets import Target, all_targets, points_of_target

if TYPE_CHECKING:
    from fink_tui.sky.tonight import Tonight

_SHOWN = ("name", "status", "class", "n_alerts", "last_band", "last_mag", "change_mag", "ra", "dec", "last_seen")
_SHOWN_OF_POINTS = (
    "target",
    "survey",
    "time",
    "band",
    "mag",
    "mag_err",
    "flux_njy",
    "flux_err_njy",
    "upper_limit",
    "kind",
)
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
    chosen = [target for target in targets if is_wanted(target)]
    with_sky = bool(args.site or set(columns) & set(SKY_COLUMNS))
    if args.photometry:
        return _print(_points(conn, chosen), columns or _SHOWN_OF_POINTS, args)
    on_tom = tom_states(conn, settings.toms[0].url) if settings.toms else None
    rows = (
        target_record(target, None if on_tom is None else on_tom.get(target.id, NOT_SENT))
        | (visibility_record(target, tonight()) if with_sky else {})
        for target in chosen
    )
    return _print(rows, columns or (_SHOWN_OF_SKY if with_sky else _SHOWN), args)


def _print(found: Iterable[Row], shown: Sequence[str], args: argparse.Namespace) -> int:
    """Write rows in the form asked for, with the columns asked for; 2 where there are no such ones."""
    if args.format in ("list", "ds9"):
        return _print_places(list(found), args)
    rows = iter(found)
    first = next(rows, None)
    unknown = [name for name in shown if first is not None and name not in first]
    if unknown:
        more = () if args.photometry else SKY_COLUMNS
        say(f"fink-tui: there is no column {', '.join(unknown)}; there is {', '.join((*(first or ()), *more))}")
        return 2
    every: Iterable[Row] = chain([] if first is None else [first], rows)
    if args.columns:
        every = ({name: row[name] for name in shown} for row in every)
    words = [args.filter or "", f"--status {args.status}" if args.status else "", "--photometry" * args.photometry]
    query = " ".join(word for word in ("fink-tui targets", *words) if word)
    write_rows(every, args.format, table=shown, about={"query": query, "written": to_iso(now()) or ""})
    return 0


def _print_places(rows: list[Row], args: argparse.Namespace) -> int:
    if args.photometry:
        say(f"fink-tui: light curves are no {args.format}: take csv, json or votable")
        return 2
    sys.stdout.write(as_list(rows) if args.format == "list" else as_regions(rows))
    if left := unplaced(rows):
        say(f"{left:,} without a position left out")
    return 0


def _points(conn: sqlite3.Connection, targets: list[Target]) -> Iterator[dict[str, Any]]:
    """Every photometric point of the targets, one target after the other, in order of time."""
    for target in targets:
        points = sorted(points_of_target(conn, target.id), key=lambda found: (found[1].mjd, found[1].kind))
        for survey, point in points:
            yield {"target": target.name, "survey": survey, **point_record(point)}


def _tonight(site: Site, targets: list[Target]) -> Tonight:
    from fink_tui.sky.tonight import Tonight

    return Tonight(site, now(), targets)
