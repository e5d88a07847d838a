"""ZTF packets, number by number."""

from __future__ import annotations

import math

import astropy.units as u
import pytest
from astropy.time import Time
from packets import place_of, real_packets, ztf, ztf_point

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, IdentityMissing
from fink_tui.alerts.packet import alert_of_packet, cutouts_of_packet
from fink_tui.alerts.ztf import ztf_alert


def test_who_where_when() -> None:
    alert = alert_of_packet(ztf("ZTF26aamcbly", 3367463101415010117, 61121.4631019))
    assert (alert.survey, alert.source_id, alert.object_id) == ("ztf", 3367463101415010117, "ZTF26aamcbly")
    assert (alert.ra, alert.dec, alert.is_moving, alert.aliases) == (*place_of("ZTF26aamcbly"), False, ())
    assert alert.detection.mjd == pytest.approx(Time(61121.4631019 + 2400000.5, format="jd").mjd, abs=1e-9)
    assert alert.first_mjd == pytest.approx(61111.4631019, abs=1e-8)
    assert alert.processed == "2026-03-22 13:28:18.277568"
    assert alert.is_full


def test_the_id_of_the_candidate_serves_where_the_packet_has_none() -> None:
    packet = ztf("ZTF26a", 17, 61110.0) | {"candid": None}
    assert ztf_alert(packet).source_id == 17


@pytest.mark.parametrize(
    ("sign", "negative"),
    [("t", False), ("1", False), ("f", True), ("0", True), ("T", False), ("true", False), ("false", True)],
)
def test_the_sign_of_the_difference(sign: str, negative: bool) -> None:
    point = ztf_alert(ztf("ZTF26a", 1, 61110.0, mag=18.5, isdiffpos=sign)).detection
    flux = (18.5 * u.ABmag).to_value(u.nJy)
    reference = (19.5 * u.ABmag).to_value(u.nJy)
    assert point.is_negative is negative
    assert point.flux == pytest.approx(-flux if negative else flux, rel=1e-9)
    assert point.mag == 18.5
    if negative:
        # More light is missing than the reference has.
        assert point.mag_apparent is None
    else:
        assert point.mag_apparent == pytest.approx(((flux + reference) * u.nJy).to_value(u.ABmag), abs=1e-9)


def test_a_fading_of_a_bright_reference_has_an_apparent_magnitude() -> None:
    point = ztf_alert(ztf("ZTF26a", 1, 61110.0, mag=19.0, isdiffpos="f", magnr=17.0)).detection
    left = (17.0 * u.ABmag).to_value(u.nJy) - (19.0 * u.ABmag).to_value(u.nJy)
    assert point.mag_apparent == pytest.approx((left * u.nJy).to_value(u.ABmag), abs=1e-9)


@pytest.mark.parametrize(("fid", "band"), [(1, "g"), (2, "r"), (3, "i"), (4, None), (None, None)])
def test_bands(fid: int | None, band: str | None) -> None:
    assert ztf_alert(ztf("ZTF26a", 1, 61110.0, fid=fid)).detection.band == band


def test_sentinels_are_nothing() -> None:
    packet = ztf(
        "ZTF26a", 1, 61110.0, magnr=-999.0, distnr=-999.0, ra=-999.0, gaiaClass="nan", vsx="Fail 500", Plx=math.nan
    )
    alert = ztf_alert(packet)
    assert (alert.ra, alert.dec, alert.detection.mag_apparent) == (None, None, None)
    assert alert.details["matches"] == {}
    assert "reference_mag" not in alert.details["quality"]
    assert "slsn_score" not in alert.details["scores"]
    assert alert.details["moving"] == {"roid": 0}


def test_history_keeps_detections_and_upper_limits() -> None:
    records = [
        ztf_point(61100.0, diffmaglim=19.75),
        ztf_point(61101.0, mag=19.0, candid=8, isdiffpos="f", fid=2),
        ztf_point(61102.0, diffmaglim=None),
        ztf_point(61103.0, diffmaglim=-999.0),
    ]
    history = ztf_alert(ztf("ZTF26a", 1, 61110.0, prv_candidates=records)).history
    assert [(p.kind, p.mjd) for p in history] == [
        (UPPER_LIMIT, pytest.approx(61100.0)),
        (DETECTION, pytest.approx(61101.0)),
    ]
    limit, point = history
    assert (limit.upper_limit, limit.mag, limit.flux, limit.is_negative, limit.band) == (19.75, None, None, None, "g")
    assert (point.source_id, point.band, point.is_negative, point.upper_limit) == (8, "r", True, None)


@pytest.mark.parametrize("history", [None, []])
def test_no_history(history: list[dict[str, object]] | None) -> None:
    assert ztf_alert(ztf("ZTF26a", 1, 61110.0, prv_candidates=history)).history == ()


def test_an_asteroid_goes_by_its_designation_and_inherits_no_history() -> None:
    packet = ztf("ZTF26a", 1, 61110.0, roid=3, ssnamenr="2004JQ12", ssdistnr=0.5, prv_candidates=[ztf_point(61100.0)])
    alert = ztf_alert(packet)
    assert (alert.object_id, alert.is_moving, alert.aliases) == ("2004JQ12", True, ("ZTF26a",))
    assert (alert.history, alert.first_mjd) == ((), None)
    assert alert.details["moving"] == {"designation": "2004JQ12", "roid": 3, "distance_arcsec": 0.5}


@pytest.mark.parametrize(("roid", "name"), [(3, "null"), (2, "433"), (0, "433"), (None, "433")])
def test_only_a_match_with_a_name_makes_an_asteroid(roid: int | None, name: str) -> None:
    alert = ztf_alert(ztf("ZTF26a", 1, 61110.0, roid=roid, ssnamenr=name))
    assert (alert.object_id, alert.is_moving) == ("ZTF26a", False)


def test_a_packet_of_nothing_but_its_identity() -> None:
    alert = alert_of_packet({"candid": 5, "objectId": "ZTF26a", "candidate": {"jd": 2461110.5, "magpsf": 18.0}})
    point = alert.detection
    assert (alert.ra, alert.dec, alert.label, alert.history, alert.processed) == (None, None, "Unknown", (), "")
    assert (point.band, point.mag_err, point.flux_err, point.mag_apparent, point.is_negative) == (None,) * 5
    assert not any(alert.details.values())


@pytest.mark.parametrize("missing", ["candid", "objectId", "candidate"])
def test_without_identity_it_is_no_alert(missing: str) -> None:
    packet = ztf("ZTF26a", 1, 61110.0)
    packet[missing] = {"candid": 1} if missing == "candidate" else None
    packet["candidate"]["candid"] = None if missing == "candid" else 1
    with pytest.raises(IdentityMissing):
        alert_of_packet(packet)


def test_cutouts() -> None:
    packet = ztf("ZTF26a", 1, 61110.0, cutoutScience={"fileName": "a.fits.gz", "stampData": b"\x1f\x8b"})
    assert cutouts_of_packet(packet) == {"Science": b"\x1f\x8b"}


def test_real_alerts_lose_nothing() -> None:
    for packet in real_packets("ztf"):
        alert, candidate = ztf_alert(packet), packet["candidate"]
        assert alert.source_id == packet["candid"] == candidate["candid"]
        assert alert.object_id == packet["objectId"]
        assert alert.detection.mjd == pytest.approx(Time(candidate["jd"], format="jd").mjd, abs=1e-9)
        flux = (candidate["magpsf"] * u.ABmag).to_value(u.nJy)
        assert alert.detection.flux == pytest.approx(-flux if candidate["isdiffpos"] == "f" else flux, rel=1e-9)
        assert len(alert.history) == len(packet["prv_candidates"])
        limits = [record for record in packet["prv_candidates"] if record["magpsf"] is None]
        assert [p.upper_limit for p in alert.history if p.kind == UPPER_LIMIT] == [r["diffmaglim"] for r in limits]
        assert len(cutouts_of_packet(packet)) == 3
        assert not any(
            value in ("nan", "None", "null", "Unknown", "", -999.0)
            for group in alert.details.values()
            for value in group.values()
        )
