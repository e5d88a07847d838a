"""The simulated alerts: their form is that of the real ones, and their numbers hang together."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import warnings
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import fastavro
import pytest
from astropy.io import fits

from fink_tui.demo import lsst_ids, night, packets, topics, ztf_packets
from fink_tui.demo.cast import population
from fink_tui.demo.lsst_ids import packed_designation, solar_system_id
from fink_tui.demo.schemas import SURVEYS, filled, records, schema
from fink_tui.demo.sky import ASTEROID, FIRST_NIGHT, KILONOVA, RR_LYRAE, SN_IA, Source, difference_flux
from fink_tui.demo.visits import Point, history, points_of_night

ONLY_IN_FILES = {
    "ztf": {"year", "month", "day", "finkclass", "tnsclass"},
    "lsst": {"year", "month", "day", "tns_type_recomputed"},
}
SENT = FIRST_NIGHT + 0.5
SEED = 7


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return population(SEED)


@pytest.fixture(scope="module")
def points(sources: list[Source]) -> dict[tuple[str, str], Point]:
    """The first detection of the first night for each kind of source and each survey."""
    found: dict[tuple[str, str], Point] = {}
    for source in sources:
        for survey in source.surveys:
            seen = (p for p in points_of_night(source, survey, FIRST_NIGHT) if p.is_detected)
            for point in islice(seen, 1):
                found.setdefault((source.kind, survey), point)
    return found


def same(one: Any, other: Any) -> bool:
    """Equal, NaN to NaN, and floats as far as Avro's 32 bits carry them."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-30) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and bool(one == other)


def every_field_is_there(survey: str, record: str, values: dict[str, Any]) -> None:
    assert list(values) == list(records(survey)[record])
    for name, kind in records(survey)[record].items():
        if kind.startswith("record:"):
            every_field_is_there(survey, kind.removeprefix("record:"), values[name])
        for item in values[name] or [] if kind.startswith("array:record:") else []:
            every_field_is_there(survey, kind.removeprefix("array:record:"), item)


def test_every_kind_of_source_is_detected_in_the_first_night(points: dict[tuple[str, str], Point]) -> None:
    assert len({kind for kind, _ in points}) == 11
    assert {(SN_IA, "ztf"), (SN_IA, "lsst"), (ASTEROID, "ztf"), (ASTEROID, "lsst")} <= points.keys()


def test_packets_are_whole_and_read_back_equal(points: dict[tuple[str, str], Point]) -> None:
    for (_, survey), point in points.items():
        alert = packets.build(point, SENT)
        every_field_is_there(survey, "value", alert)
        assert same(alert, packets.read(survey, packets.value(alert)))
        assert packets.survey_of(alert) == survey
    assert json.loads(packets.key("ztf"))["name"] == "topLevelRecord.value"


@pytest.mark.parametrize("survey", SURVEYS)
def test_schema_is_the_real_one(survey: str) -> None:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    if not folder:
        pytest.skip("FINK_TUI_REAL_ALERTS does not point at a folder with real Avro alerts")
    with (Path(folder) / f"{survey}_alerts.avro").open("rb") as file:
        real = json.loads(fastavro.reader(file).metadata["avro.schema"])
    real["fields"] = [field for field in real["fields"] if field["name"] not in ONLY_IN_FILES[survey]]
    assert schema(survey) == real


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_field"):
        filled("ztf", "candidate", {"no_such_field": 1})


def test_ztf_history_has_upper_limits_before_the_first_detection(sources: list[Source]) -> None:
    young = next(s for s in sources if s.kind == KILONOVA)
    point = points_of_night(young, "ztf", FIRST_NIGHT)[0]
    alert = packets.build(point, SENT)
    limits = [p for p in alert["prv_candidates"] if p["candid"] is None]
    assert len(limits) >= 10
    assert all(p["magpsf"] is None and p["ra"] is None and 16.0 < p["diffmaglim"] < 22.0 for p in limits)
    times = [p["jd"] for p in alert["prv_candidates"]]
    assert times == sorted(times)
    assert alert["candidate"]["jd"] - 30.0 <= times[0] < times[-1] < alert["candidate"]["jd"]
    assert len(alert["prv_candidates"]) - len(limits) == alert["candidate"]["ndethist"] - 1


def test_ztf_asteroid_says_so(points: dict[tuple[str, str], Point]) -> None:
    alert = packets.build(points[ASTEROID, "ztf"], SENT)
    assert alert["roid"] == 3
    assert alert["candidate"]["ssnamenr"].isdigit()
    assert 0.0 <= alert["candidate"]["ssdistnr"] < 3.0
    assert all(p["candid"] is None for p in alert["prv_candidates"])
    other = packets.build(points[SN_IA, "ztf"], SENT)
    assert other["candidate"]["ssnamenr"] == "null"
    assert other["candidate"]["ssdistnr"] == -999.0


def test_lsst_asteroid_has_no_object_but_an_orbit(points: dict[tuple[str, str], Point]) -> None:
    alert = packets.build(points[ASTEROID, "lsst"], SENT)
    assert alert["diaSource"]["diaObjectId"] == 0
    assert set(alert["diaObject"].values()) == {None}
    designation = alert["mpc_orbits"]["unpacked_primary_provisional_designation"]
    assert alert["diaSource"]["ssObjectId"] == alert["ssSource"]["ssObjectId"] == solar_system_id(designation)
    assert alert["mpc_orbits"]["packed_primary_provisional_designation"] == packed_designation(designation)
    assert alert["pred"]["is_sso"] is True
    assert alert["pred"]["is_first"] is None
    assert abs(alert["ssSource"]["ephRa"] - alert["diaSource"]["ra"]) < 1e-3


def test_lsst_static_source_has_an_object_and_no_orbit(points: dict[tuple[str, str], Point]) -> None:
    alert = packets.build(points[SN_IA, "lsst"], SENT)
    assert alert["diaSource"]["diaObjectId"] == alert["diaObject"]["diaObjectId"] > 2**53
    assert alert["diaSource"]["ssObjectId"] == 0
    assert set(alert["ssSource"].values()) == set(alert["mpc_orbits"].values()) == {None}
    assert len(str(alert["diaSourceId"])) == 18


def test_lsst_times_are_tai(points: dict[tuple[str, str], Point]) -> None:
    point = points[SN_IA, "lsst"]
    source = packets.build(point, SENT)["diaSource"]
    assert (source["midpointMjdTai"] - point.mjd) * 86400.0 == pytest.approx(37.0, abs=1e-3)


def test_packed_designations() -> None:
    assert packed_designation("2004 JQ12") == "K04J12Q"
    assert packed_designation("1995 XA") == "J95X00A"
    assert packed_designation("2016 AB107") == "K16AA7B"
    assert solar_system_id("2004 JQ12") == 21163624394469969


def test_forced_photometry_goes_back_before_the_first_detection(sources: list[Source]) -> None:
    source = next(s for s in sources if s.kind == SN_IA and s.surveys == ("lsst",) and s.host_mag is not None)
    detected = [p for p in points_of_night(source, "lsst", FIRST_NIGHT) if p.is_detected]
    alert = packets.build(detected[-1], SENT)
    first = min(p["midpointMjdTai"] for p in alert["prvDiaSources"])
    assert any(p["midpointMjdTai"] < first for p in alert["prvDiaForcedSources"])
    assert alert["misc"]["firstDiaSourceMjdTaiFink"] == first
    assert alert["diaObject"]["nDiaSources"] == len(alert["prvDiaSources"]) + 1


def test_a_variable_star_goes_negative(sources: list[Source]) -> None:
    star = next(s for s in sources if s.kind == RR_LYRAE)
    signs = {p.flux > 0.0 for p in history(star, "lsst", float(FIRST_NIGHT)) if p.is_detected}
    assert signs == {True, False}


def test_measurements_agree_with_the_light_curve(sources: list[Source]) -> None:
    pulls = [
        (point.flux - difference_flux(source, point.mjd, point.band)) / point.flux_err
        for source in sources
        for survey in source.surveys
        for point in points_of_night(source, survey, FIRST_NIGHT)
    ]
    assert len(pulls) > 300
    assert max(abs(p) for p in pulls) < 5.0
    assert math.sqrt(sum(p * p for p in pulls) / len(pulls)) == pytest.approx(1.0, abs=0.15)


def test_alert_values_agree_with_the_measurement(points: dict[tuple[str, str], Point]) -> None:
    for (_, survey), point in points.items():
        alert = packets.build(point, SENT)
        if survey == "ztf":
            flux = 10.0 ** (0.4 * (31.4 - alert["candidate"]["magpsf"]))
            sign = 1.0 if alert["candidate"]["isdiffpos"] in ("t", "1") else -1.0
            assert sign * flux == pytest.approx(point.flux, rel=1e-6)
        else:
            assert alert["diaSource"]["psfFlux"] == point.flux
            assert alert["diaSource"]["isNegative"] is (point.flux < 0.0)


def test_ztf_cutouts_are_gzipped_fits(points: dict[tuple[str, str], Point]) -> None:
    alert = packets.build(points[SN_IA, "ztf"], SENT)
    for kind in ("Science", "Template", "Difference"):
        with fits.open(io.BytesIO(gzip.decompress(alert[f"cutout{kind}"]["stampData"]))) as hdus:
            assert [hdu.data.shape for hdu in hdus] == [(63, 63)]
            assert hdus[0].data.dtype.newbyteorder("=") == "float32"
            assert math.isfinite(float(hdus[0].data.sum()))


def test_lsst_cutouts_are_plain_fits(points: dict[tuple[str, str], Point]) -> None:
    point = points[SN_IA, "lsst"]
    alert = packets.build(point, SENT)
    for kind in ("Science", "Template", "Difference"):
        with warnings.catch_warnings(), fits.open(io.BytesIO(alert[f"cutout{kind}"])) as hdus:
            warnings.simplefilter("error")
            assert [hdu.name for hdu in hdus] == ["PRIMARY", "UNCERT", "PSFIMAGE"]
            assert hdus[0].data.shape == hdus[1].data.shape == (30, 30)
            assert float(hdus[2].data.sum()) == pytest.approx(1.0)
            if kind == "Difference":
                assert float(hdus[0].data.sum()) == pytest.approx(point.flux, rel=0.3)


def test_the_same_seed_gives_the_same_bytes(points: dict[tuple[str, str], Point]) -> None:
    def opening(seed: int) -> list[tuple[float, str, bytes]]:
        return [(at, topic, packets.value(alert)) for at, topic, alert in islice(night.alerts(seed), 12)]

    first = opening(SEED)
    points_of_night.cache_clear()
    assert opening(SEED) == first
    assert opening(SEED + 1) != first


def test_identifiers_are_unique(sources: list[Source]) -> None:
    seen = [d.point for n in range(2) for d in night.dispatches(sources, FIRST_NIGHT + n) if d.sent == d.at]
    ids = [(p.survey, {"ztf": ztf_packets, "lsst": lsst_ids}[p.survey].source_id(p)) for p in seen]
    assert len(set(ids)) == len(ids)
    objects = [lsst_ids.object_id(s) for s in sources if "lsst" in s.surveys and s.kind != ASTEROID]
    assert len(set(objects)) == len(objects)
    assert len({s.name for s in sources}) == len(sources)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_first_alerts_show_something_on_every_topic(seed: int) -> None:
    sources = population(seed)
    waiting = [d for d in night.dispatches(sources, FIRST_NIGHT) if d.at <= night.OPENING]
    assert 30 <= len(waiting) <= 60
    reached = {t for d in waiting for t in topics.topics_of(d.point.survey, packets.build(d.point, d.sent))}
    assert reached >= {name for name in topics.TOPICS if name.startswith(("fink_sn_", "fink_kn_", "fink_uniform"))}
    assert len(reached) >= len(topics.TOPICS) - 2


def test_the_night_has_repeats_and_late_alerts_in_order_of_sending(sources: list[Source]) -> None:
    sendings = [d for n in range(3) for d in night.dispatches(sources, FIRST_NIGHT + n)]
    assert [d.at for d in sendings] == sorted(d.at for d in sendings)
    assert any(d.at > d.sent for d in sendings)
    assert any(d.sent - d.point.mjd > 40.0 / 1440.0 for d in sendings)
    assert all(d.sent > d.point.mjd for d in sendings)
    assert len(sendings) > 1200


def test_supernovae_evolve_from_night_to_night(sources: list[Source]) -> None:
    rising = next(s for s in sources if s.kind == SN_IA and "ztf" in s.surveys and s.epoch > FIRST_NIGHT + 8.0)
    assert difference_flux(rising, FIRST_NIGHT + 6.0, "r") > 1.5 * difference_flux(rising, float(FIRST_NIGHT), "r")


def test_a_point_knows_nothing_of_the_alert_before_it(points: dict[tuple[str, str], Point]) -> None:
    point = points[SN_IA, "ztf"]
    assert all(p.mjd < point.mjd for p in history(point.source, "ztf", point.mjd))
    assert not replace(point, flux=0.0).is_detected
