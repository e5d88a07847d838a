"""The stand-in for Fink's ZTF API.

Held to what is known of the real ones (fink-object-api 3.5), through a socket with urllib.
"""

from __future__ import annotations

import json
import re

import pytest
from rest_calls import TEXT, Row, get, post


def test_a_ztf_light_curve(supernova: list[Row]) -> None:
    times = [row["i:jd"] for row in supernova]
    assert len(times) >= 5 and times == sorted(times, reverse=True)
    row = supernova[0]
    assert type(row["i:candid"]) is int and row["i:candid"] > 2**53
    assert {name[:2] for name in row} == {"i:", "d:", "v:"}
    # The real one has 136 for an object of 2021, and more since.
    assert len(row) > 136
    for name in ("i:magpsf", "i:isdiffpos", "i:rfid", "d:cdsxmatch", "d:mangrove_lum_dist", "d:blazar_stats_m0"):
        assert name in row
    assert json.loads(row["d:lc_features_g"].replace("NaN", "null")) and isinstance(row["d:lc_features_g"], str)
    assert row["d:tracklet"] == "" and row["i:ssnamenr"] == "null" and row["i:ssdistnr"] == -999.0
    assert row["v:lapse"] == pytest.approx(row["i:jd"] - row["i:jdstarthist"], abs=1e-6)
    assert re.fullmatch(r"2026-11-\d\d \d\d:\d\d:\d\d\.\d{3}", row["v:lastdate"])
    assert row["v:constellation"] and row["v:classification"] == "Early SN Ia candidate"
    assert any(row["v:rate"] is not None for row in supernova) and any(row["v:g-r"] is not None for row in supernova)


def test_columns(z: str, supernova: list[Row]) -> None:
    name = supernova[0]["i:objectId"]

    def columns(words: str) -> set[str]:
        return set(post(z, "objects", objectId=name, columns=words).rows[0])

    assert columns("i:jd, i:magpsf") == {"i:jd", "i:magpsf"}
    assert columns("i:jd,i:nonsense,v:classification") == {"i:jd"}
    assert columns("*") == set(supernova[0])
    assert post(z, "objects", objectId=name, columns="i:nonsense").rows == []


def test_several_objects_at_once(z: str) -> None:
    alerts = post(z, "latests", class_="SN candidate", n=100).rows
    names = sorted({row["i:objectId"] for row in alerts})[:3]
    together = post(z, "objects", objectId=", ".join(names)).rows
    assert {row["i:objectId"] for row in together} == set(names)
    assert len(together) == sum(len(post(z, "objects", objectId=name).rows) for name in names)
    assert [row["i:jd"] for row in together] == sorted((row["i:jd"] for row in together), reverse=True)


def test_upper_limits_are_rows_of_text(z: str, supernova: list[Row]) -> None:
    name = supernova[0]["i:objectId"]
    for yes in (True, "True"):
        rows = post(z, "objects", objectId=name, withupperlim=yes).rows
        by_tag = {tag: [row for row in rows if row["d:tag"] == tag] for tag in ("valid", "upperlim", "badquality")}
        assert [row["i:candid"] for row in by_tag["valid"]] == [row["i:candid"] for row in supernova]
        assert by_tag["upperlim"] and sum(map(len, by_tag.values())) == len(rows)
        for row in by_tag["upperlim"]:
            assert type(row["i:jd"]) is float and row["i:candid"] == -1
            assert isinstance(row["i:diffmaglim"], str) and isinstance(row["i:fid"], str) and row["i:magpsf"] is None
        assert all(isinstance(row["i:magpsf"], str) for row in by_tag["badquality"])
        assert [row["i:jd"] for row in rows] == sorted((row["i:jd"] for row in rows), reverse=True)
    for no in ("true", False, 1):
        assert "d:tag" not in post(z, "objects", objectId=name, withupperlim=no).rows[0]


def test_a_light_curve_with_cutouts(z: str, supernova: list[Row]) -> None:
    name = supernova[0]["i:objectId"]
    row = post(z, "objects", objectId=name, withcutouts="True", cutout__kind="Science").rows[0]
    assert len(row["b:cutoutScience_stampData"]) == 63 and "b:cutoutTemplate_stampData" not in row
    whole = post(z, "objects", objectId=name, withcutouts=True).rows[0]
    assert len([column for column in whole if column.startswith("b:")]) == 3


def test_the_latest_of_a_class(z: str) -> None:
    rows = post(z, "latests", class_="Solar System MPC").rows
    assert len(rows) == 10  # whatever the documentation says
    assert {row["v:classification"] for row in rows} == {"Solar System MPC"}
    more = post(z, "latests", class_="Solar System MPC", n="25").rows
    assert [row["i:jd"] for row in more] == sorted((row["i:jd"] for row in more), reverse=True) and len(more) == 25
    assert "v:rate" not in rows[0]
    curve = post(z, "latests", class_="BLLac", n=30, color=True).rows
    assert "v:rate" in curve[0]


def test_classes_by_other_names(z: str) -> None:
    plain = post(z, "latests", class_="BLLac", n=20).body
    assert plain == post(z, "latests", class_="(SIMBAD) BLLac", n=20).body
    assert {row["d:tns"] for row in post(z, "latests", class_="(TNS) SN Ia").rows} == {"SN Ia"}
    assert post(z, "latests", class_="SN Ia").rows == []
    low = post(z, "latests", class_="(CTA) Blazar low state", trend="low_state").rows
    assert low and len({row["i:objectId"] for row in low}) == len(low)


def test_a_class_between_dates_and_with_a_trend(z: str) -> None:
    whole = post(z, "latests", class_="BLLac", n=1000).rows
    some = post(z, "latests", class_="BLLac", n=1000, startdate="2026-11-13", stopdate="2026-11-16T12:00:00").rows
    assert some and len(some) < len(whole)
    assert all("2026-11-13" <= row["v:lastdate"] < "2026-11-16 12:00:01" for row in some)
    rising = post(z, "latests", class_="BLLac", n=20, trend="rising").rows
    fading = post(z, "latests", class_="BLLac", n=20, trend="fading").rows
    assert 0 < len(rising) < 20 and all(row["d:mag_rate"] < 0 for row in rising)
    assert len(rising) + len(fading) <= 20


def test_the_list_of_classes(z: str) -> None:
    found = get(z, "classes").data
    fink, tns, simbad = found.values()
    assert list(found)[:2] == ["Fink classifiers", "Cross-match with TNS"] and "SIMBAD (see http://" in list(found)[2]
    assert len(fink) == 11 and "Early SN Ia candidate" in fink and "Unknown" not in fink
    assert len(tns) == 43 and "(TNS) SN Ia" in tns
    assert all(name.startswith("(SIMBAD) ") for name in simbad)


def test_the_ztf_schema(z: str, supernova: list[Row]) -> None:
    groups = get(z, "schema").data
    assert [name[-3:-1] for name in groups] == ["i:", "b:", "d:", "v:"]
    assert groups["ZTF original fields (i:)"]["magpsf"].keys() == {"type", "doc"}
    known = {f"{name[-3:-1]}{field}" for name, fields in groups.items() for field in fields}
    assert set(supernova[0]) <= known


def test_statistics_are_text(z: str, s: str) -> None:
    (night,) = post(z, "statistics", date="20261118").rows
    assert night["key:key"] == "ztf_20261118" and night["basic:sci"].isdigit() and night["class:Solar System MPC"]
    columns = "basic:exposures,class:Solar System MPC"
    assert len(post(z, "statistics", date="2026", columns=columns).rows[0]) == 2 + 2
    assert len(post(z, "statistics", date="").rows) >= 5
    assert {"schema": "basic:raw"} in post(z, "statistics", date="", schema="True").rows
    (night,) = post(s, "statistics", date="20261120").rows
    assert len(night) == 22 and night["f:night"] == "20261120" and night["f:alerts"].isdigit()


def test_anomalies(z: str) -> None:
    rows = post(z, "anomaly").rows
    assert len(rows) == 10 and all(row["d:anomaly_score"] < 0 for row in rows)
    day = rows[-1]["v:lastdate"][:10]
    some = post(z, "anomaly", n=100, start_date=day, stop_date=day).rows
    assert 0 < len(some) <= 10 and {row["v:lastdate"][:10] for row in some} == {day}


def test_tracklets(z: str) -> None:
    rows = post(z, "tracklet", date="2026-11").rows
    assert rows and {row["v:classification"] for row in rows} == {"Tracklet"}
    newest = rows[0]["d:tracklet"]
    assert post(z, "tracklet", id=newest).rows == [row for row in rows if row["d:tracklet"] == newest]
    assert len({row["d:tracklet"][:13] for row in rows}) > 1
    neither = post(z, "tracklet")
    assert (neither.status, neither.kind) == (400, TEXT) and "YYYY-MM-DD hh:mm:ss" in neither.text


def test_ztf_solar_system_objects(z: str) -> None:
    rows = post(z, "sso", n_or_d=8467).rows
    assert {row["i:ssnamenr"] for row in rows} == {"8467"} and {row["d:roid"] for row in rows} == {3}
    assert (rows[0]["sso_name"], rows[0]["sso_number"]) == ("Benoitcarry", 8467)
    assert post(z, "sso", n_or_d="benoit carry").rows == rows
    with_place = post(z, "sso", n_or_d="8467", withEphem=True, withResiduals="True").rows[0]
    assert {"Phase", "Dobs", "VMag", "SDSS:g", "residuals_shg1g2"} <= set(with_place)
    assert set(post(z, "sso", n_or_d="8467", columns="i:jd").rows[0]) == {
        *("i:jd", "i:ssnamenr", "sso_name", "sso_number"),
    }
    unknown = post(z, "sso", n_or_d="kdflsjffld")
    assert (unknown.status, unknown.kind) == (400, TEXT)
    assert "kdflsjffld is not a valid name or number according to quaero." in unknown.text
    assert post(z, "sso", n_or_d="8467,33803", withResiduals=True).status == 400


def test_the_region_of_an_event(z: str, s: str) -> None:
    rows = post(z, "skymap", event_name="S261120bk", credible_level=0.9).rows
    assert rows and all(row["i:jdstarthist"] >= row["v:jdstartgw"] - 1 for row in rows)
    assert "v:startgwMjdTai" in post(s, "skymap", event_name="S230709bi", credible_level="0.2").rows[0]
    (failed,) = post(z, "skymap", event_name="S999999zz", credible_level=0.9).rows
    assert list(failed) == ["status"]
