"""Data products: a file of photometry, taken apart into points."""

from __future__ import annotations

import csv
import email.policy
import io
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from fractions import Fraction
from typing import Any

from fink_tui.demo.tom.access import User
from fink_tui.demo.tom.fields import Field, Wrong, checked, text
from fink_tui.demo.tom.messages import Refused, Reply, Request, invalid, json_reply, unsupported
from fink_tui.demo.tom.pages import listed
from fink_tui.demo.tom.points import PLAIN, changeable, insert_typed, stored, typed_row
from fink_tui.demo.tom.site import Site

_MJD_0 = datetime(1858, 11, 17, tzinfo=UTC)
_FAILED = "There was an error in processing your DataProduct into individual ReducedDatum objects."


@dataclass(frozen=True, slots=True)
class Products:
    """The data products as one user has to do with them."""

    site: Site
    db: sqlite3.Connection
    user: User

    def find(self, request: Request) -> Reply:
        """Those of the targets he sees."""
        sql = f"SELECT * FROM tom_dataproducts_dataproduct WHERE target_id IN ({self.user.permitted('view')})"
        rows = self.db.execute(f"{sql} ORDER BY id DESC").fetchall()
        return listed(self.site, request, rows, lambda row: self._shown(row, request))

    def create(self, request: Request) -> Reply:
        """Take a file in and its points; the same `product_id` again is none the second time, or refused."""
        form = _form(request)
        name, content = form["file"]
        given = {key: value.decode() for key, (_, value) in form.items() if key != "file"}
        query = "SELECT * FROM tom_dataproducts_dataproduct WHERE product_id=?"
        known = self.db.execute(query, (given.get("product_id"),)).fetchone()
        if known and self.site.modern:
            said = {"message": "Data product already exists. Skipping upload.", "already_exists": True}
            return json_reply({**self._shown(known, request), **said})
        values = self._checked(given, taken=known is not None)
        made = self.db.execute(
            "INSERT INTO tom_dataproducts_dataproduct (product_id, data, target_id, data_product_type)"
            " VALUES (?, ?, ?, ?)",
            (values.get("product_id"), f"/data/dp/none/{name}", values["target"], values["data_product_type"]),
        )
        row = self.db.execute("SELECT * FROM tom_dataproducts_dataproduct WHERE id=?", (made.lastrowid,)).fetchone()
        try:
            self._take_apart(row, name, content.decode())
        except Exception:
            self.db.execute("DELETE FROM tom_dataproducts_dataproduct WHERE id=?", (row["id"],))
            return json_reply({"Data processing error": _FAILED}, 500)
        return json_reply({**self._shown(row, request), "message": "Data product successfully uploaded."}, 201)

    def _checked(self, given: Mapping[str, str], taken: bool) -> dict[str, Any]:
        def free(value: Any) -> Any:
            if taken:
                raise Wrong("data product with this product id already exists.")
            return value

        needed = [
            Field("product_id", free, {}),
            Field("target", lambda value: changeable(self.db, self.user, value), {}, required=True),
            Field("data_product_type", text(), {}, required=True),
        ]
        try:
            return checked(given, needed, partial=False)
        except Wrong as wrong:
            raise invalid(wrong.errors) from wrong

    def _take_apart(self, product: sqlite3.Row, name: str, content: str) -> None:
        rows = _rows(content)
        if not rows or not name.endswith((".csv", ".txt")):
            raise ValueError("no table")
        if self.site.modern:
            for row in rows:
                given = {"target": product["target_id"], "data_product_id": product["id"], **row}
                insert_typed(
                    self.db, typed_row({**given, "timestamp": _time(row["time"]), "source_name": ""}), ignore=True
                )
            return
        if any(isinstance(value, int) for row in rows for value in row.values()):
            raise TypeError("an integer of the table is none of JSON's")
        query = f"SELECT value FROM {PLAIN} WHERE target_id=?"
        known = [json.loads(row["value"]) for row in self.db.execute(query, (product["target_id"],))]
        columns = "data_type, source_name, source_location, timestamp, value, data_product_id, target_id"
        for row in rows:
            if row not in known:
                values = (_time(row["time"]), json.dumps(row), product["id"], product["target_id"])
                self.db.execute(f"INSERT INTO {PLAIN} ({columns}) VALUES ('photometry', '', '', ?, ?, ?, ?)", values)

    def _shown(self, row: sqlite3.Row, request: Request) -> dict[str, Any]:
        return {
            "id": row["id"],
            "product_id": row["product_id"],
            "target": row["target_id"],
            "observation_record": None,
            "data": request.base + row["data"],
            "extra_data": "",
            "data_product_type": row["data_product_type"],
            "reduceddatum_set": [],
            "groups": [],
        }


def _form(request: Request) -> dict[str, tuple[str, bytes]]:
    """The parts of a multipart form: file name and content by their names."""
    if request.content_type != "multipart/form-data":
        raise Refused(unsupported(request.content_type))
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    parts = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        parts[str(name)] = (part.get_filename() or "", content)
    return parts


def _rows(content: str) -> list[dict[str, Any]]:
    """A table with names in its first line; a column is of integers, of numbers or of text, and has gaps."""
    lines = list(csv.DictReader(io.StringIO(content)))
    kinds: dict[str, type] = {}
    for column in lines[0] if lines else ():
        cells = [line[column] for line in lines if line[column]]
        kinds[column] = next((kind for kind in (int, float) if all(_is(cell, kind) for cell in cells)), str)
    return [{column: kinds[column](cell) for column, cell in line.items() if cell} for line in lines]


def _is(cell: str, kind: type) -> bool:
    try:
        kind(cell)
    except ValueError:
        return False
    return True


def _time(mjd: float) -> str:
    return stored(_MJD_0 + timedelta(microseconds=round(Fraction(mjd) * 86_400_000_000)))
