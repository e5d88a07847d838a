"""The stand-in for a TOM and the real ones: photometry, point by point and in files. Version 2 keeps what it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_calls import Answer, send
from tom_database import Point
from tom_servers import KINDS, Tom, Toms

TIME = "2021-06-01T05:12:34.567890Z"
GREEN = {"magnitude": 18.123, "error": 0.05, "filter": "g", "candid": "1619199460915015010"}
CURVE = "time,filter,magnitude,error\n59000.5,g,18.5,0.1\n59001.5,r,18.25,0.2\n"


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, toms: Toms) -> Tom:
    """A TOM of each kind with one target of carol's on it."""
    site = toms.fresh(request.param)
    site.make("x", 10.0, 20.0, aliases=[{"name": "SN 2021pfs"}])
    return site


@pytest.fixture
def add(site: Tom) -> Callable[..., Answer]:
    """Adds a point to the target, as it is with these things changed."""

    def add(value: Any = GREEN, who: str = "carol", **changed: Any) -> Answer:
        point = {"target": 1, "data_type": "photometry", "timestamp": TIME, "value": value, **changed}
        return site.ask("POST", "reduceddatums/", point, who)

    return add


Add = Callable[..., Answer]


def bands(site: Tom) -> list[str]:
    return [point.band for point in site.db.target("x").points]


def test_a_point_comes_back_without_a_number(site: Tom, add: Add) -> None:
    made = add(source_name="Fink", source_location="https://ztf.fink-portal.org/x")
    typed = {
        "brightness": 18.123,
        "brightness_error": 0.05,
        "bandpass": "g",
        "unit": "",
        "telescope": "",
        "instrument": "",
    }
    point = {
        "data_product": None,
        "data_type": "photometry",
        "source_name": "Fink",
        "source_location": "https://ztf.fink-portal.org/x",
        "timestamp": TIME,
        "value": typed if site.tokens else GREEN,
        "target": 1,
    }
    assert (made.status, made.data) == (201, {**point, "message": "Data successfully uploaded."})
    assert site.ask("GET", "reduceddatums/").data["results"] == [point]
    assert site.db.target("x").points == [Point(TIME, "g", 18.123, 0.05, None, "Fink")]


def test_the_same_point_again(site: Tom, add: Add) -> None:
    assert add().status == 201
    again = add(source_name="another")
    if site.tokens:
        assert (again.status, again.data["already_exists"]) == (200, True)
        assert again.data["message"] == "Data already exists. Skipping upload."
    else:
        assert (again.status, again.kind) == (500, "text/html")
    # Version 2 takes it for another when anything in its value is, version 3 when what it must be unique by is.
    assert add({**GREEN, "error": 0.07}).status == (200 if site.tokens else 201)
    assert add({**GREEN, "magnitude": 18.124}).status == 201
    assert add(timestamp="2021-06-01T05:12:34.567891Z").status == 201
    assert len(bands(site)) == (3 if site.tokens else 4)


def test_an_upper_limit(site: Tom, add: Add) -> None:
    limit = {"limit": 20.5, "filter": "g"}
    assert add(limit).status == 201 and add(limit).status == (200 if site.tokens else 500)
    assert add({**limit, "limit": 20.6}).status == 201
    assert [point.limit for point in site.db.target("x").points] == [20.5, 20.6]
    shown = site.ask("GET", "reduceddatums/").data["results"][0]["value"]
    assert shown == limit if not site.tokens else "limit" not in shown


def test_other_spellings(site: Tom, add: Add) -> None:
    made = add({"mag": "17.5", "f": "U", "mag_err": 0.1, "unit": "AB", "instrument": "I", "exposure_time": 3})
    shown = {
        "brightness": 17.5,
        "brightness_error": 0.1,
        "bandpass": "U",
        "unit": "AB",
        "telescope": "",
        "instrument": "I",
    }
    assert made.status == 201 and (made.data["value"] == shown) == site.tokens


def test_what_it_stumbles_over(site: Tom, add: Add) -> None:
    # Version 2 looks into none of it.
    for value in ({"magnitude": 18.0}, {"filter": "x" * 33}, {"filter": "z", "error": "abc"}, "x", [1]):
        assert add(value).status == (500 if site.tokens else 201), value
    assert add({}).status == 500
    assert add(data_type="nonsense").status == (201 if site.tokens else 500)
    assert add(data_type="PHOTOMETRY", value={**GREEN, "filter": "J"}).status == (201 if site.tokens else 500)
    inside = add({**GREEN, "filter": "i", "timestamp": "2020-01-01T00:00:00Z"})
    assert (inside.data["timestamp"] == "2020-01-01T00:00:00Z") == site.tokens
    if site.tokens:
        # Nonsense where there is a point is taken for that point.
        assert add().status == 201 and add({**GREEN, "error": "abc"}).data["already_exists"]


def test_what_is_refused(site: Tom, add: Add) -> None:
    wrong_time = "Datetime has wrong format. Use one of these formats instead: "
    wrong_time += "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    for changed, errors in (
        ({"timestamp": 59000.5}, {"timestamp": [wrong_time]}),
        ({"timestamp": None}, {"timestamp": ["This field may not be null."]}),
        ({"value": None}, {"value": ["This field may not be null."]}),
        ({"data_type": ""}, {"data_type": ["This field may not be blank."]}),
        ({"source_name": "x" * 101}, {"source_name": ["Ensure this field has no more than 100 characters."]}),
        ({"source_location": "x" * 201}, {"source_location": ["Ensure this field has no more than 200 characters."]}),
        ({"target": 99}, {"target": ['Invalid pk "99" - object does not exist.']}),
        ({"target": "x"}, {"target": ["Incorrect type. Expected pk value, received str."]}),
        ({"who": "bob"}, {"target": ['Invalid pk "1" - object does not exist.']}),
    ):
        reply = add(**changed)
        assert (reply.status, reply.data) == (400, errors), changed
    assert "target" in site.ask("POST", "reduceddatums/", {}).data
    words = "Invalid data. Expected a dictionary, but got list."
    assert site.ask("POST", "reduceddatums/", [{}]).data == {"non_field_errors": [words]}
    assert bands(site) == []


def test_times(site: Tom, add: Add) -> None:
    for given, kept in (
        ("2021-06-03T05:12:34", "2021-06-03T05:12:34Z"),
        ("2021-06-03T05:12:34+02:00", "2021-06-03T03:12:34Z"),
        ("2021-06-04", "2021-06-04T00:00:00Z"),
        ("2021-06-05 05:12:34.5Z", "2021-06-05T05:12:34.500000Z"),
        ("2021-06-06T05:12:34.123456789Z", "2021-06-06T05:12:34.123456Z"),
    ):
        assert add(timestamp=given).data["timestamp"] == kept
    body = {"target": 1, "data_type": "photometry", "value": GREEN}
    assert [site.ask("POST", "reduceddatums/", body).status for _ in range(2)] == [201, 201]
    times = [point["timestamp"] for point in site.ask("GET", "reduceddatums/").data["results"]]
    assert (times == sorted(times, reverse=True)) == site.tokens


def test_points_are_looked_for(site: Tom, add: Add) -> None:
    other = site.make("other", 50.0, 20.0, who="bob")
    add(source_name="Fink")
    site.add_point(other, TIME, {"magnitude": 17.0, "filter": "R"}, who="bob", source="ZTF")
    hidden = 0 if site.tokens else 1  # version 2 shows everybody's to everybody
    for query, count in (
        ({}, 1 + hidden),
        ({"target__id": 1}, 1),
        ({"target__id": 1, "data_type": "photometry"}, 1),
        ({"target__id": other}, hidden),
        ({"target": 99}, 1 + hidden),
        ({"target_name": "2021PFS"}, 1),
        ({"source_name": "Fink"}, 1),
        ({"source_name": "fin"}, 0),
        ({"data_type": "spectroscopy"}, 0),
        ({"data_type": "PHOTOMETRY"}, 1 if site.tokens else 0),
    ):
        assert site.ask("GET", "reduceddatums/", **query).data["count"] == count, query
    assert site.ask("GET", "reduceddatums/", target__id="x").status == (200 if site.tokens else 400)
    part = site.ask("GET", "reduceddatums/", limit=1, target__id=1).data
    assert (part["count"], part["next"]) == (1, None)
    # Whoever asks may delete any, so nobody must ever ask.
    assert site.ask("DELETE", "reduceddatums/1/", who=None).status == 204 and bands(site) == []


def upload(site: Tom, content: str, product: str = "p", name: str = "lc.csv", **changed: str | None) -> Answer:
    """Send a file; a part of the form that is None is left out."""
    form = {"target": "1", "data_product_type": "photometry", "product_id": product, "file": content, **changed}
    parts = [
        f'--frontier\r\nContent-Disposition: form-data; name="{part}"'
        + (f'; filename="{name}"\r\nContent-Type: text/csv' if part == "file" else "")
        + f"\r\n\r\n{text}\r\n"
        for part, text in form.items()
        if text is not None
    ]
    body = "".join([*parts, "--frontier--\r\n"]).encode()
    headers = {"Content_Type": "multipart/form-data; boundary=frontier", "Accept": "application/json"}
    return send(f"{site.url}/api/dataproducts/", "POST", body, Authorization=site.authorization(), **headers)


def test_a_file_of_points(site: Tom) -> None:
    made = upload(site, CURVE)
    assert (made.status, made.data["product_id"], made.data["message"]) == (
        201,
        "p",
        "Data product successfully uploaded.",
    )
    again = upload(site, CURVE)
    if site.tokens:
        assert (again.status, again.data["already_exists"]) == (200, True)
    else:
        assert (again.status, again.data) == (
            400,
            {"product_id": ["data product with this product id already exists."]},
        )
    assert upload(site, CURVE + "59002.25,g,18.75,\n", "q").status == 201
    points = [(point.time, point.band, point.brightness, point.error) for point in site.db.target("x").points]
    assert points == [
        ("2020-05-31T12:00:00Z", "g", 18.5, 0.1),
        ("2020-06-01T12:00:00Z", "r", 18.25, 0.2),
        ("2020-06-02T06:00:00Z", "g", 18.75, None),
    ]
    limits = "time,filter,magnitude,error,limit\n59010.5,g,18.5,0.1,\n59011.5,g,,,20.5\n"
    assert upload(site, limits, "r").status == 201
    assert site.db.target("x").points[-1] == Point("2020-06-11T12:00:00Z", "g", None, None, 20.5, "")


def test_files_that_are_none(site: Tom) -> None:
    for content, name in (("nonsense\n", "lc.csv"), (CURVE, "lc.dat")):
        reply = upload(site, content, name=name)
        assert reply.status == 500 and "Data processing error" in reply.data
    # A column of whole numbers is more than version 2 can write down.
    assert upload(site, "time,filter,magnitude,error\n59000.5,i,18,1\n", "whole").status == (
        201 if site.tokens else 500
    )
    assert upload(site, CURVE, file=None).status == 500
    for absent in ("target", "data_product_type"):
        assert upload(site, CURVE, **{absent: None}).data == {absent: ["This field is required."]}
    assert upload(site, CURVE, target="99").data == {"target": ['Invalid pk "99" - object does not exist.']}
    assert site.ask("POST", "dataproducts/", {}).status == 415
    assert bands(site) == (["i"] if site.tokens else [])
