"""Solar system objects: the names that quaero would know, and the /sso endpoints of both surveys."""

from __future__ import annotations

import contextlib
import math
import random
from dataclasses import dataclass
from typing import Any

from fink_tui.demo import lsst_ids
from fink_tui.demo.api import rows
from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.errors import refusal
from fink_tui.demo.api.formats import Rows
from fink_tui.demo.api.rows import Cells
from fink_tui.demo.api.tables import columns_of, frame, newest_first, scan
from fink_tui.demo.api.ztf_tables import add_cutouts, table

_PACKED = "r:packed_primary_provisional_designation"
_CUTOUT_KINDS = ("Science", "Template", "Difference")


@dataclass(frozen=True, slots=True)
class Body:
    """A solar system object: its proper name or designation, its number if it has one, and how alerts call it."""

    name: str
    number: int | None
    aliases: tuple[str, ...] = ()

    def is_called(self, name: str) -> bool:
        """Whether the name, number or designation is this object's; blanks, underscores and case don't count."""
        known = (self.name, str(self.number or ""), *self.aliases)
        return plain(name) in {plain(alias) for alias in known if alias}


# Some that anyone may ask for, whether or not they are on the simulated sky.
_FAMOUS = (
    Body("Ceres", 1, ("1801 AA",)),
    Body("Vesta", 4),
    Body("Polyhymnia", 33),
    Body("Phaethon", 3200, ("1983 TB", "J83T00B")),
    Body("Benoitcarry", 8467, ("1981 EB15",)),
    Body("Julienpeloton", 33803, ("1999 XZ105",)),
)


def plain(name: str) -> str:
    """A name without what does not tell names apart."""
    return name.replace(" ", "").replace("_", "").lower()


def bodies(database: Database) -> list[Body]:
    """Every object with a name: the famous ones and those that the alerts are of."""
    known = list(_FAMOUS)
    for survey in ("ztf", "lsst"):
        for designation, packed in sorted({(a.designation, _packed(a)) for a in database.alerts(survey)} - {("", "")}):
            if not any(body.is_called(designation) for body in known):
                number = int(designation) if designation.isdigit() else None
                known.append(Body(designation, number, (packed,) if packed else ()))
    return known


def _packed(alert: Alert) -> str:
    """The seven letters that quaero has among the aliases of an object with a provisional designation."""
    with contextlib.suppress(ValueError, IndexError):
        return lsst_ids.packed_designation(alert.designation)
    return ""


def _body(known: list[Body], name: str) -> Body:
    for body in known:
        if body.is_called(name):
            return body
    raise refusal(f"{name} is not a valid name or number according to quaero.\n")


def _is_true(arguments: Any, name: str) -> bool:
    return arguments.get(name) == "True" or arguments.get(name) is True


def _names(arguments: Any) -> list[str]:
    names = [name.strip() for name in str(arguments["n_or_d"]).split(",")]
    if len(names) > 1 and _is_true(arguments, "withResiduals"):
        raise refusal("You cannot request residuals for a list object names.\n")
    return names


def of_ztf(database: Database, arguments: Any) -> Rows:
    """/sso of ZTF: every alert of the objects, with ephemerides, residuals and cutouts when asked for."""
    columns = columns_of(arguments, "i:ssnamenr")
    with_cutouts = _is_true(arguments, "withcutouts")
    if with_cutouts and columns != "*" and not ("i:objectId" in columns and "i:candid" in columns):
        raise refusal("You need to add 'i:objectId,i:candid' to the columns.\n")
    known = bodies(database)
    wanted = [_body(known, name) for name in _names(arguments)]
    alerts = [a for a in database.alerts("ztf") if a.designation and any(b.is_called(a.designation) for b in wanted)]
    found = table((alert.known.main for alert in alerts), columns, only=rows.ZTF_INDEX)
    for row in found:
        body = next(body for body in wanted if body.is_called(row["i:ssnamenr"]))
        row |= {"sso_name": body.name, "sso_number": body.number}
    if with_cutouts:
        kind = arguments.get("cutout-kind", "Science")
        if kind not in _CUTOUT_KINDS:
            raise refusal("`cutout-kind` must be `Science`, `Difference`, or `Template`.\n")
        add_cutouts(found, {alert.source_id: alert for alert in alerts}, kind)
    with_residuals = _is_true(arguments, "withResiduals")
    if with_residuals or _is_true(arguments, "withEphem"):
        found = [row | _ephemeris(row) for row in found]
    return _with_residuals(found) if with_residuals else found


def _ephemeris(row: Cells) -> Cells:
    """Columns of Miriade: invented, but smooth in time and the same for the same object."""
    dice = random.Random(str(row["sso_name"]))
    phase = 18.0 + 9.0 * math.sin(2.0 * math.pi * (row["i:jd"] - 2461000.0) / 480.0 + dice.random())
    sun, earth = dice.uniform(2.1, 2.9), dice.uniform(1.2, 1.9)
    visual = row["i:magpsf"] - 5.0 * math.log10(sun * earth) - 0.035 * phase
    return {
        "Dhelio": sun,
        "Dobs": earth,
        "Elong.": 180.0 - 2.4 * phase,
        "Phase": phase,
        "SDSS:g": visual + 0.3,
        "SDSS:r": visual - 0.2,
        "VMag": visual,
        "i:magpsf_red": row["i:magpsf"] - 5.0 * math.log10(sun * earth),
    }


def _with_residuals(found: Rows) -> Rows:
    """What is left of the reduced magnitudes in each band when their mean is taken away."""
    means: dict[int, list[float]] = {}
    for row in found:
        means.setdefault(row["i:fid"], []).append(row["i:magpsf_red"])
    mean = {band: sum(values) / len(values) for band, values in means.items()}
    return [row | {"residuals_shg1g2": row["i:magpsf_red"] - mean[row["i:fid"]]} for row in found]


def of_lsst(database: Database, arguments: Any) -> Rows:
    """/sso of LSST: every source of the objects; ephemerides and residuals are not computed there."""
    columns = columns_of(arguments, _PACKED)
    known = bodies(database)
    wanted = [_body(known, name) for name in _names(arguments)]
    pairs = [
        (alert, body)
        for body in wanted
        for alert in database.alerts("lsst")
        if alert.designation and body.is_called(alert.designation)
    ]
    cells = scan((alert.known.moving for alert, _ in pairs), columns)
    named = [row | {"f:sso_name": body.name} for row, (_, body) in zip(cells, pairs, strict=False)]
    found = frame(named, rows.LSST_MOVING if columns == "*" and named else ())
    return newest_first(found, "r:midpointMjdTai")
