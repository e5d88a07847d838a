"""The stand-in's cone searches, names and pictures.

Held to what is known of the real ones (fink-object-api 3.5), through a socket with urllib.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator

import pytest
from packets import lsst, write_avro, ztf
from rest_calls import TEXT, Row, get, png_size, post

import fink_tui.demo


def test_a_cone_has_the_last_alert_of_each_object(z: str, supernova: list[Row]) -> None:
    last = supernova[0]
    (found,) = post(z, "conesearch", ra=last["i:ra"], dec=last["i:dec"], radius=5).rows
    assert found["i:candid"] == last["i:candid"] and found["v:separation_degree"] < 1e-4
    assert "d:rf_snia_vs_nonia" not in found and "v:classification" not in found
    (few,) = post(z, "conesearch", ra=str(last["i:ra"]), dec=str(last["i:dec"]), radius="5", columns="i:objectId").rows
    assert set(few) == {"i:dec", "i:objectId", "i:ra", "v:separation_degree"}


def test_coordinates_in_every_notation(z: str, s: str, supernova: list[Row]) -> None:
    row = supernova[0]
    hours, degrees = row["i:ra"] / 15.0, abs(row["i:dec"])
    h, m = int(hours), int(hours * 60) % 60
    d, n = int(degrees), int(degrees * 60) % 60
    second, arcsec = (hours * 60 % 1) * 60, (degrees * 60 % 1) * 60
    sign = "-" if row["i:dec"] < 0 else "+"
    ra_degrees, ra_minutes = int(row["i:ra"]), row["i:ra"] % 1 * 60
    notations = (
        (f"{h}h{m}m{second:.4f}s", f"{sign}{d}d{n}m{arcsec:.3f}s"),
        (f"{h} {m} {second:.4f}", f"{sign}{d} {n} {arcsec:.3f}"),
        (f"{h}:{m}:{second:.4f}", f"{sign}{d}:{n}:{arcsec:.3f}"),
        (f"{ra_degrees}d{int(ra_minutes)}m{ra_minutes % 1 * 60:.3f}s", f"{sign}{d}d{n}m{arcsec:.3f}s"),
        (str(row["i:ra"]), str(row["i:dec"])),
    )
    for ra, dec in notations:
        (found,) = post(z, "conesearch", ra=ra, dec=dec, radius=2).rows
        assert found["i:objectId"] == row["i:objectId"]
        assert post(s, "conesearch", ra=ra, dec=dec, radius=2).status == 200


def test_a_wide_cone_is_sorted_by_separation(z: str, s: str) -> None:
    for base, decs in ((z, (10, 20, 30)), (s, (-45, -30, -15))):
        found = [post(base, "conesearch", ra=r, dec=d, radius=18000).rows for r in range(60, 180, 8) for d in decs]
        rows = max(found, key=len)
        far = [row["v:separation_degree"] for row in rows]
        assert len(far) > 1 and far == sorted(far) and far[-1] <= 5.0


def test_dates_of_a_ztf_cone_are_of_the_first_detection(z: str, supernova: list[Row]) -> None:
    last = supernova[0]
    here = {"ra": last["i:ra"], "dec": last["i:dec"], "radius": 5}
    first = last["i:jdstarthist"]
    assert len(post(z, "conesearch", **here, startdate=first - 1, window=2).rows) == 1
    assert len(post(z, "conesearch", **here, startdate=str(first - 2400000.5 - 1), window="2").rows) == 1
    assert post(z, "conesearch", **here, startdate=last["v:lastdate"][:10], window=3).rows == []
    # Without a start the stop is passed over.
    assert len(post(z, "conesearch", **here, stopdate="2020-01-01").rows) == 1


def test_dates_of_an_lsst_cone(s: str, source: Row) -> None:
    here = {"ra": source["r:ra"], "dec": source["r:dec"], "radius": 5}
    (row,) = post(s, "conesearch", **here).rows
    assert row["r:diaObjectId"] == source["r:diaObjectId"]
    first, last = row["f:firstDiaSourceMjdTaiFink"], row["r:midpointMjdTai"]
    few = post(s, "conesearch", **here, columns="r:diaObjectId", startdate=first - 1)
    assert (few.status, few.kind) == (400, TEXT) and "f:firstDiaSourceMjdTaiFink" in few.text
    columns = "r:diaObjectId,f:firstDiaSourceMjdTaiFink"
    (few_columns,) = post(s, "conesearch", **here, columns=columns, startdate=first - 1).rows
    assert {"r:ra", "r:dec", "r:midpointMjdTai", "v:separation_degree"} <= set(few_columns)
    assert post(s, "conesearch", **here, startdate=first + 0.5).rows == []
    assert len(post(s, "conesearch", **here, startdate=first + 0.5, kind="across").rows) == 1
    assert post(s, "conesearch", **here, stopdate=last - 0.5).rows == []


@pytest.fixture(scope="module")
def corners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fink_tui.demo.Api]:
    """Objects at a pole and on both sides of right ascension zero."""
    places = [(10.0, 89.95), (190.0, 89.95), (100.0, 89.5), (359.9995, 1.0), (0.0005, 1.0), (0.1, 1.0)]
    folder = tmp_path_factory.mktemp("alerts")
    rows = [
        ztf(f"ZTF26corne{'abcdef'[k]}r", 3_367_463_101_415_010_117 + k, 61121.0, ra=ra, dec=dec)
        for k, (ra, dec) in enumerate(places)
    ]
    southern = [
        lsst(170_094_456_272_322_681 + k, 313_897_383_979_122_767 + k, 61121.0, ra=ra, dec=-dec)
        for k, (ra, dec) in enumerate(places)
    ]
    write_avro(folder / "ztf.avro", rows)
    write_avro(folder / "lsst.avro", southern)
    with fink_tui.demo.start_api(alerts=[folder]) as running:
        yield running


def test_a_cone_at_a_pole_and_across_right_ascension_zero(corners: fink_tui.demo.Api) -> None:
    for base, sign, name in ((corners.ztf_url, 1, "i:objectId"), (corners.lsst_url, -1, "r:diaObjectId")):
        near_pole = post(base, "conesearch", ra=280.0, dec=sign * 89.9, radius=900).rows
        assert len(near_pole) == 2
        assert near_pole[0]["v:separation_degree"] == pytest.approx(math.hypot(0.1, 0.05), abs=1e-4)
        across = post(base, "conesearch", ra=359.9999, dec=sign * 1.0, radius=5).rows
        assert len({row[name] for row in across}) == 2
        assert across[0]["v:separation_degree"] == pytest.approx(0.0004, abs=1e-5)
        assert len(post(base, "conesearch", ra=0, dec=sign * 1.0, radius=400).rows) == 3


def test_names_at_tns(z: str, s: str) -> None:
    rows = post(z, "resolver", resolver="tns", name="sn 2026").rows
    assert {row["d:fullname"] for row in rows} == {"SN 2026abqk", "SN 2026zqd"}
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert {"d:declination", "d:internalname", "d:ra", "d:type", "d:redshift", "key:key", "key:time"} <= set(rows[0])
    inside = next(row["d:internalname"] for row in rows if row["d:internalname"].startswith("ZTF"))
    (found,) = post(z, "resolver", resolver="tns", name=inside, reverse=True).rows
    assert found["d:internalname"] == inside
    assert get(z, "resolver", resolver="tns", name=inside, reverse="true").rows == []
    assert len(post(z, "resolver", resolver="tns", name="", nmax=1).rows) == 1
    direct = post(s, "resolver", resolver="tns", name_or_id="SN 2026abqk").rows
    assert {"f:fullname", "f:internalname", "f:ra", "f:declination", "f:type", "f:redshift", "f:discoverydate"} <= set(
        direct[0]
    )
    name = post(s, "tags", tag="in_tns").rows[0]["r:diaObjectId"]
    (back,) = post(s, "resolver", resolver="tns", name_or_id=str(name), reverse=True).rows
    assert set(back) == {"r:diaObjectId", "f:xm_tns_fullname", "f:xm_tns_type", "f:xm_tns_redshift"}


def test_names_at_simbad_and_in_ssodnet(z: str, s: str, supernova: list[Row]) -> None:
    (galaxy,) = post(z, "resolver", resolver="simbad", name="Markarian 2").rows
    assert (galaxy["oname"], galaxy["jradeg"]) == ("Mrk 2", 28.7241958)
    assert post(s, "resolver", resolver="simbad", name_or_id="nothing at all").rows == []
    back = post(z, "resolver", resolver="simbad", name=supernova[0]["i:objectId"], reverse=True, nmax=3).rows
    assert len(back) == 3 and back[0]["d:cdsxmatch"] == "Unknown" and isinstance(back[0]["i:ra"], str)
    named = post(z, "resolver", resolver="ssodnet", name="33", nmax=1).rows
    assert named == [{"i:name": "Polyhymnia", "i:number": "33", "i:ssnamenr": "33"}] * 2
    assert {row["i:name"] for row in post(z, "resolver", resolver="ssodnet", name="ben").rows} == {"Benoitcarry"}
    alert = post(z, "sso", n_or_d="8467").rows[0]["i:objectId"]
    back = post(z, "resolver", resolver="ssodnet", name=alert, reverse=True).rows
    assert {row["i:name"] for row in back} == {"Benoitcarry"}
    moving = post(s, "resolver", resolver="ssodnet", name_or_id="2009 WK85").rows
    assert type(moving[0]["r:ssObjectId"]) is int


def test_ztf_cutouts(z: str, supernova: list[Row]) -> None:
    here = {"objectId": supernova[0]["i:objectId"]}
    picture = post(z, "cutouts", **here, kind="Science")
    assert picture.kind == "image/png" and png_size(picture.body) == (63, 63)
    assert post(z, "cutouts", **here, kind="Science", pmin=5, pmax=50).body == picture.body
    for change in ({"stretch": "log"}, {"colormap": "viridis"}, {"convolution_kernel": "gauss"}, {"kind": "Template"}):
        other = post(z, "cutouts", **here, **({"kind": "Science"} | change))
        assert png_size(other.body) == (63, 63) and other.body != picture.body
    old = post(z, "cutouts", **here, kind="Science", candid=supernova[-1]["i:candid"])
    assert old.status == 200 and old.body != picture.body
    array = post(z, "cutouts", **here, kind="Science", output__format="array").data["b:cutoutScience_stampData"]
    assert len(array) == len(array[0]) == 63
    whole = post(z, "cutouts", **here, kind="All", output__format="array").data
    assert set(whole) == {f"b:cutout{kind}_stampData" for kind in ("Science", "Template", "Difference")}
    file = post(z, "cutouts", **here, kind="Difference", output__format="FITS")
    assert file.kind == "application/octet-stream" and gzip.decompress(file.body).startswith(b"SIMPLE")
    bad = post(z, "cutouts", **here, kind="Science", output__format="gif")
    assert (bad.status, bad.kind) == (400, TEXT)
    assert post(z, "cutouts", **here, kind="All", output__format="PNG").status == 400


def test_lsst_cutouts(s: str, source: Row) -> None:
    name = str(source["r:diaSourceId"])
    assert png_size(post(s, "cutouts", diaSourceId=name, kind="Difference").body) == (30, 30)
    array = post(s, "cutouts", diaSourceId=name, kind="Science", output__format="array").data
    assert list(array) == ["b:cutoutScience"] and len(array["b:cutoutScience"]) == 30
    assert post(s, "cutouts", diaSourceId=name, kind="Science", output__format="FITS").body.startswith(b"SIMPLE")
    unknown = post(s, "cutouts", diaSourceId="123", kind="Science")
    assert (unknown.status, unknown.kind, unknown.body) == (200, "image/png", b"")
