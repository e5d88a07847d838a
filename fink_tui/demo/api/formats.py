"""A table as JSON, CSV, VOTable or Parquet, in the way pandas and astropy write it for the real API."""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fink_tui.demo.api.errors import JSON, Reply, refusal

Row = dict[str, Any]
Rows = list[Row]

_DECIMALS = 10  # pandas.DataFrame.to_json keeps no more by default
_VOTABLE_TYPES = {bool: 'datatype="boolean"', int: 'datatype="long"', float: 'datatype="double"'}
_VOTABLE_TEXT = 'datatype="unicodeChar" arraysize="*"'


def table(rows: Rows, output_format: object) -> Reply:
    """The rows in a format of the real API; raises Refused for one that it does not have."""
    if output_format == "json":
        return Reply(200, JSON, _json(rows))
    if output_format == "csv":
        return Reply(200, "application/csv", _csv(rows))
    if output_format == "votable":
        return Reply(200, "text/xml", _votable(rows))
    if output_format == "parquet":
        return Reply(200, "parquet", _parquet(rows))
    known = "Choose among json, csv, votable, or parquet\n"
    raise refusal(f"Output format `{output_format}` is not supported. {known}")


def _json(rows: Rows) -> bytes:
    plain = [{name: _finite(value) for name, value in row.items()} for row in rows]
    # Like pandas: no blanks, ASCII alone, and a backslash before every slash.
    return json.dumps(plain, separators=(",", ":"), allow_nan=False).replace("/", "\\/").encode()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) if math.isfinite(value) else None
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _csv(rows: Rows) -> bytes:
    if not rows:
        return b"\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_in_csv(value) for value in row.values()] for row in rows)
    return out.getvalue().encode()


def _in_csv(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _votable(rows: Rows) -> bytes:
    columns = list(rows[0]) if rows else []
    kinds = {name: _kind([row[name] for row in rows]) for name in columns}
    fields = "".join(
        # A colon is not allowed in an XML id, so astropy puts an underscore; the name keeps it.
        f"   <FIELD ID={quoteattr(name.replace(':', '_'))} {_VOTABLE_TYPES.get(kinds[name], _VOTABLE_TEXT)} "
        f"name={quoteattr(name.replace(':', '_'))}/>\n"
        for name in columns
    )
    lines = "".join(
        f"     <TR>{''.join(f'<TD>{_in_xml(row[name], kinds[name])}</TD>' for name in columns)}</TR>\n" for row in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n <RESOURCE type="results">\n'
        f"  <TABLE>\n{fields}   <DATA>\n    <TABLEDATA>\n{lines}    </TABLEDATA>\n   </DATA>\n  </TABLE>\n"
        " </RESOURCE>\n</VOTABLE>\n"
    ).encode()


def _kind(values: list[Any]) -> type:
    found = {type(value) for value in values if value is not None}
    if found == {int} and None in values:
        return float
    return found.pop() if len(found) == 1 else float if found == {int, float} else str


def _in_xml(value: Any, kind: type) -> str:
    if value is None:
        return "NaN" if kind is float else ""
    return escape(str(value))


def _parquet(rows: Rows) -> bytes:
    # Imported by name, as it is large, wanted by few, and has no types to check.
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_pylist(rows), out)
    return out.getvalue()
