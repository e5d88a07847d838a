"""The class of an alert, case by case of the published rule, and on the real alerts against Fink's own column."""

from __future__ import annotations

from typing import Any

import pytest
from packets import real_packets

from fink_tui.alerts.labels import ZtfScores, label_of_topics, lsst_label, tag_of_topic, ztf_label
from fink_tui.alerts.ztf import ztf_alert

SUPERNOVA = {"snn_snia": 0.6, "snn_sn": 0.7, "drb": 0.9, "classtar": 0.8, "ndethist": 30, "age": 20.0, "roid": 0}
KILONOVA = {"rf_kn": 0.6, "drb": 0.9, "classtar": 0.8, "ndethist": 3, "age": 2.0, "roid": 0}


@pytest.mark.parametrize(
    ("scores", "label"),
    [
        ({}, "Unknown"),
        (SUPERNOVA, "SN candidate"),
        (SUPERNOVA | {"snn_sn": 0.1}, "SN candidate"),
        (SUPERNOVA | {"snn_sn": 0.1, "snn_snia": 0.5}, "Unknown"),
        (SUPERNOVA | {"drb": 0.5}, "Unknown"),
        (SUPERNOVA | {"classtar": 0.4}, "Unknown"),
        (SUPERNOVA | {"drb": None}, "Unknown"),
        (SUPERNOVA | {"age": 90.5}, "Unknown"),
        (SUPERNOVA | {"age": None}, "Unknown"),
        (SUPERNOVA | {"ndethist": 1}, "Unknown"),
        (SUPERNOVA | {"simbad": "Transient"}, "SN candidate"),
        (SUPERNOVA | {"simbad": "Galaxy"}, "SN candidate"),
        (SUPERNOVA | {"simbad": "Galaxy_Candidate"}, "Unknown"),
        (SUPERNOVA | {"rf_snia": 0.6, "ndethist": 20}, "Early SN Ia candidate"),
        (SUPERNOVA | {"rf_snia": 0.6, "ndethist": 21}, "SN candidate"),
        (SUPERNOVA | {"rf_snia": 0.5, "ndethist": 20}, "SN candidate"),
        (KILONOVA, "Kilonova candidate"),
        (KILONOVA | {"age": 5.0}, "Unknown"),
        (KILONOVA | {"ndethist": 20}, "Unknown"),
        (KILONOVA | {"roid": 3}, "Solar System MPC"),
        ({"mulens": 0.1}, "Microlensing candidate"),
        ({"mulens": 0.0}, "Unknown"),
        ({"roid": 2}, "Solar System candidate"),
        ({"roid": 3}, "Solar System MPC"),
        ({"roid": 1}, "Unknown"),
        ({"tracklet": "TRCK_20260322_01"}, "Tracklet"),
        (SUPERNOVA | {"mulens": 0.5}, "Ambiguous"),
        (SUPERNOVA | {"roid": 2}, "Ambiguous"),
        (SUPERNOVA | {"roid": 3}, "Solar System MPC"),
        ({"mulens": 0.5, "roid": 3}, "Ambiguous"),
    ],
)
def test_the_rule_for_ztf(scores: dict[str, Any], label: str) -> None:
    assert ztf_label(ZtfScores(**scores)) == (label, "Fink")


@pytest.mark.parametrize("simbad", ["QSO", "RRLyr", "SN", "AGN", "Seyfert_1"])
def test_a_simbad_type_goes_before_the_scores(simbad: str) -> None:
    assert ztf_label(ZtfScores(simbad=simbad, **SUPERNOVA)) == (simbad, "SIMBAD")


def test_a_confirmed_type_goes_before_everything() -> None:
    assert ztf_label(ZtfScores(tns="SN IIn", simbad="QSO", **SUPERNOVA)) == ("SN IIn", "TNS")


def test_the_order_for_lsst() -> None:
    everything: dict[str, Any] = {"tns_type": "SN Ia", "simbad": "QSO", "cats_class": 11}
    assert lsst_label(is_moving=True, **everything) == ("Solar System", "Rubin")
    assert lsst_label(is_moving=False, **everything) == ("SN Ia", "TNS")
    assert lsst_label(is_moving=False, **everything | {"tns_type": None}) == ("QSO", "SIMBAD")
    assert lsst_label(is_moving=False, tns_type=None, simbad=None, cats_class=21.0) == ("Periodic", "CATS")
    for unknown in (None, -1.0, 99.0):
        assert lsst_label(is_moving=False, tns_type=None, simbad=None, cats_class=unknown) is None


def test_the_tag_of_a_topic() -> None:
    assert tag_of_topic("fink_most_likely_sn_lsst") == "most_likely_sn"
    assert tag_of_topic("fink_sn_candidates_ztf") is None
    assert tag_of_topic("fink__lsst") is None
    assert label_of_topics(["fink_uniform_sample_lsst", "fink_in_tns_lsst"]) == ("in tns", "tag")
    assert label_of_topics(["fink_in_tns_lsst", "fink_uniform_sample_lsst"]) == ("in tns", "tag")
    assert label_of_topics([]) == label_of_topics(["fink_grb_bronze"]) == ("Unknown", "Fink")


def test_real_ztf_alerts_get_the_class_fink_gave_them() -> None:
    packets = real_packets("ztf")
    compared = 0
    for packet in packets:
        alert = ztf_alert(packet)
        if packet["tns"]:
            assert (alert.label, alert.label_origin) == (packet["tns"], "TNS")
            continue
        assert alert.label == packet["finkclass"], packet["objectId"]
        compared += 1
    assert compared >= 10
