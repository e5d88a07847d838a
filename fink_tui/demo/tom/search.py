"""Which targets a list has: the filters of TOM Toolkit, and what they miss."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping

from fink_tui.demo.tom.access import User
from fink_tui.demo.tom.fields import TYPES
from fink_tui.demo.tom.messages import invalid

_ALIASED = "SELECT target_id FROM tom_targets_targetname WHERE name LIKE ? ESCAPE '\\'"
_NAMED = f"(t.name LIKE ? ESCAPE '\\' OR t.id IN ({_ALIASED}))"


def found(db: sqlite3.Connection, user: User, query: Mapping[str, str]) -> list[sqlite3.Row]:
    """The targets a user sees that fit the query; what it does not know is ignored. Raises Refused."""
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    joins, conditions = [], [f"t.id IN ({user.permitted('view')})"]
    values: list[str | float] = []
    for column in ("key", "value"):
        if column in given:
            joins.append(
                f"JOIN tom_targets_targetextra of_{column} ON of_{column}.target_id=t.id AND of_{column}.{column}=?"
            )
            values.append(given[column])
    for condition, more in (
        *_by_name(given),
        *_by_type(given),
        *_by_list(db, user, given),
        *_by_place(db, given),
    ):
        conditions.append(condition)
        values += more
    sql = f"SELECT t.* FROM tom_targets_basetarget t {' '.join(joins)} WHERE {' AND '.join(conditions)} ORDER BY t.id"
    rows = db.execute(sql, values).fetchall()
    return _alike(db, rows, given["name_fuzzy"]) if "name_fuzzy" in given else rows


def like(text: str) -> str:
    """The pattern for LIKE that finds a text anywhere, without regard to the case of ASCII letters."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


Condition = tuple[str, list[str | float]]


def _by_name(given: Mapping[str, str]) -> list[Condition]:
    made: list[Condition] = []
    if "name" in given:
        # A comma separates, and the nothing behind a last one is in every name.
        terms = [like(term) for term in given["name"].split(",")]
        made.append((f"({' OR '.join([_NAMED] * len(terms))})", [term for term in terms for _ in range(2)]))
    if "query" in given:
        made.append(("t.name LIKE ? ESCAPE '\\'", [like(given["query"])]))
    return made


def _by_type(given: Mapping[str, str]) -> list[Condition]:
    if "type" not in given:
        return []
    if given["type"] not in TYPES:
        words = f"Select a valid choice. {given['type']} is not one of the available choices."
        raise invalid({"type": [words]})
    return [("t.type=?", [given["type"]])]


def _by_list(db: sqlite3.Connection, user: User, given: Mapping[str, str]) -> list[Condition]:
    """It is called name and wants an id."""
    wanted = given.get("targetlist__name")
    if wanted is None:
        return []
    known = wanted.isdecimal() and db.execute("SELECT 1 FROM tom_targets_targetlist WHERE id=?", (wanted,)).fetchone()
    if user.anonymous or not known:
        words = "Select a valid choice. That choice is not one of the available choices."
        raise invalid({"targetlist__name": [words]})
    return [("t.id IN (SELECT basetarget_id FROM tom_targets_targetlist_targets WHERE targetlist_id=?)", [wanted])]


def _by_place(db: sqlite3.Connection, given: Mapping[str, str]) -> list[Condition]:
    if "cone_search" in given:
        ra, dec, radius = map(float, given["cone_search"].split(","))
    elif "target_cone_search" in given:
        name, wide = given["target_cone_search"].split(",")
        places = db.execute(f"SELECT ra, dec FROM tom_targets_basetarget t WHERE {_NAMED}", [like(name)] * 2).fetchall()
        if len(places) != 1:
            return [("0", [])]
        ra, dec, radius = places[0]["ra"], places[0]["dec"], float(wide)
    else:
        return []
    db.create_function("separation", 4, _separation, deterministic=True)
    # The square does not go around at 0 h, and is too narrow in right ascension near the poles.
    square = "t.ra BETWEEN ? AND ? AND t.dec BETWEEN ? AND ?"
    sides = [ra - 2 * radius, ra + 2 * radius, dec - 2 * radius, dec + 2 * radius]
    return [(f"{square} AND separation(?, ?, t.ra, t.dec)<=?", [*sides, ra, dec, radius])]


def _separation(ra: float, dec: float, other_ra: float, other_dec: float) -> float | None:
    """Degrees between two places; None where rounding makes the cosine of a small angle more than one."""
    sines = math.sin(math.radians(dec)) * math.sin(math.radians(other_dec))
    cosines = math.cos(math.radians(dec)) * math.cos(math.radians(other_dec))
    cosine = sines + cosines * math.cos(math.radians(ra) - math.radians(other_ra))
    return 180 * math.acos(cosine) / math.pi if -1.0 <= cosine <= 1.0 else None


def _alike(db: sqlite3.Connection, seen: list[sqlite3.Row], wanted: str) -> list[sqlite3.Row]:
    """Those whose simplified name or alias is the same; of all there are when the user sees none."""
    rows = seen or db.execute("SELECT * FROM tom_targets_basetarget ORDER BY id").fetchall()
    names: dict[int, set[str]] = {row["id"]: {_simple(row["name"])} for row in rows}
    for alias in db.execute("SELECT name, target_id FROM tom_targets_targetname"):
        if alias["target_id"] in names:
            names[alias["target_id"]].add(_simple(alias["name"]))
    return [row for row in rows if _simple(wanted) in names[row["id"]]]


def _simple(name: str) -> str:
    return name.lower().translate(str.maketrans("", "", " -_()"))
