"""The TOMs of the tests do as they are told."""

from __future__ import annotations

import pytest
from tom_database import Counts
from tom_servers import Seen, Tom


def test_what_somebody_makes_is_found_in_the_database(tom: Tom) -> None:
    groups = tom.groups()
    assert set(groups) == {"Public", "Supernovae"}
    made = tom.make(
        "ZTF21abfmbix",
        193.8220409,
        2.8974274,
        aliases=[{"name": "SN 2021pfs"}],
        targetextra_set=[{"key": "fink_class", "value": "SN candidate"}, {"key": "fink_topic", "value": "x"}],
        target_lists=[{"name": "fink_sn"}],
        groups=[{"id": groups["Public"]}],
    )
    tom.add_point(made, "2021-06-01T05:12:34.567890Z", {"magnitude": 18.1, "error": 0.05, "filter": "g"}, source="Fink")
    tom.add_point(made, "2021-06-02T05:12:34.567890Z", {"limit": 20.5, "filter": "r"}, source="Fink")
    assert tom.db.counts() == Counts(targets=1, aliases=1, extras=2, list_rows=1, points=2)
    target = tom.db.target("ZTF21abfmbix")
    assert (target.aliases, target.lists, target.groups) == (["SN 2021pfs"], ["fink_sn"], ["Public"])
    assert target.users == [("carol", "change"), ("carol", "delete"), ("carol", "view")]
    assert [(point.time, point.band, point.brightness, point.error, point.limit) for point in target.points] == [
        ("2021-06-01T05:12:34.567890Z", "g", 18.1, 0.05, None),
        ("2021-06-02T05:12:34.567890Z", "r", None, None, 20.5),
    ]
    tom.db.remove("ZTF21abfmbix")
    assert tom.db.counts() == Counts(0, 0, 0, 0, 0)
    assert tom.writes() == [Seen("POST", path, 201) for path in ("/api/targets/", *["/api/reduceddatums/"] * 2)]
    assert tom.most_writes_at_once() == 1


def test_the_next_test_finds_it_empty(tom: Tom) -> None:
    assert tom.db.counts() == Counts(0, 0, 0, 0, 0) and not tom.seen()
    assert tom.ask("GET", "targets/").data["count"] == 0


@pytest.mark.parametrize(
    ("after", "reads", "changes"), [("row", 404, 404), ("view", 200, 404), ("change", 200, 200), ("aliases", 200, 200)]
)
def test_half_a_target(tom: Tom, after: str, reads: int, changes: int) -> None:
    extras = [{"key": "fink_class", "value": "SN candidate"}]
    made = tom.make("half", 10.0, 20.0, aliases=[{"name": "other"}], targetextra_set=extras)
    tom.db.cut_back("half", after)
    assert tom.ask("GET", f"targets/{made}/").status == reads
    assert tom.ask("PATCH", f"targets/{made}/", {}).status == changes
    assert tom.db.counts() == Counts(1, after == "aliases", 0, 0, 0)


def test_a_write_while_the_database_is_locked(tom: Tom) -> None:
    with tom.db.locked():
        refused = tom.ask("POST", "targets/", {"name": "x", "type": "SIDEREAL", "ra": 10.0, "dec": 20.0})
    assert refused.status == 500 and tom.db.counts().targets == 0
