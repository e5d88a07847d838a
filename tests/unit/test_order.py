"""The order, the topics, the batches and the repetitions in which alerts come change nothing of what is stored."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packets import message, moving, real_messages, sky, spread, understood, ztf, ztf_point

from fink_tui.alerts.arrival import Arrival, Batch, Message
from fink_tui.output.records import view_record
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.targets import all_targets, view_target


def arrivals_of(messages: Sequence[Message]) -> list[Arrival]:
    return [understood(message) for message in messages]


SKY = arrivals_of(spread(sky()))


def stored(batches: Sequence[Sequence[Arrival]], connections: int = 1) -> dict[str, str]:
    """All that `show --json` tells of every target after these batches, written in turns over the connections."""
    with tempfile.TemporaryDirectory() as folder:
        conns = [connect(Path(folder) / "a.db") for _ in range(connections)]
        for turn, batch in enumerate(batches):
            write_batch(conns[turn % connections], Batch(tuple(batch)))
        found = {}
        for target in all_targets(conns[0]):
            view = view_target(conns[0], target.id)
            assert view is not None
            found[target.name] = json.dumps(view_record(view), allow_nan=False)
        for conn in conns:
            conn.close()
    return found


REFERENCE = stored([SKY])


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Arrival]]:
    """Every arrival at least once, some several times, in any order, cut into batches anywhere."""
    extra = draw(st.lists(st.sampled_from(range(len(SKY))), max_size=25))
    order = draw(st.permutations([*range(len(SKY)), *extra]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=12)))
    edges = [0, *cuts, len(order)]
    return [[SKY[i] for i in order[a:b]] for a, b in itertools.pairwise(edges)]


@settings(max_examples=60, deadline=None)
@given(deliveries(), st.integers(1, 3))
def test_any_delivery_of_the_same_alerts_stores_the_same(batches: list[list[Arrival]], connections: int) -> None:
    assert stored(batches, connections) == REFERENCE


def test_backwards_and_one_by_one() -> None:
    assert stored([[arrival] for arrival in reversed(SKY)]) == REFERENCE


def test_the_reference_holds_every_object_and_every_topic() -> None:
    views = {name: json.loads(text) for name, text in REFERENCE.items()}
    assert sum(view["n_alerts"] for view in views.values()) == len({(a.alert.survey, a.alert.source_id) for a in SKY})
    assert views["ZTF26aaaaaaa"]["n_alerts"] == 4
    assert views["ZTF26aaaaaaa"]["topics"] == sorted(
        ["fink_gw_bronze", "fink_grb_bronze", "fink_grb_gold", "fink_sn_candidates_ztf", "fink_tns_match_ztf"]
    )
    first = views["ZTF26aaaaaaa"]["alerts"][0]
    assert (first["class"], first["class_origin"]) == ("SN Ia", "TNS"), "the later processing of an alert counts"
    assert [event["trigger"] for event in first["events"]] == ["739826", "S260321ab"]
    assert views["2026 AB"]["n_alerts"] == 3
    assert not any(name.startswith("ZTF26movin") for name in views), "an asteroid goes by its designation"
    assert views["ZTF26zzzzzzz"]["n_alerts"] == 1, "a multi-messenger alert without its full packet is kept"


def test_one_designation_in_both_surveys_is_two_targets_whatever_came_first() -> None:
    one = understood(spread([("fink_sso_ztf_candidates_ztf", ztf("ZTF26a", 1, 61110.0, ssnamenr="10", roid=3))])[0])
    other = understood(spread([("fink_uniform_sample_lsst", moving(2, "10", 61111.0))])[0])
    forth, back = stored([[one], [other]]), stored([[other], [one]])
    assert forth == back
    assert len(forth) == 2


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_real_alerts_shuffled_and_doubled(random: object) -> None:
    arrivals = arrivals_of([message for survey in ("ztf", "lsst") for message in real_messages(survey)])
    reference = stored([arrivals])
    shuffled = [*arrivals, *arrivals]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stored([shuffled[i : i + 7] for i in range(0, len(shuffled), 7)]) == reference


@pytest.mark.parametrize("newer_first", [True, False])
def test_a_point_known_only_to_the_older_processing_of_an_alert_is_kept(newer_first: bool) -> None:
    old = ztf("ZTF26a", 1, 61110.0, prv_candidates=[ztf_point(61100.0), ztf_point(61101.0)])
    new = {**old, "prv_candidates": [ztf_point(61101.0)], "brokerEndProcessTimestamp": "2026-03-29 00:00:00.000000"}
    arrivals = [understood(message(old, offset=0)), understood(message(new, offset=1))]
    view = json.loads(stored([[a] for a in (reversed(arrivals) if newer_first else arrivals)])["ZTF26a"])
    assert view["n_upper_limits"] == 2


@pytest.mark.parametrize("newer_first", [True, False])
def test_the_later_processing_of_an_alert_gives_its_measurement(newer_first: bool) -> None:
    old = ztf("ZTF26a", 1, 61110.0, mag=18.5)
    new = ztf("ZTF26a", 1, 61110.0, mag=19.0, brokerEndProcessTimestamp="2026-03-29 00:00:00.000000")
    arrivals = [understood(message(old, offset=0)), understood(message(new, offset=1))]
    view = json.loads(stored([[a] for a in (reversed(arrivals) if newer_first else arrivals)])["ZTF26a"])
    assert (view["last_mag"], view["alerts"][0]["mag"], len(view["detections"])) == (19.0, 19.0, 1)
