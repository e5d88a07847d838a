"""The stand-in for Fink's REST APIs: errors, requests and formats.

Held to what is known of the real ones (fink-object-api 3.5), through a socket with urllib.
"""

from __future__ import annotations

import csv
import gzip
import http.client
import io
import json
from xml.etree import ElementTree

import pytest
from rest_calls import JSON, TEXT, Answer, Row, get, post, send

import fink_tui.demo

SERVER_ERROR = {"message": "Internal Server Error"}


def test_a_missing_argument(z: str, s: str) -> None:
    reply = post(z, "conesearch", ra=10, dec=20)
    home = "https://api.ztf.fink-portal.org"
    words = f"{{'status': 'error', 'text': 'A value for `radius` is required. See {home} \\n'}}"
    assert (reply.status, reply.kind, reply.text) == (400, TEXT, words)
    for base, endpoint, argument in (
        (z, "objects", "objectId"),
        (z, "latests", "class"),
        (z, "sso", "n_or_d"),
        (z, "cutouts", "objectId"),
        (z, "resolver", "resolver"),
        (z, "statistics", "date"),
        (s, "sources", "diaObjectId"),
        (s, "objects", "diaObjectId"),
        (s, "fp", "diaObjectId"),
        (s, "conesearch", "ra"),
        (s, "tags", "tag"),
        (s, "cutouts", "diaSourceId"),
        (s, "schema", "endpoint"),
        (s, "skymap", "credible_level"),
    ):
        reply = post(base, endpoint)
        assert (reply.status, reply.kind) == (400, TEXT)
        assert f"A value for `{argument}` is required" in reply.text


@pytest.mark.parametrize("survey", ["ztf", "lsst"])
def test_a_radius_of_more_than_five_degrees(api: fink_tui.demo.Api, survey: str) -> None:
    base = api.ztf_url if survey == "ztf" else api.lsst_url
    reply = post(base, "conesearch", ra=1, dec=2, radius="36000")
    words = {"status": "error", "text": "`radius` cannot be bigger than 18,000 arcseconds (5 degrees).\n"}
    assert (reply.status, reply.kind, reply.text) == (400, TEXT, str(words))
    assert post(base, "conesearch", ra=1, dec=2, radius=18000).status == 200


def test_coordinates_that_are_none(z: str) -> None:
    reply = post(z, "conesearch", ra="kfdlkj", dec="lkfdjf", radius=5)
    error = ValueError("Invalid character at col 0 parsing angle 'kfdlkj'")
    assert (reply.status, reply.kind) == (400, TEXT)
    assert reply.text == str({"status": "error", "text": error})
    assert "ValueError(" in post(z, "conesearch", ra=10, dec=91, radius=5).text


def test_an_output_format_that_is_none(z: str, s: str) -> None:
    for reply in (
        post(z, "objects", objectId="ZTF", output__format="xml"),
        post(s, "tags", tag="in_tns", output__format="xml"),
    ):
        assert (reply.status, reply.kind) == (400, TEXT)
        assert "Output format `xml` is not supported" in reply.text


def test_a_tag_that_is_none_and_one_of_the_livestream_alone(s: str) -> None:
    unknown, live = post(s, "tags", tag="nonsense"), post(s, "tags", tag="uniform_sample")
    assert (unknown.status, unknown.kind, live.status) == (400, TEXT, 400)
    assert "nonsense is not a valid tag" in unknown.text and "'sn_near_galaxy_candidate'" in unknown.text
    assert unknown.text.count("\n") > 2
    assert "only available from the Livestream" in live.text


def test_a_trend_that_is_none(z: str) -> None:
    reply = post(z, "latests", class_="SN candidate", trend="sideways")
    assert (reply.status, reply.kind) == (400, TEXT) and "sideways is not a valid trend" in reply.text
    assert post(z, "latests", class_="SN candidate", trend="low_state").status == 400


def test_a_schema_of_no_endpoint(s: str) -> None:
    reply = post(s, "schema", endpoint="/api/v1/nothing")
    assert (reply.status, reply.kind, reply.text) == (404, TEXT, "/api/v1/nothing is not a valid endpoint")


def test_what_makes_the_server_stumble(z: str, s: str, source: Row) -> None:
    for reply in (
        post(z, "conesearch", ra=1, dec=2, radius="wide"),
        post(z, "latests", class_="SN candidate", n="many"),
        post(s, "tags", tag="in_tns", n="many"),
        post(z, "latests", class_="SN candidate", startdate="2461121.5"),
        post(s, "tags", tag="in_tns", stopdate="61121.5"),
        post(s, "sources", diaObjectId=source["r:diaObjectId"]),
        post(s, "objects", diaObjectId=source["r:diaObjectId"]),
        post(s, "fp", diaObjectId=source["r:diaObjectId"]),
        post(s, "cutouts", diaSourceId=source["r:diaSourceId"], kind="Science"),
        post(z, "cutouts", objectId="ZTF99zzzzzzz", kind="Science"),
        post(s, "cutouts", diaSourceId=str(source["r:diaSourceId"]), kind="Nonsense"),
        post(s, "cutouts", diaSourceId=str(source["r:diaSourceId"]), kind="All"),
        post(z, "resolver", resolver="nonsense", name="x"),
        post(z, "skymap"),
        post(z, "skymap", event_name="S261120bk"),
        post(z, "latests", class_="SN candidate", trend="rising", columns="i:objectId"),
    ):
        assert (reply.status, reply.kind, reply.data) == (500, JSON, SERVER_ERROR)


def test_bodies_that_are_no_json(z: str) -> None:
    url = f"{z}/api/v1/objects"
    broken = send(url, "POST", b'{"objectId": ', Content_Type="application/json")
    assert (broken.status, broken.kind) == (400, JSON)
    assert broken.data["message"].startswith("The browser (or proxy) sent a request")
    form = send(url, "POST", b"objectId=ZTF", Content_Type="application/x-www-form-urlencoded")
    none = http.client.HTTPConnection(z.removeprefix("http://"), timeout=10)
    none.request("POST", "/api/v1/objects")
    reply = none.getresponse()
    assert (form.status, form.kind, reply.status) == (415, JSON, 415)
    assert "was not 'application/json'" in form.data["message"]


def test_paths_and_verbs(z: str, s: str) -> None:
    for url in (f"{z}/api/v1/nonsense", f"{s}/nonsense", f"{z}/api/v1/objects/", f"{z}/api/v1/control"):
        reply = send(url)
        assert (reply.status, reply.kind) == (404, TEXT) and "<h1>Not Found</h1>" in reply.text
    for url, verb in ((f"{z}/api/v1/objects", "DELETE"), (f"{s}/api/v1/tags", "PUT"), (f"{z}/api/v1/classes", "POST")):
        reply = send(url, verb, b"{}", Content_Type="application/json")
        assert (reply.status, reply.kind) == (405, JSON)
        assert reply.data == {"message": "The method is not allowed for the requested URL."}


def test_each_survey_has_endpoints_that_the_other_lacks(z: str, s: str) -> None:
    for endpoint in ("fp", "tags", "blocks", "sources"):
        assert get(z, endpoint).status == 404 and get(s, endpoint).status == 200
    for endpoint in ("latests", "classes", "anomaly", "tracklet"):
        assert get(s, endpoint).status == 404 and get(z, endpoint).status == 200


def test_a_get_without_arguments_is_one_line_or_a_list(z: str, s: str) -> None:
    for base, endpoint in ((z, "objects"), (z, "conesearch"), (s, "sources"), (s, "schema"), (s, "conesearch")):
        reply = get(base, endpoint)
        assert (reply.status, reply.kind) == (200, TEXT)
        assert reply.text and "\n" not in reply.text
    for base, endpoint in ((z, "classes"), (z, "schema"), (s, "tags"), (s, "blocks")):
        assert get(base, endpoint).data


def test_a_query_string_wins_over_the_body(z: str, supernova: list[Row]) -> None:
    name = supernova[0]["i:objectId"]
    body = json.dumps({"objectId": name}).encode()
    url = f"{z}/api/v1/objects?objectId={name}&columns=i:jd"
    assert list(send(url, "POST", body, Content_Type="application/json").rows[0]) == ["i:jd"]
    assert send(url.replace(name, "ZTF99zzzzzzz"), "POST", body, Content_Type="application/json").rows == []
    assert get(z, "objects", objectId=name, columns="i:jd").rows == send(url).rows


def test_gzip_only_when_asked(z: str, supernova: list[Row]) -> None:
    url = f"{z}/api/v1/objects?objectId={supernova[0]['i:objectId']}"
    plain, packed = send(url), send(url, Accept_Encoding="gzip, deflate")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


def test_the_connection_is_kept(z: str) -> None:
    connection = http.client.HTTPConnection(z.removeprefix("http://"), timeout=10)
    for path in ("/api/v1/objects", "/api/v1/nonsense", "/api/v1/classes"):
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        assert reply.version == 11 and not reply.will_close


def test_formats_say_the_same(z: str, supernova: list[Row]) -> None:
    name = supernova[0]["i:objectId"]

    def asked(kind: str) -> Answer:
        return post(z, "objects", objectId=name, columns="i:jd,i:objectId,d:vsx", output__format=kind)

    rows = asked("json").rows
    comma, table = asked("csv"), asked("votable")
    assert (comma.kind, table.kind) == ("application/csv", "text/xml")
    assert [row["i:objectId"] for row in csv.DictReader(io.StringIO(comma.text))] == [r["i:objectId"] for r in rows]
    tree = ElementTree.fromstring(table.body)
    ids = [field.get("ID") for field in tree.iter() if field.tag.endswith("FIELD")]
    assert ids == ["d_vsx", "i_jd", "i_objectId"]
    assert sum(1 for item in tree.iter() if item.tag.endswith("TR")) == len(rows)
    parquet = asked("parquet")
    assert parquet.kind == "parquet" and parquet.body.startswith(b"PAR1")


def test_astropy_reads_the_votable(z: str, supernova: list[Row]) -> None:
    from astropy.io import votable

    whole = post(z, "objects", objectId=supernova[0]["i:objectId"], output__format="votable")
    table = votable.parse(io.BytesIO(whole.body)).get_first_table().to_table()
    assert list(table["i_candid"]) == [row["i:candid"] for row in supernova]
    assert len(table.colnames) == len(supernova[0])


def test_nothing_found_is_an_empty_array(z: str, s: str) -> None:
    for reply in (
        post(z, "objects", objectId="ZTF99zzzzzzz"),
        post(z, "objects", objectId="ZTF99zzzzzzz", withupperlim="True"),
        post(z, "conesearch", ra=200, dec=-80, radius=5),
        post(z, "latests", class_="No such class"),
        post(s, "sources", diaObjectId="123"),
        post(s, "objects", diaObjectId="123"),
        post(s, "tags", tag="faint_trails"),
        post(s, "sso", n_or_d="Ceres"),
    ):
        assert reply.status == 200 and reply.body == b"[]"
    assert post(z, "objects", objectId="ZTF99zzzzzzz", output__format="csv").status == 200
