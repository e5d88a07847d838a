"""What rules did, and what they are tried on: the line of a target at every arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def step(db: Database) -> None:
    """A row for each time a rule acted, and one for each arrival."""
    db.table("rule_hits").create(
        {"id": int, "at": float, "rule": str, "object": int, "alert": int, "priority": int, "errand": str},
        pk="id",
        not_null={"at", "rule", "object", "alert", "errand"},
        strict=True,
    )
    db.table("rule_hits").create_index(["object", "rule"])
    db.table("rule_hits").create_index(["errand"])
    db.table("arrival_lines").create(
        {"id": int, "at": float, "alert": int, "target": int, "body": bytes},
        pk="id",
        not_null={"at", "alert", "target", "body"},
        strict=True,
    )
    db.table("arrival_lines").create_index(["at"])
    db.table("arrival_lines").create_index(["target"])
