"""The LSST endpoints that return rows: sources, objects, forced photometry, by place and by tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fink_tui.demo.api import rows
from fink_tui.demo.api.cone import cone_of, mjd_of_any, mjd_of_iso
from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.errors import refusal
from fink_tui.demo.api.formats import Rows
from fink_tui.demo.api.names import check_tag
from fink_tui.demo.api.rows import Cells
from fink_tui.demo.api.tables import LIMIT, columns_of, frame, newest_first, scan

_FIRST, _LAST = "f:firstDiaSourceMjdTaiFink", "r:midpointMjdTai"
_SAME_TIME = 1e-7  # days
Answer = Callable[[Any], Rows]


def _table(cells: Iterable[Cells], columns: str, fixed: tuple[str, ...]) -> Rows:
    found = scan(cells, columns)
    return newest_first(frame(found, fixed if columns == "*" and found else ()), _LAST)


def _of_objects(database: Database, arguments: Any) -> list[list[Alert]]:
    """The alerts of each object asked for, in the order of the table's keys, which begin with the last three digits."""
    wanted = arguments["diaObjectId"]
    names = [name.strip() for name in wanted.split(",")] if "," in wanted else [wanted]
    known = database.objects("lsst")
    return [known[name] for name in sorted(set(names), key=lambda name: f"{name[-3:]}_{name}") if name in known]


def sources(database: Database) -> Answer:
    """/sources: every source of an object, as ZTF's /objects."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments)
        alerts = [alert for alerts in _of_objects(database, arguments) for alert in alerts]
        if "midpointMjdTai" in arguments and "," not in arguments["diaObjectId"]:
            time = float(arguments["midpointMjdTai"])
            alerts = [alert for alert in alerts if abs(alert.known.main[_LAST] - time) < _SAME_TIME]
        return _table((alert.known.main for alert in alerts), columns, rows.LSST_SOURCE)

    return answer


def objects(database: Database) -> Answer:
    """/objects: one row of summary per object, not in the order asked for."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments)
        cells = (alerts[0].known.summary for alerts in _of_objects(database, arguments))
        return _table(cells, columns, rows.LSST_OBJECT)

    return answer


def forced(database: Database) -> Answer:
    """/fp: forced photometry, each exposure once, as the last alert has it."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments)
        points: dict[tuple[int, int], Cells] = {}
        for alerts in _of_objects(database, arguments):
            for alert in reversed(alerts):
                points |= {(row["r:diaObjectId"], row["r:visit"]): row for row in alert.known.forced}
        return _table(points.values(), columns, rows.LSST_FORCED)

    return answer


def by_place(database: Database) -> Answer:
    """/conesearch: the last source of each object in a circle, in the way of release 3.7."""

    def answer(arguments: Any) -> Rows:
        columns = columns_of(arguments, "r:ra", "r:dec", _LAST)
        has_dates = "startdate" in arguments or "stopdate" in arguments
        if has_dates and columns != "*" and _FIRST not in columns:
            raise refusal(f"You need to add `{_FIRST}` to the columns to filter by date.\n")
        int(arguments.get("n", 1000))
        near = cone_of(arguments).latest_in(database.objects("lsst").values())
        if has_dates:
            near = [(far, alert) for far, alert in near if _is_between(alert.known.pixel, arguments)]
        cells = scan((alert.known.pixel for _, alert in near), columns)
        return frame([row | {"v:separation_degree": far} for row, (far, _) in zip(cells, near, strict=False)])

    return answer


def _is_between(row: Cells, arguments: Any) -> bool:
    """Whether an object was seen only within the dates, or, with kind "across", at any time within them."""
    start = mjd_of_any(arguments["startdate"]) if "startdate" in arguments else 0.0
    stop = start + float(arguments["window"]) if "window" in arguments and start else float("inf")
    if "stopdate" in arguments:
        stop = mjd_of_any(arguments["stopdate"])
    if arguments.get("kind", "within") == "across":
        return bool(row[_FIRST] <= stop and row[_LAST] >= start)
    return bool(row[_FIRST] >= start and row[_LAST] <= stop)


def by_tag(database: Database) -> Answer:
    """/tags: the last alerts of a tag, many of the same objects."""

    def answer(arguments: Any) -> Rows:
        tag = arguments["tag"]
        check_tag(tag)
        number = min(int(arguments.get("n", 10)), LIMIT)
        start = mjd_of_iso(arguments.get("startdate", "2019-11-01 00:00:00"))
        stop = mjd_of_iso(arguments["stopdate"]) if "stopdate" in arguments else float("inf")
        cells: list[Cells] = []
        for alert in database.alerts("lsst"):
            if len(cells) >= number:
                break
            if start <= alert.mjd <= stop and tag in alert.known.labels:
                cells.append(alert.known.main)
        return _table(cells, columns_of(arguments), rows.LSST_SOURCE)

    return answer
