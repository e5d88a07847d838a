"""Where reading begins."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.times import from_iso
from fink_tui.fink.start import Place, Plan, ask_broker, plan_partition


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("asked", [None, 0, 12, 40])
def test_what_was_read_goes_on_where_it_was_left_never_further(asked: int | None, again: bool) -> None:
    plan = plan_partition(20, asked, 10, 30, again=again)
    assert plan.offset == (12 if again and asked == 12 else 10 if again and asked == 0 else 20)
    assert not plan.is_held


def test_going_back_says_how_far() -> None:
    assert "8" in plan_partition(20, 12, 10, 30, again=True).note
    assert plan_partition(20, 12, 10, 30, again=False).note == ""
    assert plan_partition(20, 25, 10, 30, again=True) == Plan(20)


def test_a_first_contact_without_a_choice_is_held_where_something_waits() -> None:
    assert plan_partition(None, None, 5, 9, again=False).is_held
    assert plan_partition(None, None, 9, 9, again=False) == Plan(9)
    assert plan_partition(None, None, 0, 0, again=False) == Plan(0)


@pytest.mark.parametrize(("asked", "offset"), [(0, 5), (5, 5), (7, 7), (9, 9), (99, 9)])
def test_a_first_contact_follows_the_choice_within_what_is_there(asked: int, offset: int) -> None:
    assert plan_partition(None, asked, 5, 9, again=False) == Plan(offset)


def test_what_the_broker_deleted_is_told() -> None:
    plan = plan_partition(20, None, 142, 300, again=False)
    assert plan.offset == 142 and "122" in plan.note


def test_a_topic_made_anew_is_read_whole() -> None:
    plan = plan_partition(500, None, 0, 3, again=False)
    assert plan.offset == 0 and "anew" in plan.note


@given(
    st.integers(0, 50) | st.none(),
    st.integers(0, 60) | st.none(),
    st.integers(0, 20),
    st.integers(0, 40),
    st.booleans(),
)
def test_nothing_unread_is_ever_skipped(known: int | None, asked: int | None, low: int, more: int, again: bool) -> None:
    plan = plan_partition(known, asked, low, low + more, again=again)
    assert low <= plan.offset <= low + more
    if known is not None and known <= low + more:
        assert plan.offset <= max(known, low)


class Broker:
    """Answers as librdkafka does: partition 0 holds offsets 5 to 9, the group is at 7."""

    def __init__(self) -> None:
        self.stamps: list[int] = []

    def offsets_for_times(self, wanted: list[Any], timeout: float) -> list[Any]:
        for tp in wanted:
            self.stamps.append(tp.offset)
            tp.offset = {-2: 5, -1: 9}.get(tp.offset, 8 if tp.offset < 2_000_000_000_000 else -1)
        return wanted

    def committed(self, wanted: list[Any], timeout: float) -> list[Any]:
        for tp in wanted:
            tp.offset = 7 if tp.partition == 0 else -1001
        return wanted


PLACES: dict[Place, str | None] = {("t", 0): None, ("t", 1): None}


@pytest.mark.parametrize(
    ("choice", "asked"),
    [
        ("earliest", {("t", 0): 5, ("t", 1): 5}),
        ("latest", {("t", 0): 9, ("t", 1): 9}),
        ("stored", {("t", 0): 7, ("t", 1): 5}),
        (None, {}),
        ("2026-03-22T05:00", {("t", 0): 8, ("t", 1): 8}),
        ("2101-01-01", {("t", 0): 9, ("t", 1): 9}),
    ],
)
def test_what_a_choice_comes_to(choice: str | None, asked: dict[Place, int]) -> None:
    found = ask_broker(Broker(), dict.fromkeys(PLACES, choice), 1.0)
    assert (found.low, found.high) == (dict.fromkeys(PLACES, 5), dict.fromkeys(PLACES, 9))
    assert found.asked == asked


@pytest.mark.parametrize("moment", ["1969-12-31T23:59:59.999", "1858-11-17", "0001-01-01"])
def test_a_time_before_all_messages_is_never_taken_for_a_word_of_the_protocol(moment: str) -> None:
    broker = Broker()
    ask_broker(broker, {("t", 0): moment}, 1.0)
    assert [stamp for stamp in broker.stamps if stamp not in (-1, -2)] == [0]


def test_a_time_is_asked_for_in_milliseconds() -> None:
    broker = Broker()
    ask_broker(broker, {("t", 0): "2026-03-22T05:00:00.250Z"}, 1.0)
    assert broker.stamps[-1] == round((from_iso("2026-03-22T05:00:00.250Z") - 40587.0) * 86_400_000)
