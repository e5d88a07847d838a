"""`fink-tui show`: one target with its history."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from fink_tui.alerts.times import to_iso
from fink_tui.commands.begin import open_database, say, settings_and_log, sites_asked
from fink_tui.output.coloured import has_colours, in_text
from fink_tui.output.curve import Look, curve_of, light_curve
from fink_tui.output.facts import groups_of
from fink_tui.output.records import alert_record, link_record, view_record
from fink_tui.output.sky import sky_record
from fink_tui.output.svg import svg
from fink_tui.output.tables import plain, write_rows
from fink_tui.store.connection import StoreError
from fink_tui.store.outbox import NOT_SENT, Link, links_of_target, tom_states
from fink_tui.store.targets import TargetView, find_targets, view_target

_SHOWN = ("time", "band", "mag", "mag_err", "flux_njy", "flux_err_njy", "upper_limit", "kind")

# What the first lines say already.
_TOLD = ("what", "where", "known as", "topics", "history")
_LEAST_LINES, _MOST_LINES = 10, 30


def run(args: argparse.Namespace) -> int:
    """Print the target that the name means; 1 where there is none or more than one."""
    settings, _ = settings_and_log(args)
    try:
        sites = sites_asked(args, settings)
        conn = open_database(args, must_exist=True)
    except StoreError as error:
        say(f"fink-tui: {error}")
        return 1
    except ValueError as error:
        say(f"fink-tui: {error}")
        return 2
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
    if args.plot is not None:
        return _plot(view, args.plot)
    toms = links_of_target(conn, view.target.id)
    if args.format == "json":
        about = view_record(view) | sky_record(view.target, sites, settings.dust_maps)
        about["toms"] = [link_record(tom, link) for tom, link in toms.items()]
        about["tom"] = tom_states(conn, settings.toms[0].url).get(view.target.id, NOT_SENT) if settings.toms else None
        print(json.dumps(about, indent=1, allow_nan=False))
    elif args.format == "table":
        _print(view, sky_record(view.target, sites, settings.dust_maps), toms)
    else:
        write_rows([alert_record(alert) for alert in view.alerts], args.format)
    return 0


def _print(view: TargetView, sky: dict[str, Any], toms: dict[str, Link]) -> None:
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
    if sky["constellation"]:
        dust = "" if sky["ebv"] is None else f", E(B-V) {sky['ebv']:.3f}"
        print(f"galactic {sky['glon']:.4f} {sky['glat']:+.4f} deg, in {sky['constellation']}{dust}")
    for seen in sky["visibility"]:
        print(f"{seen['site']}: {_tonight(seen)}")
    for tom, link in toms.items():
        name = "" if link.tom_id is None else f", number {link.tom_id} {link.tom_name}"
        print(plain(f"on {tom}: {link.state}{name}{f' ({link.why})' if link.why else ''}"))
    print(f"topics {plain(', '.join(target.topics)) or '-'}")
    for group in groups_of(view):
        if group.title in _TOLD:
            continue
        print(f"\n{plain(group.title)}")
        width = max(len(fact.name) for fact in group.facts)
        for fact in group.facts:
            away = "" if fact.separation is None else f"  at {fact.separation:.2f}″"
            note = f"  {fact.note}" if fact.note else ""
            print(plain(f"  {fact.name:<{width}}  {fact.text} {fact.unit}{away}{note}".rstrip()))
    print()
    write_rows(view_record(view)["detections"], "table", table=_SHOWN)


def _tonight(seen: dict[str, Any]) -> str:
    """One line on what is visible from a site."""
    if seen["alt"] is None:
        return "where it is now is not known"
    text = f"altitude {seen['alt']:.1f} deg, {'rising' if seen['is_rising'] else 'sinking'}"
    text += "" if seen["airmass"] is None else f", airmass {seen['airmass']:.2f}"
    if seen["best_alt"] is None:
        text += "; nothing is left of the night's dark time"
    else:
        text += f"; best {seen['best_alt']:.1f} deg at {seen['best_time'][:16]}Z, observable for {seen['hours']:.1f} h"
    return f"{text}; Moon {seen['moon']:.0f} deg away"


def _plot(view: TargetView, where: Path | bool) -> int:
    """Draw the light curve into the terminal, or into an SVG file that must not be there yet."""
    curve, look = curve_of(view.detections, "auto"), Look(axis="date")
    title = f"{plain(view.target.name)}  {plain(view.target.label)}"
    if not isinstance(where, Path):
        width, height = shutil.get_terminal_size()
        print(title)
        height = min(max(height - 2, _LEAST_LINES), _MOST_LINES)
        print(in_text(light_curve(curve, look, width, height), colours=has_colours()), end="")
        return 0
    try:
        with where.open("x", encoding="utf-8") as file:
            file.write(svg(curve, look, title))
    except OSError as error:
        say(f"fink-tui: {where} is not written: {error.strerror or error}")
        return 1
    say(f"written: {where}")
    return 0
