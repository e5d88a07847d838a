"""What was asked of Fink, and the queries kept by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def step(db: Database) -> None:
    """The history of queries, and those saved."""
    db.table("query_history").create(
        {
            "id": int,
            "query": str,
            "survey": str,
            "values": str,
            "at": float,
            "rows": int,
            "objects": int,
            "seconds": float,
            "error": str,
        },
        pk="id",
        not_null={"query", "survey", "values", "at", "seconds", "error"},
        strict=True,
    )
    db.table("query_history").create_index(["query", "survey", "values"])
    db.table("saved_queries").create(
        {"name": str, "query": str, "survey": str, "values": str, "at": float},
        pk="name",
        not_null={"query", "survey", "values", "at"},
        strict=True,
    )
