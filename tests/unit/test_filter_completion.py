"""What is offered while a filter is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fink_tui.filters.complete import MOST, complete, complete_order
from fink_tui.filters.errors import FilterError
from fink_tui.filters.fields import ALERT, FIELDS, TARGET_FIELDS
from fink_tui.filters.parse import parse

KNOWN = {"class": ["SN Ia", "SN candidate", "AGN"], "tag": ["rising", "and"], "topic": ["fink_sn_candidates_ztf"]}


def offered(text: str) -> list[str]:
    return [candidate.text for candidate in complete(text, len(text), KNOWN).candidates]


def test_an_order_is_offered_fields_alone_with_or_without_a_sign() -> None:
    def ordered(text: str) -> list[str]:
        found = complete_order(text, len(text))
        assert found.end == len(text)
        return [text[: found.start] + candidate.text for candidate in found.candidates]

    assert ordered("pri")[0] == "priority"
    assert set(ordered("-ra")[:2]) == {"-ra", "-rate"}
    assert ordered("priority, -see")[0] == "priority, -seen"
    assert ordered("priority ")[0] == "priority name"
    assert not {"priority priority", "priority and", "priority ="} & set(ordered("priority "))


def test_what_is_offered_where() -> None:
    nothing = offered("")
    assert nothing[:3] == ["not", "name", "object"] and "and" not in nothing
    assert not {field.name for field in FIELDS if field.origin == ALERT} & set(nothing)
    assert offered("cl")[0] == "class" and "classtar" in offered("cl")
    assert offered("mag")[:6] == ["mag=", "mag!=", "mag<", "mag<=", "mag>", "mag>="]
    assert offered("mag ")[:2] == ["=", "!="]
    assert offered("mag<19 ")[:3] == ["and", "or", "not"]
    assert offered("mag<19 an")[:2] == ["and", "anomaly_score"]
    assert offered("class~") == ['"SN Ia"', '"SN candidate"', "AGN"]
    assert offered("class=")[-1] == "none"
    assert offered('class~"sn') == offered("class~sn") == ['"SN Ia"', '"SN candidate"']
    assert offered("(not status=") == ["new", "watch", "follow", "done", "reject", "snooze", "none"]
    assert offered("moving=") == ["yes", "no", "none"]
    assert offered("tag=") == ["rising", '"and"', "none"]
    assert offered("tag~cand") == [] and offered("topic~cand") == ["fink_sn_candidates_ztf"]
    assert offered("mag<1") == [] and offered("foo=") == []
    assert "rf_snia_vs_nonia" in offered("snia")


def test_each_says_what_it_means() -> None:
    found = {c.text: c.meaning for c in complete("", 0).candidates}
    assert found["rate"] == "the same per day, from an earlier night; rising is negative (mag/day)"
    assert all(found.values())


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("mag class~<=!()\"' and or not SN19d\\"), max_size=30), st.integers(0, 30))
def test_completing_never_fails_and_stays_before_the_cursor(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    found = complete(text, cursor, KNOWN)
    assert 0 <= found.start <= found.end == cursor and len(found.candidates) <= MOST
    assert len({candidate.text for candidate in found.candidates}) == len(found.candidates)


@pytest.mark.parametrize("begun", ["", "cl", "mag", "class~", "tag=", "mag<19 ", "not (sn or st", "rf_", "status!="])
def test_what_is_offered_can_be_taken(begun: str) -> None:
    found = complete(begun, len(begun), KNOWN, TARGET_FIELDS)
    assert found.candidates
    for candidate in found.candidates:
        text = begun[: found.start] + candidate.text
        try:
            parse(text)
        except FilterError as error:
            assert error.is_unfinished, f"{text}: {error}"
