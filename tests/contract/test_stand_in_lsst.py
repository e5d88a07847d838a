"""The stand-in for Fink's LSST API.

Held to what is known of the real ones (fink-object-api 3.5), through a socket with urllib.
"""

from __future__ import annotations

from rest_calls import Row, get, post


def test_lsst_ids_are_exact(s: str, source: Row) -> None:
    name = source["r:diaObjectId"]
    assert type(name) is int and name > 2**53
    rows = post(s, "sources", diaObjectId=str(name)).rows
    assert {row["r:diaObjectId"] for row in rows} == {name}
    assert int(float(source["r:diaSourceId"])) != source["r:diaSourceId"] or source["r:diaSourceId"] % 32 == 0
    assert source["r:diaSourceId"] in {row["r:diaSourceId"] for row in rows}
    times = [row["r:midpointMjdTai"] for row in rows]
    assert times == sorted(times, reverse=True)
    (one,) = post(s, "sources", diaObjectId=str(name), midpointMjdTai=times[-1]).rows
    assert one["r:midpointMjdTai"] == times[-1]


def test_lsst_columns_without_a_value(s: str, source: Row) -> None:
    """All columns come back when none are chosen; one that is chosen and has no value anywhere does not."""
    name = str(source["r:diaObjectId"])
    whole = post(s, "sources", diaObjectId=name).rows
    assert len(whole[0]) > 98 and whole[0]["r:trailRaErr"] is None and whole[0]["f:xm_gcvs_type"] is None
    few = post(s, "sources", diaObjectId=name, columns="r:band,r:trailRaErr,f:xm_gcvs_type").rows
    assert set(few[0]) == {"r:band"}
    assert not any(column.startswith("v:") for column in whole[0])


def test_lsst_summaries(s: str) -> None:
    alerts = post(s, "tags", tag="most_likely_sn", n=100).rows
    names = sorted({str(row["r:diaObjectId"]) for row in alerts})
    assert len(names) < len(alerts)
    columns = "r:nDiaSources,r:diaObjectId,r:lastDiaSourceMjdTai"
    rows = post(s, "objects", diaObjectId=",".join(names), columns=columns).rows
    assert sorted(str(row["r:diaObjectId"]) for row in rows) == names
    (whole,) = post(s, "objects", diaObjectId=names[0]).rows
    summary = {"f:is_sso", "f:is_first", "f:is_cataloged", "f:main_label_classifier", "f:firstDiaSourceMjdTaiFink"}
    assert summary <= set(whole) and "r:psfFlux" not in whole
    assert len([name for name in whole if name.startswith("r:")]) >= 82
    assert whole["r:firstDiaSourceMjdTai"] is None


def test_forced_photometry(s: str, source: Row) -> None:
    rows = post(s, "fp", diaObjectId=str(source["r:diaObjectId"])).rows
    assert len(rows[0]) == 14 and len({row["r:visit"] for row in rows}) == len(rows) > 5
    times = [row["r:midpointMjdTai"] for row in rows]
    assert times == sorted(times, reverse=True)


def test_tags_and_blocks(s: str) -> None:
    tags, blocks = get(s, "tags").data, get(s, "blocks").data
    assert len(tags) == 12 and len(blocks) == 16 and all(name.startswith("b_") for name in blocks)
    assert tags["in_tns"].keys() == {"description", "API support"}
    assert [tag for tag, about in tags.items() if not about["API support"]] == [
        *("extragalactic_svom", "fast_transient_gvom", "remove_unlikely_transients", "uniform_sample"),
    ]
    assert len(post(s, "tags", tag="sn_near_galaxy_candidate").rows) == 10
    assert get(s, "tags", tag="sn_near_galaxy_candidate", n=3).rows
    dated = post(s, "tags", tag="most_likely_sn", n=1000, startdate="2026-11-14", stopdate="2026-11-15").rows
    assert dated and all(61358 <= row["r:midpointMjdTai"] < 61359.001 for row in dated)


def test_lsst_solar_system_objects(s: str) -> None:
    rows = post(s, "sso", n_or_d="2009 WK85").rows
    assert rows and rows == post(s, "sso", n_or_d="2009_WK85").rows
    assert {row["f:sso_name"] for row in rows} == {"2009 WK85"} and {row["r:diaObjectId"] for row in rows} == {0}
    assert rows[0]["r:packed_primary_provisional_designation"] == "K09W85K" and rows[0]["r:ssObjectId"] > 2**53
    assert post(s, "sso", n_or_d="8467").rows == []
    assert "is not a valid name or number according to quaero" in post(s, "sso", n_or_d="kdflsjffld").text


def test_the_lsst_schema(s: str, source: Row) -> None:
    groups = post(s, "schema", endpoint="/api/v1/sources").data
    assert list(groups) == ["LSST original fields (r:)", "Fink science module outputs (f:)"]
    known = {f"{name[-3:-1]}{field}" for name, fields in groups.items() for field in fields}
    assert known == set(source)
    forced = post(s, "schema", endpoint="/api/v1/fp").data
    assert len(forced["LSST original fields (r:)"]) == 14
    for endpoint in ("objects", "conesearch", "tags", "sso", "statistics", "cutouts"):
        assert get(s, "schema", endpoint=f"/api/v1/{endpoint}").data
