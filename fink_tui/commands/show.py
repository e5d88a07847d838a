"""`fink-tui show`: one target with its history."""

from __future__ import annotations

import argparse
import json

from fink_tui.alerts.times import to_iso
from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.output.records import alert_record, view_record
from fink_tui.output.tables import plain, write_rows
from fink_tui.store.connection import StoreError
from fink_tui.store.targets import TargetView, find_targets, view_target

_SHOWN = ("time", "band", "mag", "mag_err", "flux_njy", "flux_err_njy", "upper_limit", "kind")


def run(args: argparse.Namespace) -> int:
    """Print the target that the name means; 1 where there is none or more than one."""
    settings_and_log(args)
    try:
        conn = open_database(args, must_exist=True)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    if conn is None:
        return 1
    found = find_targets(conn, args.target)
    if len(found) != 1:
        names = ", ".join(target.name for target in found[:10])
        say(
            f"fink-tui: {args.target} could be {names}{' and more' if len(found) > 10 else ''}: say which"
            if found
            else f"fink-tui: no target is called {args.target}: fink-tui targets lists them"
        )
        return 1
    view = view_target(conn, found[0].id)
    if view is None:
        say(f"fink-tui: {args.target} is gone")
        return 1
    if args.format == "json":
        print(json.dumps(view_record(view), indent=1, allow_nan=False))
    elif args.format == "table":
        _print(view)
    else:
        write_rows([alert_record(alert) for alert in view.alerts], args.format)
    return 0


def _print(view: TargetView) -> None:
    target = view.target
    place = "no position" if target.ra is None else f"ra {target.ra:.6f} dec {target.dec:+.6f} deg"
    print(f"{plain(target.name)}  {plain(target.label)} ({target.label_origin})  {target.status}  {place}")
    other = [name for name in (*target.objects, *view.aliases) if name != target.name]
    if other:
        print(f"also {plain(', '.join(other))}")
    print(
        f"{target.n_alerts} alerts, {target.n_detections - target.n_upper_limits} detections, "
        f"{target.n_upper_limits} upper limits, {target.n_forced} forced; "
        f"first {to_iso(target.first_mjd)}, last {to_iso(target.last_mjd)}"
    )
    print(f"topics {plain(', '.join(target.topics)) or '-'}")
    print()
    write_rows(view_record(view)["detections"], "table", table=_SHOWN)
