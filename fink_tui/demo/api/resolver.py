"""/resolver: names at SIMBAD, at the Transient Name Server and in SsODNet, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fink_tui.demo.api import moving
from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.formats import Row, Rows
from fink_tui.demo.api.tables import frame
from fink_tui.demo.times import stamp

_SIMBAD = (
    # name as SIMBAD writes it, what else it is called, number, type, place in degrees and as text, shape
    ("Mrk 2", ("Markarian 2", "UGC 1385"), 1579005, "GiG", 28.7241958, 36.9179556, "01:54:53.80 +36:55:04.6", "SBa"),
    (
        "M  31",
        ("Messier 31", "NGC 224", "M31"),
        1575544,
        "AGN",
        10.684708,
        41.26875,
        "00:42:44.33 +41:16:07.5",
        "SA(s)b",
    ),
    ("BL Lac", ("VSX J220243.2+421639",), 3326573, "BLL", 330.680381, 42.277771, "22:02:43.29 +42:16:39.9", None),
    ("NGC  4993", ("NGC 4993",), 3218391, "GiG", 197.448750, -23.383830, "13:09:47.70 -23:23:01.8", "S0"),
)

# The transient in Fink's documentation; nothing of it is on the simulated sky any more.
_DOCUMENTED = {
    "fullname": "SN 2023vwy",
    "internalname": "ZTF23abmwsrw",
    "ra": "47.765951",
    "declination": "52.219894",
    "type": "SN Ia",
    "redshift": "nan",
    "discoverydate": "2023-10-20 00:00:00",
}


def of_ztf(database: Database, arguments: Any) -> Rows:
    """Resolve with the names of the ZTF API; an unknown resolver is an exception, as there."""
    return _resolve(database, "ztf", arguments, arguments["name"])


def of_lsst(database: Database, arguments: Any) -> Rows:
    """Resolve with the names of the LSST API; an unknown resolver is an exception, as there."""
    return _resolve(database, "lsst", arguments, arguments["name_or_id"])


def _resolve(database: Database, survey: str, arguments: Any, name: str) -> Rows:
    # A real JSON true: the word of a query string is not enough.
    way = (arguments["resolver"], arguments.get("reverse") is True)
    if way == ("simbad", False):
        return _of_simbad(name)
    nmax = arguments.get("nmax", 10)
    if not isinstance(nmax, int):
        raise TypeError("the database takes a number for its limit")
    if way[0] == "tns":
        reverse = _transients_of if survey == "lsst" else _transients_within
        found = reverse(database, name) if way[1] else _transients(database, survey, name)
    elif way == ("simbad", True):
        found = _matches(database, survey, name)
    elif way[0] == "ssodnet":
        if survey == "lsst" and not way[1]:
            return _sources_of_body(database, name)
        found = _ssodnet(database, survey, name, nmax == 1, way[1])
    else:
        raise ValueError(arguments["resolver"])
    # An exact search in SsODNet is the only one without a limit.
    is_exact = survey == "ztf" and way == ("ssodnet", False) and nmax == 1
    return frame(list(found)[: None if is_exact else nmax], cast=False)


def _of_simbad(name: str) -> Rows:
    for main, others, number, kind, ra, dec, place, shape in _SIMBAD:
        if moving.plain(name) in {moving.plain(known) for known in (main, *others)}:
            return [
                {
                    "name": "Si=Simbad, all IDs (via url)",
                    "oid": number,
                    "oname": main,
                    "otype": kind,
                    "jpos": place,
                    "jradeg": ra,
                    "jdedeg": dec,
                    "refPos": "2006AJ....131.1163S",
                    "z": None,
                    "MType": shape,
                    "nrefs": 138,
                }
            ]
    return []


def _keyed(key: str, alert: Alert, values: dict[str, Any]) -> Row:
    """A row straight from the database: nothing is cast, so that numbers are text, and its own columns are there."""
    return {"key:key": key, "key:time": stamp(alert.mjd), **{name: str(value) for name, value in values.items()}}


def _named(database: Database) -> list[Alert]:
    """The last alert of each object with a name at the Transient Name Server, of both surveys."""
    latest = (alerts[0] for survey in ("ztf", "lsst") for alerts in database.objects(survey).values())
    return sorted((alert for alert in latest if alert.tns), key=lambda alert: (alert.tns, alert.object_id))


def _transients(database: Database, survey: str, name: str) -> Iterator[Row]:
    """Every name that begins so, whatever its case; all of them for none."""
    for alert in _named(database):
        if alert.tns.lower().startswith(name.lower()):
            yield _transient(database, survey, alert)
    if _DOCUMENTED["fullname"].lower().startswith(name.lower()):
        yield _documented(survey)


def _documented(survey: str) -> Row:
    values = {f"{'d:' if survey == 'ztf' else 'f:'}{name}": value for name, value in _DOCUMENTED.items()}
    key = f"{_DOCUMENTED['fullname'].lower()}_{_DOCUMENTED['internalname']}"
    return {"key:key": key, "key:time": "2023-10-20 00:00:00", **values}


def _transients_within(database: Database, name: str) -> Iterator[Row]:
    if _DOCUMENTED["internalname"].startswith(name):
        yield _documented("ztf")
    for alert in _named(database):
        if _internal_name(alert).startswith(name):
            yield _transient(database, "ztf", alert)


def _transient(database: Database, survey: str, alert: Alert) -> Row:
    prefix = "d:" if survey == "ztf" else "f:"
    row, first = alert.known.main, database.objects(alert.survey)[alert.object_id][-1]
    values = {
        "fullname": alert.tns,
        "internalname": _internal_name(alert),
        "ra": alert.ra,
        "declination": alert.dec,
        "type": row.get("d:tns") or row.get("f:xm_tns_type") or "nan",
        "redshift": row.get("f:xm_tns_redshift", "nan"),
        "discoverydate": stamp(first.mjd)[:19],
    }
    key = f"{alert.tns.lower()}_{_internal_name(alert)}"
    return _keyed(key, alert, {f"{prefix}{name}": value for name, value in values.items()})


def _internal_name(alert: Alert) -> str:
    return alert.object_id if alert.survey == "ztf" else f"LSST-AP-DO-{alert.object_id}"


def _transients_of(database: Database, object_id: str) -> Iterable[Row]:
    """The distinct matches that the sources of an LSST object have had."""
    names = ("f:xm_tns_fullname", "f:xm_tns_type", "f:xm_tns_redshift")
    found: dict[str, Row] = {}
    for alert in database.objects("lsst").get(object_id, ()):
        row = alert.known.main
        if row.get(names[0]):
            values = {name: str(row.get(name)) for name in ("r:diaObjectId", *names)}
            found[values[names[0]]] = values
    return found.values()


def _matches(database: Database, survey: str, name: str) -> Iterator[Row]:
    """What SIMBAD says at the places of an object's alerts."""
    if survey == "ztf":
        wanted = ("i:objectId", "d:cdsxmatch", "i:ra", "i:dec", "i:candid", "i:jd")
        for alert in database.beginning_with("ztf", name):
            row = alert.known.main
            yield _keyed(f"{alert.object_id}_{row['i:jd']}", alert, {column: row[column] for column in wanted})
    # The rows of LSST are keyed by the last digits first, so that the real API finds none by the name alone.


def _ssodnet(database: Database, survey: str, name: str, is_exact: bool, reverse: bool) -> Iterator[Row]:
    known = moving.bodies(database)
    if reverse:
        alerts = [a for a in database.alerts(survey) if a.designation and _is_of(survey, a, name)]
        for body in known:
            of_body = [alert for alert in alerts if body.is_called(alert.designation)]
            if of_body:
                yield from _body_rows(survey, body, of_body[0].designation)
        return
    for body in known:
        keys = [moving.plain(key) for key in (body.name, str(body.number or ""), *body.aliases) if key]
        if any(key == moving.plain(name) if is_exact else key.startswith(moving.plain(name)) for key in keys):
            yield from _body_rows(survey, body, str(body.number or body.name).replace(" ", ""))


def _is_of(survey: str, alert: Alert, name: str) -> bool:
    if survey == "ztf":
        return alert.object_id.startswith(name)
    return str(alert.known.moving.get("r:ssObjectId")) == name


def _body_rows(survey: str, body: moving.Body, called: str) -> Iterator[Row]:
    if survey == "lsst":
        yield {"f:sso_name": body.name, "r:packed_primary_provisional_designation": (*body.aliases, called)[0]}
        return
    # One entry by the name and one by the number.
    for _ in range(2 if body.number else 1):
        yield {"i:name": body.name, "i:number": str(body.number or "nan"), "i:ssnamenr": called}


def _sources_of_body(database: Database, name: str) -> Rows:
    # The real one asks its own /sso, and fails over a refusal as it can't be read as a table.
    columns = "r:packed_primary_provisional_designation,r:ssObjectId,r:diaSourceId"
    return moving.of_lsst(database, {"n_or_d": name, "columns": columns})
