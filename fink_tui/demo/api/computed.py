"""The `v:` columns, which the ZTF API works out for each reply from the rows in it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from fink_tui.demo.api.cone import constellations
from fink_tui.demo.api.labels import classification
from fink_tui.demo.api.rows import Cells
from fink_tui.demo.times import JD_OF_MJD, utc

COLUMNS = {
    "classification": "string",
    "constellation": "string",
    "firstdate": "string",
    "g-r": "double",
    "lapse": "double",
    "lastdate": "string",
    "rate": "double",
    "rate(g-r)": "double",
    "sigma(g-r)": "double",
    "sigma(rate)": "double",
    "sigma(rate(g-r))": "double",
}
_TOGETHER = 0.3  # days between a g and an r point that make a colour
_G, _R = 1, 2


def with_computed(cells: Sequence[Cells], rates: bool) -> list[Cells]:
    """The rows with their `v:` columns; those of rates and colours only if wanted."""
    places = constellations([(row["i:ra"], row["i:dec"]) for row in cells])
    rows = [
        row
        | {
            "v:classification": classification(row),
            "v:constellation": place,
            "v:lastdate": _iso(row["i:jd"]),
            "v:firstdate": _iso(row["i:jdstarthist"]),
            "v:lapse": row["i:jd"] - row["i:jdstarthist"],
        }
        for row, place in zip(cells, places, strict=True)
    ]
    if rates:
        _add_rates(rows)
    return rows


def _iso(jd: float) -> str:
    moment = utc(jd - JD_OF_MJD) + timedelta(microseconds=500)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def _add_rates(rows: list[Cells]) -> None:
    by_object: dict[str, list[Cells]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: float(row["i:jd"])):
        by_object[row["i:objectId"]].append(row)
    for curve in by_object.values():
        in_g, in_r = ([row for row in curve if row["i:fid"] == band] for band in (_G, _R))
        _slopes(in_g)
        _slopes(in_r)
        _colours(curve, in_g, in_r)


def _slopes(curve: list[Cells]) -> None:
    for before, row in pairwise(curve):
        elapsed = row["i:jd"] - before["i:jd"]
        row["v:rate"] = (row["i:magpsf"] - before["i:magpsf"]) / elapsed
        row["v:sigma(rate)"] = math.hypot(row["i:sigmapsf"], before["i:sigmapsf"]) / elapsed


def _colours(curve: list[Cells], in_g: list[Cells], in_r: list[Cells]) -> None:
    """Each g point with the nearest r point makes a colour, which every point near it then carries."""
    colours: list[Cells] = []
    for row in in_g:
        partner = _nearest(row["i:jd"], in_r)
        if partner is None:
            continue
        colour = {
            "i:jd": row["i:jd"],
            "v:g-r": row["i:magpsf"] - partner["i:magpsf"],
            "v:sigma(g-r)": math.hypot(row["i:sigmapsf"], partner["i:sigmapsf"]),
        }
        if colours:
            elapsed = row["i:jd"] - colours[-1]["i:jd"]
            colour["v:rate(g-r)"] = (colour["v:g-r"] - colours[-1]["v:g-r"]) / elapsed
            error = math.hypot(colour["v:sigma(g-r)"], colours[-1]["v:sigma(g-r)"])
            colour["v:sigma(rate(g-r))"] = error / elapsed
        colours.append(colour)
    for row in curve:
        near = _nearest(row["i:jd"], colours)
        if near is not None:
            row.update({name: value for name, value in near.items() if name != "i:jd"})


def _nearest(jd: float, rows: list[Cells]) -> Cells | None:
    closest = min(rows, key=lambda row: abs(row["i:jd"] - jd), default=None)
    return closest if closest is not None and abs(closest["i:jd"] - jd) <= _TOGETHER else None
