"""What was handed to TOMs: links and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def step(db: Database) -> None:
    """A link of each target to each TOM, and every write to one."""
    db.table("tom_links").create(
        {
            "tom": str,
            "target": int,
            "tom_id": int,
            "tom_name": str,
            "state": str,
            "why": str,
            "pushed": str,
            "kept": str,
            "lists": str,
            "refused": str,
            "seen": str,
            "changed": int,
            "at": float,
        },
        pk=("tom", "target"),
        not_null={"tom_name", "state", "why", "pushed", "kept", "lists", "refused", "seen", "changed", "at"},
        strict=True,
    )
    db.table("tom_links").create_index(["target"])
    db.table("outbox").create(
        {"id": int, "tom": str, "target": int, "what": str, "state": str, "answer": str, "at": float},
        pk="id",
        not_null={"tom", "target", "what", "state", "at"},
        strict=True,
    )
    db.table("outbox").create_index(["tom", "state", "target"])
    # A target that is forgotten leaves its number to another one, which must not inherit its link.
    db.execute(
        """CREATE TRIGGER forget_links AFTER DELETE ON targets BEGIN
               DELETE FROM tom_links WHERE target = old.id;
               DELETE FROM outbox WHERE target = old.id;
           END"""
    )
