"""LSST packets, number by number."""

from __future__ import annotations

import astropy.units as u
import pytest
from astropy.time import Time
from packets import lsst, lsst_forced, lsst_point, moving, real_packets

from fink_tui.alerts.alert import DETECTION, FORCED, IdentityMissing
from fink_tui.alerts.lsst import lsst_alert
from fink_tui.alerts.packet import alert_of_packet, cutouts_of_packet


def test_who_where_when() -> None:
    packet = lsst(
        170094456272322680, 170028485706776685, None, midpointMjdTai=61105.093643486834, ra=63.25, dec=-47.125
    )
    alert = alert_of_packet(packet)
    assert (alert.survey, alert.source_id, alert.object_id) == ("lsst", 170094456272322680, "170028485706776685")
    assert (alert.ra, alert.dec, alert.is_moving, alert.aliases) == (63.25, -47.125, False, ())
    assert alert.detection.mjd == pytest.approx(Time(61105.093643486834, format="mjd", scale="tai").utc.mjd, abs=1e-9)


def test_a_positive_difference_has_a_magnitude() -> None:
    point = lsst_alert(lsst(1, 5, 61105.0, flux=2048.0, psfFluxErr=256.0)).detection
    assert (point.flux, point.flux_err, point.is_negative, point.band) == (2048.0, 256.0, False, "r")
    assert point.mag == pytest.approx((2048.0 * u.nJy).to_value(u.ABmag), abs=1e-9)
    assert point.mag_err == pytest.approx(1.0857362 * 256.0 / 2048.0, rel=1e-6)
    assert point.mag_apparent == pytest.approx((25000.0 * u.nJy).to_value(u.ABmag), abs=1e-9)
    assert point.upper_limit is None


@pytest.mark.parametrize("flux", [-19549.39453125, 0.0])
def test_a_flux_that_is_not_positive_is_kept_and_has_no_magnitude(flux: float) -> None:
    point = lsst_alert(lsst(1, 5, 61105.0, flux=flux)).detection
    assert (point.flux, point.mag, point.mag_err) == (flux, None, None)
    assert point.is_negative is (flux < 0)


def test_the_sign_without_its_flag_is_that_of_the_flux() -> None:
    assert lsst_alert(lsst(1, 5, 61105.0, flux=-5.0, isNegative=None)).detection.is_negative is True
    assert lsst_alert(lsst(1, 5, 61105.0, flux=None, isNegative=None)).detection.is_negative is None


def test_an_asteroid_is_told_by_its_fields_in_records_that_are_never_missing() -> None:
    packet = moving(7, "2004 JQ12", 61105.0, packed_primary_provisional_designation="K04J12Q", ephVmag=21.25)
    packet["prvDiaSources"] = [lsst_point(3, 61100.0, flux=5.0)]
    assert packet["diaObject"]["diaObjectId"] is None and isinstance(packet["diaObject"], dict)
    alert = alert_of_packet(packet)
    assert (alert.object_id, alert.is_moving) == ("2004 JQ12", True)
    assert alert.aliases == ("K04J12Q", "21163624394469969")
    assert (alert.label, alert.label_origin, alert.history, alert.first_mjd) == ("Solar System", "Rubin", (), None)
    assert alert.details["moving"]["predicted_mag"] == 21.25


def test_a_static_object_has_orbit_and_ssobject_records_of_nulls() -> None:
    packet = lsst(1, 170028485706776685, 61105.0)
    assert isinstance(packet["mpc_orbits"], dict) and not any(packet["mpc_orbits"].values())
    alert = lsst_alert(packet)
    assert (alert.object_id, alert.is_moving, alert.details["moving"]) == ("170028485706776685", False, {})


def test_an_alert_that_is_both_is_an_asteroid_that_names_its_place() -> None:
    alert = lsst_alert(moving(7, "2004 JQ12", 61105.0) | {})
    assert alert.aliases == ("21163624394469969",)
    packet = moving(7, "2004 JQ12", 61105.0, diaObjectId=42)
    alert = lsst_alert(packet)
    assert (alert.object_id, alert.is_moving, alert.aliases) == ("2004 JQ12", True, ("21163624394469969", "42"))


def test_an_asteroid_without_a_designation_goes_by_its_number() -> None:
    packet = moving(7, "", 61105.0, ss_object_id=99, unpacked_primary_provisional_designation=None)
    assert (lsst_alert(packet).object_id, lsst_alert(packet).is_moving) == ("99", True)


@pytest.mark.parametrize("absent", [0, None, -1])
def test_no_object_at_all(absent: int | None) -> None:
    packet = lsst(1, 0, 61105.0)
    packet["diaSource"]["diaObjectId"] = absent
    with pytest.raises(IdentityMissing, match="diaObjectId"):
        lsst_alert(packet)


def test_no_source_and_no_time() -> None:
    with pytest.raises(IdentityMissing, match="diaSourceId"):
        lsst_alert(lsst(None, 5, 61105.0))
    with pytest.raises(IdentityMissing, match="midpointMjdTai"):
        lsst_alert(lsst(1, 5, None))


def test_history_holds_earlier_and_forced_points() -> None:
    packet = lsst(
        9,
        5,
        61105.0,
        prvDiaSources=[lsst_point(3, 61100.0, flux=-5.0), lsst_point(4, 61101.0, flux=5.0, midpointMjdTai=None)],
        prvDiaForcedSources=[lsst_forced(8, 61102.0, flux=700.0, band="i")],
    )
    first, forced = lsst_alert(packet).history
    assert (first.kind, first.source_id, first.flux, first.mag, first.is_negative) == (DETECTION, 3, -5.0, None, True)
    assert (forced.kind, forced.source_id, forced.flux, forced.band) == (FORCED, 8, 700.0, "i")
    assert forced.mjd == pytest.approx(61102.0, abs=1e-9)
    assert forced.mag == pytest.approx((700.0 * u.nJy).to_value(u.ABmag), abs=1e-9)


@pytest.mark.parametrize("nothing", [None, []])
def test_no_history(nothing: list[dict[str, object]] | None) -> None:
    assert lsst_alert(lsst(9, 5, 61105.0, prvDiaSources=nothing, prvDiaForcedSources=nothing)).history == ()


def test_when_it_was_first_seen() -> None:
    by_fink = lsst(1, 5, 61105.0, firstDiaSourceMjdTaiFink=61000.0)
    by_survey = lsst(1, 5, 61105.0, firstDiaSourceMjdTai=61001.0)
    utc = [Time(mjd, format="mjd", scale="tai").utc.mjd for mjd in (61000.0, 61001.0)]
    assert [lsst_alert(packet).first_mjd for packet in (by_fink, by_survey)] == pytest.approx(utc, abs=1e-9)
    assert lsst_alert(lsst(1, 5, 61105.0)).first_mjd is None
    assert lsst_alert(lsst(1, 5, 61105.0, firstDiaSourceMjdTaiFink=0.0)).first_mjd is None


def test_classes_and_scores() -> None:
    packet = lsst(1, 5, 61105.0, cats_class=13, cats_score=0.5, earlySNIa_score=-1.0, snnSnVsOthers_score=0.25)
    alert = lsst_alert(packet)
    assert (alert.label, alert.label_origin) == ("Long", "CATS")
    assert alert.details["scores"] == {"snn_sn_vs_others": 0.25, "cats_class": "Long", "cats_score": 0.5}
    nothing = lsst_alert(lsst(1, 5, 61105.0, cats_class=-1, cats_score=-1.0))
    assert (nothing.label, nothing.details["scores"]) == (None, {})
    known = lsst_alert(lsst(1, 5, 61105.0, tns_fullname="SN 2026abc", tns_type="SN Ia", cats_class=13))
    assert (known.label, known.label_origin, known.aliases) == ("SN Ia", "TNS", ("SN 2026abc",))


def test_a_packet_of_nothing_but_its_identity() -> None:
    alert = alert_of_packet({"diaSource": {"diaSourceId": 5, "diaObjectId": 6, "midpointMjdTai": 61105.0}})
    assert (alert.source_id, alert.object_id, alert.ra, alert.history, alert.label) == (5, "6", None, (), None)
    assert (alert.detection.flux, alert.detection.mag, alert.detection.band) == (None, None, None)
    assert not any(alert.details.values())


def test_real_alerts_lose_nothing() -> None:
    negative = 0
    for packet in real_packets("lsst"):
        alert, source = lsst_alert(packet), packet["diaSource"]
        assert alert.source_id == packet["diaSourceId"] == source["diaSourceId"]
        utc = Time(source["midpointMjdTai"], format="mjd", scale="tai").utc.mjd
        assert alert.detection.mjd == pytest.approx(utc, abs=1e-9)
        assert alert.detection.flux == source["psfFlux"]
        assert (alert.detection.mag is None) == (source["psfFlux"] <= 0)
        negative += source["psfFlux"] <= 0
        if alert.is_moving:
            assert alert.object_id == packet["mpc_orbits"]["unpacked_primary_provisional_designation"]
            continue
        assert alert.object_id == str(source["diaObjectId"])
        records = [*(packet["prvDiaSources"] or ()), *(packet["prvDiaForcedSources"] or ())]
        assert [p.flux for p in alert.history] == [r["psfFlux"] for r in records]
        assert all((p.mag is None) == (p.flux is None or p.flux <= 0) for p in alert.history)
        assert len(cutouts_of_packet(packet)) == 3
    assert negative, "the real alerts held one with a negative flux"
