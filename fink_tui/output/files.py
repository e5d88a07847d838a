"""Rows as a new file, in the form that its ending names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from fink_tui.output.catalogues import as_list, as_regions
from fink_tui.output.tables import Row, as_csv, as_votable

ENDINGS = ".csv, .json, .vot, .txt (name ra dec equinox mag) or .reg (DS9)"


def write_file(path: Path, rows: Sequence[Row], about: Mapping[str, str]) -> Path:
    """Write rows, with where they are `about` from, to a file that does not exist yet; its whole path.

    Raises ValueError for another ending, OSError where it can't be written; nothing is left of it then.
    """
    content = _content(path, rows, about)
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise
    return path.absolute()


def _content(path: Path, rows: Sequence[Row], about: Mapping[str, str]) -> str:
    said = "".join(f"# {name}: {text}\n" for name, text in about.items())
    if path.suffix == ".csv":
        return said + as_csv(rows)
    if path.suffix == ".json":
        return json.dumps({"about": dict(about), "rows": list(rows)}, indent=1, allow_nan=False) + "\n"
    if path.suffix in (".vot", ".xml"):
        return as_votable(rows, about).decode()
    if path.suffix == ".txt":
        return as_list(rows)
    if path.suffix == ".reg":
        return as_regions(rows)
    raise ValueError(f"{path.name} ends in none of {ENDINGS}")
