"""The ZTF endpoints that return rows of alerts: by object, place, class, anomaly, tracklet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from fink_tui.demo.api import rows
from fink_tui.demo.api.computed import with_computed
from fink_tui.demo.api.cone import cone_of, mjd_of_any, mjd_of_iso
from fink_tui.demo.api.cutouts import KINDS, pixels
from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.errors import plain_refusal, refusal
from fink_tui.demo.api.formats import Rows
from fink_tui.demo.api.names import TNS_TYPES
from fink_tui.demo.api.rows import Cells
from fink_tui.demo.api.tables import LIMIT, columns_of, frame, newest_first, scan
from fink_tui.demo.times import JD_OF_MJD, stamp

_TRENDS = ("rising", "fading", "low_state", "new_low_state")
_LOW_STATE = "(CTA) Blazar low state"
_PER_NIGHT = 10  # anomalies
_FIRST_DAY = "2019-11-01 00:00:00"
Answer = Callable[[Any], Rows]


def table(
    cells: Iterable[Cells], columns: str, rates: bool = False, only: Collection[str] | None = None, group: bool = False
) -> Rows:
    """Rows of a ZTF table, the newest first; with all columns also those that are computed."""
    found = scan(cells, columns, only)
    if columns == "*" and found:
        defaults = {"d:tracklet": "", "d:tns": "", **{f"d:blazar_stats_m{k}": -1.0 for k in range(3)}}
        absent = {name: value for name, value in defaults.items() if not any(name in row for row in found)}
        found = with_computed([absent | row for row in found], rates)
    if group and found and {"i:jd", "i:objectId"} <= found[0].keys():
        found = list({row["i:objectId"]: row for row in sorted(found, key=lambda row: float(row["i:jd"]))}.values())
    return newest_first(frame(found), "i:jd")


def by_object(database: Database) -> Answer:
    """/objects: every alert of an object, on demand with its upper limits and cutouts."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments)
        wanted = [name.strip() for name in arguments["objectId"].split(",")]
        alerts = list({a.source_id: a for name in wanted for a in database.beginning_with("ztf", name)}.values())
        found = table((alert.known.main for alert in alerts), columns, rates=True)
        if found and str(arguments.get("withcutouts")) == "True":
            add_cutouts(found, {alert.source_id: alert for alert in alerts}, arguments.get("cutout-kind", "All"))
        if str(arguments.get("withupperlim")) == "True":
            return _with_limits(found, alerts)
        return found

    return answer


def add_cutouts(found: Rows, alerts: dict[int, Alert], kind: str) -> None:
    """Give rows the pixels of a cutout, or of "All" three; a row without its candid is a KeyError."""
    for row in found:
        packet = alerts[row["i:candid"]].packet()
        for name in KINDS if kind == "All" else [kind]:
            row[f"b:cutout{name}_stampData"] = pixels(packet, name) if name in KINDS else []


def _with_limits(found: Rows, alerts: list[Alert]) -> Rows:
    """The valid rows among those of the two other tables, which are not cast: all but the time is text there."""
    times = {alert.known.main["i:jd"] for alert in alerts}
    limits: dict[tuple[str, float], Cells] = {}
    for alert in alerts:
        known = alert.known
        for tag, points in (("upperlim", known.limits), ("badquality", known.detections)):
            for point in points:
                key = {"key:key": f"{point['i:objectId']}_{point['i:jd']}", "key:time": stamp(alert.mjd)}
                if point["i:jd"] not in times:
                    limits[point["i:objectId"], point["i:jd"]] = point | key | {"i:candid": -1, "d:tag": tag}
    together: Rows = [row | {"d:tag": "valid"} for row in found]
    together += list(limits.values())
    names = list(dict.fromkeys(name for row in together for name in row))
    return newest_first([{name: row.get(name) for name in names} for row in together], "i:jd")


def by_place(database: Database) -> Answer:
    """/conesearch: the last alert of each object in a circle, a few columns of it."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments, "i:ra", "i:dec")
        start, stop = _between(arguments)
        int(arguments.get("n", 1000))
        near = cone_of(arguments).latest_in(database.objects("ztf").values())
        if "startdate" in arguments:
            near = [(far, a) for far, a in near if start <= a.known.pixel["i:jdstarthist"] - JD_OF_MJD <= stop]
        cells = scan((alert.known.pixel for _, alert in near), columns, rows.ZTF_PIXEL)
        return frame([row | {"v:separation_degree": far} for row, (far, _) in zip(cells, near, strict=False)])

    return answer


def _between(arguments: Any) -> tuple[float, float]:
    start = mjd_of_any(arguments["startdate"]) if "startdate" in arguments else 0.0
    if "stopdate" in arguments:
        return start, mjd_of_any(arguments["stopdate"])
    if "window" in arguments and "startdate" in arguments:
        return start, start + float(arguments["window"])
    return start, float("inf")


def by_class(database: Database) -> Answer:
    """/latests: the last alerts of a class, several of an object if they come so."""

    def answer(arguments: Any) -> Rows:
        _check_trend(arguments)
        number = int(arguments.get("n", 10))
        start, stop = _iso_between(arguments, "startdate", "stopdate")
        columns, name = columns_of(arguments), arguments["class"]
        is_tns = name.startswith("(TNS)") and name.split("(TNS) ")[1] in TNS_TYPES
        wanted = name if is_tns else name.removeprefix("(SIMBAD) ")
        cells: list[Cells] = []
        for alert in database.alerts("ztf"):
            if len(cells) >= min(number, LIMIT):
                break
            if start <= alert.mjd <= stop and wanted in alert.known.labels:
                cells.append(alert.known.main)
        grouped = wanted.startswith("(CTA)") or wanted == "SLSN candidate"
        found = table(cells, columns, "color" in arguments, rows.ZTF_INDEX, grouped)
        return _with_trend(found, arguments.get("trend"))

    return answer


def _check_trend(arguments: Any) -> None:
    trend = arguments.get("trend", _TRENDS[0])
    lines: tuple[str, ...] = ()
    if trend not in _TRENDS:
        lines = (f"{trend} is not a valid trend.", f"Trend must be among: {', '.join(_TRENDS)}")
    elif trend.endswith("low_state") and arguments["class"] != _LOW_STATE:
        lines = (
            f"{trend} trend is only implemented for the `{_LOW_STATE}` class.",
            f"{arguments['class']} class can accept trend among: rising, fading.",
        )
    if lines:
        raise plain_refusal("\n" + "".join(f"        {line}\n" for line in lines) + "        ")


def _with_trend(found: Rows, trend: str | None) -> Rows:
    # Applied to what the limit has left, so that fewer rows come back than were asked for.
    if not found or trend in (None, "low_state"):
        return found
    if trend == "new_low_state":
        return [row for row in found if row.get("d:blazar_stats_m0", 1.0) >= 1.0]
    sign = -1.0 if trend == "rising" else 1.0
    return [row for row in found if row["d:mag_rate"] is not None and sign * row["d:mag_rate"] > 0.0]


def _iso_between(arguments: Any, first: str, last: str) -> tuple[float, float]:
    start = mjd_of_iso(arguments.get(first, _FIRST_DAY))
    return start, mjd_of_iso(arguments[last]) if last in arguments else float("inf")


def anomalies(database: Database) -> Answer:
    """/anomaly: the ten most anomalous alerts of each night, the newest first; a lower score is more anomalous."""

    def answer(arguments: Any) -> Rows:
        number = int(arguments.get("n", 10))
        start, stop = _iso_between(arguments, "start_date", "stop_date")
        nights: dict[int, list[Cells]] = {}
        for alert in database.alerts("ztf"):
            if start <= alert.mjd <= stop + 1.0 and alert.known.main.get("d:anomaly_score", 0.0) < 0.0:
                nights.setdefault(int(alert.mjd), []).append(alert.known.main)
        worst = (sorted(night, key=lambda row: float(row["d:anomaly_score"]))[:_PER_NIGHT] for night in nights.values())
        chosen = sorted((row for night in worst for row in night), key=lambda row: -float(row["i:jd"]))
        return table(chosen[:number], columns_of(arguments), only=rows.ZTF_INDEX)

    return answer


def tracklets(database: Database) -> Answer:
    """/tracklet: the alerts of something that crossed the field, by its name or the beginning of its date."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments)
        if "id" in arguments:
            name = arguments["id"]
        elif "date" in arguments:
            name = "TRCK_" + arguments["date"].replace("-", "").replace(":", "").replace(" ", "_")
        else:
            raise refusal("You need to specify a date at the format YYYY-MM-DD hh:mm:ss\n")
        cells = (row for row in _crossings(database) if row["d:tracklet"].startswith(name))
        return table(cells, columns, only=rows.ZTF_INDEX)

    return answer


def _crossings(database: Database) -> Iterator[Cells]:
    """An invented satellite a night: five spots in a line on the exposure of the night's first alert."""
    firsts = {int(alert.mjd): alert for alert in database.alerts("ztf")}
    for first in firsts.values():
        name = f"TRCK_{stamp(first.mjd)[:19].replace('-', '').replace(':', '').replace(' ', '_')}_00"
        row = first.known.main
        for k, letter in enumerate("abcde"):
            yield row | {
                "i:objectId": f"{row['i:objectId'][:5]}aatrck{letter}",
                "i:candid": row["i:candid"] + 1000 + k,
                "i:ra": row["i:ra"] + 0.02 * k,
                "i:dec": row["i:dec"] + 0.011 * k,
                "i:isdiffpos": "t",
                "i:magpsf": 15.2 + 0.05 * k,
                "d:cdsxmatch": "Unknown",
                "d:tracklet": name,
                "d:roid": 0,
            }
