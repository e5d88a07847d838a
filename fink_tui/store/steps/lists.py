"""What came from a list of the user's: where an object is that no alert told of yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def step(db: Database) -> None:
    """The position a list gave an object (degrees, ICRS), and the list; empty for those that alerts brought."""
    for name, kind in {"ra": float, "dec": float, "listed": str}.items():
        db.table("objects").add_column(name, kind)
