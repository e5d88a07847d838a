"""Multi-messenger packets: flat, poor, and of two generations of names."""

from __future__ import annotations

import pytest
from astropy.time import Time
from packets import mma, place_of, ztf

from fink_tui.alerts.alert import IdentityMissing
from fink_tui.alerts.packet import alert_of_packet


def test_a_packet_of_today() -> None:
    alert = alert_of_packet(mma("ZTF26a", 3367463101415010117, 61121.25, trigger="739826", rate=-0.5))
    assert (alert.survey, alert.source_id, alert.object_id) == ("ztf", 3367463101415010117, "ZTF26a")
    assert (alert.ra, alert.dec, alert.is_full, alert.label) == (*place_of("ZTF26a"), False, "Unknown")
    assert alert.detection.mjd == pytest.approx(Time(61121.25 + 2400000.5, format="jd").mjd, abs=1e-9)
    assert (alert.detection.band, alert.detection.mag, alert.detection.flux) == ("g", None, None)
    assert alert.details["event"] == {
        "observatory": "Fermi",
        "instrument": "GBM",
        "trigger": "739826",
        "trigger_time": "2026-03-21 23:11:05",
        "ra": 151.0,
        "dec": -4.0,
        "error_arcmin": 300.0,
        "association": 0.125,
    }
    assert alert.details["rates"] == {"mag_per_day": -0.5}


def test_the_names_of_older_releases() -> None:
    packet = {"objectId": "ZTF21a", "candid": 5, "ra": 10.0, "dec": 20.0, "fid": 2, "jd": 2459500.5, "triggerId": 638}
    packet |= {"platform": "Fermi", "instruments": "GBM", "grb_ra": 1.0, "grb_dec": 2.0, "grb_loc_error": 3.0}
    alert = alert_of_packet(packet | {"grb_proba": 0.5, "fink_class": "SN candidate"})
    assert (alert.ra, alert.dec, alert.detection.band, alert.label) == (10.0, 20.0, "r", "SN candidate")
    event = alert.details["event"]
    assert (event["trigger"], event["observatory"], event["instrument"]) == ("638", "Fermi", "GBM")
    assert (event["ra"], event["dec"], event["error_arcmin"], event["association"]) == (1.0, 2.0, 3.0, 0.5)


def test_the_same_alert_has_the_same_identity_as_its_full_packet() -> None:
    poor, full = alert_of_packet(mma("ZTF26a", 5, 61110.0, trigger="x")), alert_of_packet(ztf("ZTF26a", 5, 61110.0))
    assert (poor.survey, poor.source_id, poor.object_id) == (full.survey, full.source_id, full.object_id)
    assert poor.detection.mjd == full.detection.mjd


@pytest.mark.parametrize(
    "fields", [{"candid": None}, {"candid": 0}, {"objectId": None}, {"objectId": "null"}, {"jd": None}, {"jd": -999.0}]
)
def test_without_identity_or_time(fields: dict[str, object]) -> None:
    with pytest.raises(IdentityMissing, match=next(iter(fields))):
        alert_of_packet(mma("ZTF26a", 1, 61110.0, trigger="x") | fields)
