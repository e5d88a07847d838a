"""Rows of the API become the same alerts as the packets they were made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packets import Packet, lsst, moving, real_packets, ztf

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Alert
from fink_tui.alerts.lsst import lsst_alert
from fink_tui.alerts.rows import alert_of_row, group, light_curves, names_of_rows, object_of_row
from fink_tui.alerts.ztf import ztf_alert
from fink_tui.fink.answers import parse

WIDE = 170587115523932323


def ztf_row(packet: Packet) -> dict[str, Any]:
    """The packet's row, as fink-broker flattens it."""
    row = {f"i:{name}": value for name, value in packet["candidate"].items()}
    row |= {f"i:{name}": packet.get(name) for name in ("objectId", "candid", "schemavsn", "fink_broker_version")}
    row["i:fink_science_version"] = packet.get("fink_science_version")
    for name, value in packet.items():
        if not isinstance(value, dict | list | bytes) and f"i:{name}" not in row:
            row[f"d:{name}"] = value
    return row | {f"d:mangrove_{name}": value for name, value in (packet.get("mangrove") or {}).items()}


def lsst_row(packet: Packet) -> dict[str, Any]:
    row = {f"r:{name}": value for name, value in packet["diaSource"].items()}
    row |= {f"r:{name}": packet.get(name) for name in ("target_name", "observation_reason")}
    for name in ("packed_primary_provisional_designation", "unpacked_primary_provisional_designation"):
        row[f"r:{name}"] = packet["mpc_orbits"][name]
    row |= {f"r:{name}": value for name, value in packet["ssSource"].items() if f"r:{name}" not in row}
    for struct in ("xm", "clf"):
        row |= {f"f:{struct}_{name}": value for name, value in (packet.get(struct) or {}).items()}
    row |= {f"f:{name}": value for name, value in (packet.get("misc") or {}).items()}
    names = ("fink_broker_version", "fink_science_version", "lsst_schema_version")
    row["r:nDiaSources"] = packet["diaObject"].get("nDiaSources")
    return row | {f"f:{name}": packet.get(name) for name in names}


def comparable(alert: Alert) -> Alert:
    """What a row can know of a packet's alert: no history, no orbit, no time of processing."""
    details = {group: values for group, values in alert.details.items() if group != "moving"}
    return replace(alert, history=(), is_full=False, processed="", details=details)


@pytest.mark.parametrize("survey", ["ztf", "lsst"])
def test_a_row_of_a_real_alert_is_that_alert(survey: str) -> None:
    for packet in real_packets(survey):
        row = ztf_row(packet) if survey == "ztf" else lsst_row(packet)
        found = alert_of_row(survey, row)
        assert found is not None
        expected = ztf_alert(packet) if survey == "ztf" else lsst_alert(packet)
        if survey == "ztf":
            # A row without the exotic is still the alert.
            assert comparable(found) == comparable(expected)
        else:
            assert comparable(found) == replace(comparable(expected), aliases=found.aliases)
            assert set(found.aliases) <= set(expected.aliases)


def test_a_row_of_a_synthetic_alert_is_that_alert() -> None:
    packet = ztf("ZTF26aaaaaaa", WIDE, 61000.0, roid=3, ssnamenr="8467", tns="SN Ia")
    found = alert_of_row("ztf", ztf_row(packet))
    assert found is not None
    assert comparable(found) == comparable(ztf_alert(packet))
    assert (found.object_id, found.aliases, found.is_moving) == ("8467", ("ZTF26aaaaaaa",), True)


def test_numbers_as_floats_and_text_are_the_numbers_they_are() -> None:
    row = ztf_row(ztf("ZTF26aaaaaaa", WIDE, 61000.0, roid=3, ssnamenr="8467"))
    messy = row | {"i:candid": str(WIDE), "i:fid": "2", "d:roid": 3.0, "i:magpsf": "18.5", "i:ndethist": "3.0"}
    found = alert_of_row("ztf", messy)
    assert found is not None
    assert (found.source_id, found.detection.band, found.is_moving, found.detection.mag) == (WIDE, "r", True, 18.5)
    # A float has lost the digits of an id: better none than another alert's.
    assert alert_of_row("ztf", row | {"i:candid": float(WIDE)}) is None


def test_lsst_ids_survive_digit_by_digit() -> None:
    body = b'[{"r:diaObjectId": 170587115523932323, "r:diaSourceId": 170587115523932321, "r:midpointMjdTai": 61000.5}]'
    (row,) = parse("host", body, "application/json")
    assert (row["r:diaObjectId"], row["r:diaSourceId"]) == ("170587115523932323", "170587115523932321")
    found = alert_of_row("lsst", row)
    assert found is not None
    assert (found.object_id, found.source_id) == ("170587115523932323", 170587115523932321)


def test_a_poor_row_is_an_object_and_no_alert() -> None:
    row = {"i:objectId": "ZTF26aaaaaaa", "i:ra": 10.0, "i:dec": -5.0, "v:separation_degree": 1 / 3600}
    assert alert_of_row("ztf", row) is None
    found = object_of_row("ztf", row)
    assert found is not None
    assert (found.object_id, found.ra, found.dec, found.label) == ("ZTF26aaaaaaa", 10.0, -5.0, None)
    assert found.separation_arcsec == pytest.approx(1.0)
    assert object_of_row("ztf", {"i:ra": 10.0}) is None
    thin = object_of_row("lsst", {"r:diaObjectId": str(WIDE), "r:nDiaSources": 7, "r:lastDiaSourceMjdTai": 61000.0})
    assert thin is not None
    assert (thin.object_id, thin.n_alerts, thin.is_moving) == (str(WIDE), 7, False)
    assert thin.last_mjd == pytest.approx(61000.0 - 37 / 86400)


def test_a_cone_row_without_scores_claims_no_class() -> None:
    row = {
        "i:objectId": "ZTF26aaaaaaa",
        "i:candid": 5,
        "i:jd": 2461000.5,
        "i:magpsf": 18.0,
        "i:fid": 1,
        "d:cdsxmatch": "Unknown",
    }
    found = object_of_row("ztf", row)
    assert found is not None
    assert (found.label, found.mag, found.band) == (None, 18.0, "g")
    assert object_of_row("ztf", row | {"d:cdsxmatch": "QSO"}).label == "QSO"  # type: ignore[union-attr]
    assert object_of_row("ztf", row | {"v:classification": "Tracklet"}).label == "Tracklet"  # type: ignore[union-attr]


def test_grouping_keeps_the_order_and_counts() -> None:
    rows = [
        ztf_row(ztf("ZTF26bbbbbbb", 11, 61003.0, mag=17.0)),
        ztf_row(ztf("ZTF26aaaaaaa", 12, 61002.0)),
        ztf_row(ztf("ZTF26bbbbbbb", 13, 61001.0, mag=19.0)),
        {"i:objectId": "ZTF26bbbbbbb", "i:jd": 2461000.0, "d:tag": "upperlim", "i:diffmaglim": 20.5, "i:fid": 1},
    ]
    found = group("ztf", rows)
    assert [(row.object_id, row.n_alerts, row.mag) for row in found.objects] == [
        ("ZTF26bbbbbbb", 2, 17.0),
        ("ZTF26aaaaaaa", 1, 18.5),
    ]
    assert [alert.source_id for alert in found.alerts] == [11, 12, 13]
    assert found.n_rows == 4


def test_an_lsst_alert_without_a_class_has_that_of_its_tag() -> None:
    rows = [lsst_row(lsst(WIDE + 1, WIDE, 61000.0)), lsst_row(lsst(WIDE + 2, WIDE, 61001.0, simbad_otype="QSO"))]
    assert group("lsst", rows[:1], tag="in_tns").objects[0].label == "in tns"
    assert group("lsst", rows, tag="in_tns").objects[0].label == "QSO"


def test_an_asteroid_of_lsst_is_called_as_on_the_stream() -> None:
    packet = moving(5, "2004 JQ12", 61000.0)
    found = alert_of_row("lsst", lsst_row(packet))
    assert found is not None
    assert (found.object_id, found.is_moving) == (lsst_alert(packet).object_id, True)


def test_a_light_curve_of_ztf_has_upper_limits_and_bad_detections() -> None:
    rows = [
        ztf_row(ztf("ZTF26aaaaaaa", 12, 61002.0)) | {"d:tag": "valid"},
        ztf_row(ztf("ZTF26aaaaaaa", 11, 61001.0)) | {"d:tag": "valid"},
        {"i:objectId": "ZTF26aaaaaaa", "i:jd": 2461001.0, "i:fid": "1", "i:diffmaglim": "20.5", "d:tag": "upperlim"},
        {
            "i:objectId": "ZTF26aaaaaaa",
            "i:jd": 2461000.9,
            "i:fid": "2",
            "i:magpsf": "19.25",
            "i:sigmapsf": "0.25",
            "i:diffmaglim": "20.5",
            "d:tag": "badquality",
        },
        {"i:objectId": "ZTF26ccccccc", "i:jd": 2461001.0, "i:fid": "1", "i:diffmaglim": "20.5", "d:tag": "upperlim"},
    ]
    alerts = light_curves("ztf", rows)
    assert [alert.source_id for alert in alerts] == [11, 12]
    assert alerts[0].history == ()
    bad, limit = alerts[1].history
    assert (bad.kind, bad.band, bad.mag, bad.mag_err, bad.source_id) == (DETECTION, "r", 19.25, 0.25, None)
    assert (limit.kind, limit.band, limit.upper_limit) == (UPPER_LIMIT, "g", 20.5)


def test_a_light_curve_of_lsst_has_forced_photometry() -> None:
    rows = [lsst_row(lsst(WIDE + 1, WIDE, 61000.0))]
    point = {"r:diaObjectId": str(WIDE), "r:diaForcedSourceId": "9", "r:midpointMjdTai": 60999.0, "r:band": "i"}
    (alert,) = light_curves("lsst", rows, [point | {"r:psfFlux": -250.0, "r:psfFluxErr": 100.0}])
    (forced,) = alert.history
    assert (forced.kind, forced.flux, forced.mag, forced.band) == (FORCED, -250.0, None, "i")
    assert forced.mjd == pytest.approx(60999.0 - 37 / 86400)


def test_names_of_every_resolver() -> None:
    simbad = {"oname": "Mrk  2", "otype": "GiG", "jradeg": 28.7241958, "jdedeg": 36.9179556}
    tns = {"d:fullname": "SN 2023vwy", "d:internalname": "ZTF23abmwsrw", "d:ra": "47.765951", "d:declination": "52.2"}
    reverse = {"r:diaObjectId": str(WIDE), "f:xm_tns_fullname": "AT 2026a", "f:xm_tns_type": None}
    other = {"f:fullname": "AT 2026b", "f:internalname": "ATLAS26x", "f:ra": "1.5", "f:declination": "-2"}
    solar = {"i:name": "Polyhymnia", "i:number": 33, "i:ssnamenr": 33}
    assert [(r.object_id, r.ra, r.label) for r in names_of_rows("ztf", [simbad, simbad])] == [
        ("Mrk 2", 28.7241958, "GiG")
    ]
    rows = names_of_rows("lsst", [tns, reverse, other, solar])
    assert [(r.survey, r.object_id, r.aliases, r.ra) for r in rows] == [
        ("ztf", "ZTF23abmwsrw", ("SN 2023vwy",), 47.765951),
        ("lsst", str(WIDE), ("AT 2026a",), None),
        ("", "AT 2026b", ("ATLAS26x",), 1.5),
        ("", "Polyhymnia", ("33",), None),
    ]


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.lists(st.none()))
_COLUMNS = """
    i:objectId i:candid i:jd i:fid i:magpsf i:ra i:dec d:tag d:roid i:ssnamenr d:mangrove d:mangrove_x d:cdsxmatch
    r:diaObjectId r:diaSourceId r:midpointMjdTai r:ra r:dec r:band r:psfFlux r:nDiaSources f:xm f:xm_tns_type f:clf_
    f:sso_name r:ssObjectId f:is_sso v:separation_degree x : oname i:name d:fullname d:internalname
"""
_NAMES = st.sampled_from(_COLUMNS.split())


@given(st.sampled_from(["ztf", "lsst"]), st.lists(st.dictionaries(_NAMES, _VALUES), max_size=4))
def test_no_row_is_too_odd(survey: str, rows: list[dict[str, Any]]) -> None:
    found = group(survey, rows)
    assert found.n_rows == len(rows)
    light_curves(survey, rows, rows)
    names_of_rows(survey, rows)
