"""/statistics: one row a night, straight from the database, so that every number is text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.formats import Row, Rows
from fink_tui.demo.api.labels import classification
from fink_tui.demo.api.tables import frame
from fink_tui.demo.times import stamp, utc

LSST_COLUMNS = {
    "night": "Observation date in the form YYYYMMDD",
    "alerts": "Number of alerts processed",
    **{f"alerts_{band}": f"Number of alerts processed for band {band}" for band in "ugrizy"},
    "objects": "Number of unique objects for the night",
    "is_sso": "Number of alerts associated to a Solar System object",
    "is_first": "Number of alerts with first detection",
    "in_tns": "Number of alerts with a counterpart in TNS",
    "is_cataloged": "Number of alerts with a counterpart in SIMBAD or Gaia DR3",
    "visits": "Number of visits",
    **{
        name: f"Number of alerts with the flag {name}"
        for name in ("glint_trail", "isDipole", "pixelFlags_cr", "pixelFlags_saturated", "pixelFlags_streak")
    },
    "fink_broker_version": "fink-broker version used to process the alert data",
    "fink_science_version": "fink-science version used to process the alert data",
    "lsst_schema_version": "LSST schema version used to generate alert data",
}


def of_ztf(database: Database, arguments: Any) -> Rows:
    """The nights whose date begins as asked; with `schema` the columns that there are."""
    found = [_ztf_night(night, alerts) for night, alerts in _nights(database.alerts("ztf"))]
    if str(arguments.get("schema")) == "True":
        return [{"schema": name} for name in sorted({name for row in found for name in row} - {"key:key", "key:time"})]
    return _chosen(found, arguments, f"ztf_{arguments['date']}", "key:key")


def of_lsst(database: Database, arguments: Any) -> Rows:
    """The nights whose date begins as asked."""
    found = [_lsst_night(night, alerts) for night, alerts in _nights(database.alerts("lsst"))]
    return _chosen(found, arguments, str(arguments["date"]), "f:night")


def _chosen(found: Rows, arguments: Any, beginning: str, key: str) -> Rows:
    # No blanks are taken out of the columns here: the names of classes have some.
    columns = arguments.get("columns", "*")
    kept = None if columns == "*" else {key, "key:time", *columns.split(",")}
    nights = [row for row in found if row[key].startswith(beginning)]
    return frame([{name: row[name] for name in row if kept is None or name in kept} for row in nights], cast=False)


def _nights(alerts: Iterable[Alert]) -> list[tuple[str, list[Alert]]]:
    by_night: dict[str, list[Alert]] = {}
    for alert in alerts:
        by_night.setdefault(f"{utc(alert.mjd):%Y%m%d}", []).append(alert)
    return sorted(by_night.items())


def _ztf_night(night: str, alerts: list[Alert]) -> Row:
    rows = [alert.known.main for alert in alerts]
    bands = Counter(row["i:fid"] for row in rows)
    numbers = {
        "basic:raw": len(rows) * 3,
        "basic:sci": len(rows),
        "basic:n_g": bands[1],
        "basic:n_r": bands[2],
        "basic:exposures": len({row["i:jd"] for row in rows}),
        "basic:fields": len({row["i:field"] for row in rows}),
        **{f"class:{name}": count for name, count in Counter(classification(row) for row in rows).items()},
    }
    return _row(night, alerts, numbers, "key:key", f"ztf_{night}")


def _lsst_night(night: str, alerts: list[Alert]) -> Row:
    pixel = [alert.known.pixel for alert in alerts]
    count: Callable[[str], int] = lambda name: sum(row.get(name) is True for row in pixel)  # noqa: E731
    bands = Counter(row["r:band"] for row in pixel)
    versions = ("fink_broker_version", "fink_science_version", "lsst_schema_version")
    flags = ("glint_trail", "isDipole", "pixelFlags_cr", "pixelFlags_saturated", "pixelFlags_streak")
    values = {
        "f:alerts": len(pixel),
        **{f"f:alerts_{band}": bands[band] for band in "ugrizy"},
        "f:objects": len({alert.object_id for alert in alerts} - {"0"}),
        **{f"f:{name}": count(f"f:{name}") for name in ("is_sso", "is_first", "is_cataloged")},
        "f:in_tns": sum("f:xm_tns_fullname" in row for row in pixel),
        "f:visits": len({row["r:visit"] for row in pixel}),
        **{f"f:{name}": count(f"r:{name}") for name in flags},
        **{f"f:{name}": pixel[0].get(f"f:{name}") for name in versions},
    }
    row = _row(night, alerts, values, "f:night", night)
    del row["key:time"]
    return row


def _row(night: str, alerts: list[Alert], values: dict[str, Any], key: str, name: str) -> Row:
    return {key: name, "key:time": stamp(alerts[0].mjd), **{column: str(value) for column, value in values.items()}}
